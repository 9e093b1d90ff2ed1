// SPDX-License-Identifier: GPL-2.0
/* To be refused: an iterator used after it was destroyed */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	struct bpf_iter_mptcp_subflow it;

	bpf_iter_mptcp_subflow_new(&it, (struct sock *)msk);
	bpf_iter_mptcp_subflow_destroy(&it);
	return !bpf_iter_mptcp_subflow_next(&it);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_released = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_released",
};

char LICENSE[] SEC("license") = "GPL";
