// SPDX-License-Identifier: GPL-2.0
/* mptcpx_as: run a command as somebody else.
 *
 * usage: mptcpx_as WHO COMMAND [ARGUMENT]...
 *
 * WHO is one of
 *
 *   root         as we are
 *   root-nocap   uid 0, without CAP_NET_ADMIN
 *   user         uid and gid 65534, no capabilities
 *   userns       user, root of a user namespace of its own
 *   netns        userns, in a network namespace of its own, too
 *   netns-nocap  netns, without CAP_NET_ADMIN
 *
 * What is dropped is dropped for good: from the bounding set, so that exec()
 * does not give it back. Exit code: that of COMMAND; 2 usage, 126 not possible.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <linux/capability.h>

#define NOBODY 65534

static void die(const char *what)
{
	fprintf(stderr, "mptcpx_as: %s: %s\n", what, strerror(errno));
	exit(126);
}

static void drop_net_admin(void)
{
	if (prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN, 0, 0, 0))
		die("capability");
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		die("uid");
	/* or its own files in /proc are root's */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
		die("dumpable");
}

static void put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(file);
	close(fd);
}

static void become_root_of_userns(void)
{
	become_nobody();
	if (unshare(CLONE_NEWUSER))
		die("user namespace");
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", "0 65534 1");
	put("/proc/self/gid_map", "0 65534 1");
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0))
		die("uid");
}

/*
 * After the ids have been mapped: its files in /proc/net belong to who is root at
 * that time, and to the machine's root if there is no such id yet.
 */
static void new_netns(void)
{
	if (unshare(CLONE_NEWNET))
		die("network namespace");
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: mptcpx_as WHO COMMAND [ARGUMENT]...\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "root-nocap")) {
		drop_net_admin();
	} else if (!strcmp(argv[1], "user")) {
		become_nobody();
	} else if (!strcmp(argv[1], "userns")) {
		become_root_of_userns();
	} else if (!strcmp(argv[1], "netns")) {
		become_root_of_userns();
		new_netns();
	} else if (!strcmp(argv[1], "netns-nocap")) {
		become_root_of_userns();
		new_netns();
		drop_net_admin();
	} else if (strcmp(argv[1], "root")) {
		fprintf(stderr, "mptcpx_as: '%s'?\n", argv[1]);
		return 2;
	}
	execvp(argv[2], argv + 2);
	die(argv[2]);
}
