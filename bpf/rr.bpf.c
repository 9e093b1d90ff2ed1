// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_rr: one subflow after the other, a data fragment each.
 *
 * Shows how to walk through the subflows, and how to keep something in the
 * connection: here the id of the subflow that sent last.
 *
 * When not: it knows nothing of RTT, and full paths make it wait. See bpf_wrr.
 */
#include "mptcp_bpf.h"

struct rr_conn {
	__u32 last_id;
};

SEC("struct_ops")
int BPF_PROG(rr_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow, *lowest = NULL, *next = NULL;
	struct rr_conn *conn = (void *)mptcpx_conn_storage(msk, sizeof(*conn));

	if (!conn)
		return MPTCPX_NOBODY;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		struct sock *ssk = bpf_mptcp_subflow_tcp_sock(subflow);

		/* what cannot take anything would only hold up the turn */
		if (!mptcp_subflow_active(subflow) || !ssk || !bpf_sk_stream_memory_free(ssk))
			continue;
		if (!lowest || subflow->subflow_id < lowest->subflow_id)
			lowest = subflow;
		if (subflow->subflow_id > conn->last_id &&
		    (!next || subflow->subflow_id < next->subflow_id))
			next = subflow;
	}
	if (!next)
		next = lowest;
	if (!next)
		return MPTCPX_NOBODY;

	conn->last_id = next->subflow_id;
	mptcp_subflow_set_scheduled(next, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_rr = {
	.get_send	= (void *)rr_get_send,
	.name		= "bpf_rr",
};

char LICENSE[] SEC("license") = "GPL";
