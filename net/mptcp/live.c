// SPDX-License-Identifier: GPL-2.0
/*
 * Another scheduler for connections that are up.
 *
 * The core gives a socket its scheduler when the socket is made, or accepted, and
 * asks it while the msk is owned by a process or, when it is not, in softirq. So
 * whoever owns the msk can take the scheduler away and give another, as the core
 * does at both ends of a socket's life (mptcp_init_sched(), mptcp_release_sched();
 * net/mptcp/sched.c, 6.12 and 7.3). What the old one had under way is settled
 * first, what waits to be sent is pushed by the new one when the msk is released.
 *
 * A listener hands its scheduler to what it accepts, in softirq and without being
 * locked. A child may be born with the scheduler that its listener is just losing:
 * the module of that scheduler is therefore held until a grace period is over.
 *
 * net.mptcp.scheduler_live names the namespace's scheduler, as net.mptcp.scheduler
 * does; written, it moves every connection and every listener as well.
 */
#include <linux/module.h>
#include <linux/rculist_nulls.h>
#include <linux/slab.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "adapter.h"

#define PATIENCE	5000	/* see mptcpx_own(): a second */

static unsigned int live_net_id;

struct live_net {
	struct ctl_table_header *header;
	struct mutex lock;	/* one at a time says what all are to have */
};

/* modules that listeners let go of, until no child can be born with their scheduler */
struct holds {
	unsigned int n;
	struct module *module[8];
};

static void holds_drop(struct holds *holds)
{
	if (!holds->n)
		return;
	synchronize_rcu();
	while (holds->n)
		module_put(holds->module[--holds->n]);
}

/* the owner has a reference already: that of the socket */
static void holds_add(struct holds *holds, struct module *module)
{
	unsigned int i;

	if (!module || module == BPF_MODULE_OWNER)
		return;
	for (i = 0; i < holds->n; i++)
		if (holds->module[i] == module)
			return;
	if (holds->n == ARRAY_SIZE(holds->module))
		holds_drop(holds);
	__module_get(module);
	holds->module[holds->n++] = module;
}

/*
 * Under rcu_read_lock() since @to was found. -ENOTCONN if the socket has ended; -EBUSY
 * if @to is being unloaded, and the socket has the kernel's default then.
 */
static int give(struct mptcp_sock *msk, struct mptcp_sched_ops *to, bool owned)
{
	struct sock *sk = mptcpx_msk_sk(msk);
	struct mptcp_subflow_context *subflow;
	int err;

	if (!msk->sched)
		return -ENOTCONN;
	if (msk->sched == to) {
		if (mptcpx_sched_of(msk))
			mptcpx_conn_place(msk);
		return 0;
	}

	mptcpx_settle(msk, owned);
	mptcpx_sym_mptcp_release_sched(msk);
	err = mptcpx_sym_mptcp_init_sched(msk, to);
	if (err)
		mptcpx_sym_mptcp_init_sched(msk, NULL);
	if (mptcpx_sched_of(msk))
		mptcpx_conn_place(msk);

	mptcpx_for_each_subflow(msk, subflow)
		WRITE_ONCE(subflow->scheduled, false);
	/* mptcp_release_cb() then asks the new one; in softirq whoever called us does */
	if (owned && msk->first_pending) {
		mptcpx_data_lock(sk);
		__set_bit(MPTCPX_PUSH_PENDING, &msk->cb_flags);
		mptcpx_data_unlock(sk);
	}
	return err;
}

/**
 * mptcpx_live_choose() - give a socket the scheduler of a name
 * @msk: the socket
 * @name: the scheduler's name
 * @owned: the msk is owned by this process; else softirq under its data lock
 *
 * Context: as @owned says; does not sleep.
 * Return: 0; -ENOENT if there is no such scheduler; -ENOTCONN if the socket has ended;
 * -EBUSY if the scheduler is being unloaded, and the socket has the default then.
 */
int mptcpx_live_choose(struct mptcp_sock *msk, const char *name, bool owned)
{
	struct mptcp_sched_ops *to;
	int err = -ENOENT;

	rcu_read_lock();
	to = mptcpx_sym_mptcp_sched_find(name);
	if (to)
		err = give(msk, to, owned);
	rcu_read_unlock();
	return err;
}

/* a walk through the sockets of a namespace, to move them */
struct walk {
	struct net *net;
	const struct mptcp_sched_ops *from;	/* NULL: whatever they have */
	const char *name;			/* of what they are to have */
	unsigned int patience;			/* tries left for those that somebody owns */
	unsigned int tries;			/* for one of them */
	unsigned int moved;
	unsigned int busy;
};

/* takes over the reference to @msk; was it moved? */
static bool move(struct walk *walk, struct mptcp_sock *msk, struct holds *holds)
{
	unsigned int tries = min(walk->patience, walk->tries);
	struct sock *sk = mptcpx_msk_sk(msk);
	int err = -EBUSY;

	if (mptcpx_own(sk, tries)) {
		if (holds && msk->sched)
			holds_add(holds, msk->sched->owner);
		err = mptcpx_live_choose(msk, walk->name, true);
		release_sock(sk);
	} else {
		walk->patience -= tries;
	}
	sock_put(sk);
	cond_resched();
	walk->moved += !err;
	walk->busy += err == -EBUSY;
	return !err;
}

/* is it one to move? Unlocked: a guess */
static bool concerned(const struct walk *walk, const struct mptcp_sock *msk)
{
	const struct mptcp_sched_ops *is;
	bool yes;

	rcu_read_lock();
	is = READ_ONCE(msk->sched);
	yes = is && (walk->from ? is == walk->from : strcmp(is->name, walk->name));
	rcu_read_unlock();
	return yes;
}

static void move_connections(struct walk *walk)
{
	struct mptcp_sock *msk;
	long slot = 0, num = 0;

	/* takes a reference; net/mptcp/token.c, 6.12 and 7.3 */
	while ((msk = mptcp_token_iter_next(walk->net, &slot, &num))) {
		if (concerned(walk, msk))
			move(walk, msk, NULL);
		else
			sock_put(mptcpx_msk_sk(msk));
	}
}

/*
 * A listener of a bucket that is to be moved, with a reference; not one of the first
 * @skip. What is in the bucket has not begun to end: inet_unhash() takes the same
 * lock first.
 */
static struct mptcp_sock *next_listener(const struct walk *walk,
					struct inet_listen_hashbucket *bucket,
					unsigned int skip)
{
	struct mptcp_sock *msk, *found = NULL;
	const struct hlist_nulls_node *pos;
	struct sock *ssk;

	if (hlist_nulls_empty(&bucket->nulls_head))
		return NULL;
	spin_lock(&bucket->lock);
	sk_nulls_for_each(ssk, pos, &bucket->nulls_head) {
		if (!net_eq(sock_net(ssk), walk->net) || ssk->sk_protocol != IPPROTO_TCP ||
		    !sk_is_mptcp(ssk))
			continue;
		msk = mptcpx_sk(mptcpx_ctx(ssk)->conn);
		if (!concerned(walk, msk) || (skip && skip--) ||
		    !refcount_inc_not_zero(&mptcpx_msk_sk(msk)->sk_refcnt))
			continue;
		found = msk;
		break;
	}
	spin_unlock(&bucket->lock);
	return found;
}

static void move_listeners(struct walk *walk)
{
	struct inet_hashinfo *hashinfo = walk->net->ipv4.tcp_death_row.hashinfo;
	struct holds holds = { .n = 0 };
	struct mptcp_sock *msk;
	unsigned int i, skip;

	for (i = 0; i <= hashinfo->lhash2_mask; i++) {
		skip = 0;
		/* one that stays would be found again and again */
		while ((msk = next_listener(walk, &hashinfo->lhash2[i], skip)))
			skip += !move(walk, msk, &holds);
		cond_resched();
	}
	holds_drop(&holds);
}

/*
 * Listeners first: once a grace period is over, what they accept has the new scheduler.
 * A walk through the connections may miss one where another ends meanwhile: until one
 * finds none, and no more often than would be plausible. -EBUSY if one could not be moved
 * for it was owned by somebody else all the while, a second in all.
 */
static int move_all(struct net *net, const struct mptcp_sched_ops *from, const char *name)
{
	struct walk walk = {
		.net = net, .from = from, .name = name,
		.patience = PATIENCE, .tries = MPTCPX_PATIENT,
	};
	unsigned int listeners;
	int walks = 16;

	move_listeners(&walk);
	listeners = walk.busy;
	if (walk.moved)
		synchronize_rcu();
	do {
		walk.moved = 0;
		walk.busy = 0;
		move_connections(&walk);
		/* those that are left are waited for in earnest */
		walk.tries = PATIENCE / 8;
	} while ((walk.moved || (walk.busy && walk.patience)) && --walks);
	return listeners || walk.busy ? -EBUSY : 0;
}

/**
 * mptcpx_live_leave() - move all that use a scheduler to the kernel's default
 * @sched: the scheduler, unregistered
 *
 * A socket that is neither connected nor listening is not found and keeps it, and so does
 * one that somebody owns for longer: its decisions are the kernel's all the same.
 *
 * Context: process, sleeps.
 */
void mptcpx_live_leave(const struct mptcpx_sched *sched)
{
	struct net *net, *held = NULL;

	/* not under the lock: a socket may be owned for as long as its user likes */
	down_read(&net_rwsem);
	for_each_net(net) {
		if (!maybe_get_net(net))
			continue;
		up_read(&net_rwsem);
		if (held)
			put_net(held);
		held = net;
		move_all(net, &sched->core, "default");
		down_read(&net_rwsem);
	}
	up_read(&net_rwsem);
	if (held)
		put_net(held);
}

/**
 * mptcpx_live_token() - give one connection another scheduler
 * @net: its namespace
 * @token: its token
 * @name: the scheduler's name
 *
 * Context: process, sleeps.
 * Return: as mptcpx_live_choose(); -ESRCH if there is no such connection; -EBUSY as well
 * if somebody owned it for a second.
 */
int mptcpx_live_token(struct net *net, u32 token, const char *name)
{
	struct mptcp_sock *msk = mptcp_token_get_sock(net, token);
	struct sock *sk = mptcpx_msk_sk(msk);
	int err;

	if (!msk)
		return -ESRCH;
	if (!mptcpx_own(sk, PATIENCE)) {
		sock_put(sk);
		return -EBUSY;
	}
	err = mptcpx_live_choose(msk, name, true);
	release_sock(sk);
	sock_put(sk);
	return err;
}

static int live_handler(const struct ctl_table *ctl, int write, void *buffer,
			size_t *lenp, loff_t *ppos)
{
	struct net *net = ctl->data;
	struct live_net *ln = net_generic(net, live_net_id);
	/* where the core keeps it: mptcp_pernet.scheduler, 6.12 and 7.3 */
	char *name = (char *)mptcpx_sym_mptcp_get_scheduler(net);
	char text[MPTCP_SCHED_NAME_MAX + 1];
	struct ctl_table tbl = { .data = text, .maxlen = sizeof(text) };
	int err;

	/* proc_dostring() would cut what is too long, and join what comes in parts */
	if (write && (*lenp > MPTCP_SCHED_NAME_MAX || *ppos))
		return -EINVAL;

	strscpy(text, name, sizeof(text));
	err = proc_dostring(&tbl, write, buffer, lenp, ppos);
	if (err || !write)
		return err;

	if (mutex_lock_killable(&ln->lock))
		return -EINTR;
	rcu_read_lock();
	if (mptcpx_sym_mptcp_sched_find(strim(text)))
		strscpy(name, strim(text), MPTCP_SCHED_NAME_MAX);
	else
		err = -ENOENT;
	rcu_read_unlock();
	if (!err)
		err = move_all(net, NULL, strim(text));
	mutex_unlock(&ln->lock);
	return err;
}

static const struct ctl_table live_knobs[] = {
	{
		.procname	= "scheduler_live",
		.maxlen		= MPTCP_SCHED_NAME_MAX,
		.mode		= 0644,
		.proc_handler	= live_handler,
	},
};

static int __net_init live_net_init(struct net *net)
{
	struct live_net *ln = net_generic(net, live_net_id);

	mutex_init(&ln->lock);
	ln->header = mptcpx_sysctl_register(net, "net/mptcp", live_knobs,
					    ARRAY_SIZE(live_knobs), net);
	return ln->header ? 0 : -ENOMEM;
}

static void __net_exit live_net_exit(struct net *net)
{
	struct live_net *ln = net_generic(net, live_net_id);

	mptcpx_sysctl_unregister(ln->header);
}

static struct pernet_operations live_net_ops = {
	.init	= live_net_init,
	.exit	= live_net_exit,
	.id	= &live_net_id,
	.size	= sizeof(struct live_net),
};

/* net.mptcp.scheduler_live in each namespace, present and future */
int mptcpx_live_init(void)
{
	return register_pernet_subsys(&live_net_ops);
}

void mptcpx_live_exit(void)
{
	unregister_pernet_subsys(&live_net_ops);
}

#ifdef MPTCPX_KUNIT
#include "live_test.c"
#endif
