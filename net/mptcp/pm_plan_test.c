// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the policies; included at the end of pm_plan.c.
 *
 * A plan is compared as text: "create 1>0 spared, close 2". Connections begin at
 * local address 0, towards the peer's address 0.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

struct plan_test {
	struct kunit *test;
	struct mptcpx_pm_view view;
	struct mptcpx_pm_step steps[MPTCPX_PM_STEPS + 1];	/* and a guard */
	unsigned int n;
	char text[1024];
};

/* a subflow that works; the index it has is the order of the calls */
static struct mptcpx_pm_vsub *plan_sub(struct plan_test *t, u8 local, u8 remote)
{
	struct mptcpx_pm_vsub *sub = &t->view.sub[t->view.subs++];

	*sub = (struct mptcpx_pm_vsub){
		.local = local, .remote = remote, .phase = MPTCPX_PM_UP,
	};
	return sub;
}

/* as many addresses, each of an interface of its own, all reach all; one subflow */
static void plan_begin(struct plan_test *t, enum mptcpx_pm_policy policy, u8 locals, u8 remotes)
{
	struct mptcpx_pm_view *view = &t->view;
	u8 l;

	memset(view, 0, sizeof(*view));
	view->policy = policy;
	view->per_pair = 1;
	view->max_subflows = 8;
	view->max_interface = 8;
	view->locals = locals;
	view->remotes = remotes;
	for (l = 0; l < locals; l++) {
		view->local[l] = (struct mptcpx_pm_vlocal){
			.ifindex = 10 + l, .rank = 16, .usable = true, .fits = true,
			.tell = true, .initial = l == 0,
			.reach = BIT(remotes) - 1,
		};
	}
	plan_sub(t, 0, 0);
}

static struct plan_test *plan_test(struct kunit *test, enum mptcpx_pm_policy policy,
				   u8 locals, u8 remotes)
{
	struct plan_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	plan_begin(t, policy, locals, remotes);
	return t;
}

static const char *plan_said(struct plan_test *t)
{
	size_t len = 0;
	unsigned int i;

	memset(t->steps, 0xa5, sizeof(t->steps));
	t->n = mptcpx_pm_plan(&t->view, t->steps);
	KUNIT_ASSERT_LE(t->test, t->n, (unsigned int)MPTCPX_PM_STEPS);
	for (i = t->n * sizeof(t->steps[0]); i < sizeof(t->steps); i++)
		KUNIT_ASSERT_EQ(t->test, ((u8 *)t->steps)[i], 0xa5);

#define SAY(fmt, ...) \
	(len += scnprintf(t->text + len, sizeof(t->text) - len, fmt, ##__VA_ARGS__))
	t->text[0] = '\0';
	for (i = 0; i < t->n; i++) {
		const struct mptcpx_pm_step *step = &t->steps[i];

		if (i)
			SAY(", ");
		switch (step->op) {
		case MPTCPX_PM_CREATE:
			SAY("create %u>%u%s", step->local, step->remote,
			    step->backup ? " spared" : "");
			break;
		case MPTCPX_PM_CLOSE:
			SAY("close %u", step->sub);
			break;
		case MPTCPX_PM_ABORT:
			SAY("abort %u%s", step->sub, step->tell ? " tell" : "");
			break;
		case MPTCPX_PM_PRIORITY:
			SAY("%s %u", step->backup ? "spare" : "use", step->sub);
			break;
		case MPTCPX_PM_ANNOUNCE:
			SAY("announce %u%s", step->local, step->backup ? " spared" : "");
			break;
		case MPTCPX_PM_WITHDRAW:
			SAY("withdraw %u", step->local);
			break;
		default:
			SAY("what? %u", step->op);
		}
		/* what an operation does not need is nobody's */
		if (step->op != MPTCPX_PM_CREATE)
			KUNIT_EXPECT_EQ(t->test, step->remote, MPTCPX_PM_NOBODY);
		if (step->op == MPTCPX_PM_CREATE || step->op == MPTCPX_PM_ANNOUNCE ||
		    step->op == MPTCPX_PM_WITHDRAW)
			KUNIT_EXPECT_EQ(t->test, step->sub, MPTCPX_PM_NOBODY);
		else
			KUNIT_EXPECT_EQ(t->test, step->local, MPTCPX_PM_NOBODY);
	}
#undef SAY
	return t->text;
}

/* here, so that a failure names the line */
#define EXPECT_PLAN(t, want)	KUNIT_EXPECT_STREQ(test, plan_said(t), want)

/* these three want the same subflows; schedulers make the difference */
static const enum mptcpx_pm_policy plan_meshes[] = {
	MPTCPX_PM_FULLMESH, MPTCPX_PM_AGGREGATE, MPTCPX_PM_INTERACTIVE,
};

static void plan_mesh(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_NONE, 1, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plan_meshes); i++) {
		plan_begin(t, plan_meshes[i], 1, 1);
		EXPECT_PLAN(t, "");
		/* local addresses first: a path each before any gets two */
		plan_begin(t, plan_meshes[i], 2, 2);
		EXPECT_PLAN(t, "create 1>1, create 0>1, create 1>0");
		plan_begin(t, plan_meshes[i], 3, 2);
		EXPECT_PLAN(t, "create 1>1, create 2>0, create 0>1, create 1>0, create 2>1");
		/* what is there, or on its way, is not asked for again */
		plan_sub(t, 1, 0);
		plan_sub(t, 2, 0)->phase = MPTCPX_PM_JOINING;
		EXPECT_PLAN(t, "create 1>1, create 0>1, create 2>1");
		/* what is on its way out is */
		t->view.sub[1].phase = MPTCPX_PM_CLOSING;
		EXPECT_PLAN(t, "create 1>1, create 0>1, create 1>0, create 2>1");
		plan_begin(t, plan_meshes[i], 2, 1);
		t->view.per_pair = 2;
		EXPECT_PLAN(t, "create 1>0, create 0>0, create 1>0");
		plan_begin(t, plan_meshes[i], 2, 1);
		t->view.local[0].backup = true;
		EXPECT_PLAN(t, "spare 0, create 1>0");
		t->view.local[1].backup = true;
		t->view.sub[0].backup = true;
		EXPECT_PLAN(t, "create 1>0 spared");
		t->view.local[0].backup = false;
		EXPECT_PLAN(t, "use 0, create 1>0 spared");
	}
}

/* what keeps an address, or a pair, from being used */
static void plan_unfit(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_FULLMESH, 2, 2);

	t->view.local[1].usable = false;
	EXPECT_PLAN(t, "create 0>1");
	t->view.local[1].usable = true;
	t->view.local[1].fits = false;
	EXPECT_PLAN(t, "create 0>1");
	t->view.local[1].fits = true;
	t->view.local[1].excluded = true;
	EXPECT_PLAN(t, "create 0>1");
	t->view.local[1].excluded = false;
	t->view.local[1].deprecated = true;
	EXPECT_PLAN(t, "create 0>1");
	t->view.local[1].deprecated = false;
	t->view.local[1].reach = BIT(0);
	EXPECT_PLAN(t, "create 0>1, create 1>0");
	t->view.local[1].reach = BIT(1);
	EXPECT_PLAN(t, "create 1>1, create 0>1");
	t->view.local[1].reach = 0;
	EXPECT_PLAN(t, "create 0>1");
	t->view.local[1].reach = BIT(0) | BIT(1);
	t->view.local[1].hold = BIT(1);
	EXPECT_PLAN(t, "create 0>1, create 1>0");
	t->view.local[0].hold = BIT(1);
	EXPECT_PLAN(t, "create 1>0");
	t->view.local[0].hold = 0;
	t->view.local[1].hold = 0;
	/* the peer takes no more where it was first found, which may stay */
	t->view.deny_first = true;
	EXPECT_PLAN(t, "create 1>1, create 0>1");
	plan_sub(t, 1, 1);
	plan_sub(t, 0, 1);
	EXPECT_PLAN(t, "");
	/* so may what an excluded address began with, and nothing else of it */
	t->view.deny_first = false;
	plan_sub(t, 1, 0);
	t->view.local[0].excluded = true;
	EXPECT_PLAN(t, "close 2");
	t->view.local[0].excluded = false;
	t->view.local[1].excluded = true;
	EXPECT_PLAN(t, "close 1, close 3");
	/* what is still joining is left to its own end */
	t->view.sub[3].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "close 1");
}

/* who makes subflows, and when */
static void plan_roles(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_FULLMESH, 2, 1);

	EXPECT_PLAN(t, "create 1>0");
	t->view.closing = true;
	EXPECT_PLAN(t, "");
	t->view.closing = false;
	t->view.listener = true;
	EXPECT_PLAN(t, "announce 1");
	t->view.closing = true;
	EXPECT_PLAN(t, "");
	/* a listener's surplus is its peer's, up to a point */
	t->view.closing = false;
	t->view.local[1].announced = true;
	plan_sub(t, 1, 0);
	plan_sub(t, 1, 0);
	t->view.max_subflows = 2;
	EXPECT_PLAN(t, "");

	plan_begin(t, MPTCPX_PM_SERVER, 2, 1);
	EXPECT_PLAN(t, "announce 1");
	t->view.listener = true;
	EXPECT_PLAN(t, "announce 1");
	plan_begin(t, MPTCPX_PM_NONE, 2, 1);
	EXPECT_PLAN(t, "");
	t->view.listener = true;
	EXPECT_PLAN(t, "");
	plan_begin(t, MPTCPX_PM_NDIFFPORTS, 2, 1);
	t->view.listener = true;
	EXPECT_PLAN(t, "");
	plan_begin(t, MPTCPX_PM_HANDOVER, 2, 1);
	t->view.listener = true;
	EXPECT_PLAN(t, "announce 1");
	/* a policy of no meaning wants nothing, and ends no more than it must */
	plan_begin(t, MPTCPX_PM_POLICIES, 2, 1);
	EXPECT_PLAN(t, "");
}

static void plan_ndiffports(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_NDIFFPORTS, 3, 2);

	EXPECT_PLAN(t, "");
	t->view.per_pair = 3;
	EXPECT_PLAN(t, "create 0>0, create 0>0");
	t->view.per_pair = 2;
	/* excluded or not, it is where the connection began */
	t->view.local[0].excluded = true;
	EXPECT_PLAN(t, "create 0>0");
	t->view.local[0].excluded = false;
	/* not where the peer takes no more: then its next address */
	t->view.deny_first = true;
	EXPECT_PLAN(t, "create 0>1, create 0>1");
	plan_sub(t, 0, 1);
	plan_sub(t, 0, 1);
	EXPECT_PLAN(t, "close 0");
	t->view.subs = 1;
	/* what the connection began with has no claim where it is too much */
	t->view.deny_first = false;
	plan_sub(t, 0, 0);
	plan_sub(t, 0, 0);
	EXPECT_PLAN(t, "close 2");
	plan_sub(t, 1, 0);
	EXPECT_PLAN(t, "close 2, close 3");

	/* the address is gone: from what is left, the best of it, all of them */
	plan_begin(t, MPTCPX_PM_NDIFFPORTS, 3, 2);
	t->view.per_pair = 2;
	t->view.local[0].usable = false;
	t->view.sub[0].bad = true;
	EXPECT_PLAN(t, "create 1>0, create 1>0");
	t->view.local[2].rank = 3;
	EXPECT_PLAN(t, "create 2>0, create 2>0");
	t->view.local[2].reach = BIT(1);
	EXPECT_PLAN(t, "create 2>1, create 2>1");
	t->view.local[2].excluded = true;
	EXPECT_PLAN(t, "create 1>0, create 1>0");
	/* it is back: and so is the connection, by and by */
	t->view.local[0].usable = true;
	t->view.subs = 0;
	plan_sub(t, 1, 0);
	plan_sub(t, 1, 0);
	EXPECT_PLAN(t, "close 0, create 0>0, create 0>0");
	plan_sub(t, 0, 0);
	EXPECT_PLAN(t, "close 0, close 1, create 0>0");
	/* where it began need not be the first in the table, nor the best */
	plan_begin(t, MPTCPX_PM_NDIFFPORTS, 2, 1);
	t->view.per_pair = 2;
	t->view.local[0].initial = false;
	t->view.local[1].initial = true;
	t->view.local[0].rank = 3;
	t->view.sub[0].local = 1;
	EXPECT_PLAN(t, "create 1>0");
	/* it began at no address of ours any more */
	plan_begin(t, MPTCPX_PM_NDIFFPORTS, 3, 2);
	t->view.per_pair = 2;
	t->view.local[0].initial = false;
	t->view.local[0].excluded = true;
	t->view.local[2].excluded = true;
	t->view.subs = 0;
	EXPECT_PLAN(t, "create 1>0, create 1>0");
}

static void plan_handover(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_HANDOVER, 3, 2);

	/* one subflow each, all but one spared */
	EXPECT_PLAN(t, "create 2>0 spared, create 1>0 spared");
	t->view.per_pair = 2;
	EXPECT_PLAN(t, "create 2>0 spared, create 1>0 spared");
	t->view.per_pair = 1;
	/* to the first address that takes it */
	t->view.deny_first = true;
	EXPECT_PLAN(t, "create 1>1 spared, create 0>1, create 2>1 spared");
	t->view.deny_first = false;
	plan_sub(t, 1, 0)->backup = true;
	plan_sub(t, 2, 0)->backup = true;
	EXPECT_PLAN(t, "");
	/* what is preferred takes over, and only then the other is spared */
	t->view.local[2].rank = 5;
	EXPECT_PLAN(t, "spare 0, use 2");
	t->view.sub[2].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "");
	t->view.sub[2].phase = MPTCPX_PM_CLOSING;
	EXPECT_PLAN(t, "create 2>0");
	t->view.sub[2].phase = MPTCPX_PM_UP;
	t->view.local[2].rank = 17;
	EXPECT_PLAN(t, "");
	/* a backup interface is the last that is used, however preferred */
	t->view.local[0].backup = true;
	EXPECT_PLAN(t, "spare 0, use 1");
	t->view.local[2].rank = 5;
	EXPECT_PLAN(t, "spare 0, use 2");
	t->view.local[2].backup = true;
	EXPECT_PLAN(t, "spare 0, use 1");
	t->view.local[1].backup = true;
	EXPECT_PLAN(t, "spare 0, use 2");
	/* it is lost: the next one takes over before it is given up */
	plan_begin(t, MPTCPX_PM_HANDOVER, 2, 1);
	plan_sub(t, 1, 0)->backup = true;
	t->view.sub[0].bad = true;
	t->view.local[0].usable = false;
	EXPECT_PLAN(t, "use 1, abort 0 tell");
	/* addresses of one interface share its fate */
	plan_begin(t, MPTCPX_PM_HANDOVER, 2, 1);
	t->view.local[1].ifindex = t->view.local[0].ifindex;
	EXPECT_PLAN(t, "create 1>0");
	/* among equals it is the one where the connection began */
	plan_begin(t, MPTCPX_PM_HANDOVER, 3, 1);
	t->view.local[0].initial = false;
	t->view.local[1].initial = true;
	t->view.sub[0].local = 1;
	EXPECT_PLAN(t, "create 0>0 spared, create 2>0 spared");
	plan_sub(t, 0, 0)->backup = true;
	EXPECT_PLAN(t, "create 2>0 spared");
	/* nothing works: what is best becomes the active one */
	plan_begin(t, MPTCPX_PM_HANDOVER, 3, 1);
	t->view.subs = 0;
	t->view.local[0].usable = false;
	EXPECT_PLAN(t, "create 1>0, create 2>0 spared");
	t->view.local[2].rank = 1;
	EXPECT_PLAN(t, "create 1>0 spared, create 2>0");
	t->view.local[0].usable = true;
	t->view.local[2].rank = 16;
	EXPECT_PLAN(t, "create 0>0, create 1>0 spared, create 2>0 spared");
	/* routes to addresses that there are not make nobody the active one */
	t->view.local[0].reach = BIT(1);
	EXPECT_PLAN(t, "create 1>0, create 2>0 spared");
}

static void plan_limits(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_FULLMESH, 3, 2);
	u8 i;

	t->view.max_subflows = 3;
	EXPECT_PLAN(t, "create 1>1, create 2>0");
	t->view.max_subflows = 2;
	EXPECT_PLAN(t, "create 1>1");
	/* where nobody answers comes last */
	t->view.local[1].doubt = BIT(1);
	EXPECT_PLAN(t, "create 2>0");
	t->view.local[2].doubt = BIT(0) | BIT(1);
	EXPECT_PLAN(t, "create 0>1");
	t->view.max_subflows = 5;
	EXPECT_PLAN(t, "create 0>1, create 1>0, create 1>1, create 2>0");
	t->view.local[1].doubt = 0;
	t->view.local[2].doubt = 0;
	t->view.max_subflows = 1;
	EXPECT_PLAN(t, "");
	plan_sub(t, 1, 0);
	EXPECT_PLAN(t, "close 1");
	/* the last one that works stays, whatever the limit */
	t->view.sub[0].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "");
	t->view.sub[0].phase = MPTCPX_PM_UP;
	t->view.max_subflows = 0;
	EXPECT_PLAN(t, "close 0");
	/* what is not one of our addresses counts, too, and is not ended for less */
	t->view.max_subflows = 8;
	t->view.subs = 0;
	plan_sub(t, 0, 0);
	plan_sub(t, MPTCPX_PM_NOBODY, 0);
	plan_sub(t, 1, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "create 1>1, create 2>0, create 0>1, create 1>0, create 2>1");
	t->view.max_subflows = 4;
	EXPECT_PLAN(t, "create 1>1");
	t->view.max_subflows = 2;
	EXPECT_PLAN(t, "close 2");
	/* too many of a pair */
	plan_begin(t, MPTCPX_PM_FULLMESH, 1, 1);
	plan_sub(t, 0, 0);
	plan_sub(t, 0, 0);
	EXPECT_PLAN(t, "close 1, close 2");
	t->view.per_pair = 2;
	EXPECT_PLAN(t, "close 2");
	/* bad ones do not count, and neither do those on their way out */
	t->view.sub[0].phase = MPTCPX_PM_CLOSING;
	EXPECT_PLAN(t, "");
	t->view.sub[1].bad = true;
	EXPECT_PLAN(t, "abort 1 tell, create 0>0");

	/* of an interface, by whichever of its addresses */
	plan_begin(t, MPTCPX_PM_FULLMESH, 3, 2);
	t->view.max_interface = 1;
	EXPECT_PLAN(t, "create 1>1, create 2>0");
	t->view.local[2].ifindex = t->view.local[0].ifindex;
	EXPECT_PLAN(t, "create 1>1");
	/* next to each other in the table, too */
	t->view.local[2].ifindex = 12;
	t->view.local[1].ifindex = t->view.local[0].ifindex;
	EXPECT_PLAN(t, "create 2>0");
	t->view.local[1].ifindex = 11;
	t->view.local[2].ifindex = t->view.local[0].ifindex;
	t->view.max_interface = 2;
	EXPECT_PLAN(t, "create 1>1, create 2>0, create 1>0");
	plan_sub(t, 2, 1);
	plan_sub(t, 0, 1);
	EXPECT_PLAN(t, "close 2, create 1>1, create 1>0");
	plan_begin(t, MPTCPX_PM_FULLMESH, 1, 1);
	t->view.max_interface = 1;
	plan_sub(t, 0, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "");

	/* as many steps as there is room for: the next pass goes on */
	plan_begin(t, MPTCPX_PM_FULLMESH, 6, 4);
	t->view.max_subflows = 17;
	plan_said(t);
	KUNIT_EXPECT_EQ(test, t->n, 16U);
	t->view.max_subflows = 32;
	plan_said(t);
	KUNIT_EXPECT_EQ(test, t->n, (unsigned int)MPTCPX_PM_STEPS);
	/* every pair once, in an order that spreads them */
	plan_begin(t, MPTCPX_PM_FULLMESH, 2, MPTCPX_PM_REMOTES);
	t->view.max_subflows = 6;
	EXPECT_PLAN(t, "create 1>1, create 0>1, create 1>2, create 0>2, create 1>3");
	/* all there can be */
	plan_begin(t, MPTCPX_PM_FULLMESH, MPTCPX_PM_LOCALS, MPTCPX_PM_REMOTES);
	t->view.max_subflows = 1000;
	t->view.max_interface = 1000;
	t->view.per_pair = 200;
	for (i = 1; i < MPTCPX_PM_SUBS; i++)
		plan_sub(t, i, i % MPTCPX_PM_REMOTES);
	plan_said(t);
	KUNIT_EXPECT_EQ(test, t->n, (unsigned int)MPTCPX_PM_STEPS);
}

/* what the peer makes of them */
static void plan_too_many(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_FULLMESH, 1, 1);
	u8 s;

	t->view.listener = true;
	t->view.max_subflows = 2;
	t->view.local[0].tell = false;
	for (s = 1; s < 4; s++)
		plan_sub(t, 0, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "");
	plan_sub(t, 0, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "abort 4");
	/* what is not there yet goes first, what is ending does not count */
	t->view.sub[1].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "abort 1");
	t->view.sub[1].phase = MPTCPX_PM_CLOSING;
	EXPECT_PLAN(t, "");
	t->view.sub[1].phase = MPTCPX_PM_JOINING;
	t->view.sub[2].bad = true;
	EXPECT_PLAN(t, "abort 2");
	t->view.sub[2].bad = false;
	plan_sub(t, 0, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "abort 5, abort 1");
	/* whoever has the policy; but not who makes them, nor without one */
	t->view.sub[1].phase = MPTCPX_PM_UP;
	t->view.policy = MPTCPX_PM_NONE;
	EXPECT_PLAN(t, "");
	t->view.policy = MPTCPX_PM_SERVER;
	EXPECT_PLAN(t, "abort 4, abort 5");
	t->view.listener = false;
	EXPECT_PLAN(t, "abort 4, abort 5");
	t->view.policy = MPTCPX_PM_HANDOVER;
	t->view.closing = true;
	EXPECT_PLAN(t, "");
	/* the last place may stand for many */
	t->view.closing = false;
	t->view.listener = true;
	t->view.max_subflows = 16;
	while (t->view.subs < MPTCPX_PM_SUBS - 1)
		plan_sub(t, 0, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "");
	plan_sub(t, 0, MPTCPX_PM_NOBODY);
	EXPECT_PLAN(t, "abort 31");
}

/* subflows whose address is gone, or that are silent */
static void plan_lost(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_FULLMESH, 2, 1);
	struct mptcpx_pm_vsub *first = &t->view.sub[0];

	/* the only one: kept until there is another, so that its end can be told */
	first->bad = true;
	t->view.local[0].usable = false;
	EXPECT_PLAN(t, "create 1>0");
	plan_sub(t, 1, 0)->phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "");
	t->view.sub[1].phase = MPTCPX_PM_UP;
	EXPECT_PLAN(t, "abort 0 tell");
	/* another that is as bad is no help */
	t->view.sub[1].bad = true;
	EXPECT_PLAN(t, "create 1>0");
	/* its own path is back: ended there, and made anew */
	t->view.subs = 1;
	t->view.local[0].usable = true;
	first->back = true;
	EXPECT_PLAN(t, "abort 0, create 0>0, create 1>0");
	plan_sub(t, 1, 0);
	EXPECT_PLAN(t, "abort 0, create 0>0");
	/* no other one would come: it stays */
	t->view.subs = 1;
	t->view.local[0].hold = BIT(0);
	t->view.local[1].hold = BIT(0);
	EXPECT_PLAN(t, "");
	t->view.local[1].hold = 0;
	EXPECT_PLAN(t, "abort 0, create 1>0");
	t->view.local[0].hold = 0;
	t->view.deny_first = true;
	EXPECT_PLAN(t, "");
	t->view.deny_first = false;
	t->view.local[0].excluded = true;
	t->view.local[1].excluded = true;
	EXPECT_PLAN(t, "");
	t->view.local[0].excluded = false;
	t->view.local[1].excluded = false;
	t->view.policy = MPTCPX_PM_SERVER;
	t->view.local[1].announced = true;
	EXPECT_PLAN(t, "");
	t->view.policy = MPTCPX_PM_FULLMESH;
	t->view.local[1].announced = false;
	t->view.closing = true;
	EXPECT_PLAN(t, "");
	plan_sub(t, 1, 0);
	EXPECT_PLAN(t, "abort 0");
	first->back = false;
	EXPECT_PLAN(t, "abort 0 tell");
	t->view.closing = false;
	/* a handshake that came to nothing tells nobody anything */
	first->phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "abort 0, create 0>0");
	t->view.subs = 1;
	EXPECT_PLAN(t, "abort 0, create 0>0, create 1>0");
	first->phase = MPTCPX_PM_CLOSING;
	EXPECT_PLAN(t, "create 0>0, create 1>0");

	/* a listener tells of addresses that are gone, not of paths that are silent */
	plan_begin(t, MPTCPX_PM_FULLMESH, 2, 1);
	t->view.listener = true;
	t->view.local[1].initial = true;	/* nothing to announce */
	/* its last one is never ended: the peer may not make another */
	t->view.sub[0].bad = true;
	t->view.sub[0].back = true;
	EXPECT_PLAN(t, "");
	t->view.sub[0].back = false;
	plan_sub(t, 1, 0);
	t->view.sub[0].bad = true;
	EXPECT_PLAN(t, "abort 0");
	t->view.local[0].usable = false;
	EXPECT_PLAN(t, "abort 0 tell");
	t->view.local[0].usable = true;
	t->view.sub[0].local = MPTCPX_PM_NOBODY;
	EXPECT_PLAN(t, "abort 0 tell");
	t->view.listener = false;
	EXPECT_PLAN(t, "abort 0 tell, create 0>0");
	/* of what is bad the priority does not matter */
	t->view.sub[0].backup = true;
	EXPECT_PLAN(t, "abort 0 tell, create 0>0");
}

static void plan_priorities(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_FULLMESH, 2, 1);
	enum mptcpx_pm_policy policy;

	plan_sub(t, 1, 0);
	t->view.local[1].backup = true;
	EXPECT_PLAN(t, "spare 1");
	t->view.sub[1].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "");
	t->view.sub[1].phase = MPTCPX_PM_UP;
	t->view.sub[1].backup = true;
	EXPECT_PLAN(t, "");
	t->view.local[1].backup = false;
	EXPECT_PLAN(t, "use 1");
	t->view.sub[1].local = MPTCPX_PM_NOBODY;
	EXPECT_PLAN(t, "create 1>0");
	/* what the peer made: by what is to be spared here, whoever is in use there */
	for (policy = MPTCPX_PM_FULLMESH; policy < MPTCPX_PM_POLICIES; policy++) {
		plan_begin(t, policy, 2, 1);
		t->view.listener = true;
		t->view.local[1].tell = false;
		t->view.local[1].rank = 0;
		plan_sub(t, 1, 0);
		EXPECT_PLAN(t, "");
		t->view.local[1].backup = true;
		EXPECT_PLAN(t, "spare 1");
	}
	plan_begin(t, MPTCPX_PM_NONE, 2, 1);
	plan_sub(t, 1, 0);
	t->view.local[1].backup = true;
	EXPECT_PLAN(t, "");
	/* before anything is ended */
	plan_begin(t, MPTCPX_PM_FULLMESH, 2, 1);
	plan_sub(t, 1, 0)->backup = true;
	t->view.sub[0].bad = true;
	EXPECT_PLAN(t, "use 1, abort 0 tell, create 0>0");
}

static void plan_announcements(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_SERVER, 4, 1);
	struct mptcpx_pm_vlocal *local = t->view.local;
	u8 l;

	/* one at a time, never the one where the connection began */
	EXPECT_PLAN(t, "announce 1");
	local[1].announced = true;
	local[1].tell = false;
	EXPECT_PLAN(t, "announce 2");
	/* told again, unless somebody came */
	local[1].tell = true;
	EXPECT_PLAN(t, "announce 1");
	plan_sub(t, 1, 0)->phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "announce 1");
	t->view.sub[1].phase = MPTCPX_PM_UP;
	EXPECT_PLAN(t, "announce 2");
	/* an address that is in use, but was never told of */
	local[1].announced = false;
	EXPECT_PLAN(t, "announce 1");
	local[1].announced = true;
	/* what cannot be used is not offered, and taken back */
	local[2].usable = false;
	EXPECT_PLAN(t, "announce 3");
	local[2].usable = true;
	local[2].excluded = true;
	EXPECT_PLAN(t, "announce 3");
	local[2].excluded = false;
	local[2].fits = false;
	EXPECT_PLAN(t, "announce 3");
	local[2].announced = true;
	EXPECT_PLAN(t, "withdraw 2, announce 3");
	local[2].fits = true;
	local[2].excluded = true;
	EXPECT_PLAN(t, "withdraw 2, announce 3");
	local[2].excluded = false;
	local[2].usable = false;
	EXPECT_PLAN(t, "withdraw 2, announce 3");
	local[2].usable = true;
	/* but the last one that works stays, and counts as told of */
	local[1].excluded = true;
	EXPECT_PLAN(t, "withdraw 1, announce 2");
	t->view.sub[0].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "announce 2");
	t->view.sub[0].phase = MPTCPX_PM_UP;
	local[1].excluded = false;
	/* what is deprecated is not offered, and left to who uses it */
	local[1].deprecated = true;
	local[3].deprecated = true;
	EXPECT_PLAN(t, "announce 2");
	local[2].tell = false;
	EXPECT_PLAN(t, "");
	local[2].tell = true;
	local[1].deprecated = false;
	local[3].deprecated = false;
	/* what is to be spared is said to be */
	local[3].backup = true;
	local[2].tell = false;
	EXPECT_PLAN(t, "announce 3 spared");
	local[3].backup = false;
	local[2].tell = true;
	local[2].usable = false;
	/* a withdrawal needs somebody to carry it, and so does the rest */
	t->view.sub[0].bad = true;
	t->view.sub[1].phase = MPTCPX_PM_JOINING;
	EXPECT_PLAN(t, "");
	t->view.sub[0].bad = false;
	t->view.policy = MPTCPX_PM_FULLMESH;
	EXPECT_PLAN(t, "create 3>0, withdraw 1, withdraw 2");

	/* a peer remembers so many and no more */
	plan_begin(t, MPTCPX_PM_SERVER, 12, 1);
	for (l = 1; l < MPTCPX_PM_REMOTES - 1; l++)
		local[l].announced = true;
	for (l = 1; l < MPTCPX_PM_REMOTES - 1; l++)
		local[l].tell = false;
	EXPECT_PLAN(t, "announce 8");
	local[8].announced = true;
	local[8].tell = false;
	EXPECT_PLAN(t, "");
	local[8].tell = true;
	EXPECT_PLAN(t, "announce 8");
	local[8].tell = false;
	local[2].usable = false;
	EXPECT_PLAN(t, "withdraw 2, announce 9");
	/* what cannot be taken back yet is remembered as well */
	t->view.sub[0].local = 2;
	t->view.sub[0].bad = false;
	EXPECT_PLAN(t, "");
}

/*
 * Half closed, a connection may carry data the other way for long: what the peer has
 * been told stays true, so that it does not end the subflows that go there.
 */
static void plan_half_closed(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_SERVER, 3, 1);

	t->view.listener = true;
	plan_sub(t, 1, 0);
	t->view.local[1].announced = true;
	t->view.closing = true;
	EXPECT_PLAN(t, "");
	t->view.local[1].usable = false;
	EXPECT_PLAN(t, "withdraw 1");
	t->view.local[1].usable = true;
	t->view.local[1].excluded = true;
	EXPECT_PLAN(t, "withdraw 1");
}

/* do what a plan says, as if everything succeeded at once */
static void plan_carry_out(struct plan_test *t)
{
	struct mptcpx_pm_view *view = &t->view;
	unsigned int i;
	u8 s, n = 0;

	for (i = 0; i < t->n; i++) {
		const struct mptcpx_pm_step *step = &t->steps[i];

		switch (step->op) {
		case MPTCPX_PM_CREATE:
			KUNIT_ASSERT_LT(t->test, view->subs, MPTCPX_PM_SUBS);
			plan_sub(t, step->local, step->remote)->backup = step->backup;
			break;
		case MPTCPX_PM_CLOSE:
		case MPTCPX_PM_ABORT:
			view->sub[step->sub].phase = MPTCPX_PM_CLOSING;
			break;
		case MPTCPX_PM_PRIORITY:
			view->sub[step->sub].backup = step->backup;
			break;
		case MPTCPX_PM_ANNOUNCE:
			view->local[step->local].announced = true;
			view->local[step->local].tell = false;
			break;
		case MPTCPX_PM_WITHDRAW:
			view->local[step->local].announced = false;
			break;
		}
	}
	for (s = 0; s < view->subs; s++)
		if (view->sub[s].phase != MPTCPX_PM_CLOSING)
			view->sub[n++] = view->sub[s];
	view->subs = n;
}

/* what no plan may do, whatever it was made from */
static void plan_must(struct plan_test *t)
{
	const struct mptcpx_pm_view *view = &t->view;
	bool makes = !view->listener && !view->closing && view->policy != MPTCPX_PM_NONE &&
		     view->policy != MPTCPX_PM_SERVER;
	unsigned int i, up = 0, all = 0, made = 0, announced = 0;
	u8 s;

	for (s = 0; s < view->subs; s++) {
		up += view->sub[s].phase == MPTCPX_PM_UP && !view->sub[s].bad;
		all += view->sub[s].phase != MPTCPX_PM_CLOSING && !view->sub[s].bad;
	}
	for (i = 0; i < t->n; i++) {
		const struct mptcpx_pm_step *step = &t->steps[i];
		const struct mptcpx_pm_vlocal *local;
		const struct mptcpx_pm_vsub *sub;

		/* whoever is not nobody is somebody; who is meant is checked below */
		KUNIT_ASSERT_TRUE(t->test, step->local == MPTCPX_PM_NOBODY ||
				  step->local < view->locals);
		KUNIT_ASSERT_TRUE(t->test, step->sub == MPTCPX_PM_NOBODY ||
				  step->sub < view->subs);
		local = &view->local[step->local % MPTCPX_PM_LOCALS];
		sub = &view->sub[step->sub % MPTCPX_PM_SUBS];
		switch (step->op) {
		case MPTCPX_PM_CREATE:
			made++;
			KUNIT_ASSERT_TRUE(t->test, makes);
			KUNIT_ASSERT_LT(t->test, step->local, view->locals);
			KUNIT_ASSERT_LT(t->test, step->remote, view->remotes);
			KUNIT_ASSERT_TRUE(t->test, local->usable && local->fits &&
					  local->reach & BIT(step->remote) &&
					  !(local->hold & BIT(step->remote)));
			KUNIT_ASSERT_FALSE(t->test, view->deny_first && !step->remote);
			break;
		case MPTCPX_PM_CLOSE:
			KUNIT_ASSERT_TRUE(t->test, makes);
			KUNIT_ASSERT_LT(t->test, step->sub, view->subs);
			KUNIT_ASSERT_TRUE(t->test, sub->phase == MPTCPX_PM_UP && !sub->bad);
			up--;
			all--;
			KUNIT_ASSERT_GT(t->test, up, 0U);
			break;
		case MPTCPX_PM_ABORT:
			KUNIT_ASSERT_LT(t->test, step->sub, view->subs);
			KUNIT_ASSERT_NE(t->test, sub->phase, MPTCPX_PM_CLOSING);
			/* or too much of what the peer made */
			KUNIT_ASSERT_TRUE(t->test, sub->bad ||
					  (!makes && view->policy != MPTCPX_PM_NONE &&
					   all-- > 2 * view->max_subflows));
			break;
		case MPTCPX_PM_PRIORITY:
			KUNIT_ASSERT_NE(t->test, view->policy, MPTCPX_PM_NONE);
			KUNIT_ASSERT_LT(t->test, step->sub, view->subs);
			KUNIT_ASSERT_NE(t->test, step->backup, sub->backup);
			KUNIT_ASSERT_TRUE(t->test, makes ||
					  step->backup == view->local[sub->local].backup);
			break;
		case MPTCPX_PM_ANNOUNCE:
			announced++;
			KUNIT_ASSERT_LT(t->test, step->local, view->locals);
			KUNIT_ASSERT_TRUE(t->test, local->usable && local->fits && local->tell &&
					  !local->excluded && !local->initial && up);
			break;
		case MPTCPX_PM_WITHDRAW:
			KUNIT_ASSERT_LT(t->test, step->local, view->locals);
			KUNIT_ASSERT_TRUE(t->test, local->announced && up);
			break;
		}
	}
	KUNIT_ASSERT_LE(t->test, announced, 1U);
	if (made)
		KUNIT_ASSERT_LE(t->test, all + made, view->max_subflows);
}

static void plan_random(struct plan_test *t, struct rnd_state *rnd)
{
	struct mptcpx_pm_view *view = &t->view;
	u8 l, s, subs;

	memset(view, 0, sizeof(*view));
#define ANY(n) (prandom_u32_state(rnd) % (n))
	view->policy = ANY(MPTCPX_PM_POLICIES);
	view->listener = !ANY(4);
	view->closing = !ANY(8);
	view->deny_first = !ANY(4);
	view->per_pair = 1 + ANY(3);
	view->max_subflows = 1 + ANY(16);
	view->max_interface = 1 + ANY(9);
	view->locals = ANY(7);
	view->remotes = ANY(MPTCPX_PM_REMOTES + 1);
	subs = ANY(9);
	for (l = 0; l < view->locals; l++) {
		view->local[l] = (struct mptcpx_pm_vlocal){
			.ifindex = ANY(4), .rank = ANY(3), .usable = ANY(4),
			.excluded = !ANY(6), .backup = !ANY(3), .initial = !ANY(4),
			.announced = !ANY(3), .fits = ANY(5), .tell = ANY(2),
			/* bits of addresses that there are not, too */
			.reach = prandom_u32_state(rnd), .hold = prandom_u32_state(rnd) &
				 prandom_u32_state(rnd) & prandom_u32_state(rnd),
		};
	}
	for (s = 0; s < subs; s++) {
		u8 local = ANY(view->locals + 1), remote = ANY(view->remotes + 1);
		struct mptcpx_pm_vsub *sub;

		sub = plan_sub(t, local < view->locals ? local : MPTCPX_PM_NOBODY,
			       remote < view->remotes ? remote : MPTCPX_PM_NOBODY);
		sub->phase = ANY(8) ? MPTCPX_PM_UP : ANY(3);
		sub->backup = ANY(2);
		sub->bad = !ANY(4);
		sub->back = ANY(2);
	}
#undef ANY
}

/*
 * Any view at all: a plan keeps its rules and, being carried out, comes to an end: it
 * never takes back what it has just done.
 */
static void plan_noise(struct kunit *test)
{
	struct plan_test *t = plan_test(test, MPTCPX_PM_NONE, 1, 1);
	unsigned int i, k, busy = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < 4000; i++) {
		plan_random(t, &rnd);
		for (k = 0; k < 24; k++) {
			t->n = mptcpx_pm_plan(&t->view, t->steps);
			KUNIT_ASSERT_LE(test, t->n, (unsigned int)MPTCPX_PM_STEPS);
			if (!t->n)
				break;
			plan_must(t);
			plan_carry_out(t);
			busy += !k;
		}
		KUNIT_EXPECT_LT_MSG(test, k, 24U, "view %u: without end: %s", i, plan_said(t));
	}
	KUNIT_EXPECT_GT(test, busy, 2000U);
}

static struct kunit_case plan_cases[] = {
	KUNIT_CASE(plan_mesh),
	KUNIT_CASE(plan_unfit),
	KUNIT_CASE(plan_roles),
	KUNIT_CASE(plan_ndiffports),
	KUNIT_CASE(plan_handover),
	KUNIT_CASE(plan_limits),
	KUNIT_CASE(plan_too_many),
	KUNIT_CASE(plan_lost),
	KUNIT_CASE(plan_priorities),
	KUNIT_CASE(plan_announcements),
	KUNIT_CASE(plan_half_closed),
	KUNIT_CASE(plan_noise),
	{ }
};

static struct kunit_suite plan_suite = {
	.name = "mptcpx_pm_plan",
	.test_cases = plan_cases,
};

kunit_test_suite(plan_suite);
