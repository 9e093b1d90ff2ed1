// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what BPF programs may ask for; included at the end of
 * bpf_kfuncs.c. Connections are of memory only.
 */
#include <kunit/test.h>

#define KFUNCS_TEST_PATHS	3

struct kfuncs_test {
	struct mptcp_sock msk;
	struct mptcpx_view view;
	struct mptcpx_choice choice;
	struct mptcpx_ask ask;
	struct mptcp_subflow_context subflow[KFUNCS_TEST_PATHS];
	struct mptcpx_conn *conn;
};

static const struct mptcpx_sched kfuncs_test_sched = { .copies = true };

/* a decision under way: 10 bytes in flight, 10 that wait, where all numbers wrap */
static struct kfuncs_test *kfuncs_test(struct kunit *test)
{
	struct kfuncs_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	u64 base = U64_MAX - 8;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	INIT_LIST_HEAD(&t->msk.conn_list);
	INIT_LIST_HEAD(&t->msk.rtx_queue);
	t->msk.snd_una = base;
	t->msk.snd_nxt = base + 10;
	t->view = (struct mptcpx_view){
		.una = base, .nxt = base + 10, .head = base + 10, .end = base + 20,
		.n = KFUNCS_TEST_PATHS - 1,
	};
	for (i = 0; i < KFUNCS_TEST_PATHS; i++) {
		list_add_tail(&t->subflow[i].node, &t->msk.conn_list);
		t->view.path[i].subflow = &t->subflow[i];
		t->view.path[i].slot = i;
	}
	t->ask = (struct mptcpx_ask){
		.view = &t->view, .choice = &t->choice, .copies = true,
	};
	t->conn = mptcpx_conn_get(&t->msk, &kfuncs_test_sched);
	KUNIT_ASSERT_NOT_NULL(test, t->conn);
	t->conn->ask = &t->ask;
	return t;
}

/* what a program of the connection gets */
static int test_reinject(struct kfuncs_test *t, struct mptcp_subflow_context *subflow,
			 u64 from, u32 len)
{
	int ret;

	mptcpx_bpf_begin(&t->msk);
	ret = mptcpx_reinject(&t->msk, subflow, from, len);
	mptcpx_bpf_end();
	return ret;
}

static void kfuncs_reinject(struct kunit *test)
{
	static const struct {
		s64 from;
		u32 len;
		u8 subflow;
		int ret;
	} cases[] = {
		{ 0, 1, 0, 0 },
		{ 0, U32_MAX, 1, 0 },
		{ 9, 1, 1, 0 },
		{ 10, 1, 1, 0 },
		{ 11, 1, 1, -EINVAL },
		{ -1, 1, 1, -EINVAL },
		{ S64_MAX, 1, 1, -EINVAL },
		{ 0, 0, 1, -EINVAL },
		{ 0, 1, 2, -EINVAL },	/* not in the snapshot */
	};
	struct kfuncs_test *t = kfuncs_test(test), *other = kfuncs_test(test);
	unsigned int i;
	u64 from;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const bool good = !cases[i].ret;
		u8 path = 99;
		u32 len = 55;

		t->ask.placed = false;
		t->choice = (struct mptcpx_choice){ .path = 99, .from = 77, .len = 55 };
		from = t->view.una + cases[i].from;
		if (good) {
			path = cases[i].subflow;
			len = cases[i].len;
		}
		KUNIT_EXPECT_EQ_MSG(test, test_reinject(t, &t->subflow[cases[i].subflow],
							from, cases[i].len),
				    cases[i].ret, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->ask.placed, good, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->choice.path, path, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->choice.from, good ? from : 77, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->choice.len, len, "case %u", i);
	}
	KUNIT_EXPECT_EQ(test, test_reinject(t, NULL, t->view.una, 1), -EINVAL);
	/* no program of the connection runs; or that of another */
	KUNIT_EXPECT_EQ(test, mptcpx_reinject(&t->msk, &t->subflow[0], t->view.una, 1),
			-EINVAL);
	mptcpx_bpf_begin(&other->msk);
	KUNIT_EXPECT_EQ(test, mptcpx_reinject(&t->msk, &t->subflow[0], t->view.una, 1),
			-EINVAL);
	mptcpx_bpf_end();
	mptcpx_conn_release(&other->msk);
	/* only who may, and only while being asked */
	t->ask.copies = false;
	KUNIT_EXPECT_EQ(test, test_reinject(t, &t->subflow[0], t->view.una, 1), -EINVAL);
	t->conn->ask = NULL;
	KUNIT_EXPECT_EQ(test, test_reinject(t, &t->subflow[0], t->view.una, 1), -EINVAL);
	mptcpx_conn_release(&t->msk);
	KUNIT_EXPECT_EQ(test, test_reinject(t, &t->subflow[0], t->view.una, 1), -EINVAL);
}

static void kfuncs_again(struct kunit *test)
{
	struct kfuncs_test *t = kfuncs_test(test);

	t->ask.copies = false;
	mptcpx_ask_again(&t->msk);
	KUNIT_EXPECT_FALSE(test, t->choice.more);
	t->ask.copies = true;
	mptcpx_ask_again(&t->msk);
	KUNIT_EXPECT_TRUE(test, t->choice.more);
	t->conn->ask = NULL;
	mptcpx_ask_again(&t->msk);
	mptcpx_conn_release(&t->msk);
}

/* nobody is asked about another's decision */
static void kfuncs_choices(struct kunit *test)
{
	struct kfuncs_test *t = kfuncs_test(test);
	const struct mptcpx_scene *view = &t->view.scene;
	struct mptcpx_choice other;

	KUNIT_EXPECT_EQ(test, mptcpx_default_choice(&t->msk, view, &other), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_default_choice(&t->msk, NULL, &t->choice), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_native_choice(&t->msk, view, &other, "x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_native_choice(&t->msk, NULL, &t->choice, "x"), -EINVAL);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, mptcpx_native_choice(&t->msk, view, &t->choice, "no such"),
			-ENOENT);
	rcu_read_unlock();
	t->conn->ask = NULL;
	KUNIT_EXPECT_EQ(test, mptcpx_default_choice(&t->msk, view, &t->choice), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_native_choice(&t->msk, view, &t->choice, "x"), -EINVAL);
	KUNIT_EXPECT_NULL(test, mptcpx_default_subflow(&t->msk));
	mptcpx_conn_release(&t->msk);
}

static void kfuncs_leave(struct kunit *test)
{
	static const char long_name[] = "sixteen_letters_", unknown[] = "fifteen_letters";
	struct kfuncs_test *t = kfuncs_test(test);

	rcu_read_lock();
	/* without an end, and too long for a name */
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, "default", 7), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, "default", 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, long_name, sizeof(long_name)), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, unknown, sizeof(unknown)), -ENOENT);
	KUNIT_EXPECT_STREQ(test, t->conn->leave_to, "");
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, "default", 8), 0);
	KUNIT_EXPECT_STREQ(test, t->conn->leave_to, "default");
	t->conn->ask = NULL;
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, "default", 8), -EINVAL);
	rcu_read_unlock();
	mptcpx_conn_release(&t->msk);
	KUNIT_EXPECT_EQ(test, mptcpx_leave_to(&t->msk, "default", 8), -EINVAL);
}

static void kfuncs_ledger(struct kunit *test)
{
	struct kfuncs_test *t = kfuncs_test(test);
	struct mptcpx_range range;
	u64 una = t->view.una;

	mptcpx_ledger_reset(&t->conn->ledger, una);
	mptcpx_ledger_add(&t->conn->ledger, BIT(0), una, una + 10);
	KUNIT_EXPECT_FALSE(test, mptcpx_lacks(&t->msk, &t->view.path[0], una + 10, &range));
	KUNIT_EXPECT_TRUE(test, mptcpx_lacks(&t->msk, &t->view.path[1], una + 10, &range));
	KUNIT_EXPECT_EQ(test, range.from, una);
	KUNIT_EXPECT_EQ(test, range.to, una + 10);
	KUNIT_EXPECT_FALSE(test, mptcpx_orphan(&t->msk, BIT(0), una + 10, &range));
	KUNIT_EXPECT_TRUE(test, mptcpx_orphan(&t->msk, BIT(1), una + 5, &range));
	KUNIT_EXPECT_EQ(test, range.to, una + 5);
	/* who sends no copies has no ledger: its memory is not even there */
	t->ask.copies = false;
	KUNIT_EXPECT_FALSE(test, mptcpx_lacks(&t->msk, &t->view.path[1], una + 10, &range));
	KUNIT_EXPECT_FALSE(test, mptcpx_orphan(&t->msk, BIT(1), una + 10, &range));
	t->ask.copies = true;
	t->conn->ask = NULL;
	KUNIT_EXPECT_FALSE(test, mptcpx_lacks(&t->msk, &t->view.path[1], una + 10, &range));
	KUNIT_EXPECT_FALSE(test, mptcpx_orphan(&t->msk, BIT(1), una + 10, &range));
	mptcpx_conn_release(&t->msk);
	KUNIT_EXPECT_FALSE(test, mptcpx_orphan(&t->msk, BIT(1), una + 10, &range));
}

static void kfuncs_storage(struct kunit *test)
{
	struct kfuncs_test *t = kfuncs_test(test);
	struct mptcpx_path hostile = { .slot = 255 };
	u8 *conn, *path;

	conn = mptcpx_conn_storage(&t->msk, MPTCPX_STORE_CONN);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_storage(&t->msk, 0), conn);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_storage(&t->msk, MPTCPX_STORE_CONN + 1));
	KUNIT_EXPECT_NULL(test, mptcpx_conn_storage(&t->msk, -1));
	KUNIT_EXPECT_NULL(test, mptcpx_conn_storage(&t->msk, INT_MIN));
	path = mptcpx_path_storage(&t->msk, &t->view.path[1], MPTCPX_STORE_PATH);
	KUNIT_EXPECT_PTR_EQ(test, path, (u8 *)t->conn->store->path[1]);
	KUNIT_EXPECT_NULL(test, mptcpx_path_storage(&t->msk, &t->view.path[1],
						    MPTCPX_STORE_PATH + 1));
	KUNIT_EXPECT_NULL(test, mptcpx_path_storage(&t->msk, &t->view.path[1], -1));
	/* whatever it says, it is within */
	path = mptcpx_path_storage(&t->msk, &hostile, MPTCPX_STORE_PATH);
	KUNIT_EXPECT_PTR_EQ(test, path, (u8 *)t->conn->store->path[255 % MPTCPX_PATHS_MAX]);
	mptcpx_conn_release(&t->msk);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_storage(&t->msk, 1));
	KUNIT_EXPECT_NULL(test, mptcpx_path_storage(&t->msk, &t->view.path[1], 1));
	/* init() runs before the first decision */
	KUNIT_ASSERT_NOT_NULL(test, mptcpx_conn_create(&t->msk, &kfuncs_test_sched));
	KUNIT_EXPECT_NOT_NULL(test, mptcpx_conn_storage(&t->msk, 1));
	mptcpx_conn_release(&t->msk);
}

static void kfuncs_walks(struct kunit *test)
{
	struct kfuncs_test *t = kfuncs_test(test);
	struct bpf_iter_mptcpx_subflow subs;
	const struct mptcpx_scene other = { .n = 1 };
	struct bpf_iter_mptcpx_path paths;
	struct sock *sk = mptcpx_msk_sk(&t->msk);
	unsigned int i;

	sk->sk_protocol = IPPROTO_MPTCP;
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_subflow_new(&subs, sk), 0);
	for (i = 0; i < KFUNCS_TEST_PATHS; i++)
		KUNIT_EXPECT_PTR_EQ(test, bpf_iter_mptcpx_subflow_next(&subs), &t->subflow[i]);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_subflow_next(&subs));
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_subflow_next(&subs));
	/* of another kind of socket nothing, whatever the iterator was used for before */
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_subflow_new(&subs, sk), 0);
	sk->sk_protocol = IPPROTO_TCP;
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_subflow_new(&subs, sk), -EINVAL);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_subflow_next(&subs));
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_subflow_new(&subs, NULL), -EINVAL);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_subflow_next(&subs));

	mptcpx_bpf_begin(&t->msk);
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_path_new(&paths, &t->view.scene), 0);
	for (i = 0; i < t->view.n; i++)
		KUNIT_EXPECT_PTR_EQ(test, bpf_iter_mptcpx_path_next(&paths),
				    (const struct mptcpx_path *)&t->view.path[i]);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_path_next(&paths));
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_path_next(&paths));
	/* another snapshot, whatever is behind it; or none is being decided on */
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_path_new(&paths, &other), -EINVAL);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_path_next(&paths));
	t->conn->ask = NULL;
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_path_new(&paths, &t->view.scene), -EINVAL);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_path_next(&paths));
	mptcpx_bpf_end();
	KUNIT_EXPECT_EQ(test, bpf_iter_mptcpx_path_new(&paths, &t->view.scene), -EINVAL);
	KUNIT_EXPECT_NULL(test, bpf_iter_mptcpx_path_next(&paths));
	mptcpx_conn_release(&t->msk);
}

/* numbers that are subflows or sockets of the connection, and others */
static void kfuncs_own(struct kunit *test)
{
	struct kfuncs_test *t = kfuncs_test(test), *other = kfuncs_test(test);
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);
	struct sock *ssk = (struct sock *)tp, *wild = (struct sock *)8;
	struct mptcp_subflow_context *mine = &t->subflow[1];

	KUNIT_ASSERT_NOT_NULL(test, tp);
	mine->tcp_sock = ssk;
	KUNIT_EXPECT_FALSE(test, is_own(mine));
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_own(ssk));

	mptcpx_bpf_begin(&t->msk);
	KUNIT_EXPECT_TRUE(test, is_own(mine));
	KUNIT_EXPECT_FALSE(test, is_own(NULL));
	KUNIT_EXPECT_FALSE(test, is_own((void *)wild));
	KUNIT_EXPECT_FALSE(test, is_own(&other->subflow[1]));
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_bpf_own(ssk), mine);
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_own(wild));
	KUNIT_EXPECT_PTR_EQ(test, (void *)mptcpx_subflow_ctx(ssk), (void *)mine);
	KUNIT_EXPECT_NULL(test, (void *)mptcpx_subflow_ctx(wild));
	/* that of the others is NULL */
	KUNIT_EXPECT_NULL(test, mptcpx_bpf_own(NULL));
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_subflow_tcp_sock(mine), ssk);
	KUNIT_EXPECT_NULL(test, mptcpx_subflow_tcp_sock((void *)wild));
	KUNIT_EXPECT_FALSE(test, mptcpx_bpf_subflow_active((void *)wild));
	KUNIT_EXPECT_TRUE(test, mptcpx_subflow_queues_empty(wild));
	KUNIT_EXPECT_FALSE(test, mptcpx_stream_memory_free(wild));
	mptcpx_pm_chk_stale((void *)wild, ssk);
	mptcpx_pm_chk_stale(&t->msk, wild);
	mptcpx_subflow_set_scheduled((void *)wild, true);
	mptcpx_subflow_set_scheduled(&other->subflow[1], true);
	KUNIT_EXPECT_FALSE(test, other->subflow[1].scheduled);
	mptcpx_subflow_set_scheduled(mine, true);
	KUNIT_EXPECT_TRUE(test, mine->scheduled);
	mptcpx_bpf_end();
	mptcpx_conn_release(&t->msk);
	mptcpx_conn_release(&other->msk);
}

static void kfuncs_names(struct kunit *test)
{
	char to[MPTCP_SCHED_NAME_MAX];

	KUNIT_EXPECT_TRUE(test, copy_name(to, "default", 8));
	KUNIT_EXPECT_STREQ(test, to, "default");
	/* an end that is behind what a name can have, or behind the size, is none */
	KUNIT_EXPECT_FALSE(test, copy_name(to, "sixteen_letters_", 17));
	KUNIT_EXPECT_TRUE(test, copy_name(to, "fifteen_letters", 16));
	KUNIT_EXPECT_FALSE(test, copy_name(to, "default", 7));
	KUNIT_EXPECT_FALSE(test, copy_name(to, "", 0));
}

static struct kunit_case kfuncs_cases[] = {
	KUNIT_CASE(kfuncs_reinject),
	KUNIT_CASE(kfuncs_again),
	KUNIT_CASE(kfuncs_choices),
	KUNIT_CASE(kfuncs_leave),
	KUNIT_CASE(kfuncs_ledger),
	KUNIT_CASE(kfuncs_storage),
	KUNIT_CASE(kfuncs_walks),
	KUNIT_CASE(kfuncs_own),
	KUNIT_CASE(kfuncs_names),
	{ }
};

static struct kunit_suite kfuncs_suite = {
	.name = "mptcpx_bpf_kfuncs",
	.test_cases = kfuncs_cases,
};

kunit_test_suite(kfuncs_suite);
