// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of patterns for interfaces; included at the end of pm_match.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

static void match_read(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int n;
		const char *last;
	} cases[] = {
		{ "", 0 },
		{ " \t\n,, ", 0 },
		{ "eth0", 1, "eth0" },
		{ "eth*", 1, "eth*" },
		{ "*", 1, "*" },
		{ "eth0,wlan0 wwan?\tusb*\nppp0", 5, "ppp0" },
		{ " ,eth0, ", 1, "eth0" },
		{ "eth[01]", 1, "eth[01]" },
		{ "eth[!01]", 1, "eth[!01]" },
		{ "eth[0-9]*", 1, "eth[0-9]*" },
		{ "[ab][cd]", 1, "[ab][cd]" },
		{ "eth0.100", 1, "eth0.100" },
		{ "br-7f", 1, "br-7f" },
		/* 31 characters */
		{ "[abcdefghijklm][abcdefghijklmn]", 1, "[abcdefghijklm][abcdefghijklmn]" },
		/* as many as there is room for */
		{ "a b c d e f g h i j k l m n o p", 16, "p" },
		/* twice the same is no mistake */
		{ "a a", 2, "a" },
	};
	struct mptcpx_pm_patterns *list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, list);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_pm_patterns_parse(list, cases[i].text), 0,
				    "'%s'", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, list->n, cases[i].n, "'%s'", cases[i].text);
		if (cases[i].n)
			KUNIT_EXPECT_STREQ(test, list->pattern[list->n - 1], cases[i].last);
	}
}

static void match_refused(struct kunit *test)
{
	static const char * const cases[] = {
		"eth[", "eth[]", "eth[!]", "eth[!", "eth]", "eth[0", "eth[0[", "eth[0/1]",
		"[[]", "[]]", "eth[[0]]", "eth[]0]",
		"a/b", "a:b", "a\\b", "eth\\*", "a\x01", "eth\x7f", "eth\x0b", "eth\x0c",
		/* the good ones around do not help */
		"eth0 eth[ eth1", "eth0,a/b",
		/* 32 characters; 17 patterns */
		"[abcdefghijklm][abcdefghijklmno]",
		"a b c d e f g h i j k l m n o p q",
	};
	struct mptcpx_pm_patterns *list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, list);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_pm_patterns_parse(list, cases[i]), -EINVAL,
				    "'%s'", cases[i]);
}

static void match_found(struct kunit *test)
{
	static const char text[] = "wlan0 wlan* eth[0-5] usb[!0-9] ppp? p*0";
	static const struct {
		const char *name;
		int at;
	} cases[] = {
		{ "wlan0", 0 },
		{ "wlan1", 1 },
		{ "wlan10", 1 },
		{ "eth0", 2 },
		{ "eth5", 2 },
		{ "eth6", -1 },
		{ "eth10", -1 },	/* all of the name, not its start */
		{ "aeth0", -1 },
		{ "usbx", 3 },
		{ "usb1", -1 },
		{ "usb", -1 },
		{ "ppp0", 4 },		/* the first that matches */
		{ "ppp", -1 },
		{ "", -1 },
	};
	struct mptcpx_pm_patterns *list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, list);
	KUNIT_ASSERT_EQ(test, mptcpx_pm_patterns_parse(list, text), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_pm_patterns_match(list, cases[i].name),
				    cases[i].at, "'%s'", cases[i].name);
	/* an old list leaves nothing behind in a new one */
	KUNIT_ASSERT_EQ(test, mptcpx_pm_patterns_parse(list, "wlan7 e"), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_patterns_match(list, "wlan0"), -1);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_patterns_match(list, "eth0"), -1);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_patterns_match(list, "e"), 1);
	KUNIT_ASSERT_EQ(test, mptcpx_pm_patterns_parse(list, ""), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_patterns_match(list, ""), -1);
	KUNIT_EXPECT_EQ(test, mptcpx_pm_patterns_match(list, "e"), -1);
}

/* anything at all: refused, or within its bounds and fit to be matched */
static void match_noise(struct kunit *test)
{
	static const char letters[] = "eth0[]!-*?a , /:\\\t\x01\xff";
	struct mptcpx_pm_patterns *list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	unsigned int i, k, len, good = 0;
	struct rnd_state rnd;
	char text[80];

	KUNIT_ASSERT_NOT_NULL(test, list);
	prandom_seed_state(&rnd, 3);
	for (i = 0; i < 20000; i++) {
		len = prandom_u32_state(&rnd) % (i % 8 ? 12 : sizeof(text));
		for (k = 0; k < len; k++)
			text[k] = letters[prandom_u32_state(&rnd) % (sizeof(letters) - 1)];
		text[len] = '\0';
		if (mptcpx_pm_patterns_parse(list, text))
			continue;
		good++;
		KUNIT_ASSERT_LE(test, list->n, (unsigned int)MPTCPX_PM_PATTERNS);
		for (k = 0; k < list->n; k++)
			KUNIT_ASSERT_LT(test, strnlen(list->pattern[k], MPTCPX_PM_PATTERN_LEN),
					(size_t)MPTCPX_PM_PATTERN_LEN);
		KUNIT_ASSERT_LT(test, mptcpx_pm_patterns_match(list, "eth0"), (int)list->n);
	}
	KUNIT_EXPECT_GT(test, good, 100U);
}

static struct kunit_case match_cases[] = {
	KUNIT_CASE(match_read),
	KUNIT_CASE(match_refused),
	KUNIT_CASE(match_found),
	KUNIT_CASE(match_noise),
	{ }
};

static struct kunit_suite match_suite = {
	.name = "mptcpx_pm_match",
	.test_cases = match_cases,
};

kunit_test_suite(match_suite);
