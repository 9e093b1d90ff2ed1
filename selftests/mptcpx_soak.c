// SPDX-License-Identifier: GPL-2.0
/* mptcpx_soak: many slow connections of different kinds, for a long time.
 *
 *   mptcpx_soak listen PORT		send back whatever comes, until SIGTERM
 *   mptcpx_soak run PORT N ADDR...	N connections to ADDR, each in turn; short ones
 *					to the first
 *
 * A quarter of them each are
 *
 *   trickle   1400 bytes every 2 s
 *   messages  200 bytes every 3 s
 *   fetches   24 KiB every 30 s
 *   short     a new connection, 4 KiB, an orderly end; 12 s later the next one
 *
 * All of it is pseudo-random, comes back, and is compared. "run" obeys lines of
 * its standard input, and answers each with lines that end in "done":
 *
 *   mark   finish what has been begun, start nothing, then for each long-lived
 *          connection "conn token=HEX sent=BYTES"
 *   go     go on; "long": with long-lived ones alone
 *   sum    one line of sums: "soak secs= sent= received= connections= errors= worst_ms="
 *   end    close all connections orderly, sum, and exit
 *
 * An error is whatever a user of a connection would call one: not connected within
 * 60 s, ended early, reset, a byte that differs, nothing back for 60 s. worst_ms: the
 * longest that data sent had to wait for an answer. IPv4 only.
 *
 * Exit code: 0 no error, 1 some, 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif
#define OPT_MPTCP_INFO	1
#define INFO_TOKEN	12	/* offset in struct mptcp_info, uapi/linux/mptcp.h */

#define PATIENCE	60000	/* ms */
#define CHUNK		16384

enum kind { TRICKLE, MESSAGES, FETCHES, SHORT, KINDS };

static const struct {
	uint32_t bytes, every;	/* ms */
} kinds[KINDS] = {
	[TRICKLE]	= { 1400, 2000 },
	[MESSAGES]	= { 200, 3000 },
	[FETCHES]	= { 24 << 10, 30000 },
	[SHORT]		= { 4 << 10, 12000 },
};

enum phase { IDLE, CONNECTING, OPEN, CLOSING };

struct conn {
	int fd;
	enum kind kind;
	enum phase phase;
	struct in_addr to;
	uint64_t seed;
	uint64_t want;		/* to be sent so far, bytes */
	uint64_t tx, rx;
	uint64_t next;		/* when the next piece is due, ms */
	uint64_t since;		/* when it last made progress, or was asked to */
	bool out;		/* waits for room */
};

static struct conn *conns;
static int n_conns, epfd;
static uint16_t port;
static uint64_t begun, sent, received, opened, errors, worst;
static bool paused, ending, long_alone;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static uint8_t byte_at(uint64_t seed, uint64_t off)
{
	uint64_t z = seed + (off / 8 + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z ^= z >> 31;
	return z >> 8 * (off % 8);
}

static void watch(struct conn *c, uint32_t events, int op)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	epoll_ctl(epfd, op, c->fd, &ev);
}

static void over(struct conn *c, uint64_t now)
{
	close(c->fd);
	c->fd = -1;
	c->phase = IDLE;
	c->next = now + kinds[c->kind].every;
}

static void wrong(struct conn *c, const char *what, uint64_t now)
{
	errors++;
	printf("error at %" PRIu64 " s: connection %d, sent %" PRIu64 ", back %" PRIu64 ": %s\n",
	       (now - begun) / 1000, (int)(c - conns), c->tx, c->rx, what);
	over(c, now);
}

static void start(struct conn *c, uint64_t now)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = c->to,
	};

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_MPTCP);
	if (c->fd < 0 || (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) &&
			  errno != EINPROGRESS)) {
		wrong(c, strerror(errno), now);
		return;
	}
	c->phase = CONNECTING;
	c->seed = opened++ * 0x2545f4914f6cdd1dULL;
	c->want = 0;
	c->tx = 0;
	c->rx = 0;
	c->since = now;
	c->out = true;
	watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}

static void send_some(struct conn *c, uint64_t now)
{
	uint8_t buf[CHUNK];
	bool full = false;

	while (c->tx < c->want && !full) {
		size_t i, len = c->want - c->tx;
		ssize_t n;

		if (len > sizeof(buf))
			len = sizeof(buf);
		for (i = 0; i < len; i++)
			buf[i] = byte_at(c->seed, c->tx + i);
		n = send(c->fd, buf, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN) {
			wrong(c, strerror(errno), now);
			return;
		}
		full = n < (ssize_t)len;
		if (n > 0) {
			c->tx += n;
			sent += n;
		}
	}
	if (full != c->out) {
		c->out = full;
		watch(c, EPOLLIN | (full ? EPOLLOUT : 0), EPOLL_CTL_MOD);
	}
}

static void receive_some(struct conn *c, uint64_t now)
{
	uint8_t buf[CHUNK];
	ssize_t i, n;

	while ((n = recv(c->fd, buf, sizeof(buf), 0)) > 0) {
		for (i = 0; i < n; i++) {
			if (buf[i] != byte_at(c->seed, c->rx + i)) {
				wrong(c, "data differ", now);
				return;
			}
		}
		if (now - c->since > worst)
			worst = now - c->since;
		c->since = now;
		c->rx += n;
		received += n;
	}
	if (n < 0 && errno != EAGAIN) {
		wrong(c, strerror(errno), now);
	} else if (!n && (c->phase != CLOSING || c->rx != c->tx)) {
		wrong(c, "ended early", now);
	} else if (!n) {
		over(c, now);
	} else if (c->rx == c->want && c->phase == OPEN && c->want &&
		   (c->kind == SHORT || ending)) {
		shutdown(c->fd, SHUT_WR);
		c->phase = CLOSING;
		c->since = now;
	}
}

static void event(struct conn *c, uint32_t events, uint64_t now)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (c->phase == CONNECTING && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);
		if (err) {
			wrong(c, strerror(err), now);
			return;
		}
		c->phase = OPEN;
		/* not all at the same moment */
		c->next = now + (c - conns) * kinds[c->kind].every / n_conns;
	}
	if (c->phase == OPEN && events & EPOLLOUT)
		send_some(c, now);
	if (c->phase != IDLE && c->phase != CONNECTING && events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		receive_some(c, now);
}

/* what is due; when there is something next */
static uint64_t due(struct conn *c, uint64_t now)
{
	bool waits = c->phase == CONNECTING || c->phase == CLOSING ||
		     (c->phase == OPEN && c->rx < c->want);

	if (waits && now - c->since > PATIENCE)
		wrong(c, "nothing for a minute", now);
	if (waits || paused || ending)
		return now + 1000;
	if (now < c->next)
		return c->next;
	if (c->phase == IDLE) {
		if (long_alone && c->kind == SHORT)
			return now + 1000;
		start(c, now);
		return now + 1000;
	}
	c->want += kinds[c->kind].bytes;
	c->since = now;
	c->next += kinds[c->kind].every;
	/* what an outage kept back is not made up for */
	if (c->next < now)
		c->next = now + kinds[c->kind].every;
	send_some(c, now);
	return c->next;
}

static bool at_rest(void)
{
	int i;

	for (i = 0; i < n_conns; i++)
		if (conns[i].phase == CONNECTING || conns[i].phase == CLOSING ||
		    (conns[i].phase == OPEN && conns[i].rx < conns[i].want))
			return false;
	return true;
}

static void marks(void)
{
	uint8_t info[256];
	int i;

	for (i = 0; i < n_conns; i++) {
		socklen_t len = sizeof(info);
		uint32_t token;

		if (conns[i].phase != OPEN || conns[i].kind == SHORT ||
		    getsockopt(conns[i].fd, SOL_MPTCP, OPT_MPTCP_INFO, info, &len))
			continue;
		memcpy(&token, info + INFO_TOKEN, sizeof(token));
		printf("conn token=%08x sent=%" PRIu64 "\n", token, conns[i].tx);
	}
	printf("done\n");
}

static void sums(void)
{
	printf("soak secs=%" PRIu64 " sent=%" PRIu64 " received=%" PRIu64 " connections=%" PRIu64
	       " errors=%" PRIu64 " worst_ms=%" PRIu64 "\ndone\n", (now_ms() - begun) / 1000,
	       sent, received, opened, errors, worst);
}

static void close_all(uint64_t now)
{
	int i;

	for (i = 0; i < n_conns; i++) {
		if (conns[i].phase != OPEN)
			continue;
		shutdown(conns[i].fd, SHUT_WR);
		conns[i].phase = CLOSING;
		conns[i].since = now;
	}
}

static bool all_closed(void)
{
	int i;

	for (i = 0; i < n_conns; i++)
		if (conns[i].phase != IDLE)
			return false;
	return true;
}

static int run(char **addr, int n_addr)
{
	struct epoll_event got[64];
	bool marking = false;
	uint64_t now, next;
	char line[64];
	int i, n;

	conns = calloc(n_conns, sizeof(*conns));
	begun = now_ms();
	for (i = 0; i < n_conns; i++) {
		conns[i].fd = -1;
		conns[i].kind = i % KINDS;
		conns[i].next = begun + i * 10;
		if (inet_pton(AF_INET, addr[i % KINDS == SHORT ? 0 : i / KINDS % n_addr],
			      &conns[i].to) != 1)
			return 2;
	}
	epoll_ctl(epfd, EPOLL_CTL_ADD, 0, &(struct epoll_event) { .events = EPOLLIN });
	for (;;) {
		now = now_ms();
		next = now + 1000;
		for (i = 0; i < n_conns; i++) {
			uint64_t then = due(&conns[i], now);

			if (then < next)
				next = then;
		}
		if (marking && at_rest()) {
			marks();
			marking = false;
		}
		if (ending && at_rest())
			close_all(now);
		if (ending && all_closed()) {
			sums();
			return errors ? 1 : 0;
		}
		fflush(stdout);
		now = now_ms();
		n = epoll_wait(epfd, got, 64, marking || ending ? 5 :
			       next > now ? (int)(next - now) : 0);
		now = now_ms();
		for (i = 0; i < n; i++) {
			if (got[i].data.ptr) {
				event(got[i].data.ptr, got[i].events, now);
				continue;
			}
			if (!fgets(line, sizeof(line), stdin))
				return 1;
			if (!strcmp(line, "mark\n")) {
				marking = true;
				paused = true;
			}
			if (!strcmp(line, "go\n") || !strcmp(line, "long\n"))
				paused = false;
			if (!strcmp(line, "long\n"))
				long_alone = true;
			if (!strcmp(line, "sum\n"))
				sums();
			else if (!strcmp(line, "end\n"))
				ending = true;
		}
	}
}

/* ---- the other end ---- */

struct peer {
	int fd;
	size_t have, done;
	uint8_t buf[CHUNK];
};

static void back(struct peer *p)
{
	ssize_t n;

	for (;;) {
		while (p->done < p->have) {
			n = send(p->fd, p->buf + p->done, p->have - p->done, MSG_NOSIGNAL);
			if (n < 0 && errno == EAGAIN)
				goto wait;
			if (n < 0)
				goto end;
			p->done += n;
		}
		n = recv(p->fd, p->buf, sizeof(p->buf), 0);
		if (n < 0 && errno == EAGAIN)
			goto wait;
		if (n <= 0)
			goto end;
		p->have = n;
		p->done = 0;
	}
wait:
	epoll_ctl(epfd, EPOLL_CTL_MOD, p->fd, &(struct epoll_event) {
		.events = p->done < p->have ? EPOLLOUT : EPOLLIN, .data.ptr = p });
	return;
end:
	close(p->fd);
	free(p);
}

static int serve(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct epoll_event got[64];
	int i, n, c, one = 1, fd;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_MPTCP);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1024)) {
		perror("mptcpx_soak: listen");
		return 1;
	}
	epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &(struct epoll_event) { .events = EPOLLIN });
	for (;;) {
		n = epoll_wait(epfd, got, 64, -1);
		for (i = 0; i < n; i++) {
			struct peer *p = got[i].data.ptr;

			if (p) {
				back(p);
				continue;
			}
			while ((c = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
				p = calloc(1, sizeof(*p));
				if (!p)
					return 1;
				p->fd = c;
				epoll_ctl(epfd, EPOLL_CTL_ADD, c, &(struct epoll_event) {
					.events = EPOLLIN, .data.ptr = p });
			}
		}
	}
}

int main(int argc, char **argv)
{
	struct rlimit many = { 8192, 8192 };

	setrlimit(RLIMIT_NOFILE, &many);
	setvbuf(stdin, NULL, _IONBF, 0);
	epfd = epoll_create1(0);
	if (argc >= 3)
		port = atoi(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return serve();
	if (argc >= 5 && !strcmp(argv[1], "run")) {
		n_conns = atoi(argv[3]);
		return run(argv + 4, argc - 4);
	}
	fputs("usage: mptcpx_soak listen PORT | run PORT N ADDR...\n", stderr);
	return 2;
}
