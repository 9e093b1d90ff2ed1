// SPDX-License-Identifier: GPL-2.0
/* mptcpx_stuck: an MPTCP connection that its process keeps to itself.
 *
 *   mptcpx_stuck ADDR PORT SECS
 *
 * It sends from a page that never comes: the kernel owns the connection while it copies,
 * for as long as whoever serves the page (userfaultfd) likes. "stuck" is printed then.
 * IPv4 only. Exit code: 0, 1 on errors, 2 usage, 4 if this kernel has no userfaultfd.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int fd;
static char *page;

static void *sender(void *arg)
{
	if (write(fd, page, 4096) < 0)
		perror("write");
	return arg;
}

static int die(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct pollfd fault = { .events = POLLIN };
	pthread_t thread;

	if (argc != 4 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1) {
		fputs("usage: mptcpx_stuck ADDR PORT SECS\n", stderr);
		return 2;
	}
	addr.sin_port = htons(atoi(argv[2]));
	fault.fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (fault.fd < 0)
		return 4;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)page;
	reg.range.len = 4096;
	if (page == MAP_FAILED || ioctl(fault.fd, UFFDIO_API, &api) ||
	    ioctl(fault.fd, UFFDIO_REGISTER, &reg))
		return die("userfaultfd");
	fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return die("connect");
	if (pthread_create(&thread, NULL, sender, NULL))
		return 1;
	if (poll(&fault, 1, 10000) != 1) {
		fputs("no fault\n", stderr);
		return 1;
	}
	puts("stuck");
	fflush(stdout);
	sleep(atoi(argv[3]));
	/* the page is given up with everything else */
	_exit(0);
}
