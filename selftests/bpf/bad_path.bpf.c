// SPDX-License-Identifier: GPL-2.0
/* To be refused: a path of the snapshot that may not be there, and what it points to */
#include "../../bpf/mptcp_bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mptcpx_path___all {
	struct mptcp_subflow_context *subflow;
	__u64 rest[8];
};

struct mptcpx_view___all {
	struct mptcpx_path___all path[16];
};

#pragma clang attribute pop

SEC("struct_ops")
int BPF_PROG(bad_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	((const struct mptcpx_view___all *)view)->path[15].subflow->avg_pacing_rate = 1;
	return mptcpx_default_choice(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bad_path = {
	.decide = (void *)bad_decide,
	.name	= "bad_path",
};

char LICENSE[] SEC("license") = "GPL";
