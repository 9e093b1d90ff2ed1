// SPDX-License-Identifier: GPL-2.0
/*
 * wrr: smooth weighted round robin, by bytes.
 *
 * Intent: each subflow carries the share of the bytes that its weight asks for.
 *
 * Rule. Each subflow has a virtual time: bytes given to it, divided by its
 * weight. The next burst goes to the subflow whose virtual time is least. That
 * interleaves them as evenly as the weights allow (a weight of 3 against 1 is
 * three small bursts and one, not three in a row), counts bytes and not calls,
 * and needs no rounds.
 *
 * Mode "weights" (default): weights by configuration (net.mptcp.wrr.weights). A
 * subflow whose turn it is and whose window is full is waited for: giving its
 * turn to another would make equal shares of every weight once the paths are
 * full. Not waited for is a subflow whose retransmission timer has fired.
 * Weight 0: only when nothing else is usable. With no weights at all there are no
 * shares to keep: plain round robin, and a full subflow passes its turn on.
 *
 * Mode "auto": the weight is the delivery rate TCP measures on the subflow, and
 * nobody is waited for, either. For bulk over unequal or lossy paths.
 *
 * Reference: virtual time as in fair queueing: Demers, Keshav, Shenker,
 * "Analysis and Simulation of a Fair Queueing Algorithm", SIGCOMM 1989.
 *
 * When not: for latency (a share is kept even on a path with a long delay), and
 * with weights far from the paths' rates: goodput then is that of the path that
 * is first exhausted, divided by its share.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "mptcpx.h"
#include "weights.h"

/* bytes given at a time: what the core's default scheduler gives */
#define WRR_BURST	65536
#define WRR_SHIFT	16

enum wrr_mode { WRR_WEIGHTS, WRR_AUTO };

static const char * const wrr_modes[] = { "weights", "auto", NULL };

struct wrr_net {
	struct ctl_table_header *header;
	struct mptcpx_weights __rcu *weights;
	int mode;
};

static unsigned int wrr_net_id;
static atomic_t wrr_gen;

/* a subflow, as the choice sees it */
struct wrr_path {
	u64 vtime;
	u32 weight;
	u8 rank;	/* only the lowest rank present is served */
	bool full;
};

enum { WRR_SERVED, WRR_ZERO_WEIGHT, WRR_TIMED_OUT, WRR_BACKUP };

/*
 * The choice; pure. Lifts virtual times that lag by more than two bursts of the
 * lightest: a subflow that was away or idle has no claim on what went by.
 * Returns the index of who is served, or -1 for nobody.
 */
static int wrr_pick(struct wrr_path *path, unsigned int n, bool wait)
{
	u8 rank = WRR_BACKUP;
	u32 lightest = U32_MAX;
	u64 latest = 0, credit;
	unsigned int i;
	int best = -1;

	for (i = 0; i < n; i++)
		rank = min(rank, path[i].rank);
	for (i = 0; i < n; i++) {
		if (path[i].rank != rank)
			continue;
		lightest = min(lightest, path[i].weight);
		latest = max(latest, path[i].vtime);
	}
	if (!n)
		return -1;

	credit = div_u64((2ULL * WRR_BURST) << WRR_SHIFT, lightest);
	for (i = 0; i < n; i++) {
		if (path[i].rank != rank)
			continue;
		if (latest - path[i].vtime > credit)
			path[i].vtime = latest - credit;
		if (path[i].full && !wait)
			continue;
		if (best < 0 || path[i].vtime < path[best].vtime)
			best = i;
	}
	return best >= 0 && path[best].full ? -1 : best;
}

static void wrr_local_address(const struct sock *ssk, struct in6_addr *address)
{
	*address = in6addr_any;
	if (ssk->sk_family == AF_INET)
		ipv6_addr_set_v4mapped(inet_sk(ssk)->inet_rcv_saddr, address);
#if IS_ENABLED(CONFIG_IPV6)
	else if (ssk->sk_family == AF_INET6)
		*address = ssk->sk_v6_rcv_saddr;
#endif
}

/* under rcu_read_lock() */
static u32 wrr_look_up(const struct mptcpx_weights *weights, const struct dst_entry *dst,
		       const struct mptcp_subflow_context *subflow)
{
	struct in6_addr address;

	wrr_local_address(subflow->tcp_sock, &address);
	return mptcpx_weights_find(weights, dst && dst->dev ? dst->dev->name : "",
				   &address, READ_ONCE(subflow->local_id));
}

static u32 wrr_weight(const struct wrr_net *wn, struct mptcpx_slot *slot,
		      const struct mptcp_subflow_context *subflow)
{
	const struct mptcpx_weights *weights;
	const struct dst_entry *dst;

	rcu_read_lock();
	weights = rcu_dereference(wn->weights);
	dst = __sk_dst_get(subflow->tcp_sock);
	if (unlikely(slot->gen != weights->gen || slot->dst != dst)) {
		slot->weight = wrr_look_up(weights, dst, subflow);
		slot->gen = weights->gen;
		slot->dst = dst;
	}
	rcu_read_unlock();
	return slot->weight;
}

/* are there shares to keep, by waiting for whose turn it is? */
static bool wrr_waits(const struct wrr_net *wn)
{
	bool waits;

	rcu_read_lock();
	waits = READ_ONCE(wn->mode) == WRR_WEIGHTS && rcu_dereference(wn->weights)->n;
	rcu_read_unlock();
	return waits;
}

/* KiB/s, at least 1; a subflow not measured yet counts like the fastest */
static u32 wrr_rate(const struct mptcpx_view *view, const struct mptcpx_path *path)
{
	const struct mptcpx_path *p;
	u64 rate = path->rate;

	if (!rate)
		for (p = view->path; p < view->path + view->n; p++)
			rate = max(rate, p->rate);
	return clamp_t(u64, rate >> 10, 1, U32_MAX);
}

/* what the choice has to know of a subflow, its virtual time brought up to date; pure */
static void wrr_enter(struct wrr_path *path, const struct mptcpx_path *p,
		      struct mptcpx_slot *slot, u32 weight)
{
	path->full = !p->room;
	path->rank = p->backup ? WRR_BACKUP :
		     p->timed_out ? WRR_TIMED_OUT :
		     !weight ? WRR_ZERO_WEIGHT : WRR_SERVED;
	path->weight = weight ?: 1;
	if (slot->vbytes != slot->bytes) {
		slot->vtime += div_u64((slot->bytes - slot->vbytes) << WRR_SHIFT, path->weight);
		slot->vbytes = slot->bytes;
	}
	path->vtime = slot->vtime;
}

/* who is served, and with how much; what was lifted is kept; pure */
static bool wrr_choose(struct mptcpx_slot *slots, const struct mptcpx_view *view,
		       struct wrr_path *path, bool wait, struct mptcpx_choice *choice)
{
	int best = wrr_pick(path, view->n, wait);
	unsigned int i;

	for (i = 0; i < view->n; i++)
		slots[view->path[i].slot].vtime = path[i].vtime;
	if (best < 0)
		return false;

	choice->path = best;
	choice->len = min(view->path[best].room, WRR_BURST);
	return true;
}

static bool wrr_get_send(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			 struct mptcpx_choice *choice)
{
	const struct wrr_net *wn = net_generic(sock_net(mptcpx_msk_sk(conn->msk)), wrr_net_id);
	bool automatic = READ_ONCE(wn->mode) == WRR_AUTO;
	struct wrr_path path[MPTCPX_PATHS_MAX];
	unsigned int i;

	for (i = 0; i < view->n; i++) {
		const struct mptcpx_path *p = &view->path[i];
		struct mptcpx_slot *slot = &conn->slots[p->slot];

		wrr_enter(&path[i], p, slot,
			  automatic ? wrr_rate(view, p) : wrr_weight(wn, slot, p->subflow));
	}
	return wrr_choose(conn->slots, view, path, wrr_waits(wn), choice);
}

static struct mptcpx_sched wrr = {
	.name		= "wrr",
	.owner		= THIS_MODULE,
	.get_send	= wrr_get_send,
};

static struct mptcpx_weights *wrr_weights_alloc(const char *text)
{
	struct mptcpx_weights *weights = kzalloc(sizeof(*weights), GFP_KERNEL);
	int err;

	if (!weights)
		return ERR_PTR(-ENOMEM);
	err = mptcpx_weights_parse(weights, text);
	if (err) {
		kfree(weights);
		return ERR_PTR(err);
	}
	/* 0 is that of a slot that has not been looked up */
	do {
		weights->gen = atomic_inc_return(&wrr_gen);
	} while (!weights->gen);
	return weights;
}

static int wrr_weights_handler(const struct ctl_table *ctl, int write,
			       void *buffer, size_t *lenp, loff_t *ppos)
{
	struct wrr_net *wn = ctl->data;
	struct mptcpx_weights *weights, *old;
	struct ctl_table tbl = { .maxlen = MPTCPX_WEIGHTS_TEXT };
	int ret;

	/* proc_dostring() would cut what is too long, and join what comes in parts */
	if (write && (*lenp >= MPTCPX_WEIGHTS_TEXT || *ppos))
		return -EINVAL;

	tbl.data = kzalloc(tbl.maxlen, GFP_KERNEL);
	if (!tbl.data)
		return -ENOMEM;
	rcu_read_lock();
	strscpy(tbl.data, rcu_dereference(wn->weights)->text, tbl.maxlen);
	rcu_read_unlock();

	ret = proc_dostring(&tbl, write, buffer, lenp, ppos);
	if (!ret && write) {
		weights = wrr_weights_alloc(strim(tbl.data));
		if (IS_ERR(weights)) {
			ret = PTR_ERR(weights);
		} else {
			old = unrcu_pointer(xchg(&wn->weights, RCU_INITIALIZER(weights)));
			kfree_rcu(old, rcu);
		}
	}
	kfree(tbl.data);
	return ret;
}

static int wrr_mode_handler(const struct ctl_table *ctl, int write,
			    void *buffer, size_t *lenp, loff_t *ppos)
{
	return mptcpx_sysctl_word(ctl, write, buffer, lenp, ppos, wrr_modes);
}

static const struct ctl_table wrr_knobs[] = {
	{
		.procname	= "weights",
		.data		= (void *)0,	/* the namespace's struct wrr_net */
		.maxlen		= MPTCPX_WEIGHTS_TEXT,
		.mode		= 0644,
		.proc_handler	= wrr_weights_handler,
	},
	{
		.procname	= "mode",
		.data		= (void *)offsetof(struct wrr_net, mode),
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= wrr_mode_handler,
	},
};

static int __net_init wrr_net_init(struct net *net)
{
	struct wrr_net *wn = net_generic(net, wrr_net_id);
	struct mptcpx_weights *weights = wrr_weights_alloc("");

	if (IS_ERR(weights))
		return PTR_ERR(weights);
	RCU_INIT_POINTER(wn->weights, weights);
	wn->header = mptcpx_sysctl_register(net, "net/mptcp/wrr", wrr_knobs,
					    ARRAY_SIZE(wrr_knobs), wn);
	if (!wn->header) {
		kfree(weights);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit wrr_net_exit(struct net *net)
{
	struct wrr_net *wn = net_generic(net, wrr_net_id);

	mptcpx_sysctl_unregister(wn->header);
	kfree(rcu_dereference_protected(wn->weights, true));
}

static struct pernet_operations wrr_net_ops = {
	.init	= wrr_net_init,
	.exit	= wrr_net_exit,
	.id	= &wrr_net_id,
	.size	= sizeof(struct wrr_net),
};

static int __init wrr_init(void)
{
	int err;

	err = register_pernet_subsys(&wrr_net_ops);
	if (err)
		return err;
	err = mptcpx_register(&wrr);
	if (err)
		unregister_pernet_subsys(&wrr_net_ops);
	return err;
}

static void __exit wrr_exit(void)
{
	mptcpx_unregister(&wrr);
	unregister_pernet_subsys(&wrr_net_ops);
}

module_init(wrr_init);
module_exit(wrr_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MPTCP packet scheduler: smooth weighted round robin");

#ifdef MPTCPX_KUNIT
#include "sched_wrr_test.c"
#endif
