/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels we build for, each decided by what the
 * target kernel has (MPTCPX_HAVE_..., made from its BTF), not by its version.
 */
#ifndef MPTCPX_COMPAT_H
#define MPTCPX_COMPAT_H

#include <linux/btf.h>

/*
 * The core asks a scheduler by get_subflow (6.12) or by the pair get_send and
 * get_retrans (7.2, 7.3).
 */
#ifdef MPTCPX_HAVE_mptcp_sched_ops_get_send
#define MPTCPX_SCHED_GET_SEND 1
#endif

/* subflows beside the first one, as the path manager counts them */
static inline u8 mptcpx_extra_subflows(const struct mptcp_sock *msk)
{
#ifdef MPTCPX_HAVE_mptcp_pm_data_extra_subflows
	return READ_ONCE(msk->pm.extra_subflows);
#else
	return READ_ONCE(msk->pm.subflows);
#endif
}

/*
 * Take back what was counted for a call of __mptcp_retrans() that is no timeout:
 * 7.2 and 7.3 count there, before they ask, each subflow that has heard nothing
 * since the last time (mptcp_pm_chk_stale()). 6.12 counts in
 * mptcp_subflow_get_retrans(), which is not called then. With @timeouts what was
 * counted for subflows that TCP has timed out on stays: it was time for that.
 *
 * At worst, with the count at its limit already, a dead subflow is found stale
 * one timeout early. Context: the msk owned by this process.
 */
static inline void mptcpx_stale_uncount(struct mptcp_sock *msk, bool timeouts)
{
#ifdef MPTCPX_HAVE_mptcp_pm_chk_stale
	struct mptcp_subflow_context *subflow;

	mptcpx_for_each_subflow(msk, subflow) {
		const struct sock *ssk = subflow->tcp_sock;

		if (timeouts && mptcpx_timed_out(ssk))
			continue;
		if (subflow->stale_count && !tcp_rtx_and_write_queues_empty(ssk) &&
		    subflow->stale_rcv_tstamp == READ_ONCE(tcp_sk(ssk)->rcv_tstamp))
			subflow->stale_count--;
	}
#endif
}

/*
 * Who counts a subflow's timeouts: the scheduler, by a function for it (6.12), or
 * __mptcp_retrans() itself before it asks (7.2, 7.3).
 */
#ifndef MPTCPX_HAVE_mptcp_pm_chk_stale
#define MPTCPX_PM_SUBFLOW_CHK_STALE 1
#endif

/* jiffies at which the subflow's TCP retransmit (or probe) timer fires */
static inline unsigned long mptcpx_timeout_expires(const struct sock *ssk)
{
#ifdef MPTCPX_HAVE_inet_connection_sock_icsk_timeout
	return READ_ONCE(inet_csk(ssk)->icsk_timeout);
#else
	return tcp_timeout_expires(ssk);
#endif
}

/*
 * Reserve what a receiver was charged without a reservation. 6.12 charges a segment that
 * is partly old, as a copy can be, to sk_forward_alloc, though it reserved in
 * rmem_fwd_alloc, where it is given back (end of __mptcp_move_skb(), net/mptcp/protocol.c,
 * 6.12.117). Sending reserves what is missing; a socket that ends without having sent is
 * below nothing, of which inet_sock_destruct() warns. 7.3 has one account only: this
 * can go with 6.12. What turns out not to be needed is given back as the socket ends.
 *
 * Context: the msk owned by this process; takes its data lock.
 */
static inline void mptcpx_mem_settle(struct sock *sk)
{
	if (likely(READ_ONCE(sk->sk_forward_alloc) >= 0))
		return;
	mptcpx_data_lock(sk);
	if (sk->sk_forward_alloc < 0)
		__sk_mem_schedule(sk, -sk->sk_forward_alloc, SK_MEM_RECV);
	mptcpx_data_unlock(sk);
}

/* since 7.0 all arguments of kfuncs have to be trusted, and the flag is gone */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS 0
#endif

#endif /* MPTCPX_COMPAT_H */
