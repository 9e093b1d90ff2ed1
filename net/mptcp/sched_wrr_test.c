// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the choice of wrr; included at the end of sched_wrr.c.
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

static struct kunit_case wrr_cases[] = {
	KUNIT_CASE(wrr_choice),
	KUNIT_CASE(wrr_credit),
	KUNIT_CASE(wrr_shares),
	KUNIT_CASE(wrr_rates),
	{ }
};

static struct kunit_suite wrr_suite = {
	.name = "mptcp_wrr",
	.test_cases = wrr_cases,
};

kunit_test_suite(wrr_suite);
