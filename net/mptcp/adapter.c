// SPDX-License-Identifier: GPL-2.0
/*
 * The adapter: between the core's scheduler interface and ours.
 *
 * The core asks while its send head is not NULL (__mptcp_push_pending() in
 * process context, __mptcp_subflow_push_pending() in softirq; both in
 * net/mptcp/protocol.c), and then lets the subflow that is marked "scheduled"
 * push from that head. Whether it asks by get_subflow (6.12) or by get_send and
 * get_retrans (7.2, 7.3) is known here alone.
 */
#include <linux/module.h>
#include <linux/rculist.h>

#include "adapter.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* the scheduler was chosen without storage of ours: as the core would decide */
static int send_as_default(struct mptcp_sock *msk)
{
	struct sock *ssk = mptcpx_sym_mptcp_subflow_get_send(msk);

	if (!ssk)
		return -EAGAIN;
	WRITE_ONCE(mptcpx_ctx(ssk)->scheduled, true);
	return 0;
}

/*
 * A DATA_FIN that waits for the send head to be empty: it is empty of data never
 * sent, so let it go out before any copy is made.
 */
static bool data_fin_waits(const struct mptcp_sock *msk)
{
	return msk->snd_data_fin_enable && msk->snd_nxt + 1 == msk->write_seq;
}

/*
 * Any head that is not NULL makes the core ask again: the last byte sent is the
 * nearest one.
 */
static void park(struct mptcp_sock *msk)
{
	u64 sent_end = mptcpx_sent_end(msk);

	if (!msk->first_pending && sent_end != READ_ONCE(msk->snd_una))
		mptcpx_head_move(msk, sent_end - 1);
}

/*
 * May this connection still fall back to TCP? Not once it had a second subflow
 * (mptcp_subflow_joined()) or the core has sent something again (__mptcp_retrans(), both
 * net/mptcp/protocol.c, 6.12 and 7.3). TCP has no DSNs: a send head that stands further
 * back when it falls back would have old data sent as new.
 */
static bool may_fall_back(const struct mptcp_sock *msk)
{
	return READ_ONCE(msk->allow_infinite_fallback);
}

/* the core is to push now, and this is how it will be accounted */
static void begin(struct mptcpx_conn *conn, const struct mptcpx_view *view,
		  const struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path = &view->path[choice->path];

	conn->push_slot = path->slot;
	conn->push_from = choice->from;
	conn->push_nxt = view->nxt;
	WRITE_ONCE(path->subflow->scheduled, true);
}

/*
 * A connection that may fall back sends nothing again, and asks for nothing to be; pure.
 * Is nothing left to be done now? What was sent is in flight: its acknowledgment asks again.
 */
static bool nothing_again(const struct mptcpx_view *view, struct mptcpx_choice *choice)
{
	choice->more = false;
	return choice->from != view->head;
}

/*
 * Who could not send anything last time (no memory, the peer's window)
 * waits for its next acknowledgment, if one is to come.
 */
static bool waits(const struct mptcpx_path *path, bool stuck)
{
	return !path || (stuck && READ_ONCE(tcp_sk(path->subflow->tcp_sock)->packets_out));
}

/* how the core is to push what was chosen */
enum push {
	PUSH_FREELY,	/* up to it, and to what the scheduler wrote to snd_burst */
	PUSH_LEN,	/* so many bytes, and on to the end of a data fragment */
	PUSH_CLAMPED,	/* so many bytes and none more */
	PUSH_KICK,	/* all there is, and then it is to ask again */
	PUSH_LATER,	/* not now: a process is to ask */
};

/* which of them; pure. @stuck: who is chosen could not send anything last time */
static enum push push_how(const struct mptcpx_view *view, const struct mptcpx_choice *choice,
			  bool copies, bool owned, bool stuck)
{
	u64 to = choice->from + choice->len;

	if (!choice->len)
		return PUSH_FREELY;
	/* in softirq no push may be made to end before snd_nxt: see mptcpx_clamp() */
	if (!owned && mptcpx_before64(to, view->nxt))
		return copies ? PUSH_LATER : PUSH_LEN;
	if (mptcpx_before64(to, view->end))
		return PUSH_CLAMPED;
	return choice->more && !stuck ? PUSH_KICK : PUSH_LEN;
}

/*
 * Staleness. The core counts a subflow's timeouts where it sends again, that is when
 * the acknowledgments of the connection have come to a stop. Ours carry on without a
 * dead subflow, which would never be counted, and never found stale. So while TCP has
 * timed out on one and not on another, they are counted every TCP_RTO_MIN: the core's
 * own interval, too, when no timer of TCP's is waited for (mptcp_set_timeout() of
 * net/mptcp/protocol.c, 6.12 and 7.3).
 */

/* is it time to count? Pure */
static bool count_due(const struct mptcpx_conn *conn, const struct mptcpx_view *view,
		      unsigned long now)
{
	return view->dead && view->dead < view->n && time_after_eq(now, conn->count_next);
}

/*
 * To count is the retransmission path's: a process has to own the msk, for a subflow
 * that is found stale has what it was given sent again by others, at once.
 * Context: as get_send(): the msk owned by this process (@owned), or softirq.
 */
static void count_later(struct mptcpx_conn *conn, bool owned)
{
	conn->counts = true;
	conn->count_next = jiffies + TCP_RTO_MIN;
	mptcpx_kick(conn, owned);
}

/*
 * Is this the first time to count? The core, mptcp_pm_subflow_chk_stale() of 6.12 and
 * mptcp_pm_chk_stale() of 7.2 and 7.3, takes the first time after something was heard
 * to end the old count, and the next one to begin another: an interval later.
 */
static bool count_begins(struct mptcp_subflow_context *subflow, u32 heard)
{
	if (subflow->stale_count && subflow->stale_rcv_tstamp == heard)
		return false;
	subflow->stale_rcv_tstamp = heard;
	subflow->stale_count = 1;
	return true;
}

/*
 * As mptcp_subflow_get_retrans() of 6.12 does, but only those that have timed out; 7.2
 * and 7.3 have counted before they asked, and mptcpx_stale_uncount() left them that.
 * Context: the msk owned by this process; sleeps (lock_sock_fast() of a subflow).
 */
static void count(struct mptcpx_conn *conn)
{
	struct mptcp_sock *msk = conn->msk;
	struct mptcp_subflow_context *subflow;

	conn->retransmits = true;
	mptcpx_for_each_subflow(msk, subflow) {
		struct sock *ssk = subflow->tcp_sock;

		if (mptcpx_subflow_usable(subflow) && mptcpx_timed_out(ssk) &&
		    !tcp_rtx_and_write_queues_empty(ssk) &&
		    !count_begins(subflow, READ_ONCE(tcp_sk(ssk)->rcv_tstamp)))
			mptcpx_sym_mptcp_pm_subflow_chk_stale(msk, ssk);
	}
	conn->retransmits = false;
	/* as behind any push: that may have re-entered get_send */
	mptcpx_unclamp(conn, true);
	mptcpx_paths_sync(conn, conn->sched->copies);
}

static int get_send(struct mptcp_sock *msk, const struct mptcpx_sched *sched)
{
	bool owned = sock_owned_by_user_nocheck(mptcpx_msk_sk(msk));
	struct mptcpx_choice choice = { .more = false };
	const struct mptcpx_path *path = NULL;
	struct mptcpx_conn *conn;
	struct mptcpx_view view;
	enum push how;
	bool stuck;
	u8 idle;

	conn = mptcpx_conn_get(msk, sched);
	if (unlikely(!conn))
		return send_as_default(msk);

	conn->resending = false;
	mptcpx_unclamp(conn, owned);
	idle = mptcpx_paths_sync(conn, sched->copies);
	if (sched->copies) {
		mptcpx_head_move(msk, mptcpx_sent_end(msk));
		if (unlikely(data_fin_waits(msk))) {
			mptcpx_kick(conn, false);
			return -EAGAIN;
		}
	}
	mptcpx_paths_view(conn, &view);
	choice.from = view.head;
	if (unlikely(count_due(conn, &view, jiffies)))
		count_later(conn, owned);

	if (view.n && view.una != view.end && sched->get_send(conn, &view, &choice))
		path = &view.path[choice.path];
	trace_mptcpx_decision(msk, sched, &view, &choice, path);

	if (unlikely(choice.from != view.head || choice.more) && may_fall_back(msk) &&
	    nothing_again(&view, &choice))
		return -EAGAIN;

	stuck = path && path->slot == idle;
	if (waits(path, stuck)) {
		if (choice.more)
			park(msk);
		return -EAGAIN;
	}
	how = push_how(&view, &choice, sched->copies, owned, stuck);
	if (how == PUSH_LATER) {
		mptcpx_kick(conn, false);
		return -EAGAIN;
	}
	if (how != PUSH_FREELY) {
		if (choice.from != view.head && !mptcpx_head_move(msk, choice.from))
			return -EAGAIN;
		msk->snd_burst = choice.len;
	}
	if (how == PUSH_CLAMPED)
		mptcpx_clamp(conn, choice.from + choice.len, owned);
	else if (how == PUSH_KICK)
		mptcpx_kick(conn, owned);
	begin(conn, &view, &choice);
	return 0;
}

/*
 * Have acknowledgements not come to a stop, or was that noticed before, for the time of
 * the MPTCP timer? Pure
 */
static bool acks_come(const struct mptcpx_conn *conn, unsigned long now)
{
	return time_before(now, conn->una_stamp + conn->msk->timer_ival);
}

/* is it asked who sends the next fragment, rather than who sends again? Pure */
static bool goes_on(const struct mptcpx_conn *conn, unsigned long now)
{
	return conn->resending && !conn->kicked && acks_come(conn, now);
}

/* where the core sends again: from its first fragment, or where it goes on behind that; pure */
static u64 resend_from(u64 first, u64 push_from, bool on)
{
	return on && !mptcpx_before64(push_from, first) ? push_from : first;
}

/*
 * A process has come here, by release of the msk: is the worker to come, too, and has it
 * been kicked? mptcp_worker() takes the bit away before it comes (net/mptcp/protocol.c,
 * 6.12 and 7.3). If it is the timer's, acknowledgments tell, as always.
 */
static bool still_kicked(const struct mptcpx_conn *conn)
{
	return conn->kicked && test_bit(MPTCPX_WORK_RTX, &conn->msk->flags);
}

/*
 * The core's retransmission path, __mptcp_retrans(): entered because the MPTCP
 * retransmission timer fired, or because we kicked. The timer itself does not
 * tell: __mptcp_retrans() has re-armed it before it asks, and so does each
 * kick. What tells is whether acknowledgements have come to a stop.
 */
static int get_retrans(struct mptcp_sock *msk, const struct mptcpx_sched *sched)
{
	struct mptcpx_conn *conn = mptcpx_conn_get(msk, sched);
	struct mptcp_data_frag *dfrag;
	struct sock *ssk;
	bool kicked, on, counts;

	if (unlikely(!conn)) {
		ssk = mptcpx_sym_mptcp_subflow_get_retrans(msk);
		if (ssk)
			WRITE_ONCE(mptcpx_ctx(ssk)->scheduled, true);
		return ssk ? 0 : -EAGAIN;
	}

	mptcpx_unclamp(conn, true);
	mptcpx_paths_sync(conn, sched->copies);
	on = goes_on(conn, jiffies);
	kicked = conn->kicked && acks_come(conn, jiffies);
	counts = conn->counts;
	conn->kicked = still_kicked(conn);
	conn->counts = false;
	conn->resending = false;
	if (kicked) {
		mptcpx_stale_uncount(msk, counts);
		if (counts)
			count(conn);
	}
	if (sched->copies) {
		/* with the head further back the core finds nothing to resend */
		mptcpx_head_move(msk, mptcpx_sent_end(msk));
		if (unlikely(data_fin_waits(msk)))
			mptcpx_sym_mptcp_schedule_work(mptcpx_msk_sk(msk));
		else if (kicked)
			park(msk);
	}
	if (kicked)
		return -EAGAIN;

	mptcpx_fin_remind(msk);
	/* a timeout: until the next one kicks are kicks, whatever comes of this one */
	conn->una_stamp = jiffies;
	conn->count_next = jiffies + TCP_RTO_MIN;
	/*
	 * Counts staleness, and for a subflow found stale pushes: that re-enters
	 * get_send, so what is known is taken anew behind it.
	 */
	conn->retransmits = true;
	if (sched->get_retrans)
		ssk = sched->get_retrans(conn);
	else
		ssk = mptcpx_sym_mptcp_subflow_get_retrans(msk);
	conn->retransmits = false;
	if (!ssk)
		return -EAGAIN;
	mptcpx_unclamp(conn, true);
	mptcpx_paths_sync(conn, sched->copies);
	dfrag = list_first_entry_or_null(&msk->rtx_queue, struct mptcp_data_frag, list);
	if (dfrag) {
		conn->push_slot = mptcpx_slot_index(conn, mptcpx_ctx(ssk));
		/* __mptcp_retrans() of 7.3 asks anew for each fragment */
		conn->push_from = resend_from(dfrag->data_seq, conn->push_from, on);
		conn->push_nxt = mptcpx_sent_end(msk);
	}
	mptcpx_head_pass(msk);
	conn->resending = true;
	WRITE_ONCE(mptcpx_ctx(ssk)->scheduled, true);
	return 0;
}

static const struct mptcpx_sched *sched_of(const struct mptcp_sched_ops *ops)
{
	return container_of(ops, struct mptcpx_sched, core);
}

static void core_init(struct mptcp_sock *msk)
{
	const struct mptcpx_sched *sched = sched_of(msk->sched);

	mptcpx_conn_init(msk);
	if (sched->init)
		sched->init(msk);
}

/* before its first decision the ports of a connection may ask for another scheduler */
static void by_ports(struct mptcp_sock *msk)
{
	char name[MPTCP_SCHED_NAME_MAX];

	if (!mptcpx_conn_placed(msk) && mptcpx_ports_find(msk, name))
		mptcpx_live_choose(msk, name,
				   sock_owned_by_user_nocheck(mptcpx_msk_sk(msk)));
}

static int ask(struct mptcp_sock *msk)
{
	const struct mptcpx_sched *sched = mptcpx_sched_of(msk);
	struct mptcp_subflow_context *subflow;
	int err;

	if (unlikely(!sched))
		return send_as_default(msk);
	err = get_send(msk, sched);
	/* a mark that stays would be taken for an answer the next time */
	if (err && sched->marks)
		mptcpx_for_each_subflow(msk, subflow)
			WRITE_ONCE(subflow->scheduled, false);
	return err;
}

/* a BPF scheduler said at its last decision who is to have the connection from now on */
static void leave(struct mptcp_sock *msk, struct mptcpx_conn *conn)
{
	char name[MPTCP_SCHED_NAME_MAX];

	strscpy(name, conn->leave_to, sizeof(name));
	conn->leave_to[0] = '\0';
	/* which frees what was kept for the old one; if there is none of that name it stays */
	mptcpx_live_choose(msk, name, sock_owned_by_user_nocheck(mptcpx_msk_sk(msk)));
}

static int first_or_next(struct mptcp_sock *msk)
{
	struct mptcpx_conn *conn = mptcpx_conn_find(msk);
	int err;

	if (likely(conn && (!conn->leave_to[0] || conn->retransmits)))
		return ask(msk);

	/* the scheduler that is left may have been all that held this module */
	rcu_read_lock();
	if (conn)
		leave(msk, conn);
	else
		by_ports(msk);
	err = ask(msk);
	rcu_read_unlock();
	return err;
}

#ifdef MPTCPX_SCHED_GET_SEND
static int core_get_send(struct mptcp_sock *msk)
{
	return first_or_next(msk);
}

static int core_get_retrans(struct mptcp_sock *msk)
{
	return get_retrans(msk, sched_of(msk->sched));
}

static const struct mptcp_sched_ops core_ops = {
	.get_send	= core_get_send,
	.get_retrans	= core_get_retrans,
	.init		= core_init,
	.release	= mptcpx_conn_release,
};
#else
static int core_get_subflow(struct mptcp_sock *msk, struct mptcp_sched_data *data)
{
	if (data->reinject)
		return get_retrans(msk, sched_of(msk->sched));
	return first_or_next(msk);
}

static const struct mptcp_sched_ops core_ops = {
	.get_subflow	= core_get_subflow,
	.init		= core_init,
	.release	= mptcpx_conn_release,
};
#endif

/**
 * mptcpx_sched_of() - the scheduler of a connection
 * @msk: the connection, owned by this process or under its data lock
 *
 * Return: the scheduler; NULL if it is none of ours.
 */
const struct mptcpx_sched *mptcpx_sched_of(const struct mptcp_sock *msk)
{
	const struct mptcp_sched_ops *ops = msk->sched;

	return ops && ops->release == core_ops.release ? sched_of(ops) : NULL;
}

/* native schedulers, which BPF schedulers can ask */
static LIST_HEAD(natives);
static DEFINE_SPINLOCK(natives_lock);

/**
 * mptcpx_sched_native() - find a native scheduler by name
 * @name: its name
 *
 * Context: under rcu_read_lock(), until done with it.
 * Return: the scheduler, or NULL.
 */
const struct mptcpx_sched *mptcpx_sched_native(const char *name)
{
	const struct mptcpx_sched *sched;

	list_for_each_entry_rcu(sched, &natives, node)
		if (!strcmp(sched->name, name))
			return sched;
	return NULL;
}

/**
 * mptcpx_settle() - leave a connection as the core would have it
 * @msk: the connection
 * @owned: it is owned by this process; else softirq under its data lock
 *
 * Undoes what a scheduler of ours has under way: before another takes over.
 */
void mptcpx_settle(struct mptcp_sock *msk, bool owned)
{
	const struct mptcpx_sched *sched = mptcpx_sched_of(msk);
	struct mptcpx_conn *conn = sched ? mptcpx_conn_find(msk) : NULL;

	if (!conn)
		return;
	mptcpx_unclamp(conn, owned);
	if (sched->copies)
		mptcpx_head_move(msk, mptcpx_sent_end(msk));
}

/* offer a scheduler by name, and to the core alone */
int mptcpx_register_as(struct mptcpx_sched *sched, const char *name)
{
	sched->core = core_ops;
	strscpy(sched->core.name, name, sizeof(sched->core.name));
	sched->core.owner = sched->owner;
	return mptcpx_sym_mptcp_register_scheduler(&sched->core);
}

/**
 * mptcpx_register() - offer a native scheduler to net.mptcp.scheduler
 * @sched: the scheduler
 *
 * Context: process.
 * Return: 0, or -EEXIST if the name is taken.
 */
int mptcpx_register(struct mptcpx_sched *sched)
{
	int err = mptcpx_register_as(sched, sched->name);

	if (err)
		return err;
	spin_lock(&natives_lock);
	list_add_rcu(&sched->node, &natives);
	spin_unlock(&natives_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(mptcpx_register);

/**
 * mptcpx_unregister() - withdraw a scheduler
 * @sched: the scheduler
 *
 * No connection uses it: each holds a reference to the module. A namespace that
 * still names it gets the kernel's default for its new connections.
 *
 * Context: process, sleeps.
 */
void mptcpx_unregister(struct mptcpx_sched *sched)
{
	mptcpx_sym_mptcp_unregister_scheduler(&sched->core);
	/* a BPF scheduler, whose entry is ours, is in no list */
	if (sched->owner != THIS_MODULE) {
		spin_lock(&natives_lock);
		list_del_rcu(&sched->node);
		spin_unlock(&natives_lock);
	}
	/* mptcp_sched_find() walks the list under RCU, and so do we */
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(mptcpx_unregister);

#ifdef MPTCPX_KUNIT
#include "adapter_test.c"
#endif
