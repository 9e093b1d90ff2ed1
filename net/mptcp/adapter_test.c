// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what the adapter makes of a scheduler's answer; included at the end of
 * adapter.c. Connections are of memory only.
 *
 * DSNs in the tables are counted from an origin, which is placed where the sequence
 * space wraps.
 */
#include <kunit/test.h>

static const u64 adapter_origins[] = {
	0, 0xffffffffULL - 1500, S64_MAX - 1500ULL, U64_MAX - 1500, U64_MAX - 999,
};

/* in all of them 1000 to 2000 is in flight and 2000 to 3000 has not been sent */
static void adapter_view(struct mptcpx_view *view, u64 origin)
{
	memset(view, 0, sizeof(*view));
	view->una = origin + 1000;
	view->nxt = origin + 2000;
	view->head = origin + 2000;
	view->end = origin + 3000;
}

static void adapter_push(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 from, len;
		bool more, stuck;
		/* owned by a process; softirq, without and with copies */
		enum push owned, softirq, copies;
	} cases[] = {
		{ "as the core likes", 2000, 0, false, false,
		  PUSH_FREELY, PUSH_FREELY, PUSH_FREELY },
		{ "as the core likes, who was stuck", 2000, 0, true, true,
		  PUSH_FREELY, PUSH_FREELY, PUSH_FREELY },
		{ "as the core likes, from where it was sent", 1000, 0, true, false,
		  PUSH_FREELY, PUSH_FREELY, PUSH_FREELY },
		{ "part of what waits", 2000, 500, false, false,
		  PUSH_CLAMPED, PUSH_CLAMPED, PUSH_CLAMPED },
		{ "part of what waits, more to copy", 2000, 500, true, false,
		  PUSH_CLAMPED, PUSH_CLAMPED, PUSH_CLAMPED },
		{ "all but a byte", 2000, 999, true, false,
		  PUSH_CLAMPED, PUSH_CLAMPED, PUSH_CLAMPED },
		{ "a byte of what waits", 2000, 1, true, true,
		  PUSH_CLAMPED, PUSH_CLAMPED, PUSH_CLAMPED },
		{ "all", 2000, 1000, false, false, PUSH_LEN, PUSH_LEN, PUSH_LEN },
		{ "all, then copies", 2000, 1000, true, false,
		  PUSH_KICK, PUSH_KICK, PUSH_KICK },
		{ "all, by who was stuck: no kick, or it would not end", 2000, 1000, true, true,
		  PUSH_LEN, PUSH_LEN, PUSH_LEN },
		{ "more than there is", 2000, 65536, true, false,
		  PUSH_KICK, PUSH_KICK, PUSH_KICK },
		{ "more than there is, no copies", 2000, U32_MAX, false, false,
		  PUSH_LEN, PUSH_LEN, PUSH_LEN },
		{ "a copy", 1000, 500, true, false, PUSH_CLAMPED, PUSH_LEN, PUSH_LATER },
		{ "a copy, the last", 1500, 499, false, false,
		  PUSH_CLAMPED, PUSH_LEN, PUSH_LATER },
		{ "a copy, by who was stuck", 1000, 500, true, true,
		  PUSH_CLAMPED, PUSH_LEN, PUSH_LATER },
		{ "a copy up to what was never sent", 1000, 1000, true, false,
		  PUSH_CLAMPED, PUSH_CLAMPED, PUSH_CLAMPED },
		{ "a copy, and on", 1000, 1001, true, false,
		  PUSH_CLAMPED, PUSH_CLAMPED, PUSH_CLAMPED },
		{ "from a copy to the end", 1000, 2000, true, false,
		  PUSH_KICK, PUSH_KICK, PUSH_KICK },
	};
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcpx_choice choice = { };
	unsigned int i, o;

	KUNIT_ASSERT_NOT_NULL(test, view);
	for (o = 0; o < ARRAY_SIZE(adapter_origins); o++) {
		adapter_view(view, adapter_origins[o]);
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			choice.from = adapter_origins[o] + cases[i].from;
			choice.len = cases[i].len;
			choice.more = cases[i].more;
			KUNIT_EXPECT_EQ_MSG(test, push_how(view, &choice, false, true,
							   cases[i].stuck),
					    cases[i].owned, "%s, owned", cases[i].name);
			KUNIT_EXPECT_EQ_MSG(test, push_how(view, &choice, true, true,
							   cases[i].stuck),
					    cases[i].owned, "%s, owned, copies", cases[i].name);
			KUNIT_EXPECT_EQ_MSG(test, push_how(view, &choice, false, false,
							   cases[i].stuck),
					    cases[i].softirq, "%s, softirq", cases[i].name);
			KUNIT_EXPECT_EQ_MSG(test, push_how(view, &choice, true, false,
							   cases[i].stuck),
					    cases[i].copies, "%s, softirq, copies",
					    cases[i].name);
		}
		/* all has been sent, and a copy ends where that does */
		view->head = view->end;
		view->nxt = view->end;
		choice.from = adapter_origins[o] + 2000;
		choice.len = 1000;
		choice.more = true;
		KUNIT_EXPECT_EQ(test, push_how(view, &choice, true, false, false), PUSH_KICK);
		choice.len = 999;
		KUNIT_EXPECT_EQ(test, push_how(view, &choice, true, false, false), PUSH_LATER);
		KUNIT_EXPECT_EQ(test, push_how(view, &choice, true, true, false), PUSH_CLAMPED);
	}
}

/* as long as it may fall back to TCP nothing is sent again */
static void adapter_falls_back(struct kunit *test)
{
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct mptcpx_choice choice = { };
	unsigned int o;

	KUNIT_ASSERT_NOT_NULL(test, view);
	KUNIT_ASSERT_NOT_NULL(test, msk);
	KUNIT_EXPECT_FALSE(test, may_fall_back(msk));
	msk->allow_infinite_fallback = true;
	KUNIT_EXPECT_TRUE(test, may_fall_back(msk));
	for (o = 0; o < ARRAY_SIZE(adapter_origins); o++) {
		adapter_view(view, adapter_origins[o]);
		choice.from = view->head;
		choice.more = true;
		KUNIT_EXPECT_FALSE(test, nothing_again(view, &choice));
		KUNIT_EXPECT_FALSE(test, choice.more);
		choice.from = view->head - 1;
		choice.more = true;
		KUNIT_EXPECT_TRUE(test, nothing_again(view, &choice));
		KUNIT_EXPECT_FALSE(test, choice.more);
		/* the core recovers: the head stands further back than what was never sent */
		choice.from = view->nxt;
		view->head = view->una;
		KUNIT_EXPECT_TRUE(test, nothing_again(view, &choice));
	}
}

static void adapter_waits(struct kunit *test)
{
	struct mptcp_subflow_context *subflow = kunit_kzalloc(test, sizeof(*subflow), GFP_KERNEL);
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);
	const struct mptcpx_path path = { .subflow = subflow };

	KUNIT_ASSERT_NOT_NULL(test, subflow);
	KUNIT_ASSERT_NOT_NULL(test, tp);
	subflow->tcp_sock = (struct sock *)tp;
	KUNIT_EXPECT_TRUE(test, waits(NULL, false));
	/* no acknowledgment is to come: nobody else would ask */
	KUNIT_EXPECT_FALSE(test, waits(&path, true));
	KUNIT_EXPECT_FALSE(test, waits(&path, false));
	tp->packets_out = 1;
	KUNIT_EXPECT_TRUE(test, waits(&path, true));
	KUNIT_EXPECT_FALSE(test, waits(&path, false));
}

/* a connection with one fragment of @bytes from @una, of which all before @nxt was sent */
static struct mptcpx_conn *adapter_conn(struct kunit *test, u64 una, u16 bytes, u64 nxt)
{
	struct mptcpx_conn *conn = kunit_kzalloc(test, sizeof(*conn), GFP_KERNEL);
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct mptcp_data_frag *dfrag = kunit_kzalloc(test, sizeof(*dfrag), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_ASSERT_NOT_NULL(test, msk);
	KUNIT_ASSERT_NOT_NULL(test, dfrag);
	conn->msk = msk;
	INIT_LIST_HEAD(&msk->rtx_queue);
	dfrag->data_seq = una;
	dfrag->data_len = bytes;
	dfrag->already_sent = nxt - una;
	list_add_tail(&dfrag->list, &msk->rtx_queue);
	if (nxt - una < bytes)
		msk->first_pending = dfrag;
	msk->snd_una = una;
	msk->snd_nxt = nxt;
	msk->write_seq = una + bytes;
	return conn;
}

/* the head is left where the core asks again, if something is in flight and none is there */
static void adapter_parks(struct kunit *test)
{
	struct mptcp_sock *msk;
	unsigned int o;
	u64 una;

	for (o = 0; o < ARRAY_SIZE(adapter_origins); o++) {
		una = adapter_origins[o];
		msk = adapter_conn(test, una, 1000, una + 1000)->msk;
		park(msk);
		KUNIT_EXPECT_EQ(test, mptcpx_head(msk), una + 999);
		KUNIT_EXPECT_NOT_NULL(test, msk->first_pending);
		/* it stands already */
		msk = adapter_conn(test, una, 1000, una + 400)->msk;
		park(msk);
		KUNIT_EXPECT_EQ(test, mptcpx_head(msk), una + 400);
		/* nothing in flight */
		msk = adapter_conn(test, una, 1000, una + 1000)->msk;
		msk->snd_una = una + 1000;
		park(msk);
		KUNIT_EXPECT_NULL(test, msk->first_pending);
		/* one byte is */
		msk->snd_una = una + 999;
		park(msk);
		KUNIT_EXPECT_EQ(test, mptcpx_head(msk), una + 999);
	}
}

static void adapter_data_fin(struct kunit *test)
{
	struct mptcp_sock *msk;
	unsigned int o;
	u64 una;

	for (o = 0; o < ARRAY_SIZE(adapter_origins); o++) {
		una = adapter_origins[o];
		msk = adapter_conn(test, una, 1000, una + 1000)->msk;
		KUNIT_EXPECT_FALSE(test, data_fin_waits(msk));
		/* written behind the data, and not sent */
		msk->write_seq++;
		msk->snd_data_fin_enable = 1;
		KUNIT_EXPECT_TRUE(test, data_fin_waits(msk));
		/* sent */
		msk->snd_nxt++;
		KUNIT_EXPECT_FALSE(test, data_fin_waits(msk));
		/* data is to go first */
		msk->snd_nxt -= 2;
		KUNIT_EXPECT_FALSE(test, data_fin_waits(msk));
		/* one byte of data looks the same, but for the flag */
		msk->snd_nxt++;
		msk->snd_data_fin_enable = 0;
		KUNIT_EXPECT_FALSE(test, data_fin_waits(msk));
	}
}

static void adapter_again(struct kunit *test)
{
	static const struct {
		bool resending, kicked;
		unsigned int after;	/* jiffies since the last acknowledgment */
		bool come, on;
	} cases[] = {
		{ true, false, 0, true, true },
		{ true, false, 49, true, true },
		{ true, false, 50, false, false },
		{ true, false, 51, false, false },
		{ false, false, 0, true, false },
		{ true, true, 0, true, false },
		{ false, true, 49, true, false },
		{ false, true, 50, false, false },
	};
	/* jiffies wrap five minutes after the start, and again */
	static const unsigned long stamps[] = { 1000, ULONG_MAX - 20, LONG_MAX - 20UL };
	struct mptcpx_conn *conn = adapter_conn(test, 0, 1000, 1000);
	unsigned int i, s;

	conn->msk->timer_ival = 50;
	for (s = 0; s < ARRAY_SIZE(stamps); s++) {
		conn->una_stamp = stamps[s];
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			unsigned long now = stamps[s] + cases[i].after;

			conn->resending = cases[i].resending;
			conn->kicked = cases[i].kicked;
			KUNIT_EXPECT_EQ_MSG(test, acks_come(conn, now), cases[i].come,
					    "case %u at %u", i, s);
			KUNIT_EXPECT_EQ_MSG(test, goes_on(conn, now), cases[i].on,
					    "case %u at %u", i, s);
		}
	}
}

static void adapter_resends(struct kunit *test)
{
	unsigned int o;
	u64 una;

	for (o = 0; o < ARRAY_SIZE(adapter_origins); o++) {
		una = adapter_origins[o] + 1000;
		/* the first time from the first fragment, wherever was pushed last */
		KUNIT_EXPECT_EQ(test, resend_from(una, una + 700, false), una);
		KUNIT_EXPECT_EQ(test, resend_from(una, una - 700, false), una);
		/* then on from where the last one ended, but not from what is acknowledged */
		KUNIT_EXPECT_EQ(test, resend_from(una, una + 700, true), una + 700);
		KUNIT_EXPECT_EQ(test, resend_from(una, una, true), una);
		KUNIT_EXPECT_EQ(test, resend_from(una, una - 1, true), una);
	}
}

static void adapter_counts(struct kunit *test)
{
	static const struct {
		u8 n, dead;
		int after;		/* jiffies since it was allowed */
		bool due;
	} cases[] = {
		{ 0, 0, 0, false },
		{ 1, 0, 0, false },
		/* the core's timer counts where nobody is alive */
		{ 1, 1, 0, false },
		{ 2, 0, 5, false },
		{ 2, 2, 5, false },
		{ 2, 1, -1, false },
		{ 2, 1, 0, true },
		{ 2, 1, 100000, true },
		{ MPTCPX_PATHS_MAX, 1, 1, true },
		{ MPTCPX_PATHS_MAX, MPTCPX_PATHS_MAX - 1, 1, true },
		{ MPTCPX_PATHS_MAX, MPTCPX_PATHS_MAX, 1, false },
	};
	/* jiffies wrap five minutes after the start, and again */
	static const unsigned long stamps[] = { 1000, ULONG_MAX - 2, LONG_MAX - 2UL };
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcpx_conn *conn = adapter_conn(test, 0, 1000, 1000);
	unsigned int i, s;

	KUNIT_ASSERT_NOT_NULL(test, view);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		view->n = cases[i].n;
		view->dead = cases[i].dead;
		for (s = 0; s < ARRAY_SIZE(stamps); s++) {
			conn->count_next = stamps[s];
			KUNIT_EXPECT_EQ_MSG(test, count_due(conn, view, stamps[s] + cases[i].after),
					    cases[i].due, "case %u at %u", i, s);
		}
	}
}

/* the bit of the worker that is to come, and whether it was us who asked for it */
static void adapter_still_kicked(struct kunit *test)
{
	struct mptcpx_conn *conn = adapter_conn(test, 0, 1000, 1000);

	conn->msk->flags = ~BIT(MPTCPX_WORK_RTX);
	KUNIT_EXPECT_FALSE(test, still_kicked(conn));
	conn->kicked = true;
	KUNIT_EXPECT_FALSE(test, still_kicked(conn));
	conn->msk->flags = BIT(MPTCPX_WORK_RTX);
	KUNIT_EXPECT_TRUE(test, still_kicked(conn));
	conn->kicked = false;
	KUNIT_EXPECT_FALSE(test, still_kicked(conn));
}

static void adapter_count_begins(struct kunit *test)
{
	static const struct {
		u8 count;
		u32 stamp, heard;
		bool begins;
	} cases[] = {
		{ 0, 0, 0, true },
		{ 0, 7, 7, true },
		{ 0, 7, 9, true },
		{ 1, 7, 7, false },
		{ 1, 7, 9, true },
		{ 4, U32_MAX, U32_MAX, false },
		{ 4, U32_MAX, 0, true },
		{ 4, 0, U32_MAX, true },
		{ U8_MAX, 0, 0, false },
		{ U8_MAX, 0, 1, true },
	};
	struct mptcp_subflow_context *subflow = kunit_kzalloc(test, sizeof(*subflow), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, subflow);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 count = cases[i].count;

		if (cases[i].begins)
			count = 1;
		subflow->stale_count = cases[i].count;
		subflow->stale_rcv_tstamp = cases[i].stamp;
		KUNIT_EXPECT_EQ_MSG(test, count_begins(subflow, cases[i].heard),
				    cases[i].begins, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, subflow->stale_count, count, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, subflow->stale_rcv_tstamp, cases[i].heard, "case %u", i);
		/* and the next time it goes on */
		KUNIT_EXPECT_FALSE(test, count_begins(subflow, cases[i].heard));
	}
}

/* who is told to send, and how that will be accounted */
static void adapter_begins(struct kunit *test)
{
	struct mptcp_subflow_context *subflow = kunit_kzalloc(test, sizeof(*subflow), GFP_KERNEL);
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcpx_conn *conn = adapter_conn(test, 0, 1000, 1000);
	const struct mptcpx_choice choice = { .path = 1, .from = 1500, .len = 7 };

	KUNIT_ASSERT_NOT_NULL(test, view);
	KUNIT_ASSERT_NOT_NULL(test, subflow);
	adapter_view(view, 0);
	view->path[1].slot = 5;
	view->path[1].subflow = subflow;
	begin(conn, view, &choice);
	KUNIT_EXPECT_EQ(test, conn->push_slot, 5);
	KUNIT_EXPECT_EQ(test, conn->push_from, 1500ULL);
	KUNIT_EXPECT_EQ(test, conn->push_nxt, 2000ULL);
	KUNIT_EXPECT_TRUE(test, subflow->scheduled);
}

static struct kunit_case adapter_cases[] = {
	KUNIT_CASE(adapter_push),
	KUNIT_CASE(adapter_falls_back),
	KUNIT_CASE(adapter_waits),
	KUNIT_CASE(adapter_parks),
	KUNIT_CASE(adapter_data_fin),
	KUNIT_CASE(adapter_again),
	KUNIT_CASE(adapter_resends),
	KUNIT_CASE(adapter_counts),
	KUNIT_CASE(adapter_count_begins),
	KUNIT_CASE(adapter_still_kicked),
	KUNIT_CASE(adapter_begins),
	{ }
};

static struct kunit_suite adapter_suite = {
	.name = "mptcpx_adapter",
	.test_cases = adapter_cases,
};

kunit_test_suite(adapter_suite);
