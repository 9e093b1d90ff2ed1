// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_bkup: the first subflow that is no backup; a backup only when no other can
 * send.
 *
 * Shows the fields of a subflow: request_bkup is what this end asked for, backup
 * what the peer did (MP_PRIO and the B bit of MP_JOIN, RFC 8684 3.2 and 3.3.8).
 */
#include "mptcp_bpf.h"

SEC("struct_ops")
int BPF_PROG(bkup_get_send, struct mptcp_sock *msk)
{
	struct mptcp_subflow_context *subflow, *primary = NULL, *spare = NULL;

	bpf_for_each(mptcp_subflow, subflow, (struct sock *)msk) {
		if (!mptcp_subflow_active(subflow))
			continue;
		if (subflow->backup || subflow->request_bkup) {
			if (!spare)
				spare = subflow;
		} else if (!primary) {
			primary = subflow;
		}
	}
	if (!primary)
		primary = spare;
	if (!primary)
		return MPTCPX_NOBODY;
	mptcp_subflow_set_scheduled(primary, true);
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_bkup = {
	.get_send	= (void *)bkup_get_send,
	.name		= "bpf_bkup",
};

char LICENSE[] SEC("license") = "GPL";
