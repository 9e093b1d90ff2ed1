// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of another kind, read from where they are kept: the verifiers of 6.12 and 7.3
 * let helpers be called with what was read, which might be anything; so nothing that is
 * not of the connection may be found. Sends like the kernel's default.
 */
#include "../../bpf/mptcp_bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} strangers_store SEC(".maps");

/* 0: asked, 1: found something */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} strangers_what SEC(".maps");

static void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&strangers_what, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

static void try(struct sock *sk)
{
	count(0);
	if (bpf_sk_storage_get(&strangers_store, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE) ||
	    !bpf_sk_storage_delete(&strangers_store, sk) || bpf_skc_to_tcp_sock(sk))
		count(1);
}

SEC("struct_ops")
int BPF_PROG(strangers_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	struct sock *ssk = msk->first;

	if (ssk) {
		try(ssk->__sk_common.skc_net.net->rtnl);
		try(ssk->__sk_common.skc_net.net->genl_sock);
	}
	return mptcpx_default_choice(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops strangers = {
	.decide = (void *)strangers_decide,
	.name	= "strangers",
};

char LICENSE[] SEC("license") = "GPL";
