// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the order of data sequence numbers and of placing the send head;
 * included at the end of reinject.c. The connection is one of memory only.
 */
#include <kunit/test.h>

#define DFRAGS	5
#define DFRAG_LEN	100

static void reinject_order(struct kunit *test)
{
	static const struct {
		u64 a, b;
		bool before, after;
	} cases[] = {
		{ 0, 0, false, false },
		{ 0, 1, true, false },
		{ 1, 0, false, true },
		{ U64_MAX, 0, true, false },
		{ 0, U64_MAX, false, true },
		{ U64_MAX, U64_MAX, false, false },
		{ U64_MAX - 10, 10, true, false },
		{ 0xffffffffULL, 0x100000000ULL, true, false },
		{ 0x100000000ULL, 0xffffffffULL, false, true },
		/* 32 bits alone would say the opposite */
		{ 0x1ffffffffULL, 0x200000000ULL, true, false },
		{ 0, 0x80000001ULL, true, false },
		/* half of the space away: the farthest that counts as behind */
		{ 0, S64_MAX, true, false },
		{ 0, (u64)S64_MAX + 2, false, true },
		{ 5, (u64)S64_MAX + 5, true, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_before64(cases[i].a, cases[i].b),
				    cases[i].before, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_after64(cases[i].a, cases[i].b),
				    cases[i].after, "case %u", i);
	}
}

/* a connection with fragments from @una, of which all before @nxt has been sent */
static struct mptcp_sock *fake_msk(struct kunit *test, u64 una, u64 nxt)
{
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct mptcp_data_frag *dfrag;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, msk);
	INIT_LIST_HEAD(&msk->rtx_queue);
	msk->snd_una = una;
	msk->snd_nxt = nxt;
	for (i = 0; i < DFRAGS; i++) {
		dfrag = kunit_kzalloc(test, sizeof(*dfrag), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, dfrag);
		dfrag->data_seq = una + i * DFRAG_LEN;
		dfrag->data_len = DFRAG_LEN;
		list_add_tail(&dfrag->list, &msk->rtx_queue);
		if (!mptcpx_before64(dfrag->data_seq + DFRAG_LEN - 1, nxt)) {
			if (!msk->first_pending) {
				msk->first_pending = dfrag;
				dfrag->already_sent = nxt - dfrag->data_seq;
			}
		} else {
			dfrag->already_sent = DFRAG_LEN;
		}
	}
	return msk;
}

/* before the head it is all sent, from it on nothing */
static void head_is(struct kunit *test, const struct mptcp_sock *msk, u64 seq)
{
	const struct mptcp_data_frag *dfrag;
	u64 sent;

	KUNIT_EXPECT_EQ(test, mptcpx_head(msk), seq);
	list_for_each_entry(dfrag, &msk->rtx_queue, list) {
		sent = mptcpx_before64(dfrag->data_seq, seq) ?
			min(seq - dfrag->data_seq, (u64)DFRAG_LEN) : 0;
		KUNIT_EXPECT_EQ(test, (u64)dfrag->already_sent, sent);
	}
}

static const u64 reinject_origins[] = {
	0, 0xffffffffULL - 250, S64_MAX - 250ULL, U64_MAX - 250, U64_MAX - 499,
};

static void reinject_ends(struct kunit *test)
{
	const u64 all = DFRAGS * DFRAG_LEN;
	struct mptcp_sock *msk;
	unsigned int o;
	u64 at;

	for (o = 0; o < ARRAY_SIZE(reinject_origins); o++) {
		at = reinject_origins[o];
		msk = fake_msk(test, at, at + 250);
		KUNIT_EXPECT_EQ(test, mptcpx_end(msk), at + all);
		KUNIT_EXPECT_EQ(test, mptcpx_sent_end(msk), at + 250);
		head_is(test, msk, at + 250);
		/* snd_nxt counts a DATA_FIN, which is no data */
		msk->snd_nxt = at + all + 1;
		KUNIT_EXPECT_EQ(test, mptcpx_sent_end(msk), at + all);
		msk->snd_nxt = at + all;
		KUNIT_EXPECT_EQ(test, mptcpx_sent_end(msk), at + all);
		/* nothing there at all */
		INIT_LIST_HEAD(&msk->rtx_queue);
		msk->first_pending = NULL;
		msk->snd_una = at + all;
		msk->snd_nxt = at + all + 1;
		KUNIT_EXPECT_EQ(test, mptcpx_end(msk), at + all);
		KUNIT_EXPECT_EQ(test, mptcpx_head(msk), at + all);
		KUNIT_EXPECT_TRUE(test, mptcpx_head_move(msk, at + all));
		KUNIT_EXPECT_NULL(test, msk->first_pending);
	}
}

/* from every place to every other */
static void reinject_head(struct kunit *test)
{
	const u32 all = DFRAGS * DFRAG_LEN, nxt = 330;
	struct mptcp_sock *msk;
	unsigned int o, i, k;
	u64 at;

	for (o = 0; o < ARRAY_SIZE(reinject_origins); o++) {
		at = reinject_origins[o];
		msk = fake_msk(test, at, at + nxt);
		for (i = 0; i <= all; i += 25) {
			for (k = 0; k <= all; k += 33) {
				KUNIT_ASSERT_TRUE(test, mptcpx_head_move(msk, at + i));
				head_is(test, msk, at + i);
				msk->recovery = false;
				msk->recovery_snd_nxt = 0;
				KUNIT_ASSERT_TRUE(test, mptcpx_head_move(msk, at + k));
				head_is(test, msk, at + k);
				/* the core is told if and only if it is to send again */
				KUNIT_EXPECT_EQ(test, msk->recovery, k < nxt);
				KUNIT_EXPECT_EQ(test, msk->recovery_snd_nxt, k < nxt ?
						at + nxt : 0);
				KUNIT_EXPECT_EQ(test, msk->snd_nxt, at + nxt);
				KUNIT_EXPECT_EQ(test, msk->snd_una, at);
			}
		}
		/* the end: nothing pending */
		mptcpx_head_move(msk, at + all);
		KUNIT_EXPECT_NULL(test, msk->first_pending);
	}
}

/* a bound on the fragments walked, under a lock; beyond it nothing changes */
static void reinject_far(struct kunit *test)
{
	const unsigned int n = HEAD_WALK_MAX + 2;
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct mptcp_data_frag *dfrag, *first = NULL;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, msk);
	INIT_LIST_HEAD(&msk->rtx_queue);
	for (i = 0; i < n; i++) {
		dfrag = kunit_kzalloc(test, sizeof(*dfrag), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, dfrag);
		dfrag->data_seq = i;
		dfrag->data_len = 1;
		dfrag->already_sent = 1;
		list_add_tail(&dfrag->list, &msk->rtx_queue);
		first = first ?: dfrag;
	}
	msk->snd_nxt = n;
	KUNIT_EXPECT_FALSE(test, mptcpx_head_move(msk, 0));
	KUNIT_EXPECT_NULL(test, msk->first_pending);
	KUNIT_EXPECT_EQ(test, first->already_sent, 1);
	KUNIT_EXPECT_FALSE(test, msk->recovery);
	KUNIT_EXPECT_TRUE(test, mptcpx_head_move(msk, 1));
	KUNIT_EXPECT_EQ(test, mptcpx_head(msk), 1ULL);
	KUNIT_EXPECT_TRUE(test, mptcpx_head_move(msk, 0));
	KUNIT_EXPECT_EQ(test, mptcpx_head(msk), 0ULL);
	/* forward there is no bound */
	KUNIT_EXPECT_TRUE(test, mptcpx_head_move(msk, n));
	KUNIT_EXPECT_EQ(test, mptcpx_head(msk), (u64)n);
}

/* acknowledgments may pass the head up to the end of its fragment, or of what was sent */
static void reinject_pass(struct kunit *test)
{
	/* where the head stands, what was sent, until where is recovery; 0: there is none */
	static const struct {
		bool csum;
		u32 head, nxt, until;
	} cases[] = {
		{ true, 30, 30, 100 },
		{ true, 130, 130, 200 },
		{ true, 199, 199, 200 },
		{ true, 100, 100, 200 },
		{ true, 30, 100, 100 },
		{ true, 30, 101, 101 },
		{ true, 30, 99, 100 },
		{ true, 30, 350, 350 },
		{ true, DFRAGS * DFRAG_LEN, 330, 0 },
		{ false, 30, 30, 0 },
		{ false, 30, 350, 0 },
	};
	struct mptcp_sock *msk;
	unsigned int o, i;
	u64 at;

	for (o = 0; o < ARRAY_SIZE(reinject_origins); o++) {
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			at = reinject_origins[o];
			msk = fake_msk(test, at, at + cases[i].nxt);
			mptcpx_head_move(msk, at + cases[i].head);
			msk->csum_enabled = cases[i].csum;
			msk->recovery = false;
			msk->recovery_snd_nxt = 0;
			mptcpx_head_pass(msk);
			KUNIT_EXPECT_EQ(test, msk->recovery, cases[i].until != 0);
			if (cases[i].until)
				KUNIT_EXPECT_EQ(test, msk->recovery_snd_nxt, at + cases[i].until);
			KUNIT_EXPECT_EQ(test, msk->snd_nxt, at + cases[i].nxt);
			head_is(test, msk, at + cases[i].head);
		}
	}
}

/* the window is lowered to the byte, never raised, and an acknowledgment wins */
static void reinject_window(struct kunit *test)
{
	struct mptcpx_conn *conn = kunit_kzalloc(test, sizeof(*conn), GFP_KERNEL);
	unsigned int o;
	u64 at;

	KUNIT_ASSERT_NOT_NULL(test, conn);
	for (o = 0; o < ARRAY_SIZE(reinject_origins); o++) {
		at = reinject_origins[o];
		conn->msk = fake_msk(test, at, at + 250);
		conn->msk->wnd_end = at + 400;
		mptcpx_clamp(conn, at + 400, false);
		KUNIT_EXPECT_FALSE(test, conn->clamped);
		mptcpx_clamp(conn, at + 300, false);
		KUNIT_EXPECT_TRUE(test, conn->clamped);
		KUNIT_EXPECT_EQ(test, conn->msk->wnd_end, at + 300);
		mptcpx_unclamp(conn, false);
		KUNIT_EXPECT_FALSE(test, conn->clamped);
		KUNIT_EXPECT_EQ(test, conn->msk->wnd_end, at + 400);
		mptcpx_clamp(conn, at + 300, false);
		conn->msk->wnd_end = at + 450;
		mptcpx_unclamp(conn, false);
		KUNIT_EXPECT_EQ(test, conn->msk->wnd_end, at + 450);
		/* what was not lowered is not raised */
		conn->msk->wnd_end = at + 390;
		mptcpx_unclamp(conn, false);
		KUNIT_EXPECT_EQ(test, conn->msk->wnd_end, at + 390);
	}
}

static struct kunit_case reinject_cases[] = {
	KUNIT_CASE(reinject_order),
	KUNIT_CASE(reinject_ends),
	KUNIT_CASE(reinject_head),
	KUNIT_CASE(reinject_far),
	KUNIT_CASE(reinject_pass),
	KUNIT_CASE(reinject_window),
	{ }
};

static struct kunit_suite reinject_suite = {
	.name = "mptcpx_reinject",
	.test_cases = reinject_cases,
};

kunit_test_suite(reinject_suite);
