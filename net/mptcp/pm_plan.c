// SPDX-License-Identifier: GPL-2.0
/*
 * Which subflows a connection is to have.
 *
 * A plan is a function of what there is: addresses, peer's addresses, subflows
 * and knobs. It knows nothing of what happened before; whatever changed, the
 * next plan names what is missing and what is too much. So no event has to be
 * understood, and one that is lost costs time, never a path.
 *
 *  - Subflows are made by the end that made the connection; the other one
 *    announces its addresses. Both give up subflows that are bad, and ask the
 *    other to spare those by interfaces of theirs that are to be spared.
 *  - A bad subflow is ended when another one works, so that the connection
 *    keeps something whose address it can withdraw, or when its own path is
 *    back, so that the peer learns of its end at once.
 *  - Missing subflows are spread over local addresses first: under a limit
 *    each path gets one before any gets two.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pm_plan.h"

struct plan {
	const struct mptcpx_pm_view *view;
	struct mptcpx_pm_step *steps;
	unsigned int n;
	struct mptcpx_pm_step spill;	/* what does not fit waits for the next pass */
};

static struct mptcpx_pm_step *add(struct plan *plan, enum mptcpx_pm_op op)
{
	struct mptcpx_pm_step *step = plan->n < MPTCPX_PM_STEPS ?
				      &plan->steps[plan->n++] : &plan->spill;

	memset(step, 0, sizeof(*step));
	step->op = op;
	step->local = MPTCPX_PM_NOBODY;
	step->remote = MPTCPX_PM_NOBODY;
	step->sub = MPTCPX_PM_NOBODY;
	return step;
}

static bool good(const struct mptcpx_pm_vsub *sub)
{
	return !sub->bad && sub->phase != MPTCPX_PM_CLOSING;
}

static bool works(const struct mptcpx_pm_vsub *sub)
{
	return !sub->bad && sub->phase == MPTCPX_PM_UP;
}

static unsigned int working(const struct mptcpx_pm_view *view)
{
	unsigned int i, n = 0;

	for (i = 0; i < view->subs; i++)
		n += works(&view->sub[i]);
	return n;
}

static bool reachable(const struct mptcpx_pm_view *view, u8 l, u8 r)
{
	const struct mptcpx_pm_vlocal *local = &view->local[l];

	return local->usable && local->fits && local->reach & BIT(r) &&
	       !(r == 0 && view->deny_first);
}

/* an address that the policy may use, towards one the peer lets us use */
static bool candidate(const struct mptcpx_pm_view *view, u8 l, u8 r)
{
	return !view->local[l].excluded && !view->local[l].deprecated &&
	       reachable(view, l, r);
}

static u8 first_remote(const struct mptcpx_pm_view *view, u8 l)
{
	u8 r;

	for (r = 0; r < view->remotes; r++)
		if (candidate(view, l, r))
			return r;
	return MPTCPX_PM_NOBODY;
}

/* is @a to be used rather than @b? */
static bool preferred(const struct mptcpx_pm_view *view, u8 a, u8 b)
{
	const struct mptcpx_pm_vlocal *la = &view->local[a];
	const struct mptcpx_pm_vlocal *lb = &view->local[b];

	if (la->backup != lb->backup)
		return lb->backup;
	if (la->rank != lb->rank)
		return la->rank < lb->rank;
	return la->initial && !lb->initial;
}

/* the best local address; if @with, of those that have a working subflow */
static u8 best_local(const struct mptcpx_pm_view *view, bool with)
{
	u8 l, s, best = MPTCPX_PM_NOBODY;

	for (l = 0; l < view->locals; l++) {
		if (with) {
			for (s = 0; s < view->subs; s++)
				if (view->sub[s].local == l && works(&view->sub[s]))
					break;
			if (s == view->subs)
				continue;
		} else if (first_remote(view, l) == MPTCPX_PM_NOBODY) {
			continue;
		}
		if (best == MPTCPX_PM_NOBODY || preferred(view, l, best))
			best = l;
	}
	return best;
}

static u8 initial_local(const struct mptcpx_pm_view *view)
{
	u8 l;

	for (l = 0; l < view->locals; l++)
		if (view->local[l].initial)
			return l;
	return MPTCPX_PM_NOBODY;
}

/* how many subflows does the policy want between these two? */
static unsigned int wanted(const struct mptcpx_pm_view *view, u8 l, u8 r)
{
	u8 from;

	switch (view->policy) {
	case MPTCPX_PM_FULLMESH:
	case MPTCPX_PM_AGGREGATE:
	case MPTCPX_PM_INTERACTIVE:
		return candidate(view, l, r) ? view->per_pair : 0;
	case MPTCPX_PM_HANDOVER:
		return r == first_remote(view, l) ? 1 : 0;
	case MPTCPX_PM_NDIFFPORTS:
		/* from where the connection began, or else from what is left */
		from = initial_local(view);
		if (from == MPTCPX_PM_NOBODY || !reachable(view, from, 0))
			from = best_local(view, false);
		if (l != from || !reachable(view, l, r))
			return 0;
		if (r != (reachable(view, l, 0) ? 0 : first_remote(view, l)))
			return 0;
		return view->per_pair;
	default:
		return 0;
	}
}

static bool creates(const struct mptcpx_pm_view *view)
{
	return !view->listener && !view->closing && view->policy != MPTCPX_PM_NONE &&
	       view->policy != MPTCPX_PM_SERVER;
}

/* subflows are the peer's to make */
static bool takes(const struct mptcpx_pm_view *view)
{
	return view->policy == MPTCPX_PM_SERVER ||
	       (view->listener && view->policy != MPTCPX_PM_NONE);
}

static bool announces(const struct mptcpx_pm_view *view)
{
	return !view->closing && takes(view) && view->policy != MPTCPX_PM_NDIFFPORTS;
}

/* the address from which a handover connection sends */
static u8 active_local(const struct mptcpx_pm_view *view)
{
	u8 l = best_local(view, true);

	return l == MPTCPX_PM_NOBODY ? best_local(view, false) : l;
}

static bool spared(const struct mptcpx_pm_view *view, u8 l)
{
	u8 active;

	if (view->policy != MPTCPX_PM_HANDOVER || !creates(view))
		return view->local[l].backup;
	active = active_local(view);
	/* what is better than the active one is about to replace it */
	return active != MPTCPX_PM_NOBODY && l != active && !preferred(view, l, active) &&
	       view->local[l].ifindex != view->local[active].ifindex;
}

/* would another one be made at once, were there none? */
static bool renewed(const struct mptcpx_pm_view *view)
{
	u8 l, r;

	if (!creates(view))
		return false;
	for (l = 0; l < view->locals; l++)
		for (r = 0; r < view->remotes; r++)
			if (wanted(view, l, r) && !(view->local[l].hold & BIT(r)))
				return true;
	return false;
}

/*
 * The last one stays, for TCP's own timers to bring back, unless its path is there again
 * and another one is made in its place: who takes what the peer makes cannot know
 * whether it would (mainline's path managers do not).
 */
static void plan_bad(struct plan *plan)
{
	const struct mptcpx_pm_view *view = plan->view;
	unsigned int alive = working(view);
	bool last_may_go = !alive && renewed(view);
	struct mptcpx_pm_step *step;
	u8 s;

	for (s = 0; s < view->subs; s++) {
		const struct mptcpx_pm_vsub *sub = &view->sub[s];

		if (!sub->bad || sub->phase == MPTCPX_PM_CLOSING)
			continue;
		/* a handshake that failed has nothing that could be lost */
		if (!alive && sub->phase == MPTCPX_PM_UP && (!sub->back || !last_may_go))
			continue;
		step = add(plan, MPTCPX_PM_ABORT);
		step->sub = s;
		/*
		 * By another path the peer learns of it sooner than by its own
		 * timeouts. A listener does so only if the address is gone:
		 * what it withdraws, nobody tries again.
		 */
		step->tell = alive && sub->phase == MPTCPX_PM_UP && !sub->back &&
			     (!view->listener || sub->local == MPTCPX_PM_NOBODY ||
			      !view->local[sub->local].usable);
	}
}

struct tally {
	unsigned int total;
	u8 pair[MPTCPX_PM_LOCALS][MPTCPX_PM_REMOTES];
	unsigned int interface[MPTCPX_PM_LOCALS];	/* at its first address */
};

/* where the subflows of an address' interface are counted */
static u8 interface_of(const struct mptcpx_pm_view *view, u8 l)
{
	u8 i;

	for (i = 0; i < l; i++)
		if (view->local[i].ifindex == view->local[l].ifindex)
			return i;
	return l;
}

static void count(const struct mptcpx_pm_view *view, struct tally *tally, u8 l, u8 r)
{
	tally->total++;
	if (l >= view->locals)
		return;
	tally->interface[interface_of(view, l)]++;
	if (r < view->remotes)
		tally->pair[l][r]++;
}

/* end what is too much, and count what remains */
static void plan_surplus(struct plan *plan, struct tally *tally)
{
	const struct mptcpx_pm_view *view = plan->view;
	unsigned int alive = working(view);
	u8 s;

	for (s = 0; s < view->subs; s++) {
		const struct mptcpx_pm_vsub *sub = &view->sub[s];
		bool keep = true;

		if (!good(sub))
			continue;
		if (sub->local < view->locals && sub->remote < view->remotes) {
			unsigned int most = wanted(view, sub->local, sub->remote);

			/* where the connection began it may stay */
			if (!most && view->local[sub->local].initial && sub->remote == 0 &&
			    view->policy != MPTCPX_PM_NDIFFPORTS)
				most = 1;
			keep = tally->pair[sub->local][sub->remote] < most &&
			       tally->interface[interface_of(view, sub->local)] <
			       view->max_interface;
		}
		if (tally->total >= view->max_subflows)
			keep = false;
		if (!keep && sub->phase == MPTCPX_PM_UP && alive > 1) {
			alive--;
			add(plan, MPTCPX_PM_CLOSE)->sub = s;
			continue;
		}
		count(view, tally, sub->local, sub->remote);
	}
}

/*
 * What the peer makes beyond the limit ends: the core has none for a connection whose
 * subflows are somebody else's to manage (mptcp_pm_allow_new_subflow(), 6.12 and 7.3).
 * Twice as many are let be: when a peer has moved, those of its old place are still
 * there. The last one that can be seen is always too much, for it may stand for more.
 */
static void plan_excess(struct plan *plan)
{
	static const enum mptcpx_pm_phase phases[] = { MPTCPX_PM_UP, MPTCPX_PM_JOINING };
	const struct mptcpx_pm_view *view = plan->view;
	unsigned int i, n = 0, most = min(2 * view->max_subflows, MPTCPX_PM_SUBS - 1u);
	u8 s;

	for (i = 0; i < ARRAY_SIZE(phases); i++)
		for (s = 0; s < view->subs; s++)
			if (view->sub[s].phase == phases[i] && !view->sub[s].bad && ++n > most)
				add(plan, MPTCPX_PM_ABORT)->sub = s;
}

/* the @k-th subflow of each pair, by turns; @doubt: of those where nobody answered */
static void plan_turns(struct plan *plan, struct tally *tally, unsigned int k, bool doubt)
{
	const struct mptcpx_pm_view *view = plan->view;
	unsigned int turn;
	u8 l, r;

	for (turn = 0; turn < view->remotes; turn++) {
		for (l = 0; l < view->locals; l++) {
			struct mptcpx_pm_step *step;

			r = (l + turn) % view->remotes;
			if (tally->total >= view->max_subflows)
				return;
			if (!!(view->local[l].doubt & BIT(r)) != doubt)
				continue;
			if (wanted(view, l, r) < k || tally->pair[l][r] >= k ||
			    view->local[l].hold & BIT(r))
				continue;
			if (tally->interface[interface_of(view, l)] >= view->max_interface)
				continue;
			step = add(plan, MPTCPX_PM_CREATE);
			step->local = l;
			step->remote = r;
			step->backup = spared(view, l);
			count(view, tally, l, r);
		}
	}
}

/*
 * An attempt where nobody answers takes a place until it is over, and is made again and
 * again: under a limit it must not keep those from their turn who would be answered.
 */
static void plan_missing(struct plan *plan, struct tally *tally)
{
	unsigned int k;

	for (k = 1; k <= plan->view->per_pair; k++) {
		plan_turns(plan, tally, k, false);
		plan_turns(plan, tally, k, true);
	}
}

static void plan_priority(struct plan *plan)
{
	const struct mptcpx_pm_view *view = plan->view;
	u8 s;

	for (s = 0; s < view->subs; s++) {
		const struct mptcpx_pm_vsub *sub = &view->sub[s];
		struct mptcpx_pm_step *step;

		if (!works(sub) || sub->local >= view->locals ||
		    sub->backup == spared(view, sub->local))
			continue;
		step = add(plan, MPTCPX_PM_PRIORITY);
		step->sub = s;
		step->backup = !sub->backup;
	}
}

static bool in_use(const struct mptcpx_pm_view *view, u8 l)
{
	u8 s;

	for (s = 0; s < view->subs; s++)
		if (view->sub[s].local == l && works(&view->sub[s]))
			return true;
	return false;
}

static bool in_use_elsewhere(const struct mptcpx_pm_view *view, u8 l)
{
	u8 s;

	for (s = 0; s < view->subs; s++)
		if (view->sub[s].local != l && works(&view->sub[s]))
			return true;
	return false;
}

static void plan_announce(struct plan *plan)
{
	const struct mptcpx_pm_view *view = plan->view;
	unsigned int told = 1;
	u8 l;

	if (!working(view))
		return;
	for (l = 0; l < view->locals; l++) {
		const struct mptcpx_pm_vlocal *local = &view->local[l];
		/* half closed: a withdrawal would end subflows that carry data */
		bool offered = (announces(view) || view->closing) && local->usable &&
			       !local->excluded && local->fits && !local->initial;

		/* what is withdrawn ends: not the last that works */
		if (local->announced && !offered && in_use_elsewhere(view, l))
			add(plan, MPTCPX_PM_WITHDRAW)->local = l;
		else if (local->announced)
			told++;
	}
	for (l = 0; l < view->locals; l++) {
		const struct mptcpx_pm_vlocal *local = &view->local[l];
		struct mptcpx_pm_step *step;

		if (!announces(view) || !local->usable || local->excluded ||
		    local->deprecated || !local->fits || local->initial || !local->tell)
			continue;
		if (!local->announced && told >= MPTCPX_PM_REMOTES)
			continue;
		/* it has been heard of */
		if (local->announced && in_use(view, l))
			continue;
		/* one at a time: a peer keeps one announcement at a time */
		step = add(plan, MPTCPX_PM_ANNOUNCE);
		step->local = l;
		step->backup = spared(view, l);
		break;
	}
}

/**
 * mptcpx_pm_plan() - what to do for a connection
 * @view: the connection
 * @steps: room for MPTCPX_PM_STEPS steps, to be done in their order
 *
 * Return: the number of steps; 0 if everything is as it should be.
 */
unsigned int mptcpx_pm_plan(const struct mptcpx_pm_view *view,
			    struct mptcpx_pm_step *steps)
{
	struct plan plan = { .view = view, .steps = steps };
	struct tally tally = {};

	/* who takes over comes first */
	if (creates(view) || takes(view))
		plan_priority(&plan);
	plan_bad(&plan);
	if (creates(view)) {
		plan_surplus(&plan, &tally);
		plan_missing(&plan, &tally);
	} else if (takes(view)) {
		plan_excess(&plan);
	}
	plan_announce(&plan);
	return plan.n;
}

#ifdef MPTCPX_KUNIT
#include "pm_plan_test.c"
#endif
