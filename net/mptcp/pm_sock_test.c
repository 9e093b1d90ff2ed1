// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what is read off a subflow; included at the end of pm_sock.c. Sockets are
 * of memory only.
 */
#include <kunit/test.h>

static void sock_phase(struct kunit *test)
{
	static const struct {
		int state;
		enum mptcpx_pm_phase joined, joining;
	} cases[] = {
		{ TCP_SYN_SENT, MPTCPX_PM_JOINING, MPTCPX_PM_JOINING },
		{ TCP_SYN_RECV, MPTCPX_PM_JOINING, MPTCPX_PM_JOINING },
		{ TCP_ESTABLISHED, MPTCPX_PM_UP, MPTCPX_PM_JOINING },
		{ TCP_CLOSE_WAIT, MPTCPX_PM_UP, MPTCPX_PM_JOINING },
		{ TCP_FIN_WAIT1, MPTCPX_PM_CLOSING, MPTCPX_PM_CLOSING },
		{ TCP_FIN_WAIT2, MPTCPX_PM_CLOSING, MPTCPX_PM_CLOSING },
		{ TCP_CLOSING, MPTCPX_PM_CLOSING, MPTCPX_PM_CLOSING },
		{ TCP_LAST_ACK, MPTCPX_PM_CLOSING, MPTCPX_PM_CLOSING },
		{ TCP_TIME_WAIT, MPTCPX_PM_CLOSING, MPTCPX_PM_CLOSING },
		{ TCP_CLOSE, MPTCPX_PM_CLOSING, MPTCPX_PM_CLOSING },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, phase(cases[i].state, true), cases[i].joined,
				    "state %d", cases[i].state);
		KUNIT_EXPECT_EQ_MSG(test, phase(cases[i].state, false), cases[i].joining,
				    "state %d", cases[i].state);
	}
}

static void sock_waited(struct kunit *test)
{
	static const struct {
		u8 pending;
		long rto, left, waited;
	} cases[] = {
		{ ICSK_TIME_RETRANS, 200, 200, 0 },
		{ ICSK_TIME_RETRANS, 200, 199, 1 },
		{ ICSK_TIME_RETRANS, 200, 1, 199 },
		{ ICSK_TIME_RETRANS, 200, 0, 0 },	/* due */
		{ ICSK_TIME_RETRANS, 200, -1, 0 },
		{ ICSK_TIME_RETRANS, 200, 201, 0 },	/* not started with this timeout */
		{ ICSK_TIME_RETRANS, 200, LONG_MAX, 0 },
		{ ICSK_TIME_RETRANS, 200, LONG_MIN, 0 },
		{ ICSK_TIME_LOSS_PROBE, 200, 100, 0 },
		{ ICSK_TIME_PROBE0, 200, 100, 0 },
		{ 0, 200, 100, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, waited(cases[i].pending, cases[i].rto, cases[i].left),
				    cases[i].waited, "case %u", i);
}

static void sock_numbers(struct kunit *test)
{
	/* a probe counts as one, and not in addition */
	KUNIT_EXPECT_EQ(test, timeouts(0, 0), 0);
	KUNIT_EXPECT_EQ(test, timeouts(0, 1), 1);
	KUNIT_EXPECT_EQ(test, timeouts(0, 0x80000000), 1);
	KUNIT_EXPECT_EQ(test, timeouts(1, 1), 1);
	KUNIT_EXPECT_EQ(test, timeouts(3, 0), 3);
	KUNIT_EXPECT_EQ(test, timeouts(3, 7), 3);
	/* the one it is in is not over */
	KUNIT_EXPECT_EQ(test, recovered(0, 0), 0U);
	KUNIT_EXPECT_EQ(test, recovered(3, 0), 3U);
	KUNIT_EXPECT_EQ(test, recovered(3, 1), 2U);
	KUNIT_EXPECT_EQ(test, recovered(3, 15), 2U);
	KUNIT_EXPECT_EQ(test, recovered(0, 2), 0U);
	KUNIT_EXPECT_EQ(test, recovered(U16_MAX, 0), 65535U);
	/* halved once, however many there were */
	KUNIT_EXPECT_EQ(test, rto_before(200, 0), 200U);
	KUNIT_EXPECT_EQ(test, rto_before(400, 1), 200U);
	KUNIT_EXPECT_EQ(test, rto_before(400, 2), 200U);
	KUNIT_EXPECT_EQ(test, rto_before(401, 255), 200U);
	/* eighths of µs: what was measured at all is a ms at least */
	KUNIT_EXPECT_EQ(test, rtt_ms(0), 0U);
	KUNIT_EXPECT_EQ(test, rtt_ms(8), 1U);
	KUNIT_EXPECT_EQ(test, rtt_ms(8000), 1U);
	KUNIT_EXPECT_EQ(test, rtt_ms(8007), 1U);
	KUNIT_EXPECT_EQ(test, rtt_ms(8008), 2U);
	KUNIT_EXPECT_EQ(test, rtt_ms(80000), 10U);
	KUNIT_EXPECT_EQ(test, rtt_ms(U32_MAX), 536871U);
}

static struct sock *sock_fake(struct kunit *test, u8 state)
{
	struct tcp6_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);
	struct sock *sk = (struct sock *)tp;

	KUNIT_ASSERT_NOT_NULL(test, tp);
	sk->sk_family = AF_INET;
	sk->sk_state = state;
	sk->sk_rcv_saddr = htonl(0x0a000001);
	sk->sk_daddr = htonl(0x0a000002);
	inet_sk(sk)->inet_sport = htons(1000);
	sk->sk_dport = htons(80);
	return sk;
}

/* what is mapped into IPv6 is IPv4 */
static void sock_addresses(struct kunit *test)
{
	struct sock *sk = sock_fake(test, TCP_ESTABLISHED);
	struct mptcpx_pm_addr local, remote;

	memset(&local, 0xff, sizeof(local));
	memset(&remote, 0xff, sizeof(remote));
	sock_ends(sk, &local, &remote);
	KUNIT_EXPECT_EQ(test, local.family, AF_INET);
	KUNIT_EXPECT_EQ(test, local.v4, htonl(0x0a000001));
	KUNIT_EXPECT_EQ(test, local.port, htons(1000));
	KUNIT_EXPECT_EQ(test, remote.family, AF_INET);
	KUNIT_EXPECT_EQ(test, remote.v4, htonl(0x0a000002));
	KUNIT_EXPECT_EQ(test, remote.port, htons(80));
	/* compared as a whole elsewhere */
	KUNIT_EXPECT_EQ(test, remote.v6.s6_addr32[1] | remote.v6.s6_addr32[2] |
			remote.v6.s6_addr32[3], 0U);
	/* not bound yet: the number that it has all the same */
	inet_sk(sk)->inet_sport = 0;
	sk->sk_num = 7;
	sock_ends(sk, &local, &remote);
	KUNIT_EXPECT_EQ(test, local.port, htons(7));
#if IS_ENABLED(CONFIG_IPV6)
	sk->sk_family = AF_INET6;
	ipv6_addr_set_v4mapped(htonl(0x0a000003), &sk->sk_v6_rcv_saddr);
	ipv6_addr_set(&sk->sk_v6_daddr, htonl(0x20010db8), 0, 0, htonl(5));
	sock_ends(sk, &local, &remote);
	KUNIT_EXPECT_EQ(test, local.family, AF_INET);
	KUNIT_EXPECT_EQ(test, local.v4, htonl(0x0a000003));
	KUNIT_EXPECT_EQ(test, local.v6.s6_addr32[3], 0U);
	KUNIT_EXPECT_EQ(test, remote.family, AF_INET6);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&remote.v6, &sk->sk_v6_daddr));
	KUNIT_EXPECT_EQ(test, remote.port, htons(80));
#endif
}

/* a connection with its subflows */
static void sock_looks(struct kunit *test)
{
	struct mptcpx_pm_state *state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	struct sock *sk = mptcpx_msk_sk(msk), *ssk;
	struct mptcp_subflow_context *subflow;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_ASSERT_NOT_NULL(test, msk);
	INIT_LIST_HEAD(&msk->conn_list);
	spin_lock_init(&msk->pm.lock);
	sk->sk_family = AF_INET;
	sk->sk_state = TCP_ESTABLISHED;
	sk->sk_dport = htons(443);
	look(msk, state);
	KUNIT_EXPECT_EQ(test, state->subs, 0);
	KUNIT_EXPECT_FALSE(test, state->established);
	KUNIT_EXPECT_FALSE(test, state->closing);
	KUNIT_EXPECT_TRUE(test, state->v4);
	KUNIT_EXPECT_FALSE(test, state->v6);
	KUNIT_EXPECT_EQ(test, state->said.family, 0);

	/* announced without a port: that of the connection */
	msk->pm.remote.family = AF_INET;
	msk->pm.remote.addr.s_addr = htonl(9);
	msk->pm.remote.id = 4;
	msk->fully_established = true;
	look(msk, state);
	KUNIT_EXPECT_TRUE(test, state->established);
	KUNIT_EXPECT_EQ(test, state->said.family, AF_INET);
	KUNIT_EXPECT_EQ(test, state->said.v4, htonl(9));
	KUNIT_EXPECT_EQ(test, state->said.port, htons(443));
	KUNIT_EXPECT_EQ(test, state->said_id, 4);
	msk->pm.remote.port = htons(8080);
	sk->sk_state = TCP_SYN_RECV;
	look(msk, state);
	KUNIT_EXPECT_EQ(test, state->said.port, htons(8080));
	KUNIT_EXPECT_FALSE(test, state->established);
	KUNIT_EXPECT_TRUE(test, state->closing);
	sk->sk_state = TCP_CLOSE_WAIT;
	look(msk, state);
	KUNIT_EXPECT_TRUE(test, state->established);
	KUNIT_EXPECT_TRUE(test, state->closing);

	/* more subflows than there are places for; one has ended, and takes none */
	for (i = 0; i < MPTCPX_PM_SUBS + 2; i++) {
		subflow = kunit_kzalloc(test, sizeof(*subflow), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, subflow);
		ssk = sock_fake(test, i == 1 ? TCP_CLOSE : TCP_ESTABLISHED);
		subflow->tcp_sock = ssk;
		subflow->subflow_id = i;
		list_add_tail(&subflow->node, &msk->conn_list);
		if (i == 2)
			subflow->request_join = 1;
		if (i == 3) {
			tcp_sk(ssk)->packets_out = 3;
			tcp_sk(ssk)->snd_una = 77;
			inet_csk(ssk)->icsk_rto = 8 * HZ;
			inet_csk(ssk)->icsk_backoff = 2;
			inet_csk(ssk)->icsk_retransmits = 2;
			tcp_sk(ssk)->srtt_us = 80000;
			tcp_sk(ssk)->data_segs_out = 70000;
			tcp_sk(ssk)->total_rto_recoveries = 9;
			subflow->local_id = 5;
			subflow->remote_id = 6;
		}
	}
	look(msk, state);
	KUNIT_ASSERT_EQ(test, state->subs, MPTCPX_PM_SUBS);
	KUNIT_EXPECT_EQ(test, state->sub[0].id, 0U);
	KUNIT_EXPECT_EQ(test, state->sub[0].phase, MPTCPX_PM_UP);
	KUNIT_EXPECT_EQ(test, state->sub[0].outstanding, 0U);
	KUNIT_EXPECT_EQ(test, state->sub[1].id, 2U);
	KUNIT_EXPECT_EQ(test, state->sub[1].phase, MPTCPX_PM_JOINING);
	KUNIT_EXPECT_EQ(test, state->sub[2].id, 3U);
	KUNIT_EXPECT_EQ(test, state->sub[2].outstanding, 3U);
	KUNIT_EXPECT_EQ(test, state->sub[2].una, 77U);
	KUNIT_EXPECT_EQ(test, state->sub[2].rto, 4000U);
	KUNIT_EXPECT_EQ(test, state->sub[2].timeouts, 2);
	KUNIT_EXPECT_EQ(test, state->sub[2].rtt, 10U);
	KUNIT_EXPECT_EQ(test, state->sub[2].sent, 70000U);
	KUNIT_EXPECT_EQ(test, state->sub[2].recovered, 8U);
	KUNIT_EXPECT_EQ(test, state->sub[2].local_id, 5);
	KUNIT_EXPECT_EQ(test, state->sub[2].remote_id, 6);
	KUNIT_EXPECT_EQ(test, state->sub[MPTCPX_PM_SUBS - 1].id, (u32)MPTCPX_PM_SUBS);
}

/* a DATA_FIN whose turn it is, and nobody has looked */
static void sock_fin(struct kunit *test)
{
	static const struct {
		bool noted;
		u64 ack, fin;
		int state;
		bool due;
	} cases[] = {
		{ true, 100, 100, TCP_ESTABLISHED, true },
		{ true, 0, 0, TCP_FIN_WAIT1, true },
		{ true, U64_MAX, U64_MAX, TCP_FIN_WAIT2, true },
		/* data are missing */
		{ true, 99, 100, TCP_ESTABLISHED, false },
		{ true, U64_MAX, 0, TCP_ESTABLISHED, false },
		/* none has come */
		{ false, 100, 100, TCP_ESTABLISHED, false },
		/* it was acted upon */
		{ true, 100, 100, TCP_CLOSE_WAIT, false },
		{ true, 100, 100, TCP_CLOSING, false },
		{ true, 100, 100, TCP_LAST_ACK, false },
		{ true, 100, 100, TCP_CLOSE, false },
	};
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, msk);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		msk->rcv_data_fin = cases[i].noted;
		msk->ack_seq = cases[i].ack;
		msk->rcv_data_fin_seq = cases[i].fin;
		KUNIT_EXPECT_EQ_MSG(test, fin_noted(msk, cases[i].state), cases[i].due,
				    "case %u", i);
	}
}

static struct kunit_case sock_cases[] = {
	KUNIT_CASE(sock_phase),
	KUNIT_CASE(sock_waited),
	KUNIT_CASE(sock_numbers),
	KUNIT_CASE(sock_addresses),
	KUNIT_CASE(sock_looks),
	KUNIT_CASE(sock_fin),
	{ }
};

static struct kunit_suite sock_suite = {
	.name = "mptcpx_pm_sock",
	.test_cases = sock_cases,
};

kunit_test_suite(sock_suite);
