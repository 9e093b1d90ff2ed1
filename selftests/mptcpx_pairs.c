// SPDX-License-Identifier: GPL-2.0
/* mptcpx_pairs: many idle MPTCP connections in one namespace.
 *
 * usage: mptcpx_pairs PAIRS
 *
 * Opens PAIRS connections to itself over 127.0.0.1, so that twice as many sockets
 * are established, and prints "ready N". Each further line of standard input sends
 * a byte through every connection, both ways, and prints "alive N": N sockets got
 * what their peer sent. Ends with standard input.
 *
 * Exit code: 0 success, 1 failure, 2 usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static void die(const char *what)
{
	fprintf(stderr, "mptcpx_pairs: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connected(int listener, const struct sockaddr_in *to, int *other)
{
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	if (fd < 0)
		die("socket");
	if (connect(fd, (const void *)to, sizeof(*to)))
		die("connect");
	*other = accept(listener, NULL, NULL);
	if (*other < 0)
		die("accept");
	return fd;
}

/* a byte through each of @fd, which come in pairs; how many got theirs */
static int alive(const int *fd, int n)
{
	struct pollfd p;
	int i, ok = 0;
	char c;

	for (i = 0; i < n; i++) {
		c = 'a' + i % 26;
		if (send(fd[i], &c, 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1)
			fprintf(stderr, "send %d: %s\n", i, strerror(errno));
	}
	for (i = 0; i < n; i++) {
		p.fd = fd[i];
		p.events = POLLIN;
		if (poll(&p, 1, 10000) == 1 && recv(fd[i], &c, 1, 0) == 1 &&
		    c == 'a' + (i ^ 1) % 26)
			ok++;
	}
	return ok;
}

int main(int argc, char **argv)
{
	int i, listener, pairs = argc == 2 ? atoi(argv[1]) : 0;
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	struct rlimit limit;
	char line[64];
	int *fd;

	if (pairs <= 0) {
		fprintf(stderr, "usage: mptcpx_pairs PAIRS\n");
		return 2;
	}
	limit.rlim_max = 2 * pairs + 64;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
	fd = calloc(2 * pairs, sizeof(*fd));
	listener = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	if (!fd || listener < 0)
		die("socket");
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (void *)&addr, sizeof(addr)) || listen(listener, 128) ||
	    getsockname(listener, (void *)&addr, &len))
		die("listen");
	for (i = 0; i < pairs; i++)
		fd[2 * i] = connected(listener, &addr, &fd[2 * i + 1]);
	printf("ready %d\n", 2 * pairs);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("alive %d\n", alive(fd, 2 * pairs));
		fflush(stdout);
	}
	return 0;
}
