// SPDX-License-Identifier: GPL-2.0
/* To be refused: a write through a number that was called a subflow */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;

	subflow = bpf_core_cast((void *)(msk->snd_nxt & ~7ULL), struct mptcp_subflow_context);
	subflow->avg_pacing_rate = 1;
	return MPTCPX_NOBODY;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_cast = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_cast",
};

char LICENSE[] SEC("license") = "GPL";
