// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of knobs that are one word of a few; included at the end of
 * sysctl.c.
 */
#include <kunit/test.h>

static const char * const sysctl_test_words[] = { "first", "second", "third", NULL };

static void sysctl_words(struct kunit *test)
{
	static const struct {
		const char *text;
		loff_t pos;
		int ret, word;		/* the knob stands at 1 before */
	} cases[] = {
		{ "first", 0, 0, 0 },
		{ "first\n", 0, 0, 0 },
		{ "third", 0, 0, 2 },
		{ " \tthird\t\n", 0, 0, 2 },
		{ "second", 0, 0, 1 },
		/* nothing is written by writing nothing */
		{ "", 0, 0, 1 },
		{ "\n", 0, -EINVAL, 1 },
		{ "fourth", 0, -EINVAL, 1 },
		{ "firs", 0, -EINVAL, 1 },
		{ "firsts", 0, -EINVAL, 1 },
		{ "FIRST", 0, -EINVAL, 1 },
		{ "first third", 0, -EINVAL, 1 },
		{ "0", 0, -EINVAL, 1 },
		/* a rest of something, which must not be taken for a whole */
		{ "third", 1, -EINVAL, 1 },
		{ "d", 5, -EINVAL, 1 },
		/* 31 characters fit, 32 do not, however they end */
		{ "                          third", 0, 0, 2 },
		{ "                           third", 0, -EINVAL, 1 },
		{ "third                           ", 0, -EINVAL, 1 },
	};
	struct ctl_table ctl = { .maxlen = sizeof(int) };
	char buffer[40];
	unsigned int i;
	size_t len;
	loff_t pos;
	int word;

	ctl.data = &word;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		word = 1;
		strscpy(buffer, cases[i].text, sizeof(buffer));
		len = strlen(buffer);
		pos = cases[i].pos;
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_sysctl_word(&ctl, 1, buffer, &len, &pos,
							     sysctl_test_words),
				    cases[i].ret, "'%s'", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, word, cases[i].word, "'%s'", cases[i].text);
	}
	word = 2;
	memset(buffer, 0, sizeof(buffer));
	len = sizeof(buffer);
	pos = 0;
	KUNIT_EXPECT_EQ(test, mptcpx_sysctl_word(&ctl, 0, buffer, &len, &pos,
						 sysctl_test_words), 0);
	KUNIT_EXPECT_STREQ(test, buffer, "third\n");
	KUNIT_EXPECT_EQ(test, word, 2);
}

static struct kunit_case sysctl_cases[] = {
	KUNIT_CASE(sysctl_words),
	{ }
};

static struct kunit_suite sysctl_suite = {
	.name = "mptcpx_sysctl",
	.test_cases = sysctl_cases,
};

kunit_test_suite(sysctl_suite);
