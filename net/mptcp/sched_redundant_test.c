// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the choice of redundant; included at the end of
 * sched_redundant.c.
 *
 * DSNs in the tables are counted from an origin, which is placed where the
 * sequence space wraps.
 */
#include <kunit/test.h>

#define NOBODY	-1

/* slot i at index i; the lower the RTT, the earlier the letter */
#define A(...)	{ .slot = 0, .srtt_us = 10000, .room = 5000, ##__VA_ARGS__ }
#define B(...)	{ .slot = 1, .srtt_us = 20000, .room = 5000, ##__VA_ARGS__ }
#define C(...)	{ .slot = 2, .srtt_us = 30000, .room = 5000, ##__VA_ARGS__ }

struct redundant_case {
	const char *name;
	struct mptcpx_path path[3];
	u8 n;
	struct {
		u16 mask;
		u32 from, to;
	} given[3];		/* runs of the ledger: no gaps */
	u32 una, nxt, end, wnd;
	int sends;		/* index in path, or NOBODY */
	u32 from, len;
	bool more;
};

static const struct redundant_case opportunistic_table[] = {
	{ "never sent: on the fastest", { B(), A() }, 2, { },
	  0, 0, 1000, 9000, 1, 0, 1000, true },
	{ "the first of equals", { A(), A(.slot = 1) }, 2, { },
	  0, 0, 1000, 9000, 0, 0, 1000, true },
	{ "no more than it has room for", { A(.room = 600), B() }, 2, { },
	  0, 0, 1000, 9000, 0, 0, 600, true },
	{ "alone: no copy to come", { A() }, 1, { }, 0, 0, 1000, 9000, 0, 0, 1000, false },
	{ "the other a backup: no copy to come", { A(), B(.backup = true) }, 2, { },
	  0, 0, 1000, 9000, 0, 0, 1000, false },
	{ "the faster one a backup", { A(.backup = true), B() }, 2, { },
	  0, 0, 1000, 9000, 1, 0, 1000, false },
	{ "backups only", { A(.backup = true), B(.backup = true) }, 2, { },
	  0, 0, 1000, 9000, 0, 0, 1000, true },
	{ "the fastest is full", { A(.room = 0), B() }, 2, { },
	  0, 0, 1000, 9000, 1, 0, 1000, true },
	{ "all full", { A(.room = 0), B(.room = 0) }, 2, { },
	  0, 0, 1000, 9000, NOBODY },
	{ "the fastest repairs a loss", { A(.hole = true), B() }, 2, { },
	  0, 0, 1000, 9000, 1, 0, 1000, true },
	{ "all repair a loss", { A(.hole = true), B(.hole = true) }, 2, { },
	  0, 0, 1000, 9000, 0, 0, 1000, true },
	{ "the peer's window is closed, all sent in flight",
	  { A(), B() }, 2, { { 3, 0, 1000 } }, 0, 1000, 2000, 1000, NOBODY },
	{ "the peer's window is closed, nothing in flight: a probe",
	  { A(), B() }, 2, { }, 1000, 1000, 2000, 1000, 0, 1000, 1000, true },
	{ "one byte of window", { A(), B() }, 2, { { 3, 0, 1000 } },
	  0, 1000, 2000, 1001, 0, 1000, 1000, true },
	/* copies */
	{ "a copy on who lacks it", { A(), B() }, 2, { { 1, 0, 1000 } },
	  0, 1000, 1000, 9000, 1, 0, 1000, true },
	{ "never-sent data before copies", { A(), B() }, 2, { { 1, 0, 1000 } },
	  0, 1000, 2000, 9000, 0, 1000, 1000, true },
	{ "the oldest first", { A(), B() }, 2, { { 1, 0, 400 }, { 2, 400, 500 }, { 1, 500, 900 } },
	  0, 900, 900, 9000, 0, 400, 100, true },
	{ "who lacks it is full", { A(), B(.room = 0) }, 2, { { 1, 0, 1000 } },
	  0, 1000, 1000, 9000, NOBODY, 0, 0, true },
	{ "everybody has everything", { A(), B() }, 2, { { 3, 0, 1000 } },
	  0, 1000, 1000, 9000, NOBODY },
	{ "no copy on a backup", { A(), B(.backup = true) }, 2, { { 1, 0, 1000 } },
	  0, 1000, 1000, 9000, NOBODY },
	{ "the copy goes where it is soonest", { A(), C(), B() }, 3, { { 1, 0, 1000 } },
	  0, 1000, 1000, 9000, 2, 0, 1000, true },
	{ "a copy behind the peer's window waits for it", { A(), B() }, 2, { { 1, 0, 1000 } },
	  0, 1000, 1000, 0, NOBODY },
	/* what is in no good hands */
	{ "its subflow has closed", { B() }, 1, { { 1, 0, 1000 } },
	  0, 1000, 2000, 9000, 0, 0, 1000, false },
	{ "its subflow has timed out", { A(.timed_out = true, .room = 0), B() }, 2,
	  { { 1, 0, 1000 } }, 0, 1000, 2000, 9000, 1, 0, 1000, true },
	{ "timed out, but a copy is elsewhere", { A(.timed_out = true, .room = 0), B() }, 2,
	  { { 3, 0, 1000 } }, 0, 1000, 2000, 9000, 1, 1000, 1000, true },
	{ "in the hands of another, who repairs nothing", { A(), B() }, 2,
	  { { 2, 0, 1000 } }, 0, 1000, 2000, 9000, 0, 1000, 1000, true },
	{ "a hole, little waits: again first", { A(.hole = true), B() }, 2,
	  { { 1, 0, 1000 } }, 0, 1000, 6000, 9000, 1, 0, 1000, true },
	{ "a hole, one byte more waits than the best takes: never-sent data first",
	  { A(.hole = true), B() }, 2,
	  { { 1, 0, 1000 } }, 0, 1000, 6001, 9000, 1, 1000, 5000, true },
	{ "the best itself has the hole: it is trusted",
	  { A(.hole = true), B(.room = 0) }, 2,
	  { { 1, 0, 1000 } }, 0, 1000, 2000, 9000, 0, 1000, 1000, true },
};

static const struct redundant_case copy_table[] = {
	{ "never sent, on the fastest that lacks it", { B(), A() }, 2, { },
	  0, 0, 1000, 9000, 1, 0, 1000, true },
	{ "the fastest of three", { C(), A(), B() }, 3, { },
	  0, 0, 1000, 9000, 1, 0, 1000, true },
	{ "each from its own place", { A(.room = 0), B() }, 2, { { 3, 0, 300 }, { 1, 300, 1000 } },
	  0, 1000, 2000, 9000, 1, 300, 1700, true },
	{ "all have all", { A(), B() }, 2, { { 3, 0, 1000 } }, 0, 1000, 1000, 9000, NOBODY },
	{ "full: more to come", { A(.room = 0), B(.room = 0) }, 2, { },
	  0, 0, 1000, 9000, NOBODY, 0, 0, true },
	{ "behind the window", { A(), B() }, 2, { { 3, 0, 1000 } },
	  0, 1000, 2000, 1000, NOBODY },
	{ "a laggard within the window", { A(), B() }, 2, { { 3, 0, 999 }, { 1, 999, 1000 } },
	  0, 1000, 2000, 1000, 1, 999, 1001, true },
};

static const struct redundant_case full_table[] = {
	{ "each from its own place, copies before what was never sent",
	  { A(.room = 0), B() }, 2, { { 1, 0, 1000 } }, 0, 1000, 2000, 9000, 1, 0, 2000, true },
	{ "nothing never sent is left", { A(), B() }, 2, { { 1, 0, 1000 } },
	  0, 1000, 1000, 9000, 1, 0, 1000, true },
	{ "all have all", { A(), B() }, 2, { { 3, 0, 1000 } }, 0, 1000, 1000, 9000, NOBODY },
	{ "one byte in flight", { A(.room = 0), B() }, 2, { { 1, 0, 1 } },
	  0, 1, 1000, 9000, 1, 0, 1000, true },
	{ "nothing in flight", { A(), B() }, 2, { },
	  1000, 1000, 2000, 9000, 0, 1000, 1000, true },
	{ "the peer's window is closed, all sent in flight",
	  { A(), B() }, 2, { { 3, 0, 1000 } }, 0, 1000, 2000, 1000, NOBODY },
	{ "the peer's window is closed, nothing in flight: a probe",
	  { A(), B() }, 2, { }, 1000, 1000, 2000, 1000, 0, 1000, 1000, true },
};

enum redundant_run { RUN_COPY, RUN_OPPORTUNISTIC, RUN_FULL };

static void redundant_run(struct kunit *test, const struct redundant_case *c,
			  enum redundant_run what, u64 origin)
{
	struct mptcpx_ledger *ledger = kunit_kzalloc(test, sizeof(*ledger), GFP_KERNEL);
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcpx_choice choice = { .more = false };
	unsigned int i;
	bool sends;

	KUNIT_ASSERT_NOT_NULL(test, ledger);
	KUNIT_ASSERT_NOT_NULL(test, view);
	ledger->end = origin + c->una;
	for (i = 0; i < ARRAY_SIZE(c->given) && c->given[i].mask; i++) {
		ledger->run[i].start = origin + c->given[i].from;
		ledger->run[i].mask = c->given[i].mask;
		ledger->end = origin + c->given[i].to;
		ledger->n++;
	}
	view->una = origin + c->una;
	view->nxt = origin + c->nxt;
	view->head = view->nxt;
	view->end = origin + c->end;
	view->wnd_end = origin + c->wnd;
	view->n = c->n;
	for (i = 0; i < c->n; i++) {
		view->path[i] = c->path[i];
		view->primary += !c->path[i].backup;
	}

	sends = what == RUN_COPY ? redundant_copy(ledger, view, view->end, &choice) :
		redundant_decide(what == RUN_FULL, ledger, view, &choice);
	KUNIT_EXPECT_EQ_MSG(test, sends, c->sends != NOBODY, "%s", c->name);
	KUNIT_EXPECT_EQ_MSG(test, choice.more, c->more, "%s", c->name);
	if (sends && c->sends != NOBODY) {
		KUNIT_EXPECT_EQ_MSG(test, choice.path, c->sends, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, choice.from - origin, (u64)c->from, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, choice.len, c->len, "%s", c->name);
	}
	kunit_kfree(test, view);
	kunit_kfree(test, ledger);
}

static const u64 redundant_origins[] = {
	0, 0xffffffffULL - 500, S64_MAX - 500ULL, U64_MAX - 500,
};

static void redundant_opportunistic_choice(struct kunit *test)
{
	unsigned int i, o;

	for (o = 0; o < ARRAY_SIZE(redundant_origins); o++)
		for (i = 0; i < ARRAY_SIZE(opportunistic_table); i++)
			redundant_run(test, &opportunistic_table[i], RUN_OPPORTUNISTIC,
				      redundant_origins[o]);
}

static void redundant_copy_choice(struct kunit *test)
{
	unsigned int i, o;

	for (o = 0; o < ARRAY_SIZE(redundant_origins); o++)
		for (i = 0; i < ARRAY_SIZE(copy_table); i++)
			redundant_run(test, &copy_table[i], RUN_COPY, redundant_origins[o]);
}

static void redundant_full_choice(struct kunit *test)
{
	unsigned int i, o;

	for (o = 0; o < ARRAY_SIZE(redundant_origins); o++)
		for (i = 0; i < ARRAY_SIZE(full_table); i++)
			redundant_run(test, &full_table[i], RUN_FULL, redundant_origins[o]);
}

static struct kunit_case redundant_cases[] = {
	KUNIT_CASE(redundant_opportunistic_choice),
	KUNIT_CASE(redundant_copy_choice),
	KUNIT_CASE(redundant_full_choice),
	{ }
};

static struct kunit_suite redundant_suite = {
	.name = "mptcp_redundant",
	.test_cases = redundant_cases,
};

kunit_test_suite(redundant_suite);
