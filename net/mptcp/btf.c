// SPDX-License-Identifier: GPL-2.0
/*
 * A small reader of BTF, see btf.h. Every offset, id and length that comes
 * from the data is checked before it is used.
 */
#include <linux/bitmap.h>
#include <linux/btf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "btf.h"

/* nesting no kernel reaches: only broken BTF does */
#define DEPTH_MAX	16
#define NAME_MAX_LEN	128

/*
 * The info word as of kernel 7.x; older kernels use fewer bits of both fields
 * and leave the others zero.
 */
static u32 type_kind(const struct btf_type *t)
{
	return (t->info >> 24) & 0x7f;
}

static u32 type_vlen(const struct btf_type *t)
{
	return t->info & 0xffffff;
}

static bool type_kflag(const struct btf_type *t)
{
	return t->info >> 31;
}

/* bytes that follow the common part of a type; -1 for a kind we do not know */
static s64 type_extra(const struct btf_type *t)
{
	s64 vlen = type_vlen(t);

	switch (type_kind(t)) {
	case BTF_KIND_INT:
		return sizeof(u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return vlen * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(struct btf_decl_tag);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

/* NULL for void and for ids that do not exist */
static const struct btf_type *type_by_id(const struct mptcpx_btf *btf, u32 id)
{
	if (!id || id > btf->count)
		return NULL;
	return (const void *)(btf->types + btf->at[id]);
}

static const void *type_tail(const struct btf_type *t)
{
	return t + 1;
}

static const char *string_at(const struct mptcpx_btf *btf, u32 off)
{
	return off < btf->strings_len ? btf->strings + off : "";
}

static void want_match(struct mptcpx_btf_want *want, unsigned int wants,
		       u32 kind, const char *name, u32 id)
{
	unsigned int i;

	for (i = 0; i < wants; i++) {
		if (want[i].kind != kind || strcmp(want[i].name, name))
			continue;
		if (want[i].found < MPTCPX_BTF_SAME)
			want[i].id[want[i].found++] = id;
	}
}

static int btf_sections(struct mptcpx_btf *btf, const void *data, size_t size)
{
	const struct btf_header *hdr = data;
	size_t left;

	if (size < offsetofend(struct btf_header, str_len) ||
	    hdr->magic != BTF_MAGIC || hdr->version != BTF_VERSION ||
	    hdr->hdr_len < offsetofend(struct btf_header, str_len) ||
	    hdr->hdr_len > size)
		return -EINVAL;

	left = size - hdr->hdr_len;
	if (hdr->type_off > left || hdr->type_len > left - hdr->type_off ||
	    hdr->str_off > left || hdr->str_len > left - hdr->str_off ||
	    hdr->type_off % sizeof(u32) || hdr->hdr_len % sizeof(u32) ||
	    !hdr->str_len)
		return -EINVAL;

	btf->types = (const char *)data + hdr->hdr_len + hdr->type_off;
	btf->types_len = hdr->type_len;
	btf->strings = (const char *)data + hdr->hdr_len + hdr->str_off;
	btf->strings_len = hdr->str_len;
	/* so that no string runs out of its section */
	if (btf->strings[btf->strings_len - 1])
		return -EINVAL;
	return 0;
}

int mptcpx_btf_open(struct mptcpx_btf *btf, const void *data, size_t size,
		    struct mptcpx_btf_want *want, unsigned int wants)
{
	/* a kernel has a hundred thousand types: most are ruled out by this */
	DECLARE_BITMAP(initials, 256) = { };
	unsigned int i;
	u32 off = 0;
	int err;

	for (i = 0; i < wants; i++)
		__set_bit((u8)*want[i].name, initials);

	memset(btf, 0, sizeof(*btf));
	err = btf_sections(btf, data, size);
	if (err)
		return err;

	btf->at = kvmalloc_array(btf->types_len / sizeof(struct btf_type) + 1,
				 sizeof(*btf->at), GFP_KERNEL);
	if (!btf->at)
		return -ENOMEM;
	btf->at[0] = 0;

	while (off < btf->types_len) {
		const struct btf_type *t = (const void *)(btf->types + off);
		u32 left = btf->types_len - off;
		const char *name;
		s64 extra;
		u32 kind;

		if (left < sizeof(*t))
			goto broken;
		extra = type_extra(t);
		if (extra < 0 || extra > left - sizeof(*t))
			goto broken;
		btf->at[++btf->count] = off;
		off += sizeof(*t) + extra;

		kind = type_kind(t);
		if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_FUNC)
			continue;
		name = string_at(btf, t->name_off);
		if (test_bit((u8)*name, initials))
			want_match(want, wants, kind, name, btf->count);
	}
	return 0;

broken:
	mptcpx_btf_close(btf);
	return -EINVAL;
}

void mptcpx_btf_close(struct mptcpx_btf *btf)
{
	kvfree(btf->at);
	btf->at = NULL;
	btf->count = 0;
}

u32 mptcpx_btf_size(const struct mptcpx_btf *btf, u32 id)
{
	const struct btf_type *t = type_by_id(btf, id);

	return t ? t->size : 0;
}

/* size of any type in bits; 0 if it has none */
static u64 type_bits(const struct mptcpx_btf *btf, u32 id)
{
	u64 times = BITS_PER_BYTE;
	unsigned int depth;

	for (depth = 0; depth < DEPTH_MAX; depth++) {
		const struct btf_type *t = type_by_id(btf, id);
		const struct btf_array *array;

		if (!t)
			return 0;
		switch (type_kind(t)) {
		case BTF_KIND_INT:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FLOAT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			return check_mul_overflow(times, t->size, &times) ? 0 : times;
		case BTF_KIND_PTR:
			return check_mul_overflow(times, sizeof(void *), &times) ?
				0 : times;
		case BTF_KIND_ARRAY:
			array = type_tail(t);
			if (check_mul_overflow(times, array->nelems, &times))
				return 0;
			id = array->type;
			break;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = t->type;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

/* one level of mptcpx_btf_members(): @path holds the name so far */
static int walk(const struct mptcpx_btf *btf, u32 id, u64 base, char *path,
		unsigned int depth, mptcpx_btf_member_fn fn, void *arg)
{
	const struct btf_type *t = type_by_id(btf, id);
	const struct btf_member *m;
	size_t len = strlen(path);
	u32 i;

	if (!t || depth >= DEPTH_MAX ||
	    (type_kind(t) != BTF_KIND_STRUCT && type_kind(t) != BTF_KIND_UNION))
		return -EINVAL;

	m = type_tail(t);
	for (i = 0; i < type_vlen(t); i++, m++) {
		const char *name = string_at(btf, m->name_off);
		const struct btf_type *mt = type_by_id(btf, m->type);
		u64 at = base + (type_kflag(t) ? m->offset & 0xffffff : m->offset);
		u32 bits = type_kflag(t) ? m->offset >> 24 : 0;
		bool nested, named = *name;
		int err;

		if (!mt || at > U32_MAX)
			return -EINVAL;
		nested = (type_kind(mt) == BTF_KIND_STRUCT ||
			  type_kind(mt) == BTF_KIND_UNION) &&
			 !*string_at(btf, mt->name_off);
		if (named) {
			scnprintf(path + len, NAME_MAX_LEN - len, "%s", name);
			err = fn(arg, path, at, bits ?: type_bits(btf, m->type));
			if (err)
				return err;
		}
		if (nested) {
			if (named)
				strlcat(path, ".", NAME_MAX_LEN);
			err = walk(btf, m->type, at, path, depth + 1, fn, arg);
			if (err)
				return err;
		}
		path[len] = '\0';
	}
	return 0;
}

int mptcpx_btf_members(const struct mptcpx_btf *btf, u32 id,
		       mptcpx_btf_member_fn fn, void *arg)
{
	char path[NAME_MAX_LEN] = "";

	return walk(btf, id, 0, path, 0, fn, arg);
}

/* append type @id as C to @buf */
static int render(const struct mptcpx_btf *btf, u32 id, char *buf, size_t len,
		  unsigned int depth)
{
	const struct btf_type *t = type_by_id(btf, id);
	const char *word = "";
	int err;

	if (!id) {
		strlcat(buf, "void", len);
		return 0;
	}
	if (!t || depth >= DEPTH_MAX)
		return -EINVAL;

	switch (type_kind(t)) {
	case BTF_KIND_PTR:
		err = render(btf, t->type, buf, len, depth + 1);
		if (err)
			return err;
		strlcat(buf, *buf && buf[strlen(buf) - 1] == '*' ? "*" : " *", len);
		return 0;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
		word = type_kind(t) == BTF_KIND_CONST ? "const" : "volatile";
		if (type_by_id(btf, t->type) &&
		    type_kind(type_by_id(btf, t->type)) == BTF_KIND_PTR) {
			err = render(btf, t->type, buf, len, depth + 1);
			strlcat(buf, word, len);
			return err;
		}
		strlcat(buf, word, len);
		strlcat(buf, " ", len);
		return render(btf, t->type, buf, len, depth + 1);
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return render(btf, t->type, buf, len, depth + 1);
	case BTF_KIND_STRUCT:
		word = "struct ";
		break;
	case BTF_KIND_UNION:
		word = "union ";
		break;
	case BTF_KIND_FWD:
		word = type_kflag(t) ? "union " : "struct ";
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		word = "enum ";
		break;
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPEDEF:
		break;
	case BTF_KIND_FUNC_PROTO:
		strlcat(buf, "function", len);
		return 0;
	default:
		return -EINVAL;
	}
	strlcat(buf, word, len);
	strlcat(buf, string_at(btf, t->name_off), len);
	return 0;
}

int mptcpx_btf_prototype(const struct mptcpx_btf *btf, u32 id,
			 char *ret, char *args, size_t len)
{
	const struct btf_type *func = type_by_id(btf, id);
	const struct btf_type *proto;
	const struct btf_param *param;
	u32 i;
	int err;

	if (!func || type_kind(func) != BTF_KIND_FUNC)
		return -EINVAL;
	proto = type_by_id(btf, func->type);
	if (!proto || type_kind(proto) != BTF_KIND_FUNC_PROTO)
		return -EINVAL;

	*ret = '\0';
	err = render(btf, proto->type, ret, len, 0);
	if (err)
		return err;

	*args = '\0';
	param = type_tail(proto);
	for (i = 0; i < type_vlen(proto); i++) {
		if (i)
			strlcat(args, ", ", len);
		/* a last one without type: a variable list */
		if (!param[i].type) {
			strlcat(args, "...", len);
			continue;
		}
		err = render(btf, param[i].type, args, len, 0);
		if (err)
			return err;
	}
	if (!i)
		strlcat(args, "void", len);
	return 0;
}

#ifdef MPTCPX_KUNIT
#include "btf_test.c"
#endif
