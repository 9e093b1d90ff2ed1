// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the ledger; included at the end of ledger.c.
 *
 * The ledger is held against a model that keeps a mask for every byte, for
 * sequences of random calls, at places where 32 and 64 bits wrap.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#define MODEL_BYTES	2048

/* where the data sequence space starts in these tests: wraps are no special case */
static const u64 ledger_origins[] = {
	0, 1, 0x7fffffffULL - 500, 0xffffffffULL - 500, S64_MAX - 500ULL, U64_MAX - 500,
};

struct ledger_model {
	u64 origin;
	u32 una, end;		/* relative to the origin */
	u16 mask[MODEL_BYTES];
};

struct ledger_pair {
	struct mptcpx_ledger ledger;
	struct ledger_model model;
};

static struct ledger_pair *pair_new(struct kunit *test, u64 origin)
{
	struct ledger_pair *pair = kunit_kzalloc(test, sizeof(*pair), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pair);
	pair->model.origin = origin;
	/* nothing may depend on what memory held before */
	memset(&pair->ledger, 0xa5, sizeof(pair->ledger));
	mptcpx_ledger_reset(&pair->ledger, origin);
	return pair;
}

static void pair_add(struct ledger_pair *pair, u16 mask, u32 from, u32 to)
{
	struct ledger_model *model = &pair->model;
	u32 i;

	mptcpx_ledger_add(&pair->ledger, mask, model->origin + from, model->origin + to);
	for (i = max(from, model->una); i < to; i++)
		model->mask[i] |= mask;
	if (to > from && to > model->una)
		model->end = max(model->end, to);
}

static void pair_ack(struct ledger_pair *pair, u32 una)
{
	mptcpx_ledger_ack(&pair->ledger, pair->model.origin + una);
	pair->model.una = una;
	pair->model.end = max(pair->model.end, una);
}

static void pair_drop(struct ledger_pair *pair, u16 mask)
{
	u32 i;

	mptcpx_ledger_drop(&pair->ledger, mask);
	for (i = 0; i < MODEL_BYTES; i++)
		pair->model.mask[i] &= ~mask;
}

/* the first range, up to @end, of which the model has no bit of @mask */
static bool model_lacks(const struct ledger_model *model, u16 mask, u32 end,
			u32 *from, u32 *to)
{
	u32 i = model->una;

	while (i < model->end && model->mask[i] & mask)
		i++;
	*from = i;
	while (i < model->end && !(model->mask[i] & mask))
		i++;
	*to = i < model->end ? i : end;
	*to = min(*to, end);
	return *from < *to;
}

static void pair_check(struct kunit *test, const struct ledger_pair *pair, u16 mask, u32 end)
{
	const struct ledger_model *model = &pair->model;
	const struct mptcpx_ledger *ledger = &pair->ledger;
	u32 want_from, want_to;
	bool want, is;
	u64 from, to;

	want = model_lacks(model, mask, end, &want_from, &want_to);
	is = mptcpx_ledger_lacks(ledger, mask, model->origin + end, &from, &to);
	KUNIT_ASSERT_EQ(test, is, want);
	if (want) {
		KUNIT_ASSERT_EQ(test, from - model->origin, (u64)want_from);
		KUNIT_ASSERT_EQ(test, to - model->origin, (u64)want_to);
	}
	/* with nothing merged a range is orphaned if and only if all of @mask lack it */
	is = mptcpx_ledger_orphan(ledger, mask, model->origin + end, &from, &to);
	KUNIT_ASSERT_EQ(test, is, want);
	if (want) {
		KUNIT_ASSERT_EQ(test, from - model->origin, (u64)want_from);
		KUNIT_ASSERT_EQ(test, to - model->origin, (u64)want_to);
	}
}

/* runs in order, neighbours differ, none outside, no more than there is room for */
static void ledger_sane(struct kunit *test, const struct mptcpx_ledger *ledger)
{
	unsigned int i;

	KUNIT_ASSERT_LE(test, ledger->n, (u16)MPTCPX_LEDGER_RUNS);
	for (i = 0; i < ledger->n; i++) {
		KUNIT_ASSERT_TRUE(test, before(ledger->run[i].start, run_end(ledger, i)));
		if (i)
			KUNIT_ASSERT_NE(test, ledger->run[i].mask, ledger->run[i - 1].mask);
	}
}

static void ledger_random(struct kunit *test)
{
	struct ledger_pair *pair;
	struct rnd_state rnd;
	unsigned int o, k;
	u32 from, len;
	u16 mask;

	for (o = 0; o < ARRAY_SIZE(ledger_origins); o++) {
		prandom_seed_state(&rnd, o + 1);
		pair = pair_new(test, ledger_origins[o]);
		for (k = 0; k < 1500; k++) {
			mask = BIT(prandom_u32_state(&rnd) % 16);
			from = prandom_u32_state(&rnd) % (MODEL_BYTES - 40);
			len = prandom_u32_state(&rnd) % 40;
			switch (prandom_u32_state(&rnd) % 16) {
			case 0:
				pair_drop(pair, mask | BIT(prandom_u32_state(&rnd) % 16));
				break;
			case 1:
				if (pair->model.una + len / 4 < MODEL_BYTES)
					pair_ack(pair, pair->model.una + len / 4);
				break;
			default:
				pair_add(pair, mask, from, from + len);
			}
			ledger_sane(test, &pair->ledger);
			/* merging starts where the runs do not fit: not here */
			if (pair->ledger.n >= MPTCPX_LEDGER_RUNS - 4)
				break;
			pair_check(test, pair, mask, pair->model.end);
			pair_check(test, pair, 0xffff, from);
			pair_check(test, pair, mask | 0x8001, MODEL_BYTES + 7);
		}
		KUNIT_EXPECT_GT(test, k, 100U);
	}
}

/* each line: what is added to an empty ledger, and what subflow 0 lacks then */
static void ledger_table(struct kunit *test)
{
	static const struct {
		u32 from[3], to[3], mask[3], end;
		u32 lacks_from, lacks_to;
		u16 n;
	} cases[] = {
		/* nothing sent */
		{ .end = 0 },
		/* nothing sent by what the ledger knows, but 10 bytes were */
		{ .end = 10, .lacks_to = 10 },
		/* all of it given */
		{ { 0 }, { 10 }, { 1 }, 10, 0, 0, 1 },
		/* one byte missing at the end, given to another */
		{ { 0, 9 }, { 9, 10 }, { 1, 2 }, 10, 9, 10, 2 },
		/* one byte missing in front */
		{ { 0, 1 }, { 1, 10 }, { 2, 3 }, 10, 0, 1, 2 },
		/* a hole of one byte */
		{ { 0, 5, 6 }, { 5, 6, 9 }, { 1, 2, 1 }, 9, 5, 6, 3 },
		/* the hole is not looked at */
		{ { 0, 5, 6 }, { 5, 6, 9 }, { 1, 2, 1 }, 5, 0, 0, 3 },
		/* only its first byte is */
		{ { 0, 5, 8 }, { 5, 8, 9 }, { 1, 2, 1 }, 6, 5, 6, 3 },
		/* a gap that nobody was given */
		{ { 0, 7 }, { 5, 9 }, { 1, 1 }, 9, 5, 7, 3 },
		/* neighbours that say the same are one */
		{ { 0, 5, 9 }, { 5, 9, 10 }, { 1, 1, 1 }, 10, 0, 0, 1 },
		/* overlapping */
		{ { 0, 3 }, { 6, 9 }, { 2, 1 }, 9, 0, 3, 3 },
		/* empty ranges leave nothing behind */
		{ { 4, 5 }, { 4, 3 }, { 1, 1 }, 0, 0, 0, 0 },
	};
	unsigned int i, k, o;
	struct ledger_pair *pair;
	u64 from, to;
	bool lacks;

	for (o = 0; o < ARRAY_SIZE(ledger_origins); o++) {
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			u64 origin = ledger_origins[o] + 495;

			pair = pair_new(test, origin);
			for (k = 0; k < 3; k++)
				if (cases[i].mask[k])
					pair_add(pair, cases[i].mask[k], cases[i].from[k],
						 cases[i].to[k]);
			lacks = mptcpx_ledger_lacks(&pair->ledger, 1, origin + cases[i].end,
						    &from, &to);
			KUNIT_EXPECT_EQ_MSG(test, lacks,
					    cases[i].lacks_from < cases[i].lacks_to, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, pair->ledger.n, cases[i].n, "case %u", i);
			if (!lacks)
				continue;
			KUNIT_EXPECT_EQ_MSG(test, from, origin + cases[i].lacks_from, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, to, origin + cases[i].lacks_to, "case %u", i);
		}
	}
}

static void ledger_acked(struct kunit *test)
{
	struct ledger_pair *pair = pair_new(test, U64_MAX - 4);
	struct mptcpx_ledger *ledger = &pair->ledger;
	u64 origin = U64_MAX - 4;

	pair_add(pair, 1, 0, 10);
	pair_add(pair, 2, 10, 20);
	pair_ack(pair, 0);
	KUNIT_EXPECT_EQ(test, ledger->n, 2);
	pair_ack(pair, 9);
	KUNIT_EXPECT_EQ(test, ledger->n, 2);
	KUNIT_EXPECT_EQ(test, ledger->run[0].start, origin + 9);
	/* a run goes with its last byte, not before */
	pair_ack(pair, 10);
	KUNIT_EXPECT_EQ(test, ledger->n, 1);
	KUNIT_EXPECT_EQ(test, ledger->run[0].start, origin + 10);
	/* given once more, from before what is acknowledged */
	pair_add(pair, 4, 5, 12);
	KUNIT_EXPECT_EQ(test, ledger->run[0].start, origin + 10);
	KUNIT_EXPECT_EQ(test, ledger->run[0].mask, (u32)6);
	pair_add(pair, 4, 5, 10);
	KUNIT_EXPECT_EQ(test, ledger->n, 2);
	pair_ack(pair, 20);
	KUNIT_EXPECT_EQ(test, ledger->n, 0);
	KUNIT_EXPECT_EQ(test, ledger->end, origin + 20);
	/* acknowledged what it never heard of */
	pair_add(pair, 1, 20, 30);
	pair_ack(pair, 50);
	KUNIT_EXPECT_EQ(test, ledger->n, 0);
	KUNIT_EXPECT_EQ(test, ledger->end, origin + 50);
}

/* more runs than fit: the shortest are merged, and nothing is claimed for sure */
static void ledger_full(struct kunit *test)
{
	struct ledger_pair *pair = pair_new(test, U64_MAX - 3000);
	struct mptcpx_ledger *ledger = &pair->ledger;
	u64 at = U64_MAX - 3000, from, to;
	unsigned int i, unsure = 0;

	/* one long run that must survive */
	mptcpx_ledger_add(ledger, 4, at, at + 1000);
	at += 1000;
	for (i = 0; i < 4 * MPTCPX_LEDGER_RUNS; i++, at += 3) {
		mptcpx_ledger_add(ledger, i & 1 ? 1 : 2, at, at + 3);
		ledger_sane(test, ledger);
	}
	KUNIT_EXPECT_EQ(test, ledger->end, at);
	KUNIT_EXPECT_GT(test, ledger->n, (u16)(MPTCPX_LEDGER_RUNS / 2));
	KUNIT_EXPECT_EQ(test, ledger->run[0].mask, (u32)4);
	KUNIT_EXPECT_EQ(test, run_end(ledger, 0), (u64)(U64_MAX - 2000));
	for (i = 0; i < ledger->n; i++) {
		if (!(ledger->run[i].mask & MPTCPX_RUN_UNSURE))
			continue;
		unsure++;
		KUNIT_EXPECT_EQ(test, ledger->run[i].mask & 0xffff, (u32)3);
	}
	KUNIT_EXPECT_GT(test, unsure, 0U);
	/* in hands only as long as all are there that have some of it */
	KUNIT_EXPECT_FALSE(test, mptcpx_ledger_orphan(ledger, 7, at, &from, &to));
	KUNIT_EXPECT_TRUE(test, ledger->run[1].mask & MPTCPX_RUN_UNSURE);
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_orphan(ledger, 5, at, &from, &to));
	KUNIT_EXPECT_EQ(test, from, ledger->run[1].start);
	/* and orphaned when one of them closes */
	mptcpx_ledger_drop(ledger, 2);
	ledger_sane(test, ledger);
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_orphan(ledger, 5, at, &from, &to));
	for (i = 0; i < ledger->n; i++)
		KUNIT_EXPECT_FALSE(test, ledger->run[i].mask & (2 | MPTCPX_RUN_UNSURE));
}

/* every run says what the model says of each of its bytes; an unsure one, of some */
static void pair_tells(struct kunit *test, const struct ledger_pair *pair)
{
	const struct ledger_model *model = &pair->model;
	const struct mptcpx_ledger *ledger = &pair->ledger;
	unsigned int i;
	u32 at, end;
	u16 some;

	for (i = 0; i < ledger->n; i++) {
		some = 0;
		at = ledger->run[i].start - model->origin;
		end = run_end(ledger, i) - model->origin;
		KUNIT_ASSERT_LE(test, end, (u32)MODEL_BYTES);
		for (; at < end; at++) {
			some |= model->mask[at];
			if (!(ledger->run[i].mask & MPTCPX_RUN_UNSURE))
				KUNIT_ASSERT_EQ(test, ledger->run[i].mask, (u32)model->mask[at]);
		}
		/* parts of a merged one are still said to be what the whole was */
		KUNIT_ASSERT_EQ(test, some & ~ledger->run[i].mask, 0U);
	}
}

/* at random, far more runs than fit: merged, but nobody is credited with what he lacks */
static void ledger_merges(struct kunit *test)
{
	struct ledger_pair *pair;
	struct rnd_state rnd;
	unsigned int o, k;
	u32 from, len;

	for (o = 0; o < ARRAY_SIZE(ledger_origins); o++) {
		prandom_seed_state(&rnd, o + 1);
		pair = pair_new(test, ledger_origins[o]);
		for (k = 0; k < 1500; k++) {
			from = prandom_u32_state(&rnd) % (MODEL_BYTES - 8);
			len = 1 + prandom_u32_state(&rnd) % 8;
			pair_add(pair, BIT(prandom_u32_state(&rnd) % 3), from, from + len);
			ledger_sane(test, &pair->ledger);
			pair_tells(test, pair);
		}
	}
}

/* full: what is merged is the shortest pair, wherever it is; there is room for two more */
static void ledger_shortest(struct kunit *test)
{
	static const unsigned int places[] = { 0, 1, 255, MPTCPX_LEDGER_RUNS - 3 };
	struct mptcpx_ledger *ledger = kunit_kzalloc(test, sizeof(*ledger), GFP_KERNEL);
	unsigned int i, k, at;
	u64 seq, from, to;
	bool last;
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, ledger);
	for (k = 0; k < ARRAY_SIZE(places); k++) {
		at = places[k];
		seq = U64_MAX - 300;
		mptcpx_ledger_reset(ledger, seq);
		for (i = 0; i < MPTCPX_LEDGER_RUNS - 1; i++, seq += len) {
			len = i == at || i == at + 1 ? 3 : 100;
			/* less than each of the two, but not with its neighbour */
			if (i == 128)
				len = 1;
			mptcpx_ledger_add(ledger, i & 1 ? 1 : 2, seq, seq + len);
		}
		/* the new one, merged before it is given away, is parted again */
		last = at == MPTCPX_LEDGER_RUNS - 3;
		KUNIT_EXPECT_EQ(test, ledger->n, MPTCPX_LEDGER_RUNS - 2 + last);
		for (i = 0; i < ledger->n; i++)
			KUNIT_EXPECT_EQ_MSG(test, !!(ledger->run[i].mask & MPTCPX_RUN_UNSURE),
					    i == at || (last && i == at + 1),
					    "pair %u, run %u", at, i);
		/* in the middle of a long one, where it becomes three, and behind the end */
		from = ledger->run[200].start + 10;
		mptcpx_ledger_add(ledger, 4, from, from + 10);
		KUNIT_EXPECT_EQ(test, ledger->n, MPTCPX_LEDGER_RUNS);
		mptcpx_ledger_add(ledger, 8, seq, seq + 100);
		KUNIT_EXPECT_EQ(test, ledger->n, MPTCPX_LEDGER_RUNS - 2);
		ledger_sane(test, ledger);
		KUNIT_EXPECT_EQ(test, ledger->run[ledger->n - 1].mask, 8U);
		KUNIT_EXPECT_EQ(test, ledger->end, seq + 100);
	}
	/* whoever was given some of it is not given it again, but nobody is trusted with it */
	mptcpx_ledger_reset(ledger, 5);
	ledger->n = 1;
	ledger->run[0].start = 5;
	ledger->run[0].mask = 3 | MPTCPX_RUN_UNSURE;
	ledger->end = 15;
	KUNIT_EXPECT_FALSE(test, mptcpx_ledger_lacks(ledger, 1, 15, &from, &to));
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_lacks(ledger, 4, 15, &from, &to));
	KUNIT_EXPECT_TRUE(test, mptcpx_ledger_orphan(ledger, 1, 15, &from, &to));
	KUNIT_EXPECT_FALSE(test, mptcpx_ledger_orphan(ledger, 3, 15, &from, &to));
}

static void ledger_order(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, before(0, 0));
	KUNIT_EXPECT_TRUE(test, before(0, 1));
	KUNIT_EXPECT_FALSE(test, before(1, 0));
	KUNIT_EXPECT_TRUE(test, before(U64_MAX, 0));
	KUNIT_EXPECT_FALSE(test, before(0, U64_MAX));
	KUNIT_EXPECT_TRUE(test, before(0xffffffffULL, 0x100000000ULL));
	KUNIT_EXPECT_TRUE(test, before(0, S64_MAX));
}

static struct kunit_case ledger_cases[] = {
	KUNIT_CASE(ledger_order),
	KUNIT_CASE(ledger_table),
	KUNIT_CASE(ledger_acked),
	KUNIT_CASE(ledger_random),
	KUNIT_CASE(ledger_full),
	KUNIT_CASE(ledger_merges),
	KUNIT_CASE(ledger_shortest),
	{ }
};

static struct kunit_suite ledger_suite = {
	.name = "mptcpx_ledger",
	.test_cases = ledger_cases,
};

kunit_test_suite(ledger_suite);
