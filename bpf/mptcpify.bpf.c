// SPDX-License-Identifier: GPL-2.0
/*
 * mptcpify: programs that ask for TCP get MPTCP, without being changed or told.
 *
 * The kernel asks a function, update_socket_protocol(), which protocol to use when a
 * socket is made (net/socket.c, since 6.6). This program answers in its place: MPTCP
 * for TCP stream sockets of the processes in some control groups, or of everybody.
 *
 *   bpftool prog loadall mptcpify.bpf.o /sys/fs/bpf/mptcpify autoattach
 *   # everybody: group 0
 *   bpftool map update name mptcpify_groups key 0 0 0 0 0 0 0 0 value 1
 *   # or one group and what is below it: its id, the inode number of its directory, as
 *   # eight bytes, the lowest first
 *   id=$(stat -c %i /sys/fs/cgroup/user.slice)
 *   bpftool map update name mptcpify_groups \
 *	key hex $(printf %016x $id | grep -o .. | tac) value 1
 *
 * Until a group is named nothing happens. A peer without MPTCP gets plain TCP: the
 * connection falls back. rm -r /sys/fs/bpf/mptcpify ends it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_INET		2
#define AF_INET6	10
#define SOCK_STREAM	1
#define EVERYBODY	0
#define LEVELS		16	/* of the tree of groups that are looked at */

/* key: a group's id; value: whether its sockets are to be MPTCP */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u8);
} mptcpify_groups SEC(".maps");

/* what the nearest group says that is named; -1 if none is */
static int wanted(void)
{
	__u64 id = EVERYBODY;
	__u8 *says = bpf_map_lookup_elem(&mptcpify_groups, &id);
	int level, answer = says ? *says : -1;

	for (level = 0; level < LEVELS; level++) {
		id = bpf_get_current_ancestor_cgroup_id(level);
		if (!id)
			break;
		says = bpf_map_lookup_elem(&mptcpify_groups, &id);
		if (says)
			answer = *says;
	}
	return answer;
}

SEC("fmod_ret/update_socket_protocol")
int BPF_PROG(mptcpify, int family, int type, int protocol)
{
	/* the type comes with flags such as SOCK_CLOEXEC */
	if ((family == AF_INET || family == AF_INET6) && (type & 0xf) == SOCK_STREAM &&
	    (!protocol || protocol == IPPROTO_TCP) && wanted() == 1)
		return IPPROTO_MPTCP;
	return protocol;
}

char LICENSE[] SEC("license") = "GPL";
