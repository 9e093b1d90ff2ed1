// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the HoL bound; included at the end of hol.c.
 */
#include <kunit/test.h>

/* 10 ms and 100 ms, 1 MB/s each, a full packet of 1000 bytes */
#define NEAR(...)	{ .srtt_us = 10000, .min_rtt_us = 10000, .rate = 1000000, \
			  .room = 500000, .mss = 1000, ##__VA_ARGS__ }
#define FAR(...)	{ .srtt_us = 100000, .min_rtt_us = 1000, .rate = 1000000, \
			  .room = 500000, .mss = 1000, ##__VA_ARGS__ }

static void hol_table(struct kunit *test)
{
	static const struct {
		const char *name;
		struct mptcpx_path path[3];
		u8 n;
		u32 capacity;
		u32 room[3];
	} cases[] = {
		{ "alone", { FAR() }, 1, 1000, { 500000 } },
		/* 2 * t * 2 MB/s = 400 kB: t = 100 ms, at 1 MB/s 100 kB */
		{ "the slower one bound", { NEAR(), FAR() }, 2, 400000, { 500000, 100000 } },
		{ "in any order", { FAR(), NEAR() }, 2, 400000, { 100000, 500000 } },
		{ "less what it holds",
		  { NEAR(), FAR(.queued = 40000) }, 2, 400000, { 500000, 60000 } },
		{ "whole packets, rounded up",
		  { NEAR(), FAR(.queued = 40001) }, 2, 400000, { 500000, 60000 } },
		{ "one byte left is a packet",
		  { NEAR(), FAR(.queued = 99999) }, 2, 400000, { 500000, 1000 } },
		{ "holds as much as it may",
		  { NEAR(), FAR(.queued = 100000) }, 2, 400000, { 500000, 0 } },
		{ "holds more", { NEAR(), FAR(.queued = 1U << 31) }, 2, 400000, { 500000, 0 } },
		{ "room is never raised", { NEAR(), FAR(.room = 7000) }, 2, 400000,
		  { 500000, 7000 } },
		{ "the fastest holds what it likes",
		  { NEAR(.queued = 1U << 31), FAR() }, 2, 400000, { 500000, 100000 } },
		{ "two round trips at least",
		  { NEAR(), FAR(.min_rtt_us = 90000) }, 2, 400000, { 500000, 180000 } },
		{ "four in slow start",
		  { NEAR(), FAR(.min_rtt_us = 90000, .slow_start = true) }, 2, 400000,
		  { 500000, 360000 } },
		{ "four with a hole",
		  { NEAR(), FAR(.min_rtt_us = 90000, .hole = true) }, 2, 400000,
		  { 500000, 360000 } },
		{ "an RTT never measured",
		  { NEAR(), FAR(.min_rtt_us = U32_MAX) }, 2, 400000, { 500000, 500000 } },
		{ "no rate measured: left alone",
		  { NEAR(), FAR(.rate = 0) }, 2, 400000, { 500000, 500000 } },
		{ "no rate anywhere",
		  { NEAR(.rate = 0), FAR(.rate = 0) }, 2, 0, { 500000, 500000 } },
		{ "nothing may be outstanding",
		  { NEAR(), FAR() }, 2, 0, { 500000, 2000 } },
		/* 2 * 20 us at 7 kB/s */
		{ "less than a byte is a packet",
		  { NEAR(), FAR(.rate = 7000, .min_rtt_us = 20) }, 2, 0, { 500000, 1000 } },
		{ "and no more than one",
		  { NEAR(), FAR(.rate = 7000, .min_rtt_us = 20, .queued = 1) }, 2, 0,
		  { 500000, 0 } },
		/* a backup adds nothing to the rate, but is bound as well */
		{ "a backup", { NEAR(), FAR(), FAR(.backup = true) }, 3, 400000,
		  { 500000, 100000, 100000 } },
		{ "backups only", { NEAR(.backup = true), FAR(.backup = true) }, 2, 400000,
		  { 500000, 100000 } },
		/* one that timed out is not the fastest, and its rate is not counted */
		{ "the fastest has timed out",
		  { NEAR(.timed_out = true), FAR(), FAR(.srtt_us = 110000) }, 3, 400000,
		  { 100000, 500000, 100000 } },
		{ "three", { NEAR(), FAR(), FAR(.rate = 2000000) }, 3, 800000,
		  { 500000, 100000, 200000 } },
		{ "a round trip of 18 minutes",
		  { NEAR(), FAR(.min_rtt_us = 1u << 30, .slow_start = true) }, 2, 0,
		  { 500000, 500000 } },
		/* in half an hour it would carry more than 64 bits can say */
		{ "a backup beyond all measure",
		  { NEAR(.rate = 1), FAR(.rate = 4000000000000000ULL, .backup = true) }, 2,
		  U32_MAX, { 500000, 500000 } },
		{ "no overflow", { NEAR(.rate = U64_MAX / 4), FAR(.rate = U64_MAX / 4) }, 2,
		  U32_MAX, { 500000, 500000 } },
	};
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	unsigned int i, k;

	KUNIT_ASSERT_NOT_NULL(test, view);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		view->n = cases[i].n;
		view->capacity = cases[i].capacity;
		view->primary = 0;
		for (k = 0; k < view->n; k++) {
			view->path[k] = cases[i].path[k];
			view->primary += !view->path[k].backup;
		}
		mptcpx_hol_bound(view);
		for (k = 0; k < view->n; k++)
			KUNIT_EXPECT_EQ_MSG(test, view->path[k].room, cases[i].room[k],
					    "%s, path %u", cases[i].name, k);
	}
}

static struct kunit_case hol_cases[] = {
	KUNIT_CASE(hol_table),
	{ }
};

static struct kunit_suite hol_suite = {
	.name = "mptcpx_hol",
	.test_cases = hol_cases,
};

kunit_test_suite(hol_suite);
