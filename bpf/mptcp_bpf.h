/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an MPTCP packet scheduler in BPF includes. Needs vmlinux.h (bpftool btf dump
 * file ... format c) and libbpf 1.5 or newer; mptcpx.ko must be loaded where the
 * program is.
 *
 * The first part carries the names of the MPTCP development tree, so that programs
 * written for it build unchanged: here these names stand for mptcpx's own, which
 * no kernel has. The second part is what that tree does not have; each is described
 * in Documentation/bpf.rst and, to the letter, in net/mptcp/bpf_kfuncs.c.
 */
#ifndef MPTCP_BPF_H
#define MPTCP_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#define MPTCPX_NAME_MAX	16

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* a subflow that can be used, in the snapshot; net/mptcp/mptcpx.h tells the units */
struct mptcpx_path {
	struct mptcp_subflow_context *subflow;
	__u8 index;
	__u8 slot;
	bool backup;
	bool hole;
	bool timed_out;
	__u32 srtt_us;
	__u32 min_rtt_us;
	__u32 room;
	__u32 queued;
	__u32 mss;
	__u64 window;
	__u64 sent;
	__u64 rate;
};

/* the snapshot; its paths are walked through by bpf_for_each(mptcpx_path, ...) */
struct mptcpx_view {
	__u64 una;
	__u64 nxt;
	__u64 head;
	__u64 end;
	__u64 wnd_end;
	__u32 capacity;
	__u8 n;
	__u8 primary;
};

/* the answer of decide() */
struct mptcpx_choice {
	__u8 path;
	__u64 from;
	__u32 len;
	bool more;
};

/* a range of the data: the DSN of its first byte and the one after its last */
struct mptcpx_range {
	__u64 from;
	__u64 to;
};

#pragma clang attribute pop

/* flags of a scheduler: it sends data again */
#define MPTCPX_SCHED_COPIES	(1U << 0)

/* the scheduler; get_send or decide has to be there, not both */
struct mptcpx_sched_ops {
	int (*get_send)(struct mptcp_sock *msk);
	int (*get_retrans)(struct mptcp_sock *msk);
	int (*decide)(struct mptcp_sock *msk, const struct mptcpx_view *view,
		      struct mptcpx_choice *choice);
	void (*init)(struct mptcp_sock *msk);
	void (*release)(struct mptcp_sock *msk);
	__u32 flags;
	char name[MPTCPX_NAME_MAX];
};

/* ---- as in the MPTCP development tree ---- */

#define MPTCP_SUBFLOWS_MAX 8

#define mptcp_sched_ops			mptcpx_sched_ops
#define bpf_iter_mptcp_subflow		bpf_iter_mptcpx_subflow
#define bpf_iter_mptcp_subflow_new	bpf_iter_mptcpx_subflow_new
#define bpf_iter_mptcp_subflow_next	bpf_iter_mptcpx_subflow_next
#define bpf_iter_mptcp_subflow_destroy	bpf_iter_mptcpx_subflow_destroy
#define bpf_mptcp_subflow_ctx		mptcpx_subflow_ctx
#define bpf_mptcp_subflow_tcp_sock	mptcpx_subflow_tcp_sock
#define mptcp_subflow_set_scheduled	mptcpx_subflow_set_scheduled
#define mptcp_subflow_active		mptcpx_bpf_subflow_active
#define mptcp_set_timeout		mptcpx_bpf_set_timeout
#define mptcp_wnd_end			mptcpx_wnd_end
#define bpf_sk_stream_memory_free	mptcpx_stream_memory_free
#define bpf_mptcp_subflow_queues_empty	mptcpx_subflow_queues_empty
#define mptcp_pm_subflow_chk_stale	mptcpx_pm_chk_stale

struct bpf_iter_mptcpx_subflow {
	__u64 __opaque[2];
} __attribute__((aligned(8)));

extern int bpf_iter_mptcpx_subflow_new(struct bpf_iter_mptcpx_subflow *it,
				       struct sock *sk) __weak __ksym;
extern struct mptcp_subflow_context *
bpf_iter_mptcpx_subflow_next(struct bpf_iter_mptcpx_subflow *it) __weak __ksym;
extern void bpf_iter_mptcpx_subflow_destroy(struct bpf_iter_mptcpx_subflow *it) __weak __ksym;
extern struct mptcp_subflow_context *mptcpx_subflow_ctx(const struct sock *sk__ign) __ksym;
extern struct sock *
mptcpx_subflow_tcp_sock(const struct mptcp_subflow_context *subflow) __ksym;
extern void mptcpx_subflow_set_scheduled(struct mptcp_subflow_context *subflow,
					 bool scheduled) __ksym;
extern bool mptcpx_bpf_subflow_active(struct mptcp_subflow_context *subflow) __ksym;
extern void mptcpx_bpf_set_timeout(struct sock *sk) __ksym;
extern __u64 mptcpx_wnd_end(const struct mptcp_sock *msk) __ksym;
extern bool mptcpx_stream_memory_free(const struct sock *sk__ign) __ksym;
extern bool mptcpx_subflow_queues_empty(struct sock *ssk) __ksym;
extern void mptcpx_pm_chk_stale(const struct mptcp_sock *msk, struct sock *ssk) __ksym;

static __always_inline struct sock *
mptcp_subflow_tcp_sock(const struct mptcp_subflow_context *subflow)
{
	return subflow->tcp_sock;
}

/* DSNs wrap: order is by signed distance */
static __always_inline bool before64(__u64 a, __u64 b)
{
	return (__s64)(a - b) < 0;
}

#define after64(a, b)	before64(b, a)

/* ---- beyond it ---- */

struct bpf_iter_mptcpx_path {
	__u64 __opaque[2];
} __attribute__((aligned(8)));

extern int bpf_iter_mptcpx_path_new(struct bpf_iter_mptcpx_path *it,
				    const struct mptcpx_view *view) __weak __ksym;
extern const struct mptcpx_path *
bpf_iter_mptcpx_path_next(struct bpf_iter_mptcpx_path *it) __weak __ksym;
extern void bpf_iter_mptcpx_path_destroy(struct bpf_iter_mptcpx_path *it) __weak __ksym;

extern struct mptcp_subflow_context *mptcpx_default_subflow(struct mptcp_sock *msk) __ksym;
extern int mptcpx_default_choice(struct mptcp_sock *msk, const struct mptcpx_view *view,
				 struct mptcpx_choice *choice) __ksym;
extern int mptcpx_native_choice(struct mptcp_sock *msk, const struct mptcpx_view *view,
				struct mptcpx_choice *choice, const char *name) __ksym;
extern int mptcpx_reinject(struct mptcp_sock *msk, struct mptcp_subflow_context *subflow,
			   __u64 from, __u32 len) __ksym;
extern void mptcpx_ask_again(struct mptcp_sock *msk) __ksym;
extern bool mptcpx_lacks(struct mptcp_sock *msk, const struct mptcpx_path *path,
			 __u64 end, struct mptcpx_range *range) __ksym;
extern bool mptcpx_orphan(struct mptcp_sock *msk, __u16 slots, __u64 end,
			  struct mptcpx_range *range) __ksym;
extern int mptcpx_leave_to(struct mptcp_sock *msk, const char *name, __u32 name__sz) __ksym;
extern __u8 *mptcpx_conn_storage(struct mptcp_sock *msk, const int rdwr_buf_size) __ksym;
extern __u8 *mptcpx_path_storage(struct mptcp_sock *msk, const struct mptcpx_path *path,
				 const int rdwr_buf_size) __ksym;

/* for programs at cgroup/connect4 and cgroup/connect6; @sa_kern is the context, cast */
extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym;
extern int mptcpx_sock_addr_choose(struct bpf_sock_addr_kern *sa_kern,
				   const char *name, __u32 name__sz) __ksym;

#define MPTCPX_NOBODY	(-11)	/* -EAGAIN: nobody now, ask again after the next ACK */
#define MPTCPX_UNKNOWN	(~0U)	/* an RTT that has not been measured */

#endif /* MPTCP_BPF_H */
