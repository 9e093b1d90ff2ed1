// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the table of addresses; included at the end of pm_addr.c. The path
 * manager is one of memory only.
 */
#include <kunit/test.h>

static struct mptcpx_pm *addr_test_pm(struct kunit *test)
{
	struct mptcpx_pm *pm = kunit_kzalloc(test, sizeof(*pm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pm);
	hash_init(pm->conns);
	return pm;
}

static struct mptcpx_pm_addr addr_test_v4(u32 v4)
{
	return (struct mptcpx_pm_addr){ .family = AF_INET, .v4 = htonl(v4) };
}

static void addr_equal(struct kunit *test)
{
	struct mptcpx_pm_addr a = addr_test_v4(0x0a000001), b = a;
	struct mptcpx_pm_addr c = { .family = AF_INET6 }, d = c;

	KUNIT_EXPECT_TRUE(test, mptcpx_pm_addr_equal(&a, &b));
	/* whatever the port, and whatever lies behind four bytes */
	b.port = htons(80);
	b.v6.s6_addr32[3] = 1;
	KUNIT_EXPECT_TRUE(test, mptcpx_pm_addr_equal(&a, &b));
	b.v4 ^= htonl(1);
	KUNIT_EXPECT_FALSE(test, mptcpx_pm_addr_equal(&a, &b));
	KUNIT_EXPECT_TRUE(test, mptcpx_pm_addr_equal(&c, &d));
	d.v6.s6_addr[15] = 1;
	KUNIT_EXPECT_FALSE(test, mptcpx_pm_addr_equal(&c, &d));
	/* the same bytes of another family */
	c.v6 = (struct in6_addr){};
	a = addr_test_v4(0);
	KUNIT_EXPECT_FALSE(test, mptcpx_pm_addr_equal(&a, &c));
	KUNIT_EXPECT_FALSE(test, mptcpx_pm_addr_equal(&c, &a));
}

/* ids come in turn, never 0, never one that is in use */
static void addr_ids(struct kunit *test)
{
	struct mptcpx_pm *pm = addr_test_pm(test);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, new_id(pm), 1);
	KUNIT_EXPECT_EQ(test, new_id(pm), 2);
	pm->locals = 2;
	pm->local[0].id = 3;
	pm->local[1].id = 4;
	KUNIT_EXPECT_EQ(test, new_id(pm), 5);
	pm->next_id = 254;
	pm->local[0].id = 1;
	KUNIT_EXPECT_EQ(test, new_id(pm), 255);
	KUNIT_EXPECT_EQ(test, new_id(pm), 2);
	/* as many as there can be */
	pm->locals = MPTCPX_PM_LOCALS;
	for (i = 0; i < MPTCPX_PM_LOCALS; i++)
		pm->local[i].id = i + 3;
	KUNIT_EXPECT_EQ(test, new_id(pm), MPTCPX_PM_LOCALS + 3);
}

static void addr_entries(struct kunit *test)
{
	struct mptcpx_pm *pm = addr_test_pm(test);
	struct scan scan = { .pm = pm };
	struct mptcpx_pm_addr addr;
	unsigned int i;

	/* a place each, and the same place again */
	for (i = 0; i < MPTCPX_PM_LOCALS; i++) {
		addr = addr_test_v4(i + 1);
		KUNIT_EXPECT_PTR_EQ(test, entry_of(&scan, &addr), &pm->local[i]);
		pm->local[i].addr = addr;
		pm->local[i].usable = true;
		pm->local[i].lost = jiffies;
		KUNIT_EXPECT_PTR_EQ(test, entry_of(&scan, &addr), &pm->local[i]);
		KUNIT_EXPECT_EQ(test, pm->locals, i + 1);
	}
	/* all in use: no place */
	addr = addr_test_v4(1000);
	KUNIT_EXPECT_NULL(test, entry_of(&scan, &addr));
	/* that which was lost first makes room, unless it has just been seen */
	pm->local[5].usable = false;
	pm->local[5].lost = jiffies - 10 * HZ;
	pm->local[9].usable = false;
	pm->local[9].lost = jiffies - 20 * HZ;
	pm->local[30].usable = false;
	pm->local[30].lost = jiffies - 15 * HZ;
	KUNIT_EXPECT_PTR_EQ(test, entry_of(&scan, &addr), &pm->local[9]);
	__set_bit(9, scan.seen);
	KUNIT_EXPECT_PTR_EQ(test, entry_of(&scan, &addr), &pm->local[30]);
	KUNIT_EXPECT_EQ(test, pm->locals, MPTCPX_PM_LOCALS);
}

static void addr_ranks(struct kunit *test)
{
	static const struct {
		const char *include, *exclude, *backup, *prefer, *name;
		bool excluded, is_backup;
		u8 rank;
	} cases[] = {
		{ "", "", "", "", "eth0", false, false, MPTCPX_PM_PATTERNS },
		{ "eth*", "", "", "", "eth0", false, false, MPTCPX_PM_PATTERNS },
		{ "eth*", "", "", "", "wlan0", true, false, MPTCPX_PM_PATTERNS },
		{ "", "eth*", "", "", "eth0", true, false, MPTCPX_PM_PATTERNS },
		{ "", "eth*", "", "", "wlan0", false, false, MPTCPX_PM_PATTERNS },
		/* who is on both lists is out */
		{ "eth*", "eth0", "", "", "eth0", true, false, MPTCPX_PM_PATTERNS },
		{ "eth*", "eth0", "", "", "eth1", false, false, MPTCPX_PM_PATTERNS },
		{ "", "", "wwan*", "", "wwan0", false, true, MPTCPX_PM_PATTERNS },
		{ "", "", "*", "eth* wlan*", "eth0", false, true, 0 },
		{ "", "", "", "eth* wlan*", "wlan0", false, false, 1 },
	};
	struct mptcpx_pm *pm = addr_test_pm(test);
	struct mptcpx_pm_local local = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		mptcpx_pm_patterns_parse(&pm->list[MPTCPX_PM_LIST_INCLUDE].patterns,
					 cases[i].include);
		mptcpx_pm_patterns_parse(&pm->list[MPTCPX_PM_LIST_EXCLUDE].patterns,
					 cases[i].exclude);
		mptcpx_pm_patterns_parse(&pm->list[MPTCPX_PM_LIST_BACKUP].patterns,
					 cases[i].backup);
		mptcpx_pm_patterns_parse(&pm->list[MPTCPX_PM_LIST_PREFER].patterns,
					 cases[i].prefer);
		strscpy(local.ifname, cases[i].name, sizeof(local.ifname));
		mptcpx_pm_addr_rank(pm, &local);
		KUNIT_EXPECT_EQ_MSG(test, local.excluded, cases[i].excluded, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, local.backup, cases[i].is_backup, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, local.rank, cases[i].rank, "case %u", i);
	}
}

/* one scan, of an address on one interface */
static enum mptcpx_pm_news addr_test_scan(struct scan *scan, struct mptcpx_pm *pm,
					  const struct net_device *dev, bool usable,
					  bool deprecated)
{
	struct mptcpx_pm_addr addr = addr_test_v4(0x0a000001);

	*scan = (struct scan){ .pm = pm };
	for (; scan->grade < GRADES; scan->grade++)
		found(scan, dev, &addr, usable, deprecated);
	scan_end(scan);
	return scan->news;
}

/* an address comes, goes, comes back, moves */
static void addr_found(struct kunit *test)
{
	struct mptcpx_pm *pm = addr_test_pm(test);
	struct net_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	struct mptcpx_pm_local *local = &pm->local[0];
	struct scan scan;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->ifindex = 3;
	strscpy(dev->name, "eth0", sizeof(dev->name));
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, false, false), MPTCPX_PM_CAME);
	KUNIT_EXPECT_EQ(test, local->id, 1);
	KUNIT_EXPECT_EQ(test, local->ifindex, 3);
	KUNIT_EXPECT_STREQ(test, local->ifname, "eth0");
	KUNIT_EXPECT_FALSE(test, local->usable);
	KUNIT_EXPECT_TRUE(test, test_bit(0, scan.seen));

	/* nothing is new */
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, false, false), MPTCPX_PM_SAME);
	local->lost = jiffies + HZ;	/* just now, however slow this machine is */
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, true, false), MPTCPX_PM_CAME);
	KUNIT_EXPECT_TRUE(test, local->usable);
	KUNIT_EXPECT_FALSE(test, local->returned);
	KUNIT_EXPECT_EQ(test, scan.came[0], 1UL);

	/* away for a moment, which counts as nothing, and for longer */
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, false, false), MPTCPX_PM_GONE);
	KUNIT_EXPECT_FALSE(test, local->usable);
	KUNIT_EXPECT_TRUE(test, time_before_eq(local->lost, jiffies));
	local->lost = jiffies + HZ;
	addr_test_scan(&scan, pm, dev, true, false);
	KUNIT_EXPECT_FALSE(test, local->returned);
	addr_test_scan(&scan, pm, dev, false, false);
	local->lost = jiffies - msecs_to_jiffies(2 * OUTAGE);
	addr_test_scan(&scan, pm, dev, true, false);
	KUNIT_EXPECT_TRUE(test, local->returned);
	KUNIT_EXPECT_EQ(test, local->id, 1);

	/* deprecated: news, but it works */
	local->returned = false;
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, true, true), MPTCPX_PM_CAME);
	KUNIT_EXPECT_TRUE(test, local->usable && local->deprecated);
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, true, true), MPTCPX_PM_SAME);
	addr_test_scan(&scan, pm, dev, true, false);
	KUNIT_EXPECT_FALSE(test, local->deprecated);
	KUNIT_EXPECT_FALSE(test, local->returned);
	KUNIT_EXPECT_EQ(test, scan.came[0], 0UL);

	/* another name is only that; another interface is another path */
	strscpy(dev->name, "lan", sizeof(dev->name));
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, true, false), MPTCPX_PM_CAME);
	KUNIT_EXPECT_STREQ(test, local->ifname, "lan");
	KUNIT_EXPECT_FALSE(test, local->returned);
	dev->ifindex = 4;
	KUNIT_EXPECT_EQ(test, addr_test_scan(&scan, pm, dev, true, false), MPTCPX_PM_GONE);
	KUNIT_EXPECT_TRUE(test, local->returned);
	KUNIT_EXPECT_EQ(test, pm->locals, 1);
}

/* one scan: the address is on both interfaces */
static enum mptcpx_pm_news addr_test_both(struct mptcpx_pm *pm, bool first, bool second)
{
	static struct net_device dev[2] = {
		{ .ifindex = 3, .name = "ppp0" }, { .ifindex = 4, .name = "ppp1" },
	};
	struct mptcpx_pm_addr addr = addr_test_v4(0x0a000001);
	struct scan scan = { .pm = pm };

	for (; scan.grade < GRADES; scan.grade++) {
		found(&scan, &dev[0], &addr, first, false);
		found(&scan, &dev[1], &addr, second, false);
	}
	scan_end(&scan);
	return scan.news;
}

/* unnumbered links: the same address on two interfaces */
static void addr_twice(struct kunit *test)
{
	struct mptcpx_pm *pm = addr_test_pm(test);
	struct mptcpx_pm_patterns *exclude = &pm->list[MPTCPX_PM_LIST_EXCLUDE].patterns;
	struct mptcpx_pm_local *local = &pm->local[0];

	/* that which works */
	addr_test_both(pm, false, true);
	KUNIT_EXPECT_EQ(test, pm->locals, 1);
	KUNIT_EXPECT_EQ(test, local->ifindex, 4);
	KUNIT_EXPECT_TRUE(test, local->usable);
	KUNIT_EXPECT_FALSE(test, local->returned);
	KUNIT_EXPECT_EQ(test, addr_test_both(pm, false, true), MPTCPX_PM_SAME);
	/* there it stays, for as long as it works there; by the other one it may be, too */
	KUNIT_EXPECT_EQ(test, addr_test_both(pm, true, true), MPTCPX_PM_CAME);
	KUNIT_EXPECT_EQ(test, local->ifindex, 4);
	KUNIT_EXPECT_EQ(test, local->also, 3);
	KUNIT_EXPECT_FALSE(test, local->returned);
	KUNIT_EXPECT_EQ(test, addr_test_both(pm, true, true), MPTCPX_PM_SAME);
	addr_test_both(pm, true, false);
	KUNIT_EXPECT_EQ(test, local->ifindex, 3);
	KUNIT_EXPECT_EQ(test, local->also, 0);
	KUNIT_EXPECT_TRUE(test, local->returned);
	/* its link goes: the other one's turn, at once */
	local->returned = false;
	KUNIT_EXPECT_EQ(test, addr_test_both(pm, false, true), MPTCPX_PM_GONE);
	KUNIT_EXPECT_EQ(test, local->ifindex, 4);
	KUNIT_EXPECT_STREQ(test, local->ifname, "ppp1");
	KUNIT_EXPECT_TRUE(test, local->usable);
	KUNIT_EXPECT_TRUE(test, local->returned);
	/* neither works */
	KUNIT_EXPECT_EQ(test, addr_test_both(pm, false, false), MPTCPX_PM_GONE);
	KUNIT_EXPECT_FALSE(test, local->usable);
	KUNIT_EXPECT_EQ(test, addr_test_both(pm, false, false), MPTCPX_PM_SAME);
	/* where it must not be used it is if it is nowhere else */
	mptcpx_pm_patterns_parse(exclude, "ppp0");
	addr_test_both(pm, true, true);
	KUNIT_EXPECT_EQ(test, local->ifindex, 4);
	KUNIT_EXPECT_FALSE(test, local->excluded);
	addr_test_both(pm, true, false);
	KUNIT_EXPECT_EQ(test, local->ifindex, 3);
	KUNIT_EXPECT_TRUE(test, local->usable);
	KUNIT_EXPECT_TRUE(test, local->excluded);
	KUNIT_EXPECT_EQ(test, local->id, 1);
}

/* what is preferred for a time only is looked at when that is over, and before */
static void addr_deprecated(struct kunit *test)
{
	static const struct {
		u32 lifetime, age;
		u32 flags;
		bool deprecated;
		u32 again;	/* s */
	} cases[] = {
		{ INFINITY_LIFE_TIME, 100, 0, false, 0 },
		{ INFINITY_LIFE_TIME, 100, IFA_F_DEPRECATED, true, 0 },
		{ INFINITY_LIFE_TIME - 1, 100, 0, false, LIFETIMES / HZ },
		{ 1000, 100, 0, false, LIFETIMES / HZ },
		{ 1000, 997, 0, false, 3 },
		{ 1000, 1000, 0, true, LIFETIMES / HZ },
		{ 1000, 5000, 0, true, LIFETIMES / HZ },
		{ 1000, 100, IFA_F_DEPRECATED, true, LIFETIMES / HZ },
		{ 0, 0, 0, true, LIFETIMES / HZ },
		/* beyond 32 bits of jiffies */
		{ 100000000, 99999999, 0, false, 1 },
		{ 100000000, 100000000, 0, true, LIFETIMES / HZ },
	};
	struct mptcpx_pm *pm = addr_test_pm(test);
	struct inet6_ifaddr *ifp = kunit_kzalloc(test, sizeof(*ifp), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ifp);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long now = jiffies, most;

		pm->expire = 0;
		ifp->flags = cases[i].flags;
		ifp->prefered_lft = cases[i].lifetime;
		ifp->tstamp = now - (unsigned long)cases[i].age * HZ;
		KUNIT_EXPECT_EQ_MSG(test, is_deprecated(pm, ifp), cases[i].deprecated,
				    "case %u", i);
		most = jiffies + cases[i].again * HZ;
		if (!cases[i].again) {
			KUNIT_EXPECT_EQ_MSG(test, pm->expire, 0UL, "case %u", i);
			continue;
		}
		KUNIT_EXPECT_TRUE_MSG(test, time_after_eq(pm->expire,
							  now + cases[i].again * HZ) &&
				      time_before_eq(pm->expire, most), "case %u", i);
	}
	/* the first of them counts */
	ifp->prefered_lft = 1000;
	ifp->tstamp = jiffies;
	pm->expire = jiffies + HZ;
	KUNIT_EXPECT_FALSE(test, is_deprecated(pm, ifp));
	KUNIT_EXPECT_TRUE(test, time_before_eq(pm->expire, jiffies + HZ));
	pm->expire = jiffies + 100 * HZ;
	KUNIT_EXPECT_FALSE(test, is_deprecated(pm, ifp));
	KUNIT_EXPECT_TRUE(test, time_before(pm->expire, jiffies + 99 * HZ));
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE(addr_equal),
	KUNIT_CASE(addr_ids),
	KUNIT_CASE(addr_entries),
	KUNIT_CASE(addr_ranks),
	KUNIT_CASE(addr_found),
	KUNIT_CASE(addr_twice),
	KUNIT_CASE(addr_deprecated),
	{ }
};

static struct kunit_suite addr_suite = {
	.name = "mptcpx_pm_addr",
	.test_cases = addr_cases,
};

kunit_test_suite(addr_suite);
