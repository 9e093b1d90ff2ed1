// SPDX-License-Identifier: GPL-2.0
/* mptcpx_link: put other programs behind a scheduler's link, atomically.
 *
 * usage: mptcpx_link PINNED_LINK OBJECT
 *
 * PINNED_LINK is what "bpftool struct_ops register FILE DIRECTORY" left in DIRECTORY,
 * OBJECT a file with a scheduler of the same name and flags. The connections that use
 * the scheduler go on with the new programs; at no time are they without.
 * bpftool has no command for this: it is bpf_link__update_map() of libbpf.
 *
 * Exit code: 0 success, 1 failure, 2 usage.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct bpf_map *find_ops(struct bpf_object *obj)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			return map;
	return NULL;
}

static int fail(const char *what, const char *name)
{
	fprintf(stderr, "mptcpx_link: %s %s: %s\n", what, name, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct bpf_object *obj;
	struct bpf_link *link;
	struct bpf_map *map;

	if (argc != 3) {
		fprintf(stderr, "usage: mptcpx_link PINNED_LINK OBJECT\n");
		return 2;
	}
	link = bpf_link__open(argv[1]);
	if (!link)
		return fail("cannot open", argv[1]);
	obj = bpf_object__open_file(argv[2], NULL);
	if (!obj || bpf_object__load(obj))
		return fail("cannot load", argv[2]);
	map = find_ops(obj);
	if (!map) {
		fprintf(stderr, "mptcpx_link: no scheduler in %s\n", argv[2]);
		return 1;
	}
	if (bpf_link__update_map(link, map))
		return fail("cannot update", argv[1]);
	return 0;
}
