// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_minrtt: the subflow with the lowest RTT that has room. The twin of the native
 * minrtt (net/mptcp/sched_minrtt.c), where the reasons and the references are.
 *
 * Shows decide(): instead of marking a subflow it is given a snapshot (struct
 * mptcpx_view) and fills in an answer (struct mptcpx_choice): which path, and how
 * many bytes at most. What is in the snapshot need not be asked for again, and
 * subflows that cannot send are not in it.
 */
#include "mptcp_bpf.h"

/*
 * Would @best have sent all of @unsent, and be through with it, before @next
 * delivers? Rounds are counted twice: windows shrink, and waiting in vain costs more.
 */
static bool waits(const struct mptcpx_path *best, const struct mptcpx_path *next, __u64 unsent)
{
	__u64 rounds_us;

	if (best->index == next->index || best->timed_out || !best->queued ||
	    next->srtt_us == MPTCPX_UNKNOWN)
		return false;
	/* a send buffer has less than 2^31 bytes, so this fits for RTTs up to an hour */
	rounds_us = 2 * unsent * best->srtt_us / best->window;
	return rounds_us + best->srtt_us < next->srtt_us;
}

SEC("struct_ops")
int BPF_PROG(minrtt_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path, *best = NULL, *next = NULL;

	bpf_for_each(mptcpx_path, path, view) {
		if (path->backup && view->primary)
			continue;
		if (!best || path->srtt_us < best->srtt_us)
			best = path;
		if (path->room && (!next || path->srtt_us < next->srtt_us))
			next = path;
	}
	if (!best || !next || waits(best, next, view->end - view->head))
		return MPTCPX_NOBODY;

	choice->path = next->index;
	choice->len = next->room;
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_minrtt = {
	.decide	= (void *)minrtt_decide,
	.name	= "bpf_minrtt",
};

char LICENSE[] SEC("license") = "GPL";
