// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_stale: the first subflow that is alive, and a say in what is resent where.
 *
 * Shows get_retrans(), which the kernel asks when the MPTCP retransmission timer has
 * fired: here the timeout is counted against each subflow that has something
 * outstanding (which makes it stale, and no longer active, in the end), and the data
 * goes to one that has nothing. It may sleep: hence "struct_ops.s".
 */
#include "mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(stale_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		struct sock *ssk = bpf_mptcp_subflow_tcp_sock(subflow);

		/* a first timeout is enough to look further, if there is more */
		if (!ssk || !mptcp_subflow_active(subflow) || subflow->stale_count ||
		    !bpf_sk_stream_memory_free(ssk))
			continue;
		mptcp_subflow_set_scheduled(subflow, true);
		return 0;
	}
	subflow = mptcpx_default_subflow(msk);
	if (!subflow)
		return MPTCPX_NOBODY;
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC("struct_ops.s")
int BPF_PROG(stale_get_retrans, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow, *best = NULL;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		struct sock *ssk = bpf_mptcp_subflow_tcp_sock(subflow);

		if (!ssk || !mptcp_subflow_active(subflow))
			continue;
		if (!bpf_mptcp_subflow_queues_empty(ssk)) {
			mptcp_pm_subflow_chk_stale(msk, ssk);
			continue;
		}
		if (!best || (best->backup && !subflow->backup))
			best = subflow;
	}
	if (!best)
		return MPTCPX_NOBODY;
	mptcp_subflow_set_scheduled(best, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_stale = {
	.get_send	= (void *)stale_get_send,
	.get_retrans	= (void *)stale_get_retrans,
	.name		= "bpf_stale",
};

char LICENSE[] SEC("license") = "GPL";
