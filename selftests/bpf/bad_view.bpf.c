// SPDX-License-Identifier: GPL-2.0
/* To be refused: a write to the snapshot */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	((struct mptcpx_view *)view)->n = 16;
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_view = {
	.decide	= (void *)bad_decide,
	.name	= "bad_view",
};

char LICENSE[] SEC("license") = "GPL";
