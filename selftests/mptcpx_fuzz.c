// SPDX-License-Identifier: GPL-2.0
/* mptcpx_fuzz: write random and mutated text to files that take text.
 *
 * usage: mptcpx_fuzz SEED WRITES FILE... <WORDS
 *
 * WORDS, one a line, are what text is made of, beside random bytes, numbers and
 * what a file reads as. It is written in one piece, in pieces, at an offset, or
 * from memory that ends too soon. The same SEED makes the same text, as long as
 * the files answer alike.
 *
 * Of a file that can be read is demanded:
 *   - a text that is refused changes nothing;
 *   - whatever was taken, the file can be read, whole or byte by byte (but numbers,
 *     which proc_dointvec() hands out once), and what it reads as can be written
 *     back, and reads the same then.
 *
 * Prints SEED at the start and, a line each file, how many texts were taken and
 * refused. Exit code: 0 success, 1 a demand was not met, 2 usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define TEXT_MAX	70000	/* beyond a page, beyond any limit of ours */
#define READ_MAX	65536
#define WORDS_MAX	128

struct file {
	const char *name;
	bool read_back;
	uint64_t taken, refused, partly;
};

static uint64_t state;
static char *words[WORDS_MAX];
static unsigned int n_words;
static char *edge;	/* the end of what is mapped */

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return next() % n;
}

/* what the file reads as, one byte a read() if @bytewise; -1 if it cannot be read */
static ssize_t slurp(const char *name, char *text, bool bytewise)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	do {
		n = read(fd, text + have, bytewise ? 1 : READ_MAX - have);
		if (n > 0)
			have += n;
	} while (n > 0 && have < READ_MAX);
	close(fd);
	return n < 0 ? -1 : (ssize_t)have;
}

/* ---- texts ---- */

static size_t random_bytes(char *text)
{
	size_t i, len = below(64);

	for (i = 0; i < len; i++)
		text[i] = next();
	return len;
}

static size_t add(char *text, size_t len, const char *more)
{
	size_t n = strlen(more);

	if (len + n > TEXT_MAX)
		return len;
	memcpy(text + len, more, n);
	return len + n;
}

static size_t some_words(char *text, size_t most)
{
	static const char * const between[] = {
		" ", " ", ",", "\n", "\t", "=", "-", ":", ".", "*", "", "", ";", "\r",
	};
	size_t n = 1 + below(most), len = 0;

	while (n--) {
		len = add(text, len, words[below(n_words)]);
		if (n)
			len = add(text, len, between[below(sizeof(between) / sizeof(*between))]);
	}
	if (len && below(2))
		len = add(text, len, "\n");
	return len;
}

static size_t number(char *text)
{
	static const char * const forms[] = {
		"%" PRId64, "%" PRId64 "\n", "%" PRId64 " 1\n", "+%" PRId64, "0x%" PRIx64,
		"%" PRId64 ".5", "0%" PRIo64, "%" PRId64 "%%",
	};
	uint64_t value = next();
	const char *form = forms[below(sizeof(forms) / sizeof(*forms))];

	/* all magnitudes alike, both signs, and the neighbours of powers of two */
	value >>= below(64);
	if (!below(3))
		value = (1ULL << below(64)) + below(3) - 1;
	if (!below(4))
		value = -value;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return snprintf(text, 64, form, value);
#pragma GCC diagnostic pop
}

static size_t mutated(char *text, size_t len)
{
	size_t n = 1 + below(4), at;

	while (n--) {
		at = below(len + 1);
		switch (below(5)) {
		case 0:
			if (at < len)
				text[at] ^= 1 << below(8);
			break;
		case 1:
			if (at < len)
				memmove(text + at, text + at + 1, --len - at);
			break;
		case 2:
			if (len < TEXT_MAX) {
				memmove(text + at + 1, text + at, len++ - at);
				text[at] = next();
			}
			break;
		case 3:
			len = at;
			break;
		case 4:
			if (2 * len <= TEXT_MAX) {
				memcpy(text + len, text, len);
				len *= 2;
			}
			break;
		}
	}
	return len;
}

static size_t long_text(char *text)
{
	size_t len = 0, want = below(TEXT_MAX);
	const char *word = words[below(n_words)];

	while (len < want && len + strlen(word) + 1 < TEXT_MAX) {
		len = add(text, len, word);
		text[len++] = ' ';
	}
	return len;
}

static size_t make_text(char *text, const char *was, ssize_t was_len)
{
	size_t kind = below(100);

	if (kind < 20)
		return random_bytes(text);
	if (kind < 35)
		return number(text);
	if (kind < 40)
		return some_words(text, 1);
	if (kind < 70 || was_len < 0)
		return some_words(text, 6);
	if (kind < 72)
		return some_words(text, 100);
	if (kind < 74)
		return long_text(text);
	memcpy(text, was, was_len);
	return mutated(text, was_len);
}

/* ---- writing ---- */

/* bytes written, or -1; *whole: in one write(), from the beginning */
static ssize_t put(int fd, char *text, size_t len, bool *whole)
{
	size_t at = len ? below(len) : 0;
	struct iovec iov[2] = { { text, at }, { text + at, len - at } };
	ssize_t n, more;

	*whole = false;
	switch (below(20)) {
	case 0:	/* in pieces */
		n = write(fd, text, at);
		more = write(fd, text + at, len - at);
		return n < 0 && more < 0 ? -1 : (n > 0 ? n : 0) + (more > 0 ? more : 0);
	case 1:
		return pwrite(fd, text, len, below(5000));
	case 2:
		return writev(fd, iov, 2);
	case 3:	/* more than there is memory */
		at = len < 4096 ? len : 4096;
		memcpy(edge - at, text, at);
		return write(fd, edge - at, at + 1 + below(5000));
	case 4:	/* just what there is */
		*whole = true;
		at = len < 4096 ? len : 4096;
		memcpy(edge - at, text, at);
		return write(fd, edge - at, at);
	default:
		*whole = true;
		return write(fd, text, len);
	}
}

static void show(const char *what, const char *text, size_t len)
{
	size_t i;

	printf("  %s (%zu bytes): ", what, len);
	for (i = 0; i < len && i < 200; i++)
		printf(text[i] < ' ' || text[i] > '~' ? "\\%03o" : "%c",
		       (unsigned char)text[i]);
	printf("\n");
}

static int broken(const struct file *f, const char *why, const char *text, size_t len,
		  const char *was, size_t was_len, const char *is, ssize_t is_len)
{
	printf("%s: %s\n", f->name, why);
	show("written", text, len);
	show("before", was, was_len);
	if (is_len >= 0)
		show("after", is, is_len);
	return -1;
}

/* readable, the same in small pieces, and it takes what it says */
static int valid(const struct file *f)
{
	static char text[READ_MAX], again[READ_MAX];
	ssize_t len = slurp(f->name, text, false), n;
	int fd;

	if (len < 0)
		return broken(f, "cannot be read", "", 0, "", 0, "", 0);
	n = slurp(f->name, again, true);
	if (n < 0 || (n != len && strspn(text, "0123456789") + 1 != (size_t)len) ||
	    memcmp(text, again, n))
		return broken(f, "reads otherwise byte by byte", "", 0, text, len, again, n);
	fd = open(f->name, O_WRONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : write(fd, text, len);
	close(fd);
	if (n != len)
		return broken(f, "does not take what it reads as", text, len, text, len, "", 0);
	n = slurp(f->name, again, false);
	if (n != len || memcmp(text, again, len))
		return broken(f, "is not what was written back", text, len, text, len, again, n);
	return 0;
}

static int one(struct file *f)
{
	static char was[READ_MAX], is[READ_MAX], text[TEXT_MAX + 1];
	ssize_t was_len = f->read_back ? slurp(f->name, was, false) : -1, is_len, n;
	size_t len = make_text(text, was, was_len);
	int fd = open(f->name, O_WRONLY | O_CLOEXEC);
	bool whole;

	if (fd < 0)
		return broken(f, strerror(errno), "", 0, "", 0, "", -1);
	n = put(fd, text, len, &whole);
	close(fd);
	if (n < 0)
		f->refused++;
	else if ((size_t)n < len)
		f->partly++;
	else
		f->taken++;
	if (!f->read_back)
		return 0;
	is_len = slurp(f->name, is, false);
	if (n < 0 && (is_len != was_len || memcmp(was, is, is_len)))
		return broken(f, "refused, and yet changed", text, len, was, was_len, is, is_len);
	if (whole && n >= 0 && (size_t)n < len && n)
		return broken(f, "taken in part", text, len, was, was_len, is, is_len);
	return (n >= 0 && !below(16)) ? valid(f) : 0;
}

int main(int argc, char **argv)
{
	struct file *files;
	uint64_t i, n;
	char line[256];
	size_t k;

	if (argc < 4) {
		fputs("usage: mptcpx_fuzz SEED WRITES FILE... <WORDS\n", stderr);
		return 2;
	}
	state = strtoull(argv[1], NULL, 0);
	n = strtoull(argv[2], NULL, 0);
	printf("fuzz seed=%" PRIu64 " writes=%" PRIu64 "\n", state, n);
	while (n_words < WORDS_MAX && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		words[n_words++] = strdup(line);
	}
	if (!n_words)
		words[n_words++] = "1";
	edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (edge == MAP_FAILED || munmap(edge + 4096, 4096))
		return 1;
	edge += 4096;
	files = calloc(argc - 3, sizeof(*files));
	for (k = 0; k < (size_t)argc - 3; k++) {
		files[k].name = argv[k + 3];
		/* what /proc/net takes are commands */
		files[k].read_back = !!strncmp(argv[k + 3], "/proc/net/", 10);
	}
	for (i = 0; i < n; i++) {
		if (one(&files[below(argc - 3)])) {
			printf("at write %" PRIu64 "\n", i);
			return 1;
		}
	}
	for (k = 0; k < (size_t)argc - 3; k++) {
		printf("%s taken=%" PRIu64 " refused=%" PRIu64 " partly=%" PRIu64 "\n",
		       files[k].name, files[k].taken, files[k].refused, files[k].partly);
		if (files[k].read_back && valid(&files[k]))
			return 1;
	}
	return 0;
}
