/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What mptcpx and its schedulers share.
 *
 * A scheduler is a struct mptcpx_sched: a name and a decision. The adapter
 * (adapter.c) stands between it and the core: at each call of the core it takes
 * a snapshot of the usable subflows (struct mptcpx_view, paths.c), asks the
 * scheduler, and carries the answer (struct mptcpx_choice) out. A decision is a
 * function of the snapshot and of what the scheduler itself keeps in the
 * connection; it touches no socket.
 */
#ifndef MPTCPX_H
#define MPTCPX_H

#include <linux/sysctl.h>

#include "ledger.h"
#include "private.h"

/*
 * Subflows a connection can use at a time. The kernel's path manager creates
 * at most 8 beside the first, one of userspace may create more: those beyond
 * are left alone until one of ours closes.
 */
#define MPTCPX_PATHS_MAX	16

/* option space a data packet gives to the DSS: 64-bit ACK and DSN, RFC 8684 3.3 */
#define MPTCPX_DSS_LEN		28

/**
 * struct mptcpx_slot - what we keep of one subflow of a connection
 * @subflow: whose it is; NULL if free. Only compared, never followed
 * @subflow_id: tells a new subflow from an old one at the same address
 * @rel_write_seq: the subflow's position when last looked at, bytes modulo 2^32
 * @bytes: given to the subflow so far, copies included
 * @copied: those of them that had been given to some subflow before
 * @vtime: wrr: bytes given, divided by the weight
 * @vbytes: wrr: @bytes when @vtime was brought up to date
 * @dst: wrr: route for which @weight was looked up; only compared
 * @gen: wrr: generation of the weights from which @weight was looked up
 * @weight: wrr: weight by the configuration
 */
struct mptcpx_slot {
	struct mptcp_subflow_context *subflow;
	u32 subflow_id;
	u32 rel_write_seq;
	u64 bytes;
	u64 copied;
	u64 vtime;
	u64 vbytes;
	const void *dst;
	u32 gen;
	u32 weight;
};

/* bytes that a BPF scheduler can keep for a connection, and for each subflow */
#define MPTCPX_STORE_CONN	128
#define MPTCPX_STORE_PATH	32

/**
 * struct mptcpx_store - what a BPF scheduler keeps
 * @conn: of the connection
 * @path: of the subflow in the slot of the same index; zeroed for a new subflow
 */
struct mptcpx_store {
	u64 conn[MPTCPX_STORE_CONN / sizeof(u64)];
	u64 path[MPTCPX_PATHS_MAX][MPTCPX_STORE_PATH / sizeof(u64)];
};

struct mptcpx_ask;
struct mptcpx_sched;

/**
 * struct mptcpx_conn - what we keep of one connection
 * @node: in the table of all (conn.c)
 * @msk: whose it is
 * @sched: its scheduler
 * @store: what a BPF scheduler keeps; NULL until it asks for it
 * @ask: the decision a BPF scheduler is being asked for (bpf_ops.c)
 * @counted: a BPF scheduler's init was called
 * @decided: a decision has been made before
 * @leave_to: the scheduler that a BPF one leaves it to at the next decision; empty: none
 * @una_seen: snd_una when last looked at
 * @una_stamp: jiffies when snd_una last moved, nothing was outstanding, or neither had
 *	been so for the time of the MPTCP timer
 * @count_next: jiffies from which timeouts may be counted again
 * @wnd_saved: wnd_end before it was lowered to bound a push
 * @clamped: wnd_end has been lowered
 * @kicked: we asked for the core's retransmission path ourselves
 * @counts: and it is to count timeouts
 * @resending: the core was told last who retransmits, and may ask on
 * @retransmits: who retransmits is being decided, by somebody who may push meanwhile:
 *	not the time to leave it to another scheduler
 * @push_slot: who was told to send last; MPTCPX_PATHS_MAX if nobody
 * @push_from: DSN from which it was told to send
 * @push_nxt: first DSN never sent at that time
 * @slots: one a subflow; the index is the subflow's bit in the ledger
 * @ledger: which subflow was given what; only there for schedulers that send
 *	copies, hence the last
 *
 * Written in the scheduler callbacks only, which exclude each other: the msk
 * is owned by a process, or it is not and softirq holds the data lock.
 */
struct mptcpx_conn {
	struct hlist_node node;
	struct mptcp_sock *msk;
	const struct mptcpx_sched *sched;
	struct mptcpx_store *store;
	struct mptcpx_ask *ask;
	bool counted;
	bool decided;
	char leave_to[MPTCP_SCHED_NAME_MAX];
	u64 una_seen;
	unsigned long una_stamp;
	unsigned long count_next;
	u64 wnd_saved;
	bool clamped;
	bool kicked;
	bool counts;
	bool resending;
	bool retransmits;
	u8 push_slot;
	u64 push_from;
	u64 push_nxt;
	struct mptcpx_slot slots[MPTCPX_PATHS_MAX];
	struct mptcpx_ledger ledger;
};

/**
 * struct mptcpx_path - a usable subflow in the snapshot
 * @subflow: the subflow
 * @index: index in &mptcpx_view.path
 * @slot: index in &mptcpx_conn.slots
 * @backup: to be used only when no other is usable
 * @hole: a loss is being repaired: what is sent now waits for it at the peer
 * @timed_out: the retransmission timer has fired and nothing came back since
 * @slow_start: its congestion window has not reached the threshold
 * @srtt_us: smoothed RTT, µs; U32_MAX if not measured yet
 * @min_rtt_us: least RTT seen lately, µs: without queues; U32_MAX if none
 * @room: bytes it can take now, within its congestion window, its send memory
 *	and mptcpx_hol_bound()
 * @queued: bytes it was given that have not been acknowledged, sent or not
 * @mss: payload of a full packet, bytes
 * @window: congestion window, bytes
 * @sent: &mptcpx_slot.bytes
 * @rate: delivery rate measured by TCP, bytes/s; 0 if not measured yet
 */
struct mptcpx_path {
	struct mptcp_subflow_context *subflow;
	u8 index;
	u8 slot;
	bool backup;
	bool hole;
	bool timed_out;
	bool slow_start;
	u32 srtt_us;
	u32 min_rtt_us;
	u32 room;
	u32 queued;
	u32 mss;
	u64 window;
	u64 sent;
	u64 rate;
};

/**
 * struct mptcpx_view - snapshot of a connection
 * @scene: all but what follows: this is what BPF programs are shown. They could follow
 *	the pointers in paths that are not there
 * @una: first DSN not acknowledged
 * @nxt: first DSN never sent
 * @head: DSN at which the core's send head stands; @nxt unless it recovers
 * @end: DSN after the last byte written by the application
 * @wnd_end: DSN after the last byte the peer's window allows
 * @capacity: bytes that can be outstanding before the application has to wait
 * @n: number of paths
 * @primary: number of those that are no backup
 * @dead: number of those that have timed out
 * @path: the usable subflows, in the connection's order
 */
struct mptcpx_view {
	struct_group_tagged(mptcpx_scene, scene, u64 una;
		u64 nxt;
		u64 head;
		u64 end;
		u64 wnd_end;
		u32 capacity;
		u8 n;
		u8 primary;
	);
	u8 dead;
	struct mptcpx_path path[MPTCPX_PATHS_MAX];
};

/**
 * struct mptcpx_choice - a scheduler's answer
 * @path: index in &mptcpx_view.path
 * @from: DSN from which to send. Below &mptcpx_view.nxt it is sent again. Only
 *	heeded for schedulers with @copies; others send at &mptcpx_view.head
 * @len: bytes to send at most; 0 for what the core sends at a time, one data
 *	fragment or more as &mptcp_sock.snd_burst says
 * @more: some subflow lacks data that has been sent: ask again, even if nothing
 *	unsent is left
 */
struct mptcpx_choice {
	u8 path;
	u64 from;
	u32 len;
	bool more;
};

/**
 * struct mptcpx_sched - a packet scheduler
 * @name: for net.mptcp.scheduler, at most 15 characters
 * @owner: its module
 * @copies: it sends data again: keep the ledger, let it place the send head
 * @marks: its get_send() may mark subflows as scheduled by itself
 * @get_send: decide who sends next and how much. True if @choice names a path.
 *	Called with the msk owned by this process, or in softirq under the data
 *	lock. The snapshot has at least one path and something to send.
 * @get_retrans: choose who sends again after a timeout; optional, else the core
 *	chooses. Called with the msk owned by this process; may sleep
 * @init: a socket begins to use it; optional. Process or softirq
 * @release: a socket is done with it; optional. Only if @init got storage
 * @node: in the list of native ones (adapter.c)
 * @core: what the MPTCP core knows; filled by mptcpx_register()
 */
struct mptcpx_sched {
	const char *name;
	struct module *owner;
	bool copies;
	bool marks;
	bool (*get_send)(struct mptcpx_conn *conn, const struct mptcpx_view *view,
			 struct mptcpx_choice *choice);
	struct sock *(*get_retrans)(struct mptcpx_conn *conn);
	void (*init)(struct mptcp_sock *msk);
	void (*release)(struct mptcpx_conn *conn);
	struct list_head node;
	struct mptcp_sched_ops core;
};

/* adapter.c */
int mptcpx_register(struct mptcpx_sched *sched);
int mptcpx_register_as(struct mptcpx_sched *sched, const char *name);
void mptcpx_unregister(struct mptcpx_sched *sched);
const struct mptcpx_sched *mptcpx_sched_of(const struct mptcp_sock *msk);
const struct mptcpx_sched *mptcpx_sched_native(const char *name);
void mptcpx_settle(struct mptcp_sock *msk, bool owned);

/* conn.c */
struct mptcpx_conn *mptcpx_conn_find(const struct mptcp_sock *msk);
struct mptcpx_conn *mptcpx_conn_lookup(const struct mptcp_sock *msk);
struct mptcpx_conn *mptcpx_conn_create(struct mptcp_sock *msk,
				       const struct mptcpx_sched *sched);
struct mptcpx_conn *mptcpx_conn_get(struct mptcp_sock *msk,
				    const struct mptcpx_sched *sched);
void mptcpx_conn_init(struct mptcp_sock *msk);
bool mptcpx_conn_placed(const struct mptcp_sock *msk);
void mptcpx_conn_place(struct mptcp_sock *msk);
void mptcpx_conn_release(struct mptcp_sock *msk);
void mptcpx_conn_exit(void);

/* paths.c */
u8 mptcpx_paths_sync(struct mptcpx_conn *conn, bool ledger);
u8 mptcpx_slot_index(const struct mptcpx_conn *conn,
		     const struct mptcp_subflow_context *subflow);
void mptcpx_paths_view(struct mptcpx_conn *conn, struct mptcpx_view *view);
void mptcpx_set_timeout(struct mptcp_sock *msk);

/* hol.c */
void mptcpx_hol_bound(struct mptcpx_view *view);

/* reinject.c */
u64 mptcpx_head(const struct mptcp_sock *msk);
u64 mptcpx_end(const struct mptcp_sock *msk);
u64 mptcpx_sent_end(const struct mptcp_sock *msk);
bool mptcpx_head_move(struct mptcp_sock *msk, u64 seq);
void mptcpx_head_pass(struct mptcp_sock *msk);
void mptcpx_clamp(struct mptcpx_conn *conn, u64 seq, bool owned);
void mptcpx_unclamp(struct mptcpx_conn *conn, bool owned);
void mptcpx_kick(struct mptcpx_conn *conn, bool owned);

/* sysctl.c */
struct ctl_table_header *mptcpx_sysctl_register(struct net *net, const char *path,
						const struct ctl_table *template,
						size_t n, void *data);
int mptcpx_sysctl_word(const struct ctl_table *ctl, int write, void *buffer,
		       size_t *lenp, loff_t *ppos, const char * const *words);
void mptcpx_sysctl_unregister(struct ctl_table_header *header);

/* live.c */
int mptcpx_live_init(void);
void mptcpx_live_exit(void);
int mptcpx_live_choose(struct mptcp_sock *msk, const char *name, bool owned);
int mptcpx_live_token(struct net *net, u32 token, const char *name);
void mptcpx_live_leave(const struct mptcpx_sched *sched);

/* ports.c */
int mptcpx_ports_init(void);
void mptcpx_ports_exit(void);
bool mptcpx_ports_find(const struct mptcp_sock *msk, char name[MPTCP_SCHED_NAME_MAX]);

/* bpf_ops.c */
void mptcpx_bpf_init(void);
void mptcpx_bpf_exit(void);

/* proc.c */
int mptcpx_proc_init(void);
void mptcpx_proc_exit(void);

#endif /* MPTCPX_H */
