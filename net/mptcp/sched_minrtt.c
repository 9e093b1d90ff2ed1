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
 * Two cases send again. What only subflows hold that have closed, are stale or
 * whose retransmission timer fired. And, when the send buffer or the peer's window
 * is full of data that waits for a slower path (HoL blocking), what the best
 * subflow was not given: nothing new can be sent meanwhile, it would be idle.
 *
 * Reference: the default scheduler of the mptcp.org kernel; Paasch et al.,
 * "Experimental Evaluation of Multipath TCP Schedulers", CSWS 2014. The second
 * case: Raiciu et al., "How Hard Can It Be?", NSDI 2012, section 4.2.
 *
 * When not: bulk data through a receive buffer much smaller than the slow path's
 * bandwidth-delay product, where a scheduler that leaves the slow path idle can
 * win. Where a loss must not be felt at all, use redundant.
 */
#include <linux/module.h>

#include "mptcpx.h"

/* lowest RTT of those usable; with @room, of those that have some */
static const struct mptcpx_path *minrtt_best(const struct mptcpx_view *view, bool room)
{
	const struct mptcpx_path *path, *best = NULL;

	for (path = view->path; path < view->path + view->n; path++) {
		if ((room && !path->room) || (path->backup && view->primary))
			continue;
		if (!best || path->srtt_us < best->srtt_us)
			best = path;
	}
	return best;
}

/* nothing new can be sent before something is acknowledged */
static bool minrtt_blocked(const struct mptcpx_view *view)
{
	if (view->nxt == view->end)
		return view->full;
	return !mptcpx_before64(view->nxt, view->wnd_end);
}

/* is there a range to be sent again on @best? */
static bool minrtt_again(const struct mptcpx_ledger *ledger, const struct mptcpx_view *view,
			 const struct mptcpx_path *best, u64 *from, u64 *to)
{
	const struct mptcpx_path *path;
	u16 trusted = BIT(best->slot);

	for (path = view->path; path < view->path + view->n; path++)
		if (!path->timed_out)
			trusted |= BIT(path->slot);
	if (mptcpx_ledger_orphan(ledger, trusted, view->nxt, from, to))
		return true;
	return minrtt_blocked(view) && best == minrtt_best(view, false) &&
	       mptcpx_ledger_lacks(ledger, BIT(best->slot), view->nxt, from, to);
}

static bool minrtt_get_send(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			    struct mptcpx_choice *choice)
{
	const struct mptcpx_path *best = minrtt_best(view, true);
	u64 from, to;

	/* if the buffer is full, there is work left when all of it is sent */
	choice->more = view->full && view->n > 1;
	if (!best)
		return false;

	choice->path = best - view->path;
	choice->len = best->room;
	if (minrtt_again(&conn->ledger, view, best, &from, &to)) {
		choice->from = from;
		choice->len = min_t(u64, to - from, best->room);
		choice->more = true;
		return true;
	}
	return mptcpx_before64(view->nxt, view->end);
}

static struct mptcpx_sched minrtt = {
	.name		= "minrtt",
	.owner		= THIS_MODULE,
	.copies		= true,
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
