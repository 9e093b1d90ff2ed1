// SPDX-License-Identifier: GPL-2.0
/* To be refused: a loop without an end */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);

	while (subflow)
		mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_loop = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_loop",
};

char LICENSE[] SEC("license") = "GPL";
