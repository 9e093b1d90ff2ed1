// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers for sockets: the verifier lets them pass where programs keep sockets in arrays,
 * and none of them may find anything. Sends like the first subflow.
 */
#include "../../bpf/mptcp_bpf.h"

/* 0: asked, 1: found something */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} forged_what SEC(".maps");

static void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&forged_what, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

static void try(__u64 number)
{
	const struct sock *sk = (const struct sock *)number;

	count(0);
	if (bpf_mptcp_subflow_ctx(sk) || bpf_sk_stream_memory_free(sk))
		count(1);
}

static void try_all(struct mptcp_sock *msk)
{
	__u64 first = (__u64)msk->first;

	try(0);
	try(1);
	try(~0ULL);
	try(0xdead000000000000ULL);
	try((__u64)msk);
	try(bpf_get_prandom_u32());
	if (first) {
		try(first + 8);
		try(first - 4096);
		try(first + 1);
	}
}

SEC("struct_ops")
void BPF_PROG(forged_init, struct mptcp_sock *msk)
{
	try_all(msk);
}

SEC("struct_ops")
void BPF_PROG(forged_release, struct mptcp_sock *msk)
{
	try_all(msk);
}

SEC("struct_ops")
int BPF_PROG(forged_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);

	try_all(msk);
	if (!subflow)
		return MPTCPX_NOBODY;
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC("struct_ops.s")
int BPF_PROG(forged_get_retrans, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);

	try_all(msk);
	/* a receiver that is short of memory lets fall what TCP has acknowledged */
	if (!subflow)
		return MPTCPX_NOBODY;
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops forged = {
	.get_send	= (void *)forged_get_send,
	.get_retrans	= (void *)forged_get_retrans,
	.init		= (void *)forged_init,
	.release	= (void *)forged_release,
	.name		= "forged",
};

char LICENSE[] SEC("license") = "GPL";
