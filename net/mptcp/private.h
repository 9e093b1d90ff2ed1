/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's own net/mptcp/protocol.h would offer, for modules built
 * without it: the private structures (generated from the target kernel's BTF)
 * and, under names of our own, the few constants and accessors we need.
 */
#ifndef MPTCPX_PRIVATE_H
#define MPTCPX_PRIVATE_H

#include <linux/build_bug.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <net/inet_connection_sock.h>
#include <net/mptcp.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "generated/mptcpx_layout.h"

/*
 * Bit numbers in mptcp_sock.flags and mptcp_sock.cb_flags. They are macros in
 * the kernel, hence not in BTF: taken from net/mptcp/protocol.h of 6.12 and of
 * 7.3, which agree. layout.c says what guards them.
 */
enum {
	/* msk->flags */
	MPTCPX_WORK_RTX		= 1,
	MPTCPX_FALLBACK_DONE	= 2,
	MPTCPX_WORK_CLOSE_SUBFLOW = 3,
	/* msk->cb_flags, under the data lock */
	MPTCPX_PUSH_PENDING	= 1,
	MPTCPX_CLEAN_UNA	= 2,
	MPTCPX_RETRANSMIT	= 4,
};

/* exported by net/mptcp/token.c, declared nowhere public */
struct mptcp_sock *mptcp_token_get_sock(struct net *net, u32 token);
struct mptcp_sock *mptcp_token_iter_next(const struct net *net, long *s_slot, long *s_num);

#define mptcpx_for_each_subflow(msk, subflow) \
	list_for_each_entry(subflow, &(msk)->conn_list, node)

static inline struct mptcp_sock *mptcpx_sk(const struct sock *sk)
{
	return (struct mptcp_sock *)sk;
}

static inline struct sock *mptcpx_msk_sk(const struct mptcp_sock *msk)
{
	return (struct sock *)msk;
}

/* the MPTCP side of a subflow's TCP socket */
static inline struct mptcp_subflow_context *mptcpx_ctx(const struct sock *ssk)
{
	return (__force struct mptcp_subflow_context *)inet_csk(ssk)->icsk_ulp_data;
}

static inline struct sock *mptcpx_ssk(const struct mptcp_subflow_context *subflow)
{
	return subflow->tcp_sock;
}

/* the data lock: what softirq holds when the msk is not owned by a process */
static inline void mptcpx_data_lock(struct sock *sk)
{
	spin_lock_bh(&sk->sk_lock.slock);
}

static inline void mptcpx_data_unlock(struct sock *sk)
{
	spin_unlock_bh(&sk->sk_lock.slock);
}

/*
 * Own a socket as lock_sock() does, unless somebody else does: who copies from or to a
 * process' memory owns the msk meanwhile, and that may take for ever (a page that a
 * userfaultfd or FUSE does not bring). lock_sock_nested() of net/core/sock.c, 6.12 and
 * 7.3; to be given back by release_sock().
 */
static inline bool mptcpx_try_own(struct sock *sk)
{
	bool free;

	spin_lock_bh(&sk->sk_lock.slock);
	free = !sock_owned_by_user_nocheck(sk);
	if (free)
		sk->sk_lock.owned = 1;
	spin_unlock_bh(&sk->sk_lock.slock);
	if (free)
		mutex_acquire(&sk->sk_lock.dep_map, 0, 1, _RET_IP_);
	return free;
}

#define MPTCPX_PATIENT	20	/* some 4 ms */

/* the same, waiting @tries times for some 200 µs if need be, unless killed; sleeps */
static inline bool mptcpx_own(struct sock *sk, unsigned int tries)
{
	while (!mptcpx_try_own(sk)) {
		if (!tries-- || fatal_signal_pending(current))
			return false;
		usleep_range(150, 250);
	}
	return true;
}

/* data sequence numbers wrap: order is by signed distance */
static inline bool mptcpx_before64(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

static inline bool mptcpx_after64(u64 a, u64 b)
{
	return mptcpx_before64(b, a);
}

/* DSN after the last byte of a data fragment */
static inline u64 mptcpx_dfrag_end(const struct mptcp_data_frag *dfrag)
{
	return dfrag->data_seq + dfrag->data_len;
}

static inline bool mptcpx_is_fallback(const struct mptcp_sock *msk)
{
	return test_bit(MPTCPX_FALLBACK_DONE, &msk->flags);
}

/*
 * Does this connection leave its subflows to whoever listens to its events?
 * enum mptcp_pm_type of net/mptcp/protocol.h: 0 the kernel, 1 somebody else.
 */
static inline bool mptcpx_pm_is_ours(const struct mptcp_sock *msk)
{
	return READ_ONCE(msk->pm.pm_type) == 1;
}

/* both ends agreed that this subflow is to be spared, or either asked for it */
static inline bool mptcpx_is_backup(const struct mptcp_subflow_context *subflow)
{
	/* bits of a word that the subflow's own socket writes, under its lock */
	return data_race(subflow->backup || subflow->request_bkup);
}

/* has the subflow's retransmission timer fired, and nothing come back since? */
static inline bool mptcpx_timed_out(const struct sock *ssk)
{
	return READ_ONCE(inet_csk(ssk)->icsk_retransmits);
}

#include "compat/compat.h"

#endif /* MPTCPX_PRIVATE_H */
