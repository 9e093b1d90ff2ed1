// SPDX-License-Identifier: GPL-2.0
/* mptcpx_crowd: a great many MPTCP connections from few processes.
 *
 *   mptcpx_crowd listen PORT			echo whatever comes
 *   mptcpx_crowd connect ADDR PORT N SECS	N connections, held for SECS seconds,
 *						then each shown to be alive
 *
 * IPv4 only. "up n=N" is printed when all are there. Exit code: 0 if all were
 * alive at the end, 1 if not, 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int die(const char *what)
{
	perror(what);
	return 1;
}

static int crowd_listen(uint16_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int fd, ep, one = 1;

	fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 4096))
		return die("listen");
	ep = epoll_create1(0);
	ev.data.fd = fd;
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
	for (;;) {
		int n = epoll_wait(ep, got, 64, -1);

		for (int i = 0; i < n; i++) {
			char buf[256];
			ssize_t len;

			if (got[i].data.fd == fd) {
				ev.data.fd = accept(fd, NULL, NULL);
				if (ev.data.fd >= 0)
					epoll_ctl(ep, EPOLL_CTL_ADD, ev.data.fd, &ev);
				continue;
			}
			len = read(got[i].data.fd, buf, sizeof(buf));
			if (len <= 0 || write(got[i].data.fd, buf, len) != len)
				close(got[i].data.fd);
		}
	}
}

static int echo(int fd, uint64_t word)
{
	uint64_t back = 0;

	return write(fd, &word, sizeof(word)) == sizeof(word) &&
	       recv(fd, &back, sizeof(back), MSG_WAITALL) == sizeof(back) && back == word;
}

static int crowd_connect(const char *to, uint16_t port, int n, unsigned int secs)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval limit = { .tv_sec = 20 };
	int i, ok = 0, *fds = calloc(n, sizeof(*fds));

	inet_pton(AF_INET, to, &addr.sin_addr);
	for (i = 0; i < n; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
		setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		if (fds[i] < 0 || connect(fds[i], (struct sockaddr *)&addr, sizeof(addr)))
			return die("connect");
		if (!echo(fds[i], i))
			return die("echo");
	}
	printf("up n=%d\n", n);
	fflush(stdout);
	sleep(secs);
	for (i = 0; i < n; i++)
		ok += echo(fds[i], ~(uint64_t)i);
	printf("crowd n=%d ok=%d\n", n, ok);
	return ok != n;
}

int main(int argc, char **argv)
{
	struct rlimit many = { 20000, 20000 };

	setrlimit(RLIMIT_NOFILE, &many);
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return crowd_listen(atoi(argv[2]));
	if (argc == 6 && !strcmp(argv[1], "connect"))
		return crowd_connect(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	fputs("usage: mptcpx_crowd listen PORT | connect ADDR PORT N SECS\n", stderr);
	return 2;
}
