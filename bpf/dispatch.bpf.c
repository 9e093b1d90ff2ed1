// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_dispatch: each connection gets a scheduler of its own, by its port, whether it was
 * made or accepted. It decides once, as the kernel would, and leaves the connection to
 * whom the map "dispatch_ports" names; those that it does not name it keeps.
 *
 *   # port 443, local or remote: the name, filled up with zeros to 16 bytes
 *   bpftool map update name dispatch_ports key 0x01 0xbb value hex \
 *	$({ printf redundant; head -c 16 /dev/zero; } | head -c 16 | od -An -tx1 -v)
 *
 * Shows how to choose for one socket at accept() as well, where no hook of a control
 * group is; anything that can be read from the socket may be what decides.
 */
#include "mptcp_bpf.h"
#include <bpf/bpf_endian.h>

struct dispatch_name {
	char name[MPTCPX_NAME_MAX];
};

/* key: port in network order, as in the socket */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, struct dispatch_name);
} dispatch_ports SEC(".maps");

static struct dispatch_name *name_of(const struct sock *ssk)
{
	__u16 remote = ssk->__sk_common.skc_dport;
	__u16 local = bpf_htons(ssk->__sk_common.skc_num);
	struct dispatch_name *name = bpf_map_lookup_elem(&dispatch_ports, &remote);

	return name ?: bpf_map_lookup_elem(&dispatch_ports, &local);
}

SEC("struct_ops")
int BPF_PROG(dispatch_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	const struct sock *ssk = msk->first;
	struct dispatch_name *name = ssk ? name_of(ssk) : NULL;

	if (name)
		mptcpx_leave_to(msk, name->name, sizeof(name->name));
	return mptcpx_default_choice(msk, view, choice);
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_dispatch = {
	.decide	= (void *)dispatch_decide,
	.name	= "bpf_dispatch",
};

char LICENSE[] SEC("license") = "GPL";
