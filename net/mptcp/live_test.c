// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of who is moved to another scheduler; included at the end of live.c.
 * Sockets are of memory only.
 */
#include <kunit/test.h>

static void live_concerned(struct kunit *test)
{
	struct mptcp_sched_ops one = { .name = "one" }, two = { .name = "two" };
	/* as a module that is loaded again while the old one's sockets are there */
	struct mptcp_sched_ops another = { .name = "one" };
	struct {
		struct mptcp_sched_ops *is;
		const struct mptcp_sched_ops *from;
		const char *name;
		bool yes;
	} cases[] = {
		/* all, but for those that have it */
		{ &one, NULL, "two", true },
		{ &one, NULL, "one", false },
		{ &another, NULL, "one", false },
		{ &one, NULL, "on", true },
		{ &one, NULL, "one2", true },
		/* those of one scheduler, whatever it is called */
		{ &one, &one, "two", true },
		{ &one, &one, "one", true },
		{ &two, &one, "one", false },
		{ &two, &one, "three", false },
		{ &another, &one, "two", false },
		/* has ended, or has not begun */
		{ NULL, NULL, "one", false },
		{ NULL, &one, "two", false },
	};
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, msk);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct walk walk = { .from = cases[i].from, .name = cases[i].name };

		msk->sched = cases[i].is;
		KUNIT_EXPECT_EQ_MSG(test, concerned(&walk, msk), cases[i].yes, "case %u", i);
	}
}

static struct kunit_case live_cases[] = {
	KUNIT_CASE(live_concerned),
	{ }
};

static struct kunit_suite live_suite = {
	.name = "mptcpx_live",
	.test_cases = live_cases,
};

kunit_test_suite(live_suite);
