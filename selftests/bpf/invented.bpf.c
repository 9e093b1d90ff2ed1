// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot of the program's own making: to the verifier as good as that which it was
 * given, but there are no paths behind it. Sends like the kernel's default.
 */
#include "../../bpf/mptcp_bpf.h"

/* 0: asked, 1: found something */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} invented_what SEC(".maps");

static void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&invented_what, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

SEC("struct_ops")
int BPF_PROG(invented_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	struct mptcpx_view mine = { .n = 16, .primary = 16 };
	const struct mptcpx_path *path;

	count(0);
	bpf_for_each(mptcpx_path, path, &mine) {
		path->subflow->avg_pacing_rate = 1;
		count(1);
	}
	if (mptcpx_default_choice(msk, &mine, choice) != -22 ||
	    mptcpx_native_choice(msk, &mine, choice, "minrtt") != -22)
		count(1);
	return mptcpx_default_choice(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops invented = {
	.decide = (void *)invented_decide,
	.name	= "invented",
};

char LICENSE[] SEC("license") = "GPL";
