// SPDX-License-Identifier: GPL-2.0
/*
 * redundant: the same data on every subflow.
 *
 * Intent: a byte is late only if every path is late with it. A loss, a queue or
 * a dead path is not felt as long as one other path delivers.
 *
 * Rule, mode "opportunistic" (default). Serve, in this order:
 *  1. data that no subflow holds any more that can be trusted with it (it has
 *     closed, is stale, or its retransmission timer fired);
 *  2. while the application has no more waiting than the best subflow could take
 *     at once: data that only subflows hold which are repairing a loss. The peer
 *     reads in order: what comes behind it could not be read sooner;
 *  3. data never sent;
 *  4. copies: each subflow is given, oldest first, what others were given and it
 *     was not, with the window left over.
 * 1 to 3 go to the subflow with the lowest RTT that has room and is not
 * repairing a loss. So copies never cost throughput: bulk data that fills every
 * path is sent once.
 *
 * Rule, mode "full": every subflow is given everything in order; one that falls
 * behind skips what is acknowledged at the data level meanwhile. The load is on
 * every path: goodput is that of the best one.
 *
 * A subflow without room, dead or stale holds up nobody: each is served by
 * itself, from its own place.
 *
 * Reference: Frömmgen et al., "ReMP TCP: Low latency multipath TCP", ICC 2016.
 *
 * When not: metered paths, or where every path shares the bottleneck: copies
 * cost what they weigh. For bulk data alone use minrtt.
 */
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "mptcpx.h"

enum redundant_mode { REDUNDANT_OPPORTUNISTIC, REDUNDANT_FULL };

static const char * const redundant_modes[] = { "opportunistic", "full", NULL };

struct redundant_net {
	struct ctl_table_header *header;
	int mode;
};

static unsigned int redundant_net_id;

static bool redundant_usable(const struct mptcpx_view *view, const struct mptcpx_path *path)
{
	return !path->backup || !view->primary;
}

/* lowest RTT, but rather none that repairs a loss */
static bool redundant_better(const struct mptcpx_path *path, const struct mptcpx_path *best)
{
	if (!best)
		return true;
	if (path->hole != best->hole)
		return best->hole;
	return path->srtt_us < best->srtt_us;
}

static const struct mptcpx_path *redundant_best(const struct mptcpx_view *view)
{
	const struct mptcpx_path *path, *best = NULL;

	for (path = view->path; path < view->path + view->n; path++)
		if (path->room && redundant_usable(view, path) &&
		    redundant_better(path, best))
			best = path;
	return best;
}

/* bits of the subflows that can be trusted with what they were given */
static u16 redundant_trusted(const struct mptcpx_view *view, bool with_hole)
{
	const struct mptcpx_path *path;
	u16 mask = 0;

	for (path = view->path; path < view->path + view->n; path++)
		if (!path->timed_out && (with_hole || !path->hole))
			mask |= BIT(path->slot);
	return mask;
}

static void redundant_choose(const struct mptcpx_view *view, const struct mptcpx_path *path,
			     u64 from, u64 to, struct mptcpx_choice *choice)
{
	choice->path = path - view->path;
	choice->from = from;
	choice->len = min_t(u64, to - from, path->room);
}

/*
 * What the subflow at @path is to be given next, if that is a copy or, in mode
 * full, anything up to @end.
 */
static bool redundant_lacks(const struct mptcpx_ledger *ledger, const struct mptcpx_view *view,
			    const struct mptcpx_path *path, u64 end, u64 *from, u64 *to)
{
	/* what lies behind the peer's window waits for it, not for us */
	return mptcpx_ledger_lacks(ledger, BIT(path->slot), end, from, to) &&
	       mptcpx_before64(*from, view->wnd_end);
}

/*
 * The copy to send next, on the subflow that serves it best; false for none.
 */
static bool redundant_copy(const struct mptcpx_ledger *ledger, const struct mptcpx_view *view,
			   u64 end, struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path, *best = NULL;
	u64 from, to;

	choice->more = false;
	for (path = view->path; path < view->path + view->n; path++) {
		if (!redundant_usable(view, path) ||
		    !redundant_lacks(ledger, view, path, end, &from, &to))
			continue;
		choice->more = true;
		if (!path->room || !redundant_better(path, best))
			continue;
		best = path;
		redundant_choose(view, path, from, to, choice);
	}
	return best;
}

/* mode opportunistic; pure */
static bool redundant_opportunistic(const struct mptcpx_ledger *ledger,
				    const struct mptcpx_view *view,
				    struct mptcpx_choice *choice)
{
	const struct mptcpx_path *best = redundant_best(view);
	bool light;
	u64 from, to;
	u16 trusted;

	if (best) {
		light = view->end - view->nxt <= best->room;
		trusted = redundant_trusted(view, !light) | BIT(best->slot);
		choice->more = (view->primary ?: view->n) > 1;
		if (mptcpx_ledger_orphan(ledger, trusted, view->nxt, &from, &to)) {
			redundant_choose(view, best, from, to, choice);
			return true;
		}
		if (mptcpx_before64(view->nxt, view->end) &&
		    (mptcpx_before64(view->nxt, view->wnd_end) || view->una == view->nxt)) {
			redundant_choose(view, best, view->nxt, view->end, choice);
			return true;
		}
	}
	return redundant_copy(ledger, view, view->nxt, choice);
}

/*
 * In either mode; pure. With nothing in flight both begin alike: with data never sent,
 * be it a probe of the peer's window.
 */
static bool redundant_decide(bool full, const struct mptcpx_ledger *ledger,
			     const struct mptcpx_view *view, struct mptcpx_choice *choice)
{
	if (full && view->una != view->nxt)
		return redundant_copy(ledger, view, view->end, choice);
	return redundant_opportunistic(ledger, view, choice);
}

static bool redundant_get_send(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			       struct mptcpx_choice *choice)
{
	const struct redundant_net *rn;

	rn = net_generic(sock_net(mptcpx_msk_sk(conn->msk)), redundant_net_id);
	return redundant_decide(READ_ONCE(rn->mode) == REDUNDANT_FULL, &conn->ledger, view,
				choice);
}

static struct mptcpx_sched redundant = {
	.name		= "redundant",
	.owner		= THIS_MODULE,
	.copies		= true,
	.get_send	= redundant_get_send,
};

static int redundant_mode_handler(const struct ctl_table *ctl, int write,
				  void *buffer, size_t *lenp, loff_t *ppos)
{
	return mptcpx_sysctl_word(ctl, write, buffer, lenp, ppos, redundant_modes);
}

static const struct ctl_table redundant_knobs[] = {
	{
		.procname	= "mode",
		.data		= (void *)offsetof(struct redundant_net, mode),
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= redundant_mode_handler,
	},
};

static int __net_init redundant_net_init(struct net *net)
{
	struct redundant_net *rn = net_generic(net, redundant_net_id);

	rn->header = mptcpx_sysctl_register(net, "net/mptcp/redundant", redundant_knobs,
					    ARRAY_SIZE(redundant_knobs), rn);
	return rn->header ? 0 : -ENOMEM;
}

static void __net_exit redundant_net_exit(struct net *net)
{
	struct redundant_net *rn = net_generic(net, redundant_net_id);

	mptcpx_sysctl_unregister(rn->header);
}

static struct pernet_operations redundant_net_ops = {
	.init	= redundant_net_init,
	.exit	= redundant_net_exit,
	.id	= &redundant_net_id,
	.size	= sizeof(struct redundant_net),
};

static int __init redundant_init(void)
{
	int err;

	err = register_pernet_subsys(&redundant_net_ops);
	if (err)
		return err;
	err = mptcpx_register(&redundant);
	if (err)
		unregister_pernet_subsys(&redundant_net_ops);
	return err;
}

static void __exit redundant_exit(void)
{
	mptcpx_unregister(&redundant);
	unregister_pernet_subsys(&redundant_net_ops);
}

module_init(redundant_init);
module_exit(redundant_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MPTCP packet scheduler: the same data on every subflow");

#ifdef MPTCPX_KUNIT
#include "sched_redundant_test.c"
#endif
