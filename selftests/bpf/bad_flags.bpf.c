// SPDX-License-Identifier: GPL-2.0
/* To be refused: a flag that does not exist */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_flags = {
	.get_send = (void *)bad_get_send,
	.flags	= 0x80,
	.name	= "bad_flags",
};

char LICENSE[] SEC("license") = "GPL";
