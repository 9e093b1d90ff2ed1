// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of retries; included at the end of pm_backoff.c.
 */
#include <kunit/test.h>

static void backoff_delays(struct kunit *test)
{
	static const struct {
		enum mptcpx_pm_failure why;
		unsigned int fails, first, limit, probe;
		u32 random;
		unsigned int ms;
	} cases[] = {
		/* what had worked is tried again at once */
		{ MPTCPX_PM_LOST, 0, 200, 60000, 700, 0, 0 },
		{ MPTCPX_PM_LOST, 9, 200, 60000, 700, 0, 0 },
		{ MPTCPX_PM_REFUSED, 0, 200, 60000, 700, 0, 0 },
		{ MPTCPX_PM_SILENT, 0, 200, 60000, 700, 0, 0 },
		/* a refusal doubles */
		{ MPTCPX_PM_REFUSED, 1, 200, 60000, 700, 0, 200 },
		{ MPTCPX_PM_REFUSED, 2, 200, 60000, 700, 0, 400 },
		{ MPTCPX_PM_REFUSED, 3, 200, 60000, 700, 0, 800 },
		{ MPTCPX_PM_REFUSED, 9, 200, 60000, 700, 0, 51200 },
		{ MPTCPX_PM_REFUSED, 10, 200, 60000, 700, 0, 60000 },
		/* up to the limit, however often, and whatever the knobs say */
		{ MPTCPX_PM_REFUSED, 32, 1, 3600000, 700, 0, 3600000 },
		{ MPTCPX_PM_REFUSED, 33, 1, 3600000, 700, 0, 3600000 },
		{ MPTCPX_PM_REFUSED, 64, 10, 3600000, 700, 0, 3600000 },
		{ MPTCPX_PM_REFUSED, 65, 10, 3600000, 700, 0, 3600000 },
		{ MPTCPX_PM_REFUSED, 65535, 60000, 3600000, 700, 0, 3600000 },
		{ MPTCPX_PM_REFUSED, UINT_MAX, UINT_MAX, UINT_MAX, 700, 0, UINT_MAX },
		{ MPTCPX_PM_REFUSED, 1, 60000, 100, 700, 0, 100 },
		/* by an eighth less, as chance has it */
		{ MPTCPX_PM_REFUSED, 1, 2048, 60000, 700, 0xff, 2048 - 255 },
		{ MPTCPX_PM_REFUSED, 1, 2048, 60000, 700, 0x80, 2048 - 128 },
		{ MPTCPX_PM_REFUSED, 1, 2048, 60000, 700, 0xffffff01, 2047 },
		{ MPTCPX_PM_REFUSED, 1, 2048, 60000, 700, 0xffffff00, 2048 },
		{ MPTCPX_PM_REFUSED, 2, 60000, 60000, 700, 0xff, 60000 - 7470 },
		{ MPTCPX_PM_REFUSED, 9, UINT_MAX, UINT_MAX, 700, 0xff,
		  UINT_MAX - 534773759 },
		/* nobody answers: at an even rate, then more slowly, but not for ever so */
		{ MPTCPX_PM_SILENT, 1, 200, 60000, 700, 0xff, 0 },
		{ MPTCPX_PM_SILENT, 1024, 200, 60000, 700, 0xff, 0 },
		{ MPTCPX_PM_SILENT, 1025, 200, 60000, 700, 0xff, 700 },
		{ MPTCPX_PM_SILENT, 2048, 200, 60000, 700, 0xff, 700 },
		{ MPTCPX_PM_SILENT, 2049, 200, 60000, 700, 0xff, 1400 },
		{ MPTCPX_PM_SILENT, 16 * 1024, 200, 60000, 700, 0, 15 * 700 },
		{ MPTCPX_PM_SILENT, 16 * 1024 + 1, 200, 60000, 700, 0, 16 * 700 },
		{ MPTCPX_PM_SILENT, 65535, 200, 60000, 700, 0, 16 * 700 },
		{ MPTCPX_PM_SILENT, UINT_MAX, 200, 100, 60000, 0, 960000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_pm_backoff(cases[i].why, cases[i].fails,
							    cases[i].first, cases[i].limit,
							    cases[i].probe, cases[i].random),
				    cases[i].ms, "case %u", i);
}

/* never sooner than an eighth before its time, never later, never less for more */
static void backoff_grows(struct kunit *test)
{
	unsigned int fails, ms, least, last = 0;

	for (fails = 1; fails < 70; fails++) {
		ms = mptcpx_pm_backoff(MPTCPX_PM_REFUSED, fails, 200, 60000, 700, 0);
		least = mptcpx_pm_backoff(MPTCPX_PM_REFUSED, fails, 200, 60000, 700, U32_MAX);
		KUNIT_EXPECT_GE(test, ms, last);
		KUNIT_EXPECT_LT(test, least, ms);
		KUNIT_EXPECT_GE(test, least, ms - ms / 8);
		last = ms;
	}
}

static void backoff_patience(struct kunit *test)
{
	static const struct {
		unsigned int probe, rtt, fails, ms;
	} cases[] = {
		{ 700, 0, 0, 700 },
		{ 700, 175, 0, 700 },
		{ 700, 176, 0, 704 },
		{ 700, 1000, 1, 4000 },
		{ 100, 0, 6, 100 },
		/* each eighth time long enough for a slow path */
		{ 100, 0, 7, 1700 },
		{ 100, 0, 8, 100 },
		{ 100, 0, 15, 1700 },
		{ 700, 800, 15, 3200 },
		{ 60000, 0, 7, 60000 },
		/* a minute is enough for anybody */
		{ 700, 15000, 0, 60000 },
		{ 700, 15001, 0, 60000 },
		{ 700, 0x40000001, 0, 60000 },	/* four of it do not fit in 32 bits */
		{ UINT_MAX, UINT_MAX, UINT_MAX, 60000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_pm_patience(cases[i].probe, cases[i].rtt,
							     cases[i].fails),
				    cases[i].ms, "case %u", i);
}

static void backoff_rest(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(0, 10), 10U);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(2749, 10), 10U);
	/* four times what it took: a fifth of a CPU */
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(2750, 10), 11U);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(100000, 10), 400U);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(249999, 10), 999U);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(250250, 10), 1000U);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_rest(UINT_MAX, 10), 1000U);
}

static struct kunit_case backoff_cases[] = {
	KUNIT_CASE(backoff_delays),
	KUNIT_CASE(backoff_grows),
	KUNIT_CASE(backoff_patience),
	KUNIT_CASE(backoff_rest),
	{ }
};

static struct kunit_suite backoff_suite = {
	.name = "mptcpx_pm_backoff",
	.test_cases = backoff_cases,
};

kunit_test_suite(backoff_suite);
