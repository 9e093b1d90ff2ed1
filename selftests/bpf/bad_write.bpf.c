// SPDX-License-Identifier: GPL-2.0
/* To be refused: a write to a field that is not for programs */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	msk->snd_nxt = 0;
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_write = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_write",
};

char LICENSE[] SEC("license") = "GPL";
