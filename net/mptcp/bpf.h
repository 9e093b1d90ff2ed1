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
	int (*decide)(struct mptcp_sock *msk, const struct mptcpx_view *view,
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

/* bpf_ops.c */
bool mptcpx_choose_default(struct mptcp_sock *msk, const struct mptcpx_view *view,
			   struct mptcpx_choice *choice);

/* bpf_kfuncs.c */
int mptcpx_bpf_kfuncs_init(void);

#endif /* MPTCPX_BPF_H */
