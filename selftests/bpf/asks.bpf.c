// SPDX-License-Identifier: GPL-2.0
/*
 * For scripts/bench/instr: what a decision of the kernel's default and of each native
 * scheduler costs, asked by a program as bpf/app.bpf.c asks them; and, by a program that
 * does nothing, what taking the time of a program costs.
 */
#include "../../bpf/mptcp_bpf.h"

static const char minrtt[MPTCPX_NAME_MAX] = "minrtt";
static const char wrr[MPTCPX_NAME_MAX] = "wrr";
static const char redundant[MPTCPX_NAME_MAX] = "redundant";

SEC("struct_ops")
void BPF_PROG(nothing, struct mptcp_sock *msk)
{
}

SEC("struct_ops")
int BPF_PROG(default_asks, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	return mptcpx_default_choice(msk, view, choice);
}

SEC("struct_ops")
int BPF_PROG(minrtt_asks, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	return mptcpx_native_choice(msk, view, choice, minrtt);
}

SEC("struct_ops")
int BPF_PROG(wrr_asks, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	return mptcpx_native_choice(msk, view, choice, wrr);
}

SEC("struct_ops")
int BPF_PROG(redundant_asks, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	return mptcpx_native_choice(msk, view, choice, redundant);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops ask_default = {
	.decide	= (void *)default_asks,
	.init	= (void *)nothing,
	.name	= "ask_default",
};

SEC(".struct_ops.link")
struct mptcp_sched_ops ask_minrtt = {
	.decide	= (void *)minrtt_asks,
	.name	= "ask_minrtt",
};

SEC(".struct_ops.link")
struct mptcp_sched_ops ask_wrr = {
	.decide	= (void *)wrr_asks,
	.name	= "ask_wrr",
};

SEC(".struct_ops.link")
struct mptcp_sched_ops ask_redundant = {
	.decide	= (void *)redundant_asks,
	.flags	= MPTCPX_SCHED_COPIES,
	.name	= "ask_redundant",
};

char LICENSE[] SEC("license") = "GPL";
