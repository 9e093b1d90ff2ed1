// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of schedulers by port; included at the end of ports.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

struct ports_test {
	struct port_rules rules;
	char text[PORTS_TEXT];
};

static struct ports_test *ports_test(struct kunit *test)
{
	struct ports_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

/* parsing writes into the text */
static int ports_parse(struct ports_test *t, const char *text)
{
	strscpy(t->text, text, sizeof(t->text));
	return parse_rules(&t->rules, t->text);
}

static void ports_read(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int n;
		u16 first, last;	/* of the last entry */
		const char *name;
	} cases[] = {
		{ "", 0 },
		{ " \t,, ", 0 },
		{ "22=redundant", 1, 22, 22, "redundant" },
		{ "1=a", 1, 1, 1, "a" },
		{ "65535=a", 1, 65535, 65535, "a" },
		{ "1-65535=wrr", 1, 1, 65535, "wrr" },
		{ "5000-5999=wrr", 1, 5000, 5999, "wrr" },
		{ "5000-5000=wrr", 1, 5000, 5000, "wrr" },
		{ "00022=wrr", 1, 22, 22, "wrr" },
		/* as the kernel reads numbers everywhere */
		{ "+22=wrr", 1, 22, 22, "wrr" },
		/* 15 characters */
		{ "1=abcdefghijklmno", 1, 1, 1, "abcdefghijklmno" },
		{ "22=redundant 80-90=wrr,443=minrtt\t8080=default", 4, 8080, 8080, "default" },
		/* overlaps are no mistake: the first counts */
		{ "1-100=a 22=b", 2, 22, 22, "b" },
		/* a name may hold what the numbers may not */
		{ "1=a-b", 1, 1, 1, "a-b" },
		{ "1=a=b", 1, 1, 1, "a=b" },
	};
	struct ports_test *t = ports_test(test);
	const struct port_rule *last;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, ports_parse(t, cases[i].text), 0, "'%s'",
				    cases[i].text);
		KUNIT_ASSERT_EQ_MSG(test, t->rules.n, cases[i].n, "'%s'", cases[i].text);
		if (!cases[i].n)
			continue;
		last = &t->rules.rule[cases[i].n - 1];
		KUNIT_EXPECT_EQ_MSG(test, last->first, cases[i].first, "'%s'", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, last->last, cases[i].last, "'%s'", cases[i].text);
		KUNIT_EXPECT_STREQ(test, last->name, cases[i].name);
	}
}

static void ports_refused(struct kunit *test)
{
	static const char * const cases[] = {
		"22", "=", "=wrr", "22=", "22-=wrr", "-22=wrr", "-=wrr", "22--23=wrr",
		"0=wrr", "0-5=wrr", "65536=wrr", "22-65536=wrr", "4294967318=wrr",
		"23-22=wrr", "x=wrr", "22x=wrr", "0x16=wrr", "22-x=wrr", "2 2=wrr",
		"22;wrr", "1-2-3=wrr", "22.0=wrr",
		"1=abcdefghijklmnop",	/* a name of 16 characters */
		/* the good ones around do not help */
		"22=wrr 23 24=wrr", "22=wrr,0=wrr",
	};
	struct ports_test *t = ports_test(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, ports_parse(t, cases[i]), -EINVAL, "'%s'", cases[i]);
}

/* as many entries as there is room for, and one more */
static void ports_limits(struct kunit *test)
{
	struct ports_test *t = ports_test(test);
	char *text = kunit_kzalloc(test, PORTS_TEXT, GFP_KERNEL);
	unsigned int i;
	size_t len = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 1; i <= PORTS_MAX; i++)
		len += scnprintf(text + len, PORTS_TEXT - len, "%u=s%u ", i, i);
	KUNIT_EXPECT_EQ(test, ports_parse(t, text), 0);
	KUNIT_ASSERT_EQ(test, t->rules.n, (unsigned int)PORTS_MAX);
	KUNIT_EXPECT_STREQ(test, t->rules.rule[PORTS_MAX - 1].name, "s64");
	scnprintf(text + len, PORTS_TEXT - len, "%u=s", i);
	KUNIT_EXPECT_EQ(test, ports_parse(t, text), -EINVAL);
	/* an old configuration leaves nothing behind in a new one */
	KUNIT_EXPECT_EQ(test, ports_parse(t, "9=a"), 0);
	KUNIT_EXPECT_EQ(test, t->rules.n, 1U);
}

static void ports_found(struct kunit *test)
{
	static const struct {
		u16 local, remote;
		const char *name;	/* NULL: none */
	} cases[] = {
		{ 22, 40000, "ssh" },
		{ 40000, 22, "ssh" },
		{ 21, 23, NULL },
		{ 4999, 6000, NULL },
		{ 5000, 1, "range" },
		{ 1, 5000, "range" },
		{ 5999, 6000, "range" },
		{ 4999, 5999, "range" },
		/* the first entry, at whichever end it matches */
		{ 5500, 22, "ssh" },
		{ 5500, 80, "range" },
		{ 80, 5500, "range" },
		{ 80, 1, "web" },
		{ 65535, 1, "high" },
		{ 1, 65535, "high" },
		{ 0, 0, NULL },
		{ 0, 65534, NULL },
	};
	struct ports_test *t = ports_test(test);
	const struct port_rule *rule;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ports_parse(t, "22=ssh 5000-5999=range 80=web 65535=high"), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rule = match(&t->rules, cases[i].local, cases[i].remote);
		KUNIT_EXPECT_STREQ_MSG(test, rule ? rule->name : "", cases[i].name ?: "",
				       "case %u", i);
	}
	/* all ports there are */
	KUNIT_ASSERT_EQ(test, ports_parse(t, "1-65535=all"), 0);
	KUNIT_EXPECT_PTR_EQ(test, match(&t->rules, 65535, 1), &t->rules.rule[0]);
	KUNIT_EXPECT_PTR_EQ(test, match(&t->rules, 0, 1), &t->rules.rule[0]);
	KUNIT_EXPECT_NULL(test, match(&t->rules, 0, 0));
	KUNIT_ASSERT_EQ(test, ports_parse(t, ""), 0);
	KUNIT_EXPECT_NULL(test, match(&t->rules, 22, 22));
}

/* anything at all: refused, or within its bounds */
static void ports_noise(struct kunit *test)
{
	static const char letters[] = "0123456-=,a \t/\xff";
	struct ports_test *t = ports_test(test);
	unsigned int i, k, len, good = 0;
	struct rnd_state rnd;
	char text[40];

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 20000; i++) {
		len = prandom_u32_state(&rnd) % (i % 2 ? 8 : sizeof(text));
		for (k = 0; k < len; k++)
			text[k] = letters[prandom_u32_state(&rnd) % (sizeof(letters) - 1)];
		text[len] = '\0';
		if (ports_parse(t, text))
			continue;
		good++;
		KUNIT_ASSERT_LE(test, t->rules.n, (unsigned int)PORTS_MAX);
		for (k = 0; k < t->rules.n; k++) {
			const struct port_rule *rule = &t->rules.rule[k];

			KUNIT_ASSERT_GT(test, rule->first, 0);
			KUNIT_ASSERT_LE(test, rule->first, rule->last);
			KUNIT_ASSERT_GT(test, strnlen(rule->name, sizeof(rule->name)), 0UL);
			KUNIT_ASSERT_LT(test, strnlen(rule->name, sizeof(rule->name)),
					sizeof(rule->name));
		}
	}
	KUNIT_EXPECT_GT(test, good, 100U);
}

static struct kunit_case ports_cases[] = {
	KUNIT_CASE(ports_read),
	KUNIT_CASE(ports_refused),
	KUNIT_CASE(ports_limits),
	KUNIT_CASE(ports_found),
	KUNIT_CASE(ports_noise),
	{ }
};

static struct kunit_suite ports_suite = {
	.name = "mptcpx_ports",
	.test_cases = ports_cases,
};

kunit_test_suite(ports_suite);
