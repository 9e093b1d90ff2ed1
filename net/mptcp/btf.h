/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small reader of BTF, the kernel's description of its own types: enough to
 * find structures and functions by name and to ask where members lie and what
 * prototypes say. Works on any buffer and changes nothing.
 */
#ifndef MPTCPX_BTF_H
#define MPTCPX_BTF_H

#include <linux/types.h>

struct mptcpx_btf {
	const char *types;
	u32 types_len;
	const char *strings;
	u32 strings_len;
	u32 *at;	/* type id to offset in types; id 0 is void */
	u32 count;	/* ids run from 1 to count */
};

/* several types of one name may exist: every one is kept, up to this many */
#define MPTCPX_BTF_SAME	4

/* something to look for by name */
struct mptcpx_btf_want {
	const char *name;
	u8 kind;	/* BTF_KIND_STRUCT or BTF_KIND_FUNC */
	u8 found;	/* how many there are */
	u32 id[MPTCPX_BTF_SAME];
};

/*
 * Index @size bytes of BTF at @data and find all of @want on the way. 0,
 * -EINVAL (not BTF we can read) or -ENOMEM. Close what was opened.
 */
int mptcpx_btf_open(struct mptcpx_btf *btf, const void *data, size_t size,
		    struct mptcpx_btf_want *want, unsigned int wants);
void mptcpx_btf_close(struct mptcpx_btf *btf);

/* size of structure @id in bytes */
u32 mptcpx_btf_size(const struct mptcpx_btf *btf, u32 id);

/* one member of a structure; stop the walk by returning non-zero */
typedef int (*mptcpx_btf_member_fn)(void *arg, const char *name,
				    u32 bit_offset, u64 bit_size);

/*
 * Visit all members of structure @id in order. Those of unnamed structures and
 * unions count as its own; a named member of unnamed type is visited, then its
 * members as "name.member". What @fn returned, or -EINVAL for broken BTF.
 */
int mptcpx_btf_members(const struct mptcpx_btf *btf, u32 id,
		       mptcpx_btf_member_fn fn, void *arg);

/*
 * Write function @id as C: return type to @ret, argument types to @args, each
 * of @len bytes. 0 or -EINVAL.
 */
int mptcpx_btf_prototype(const struct mptcpx_btf *btf, u32 id,
			 char *ret, char *args, size_t len);

#endif /* MPTCPX_BTF_H */
