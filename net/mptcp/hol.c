// SPDX-License-Identifier: GPL-2.0
/*
 * HoL blocking: how much data a slower subflow may hold.
 *
 * The peer reads in order. What a slower subflow holds makes what the others
 * deliver behind it wait, and all of it stays in the send buffer meanwhile. Once
 * that is full the application sleeps and the fast subflows fall idle: two paths
 * then carry less than one.
 *
 * A congestion window says what the bottleneck's queue takes, and with a deep
 * queue that is seconds. But a subflow need not fill that queue to carry all it
 * can, only to keep it from running empty. So a subflow is given no more than what
 * it delivers within a bounded delay. While data spends the time t on it, all
 * subflows together send t times their rate; if it loses a packet, the repair takes
 * as long again. Hence
 *
 *	2 * t * (sum of the rates) <= what may be outstanding
 *
 * but never less than some round trips without queue: a path is not to be starved by
 * its length, only by its queue. Four while the rate says too little: in slow start the
 * window doubles each round trip and the rate is measured one round trip behind, and
 * while a loss is repaired it falls, and what the peer has got behind the loss counts as
 * held. Else two: more lets a long path keep a queue of several round trips where the
 * peer's window is small. It then holds most of that window, and what the peer reads in
 * so long a round trip is too little for it to open (mptcp_rcv_space_adjust(), 7.3).
 *
 * The fastest subflow is exempt: nothing overtakes it. The idea of comparing what a
 * slow subflow blocks with the send window is from Ferlin et al., "BLEST: Blocking
 * estimation-based MPTCP scheduler for heterogeneous networks", IFIP Networking
 * 2016; there it leaves the subflow out, here it bounds its queue.
 *
 * Pure: no socket, no lock.
 */
#include <linux/math64.h>

#include "mptcpx.h"

#define HOL_REPAIR	2	/* delays a lost packet costs */
#define HOL_ROUNDS	2	/* round trips a subflow is always allowed */
#define HOL_UNSETTLED	4	/* in slow start, or while it repairs a loss */

static bool in_use(const struct mptcpx_view *view, const struct mptcpx_path *path)
{
	return !path->backup || !view->primary;
}

/*
 * What a subflow may hold so as to deliver it within @delay_us. Never nothing: one that
 * is idle must be able to take a packet, for no acknowledgment will come to make room.
 * Round trips of some µs and a rate measured over a timeout come to less than a byte.
 */
static u64 most_of(const struct mptcpx_path *path, u64 delay_us)
{
	u64 rounds = path->slow_start || path->hole ? HOL_UNSETTLED : HOL_ROUNDS;

	delay_us = max_t(u64, delay_us, rounds * path->min_rtt_us);
	return mul_u64_u64_div_u64(delay_us, path->rate, USEC_PER_SEC) ?: 1;
}

/**
 * mptcpx_hol_bound() - bound the room of subflows by the HoL blocking they cause
 * @view: the snapshot; all but the subflows' rooms is complete
 *
 * A subflow whose rate has not been measured is left as it is.
 *
 * Context: any; called at each decision.
 */
void mptcpx_hol_bound(struct mptcpx_view *view)
{
	struct mptcpx_path *path, *fastest = NULL;
	u64 rate = 0, delay_us, most;

	for (path = view->path; path < view->path + view->n; path++) {
		if (!in_use(view, path) || path->timed_out)
			continue;
		rate += path->rate;
		if (!fastest || path->srtt_us < fastest->srtt_us)
			fastest = path;
	}
	if (!rate)
		return;

	delay_us = div64_u64((u64)view->capacity * USEC_PER_SEC, HOL_REPAIR * rate);
	/* over an hour; most_of() would trap if its result took more than 64 bits */
	delay_us = min_t(u64, delay_us, U32_MAX);
	for (path = view->path; path < view->path + view->n; path++) {
		if (path == fastest || !path->rate)
			continue;
		most = most_of(path, delay_us);
		if (most <= path->queued)
			path->room = 0;
		else	/* whole packets */
			path->room = min_t(u64, path->room,
					   DIV_ROUND_UP_ULL(most - path->queued, path->mss) *
					   path->mss);
	}
}

#ifdef MPTCPX_KUNIT
#include "hol_test.c"
#endif
