/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The path manager.
 *
 *	netlink events   addresses, links, routes   timer   knobs
 *	       |                  |                   |       |
 *	       +---------- "look at this connection" ---------+
 *	                          |
 *	          one worker a namespace (pm_main.c)
 *	                          |
 *	    what is (pm_sock.c) + addresses (pm_addr.c) --> a view
 *	                          |
 *	              mptcpx_pm_plan() (pm_plan.c)
 *	                          |
 *	   netlink commands (pm_nl.c), ends of subflows (pm_sock.c)
 *
 * The worker alone touches the state below, under &mptcpx_pm.lock; all others
 * set a bit and wake it.
 */
#ifndef MPTCPX_PM_H
#define MPTCPX_PM_H

#include <linux/hashtable.h>
#include <linux/if.h>
#include <linux/in6.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sysctl.h>
#include <linux/timerqueue.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "pm_plan.h"

struct genlmsghdr;
struct seq_file;
struct socket;

/* an address with a port; what is mapped into IPv6 is AF_INET here */
struct mptcpx_pm_addr {
	u16 family;
	__be16 port;
	union {
		__be32 v4;
		struct in6_addr v6;
	};
};

/**
 * struct mptcpx_pm_local - an address of the namespace
 * @addr: the address, port 0; family 0: the entry is free
 * @ifindex: its interface
 * @ifname: its name
 * @also: another interface that has it; 0: none
 * @id: address id told to peers; 0 in connections that began at the address
 * @rank: preference of the interface
 * @usable: valid, and its link works
 * @deprecated: for what there is already, only
 * @excluded: by net.mptcp.pm.include and exclude
 * @backup: by net.mptcp.pm.backup
 * @lost: jiffies when it ceased to be usable; meaningless while @usable
 * @back: jiffies when it became usable again after an outage that counts;
 *	meaningless unless @returned
 * @returned: it has been away
 * @spread: jiffies until which a path that is back there is no news; 0: it is
 */
struct mptcpx_pm_local {
	struct mptcpx_pm_addr addr;
	int ifindex;
	char ifname[IFNAMSIZ];
	int also;
	u8 id;
	u8 rank;
	bool usable;
	bool deprecated;
	bool excluded;
	bool backup;
	bool returned;
	unsigned long lost;
	unsigned long back;
	unsigned long spread;
};

/**
 * struct mptcpx_pm_sub - a subflow, as it was found
 * @id: the kernel's number of it, unique in the connection
 * @local: its local address
 * @remote: the peer's
 * @local_id: address ids
 * @remote_id: address ids
 * @phase: where it stands
 * @backup: we asked the peer to spare it
 * @bound: to an interface
 * @outstanding: packets it has in flight
 * @una: the first byte that is not acknowledged: its sequence number
 * @timeouts: retransmission timeouts in a row; 1 as well if there was only a loss probe, or
 *	what it is put off by (overdue() of pm_conn.c)
 * @rto: the timeout as it was before the first of them, or less if there were more, ms
 * @waited: ms since the last of them, or less
 * @quiet: ms since the peer was last heard of
 * @rtt: smoothed round trip, ms, rounded up
 * @sent: segments of data it has sent, the first time or again
 * @recovered: so often it timed out and was answered after all
 */
struct mptcpx_pm_sub {
	u32 id;
	struct mptcpx_pm_addr local;
	struct mptcpx_pm_addr remote;
	s16 local_id;
	u8 remote_id;
	enum mptcpx_pm_phase phase;
	bool backup;
	bool bound;
	u32 outstanding;
	u32 una;
	u8 timeouts;
	u32 rto;
	u32 waited;
	u32 quiet;
	u32 rtt;
	u32 sent;
	u32 recovered;
};

/**
 * struct mptcpx_pm_state - a connection, as it was found
 * @local: where it began
 * @remote: and to whom
 * @listener: the peer made it
 * @established: its handshake is over
 * @closing: one direction has been closed
 * @deny_first: the peer takes no further subflows at its first address
 * @keepalive: the application has set SO_KEEPALIVE
 * @v4: subflows of IPv4 fit
 * @v6: subflows of IPv6 fit
 * @mark: routing mark
 * @uid: owner
 * @said: the last address that the peer announced; family 0: none
 * @said_id: its id
 * @subs: number of entries in @sub
 * @sub: its subflows
 */
struct mptcpx_pm_state {
	struct mptcpx_pm_addr local;
	struct mptcpx_pm_addr remote;
	bool listener;
	bool established;
	bool closing;
	bool deny_first;
	bool keepalive;
	bool v4;
	bool v6;
	u32 mark;
	kuid_t uid;
	struct mptcpx_pm_addr said;
	u8 said_id;
	u8 subs;
	struct mptcpx_pm_sub sub[MPTCPX_PM_SUBS];
};

/* what a pair of addresses was when last looked at */
enum mptcpx_pm_pair {
	MPTCPX_PM_PAIR_IDLE,	/* without subflow */
	MPTCPX_PM_PAIR_JOINING,	/* asked for one */
	MPTCPX_PM_PAIR_UP,	/* has one that works */
};

/**
 * struct mptcpx_pm_try - what became of a pair of addresses in a connection
 * @local_id: the local one: id in the namespace; 0: the entry is free
 * @remote_id: the peer's: id in the connection
 * @pair: where it stands
 * @reached: there was a route when last looked at
 * @silent: at the last failure nobody had answered
 * @up: working subflows when last looked at
 * @asked: commands since all that was there had lasted
 * @fails: failures in a row
 * @since: jiffies of the last change of @pair, or when there was one more
 * @next: jiffies before which not to try again
 */
struct mptcpx_pm_try {
	u8 local_id;
	u8 remote_id;
	enum mptcpx_pm_pair pair;
	bool reached;
	bool silent;
	u8 up;
	u8 asked;
	u16 fails;
	unsigned long since;
	unsigned long next;
};

/* an address the peer was told of */
struct mptcpx_pm_told {
	u8 local_id;		/* 0: free */
	u8 times;
	unsigned long next;
};

#define MPTCPX_PM_TRIES	24

/**
 * struct mptcpx_pm_conn - what is kept of a connection
 * @node: in &mptcpx_pm.conns
 * @timer: in &mptcpx_pm.timers, if @timed
 * @dirty: in &mptcpx_pm.dirty, or empty
 * @token: the kernel's name for it
 * @born: jiffies when it was first heard of
 * @timed: a time is set at which to look at it
 * @known: @remote[0] is filled in
 * @inside: both ends are in this namespace: nothing to be done
 * @missed: events of it may have been lost: it is not told everything any more
 * @busy: so often in a row somebody else owned it when it was to be looked at
 * @heard: new addresses that the peer may still announce
 * @heard_at: jiffies when that was counted
 * @remotes: number of the peer's addresses
 * @remote_id: their ids
 * @remote: the peer's addresses; 0 is that of the first subflow
 * @seen_id: subflows, by their number, and
 * @seen: jiffies when they were first seen
 * @asked: low half of jiffies when there was first seen to be a timeout, with something
 *	in flight; 0: there is none
 * @una: the first byte that was not acknowledged when last looked at, and
 * @una_at: low half of jiffies when it was first seen to be, with several packets in flight
 * @kept: bit N: that subflow N of these has its keepalive set
 * @keepalive: to this, s, or to MPTCPX_PM_THEIRS
 * @ours: bit N: its keepalive was once set by us
 * @prio: bit N: that of subflow N the peer was told whether to spare it,
 * @prio_times: how often since the last change,
 * @prio_next: jiffies when it is told again
 * @told: addresses announced
 * @try: pairs that were tried
 */
struct mptcpx_pm_conn {
	struct hlist_node node;
	struct timerqueue_node timer;
	struct list_head dirty;
	u32 token;
	unsigned long born;
	unsigned long heard_at;
	bool timed;
	bool known;
	bool inside;
	bool missed;
	u8 busy;
	u8 heard;
	u8 remotes;
	u8 remote_id[MPTCPX_PM_REMOTES];
	struct mptcpx_pm_addr remote[MPTCPX_PM_REMOTES];
	u32 seen_id[MPTCPX_PM_SUBS];
	unsigned long seen[MPTCPX_PM_SUBS];
	u32 asked[MPTCPX_PM_SUBS];
	u32 una[MPTCPX_PM_SUBS];
	u32 una_at[MPTCPX_PM_SUBS];
	u32 kept;
	u32 ours;
	u16 keepalive;
	u8 prio_times;
	u32 prio;
	unsigned long prio_next;
	struct mptcpx_pm_told told[MPTCPX_PM_REMOTES - 1];
	struct mptcpx_pm_try try[MPTCPX_PM_TRIES];
};

/* /proc/net/mptcpx_pm_stat, in this order */
enum mptcpx_pm_counter {
	MPTCPX_PM_COUNT_EVENTS,
	MPTCPX_PM_COUNT_EVENT_OVERRUNS,
	MPTCPX_PM_COUNT_RESYNCS,
	MPTCPX_PM_COUNT_PASSES,
	MPTCPX_PM_COUNT_COMMANDS,
	MPTCPX_PM_COUNT_COMMAND_ERRORS,
	MPTCPX_PM_COUNT_ANNOUNCES,
	MPTCPX_PM_COUNT_WITHDRAWS,
	MPTCPX_PM_COUNT_CREATES,
	MPTCPX_PM_COUNT_CREATE_ERRORS,
	MPTCPX_PM_COUNT_CLOSES,
	MPTCPX_PM_COUNT_ABORTS,
	MPTCPX_PM_COUNT_PRIORITIES,
	MPTCPX_PM_COUNT_LOST,
	MPTCPX_PM_COUNT_REFUSED,
	MPTCPX_PM_COUNT_SILENT,
	MPTCPX_PM_COUNT_GIVEN_UP,
	MPTCPX_PM_COUNT_RETRIES_LIMITED,
	MPTCPX_PM_COUNT_ADDRESSES_DROPPED,
	MPTCPX_PM_COUNT_SCANS,
	MPTCPX_PM_COUNT_NO_MEMORY,
	MPTCPX_PM_COUNTERS
};

/* numbers that can be set, each an int */
enum mptcpx_pm_knob {
	MPTCPX_PM_KNOB_NUM_SUBFLOWS,
	MPTCPX_PM_KNOB_NDIFFPORTS,
	MPTCPX_PM_KNOB_MAX_SUBFLOWS,
	MPTCPX_PM_KNOB_MAX_INTERFACE,
	MPTCPX_PM_KNOB_RETRY_FIRST,
	MPTCPX_PM_KNOB_RETRY_LIMIT,
	MPTCPX_PM_KNOB_RETRY_MAX,
	MPTCPX_PM_KNOB_RETRY_RATE,
	MPTCPX_PM_KNOB_PROBE,
	MPTCPX_PM_KNOB_SILENCE,
	MPTCPX_PM_KNOB_KEEPALIVE,
	MPTCPX_PM_KNOB_CLOSE_TIMEOUT,
	MPTCPX_PM_KNOB_SET_SCHEDULER,
	MPTCPX_PM_KNOBS
};

/* lists of patterns that can be set */
enum mptcpx_pm_list {
	MPTCPX_PM_LIST_INCLUDE,
	MPTCPX_PM_LIST_EXCLUDE,
	MPTCPX_PM_LIST_BACKUP,
	MPTCPX_PM_LIST_PREFER,
	MPTCPX_PM_LISTS
};

struct mptcpx_pm_pattern_list {
	char text[MPTCPX_PM_LIST_LEN];
	struct mptcpx_pm_patterns patterns;
};

/* knobs of the kernel that are set while a policy is in force */
enum mptcpx_pm_kernel_knob {
	MPTCPX_PM_KERNEL_PM_TYPE,
	MPTCPX_PM_KERNEL_CLOSE_TIMEOUT,
	MPTCPX_PM_KERNEL_SCHEDULER,
	MPTCPX_PM_KERNEL_KNOBS
};

struct mptcpx_pm_kernel_value {
	const struct ctl_table *knob;	/* NULL: this kernel has none */
	bool changed;
	char was[32];
	char is[32];
};

/* bits of &mptcpx_pm.todo */
enum {
	MPTCPX_PM_TODO_EVENTS,		/* the event socket has something */
	MPTCPX_PM_TODO_RESYNC,		/* events were lost */
	MPTCPX_PM_TODO_SCAN,		/* an address or a link changed */
	MPTCPX_PM_TODO_ROUTES,		/* a route did */
	MPTCPX_PM_TODO_ALL,		/* look at all connections */
};

/* what looking at the addresses has brought, the most urgent last */
enum mptcpx_pm_news {
	MPTCPX_PM_SAME,
	MPTCPX_PM_CAME,		/* an address; its routes are about to */
	MPTCPX_PM_GONE,
};

/**
 * struct mptcpx_pm_route - whether there is a route, asked in this run
 * @run: &mptcpx_pm.run when it was asked
 * @local_id: from where
 * @remote: to where
 * @mark: with this routing mark
 * @uid: for this user
 * @free: there is one
 * @bound: there is one for sockets bound to the interface
 */
struct mptcpx_pm_route {
	u32 run;
	u8 local_id;
	struct mptcpx_pm_addr remote;
	u32 mark;
	kuid_t uid;
	bool free;
	bool bound;
};

#define MPTCPX_PM_ROUTES	16	/* sets of answers, of so many each */
#define MPTCPX_PM_ROUTE_WAYS	4

/**
 * struct mptcpx_pm - the path manager of a namespace
 * @net: the namespace
 * @lock: all of what follows, but for @todo and the knobs' numbers
 * @policy: in force
 * @active: events are listened to, notifiers may wake the worker
 * @todo: what the worker is woken for
 * @work: the worker
 * @commands: socket for commands
 * @events: socket for events
 * @buffer: for what is read from them
 * @family: of MPTCP's netlink messages
 * @group: of its events
 * @seq: number of the last command
 * @watched: somebody else listens, and
 * @taken: pm_type was changed, as the log says
 * @watch: jiffies before which that is not looked at again
 * @overrun: events were lost since connections were last looked for
 * @fib: hears of changed routes
 * @nexthops: and of changed nexthop objects
 * @header: of the knobs
 * @knob: numbers
 * @list: lists of patterns
 * @kernel: the kernel's own knobs
 * @conns: connections by token
 * @connections: their number
 * @dirty: those to be looked at
 * @timers: those to be looked at later
 * @expire: jiffies when the time that an address is preferred for is looked at; 0: none's
 * @locals: entries of @local that have been used so far
 * @next_id: address id to be given next
 * @local: addresses
 * @run: counts how often routes may have changed
 * @run_end: jiffies when it counts on of itself
 * @route: answers about routes, of this run and older ones
 * @rest: jiffies before which changed routes are not followed again
 * @again: jiffies when all is looked at again after a change; 0: not
 * @again_last: jiffies when that is due for the last change
 * @pass: a pass over all connections is under way
 * @vain: ns that it took to look at those for which there was nothing to do
 * @resync_next: jiffies before which events are not resynchronised again
 * @tokens: retries left in this second, see MPTCPX_PM_KNOB_RETRY_RATE
 * @tokens_at: jiffies when @tokens was brought up to date
 * @count: counters
 * @state: scratch, too large for the stack
 * @view: scratch
 * @steps: scratch
 */
struct mptcpx_pm {
	struct net *net;
	struct mutex lock;	/* see above */
	enum mptcpx_pm_policy policy;
	bool active;
	unsigned long todo;
	struct delayed_work work;
	struct socket *commands;
	struct socket *events;
	void *buffer;
	u16 family;
	u32 group;
	u32 seq;
	bool watched;
	bool taken;
	bool overrun;
	unsigned long watch;
	struct notifier_block fib;
	struct notifier_block nexthops;
	struct ctl_table_header *header;
	int knob[MPTCPX_PM_KNOBS];
	struct mptcpx_pm_pattern_list list[MPTCPX_PM_LISTS];
	struct mptcpx_pm_kernel_value kernel[MPTCPX_PM_KERNEL_KNOBS];
	DECLARE_HASHTABLE(conns, 8);
	unsigned int connections;
	struct list_head dirty;
	struct timerqueue_head timers;
	unsigned long expire;
	u8 locals;
	u8 next_id;
	struct mptcpx_pm_local local[MPTCPX_PM_LOCALS];
	u32 run;
	unsigned long run_end;
	struct mptcpx_pm_route route[MPTCPX_PM_ROUTES][MPTCPX_PM_ROUTE_WAYS];
	unsigned long rest;
	unsigned long again;
	unsigned long again_last;
	bool pass;
	u64 vain;
	unsigned long resync_next;
	unsigned int tokens;
	unsigned long tokens_at;
	u64 count[MPTCPX_PM_COUNTERS];
	struct mptcpx_pm_state state;
	struct mptcpx_pm_view view;
	struct mptcpx_pm_step steps[MPTCPX_PM_STEPS];
};

/* pm_main.c */
struct mptcpx_pm *mptcpx_pm_of(const struct net *net);
void mptcpx_pm_wake(struct mptcpx_pm *pm, unsigned int todo);
int mptcpx_pm_set_policy(struct mptcpx_pm *pm, enum mptcpx_pm_policy policy);
void mptcpx_pm_reconfigure(struct mptcpx_pm *pm, enum mptcpx_pm_knob knob);

/* pm_conn.c */
struct mptcpx_pm_conn *mptcpx_pm_conn_find(struct mptcpx_pm *pm, u32 token);
struct mptcpx_pm_conn *mptcpx_pm_conn_get(struct mptcpx_pm *pm, u32 token);
void mptcpx_pm_conn_free(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn);
void mptcpx_pm_conn_dirty(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn);
void mptcpx_pm_conn_remote(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn,
			   const struct mptcpx_pm_addr *addr, u8 id);
void mptcpx_pm_conn_forget(struct mptcpx_pm_conn *conn, u8 id);
void mptcpx_pm_conn_fresh(struct mptcpx_pm *pm, u8 local_id);
void mptcpx_pm_conn_timer(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn,
			  unsigned long when);
unsigned int mptcpx_pm_reconcile(struct mptcpx_pm *pm, struct mptcpx_pm_conn *conn);

/* pm_sock.c */
#define MPTCPX_PM_THEIRS	U16_MAX	/* keepalive is the application's */

int mptcpx_pm_sock_state(struct net *net, u32 token, struct mptcpx_pm_state *state,
			 bool wait);
bool mptcpx_pm_sock_busy(struct net *net, u32 token);
int mptcpx_pm_sock_abort(struct net *net, u32 token, u32 subflow_id);
void mptcpx_pm_sock_last(struct net *net, u32 token, const u32 *ids, unsigned int n);
int mptcpx_pm_sock_keepalive(struct net *net, u32 token, u32 subflow_id, u16 idle);
void mptcpx_pm_sock_resync(struct mptcpx_pm *pm);

/* pm_addr.c */
bool mptcpx_pm_addr_equal(const struct mptcpx_pm_addr *a, const struct mptcpx_pm_addr *b);
void mptcpx_pm_addr_show(struct seq_file *seq, const char *name,
			 const struct mptcpx_pm_addr *addr);
enum mptcpx_pm_news mptcpx_pm_addr_scan(struct mptcpx_pm *pm);
void mptcpx_pm_addr_rank(struct mptcpx_pm *pm, struct mptcpx_pm_local *local);
bool mptcpx_pm_addr_reach(struct mptcpx_pm *pm, const struct mptcpx_pm_local *local,
			  const struct mptcpx_pm_addr *remote,
			  const struct mptcpx_pm_state *state, bool *bind);
bool mptcpx_pm_addr_ours(struct mptcpx_pm *pm, const struct mptcpx_pm_addr *addr);
int mptcpx_pm_notifiers_register(void);
void mptcpx_pm_notifiers_unregister(void);
int mptcpx_pm_routes_listen(struct mptcpx_pm *pm);
void mptcpx_pm_routes_ignore(struct mptcpx_pm *pm);

/* pm_nl.c */
struct mptcpx_pm_nl_end {
	const struct mptcpx_pm_addr *addr;
	int id;			/* -1: not told */
	u32 flags;
	int ifindex;		/* 0: not told */
};

int mptcpx_pm_nl_open(struct mptcpx_pm *pm);
void mptcpx_pm_nl_close(struct mptcpx_pm *pm);
void mptcpx_pm_nl_events(struct mptcpx_pm *pm);
int mptcpx_pm_nl_pair(struct mptcpx_pm *pm, u8 cmd, u32 token,
		      const struct mptcpx_pm_nl_end *local,
		      const struct mptcpx_pm_nl_end *remote);
int mptcpx_pm_nl_announce(struct mptcpx_pm *pm, u32 token,
			  const struct mptcpx_pm_nl_end *local);
int mptcpx_pm_nl_remove(struct mptcpx_pm *pm, u32 token, u8 id);

/* pm_kernel.c: the kernel's own knobs */
int mptcpx_pm_kernel_find(struct mptcpx_pm *pm);
int mptcpx_pm_kernel_get(struct mptcpx_pm *pm, enum mptcpx_pm_kernel_knob which,
			 char *text, size_t len);
int mptcpx_pm_kernel_set(struct mptcpx_pm *pm, enum mptcpx_pm_kernel_knob which,
			 const char *text);
void mptcpx_pm_kernel_restore(struct mptcpx_pm *pm, enum mptcpx_pm_kernel_knob which);

/* pm_sysctl.c */
extern const char * const mptcpx_pm_policy_names[];
int mptcpx_pm_sysctl_init(struct mptcpx_pm *pm);
void mptcpx_pm_sysctl_exit(struct mptcpx_pm *pm);

/* pm_proc.c */
int mptcpx_pm_proc_init(struct net *net);
void mptcpx_pm_proc_exit(struct net *net);

static inline void mptcpx_pm_count(struct mptcpx_pm *pm, enum mptcpx_pm_counter which)
{
	pm->count[which]++;
}

#endif /* MPTCPX_PM_H */
