// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the BTF reader; included at the end of btf.c. What is read is
 * put together here, good or hostile, in memory of its very size: KASAN sees
 * every byte read beyond.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#define IMAGE_WORDS	256
#define IMAGE_STRINGS	256

struct btf_image {
	u32 types[IMAGE_WORDS];
	unsigned int words;
	char strings[IMAGE_STRINGS];
	unsigned int len;
	u32 ids;
};

static u32 image_string(struct btf_image *image, const char *text)
{
	u32 at = image->len;

	if (!*text)
		return 0;
	image->len += strscpy(image->strings + at, text, IMAGE_STRINGS - at) + 1;
	return at;
}

static void image_word(struct btf_image *image, u32 word)
{
	image->types[image->words++] = word;
}

/* the common part; the id it gets */
static u32 image_type(struct btf_image *image, const char *name, u32 kind, u32 vlen, u32 size)
{
	image_word(image, image_string(image, name));
	image_word(image, kind << 24 | vlen);
	image_word(image, size);
	return ++image->ids;
}

static void image_member(struct btf_image *image, const char *name, u32 type, u32 offset)
{
	image_word(image, image_string(image, name));
	image_word(image, type);
	image_word(image, offset);
}

static u32 image_int(struct btf_image *image, const char *name, u32 size)
{
	u32 id = image_type(image, name, BTF_KIND_INT, 0, size);

	image_word(image, size * 8);
	return id;
}

static struct btf_image *image_new(struct kunit *test)
{
	struct btf_image *image = kunit_kzalloc(test, sizeof(*image), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	image->len = 1;		/* string 0 is empty */
	return image;
}

/* as the kernel has it in memory, in a buffer of its size */
static void *image_bytes(struct kunit *test, const struct btf_image *image, size_t *size)
{
	struct btf_header *hdr;

	*size = sizeof(*hdr) + image->words * 4 + image->len;
	hdr = kunit_kzalloc(test, *size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hdr);
	hdr->magic = BTF_MAGIC;
	hdr->version = BTF_VERSION;
	hdr->hdr_len = sizeof(*hdr);
	hdr->type_len = image->words * 4;
	hdr->str_off = hdr->type_len;
	hdr->str_len = image->len;
	memcpy(hdr + 1, image->types, hdr->type_len);
	memcpy((char *)(hdr + 1) + hdr->str_off, image->strings, image->len);
	return hdr;
}

#define KFLAG	BIT(7)	/* of the kind */

/*
 * struct s { int a; u8 bits:3; struct { int b[3]; }; union { void *p; } u;
 *	      const t c; };	typedef int t; int f(struct s *, const char *, ...);
 */
static struct btf_image *image_sample(struct kunit *test)
{
	struct btf_image *image = image_new(test);
	u32 i, c, array, inner, un, p, td, cq, s, sp, cc, ccp, proto;

	i = image_int(image, "int", 4);
	c = image_int(image, "char", 1);
	array = image_type(image, "", BTF_KIND_ARRAY, 0, 0);
	image_word(image, i);
	image_word(image, i);
	image_word(image, 3);
	inner = image_type(image, "", BTF_KIND_STRUCT, 1, 12);
	image_member(image, "b", array, 0);
	p = image_type(image, "", BTF_KIND_PTR, 0, 0);
	un = image_type(image, "", BTF_KIND_UNION, 1, 8);
	image_member(image, "p", p, 0);
	td = image_type(image, "t", BTF_KIND_TYPEDEF, 0, i);
	cq = image_type(image, "", BTF_KIND_CONST, 0, td);
	s = image_type(image, "s", BTF_KIND_STRUCT | KFLAG, 5, 40);
	image_member(image, "a", i, 0);
	image_member(image, "bits", c, 3U << 24 | 33);
	image_member(image, "", inner, 64);
	image_member(image, "u", un, 192);
	image_member(image, "c", cq, 256);
	sp = image_type(image, "", BTF_KIND_PTR, 0, s);
	cc = image_type(image, "", BTF_KIND_CONST, 0, c);
	ccp = image_type(image, "", BTF_KIND_PTR, 0, cc);
	proto = image_type(image, "", BTF_KIND_FUNC_PROTO, 3, i);
	image_word(image, 0);
	image_word(image, sp);
	image_word(image, 0);
	image_word(image, ccp);
	image_word(image, 0);
	image_word(image, 0);
	image_type(image, "f", BTF_KIND_FUNC, 0, proto);
	return image;
}

struct btf_seen {
	char text[256];
	unsigned int stop_at;	/* count of members; 0 for never */
};

static int btf_note(void *arg, const char *name, u32 bit_offset, u64 bit_size)
{
	struct btf_seen *seen = arg;
	size_t len = strlen(seen->text);

	scnprintf(seen->text + len, sizeof(seen->text) - len, "%s@%u/%llu ", name, bit_offset,
		  bit_size);
	return seen->stop_at && !--seen->stop_at ? -ENOEXEC : 0;
}

static void btf_reads(struct kunit *test)
{
	struct mptcpx_btf_want want[] = {
		{ .name = "s", .kind = BTF_KIND_STRUCT }, { .name = "f", .kind = BTF_KIND_FUNC },
		{ .name = "s", .kind = BTF_KIND_FUNC }, { .name = "int", .kind = BTF_KIND_STRUCT },
		{ .name = "ss", .kind = BTF_KIND_STRUCT },
	};
	struct btf_seen seen = { };
	struct mptcpx_btf btf;
	char ret[32], args[64];
	size_t size;
	void *bytes = image_bytes(test, image_sample(test), &size);

	KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, want, ARRAY_SIZE(want)), 0);
	KUNIT_EXPECT_EQ(test, want[0].found, 1);
	KUNIT_EXPECT_EQ(test, want[1].found, 1);
	KUNIT_EXPECT_EQ(test, want[2].found + want[3].found + want[4].found, 0);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_size(&btf, want[0].id[0]), 40U);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_size(&btf, 0), 0U);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_size(&btf, btf.count + 1), 0U);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, want[0].id[0], btf_note, &seen), 0);
	KUNIT_EXPECT_STREQ(test, seen.text,
			   "a@0/32 bits@33/3 b@64/96 u@192/64 u.p@192/64 c@256/32 ");
	memset(&seen, 0, sizeof(seen));
	seen.stop_at = 3;
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, want[0].id[0], btf_note, &seen), -ENOEXEC);
	KUNIT_EXPECT_STREQ(test, seen.text, "a@0/32 bits@33/3 b@64/96 ");
	/* only a structure has members, only a function a prototype */
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 1, btf_note, &seen), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 0, btf_note, &seen), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, 1, ret, args, sizeof(ret)), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, want[1].id[0], ret, args, sizeof(ret)),
			0);
	KUNIT_EXPECT_STREQ(test, ret, "int");
	KUNIT_EXPECT_STREQ(test, args, "struct s *, const char *, ...");
	/* cut, not overrun */
	KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, want[1].id[0], ret, args, 8), 0);
	KUNIT_EXPECT_STREQ(test, args, "struct ");
	mptcpx_btf_close(&btf);
	KUNIT_EXPECT_NULL(test, btf.at);
	mptcpx_btf_close(&btf);
}

/* all of one name are kept, up to a number */
static void btf_same_name(struct kunit *test)
{
	struct mptcpx_btf_want want = { .name = "s", .kind = BTF_KIND_STRUCT };
	struct btf_image *image = image_new(test);
	struct mptcpx_btf btf;
	unsigned int i;
	size_t size;
	void *bytes;

	for (i = 0; i < MPTCPX_BTF_SAME + 2; i++)
		image_type(image, "s", BTF_KIND_STRUCT, 0, i);
	bytes = image_bytes(test, image, &size);
	KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, &want, 1), 0);
	KUNIT_EXPECT_EQ(test, want.found, MPTCPX_BTF_SAME);
	for (i = 0; i < MPTCPX_BTF_SAME; i++)
		KUNIT_EXPECT_EQ(test, mptcpx_btf_size(&btf, want.id[i]), i);
	mptcpx_btf_close(&btf);
}

static void btf_renders(struct kunit *test)
{
	static const struct {
		u32 kinds[4];	/* outermost first, around int 1 */
		const char *text;
	} cases[] = {
		{ { 0 }, "int" },
		{ { BTF_KIND_PTR }, "int *" },
		{ { BTF_KIND_PTR, BTF_KIND_PTR }, "int **" },
		{ { BTF_KIND_CONST }, "const int" },
		{ { BTF_KIND_PTR, BTF_KIND_CONST }, "const int *" },
		{ { BTF_KIND_CONST, BTF_KIND_PTR }, "int *const" },
		{ { BTF_KIND_VOLATILE, BTF_KIND_CONST }, "volatile const int" },
		{ { BTF_KIND_PTR, BTF_KIND_RESTRICT }, "int *" },
		{ { BTF_KIND_TYPE_TAG, BTF_KIND_PTR }, "int *" },
	};
	struct mptcpx_btf_want want = { .name = "f", .kind = BTF_KIND_FUNC };
	struct btf_image *image;
	struct mptcpx_btf btf;
	char ret[32], args[32];
	unsigned int i, k;
	size_t size;
	void *bytes;
	u32 id;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		image = image_new(test);
		id = image_int(image, "int", 4);
		for (k = ARRAY_SIZE(cases[i].kinds); k--; )
			if (cases[i].kinds[k])
				id = image_type(image, "", cases[i].kinds[k], 0, id);
		id = image_type(image, "", BTF_KIND_FUNC_PROTO, 0, id);
		image_type(image, "f", BTF_KIND_FUNC, 0, id);
		bytes = image_bytes(test, image, &size);
		want.found = 0;
		KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, &want, 1), 0);
		KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, want.id[0], ret, args,
							   sizeof(ret)), 0);
		KUNIT_EXPECT_STREQ(test, ret, cases[i].text);
		KUNIT_EXPECT_STREQ(test, args, "void");
		mptcpx_btf_close(&btf);
	}
}

/* a header that lies */
static void btf_headers(struct kunit *test)
{
	static const struct {
		const char *name;
		unsigned int at, size;	/* the field */
		u32 value;
	} cases[] = {
		{ "magic", offsetof(struct btf_header, magic), 2, 0x9feb },
		{ "version", offsetof(struct btf_header, version), 1, 2 },
		{ "short header", offsetof(struct btf_header, hdr_len), 4, 23 },
		{ "odd header", offsetof(struct btf_header, hdr_len), 4, 25 },
		{ "long header", offsetof(struct btf_header, hdr_len), 4, 1 << 20 },
		{ "endless header", offsetof(struct btf_header, hdr_len), 4, U32_MAX },
		{ "types behind", offsetof(struct btf_header, type_off), 4, 1 << 20 },
		{ "types odd", offsetof(struct btf_header, type_off), 4, 2 },
		{ "types wrap", offsetof(struct btf_header, type_off), 4, U32_MAX - 3 },
		{ "too many types", offsetof(struct btf_header, type_len), 4, 1 << 20 },
		{ "endless types", offsetof(struct btf_header, type_len), 4, U32_MAX },
		{ "half a type", offsetof(struct btf_header, type_len), 4, 4 },
		{ "strings behind", offsetof(struct btf_header, str_off), 4, 1 << 20 },
		{ "endless strings", offsetof(struct btf_header, str_len), 4, U32_MAX },
		{ "no strings", offsetof(struct btf_header, str_len), 4, 0 },
		/* the last one ends in the middle of a name */
		{ "strings without an end", offsetof(struct btf_header, str_len), 4, 3 },
	};
	struct mptcpx_btf btf;
	unsigned int i;
	size_t size;
	u8 *bytes;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bytes = image_bytes(test, image_sample(test), &size);
		memcpy(bytes + cases[i].at, &cases[i].value, cases[i].size);
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), -EINVAL,
				    "%s", cases[i].name);
	}
}

/* a header that gives itself away by its length alone, or by where its types are */
static void btf_odd_header(struct kunit *test)
{
	static const struct {
		u32 len, string, type;
	} cases[] = { { 20, 3, 0 }, { 25, 0, 0 }, { 24, 0, 2 } };
	struct btf_header *hdr;
	struct mptcpx_btf btf;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		hdr = kunit_kzalloc(test, sizeof(*hdr) + 8, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hdr);
		hdr->magic = BTF_MAGIC;
		hdr->version = BTF_VERSION;
		hdr->hdr_len = cases[i].len;
		hdr->str_off = cases[i].string;
		hdr->type_off = cases[i].type;
		hdr->str_len = 1;
		KUNIT_EXPECT_EQ(test, mptcpx_btf_open(&btf, hdr, sizeof(*hdr) + 8, NULL, 0),
				-EINVAL);
	}
}

/* types that have a name; what only looks like a function */
static void btf_names(struct kunit *test)
{
	static const struct {
		u32 kind;
		const char *text;
	} cases[] = {
		{ BTF_KIND_STRUCT, "struct x" },
		{ BTF_KIND_UNION, "union x" },
		{ BTF_KIND_FWD, "struct x" },
		{ BTF_KIND_FWD | KFLAG, "union x" },
		{ BTF_KIND_ENUM, "enum x" },
		{ BTF_KIND_ENUM64, "enum x" },
		{ BTF_KIND_TYPEDEF, "x" },
		{ BTF_KIND_FLOAT, "x" },
		{ BTF_KIND_FUNC_PROTO, "function" },
	};
	struct btf_seen seen = { };
	struct btf_image *image;
	struct mptcpx_btf btf;
	char ret[32], args[32];
	u32 id, func, wrong;
	unsigned int i;
	size_t size;
	void *bytes;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		image = image_new(test);
		id = image_type(image, "x", cases[i].kind, 0, 0);
		id = image_type(image, "", BTF_KIND_FUNC_PROTO, 0, id);
		func = image_type(image, "f", BTF_KIND_FUNC, 0, id);
		/* its type is one, itself it is none; and the other way round */
		id = image_type(image, "", BTF_KIND_PTR, 0, id);
		wrong = image_type(image, "g", BTF_KIND_FUNC, 0, id);
		bytes = image_bytes(test, image, &size);
		KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), 0);
		KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, func, ret, args, sizeof(ret)),
				0);
		KUNIT_EXPECT_STREQ(test, ret, cases[i].text);
		KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, id, ret, args, sizeof(ret)),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, wrong, ret, args, sizeof(ret)),
				-EINVAL);
		mptcpx_btf_close(&btf);
	}
	/* a member beyond what 32 bits can say */
	image = image_new(test);
	id = image_int(image, "int", 4);
	func = image_type(image, "", BTF_KIND_STRUCT, 1, 8);
	image_member(image, "a", id, 8);
	id = image_type(image, "s", BTF_KIND_STRUCT, 1, 8);
	image_member(image, "", func, U32_MAX - 7);
	bytes = image_bytes(test, image, &size);
	KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, id, btf_note, &(struct btf_seen){ }),
			-EINVAL);
	mptcpx_btf_close(&btf);
	/* the last type lacks what stands behind it */
	image = image_new(test);
	image_int(image, "int", 4);
	bytes = image_bytes(test, image, &size);
	((struct btf_header *)bytes)->type_len -= sizeof(u32);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), -EINVAL);
	/* an array of more bits than 64 bits can count: its size is not known */
	image = image_new(test);
	wrong = image_int(image, "char", 1);
	id = image_type(image, "", BTF_KIND_ARRAY, 0, 0);
	image_word(image, wrong);
	image_word(image, wrong);
	image_word(image, U32_MAX);
	func = image_type(image, "", BTF_KIND_ARRAY, 0, 0);
	image_word(image, id);
	image_word(image, wrong);
	image_word(image, U32_MAX);
	id = image_type(image, "s", BTF_KIND_STRUCT, 1, 8);
	image_member(image, "a", func, 0);
	bytes = image_bytes(test, image, &size);
	KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, id, btf_note, &seen), 0);
	KUNIT_EXPECT_STREQ(test, seen.text, "a@0/0 ");
	mptcpx_btf_close(&btf);
}

/* one byte short, two, ... all of them */
static void btf_truncated(struct kunit *test)
{
	struct mptcpx_btf btf;
	size_t size, len;
	void *bytes, *part;

	bytes = image_bytes(test, image_sample(test), &size);
	for (len = 0; len < size; len++) {
		part = kunit_kzalloc(test, max(len, 1), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, part);
		memcpy(part, bytes, len);
		KUNIT_EXPECT_EQ(test, mptcpx_btf_open(&btf, part, len, NULL, 0), -EINVAL);
		kunit_kfree(test, part);
	}
}

/* types that contain themselves, point nowhere, or are of no known kind */
static void btf_hostile(struct kunit *test)
{
	struct btf_image *image = image_new(test);
	struct btf_seen seen = { };
	struct mptcpx_btf btf;
	char ret[32], args[32];
	size_t size;
	void *bytes;
	u32 i;

	image_type(image, "s", BTF_KIND_STRUCT, 1, 8);		/* 1, in itself */
	image_member(image, "", 2, 0);
	image_type(image, "", BTF_KIND_STRUCT, 1, 8);		/* 2, in 2 */
	image_member(image, "x", 2, 0);
	image_type(image, "t", BTF_KIND_CONST, 0, 3);		/* 3 */
	image_type(image, "", BTF_KIND_FUNC_PROTO, 0, 3);	/* 4 */
	image_type(image, "f", BTF_KIND_FUNC, 0, 4);		/* 5 */
	image_type(image, "g", BTF_KIND_FUNC, 0, 99);		/* 6 */
	image_type(image, "u", BTF_KIND_STRUCT, 1, 8);		/* 7, member of no type */
	image_member(image, "x", 99, 0);
	image_type(image, "v", BTF_KIND_STRUCT, 1, 8);		/* 8, name of nowhere */
	image_member(image, "", 3, 5);
	image->types[image->words - 3] = 1 << 20;
	image_type(image, "", BTF_KIND_ARRAY, 0, 0);		/* 9, 4 G times itself */
	image_word(image, 9);
	image_word(image, 9);
	image_word(image, U32_MAX);
	image_type(image, "w", BTF_KIND_STRUCT, 1, 8);		/* 10 */
	image_member(image, "a", 9, 0);
	bytes = image_bytes(test, image, &size);
	KUNIT_ASSERT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 1, btf_note, &seen), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 2, btf_note, &seen), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 7, btf_note, &seen), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 8, btf_note, &seen), 0);
	memset(&seen, 0, sizeof(seen));
	/* a size that does not fit is none */
	KUNIT_EXPECT_EQ(test, mptcpx_btf_members(&btf, 10, btf_note, &seen), 0);
	KUNIT_EXPECT_STREQ(test, seen.text, "a@0/0 ");
	KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, 5, ret, args, sizeof(ret)), -EINVAL);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_prototype(&btf, 6, ret, args, sizeof(ret)), -EINVAL);
	mptcpx_btf_close(&btf);

	for (i = BTF_KIND_ENUM64 + 1; i < 0x80; i++) {
		image = image_new(test);
		image_type(image, "", i, 0, 0);
		bytes = image_bytes(test, image, &size);
		KUNIT_EXPECT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), -EINVAL);
	}
	image = image_new(test);
	image_type(image, "", BTF_KIND_STRUCT, 0xffff, 0);	/* more members than there are */
	bytes = image_bytes(test, image, &size);
	KUNIT_EXPECT_EQ(test, mptcpx_btf_open(&btf, bytes, size, NULL, 0), -EINVAL);
}

static int btf_ignore(void *arg, const char *name, u32 bit_offset, u64 bit_size)
{
	unsigned int *count = arg;

	*count += strlen(name);
	return 0;
}

/* bytes changed at random: read or refused, never beyond the buffer */
static void btf_noise(struct kunit *test)
{
	struct mptcpx_btf_want want[] = {
		{ .name = "s", .kind = BTF_KIND_STRUCT }, { .name = "f", .kind = BTF_KIND_FUNC },
	};
	unsigned int i, k, count = 0, good = 0;
	char ret[24] = "", args[24] = "";
	struct mptcpx_btf btf;
	struct rnd_state rnd;
	size_t size;
	u8 *bytes, *copy;
	u32 id;

	bytes = image_bytes(test, image_sample(test), &size);
	copy = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 20000; i++) {
		memcpy(copy, bytes, size);
		for (k = prandom_u32_state(&rnd) % 4 + 1; k--; )
			copy[prandom_u32_state(&rnd) % size] = prandom_u32_state(&rnd);
		want[0].found = 0;
		want[1].found = 0;
		if (mptcpx_btf_open(&btf, copy, size, want, ARRAY_SIZE(want)))
			continue;
		good++;
		for (id = 0; id <= btf.count; id++) {
			mptcpx_btf_size(&btf, id);
			mptcpx_btf_members(&btf, id, btf_ignore, &count);
			mptcpx_btf_prototype(&btf, id, ret, args, sizeof(ret));
			KUNIT_ASSERT_LT(test, strnlen(ret, sizeof(ret)), sizeof(ret));
			KUNIT_ASSERT_LT(test, strnlen(args, sizeof(args)), sizeof(args));
		}
		mptcpx_btf_close(&btf);
	}
	KUNIT_EXPECT_GT(test, good, 1000U);
}

static struct kunit_case btf_cases[] = {
	KUNIT_CASE(btf_reads),
	KUNIT_CASE(btf_same_name),
	KUNIT_CASE(btf_renders),
	KUNIT_CASE(btf_headers),
	KUNIT_CASE(btf_odd_header),
	KUNIT_CASE(btf_names),
	KUNIT_CASE(btf_truncated),
	KUNIT_CASE(btf_hostile),
	KUNIT_CASE(btf_noise),
	{ }
};

static struct kunit_suite btf_suite = {
	.name = "mptcpx_btf",
	.test_cases = btf_cases,
};

kunit_test_suite(btf_suite);
