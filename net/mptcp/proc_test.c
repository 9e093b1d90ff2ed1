// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what can be written to /proc/net/mptcpx; included at the end of proc.c.
 */
#include <kunit/test.h>

static void proc_commands(struct kunit *test)
{
	static const struct {
		const char *text;
		bool good;
		u32 token;
		const char *name;
	} cases[] = {
		{ "token=1a2b3c4d scheduler=wrr", true, 0x1a2b3c4d, "wrr" },
		{ "token=1a2b3c4d scheduler=wrr\n", true, 0x1a2b3c4d, "wrr" },
		{ "token=FFFFFFFF scheduler=a\n", true, 0xffffffff, "a" },
		{ "token=0 scheduler=wrr", true, 0, "wrr" },
		{ "token=0x1a scheduler=wrr", true, 0x1a, "wrr" },
		/* spaces count as one, or none */
		{ "token=1   scheduler=wrr\t\n", true, 1, "wrr" },
		{ "token=12345678scheduler=wrr", true, 0x12345678, "wrr" },
		/* 16 characters are read, which is one more than any has */
		{ "token=1 scheduler=abcdefghijklmnop", true, 1, "abcdefghijklmnop" },
		{ "token=1 scheduler=abcdefghijklmnopq", false },
		{ "token=123456789 scheduler=wrr", false },
		{ "token=1 scheduler=wrr more", false },
		{ "token=1 scheduler=wrr\ntoken=2 scheduler=wrr\n", false },
		{ "token=1 scheduler=", false },
		{ "token=1 scheduler=\t\n", false },
		{ "token=1", false },
		{ "token=-1 scheduler=wrr", false },
		{ "token= scheduler=wrr", false },
		{ "token=g scheduler=wrr", false },
		{ "scheduler=wrr token=1", false },
		{ " token=1 scheduler=wrr", false },
		{ "", false },
	};
	char name[MPTCP_SCHED_NAME_MAX + 1];
	unsigned int i;
	u32 token;
	bool good;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(name, 0xff, sizeof(name));
		good = proc_read_command(cases[i].text, strlen(cases[i].text), &token, name);
		KUNIT_EXPECT_EQ_MSG(test, good, cases[i].good, "%s", cases[i].text);
		if (!good || !cases[i].good)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, token, cases[i].token, "%s", cases[i].text);
		KUNIT_EXPECT_STREQ_MSG(test, name, cases[i].name, "%s", cases[i].text);
	}
	/* bytes behind a NUL */
	KUNIT_EXPECT_FALSE(test, proc_read_command("token=1 scheduler=wrr\0more", 26, &token,
						   name));
}

static void proc_share(struct kunit *test)
{
	static const struct {
		u64 bytes, total;
		unsigned int permille;
	} cases[] = {
		{ 0, 0, 0 }, { 0, 1, 0 }, { 1, 1, 1000 }, { 1, 3, 333 }, { 2, 3, 667 },
		{ 1, 2000, 1 }, { 1, 2001, 0 }, { 1999, 2000, 1000 }, { 1, 2, 500 },
		/* 16 subflows of a petabyte each */
		{ 1ULL << 50, 1ULL << 54, 63 }, { 1ULL << 54, 1ULL << 54, 1000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, permille_of(cases[i].bytes, cases[i].total),
				    cases[i].permille, "case %u", i);
}

static struct kunit_case proc_cases[] = {
	KUNIT_CASE(proc_commands),
	KUNIT_CASE(proc_share),
	{ }
};

static struct kunit_suite proc_suite = {
	.name = "mptcpx_proc",
	.test_cases = proc_cases,
};

kunit_test_suite(proc_suite);
