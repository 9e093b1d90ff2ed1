// SPDX-License-Identifier: GPL-2.0
/* mptcpx_forget: have connection tracking, and NAT with it, forget all that it
 * knows of this network namespace. Needs the module nf_conntrack_netlink.
 * Exit code: 0, 1 if it does not.
 */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
	struct {
		struct nlmsghdr head;
		struct nfgenmsg nf;
	} ask = {
		.head = {
			.nlmsg_len = sizeof(ask),
			.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.nf = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0 },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char more[256];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (fd < 0 || send(fd, &ask, sizeof(ask), 0) != sizeof(ask) ||
	    recv(fd, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.err))) {
		perror("netlink");
		return 1;
	}
	if (answer.head.nlmsg_type != NLMSG_ERROR || answer.err.error) {
		fprintf(stderr, "refused: %s\n", strerror(-answer.err.error));
		return 1;
	}
	return 0;
}
