// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_burst: what the kernel's default scheduler does, in BPF: bursts of 64 KB to
 * the subflow that would be rid of its queue first, by its pacing rate.
 *
 * Shows the two fields a program may write: msk->snd_burst, how many bytes to send
 * before the next decision, and subflow->avg_pacing_rate, the default scheduler's
 * memory of a subflow's rate. Rule: mptcp_subflow_get_send(), net/mptcp/protocol.c.
 */
#include "mptcp_bpf.h"

#define BURST		65428U	/* bytes; MPTCP_SEND_BURST_SIZE of the kernel */
#define NEVER		(~0ULL)

SEC("struct_ops")
int BPF_PROG(burst_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow, *best = NULL, *spare = NULL;
	__u64 least = NEVER, least_spare = NEVER, linger, rate, left;
	struct sock *ssk;
	__u32 burst, queued;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		ssk = bpf_mptcp_subflow_tcp_sock(subflow);
		if (!ssk || !mptcp_subflow_active(subflow))
			continue;
		rate = subflow->avg_pacing_rate;
		if (!rate) {
			rate = ssk->sk_pacing_rate;
			subflow->avg_pacing_rate = rate;
			if (!rate)
				continue;
		}
		linger = ((__u64)ssk->sk_wmem_queued << 32) / rate;
		if (subflow->backup || subflow->request_bkup) {
			if (linger < least_spare) {
				least_spare = linger;
				spare = subflow;
			}
		} else if (linger < least) {
			least = linger;
			best = subflow;
		}
	}
	mptcp_set_timeout((struct sock *)msk);

	if (!best)
		best = spare;
	if (!best)
		return MPTCPX_NOBODY;
	ssk = bpf_mptcp_subflow_tcp_sock(best);
	if (!ssk || !bpf_sk_stream_memory_free(ssk))
		return MPTCPX_NOBODY;

	left = mptcp_wnd_end(msk) - msk->snd_nxt;
	burst = left < BURST ? left : BURST;
	if (burst) {
		queued = ssk->sk_wmem_queued;
		best->avg_pacing_rate = (best->avg_pacing_rate * queued +
					 ssk->sk_pacing_rate * burst) / (queued + burst);
		msk->snd_burst = burst;
	}
	mptcp_subflow_set_scheduled(best, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_burst = {
	.get_send	= (void *)burst_get_send,
	.name		= "bpf_burst",
};

char LICENSE[] SEC("license") = "GPL";
