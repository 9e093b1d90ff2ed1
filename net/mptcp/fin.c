// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a connection that the peer has heard of and does not act upon.
 *
 * A DATA_FIN goes alone on an acknowledgment, and with each mapping that ends where the
 * data do. A peer that learns of it from a mapping whose data it has already notes it,
 * drops the data, and does not look whether it is the DATA_FIN's turn, though it is:
 * get_mapping_status() and subflow_check_data_avail(), net/mptcp/subflow.c, 6.12 and 7.3.
 * One that is noted is not noted again (mptcp_update_rcv_data_fin()), so whatever is
 * repeated changes nothing any more. The peer's application never hears of the end.
 *
 * Who sends data twice, or again, can bring that about: if the acknowledgments that carry
 * the DATA_FIN are lost on all paths, that of a copy that is still on its way, or sent again
 * by its subflow, comes first.
 *
 * The peer does look when its worker has anything else to see to, and the announcement of
 * an address is seen to, whatever the address: mptcp_pm_add_addr_received(). So with every
 * other repetition of a DATA_FIN goes that of an address that is in use already, to which
 * nobody makes a subflow (mptcp_pm_nl_add_addr_received() and has_subflow_daddr()).
 * It takes the place of the other options on one acknowledgment; those of further subflows
 * carry the DATA_FIN as ever.
 */
#include <net/ipv6.h>

#include "adapter.h"

/* is the DATA_FIN all that is not acknowledged, and repeated for an even time? Pure */
static bool fin_waits(const struct mptcp_sock *msk, u8 repeated)
{
	return msk->snd_data_fin_enable && msk->snd_nxt == msk->write_seq &&
	       READ_ONCE(msk->snd_una) + 1 == msk->write_seq && repeated & 1;
}

/*
 * Where a subflow comes from, as it is announced: the port is the connection's. Its id is
 * less than 0 until the core has asked for it, and 0 then: subflow_get_local_id(), 6.12 and
 * 7.3. Pure
 */
static void fin_address(const struct sock *ssk, s16 id, struct mptcp_addr_info *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->id = max_t(s16, id, 0);
	addr->family = AF_INET;
	addr->addr.s_addr = ssk->sk_rcv_saddr;
#if IS_ENABLED(CONFIG_IPV6)
	if (ssk->sk_family != AF_INET6)
		return;
	if (ipv6_addr_v4mapped(&ssk->sk_v6_rcv_saddr)) {
		addr->addr.s_addr = ssk->sk_v6_rcv_saddr.s6_addr32[3];
		return;
	}
	addr->family = AF_INET6;
	addr->addr6 = ssk->sk_v6_rcv_saddr;
#endif
}

/**
 * mptcpx_fin_remind() - have the peer look at a DATA_FIN that it may have noted
 * @msk: the connection, whose own timer has fired
 *
 * What is announced goes out with the acknowledgments that repeat the DATA_FIN, which the
 * core sends next: __mptcp_retrans(), net/mptcp/protocol.c, 6.12 and 7.3.
 *
 * Context: process, the msk is owned; takes its path manager's lock.
 */
void mptcpx_fin_remind(struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;
	struct mptcp_addr_info addr;

	if (!fin_waits(msk, inet_csk(mptcpx_msk_sk(msk))->icsk_retransmits))
		return;
	mptcpx_for_each_subflow(msk, subflow) {
		if (!mptcpx_subflow_usable(subflow))
			continue;
		fin_address(subflow->tcp_sock, READ_ONCE(subflow->local_id), &addr);
		spin_lock_bh(&msk->pm.lock);
		/* unless another one is about to go out, which is as good */
		mptcpx_sym_mptcp_pm_announce_addr(msk, &addr, false);
		spin_unlock_bh(&msk->pm.lock);
		return;
	}
}

#ifdef MPTCPX_KUNIT
#include "fin_test.c"
#endif
