// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what the snapshot says of a subflow, and of the account;
 * included at the end of paths.c. Sockets are of memory only.
 */
#include <kunit/test.h>

static struct proto paths_test_proto;

static struct tcp_sock *fake_tcp(struct kunit *test, u32 cwnd, u32 in_flight, u32 unsent)
{
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	((struct sock *)tp)->sk_prot = &paths_test_proto;
	((struct sock *)tp)->sk_sndbuf = 1 << 20;
	tp->snd_cwnd = cwnd;
	tp->packets_out = in_flight;
	tp->snd_nxt = 0xffffffff;	/* what lies unsent crosses 0 */
	tp->write_seq = tp->snd_nxt + unsent;
	return tp;
}

static void paths_room(struct kunit *test)
{
	static const struct {
		u32 cwnd, in_flight, unsent, mss, room;
	} cases[] = {
		{ 10, 0, 0, 1000, 10000 },
		{ 10, 9, 0, 1000, 1000 },
		{ 10, 10, 0, 1000, 0 },
		{ 10, 11, 0, 1000, 0 },		/* the window has shrunk */
		{ 10, 4, 3000, 1000, 3000 },
		{ 10, 4, 3001, 1000, 2000 },	/* a byte costs a packet */
		{ 10, 4, 1, 1000, 5000 },
		{ 10, 4, 6000, 1000, 0 },
		{ 10, 4, 90000, 1000, 0 },
		{ 1, 0, 0, 1, 1 },
		{ U32_MAX / 2, 0, 0, 65535, INT_MAX / 2 },	/* does not overflow */
	};
	struct tcp_sock *tp;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		tp = fake_tcp(test, cases[i].cwnd, cases[i].in_flight, cases[i].unsent);
		KUNIT_EXPECT_EQ_MSG(test, path_room((struct sock *)tp, tp, cases[i].mss),
				    cases[i].room, "case %u", i);
	}
	/* no memory, no room */
	tp = fake_tcp(test, 10, 0, 0);
	((struct sock *)tp)->sk_wmem_queued = 1 << 20;
	KUNIT_EXPECT_EQ(test, path_room((struct sock *)tp, tp, 1000), 0U);
	((struct sock *)tp)->sk_wmem_queued = (1 << 20) - 1;
	KUNIT_EXPECT_EQ(test, path_room((struct sock *)tp, tp, 1000), 10000U);
}

static void paths_rate(struct kunit *test)
{
	struct tcp_sock *tp = fake_tcp(test, 10, 0, 0);

	tp->mss_cache = 1000;
	KUNIT_EXPECT_EQ(test, path_rate(tp), 0ULL);
	tp->rate_delivered = 5;
	KUNIT_EXPECT_EQ(test, path_rate(tp), 0ULL);
	tp->rate_interval_us = 1000;
	KUNIT_EXPECT_EQ(test, path_rate(tp), 5000000ULL);
	tp->rate_interval_us = 3;
	KUNIT_EXPECT_EQ(test, path_rate(tp), 1666666666ULL);
	tp->rate_delivered = U32_MAX;
	tp->mss_cache = 1500;
	tp->rate_interval_us = U32_MAX;
	KUNIT_EXPECT_EQ(test, path_rate(tp), 1500000000ULL);
}

static void paths_capacity(struct kunit *test)
{
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, msk);
	KUNIT_ASSERT_NOT_NULL(test, view);
	mptcpx_msk_sk(msk)->sk_sndbuf = 9000;
	view->una = U64_MAX - 1000;
	view->wnd_end = view->una + 100000;
	KUNIT_EXPECT_EQ(test, capacity(msk, view), 6000U);
	view->wnd_end = view->una + 5999;
	KUNIT_EXPECT_EQ(test, capacity(msk, view), 5999U);
	view->wnd_end = view->una;
	KUNIT_EXPECT_EQ(test, capacity(msk, view), 0U);
	/* half of INT_MAX is the most that SO_SNDBUF takes */
	mptcpx_msk_sk(msk)->sk_sndbuf = INT_MAX;
	view->wnd_end = view->una + U32_MAX;
	KUNIT_EXPECT_EQ(test, capacity(msk, view), INT_MAX / 3 * 2U);
}

static void paths_measures(struct kunit *test)
{
	static const struct {
		u32 mss_cache, mss, srtt8, srtt;
	} cases[] = {
		{ 1460, 1432, 80000, 10000 },
		{ MPTCPX_DSS_LEN + 2, 2, 8, 1 },
		{ MPTCPX_DSS_LEN + 1, 1, 15, 1 },
		/* no room for data, as it seems: divided by, nevertheless */
		{ MPTCPX_DSS_LEN, 1, 7, U32_MAX },
		{ MPTCPX_DSS_LEN - 1, 1, 0, U32_MAX },
		{ 0, 1, U32_MAX, U32_MAX >> 3 },
		{ 65535, 65535 - MPTCPX_DSS_LEN, 16, 2 },
	};
	static const struct {
		u8 ca_state;
		u32 sacked;
		bool hole;
	} holes[] = {
		{ TCP_CA_Open, 0, false }, { TCP_CA_Disorder, 0, false }, { TCP_CA_CWR, 0, false },
		{ TCP_CA_Recovery, 0, true }, { TCP_CA_Loss, 0, true }, { TCP_CA_Open, 1, true },
		{ TCP_CA_Disorder, 3, true },
	};
	struct tcp_sock *tp = fake_tcp(test, 10, 0, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		tp->mss_cache = cases[i].mss_cache;
		tp->srtt_us = cases[i].srtt8;
		KUNIT_EXPECT_EQ_MSG(test, path_mss(tp), cases[i].mss, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, path_srtt(tp), cases[i].srtt, "case %u", i);
	}
	for (i = 0; i < ARRAY_SIZE(holes); i++) {
		tp->inet_conn.icsk_ca_state = holes[i].ca_state;
		tp->sacked_out = holes[i].sacked;
		KUNIT_EXPECT_EQ_MSG(test, path_hole(tp), holes[i].hole, "hole %u", i);
	}
}

/* the subflow's timer, where it is kept: see mptcpx_timeout_expires() */
static void fake_timeout(struct tcp_sock *tp, unsigned long expires)
{
#ifdef MPTCPX_HAVE_inet_connection_sock_icsk_timeout
	tp->inet_conn.icsk_timeout = expires;
#else
	((struct sock *)tp)->tcp_retransmit_timer.expires = expires;
#endif
}

/* a connection of @n subflows, with @bytes in one fragment from @una, all sent */
static struct mptcpx_conn *fake_conn(struct kunit *test, unsigned int n, u64 una, u16 bytes)
{
	struct mptcpx_conn *conn = kunit_kzalloc(test, sizeof(*conn), GFP_KERNEL);
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct mptcp_data_frag *dfrag = kunit_kzalloc(test, sizeof(*dfrag), GFP_KERNEL);
	struct mptcp_subflow_context *subflow;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_ASSERT_NOT_NULL(test, msk);
	KUNIT_ASSERT_NOT_NULL(test, dfrag);
	conn->msk = msk;
	conn->push_slot = MPTCPX_PATHS_MAX;
	mptcpx_ledger_reset(&conn->ledger, una);
	INIT_LIST_HEAD(&msk->rtx_queue);
	INIT_LIST_HEAD(&msk->conn_list);
	msk->snd_una = una;
	msk->snd_nxt = una;
	for (i = 0; i < n; i++) {
		subflow = kunit_kzalloc(test, sizeof(*subflow), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, subflow);
		subflow->subflow_id = i + 1;
		/* counters of 32 bits, about to wrap */
		subflow->rel_write_seq = U32_MAX - 10;
		list_add_tail(&subflow->node, &msk->conn_list);
	}
	mptcpx_paths_sync(conn, true);
	dfrag->data_seq = una;
	dfrag->data_len = bytes;
	dfrag->already_sent = bytes;
	list_add_tail(&dfrag->list, &msk->rtx_queue);
	msk->snd_nxt = una + bytes;
	conn->push_from = una;
	conn->push_nxt = una;
	return conn;
}

static struct mptcp_subflow_context *nth(const struct mptcpx_conn *conn, unsigned int n)
{
	struct mptcp_subflow_context *subflow;

	mptcpx_for_each_subflow(conn->msk, subflow)
		if (!n--)
			return subflow;
	return NULL;
}

/* who was told to send, did, and what others sent behind it */
static void paths_account(struct kunit *test)
{
	const u64 una = U64_MAX - 500;
	struct mptcpx_conn *conn = fake_conn(test, 3, una, 1000);
	u64 from, to;

	conn->push_slot = 1;
	nth(conn, 1)->rel_write_seq += 600;
	nth(conn, 2)->rel_write_seq += 400;
	KUNIT_EXPECT_EQ(test, mptcpx_paths_sync(conn, true), MPTCPX_PATHS_MAX);
	KUNIT_EXPECT_EQ(test, conn->slots[0].bytes, 0ULL);
	KUNIT_EXPECT_EQ(test, conn->slots[1].bytes, 600ULL);
	KUNIT_EXPECT_EQ(test, conn->slots[2].bytes, 400ULL);
	KUNIT_EXPECT_EQ(test, conn->slots[1].copied + conn->slots[2].copied, 0ULL);
	KUNIT_EXPECT_EQ(test, conn->push_from, una + 1000);
	KUNIT_EXPECT_EQ(test, conn->push_nxt, una + 1000);
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_lacks(&conn->ledger, 2, una + 1000, &from, &to));
	KUNIT_EXPECT_EQ(test, from, una + 600);
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_lacks(&conn->ledger, 4, una + 1000, &from, &to));
	KUNIT_EXPECT_EQ(test, to, una + 600);

	/* again, on the first: a copy */
	conn->push_slot = 0;
	conn->push_from = una + 100;
	conn->push_nxt = una + 1000;
	nth(conn, 0)->rel_write_seq += 300;
	KUNIT_EXPECT_EQ(test, mptcpx_paths_sync(conn, true), MPTCPX_PATHS_MAX);
	KUNIT_EXPECT_EQ(test, conn->slots[0].copied, 300ULL);
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_lacks(&conn->ledger, 1, una + 1000, &from, &to));
	KUNIT_EXPECT_EQ(test, to, una + 100);

	/* told to send, and sent nothing */
	conn->push_slot = 2;
	KUNIT_EXPECT_EQ(test, mptcpx_paths_sync(conn, true), 2);
	KUNIT_EXPECT_EQ(test, mptcpx_paths_sync(conn, true), MPTCPX_PATHS_MAX);

	/* a zero window probe is no data */
	conn->push_slot = 2;
	conn->push_from = una + 1000;
	nth(conn, 2)->rel_write_seq += 1;
	mptcpx_paths_sync(conn, true);
	KUNIT_EXPECT_EQ(test, conn->slots[2].copied, 0ULL);
	KUNIT_EXPECT_EQ(test, conn->slots[2].bytes, 401ULL);
	KUNIT_EXPECT_EQ(test, conn->ledger.end, una + 1000);
}

/* since when acknowledgements have come to a stop */
static void paths_stopped(struct kunit *test)
{
	struct mptcpx_conn *conn = fake_conn(test, 1, 7, 100);
	const unsigned long old = jiffies - 100 * HZ;

	conn->una_stamp = old;
	mptcpx_paths_sync(conn, false);
	KUNIT_EXPECT_EQ(test, conn->una_stamp, old);
	conn->msk->snd_una = 50;
	mptcpx_paths_sync(conn, false);
	KUNIT_EXPECT_EQ(test, conn->una_seen, 50ULL);
	KUNIT_EXPECT_TRUE(test, time_after(conn->una_stamp, old));
	conn->una_stamp = old;
	mptcpx_paths_sync(conn, false);
	KUNIT_EXPECT_EQ(test, conn->una_stamp, old);
	/* nothing is waited for */
	conn->msk->snd_una = 107;
	mptcpx_paths_sync(conn, false);
	conn->una_stamp = old;
	mptcpx_paths_sync(conn, false);
	KUNIT_EXPECT_TRUE(test, time_after(conn->una_stamp, old));
	set_timeout(conn->msk, 7);
	KUNIT_EXPECT_EQ(test, conn->msk->timer_ival, 7UL);
	set_timeout(conn->msk, 0);
	KUNIT_EXPECT_EQ(test, conn->msk->timer_ival, (unsigned long)TCP_RTO_MIN);
	set_timeout(conn->msk, -1);
	KUNIT_EXPECT_EQ(test, conn->msk->timer_ival, (unsigned long)TCP_RTO_MIN);
}

/* a new subflow at an old one's address is another one; a slot is used again */
static void paths_slots(struct kunit *test)
{
	struct mptcpx_conn *conn = fake_conn(test, 3, 7, 100);
	struct mptcp_subflow_context *first = nth(conn, 0), *second = nth(conn, 1);
	u64 from, to;

	conn->push_slot = 0;
	first->rel_write_seq += 100;
	mptcpx_paths_sync(conn, true);
	KUNIT_EXPECT_EQ(test, mptcpx_slot_index(conn, first), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_slot_index(conn, second), 1);
	KUNIT_EXPECT_FALSE(test, mptcpx_ledger_orphan(&conn->ledger, 1, 107, &from, &to));
	/* what a BPF scheduler kept where it goes now was another one's */
	conn->store = kunit_kzalloc(test, sizeof(*conn->store), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, conn->store);
	conn->store->path[1][0] = 1;
	conn->store->path[3][0] = 1;
	first->subflow_id = 9;
	KUNIT_EXPECT_EQ(test, mptcpx_slot_index(conn, first), MPTCPX_PATHS_MAX);
	mptcpx_paths_sync(conn, true);
	KUNIT_EXPECT_EQ(test, mptcpx_slot_index(conn, first), 3);
	KUNIT_EXPECT_EQ(test, conn->slots[3].bytes, 0ULL);
	KUNIT_EXPECT_EQ(test, conn->store->path[3][0], 0);
	KUNIT_EXPECT_EQ(test, conn->store->path[1][0], 1);
	KUNIT_EXPECT_NULL(test, conn->slots[0].subflow);
	/* with the old one went what it had */
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_orphan(&conn->ledger, 0xffff, 107, &from, &to));
	list_del(&second->node);
	mptcpx_paths_sync(conn, true);
	KUNIT_EXPECT_NULL(test, conn->slots[1].subflow);
	list_add_tail(&second->node, &conn->msk->conn_list);
	mptcpx_paths_sync(conn, true);
	KUNIT_EXPECT_EQ(test, mptcpx_slot_index(conn, second), 0);
}

/* more subflows than slots: those beyond are left alone */
static void paths_many(struct kunit *test)
{
	struct mptcpx_conn *conn = fake_conn(test, MPTCPX_PATHS_MAX + 3, 7, 100);
	unsigned int i;

	for (i = 0; i < MPTCPX_PATHS_MAX + 3; i++)
		KUNIT_EXPECT_EQ(test, mptcpx_slot_index(conn, nth(conn, i)),
				min(i, MPTCPX_PATHS_MAX));
}

/* how long the core waits for who waits longest, but not for the dead */
static void paths_timeouts(struct kunit *test)
{
	struct mptcpx_conn *conn = fake_conn(test, 3, 7, 100);
	struct mptcp_subflow_context *subflow;
	struct tcp_sock *tp;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		tp = fake_tcp(test, 10, 0, 0);
		nth(conn, i)->tcp_sock = (struct sock *)tp;
		fake_timeout(tp, jiffies + 100 * HZ * (i + 1));
	}
	/* nobody waits */
	KUNIT_EXPECT_EQ(test, subflow_timeout(nth(conn, 1)), 0L);
	mptcpx_set_timeout(conn->msk);
	KUNIT_EXPECT_EQ(test, conn->msk->timer_ival, (unsigned long)TCP_RTO_MIN);
	mptcpx_for_each_subflow(conn->msk, subflow)
		inet_csk(subflow->tcp_sock)->icsk_pending = ICSK_TIME_RETRANS;
	/* the test itself takes time */
	KUNIT_EXPECT_GT(test, subflow_timeout(nth(conn, 1)), 190L * HZ);
	KUNIT_EXPECT_LE(test, subflow_timeout(nth(conn, 1)), 200L * HZ);
	mptcpx_set_timeout(conn->msk);
	KUNIT_EXPECT_GT(test, conn->msk->timer_ival, 290UL * HZ);
	KUNIT_EXPECT_LE(test, conn->msk->timer_ival, 300UL * HZ);
	/* nothing was heard of it for that time already */
	nth(conn, 2)->stale_count = 1;
	KUNIT_EXPECT_EQ(test, subflow_timeout(nth(conn, 2)), 0L);
	mptcpx_set_timeout(conn->msk);
	KUNIT_EXPECT_LE(test, conn->msk->timer_ival, 200UL * HZ);
	KUNIT_EXPECT_GT(test, conn->msk->timer_ival, 190UL * HZ);
	/* due, or overdue */
	fake_timeout((struct tcp_sock *)nth(conn, 1)->tcp_sock, jiffies - HZ);
	KUNIT_EXPECT_LT(test, subflow_timeout(nth(conn, 1)), 0L);
	nth(conn, 0)->stale_count = 1;
	mptcpx_set_timeout(conn->msk);
	KUNIT_EXPECT_EQ(test, conn->msk->timer_ival, (unsigned long)TCP_RTO_MIN);
}

/* who is in the snapshot, at which place */
static void paths_snapshot(struct kunit *test)
{
	const u64 una = U64_MAX - 500;
	struct mptcpx_conn *conn = fake_conn(test, 7, una, 1000);
	struct mptcpx_view *view = kunit_kzalloc(test, sizeof(*view), GFP_KERNEL);
	struct mptcp_sock *msk = conn->msk;
	struct tcp_sock *tp;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, view);
	mptcpx_msk_sk(msk)->sk_sndbuf = 9000;
	msk->wnd_end = una + 5000;
	for (i = 0; i < 7; i++) {
		tp = fake_tcp(test, 10 + i, 0, 0);
		((struct sock *)tp)->sk_state = TCP_ESTABLISHED;
		nth(conn, i)->tcp_sock = (struct sock *)tp;
		tp->mss_cache = 1000 + MPTCPX_DSS_LEN;
		tp->srtt_us = (i + 1) << 13;
		tp->snd_ssthresh = 13;
		tp->write_seq = 300;
		tp->snd_nxt = 300;
		tp->snd_una = 300 - i;
	}
	((struct sock *)nth(conn, 1)->tcp_sock)->sk_state = TCP_FIN_WAIT1;
	nth(conn, 2)->backup = 1;
	((struct sock *)nth(conn, 3)->tcp_sock)->sk_state = TCP_CLOSE_WAIT;
	nth(conn, 3)->request_bkup = 1;
	nth(conn, 4)->request_join = 1;	/* its handshake is not over */
	inet_csk(nth(conn, 5)->tcp_sock)->icsk_retransmits = 1;
	nth(conn, 5)->request_join = 1;
	nth(conn, 5)->fully_established = 1;
	conn->slots[5].bytes = 77;
	view->dead = 9;

	mptcpx_paths_view(conn, view);
	KUNIT_EXPECT_EQ(test, view->una, una);
	KUNIT_EXPECT_EQ(test, view->nxt, una + 1000);
	KUNIT_EXPECT_EQ(test, view->head, una + 1000);
	KUNIT_EXPECT_EQ(test, view->end, una + 1000);
	KUNIT_EXPECT_EQ(test, view->wnd_end, una + 5000);
	KUNIT_EXPECT_EQ(test, view->capacity, 5000U);
	KUNIT_ASSERT_EQ(test, view->n, 5);
	KUNIT_EXPECT_EQ(test, view->primary, 3);
	KUNIT_EXPECT_EQ(test, view->dead, 1);
	for (i = 0; i < 5; i++) {
		static const u8 slot[] = { 0, 2, 3, 5, 6 };
		const struct mptcpx_path *path = &view->path[i];

		KUNIT_EXPECT_EQ(test, path->index, i);
		KUNIT_EXPECT_EQ(test, path->slot, slot[i]);
		KUNIT_EXPECT_PTR_EQ(test, path->subflow, nth(conn, slot[i]));
		KUNIT_EXPECT_EQ(test, path->backup, slot[i] == 2 || slot[i] == 3);
		KUNIT_EXPECT_EQ(test, path->slow_start, slot[i] < 3);
		KUNIT_EXPECT_EQ(test, path->timed_out, slot[i] == 5);
		KUNIT_EXPECT_EQ(test, path->srtt_us, (slot[i] + 1U) << 10);
		KUNIT_EXPECT_EQ(test, path->mss, 1000U);
		KUNIT_EXPECT_EQ(test, path->window, (10ULL + slot[i]) * 1000);
		KUNIT_EXPECT_EQ(test, path->queued, slot[i]);
		KUNIT_EXPECT_EQ(test, path->sent, slot[i] == 5 ? 77ULL : 0ULL);
		KUNIT_EXPECT_FALSE(test, path->hole);
	}
}

static struct kunit_case paths_cases[] = {
	KUNIT_CASE(paths_room),
	KUNIT_CASE(paths_rate),
	KUNIT_CASE(paths_capacity),
	KUNIT_CASE(paths_account),
	KUNIT_CASE(paths_stopped),
	KUNIT_CASE(paths_slots),
	KUNIT_CASE(paths_many),
	KUNIT_CASE(paths_measures),
	KUNIT_CASE(paths_timeouts),
	KUNIT_CASE(paths_snapshot),
	{ }
};

static struct kunit_suite paths_suite = {
	.name = "mptcpx_paths",
	.test_cases = paths_cases,
};

kunit_test_suite(paths_suite);
