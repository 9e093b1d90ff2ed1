// SPDX-License-Identifier: GPL-2.0
/*
 * What the netlink interface cannot do: tell what subflows a connection has,
 * and end one at once.
 *
 * Netlink's own way of ending a subflow (MPTCP_PM_CMD_SUBFLOW_DESTROY) closes
 * it in good order. On a path that is dead the subflow then waits for its FIN
 * to be acknowledged, its retransmission timeout growing; mptcp_set_timeout()
 * (net/mptcp/protocol.c, 6.12 and 7.3) takes the largest timeout of all
 * subflows, and the connection's next failure is noticed after that one only.
 * An abort leaves nothing behind, and the core sends what was in flight again
 * on another subflow, or on the next one that comes if there is none.
 */
#include <linux/sched/signal.h>

#include "pm.h"
#include "pm_trace.h"
#include "private.h"

static void set_v4(struct mptcpx_pm_addr *addr, __be32 v4, __be16 port)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = AF_INET;
	addr->port = port;
	addr->v4 = v4;
}

static void set_v6(struct mptcpx_pm_addr *addr, const struct in6_addr *v6, __be16 port)
{
	memset(addr, 0, sizeof(*addr));
	if (ipv6_addr_v4mapped(v6)) {
		set_v4(addr, v6->s6_addr32[3], port);
		return;
	}
	addr->family = AF_INET6;
	addr->port = port;
	addr->v6 = *v6;
}

static void sock_ends(const struct sock *sk, struct mptcpx_pm_addr *local,
		      struct mptcpx_pm_addr *remote)
{
	__be16 sport = inet_sk(sk)->inet_sport ?: htons(sk->sk_num);

	if (IS_ENABLED(CONFIG_IPV6) && sk->sk_family == AF_INET6) {
		set_v6(local, &sk->sk_v6_rcv_saddr, sport);
		set_v6(remote, &sk->sk_v6_daddr, sk->sk_dport);
	} else {
		set_v4(local, sk->sk_rcv_saddr, sport);
		set_v4(remote, sk->sk_daddr, sk->sk_dport);
	}
}

/* where a subflow stands; pure. @joined: all that its handshake asks for has been said */
static enum mptcpx_pm_phase phase(int state, bool joined)
{
	switch (state) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return MPTCPX_PM_JOINING;
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
		return joined ? MPTCPX_PM_UP : MPTCPX_PM_JOINING;
	default:
		return MPTCPX_PM_CLOSING;
	}
}

/*
 * Jiffies since the last retransmission timeout or loss probe, by the timer that runs
 * since then (tcp_send_loss_probe() starts it anew), which has @left to run; pure. One that
 * is due, or about something else, tells nothing: the next probe is put off with all that
 * is sent. Not by the stamp of the first retransmission: that may have been a fast one.
 */
static long waited(u8 pending, long rto, long left)
{
	return pending == ICSK_TIME_RETRANS && left > 0 && left <= rto ? rto - left : 0;
}

/* the probe for the loss of the tail asks as well, and comes first; pure */
static u8 timeouts(u8 retransmits, u32 probe)
{
	return retransmits ?: probe != 0;
}

/* each timeout doubles it, but for thin streams; pure */
static u32 rto_before(u32 ms, u8 backoff)
{
	return ms >> !!backoff;
}

/* ms, rounded up, from what TCP keeps: eighths of µs; pure */
static u32 rtt_ms(u32 srtt_us)
{
	return DIV_ROUND_UP(srtt_us >> 3, USEC_PER_MSEC);
}

/*
 * Times that it timed out and was answered; TCP counts the one it is in as well, from its
 * beginning (tcp_update_rto_stats(), 6.12 and 7.3); pure
 */
static u32 recovered(u16 recoveries, u8 retransmits)
{
	return recoveries - (recoveries && retransmits);
}

static void look_at(const struct mptcp_subflow_context *subflow, struct mptcpx_pm_sub *sub)
{
	const struct sock *ssk = mptcpx_ssk(subflow);
	const struct inet_connection_sock *icsk = inet_csk(ssk);
	const struct tcp_sock *tp = tcp_sk(ssk);
	long rto = READ_ONCE(icsk->icsk_rto);

	sub->id = subflow->subflow_id;
	sock_ends(ssk, &sub->local, &sub->remote);
	sub->local_id = READ_ONCE(subflow->local_id);
	sub->remote_id = READ_ONCE(subflow->remote_id);
	/* the fourth packet of the handshake is the last */
	sub->phase = phase(inet_sk_state_load(ssk), !subflow->request_join ||
			   READ_ONCE(subflow->fully_established));
	sub->backup = subflow->request_bkup;
	sub->bound = READ_ONCE(ssk->sk_bound_dev_if) != 0;
	sub->outstanding = READ_ONCE(tp->packets_out);
	sub->una = READ_ONCE(tp->snd_una);
	sub->timeouts = timeouts(READ_ONCE(icsk->icsk_retransmits), READ_ONCE(tp->tlp_high_seq));
	sub->rto = rto_before(jiffies_to_msecs(rto), READ_ONCE(icsk->icsk_backoff));
	sub->waited = jiffies_to_msecs(waited(READ_ONCE(icsk->icsk_pending), rto,
					      mptcpx_timeout_expires(ssk) - jiffies));
	sub->quiet = jiffies_to_msecs(tcp_jiffies32 - READ_ONCE(tp->rcv_tstamp));
	sub->rtt = rtt_ms(READ_ONCE(tp->srtt_us));
	sub->sent = READ_ONCE(tp->data_segs_out);
	sub->recovered = recovered(READ_ONCE(tp->total_rto_recoveries),
				   READ_ONCE(icsk->icsk_retransmits));
}

/*
 * The core keeps the last announcement, for its echo: mptcp_pm_announce_addr()
 * of 6.12 and 7.3.
 */
static void look_announced(struct mptcp_sock *msk, struct mptcpx_pm_state *state)
{
	const struct mptcp_addr_info *said = &msk->pm.remote;
	__be16 port;

	memset(&state->said, 0, sizeof(state->said));
	spin_lock_bh(&msk->pm.lock);
	port = said->port ?: mptcpx_msk_sk(msk)->sk_dport;
	if (said->family == AF_INET)
		set_v4(&state->said, said->addr.s_addr, port);
#if IS_ENABLED(CONFIG_IPV6)
	else if (said->family == AF_INET6)
		set_v6(&state->said, &said->addr6, port);
#endif
	state->said_id = said->id;
	spin_unlock_bh(&msk->pm.lock);
}

static void look(struct mptcp_sock *msk, struct mptcpx_pm_state *state)
{
	const struct sock *sk = mptcpx_msk_sk(msk);
	const struct mptcp_subflow_context *subflow;

	sock_ends(sk, &state->local, &state->remote);
	state->listener = READ_ONCE(msk->pm.server_side);
	state->deny_first = READ_ONCE(msk->pm.remote_deny_join_id0);
	state->established = READ_ONCE(msk->fully_established) &&
			     sk->sk_state != TCP_SYN_SENT && sk->sk_state != TCP_SYN_RECV;
	/* __mptcp_subflow_connect() and mptcp_finish_join() refuse then */
	state->closing = sk->sk_state != TCP_ESTABLISHED;
	state->keepalive = sock_flag(sk, SOCK_KEEPOPEN);
	state->v4 = sk->sk_family == AF_INET || !ipv6_only_sock(sk);
	state->v6 = sk->sk_family == AF_INET6;
	state->mark = READ_ONCE(sk->sk_mark);
	state->uid = sk->sk_uid;
	look_announced(msk, state);
	state->subs = 0;
	mptcpx_for_each_subflow(msk, subflow) {
		if (state->subs == MPTCPX_PM_SUBS)
			break;
		/* ended, and kept for the connection's own sake */
		if (inet_sk_state_load(mptcpx_ssk(subflow)) == TCP_CLOSE)
			continue;
		look_at(subflow, &state->sub[state->subs++]);
	}
}

/* is it the turn of a DATA_FIN that the peer has sent? mptcp_pending_data_fin(); pure */
static bool fin_noted(const struct mptcp_sock *msk, int state)
{
	return READ_ONCE(msk->rcv_data_fin) &&
	       READ_ONCE(msk->ack_seq) == READ_ONCE(msk->rcv_data_fin_seq) &&
	       (1 << state) & (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2);
}

/*
 * The core can note one and then forget to look (see fin.c); its worker does, whatever it is
 * called for. As mptcp_schedule_work(), 6.12 and 7.3: mptcp_worker() gives the reference back.
 */
static void fin_again(struct mptcp_sock *msk)
{
	struct sock *sk = mptcpx_msk_sk(msk);

	if (!fin_noted(msk, sk->sk_state))
		return;
	sock_hold(sk);
	if (!schedule_work(&msk->work))
		sock_put(sk);
}

/**
 * mptcpx_pm_sock_state() - what is there of a connection?
 * @net: its namespace
 * @token: its token
 * @state: where to
 * @wait: a few ms, for who owns the connection
 *
 * Context: process, sleeps.
 * Return: 0; -EAGAIN if somebody owns the connection for longer; -ENOENT if there is no
 * such connection, or none whose subflows are ours to manage: it is about to end, has
 * fallen back to TCP, or is the kernel's own path manager's.
 */
int mptcpx_pm_sock_state(struct net *net, u32 token, struct mptcpx_pm_state *state,
			 bool wait)
{
	struct mptcp_sock *msk = mptcp_token_get_sock(net, token);
	struct sock *sk = mptcpx_msk_sk(msk);
	int err = 0;

	if (!msk)
		return -ENOENT;
	if (!mptcpx_own(sk, wait ? MPTCPX_PATIENT : 0)) {
		err = -EAGAIN;
		goto out;
	}
	if (sk->sk_state == TCP_CLOSE || sk->sk_state == TCP_LISTEN ||
	    mptcpx_is_fallback(msk) || !mptcpx_pm_is_ours(msk)) {
		err = -ENOENT;
	} else {
		look(msk, state);
		fin_again(msk);
	}
	release_sock(sk);
out:
	sock_put(sk);
	return err;
}

/**
 * mptcpx_pm_sock_busy() - does somebody own a connection just now?
 * @net: its namespace
 * @token: its token
 *
 * The core's commands wait for him under a lock that all of netlink's generic families
 * share: not to be given then.
 *
 * Context: process.
 */
bool mptcpx_pm_sock_busy(struct net *net, u32 token)
{
	struct mptcp_sock *msk = mptcp_token_get_sock(net, token);
	struct sock *sk = mptcpx_msk_sk(msk);
	bool busy;

	if (!msk)
		return false;
	busy = !mptcpx_own(sk, MPTCPX_PATIENT);
	if (!busy)
		release_sock(sk);
	sock_put(sk);
	return busy;
}

/* a reference to the subflow's socket, to be put; NULL if it is gone, or not to be had */
static struct sock *sock_find(struct net *net, u32 token, u32 subflow_id)
{
	struct mptcp_sock *msk = mptcp_token_get_sock(net, token);
	struct sock *sk = mptcpx_msk_sk(msk), *ssk = NULL;
	struct mptcp_subflow_context *subflow;

	if (!msk)
		return NULL;
	if (!mptcpx_own(sk, MPTCPX_PATIENT))
		goto out;
	/* what falls back has one subflow, and ends with it */
	if (!mptcpx_is_fallback(msk) && mptcpx_pm_is_ours(msk)) {
		mptcpx_for_each_subflow(msk, subflow) {
			if (subflow->subflow_id != subflow_id)
				continue;
			ssk = mptcpx_ssk(subflow);
			sock_hold(ssk);
			break;
		}
	}
	release_sock(sk);
out:
	sock_put(sk);
	return ssk;
}

/**
 * mptcpx_pm_sock_abort() - end a subflow at once
 * @net: the namespace
 * @token: the connection
 * @subflow_id: the subflow
 *
 * The peer gets a reset, if the path lets it through. The connection goes on,
 * even if this was its only subflow.
 *
 * Context: process, sleeps.
 * Return: 0, or -ENOENT if there is nothing to end, or nothing that can be got hold of.
 */
int mptcpx_pm_sock_abort(struct net *net, u32 token, u32 subflow_id)
{
	struct sock *ssk = sock_find(net, token, subflow_id);
	int err = -ENOENT;

	if (ssk) {
		err = tcp_abort(ssk, ENETDOWN);
		sock_put(ssk);
	}
	trace_mptcpx_pm_abort(token, subflow_id, err);
	return err;
}

/* seconds from one question to the next, and their number */
#define KEEP_INTERVAL	1
#define KEEP_COUNT	3

/* back to the system's times, where they are not somebody else's by now */
static void keepalive_leave(struct sock *ssk, bool theirs)
{
	struct tcp_sock *tp = tcp_sk(ssk);

	lock_sock(ssk);
	if (tp->keepalive_intvl == KEEP_INTERVAL * HZ && tp->keepalive_probes == KEEP_COUNT) {
		WRITE_ONCE(tp->keepalive_intvl, 0);
		WRITE_ONCE(tp->keepalive_probes, 0);
		WRITE_ONCE(tp->keepalive_time, 0);
	}
	/* as SO_KEEPALIVE does: sk_setsockopt(). The timer is FIN_WAIT2's as well */
	if (!theirs && (1 << ssk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) {
		if (ssk->sk_prot->keepalive)
			ssk->sk_prot->keepalive(ssk, 0);
		sock_reset_flag(ssk, SOCK_KEEPOPEN);
	}
	release_sock(ssk);
}

/**
 * mptcpx_pm_sock_last() - send nothing by these subflows that can go by others
 * @net: the namespace
 * @token: the connection
 * @ids: the subflows
 * @n: their number
 *
 * The core sends a withdrawal by the first subflow of its list that is not from that
 * address (mptcp_pm_nl_addr_send_ack_avoid_list() of 6.12,
 * mptcp_pm_addr_send_ack_avoid_list() of 7.3), whatever its timers say. The order of the
 * list means nothing else.
 *
 * Context: process, sleeps.
 */
void mptcpx_pm_sock_last(struct net *net, u32 token, const u32 *ids, unsigned int n)
{
	struct mptcp_sock *msk = mptcp_token_get_sock(net, token);
	struct mptcp_subflow_context *subflow;
	struct sock *sk = mptcpx_msk_sk(msk);
	unsigned int i;

	if (!msk)
		return;
	if (mptcpx_own(sk, MPTCPX_PATIENT)) {
		for (i = 0; i < n; i++) {
			mptcpx_for_each_subflow(msk, subflow) {
				if (subflow->subflow_id != ids[i])
					continue;
				list_move_tail(&subflow->node, &msk->conn_list);
				break;
			}
		}
		release_sock(sk);
	}
	sock_put(sk);
}

/**
 * mptcpx_pm_sock_keepalive() - let TCP find out when an idle path dies
 * @net: the namespace
 * @token: the connection
 * @subflow_id: the subflow
 * @idle: seconds without traffic after which it asks; 0: it does not; MPTCPX_PM_THEIRS:
 *	as the application has it
 *
 * Context: process, sleeps.
 * Return: 0, or -ENOENT if there is no such subflow, or none that can be got hold of.
 */
int mptcpx_pm_sock_keepalive(struct net *net, u32 token, u32 subflow_id, u16 idle)
{
	struct sock *ssk = sock_find(net, token, subflow_id);

	if (!ssk)
		return -ENOENT;
	if (idle && idle != MPTCPX_PM_THEIRS) {
		tcp_sock_set_keepidle(ssk, idle);
		tcp_sock_set_keepintvl(ssk, KEEP_INTERVAL);
		tcp_sock_set_keepcnt(ssk, KEEP_COUNT);
		sock_set_keepalive(ssk);
	} else {
		keepalive_leave(ssk, idle == MPTCPX_PM_THEIRS);
	}
	sock_put(ssk);
	return 0;
}

/**
 * mptcpx_pm_sock_resync() - find all connections of a namespace
 * @pm: the path manager, locked
 *
 * Context: process, sleeps.
 */
void mptcpx_pm_sock_resync(struct mptcpx_pm *pm)
{
	long slot = 0, num = 0;
	struct mptcp_sock *msk;

	for (;;) {
		struct mptcpx_pm_conn *conn;

		/* takes a reference; net/mptcp/token.c, 6.12 and 7.3 */
		msk = mptcp_token_iter_next(pm->net, &slot, &num);
		if (!msk)
			break;
		if (mptcpx_pm_is_ours(msk) &&
		    (1 << inet_sk_state_load(mptcpx_msk_sk(msk))) &
		    (TCPF_ESTABLISHED | TCPF_SYN_RECV)) {
			conn = mptcpx_pm_conn_get(pm, READ_ONCE(msk->token));
			if (conn) {
				conn->missed |= pm->overrun || !conn->known;
				mptcpx_pm_conn_dirty(pm, conn);
			}
		}
		sock_put(mptcpx_msk_sk(msk));
		cond_resched();
	}
	pm->overrun = false;
}

#ifdef MPTCPX_KUNIT
#include "pm_sock_test.c"
#endif
