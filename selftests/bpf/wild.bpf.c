// SPDX-License-Identifier: GPL-2.0
/*
 * Answers that no scheduler should give: paths that do not exist, ranges that were
 * never written. By turns with good ones, so that data gets through.
 */
#include "../../bpf/mptcp_bpf.h"

__u32 wild_turn;

SEC("struct_ops")
int BPF_PROG(wild_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	switch (__sync_fetch_and_add(&wild_turn, 1) % 16) {
	case 0:
		choice->path = 255;
		return 0;
	case 1:
		choice->from = view->end + 1000000;
		choice->len = 1;
		return 0;
	case 2:
		choice->from = view->una - 1;
		choice->len = ~0U;
		return 0;
	case 3:
		choice->path = view->n;
		return 0;
	case 4:
		/* again, from the start, all of it */
		choice->from = view->una;
		choice->len = ~0U;
		choice->more = true;
		return 0;
	case 5:
		/* with something in flight there will be a next time */
		if (view->una == view->nxt)
			break;
		choice->more = true;
		return -1;
	case 7 ... 12:
		/* the same over and over, whether or not it fits */
		choice->from = view->una;
		choice->len = wild_turn & 1 ? 1000 : 0;
		choice->more = true;
		return 0;
	case 6:
		/* one byte */
		choice->len = 1;
		return 0;
	}
	return mptcpx_default_choice(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops wild = {
	.decide	= (void *)wild_decide,
	.flags	= MPTCPX_SCHED_COPIES,
	.name	= "wild",
};

char LICENSE[] SEC("license") = "GPL";
