// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of a connection's storage; included at the end of conn.c.
 * Connections are of memory only.
 */
#include <kunit/test.h>

static unsigned int conn_test_released;

/* what init() stored, and nothing else happened: it is there for release() */
static void conn_test_release(struct mptcpx_conn *conn)
{
	if (mptcpx_conn_lookup(conn->msk) == conn)
		conn_test_released++;
}

static struct mptcp_sock *conn_test_msk(struct kunit *test)
{
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, msk);
	INIT_LIST_HEAD(&msk->rtx_queue);
	msk->snd_una = 1000;
	msk->snd_nxt = 1000;
	return msk;
}

static void conn_life(struct kunit *test)
{
	const struct mptcpx_sched sched = { .release = conn_test_release };
	struct mptcp_sock *msk = conn_test_msk(test), *other = conn_test_msk(test);
	struct mptcpx_conn *conn;

	conn_test_released = 0;
	mptcpx_conn_init(msk);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_find(msk));
	KUNIT_EXPECT_NULL(test, mptcpx_conn_lookup(msk));
	/* released without ever having been there */
	mptcpx_conn_release(msk);
	KUNIT_EXPECT_EQ(test, conn_test_released, 0U);

	/* made before its first decision, it is found by searching only */
	conn = mptcpx_conn_create(msk, &sched);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_create(msk, &sched), conn);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_lookup(msk), conn);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_find(msk));
	KUNIT_EXPECT_FALSE(test, conn->decided);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_lookup(other));
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_get(msk, &sched), conn);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_find(msk), conn);
	KUNIT_EXPECT_TRUE(test, conn->decided);
	KUNIT_EXPECT_PTR_EQ(test, (void *)conn->msk, (void *)msk);

	/* an accepted socket is a copy: what it copied is not its own */
	memcpy(inet_csk_ca(mptcpx_msk_sk(other)), inet_csk_ca(mptcpx_msk_sk(msk)),
	       sizeof(struct conn_area));
	mptcpx_conn_init(other);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_find(other));
	mptcpx_conn_release(other);
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_lookup(msk), conn);
	KUNIT_EXPECT_EQ(test, conn_test_released, 0U);

	mptcpx_conn_release(msk);
	KUNIT_EXPECT_EQ(test, conn_test_released, 1U);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_find(msk));
	KUNIT_EXPECT_NULL(test, mptcpx_conn_lookup(msk));
	mptcpx_conn_release(msk);
	KUNIT_EXPECT_EQ(test, conn_test_released, 1U);

	/* no decision was ever made */
	conn = mptcpx_conn_create(msk, &sched);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_find(msk));
	mptcpx_conn_release(msk);
	KUNIT_EXPECT_EQ(test, conn_test_released, 2U);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_lookup(msk));
}

/* two connections in one place of the table */
static void conn_collide(struct kunit *test)
{
	const struct mptcpx_sched sched = {};
	struct mptcp_sock *msk = conn_test_msk(test), *other = NULL;
	char *where = kunit_kzalloc(test, SZ_1M, GFP_KERNEL);
	struct mptcpx_conn *conn;
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, where);
	conn = mptcpx_conn_create(msk, &sched);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	/* only its address is looked at */
	for (i = 0; i < SZ_1M && !other; i += 64)
		if (hash_min((unsigned long)(where + i), HASH_BITS(conns)) ==
		    hash_min((unsigned long)msk, HASH_BITS(conns)))
			other = (void *)(where + i);
	KUNIT_ASSERT_NOT_NULL(test, (void *)other);
	KUNIT_EXPECT_NULL(test, mptcpx_conn_lookup(other));
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_lookup(msk), conn);
	mptcpx_conn_release(msk);
}

/* disconnected and connected again, the pointer is lost and the storage is not */
static void conn_again(struct kunit *test)
{
	const struct mptcpx_sched sched = { .copies = true };
	struct mptcp_sock *msk = conn_test_msk(test);
	struct mptcpx_conn *conn;
	unsigned int i;

	msk->snd_una = 500;
	msk->snd_nxt = 700;
	mptcpx_conn_init(msk);
	conn = mptcpx_conn_get(msk, &sched);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_EQ(test, conn->una_seen, 500ULL);
	KUNIT_EXPECT_EQ(test, conn->push_slot, (u8)MPTCPX_PATHS_MAX);
	/* what was sent before is not the scheduler's to repair */
	KUNIT_EXPECT_EQ(test, conn->ledger.n, 0U);
	KUNIT_EXPECT_EQ(test, conn->ledger.end, mptcpx_sent_end(msk));

	conn->clamped = true;
	conn->kicked = true;
	conn->counts = true;
	conn->count_next = jiffies + 100 * HZ;
	conn->resending = true;
	strscpy(conn->leave_to, "default", sizeof(conn->leave_to));
	conn->push_slot = 3;
	memset(conn->slots, 0xff, sizeof(conn->slots));
	conn->store = kzalloc(sizeof(*conn->store), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, conn->store);
	conn->store->conn[0] = 1;
	conn->store->path[MPTCPX_PATHS_MAX - 1][0] = 1;
	conn->retransmits = true;
	conn->una_stamp = jiffies - 100 * HZ;
	/* a decision while it lasts changes nothing */
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_get(msk, &sched), conn);
	KUNIT_EXPECT_TRUE(test, conn->clamped);
	KUNIT_EXPECT_EQ(test, conn->store->conn[0], 1ULL);

	mptcpx_conn_init(msk);
	msk->snd_una = 9000;
	msk->snd_nxt = 9000;
	KUNIT_EXPECT_PTR_EQ(test, mptcpx_conn_get(msk, &sched), conn);
	KUNIT_EXPECT_EQ(test, conn->una_seen, 9000ULL);
	KUNIT_EXPECT_FALSE(test, conn->clamped);
	KUNIT_EXPECT_FALSE(test, conn->kicked);
	KUNIT_EXPECT_FALSE(test, conn->counts);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, conn->count_next));
	KUNIT_EXPECT_FALSE(test, conn->resending);
	KUNIT_EXPECT_FALSE(test, conn->retransmits);
	KUNIT_EXPECT_TRUE(test, time_before_eq(jiffies - HZ, conn->una_stamp));
	/* what was to become of the other connection is not to become of this one */
	KUNIT_EXPECT_STREQ(test, conn->leave_to, "");
	KUNIT_EXPECT_EQ(test, conn->push_slot, (u8)MPTCPX_PATHS_MAX);
	KUNIT_EXPECT_EQ(test, conn->store->conn[0], 0ULL);
	KUNIT_EXPECT_EQ(test, conn->store->path[MPTCPX_PATHS_MAX - 1][0], 0ULL);
	for (i = 0; i < MPTCPX_PATHS_MAX; i++)
		KUNIT_EXPECT_NULL(test, conn->slots[i].subflow);
	mptcpx_conn_release(msk);
}

/* what a program's init() wrote before the first decision is there at it */
static void conn_store(struct kunit *test)
{
	const struct mptcpx_sched sched = {};
	struct mptcp_sock *msk = conn_test_msk(test);
	struct mptcpx_conn *conn;

	mptcpx_conn_init(msk);
	conn = mptcpx_conn_create(msk, &sched);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	conn->store = kzalloc(sizeof(*conn->store), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, conn->store);
	conn->store->conn[0] = 1;
	KUNIT_ASSERT_PTR_EQ(test, mptcpx_conn_get(msk, &sched), conn);
	KUNIT_EXPECT_EQ(test, conn->store->conn[0], 1ULL);
	mptcpx_conn_release(msk);
}

static void conn_place(struct kunit *test)
{
	struct mptcp_sock *msk = conn_test_msk(test);
	const struct mptcpx_sched sched = {};

	mptcpx_conn_init(msk);
	KUNIT_EXPECT_FALSE(test, mptcpx_conn_placed(msk));
	mptcpx_conn_place(msk);
	KUNIT_EXPECT_TRUE(test, mptcpx_conn_placed(msk));
	KUNIT_EXPECT_NULL(test, mptcpx_conn_find(msk));
	/* a decision does not undo it, the next scheduler does */
	KUNIT_EXPECT_NOT_NULL(test, mptcpx_conn_get(msk, &sched));
	KUNIT_EXPECT_TRUE(test, mptcpx_conn_placed(msk));
	mptcpx_conn_release(msk);
	KUNIT_EXPECT_TRUE(test, mptcpx_conn_placed(msk));
	mptcpx_conn_init(msk);
	KUNIT_EXPECT_FALSE(test, mptcpx_conn_placed(msk));
}

static struct kunit_case conn_cases[] = {
	KUNIT_CASE(conn_life),
	KUNIT_CASE(conn_collide),
	KUNIT_CASE(conn_again),
	KUNIT_CASE(conn_store),
	KUNIT_CASE(conn_place),
	{ }
};

static struct kunit_suite conn_suite = {
	.name = "mptcpx_conn",
	.test_cases = conn_cases,
};

kunit_test_suite(conn_suite);
