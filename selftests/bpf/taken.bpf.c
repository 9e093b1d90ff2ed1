// SPDX-License-Identifier: GPL-2.0
/* To be refused: a name that is taken */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops taken = {
	.get_send = (void *)bad_get_send,
	.name	= "default",
};

char LICENSE[] SEC("license") = "GPL";
