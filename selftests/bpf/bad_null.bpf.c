// SPDX-License-Identifier: GPL-2.0
/* To be refused: a subflow that may be none, used unchecked */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);

	return subflow->backup;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_null = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_null",
};

char LICENSE[] SEC("license") = "GPL";
