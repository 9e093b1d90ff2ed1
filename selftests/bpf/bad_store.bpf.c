// SPDX-License-Identifier: GPL-2.0
/* To be refused: storage used beyond the size that was asked for */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	__u8 *store = mptcpx_conn_storage(msk, 8);

	return store ? store[8] : 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_store = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_store",
};

char LICENSE[] SEC("license") = "GPL";
