// SPDX-License-Identifier: GPL-2.0
/*
 * choose: the scheduler of a connection by the port it is made to, for the processes
 * of a control group. All others keep that of net.mptcp.scheduler.
 *
 *   bpftool prog loadall choose.bpf.o /sys/fs/bpf/choose pinmaps /sys/fs/bpf/choose
 *   # port 443: the name, filled up with zeros to 16 bytes
 *   bpftool map update pinned /sys/fs/bpf/choose/choose_ports key 0x01 0xbb value hex \
 *	$({ printf redundant; head -c 16 /dev/zero; } | head -c 16 | od -An -tx1 -v)
 *   bpftool cgroup attach /sys/fs/cgroup/GROUP cgroup_inet4_connect \
 *	pinned /sys/fs/bpf/choose/choose4
 *
 * It never forbids a connection: a scheduler that does not exist is not chosen. With
 * mptcpify beside it, this works for any program.
 */
#include "mptcp_bpf.h"

struct choose_name {
	char name[MPTCPX_NAME_MAX];
};

/* key: the port in network order, or 0 for all others */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, struct choose_name);
} choose_ports SEC(".maps");

static int choose(struct bpf_sock_addr *ctx)
{
	__u16 port = ctx->user_port;
	struct choose_name *choice = bpf_map_lookup_elem(&choose_ports, &port);

	if (!choice) {
		port = 0;
		choice = bpf_map_lookup_elem(&choose_ports, &port);
	}
	if (choice)
		mptcpx_sock_addr_choose(bpf_cast_to_kern_ctx(ctx), choice->name,
					sizeof(choice->name));
	return 1;
}

SEC("cgroup/connect4")
int choose4(struct bpf_sock_addr *ctx)
{
	return choose(ctx);
}

SEC("cgroup/connect6")
int choose6(struct bpf_sock_addr *ctx)
{
	return choose(ctx);
}

char LICENSE[] SEC("license") = "GPL";
