// SPDX-License-Identifier: GPL-2.0
/* netdev: set up network devices of the lab, many in one process.
 *
 * What tc and ethtool do, save two things: netem gets a seed (packaged tc is
 * older than that attribute), so that a lossy path loses the same packets in
 * every run; and the eight paths of a lab take one process instead of dozens,
 * which counts where time is the number of instructions.
 *
 * Reads lines from standard input; works in its own network namespace:
 *
 *   netem DEV RATE_MBIT DELAY_MS LOSS LIMIT_PACKETS SEED [CORRUPT DUP REORDER]
 *         root qdisc of DEV, made or changed; SEED 0: the generator goes on
 *         from where it is (a new one starts at random). Percents of packets:
 *         lost, with a bit flipped, sent twice, sent without delay
 *   plain DEV
 *         no segmentation or receive offload: on the wire, and in netem's
 *         queue, a packet is a packet
 */
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>

/* uapi value; libc headers older than Linux 6.6 lack it */
#define NETEM_PRNG_SEED		14

struct request {
	struct nlmsghdr	n;
	struct tcmsg	t;
	char		buf[512];
};

static int rtnl = -1;

static void *put(struct request *r, int type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->n.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	r->n.nlmsg_len = NLMSG_ALIGN(r->n.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

/* Send a request and wait for its acknowledgment. */
static int talk(struct request *r)
{
	static __u32 seq;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char buf[4096];
	struct nlmsghdr *n = (void *)buf;
	ssize_t len;

	if (rtnl < 0)
		rtnl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (rtnl < 0)
		return -errno;
	r->n.nlmsg_seq = ++seq;
	if (sendto(rtnl, r, r->n.nlmsg_len, 0, (void *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	do {
		len = recv(rtnl, buf, sizeof(buf), 0);
		if (len < 0)
			return -errno;
	} while (!NLMSG_OK(n, (size_t)len) || n->nlmsg_seq != seq ||
		 n->nlmsg_type != NLMSG_ERROR);
	return ((struct nlmsgerr *)NLMSG_DATA(n))->error;
}

/* Spread a small number over 64 bits: netem's generator takes the seed as its
 * state, and from a state of few bits the first packets are nearly all lost.
 * (The finalizer of splitmix64.)
 */
static __u64 mix(__u64 x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

struct damage {
	double loss, corrupt, dup, reorder;	/* percent */
};

static __u32 probability(double percent)
{
	return percent / 100 * UINT32_MAX;
}

static int netem(const char *dev, double mbit, double ms, const struct damage *d,
		 unsigned int limit, __u64 seed)
{
	struct tc_netem_qopt opt = {
		.limit = limit,
		.loss = probability(d->loss),
		.duplicate = probability(d->dup),
		/* each packet for itself: every first of one */
		.gap = d->reorder > 0,
	};
	struct tc_netem_corrupt corrupt = { .probability = probability(d->corrupt) };
	struct tc_netem_reorder reorder = { .probability = probability(d->reorder) };
	struct tc_netem_rate rate = { .rate = mbit * 1e6 / 8 };
	__s64 latency = ms * 1e6;
	struct request r = {
		.n = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(r.t)),
			.nlmsg_type = RTM_NEWQDISC,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE,
		},
		.t = {
			.tcm_family = AF_UNSPEC,
			.tcm_ifindex = if_nametoindex(dev),
			.tcm_handle = 1 << 16,
			.tcm_parent = TC_H_ROOT,
		},
	};
	struct rtattr *options;

	if (!r.t.tcm_ifindex)
		return -errno;
	put(&r, TCA_KIND, "netem", sizeof("netem"));
	options = put(&r, TCA_OPTIONS, &opt, sizeof(opt));
	put(&r, TCA_NETEM_RATE, &rate, sizeof(rate));
	put(&r, TCA_NETEM_LATENCY64, &latency, sizeof(latency));
	put(&r, TCA_NETEM_CORRUPT, &corrupt, sizeof(corrupt));
	put(&r, TCA_NETEM_REORDER, &reorder, sizeof(reorder));
	if (seed) {
		seed = mix(seed);
		put(&r, NETEM_PRNG_SEED, &seed, sizeof(seed));
	}
	options->rta_len = (char *)&r + r.n.nlmsg_len - (char *)options;
	return talk(&r);
}

static int plain(const char *dev)
{
	static const int off[] = { ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, 0 };
	struct ethtool_value value = {};
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : 0;
	size_t i;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	for (i = 0; !err && off[i]; i++) {
		value.cmd = off[i];
		if (ioctl(fd, SIOCETHTOOL, &ifr))
			err = -errno;
	}
	close(fd);
	return err;
}

int main(void)
{
	unsigned long long seed;
	struct damage d;
	double mbit, ms;
	unsigned int limit;
	char line[256], dev[IFNAMSIZ];
	int err;

	while (fgets(line, sizeof(line), stdin)) {
		d = (struct damage) { };
		if (sscanf(line, "netem %15s %lf %lf %lf %u %llu %lf %lf %lf", dev, &mbit,
			   &ms, &d.loss, &limit, &seed, &d.corrupt, &d.dup,
			   &d.reorder) >= 6)
			err = netem(dev, mbit, ms, &d, limit, seed);
		else if (sscanf(line, "plain %15s", dev) == 1)
			err = plain(dev);
		else
			err = -EINVAL;
		if (err) {
			fprintf(stderr, "netdev: %s: %s", strerror(-err), line);
			return 1;
		}
	}
	return 0;
}
