// SPDX-License-Identifier: GPL-2.0
/* To be refused: a connection where a subflow is wanted */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	mptcp_subflow_set_scheduled((void *)msk, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_type = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_type",
};

char LICENSE[] SEC("license") = "GPL";
