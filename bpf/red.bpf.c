// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_red: the same data on every subflow. The twin of the native redundant in mode
 * "opportunistic" (net/mptcp/sched_redundant.c), where the reasons are.
 *
 * Shows sending again. With MPTCPX_SCHED_COPIES a ledger is kept of what each
 * subflow was given: mptcpx_lacks() asks it for the first range a subflow was not
 * given, mptcpx_orphan() for the first that none of some subflows was. choice->from
 * may then lie before what was never sent. choice->more says that some subflow lacks
 * something: the kernel asks again even if there is no new data.
 */
#include "mptcp_bpf.h"

static bool usable(const struct mptcpx_view *view, const struct mptcpx_path *path)
{
	return !path->backup || !view->primary;
}

/* lowest RTT, but rather none that repairs a loss */
static bool better(const struct mptcpx_path *path, const struct mptcpx_path *best)
{
	if (!best)
		return true;
	if (path->hole != best->hole)
		return best->hole;
	return path->srtt_us < best->srtt_us;
}

static int choose(struct mptcpx_choice *choice, const struct mptcpx_path *path,
		  __u64 from, __u64 to)
{
	choice->path = path->index;
	choice->from = from;
	choice->len = to - from < path->room ? to - from : path->room;
	return 0;
}

/* the oldest data that a subflow was not given, on the one that serves it best */
static int copy(struct mptcp_sock *msk, const struct mptcpx_view *view,
		struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path, *best = NULL;
	struct mptcpx_range range, first = {};

	choice->more = false;
	bpf_for_each(mptcpx_path, path, view) {
		if (!usable(view, path) || !mptcpx_lacks(msk, path, view->nxt, &range) ||
		    !before64(range.from, view->wnd_end))
			continue;
		choice->more = true;
		if (!path->room || !better(path, best))
			continue;
		best = path;
		first = range;
	}
	return best ? choose(choice, best, first.from, first.to) : MPTCPX_NOBODY;
}

SEC("struct_ops")
int BPF_PROG(red_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path, *best = NULL;
	__u16 whole = 0, alive = 0;
	struct mptcpx_range range;
	bool light;

	bpf_for_each(mptcpx_path, path, view) {
		if (!path->timed_out) {
			alive |= 1U << (path->slot & 15);
			if (!path->hole)
				whole |= 1U << (path->slot & 15);
		}
		if (path->room && usable(view, path) && better(path, best))
			best = path;
	}
	if (!best)
		return copy(msk, view, choice);

	choice->more = (view->primary ? view->primary : view->n) > 1;
	/* what no subflow has that can be trusted with it */
	light = view->end - view->nxt <= best->room;
	if (mptcpx_orphan(msk, (light ? whole : alive) | 1U << (best->slot & 15),
			  view->nxt, &range))
		return choose(choice, best, range.from, range.to);
	/* data never sent */
	if (before64(view->nxt, view->end) &&
	    (before64(view->nxt, view->wnd_end) || view->una == view->nxt))
		return choose(choice, best, view->nxt, view->end);
	return copy(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_red = {
	.decide	= (void *)red_decide,
	.flags	= MPTCPX_SCHED_COPIES,
	.name	= "bpf_red",
};

char LICENSE[] SEC("license") = "GPL";
