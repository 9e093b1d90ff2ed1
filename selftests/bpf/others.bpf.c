// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of another kind, read from where they are kept: the verifier of 6.12 lets
 * kfuncs be called with what was read, which might be anything; so nothing that is not of
 * the connection may be found. That of 7.3 does not. Sends like the first subflow.
 */
#include "../../bpf/mptcp_bpf.h"

/* 0: asked, 1: found something */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} others_what SEC(".maps");

static void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&others_what, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

static void try(struct sock *sk)
{
	count(0);
	if (!bpf_mptcp_subflow_queues_empty(sk) || bpf_mptcp_subflow_ctx(sk) ||
	    bpf_sk_stream_memory_free(sk))
		count(1);
}

SEC("struct_ops")
int BPF_PROG(others_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);
	struct sock *ssk = msk->first;

	if (!subflow || !ssk)
		return MPTCPX_NOBODY;
	try(ssk->__sk_common.skc_net.net->rtnl);
	try(ssk->__sk_common.skc_net.net->genl_sock);
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops others = {
	.get_send = (void *)others_get_send,
	.name	= "others",
};

char LICENSE[] SEC("license") = "GPL";
