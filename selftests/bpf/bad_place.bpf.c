// SPDX-License-Identifier: GPL-2.0
/* To be refused: a place in the snapshot, for a path that an iterator returned */
#include "../../bpf/mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bad_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path = (const void *)(view + 1);

	if (!mptcpx_path_storage(msk, path, 8))
		return MPTCPX_NOBODY;
	return mptcpx_default_choice(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_place = {
	.decide = (void *)bad_decide,
	.name	= "bad_place",
};

char LICENSE[] SEC("license") = "GPL";
