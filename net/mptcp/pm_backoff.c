// SPDX-License-Identifier: GPL-2.0
/*
 * When a subflow that failed is tried again, and for how long it is waited for.
 *
 * Whoever says no is asked seldom, and more seldom each time. A path on which
 * nobody answers is another matter: it is tried at short and even intervals,
 * so that it is used again soon after it is back; after many attempts these
 * get longer as well.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "pm_plan.h"

#define PATIENT		1024u	/* attempts on a silent path at full rate */
#define PATIENT_MAX	16u	/* then this many times slower at most */

/**
 * mptcpx_pm_backoff() - how long to wait before the next attempt
 * @why: what became of the last one
 * @fails: attempts in a row that failed, this one included
 * @first: delay after the first failure, ms
 * @limit: longest delay, ms
 * @probe: interval of attempts on a silent path, ms
 * @random: any number: delays vary by an eighth, so that connections that fail
 *	together do not come back together
 *
 * Return: delay, ms.
 */
unsigned int mptcpx_pm_backoff(enum mptcpx_pm_failure why, unsigned int fails,
			       unsigned int first, unsigned int limit,
			       unsigned int probe, u32 random)
{
	u64 delay;

	if (why == MPTCPX_PM_LOST || !fails)
		return 0;
	if (why == MPTCPX_PM_SILENT) {
		/* the attempt itself took @probe: see mptcpx_pm_patience() */
		if (fails <= PATIENT)
			return 0;
		return probe * min((fails - 1) / PATIENT, PATIENT_MAX);
	}
	delay = (u64)first << min(fails - 1, 31u);
	delay = min_t(u64, delay, limit);
	delay -= delay * (random & 0xff) / (8 * 256);
	return delay;
}

/**
 * mptcpx_pm_patience() - how long a handshake may take
 * @probe: interval of attempts on a silent path, ms
 * @rtt: longest round trip the connection has seen, ms; 0 if unknown
 * @fails: attempts in a row that failed
 *
 * A path slower than all others must get through as well, now and then. No longer than
 * it takes to find a path that is back meanwhile: TCP asks a second time after a second.
 *
 * Return: time, ms.
 */
unsigned int mptcpx_pm_patience(unsigned int probe, unsigned int rtt, unsigned int fails)
{
	u64 time = max_t(u64, probe, 4ull * rtt);

	/* now and then, for paths with a round trip beyond the interval */
	if (fails % 8 == 7)
		time = max_t(u64, time, 1700);
	return min_t(u64, time, 60000);
}

/**
 * mptcpx_pm_rest() - pause after a pass over all connections
 * @took_us: what it took, µs
 * @floor: least pause, ms
 *
 * Routes may change all the time: following them takes a fifth of a CPU at
 * most.
 *
 * Return: pause, ms.
 */
unsigned int mptcpx_pm_rest(unsigned int took_us, unsigned int floor)
{
	return clamp(took_us / 250, floor, 1000u);
}

#ifdef MPTCPX_KUNIT
#include "pm_backoff_test.c"
#endif
