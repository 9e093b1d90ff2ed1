// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what BPF programs may answer, write and be called; included at the
 * end of bpf_ops.c. Connections are of memory only.
 */
#include <kunit/test.h>

#define BPF_TEST_PATHS	3

struct bpf_ops_test {
	struct mptcp_sock msk;
	struct mptcpx_view view;
	struct mptcp_subflow_context subflow[BPF_TEST_PATHS];
};

/* what programs of the test answer */
static int bpf_test_ret;
static int bpf_test_mark;	/* index of the subflow to mark; -1: none */
static struct bpf_ops_test *bpf_test_of;

static struct bpf_ops_test *bpf_ops_test(struct kunit *test)
{
	struct bpf_ops_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	INIT_LIST_HEAD(&t->msk.conn_list);
	t->view.n = BPF_TEST_PATHS;
	for (i = 0; i < BPF_TEST_PATHS; i++) {
		list_add_tail(&t->subflow[i].node, &t->msk.conn_list);
		t->view.path[i].subflow = &t->subflow[i];
		t->view.path[i].room = 1000 * (i + 1);
	}
	bpf_test_of = t;
	return t;
}

static void bpf_ops_sane(struct kunit *test)
{
	/* 10 bytes in flight, 10 that wait; where all numbers wrap */
	static const u64 base = U64_MAX - 8;
	static const struct {
		u8 path;
		s64 from;
		u32 len;
		bool native, copies;	/* sane for schedulers without and with copies */
	} cases[] = {
		/* from the send head, for everybody, however much */
		{ 0, 10, 5, true, true },
		{ 2, 10, 0, true, true },
		{ 2, 10, U32_MAX, true, true },
		{ 3, 10, 5, false, false },
		{ 255, 10, 5, false, false },
		/* from before it */
		{ 0, 0, 5, false, true },
		{ 0, 9, 5, false, true },
		{ 0, -1, 5, false, false },
		{ 0, -100, 5, false, false },
		/* so much, please: the core's own measure is for what is new */
		{ 0, 0, 0, false, false },
		/* from behind it there is nothing to be sent yet */
		{ 0, 11, 5, false, false },
		{ 0, 19, 5, false, false },
		{ 0, 20, 5, false, false },
		{ 0, 21, 5, false, false },
		{ 0, S64_MAX, 5, false, false },
		/* no room for what is sent again */
		{ 1, 0, 5, false, false },
	};
	struct bpf_ops_test *t = bpf_ops_test(test);
	struct mptcpx_sched native = {}, copies = { .copies = true };
	struct mptcpx_choice choice = {};
	unsigned int i;

	t->view.una = base;
	t->view.nxt = base + 10;
	t->view.head = base + 10;
	t->view.end = base + 20;
	t->view.path[1].room = 0;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		choice.path = cases[i].path;
		choice.from = base + cases[i].from;
		choice.len = cases[i].len;
		KUNIT_EXPECT_EQ_MSG(test, sane(&native, &t->view, &choice), cases[i].native,
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, sane(&copies, &t->view, &choice), cases[i].copies,
				    "case %u, copies", i);
	}
	/* the head stands further back: what was sent last may be sent again */
	t->view.head = base + 5;
	choice = (struct mptcpx_choice){ .path = 0, .from = base + 10, .len = 1 };
	KUNIT_EXPECT_TRUE(test, sane(&copies, &t->view, &choice));
	choice.from = base + 11;
	KUNIT_EXPECT_FALSE(test, sane(&copies, &t->view, &choice));
	choice.from = base + 5;
	KUNIT_EXPECT_TRUE(test, sane(&native, &t->view, &choice));
	/* nothing waits: the head is the end */
	t->view.head = base + 20;
	t->view.nxt = base + 20;
	choice.from = base + 20;
	KUNIT_EXPECT_FALSE(test, sane(&native, &t->view, &choice));
	KUNIT_EXPECT_FALSE(test, sane(&copies, &t->view, &choice));
}

static void bpf_ops_bound(struct kunit *test)
{
	struct bpf_ops_test *t = bpf_ops_test(test);
	struct mptcpx_choice choice = { .path = 1, .from = 10 };

	t->view.head = 10;
	choice.len = 5000;
	bound(&t->view, &choice);
	KUNIT_EXPECT_EQ(test, choice.len, 5000U);
	/* the core counts in int */
	choice.len = U32_MAX;
	bound(&t->view, &choice);
	KUNIT_EXPECT_EQ(test, choice.len, (u32)INT_MAX);
	/* again: no more than there is room for */
	choice.from = 9;
	choice.len = 2001;
	bound(&t->view, &choice);
	KUNIT_EXPECT_EQ(test, choice.len, 2000U);
	choice.len = 1999;
	bound(&t->view, &choice);
	KUNIT_EXPECT_EQ(test, choice.len, 1999U);
}

static int bpf_test_get_send(struct mptcp_sock *msk)
{
	if (bpf_test_mark >= 0)
		bpf_test_of->subflow[bpf_test_mark].scheduled = true;
	return bpf_test_ret;
}

/* what an answer by marks comes to, and that no mark stays behind without one */
static void bpf_ops_asked(struct kunit *test)
{
	static const struct {
		int ret, mark;
		bool placed;
		bool said;
		u8 path, marks;
	} cases[] = {
		{ 0, 0, false, true, 0, 1 },
		{ 0, 2, false, true, 2, 1 },
		{ 0, -1, false, false, 7, 0 },
		{ -EAGAIN, 1, false, false, 7, 0 },
		{ 1, 1, false, false, 7, 0 },
		/* it named a range: the marks do not count */
		{ 0, 1, true, true, 7, 0 },
		{ 0, -1, true, true, 7, 0 },
		{ -EAGAIN, 1, true, false, 7, 0 },
	};
	struct bpf_ops_test *t = bpf_ops_test(test);
	const struct mptcpx_sched_ops ops = { .get_send = bpf_test_get_send };
	unsigned int i, k, marks;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mptcpx_choice choice = { .path = 7, .len = 99 };
		struct mptcpx_ask ask = {
			.view = &t->view, .choice = &choice, .placed = cases[i].placed,
		};

		bpf_test_ret = cases[i].ret;
		bpf_test_mark = cases[i].mark;
		for (k = 0; k < BPF_TEST_PATHS; k++)
			t->subflow[k].scheduled = false;
		KUNIT_EXPECT_EQ_MSG(test, ask_get_send(&t->msk, &ops, &ask), cases[i].said,
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, choice.path, cases[i].path, "case %u", i);
		/* how much is up to the core then */
		if (cases[i].marks)
			KUNIT_EXPECT_EQ_MSG(test, choice.len, 0, "case %u", i);
		else
			KUNIT_EXPECT_EQ_MSG(test, choice.len, 99, "case %u", i);
		for (k = 0, marks = 0; k < BPF_TEST_PATHS; k++)
			marks += t->subflow[k].scheduled;
		KUNIT_EXPECT_EQ_MSG(test, marks, cases[i].marks, "case %u", i);
	}
	/* of two the first; of one that is not in the snapshot nobody */
	t->subflow[0].scheduled = false;
	t->subflow[1].scheduled = true;
	t->subflow[2].scheduled = true;
	KUNIT_EXPECT_EQ(test, marked(&t->view), 1);
	t->view.n = 1;
	KUNIT_EXPECT_EQ(test, marked(&t->view), -1);
	unmark(&t->msk);
	t->view.n = BPF_TEST_PATHS;
	KUNIT_EXPECT_EQ(test, marked(&t->view), -1);
}

static void bpf_ops_names(struct kunit *test)
{
	static const char * const good[] = {
		"a", "Z", "0", "_", ".", "bpf_first", "bpf.rr", "abcdefghijklmno",
	};
	static const char * const bad[] = {
		"", "abcdefghijklmnop", "a b", "a-b", "a/b", "a\n", "a:", "a=b", "*",
	};
	char from[MPTCP_SCHED_NAME_MAX + 8], to[MPTCP_SCHED_NAME_MAX];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		strscpy_pad(from, good[i], sizeof(from));
		memset(to, 'x', sizeof(to));
		KUNIT_EXPECT_EQ_MSG(test, copy_name(to, from), 0, "'%s'", from);
		KUNIT_EXPECT_STREQ(test, to, good[i]);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		strscpy_pad(from, bad[i], sizeof(from));
		KUNIT_EXPECT_EQ_MSG(test, copy_name(to, from), -EINVAL, "'%s'", from);
	}
	/* without an end */
	memset(from, 'a', sizeof(from));
	KUNIT_EXPECT_EQ(test, copy_name(to, from), -EINVAL);
}

static void bpf_ops_complete(struct kunit *test)
{
	struct mptcpx_sched_ops ops = { .name = "a" };

	/* one of the two ways to decide, and only one */
	KUNIT_EXPECT_EQ(test, ops_validate(&ops), -EINVAL);
	ops.get_send = bpf_test_get_send;
	KUNIT_EXPECT_EQ(test, ops_validate(&ops), 0);
	ops.decide = mptcpx_stub_decide;
	KUNIT_EXPECT_EQ(test, ops_validate(&ops), -EINVAL);
	ops.get_send = NULL;
	KUNIT_EXPECT_EQ(test, ops_validate(&ops), 0);
	ops.name[0] = '\0';
	KUNIT_EXPECT_EQ(test, ops_validate(&ops), -EINVAL);
}

static void bpf_ops_within(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, within(8, 4, 8, 4));
	KUNIT_EXPECT_TRUE(test, within(8, 1, 8, 4));
	KUNIT_EXPECT_TRUE(test, within(11, 1, 8, 4));
	KUNIT_EXPECT_FALSE(test, within(11, 2, 8, 4));
	KUNIT_EXPECT_FALSE(test, within(7, 1, 8, 4));
	KUNIT_EXPECT_FALSE(test, within(7, 4, 8, 4));
	KUNIT_EXPECT_FALSE(test, within(12, 1, 8, 4));
	KUNIT_EXPECT_FALSE(test, within(8, 8, 8, 4));
	KUNIT_EXPECT_TRUE(test, within(0, 4, 0, 4));
	/* an offset that a program made negative */
	KUNIT_EXPECT_FALSE(test, within(-4, 4, 0, 4));
	KUNIT_EXPECT_FALSE(test, within(-1, 2, 0, 4));
}

/* which numbers are sockets of the connection whose program runs */
static void bpf_ops_own(struct kunit *test)
{
	struct tcp_sock *tp = kunit_kcalloc(test, 2, sizeof(*tp), GFP_KERNEL);
	struct bpf_ops_test *t = bpf_ops_test(test);
	struct sock *sk = mptcpx_msk_sk(&t->msk), *ssk = (struct sock *)tp;
	struct sleeper sleeper;

	KUNIT_ASSERT_NOT_NULL(test, tp);
	t->subflow[1].tcp_sock = ssk;
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_running());
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_own(ssk));
	KUNIT_EXPECT_FALSE(test, is_own_sock(sk));
	KUNIT_EXPECT_FALSE(test, is_own_sock(NULL));
	mptcpx_bpf_begin(&t->msk);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_bpf_running(), &t->msk);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_bpf_own(ssk), &t->subflow[1]);
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_own((struct sock *)(tp + 1)));
	/* that of the other subflows is NULL */
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_own(NULL));
	KUNIT_EXPECT_TRUE(test, is_own_sock(ssk));
	KUNIT_EXPECT_TRUE(test, is_own_sock(sk));
	KUNIT_EXPECT_FALSE(test, is_own_sock((struct sock *)8));
	KUNIT_EXPECT_FALSE(test, is_own_sock(NULL));
	mptcpx_bpf_end();
	/* where a softirq would be */
	local_bh_disable();
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_running());
	local_bh_enable();
	/* a program that may sleep is known by its task */
	sleeper_begin(&sleeper, &t->msk);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_bpf_running(), &t->msk);
	sleeper.task = NULL;
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_running());
	sleeper_end(&sleeper);
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_running());
}

static struct kunit_case bpf_ops_cases[] = {
	KUNIT_CASE(bpf_ops_sane),
	KUNIT_CASE(bpf_ops_bound),
	KUNIT_CASE(bpf_ops_asked),
	KUNIT_CASE(bpf_ops_names),
	KUNIT_CASE(bpf_ops_complete),
	KUNIT_CASE(bpf_ops_within),
	KUNIT_CASE(bpf_ops_own),
	{ }
};

static struct kunit_suite bpf_ops_suite = {
	.name = "mptcpx_bpf_ops",
	.test_cases = bpf_ops_cases,
};

kunit_test_suite(bpf_ops_suite);
