// SPDX-License-Identifier: GPL-2.0
/*
 * Storage of our own for each connection.
 *
 * The pointer to it lives in the msk's congestion control area: the msk itself
 * runs no congestion control (mptcp_ca_reset() of 6.12 and 7.3 drops the ops
 * it had), only its subflows do. That area is copied into accepted
 * sockets, which init clears, and zeroed by disconnect: then the table of all
 * finds the storage again.
 *
 * Allocated at the first decision, not by init: a listener, or a connection
 * that falls back to TCP, never needs it. (A BPF scheduler has it from init on, so
 * that its users can be counted.)
 */
#include <linux/hashtable.h>
#include <linux/slab.h>

#include "mptcpx.h"

static DEFINE_HASHTABLE(conns, 10);
static DEFINE_SPINLOCK(conns_lock);

/* what is kept in that area */
struct conn_area {
	struct mptcpx_conn *conn;
	bool placed;	/* its scheduler was chosen for it alone: not by its ports */
};

static struct conn_area *conn_area(const struct mptcp_sock *msk)
{
	BUILD_BUG_ON(sizeof(struct conn_area) >
		     sizeof_field(struct inet_connection_sock, icsk_ca_priv));
	return inet_csk_ca(mptcpx_msk_sk(msk));
}

static struct mptcpx_conn *table_find(const struct mptcp_sock *msk)
{
	struct mptcpx_conn *conn;

	hash_for_each_possible(conns, conn, node, (unsigned long)msk)
		if (conn->msk == msk)
			return conn;
	return NULL;
}

static void conn_reset(struct mptcpx_conn *conn)
{
	struct mptcp_sock *msk = conn->msk;

	conn->una_seen = msk->snd_una;
	conn->una_stamp = jiffies;
	conn->clamped = false;
	conn->kicked = false;
	conn->counts = false;
	conn->count_next = jiffies;
	conn->resending = false;
	conn->retransmits = false;
	conn->leave_to[0] = '\0';
	conn->push_slot = MPTCPX_PATHS_MAX;
	memset(conn->slots, 0, sizeof(conn->slots));
	/* disconnected, and connected again: another connection */
	if (conn->decided && conn->store)
		memset(conn->store, 0, sizeof(*conn->store));
	conn->decided = true;
	/* what was sent before, by another scheduler, is not ours to repair */
	if (conn->sched->copies)
		mptcpx_ledger_reset(&conn->ledger, mptcpx_sent_end(msk));
}

/**
 * mptcpx_conn_find() - storage of a connection
 * @msk: the connection, owned by this process or under its data lock
 *
 * Return: the storage; NULL if no decision has been made yet.
 */
struct mptcpx_conn *mptcpx_conn_find(const struct mptcp_sock *msk)
{
	return conn_area(msk)->conn;
}

/**
 * mptcpx_conn_lookup() - storage of a socket, whether or not a decision was made
 * @msk: the socket, owned by this process or under its data lock, or not yet
 *	known to others
 *
 * Slower than mptcpx_conn_find().
 *
 * Return: the storage, or NULL.
 */
struct mptcpx_conn *mptcpx_conn_lookup(const struct mptcp_sock *msk)
{
	struct mptcpx_conn *conn;

	spin_lock_bh(&conns_lock);
	conn = table_find(msk);
	spin_unlock_bh(&conns_lock);
	return conn;
}

/**
 * mptcpx_conn_create() - find or allocate the storage of a socket
 * @msk: the socket, owned by this process or under its data lock, or not yet
 *	known to others
 * @sched: its scheduler
 *
 * Return: the storage; NULL if out of memory.
 */
struct mptcpx_conn *mptcpx_conn_create(struct mptcp_sock *msk,
				       const struct mptcpx_sched *sched)
{
	struct mptcpx_conn *conn = mptcpx_conn_lookup(msk);

	if (conn)
		return conn;

	/* the ledger is most of it */
	conn = kmalloc(sched->copies ? sizeof(*conn) : offsetof(struct mptcpx_conn, ledger),
		       GFP_ATOMIC | __GFP_NOWARN);
	if (!conn)
		return NULL;
	conn->msk = msk;
	conn->sched = sched;
	conn->store = NULL;
	conn->ask = NULL;
	conn->counted = false;
	conn->decided = false;
	spin_lock_bh(&conns_lock);
	hash_add(conns, &conn->node, (unsigned long)msk);
	spin_unlock_bh(&conns_lock);
	return conn;
}

/**
 * mptcpx_conn_get() - storage of a connection for a decision
 * @msk: the connection, owned by this process or under its data lock
 * @sched: its scheduler
 *
 * Return: the storage; NULL if out of memory.
 */
struct mptcpx_conn *mptcpx_conn_get(struct mptcp_sock *msk,
				    const struct mptcpx_sched *sched)
{
	struct mptcpx_conn *conn = conn_area(msk)->conn;

	if (likely(conn))
		return conn;

	conn = mptcpx_conn_create(msk, sched);
	if (!conn)
		return NULL;
	conn_reset(conn);
	conn_area(msk)->conn = conn;
	return conn;
}

/**
 * mptcpx_conn_init() - a socket begins to use one of our schedulers
 * @msk: the socket; an accepted one is a copy of its listener
 *
 * Context: process, under rcu_read_lock(), or softirq (accepted sockets).
 */
void mptcpx_conn_init(struct mptcp_sock *msk)
{
	*conn_area(msk) = (struct conn_area) { };
}

/**
 * mptcpx_conn_placed() - has a scheduler been chosen for this connection alone?
 * @msk: the connection, owned by this process or under its data lock
 */
bool mptcpx_conn_placed(const struct mptcp_sock *msk)
{
	return conn_area(msk)->placed;
}

/**
 * mptcpx_conn_place() - remember that it has
 * @msk: the connection, owned by this process or under its data lock
 */
void mptcpx_conn_place(struct mptcp_sock *msk)
{
	conn_area(msk)->placed = true;
}

/**
 * mptcpx_conn_release() - a socket is done with its scheduler
 * @msk: the socket, owned by this process
 */
void mptcpx_conn_release(struct mptcp_sock *msk)
{
	struct mptcpx_conn *conn = mptcpx_conn_lookup(msk);

	mptcpx_mem_settle(mptcpx_msk_sk(msk));
	/* before it leaves the table: without a decision, that is where it is found */
	if (conn && conn->sched->release)
		conn->sched->release(conn);
	conn_area(msk)->conn = NULL;
	if (!conn)
		return;
	spin_lock_bh(&conns_lock);
	hash_del(&conn->node);
	spin_unlock_bh(&conns_lock);
	kfree(conn->store);
	kfree(conn);
}

/**
 * mptcpx_conn_exit() - the module goes
 *
 * With its schedulers all sockets that used them have gone: storage that is left
 * has been lost.
 */
void mptcpx_conn_exit(void)
{
	WARN_ON_ONCE(!hash_empty(conns));
}

#ifdef MPTCPX_KUNIT
#include "conn_test.c"
#endif
