/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the path manager decides without touching a socket: which subflows a
 * connection is to have (pm_plan.c), when a failed one is tried again
 * (pm_backoff.c), which interfaces a list of patterns means (pm_match.c).
 */
#ifndef MPTCPX_PM_PLAN_H
#define MPTCPX_PM_PLAN_H

#include <linux/types.h>

#define MPTCPX_PM_LOCALS	32	/* local addresses of a namespace */
#define MPTCPX_PM_REMOTES	9	/* of a peer: the first, and 8 announced */
#define MPTCPX_PM_SUBS		32	/* subflows of a connection looked at */
#define MPTCPX_PM_STEPS		16	/* of one plan; the next pass goes on */
#define MPTCPX_PM_NOBODY	0xff	/* no such index */

enum mptcpx_pm_policy {
	MPTCPX_PM_NONE,
	MPTCPX_PM_FULLMESH,
	MPTCPX_PM_NDIFFPORTS,
	MPTCPX_PM_HANDOVER,
	MPTCPX_PM_AGGREGATE,
	MPTCPX_PM_INTERACTIVE,
	MPTCPX_PM_SERVER,
	MPTCPX_PM_POLICIES
};

/* where a subflow stands */
enum mptcpx_pm_phase {
	MPTCPX_PM_JOINING,	/* its handshake is under way */
	MPTCPX_PM_UP,		/* usable */
	MPTCPX_PM_CLOSING,	/* on its way out */
};

/**
 * struct mptcpx_pm_vlocal - a local address, as a plan sees it
 * @ifindex: its interface
 * @rank: preference of the interface, least first
 * @usable: it exists, is valid, and its link works
 * @excluded: not to be used for new subflows
 * @deprecated: nor this, though the peer may go on using it
 * @backup: its interface is to be spared
 * @initial: the connection began at it
 * @announced: the peer has been told of it
 * @fits: its family is one the connection can use
 * @tell: it may be announced now
 * @reach: bit N: the peer's address N can be reached from it
 * @hold: bit N: joining the peer's address N has to wait
 * @doubt: bit N: nobody answered there the last time
 */
struct mptcpx_pm_vlocal {
	int ifindex;
	u8 rank;
	bool usable;
	bool excluded;
	bool deprecated;
	bool backup;
	bool initial;
	bool announced;
	bool fits;
	bool tell;
	u32 reach;
	u32 hold;
	u32 doubt;
};

/**
 * struct mptcpx_pm_vsub - a subflow, as a plan sees it
 * @local: index of its local address; MPTCPX_PM_NOBODY if not ours any more
 * @remote: index of its remote address, or MPTCPX_PM_NOBODY
 * @phase: where it stands
 * @backup: we asked the peer to spare it
 * @bad: its address is gone, or it has been silent for too long
 * @back: it is bad, but what took its address away is over
 */
struct mptcpx_pm_vsub {
	u8 local;
	u8 remote;
	enum mptcpx_pm_phase phase;
	bool backup;
	bool bad;
	bool back;
};

/**
 * struct mptcpx_pm_view - a connection, as a plan sees it
 * @policy: the policy in force
 * @listener: the peer made the connection
 * @closing: one direction has been closed: the core adds no subflows any more
 * @deny_first: the peer takes no further subflows at its first address
 * @per_pair: subflows wanted for each pair of addresses
 * @max_subflows: of the connection, the first included
 * @max_interface: of each interface
 * @locals: number of entries in @local
 * @remotes: number of the peer's addresses; 0 is the first
 * @subs: number of entries in @sub
 * @local: the namespace's addresses
 * @sub: the connection's subflows
 */
struct mptcpx_pm_view {
	enum mptcpx_pm_policy policy;
	bool listener;
	bool closing;
	bool deny_first;
	unsigned int per_pair;
	unsigned int max_subflows;
	unsigned int max_interface;
	u8 locals;
	u8 remotes;
	u8 subs;
	struct mptcpx_pm_vlocal local[MPTCPX_PM_LOCALS];
	struct mptcpx_pm_vsub sub[MPTCPX_PM_SUBS];
};

enum mptcpx_pm_op {
	MPTCPX_PM_CREATE,	/* local, remote, backup */
	MPTCPX_PM_CLOSE,	/* sub: in good order */
	MPTCPX_PM_ABORT,	/* sub: at once; tell: withdraw its address first */
	MPTCPX_PM_PRIORITY,	/* sub, backup */
	MPTCPX_PM_ANNOUNCE,	/* local, backup */
	MPTCPX_PM_WITHDRAW,	/* local */
};

/* one thing to do */
struct mptcpx_pm_step {
	enum mptcpx_pm_op op;
	u8 local;
	u8 remote;
	u8 sub;
	bool backup;
	bool tell;
};

unsigned int mptcpx_pm_plan(const struct mptcpx_pm_view *view,
			    struct mptcpx_pm_step *steps);

/* pm_backoff.c */

/* why a subflow is to be tried again */
enum mptcpx_pm_failure {
	MPTCPX_PM_LOST,		/* it had worked */
	MPTCPX_PM_REFUSED,	/* somebody said no */
	MPTCPX_PM_SILENT,	/* nobody answered */
};

unsigned int mptcpx_pm_backoff(enum mptcpx_pm_failure why, unsigned int fails,
			       unsigned int first, unsigned int limit,
			       unsigned int probe, u32 random);
unsigned int mptcpx_pm_patience(unsigned int probe, unsigned int rtt, unsigned int fails);
unsigned int mptcpx_pm_rest(unsigned int took_us, unsigned int floor);

/* pm_match.c */

#define MPTCPX_PM_PATTERNS	16
#define MPTCPX_PM_PATTERN_LEN	32	/* with the final 0 */
#define MPTCPX_PM_LIST_LEN	256	/* text of a whole list, with the final 0 */

/* patterns for the names of interfaces */
struct mptcpx_pm_patterns {
	unsigned int n;
	char pattern[MPTCPX_PM_PATTERNS][MPTCPX_PM_PATTERN_LEN];
};

int mptcpx_pm_patterns_parse(struct mptcpx_pm_patterns *list, const char *text);
int mptcpx_pm_patterns_match(const struct mptcpx_pm_patterns *list, const char *name);

#endif /* MPTCPX_PM_PLAN_H */
