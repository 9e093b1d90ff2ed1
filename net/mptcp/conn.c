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
 * that falls back to TCP, never needs it.
 */
#include <linux/hashtable.h>
#include <linux/slab.h>

#include "mptcpx.h"

static DEFINE_HASHTABLE(conns, 10);
static DEFINE_SPINLOCK(conns_lock);

static struct mptcpx_conn **conn_ptr(const struct mptcp_sock *msk)
{
	BUILD_BUG_ON(sizeof(struct mptcpx_conn *) >
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

static void conn_reset(struct mptcpx_conn *conn, bool ledger)
{
	struct mptcp_sock *msk = conn->msk;

	conn->una_seen = msk->snd_una;
	conn->una_stamp = jiffies;
	conn->clamped = false;
	conn->kicked = false;
	conn->resending = false;
	conn->push_slot = MPTCPX_PATHS_MAX;
	memset(conn->slots, 0, sizeof(conn->slots));
	if (ledger)
		mptcpx_ledger_reset(&conn->ledger, msk->snd_una);
}

/**
 * mptcpx_conn_find() - storage of a connection
 * @msk: the connection, owned by this process or under its data lock
 *
 * Return: the storage; NULL if no decision has been made yet.
 */
struct mptcpx_conn *mptcpx_conn_find(const struct mptcp_sock *msk)
{
	return *conn_ptr(msk);
}

/**
 * mptcpx_conn_get() - storage of a connection, allocated if there is none
 * @msk: the connection, owned by this process or under its data lock
 * @ledger: with the ledger, which is most of it. A connection keeps its
 *	scheduler, hence it is the same at every call
 *
 * Return: the storage; NULL if out of memory.
 */
struct mptcpx_conn *mptcpx_conn_get(struct mptcp_sock *msk, bool ledger)
{
	struct mptcpx_conn *conn = *conn_ptr(msk);

	if (likely(conn))
		return conn;

	spin_lock_bh(&conns_lock);
	conn = table_find(msk);
	spin_unlock_bh(&conns_lock);
	if (!conn) {
		conn = kmalloc(ledger ? sizeof(*conn) : offsetof(struct mptcpx_conn, ledger),
			       GFP_ATOMIC | __GFP_NOWARN);
		if (!conn)
			return NULL;
		conn->msk = msk;
		spin_lock_bh(&conns_lock);
		hash_add(conns, &conn->node, (unsigned long)msk);
		spin_unlock_bh(&conns_lock);
	}
	conn_reset(conn, ledger);
	*conn_ptr(msk) = conn;
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
	*conn_ptr(msk) = NULL;
}

/**
 * mptcpx_conn_release() - a socket is done with its scheduler
 * @msk: the socket, owned by this process
 */
void mptcpx_conn_release(struct mptcp_sock *msk)
{
	struct mptcpx_conn *conn;

	spin_lock_bh(&conns_lock);
	conn = table_find(msk);
	if (conn)
		hash_del(&conn->node);
	spin_unlock_bh(&conns_lock);
	kfree(conn);
	*conn_ptr(msk) = NULL;
}
