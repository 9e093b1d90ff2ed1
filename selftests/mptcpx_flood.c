// SPDX-License-Identifier: GPL-2.0
/* mptcpx_flood: TCP packets that nobody asked for, a given number of them.
 *
 * usage: mptcpx_flood KIND COUNT SRC SPORT DST DPORT [TOKEN]
 *
 *   syn      plain TCP
 *   capable  SYN with MP_CAPABLE (RFC 8684, 3.1)
 *   join     SYN with MP_JOIN (3.2) for TOKEN (hexadecimal), or for a random one
 *   rst      a reset, with a random sequence number
 *   data     an unsolicited segment, with a DSS option of random contents (3.3)
 *
 * SPORT 0: another one each time; SRC ending in .0: another host each time, .100
 * to .199. IPv4, by a raw socket; for the tests' own namespaces, with private
 * addresses alone.
 *
 * They are marked as ECT(1), which nothing else here is: the receiver's IpExtInECT1Pkts
 * counts them. Prints how many were sent. Exit code: 0 success, 1 failure, 2 usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>

#define OPTION_MPTCP	30
#define MP_CAPABLE	0x01	/* subtype 0, version 1 */
#define MP_JOIN		0x10
#define DSS		0x20

struct packet {
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t options[40];
};

/* for the checksum */
struct pseudo {
	uint32_t src, dst;
	uint8_t zero, protocol;
	uint16_t len;
};

static uint32_t sum(const void *data, size_t len, uint32_t total)
{
	const char *p = data;
	uint16_t word;

	for (; len > 1; len -= 2, p += 2) {
		memcpy(&word, p, 2);
		total += word;
	}
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

static uint32_t random32(void)
{
	return (uint32_t)random() << 16 ^ (uint32_t)random();
}

/* an MPTCP option, filled up to a multiple of four; its length */
static size_t option(uint8_t *o, uint8_t subtype, uint8_t flags, const void *data, size_t len)
{
	size_t all = (4 + len) & ~3u;

	memset(o, 1, all);	/* no-operation */
	o[0] = OPTION_MPTCP;
	o[1] = 3 + len;
	o[2] = subtype;
	o[3] = flags;
	memcpy(o + 4, data, len - 1);
	return all;
}

static size_t options(uint8_t *o, const char *kind, const char *token)
{
	uint32_t data[6] = { token ? htonl(strtoul(token, NULL, 16)) : random32(),
			     random32(), random32(), random32(), random32(), random32() };

	if (!strcmp(kind, "capable"))
		return option(o, MP_CAPABLE, 0x01, data, 1);
	if (!strcmp(kind, "join"))
		return option(o, MP_JOIN, random() & 0xff, data, 9);
	if (!strcmp(kind, "data"))
		return option(o, DSS, random() & 0x1f, data, 1 + 4 * (random() % 7));
	return 0;
}

static int address(const char *text, struct in_addr *a)
{
	uint8_t first;

	if (inet_pton(AF_INET, text, a) != 1)
		return -1;
	first = ntohl(a->s_addr) >> 24;
	return first == 10 || first == 127 ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct in_addr src;
	unsigned long i, n, sent = 0;
	const char *kind, *token;
	int fd, sport, one = 1;
	size_t len;

	if (argc < 7 || address(argv[3], &src) || address(argv[5], &to.sin_addr)) {
		fputs("usage: mptcpx_flood KIND COUNT SRC SPORT DST DPORT [TOKEN]\n"
		      "KIND: syn, capable, join, rst, data\n", stderr);
		return 2;
	}
	kind = argv[1];
	n = strtoul(argv[2], NULL, 0);
	sport = atoi(argv[4]);
	token = argc > 7 ? argv[7] : NULL;
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_HDRINCL, &one, sizeof(one))) {
		perror("mptcpx_flood: raw socket");
		return 1;
	}
	for (i = 0; i < n; i++) {
		struct packet p = { 0 };
		struct pseudo pseudo = { .protocol = IPPROTO_TCP };
		uint32_t total;

		p.ip.saddr = src.s_addr;
		if (!(ntohl(src.s_addr) & 0xff))
			p.ip.saddr |= htonl(100 + random() % 100);
		p.ip.daddr = to.sin_addr.s_addr;
		p.tcp.source = htons(sport ? sport : 1024 + random() % 60000);
		p.tcp.dest = htons(atoi(argv[6]));
		p.tcp.seq = random32();
		p.tcp.window = htons(65535);
		if (!strcmp(kind, "rst")) {
			p.tcp.rst = 1;
		} else if (!strcmp(kind, "data")) {
			p.tcp.ack = 1;
			p.tcp.ack_seq = random32();
		} else {
			p.tcp.syn = 1;
		}
		len = options(p.options, kind, token);
		p.tcp.doff = (sizeof(p.tcp) + len) / 4;
		pseudo.src = p.ip.saddr;
		pseudo.dst = p.ip.daddr;
		pseudo.len = htons(sizeof(p.tcp) + len);
		total = sum(&pseudo, sizeof(pseudo), 0);
		p.tcp.check = fold(sum(&p.tcp, sizeof(p.tcp) + len, total));
		p.ip.version = 4;
		p.ip.ihl = 5;
		p.ip.ttl = 64;
		p.ip.tos = 1;
		p.ip.protocol = IPPROTO_TCP;
		len += sizeof(p.ip) + sizeof(p.tcp);
		p.ip.tot_len = htons(len);
		if (sendto(fd, &p, len, 0, (struct sockaddr *)&to, sizeof(to)) == (ssize_t)len)
			sent++;
		else if (errno != ENOBUFS && errno != EAGAIN && errno != EPERM)
			perror("mptcpx_flood: sendto");
	}
	printf("flood kind=%s sent=%lu of=%lu\n", kind, sent, n);
	return sent < n / 2;
}
