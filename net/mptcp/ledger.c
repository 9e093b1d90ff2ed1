// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger: which subflow was given which bytes. See ledger.h.
 *
 * Pure: no socket, no lock. All comparisons are signed distances, so a data
 * sequence space that wraps is no special case.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "ledger.h"

static bool before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

static u64 run_end(const struct mptcpx_ledger *ledger, unsigned int i)
{
	return i + 1 < ledger->n ? ledger->run[i + 1].start : ledger->end;
}

static void remove_run(struct mptcpx_ledger *ledger, unsigned int i)
{
	ledger->n--;
	memmove(&ledger->run[i], &ledger->run[i + 1],
		(ledger->n - i) * sizeof(ledger->run[0]));
}

/* neighbours that say the same become one */
static void join_runs(struct mptcpx_ledger *ledger)
{
	unsigned int i, n = 0;

	for (i = 0; i < ledger->n; i++) {
		if (n && ledger->run[n - 1].mask == ledger->run[i].mask)
			continue;
		ledger->run[n++] = ledger->run[i];
	}
	ledger->n = n;
}

/*
 * Make room for two more runs by forgetting the least: of all neighbours, merge
 * the pair that spans the fewest bytes.
 */
static void make_room(struct mptcpx_ledger *ledger)
{
	unsigned int i, at;
	u64 span, least;

	while (ledger->n > MPTCPX_LEDGER_RUNS - 2) {
		at = 0;
		least = U64_MAX;
		for (i = 0; i + 1 < ledger->n; i++) {
			span = run_end(ledger, i + 1) - ledger->run[i].start;
			if (span < least) {
				least = span;
				at = i;
			}
		}
		ledger->run[at].mask |= ledger->run[at + 1].mask | MPTCPX_RUN_UNSURE;
		remove_run(ledger, at + 1);
		join_runs(ledger);
	}
}

/* let a run start at @seq, which lies within the ledger; its index */
static unsigned int split_at(struct mptcpx_ledger *ledger, u64 seq)
{
	unsigned int i = 0;

	while (i < ledger->n && before(ledger->run[i].start, seq))
		i++;
	if (i == ledger->n ? seq == ledger->end : ledger->run[i].start == seq)
		return i;

	memmove(&ledger->run[i + 1], &ledger->run[i],
		(ledger->n - i) * sizeof(ledger->run[0]));
	ledger->run[i].start = seq;
	ledger->run[i].mask = ledger->run[i - 1].mask;
	ledger->n++;
	return i;
}

/**
 * mptcpx_ledger_reset() - start anew
 * @ledger: the ledger
 * @seq: DSN of the first byte it will speak of
 */
void mptcpx_ledger_reset(struct mptcpx_ledger *ledger, u64 seq)
{
	ledger->end = seq;
	ledger->n = 0;
}

/**
 * mptcpx_ledger_ack() - forget what the peer has acknowledged
 * @ledger: the ledger
 * @una: first DSN not acknowledged
 */
void mptcpx_ledger_ack(struct mptcpx_ledger *ledger, u64 una)
{
	unsigned int i = 0;

	if (!before(una, ledger->end)) {
		mptcpx_ledger_reset(ledger, una);
		return;
	}
	while (i < ledger->n && !before(una, run_end(ledger, i)))
		i++;
	if (i) {
		ledger->n -= i;
		memmove(ledger->run, &ledger->run[i], ledger->n * sizeof(ledger->run[0]));
	}
	if (ledger->n && before(ledger->run[0].start, una))
		ledger->run[0].start = una;
}

/**
 * mptcpx_ledger_add() - subflows were given a range
 * @ledger: the ledger
 * @mask: the subflows' bits
 * @from: DSN of the first byte
 * @to: DSN after the last byte
 *
 * What lies before the ledger's first byte is ignored; a gap behind its end is
 * filled with a run that nobody has.
 */
void mptcpx_ledger_add(struct mptcpx_ledger *ledger, u16 mask, u64 from, u64 to)
{
	u64 start = ledger->n ? ledger->run[0].start : ledger->end;
	unsigned int i, last;

	if (before(from, start))
		from = start;
	if (!before(from, to))
		return;

	make_room(ledger);
	if (before(ledger->end, to)) {
		/* grow by a run of its own; joined below if it says the same */
		ledger->run[ledger->n].start = ledger->end;
		ledger->run[ledger->n].mask = 0;
		ledger->n++;
		ledger->end = to;
		join_runs(ledger);
		make_room(ledger);
	}
	i = split_at(ledger, from);
	last = split_at(ledger, to);
	for (; i < last; i++)
		ledger->run[i].mask |= mask;
	join_runs(ledger);
}

/* is a run in the hands of subflows of @trusted */
static bool in_hands(const struct mptcpx_run *run, u32 trusted)
{
	if (run->mask & MPTCPX_RUN_UNSURE)
		return !(run->mask & ~(trusted | MPTCPX_RUN_UNSURE));
	return run->mask & trusted;
}

/**
 * mptcpx_ledger_drop() - subflows are gone, and with them what they were given
 * @ledger: the ledger
 * @mask: the subflows' bits
 */
void mptcpx_ledger_drop(struct mptcpx_ledger *ledger, u16 mask)
{
	unsigned int i;

	for (i = 0; i < ledger->n; i++) {
		if (!(ledger->run[i].mask & mask))
			continue;
		/* nobody can tell any more what of it the others have */
		if (ledger->run[i].mask & MPTCPX_RUN_UNSURE)
			ledger->run[i].mask = 0;
		else
			ledger->run[i].mask &= ~(u32)mask;
	}
	join_runs(ledger);
}

/* the first range of runs of which @has() says no */
static bool first_range(const struct mptcpx_ledger *ledger, u32 mask, u64 end,
			bool (*has)(const struct mptcpx_run *run, u32 mask),
			u64 *from, u64 *to)
{
	unsigned int i = 0;

	while (i < ledger->n && has(&ledger->run[i], mask))
		i++;
	*from = i < ledger->n ? ledger->run[i].start : ledger->end;
	while (i < ledger->n && !has(&ledger->run[i], mask))
		i++;
	*to = i < ledger->n ? ledger->run[i].start : end;
	if (before(end, *to))
		*to = end;
	return before(*from, *to);
}

static bool was_given(const struct mptcpx_run *run, u32 mask)
{
	return run->mask & mask;
}

/**
 * mptcpx_ledger_orphan() - the first range that no trusted subflow has
 * @ledger: the ledger
 * @trusted: the bits of those that can be trusted with what they were given
 * @end: look no further than this DSN; may lie behind the ledger's end
 * @from: result, DSN of the range's first byte
 * @to: result, DSN after its last byte
 *
 * Return: whether there is one.
 */
bool mptcpx_ledger_orphan(const struct mptcpx_ledger *ledger, u16 trusted, u64 end,
			  u64 *from, u64 *to)
{
	return first_range(ledger, trusted, end, in_hands, from, to);
}
EXPORT_SYMBOL_GPL(mptcpx_ledger_orphan);

/**
 * mptcpx_ledger_lacks() - the first range that a subflow was not given
 * @ledger: the ledger
 * @mask: the subflow's bit
 * @end: look no further than this DSN; may lie behind the ledger's end
 * @from: result, DSN of the range's first byte
 * @to: result, DSN after its last byte
 *
 * Return: whether there is one.
 */
bool mptcpx_ledger_lacks(const struct mptcpx_ledger *ledger, u16 mask, u64 end,
			 u64 *from, u64 *to)
{
	return first_range(ledger, mask, end, was_given, from, to);
}
EXPORT_SYMBOL_GPL(mptcpx_ledger_lacks);

#ifdef MPTCPX_KUNIT
#include "ledger_test.c"
#endif
