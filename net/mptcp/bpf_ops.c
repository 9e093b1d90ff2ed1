// SPDX-License-Identifier: GPL-2.0
/*
 * Schedulers written in BPF: the struct_ops type.
 *
 * To the core a BPF scheduler is one of ours: an entry (struct bpf_sched) with a
 * struct mptcpx_sched in it, whose callbacks call the programs. The entry outlives
 * the programs. When they go away (link detached, map unregistered), the sockets
 * are moved to the kernel's default; those that cannot be found, because they are
 * neither connected nor listening, keep the entry, which decides like the default
 * from then on. An entry is used again when nobody is left, and freed with the
 * module: the core reads its owner field after the last release, which is always
 * this module's.
 *
 * Programs run under rcu_read_lock() with softirqs off, get_retrans under SRCU because
 * it may sleep. Replacing them (BPF_LINK_UPDATE) is one pointer.
 */
#include <linux/bpf.h>
#include <linux/bpf_verifier.h>
#include <linux/btf.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "bpf.h"

/*
 * At most so many at a time: mptcp_get_available_schedulers() (6.12, 7.3) writes
 * the names of all to a buffer of 2048 bytes, and warns if they do not fit.
 */
#define BPF_SCHEDS_MAX	64

/**
 * struct bpf_sched - a BPF scheduler, as the adapter knows it
 * @sched: what the adapter knows
 * @ops: the programs; NULL when they are gone
 * @users: sockets that have storage
 * @pinned: some socket may use it that could not be counted
 * @node: in the list of all
 */
struct bpf_sched {
	struct mptcpx_sched sched;
	struct mptcpx_sched_ops __rcu *ops;
	atomic_t users;
	bool pinned;
	struct list_head node;
};

static LIST_HEAD(bpf_scheds);
static DEFINE_MUTEX(bpf_scheds_lock);
DEFINE_STATIC_SRCU(bpf_retrans_srcu);

static struct bpf_sched *bpf_sched_of(const struct mptcpx_sched *sched)
{
	return container_of(sched, struct bpf_sched, sched);
}

/*
 * Whose program is running: kfuncs that the verifier lets call with any number for a
 * socket look for it among this connection's. On this CPU, by a program that softirqs
 * do not interrupt; or by this task, in one that may sleep.
 */
static DEFINE_PER_CPU(struct mptcp_sock *, running_here);

struct sleeper {
	struct list_head node;
	const struct task_struct *task;
	struct mptcp_sock *msk;
};

static LIST_HEAD(sleepers);
static DEFINE_SPINLOCK(sleepers_lock);

/**
 * mptcpx_bpf_begin() - a program of a connection is about to run, and will not sleep
 * @msk: the connection, owned by this process, under its data lock, or not yet known to
 *	others
 *
 * Context: process or softirq. Until mptcpx_bpf_end() softirqs are off, and RCU is read.
 */
void mptcpx_bpf_begin(struct mptcp_sock *msk)
	__acquires(RCU)
{
	local_bh_disable();
	rcu_read_lock();
	__this_cpu_write(running_here, msk);
}

/**
 * mptcpx_bpf_end() - it has run
 *
 * Context: as mptcpx_bpf_begin() has left it.
 */
void mptcpx_bpf_end(void)
	__releases(RCU)
{
	__this_cpu_write(running_here, NULL);
	rcu_read_unlock();
	local_bh_enable();
}

static void sleeper_begin(struct sleeper *sleeper, struct mptcp_sock *msk)
{
	sleeper->task = current;
	sleeper->msk = msk;
	spin_lock_bh(&sleepers_lock);
	list_add(&sleeper->node, &sleepers);
	spin_unlock_bh(&sleepers_lock);
}

static void sleeper_end(struct sleeper *sleeper)
{
	spin_lock_bh(&sleepers_lock);
	list_del(&sleeper->node);
	spin_unlock_bh(&sleepers_lock);
}

/**
 * mptcpx_bpf_running() - the connection whose program calls
 *
 * Context: a kfunc of ours.
 * Return: the connection, which the program has to itself.
 */
struct mptcp_sock *mptcpx_bpf_running(void)
{
	/* with softirqs on, no program of the other kind is running on any CPU we are on */
	struct mptcp_sock *msk = softirq_count() ? this_cpu_read(running_here) : NULL;
	const struct sleeper *sleeper;

	if (msk)
		return msk;
	spin_lock_bh(&sleepers_lock);
	list_for_each_entry(sleeper, &sleepers, node) {
		if (sleeper->task == current) {
			msk = sleeper->msk;
			break;
		}
	}
	spin_unlock_bh(&sleepers_lock);
	return msk;
}

/**
 * mptcpx_bpf_own() - find a socket among those of the connection whose program calls
 * @ssk: a number, which is compared and not followed
 *
 * Context: a program runs: the msk is owned by this process, or under its data lock.
 * Return: the subflow whose TCP socket it is; NULL if it is none.
 */
struct mptcp_subflow_context *mptcpx_bpf_own(const struct sock *ssk)
{
	const struct mptcp_sock *msk = ssk ? mptcpx_bpf_running() : NULL;
	struct mptcp_subflow_context *subflow;

	if (!msk)
		return NULL;
	mptcpx_for_each_subflow(msk, subflow)
		if (subflow->tcp_sock == ssk)
			return subflow;
	return NULL;
}

/* index in @view of the first subflow marked "scheduled"; -1 for none */
static int marked(const struct mptcpx_view *view)
{
	int i;

	for (i = 0; i < view->n; i++)
		if (READ_ONCE(view->path[i].subflow->scheduled))
			return i;
	return -1;
}

static void unmark(struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow;

	mptcpx_for_each_subflow(msk, subflow)
		WRITE_ONCE(subflow->scheduled, false);
}

/* the kernel's own choice, which sets snd_burst itself */
bool mptcpx_choose_default(struct mptcp_sock *msk, const struct mptcpx_view *view,
			   struct mptcpx_choice *choice)
{
	struct sock *ssk = mptcpx_sym_mptcp_subflow_get_send(msk);
	int i;

	choice->len = 0;
	for (i = 0; ssk && i < view->n; i++) {
		if (view->path[i].subflow->tcp_sock != ssk)
			continue;
		choice->path = i;
		return true;
	}
	return false;
}

/*
 * Programs may answer anything. What is sent is sent from the send head, or from
 * somewhere between snd_una and snd_nxt if they send copies; of the bytes beyond
 * the end there are none. For another answer the kernel's own stands in: "nobody"
 * might be the end of it, with nothing in flight whose acknowledgment would ask again.
 */
static bool sane(const struct mptcpx_sched *sched, const struct mptcpx_view *view,
		 const struct mptcpx_choice *choice)
{
	if (choice->path >= view->n || !mptcpx_before64(choice->from, view->end))
		return false;
	if (choice->from == view->head)
		return true;
	return sched->copies && choice->len && view->path[choice->path].room &&
	       !mptcpx_before64(choice->from, view->una) &&
	       !mptcpx_after64(choice->from, view->nxt);
}

/*
 * Bring an answer within bounds. What is sent again has to fit in the subflow: new
 * data ends some time, but the core would send the same again for as long as the
 * program says so, with the subflow locked against acknowledgments.
 */
static void bound(const struct mptcpx_view *view, struct mptcpx_choice *choice)
{
	u32 most = INT_MAX;

	if (choice->from != view->head)
		most = view->path[choice->path].room;
	choice->len = min(choice->len, most);
}

/* of the subflows that are marked the first is accounted, the core pushes all */
static bool ask_get_send(struct mptcp_sock *msk, const struct mptcpx_sched_ops *ops,
			 struct mptcpx_ask *ask)
{
	int first;

	if (ops->get_send(msk)) {
		unmark(msk);
		return false;
	}
	if (ask->placed) {
		unmark(msk);
		return true;
	}
	first = marked(ask->view);
	if (first < 0) {
		unmark(msk);
		return false;
	}
	ask->choice->path = first;
	ask->choice->len = 0;
	return true;
}

static bool bpf_get_send(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			 struct mptcpx_choice *choice)
{
	struct mptcpx_ask ask = {
		.view = view, .choice = choice, .copies = conn->sched->copies,
	};
	struct bpf_sched *bs = bpf_sched_of(conn->sched);
	const struct mptcpx_sched_ops *ops;
	bool ret;

	mptcpx_bpf_begin(conn->msk);
	ops = rcu_dereference(bs->ops);
	if (unlikely(!ops)) {
		ret = mptcpx_choose_default(conn->msk, view, choice);
	} else {
		conn->ask = &ask;
		if (ops->decide) {
			ret = !ops->decide(conn->msk, &view->scene, choice);
			unmark(conn->msk);
		} else {
			ret = ask_get_send(conn->msk, ops, &ask);
		}
		conn->ask = NULL;
		if (ret && !sane(conn->sched, view, choice)) {
			unmark(conn->msk);
			choice->from = view->head;
			ret = view->head != view->end &&
			      mptcpx_choose_default(conn->msk, view, choice);
		}
		if (ret)
			bound(view, choice);
		choice->more = choice->more && conn->sched->copies;
	}
	mptcpx_bpf_end();
	return ret;
}

/* may sleep, hence not under rcu_read_lock() */
static struct sock *bpf_get_retrans(struct mptcpx_conn *conn)
{
	struct bpf_sched *bs = bpf_sched_of(conn->sched);
	struct mptcp_subflow_context *subflow;
	const struct mptcpx_sched_ops *ops;
	struct sleeper sleeper;
	struct sock *ssk = NULL;
	bool asked = false;
	int idx;

	sleeper_begin(&sleeper, conn->msk);
	idx = srcu_read_lock(&bpf_retrans_srcu);
	ops = srcu_dereference(bs->ops, &bpf_retrans_srcu);
	if (ops && ops->get_retrans) {
		asked = true;
		if (ops->get_retrans(conn->msk))
			unmark(conn->msk);
	}
	srcu_read_unlock(&bpf_retrans_srcu, idx);
	sleeper_end(&sleeper);
	if (!asked)
		return mptcpx_sym_mptcp_subflow_get_retrans(conn->msk);

	mptcpx_for_each_subflow(conn->msk, subflow) {
		if (READ_ONCE(subflow->scheduled)) {
			ssk = subflow->tcp_sock;
			break;
		}
	}
	return ssk;
}

/* process, or softirq for accepted sockets; nobody else knows the socket */
static void bpf_sched_init(struct mptcp_sock *msk)
{
	struct bpf_sched *bs = bpf_sched_of(container_of(msk->sched, struct mptcpx_sched, core));
	const struct mptcpx_sched_ops *ops;

	struct mptcpx_conn *conn = mptcpx_conn_create(msk, &bs->sched);

	if (!conn) {
		WRITE_ONCE(bs->pinned, true);
		return;
	}
	conn->counted = true;
	atomic_inc(&bs->users);
	mptcpx_bpf_begin(msk);
	ops = rcu_dereference(bs->ops);
	if (ops && ops->init)
		ops->init(msk);
	mptcpx_bpf_end();
}

/* the msk is owned by this process, or under its data lock when its ports ask */
static void bpf_sched_release(struct mptcpx_conn *conn)
{
	struct bpf_sched *bs = bpf_sched_of(conn->sched);
	const struct mptcpx_sched_ops *ops;

	/* out of memory when it began: init was not called */
	if (!conn->counted)
		return;
	mptcpx_bpf_begin(conn->msk);
	ops = rcu_dereference(bs->ops);
	if (ops && ops->release)
		ops->release(conn->msk);
	mptcpx_bpf_end();
	atomic_dec(&bs->users);
}

static bool bpf_sched_free(const struct bpf_sched *bs)
{
	return !rcu_access_pointer(bs->ops) && !READ_ONCE(bs->pinned) &&
	       !atomic_read(&bs->users);
}

/* an entry that nobody uses any more, or a new one; under bpf_scheds_lock */
static struct bpf_sched *bpf_sched_get(void)
{
	struct bpf_sched *bs;

	list_for_each_entry(bs, &bpf_scheds, node) {
		if (!bpf_sched_free(bs))
			continue;
		/* a child of the last listener may be on its way into the count */
		synchronize_rcu();
		if (bpf_sched_free(bs))
			return bs;
	}

	bs = kzalloc(sizeof(*bs), GFP_KERNEL);
	if (bs)
		list_add(&bs->node, &bpf_scheds);
	return bs;
}

static unsigned int bpf_scheds_live(void)
{
	const struct bpf_sched *bs;
	unsigned int n = 0;

	list_for_each_entry(bs, &bpf_scheds, node)
		n += !!rcu_access_pointer(bs->ops);
	return n;
}

static int ops_reg(void *kdata, struct bpf_link *link)
{
	struct mptcpx_sched_ops *ops = kdata;
	struct bpf_sched *bs;
	int err = -ENOSPC;

	mutex_lock(&bpf_scheds_lock);
	if (bpf_scheds_live() >= BPF_SCHEDS_MAX)
		goto out;
	err = -ENOMEM;
	bs = bpf_sched_get();
	if (!bs)
		goto out;

	bs->sched.name = bs->sched.core.name;
	bs->sched.owner = THIS_MODULE;
	bs->sched.copies = ops->flags & MPTCPX_SCHED_COPIES;
	bs->sched.get_send = bpf_get_send;
	bs->sched.get_retrans = bpf_get_retrans;
	bs->sched.marks = true;
	bs->sched.init = bpf_sched_init;
	bs->sched.release = bpf_sched_release;
	rcu_assign_pointer(bs->ops, ops);
	err = mptcpx_register_as(&bs->sched, ops->name);
	if (err)
		RCU_INIT_POINTER(bs->ops, NULL);
out:
	mutex_unlock(&bpf_scheds_lock);
	return err;
}

static struct bpf_sched *bpf_sched_find(const void *kdata)
{
	struct bpf_sched *bs;

	list_for_each_entry(bs, &bpf_scheds, node)
		if (rcu_access_pointer(bs->ops) == kdata)
			return bs;
	return NULL;
}

/* process, sleeps; bpf_scheds_lock is never taken with a socket's lock held */
static void ops_unreg(void *kdata, struct bpf_link *link)
{
	struct bpf_sched *bs;

	mutex_lock(&bpf_scheds_lock);
	bs = bpf_sched_find(kdata);
	if (bs) {
		/* waits until nobody can find it any more */
		mptcpx_unregister(&bs->sched);
		/* with the programs there, so that release is called */
		mptcpx_live_leave(&bs->sched);
		RCU_INIT_POINTER(bs->ops, NULL);
		synchronize_rcu();
		synchronize_srcu(&bpf_retrans_srcu);
		/* children of listeners that had it, born meanwhile */
		mptcpx_live_leave(&bs->sched);
	}
	mutex_unlock(&bpf_scheds_lock);
}

/* sockets keep their storage: the new programs find what the old ones left */
static int ops_update(void *kdata, void *old_kdata, struct bpf_link *link)
{
	struct mptcpx_sched_ops *ops = kdata, *old = old_kdata;
	struct bpf_sched *bs;
	int err = -ENOENT;

	if (strcmp(ops->name, old->name) || ops->flags != old->flags)
		return -EINVAL;

	mutex_lock(&bpf_scheds_lock);
	bs = bpf_sched_find(kdata);
	if (bs) {
		/* one set of programs, registered twice */
		err = -EEXIST;
	} else {
		bs = bpf_sched_find(old_kdata);
		if (bs) {
			rcu_assign_pointer(bs->ops, ops);
			synchronize_rcu();
			synchronize_srcu(&bpf_retrans_srcu);
			err = 0;
		}
	}
	mutex_unlock(&bpf_scheds_lock);
	return err;
}

static int ops_init(struct btf *btf)
{
	return 0;
}

/* letters, digits, "_" and "."; as BPF names its own objects */
static int copy_name(char *to, const char *from)
{
	const char *p;

	if (strnlen(from, MPTCP_SCHED_NAME_MAX) == MPTCP_SCHED_NAME_MAX || !*from)
		return -EINVAL;
	for (p = from; *p; p++)
		if (!isalnum(*p) && *p != '_' && *p != '.')
			return -EINVAL;
	strscpy(to, from, MPTCP_SCHED_NAME_MAX);
	return 0;
}

static int ops_init_member(const struct btf_type *t, const struct btf_member *member,
			   void *kdata, const void *udata)
{
	const struct mptcpx_sched_ops *user = udata;
	struct mptcpx_sched_ops *ops = kdata;

	switch (__btf_member_bit_offset(t, member) / BITS_PER_BYTE) {
	case offsetof(struct mptcpx_sched_ops, name):
		return copy_name(ops->name, user->name) ?: 1;
	case offsetof(struct mptcpx_sched_ops, flags):
		if (user->flags & ~MPTCPX_SCHED_COPIES)
			return -EINVAL;
		ops->flags = user->flags;
		return 1;
	}
	return 0;
}

/*
 * The kernel offers the functions of its congestion controls (tcp_slow_start(), ...) to
 * programs of all struct_ops types, which on 6.12 may call them with any pointer, and
 * which here do not own the subflow. Its kfuncs for everybody are named bpf_*. A number of
 * another module's function is looked up among ours, where it is none that may be called,
 * but for chance: whose it is the verifier alone knows. Process, as a program is loaded.
 */
static bool calls_others(const struct bpf_prog *prog)
{
	const struct btf *btf = prog->aux->attach_btf;
	const struct bpf_insn *insn;
	const struct btf_type *func;
	const char *name;

	for (insn = prog->insnsi; insn < prog->insnsi + prog->len; insn++) {
		if (insn->code != (BPF_JMP | BPF_CALL) ||
		    insn->src_reg != BPF_PSEUDO_KFUNC_CALL || !insn->imm)
			continue;
		func = btf_type_by_id(btf, insn->imm);
		if (!func || !btf_type_is_func(func))
			return true;
		name = mptcpx_sym_btf_name_by_offset(btf, func->name_off);
		if (!str_has_prefix(name, "bpf_") && !str_has_prefix(name, "mptcpx_"))
			return true;
	}
	return false;
}

static int ops_check_member(const struct btf_type *t, const struct btf_member *member,
			    const struct bpf_prog *prog)
{
	u32 at = __btf_member_bit_offset(t, member) / BITS_PER_BYTE;

	/* all others run in softirq, too */
	if (prog->sleepable && at != offsetof(struct mptcpx_sched_ops, get_retrans))
		return -EINVAL;
	return calls_others(prog) ? -EACCES : 0;
}

static int ops_validate(void *kdata)
{
	const struct mptcpx_sched_ops *ops = kdata;

	if (!*ops->name || !ops->get_send == !ops->decide)
		return -EINVAL;
	return 0;
}

/* the connection, or the socket of one of its subflows; compared, never followed */
static bool is_own_sock(const struct sock *sk)
{
	return sk && (sk == (const void *)mptcpx_bpf_running() || mptcpx_bpf_own(sk));
}

/*
 * Helpers with which programs of the MPTCP development tree keep what they know of a
 * connection, and look at a subflow. The kernel gives them to struct_ops types of its own
 * by these descriptions (bpf_tcp_ca_get_func_proto(), net/ipv4/bpf_tcp_ca.c, 6.12 and
 * 7.3), which it does not export. Where one is not found, the verifier refuses the
 * programs that call it.
 *
 * The verifiers of 6.12 and 7.3 let programs call them with a socket that was read from
 * anywhere. So ours are called, and call the kernel's for sockets of the connection.
 */
enum { HELPER_STORAGE_GET, HELPER_STORAGE_DELETE, HELPER_TCP_SOCK, HELPERS };

static struct helper {
	enum bpf_func_id id;
	const char *symbol;
	u64 (*ours)(u64 a, u64 b, u64 c, u64 d, u64 e);
	u64 (*kernels)(u64 a, u64 b, u64 c, u64 d, u64 e);
	struct bpf_func_proto proto;
} helpers[HELPERS];

/* the verifier adds @gfp */
BPF_CALL_5(mptcpx_storage_get, void *, map, struct sock *, sk, void *, value, u64, flags,
	   u64, gfp)
{
	if (!is_own_sock(sk))
		return 0;
	return helpers[HELPER_STORAGE_GET].kernels((u64)map, (u64)sk, (u64)value, flags, gfp);
}

BPF_CALL_2(mptcpx_storage_delete, void *, map, struct sock *, sk)
{
	if (!is_own_sock(sk))
		return -EINVAL;
	return helpers[HELPER_STORAGE_DELETE].kernels((u64)map, (u64)sk, 0, 0, 0);
}

BPF_CALL_1(mptcpx_skc_to_tcp_sock, struct sock *, sk)
{
	if (!is_own_sock(sk))
		return 0;
	return helpers[HELPER_TCP_SOCK].kernels((u64)sk, 0, 0, 0, 0);
}

static struct helper helpers[] = {
	[HELPER_STORAGE_GET] = {
		BPF_FUNC_sk_storage_get, "bpf_sk_storage_get_proto", mptcpx_storage_get,
	},
	[HELPER_STORAGE_DELETE] = {
		BPF_FUNC_sk_storage_delete, "bpf_sk_storage_delete_proto",
		mptcpx_storage_delete,
	},
	[HELPER_TCP_SOCK] = {
		BPF_FUNC_skc_to_tcp_sock, "bpf_skc_to_tcp_sock_proto",
		mptcpx_skc_to_tcp_sock,
	},
};

/* module init */
static void helpers_find(void)
{
	const struct bpf_func_proto *proto;
	struct helper *helper;

	for (helper = helpers; helper < helpers + ARRAY_SIZE(helpers); helper++) {
		proto = (void *)mptcpx_symbol_address(helper->symbol);
		if (!proto)
			continue;
		helper->proto = *proto;
		helper->kernels = proto->func;
		helper->proto.func = helper->ours;
	}
}

static const struct bpf_func_proto *ops_func_proto(enum bpf_func_id id,
						   const struct bpf_prog *prog)
{
	const struct helper *helper;

	for (helper = helpers; helper < helpers + ARRAY_SIZE(helpers); helper++)
		if (helper->id == id)
			return helper->kernels ? &helper->proto : NULL;
	return bpf_base_func_proto(id, prog);
}

static bool ops_valid_access(int off, int size, enum bpf_access_type type,
			     const struct bpf_prog *prog, struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

static bool within(int off, int size, int member, int member_size)
{
	return off >= member && off + size <= member + member_size;
}

/*
 * What programs may write: the type has to be right, and the pointer to come from us. One
 * that a program has read from somewhere may be anything, and no write is checked when it
 * is done. Of arguments, and of what an iterator returns, the verifier says that they are
 * trusted; of what another kfunc returns that of 7.3 does, that of 6.12 does not, which
 * is why that has a type of its own (struct mptcpx_own_subflow).
 */
static int ops_struct_access(struct bpf_verifier_log *log, const struct bpf_reg_state *reg,
			     int off, int size)
{
	const struct btf_type *t = btf_type_by_id(reg->btf, reg->btf_id);
	const char *name = mptcpx_sym_btf_name_by_offset(reg->btf, t->name_off);
	bool found = !strcmp(name, "mptcpx_own_subflow");

	if (!found && !(reg->type & PTR_TRUSTED)) {
		bpf_log(log, "struct %s that was reached by reading must not be written\n",
			name);
		return -EACCES;
	}
	if (!strcmp(name, "mptcpx_choice") &&
	    within(off, size, 0, sizeof(struct mptcpx_choice)))
		return 0;
	if (!strcmp(name, "mptcp_sock") &&
	    within(off, size, offsetof(struct mptcp_sock, snd_burst),
		   sizeof_field(struct mptcp_sock, snd_burst)))
		return 0;
	if ((found || !strcmp(name, "mptcp_subflow_context")) &&
	    within(off, size, offsetof(struct mptcp_subflow_context, avg_pacing_rate),
		   sizeof_field(struct mptcp_subflow_context, avg_pacing_rate)))
		return 0;

	bpf_log(log, "%d bytes of struct %s at %d must not be written\n", size, name, off);
	return -EACCES;
}

static const struct bpf_verifier_ops verifier_ops = {
	.get_func_proto		= ops_func_proto,
	.is_valid_access	= ops_valid_access,
	.btf_struct_access	= ops_struct_access,
};

/* never called: where indirect calls are checked, they tell the prototypes */
static int mptcpx_stub_get_send(struct mptcp_sock *msk)
{
	return -EINVAL;
}

static int mptcpx_stub_get_retrans(struct mptcp_sock *msk)
{
	return -EINVAL;
}

static int mptcpx_stub_decide(struct mptcp_sock *msk, const struct mptcpx_scene *view,
			      struct mptcpx_choice *choice)
{
	return -EINVAL;
}

static void mptcpx_stub_init(struct mptcp_sock *msk)
{
}

static void mptcpx_stub_release(struct mptcp_sock *msk)
{
}

static struct mptcpx_sched_ops stubs = {
	.get_send	= mptcpx_stub_get_send,
	.get_retrans	= mptcpx_stub_get_retrans,
	.decide		= mptcpx_stub_decide,
	.init		= mptcpx_stub_init,
	.release	= mptcpx_stub_release,
};

static struct bpf_struct_ops sched_struct_ops = {
	.verifier_ops	= &verifier_ops,
	.reg		= ops_reg,
	.unreg		= ops_unreg,
	.update		= ops_update,
	.check_member	= ops_check_member,
	.init_member	= ops_init_member,
	.init		= ops_init,
	.validate	= ops_validate,
	.name		= "mptcpx_sched_ops",
	.cfi_stubs	= &stubs,
	.owner		= THIS_MODULE,
};

/**
 * mptcpx_bpf_init() - offer the struct_ops type and its kfuncs
 *
 * Neither can be withdrawn before the module's BTF goes: call it last. If it cannot
 * be done, for want of the module's BTF, a line in the log says so.
 *
 * Context: module init.
 */
void mptcpx_bpf_init(void)
{
	int err;

	helpers_find();
	err = mptcpx_bpf_kfuncs_init();
	if (!err)
		err = register_bpf_struct_ops(&sched_struct_ops, mptcpx_sched_ops);
	if (err)
		pr_warn("mptcpx: no BPF schedulers (%d): needs CONFIG_BPF_JIT and the module's BTF\n",
			err);
}

/* no program is left: each map holds a reference to the module */
void mptcpx_bpf_exit(void)
{
	struct bpf_sched *bs, *next;

	list_for_each_entry_safe(bs, next, &bpf_scheds, node)
		kfree(bs);
}

#ifdef MPTCPX_KUNIT
#include "bpf_ops_test.c"
#endif
