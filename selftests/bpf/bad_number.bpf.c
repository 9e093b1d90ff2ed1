// SPDX-License-Identifier: GPL-2.0
/* To be refused: a number that was called a subflow */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;

	subflow = bpf_core_cast((void *)(msk->snd_nxt & ~7ULL), struct mptcp_subflow_context);
	mptcp_subflow_set_scheduled(subflow, true);
	return MPTCPX_NOBODY;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_number = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_number",
};

char LICENSE[] SEC("license") = "GPL";
