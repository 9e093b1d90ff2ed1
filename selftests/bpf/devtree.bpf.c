// SPDX-License-Identifier: GPL-2.0
/*
 * As programs for the MPTCP development tree are written: what they keep is socket
 * storage, sockets go through arrays, kfuncs are declared again. The subflow
 * with the shortest queue, but for the one that had the last turn.
 */
#include "../../bpf/mptcp_bpf.h"
#include <bpf/bpf_tracing.h>
#include <limits.h>

char _license[] SEC("license") = "GPL";

extern bool mptcp_subflow_active(struct mptcp_subflow_context *subflow) __ksym;
extern void mptcp_set_timeout(struct sock *sk) __ksym;
extern bool bpf_sk_stream_memory_free(const struct sock *sk) __ksym;
extern bool bpf_mptcp_subflow_queues_empty(struct sock *sk) __ksym;
extern void mptcp_pm_subflow_chk_stale(const struct mptcp_sock *msk, struct sock *ssk) __ksym;

struct turn {
	__u32 last;
	__u32 sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct turn);
} devtree_turns SEC(".maps");

struct candidate {
	struct sock *ssk;
	__u32 id;
	int queued;
};

SEC("struct_ops")
void BPF_PROG(devtree_init, struct mptcp_sock *msk)
{
	bpf_sk_storage_get(&devtree_turns, msk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

SEC("struct_ops")
void BPF_PROG(devtree_release, struct mptcp_sock *msk)
{
	bpf_sk_storage_delete(&devtree_turns, msk);
}

SEC("struct_ops")
int BPF_PROG(devtree_get_send, struct mptcp_sock *msk)
{
	struct candidate candidate[2] = { { .queued = INT_MAX }, { .queued = INT_MAX } };
	struct mptcp_subflow_context *subflow;
	struct turn *turn;
	struct sock *ssk;

	turn = bpf_sk_storage_get(&devtree_turns, msk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!turn)
		return -1;
	mptcp_set_timeout((struct sock *)msk);
	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		bool again = subflow->subflow_id == turn->last;

		ssk = bpf_mptcp_subflow_tcp_sock(subflow);
		if (!ssk || !mptcp_subflow_active(subflow) ||
		    ssk->sk_wmem_queued >= candidate[again].queued)
			continue;
		candidate[again].ssk = ssk;
		candidate[again].id = subflow->subflow_id;
		candidate[again].queued = ssk->sk_wmem_queued;
	}
	for (int i = 0; i < 2; i++) {
		ssk = candidate[i].ssk;
		if (!ssk || !bpf_sk_stream_memory_free(ssk))
			continue;
		subflow = bpf_mptcp_subflow_ctx(ssk);
		if (!subflow)
			continue;
		ssk = bpf_core_cast(ssk, struct sock);
		turn->last = candidate[i].id;
		turn->sent += ssk->sk_wmem_queued;
		subflow->avg_pacing_rate = ssk->sk_pacing_rate;
		msk->snd_burst = 1;
		mptcp_subflow_set_scheduled(subflow, true);
		return 0;
	}
	return -1;
}

SEC("struct_ops.s")
int BPF_PROG(devtree_get_retrans, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;
	struct sock *pick = NULL;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		struct sock *ssk = bpf_mptcp_subflow_tcp_sock(subflow);
		const struct tcp_sock *tp;

		if (!ssk || !mptcp_subflow_active(subflow))
			continue;
		tp = bpf_skc_to_tcp_sock(ssk);
		if (!bpf_mptcp_subflow_queues_empty(ssk) || (tp && tp->write_seq != tp->snd_nxt))
			mptcp_pm_subflow_chk_stale(msk, ssk);
		else
			pick = ssk;
	}
	if (!pick)
		return -1;
	subflow = bpf_mptcp_subflow_ctx(pick);
	if (!subflow)
		return -1;
	mptcp_subflow_set_scheduled(subflow, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops devtree = {
	.init		= (void *)devtree_init,
	.release	= (void *)devtree_release,
	.get_send	= (void *)devtree_get_send,
	.get_retrans	= (void *)devtree_get_retrans,
	.name		= "bpf_devtree",
};
