// SPDX-License-Identifier: GPL-2.0
/* To be refused: a call that sleeps where sleeping is not allowed */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	if (msk->first)
		mptcp_pm_subflow_chk_stale(msk, msk->first);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_stale = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_stale",
};

char LICENSE[] SEC("license") = "GPL";
