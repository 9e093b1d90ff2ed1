// SPDX-License-Identifier: GPL-2.0
/* To be refused: storage of a size that is not known */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_get_send, struct mptcp_sock *msk)
{
	__u8 *store = mptcpx_conn_storage(msk, msk->snd_burst);

	return store ? store[0] : 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_size = {
	.get_send = (void *)bad_get_send,
	.name	= "bad_size",
};

char LICENSE[] SEC("license") = "GPL";
