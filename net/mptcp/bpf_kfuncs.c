// SPDX-License-Identifier: GPL-2.0
/*
 * What BPF schedulers can call.
 *
 * The first part has the names and the meaning of the kfuncs of the MPTCP
 * development tree, with "mptcpx_" in front: the kernel has plain functions by some
 * of those names, and libbpf would find these. bpf/mptcpx_bpf.h maps the names.
 * The second part is what that tree does not have.
 *
 * All run with the msk owned by this process, or in softirq under its data lock, as
 * the program itself does; only programs of our struct_ops type may call them.
 *
 * Which pointers are followed: a program can read any, from memory that need not be what
 * its type says, and the verifier of 6.12 lets it hand them on; that of 7.3 does not. So
 * a kfunc follows what came from us, which is what KF_TRUSTED_ARGS asks for. A subflow or
 * a socket may come from elsewhere, kept in an array for one: that is looked for among
 * those of the connection that is being decided on, and followed when found.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/filter.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "bpf.h"

/* an iterator's state, as the program reserves it on its stack */
struct bpf_iter_mptcpx_subflow {
	__u64 __opaque[2];
} __aligned(8);

struct bpf_iter_mptcpx_path {
	__u64 __opaque[2];
} __aligned(8);

struct subflow_iter {
	struct mptcp_sock *msk;
	struct list_head *pos;
} __aligned(8);

struct path_iter {
	const struct mptcpx_path *next;
	const struct mptcpx_path *end;
} __aligned(8);

static_assert(sizeof(struct subflow_iter) == sizeof(struct bpf_iter_mptcpx_subflow));
static_assert(sizeof(struct path_iter) == sizeof(struct bpf_iter_mptcpx_path));

/*
 * Pointers that programs may follow and hand on: the verifier looks for structures of
 * these names (btf_nested_type_is_trusted(), kernel/bpf/btf.c, 6.12 and 7.3). While a
 * program runs none of what they point to can go away.
 */
struct mptcp_sock__safe_trusted_or_null {
	struct sock *first;
};

struct mptcp_subflow_context__safe_trusted {
	struct sock *tcp_sock;
};

struct mptcpx_own_subflow__safe_trusted {
	struct sock *tcp_sock;
};

struct mptcpx_path__safe_trusted {
	struct mptcp_subflow_context *subflow;
};

static struct mptcpx_ask *ask_of(const struct mptcp_sock *msk)
{
	const struct mptcpx_conn *conn = mptcpx_conn_find(msk);

	return conn ? conn->ask : NULL;
}

/* the decision under way for @msk, which need not be a connection */
static struct mptcpx_ask *ask_of_any(const struct mptcp_sock *msk)
{
	return msk && msk == mptcpx_bpf_running() ? ask_of(msk) : NULL;
}

/* the decision for which @view and @choice were made */
static struct mptcpx_ask *ask_about(const struct mptcp_sock *msk,
				    const struct mptcpx_scene *view,
				    const struct mptcpx_choice *choice)
{
	struct mptcpx_ask *ask = ask_of(msk);

	return ask && &ask->view->scene == view && ask->choice == choice ? ask : NULL;
}

/* is this number a subflow of the connection whose program calls? */
static bool is_own(const struct mptcp_subflow_context *subflow)
{
	const struct mptcp_sock *msk = mptcpx_bpf_running();
	const struct mptcp_subflow_context *own;

	if (!msk)
		return false;
	mptcpx_for_each_subflow(msk, own)
		if (own == subflow)
			return true;
	return false;
}

/* a scheduler's name, from memory that others may write to meanwhile */
static bool copy_name(char to[MPTCP_SCHED_NAME_MAX], const char *name, u32 size)
{
	size = min_t(u32, size, MPTCP_SCHED_NAME_MAX);
	memcpy(to, name, size);
	return strnlen(to, size) < size;
}

__bpf_kfunc_start_defs();

/**
 * bpf_iter_mptcpx_subflow_new() - begin to walk through a connection's subflows
 * @it: the iterator
 * @sk: the connection
 *
 * Return: 0, or -EINVAL if @sk is no MPTCP connection: then there is nothing to see.
 */
__bpf_kfunc int bpf_iter_mptcpx_subflow_new(struct bpf_iter_mptcpx_subflow *it,
					    struct sock *sk)
{
	struct subflow_iter *iter = (void *)it;

	iter->msk = NULL;
	if (!sk || sk->sk_protocol != IPPROTO_MPTCP)
		return -EINVAL;
	iter->msk = mptcpx_sk(sk);
	iter->pos = &iter->msk->conn_list;
	return 0;
}

/**
 * bpf_iter_mptcpx_subflow_next() - the next subflow
 * @it: the iterator
 *
 * Return: the subflow, or NULL behind the last one.
 */
__bpf_kfunc struct mptcp_subflow_context *
bpf_iter_mptcpx_subflow_next(struct bpf_iter_mptcpx_subflow *it)
{
	struct subflow_iter *iter = (void *)it;

	if (!iter->msk || list_is_last(iter->pos, &iter->msk->conn_list))
		return NULL;
	iter->pos = iter->pos->next;
	return list_entry(iter->pos, struct mptcp_subflow_context, node);
}

/**
 * bpf_iter_mptcpx_subflow_destroy() - end a walk
 * @it: the iterator
 */
__bpf_kfunc void bpf_iter_mptcpx_subflow_destroy(struct bpf_iter_mptcpx_subflow *it)
{
}

/**
 * mptcpx_subflow_ctx() - the MPTCP side of a subflow's TCP socket
 * @sk__ign: the TCP socket, e.g. &mptcp_sock.first
 *
 * Of this connection, or nothing is found: the verifier lets any number pass for
 * @sk__ign, because programs keep sockets in arrays, where it loses sight of their type.
 * The number is compared, never followed.
 *
 * Return: the subflow; NULL if it is none.
 */
__bpf_kfunc struct mptcpx_own_subflow *mptcpx_subflow_ctx(const struct sock *sk__ign)
{
	struct mptcp_subflow_context *subflow = mptcpx_bpf_own(sk__ign);

	return subflow ? container_of(subflow, struct mptcpx_own_subflow, ctx) : NULL;
}

/**
 * mptcpx_subflow_tcp_sock() - the TCP socket of a subflow
 * @subflow: the subflow; compared before it is followed
 *
 * Return: the socket; NULL if @subflow is none of this connection.
 */
__bpf_kfunc struct sock *mptcpx_subflow_tcp_sock(const struct mptcp_subflow_context *subflow)
{
	return is_own(subflow) ? mptcpx_ssk(subflow) : NULL;
}

/**
 * mptcpx_subflow_set_scheduled() - let a subflow send next, or not
 * @subflow: the subflow; if it is none of this connection, nothing happens
 * @scheduled: whether
 */
__bpf_kfunc void mptcpx_subflow_set_scheduled(struct mptcp_subflow_context *subflow,
					      bool scheduled)
{
	if (is_own(subflow))
		WRITE_ONCE(subflow->scheduled, scheduled);
}

/**
 * mptcpx_bpf_subflow_active() - can a subflow send, and is it not stale?
 * @subflow: the subflow; if it is none of this connection, it cannot
 */
__bpf_kfunc bool mptcpx_bpf_subflow_active(struct mptcp_subflow_context *subflow)
{
	return is_own(subflow) && subflow->tcp_sock && mptcpx_subflow_usable(subflow);
}

/**
 * mptcpx_bpf_set_timeout() - set the MPTCP retransmission timeout
 * @sk: the connection
 *
 * Done for each decision anyway; there for programs that believe they have to.
 */
__bpf_kfunc void mptcpx_bpf_set_timeout(struct sock *sk)
{
	if (sk && sk->sk_protocol == IPPROTO_MPTCP)
		mptcpx_set_timeout(mptcpx_sk(sk));
}

/**
 * mptcpx_wnd_end() - the end of the peer's window
 * @msk: the connection
 *
 * Return: DSN after the last byte it allows.
 */
__bpf_kfunc u64 mptcpx_wnd_end(const struct mptcp_sock *msk)
{
	return READ_ONCE(msk->wnd_end);
}

/**
 * mptcpx_stream_memory_free() - is there send memory left on a subflow?
 * @sk__ign: the subflow's TCP socket; any number, as for mptcpx_subflow_ctx()
 */
__bpf_kfunc bool mptcpx_stream_memory_free(const struct sock *sk__ign)
{
	return mptcpx_bpf_own(sk__ign) && sk_stream_memory_free(sk__ign);
}

/**
 * mptcpx_subflow_queues_empty() - is nothing of a subflow waiting or unacknowledged?
 * @ssk: the subflow's TCP socket; if it is none of this connection's, nothing is
 */
__bpf_kfunc bool mptcpx_subflow_queues_empty(struct sock *ssk)
{
	return !mptcpx_bpf_own(ssk) || !sk_fullsock(ssk) || !sk_is_tcp(ssk) ||
	       tcp_rtx_queue_empty(ssk);
}

/**
 * mptcpx_pm_chk_stale() - count a timeout of a subflow, which may become stale
 * @msk: the connection
 * @ssk: the subflow's TCP socket
 *
 * Sleeps: for get_retrans alone. On kernels that have counted before they ask (7.2,
 * 7.3) it does nothing.
 */
__bpf_kfunc void mptcpx_pm_chk_stale(const struct mptcp_sock *msk, struct sock *ssk)
{
	if (msk == mptcpx_bpf_running() && mptcpx_bpf_own(ssk))
		mptcpx_sym_mptcp_pm_subflow_chk_stale(msk, ssk);
}

/**
 * bpf_iter_mptcpx_path_new() - begin to walk through the paths of a snapshot
 * @it: the iterator
 * @view: the snapshot, as decide() was given it
 *
 * Return: 0, or -EINVAL if @view is another: then there is nothing to see.
 */
__bpf_kfunc int bpf_iter_mptcpx_path_new(struct bpf_iter_mptcpx_path *it,
					 const struct mptcpx_scene *view)
{
	const struct mptcp_sock *msk = mptcpx_bpf_running();
	const struct mptcpx_ask *ask = msk ? ask_of(msk) : NULL;
	struct path_iter *iter = (void *)it;

	iter->next = NULL;
	iter->end = NULL;
	/* memory of the program's own would do for the verifier */
	if (!ask || &ask->view->scene != view)
		return -EINVAL;
	iter->next = ask->view->path;
	iter->end = ask->view->path + ask->view->n;
	return 0;
}

/**
 * bpf_iter_mptcpx_path_next() - the next path
 * @it: the iterator
 *
 * Return: the path, or NULL behind the last one.
 */
__bpf_kfunc const struct mptcpx_path *
bpf_iter_mptcpx_path_next(struct bpf_iter_mptcpx_path *it)
{
	struct path_iter *iter = (void *)it;

	return iter->next < iter->end ? iter->next++ : NULL;
}

/**
 * bpf_iter_mptcpx_path_destroy() - end a walk
 * @it: the iterator
 */
__bpf_kfunc void bpf_iter_mptcpx_path_destroy(struct bpf_iter_mptcpx_path *it)
{
}

/**
 * mptcpx_default_subflow() - the kernel's own choice
 * @msk: the connection
 *
 * As its default scheduler: &mptcp_sock.snd_burst is set as well.
 *
 * Return: the subflow it would use now; NULL for none.
 */
__bpf_kfunc struct mptcpx_own_subflow *mptcpx_default_subflow(struct mptcp_sock *msk)
{
	struct sock *ssk;

	if (!ask_of(msk))
		return NULL;
	ssk = mptcpx_sym_mptcp_subflow_get_send(msk);
	return ssk ? container_of(mptcpx_ctx(ssk), struct mptcpx_own_subflow, ctx) : NULL;
}

/**
 * mptcpx_default_choice() - decide as the kernel's default scheduler does
 * @msk: the connection
 * @view: the snapshot, as decide() was given it
 * @choice: the answer
 *
 * Return: 0, or -EAGAIN for "nobody now".
 */
__bpf_kfunc int mptcpx_default_choice(struct mptcp_sock *msk, const struct mptcpx_scene *view,
				      struct mptcpx_choice *choice)
{
	struct mptcpx_ask *ask = ask_about(msk, view, choice);

	if (!ask)
		return -EINVAL;
	return mptcpx_choose_default(msk, ask->view, choice) ? 0 : -EAGAIN;
}

/**
 * mptcpx_native_choice() - decide as a native scheduler does
 * @msk: the connection
 * @view: the snapshot, as decide() was given it
 * @choice: the answer
 * @name__str: name of the scheduler, a constant string
 *
 * Return: 0; -EAGAIN for "nobody now"; -ENOENT if it is not loaded; -EINVAL if it
 * sends copies and the asking scheduler may not (MPTCPX_SCHED_COPIES).
 */
__bpf_kfunc int mptcpx_native_choice(struct mptcp_sock *msk, const struct mptcpx_scene *view,
				     struct mptcpx_choice *choice, const char *name__str)
{
	struct mptcpx_ask *ask = ask_about(msk, view, choice);
	const struct mptcpx_sched *sched;

	if (!ask)
		return -EINVAL;
	/* programs that decide run under rcu_read_lock() */
	sched = mptcpx_sched_native(name__str);
	if (!sched)
		return -ENOENT;
	if (sched->copies && !ask->copies)
		return -EINVAL;
	return sched->get_send(mptcpx_conn_find(msk), ask->view, choice) ? 0 : -EAGAIN;
}

/**
 * mptcpx_reinject() - let a subflow send a range, maybe again
 * @msk: the connection
 * @subflow: one of its subflows
 * @from: DSN of the first byte; between snd_una and what was never sent
 * @len: bytes, at least 1
 *
 * For get_send(), instead of marking a subflow; decide() fills its choice.
 *
 * Return: 0; -EINVAL if the scheduler has not MPTCPX_SCHED_COPIES, or the range or
 * the subflow is none.
 */
__bpf_kfunc int mptcpx_reinject(struct mptcp_sock *msk, struct mptcp_subflow_context *subflow,
				u64 from, u32 len)
{
	struct mptcpx_ask *ask = ask_of_any(msk);
	u8 i;

	if (!ask || !ask->copies || !len || mptcpx_before64(from, ask->view->una) ||
	    mptcpx_after64(from, ask->view->nxt))
		return -EINVAL;
	for (i = 0; i < ask->view->n; i++) {
		if (ask->view->path[i].subflow != subflow)
			continue;
		ask->choice->path = i;
		ask->choice->from = from;
		ask->choice->len = len;
		ask->placed = true;
		return 0;
	}
	return -EINVAL;
}

/**
 * mptcpx_ask_again() - be asked again although nothing unsent is left
 * @msk: the connection
 *
 * For get_send(); decide() sets &mptcpx_choice.more.
 */
__bpf_kfunc void mptcpx_ask_again(struct mptcp_sock *msk)
{
	struct mptcpx_ask *ask = ask_of(msk);

	if (ask && ask->copies)
		ask->choice->more = true;
}

/* the ledger, if the scheduler keeps one */
static const struct mptcpx_ledger *ledger_of(const struct mptcp_sock *msk)
{
	const struct mptcpx_conn *conn = mptcpx_conn_find(msk);

	return conn && conn->ask && conn->ask->copies ? &conn->ledger : NULL;
}

/**
 * mptcpx_lacks() - the first range that a subflow was not given
 * @msk: the connection
 * @path: the subflow
 * @end: look no further than this DSN
 * @range: result, the DSN of the range's first byte and the one after its last
 *
 * Only for schedulers with MPTCPX_SCHED_COPIES.
 *
 * Return: whether there is one.
 */
__bpf_kfunc bool mptcpx_lacks(struct mptcp_sock *msk, const struct mptcpx_path *path,
			      u64 end, struct mptcpx_range *range)
{
	const struct mptcpx_ledger *ledger = ledger_of(msk);

	return ledger && mptcpx_ledger_lacks(ledger, BIT(path->slot), end,
					     &range->from, &range->to);
}

/**
 * mptcpx_orphan() - the first range that no subflow of some was given
 * @msk: the connection
 * @slots: those subflows: bits by &mptcpx_path.slot
 * @end: look no further than this DSN
 * @range: result, the DSN of the range's first byte and the one after its last
 *
 * Only for schedulers with MPTCPX_SCHED_COPIES.
 *
 * Return: whether there is one.
 */
__bpf_kfunc bool mptcpx_orphan(struct mptcp_sock *msk, u16 slots, u64 end,
			       struct mptcpx_range *range)
{
	const struct mptcpx_ledger *ledger = ledger_of(msk);

	return ledger && mptcpx_ledger_orphan(ledger, slots, end, &range->from, &range->to);
}

static struct mptcpx_store *store_of(struct mptcp_sock *msk)
{
	struct mptcpx_conn *conn = mptcpx_conn_find(msk);

	/* init() runs before the first decision */
	if (!conn)
		conn = mptcpx_conn_lookup(msk);
	if (conn && !conn->store)
		conn->store = kzalloc(sizeof(*conn->store), GFP_ATOMIC | __GFP_NOWARN);
	return conn ? conn->store : NULL;
}

/**
 * mptcpx_conn_storage() - what a scheduler keeps of a connection
 * @msk: the connection
 * @rdwr_buf_size: bytes of it to use, a constant; at most MPTCPX_STORE_CONN
 *
 * Zero at first, and for as long as the connection has this scheduler. Storage of
 * one connection is used by one decision at a time.
 *
 * Return: the storage; NULL if out of memory or @rdwr_buf_size is too much.
 */
__bpf_kfunc u8 *mptcpx_conn_storage(struct mptcp_sock *msk, const int rdwr_buf_size)
{
	struct mptcpx_store *store;

	if ((unsigned int)rdwr_buf_size > MPTCPX_STORE_CONN)
		return NULL;
	store = store_of(msk);
	return store ? (u8 *)store->conn : NULL;
}

/**
 * mptcpx_path_storage() - what a scheduler keeps of a subflow
 * @msk: the connection
 * @path: the subflow
 * @rdwr_buf_size: bytes of it to use, a constant; at most MPTCPX_STORE_PATH
 *
 * Return: the storage; NULL if out of memory or @rdwr_buf_size is too much.
 */
__bpf_kfunc u8 *mptcpx_path_storage(struct mptcp_sock *msk, const struct mptcpx_path *path,
				    const int rdwr_buf_size)
{
	struct mptcpx_store *store;

	if ((unsigned int)rdwr_buf_size > MPTCPX_STORE_PATH)
		return NULL;
	store = store_of(msk);
	return store ? (u8 *)store->path[path->slot % MPTCPX_PATHS_MAX] : NULL;
}

/**
 * mptcpx_leave_to() - leave a connection to another scheduler, for good
 * @msk: the connection
 * @name: the scheduler's name, ended by NUL
 * @name__sz: size of @name, bytes
 *
 * For get_send() and decide(), whose answer counts once more: the other scheduler is asked
 * from the next decision on. So a program chooses for each connection, made or accepted,
 * what it sends by. A scheduler that is gone by then is not chosen.
 *
 * Return: 0; -EINVAL if no decision is being made or @name is none; -ENOENT if there is
 * no such scheduler.
 */
__bpf_kfunc int mptcpx_leave_to(struct mptcp_sock *msk, const char *name, u32 name__sz)
{
	struct mptcpx_conn *conn = mptcpx_conn_find(msk);
	char to[MPTCP_SCHED_NAME_MAX];

	if (!conn || !conn->ask || !copy_name(to, name, name__sz))
		return -EINVAL;
	/* programs that decide run under rcu_read_lock() */
	if (!mptcpx_sym_mptcp_sched_find(to))
		return -ENOENT;
	strscpy(conn->leave_to, to, sizeof(conn->leave_to));
	return 0;
}

/**
 * mptcpx_sock_addr_choose() - choose the scheduler of a connection as it is made
 * @sa_kern: the context of a cgroup/connect4 or connect6 program
 * @name: the scheduler's name, ended by NUL
 * @name__sz: size of @name, bytes
 *
 * Context: process, which owns the msk: mptcp_connect() (6.12, 7.3) runs the hook
 * for the first subflow.
 *
 * Return: 0; -EINVAL if the socket is not the first subflow of an MPTCP connection
 * that is being made; -ENOENT if there is no such scheduler.
 */
__bpf_kfunc int mptcpx_sock_addr_choose(struct bpf_sock_addr_kern *sa_kern,
					const char *name, u32 name__sz)
{
	struct sock *ssk = sa_kern->sk;
	char to[MPTCP_SCHED_NAME_MAX];
	struct mptcp_sock *msk;

	if (!ssk || !sk_is_tcp(ssk) || !sk_is_mptcp(ssk) || !copy_name(to, name, name__sz))
		return -EINVAL;
	msk = mptcpx_sk(mptcpx_ctx(ssk)->conn);
	if (msk->first != ssk || inet_sk_state_load(mptcpx_msk_sk(msk)) != TCP_SYN_SENT ||
	    !sock_owned_by_user_nocheck(mptcpx_msk_sk(msk)))
		return -EINVAL;
	return mptcpx_live_choose(msk, to, true);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(sched_kfuncs)
BTF_ID_FLAGS(func, bpf_iter_mptcpx_subflow_new, KF_ITER_NEW | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_iter_mptcpx_subflow_next, KF_ITER_NEXT | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_iter_mptcpx_subflow_destroy, KF_ITER_DESTROY)
BTF_ID_FLAGS(func, mptcpx_subflow_ctx, KF_RET_NULL)
BTF_ID_FLAGS(func, mptcpx_subflow_tcp_sock, KF_RET_NULL)
BTF_ID_FLAGS(func, mptcpx_subflow_set_scheduled)
BTF_ID_FLAGS(func, mptcpx_bpf_subflow_active)
BTF_ID_FLAGS(func, mptcpx_bpf_set_timeout, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_wnd_end, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_stream_memory_free)
BTF_ID_FLAGS(func, mptcpx_subflow_queues_empty)
BTF_ID_FLAGS(func, mptcpx_pm_chk_stale, KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_iter_mptcpx_path_new, KF_ITER_NEW | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_iter_mptcpx_path_next, KF_ITER_NEXT | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_iter_mptcpx_path_destroy, KF_ITER_DESTROY)
BTF_ID_FLAGS(func, mptcpx_default_subflow, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, mptcpx_default_choice, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_native_choice, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_reinject)
BTF_ID_FLAGS(func, mptcpx_ask_again, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_lacks, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_orphan, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_leave_to, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, mptcpx_conn_storage, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, mptcpx_path_storage, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_KFUNCS_END(sched_kfuncs)

/* struct_ops programs of other types find the same kfuncs: not for them */
static int sched_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	const struct btf_type *t;

	if (prog->type != BPF_PROG_TYPE_STRUCT_OPS || !prog->aux->attach_btf)
		return 0;
	t = btf_type_by_id(prog->aux->attach_btf, prog->aux->attach_btf_id);
	if (t && !strcmp(mptcpx_sym_btf_name_by_offset(prog->aux->attach_btf, t->name_off),
			 "mptcpx_sched_ops"))
		return 0;
	return -EACCES;
}

static const struct btf_kfunc_id_set sched_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &sched_kfuncs,
	.filter	= sched_filter,
};

BTF_KFUNCS_START(sock_addr_kfuncs)
BTF_ID_FLAGS(func, mptcpx_sock_addr_choose, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(sock_addr_kfuncs)

/* other hooks of control groups see sockets of every kind, and do not own them */
static int sock_addr_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	if (prog->type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR &&
	    (prog->expected_attach_type == BPF_CGROUP_INET4_CONNECT ||
	     prog->expected_attach_type == BPF_CGROUP_INET6_CONNECT))
		return 0;
	return -EACCES;
}

static const struct btf_kfunc_id_set sock_addr_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &sock_addr_kfuncs,
	.filter	= sock_addr_filter,
};

int mptcpx_bpf_kfuncs_init(void)
{
	BTF_TYPE_EMIT(struct mptcp_sock__safe_trusted_or_null);
	BTF_TYPE_EMIT(struct mptcp_subflow_context__safe_trusted);
	BTF_TYPE_EMIT(struct mptcpx_own_subflow__safe_trusted);
	BTF_TYPE_EMIT(struct mptcpx_path__safe_trusted);

	return register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS, &sched_kfunc_set) ?:
	       register_btf_kfunc_id_set(BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
					 &sock_addr_kfunc_set);
}

#ifdef MPTCPX_KUNIT
#include "bpf_kfuncs_test.c"
#endif
