// SPDX-License-Identifier: GPL-2.0
/* mptcpx_nth: let the kernel's allocations fail in one thing it does: one of them, in
 * another try the next one, and so on to the last.
 *
 * usage: mptcpx_nth MOST load FILE		load a module, and unload it
 *        mptcpx_nth MOST write FILE TEXT BACK	write; after success write BACK
 *        mptcpx_nth MOST read FILE		read to the end
 *        mptcpx_nth MOST netns			make a network namespace, and end it
 *
 * Of all allocations the last MOST ones: what is ours comes last. Needs a kernel with
 * fault injection, for allocations that may sleep as well (/proc/self/fail-nth;
 * failslab/ignore-gfp-wait and fail_page_alloc/ignore-gfp-wait N, and
 * fail_page_alloc/min-order 0). A write that fails has to leave the file as it
 * was. Afterwards the same without a fault must work.
 *
 * Prints a line "nth what=WHAT of=N tried=N failed=N survived=N". Exit code: 0 success,
 * 1 something failed that must not, 2 usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAR	1000000		/* allocations that nothing makes */

static char **arg;
static int nth_fd;
static unsigned int *left;	/* until the allocation that fails; 0: it has failed */

static bool arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	return pwrite(nth_fd, text, len, 0) == len;
}

static void disarm(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) > 0)
		*left = atoi(text);
	arm(0);
}

static int slurp(const char *file, char *text, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t n = 0;
	size_t have = 0;

	if (fd < 0)
		return -errno;
	while (have < size && (n = read(fd, text + have, size - have)) > 0)
		have += n;
	if (n < 0)
		err = -errno;
	close(fd);
	return err ? err : (int)have;
}

static int put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* ---- what is done, with allocation @n failing: 0, or a negative errno ---- */

static int do_load(unsigned int n)
{
	char name[64];
	const char *base = strrchr(arg[0], '/');
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	arm(n);
	if (syscall(SYS_finit_module, fd, "", 0))
		err = -errno;
	disarm();
	close(fd);
	if (!err) {
		snprintf(name, sizeof(name), "%s", base ? base + 1 : arg[0]);
		name[strcspn(name, ".")] = 0;
		if (syscall(SYS_delete_module, name, 0))
			perror("mptcpx_nth: unload");
	}
	return err;
}

static int do_write(unsigned int n)
{
	static char was[65536], is[65536];
	int was_len = slurp(arg[0], was, sizeof(was)), is_len, err;

	arm(n);
	err = put(arg[0], arg[1]);
	disarm();
	if (!err)
		return put(arg[0], arg[2]) ? -EIO : 0;
	is_len = slurp(arg[0], is, sizeof(is));
	if (strncmp(arg[0], "/proc/net/", 10) && (is_len != was_len || memcmp(was, is, is_len))) {
		fprintf(stderr, "mptcpx_nth: failed, and yet changed: %s\n", arg[0]);
		exit(1);
	}
	return err;
}

static int do_read(unsigned int n)
{
	static char text[65536];
	int ret;

	arm(n);
	ret = slurp(arg[0], text, sizeof(text));
	disarm();
	return ret < 0 ? ret : 0;
}

static int do_netns(unsigned int n)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		int err = 0;

		/* of this thread */
		nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
		arm(n);
		if (unshare(CLONE_NEWNET))
			err = errno;
		disarm();
		_exit(err);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -EAGAIN;
	return -WEXITSTATUS(status);
}

static const struct {
	const char *name;
	int args;
	int (*run)(unsigned int n);
	unsigned int every;
} deeds[] = {
	{ "load", 1, do_load, 16 }, { "write", 3, do_write, 1 }, { "read", 1, do_read, 1 },
	{ "netns", 0, do_netns, 16 },
};

int main(int argc, char **argv)
{
	unsigned int n, of, most, tried = 0, failed = 0, survived = 0;
	size_t i;

	for (i = 0; argc > 2 && i < sizeof(deeds) / sizeof(*deeds); i++)
		if (!strcmp(deeds[i].name, argv[2]) && argc == 3 + deeds[i].args)
			break;
	if (argc < 3 || i == sizeof(deeds) / sizeof(*deeds)) {
		fputs("usage: mptcpx_nth MOST load FILE | write FILE TEXT BACK\n"
		      "       mptcpx_nth MOST read FILE | netns\n", stderr);
		return 2;
	}
	arg = argv + 3;
	most = atoi(argv[1]);
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0) {
		perror("mptcpx_nth: /proc/thread-self/fail-nth");
		return 1;
	}
	left = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (left == MAP_FAILED)
		return 1;
	/* with one far away: how many are there? */
	if (deeds[i].run(FAR) || !*left) {
		fprintf(stderr, "mptcpx_nth: %s fails without a fault\n", argv[2]);
		return 1;
	}
	of = FAR - *left;
	for (n = of > most ? of - most + 1 : 1; ; n++) {
		int err = deeds[i].run(n);

		if (*left) {
			if (!err)
				break;
			printf("nth %u: without a fault: %s\n", n, strerror(-err));
			return 1;
		}
		tried++;
		if (err)
			failed++;
		else
			survived++;
		if (err && err != -ENOMEM)
			printf("nth %u: %s\n", n, strerror(-err));
		/* what takes long, now and then */
		err = n % deeds[i].every ? 0 : deeds[i].run(0);
		if (err) {
			printf("nth %u: afterwards: %s\n", n, strerror(-err));
			return 1;
		}
	}
	printf("nth what=%s of=%u tried=%u failed=%u survived=%u\n", argv[2], of, tried, failed,
	       survived);
	return tried ? 0 : 1;
}
