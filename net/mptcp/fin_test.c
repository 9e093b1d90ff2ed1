// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of when a peer is reminded of the end, and by what; included at the end of
 * fin.c. Sockets are of memory only.
 */
#include <kunit/test.h>

static void fin_when(struct kunit *test)
{
	static const struct {
		bool enabled;
		u64 una, nxt, write;
		u8 repeated;
		bool waits;
	} cases[] = {
		{ true, 99, 100, 100, 1, true },
		{ true, 99, 100, 100, 255, true },
		{ true, U64_MAX, 0, 0, 3, true },
		/* every other time the DATA_FIN itself has all subflows */
		{ true, 99, 100, 100, 0, false },
		{ true, 99, 100, 100, 2, false },
		/* data wait as well; it is acknowledged; it has not been sent */
		{ true, 98, 100, 100, 1, false },
		{ true, 100, 100, 100, 1, false },
		{ true, 99, 99, 100, 1, false },
		/* nobody has closed: that is a byte */
		{ false, 99, 100, 100, 1, false },
	};
	struct mptcp_sock *msk = kunit_kzalloc(test, sizeof(*msk), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, msk);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		msk->snd_data_fin_enable = cases[i].enabled;
		msk->snd_una = cases[i].una;
		msk->snd_nxt = cases[i].nxt;
		msk->write_seq = cases[i].write;
		KUNIT_EXPECT_EQ_MSG(test, fin_waits(msk, cases[i].repeated), cases[i].waits,
				    "case %u", i);
	}
}

static void fin_which(struct kunit *test)
{
	struct sock *ssk = kunit_kzalloc(test, sizeof(struct tcp6_sock), GFP_KERNEL);
	struct mptcp_addr_info addr;

	KUNIT_ASSERT_NOT_NULL(test, ssk);
	ssk->sk_family = AF_INET;
	ssk->sk_rcv_saddr = htonl(0x0a000101);
	memset(&addr, 0xff, sizeof(addr));
	fin_address(ssk, 7, &addr);
	KUNIT_EXPECT_EQ(test, addr.id, 7);
	KUNIT_EXPECT_EQ(test, addr.family, AF_INET);
	KUNIT_EXPECT_EQ(test, addr.addr.s_addr, htonl(0x0a000101));
	KUNIT_EXPECT_EQ(test, addr.port, 0);
	/* nobody has asked yet */
	fin_address(ssk, -1, &addr);
	KUNIT_EXPECT_EQ(test, addr.id, 0);
	fin_address(ssk, 255, &addr);
	KUNIT_EXPECT_EQ(test, addr.id, 255);
#if IS_ENABLED(CONFIG_IPV6)
	ssk->sk_family = AF_INET6;
	ipv6_addr_set(&ssk->sk_v6_rcv_saddr, htonl(0xfd000001), 0, 0, htonl(2));
	fin_address(ssk, 0, &addr);
	KUNIT_EXPECT_EQ(test, addr.id, 0);
	KUNIT_EXPECT_EQ(test, addr.family, AF_INET6);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&addr.addr6, &ssk->sk_v6_rcv_saddr));
	/* a socket of both families tells IPv4's by a mapped one alone */
	ssk->sk_rcv_saddr = 0;
	ipv6_addr_set_v4mapped(htonl(0x0a000102), &ssk->sk_v6_rcv_saddr);
	fin_address(ssk, 0, &addr);
	KUNIT_EXPECT_EQ(test, addr.family, AF_INET);
	KUNIT_EXPECT_EQ(test, addr.addr.s_addr, htonl(0x0a000102));
#endif
}

static struct kunit_case fin_cases[] = {
	KUNIT_CASE(fin_when),
	KUNIT_CASE(fin_which),
	{ }
};

static struct kunit_suite fin_suite = {
	.name = "mptcpx_fin",
	.test_cases = fin_cases,
};

kunit_test_suite(fin_suite);
