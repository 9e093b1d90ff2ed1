// SPDX-License-Identifier: GPL-2.0
/* The oldest data again, for ever, once there is some: the kernel has to stay alive. */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(again_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	if (view->nxt - view->una < 2000)
		return mptcpx_default_choice(msk, view, choice);
	choice->from = view->una;
	choice->len = 1000;
	choice->more = true;
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops again = {
	.decide	= (void *)again_decide,
	.flags	= MPTCPX_SCHED_COPIES,
	.name	= "again",
};

char LICENSE[] SEC("license") = "GPL";
