/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Weights of subflows by configuration: "eth0=3 wwan*=1 10.0.0.1=2 id:2=5".
 */
#ifndef MPTCPX_WEIGHTS_H
#define MPTCPX_WEIGHTS_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#define MPTCPX_WEIGHTS_TEXT	1024	/* bytes, the final NUL included */
#define MPTCPX_WEIGHTS_MAX	64	/* entries */
#define MPTCPX_WEIGHT_MAX	10000
#define MPTCPX_WEIGHT_DEFAULT	1

/* what an entry speaks of, the most specific last */
enum mptcpx_weight_kind {
	MPTCPX_WEIGHT_PATTERN,	/* interfaces, by a pattern with * ? [ */
	MPTCPX_WEIGHT_IFACE,	/* the interface of this name */
	MPTCPX_WEIGHT_ADDRESS,	/* the local address; IPv4 as IPv4-mapped */
	MPTCPX_WEIGHT_ID,	/* the local address id: an endpoint's id */
};

struct mptcpx_weight {
	enum mptcpx_weight_kind kind;
	u32 weight;
	union {
		char iface[IFNAMSIZ];
		struct in6_addr address;
		u8 id;
	};
};

/**
 * struct mptcpx_weights - one configuration
 * @rcu: for freeing it
 * @gen: differs from that of every other configuration
 * @n: number of entries
 * @entry: in the order they were written
 * @text: as they were written
 */
struct mptcpx_weights {
	struct rcu_head rcu;
	u32 gen;
	unsigned int n;
	struct mptcpx_weight entry[MPTCPX_WEIGHTS_MAX];
	char text[MPTCPX_WEIGHTS_TEXT];
};

int mptcpx_weights_parse(struct mptcpx_weights *weights, const char *text);
u32 mptcpx_weights_find(const struct mptcpx_weights *weights, const char *iface,
			const struct in6_addr *address, int id);

#endif /* MPTCPX_WEIGHTS_H */
