// SPDX-License-Identifier: GPL-2.0
/* To be refused: a struct_ops program that is no scheduler. */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
__u32 BPF_PROG(bad_ssthresh, struct sock *sk)
{
	mptcp_subflow_set_scheduled(bpf_mptcp_subflow_ctx(sk), true);
	return 2;
}

SEC("struct_ops")
__u32 BPF_PROG(bad_undo_cwnd, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
void BPF_PROG(bad_cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC(".struct_ops")
struct tcp_congestion_ops bad_ops = {
	.ssthresh	= (void *)bad_ssthresh,
	.undo_cwnd	= (void *)bad_undo_cwnd,
	.cong_avoid	= (void *)bad_cong_avoid,
	.name		= "bad_ops",
};

char LICENSE[] SEC("license") = "GPL";
