// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the choice of wrr; included at the end of sched_wrr.c. Sockets are of
 * memory only.
 */
#include <kunit/test.h>

#define NOBODY	-1
#define BURSTS(n)	((u64)(n) * WRR_BURST << WRR_SHIFT)	/* virtual time at weight 1 */

static void wrr_choice(struct kunit *test)
{
	static const struct {
		const char *name;
		struct wrr_path path[4];
		u8 n;
		int waits, passes;	/* who is served if full ones are waited for or not */
	} cases[] = {
		{ "none", { }, 0, NOBODY, NOBODY },
		{ "one", { { .weight = 1 } }, 1, 0, 0 },
		{ "one, full", { { .weight = 1, .full = true } }, 1, NOBODY, NOBODY },
		{ "least virtual time",
		  { { .vtime = 5, .weight = 1 }, { .vtime = 4, .weight = 1 } }, 2, 1, 1 },
		{ "the first of equals",
		  { { .vtime = 4, .weight = 1 }, { .vtime = 4, .weight = 9 } }, 2, 0, 0 },
		{ "whose turn it is, full",
		  { { .vtime = 4, .weight = 1, .full = true }, { .vtime = 5, .weight = 1 } },
		  2, NOBODY, 1 },
		{ "another one full",
		  { { .vtime = 4, .weight = 1 }, { .vtime = 5, .weight = 1, .full = true } },
		  2, 0, 0 },
		{ "all full",
		  { { .weight = 1, .full = true }, { .weight = 1, .full = true } },
		  2, NOBODY, NOBODY },
		{ "weight 0 not while others are there",
		  { { .vtime = 0, .weight = 1, .rank = WRR_ZERO_WEIGHT },
		    { .vtime = 9, .weight = 1 } }, 2, 1, 1 },
		{ "nor if they are full",
		  { { .vtime = 0, .weight = 1, .rank = WRR_ZERO_WEIGHT },
		    { .vtime = 9, .weight = 1, .full = true } }, 2, NOBODY, NOBODY },
		{ "weight 0 rather than timed out",
		  { { .vtime = 0, .weight = 1, .rank = WRR_TIMED_OUT },
		    { .vtime = 9, .weight = 1, .rank = WRR_ZERO_WEIGHT } }, 2, 1, 1 },
		{ "timed out rather than backup",
		  { { .vtime = 0, .weight = 1, .rank = WRR_BACKUP },
		    { .vtime = 9, .weight = 1, .rank = WRR_TIMED_OUT } }, 2, 1, 1 },
		{ "only backups",
		  { { .vtime = 9, .weight = 1, .rank = WRR_BACKUP },
		    { .vtime = 8, .weight = 1, .rank = WRR_BACKUP } }, 2, 1, 1 },
		{ "a large virtual time",
		  { { .vtime = U64_MAX, .weight = 1 }, { .vtime = U64_MAX - 1, .weight = 1 } },
		  2, 1, 1 },
	};
	struct wrr_path path[4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(path, cases[i].path, sizeof(path));
		KUNIT_EXPECT_EQ_MSG(test, wrr_pick(path, cases[i].n, true), cases[i].waits,
				    "%s, waiting", cases[i].name);
		memcpy(path, cases[i].path, sizeof(path));
		KUNIT_EXPECT_EQ_MSG(test, wrr_pick(path, cases[i].n, false), cases[i].passes,
				    "%s, passing on", cases[i].name);
	}
}

/* who was away has a claim to two bursts of the lightest, and no more */
static void wrr_credit(struct kunit *test)
{
	struct wrr_path path[3] = {
		{ .vtime = BURSTS(100), .weight = 1 },
		{ .vtime = 0, .weight = 1 },
		{ .vtime = 0, .weight = 1, .rank = WRR_BACKUP },
	};

	KUNIT_EXPECT_EQ(test, wrr_pick(path, 3, true), 1);
	KUNIT_EXPECT_EQ(test, path[1].vtime, BURSTS(98));
	KUNIT_EXPECT_EQ(test, path[0].vtime, BURSTS(100));
	/* another rank is left as it is */
	KUNIT_EXPECT_EQ(test, path[2].vtime, 0ULL);
	/* what lags by just as much is not lifted */
	KUNIT_EXPECT_EQ(test, wrr_pick(path, 3, true), 1);
	KUNIT_EXPECT_EQ(test, path[1].vtime, BURSTS(98));
	path[1].vtime = BURSTS(98) - 1;
	wrr_pick(path, 3, true);
	KUNIT_EXPECT_EQ(test, path[1].vtime, BURSTS(98));
	/* the lightest of those served counts: half of the credit at twice the weight */
	path[0].weight = 2;
	path[1].weight = 3;
	path[1].vtime = 0;
	wrr_pick(path, 3, true);
	KUNIT_EXPECT_EQ(test, path[1].vtime, BURSTS(99));
	/* a full one is lifted, too: it has no claim on the time it was full */
	path[1].vtime = 0;
	path[1].full = true;
	KUNIT_EXPECT_EQ(test, wrr_pick(path, 3, false), 0);
	KUNIT_EXPECT_EQ(test, path[1].vtime, BURSTS(99));
}

/* over many bursts each has its share, and never lags by more than a burst */
static void wrr_shares(struct kunit *test)
{
	static const u32 weights[][4] = {
		{ 1, 1 }, { 3, 1 }, { 5, 2, 1 }, { 10000, 1 }, { 1, 9999, 10000, 7 },
	};
	struct wrr_path path[4];
	u64 got[4], total, sum;
	unsigned int i, k, n;
	int best;

	for (i = 0; i < ARRAY_SIZE(weights); i++) {
		memset(path, 0, sizeof(path));
		memset(got, 0, sizeof(got));
		for (n = 0, sum = 0; n < 4 && weights[i][n]; n++) {
			path[n].weight = weights[i][n];
			sum += weights[i][n];
		}
		for (k = 0, total = 0; k < 50000; k++) {
			best = wrr_pick(path, n, true);
			KUNIT_ASSERT_TRUE(test, best >= 0 && best < n);
			path[best].vtime += BURSTS(1) / path[best].weight;
			got[best] += WRR_BURST;
			total += WRR_BURST;
		}
		for (k = 0; k < n; k++) {
			u64 due = div64_u64(total * weights[i][k], sum);

			KUNIT_EXPECT_LE_MSG(test, abs((s64)(got[k] - due)), 2LL * WRR_BURST,
					    "set %u, path %u: %llu of %llu", i, k, got[k], due);
		}
	}
}

static void wrr_rates(struct kunit *test)
{
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, view);
	view->n = 3;
	view->path[0].rate = 4096;
	view->path[1].rate = 0;
	view->path[2].rate = 10 << 10;
	KUNIT_EXPECT_EQ(test, wrr_rate(view, &view->path[0]), 4U);
	/* not measured: as the fastest */
	KUNIT_EXPECT_EQ(test, wrr_rate(view, &view->path[1]), 10U);
	view->path[0].rate = 1;
	KUNIT_EXPECT_EQ(test, wrr_rate(view, &view->path[0]), 1U);
	view->path[0].rate = U64_MAX;
	KUNIT_EXPECT_EQ(test, wrr_rate(view, &view->path[0]), U32_MAX);
	view->n = 1;
	view->path[0].rate = 0;
	KUNIT_EXPECT_EQ(test, wrr_rate(view, &view->path[0]), 1U);
}

/* which rank, and what weight 0 is taken for */
static void wrr_ranks(struct kunit *test)
{
	static const struct {
		const char *name;
		struct mptcpx_path path;
		u32 weight;
		u8 rank;
		u32 as;
		bool full;
	} cases[] = {
		{ "served", { .room = 1 }, 3, WRR_SERVED, 3, false },
		{ "full", { .room = 0 }, 3, WRR_SERVED, 3, true },
		{ "weight 0", { .room = 1 }, 0, WRR_ZERO_WEIGHT, 1, false },
		{ "weight 0, full", { .room = 0 }, 0, WRR_ZERO_WEIGHT, 1, true },
		{ "the least weight", { .room = 1 }, 1, WRR_SERVED, 1, false },
		{ "the largest weight", { .room = U32_MAX }, U32_MAX, WRR_SERVED, U32_MAX, false },
		{ "timed out", { .room = 1, .timed_out = true }, 3, WRR_TIMED_OUT, 3, false },
		{ "timed out, weight 0", { .room = 1, .timed_out = true }, 0,
		  WRR_TIMED_OUT, 1, false },
		{ "a backup", { .room = 1, .backup = true }, 3, WRR_BACKUP, 3, false },
		{ "a backup, weight 0", { .room = 1, .backup = true }, 0, WRR_BACKUP, 1, false },
		{ "a backup, timed out", { .room = 1, .backup = true, .timed_out = true }, 3,
		  WRR_BACKUP, 3, false },
		{ "a loss is no reason", { .room = 1, .hole = true }, 3, WRR_SERVED, 3, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mptcpx_slot slot = { };
		struct wrr_path path;

		memset(&path, 0xff, sizeof(path));
		wrr_enter(&path, &cases[i].path, &slot, cases[i].weight);
		KUNIT_EXPECT_EQ_MSG(test, path.rank, cases[i].rank, "%s", cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, path.weight, cases[i].as, "%s", cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, path.full, cases[i].full, "%s", cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, path.vtime, 0ULL, "%s", cases[i].name);
	}
}

/* what was given since the last look is charged, once */
static void wrr_charges(struct kunit *test)
{
	static const struct {
		u64 vtime, vbytes, bytes;
		u32 weight;
		u64 then;
	} cases[] = {
		{ 5, 1000, 1000, 1, 5 },
		{ 5, 0, WRR_BURST, 1, 5 + BURSTS(1) },
		{ 5, 1000, 1000 + WRR_BURST, 1, 5 + BURSTS(1) },
		{ 5, 1000, 1000 + WRR_BURST, 4, 5 + BURSTS(1) / 4 },
		{ 5, 1000, 1000 + WRR_BURST, 0, 5 + BURSTS(1) },
		{ 0, 0, 1, 1, 1 << WRR_SHIFT },
		{ 0, 0, 1, 10000, 6 },
		/* a terabyte, behind another one */
		{ 0, 1ULL << 40, 1ULL << 41, 1, 1ULL << 56 },
		{ 1ULL << 56, 1ULL << 40, (1ULL << 40) + 1, 1, (1ULL << 56) + (1 << WRR_SHIFT) },
	};
	const struct mptcpx_path p = { .room = 1 };
	unsigned int i, again;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mptcpx_slot slot = {
			.vtime = cases[i].vtime,
			.vbytes = cases[i].vbytes,
			.bytes = cases[i].bytes,
		};
		struct wrr_path path;

		for (again = 0; again < 2; again++) {
			wrr_enter(&path, &p, &slot, cases[i].weight);
			KUNIT_EXPECT_EQ_MSG(test, path.vtime, cases[i].then, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, slot.vtime, cases[i].then, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, slot.vbytes, cases[i].bytes, "case %u", i);
		}
		KUNIT_EXPECT_EQ(test, slot.bytes, cases[i].bytes);
	}
}

/* a burst within the room there is; what was lifted is kept, whoever is served */
static void wrr_bursts(struct kunit *test)
{
	static const struct {
		u32 room, len;
	} cases[] = {
		{ 1, 1 }, { WRR_BURST - 1, WRR_BURST - 1 }, { WRR_BURST, WRR_BURST },
		{ WRR_BURST + 1, WRR_BURST }, { U32_MAX, WRR_BURST },
	};
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcpx_slot *slots = kunit_kcalloc(test, 4, sizeof(*slots), GFP_KERNEL);
	struct mptcpx_choice choice = { };
	struct wrr_path path[2];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, view);
	KUNIT_ASSERT_NOT_NULL(test, slots);
	view->n = 2;
	/* slots are not in the order of the paths */
	view->path[0].slot = 3;
	view->path[1].slot = 1;
	view->path[0].room = 9;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		path[0] = (struct wrr_path){ .vtime = BURSTS(7), .weight = 1 };
		path[1] = (struct wrr_path){ .vtime = 0, .weight = 1 };
		view->path[1].room = cases[i].room;
		KUNIT_EXPECT_TRUE(test, wrr_choose(slots, view, path, true, &choice));
		KUNIT_EXPECT_EQ(test, choice.path, 1);
		KUNIT_EXPECT_EQ_MSG(test, choice.len, cases[i].len, "room %u", cases[i].room);
		KUNIT_EXPECT_EQ(test, slots[3].vtime, BURSTS(7));
		KUNIT_EXPECT_EQ(test, slots[1].vtime, BURSTS(5));
		KUNIT_EXPECT_EQ(test, slots[0].vtime, 0ULL);
	}
	/* whose turn it is has no room: waited for, or passed over */
	path[1] = (struct wrr_path){ .vtime = 0, .weight = 1, .full = true };
	slots[1].vtime = 0;
	KUNIT_EXPECT_FALSE(test, wrr_choose(slots, view, path, true, &choice));
	KUNIT_EXPECT_EQ(test, slots[1].vtime, BURSTS(5));
	KUNIT_EXPECT_TRUE(test, wrr_choose(slots, view, path, false, &choice));
	KUNIT_EXPECT_EQ(test, choice.path, 0);
	KUNIT_EXPECT_EQ(test, choice.len, 9U);
}

/* a weight is looked up again when the configuration or the route has changed only */
static void wrr_looks_up(struct kunit *test)
{
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	struct mptcp_subflow_context *subflow = kunit_kzalloc(test, sizeof(*subflow), GFP_KERNEL);
	struct net_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	struct dst_entry *dst = kunit_kzalloc(test, sizeof(*dst), GFP_KERNEL);
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);
	struct mptcpx_slot slot = { };
	struct wrr_net wn = { };
	struct sock *ssk;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	KUNIT_ASSERT_NOT_NULL(test, subflow);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_NOT_NULL(test, dst);
	KUNIT_ASSERT_NOT_NULL(test, tp);
	ssk = (struct sock *)tp;
	subflow->tcp_sock = ssk;
	subflow->local_id = 2;
	dst->dev = dev;
	strscpy(dev->name, "one", sizeof(dev->name));
	KUNIT_ASSERT_EQ(test, mptcpx_weights_parse(weights, "one=5 two=7"), 0);
	weights->gen = 1;
	RCU_INIT_POINTER(wn.weights, weights);

	/* no route: no interface */
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), (u32)MPTCPX_WEIGHT_DEFAULT);
	RCU_INIT_POINTER(ssk->sk_dst_cache, dst);
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), 5U);
	/* the same route, the same configuration: as it was */
	strscpy(dev->name, "two", sizeof(dev->name));
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), 5U);
	weights->gen = 2;
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), 7U);
	RCU_INIT_POINTER(ssk->sk_dst_cache, NULL);
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), (u32)MPTCPX_WEIGHT_DEFAULT);
	/* addresses and ids need no route */
	memset(weights, 0, sizeof(*weights));
	KUNIT_ASSERT_EQ(test, mptcpx_weights_parse(weights, "10.0.0.1=8"), 0);
	weights->gen = 3;
	ssk->sk_family = AF_INET;
	ssk->sk_rcv_saddr = htonl(0x0a000001);
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), 8U);
	memset(weights, 0, sizeof(*weights));
	KUNIT_ASSERT_EQ(test, mptcpx_weights_parse(weights, "id:2=9"), 0);
	weights->gen = 4;
	KUNIT_EXPECT_EQ(test, wrr_weight(&wn, &slot, subflow), 9U);
}

/* shares are kept if somebody has asked for some */
static void wrr_keeps_shares(struct kunit *test)
{
	static const struct {
		const char *text;
		int mode;
		bool waits;
	} cases[] = {
		{ "", WRR_WEIGHTS, false },
		{ " ,", WRR_WEIGHTS, false },
		{ "*=1", WRR_WEIGHTS, true },
		{ "one=3 two=1", WRR_WEIGHTS, true },
		{ "none=0", WRR_WEIGHTS, true },
		{ "", WRR_AUTO, false },
		{ "*=1", WRR_AUTO, false },
	};
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	struct wrr_net wn = { };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	RCU_INIT_POINTER(wn.weights, weights);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(weights, 0, sizeof(*weights));
		KUNIT_ASSERT_EQ(test, mptcpx_weights_parse(weights, cases[i].text), 0);
		wn.mode = cases[i].mode;
		KUNIT_EXPECT_EQ_MSG(test, wrr_waits(&wn), cases[i].waits, "'%s', mode %d",
				    cases[i].text, cases[i].mode);
	}
}

static struct kunit_case wrr_cases[] = {
	KUNIT_CASE(wrr_choice),
	KUNIT_CASE(wrr_credit),
	KUNIT_CASE(wrr_shares),
	KUNIT_CASE(wrr_rates),
	KUNIT_CASE(wrr_ranks),
	KUNIT_CASE(wrr_charges),
	KUNIT_CASE(wrr_bursts),
	KUNIT_CASE(wrr_looks_up),
	KUNIT_CASE(wrr_keeps_shares),
	{ }
};

static struct kunit_suite wrr_suite = {
	.name = "mptcp_wrr",
	.test_cases = wrr_cases,
};

kunit_test_suite(wrr_suite);
