// SPDX-License-Identifier: GPL-2.0
/* To be refused: neither get_send nor decide */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
void BPF_PROG(bad_init, struct mptcp_sock *msk)
{
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_none = {
	.init	= (void *)bad_init,
	.name	= "bad_none",
};

char LICENSE[] SEC("license") = "GPL";
