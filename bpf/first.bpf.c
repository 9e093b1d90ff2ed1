// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_first: the first subflow, always. The least a scheduler can be: start here.
 *
 * The kernel asks get_send() whenever data waits to be sent. It answers by marking
 * a subflow. 0 means "go", anything else "nobody now".
 *
 *   bpftool struct_ops register first.bpf.o /sys/fs/bpf
 *   sysctl net.mptcp.scheduler=bpf_first
 */
#include "mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(first_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);

	if (!subflow)
		return MPTCPX_NOBODY;
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

/* the map's name, by which bpftool knows it, is the scheduler's name */
SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_first = {
	.get_send	= (void *)first_get_send,
	.name		= "bpf_first",
};

char LICENSE[] SEC("license") = "GPL";
