// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of weights by configuration; included at the end of weights.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

static void weights_read(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int n;
		enum mptcpx_weight_kind kind;	/* of the last entry */
		u32 weight;
	} cases[] = {
		{ "", 0 },
		{ " \t\n,, ", 0 },
		{ "eth0=1", 1, MPTCPX_WEIGHT_IFACE, 1 },
		{ "eth0=0", 1, MPTCPX_WEIGHT_IFACE, 0 },
		{ "eth0=10000", 1, MPTCPX_WEIGHT_IFACE, 10000 },
		{ "eth0=00010000", 1, MPTCPX_WEIGHT_IFACE, 10000 },
		{ "abcdefghijklmno=7", 1, MPTCPX_WEIGHT_IFACE, 7 },
		{ "wwan*=2", 1, MPTCPX_WEIGHT_PATTERN, 2 },
		{ "eth?=2", 1, MPTCPX_WEIGHT_PATTERN, 2 },
		{ "eth[12]=2", 1, MPTCPX_WEIGHT_PATTERN, 2 },
		{ "eth0.100=2", 1, MPTCPX_WEIGHT_IFACE, 2 },
		{ "id:0=3", 1, MPTCPX_WEIGHT_ID, 3 },
		{ "id:255=3", 1, MPTCPX_WEIGHT_ID, 3 },
		{ "10.0.0.1=4", 1, MPTCPX_WEIGHT_ADDRESS, 4 },
		{ "fd00::1=4", 1, MPTCPX_WEIGHT_ADDRESS, 4 },
		{ "[fd00::1]=4", 1, MPTCPX_WEIGHT_ADDRESS, 4 },
		{ "eth0=1,eth1=2 eth2=3\teth3=4\neth4=5", 5, MPTCPX_WEIGHT_IFACE, 5 },
		/* the same interface by name and by pattern */
		{ "eth0=1 eth*=2 10.0.0.1=3 id:1=4", 4, MPTCPX_WEIGHT_ID, 4 },
		/* other ways to write what is another key */
		{ "id:1=1 id:2=1", 2, MPTCPX_WEIGHT_ID, 1 },
		{ "10.0.0.1=1 10.0.0.2=1", 2, MPTCPX_WEIGHT_ADDRESS, 1 },
		/* keys of two kinds whose bytes are the same */
		{ "id:97=1 a=2", 2, MPTCPX_WEIGHT_IFACE, 2 },
		{ "a=2 id:97=1", 2, MPTCPX_WEIGHT_ID, 1 },
	};
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_weights_parse(weights, cases[i].text), 0,
				    "'%s'", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, weights->n, cases[i].n, "'%s'", cases[i].text);
		KUNIT_EXPECT_STREQ(test, weights->text, cases[i].text);
		if (!weights->n)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, weights->entry[weights->n - 1].kind, cases[i].kind,
				    "'%s'", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, weights->entry[weights->n - 1].weight,
				    cases[i].weight, "'%s'", cases[i].text);
	}
}

static void weights_refused(struct kunit *test)
{
	static const char * const cases[] = {
		"eth0", "=", "=1", "eth0=", "eth0= 1", "eth0=-1", "eth0=+1", "eth0=1x",
		"eth0=0x1", "eth0=10001", "eth0=4294967296", "eth0=4294967297",
		"eth0=99999999999999999999", "eth0=1.5", "eth0==1", "eth0=1=2",
		"abcdefghijklmnop=1",	/* a name of 16 characters */
		"a/b=1", "a:b=1", "a;b=1", "id:=1", "id:256=1", "id:-1=1", "id:x=1", "id:1x=1",
		"10.0.0.256=1/", "[fd00::1=4", "fd00:::1=1", "eth0:1=3",
		/* twice */
		"eth0=1 eth0=2", "eth*=1,eth*=1", "id:1=1 id:01=2",
		"10.0.0.1=1 ::ffff:10.0.0.1=2", "fd00::1=1 [fd00:0::1]=1",
		/* the good ones around do not help */
		"eth0=1 eth1 eth2=3", "eth0=1 eth1=x",
	};
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_weights_parse(weights, cases[i]), -EINVAL,
				    "'%s'", cases[i]);
}

/* as many entries, and as much text, as there is room for, and one more */
static void weights_limits(struct kunit *test)
{
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	char *text = kunit_kzalloc(test, 2 * MPTCPX_WEIGHTS_TEXT, GFP_KERNEL);
	unsigned int i;
	size_t len = 0;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < MPTCPX_WEIGHTS_MAX; i++)
		len += scnprintf(text + len, MPTCPX_WEIGHTS_TEXT - len, "e%u=%u ", i, i);
	KUNIT_EXPECT_EQ(test, mptcpx_weights_parse(weights, text), 0);
	KUNIT_EXPECT_EQ(test, weights->n, MPTCPX_WEIGHTS_MAX);
	for (i = 0; i < MPTCPX_WEIGHTS_MAX; i++)
		KUNIT_EXPECT_EQ(test, weights->entry[i].weight, i);
	scnprintf(text + len, MPTCPX_WEIGHTS_TEXT - len, "e%u=1", i);
	KUNIT_EXPECT_EQ(test, mptcpx_weights_parse(weights, text), -EINVAL);

	memset(text, ' ', MPTCPX_WEIGHTS_TEXT);
	memcpy(text, "eth0=1", 6);
	text[MPTCPX_WEIGHTS_TEXT - 1] = '\0';
	KUNIT_EXPECT_EQ(test, mptcpx_weights_parse(weights, text), 0);
	text[MPTCPX_WEIGHTS_TEXT - 1] = ' ';
	KUNIT_EXPECT_EQ(test, mptcpx_weights_parse(weights, text), -EINVAL);
}

static void weights_found(struct kunit *test)
{
	static const char text[] =
		"id:3=33 10.0.0.2=22 fd00::2=26 eth1=11 eth*=5 e*=4 *2=3";
	static const struct {
		const char *iface, *address;
		int id;
		u32 weight;
	} cases[] = {
		{ "lo", "10.0.0.9", 1, MPTCPX_WEIGHT_DEFAULT },
		{ "", "::", -1, MPTCPX_WEIGHT_DEFAULT },
		{ "eth9", "10.0.0.9", 1, 5 },	/* the first pattern of two */
		{ "enp1", "10.0.0.9", 1, 4 },
		{ "wlan2", "10.0.0.9", 1, 3 },
		{ "eth1", "10.0.0.9", 1, 11 },	/* a name before its pattern */
		{ "eth12", "10.0.0.9", 1, 5 },	/* all of the name, not its start */
		{ "eth1", "10.0.0.2", 1, 22 },	/* an address before a name */
		{ "eth1", "fd00::2", 1, 26 },
		{ "eth1", "::10.0.0.2", 1, 11 },	/* compatible, not mapped */
		{ "eth1", "10.0.0.2", 3, 33 },	/* an id before all */
		{ "", "::", 3, 33 },
		{ "eth1", "10.0.0.2", -1, 22 },
		{ "eth1", "10.0.0.2", 259, 22 },	/* 3, were it cut to 8 bits */
	};
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	struct in6_addr address;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	KUNIT_ASSERT_EQ(test, mptcpx_weights_parse(weights, text), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_ASSERT_TRUE(test, parse_address(cases[i].address,
						      strlen(cases[i].address), &address));
		KUNIT_EXPECT_EQ_MSG(test, mptcpx_weights_find(weights, cases[i].iface, &address,
							      cases[i].id),
				    cases[i].weight, "case %u", i);
	}
	KUNIT_ASSERT_EQ(test, mptcpx_weights_parse(weights, ""), 0);
	KUNIT_EXPECT_EQ(test, mptcpx_weights_find(weights, "eth1", &address, 3),
			(u32)MPTCPX_WEIGHT_DEFAULT);
}

/* anything at all: refused, or kept and within its bounds */
static void weights_noise(struct kunit *test)
{
	static const char letters[] = "eth0123:=*[]?. ,-x\t\n/\\\xff";
	struct mptcpx_weights *weights = kunit_kzalloc(test, sizeof(*weights), GFP_KERNEL);
	unsigned int i, k, len, good = 0;
	struct rnd_state rnd;
	char text[40];

	KUNIT_ASSERT_NOT_NULL(test, weights);
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 20000; i++) {
		len = prandom_u32_state(&rnd) % sizeof(text);
		for (k = 0; k < len; k++)
			text[k] = letters[prandom_u32_state(&rnd) % (sizeof(letters) - 1)];
		text[len] = '\0';
		if (mptcpx_weights_parse(weights, text))
			continue;
		good++;
		KUNIT_ASSERT_LE(test, weights->n, (unsigned int)MPTCPX_WEIGHTS_MAX);
		KUNIT_ASSERT_STREQ(test, weights->text, text);
		for (k = 0; k < weights->n; k++)
			KUNIT_ASSERT_LE(test, weights->entry[k].weight, (u32)MPTCPX_WEIGHT_MAX);
		mptcpx_weights_find(weights, "eth1", &in6addr_any, 1);
	}
	KUNIT_EXPECT_GT(test, good, 100U);
}

static struct kunit_case weights_cases[] = {
	KUNIT_CASE(weights_read),
	KUNIT_CASE(weights_refused),
	KUNIT_CASE(weights_limits),
	KUNIT_CASE(weights_found),
	KUNIT_CASE(weights_noise),
	{ }
};

static struct kunit_suite weights_suite = {
	.name = "mptcpx_weights",
	.test_cases = weights_cases,
};

kunit_test_suite(weights_suite);
