/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Schedulers written in BPF: what bpf_ops.c (the struct_ops type) and bpf_kfuncs.c
 * (what programs can call) share. Programs see the same by bpf/mptcpx_bpf.h.
 */
#ifndef MPTCPX_BPF_H
#define MPTCPX_BPF_H

#include "adapter.h"

/* flags of a scheduler */
#define MPTCPX_SCHED_COPIES	BIT(0)	/* it sends data again, see mptcpx_sched.copies */

/**
 * struct mptcpx_sched_ops - a packet scheduler written in BPF
 * @get_send: mark who sends next by mptcpx_subflow_set_scheduled(), as the core
 *	itself would ask; 0, or an error for "nobody now"
 * @get_retrans: the same after a timeout; optional, else the core chooses. May
 *	sleep
 * @decide: instead of @get_send: fill @choice, which comes with &mptcpx_choice.from
 *	set to the send head; 0, or an error for "nobody now"
 * @init: a socket begins to use it; optional
 * @release: a socket is done with it; optional
 * @flags: MPTCPX_SCHED_COPIES
 * @name: for net.mptcp.scheduler
 *
 * The type is the same on all kernels, and has a name of its own for that reason:
 * where the kernel has a struct of that name, libbpf takes the kernel's.
 */
struct mptcpx_sched_ops {
	int (*get_send)(struct mptcp_sock *msk);
	int (*get_retrans)(struct mptcp_sock *msk);
	int (*decide)(struct mptcp_sock *msk, const struct mptcpx_scene *view,
		      struct mptcpx_choice *choice);
	void (*init)(struct mptcp_sock *msk);
	void (*release)(struct mptcp_sock *msk);
	u32 flags;
	char name[MPTCP_SCHED_NAME_MAX];
};

/**
 * struct mptcpx_ask - a decision that a BPF scheduler is asked for
 * @view: the snapshot
 * @choice: the answer so far
 * @copies: it may send data again
 * @placed: mptcpx_reinject() has filled @choice
 */
struct mptcpx_ask {
	const struct mptcpx_view *view;
	struct mptcpx_choice *choice;
	bool copies;
	bool placed;
};

/**
 * struct mptcpx_range - a range of the data
 * @from: DSN of its first byte
 * @to: DSN after its last byte
 */
struct mptcpx_range {
	u64 from;
	u64 to;
};

/**
 * struct mptcpx_own_subflow - a subflow of the connection that is being decided on
 * @ctx: the subflow
 *
 * What kfuncs return that have looked it up. Programs take it for the subflow itself,
 * and so does the verifier where one is wanted: but no structure has a pointer to this
 * type, so a pointer of it has been looked up, and may be written through.
 */
struct mptcpx_own_subflow {
	struct mptcp_subflow_context ctx;
};

/* bpf_ops.c */
void mptcpx_bpf_begin(struct mptcp_sock *msk);
void mptcpx_bpf_end(void);
struct mptcp_sock *mptcpx_bpf_running(void);
struct mptcp_subflow_context *mptcpx_bpf_own(const struct sock *ssk);
bool mptcpx_choose_default(struct mptcp_sock *msk, const struct mptcpx_view *view,
			   struct mptcpx_choice *choice);

/* bpf_kfuncs.c */
int mptcpx_bpf_kfuncs_init(void);

struct bpf_iter_mptcpx_subflow;
struct bpf_iter_mptcpx_path;
struct bpf_sock_addr_kern;

/* kfuncs: declared for static checkers alone, nobody else calls them */
int bpf_iter_mptcpx_subflow_new(struct bpf_iter_mptcpx_subflow *it, struct sock *sk);
struct mptcp_subflow_context *bpf_iter_mptcpx_subflow_next(struct bpf_iter_mptcpx_subflow *it);
void bpf_iter_mptcpx_subflow_destroy(struct bpf_iter_mptcpx_subflow *it);
struct mptcpx_own_subflow *mptcpx_subflow_ctx(const struct sock *sk__ign);
struct sock *mptcpx_subflow_tcp_sock(const struct mptcp_subflow_context *subflow);
void mptcpx_subflow_set_scheduled(struct mptcp_subflow_context *subflow, bool scheduled);
bool mptcpx_bpf_subflow_active(struct mptcp_subflow_context *subflow);
void mptcpx_bpf_set_timeout(struct sock *sk);
u64 mptcpx_wnd_end(const struct mptcp_sock *msk);
bool mptcpx_stream_memory_free(const struct sock *sk__ign);
bool mptcpx_subflow_queues_empty(struct sock *ssk);
void mptcpx_pm_chk_stale(const struct mptcp_sock *msk, struct sock *ssk);
int bpf_iter_mptcpx_path_new(struct bpf_iter_mptcpx_path *it,
			     const struct mptcpx_scene *view);
const struct mptcpx_path *bpf_iter_mptcpx_path_next(struct bpf_iter_mptcpx_path *it);
void bpf_iter_mptcpx_path_destroy(struct bpf_iter_mptcpx_path *it);
struct mptcpx_own_subflow *mptcpx_default_subflow(struct mptcp_sock *msk);
int mptcpx_default_choice(struct mptcp_sock *msk, const struct mptcpx_scene *view,
			  struct mptcpx_choice *choice);
int mptcpx_native_choice(struct mptcp_sock *msk, const struct mptcpx_scene *view,
			 struct mptcpx_choice *choice, const char *name__str);
int mptcpx_reinject(struct mptcp_sock *msk, struct mptcp_subflow_context *subflow,
		    u64 from, u32 len);
void mptcpx_ask_again(struct mptcp_sock *msk);
bool mptcpx_lacks(struct mptcp_sock *msk, const struct mptcpx_path *path, u64 end,
		  struct mptcpx_range *range);
bool mptcpx_orphan(struct mptcp_sock *msk, u16 slots, u64 end,
		   struct mptcpx_range *range);
int mptcpx_leave_to(struct mptcp_sock *msk, const char *name, u32 name__sz);
u8 *mptcpx_conn_storage(struct mptcp_sock *msk, const int rdwr_buf_size);
u8 *mptcpx_path_storage(struct mptcp_sock *msk, const struct mptcpx_path *path,
			const int rdwr_buf_size);
int mptcpx_sock_addr_choose(struct bpf_sock_addr_kern *sa_kern, const char *name,
			    u32 name__sz);

#endif /* MPTCPX_BPF_H */
