// SPDX-License-Identifier: GPL-2.0
/*
 * Connections: what is kept of them, and bringing what is to what is wanted.
 *
 * What is kept is little: which addresses the peer has announced, which of
 * ours it was told of, and which pairs of addresses failed and have to wait.
 * Subflows are looked at anew each time.
 */
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <uapi/linux/mptcp.h>

#include "pm.h"
#include "pm_trace.h"

#define SETTLED		HZ		/* a subflow that lived so long had worked */
#define CHECK		(HZ / 10)	/* between looks, with data in flight */
#define CHECK_DOUBT	(HZ / 20)	/* with a retransmission timeout */
#define CHECK_IDLE	HZ		/* and without: it may be sent any time */
#define CHECKS		4000		/* looks a second without an event, at most */
#define TELL		5		/* announcements of an address nobody comes to */
#define PRIO_AGAIN	(HZ / 4)	/* until a changed priority is told again, the first time */
#define PRIO_TIMES	2		/* so often */
#define AGAIN_LEAST	200		/* ms that a retransmission gets to be answered */
#define AGAIN_TRIPS	4		/* or so many round trips */
#define TIMEOUTS	2		/* in a row, before silence means anything */
#define LOSSY		64		/* segments for each time a subflow recovered, or less: */
#define LOSSY_TIMEOUTS	4		/* so many in a row, then */
#define LOSSY_VERY	16
#define LOSSY_VERY_TIMEOUTS 6
#define LOSSY_LEAST	2		/* so often, before that says anything */
#define PROBE_TRIPS	2		/* after which TCP's loss probe is due */
#define PROBE_LEAST	2		/* packets in flight: it need not expect a delayed ACK */
#define SPREAD		(10 * HZ)	/* between two times that a path's return is told */
#define HEARD		16		/* new addresses that a peer may announce at once */
#define HEARD_RATE	4		/* and then in a second */

/* ---- the table ---- */

struct mptcpx_pm_conn *mptcpx_pm_conn_find(struct mptcpx_pm *pm, u32 token)
{
	struct mptcpx_pm_conn *conn;

	hash_for_each_possible(pm->conns, conn, node, token)
		if (conn->token == token)
			return conn;
	return NULL;
}

/* found or made; NULL if out of memory: all connections are looked for again then */
struct mptcpx_pm_conn *mptcpx_pm_conn_get(struct mptcpx_pm *pm, u32 token)
{
	struct mptcpx_pm_conn *conn = mptcpx_pm_conn_find(pm, token);

	if (conn)
		return conn;
	conn = kzalloc(sizeof(*conn), GFP_KERNEL | __GFP_NOWARN);
	if (!conn) {
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_NO_MEMORY);
		mptcpx_pm_wake(pm, MPTCPX_PM_TODO_RESYNC);
		return NULL;
	}
	conn->token = token;
	conn->born = jiffies;
	conn->heard = HEARD;
	conn->heard_at = jiffies;
	timerqueue_init(&conn->timer);
	INIT_LIST_HEAD(&conn->dirty);
	conn->remotes = 1;
	hash_add(pm->conns, &conn->node, token);
	pm->connections++;
	return conn;
}

void mptcpx_pm_conn_free(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn)
{
	if (conn->timed)
		timerqueue_del(&pm->timers, &conn->timer);
	list_del(&conn->dirty);
	hash_del(&conn->node);
	pm->connections--;
	kfree(conn);
}

void mptcpx_pm_conn_dirty(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn)
{
	if (list_empty(&conn->dirty))
		list_add_tail(&conn->dirty, &pm->dirty);
}

/* look at it again at jiffies @when, or before */
void mptcpx_pm_conn_timer(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn,
			  unsigned long when)
{
	if (conn->timed) {
		if ((s64)when >= conn->timer.expires)
			return;
		timerqueue_del(&pm->timers, &conn->timer);
	}
	conn->timer.expires = when;
	conn->timed = true;
	timerqueue_add(&pm->timers, &conn->timer);
}

/* may the peer cause yet another subflow to be tried? */
static bool remote_affordable(struct mptcpx_pm_conn *conn)
{
	unsigned long more = (jiffies - conn->heard_at) * HEARD_RATE / HZ;

	if (more) {
		conn->heard = min_t(unsigned long, HEARD, conn->heard + more);
		conn->heard_at = jiffies;
	}
	if (!conn->heard)
		return false;
	conn->heard--;
	return true;
}

/*
 * What failed at the address that had this id before says nothing of the one that has it
 * now, but that something failed: or an id that moves would be all first attempts.
 */
static void tries_anew(struct mptcpx_pm_conn *conn, u8 remote_id)
{
	u8 i;

	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		struct mptcpx_pm_try *try = &conn->try[i];

		if (try->remote_id != remote_id)
			continue;
		try->pair = MPTCPX_PM_PAIR_IDLE;
		try->reached = false;
		try->silent = false;
		try->up = 0;
		try->asked = 0;
		try->fails = !!try->fails;
		try->next = jiffies;
	}
}

static u8 remote_of_id(const struct mptcpx_pm_conn *conn, u8 id)
{
	u8 i;

	for (i = 0; i < conn->remotes; i++)
		if (conn->remote_id[i] == id)
			return i;
	return MPTCPX_PM_NOBODY;
}

static bool remote_equal(const struct mptcpx_pm_conn *conn, u8 i,
			 const struct mptcpx_pm_addr *addr)
{
	return mptcpx_pm_addr_equal(&conn->remote[i], addr) &&
	       conn->remote[i].port == addr->port;
}

/* address and port */
static u8 remote_same(const struct mptcpx_pm_conn *conn, const struct mptcpx_pm_addr *addr)
{
	u8 i;

	for (i = 0; i < conn->remotes; i++)
		if (remote_equal(conn, i, addr))
			return i;
	return MPTCPX_PM_NOBODY;
}

/* what failed there is remembered: a new name is no new address */
static void remote_rename(struct mptcpx_pm_conn *conn, u8 r, u8 id)
{
	u8 i;

	for (i = 0; i < MPTCPX_PM_TRIES; i++)
		if (conn->try[i].remote_id == conn->remote_id[r])
			conn->try[i].remote_id = id;
	conn->remote_id[r] = id;
}

static void remote_forget(struct mptcpx_pm_conn *conn, u8 r)
{
	u8 i;

	for (i = 0; i < MPTCPX_PM_TRIES; i++)
		if (conn->try[i].remote_id == conn->remote_id[r])
			conn->try[i].local_id = 0;
	conn->remotes--;
	conn->remote_id[r] = conn->remote_id[conn->remotes];
	conn->remote[r] = conn->remote[conn->remotes];
}

/**
 * mptcpx_pm_conn_remote() - the peer announced an address
 * @pm: the path manager, locked
 * @conn: the connection
 * @addr: the address
 * @id: its id
 *
 * Beyond a number of them they are not remembered, whatever a peer says. Beyond a number
 * a second they are not yet: the core keeps the last one, for recover(). An address is
 * known by one id, the last one that it was announced with: subflows are told apart by
 * addresses. The first one keeps its own, 0.
 */
void mptcpx_pm_conn_remote(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn,
			   const struct mptcpx_pm_addr *addr, u8 id)
{
	u8 i, same;

	/* that of the first subflow is known */
	if (!id || remote_equal(conn, 0, addr))
		return;
	i = remote_of_id(conn, id);
	if (i < conn->remotes && remote_equal(conn, i, addr))
		return;
	same = remote_same(conn, addr);
	if (i == MPTCPX_PM_NOBODY && same == MPTCPX_PM_NOBODY)
		i = conn->remotes;
	if (i == MPTCPX_PM_REMOTES || !remote_affordable(conn)) {
		conn->missed |= i != MPTCPX_PM_REMOTES;
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_ADDRESSES_DROPPED);
		return;
	}
	if (same != MPTCPX_PM_NOBODY) {
		/* the one that had this id is nowhere now */
		if (i < conn->remotes)
			remote_forget(conn, i);
		remote_rename(conn, remote_same(conn, addr), id);
		return;
	}
	if (i < conn->remotes)
		tries_anew(conn, id);
	else
		conn->remotes++;
	conn->remote_id[i] = id;
	conn->remote[i] = *addr;
}

/**
 * mptcpx_pm_conn_forget() - the peer withdrew an address
 * @conn: the connection
 * @id: its id
 *
 * The core ends the subflows that go there. That of the first subflow stays one to be
 * tried, now and then: the peer does not announce it when it is back, as it was never
 * announced before.
 */
void mptcpx_pm_conn_forget(struct mptcpx_pm_conn *conn, u8 id)
{
	u8 i = remote_of_id(conn, id);

	/* what the core remembers may be what was withdrawn */
	conn->missed = false;
	if (i && i != MPTCPX_PM_NOBODY)
		remote_forget(conn, i);
}

static u8 local_of_id(const struct mptcpx_pm *pm, u8 id)
{
	u8 i;

	for (i = 0; i < pm->locals; i++)
		if (pm->local[i].id == id)
			return i;
	return MPTCPX_PM_NOBODY;
}

/**
 * mptcpx_pm_conn_fresh() - what failed from an address may work now
 * @pm: the path manager, locked
 * @local_id: the address; 0: all
 *
 * Context: atomic as well.
 */
void mptcpx_pm_conn_fresh(struct mptcpx_pm *pm, u8 local_id)
{
	struct mptcpx_pm_conn *conn;
	unsigned int b, i;

	hash_for_each(pm->conns, b, conn, node) {
		for (i = 0; i < MPTCPX_PM_TRIES; i++) {
			struct mptcpx_pm_try *try = &conn->try[i];

			if (!try->local_id || (local_id && try->local_id != local_id))
				continue;
			try->fails = 0;
			try->asked = 0;
			try->next = jiffies;
		}
	}
}

/*
 * Where nobody had answered somebody does: the path is back, for all whose subflows were
 * silent there. Who was refused is not told, and nobody more often than now and then:
 * one peer's whims are not the others'.
 */
static void path_back(struct mptcpx_pm *pm, u8 local_id)
{
	u8 i, l = local_of_id(pm, local_id);
	struct mptcpx_pm_conn *conn;
	unsigned int b;

	if (l == MPTCPX_PM_NOBODY ||
	    (pm->local[l].spread && time_before(jiffies, pm->local[l].spread)))
		return;
	pm->local[l].spread = (jiffies + SPREAD) ?: 1;
	hash_for_each(pm->conns, b, conn, node) {
		for (i = 0; i < MPTCPX_PM_TRIES; i++) {
			struct mptcpx_pm_try *try = &conn->try[i];

			if (try->local_id != local_id || !try->silent)
				continue;
			try->fails = 0;
			try->asked = 0;
			try->next = jiffies;
			mptcpx_pm_conn_dirty(pm, conn);
		}
	}
}

/* ---- pairs ---- */

static struct mptcpx_pm_try *try_find(struct mptcpx_pm_conn *conn, u8 local_id, u8 remote_id)
{
	u8 i;

	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		struct mptcpx_pm_try *try = &conn->try[i];

		if (try->local_id && try->local_id == local_id && try->remote_id == remote_id)
			return try;
	}
	return NULL;
}

/* idle, and not waiting for its next attempt */
static bool try_rests(const struct mptcpx_pm_try *try)
{
	return try->pair == MPTCPX_PM_PAIR_IDLE && time_after_eq(jiffies, try->next);
}

/*
 * Found or taken; the one at rest for longest makes room. What had failed there counts
 * for the next one, or many pairs by turns would all be first attempts.
 *
 * Return: NULL if nobody can make room.
 */
static struct mptcpx_pm_try *try_get(struct mptcpx_pm_conn *conn, u8 local_id, u8 remote_id)
{
	struct mptcpx_pm_try *try = try_find(conn, local_id, remote_id), *old = NULL;
	bool failed;
	u8 i;

	if (try)
		return try;
	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		try = &conn->try[i];
		if (!try->local_id) {
			old = try;
			break;
		}
		if (try_rests(try) && (!old || time_before(try->since, old->since)))
			old = try;
	}
	if (!old)
		return NULL;
	failed = old->local_id && old->fails;
	memset(old, 0, sizeof(*old));
	old->local_id = local_id;
	old->remote_id = remote_id;
	old->fails = failed;
	old->since = jiffies;
	old->next = jiffies;
	return old;
}

static void try_failed(struct mptcpx_pm *pm, struct mptcpx_pm_try *try,
		       enum mptcpx_pm_failure why)
{
	static const enum mptcpx_pm_counter counter[] = {
		[MPTCPX_PM_LOST] = MPTCPX_PM_COUNT_LOST,
		[MPTCPX_PM_REFUSED] = MPTCPX_PM_COUNT_REFUSED,
		[MPTCPX_PM_SILENT] = MPTCPX_PM_COUNT_SILENT,
	};
	unsigned int max = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_RETRY_MAX]);
	unsigned int ms;

	mptcpx_pm_count(pm, counter[why]);
	try->silent = why == MPTCPX_PM_SILENT;
	if (why != MPTCPX_PM_LOST && try->fails < U16_MAX)
		try->fails++;
	if (max && try->fails == max)
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_GIVEN_UP);
	ms = mptcpx_pm_backoff(why, try->fails,
			       READ_ONCE(pm->knob[MPTCPX_PM_KNOB_RETRY_FIRST]),
			       READ_ONCE(pm->knob[MPTCPX_PM_KNOB_RETRY_LIMIT]),
			       READ_ONCE(pm->knob[MPTCPX_PM_KNOB_PROBE]), get_random_u32());
	try->pair = MPTCPX_PM_PAIR_IDLE;
	try->since = jiffies;
	try->next = jiffies + msecs_to_jiffies(ms);
}

/* may this one be tried now? A try that failed before costs a token. */
static bool try_affordable(struct mptcpx_pm *pm, const struct mptcpx_pm_try *try)
{
	unsigned int rate = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_RETRY_RATE]);
	unsigned long passed = jiffies - pm->tokens_at;

	if (!try->fails)
		return true;
	if (passed >= HZ) {
		pm->tokens = rate;
		pm->tokens_at = jiffies;
	} else if (passed * rate >= HZ) {
		pm->tokens = min_t(unsigned long, rate, pm->tokens + passed * rate / HZ);
		pm->tokens_at = jiffies;
	}
	if (!pm->tokens) {
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_RETRIES_LIMITED);
		return false;
	}
	pm->tokens--;
	return true;
}

/* ---- a look ---- */

/* with a great many connections each is looked at more seldom */
static unsigned long paced(const struct mptcpx_pm *pm, unsigned long interval)
{
	return max(interval, (unsigned long)pm->connections * HZ / CHECKS);
}

/* one pass over one connection */
struct pass {
	struct mptcpx_pm *pm;
	struct mptcpx_pm_conn *conn;
	struct mptcpx_pm_state *state;
	struct mptcpx_pm_view *view;
	u32 bind[MPTCPX_PM_LOCALS];	/* bit N: only bound sockets get to the peer's N */
	unsigned long seen[MPTCPX_PM_SUBS];
	u8 slot[MPTCPX_PM_SUBS];	/* where that is kept */
	u32 rtt;			/* longest, ms */
	u32 sent;			/* by all subflows: see timeouts_meant() */
	u32 recovered;
	bool again;
	bool told;			/* of an address that is withdrawn */
};

static u8 local_index(const struct mptcpx_pm *pm, const struct mptcpx_pm_addr *addr)
{
	u8 i;

	for (i = 0; i < pm->locals; i++)
		if (mptcpx_pm_addr_equal(&pm->local[i].addr, addr))
			return i;
	return MPTCPX_PM_NOBODY;
}

static u8 remote_index(const struct mptcpx_pm_conn *conn, const struct mptcpx_pm_addr *addr)
{
	u8 i = remote_same(conn, addr);

	if (i != MPTCPX_PM_NOBODY)
		return i;
	/* subflows that the peer made to us come from any port */
	for (i = 0; i < conn->remotes; i++)
		if (mptcpx_pm_addr_equal(&conn->remote[i], addr))
			return i;
	return MPTCPX_PM_NOBODY;
}

/* since when is each subflow known? */
static void note_seen(struct pass *pass)
{
	struct mptcpx_pm_conn *conn = pass->conn;
	const struct mptcpx_pm_state *state = pass->state;
	DECLARE_BITMAP(used, MPTCPX_PM_SUBS) = {};
	u8 s, i;

	/* ids count from 0; they are kept plus one, 0 being a free place */
	for (s = 0; s < state->subs; s++) {
		for (i = 0; i < MPTCPX_PM_SUBS; i++)
			if (conn->seen_id[i] == state->sub[s].id + 1)
				break;
		pass->slot[s] = i;
		if (i == MPTCPX_PM_SUBS)
			continue;
		pass->seen[s] = conn->seen[i];
		__set_bit(i, used);
	}
	for (s = 0; s < state->subs; s++) {
		if (pass->slot[s] < MPTCPX_PM_SUBS)
			continue;
		i = find_first_zero_bit(used, MPTCPX_PM_SUBS);
		__set_bit(i, used);
		conn->seen_id[i] = state->sub[s].id + 1;
		conn->seen[i] = jiffies;
		conn->asked[i] = 0;
		conn->una_at[i] = jiffies;
		conn->kept &= ~BIT(i);
		conn->ours &= ~BIT(i);
		conn->prio &= ~BIT(i);
		pass->seen[s] = jiffies;
		pass->slot[s] = i;
	}
	for (i = 0; i < MPTCPX_PM_SUBS; i++)
		if (!test_bit(i, used))
			conn->seen_id[i] = 0;
}

/*
 * Nothing was acknowledged of several packets for as long as TCP's loss probe waits. With
 * all that is sent meanwhile it puts that off, and the retransmission timeout with it
 * (tcp_schedule_loss_probe(), 6.12 and 7.3), until the window is full; but what is sent
 * meanwhile asks as well.
 */
static bool overdue(struct mptcpx_pm_conn *conn, const struct mptcpx_pm_sub *sub, u8 slot)
{
	u32 now = jiffies;

	if (sub->outstanding < PROBE_LEAST || sub->una != conn->una[slot]) {
		conn->una[slot] = sub->una;
		conn->una_at[slot] = now;
	}
	return sub->rtt && jiffies_to_msecs(now - conn->una_at[slot]) >= PROBE_TRIPS * sub->rtt;
}

/* for how long has each been asked again without an answer? Timers tell only of the last */
static void note_asked(struct pass *pass)
{
	struct mptcpx_pm_conn *conn = pass->conn;
	u32 now = jiffies, since;
	u8 s;

	for (s = 0; s < pass->state->subs; s++) {
		struct mptcpx_pm_sub *sub = &pass->state->sub[s];
		u32 *asked = &conn->asked[pass->slot[s]];

		if (overdue(conn, sub, pass->slot[s]) && !sub->timeouts)
			sub->timeouts = 1;
		if (!sub->outstanding || !sub->timeouts) {
			*asked = 0;
			continue;
		}
		if (!*asked)
			*asked = now ?: 1;
		since = jiffies_to_msecs(now - *asked);
		sub->waited = max(sub->waited, since);
	}
}

/* a new subflow knows nothing of its path yet: what is known of all counts as well */
static void note_together(struct pass *pass)
{
	u8 s;

	for (s = 0; s < pass->state->subs; s++) {
		const struct mptcpx_pm_sub *sub = &pass->state->sub[s];

		if (sub->phase != MPTCPX_PM_UP)
			continue;
		pass->rtt = max(pass->rtt, sub->rtt);
		pass->sent += sub->sent;
		pass->recovered += sub->recovered;
	}
}

static void view_local(struct pass *pass, u8 l)
{
	struct mptcpx_pm *pm = pass->pm;
	const struct mptcpx_pm_local *local = &pm->local[l];
	const struct mptcpx_pm_state *state = pass->state;
	struct mptcpx_pm_vlocal *vlocal = &pass->view->local[l];
	struct mptcpx_pm_conn *conn = pass->conn;
	u8 i;

	memset(vlocal, 0, sizeof(*vlocal));
	vlocal->ifindex = local->ifindex;
	vlocal->rank = local->rank;
	vlocal->usable = local->usable;
	vlocal->excluded = local->excluded;
	vlocal->deprecated = local->deprecated;
	vlocal->backup = local->backup;
	vlocal->initial = mptcpx_pm_addr_equal(&local->addr, &state->local);
	vlocal->fits = local->addr.family == AF_INET6 ? state->v6 : state->v4;

	vlocal->tell = true;
	for (i = 0; i < ARRAY_SIZE(conn->told); i++) {
		const struct mptcpx_pm_told *told = &conn->told[i];

		if (told->local_id != local->id)
			continue;
		vlocal->announced = true;
		vlocal->tell = told->times < TELL && time_after_eq(jiffies, told->next);
		/* a timer is set for the next look only: every look sets it anew */
		if (told->times < TELL && !vlocal->tell)
			mptcpx_pm_conn_timer(pm, conn, told->next);
	}
	if (state->listener || !local->usable || !vlocal->fits)
		return;
	for (i = 0; i < conn->remotes; i++) {
		bool bind;

		if (!mptcpx_pm_addr_reach(pm, local, &conn->remote[i], state, &bind))
			continue;
		vlocal->reach |= BIT(i);
		if (bind)
			pass->bind[l] |= BIT(i);
	}
}

/* all places are taken: who has none waits until somebody makes room for it */
static void view_crowd(struct pass *pass)
{
	struct mptcpx_pm_conn *conn = pass->conn;
	u8 i, l, r;

	for (i = 0; i < MPTCPX_PM_TRIES; i++)
		if (!conn->try[i].local_id || try_rests(&conn->try[i]))
			return;
	for (l = 0; l < pass->view->locals; l++)
		for (r = 0; r < pass->view->remotes; r++)
			if (!try_find(conn, pass->pm->local[l].id, conn->remote_id[r]))
				pass->view->local[l].hold |= BIT(r);
}

/* what has failed may have to wait, and comes after what has not */
static void view_hold(struct pass *pass)
{
	struct mptcpx_pm *pm = pass->pm;
	struct mptcpx_pm_conn *conn = pass->conn;
	unsigned int max = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_RETRY_MAX]);
	u8 i, l, r;

	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		const struct mptcpx_pm_try *try = &conn->try[i];
		bool wait = time_before(jiffies, try->next);

		if (!try->local_id)
			continue;
		l = local_of_id(pm, try->local_id);
		r = remote_of_id(conn, try->remote_id);
		if (l == MPTCPX_PM_NOBODY || r == MPTCPX_PM_NOBODY ||
		    !(pass->view->local[l].reach & BIT(r)))
			continue;
		if (try->silent && try->fails)
			pass->view->local[l].doubt |= BIT(r);
		if (!wait && (!max || try->fails < max))
			continue;
		pass->view->local[l].hold |= BIT(r);
		if (wait)
			mptcpx_pm_conn_timer(pm, conn, try->next);
	}
}

/* can the peer be told that this subflow is over? */
static bool back(struct pass *pass, const struct mptcpx_pm_sub *sub, u8 l)
{
	bool bind;

	return pass->pm->local[l].usable &&
	       mptcpx_pm_addr_reach(pass->pm, &pass->pm->local[l], &sub->remote,
				    pass->state, &bind);
}

/*
 * So many timeouts in a row before silence means anything. Where packets are lost every
 * so often, timeouts follow each other by chance; a subflow ended for that was not dead.
 */
static unsigned int timeouts_meant(u32 recovered, u32 sent)
{
	if (recovered < LOSSY_LEAST || sent / recovered > LOSSY)
		return TIMEOUTS;
	return sent / recovered > LOSSY_VERY ? LOSSY_TIMEOUTS : LOSSY_VERY_TIMEOUTS;
}

/*
 * Nothing was heard for @silence ms, and what was sent again has had as long as it had
 * the first time to be answered, or several round trips if that is less (the timeout is
 * long for a while after a burst), @silence at least in all: after a pause the peer was
 * last heard long before anything was sent. Or there were @meant timeouts, and it takes
 * these if that is more than what it takes elsewhere.
 */
static bool silent(const struct mptcpx_pm_sub *sub, unsigned int silence,
		   unsigned int meant)
{
	u32 again = min_t(u64, sub->rto, max_t(u64, AGAIN_LEAST, AGAIN_TRIPS * (u64)sub->rtt));

	if (!sub->outstanding || !sub->timeouts || sub->quiet < silence)
		return false;
	if (sub->timeouts >= meant || meant > TIMEOUTS)
		return sub->timeouts >= meant;
	return sub->waited >= again && sub->waited >= silence - min(silence, sub->rto);
}

static void view_sub(struct pass *pass, u8 s)
{
	const struct mptcpx_pm_sub *sub = &pass->state->sub[s];
	struct mptcpx_pm_vsub *vsub = &pass->view->sub[s];
	struct mptcpx_pm *pm = pass->pm;
	unsigned int silence = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_SILENCE]);
	unsigned int probe = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_PROBE]);
	const struct mptcpx_pm_local *local;
	struct mptcpx_pm_try *try = NULL;
	u8 l = local_index(pm, &sub->local);

	memset(vsub, 0, sizeof(*vsub));
	vsub->local = l;
	vsub->remote = remote_index(pass->conn, &sub->remote);
	vsub->phase = sub->phase;
	vsub->backup = sub->backup;
	if (sub->phase == MPTCPX_PM_CLOSING)
		return;
	if (l == MPTCPX_PM_NOBODY) {
		/* not one of those we look after, or gone long ago */
		vsub->bad = !mptcpx_pm_addr_ours(pm, &sub->local);
		return;
	}
	local = &pm->local[l];
	if (vsub->remote != MPTCPX_PM_NOBODY)
		try = try_find(pass->conn, local->id, pass->conn->remote_id[vsub->remote]);

	if (!local->usable) {
		vsub->bad = true;
	} else if (local->returned && time_before(pass->seen[s], local->back)) {
		vsub->bad = true;
		vsub->back = back(pass, sub, l);
	} else if (sub->phase == MPTCPX_PM_JOINING && !pass->state->listener) {
		unsigned int ms = mptcpx_pm_patience(probe, pass->rtt, try ? try->fails : 0);
		unsigned long until = pass->seen[s] + msecs_to_jiffies(ms);

		vsub->bad = time_after_eq(jiffies, until);
		if (sub->rtt && !vsub->bad)	/* half way: no event tells the rest */
			until = min(until, jiffies + 1 +
				    msecs_to_jiffies(min(sub->rtt / 4, 50u)));
		if (!vsub->bad)
			mptcpx_pm_conn_timer(pm, pass->conn,
					     max(until, jiffies + paced(pm, 0)));
	} else if (silence && !pass->state->closing &&
		   silent(sub, silence,
			  max(timeouts_meant(sub->recovered, sub->sent),
			      timeouts_meant(pass->recovered, pass->sent)))) {
		/* half closed, neither end makes another one: TCP's timers may bring it back */
		vsub->bad = true;
	} else if (!pass->state->listener && try && vsub->remote != MPTCPX_PM_NOBODY) {
		u32 there = BIT(vsub->remote);
		bool reached = pass->view->local[l].reach & there &&
			       (sub->bound || !(pass->bind[l] & there));

		/* its route is gone; unless there never was one that we know of */
		vsub->bad = try->reached && !reached;
		if (reached)
			try->reached = true;
	}
}

/* compare a pair with what it was when last looked at */
static void update_try(struct pass *pass, struct mptcpx_pm_try *try, u8 l, u8 r)
{
	const struct mptcpx_pm_view *view = pass->view;
	u8 up = 0, joining = 0, failed = 0, s;
	struct mptcpx_pm *pm = pass->pm;

	for (s = 0; s < view->subs; s++) {
		const struct mptcpx_pm_vsub *sub = &view->sub[s];

		if (sub->local != l || sub->remote != r || sub->phase == MPTCPX_PM_CLOSING)
			continue;
		if (sub->bad)
			failed += sub->phase == MPTCPX_PM_JOINING;
		else if (sub->phase == MPTCPX_PM_UP)
			up++;
		else
			joining++;
	}
	if (!view->local[l].usable || (!view->listener && !(view->local[l].reach & BIT(r)))) {
		/* no address or no route: what failed says nothing */
		try->pair = MPTCPX_PM_PAIR_IDLE;
		try->fails = 0;
		try->asked = 0;
		try->next = jiffies;
		return;
	}
	if (up > try->up)
		try->since = jiffies;
	try->up = up;
	if (up && try->pair != MPTCPX_PM_PAIR_UP) {
		try->pair = MPTCPX_PM_PAIR_UP;
		try->since = jiffies;
		if (try->silent && try->fails > 1)
			path_back(pm, try->local_id);
	} else if (up) {
		if (time_after(jiffies, try->since + SETTLED)) {
			try->fails = 0;
			try->asked = 0;
		}
	} else if (try->pair == MPTCPX_PM_PAIR_UP) {
		bool settled = time_after(jiffies, try->since + SETTLED);

		if (settled)
			try->fails = 0;
		try_failed(pm, try, settled ? MPTCPX_PM_LOST : MPTCPX_PM_REFUSED);
	} else if (try->pair == MPTCPX_PM_PAIR_JOINING && !joining) {
		try_failed(pm, try, failed ? MPTCPX_PM_SILENT : MPTCPX_PM_REFUSED);
	}
}

static void update_tries(struct pass *pass)
{
	const struct mptcpx_pm_view *view = pass->view;
	struct mptcpx_pm_conn *conn = pass->conn;
	struct mptcpx_pm *pm = pass->pm;
	u8 i, s, l, r;

	for (s = 0; s < view->subs; s++) {
		const struct mptcpx_pm_vsub *sub = &view->sub[s];

		if (!sub->bad && sub->phase != MPTCPX_PM_CLOSING &&
		    sub->local < view->locals && sub->remote < view->remotes)
			try_get(conn, pm->local[sub->local].id, conn->remote_id[sub->remote]);
	}
	for (i = 0; i < MPTCPX_PM_TRIES; i++) {
		struct mptcpx_pm_try *try = &conn->try[i];

		if (!try->local_id)
			continue;
		l = local_of_id(pm, try->local_id);
		r = remote_of_id(conn, try->remote_id);
		if (l != MPTCPX_PM_NOBODY && r != MPTCPX_PM_NOBODY)
			update_try(pass, try, l, r);
	}
}

static void look(struct pass *pass)
{
	struct mptcpx_pm *pm = pass->pm;
	struct mptcpx_pm_view *view = pass->view;
	const struct mptcpx_pm_state *state = pass->state;
	u8 i;

	view->policy = pm->policy;
	view->listener = state->listener;
	view->closing = state->closing;
	view->deny_first = state->deny_first;
	view->per_pair = READ_ONCE(pm->knob[pm->policy == MPTCPX_PM_NDIFFPORTS ?
					    MPTCPX_PM_KNOB_NDIFFPORTS :
					    MPTCPX_PM_KNOB_NUM_SUBFLOWS]);
	view->max_subflows = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_MAX_SUBFLOWS]);
	view->max_interface = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_MAX_INTERFACE]);
	view->locals = pm->locals;
	view->remotes = pass->conn->remotes;
	view->subs = state->subs;

	note_seen(pass);
	note_asked(pass);
	note_together(pass);
	for (i = 0; i < view->locals; i++)
		view_local(pass, i);
	for (i = 0; i < view->subs; i++)
		view_sub(pass, i);
	update_tries(pass);
	view_hold(pass);
	view_crowd(pass);
}

/* ---- steps ---- */

/* the id of an address in this connection */
static u8 id_of(const struct pass *pass, u8 l)
{
	const struct mptcpx_pm_view *view = pass->view;
	u8 s;

	if (view->local[l].initial)
		return 0;
	for (s = 0; s < view->subs; s++)
		if (view->sub[s].local == l && pass->state->sub[s].local_id > 0)
			return pass->state->sub[s].local_id;
	return pass->pm->local[l].id;
}

/* one more subflow of a pair has been asked for */
static void try_asked(struct mptcpx_pm *pm, struct mptcpx_pm_try *try, unsigned int per_pair)
{
	unsigned int ms;

	try->reached = true;
	if (try->asked < U8_MAX)
		try->asked++;
	if (try->pair != MPTCPX_PM_PAIR_UP) {
		try->pair = MPTCPX_PM_PAIR_JOINING;
		try->since = jiffies;
	} else if (try->asked > per_pair) {
		/* one of several: nothing else tells that it was refused */
		ms = mptcpx_pm_backoff(MPTCPX_PM_REFUSED, try->asked - per_pair,
				       pm->knob[MPTCPX_PM_KNOB_RETRY_FIRST],
				       pm->knob[MPTCPX_PM_KNOB_RETRY_LIMIT],
				       pm->knob[MPTCPX_PM_KNOB_PROBE], get_random_u32());
		try->next = jiffies + msecs_to_jiffies(ms);
	}
}

/* Each returns -EAGAIN if it is not the time, and has done nothing then. */

static int do_create(struct pass *pass, const struct mptcpx_pm_step *step)
{
	const struct mptcpx_pm_local *local = &pass->pm->local[step->local];
	struct mptcpx_pm_conn *conn = pass->conn;
	struct mptcpx_pm *pm = pass->pm;
	struct mptcpx_pm_nl_end here = {
		.addr = &local->addr,
		.id = id_of(pass, step->local),
		.flags = step->backup ? MPTCP_PM_ADDR_FLAG_BACKUP : 0,
		.ifindex = pass->bind[step->local] & BIT(step->remote) ?
			   local->ifindex : 0,
	};
	struct mptcpx_pm_nl_end there = {
		.addr = &conn->remote[step->remote],
		.id = conn->remote_id[step->remote],
	};
	struct mptcpx_pm_try *try = try_get(conn, local->id, there.id);
	int err;

	if (!try || !try_affordable(pm, try)) {
		mptcpx_pm_conn_timer(pm, conn, jiffies + paced(pm, HZ / 10));
		return 0;
	}
	err = mptcpx_pm_nl_pair(pm, MPTCP_PM_CMD_SUBFLOW_CREATE, conn->token, &here, &there);
	if (err == -EINVAL && here.id) {
		/* the id is that of an address of long ago, as the core sees it */
		mptcpx_pm_nl_remove(pm, conn->token, here.id);
		err = mptcpx_pm_nl_pair(pm, MPTCP_PM_CMD_SUBFLOW_CREATE, conn->token, &here,
					&there);
	}
	if (err == -EAGAIN)
		return err;
	if (err) {
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_CREATE_ERRORS);
		try_failed(pm, try, MPTCPX_PM_REFUSED);
		mptcpx_pm_conn_timer(pm, conn, try->next);
		return 0;
	}
	mptcpx_pm_count(pm, MPTCPX_PM_COUNT_CREATES);
	try_asked(pm, try, pass->view->per_pair);
	/* the handshake is looked at when it should be over, whatever happens */
	pass->again = true;
	return 0;
}

static int do_close(struct pass *pass, const struct mptcpx_pm_step *step)
{
	const struct mptcpx_pm_sub *sub = &pass->state->sub[step->sub];
	struct mptcpx_pm_nl_end here = { .addr = &sub->local, .id = -1 };
	struct mptcpx_pm_nl_end there = { .addr = &sub->remote, .id = -1 };

	int err;

	err = mptcpx_pm_nl_pair(pass->pm, MPTCP_PM_CMD_SUBFLOW_DESTROY, pass->conn->token,
				&here, &there);
	if (err != -EAGAIN)
		mptcpx_pm_count(pass->pm, MPTCPX_PM_COUNT_CLOSES);
	return err;
}

/*
 * A peer keeps one withdrawal until its worker has seen to it, and drops what comes
 * meanwhile (mptcp_pm_rm_addr_received(), 6.12 and 7.3): one in a pass, and what comes
 * after the next one waits as well.
 */
static bool may_withdraw(struct pass *pass)
{
	if (pass->told)
		mptcpx_pm_conn_timer(pass->pm, pass->conn, jiffies +
				     max_t(unsigned long, 2, msecs_to_jiffies(5)));
	return !pass->told;
}

static int do_abort(struct pass *pass, const struct mptcpx_pm_step *step)
{
	const struct mptcpx_pm_state *state = pass->state;
	const struct mptcpx_pm_sub *sub = &state->sub[step->sub];
	struct mptcpx_pm *pm = pass->pm;
	bool tell = step->tell && sub->local_id >= 0;
	u32 bad[MPTCPX_PM_SUBS];
	unsigned int n = 0;
	int err = 0;
	u8 s;

	/* the id may be in use elsewhere */
	for (s = 0; s < state->subs; s++)
		if (pass->view->sub[s].bad)
			bad[n++] = state->sub[s].id;
		else if (state->sub[s].local_id == sub->local_id)
			tell = false;
	if (tell && !may_withdraw(pass))
		return -EAGAIN;
	pass->told |= tell;
	/* the news is not to go out where it is not heard: others of that link are dead, too */
	if (tell)
		mptcpx_pm_sock_last(pm->net, pass->conn->token, bad, n);
	if (tell)
		err = mptcpx_pm_nl_remove(pm, pass->conn->token, sub->local_id);
	if (err == -EAGAIN)
		return err;
	if (tell && !err)
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_WITHDRAWS);
	if (!mptcpx_pm_sock_abort(pm->net, pass->conn->token, sub->id))
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_ABORTS);
	pass->again = true;
	return 0;
}

static int do_priority(struct pass *pass, const struct mptcpx_pm_step *step)
{
	const struct mptcpx_pm_sub *sub = &pass->state->sub[step->sub];
	struct mptcpx_pm_nl_end here = {
		.addr = &sub->local,
		.id = -1,
		.flags = step->backup ? MPTCP_PM_ADDR_FLAG_BACKUP : 0,
	};
	struct mptcpx_pm_nl_end there = { .addr = &sub->remote, .id = -1 };

	int err;

	err = mptcpx_pm_nl_pair(pass->pm, MPTCP_PM_CMD_SET_FLAGS, pass->conn->token, &here,
				&there);
	if (err == -EAGAIN)
		return err;
	mptcpx_pm_count(pass->pm, MPTCPX_PM_COUNT_PRIORITIES);
	pass->conn->prio |= BIT(pass->slot[step->sub]);
	pass->conn->prio_times = 1;
	pass->conn->prio_next = jiffies + PRIO_AGAIN;
	mptcpx_pm_conn_timer(pass->pm, pass->conn, pass->conn->prio_next);
	return 0;
}

/* is the peer to be told once more whether to spare this subflow? */
static bool prio_again(const struct pass *pass, u8 s)
{
	return pass->conn->prio & BIT(pass->slot[s]) &&
	       pass->state->sub[s].phase == MPTCPX_PM_UP;
}

/* an MP_PRIO goes out once, on an acknowledgment that nobody sends again */
static void priorities_again(struct pass *pass)
{
	struct mptcpx_pm_conn *conn = pass->conn;
	struct mptcpx_pm_step step = { .op = MPTCPX_PM_PRIORITY };
	u8 s, times = conn->prio_times;

	if (!conn->prio || times > PRIO_TIMES)
		return;
	if (time_before(jiffies, conn->prio_next)) {
		mptcpx_pm_conn_timer(pass->pm, conn, conn->prio_next);
		return;
	}
	for (s = 0; s < pass->state->subs; s++) {
		if (!prio_again(pass, s))
			continue;
		step.sub = s;
		step.backup = pass->state->sub[s].backup;
		if (do_priority(pass, &step) == -EAGAIN)
			return;
	}
	conn->prio_times = times + 1;
	conn->prio_next = jiffies + (PRIO_AGAIN << times);
	if (conn->prio_times > PRIO_TIMES)
		conn->prio = 0;
	else
		mptcpx_pm_conn_timer(pass->pm, conn, conn->prio_next);
}

/* where it is kept that the peer was told of an address; NULL: there is no more room */
static struct mptcpx_pm_told *told_get(struct mptcpx_pm_conn *conn, u8 local_id)
{
	struct mptcpx_pm_told *told = NULL;
	u8 i;

	for (i = 0; i < ARRAY_SIZE(conn->told); i++) {
		if (conn->told[i].local_id == local_id)
			return &conn->told[i];
		if (!conn->told[i].local_id && !told)
			told = &conn->told[i];
	}
	if (told)
		memset(told, 0, sizeof(*told));
	return told;
}

/* it may be lost, or found no room in the peer: said again, more and more seldom */
static void told_again(struct mptcpx_pm_told *told, u8 local_id)
{
	told->local_id = local_id;
	told->next = jiffies + HZ * (1 << (2 * told->times));
	told->times++;
}

static int do_announce(struct pass *pass, const struct mptcpx_pm_step *step)
{
	const struct mptcpx_pm_local *local = &pass->pm->local[step->local];
	struct mptcpx_pm_conn *conn = pass->conn;
	struct mptcpx_pm *pm = pass->pm;
	struct mptcpx_pm_nl_end here = {
		.addr = &local->addr,
		.id = id_of(pass, step->local),
		.flags = MPTCP_PM_ADDR_FLAG_SIGNAL |
			 (step->backup ? MPTCP_PM_ADDR_FLAG_BACKUP : 0),
	};
	struct mptcpx_pm_told *told = told_get(conn, local->id);
	int err;

	if (!told)
		return 0;
	err = mptcpx_pm_nl_announce(pm, conn->token, &here);
	if (err == -EINVAL && here.id) {
		/* as with CREATE */
		mptcpx_pm_nl_remove(pm, conn->token, here.id);
		err = mptcpx_pm_nl_announce(pm, conn->token, &here);
	}
	if (err == -EAGAIN)
		return err;
	mptcpx_pm_count(pm, MPTCPX_PM_COUNT_ANNOUNCES);
	told_again(told, local->id);
	/* the next address once this one has arrived */
	mptcpx_pm_conn_timer(pm, conn, jiffies + 1 +
			     msecs_to_jiffies(clamp(pass->rtt, 5u, 500u)));
	return 0;
}

static int do_withdraw(struct pass *pass, const struct mptcpx_pm_step *step)
{
	struct mptcpx_pm_conn *conn = pass->conn;
	int err;
	u8 i;

	if (!may_withdraw(pass))
		return -EAGAIN;
	pass->told = true;
	err = mptcpx_pm_nl_remove(pass->pm, conn->token, id_of(pass, step->local));
	if (err == -EAGAIN)
		return err;
	if (!err)
		mptcpx_pm_count(pass->pm, MPTCPX_PM_COUNT_WITHDRAWS);
	for (i = 0; i < ARRAY_SIZE(conn->told); i++)
		if (conn->told[i].local_id == pass->pm->local[step->local].id)
			conn->told[i].local_id = 0;
	return 0;
}

static int step_do(struct pass *pass, const struct mptcpx_pm_step *step)
{
	switch (step->op) {
	case MPTCPX_PM_CREATE:
		return do_create(pass, step);
	case MPTCPX_PM_CLOSE:
		return do_close(pass, step);
	case MPTCPX_PM_ABORT:
		return do_abort(pass, step);
	case MPTCPX_PM_PRIORITY:
		return do_priority(pass, step);
	case MPTCPX_PM_ANNOUNCE:
		return do_announce(pass, step);
	case MPTCPX_PM_WITHDRAW:
		return do_withdraw(pass, step);
	}
	return 0;
}

/* has anything to be seen to without an event? */
static void set_timer(struct pass *pass)
{
	const struct mptcpx_pm_state *state = pass->state;
	struct mptcpx_pm *pm = pass->pm;
	bool outstanding = false, doubt = false;
	u8 s;

	for (s = 0; s < state->subs; s++) {
		outstanding |= state->sub[s].outstanding;
		doubt |= state->sub[s].outstanding && state->sub[s].timeouts &&
			 state->sub[s].timeouts <= 2 * TIMEOUTS;
		/* the core may tell of a connection before its subflow is ready */
		if (state->listener && state->sub[s].phase == MPTCPX_PM_JOINING)
			mptcpx_pm_conn_timer(pm, pass->conn, jiffies +
					     (time_before(jiffies, pass->seen[s] + HZ) ?
					      msecs_to_jiffies(10) : CHECK));
	}
	if (pass->again)
		mptcpx_pm_conn_timer(pm, pass->conn, jiffies +
				     msecs_to_jiffies(READ_ONCE(pm->knob[MPTCPX_PM_KNOB_PROBE])));
	if (outstanding)
		mptcpx_pm_conn_timer(pm, pass->conn, jiffies +
				     paced(pm, doubt ? CHECK_DOUBT : CHECK));
	else
		mptcpx_pm_conn_timer(pm, pass->conn, jiffies +
				     max_t(unsigned long, CHECK_IDLE, 4 * paced(pm, 0)));
}

static void keep_alive(struct pass *pass)
{
	u16 idle = READ_ONCE(pass->pm->knob[MPTCPX_PM_KNOB_KEEPALIVE]);
	struct mptcpx_pm_conn *conn = pass->conn;
	u8 s;

	/* somebody who sets it himself knows better */
	if (pass->state->keepalive)
		idle = MPTCPX_PM_THEIRS;
	if (conn->keepalive != idle)
		conn->kept = 0;
	conn->keepalive = idle;
	for (s = 0; s < pass->state->subs; s++) {
		u32 bit = BIT(pass->slot[s]);

		if (conn->kept & bit || pass->state->sub[s].phase != MPTCPX_PM_UP)
			continue;
		if (idle && idle != MPTCPX_PM_THEIRS)
			conn->ours |= bit;
		/* or else at the next look */
		if (!(conn->ours & bit) ||
		    !mptcpx_pm_sock_keepalive(pass->pm->net, conn->token,
					      pass->state->sub[s].id, idle))
			conn->kept |= bit;
	}
}

/*
 * Announcements whose event was lost: the last one is known to the core, and
 * others that were used can be seen. The peer repeats what we do not hear.
 */
static void recover(struct pass *pass)
{
	const struct mptcpx_pm_state *state = pass->state;
	u8 s;

	for (s = 0; s < state->subs; s++)
		mptcpx_pm_conn_remote(pass->pm, pass->conn, &state->sub[s].remote,
				      state->sub[s].remote_id);
	if (state->said.family)
		mptcpx_pm_conn_remote(pass->pm, pass->conn, &state->said, state->said_id);
}

/**
 * mptcpx_pm_reconcile() - make a connection what it is to be
 * @pm: the path manager, locked
 * @conn: the connection; freed if it is over
 *
 * Context: the worker; sleeps.
 * Return: how much there was to do.
 */
unsigned int mptcpx_pm_reconcile(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn)
{
	struct pass pass = {
		.pm = pm, .conn = conn, .state = &pm->state, .view = &pm->view,
	};
	unsigned int i, n;
	int err;

	mptcpx_pm_count(pm, MPTCPX_PM_COUNT_PASSES);
	err = mptcpx_pm_sock_state(pm->net, conn->token, pass.state, !conn->busy);
	if (err == -EAGAIN) {
		/* soon, and then more seldom */
		mptcpx_pm_conn_timer(pm, conn, jiffies +
				     paced(pm, min_t(unsigned long, 1 << conn->busy, CHECK)));
		if (conn->busy < 8)
			conn->busy++;
		return 0;
	}
	conn->busy = 0;
	if (err) {
		mptcpx_pm_conn_free(pm, conn);
		return 0;
	}
	if (conn->inside)
		return 0;
	if (!pass.state->established) {
		/* the core tells of it a moment before it is */
		mptcpx_pm_conn_timer(pm, conn, jiffies +
				     (time_before(jiffies, conn->born + HZ) ? CHECK_DOUBT :
				      5 * HZ));
		return 0;
	}
	if (!conn->known) {
		conn->known = true;
		conn->remote[0] = pass.state->remote;
		/* it may have been announced before anybody looked */
		for (i = 1; i < conn->remotes; i++)
			if (remote_equal(conn, i, &conn->remote[0]))
				break;
		if (i < conn->remotes)
			remote_forget(conn, i);
		conn->inside = mptcpx_pm_addr_ours(pm, &pass.state->remote);
		if (conn->inside)
			return 0;
	}
	if (conn->missed && !pass.state->listener)
		recover(&pass);
	look(&pass);
	n = mptcpx_pm_plan(pass.view, pm->steps);
	for (i = 0; i < n; i++) {
		if (step_do(&pass, &pm->steps[i]) != -EAGAIN)
			continue;
		/* what is left is planned again then */
		mptcpx_pm_conn_timer(pm, conn, jiffies + paced(pm, CHECK));
		break;
	}
	priorities_again(&pass);
	keep_alive(&pass);
	set_timer(&pass);
	return n;
}

#ifdef MPTCPX_KUNIT
#include "pm_conn_test.c"
#endif
