// SPDX-License-Identifier: GPL-2.0
/*
 * Is the running kernel the one this module was built for?
 *
 * We use structures and functions that the kernel keeps to itself, so neither
 * module versions nor the loader can tell whether they still are what they
 * were. The kernel's BTF can: before anything else is done, every member of
 * the private structures, those members of public structures that we touch,
 * and the prototypes of the functions that we look up are compared to it.
 *
 * BTF does not hold macros, hence not the bit numbers of msk->flags and
 * msk->cb_flags. They only change with the source of the kernel: the release
 * must be that of the build, and so must the kernel's build id where the tree
 * that we were built against carries one. A kernel rebuilt with other bit
 * numbers under the same release, from headers without a build id, is the one
 * thing that is not noticed.
 */
#include <linux/bitmap.h>
#include <linux/btf.h>
#include <linux/buildid.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/utsname.h>
#include <generated/utsrelease.h>

#include "btf.h"
#include "layout.h"
#include "symbols.h"

#define MEMBERS_MAX	512
#define PROTOTYPE_MAX	160

struct mptcpx_member {
	const char *name;
	u32 bit_offset;
	u32 bit_size;
};

struct mptcpx_struct {
	const char *name;
	const struct mptcpx_member *members;
	unsigned int count;
	u32 size;
	bool complete;	/* all members are listed, not only those we use */
};

/* mptcpx_structs[], as the compiler laid them out */
#include "generated/mptcpx_members.h"

/* where a member is, as one reads it: bytes, and bits only if there are any */
static void __init place(char *buf, size_t len, u64 bits)
{
	if (bits % BITS_PER_BYTE)
		scnprintf(buf, len, "byte %llu bit %llu", bits / BITS_PER_BYTE,
			  bits % BITS_PER_BYTE);
	else
		scnprintf(buf, len, "byte %llu", bits / BITS_PER_BYTE);
}

/* one structure being compared */
struct compare {
	const struct mptcpx_struct *want;
	unsigned int next;	/* members mostly come in our order */
	unsigned int seen;
	DECLARE_BITMAP(met, MEMBERS_MAX);
};

static int __init compare_member(void *arg, const char *name, u32 bit_offset,
				 u64 bit_size)
{
	struct compare *cmp = arg;
	const struct mptcpx_struct *want = cmp->want;
	const struct mptcpx_member *m = NULL;
	char is[40], was[40];
	unsigned int i, at = 0;

	for (i = 0; i < want->count; i++) {
		at = (cmp->next + i) % want->count;
		if (!strcmp(want->members[at].name, name)) {
			m = &want->members[at];
			break;
		}
	}
	place(is, sizeof(is), bit_offset);
	if (!m && !want->complete)
		return 0;
	if (!m)
		return mptcpx_wrong_kernel("struct %s: unknown member %s at %s",
					   want->name, name, is);
	if (m->bit_offset != bit_offset) {
		place(was, sizeof(was), m->bit_offset);
		return mptcpx_wrong_kernel("struct %s: member %s at %s, built for %s",
					   want->name, name, is, was);
	}
	if (m->bit_size != bit_size)
		return mptcpx_wrong_kernel("struct %s: member %s of %llu bits, built for %u",
					   want->name, name, bit_size, m->bit_size);
	cmp->next = at + 1;
	if (!__test_and_set_bit(at, cmp->met))
		cmp->seen++;
	return 0;
}

static int __init compare_struct(const struct mptcpx_btf *btf, u32 id,
				 const struct mptcpx_struct *want,
				 struct compare *cmp)
{
	unsigned int missing;
	int err;

	if (WARN_ON(want->count > MEMBERS_MAX))
		return -ENOEXEC;
	memset(cmp, 0, sizeof(*cmp));
	cmp->want = want;
	err = mptcpx_btf_members(btf, id, compare_member, cmp);
	if (err == -EINVAL)
		return mptcpx_wrong_kernel("struct %s: cannot read its BTF", want->name);
	if (err)
		return err;
	if (cmp->seen < want->count) {
		missing = find_first_zero_bit(cmp->met, MEMBERS_MAX);
		return mptcpx_wrong_kernel("struct %s: no member %s", want->name,
					   want->members[missing].name);
	}
	if (mptcpx_btf_size(btf, id) != want->size)
		return mptcpx_wrong_kernel("struct %s: %u bytes, built for %u", want->name,
					   mptcpx_btf_size(btf, id), want->size);
	return 0;
}

static int __init compare_function(const struct mptcpx_btf *btf, u32 id,
				   const struct mptcpx_symbol *want)
{
	char ret[PROTOTYPE_MAX], args[PROTOTYPE_MAX];

	if (mptcpx_btf_prototype(btf, id, ret, args, sizeof(ret)))
		return mptcpx_wrong_kernel("function %s: cannot read its BTF", want->fn);
	if (strcmp(ret, want->ret) || strcmp(args, want->args))
		return mptcpx_wrong_kernel("function %s: is %s (%s), built for %s (%s)",
					   want->fn, ret, args, want->ret, want->args);
	return 0;
}

/* @want: first the structures of mptcpx_structs[], then the functions */
static int __init compare_all(const struct mptcpx_btf *btf,
			      const struct mptcpx_btf_want *want)
{
	struct compare *cmp;
	unsigned int i, k;
	int err = 0;

	cmp = kmalloc(sizeof(*cmp), GFP_KERNEL);
	if (!cmp)
		return -ENOMEM;

	for (i = 0; i < ARRAY_SIZE(mptcpx_structs) && !err; i++, want++) {
		if (!want->found)
			err = mptcpx_wrong_kernel("no struct %s", want->name);
		for (k = 0; k < want->found && !err; k++)
			err = compare_struct(btf, want->id[k], &mptcpx_structs[i], cmp);
	}
	for (i = 0; i < mptcpx_symbols_count && !err; i++, want++) {
		if (!want->found)
			err = mptcpx_wrong_kernel("no function %s in BTF", want->name);
		for (k = 0; k < want->found && !err; k++)
			err = compare_function(btf, want->id[k], &mptcpx_symbols[i]);
	}
	kfree(cmp);
	return err;
}

static int __init check_btf(void)
{
	unsigned int wants = ARRAY_SIZE(mptcpx_structs) + mptcpx_symbols_count;
	unsigned long start = mptcpx_symbol_address("__start_BTF");
	unsigned long stop = mptcpx_symbol_address("__stop_BTF");
	struct mptcpx_btf_want *want;
	struct mptcpx_btf btf;
	unsigned int i;
	int err;

	if (!start || stop <= start) {
		pr_err("mptcpx: no BTF in this kernel: needs CONFIG_DEBUG_INFO_BTF and CONFIG_KALLSYMS_ALL, refusing to load\n");
		return -ENOEXEC;
	}

	want = kcalloc(wants, sizeof(*want), GFP_KERNEL);
	if (!want)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(mptcpx_structs); i++) {
		want[i].kind = BTF_KIND_STRUCT;
		want[i].name = mptcpx_structs[i].name;
	}
	for (; i < wants; i++) {
		want[i].kind = BTF_KIND_FUNC;
		want[i].name = mptcpx_symbols[i - ARRAY_SIZE(mptcpx_structs)].fn;
	}

	err = mptcpx_btf_open(&btf, (const void *)start, stop - start, want, wants);
	if (err == -EINVAL)
		err = mptcpx_wrong_kernel("cannot read the kernel's BTF");
	if (!err) {
		err = compare_all(&btf, want);
		mptcpx_btf_close(&btf);
	}
	kfree(want);
	return err;
}

static int __init check_build(void)
{
	const char *release = init_utsname()->release;
	char text[2 * BUILD_ID_SIZE_MAX + 1];
	const u8 *id;

	if (strcmp(release, UTS_RELEASE))
		return mptcpx_wrong_kernel("kernel %s, built for %s", release, UTS_RELEASE);

	if (strlen(MPTCPX_BUILD_ID) != 2 * BUILD_ID_SIZE_MAX)
		return 0;
	id = (const u8 *)mptcpx_symbol_address("vmlinux_build_id");
	if (!id)
		return 0;
	scnprintf(text, sizeof(text), "%*phN", BUILD_ID_SIZE_MAX, id);
	if (strcmp(text, MPTCPX_BUILD_ID))
		return mptcpx_wrong_kernel("kernel build id %s, built for %s", text,
					   MPTCPX_BUILD_ID);
	return 0;
}

int __init mptcpx_layout_check(void)
{
	return check_btf() ?: check_build();
}
