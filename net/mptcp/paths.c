// SPDX-License-Identifier: GPL-2.0
/*
 * A connection's subflows: the account of what each was given, and the
 * snapshot on which a scheduler decides.
 *
 * What was given is read off each subflow's rel_write_seq, not off our own
 * decisions: a delegated push (__mptcp_subflow_push_pending() with first set)
 * and __mptcp_retrans() send without asking, a push may stop short, and a
 * zero window probe moves the counter by a byte that is no new data.
 */
#include "adapter.h"

static struct mptcpx_slot *slot_of(struct mptcpx_conn *conn, unsigned int hint,
				   const struct mptcp_subflow_context *subflow)
{
	struct mptcpx_slot *slot = &conn->slots[hint % MPTCPX_PATHS_MAX];
	struct mptcpx_slot *free = NULL;

	/* as long as no subflow has closed, slots are in the list's order */
	if (likely(slot->subflow == subflow && slot->subflow_id == subflow->subflow_id))
		return slot;

	for (slot = conn->slots; slot < conn->slots + MPTCPX_PATHS_MAX; slot++) {
		if (slot->subflow == subflow && slot->subflow_id == subflow->subflow_id)
			return slot;
		if (!slot->subflow && !free)
			free = slot;
	}
	return free;
}

/*
 * Enter in the account what @slot was given: @bytes at DSN @from, of which what
 * lies before @nxt had been sent before.
 */
static void enter(struct mptcpx_conn *conn, struct mptcpx_slot *slot, bool ledger,
		  u64 from, u32 bytes, u64 nxt)
{
	u64 sent_end = mptcpx_sent_end(conn->msk);
	u64 to = from + bytes;

	/* a zero window probe sends no data of its own */
	if (mptcpx_after64(to, sent_end))
		to = sent_end;
	if (!mptcpx_before64(from, to))
		return;
	if (mptcpx_before64(from, nxt))
		slot->copied += (mptcpx_before64(to, nxt) ? to : nxt) - from;
	if (ledger)
		mptcpx_ledger_add(&conn->ledger, BIT(slot - conn->slots), from, to);
}

/**
 * mptcpx_paths_sync() - bring the account of each subflow up to date
 * @conn: the connection
 * @ledger: enter it in the ledger too
 *
 * Context: the msk owned by this process, or softirq under its data lock.
 *
 * Return: index of the subflow that was told to send and sent nothing;
 * MPTCPX_PATHS_MAX if there is none.
 */
u8 mptcpx_paths_sync(struct mptcpx_conn *conn, bool ledger)
{
	struct mptcp_sock *msk = conn->msk;
	struct mptcp_subflow_context *subflow;
	struct mptcpx_slot *slot, *strays[MPTCPX_PATHS_MAX];
	u32 delta, stray_bytes[MPTCPX_PATHS_MAX];
	u64 una = READ_ONCE(msk->snd_una);
	u64 from = conn->push_from;
	unsigned int i = 0, n = 0;
	u8 idle = conn->push_slot;
	u16 seen = 0, gone = 0;

	if (una != conn->una_seen || una == msk->snd_nxt) {
		conn->una_seen = una;
		conn->una_stamp = jiffies;
	}

	mptcpx_for_each_subflow(msk, subflow) {
		slot = slot_of(conn, i++, subflow);
		if (!slot)
			continue;
		if (unlikely(!slot->subflow)) {
			memset(slot, 0, sizeof(*slot));
			if (conn->store)
				memset(conn->store->path[slot - conn->slots], 0,
				       MPTCPX_STORE_PATH);
			slot->subflow = subflow;
			slot->subflow_id = subflow->subflow_id;
			slot->rel_write_seq = subflow->rel_write_seq;
		}
		seen |= BIT(slot - conn->slots);
		delta = subflow->rel_write_seq - slot->rel_write_seq;
		if (!delta)
			continue;
		slot->rel_write_seq = subflow->rel_write_seq;
		slot->bytes += delta;
		if (slot - conn->slots == conn->push_slot) {
			enter(conn, slot, ledger, from, delta, conn->push_nxt);
			from += delta;
			idle = MPTCPX_PATHS_MAX;
		} else {
			strays[n] = slot;
			stray_bytes[n++] = delta;
		}
	}
	/* who sent without being told went on where the last push ended */
	for (i = 0; i < n; i++) {
		enter(conn, strays[i], ledger, from, stray_bytes[i], conn->push_nxt);
		from += stray_bytes[i];
	}
	conn->push_slot = MPTCPX_PATHS_MAX;
	conn->push_from = from;
	conn->push_nxt = mptcpx_sent_end(msk);

	for (i = 0; i < MPTCPX_PATHS_MAX; i++) {
		if (!conn->slots[i].subflow || seen & BIT(i))
			continue;
		conn->slots[i].subflow = NULL;
		gone |= BIT(i);
	}
	if (ledger) {
		if (unlikely(gone))
			mptcpx_ledger_drop(&conn->ledger, gone);
		mptcpx_ledger_ack(&conn->ledger, una);
	}
	return idle;
}

/**
 * mptcpx_slot_index() - where we keep what we know of a subflow
 * @conn: the connection
 * @subflow: one of its subflows
 *
 * Return: index in &mptcpx_conn.slots; MPTCPX_PATHS_MAX if it has none.
 */
u8 mptcpx_slot_index(const struct mptcpx_conn *conn,
		     const struct mptcp_subflow_context *subflow)
{
	u8 i;

	for (i = 0; i < MPTCPX_PATHS_MAX; i++)
		if (conn->slots[i].subflow == subflow &&
		    conn->slots[i].subflow_id == subflow->subflow_id)
			break;
	return i;
}

/* packets; see path_room() */
static u32 path_cwnd(const struct tcp_sock *tp)
{
	/* not locked: of this moment or the last */
	return data_race(tcp_snd_cwnd(tp));
}

/*
 * Bytes a subflow can take without queueing behind its window: free congestion
 * window less what waits unsent, both in full packets. None if its send memory is
 * used up. The window counts packets, not bytes: what fills half of one costs a
 * whole one, and the message it splits the next.
 *
 * Here and in the rest of the snapshot the subflow's socket is not locked, and an
 * acknowledgment may change any of this meanwhile: what was so a moment ago is as
 * good, in any combination, for what is sent is bound by TCP itself.
 */
static u32 path_room(struct sock *ssk, const struct tcp_sock *tp, u32 mss)
{
	u32 unsent = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_nxt);
	s64 packets;

	if (!sk_stream_memory_free(ssk))
		return 0;
	/* not locked, see above: a sum of numbers that may belong to two moments */
	packets = (s64)path_cwnd(tp) - data_race(tcp_packets_in_flight(tp));
	packets -= DIV_ROUND_UP(unsent, mss);
	return clamp_t(s64, packets * mss, 0, INT_MAX / 2);
}

/* bytes/s of the last delivery rate sample that the application did not limit */
static u64 path_rate(const struct tcp_sock *tp)
{
	u32 interval = READ_ONCE(tp->rate_interval_us);

	if (!interval)
		return 0;
	return div_u64((u64)READ_ONCE(tp->rate_delivered) * READ_ONCE(tp->mss_cache) *
		       USEC_PER_SEC, interval);
}

/*
 * Bytes that can be outstanding: the peer's window, and two thirds of the send
 * buffer. Above those a writer that sleeps is not woken: sk_stream_write_space()
 * of 6.12 and 7.3 asks for a third to be free.
 */
static u32 capacity(const struct mptcp_sock *msk, const struct mptcpx_view *view)
{
	u64 sndbuf = READ_ONCE(mptcpx_msk_sk(msk)->sk_sndbuf) / 3 * 2;

	return min(sndbuf, view->wnd_end - view->una);
}

/* payload of a full packet; options may have left no room for any, by its count */
static u32 path_mss(const struct tcp_sock *tp)
{
	return max_t(int, READ_ONCE(tp->mss_cache) - MPTCPX_DSS_LEN, 1);
}

/* µs; not measured yet is the longest there can be */
static u32 path_srtt(const struct tcp_sock *tp)
{
	return (READ_ONCE(tp->srtt_us) >> 3) ?: U32_MAX;
}

/* is a loss being repaired, or does the peer hold what came behind one? */
static bool path_hole(const struct tcp_sock *tp)
{
	/* not locked, see path_room(); bits of a byte */
	return data_race(tp->inet_conn.icsk_ca_state >= TCP_CA_Recovery) ||
	       READ_ONCE(tp->sacked_out);
}

/* jiffies until the subflow's TCP gives up waiting; 0 if it is not */
static long subflow_timeout(const struct mptcp_subflow_context *subflow)
{
	if (!READ_ONCE(inet_csk(subflow->tcp_sock)->icsk_pending) ||
	    READ_ONCE(subflow->stale_count))
		return 0;
	return mptcpx_timeout_expires(subflow->tcp_sock) - jiffies;
}

static void set_timeout(struct mptcp_sock *msk, long timeout)
{
	msk->timer_ival = timeout > 0 ? timeout : TCP_RTO_MIN;
}

/**
 * mptcpx_set_timeout() - set the MPTCP retransmission timeout
 * @msk: the connection, owned by this process or under its data lock
 *
 * As mptcp_set_timeout() of the core (6.12, 7.3) does.
 */
void mptcpx_set_timeout(struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;
	long timeout = 0;

	mptcpx_for_each_subflow(msk, subflow)
		timeout = max(timeout, subflow_timeout(subflow));
	set_timeout(msk, timeout);
}

/**
 * mptcpx_paths_view() - take the snapshot on which a scheduler decides
 * @conn: the connection, its account up to date
 * @view: the snapshot
 *
 * Also sets the MPTCP retransmission timeout as mptcp_set_timeout() of the core
 * does: a scheduler must, or it stays at its floor.
 *
 * Context: the msk owned by this process, or softirq under its data lock.
 */
void mptcpx_paths_view(struct mptcpx_conn *conn, struct mptcpx_view *view)
{
	struct mptcp_sock *msk = conn->msk;
	struct mptcp_subflow_context *subflow;
	struct mptcpx_slot *slot;
	struct mptcpx_path *path;
	unsigned int i = 0;
	long timeout = 0;

	view->una = READ_ONCE(msk->snd_una);
	view->end = mptcpx_end(msk);
	view->nxt = mptcpx_sent_end(msk);
	view->head = mptcpx_head(msk);
	view->wnd_end = READ_ONCE(msk->wnd_end);
	view->capacity = capacity(msk, view);
	view->n = 0;
	view->primary = 0;
	view->dead = 0;

	mptcpx_for_each_subflow(msk, subflow) {
		struct tcp_sock *tp = tcp_sk(subflow->tcp_sock);

		slot = slot_of(conn, i++, subflow);
		if (!slot || !mptcpx_subflow_usable(subflow))
			continue;

		path = &view->path[view->n];
		path->index = view->n++;
		path->subflow = subflow;
		path->slot = slot - conn->slots;
		path->backup = mptcpx_is_backup(subflow);
		view->primary += !path->backup;
		path->srtt_us = path_srtt(tp);
		/* not locked: of this moment or the last, see path_room() */
		path->min_rtt_us = data_race(tcp_min_rtt(tp));
		path->mss = path_mss(tp);
		path->room = path_room(subflow->tcp_sock, tp, path->mss);
		path->queued = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_una);
		path->window = (u64)path_cwnd(tp) * path->mss;
		path->hole = path_hole(tp);
		/* as path_hole() */
		path->slow_start = data_race(tcp_in_slow_start(tp));
		path->timed_out = mptcpx_timed_out(subflow->tcp_sock);
		view->dead += path->timed_out;
		path->sent = slot->bytes;
		path->rate = path_rate(tp);
		timeout = max(timeout, subflow_timeout(subflow));
	}
	mptcpx_hol_bound(view);
	set_timeout(msk, timeout);
}

#ifdef MPTCPX_KUNIT
#include "paths_test.c"
#endif
