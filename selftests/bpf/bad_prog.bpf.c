// SPDX-License-Identifier: GPL-2.0
/* To be refused: a program that is no scheduler. */
#include "../../bpf/mptcp_bpf.h"

SEC("tc")
int bad_prog(struct __sk_buff *skb)
{
	mptcp_subflow_set_scheduled(NULL, true);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
