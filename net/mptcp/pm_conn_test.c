// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what is kept of a connection: the peer's addresses, pairs that
 * failed, retries; included at the end of pm_conn.c. Connections and the path manager
 * are of memory only.
 */
#include <kunit/test.h>

struct conn_test {
	struct mptcpx_pm pm;
	struct mptcpx_pm_conn conn;
	struct mptcpx_pm_state state;
	struct mptcpx_pm_view view;
	struct pass pass;
};

static struct conn_test *conn_test(struct kunit *test)
{
	struct conn_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct mptcpx_pm *pm;
	u8 i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	pm = &t->pm;
	hash_init(pm->conns);
	INIT_LIST_HEAD(&pm->dirty);
	timerqueue_init_head(&pm->timers);
	pm->knob[MPTCPX_PM_KNOB_RETRY_FIRST] = 200;
	pm->knob[MPTCPX_PM_KNOB_RETRY_LIMIT] = 60000;
	pm->knob[MPTCPX_PM_KNOB_RETRY_RATE] = 100;
	pm->knob[MPTCPX_PM_KNOB_PROBE] = 700;
	pm->tokens_at = jiffies;
	pm->locals = 3;
	for (i = 0; i < pm->locals; i++) {
		pm->local[i] = (struct mptcpx_pm_local){
			.addr = { .family = AF_INET, .v4 = htonl(10 + i) },
			.id = 11 + i, .usable = true,
		};
	}
	t->conn.token = 77;
	t->conn.heard = HEARD;
	t->conn.heard_at = jiffies;
	t->conn.remotes = 1;
	t->conn.remote[0] = (struct mptcpx_pm_addr){
		.family = AF_INET, .v4 = htonl(100), .port = htons(80),
	};
	timerqueue_init(&t->conn.timer);
	INIT_LIST_HEAD(&t->conn.dirty);
	hash_add(pm->conns, &t->conn.node, t->conn.token);
	t->view.locals = pm->locals;
	t->view.remotes = 1;
	for (i = 0; i < pm->locals; i++) {
		t->view.local[i].usable = true;
		t->view.local[i].reach = BIT(0);
	}
	t->pass = (struct pass){
		.pm = pm, .conn = &t->conn, .state = &t->state, .view = &t->view,
	};
	return t;
}

static struct mptcpx_pm_addr conn_test_v4(u32 v4, u16 port)
{
	return (struct mptcpx_pm_addr){
		.family = AF_INET, .v4 = htonl(v4), .port = htons(port),
	};
}

/* what a peer announces: so many, each id once, and not the first one's */
static void conn_remotes(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_addr addr = conn_test_v4(1, 80), other = conn_test_v4(2, 80);
	struct mptcpx_pm_addr third = conn_test_v4(3, 80);
	struct mptcpx_pm_try *try;
	u8 i;

	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 0);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 1);
	KUNIT_EXPECT_EQ(test, t->conn.remote[0].v4, htonl(100));
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 5);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 2);
	KUNIT_EXPECT_EQ(test, t->conn.remote_id[1], 5);
	/* the same id, another address: the newer one counts */
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &other, 5);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 2);
	KUNIT_EXPECT_EQ(test, t->conn.remote[1].v4, htonl(2));
	for (i = 2; i < MPTCPX_PM_REMOTES; i++) {
		addr = conn_test_v4(10 + i, 80);
		mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 100 + i);
	}
	KUNIT_EXPECT_EQ(test, t->conn.remotes, MPTCPX_PM_REMOTES);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_ADDRESSES_DROPPED], 0ULL);
	addr = conn_test_v4(1, 80);
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 200);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, MPTCPX_PM_REMOTES);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_ADDRESSES_DROPPED], 1ULL);
	KUNIT_EXPECT_FALSE(test, t->conn.missed);
	/* another name is no other address */
	addr = conn_test_v4(10 + 2, 80);
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 201);
	KUNIT_EXPECT_EQ(test, t->conn.remote_id[2], 201);
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 102);
	KUNIT_EXPECT_EQ(test, t->conn.remote_id[2], 102);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, MPTCPX_PM_REMOTES);
	/* one of those there are may still move: what failed where it was says nothing */
	try = try_get(&t->conn, 11, 100 + MPTCPX_PM_REMOTES - 1);
	try->fails = 9;
	try->next = jiffies + 100 * HZ;
	try->pair = MPTCPX_PM_PAIR_JOINING;
	try_get(&t->conn, 11, 103)->fails = 9;
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &third, 100 + MPTCPX_PM_REMOTES - 1);
	KUNIT_EXPECT_EQ(test, t->conn.remote[MPTCPX_PM_REMOTES - 1].v4, htonl(3));
	KUNIT_EXPECT_EQ(test, try->fails, 1);
	KUNIT_EXPECT_TRUE(test, try_rests(try));
	KUNIT_EXPECT_EQ(test, try_get(&t->conn, 11, 103)->fails, 9);

	/* withdrawn: its place is filled, what was tried there is forgotten */
	try_get(&t->conn, 11, 5);
	try_get(&t->conn, 12, 5);
	try_get(&t->conn, 11, 102);
	try_get(&t->conn, 11, 0)->fails = 7;
	t->conn.missed = true;
	mptcpx_pm_conn_forget(&t->conn, 5);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, MPTCPX_PM_REMOTES - 1);
	KUNIT_EXPECT_EQ(test, t->conn.remote_id[1], 100 + MPTCPX_PM_REMOTES - 1);
	KUNIT_EXPECT_EQ(test, t->conn.remote[1].v4, htonl(3));
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 11, 5));
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 12, 5));
	KUNIT_EXPECT_NOT_NULL(test, try_find(&t->conn, 11, 102));
	KUNIT_EXPECT_FALSE(test, t->conn.missed);
	/* what was never announced; the first one is not theirs to withdraw here */
	mptcpx_pm_conn_forget(&t->conn, 250);
	mptcpx_pm_conn_forget(&t->conn, 0);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, MPTCPX_PM_REMOTES - 1);
	KUNIT_EXPECT_EQ(test, t->conn.remote[0].v4, htonl(100));
	KUNIT_ASSERT_NOT_NULL(test, try_find(&t->conn, 11, 0));
	KUNIT_EXPECT_EQ(test, try_find(&t->conn, 11, 0)->fails, 7);
}

/* one address, one id: the last one, and what failed there is not forgotten for it */
static void conn_names(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_addr a = conn_test_v4(1, 80), b = conn_test_v4(2, 80);
	struct mptcpx_pm_addr first = t->conn.remote[0];

	/* the first one has its own */
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &first, 9);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 1);
	KUNIT_EXPECT_EQ(test, t->conn.remote_id[0], 0);
	/* another port is another address */
	first.port = htons(81);
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &first, 9);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 2);
	mptcpx_pm_conn_forget(&t->conn, 9);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 1);

	mptcpx_pm_conn_remote(&t->pm, &t->conn, &a, 5);
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &b, 6);
	try_get(&t->conn, 11, 5)->fails = 4;
	try_get(&t->conn, 11, 6)->fails = 3;
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &a, 7);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 3);
	KUNIT_EXPECT_EQ(test, remote_of_id(&t->conn, 5), MPTCPX_PM_NOBODY);
	KUNIT_EXPECT_EQ(test, remote_of_id(&t->conn, 7), remote_same(&t->conn, &a));
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 11, 5));
	KUNIT_EXPECT_EQ(test, try_get(&t->conn, 11, 7)->fails, 4);
	/* by the id of another one, which is gone then */
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &b, 7);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 2);
	KUNIT_EXPECT_EQ(test, t->conn.remote_id[1], 7);
	KUNIT_EXPECT_EQ(test, t->conn.remote[1].v4, htonl(2));
	KUNIT_EXPECT_EQ(test, try_get(&t->conn, 11, 7)->fails, 3);
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 11, 6));
}

/* what was missed is learnt later */
static void conn_recover(struct kunit *test)
{
	struct conn_test *t = conn_test(test);

	t->state.said = conn_test_v4(1, 80);
	t->state.said_id = 255;
	t->state.subs = 2;
	t->state.sub[0].remote = t->conn.remote[0];
	t->state.sub[1].remote = conn_test_v4(2, 80);
	t->state.sub[1].remote_id = 6;
	recover(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 3);
	KUNIT_EXPECT_EQ(test, remote_of_id(&t->conn, 255), 2);
	KUNIT_EXPECT_EQ(test, remote_of_id(&t->conn, 6), 1);
	/* nothing was said */
	mptcpx_pm_conn_forget(&t->conn, 255);
	t->state.said.family = 0;
	recover(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 2);
}

/* more pairs than are remembered: those without a place count for nothing meanwhile */
static void conn_crowd(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	u8 i;

	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		view_crowd(&t->pass);
		KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
		try_get(&t->conn, i < 2 ? 12 + i : 100 + i, 0)->pair = MPTCPX_PM_PAIR_JOINING;
	}
	view_crowd(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, (u32)BIT(0));
	KUNIT_EXPECT_EQ(test, t->view.local[1].hold, 0U);
	KUNIT_EXPECT_EQ(test, t->view.local[2].hold, 0U);
	/* somebody makes room, or has left */
	t->conn.try[7].local_id = 0;
	t->view.local[0].hold = 0;
	view_crowd(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
	t->conn.try[7].local_id = 107;
	t->conn.try[5].pair = MPTCPX_PM_PAIR_IDLE;
	t->conn.try[5].next = jiffies + 10 * HZ;
	view_crowd(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, (u32)BIT(0));
	t->view.local[0].hold = 0;
	t->conn.try[5].next = jiffies;
	view_crowd(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
}

/* either end looks now and then, more often while something is unanswered */
static void conn_looks(struct kunit *test)
{
	static const struct {
		bool listener, outstanding;
		u8 timeouts;
		bool other;		/* has something outstanding */
		unsigned int connections;
		unsigned long after;
	} cases[] = {
		{ false, false, 0, false, 1, CHECK_IDLE },
		{ true, false, 0, false, 1, CHECK_IDLE },
		{ false, true, 0, false, 1, CHECK },
		{ true, true, 0, false, 1, CHECK },
		{ true, true, 1, false, 1, CHECK_DOUBT },
		{ true, true, 2 * TIMEOUTS, false, 1, CHECK_DOUBT },
		{ true, true, 2 * TIMEOUTS + 1, false, 1, CHECK },
		/* left over from what has been answered */
		{ true, false, 1, false, 1, CHECK_IDLE },
		{ true, false, 1, true, 1, CHECK },
		/* of a great many a part each second, fewer of those that do nothing */
		{ true, true, 0, false, CHECKS / 2, HZ / 2 },
		{ true, false, 0, false, CHECKS / 4, HZ },
		{ true, false, 0, false, CHECKS, 4 * HZ },
	};
	struct conn_test *t = conn_test(test);
	unsigned long now, when;
	unsigned int i;

	t->state.subs = 2;
	t->state.sub[0].phase = MPTCPX_PM_UP;
	t->state.sub[1].phase = MPTCPX_PM_UP;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (t->conn.timed)
			timerqueue_del(&t->pm.timers, &t->conn.timer);
		t->conn.timed = false;
		t->state.listener = cases[i].listener;
		t->state.sub[0].outstanding = cases[i].outstanding;
		t->state.sub[0].timeouts = cases[i].timeouts;
		t->state.sub[1].outstanding = cases[i].other;
		t->pm.connections = cases[i].connections;
		now = jiffies;
		set_timer(&t->pass);
		KUNIT_EXPECT_TRUE_MSG(test, t->conn.timed, "case %u", i);
		when = t->conn.timer.expires;
		KUNIT_EXPECT_TRUE_MSG(test, time_after_eq(when, now + cases[i].after),
				      "case %u", i);
		KUNIT_EXPECT_TRUE_MSG(test, time_before_eq(when, jiffies + cases[i].after),
				      "case %u", i);
	}
}

/* and not too many a second: 16 at once, then 4 */
static void conn_heard(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_addr addr;
	unsigned int i;

	for (i = 0; i < HEARD; i++) {
		addr = conn_test_v4(200 + i, 80);
		mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 5);
		t->conn.heard_at = jiffies;
	}
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_ADDRESSES_DROPPED], 0ULL);
	KUNIT_EXPECT_EQ(test, t->conn.remote[1].v4, htonl(215));
	/* what is known already costs nothing */
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 5);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_ADDRESSES_DROPPED], 0ULL);
	addr.port = htons(81);
	t->conn.heard_at = jiffies;
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 5);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_ADDRESSES_DROPPED], 1ULL);
	KUNIT_EXPECT_EQ(test, t->conn.remote[1].port, htons(80));
	addr = conn_test_v4(1, 80);
	t->conn.heard_at = jiffies;
	KUNIT_EXPECT_TRUE(test, t->conn.missed);
	t->conn.missed = false;
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 6);
	KUNIT_EXPECT_EQ(test, t->conn.remotes, 2);
	/* it is to be had from the core later */
	KUNIT_EXPECT_TRUE(test, t->conn.missed);
	/* half a second later */
	t->conn.heard_at = jiffies - HZ / 2 - 1;
	KUNIT_EXPECT_TRUE(test, remote_affordable(&t->conn));
	KUNIT_EXPECT_EQ(test, t->conn.heard, 1);
	/* and after a long time */
	t->conn.heard_at = jiffies - 3600 * HZ;
	KUNIT_EXPECT_TRUE(test, remote_affordable(&t->conn));
	KUNIT_EXPECT_EQ(test, t->conn.heard, HEARD - 1);
	KUNIT_EXPECT_TRUE(test, time_after_eq(t->conn.heard_at, jiffies - 1));
}

static void conn_indices(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_addr addr;

	addr = conn_test_v4(12, 9999);
	KUNIT_EXPECT_EQ(test, local_index(&t->pm, &addr), 2);
	addr = conn_test_v4(13, 0);
	KUNIT_EXPECT_EQ(test, local_index(&t->pm, &addr), MPTCPX_PM_NOBODY);
	/* by port first, then without */
	addr = conn_test_v4(100, 81);
	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 5);
	KUNIT_EXPECT_EQ(test, remote_index(&t->conn, &addr), 1);
	addr.port = htons(80);
	KUNIT_EXPECT_EQ(test, remote_index(&t->conn, &addr), 0);
	addr.port = htons(4711);
	KUNIT_EXPECT_EQ(test, remote_index(&t->conn, &addr), 0);
	addr.v4 = htonl(101);
	KUNIT_EXPECT_EQ(test, remote_index(&t->conn, &addr), MPTCPX_PM_NOBODY);
}

/* when there is no room the pair that has been idle for longest makes some */
static void conn_tries(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_try *try;
	u8 i;

	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 0, 0));
	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		try = try_get(&t->conn, 1 + i, i % 3);
		KUNIT_EXPECT_PTR_EQ(test, try, &t->conn.try[i]);
		KUNIT_EXPECT_PTR_EQ(test, try_find(&t->conn, 1 + i, i % 3), try);
		try->pair = MPTCPX_PM_PAIR_UP;
		try->fails = 9;
	}
	KUNIT_EXPECT_PTR_EQ(test, try_get(&t->conn, 1, 0), &t->conn.try[0]);
	KUNIT_EXPECT_EQ(test, t->conn.try[0].fails, 9);
	t->conn.try[4].pair = MPTCPX_PM_PAIR_IDLE;
	t->conn.try[4].since = jiffies - 5 * HZ;
	t->conn.try[7].pair = MPTCPX_PM_PAIR_IDLE;
	t->conn.try[7].since = jiffies - 9 * HZ;
	t->conn.try[7].reached = true;
	t->conn.try[8].since = jiffies - 20 * HZ;
	/* what waits is remembered, or it would not wait */
	t->conn.try[9].pair = MPTCPX_PM_PAIR_IDLE;
	t->conn.try[9].since = jiffies - 15 * HZ;
	t->conn.try[9].next = jiffies + 100 * HZ;
	try = try_get(&t->conn, 200, 1);
	KUNIT_EXPECT_PTR_EQ(test, try, &t->conn.try[7]);
	KUNIT_EXPECT_EQ(test, try->local_id, 200);
	KUNIT_EXPECT_EQ(test, try->remote_id, 1);
	KUNIT_EXPECT_FALSE(test, try->reached);
	/* where others had failed it is no first attempt */
	KUNIT_EXPECT_EQ(test, try->fails, 1);
	try->pair = MPTCPX_PM_PAIR_JOINING;
	t->conn.try[4].fails = 0;
	try = try_get(&t->conn, 201, 1);
	KUNIT_EXPECT_PTR_EQ(test, try, &t->conn.try[4]);
	KUNIT_EXPECT_EQ(test, try->fails, 0);
	/* nobody can make room */
	try->pair = MPTCPX_PM_PAIR_UP;
	KUNIT_EXPECT_NULL(test, try_get(&t->conn, 202, 1));
	/* one that is free has not failed */
	memset(&t->conn.try[5], 0, sizeof(t->conn.try[5]));
	t->conn.try[5].fails = 3;
	try = try_get(&t->conn, 202, 1);
	KUNIT_EXPECT_PTR_EQ(test, try, &t->conn.try[5]);
	KUNIT_EXPECT_EQ(test, try->fails, 0);
}

static void conn_failed(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_try *try = try_get(&t->conn, 11, 0);
	unsigned long now = jiffies, ms200 = msecs_to_jiffies(200);

	try->pair = MPTCPX_PM_PAIR_JOINING;
	try_failed(&t->pm, try, MPTCPX_PM_REFUSED);
	KUNIT_EXPECT_EQ(test, try->fails, 1);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_IDLE);
	KUNIT_EXPECT_TRUE(test, time_after_eq(try->next, now + ms200 - ms200 / 8));
	KUNIT_EXPECT_TRUE(test, time_before_eq(try->next, jiffies + ms200));
	try_failed(&t->pm, try, MPTCPX_PM_REFUSED);
	KUNIT_EXPECT_TRUE(test, time_after_eq(try->next, now + 2 * ms200 - ms200 / 4));
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_REFUSED], 2ULL);
	KUNIT_EXPECT_FALSE(test, try->silent);
	/* silence is tried again at once, and so is what had worked */
	try_failed(&t->pm, try, MPTCPX_PM_SILENT);
	KUNIT_EXPECT_EQ(test, try->fails, 3);
	KUNIT_EXPECT_TRUE(test, try->silent);
	KUNIT_EXPECT_TRUE(test, time_before_eq(try->next, jiffies));
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_SILENT], 1ULL);
	try_failed(&t->pm, try, MPTCPX_PM_LOST);
	KUNIT_EXPECT_EQ(test, try->fails, 3);
	KUNIT_EXPECT_FALSE(test, try->silent);
	KUNIT_EXPECT_TRUE(test, time_before_eq(try->next, jiffies));
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_LOST], 1ULL);
	/* given up once, at that number */
	t->pm.knob[MPTCPX_PM_KNOB_RETRY_MAX] = 5;
	try_failed(&t->pm, try, MPTCPX_PM_REFUSED);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_GIVEN_UP], 0ULL);
	try_failed(&t->pm, try, MPTCPX_PM_REFUSED);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_GIVEN_UP], 1ULL);
	try_failed(&t->pm, try, MPTCPX_PM_REFUSED);
	KUNIT_EXPECT_EQ(test, t->pm.count[MPTCPX_PM_COUNT_GIVEN_UP], 1ULL);
	/* and counting does not begin again */
	try->fails = U16_MAX;
	try_failed(&t->pm, try, MPTCPX_PM_REFUSED);
	KUNIT_EXPECT_EQ(test, try->fails, U16_MAX);
}

/* retries of a second are limited, first attempts are not */
static void conn_affordable(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm *pm = &t->pm;
	struct mptcpx_pm_try fresh = {}, failed = { .fails = 1 };
	unsigned int i, n;

	pm->knob[MPTCPX_PM_KNOB_RETRY_RATE] = 5;
	pm->tokens = 2;
	pm->tokens_at = jiffies;
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_TRUE(test, try_affordable(pm, &fresh));
	KUNIT_EXPECT_EQ(test, pm->tokens, 2U);
	KUNIT_EXPECT_TRUE(test, try_affordable(pm, &failed));
	/* a second later all are there again, and no more than that */
	pm->tokens_at = jiffies - 100 * HZ;
	for (i = 0, n = 0; i < 20; i++) {
		pm->tokens_at = i ? jiffies : pm->tokens_at;
		n += try_affordable(pm, &failed);
	}
	KUNIT_EXPECT_EQ(test, n, 5U);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_RETRIES_LIMITED], 15ULL);
	/* part of a second, part of them */
	pm->tokens_at = jiffies - HZ / 2;
	KUNIT_EXPECT_TRUE(test, try_affordable(pm, &failed));
	KUNIT_EXPECT_GE(test, pm->tokens, 1U);
	KUNIT_EXPECT_LT(test, pm->tokens, 4U);
	/* what is left does not grow beyond the rate */
	pm->tokens = 4;
	pm->tokens_at = jiffies - HZ / 2;
	KUNIT_EXPECT_TRUE(test, try_affordable(pm, &failed));
	KUNIT_EXPECT_EQ(test, pm->tokens, 4U);
}

/* ids of subflows and since when they are known; the kernel gives ids again never */
static void conn_seen(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	unsigned long first;
	u8 s;

	t->state.subs = 2;
	t->state.sub[0].id = 0;
	t->state.sub[1].id = 1;
	note_seen(&t->pass);
	KUNIT_EXPECT_NE(test, t->pass.slot[0], t->pass.slot[1]);
	t->conn.seen[t->pass.slot[1]] = jiffies - 7 * HZ;
	first = t->conn.seen[t->pass.slot[1]];
	t->conn.kept = ~0;
	/* the first one has ended, a third has come: the second is as old as it was */
	t->state.sub[0].id = 1;
	t->state.sub[1].id = 2;
	note_seen(&t->pass);
	KUNIT_EXPECT_EQ(test, t->pass.seen[0], first);
	KUNIT_EXPECT_TRUE(test, time_after(t->pass.seen[1], first));
	KUNIT_EXPECT_TRUE(test, t->conn.kept & BIT(t->pass.slot[0]));
	KUNIT_EXPECT_FALSE(test, t->conn.kept & BIT(t->pass.slot[1]));
	/* as many as are looked at, all at once replaced */
	t->state.subs = MPTCPX_PM_SUBS;
	for (s = 0; s < MPTCPX_PM_SUBS; s++)
		t->state.sub[s].id = 100 + s;
	note_seen(&t->pass);
	for (s = 0; s < MPTCPX_PM_SUBS; s++) {
		KUNIT_ASSERT_LT(test, t->pass.slot[s], MPTCPX_PM_SUBS);
		KUNIT_EXPECT_EQ(test, t->conn.seen_id[t->pass.slot[s]], 101 + s);
	}
	for (s = 0; s < MPTCPX_PM_SUBS; s++)
		t->state.sub[s].id = 200 + s;
	note_seen(&t->pass);
	for (s = 0; s < MPTCPX_PM_SUBS; s++)
		KUNIT_EXPECT_EQ(test, t->conn.seen_id[t->pass.slot[s]], 201 + s);
	t->state.subs = 0;
	note_seen(&t->pass);
	for (s = 0; s < MPTCPX_PM_SUBS; s++)
		KUNIT_EXPECT_EQ(test, t->conn.seen_id[s], 0U);
}

/* how long it has been asked again is told by looks, or by the timer if that says more */
static void conn_asked(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_sub *sub = &t->state.sub[0];
	u32 *asked;

	t->state.subs = 1;
	note_seen(&t->pass);
	asked = &t->conn.asked[t->pass.slot[0]];
	sub->waited = 30;
	note_asked(&t->pass);
	KUNIT_EXPECT_EQ(test, *asked, 0U);
	sub->timeouts = 1;
	note_asked(&t->pass);
	KUNIT_EXPECT_EQ(test, *asked, 0U);
	sub->outstanding = 1;
	note_asked(&t->pass);
	KUNIT_EXPECT_NE(test, *asked, 0U);
	KUNIT_EXPECT_LE(test, (u32)jiffies - *asked, (u32)HZ);
	KUNIT_EXPECT_GE(test, sub->waited, 30U);
	/* half a second later; the timer is a new one */
	*asked = (u32)jiffies - HZ / 2;
	sub->waited = 0;
	sub->timeouts = 2;
	note_asked(&t->pass);
	KUNIT_EXPECT_GE(test, sub->waited, 500U);
	KUNIT_EXPECT_LE(test, sub->waited, 5000U);
	sub->waited = 60000;
	note_asked(&t->pass);
	KUNIT_EXPECT_EQ(test, sub->waited, 60000U);
	/* answered */
	sub->timeouts = 0;
	note_asked(&t->pass);
	KUNIT_EXPECT_EQ(test, *asked, 0U);
	/* another subflow in its place */
	sub->timeouts = 1;
	note_asked(&t->pass);
	sub->id = 9;
	note_seen(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.asked[t->pass.slot[0]], 0U);
}

/* of all that work together */
static void conn_together(struct kunit *test)
{
	struct conn_test *t = conn_test(test);

	t->state.subs = 4;
	t->state.sub[0] = (struct mptcpx_pm_sub){
		.phase = MPTCPX_PM_UP, .rtt = 30, .sent = 100, .recovered = 1,
	};
	t->state.sub[1] = (struct mptcpx_pm_sub){
		.phase = MPTCPX_PM_JOINING, .rtt = 999, .sent = 1000, .recovered = 10,
	};
	t->state.sub[2] = (struct mptcpx_pm_sub){
		.phase = MPTCPX_PM_CLOSING, .rtt = 999, .sent = 2000, .recovered = 20,
	};
	t->state.sub[3] = (struct mptcpx_pm_sub){
		.phase = MPTCPX_PM_UP, .rtt = 20, .sent = 7, .recovered = 3,
	};
	t->state.sub[4] = t->state.sub[3];
	note_together(&t->pass);
	KUNIT_EXPECT_EQ(test, t->pass.rtt, 30U);
	KUNIT_EXPECT_EQ(test, t->pass.sent, 107U);
	KUNIT_EXPECT_EQ(test, t->pass.recovered, 4U);
}

/* what is not acknowledged counts as asked again when TCP's probe would be due */
static void conn_overdue(struct kunit *test)
{
	static const struct {
		u32 outstanding, una, ms, rtt;
		bool overdue;
	} cases[] = {
		{ 2, 7, 100, 50, true },
		{ 900, 7, 100000, 50, true },
		/* the first byte is another one by now, and counts from now */
		{ 2, 8, 100, 50, false },
		{ 2, 6, 100, 50, false },
		/* the ACK of one packet may be delayed; nothing in flight */
		{ 1, 7, 100, 50, false },
		{ 0, 7, 100000, 50, false },
		/* not yet; nobody knows when */
		{ 2, 7, 100, 400, false },
		{ 2, 7, 100000, 0, false },
	};
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_sub *sub = &t->state.sub[0];
	unsigned int i;
	u8 slot;

	t->state.subs = 1;
	note_seen(&t->pass);
	slot = t->pass.slot[0];
	KUNIT_EXPECT_LE(test, (u32)jiffies - t->conn.una_at[slot], (u32)HZ);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 was = (u32)jiffies - msecs_to_jiffies(cases[i].ms);

		t->conn.una[slot] = 7;
		t->conn.una_at[slot] = was;
		t->conn.asked[slot] = 0;
		sub->outstanding = cases[i].outstanding;
		sub->una = cases[i].una;
		sub->rtt = cases[i].rtt;
		sub->timeouts = 0;
		note_asked(&t->pass);
		KUNIT_EXPECT_EQ_MSG(test, sub->timeouts, cases[i].overdue, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->conn.asked[slot] != 0, cases[i].overdue,
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->conn.una[slot], cases[i].una, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->conn.una_at[slot] == was,
				    cases[i].outstanding > 1 && cases[i].una == 7,
				    "case %u", i);
	}
	/* that two timeouts passed is not forgotten */
	t->conn.una_at[slot] = (u32)jiffies - HZ;
	sub->outstanding = 2;
	sub->una = 7;
	sub->rtt = 50;
	sub->timeouts = 2;
	note_asked(&t->pass);
	note_asked(&t->pass);
	KUNIT_EXPECT_EQ(test, sub->timeouts, 2);
	/* another subflow in its place */
	t->conn.una_at[slot] = (u32)jiffies - 60 * HZ;
	sub->id = 9;
	note_seen(&t->pass);
	KUNIT_EXPECT_LE(test, (u32)jiffies - t->conn.una_at[t->pass.slot[0]], (u32)HZ);
}

static void conn_test_sub(struct conn_test *t, enum mptcpx_pm_phase phase, bool bad)
{
	t->view.subs = 1;
	t->view.sub[0] = (struct mptcpx_pm_vsub){
		.local = 0, .remote = 0, .phase = phase, .bad = bad,
	};
	update_tries(&t->pass);
}

/* a pair's story: joining, up, lost; refused; silent; gone */
static void conn_pairs(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm *pm = &t->pm;
	struct mptcpx_pm_try *try;

	/* what was never tried is not kept */
	update_tries(&t->pass);
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 11, 0));
	conn_test_sub(t, MPTCPX_PM_CLOSING, false);
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 11, 0));
	conn_test_sub(t, MPTCPX_PM_UP, true);
	KUNIT_EXPECT_NULL(test, try_find(&t->conn, 11, 0));
	conn_test_sub(t, MPTCPX_PM_UP, false);
	try = try_find(&t->conn, 11, 0);
	KUNIT_ASSERT_NOT_NULL(test, try);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_UP);
	KUNIT_EXPECT_EQ(test, try->up, 1);

	/* it had worked for long: lost. Failures before that are forgotten */
	try->fails = 3;
	try->since = jiffies - SETTLED - 2;
	conn_test_sub(t, MPTCPX_PM_UP, false);
	KUNIT_EXPECT_EQ(test, try->fails, 0);
	conn_test_sub(t, MPTCPX_PM_UP, true);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_IDLE);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_LOST], 1ULL);
	KUNIT_EXPECT_EQ(test, try->fails, 0);

	/* ended as soon as it was up: refused */
	try->pair = MPTCPX_PM_PAIR_UP;
	try->since = jiffies;
	conn_test_sub(t, MPTCPX_PM_CLOSING, false);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_REFUSED], 1ULL);
	KUNIT_EXPECT_EQ(test, try->fails, 1);

	/* joining: waited for; bad: silent; gone: refused */
	try->pair = MPTCPX_PM_PAIR_JOINING;
	conn_test_sub(t, MPTCPX_PM_JOINING, false);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_JOINING);
	conn_test_sub(t, MPTCPX_PM_JOINING, true);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_SILENT], 1ULL);
	KUNIT_EXPECT_EQ(test, try->fails, 2);
	try->pair = MPTCPX_PM_PAIR_JOINING;
	conn_test_sub(t, MPTCPX_PM_CLOSING, false);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_REFUSED], 2ULL);
	KUNIT_EXPECT_EQ(test, try->fails, 3);

	/* it came up, and is bad before anybody looked: silence it was not */
	try->pair = MPTCPX_PM_PAIR_JOINING;
	conn_test_sub(t, MPTCPX_PM_UP, true);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_SILENT], 1ULL);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_REFUSED], 3ULL);

	/* without address or route what failed says nothing */
	t->view.local[0].usable = false;
	try->pair = MPTCPX_PM_PAIR_UP;
	try->next = jiffies + 100 * HZ;
	conn_test_sub(t, MPTCPX_PM_UP, true);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_IDLE);
	KUNIT_EXPECT_EQ(test, try->fails, 0);
	KUNIT_EXPECT_TRUE(test, time_before_eq(try->next, jiffies));
	t->view.local[0].usable = true;
	t->view.local[0].reach = 0;
	try->fails = 3;
	try->pair = MPTCPX_PM_PAIR_UP;
	conn_test_sub(t, MPTCPX_PM_UP, true);
	KUNIT_EXPECT_EQ(test, try->fails, 0);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_LOST], 1ULL);
	/* a listener knows no routes */
	t->view.listener = true;
	try->pair = MPTCPX_PM_PAIR_UP;
	try->since = jiffies - SETTLED - 2;
	conn_test_sub(t, MPTCPX_PM_UP, true);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_LOST], 2ULL);
}

/* a path that is back is so for others as well, where nobody had answered */
static void conn_back(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_try *here = try_get(&t->conn, 11, 0);
	struct mptcpx_pm_try *same = try_get(&t->conn, 11, 9);
	struct mptcpx_pm_try *refused = try_get(&t->conn, 11, 8);
	struct mptcpx_pm_try *other = try_get(&t->conn, 12, 9);

	same->silent = true;
	same->fails = 4;
	same->next = jiffies + 100 * HZ;
	refused->fails = 4;
	refused->next = jiffies + 100 * HZ;
	other->silent = true;
	other->fails = 4;
	/* refused, and there: it may be refused again */
	here->fails = 2;
	conn_test_sub(t, MPTCPX_PM_UP, false);
	KUNIT_EXPECT_EQ(test, here->fails, 2);
	KUNIT_EXPECT_EQ(test, same->fails, 4);
	/* until it has lasted, which is no news to others */
	here->since = jiffies - SETTLED - 2;
	conn_test_sub(t, MPTCPX_PM_UP, false);
	KUNIT_EXPECT_EQ(test, here->fails, 0);
	KUNIT_EXPECT_EQ(test, same->fails, 4);
	/* nobody had answered; once is nothing */
	here->pair = MPTCPX_PM_PAIR_JOINING;
	here->silent = true;
	here->fails = 1;
	conn_test_sub(t, MPTCPX_PM_UP, false);
	KUNIT_EXPECT_EQ(test, same->fails, 4);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->conn.dirty));
	here->pair = MPTCPX_PM_PAIR_JOINING;
	here->fails = 2;
	conn_test_sub(t, MPTCPX_PM_UP, false);
	KUNIT_EXPECT_EQ(test, here->fails, 0);
	KUNIT_EXPECT_EQ(test, same->fails, 0);
	KUNIT_EXPECT_TRUE(test, time_before_eq(same->next, jiffies));
	KUNIT_EXPECT_EQ(test, refused->fails, 4);
	KUNIT_EXPECT_TRUE(test, time_after(refused->next, jiffies));
	KUNIT_EXPECT_EQ(test, other->fails, 4);
	KUNIT_EXPECT_FALSE(test, list_empty(&t->conn.dirty));
	/* again: not so soon */
	list_del_init(&t->conn.dirty);
	same->fails = 4;
	path_back(&t->pm, 11);
	KUNIT_EXPECT_EQ(test, same->fails, 4);
	t->pm.local[0].spread = jiffies ?: 1;
	path_back(&t->pm, 11);
	KUNIT_EXPECT_EQ(test, same->fails, 0);
	KUNIT_EXPECT_TRUE(test, time_after(t->pm.local[0].spread, jiffies + SPREAD - HZ));
	path_back(&t->pm, 99);
	/* by the address itself: all, and nobody has to look */
	list_del_init(&t->conn.dirty);
	mptcpx_pm_conn_fresh(&t->pm, 11);
	KUNIT_EXPECT_EQ(test, refused->fails, 0);
	KUNIT_EXPECT_TRUE(test, time_before_eq(refused->next, jiffies));
	KUNIT_EXPECT_EQ(test, other->fails, 4);
	mptcpx_pm_conn_fresh(&t->pm, 0);
	KUNIT_EXPECT_EQ(test, other->fails, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->conn.dirty));
}

/* when a subflow counts as silent */
static void conn_silent(struct kunit *test)
{
	static const struct {
		bool outstanding;
		u8 timeouts;
		u32 quiet, rto, waited;
		bool silent;
		u32 rtt;
		u8 meant;
	} cases[] = {
		{ true, 2, 600, 400, 0, true },
		{ true, 2, 599, 400, 1000, false },
		{ true, 255, 600, 400, 0, true },
		{ false, 2, 600, 400, 400, false },
		{ false, 1, 600, 400, 400, false },
		{ true, 0, 60000, 400, 60000, false },
		/* one is enough if it has been waited for as long as the first time */
		{ true, 1, 600, 400, 399, false, 100 },
		{ true, 1, 600, 400, 400, true, 100 },
		{ true, 1, 599, 400, 400, false, 100 },
		{ true, 1, 60000, 800, 799, false, 1000 },
		{ true, 1, 60000, 800, 800, true, 1000 },
		{ true, 1, U32_MAX, U32_MAX, U32_MAX - 1, false, U32_MAX },
		{ true, 1, U32_MAX, U32_MAX, U32_MAX, true, U32_MAX },
		/* or for four round trips, and 200 ms */
		{ true, 1, 60000, 800, 399, false, 100 },
		{ true, 1, 60000, 800, 400, true, 100 },
		{ true, 1, 60000, 800, 199, false, 10 },
		{ true, 1, 60000, 800, 200, true, 10 },
		/* and unanswered for so long, whenever the peer was last heard */
		{ true, 1, 60000, 200, 399, false },
		{ true, 1, 60000, 200, 400, true },
		{ true, 1, 60000, 0, 599, false },
		{ true, 1, 60000, 0, 600, true },
		/* where packets are lost nothing but timeouts counts, and more of them */
		{ true, 3, 60000, 400, 60000, false, 100, 4 },
		{ true, 1, 60000, 400, 60000, false, 100, 4 },
		{ true, 1, 60000, 400, 60000, false, 100, 3 },
		{ true, 4, 60000, 400, 0, true, 100, 4 },
		{ true, 4, 599, 400, 0, false, 100, 4 },
		{ false, 4, 60000, 400, 0, false, 100, 4 },
		{ true, 255, 60000, 400, 0, true, 100, 6 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct mptcpx_pm_sub sub = {
			.outstanding = cases[i].outstanding, .timeouts = cases[i].timeouts,
			.quiet = cases[i].quiet, .rto = cases[i].rto,
			.waited = cases[i].waited, .rtt = cases[i].rtt,
		};

		KUNIT_EXPECT_EQ_MSG(test, silent(&sub, 600, cases[i].meant ?: TIMEOUTS),
				    cases[i].silent, "case %u", i);
	}
}

/* where packets are lost timeouts follow each other by chance */
static void conn_lossy(struct kunit *test)
{
	static const struct {
		u32 recovered, sent;
		unsigned int meant;
	} cases[] = {
		{ 0, 0, 2 },
		{ 0, U32_MAX, 2 },
		/* once is nothing */
		{ 1, 0, 2 },
		{ 1, 1, 2 },
		{ 1, 64, 2 },
		{ 2, 2, 6 },
		{ 2, 33, 6 },
		{ 2, 34, 4 },
		{ 2, 129, 4 },
		{ 2, 130, 2 },
		{ 2, U32_MAX, 2 },
		{ 1000, 16999, 6 },
		{ 1000, 17000, 4 },
		{ 1000, 64999, 4 },
		{ 1000, 65000, 2 },
		{ U32_MAX, 1, 6 },
		{ U32_MAX, U32_MAX, 6 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, timeouts_meant(cases[i].recovered, cases[i].sent),
				    cases[i].meant, "case %u", i);
}

/* what is known of the way from the first address to the peer's first */
static void conn_test_route(struct conn_test *t, bool there, bool bound)
{
	unsigned int i;

	t->pm.run = 7;
	for (i = 0; i < MPTCPX_PM_ROUTES; i++)
		t->pm.route[i][0] = (struct mptcpx_pm_route){
			.run = 7, .local_id = 11, .remote = t->conn.remote[0],
			.free = there, .bound = bound,
		};
}

/* when a subflow is bad, and when its path is back */
static void conn_bad(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_sub *sub = &t->state.sub[0];
	struct mptcpx_pm_vsub *vsub = &t->view.sub[0];
	struct mptcpx_pm_local *local = &t->pm.local[0];
	struct mptcpx_pm_try *try;

	t->pm.knob[MPTCPX_PM_KNOB_SILENCE] = 400;
	t->state.subs = 1;
	*sub = (struct mptcpx_pm_sub){
		.local = local->addr, .remote = t->conn.remote[0],
		.phase = MPTCPX_PM_UP, .backup = true,
	};
	note_seen(&t->pass);
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_EQ(test, vsub->local, 0);
	KUNIT_EXPECT_EQ(test, vsub->remote, 0);
	KUNIT_EXPECT_TRUE(test, vsub->backup);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	/* its address is gone; what is ending is not looked at */
	local->usable = false;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	KUNIT_EXPECT_FALSE(test, vsub->back);
	sub->phase = MPTCPX_PM_CLOSING;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	sub->phase = MPTCPX_PM_UP;
	local->usable = true;
	/* it was away for a while since */
	local->back = jiffies;
	t->pass.seen[0] = jiffies - HZ;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	local->returned = true;
	conn_test_route(t, false, false);
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	KUNIT_EXPECT_FALSE(test, vsub->back);
	conn_test_route(t, true, false);
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad && vsub->back);
	t->pass.seen[0] = local->back + 1;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	local->returned = false;
	/* silent, if that is to mean anything */
	sub->outstanding = true;
	sub->timeouts = TIMEOUTS;
	sub->quiet = 400;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	/* where packets are lost it may not, here or elsewhere */
	sub->sent = 20;
	sub->recovered = 2;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	sub->timeouts = LOSSY_VERY_TIMEOUTS;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	sub->timeouts = TIMEOUTS;
	sub->sent = 0;
	sub->recovered = 0;
	t->pass.sent = 20;
	t->pass.recovered = 2;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	t->pass.recovered = 0;
	/* nobody makes another one */
	t->state.closing = true;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	t->state.closing = false;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	t->pm.knob[MPTCPX_PM_KNOB_SILENCE] = 0;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	/* a handshake has its time, each eighth one more of it; the peer's is the peer's */
	sub->phase = MPTCPX_PM_JOINING;
	t->pass.seen[0] = jiffies;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	KUNIT_EXPECT_TRUE(test, t->conn.timed);
	t->pass.seen[0] = jiffies - HZ;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	t->state.listener = true;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	t->state.listener = false;
	try = try_get(&t->conn, 11, 0);
	try->fails = 7;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	sub->phase = MPTCPX_PM_UP;
	/* its route is gone; one that there never was is not missed */
	t->view.local[0].reach = 0;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	t->view.local[0].reach = BIT(0);
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	KUNIT_EXPECT_TRUE(test, try->reached);
	t->view.local[0].reach = BIT(1);
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	t->state.listener = true;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
	t->state.listener = false;
	/* there is one for sockets that are bound to the interface */
	t->view.local[0].reach = BIT(0);
	t->pass.bind[0] = BIT(0);
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vsub->bad);
	sub->bound = true;
	view_sub(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vsub->bad);
}

/* what a plan sees of an address */
static void conn_sees(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_vlocal *vlocal = &t->view.local[0];
	struct mptcpx_pm_told *told = &t->conn.told[3];

	t->state.v4 = true;
	conn_test_route(t, true, false);
	view_local(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vlocal->usable && vlocal->fits && vlocal->tell);
	KUNIT_EXPECT_FALSE(test, vlocal->initial || vlocal->announced);
	KUNIT_EXPECT_EQ(test, vlocal->reach, (u32)BIT(0));
	KUNIT_EXPECT_EQ(test, t->pass.bind[0], 0U);
	conn_test_route(t, false, true);
	view_local(&t->pass, 0);
	KUNIT_EXPECT_EQ(test, vlocal->reach, (u32)BIT(0));
	KUNIT_EXPECT_EQ(test, t->pass.bind[0], (u32)BIT(0));
	conn_test_route(t, false, false);
	view_local(&t->pass, 0);
	KUNIT_EXPECT_EQ(test, vlocal->reach, 0U);
	/* who makes no subflows, or could not, needs no routes */
	conn_test_route(t, true, false);
	t->state.listener = true;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_EQ(test, vlocal->reach, 0U);
	t->state.listener = false;
	t->pm.local[0].usable = false;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_EQ(test, vlocal->reach, 0U);
	t->pm.local[0].usable = true;
	t->state.v4 = false;
	t->state.v6 = true;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vlocal->fits);
	KUNIT_EXPECT_EQ(test, vlocal->reach, 0U);
	t->state.local = t->pm.local[0].addr;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vlocal->initial);
	/* told of: again after a while, so often */
	told->local_id = 12;
	told->times = 1;
	told->next = jiffies + 100 * HZ;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vlocal->announced);
	KUNIT_EXPECT_FALSE(test, t->conn.timed);
	told->local_id = 11;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vlocal->announced);
	KUNIT_EXPECT_FALSE(test, vlocal->tell);
	KUNIT_EXPECT_TRUE(test, t->conn.timed);
	told->next = jiffies;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_TRUE(test, vlocal->tell);
	told->times = TELL;
	view_local(&t->pass, 0);
	KUNIT_EXPECT_FALSE(test, vlocal->tell);
	/* one withdrawal in a pass */
	KUNIT_EXPECT_TRUE(test, may_withdraw(&t->pass));
	t->pass.told = true;
	KUNIT_EXPECT_FALSE(test, may_withdraw(&t->pass));
	KUNIT_EXPECT_TRUE(test, time_before((unsigned long)t->conn.timer.expires, jiffies + HZ));
}

static void conn_holds(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_addr addr = conn_test_v4(1, 80);
	struct mptcpx_pm_try *try;

	mptcpx_pm_conn_remote(&t->pm, &t->conn, &addr, 5);
	t->view.local[0].reach = BIT(0) | BIT(1);
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
	try = try_get(&t->conn, 11, 5);
	try->next = jiffies + 10 * HZ;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, (u32)BIT(1));
	/* it is looked at again then */
	KUNIT_EXPECT_TRUE(test, t->conn.timed);
	KUNIT_EXPECT_EQ(test, (unsigned long)t->conn.timer.expires, try->next);
	t->view.local[0].hold = 0;
	try->next = jiffies;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
	/* nobody had answered: it comes last, though it need not wait */
	try->silent = true;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].doubt, 0U);
	try->fails = 1;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].doubt, (u32)BIT(1));
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
	t->view.local[0].doubt = 0;
	try->silent = false;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].doubt, 0U);
	/* given up */
	t->pm.knob[MPTCPX_PM_KNOB_RETRY_MAX] = 3;
	try->fails = 2;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
	try->fails = 3;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, (u32)BIT(1));
	/* what cannot be reached is not waited for */
	t->view.local[0].hold = 0;
	t->view.local[0].reach = BIT(0);
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[0].hold, 0U);
	/* the last of the addresses */
	try = try_get(&t->conn, 13, 0);
	try->next = jiffies + 10 * HZ;
	view_hold(&t->pass);
	KUNIT_EXPECT_EQ(test, t->view.local[2].hold, (u32)BIT(0));
}

/* a timer is only ever brought forward */
static void conn_timers(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	unsigned long when = jiffies + 100 * HZ;

	mptcpx_pm_conn_timer(&t->pm, &t->conn, when);
	mptcpx_pm_conn_timer(&t->pm, &t->conn, when + HZ);
	KUNIT_EXPECT_EQ(test, (unsigned long)t->conn.timer.expires, when);
	mptcpx_pm_conn_timer(&t->pm, &t->conn, when - HZ);
	KUNIT_EXPECT_EQ(test, (unsigned long)t->conn.timer.expires, when - HZ);
	KUNIT_EXPECT_PTR_EQ(test, timerqueue_getnext(&t->pm.timers), &t->conn.timer);
	KUNIT_EXPECT_EQ(test, paced(&t->pm, CHECK), (unsigned long)CHECK);
	t->pm.connections = CHECKS * 3;
	KUNIT_EXPECT_EQ(test, paced(&t->pm, CHECK), 3UL * HZ);
}

/* the id an address has in a connection */
static void conn_ids(struct kunit *test)
{
	struct conn_test *t = conn_test(test);

	KUNIT_EXPECT_EQ(test, id_of(&t->pass, 1), 12);
	t->view.subs = 2;
	t->view.sub[0].local = 0;
	t->view.sub[1].local = 1;
	t->state.sub[0].local_id = 33;
	t->state.sub[1].local_id = -1;	/* not known yet */
	KUNIT_EXPECT_EQ(test, id_of(&t->pass, 1), 12);
	t->state.sub[1].local_id = 0;
	KUNIT_EXPECT_EQ(test, id_of(&t->pass, 1), 12);
	t->state.sub[1].local_id = 44;
	KUNIT_EXPECT_EQ(test, id_of(&t->pass, 1), 44);
	t->view.local[1].initial = true;
	KUNIT_EXPECT_EQ(test, id_of(&t->pass, 1), 0);
}

/* a further subflow of a pair that is up may have been refused without a word */
static void conn_another(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_try *try = try_get(&t->conn, 11, 0);
	const unsigned long old = jiffies - 100 * HZ;

	try->since = old;
	try->next = old;
	try_asked(&t->pm, try, 2);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_JOINING);
	KUNIT_EXPECT_TRUE(test, time_after(try->since, old));
	KUNIT_EXPECT_TRUE(test, try->reached);
	KUNIT_EXPECT_EQ(test, try->asked, 1);
	KUNIT_EXPECT_EQ(test, try->next, old);
	/* not up: it is known what becomes of it, however often it was */
	try->asked = 9;
	try_asked(&t->pm, try, 2);
	KUNIT_EXPECT_EQ(test, try->next, old);
	/* up, one more: as many as there are to be */
	try->pair = MPTCPX_PM_PAIR_UP;
	try->since = old;
	try->asked = 1;
	try_asked(&t->pm, try, 2);
	KUNIT_EXPECT_EQ(test, try->pair, MPTCPX_PM_PAIR_UP);
	KUNIT_EXPECT_EQ(test, try->since, old);
	KUNIT_EXPECT_EQ(test, try->next, old);
	/* and yet another: the first failure's time, 200 ms or some more */
	try_asked(&t->pm, try, 2);
	KUNIT_EXPECT_EQ(test, try->asked, 3);
	KUNIT_EXPECT_TRUE(test, time_after(try->next, jiffies));
	KUNIT_EXPECT_TRUE(test, time_before(try->next, jiffies + HZ));
	/* more each time, and it never begins anew */
	try->asked = U8_MAX - 1;
	try_asked(&t->pm, try, 2);
	KUNIT_EXPECT_EQ(test, try->asked, U8_MAX);
	KUNIT_EXPECT_TRUE(test, time_after(try->next, jiffies + 20 * HZ));
	try_asked(&t->pm, try, 2);
	KUNIT_EXPECT_EQ(test, try->asked, U8_MAX);
	/* more wanted than are counted */
	try->next = old;
	try_asked(&t->pm, try, 300);
	KUNIT_EXPECT_EQ(test, try->next, old);
}

/* an address is announced again, each time later */
static void conn_tells(struct kunit *test)
{
	static const u16 after[TELL] = { 1, 4, 16, 64, 256 };
	struct conn_test *t = conn_test(test);
	struct mptcpx_pm_told *told;
	unsigned long before;
	u8 i;

	told = told_get(&t->conn, 11);
	KUNIT_ASSERT_PTR_EQ(test, told, &t->conn.told[0]);
	for (i = 0; i < TELL; i++) {
		before = jiffies;
		told_again(told, 11);
		KUNIT_EXPECT_EQ(test, told->local_id, 11);
		KUNIT_EXPECT_EQ(test, told->times, i + 1);
		KUNIT_EXPECT_TRUE(test, time_in_range(told->next, before + after[i] * HZ,
						      jiffies + after[i] * HZ));
	}
	/* known: its place, and as it was */
	KUNIT_EXPECT_PTR_EQ(test, told_get(&t->conn, 11), told);
	KUNIT_EXPECT_EQ(test, told->times, TELL);
	for (i = 1; i < ARRAY_SIZE(t->conn.told); i++) {
		told = told_get(&t->conn, 11 + i);
		KUNIT_ASSERT_PTR_EQ(test, told, &t->conn.told[i]);
		told_again(told, 11 + i);
	}
	KUNIT_EXPECT_NULL(test, told_get(&t->conn, 99));
	/* withdrawn: the first free place, as a new one; others keep theirs */
	t->conn.told[1].local_id = 0;
	t->conn.told[3].local_id = 0;
	KUNIT_EXPECT_PTR_EQ(test, told_get(&t->conn, 15), &t->conn.told[4]);
	KUNIT_EXPECT_EQ(test, t->conn.told[4].times, 1);
	told = told_get(&t->conn, 99);
	KUNIT_EXPECT_PTR_EQ(test, told, &t->conn.told[1]);
	KUNIT_EXPECT_EQ(test, told->times, 0);
}

/* a changed priority is told again, so often, to those that it was told of */
static void conn_priorities(struct kunit *test)
{
	struct conn_test *t = conn_test(test);
	unsigned long before;

	t->state.subs = 2;
	t->pass.slot[0] = 3;
	t->pass.slot[1] = 0;
	t->state.sub[0].phase = MPTCPX_PM_UP;
	t->state.sub[1].phase = MPTCPX_PM_CLOSING;
	/* nothing was told */
	t->conn.prio_times = 1;
	t->conn.prio_next = jiffies;
	priorities_again(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.prio_times, 1);
	KUNIT_EXPECT_FALSE(test, t->conn.timed);
	KUNIT_ASSERT_FALSE(test, prio_again(&t->pass, 0));
	t->conn.prio = BIT(3);
	KUNIT_ASSERT_TRUE(test, prio_again(&t->pass, 0));
	KUNIT_ASSERT_FALSE(test, prio_again(&t->pass, 1));
	/* about to end */
	t->conn.prio = BIT(0);
	KUNIT_ASSERT_FALSE(test, prio_again(&t->pass, 0));
	KUNIT_ASSERT_FALSE(test, prio_again(&t->pass, 1));

	/* not yet: looked at then */
	t->conn.prio_next = jiffies + 100 * HZ;
	priorities_again(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.prio_times, 1);
	KUNIT_EXPECT_TRUE(test, t->conn.timed);
	KUNIT_EXPECT_EQ(test, (unsigned long)t->conn.timer.expires, t->conn.prio_next);
	/* now; and once more, later */
	t->conn.prio_next = jiffies;
	before = jiffies;
	priorities_again(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.prio_times, 2);
	KUNIT_EXPECT_EQ(test, t->conn.prio, (u32)BIT(0));
	KUNIT_EXPECT_TRUE(test, time_in_range(t->conn.prio_next, before + 2 * PRIO_AGAIN,
					      jiffies + 2 * PRIO_AGAIN));
	KUNIT_EXPECT_EQ(test, (unsigned long)t->conn.timer.expires, t->conn.prio_next);
	/* the last time */
	t->conn.prio_next = jiffies;
	priorities_again(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.prio_times, 3);
	KUNIT_EXPECT_EQ(test, t->conn.prio, 0U);
	t->conn.prio = BIT(0);
	t->conn.prio_next = jiffies;
	priorities_again(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.prio_times, 3);
}

/* whose keepalive is set; of a connection that is not there none can be */
static void conn_keeps(struct kunit *test)
{
	struct conn_test *t = conn_test(test);

	t->pm.net = &init_net;
	t->conn.token = 0;
	t->state.subs = 2;
	t->pass.slot[0] = 5;
	t->pass.slot[1] = 1;
	t->state.sub[0].phase = MPTCPX_PM_UP;
	t->state.sub[1].phase = MPTCPX_PM_JOINING;
	/* as it is: nothing to be done, and remembered */
	keep_alive(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.kept, (u32)BIT(5));
	KUNIT_EXPECT_EQ(test, t->conn.ours, 0U);
	/* the application has its own */
	t->state.keepalive = true;
	t->pm.knob[MPTCPX_PM_KNOB_KEEPALIVE] = 10;
	keep_alive(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.keepalive, MPTCPX_PM_THEIRS);
	KUNIT_EXPECT_EQ(test, t->conn.kept, (u32)BIT(5));
	KUNIT_EXPECT_EQ(test, t->conn.ours, 0U);
	/* ours: tried, and again at the next look */
	t->state.keepalive = false;
	keep_alive(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.keepalive, 10);
	KUNIT_EXPECT_EQ(test, t->conn.kept, 0U);
	KUNIT_EXPECT_EQ(test, t->conn.ours, (u32)BIT(5));
	/* what has been done is not done again */
	t->conn.kept = BIT(5);
	t->conn.ours = 0;
	keep_alive(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.ours, 0U);
	/* not wanted any more: undone where it is ours */
	t->conn.ours = BIT(5);
	t->state.sub[1].phase = MPTCPX_PM_UP;
	t->pm.knob[MPTCPX_PM_KNOB_KEEPALIVE] = 0;
	keep_alive(&t->pass);
	KUNIT_EXPECT_EQ(test, t->conn.kept, (u32)BIT(1));
	KUNIT_EXPECT_EQ(test, t->conn.ours, (u32)BIT(5));
}

static struct kunit_case conn_cases[] = {
	KUNIT_CASE(conn_remotes),
	KUNIT_CASE(conn_heard),
	KUNIT_CASE(conn_names),
	KUNIT_CASE(conn_recover),
	KUNIT_CASE(conn_indices),
	KUNIT_CASE(conn_tries),
	KUNIT_CASE(conn_failed),
	KUNIT_CASE(conn_affordable),
	KUNIT_CASE(conn_seen),
	KUNIT_CASE(conn_asked),
	KUNIT_CASE(conn_together),
	KUNIT_CASE(conn_overdue),
	KUNIT_CASE(conn_pairs),
	KUNIT_CASE(conn_back),
	KUNIT_CASE(conn_silent),
	KUNIT_CASE(conn_lossy),
	KUNIT_CASE(conn_bad),
	KUNIT_CASE(conn_sees),
	KUNIT_CASE(conn_holds),
	KUNIT_CASE(conn_crowd),
	KUNIT_CASE(conn_looks),
	KUNIT_CASE(conn_timers),
	KUNIT_CASE(conn_ids),
	KUNIT_CASE(conn_another),
	KUNIT_CASE(conn_tells),
	KUNIT_CASE(conn_priorities),
	KUNIT_CASE(conn_keeps),
	{ }
};

static struct kunit_suite conn_suite = {
	.name = "mptcpx_pm_conn",
	.test_cases = conn_cases,
};

kunit_test_suite(conn_suite);
