// SPDX-License-Identifier: GPL-2.0
/*
 * Reinjection: sending a range of the data again, on a chosen subflow.
 *
 * The core sends from its send head (msk->first_pending and, in it,
 * already_sent) and moves it along. Nothing forbids to move it back: the core
 * does so itself when a subflow dies (__mptcp_retransmit_pending_data(),
 * net/mptcp/protocol.c, 6.12 and 7.3), and sets msk->recovery, which makes
 * __mptcp_clean_una() accept acknowledgments beyond the head;
 * mptcp_update_post_push() lets snd_nxt only grow. So a range is sent again by
 * placing the head at its start and letting the chosen subflow push.
 *
 * The push would go on to the end of a data fragment, up to 32 KB. It is
 * bounded to the byte by lowering msk->wnd_end for the time of the push:
 * mptcp_check_allowed_size() stops there. It is put back at the next call; an
 * acknowledgment in between may raise it first, which only makes the push
 * longer, and is what heals it should no call follow.
 *
 * With no unsent data the core does not call a scheduler at all. Two ways bring
 * it back: a head left ("parked") at data that somebody lacks makes each
 * acknowledgment ask again; a kick sends the core through __mptcp_retrans(),
 * where the head is parked and a push requested.
 */
#include "adapter.h"

/*
 * Data fragments one move of the head may pass. Bounds the time spent under
 * the data lock when thousands of tiny writes are outstanding.
 */
#define HEAD_WALK_MAX	1024

/**
 * mptcpx_end() - DSN after the last byte written by the application
 * @msk: the connection
 */
u64 mptcpx_end(const struct mptcp_sock *msk)
{
	if (list_empty(&msk->rtx_queue))
		return READ_ONCE(msk->snd_una);
	return mptcpx_dfrag_end(list_last_entry(&msk->rtx_queue,
						struct mptcp_data_frag, list));
}

/**
 * mptcpx_sent_end() - first DSN never sent
 * @msk: the connection
 *
 * It is snd_nxt, less the DATA_FIN that snd_nxt counts once it is sent.
 */
u64 mptcpx_sent_end(const struct mptcp_sock *msk)
{
	u64 end = mptcpx_end(msk);

	return mptcpx_before64(msk->snd_nxt, end) ? msk->snd_nxt : end;
}

/**
 * mptcpx_head() - DSN at which the send head stands
 * @msk: the connection
 */
u64 mptcpx_head(const struct mptcp_sock *msk)
{
	const struct mptcp_data_frag *dfrag = msk->first_pending;

	return dfrag ? dfrag->data_seq + dfrag->already_sent : mptcpx_end(msk);
}

/* fragments between the head and the one that holds @seq, at most HEAD_WALK_MAX */
static bool within_reach(struct mptcp_sock *msk, struct mptcp_data_frag *dfrag, u64 seq)
{
	unsigned int n = 0;

	while (mptcpx_before64(seq, dfrag->data_seq) &&
	       !list_is_first(&dfrag->list, &msk->rtx_queue)) {
		if (++n > HEAD_WALK_MAX)
			return false;
		dfrag = list_prev_entry(dfrag, list);
	}
	return true;
}

/**
 * mptcpx_head_move() - place the send head
 * @msk: the connection
 * @seq: DSN of the first byte to send, between snd_una and the end
 *
 * All before @seq counts as sent and nothing from it on, as the core expects.
 *
 * Context: the msk owned by this process, or softirq under its data lock:
 * __mptcp_clean_una() is kept out by either.
 *
 * Return: false, with the head where it was, if it would have to go back too
 * many fragments.
 */
bool mptcpx_head_move(struct mptcp_sock *msk, u64 seq)
{
	struct mptcp_data_frag *dfrag = msk->first_pending;

	if (list_empty(&msk->rtx_queue)) {
		msk->first_pending = NULL;
		return true;
	}
	if (!dfrag)
		dfrag = list_last_entry(&msk->rtx_queue, struct mptcp_data_frag, list);
	if (!within_reach(msk, dfrag, seq))
		return false;

	while (mptcpx_before64(seq, dfrag->data_seq) &&
	       !list_is_first(&dfrag->list, &msk->rtx_queue)) {
		dfrag->already_sent = 0;
		dfrag = list_prev_entry(dfrag, list);
	}
	while (!mptcpx_before64(seq, mptcpx_dfrag_end(dfrag))) {
		dfrag->already_sent = dfrag->data_len;
		if (list_is_last(&dfrag->list, &msk->rtx_queue)) {
			msk->first_pending = NULL;
			return true;
		}
		dfrag = list_next_entry(dfrag, list);
	}
	dfrag->already_sent = mptcpx_after64(seq, dfrag->data_seq) ? seq - dfrag->data_seq : 0;
	msk->first_pending = dfrag;

	if (mptcpx_before64(seq, msk->snd_nxt)) {
		msk->recovery_snd_nxt = msk->snd_nxt;
		msk->recovery = true;
	}
	return true;
}

/**
 * mptcpx_head_pass() - let acknowledgments pass the send head
 * @msk: the connection
 *
 * For when the core is to send again what lies before the head. With checksums it sends
 * all of the fragment in which the head stands, what was never sent of it, too, and leaves
 * the head there (__mptcp_retrans(), net/mptcp/protocol.c, 6.12 and 7.3);
 * __mptcp_clean_una() warns of the acknowledgment, unless it is told to expect that.
 *
 * Context: the msk owned by this process, which keeps __mptcp_clean_una() out.
 */
void mptcpx_head_pass(struct mptcp_sock *msk)
{
	u64 end;

	if (!READ_ONCE(msk->csum_enabled) || !msk->first_pending)
		return;
	/* what is acknowledged beyond there ends the recovery, and that may be in two steps */
	end = mptcpx_dfrag_end(msk->first_pending);
	msk->recovery_snd_nxt = mptcpx_before64(end, msk->snd_nxt) ? msk->snd_nxt : end;
	msk->recovery = true;
}

static void lower_window(struct mptcpx_conn *conn, u64 seq)
{
	struct mptcp_sock *msk = conn->msk;

	if (mptcpx_before64(seq, msk->wnd_end)) {
		conn->wnd_saved = msk->wnd_end;
		conn->clamped = true;
		WRITE_ONCE(msk->wnd_end, seq);
	}
}

static void restore_window(struct mptcpx_conn *conn)
{
	struct mptcp_sock *msk = conn->msk;

	if (mptcpx_before64(msk->wnd_end, conn->wnd_saved))
		WRITE_ONCE(msk->wnd_end, conn->wnd_saved);
	conn->clamped = false;
}

/**
 * mptcpx_clamp() - let the next push end at a DSN
 * @conn: the connection
 * @seq: DSN after the last byte to send; after the send head
 * @owned: the msk is owned by this process; else softirq under its data lock
 *
 * The head must never stand beyond wnd_end: mptcp_check_allowed_size() (6.12)
 * would take the difference for a window of 4 GB and enter it in the subflow, and
 * the next acknowledgment in the connection. In softirq that forbids a @seq before
 * snd_nxt: ack_update_msk() raises wnd_end, lets us choose, and only then moves
 * snd_una, maybe beyond @seq, and the head with it; a push that had been delegated
 * to another subflow follows without asking. While a process owns the msk nothing
 * is chosen there, and each acknowledgment raises wnd_end before snd_una.
 */
void mptcpx_clamp(struct mptcpx_conn *conn, u64 seq, bool owned)
{
	if (owned) {
		mptcpx_data_lock(mptcpx_msk_sk(conn->msk));
		lower_window(conn, seq);
		mptcpx_data_unlock(mptcpx_msk_sk(conn->msk));
	} else {
		lower_window(conn, seq);
	}
}

/**
 * mptcpx_unclamp() - undo mptcpx_clamp()
 * @conn: the connection
 * @owned: the msk is owned by this process; else softirq under its data lock
 */
void mptcpx_unclamp(struct mptcpx_conn *conn, bool owned)
{
	if (likely(!conn->clamped))
		return;
	if (owned) {
		mptcpx_data_lock(mptcpx_msk_sk(conn->msk));
		restore_window(conn);
		mptcpx_data_unlock(mptcpx_msk_sk(conn->msk));
	} else {
		restore_window(conn);
	}
}

/**
 * mptcpx_kick() - be asked again although no unsent data is left
 * @conn: the connection
 * @owned: the msk is owned by this process; else softirq under its data lock
 *
 * A process goes through __mptcp_retrans() when it releases the msk
 * (mptcp_release_cb()), softirq through the core's worker.
 */
void mptcpx_kick(struct mptcpx_conn *conn, bool owned)
{
	struct sock *sk = mptcpx_msk_sk(conn->msk);
	struct mptcp_sock *msk = conn->msk;

	conn->kicked = true;
	if (owned) {
		mptcpx_data_lock(sk);
		__set_bit(MPTCPX_RETRANSMIT, &msk->cb_flags);
		mptcpx_data_unlock(sk);
	} else {
		set_bit(MPTCPX_WORK_RTX, &msk->flags);
		mptcpx_sym_mptcp_schedule_work(sk);
	}
}

#ifdef MPTCPX_KUNIT
#include "reinject_test.c"
#endif
