// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of reading what comes by netlink; included at the end of pm_nl.c. Messages
 * are of memory only.
 */
#include <kunit/test.h>

#define NL_TEST_FAMILY	33

static struct mptcpx_pm *nl_pm(struct kunit *test)
{
	struct mptcpx_pm *pm = kunit_kzalloc(test, sizeof(*pm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pm);
	hash_init(pm->conns);
	INIT_LIST_HEAD(&pm->dirty);
	timerqueue_init_head(&pm->timers);
	pm->family = NL_TEST_FAMILY;
	return pm;
}

/* a message without attributes */
static struct sk_buff *nl_message(struct kunit *test, u16 type, u8 cmd)
{
	struct sk_buff *skb = nlmsg_new(512, GFP_KERNEL);
	struct genlmsghdr *head;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	head = nlmsg_data(nlmsg_put(skb, 0, 0, type, GENL_HDRLEN, 0));
	memset(head, 0, sizeof(*head));
	head->cmd = cmd;
	return skb;
}

/* an address of an attribute of @len bytes of @data, with a port of @port_len */
static bool nl_read(struct kunit *test, int type, int len, const void *data, int port_len,
		    struct mptcpx_pm_addr *addr)
{
	static const u8 port[] = { 0x12, 0x34, 0x56, 0x78 };
	struct sk_buff *skb = nl_message(test, NL_TEST_FAMILY, 0);
	struct nlattr *tb[MPTCP_ATTR_MAX + 1];
	bool is;

	memset(addr, 0xff, sizeof(*addr));
	if (len >= 0)
		KUNIT_EXPECT_EQ(test, nla_put(skb, type, len, data), 0);
	if (port_len >= 0)
		KUNIT_EXPECT_EQ(test, nla_put(skb, MPTCP_ATTR_DPORT, port_len, port), 0);
	nlmsg_end(skb, nlmsg_hdr(skb));
	KUNIT_EXPECT_EQ(test, __nlmsg_parse(nlmsg_hdr(skb), GENL_HDRLEN, tb, MPTCP_ATTR_MAX,
					    NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	is = event_address(tb, addr);
	kfree_skb(skb);
	return is;
}

static void nl_addresses(struct kunit *test)
{
	static const u8 v4[16] = { 10, 0, 0, 1 };
	static const u8 v6[17] = { 0x20, 1, 0xd, 0xb8, [15] = 7 };
	static const u8 mapped[16] = { [10] = 0xff, 0xff, 10, 0, 0, 2 };
	static const struct {
		const char *name;
		int type, len;
		const u8 *data;
		int port_len;
		bool is;
		u16 family;
		u32 host;	/* of IPv4 */
		u16 port;
	} cases[] = {
		{ "IPv4", MPTCP_ATTR_DADDR4, 4, v4, 2, true, AF_INET, 0x0a000001, 0x1234 },
		{ "no port", MPTCP_ATTR_DADDR4, 4, v4, -1, true, AF_INET, 0x0a000001, 0 },
		{ "an empty port", MPTCP_ATTR_DADDR4, 4, v4, 0, true, AF_INET, 0x0a000001, 0 },
		{ "half a port", MPTCP_ATTR_DADDR4, 4, v4, 1, true, AF_INET, 0x0a000001, 0 },
		{ "a long port", MPTCP_ATTR_DADDR4, 4, v4, 4, true, AF_INET, 0x0a000001, 0x1234 },
		{ "a long IPv4", MPTCP_ATTR_DADDR4, 16, v4, 2, true, AF_INET, 0x0a000001, 0x1234 },
		{ "a short IPv4", MPTCP_ATTR_DADDR4, 3, v4, 2, false },
		{ "an empty IPv4", MPTCP_ATTR_DADDR4, 0, v4, 2, false },
		{ "IPv6", MPTCP_ATTR_DADDR6, 16, v6, 2, true, AF_INET6, 0, 0x1234 },
		{ "a long IPv6", MPTCP_ATTR_DADDR6, 17, v6, 2, true, AF_INET6, 0, 0x1234 },
		{ "a short IPv6", MPTCP_ATTR_DADDR6, 15, v6, 2, false },
		{ "mapped", MPTCP_ATTR_DADDR6, 16, mapped, 2, true, AF_INET, 0x0a000002, 0x1234 },
		{ "our own", MPTCP_ATTR_SADDR4, 4, v4, 2, false },
		{ "none", 0, -1, NULL, 2, false },
	};
	struct mptcpx_pm_addr addr, expected;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, nl_read(test, cases[i].type, cases[i].len,
						  cases[i].data, cases[i].port_len, &addr),
				    cases[i].is, "%s", cases[i].name);
		if (!cases[i].is)
			continue;
		memset(&expected, 0, sizeof(expected));
		expected.family = cases[i].family;
		if (cases[i].family == AF_INET)
			expected.v4 = htonl(cases[i].host);
		else
			memcpy(&expected.v6, v6, sizeof(expected.v6));
		expected.port = htons(cases[i].port);
		KUNIT_EXPECT_TRUE_MSG(test, mptcpx_pm_addr_equal(&addr, &expected), "%s",
				      cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, addr.port, expected.port, "%s", cases[i].name);
	}
}

/* an event; @token_len < 0: without token */
static void nl_event(struct kunit *test, struct mptcpx_pm *pm, u16 type, u8 cmd, int token_len,
		     u32 token, int id)
{
	struct sk_buff *skb = nl_message(test, type, cmd);

	if (token_len >= 0)
		KUNIT_EXPECT_EQ(test, nla_put(skb, MPTCP_ATTR_TOKEN, token_len, &token), 0);
	if (id >= 0)
		KUNIT_EXPECT_EQ(test, nla_put_u8(skb, MPTCP_ATTR_REM_ID, id), 0);
	if (cmd == MPTCP_EVENT_ANNOUNCED)
		KUNIT_EXPECT_EQ(test, nla_put_in_addr(skb, MPTCP_ATTR_DADDR4, htonl(9)), 0);
	nlmsg_end(skb, nlmsg_hdr(skb));
	event(pm, nlmsg_hdr(skb));
	kfree_skb(skb);
}

/* which events are ours, and whose connections are looked at */
static void nl_events(struct kunit *test)
{
	struct mptcpx_pm *pm = nl_pm(test);
	struct mptcpx_pm_conn *conn;
	struct sk_buff *skb;

	nl_event(test, pm, NL_TEST_FAMILY + 1, MPTCP_EVENT_ESTABLISHED, 4, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_ESTABLISHED, -1, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_ESTABLISHED, 3, 7, -1);
	/* no room for a command */
	skb = nl_message(test, NL_TEST_FAMILY, MPTCP_EVENT_ESTABLISHED);
	nlmsg_hdr(skb)->nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN - 1;
	event(pm, nlmsg_hdr(skb));
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_EVENTS], 0ULL);
	KUNIT_EXPECT_EQ(test, pm->connections, 0U);

	/* of connections that are not known these make none */
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_REMOVED, 4, 7, 5);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_SUB_CLOSED, 4, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_SUB_PRIORITY, 4, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_CLOSED, 4, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_CREATED, 4, 7, -1);
	KUNIT_EXPECT_EQ(test, pm->connections, 0U);
	KUNIT_EXPECT_EQ(test, pm->count[MPTCPX_PM_COUNT_EVENTS], 5ULL);
	/* these do */
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_ESTABLISHED, 4, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_SUB_ESTABLISHED, 4, 8, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_ANNOUNCED, 4, 9, 5);
	KUNIT_EXPECT_EQ(test, pm->connections, 3U);
	conn = mptcpx_pm_conn_find(pm, 7);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_FALSE(test, list_empty(&conn->dirty));
	KUNIT_EXPECT_NOT_NULL(test, mptcpx_pm_conn_find(pm, 8));

	/* an address comes with its id, and goes by it */
	conn = mptcpx_pm_conn_find(pm, 9);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_EQ(test, conn->remotes, 2);
	KUNIT_EXPECT_EQ(test, conn->remote_id[1], 5);
	KUNIT_EXPECT_EQ(test, conn->remote[1].v4, htonl(9));
	list_del_init(&conn->dirty);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_REMOVED, 4, 9, 6);
	KUNIT_EXPECT_EQ(test, conn->remotes, 2);
	KUNIT_EXPECT_FALSE(test, list_empty(&conn->dirty));
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_REMOVED, 4, 9, 5);
	KUNIT_EXPECT_EQ(test, conn->remotes, 1);
	list_del_init(&conn->dirty);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_CREATED, 4, 9, -1);
	KUNIT_EXPECT_TRUE(test, list_empty(&conn->dirty));
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_SUB_CLOSED, 4, 9, -1);
	KUNIT_EXPECT_FALSE(test, list_empty(&conn->dirty));

	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_CLOSED, 4, 7, -1);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_CLOSED, 4, 8, -1);
	KUNIT_EXPECT_EQ(test, pm->connections, 1U);
	nl_event(test, pm, NL_TEST_FAMILY, MPTCP_EVENT_CLOSED, 4, 9, -1);
	KUNIT_EXPECT_EQ(test, pm->connections, 0U);
}

static void nl_put_group(struct kunit *test, struct sk_buff *skb, const char *name, u32 id)
{
	struct nlattr *nest = nla_nest_start(skb, 1);

	KUNIT_ASSERT_NOT_NULL(test, nest);
	if (name)
		KUNIT_EXPECT_EQ(test, nla_put_string(skb, CTRL_ATTR_MCAST_GRP_NAME, name), 0);
	if (id)
		KUNIT_EXPECT_EQ(test, nla_put_u32(skb, CTRL_ATTR_MCAST_GRP_ID, id), 0);
	nla_nest_end(skb, nest);
}

/* the description of a family with these groups, the last of them ours if @ours */
static int nl_described(struct kunit *test, struct mptcpx_pm *pm, u16 type, u16 family, bool ours)
{
	struct sk_buff *skb = nl_message(test, type, CTRL_CMD_NEWFAMILY);
	struct nlattr *nest;
	int err;

	if (family)
		KUNIT_EXPECT_EQ(test, nla_put_u16(skb, CTRL_ATTR_FAMILY_ID, family), 0);
	nest = nla_nest_start(skb, CTRL_ATTR_MCAST_GROUPS);
	KUNIT_ASSERT_NOT_NULL(test, nest);
	nl_put_group(test, skb, MPTCP_PM_CMD_GRP_NAME, 11);
	nl_put_group(test, skb, NULL, 12);
	nl_put_group(test, skb, MPTCP_PM_EV_GRP_NAME, 0);
	if (ours)
		nl_put_group(test, skb, MPTCP_PM_EV_GRP_NAME, 13);
	nla_nest_end(skb, nest);
	nlmsg_end(skb, nlmsg_hdr(skb));
	err = family_read(pm, nlmsg_hdr(skb));
	kfree_skb(skb);
	return err;
}

static void nl_families(struct kunit *test)
{
	struct mptcpx_pm *pm = nl_pm(test);

	KUNIT_EXPECT_EQ(test, nl_described(test, pm, GENL_ID_CTRL, 34, true), 0);
	KUNIT_EXPECT_EQ(test, pm->family, 34);
	KUNIT_EXPECT_EQ(test, pm->group, 13U);
	/* an error, for example */
	KUNIT_EXPECT_EQ(test, nl_described(test, pm, NLMSG_ERROR, 35, true), -ENOENT);
	KUNIT_EXPECT_EQ(test, pm->family, 34);
	/* nothing is left of another one */
	KUNIT_EXPECT_EQ(test, nl_described(test, pm, GENL_ID_CTRL, 0, true), -ENOENT);
	KUNIT_EXPECT_EQ(test, nl_described(test, pm, GENL_ID_CTRL, 34, false), -ENOENT);
}

static struct kunit_case nl_cases[] = {
	KUNIT_CASE(nl_addresses),
	KUNIT_CASE(nl_events),
	KUNIT_CASE(nl_families),
	{ }
};

static struct kunit_suite nl_suite = {
	.name = "mptcpx_pm_nl",
	.test_cases = nl_cases,
};

kunit_test_suite(nl_suite);
