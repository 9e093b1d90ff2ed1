// SPDX-License-Identifier: GPL-2.0
/* Never sends: what it leaves behind has to get going without it. */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(never_get_send, struct mptcp_sock *msk)
{
	return MPTCPX_NOBODY;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops never = {
	.get_send	= (void *)never_get_send,
	.name		= "never",
};

char LICENSE[] SEC("license") = "GPL";
