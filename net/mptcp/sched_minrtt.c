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
 * Among the slower ones, one is left alone if the data would be there sooner by
 * waiting for the best: if that one, at its RTT and window, sends all that waits
 * before a packet on the slower one could be acknowledged. And none holds more
 * than mptcpx_hol_bound() allows (hol.c). Together these keep HoL blocking out.
 *
 * Reference: the default scheduler of the mptcp.org kernel; Paasch et al.,
 * "Experimental Evaluation of Multipath TCP Schedulers", CSWS 2014. Waiting: Lim et
 * al., "ECF: An MPTCP Path Scheduler to Manage Heterogeneous Paths", CoNEXT 2017.
 *
 * When not: where a loss must not be felt at all, use redundant.
 */
#include <linux/math64.h>
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

/*
 * Would @best have sent all of @unsent, and be through with it, before @next
 * delivers? It has to be alive: something in flight on it will be acknowledged.
 * Rounds are counted twice: windows shrink, and waiting in vain costs more.
 */
static bool minrtt_waits(const struct mptcpx_path *best, const struct mptcpx_path *next,
			 u64 unsent)
{
	u64 rounds_us;

	if (best == next || best->timed_out || !best->queued || next->srtt_us == U32_MAX)
		return false;
	rounds_us = mul_u64_u64_div_u64(2 * unsent, best->srtt_us, best->window);
	return rounds_us + best->srtt_us < next->srtt_us;
}

static bool minrtt_get_send(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			    struct mptcpx_choice *choice)
{
	const struct mptcpx_path *next = minrtt_best(view, true);

	if (!next || minrtt_waits(minrtt_best(view, false), next, view->end - view->head))
		return false;
	choice->path = next - view->path;
	choice->len = next->room;
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

#ifdef MPTCPX_KUNIT
#include "sched_minrtt_test.c"
#endif
