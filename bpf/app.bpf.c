// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_app: the policy is chosen by what the connection is for. Interactive traffic
 * is sent redundantly, all else by minrtt.
 *
 * Interactive is, in this order: a port that the map "ports" names (either end's;
 * value 1 interactive, 2 bulk); the DSCP of the socket (IP_TOS), class EF (46) or
 * CS5 to CS7, which ssh and VoIP programs set; and port 22.
 *
 *   bpftool map update name ports key 0x1f 0x90 value 1 0	# port 8080
 *
 * Shows how to ask native schedulers for their decision (mptcp_minrtt and
 * mptcp_redundant have to be loaded), how to keep a decision in the connection, and
 * a map as policy.
 */
#include "mptcp_bpf.h"
#include <bpf/bpf_endian.h>

enum app_kind { APP_UNKNOWN, APP_INTERACTIVE, APP_BULK };

struct app_conn {
	__u8 kind;
};

/* key: port in network order, as in the socket */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, __u16);
} ports SEC(".maps");

const char interactive[MPTCPX_NAME_MAX] = "redundant";
const char bulk[MPTCPX_NAME_MAX] = "minrtt";

static __u8 kind_of(struct mptcp_sock *msk)
{
	struct sock *ssk = msk->first;
	__u16 remote, local, *kind;
	__u8 dscp;

	if (!ssk)
		return APP_BULK;
	remote = ssk->__sk_common.skc_dport;
	local = bpf_htons(ssk->__sk_common.skc_num);
	kind = bpf_map_lookup_elem(&ports, &remote);
	if (!kind)
		kind = bpf_map_lookup_elem(&ports, &local);
	if (kind)
		return *kind == APP_INTERACTIVE ? APP_INTERACTIVE : APP_BULK;

	dscp = msk->sk.icsk_inet.tos >> 2;
	if (dscp == 46 || dscp >= 40 || remote == bpf_htons(22) || local == bpf_htons(22))
		return APP_INTERACTIVE;
	return APP_BULK;
}

SEC("struct_ops")
int BPF_PROG(app_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	struct app_conn *conn = (void *)mptcpx_conn_storage(msk, sizeof(*conn));
	int err;

	if (conn && conn->kind == APP_UNKNOWN)
		conn->kind = kind_of(msk);
	if (conn && conn->kind == APP_INTERACTIVE)
		err = mptcpx_native_choice(msk, view, choice, interactive);
	else
		err = mptcpx_native_choice(msk, view, choice, bulk);
	/* not loaded */
	if (err == -2)
		err = mptcpx_default_choice(msk, view, choice);
	return err;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_app = {
	.decide	= (void *)app_decide,
	.flags	= MPTCPX_SCHED_COPIES,
	.name	= "bpf_app",
};

char LICENSE[] SEC("license") = "GPL";
