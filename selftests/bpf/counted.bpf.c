// SPDX-License-Identifier: GPL-2.0
/*
 * Counts its sockets: what init saw and release did. Sends again by get_send(), and
 * keeps something in the connection from init on. Without a link, to be registered
 * and unregistered by name.
 */
#include "../../bpf/mptcp_bpf.h"

/* 0: init, 1: release, 2: storage was not as left, 3: reinjections, 4: refused ones */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} counted_what SEC(".maps");

static void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counted_what, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

SEC("struct_ops")
void BPF_PROG(counted_init, struct mptcp_sock *msk)
{
	__u8 *store = mptcpx_conn_storage(msk, 8);

	count(0);
	if (!store || store[0])
		count(2);
	if (store)
		store[0] = 42;
}

SEC("struct_ops")
void BPF_PROG(counted_release, struct mptcp_sock *msk)
{
	__u8 *store = mptcpx_conn_storage(msk, 8);

	count(1);
	if (!store || store[0] != 42)
		count(2);
}

SEC("struct_ops")
int BPF_PROG(counted_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow = bpf_mptcp_subflow_ctx(msk->first);
	__u8 *store = mptcpx_conn_storage(msk, 8);

	if (!subflow)
		return MPTCPX_NOBODY;
	if (!store || store[0] != 42)
		count(2);
	/* now and then a byte that is on its way already */
	if (store && msk->snd_una != msk->snd_nxt && ++store[1] % 4 == 0) {
		if (mptcpx_reinject(msk, subflow, msk->snd_una, 0))
			count(4);
		if (!mptcpx_reinject(msk, subflow, msk->snd_una, 1)) {
			count(3);
			return 0;
		}
	}
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC(".struct_ops")
struct mptcp_sched_ops counted = {
	.get_send	= (void *)counted_get_send,
	.init		= (void *)counted_init,
	.release	= (void *)counted_release,
	.flags		= MPTCPX_SCHED_COPIES,
	.name		= "counted",
};

char LICENSE[] SEC("license") = "GPL";
