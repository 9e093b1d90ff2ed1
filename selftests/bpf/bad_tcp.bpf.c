// SPDX-License-Identifier: GPL-2.0
/* To be refused: a function of the kernel's congestion controls */
#include "../../bpf/mptcp_bpf.h"

extern __u32 tcp_slow_start(struct tcp_sock *tp, __u32 acked) __ksym;

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct sock *ssk = msk->first;
	struct tcp_sock *tp = ssk ? bpf_skc_to_tcp_sock(ssk) : NULL;

	if (tp)
		tcp_slow_start(tp, 1);
	return MPTCPX_NOBODY;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_tcp = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_tcp",
};

char LICENSE[] SEC("license") = "GPL";
