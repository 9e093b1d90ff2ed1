// SPDX-License-Identifier: GPL-2.0
/* To be refused: both get_send and decide */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	return 0;
}

SEC("struct_ops")
int BPF_PROG(bad_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_both = {
	.get_send = (void *)bad_get_send,
	.decide	= (void *)bad_decide,
	.name	= "bad_both",
};

char LICENSE[] SEC("license") = "GPL";
