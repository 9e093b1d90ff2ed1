// SPDX-License-Identifier: GPL-2.0
/* To be refused: a write through a pointer that was read, as good as it may be */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk)
		((struct mptcp_sock *)subflow->conn)->snd_burst = 1;
	return MPTCPX_NOBODY;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_reach = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_reach",
};

char LICENSE[] SEC("license") = "GPL";
