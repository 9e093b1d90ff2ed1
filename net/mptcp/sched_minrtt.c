// SPDX-License-Identifier: GPL-2.0
/*
 * minrtt: the subflow with the lowest RTT that has room.
 *
 * Intent: each byte leaves on the path that delivers it soonest, as long as
 * that path can carry it; when it is full, on the next best.
 *
 * Rule: among the subflows that are active, not stale and not backup (backup
 * only when no other is usable), the one with the lowest smoothed RTT that has
 * congestion window and send memory to spare. It is given no more than fits in
 * its window: nothing queues in the sending host behind a window, where a
 * better path opening up could no longer take it over.
 *
 * Reference: the default scheduler of the mptcp.org kernel; Paasch et al.,
 * "Experimental Evaluation of Multipath TCP Schedulers", CSWS 2014.
 *
 * When not: bulk data through a receive buffer smaller than the slow path's
 * bandwidth-delay product: data on the slow path then holds the window up (HoL
 * blocking), and a scheduler that leaves the slow path idle can win. Where a
 * loss must not be felt at all, use redundant.
 */
#include <linux/module.h>

#include "mptcpx.h"

static bool minrtt_get_send(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			    struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path, *best = NULL;

	for (path = view->path; path < view->path + view->n; path++) {
		if (!path->room || (path->backup && view->primary))
			continue;
		if (!best || path->srtt_us < best->srtt_us)
			best = path;
	}
	if (!best)
		return false;

	choice->path = best - view->path;
	choice->len = best->room;
	return true;
}

static struct mptcpx_sched minrtt = {
	.name		= "minrtt",
	.owner		= THIS_MODULE,
	.get_send	= minrtt_get_send,
};

static int __init minrtt_init(void)
{
	return mptcpx_register(&minrtt);
}

static void __exit minrtt_exit(void)
{
	mptcpx_unregister(&minrtt);
}

module_init(minrtt_init);
module_exit(minrtt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MPTCP packet scheduler: lowest RTT first");
