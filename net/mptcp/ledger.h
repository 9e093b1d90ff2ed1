/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which subflow was given which bytes: the ledger of a connection.
 *
 * Runs of the data sequence space, in order and without gaps, each with a bit
 * for every subflow that was given all of it. It is a hint, of bounded size:
 * runs that do not fit are merged into one that is unsure, each of whose
 * subflows has some of it. Such a run counts as given as long as all of them
 * are there. Nothing is lost by it: what no subflow delivers the core
 * retransmits.
 */
#ifndef MPTCPX_LEDGER_H
#define MPTCPX_LEDGER_H

#include <linux/bits.h>
#include <linux/types.h>

/*
 * Runs kept. A message stream needs about one for each message in flight on
 * the faster but not yet on the slower subflow; bulk over unequal paths two for
 * each burst on the slower one, of which an RTT of a second holds hundreds.
 */
#define MPTCPX_LEDGER_RUNS	512

/* bit of a run that is unsure; the bits below it are subflows */
#define MPTCPX_RUN_UNSURE	BIT(16)

struct mptcpx_run {
	u64 start;
	u32 mask;
};

/**
 * struct mptcpx_ledger - runs from the first unacknowledged byte to @end
 * @end: DSN after the last run
 * @n: number of runs; a run ends where the next one starts
 * @run: in order of their DSN
 */
struct mptcpx_ledger {
	u64 end;
	u16 n;
	struct mptcpx_run run[MPTCPX_LEDGER_RUNS];
};

void mptcpx_ledger_reset(struct mptcpx_ledger *ledger, u64 seq);
void mptcpx_ledger_ack(struct mptcpx_ledger *ledger, u64 una);
void mptcpx_ledger_add(struct mptcpx_ledger *ledger, u16 mask, u64 from, u64 to);
void mptcpx_ledger_drop(struct mptcpx_ledger *ledger, u16 mask);
bool mptcpx_ledger_orphan(const struct mptcpx_ledger *ledger, u16 trusted, u64 end,
			  u64 *from, u64 *to);
bool mptcpx_ledger_lacks(const struct mptcpx_ledger *ledger, u16 mask, u64 end,
			 u64 *from, u64 *to);

#endif /* MPTCPX_LEDGER_H */
