// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the choice of minrtt; included at the end of sched_minrtt.c.
 */
#include <kunit/test.h>

#define NOBODY	-1

struct minrtt_case {
	const char *name;
	struct mptcpx_path path[4];
	u8 n;
	u64 unsent;
	int sends;	/* index of who sends, or NOBODY */
};

/* 10 and 40 ms, a full packet of 1000 bytes; "idle": nothing in flight */
#define FAST(...)	{ .srtt_us = 10000, .window = 50000, .queued = 20000, \
			  .room = 30000, .mss = 1000, ##__VA_ARGS__ }
#define SLOW(...)	{ .srtt_us = 40000, .window = 50000, .queued = 20000, \
			  .room = 30000, .mss = 1000, ##__VA_ARGS__ }

static const struct minrtt_case minrtt_table[] = {
	{ "alone", { FAST() }, 1, 1000, 0 },
	{ "alone, full", { FAST(.room = 0) }, 1, 1000, NOBODY },
	{ "the faster", { FAST(), SLOW() }, 2, 1000, 0 },
	{ "the faster, listed last", { SLOW(), FAST() }, 2, 1000, 1 },
	{ "the first of equals", { FAST(), FAST() }, 2, 1000, 0 },
	{ "all full", { FAST(.room = 0), SLOW(.room = 0) }, 2, 1000, NOBODY },
	{ "one byte of room is room", { FAST(.room = 1), SLOW() }, 2, 1000, 0 },
	{ "backup left alone", { FAST(.backup = true), SLOW() }, 2, 1000, 1 },
	{ "backup left alone, the other full",
	  { FAST(.backup = true), SLOW(.room = 0) }, 2, 1000, NOBODY },
	{ "backup only", { FAST(.backup = true), SLOW(.backup = true) }, 2, 1000, 0 },
	{ "not measured is last", { FAST(.srtt_us = U32_MAX), SLOW() }, 2, 1000, 1 },
	{ "nobody measured", { FAST(.srtt_us = U32_MAX, .queued = 0) }, 1, 1000, 0 },
	/* waiting: 2 * unsent / window rounds of 10 ms, and one more, against 40 ms */
	{ "little left: waits", { FAST(.room = 0), SLOW() }, 2, 1000, NOBODY },
	{ "just less than 40 ms: waits", { FAST(.room = 0), SLOW() }, 2, 74997, NOBODY },
	{ "40 ms: does not wait", { FAST(.room = 0), SLOW() }, 2, 75000, 1 },
	{ "much left: does not wait", { FAST(.room = 0), SLOW() }, 2, 1000000, 1 },
	{ "it is the window of the best that counts",
	  { FAST(.room = 0), SLOW(.window = 1000) }, 2, 10000, NOBODY },
	{ "for one that is dead: does not",
	  { FAST(.room = 0, .timed_out = true), SLOW() }, 2, 1000, 1 },
	{ "for one with nothing in flight: does not",
	  { FAST(.room = 0, .queued = 0), SLOW() }, 2, 1000, 1 },
	{ "the slower not measured: does not",
	  { FAST(.room = 0), SLOW(.srtt_us = U32_MAX) }, 2, 1000, 1 },
	{ "not for a backup", { FAST(.room = 0, .backup = true), SLOW() }, 2, 1000, 1 },
	{ "nor for one as slow",
	  { SLOW(.room = 0), SLOW(.srtt_us = 40001) }, 2, 1000, 1 },
	{ "three: waits for the best, not for the next",
	  { SLOW(.room = 0), FAST(.room = 0), SLOW() }, 3, 1000, NOBODY },
	{ "no overflow with all that can be outstanding",
	  { FAST(.room = 0, .window = 1), SLOW() }, 2, U32_MAX, 1 },
};

static void minrtt_choice(struct kunit *test)
{
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	const struct minrtt_case *c;
	struct mptcpx_choice choice;
	unsigned int wrap, i;
	bool sends;

	KUNIT_ASSERT_NOT_NULL(test, view);
	for (wrap = 0; wrap < 2; wrap++) {
		for (c = minrtt_table; c < minrtt_table + ARRAY_SIZE(minrtt_table); c++) {
			view->n = c->n;
			view->primary = 0;
			for (i = 0; i < c->n; i++) {
				view->path[i] = c->path[i];
				view->primary += !c->path[i].backup;
			}
			/* only the distance counts */
			view->head = wrap ? U64_MAX - 10 : 0;
			view->end = view->head + c->unsent;
			choice.len = 0;
			sends = minrtt_get_send(NULL, view, &choice);
			KUNIT_EXPECT_EQ_MSG(test, sends, c->sends != NOBODY, "%s", c->name);
			if (!sends || c->sends == NOBODY)
				continue;
			KUNIT_EXPECT_EQ_MSG(test, choice.path, c->sends, "%s", c->name);
			KUNIT_EXPECT_EQ_MSG(test, choice.len, c->path[c->sends].room,
					    "%s", c->name);
		}
	}
}

static struct kunit_case minrtt_cases[] = {
	KUNIT_CASE(minrtt_choice),
	{ }
};

static struct kunit_suite minrtt_suite = {
	.name = "mptcp_minrtt",
	.test_cases = minrtt_cases,
};

kunit_test_suite(minrtt_suite);
