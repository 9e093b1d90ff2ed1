/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What only mptcpx.ko itself uses: the core's functions by name, and what its files share.
 */
#ifndef MPTCPX_ADAPTER_H
#define MPTCPX_ADAPTER_H

#include "mptcpx.h"
#include "symbols.h"

/*
 * Can the subflow send, and is it not given up as stale? The core's own test,
 * __mptcp_subflow_active() of net/mptcp/protocol.h (6.12, 7.3); its function is
 * called only for a stale subflow, which it may revive.
 */
static inline bool mptcpx_subflow_usable(struct mptcp_subflow_context *subflow)
{
	/* bits of a word that the subflow's own socket writes under its lock */
	if (unlikely(data_race(!!subflow->stale)))
		return mptcpx_sym_mptcp_subflow_active(subflow);
	/* one of them, written when the subflow was made */
	if (data_race(!!subflow->request_join) && !READ_ONCE(subflow->fully_established))
		return false;
	return (1 << inet_sk_state_load(subflow->tcp_sock)) &
	       (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT);
}

void mptcpx_fin_remind(struct mptcp_sock *msk);

#endif /* MPTCPX_ADAPTER_H */
