// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of a namespace: which there are, which can be used, and from
 * where to where there is a route.
 *
 * Notifiers tell that something changed, never what: they run under RTNL or in
 * softirq, and only wake the worker, which looks for itself.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <net/addrconf.h>
#include <net/fib_notifier.h>
#include <net/if_inet6.h>
#include <net/ip_fib.h>
#include <net/ip6_route.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "pm.h"

/*
 * An address that was away for less is as if it had never been: TCP's own
 * retransmissions cover it (ms).
 */
#define OUTAGE		150

/* lifetimes of addresses may be changed without anybody being told */
#define LIFETIMES	(10 * HZ)

bool mptcpx_pm_addr_equal(const struct mptcpx_pm_addr *a, const struct mptcpx_pm_addr *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_INET6 ? ipv6_addr_equal(&a->v6, &b->v6) : a->v4 == b->v4;
}

void mptcpx_pm_addr_show(struct seq_file *seq, const char *name,
			 const struct mptcpx_pm_addr *addr)
{
	if (addr->family == AF_INET6)
		seq_printf(seq, " %s=[%pI6c]", name, &addr->v6);
	else
		seq_printf(seq, " %s=%pI4", name, &addr->v4);
	if (addr->port)
		seq_printf(seq, ":%u", ntohs(addr->port));
}

/* ---- what there is ---- */

/* an address that is on two interfaces is where it is best, and rather where it was */
enum grade {
	GOOD_HERE,
	GOOD,
	EXCLUDED,
	UNUSABLE,
	GRADES
};

struct scan {
	struct mptcpx_pm *pm;
	enum mptcpx_pm_news news;
	enum grade grade;	/* only what is so good there */
	int also[MPTCPX_PM_LOCALS];
	unsigned long seen[BITS_TO_LONGS(MPTCPX_PM_LOCALS)];
	unsigned long came[BITS_TO_LONGS(MPTCPX_PM_LOCALS)];
};

/* the entry of an address; a free one, or that which was lost first, if new */
static struct mptcpx_pm_local *entry_of(struct scan *scan, const struct mptcpx_pm_addr *addr)
{
	struct mptcpx_pm *pm = scan->pm;
	struct mptcpx_pm_local *entry, *found = NULL;
	u8 i;

	for (i = 0; i < pm->locals; i++)
		if (mptcpx_pm_addr_equal(&pm->local[i].addr, addr))
			return &pm->local[i];
	if (pm->locals < MPTCPX_PM_LOCALS)
		return &pm->local[pm->locals++];
	for (i = 0; i < pm->locals; i++) {
		entry = &pm->local[i];
		if (entry->usable || test_bit(i, scan->seen))
			continue;
		if (!found || time_before(entry->lost, found->lost))
			found = entry;
	}
	return found;
}

static u8 new_id(struct mptcpx_pm *pm)
{
	u8 i;

	/* an id seldom comes twice: peers may remember whose it was */
	do {
		pm->next_id = pm->next_id == U8_MAX ? 1 : pm->next_id + 1;
		for (i = 0; i < pm->locals; i++)
			if (pm->local[i].id == pm->next_id)
				break;
	} while (i < pm->locals);
	return pm->next_id;
}

/**
 * mptcpx_pm_addr_rank() - what the lists of patterns say of an address
 * @pm: the path manager, locked
 * @local: the address
 */
void mptcpx_pm_addr_rank(struct mptcpx_pm *pm, struct mptcpx_pm_local *local)
{
	const struct mptcpx_pm_pattern_list *list = pm->list;
	const struct mptcpx_pm_patterns *include = &list[MPTCPX_PM_LIST_INCLUDE].patterns;
	int rank;

	local->excluded =
		(include->n && mptcpx_pm_patterns_match(include, local->ifname) < 0) ||
		mptcpx_pm_patterns_match(&list[MPTCPX_PM_LIST_EXCLUDE].patterns,
					 local->ifname) >= 0;
	local->backup = mptcpx_pm_patterns_match(&list[MPTCPX_PM_LIST_BACKUP].patterns,
						 local->ifname) >= 0;
	rank = mptcpx_pm_patterns_match(&list[MPTCPX_PM_LIST_PREFER].patterns, local->ifname);
	local->rank = rank < 0 ? MPTCPX_PM_PATTERNS : rank;
}

static void tell(struct scan *scan, enum mptcpx_pm_news news)
{
	scan->news = max(scan->news, news);
}

static enum grade grade(struct mptcpx_pm *pm, const struct net_device *dev, bool usable)
{
	struct mptcpx_pm_local there = {};

	if (!usable)
		return UNUSABLE;
	strscpy(there.ifname, dev->name, sizeof(there.ifname));
	mptcpx_pm_addr_rank(pm, &there);
	return there.excluded ? EXCLUDED : GOOD;
}

static bool stays(const struct mptcpx_pm *pm, const struct net_device *dev,
		  const struct mptcpx_pm_addr *addr)
{
	u8 i;

	for (i = 0; i < pm->locals; i++)
		if (pm->local[i].ifindex == dev->ifindex &&
		    mptcpx_pm_addr_equal(&pm->local[i].addr, addr))
			return true;
	return false;
}

static void found(struct scan *scan, const struct net_device *dev,
		  const struct mptcpx_pm_addr *addr, bool usable, bool deprecated)
{
	struct mptcpx_pm *pm = scan->pm;
	struct mptcpx_pm_local *entry;
	u8 i;

	if (scan->grade == GOOD_HERE && !stays(pm, dev, addr))
		return;
	if (grade(pm, dev, usable) != (scan->grade ?: GOOD))
		return;
	entry = entry_of(scan, addr);
	if (!entry) {
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_ADDRESSES_DROPPED);
		return;
	}
	if (!mptcpx_pm_addr_equal(&entry->addr, addr)) {
		memset(entry, 0, sizeof(*entry));
		entry->addr = *addr;
		entry->id = new_id(pm);
		entry->lost = jiffies;
		tell(scan, MPTCPX_PM_CAME);
	}
	i = entry - pm->local;
	if (__test_and_set_bit(i, scan->seen)) {
		if (scan->grade == GOOD && entry->ifindex != dev->ifindex)
			scan->also[i] = dev->ifindex;
		return;
	}
	if (entry->ifindex != dev->ifindex || strcmp(entry->ifname, dev->name)) {
		/* moved from one interface to another, at once */
		if (entry->usable && entry->ifindex != dev->ifindex) {
			entry->back = jiffies;
			entry->returned = true;
			tell(scan, MPTCPX_PM_GONE);
		}
		entry->ifindex = dev->ifindex;
		strscpy(entry->ifname, dev->name, sizeof(entry->ifname));
		mptcpx_pm_addr_rank(pm, entry);
		tell(scan, MPTCPX_PM_CAME);
	}
	if (entry->deprecated != deprecated)
		tell(scan, MPTCPX_PM_CAME);
	entry->deprecated = deprecated;
	if (entry->usable == usable)
		return;
	entry->usable = usable;
	if (!usable) {
		entry->lost = jiffies;
		tell(scan, MPTCPX_PM_GONE);
		return;
	}
	tell(scan, MPTCPX_PM_CAME);
	if (time_after(jiffies, entry->lost + msecs_to_jiffies(OUTAGE))) {
		entry->back = jiffies;
		entry->returned = true;
	}
	__set_bit(i, scan->came);
}

static void scan_v4(struct scan *scan, const struct net_device *dev, bool up)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	struct mptcpx_pm_addr addr;
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (ifa->ifa_scope >= RT_SCOPE_LINK || ipv4_is_loopback(ifa->ifa_local) ||
		    ipv4_is_linklocal_169(ifa->ifa_local))
			continue;
		memset(&addr, 0, sizeof(addr));
		addr.family = AF_INET;
		addr.v4 = ifa->ifa_local;
		found(scan, dev, &addr, up, false);
	}
}

#if IS_ENABLED(CONFIG_IPV6)
/*
 * No notifier is told when the time for which an address is preferred ends, or is
 * changed (addrconf_verify_rtnl() and inet6_addr_modify(), 6.12 and 7.3): the worker
 * looks again then, and now and then.
 */
static bool is_deprecated(struct mptcpx_pm *pm, const struct inet6_ifaddr *ifp)
{
	unsigned long lifetime = READ_ONCE(ifp->prefered_lft);
	unsigned long age = jiffies - READ_ONCE(ifp->tstamp), when = LIFETIMES;

	if (lifetime == INFINITY_LIFE_TIME)
		return ifp->flags & IFA_F_DEPRECATED;
	if (age / HZ < lifetime && lifetime - age / HZ < LIFETIMES / HZ)
		when = lifetime * HZ - age;
	when += jiffies;
	if (!pm->expire || time_before(when, pm->expire))
		pm->expire = when ?: 1;
	return ifp->flags & IFA_F_DEPRECATED || age / HZ >= lifetime;
}
#endif

static void scan_v6(struct scan *scan, const struct net_device *dev, bool up)
{
#if IS_ENABLED(CONFIG_IPV6)
	const u32 not_yet = IFA_F_TENTATIVE | IFA_F_DADFAILED;
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifp;
	struct mptcpx_pm_addr addr;

	if (!idev)
		return;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifp, &idev->addr_list, if_list) {
		/* optimistic addresses may be used before DAD is over */
		bool valid = !(ifp->flags & not_yet) ||
			     (ifp->flags & (IFA_F_OPTIMISTIC | IFA_F_DADFAILED)) ==
			     IFA_F_OPTIMISTIC;

		if (ipv6_addr_type(&ifp->addr) & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK))
			continue;
		if (ifp->state == INET6_IFADDR_STATE_DEAD)
			continue;
		memset(&addr, 0, sizeof(addr));
		addr.family = AF_INET6;
		addr.v6 = ifp->addr;
		found(scan, dev, &addr, up && valid, is_deprecated(scan->pm, ifp));
	}
	read_unlock_bh(&idev->lock);
#endif
}

static void scan_devices(struct scan *scan)
{
	const struct net_device *dev;

	for_each_netdev_rcu(scan->pm->net, dev) {
		bool up = netif_running(dev) && netif_carrier_ok(dev) &&
			  netif_oper_up(dev);

		/* what has no neighbours but is no tunnel is a loopback by another name */
		if (dev->flags & IFF_LOOPBACK)
			continue;
		scan_v4(scan, dev, up);
		scan_v6(scan, dev, up);
	}
}

/* what was not seen is gone */
static void scan_end(struct scan *scan)
{
	struct mptcpx_pm *pm = scan->pm;
	u8 i;

	for (i = 0; i < pm->locals; i++) {
		struct mptcpx_pm_local *entry = &pm->local[i];

		if (entry->also != scan->also[i])
			tell(scan, MPTCPX_PM_CAME);
		entry->also = scan->also[i];
		if (!entry->usable || test_bit(i, scan->seen))
			continue;
		entry->usable = false;
		entry->lost = jiffies;
		tell(scan, MPTCPX_PM_GONE);
	}
}

/**
 * mptcpx_pm_addr_scan() - look which addresses there are
 * @pm: the path manager, locked
 *
 * Return: what is new.
 */
enum mptcpx_pm_news mptcpx_pm_addr_scan(struct mptcpx_pm *pm)
{
	struct scan scan = { .pm = pm };
	unsigned int i;

	mptcpx_pm_count(pm, MPTCPX_PM_COUNT_SCANS);
	pm->expire = 0;
	rcu_read_lock();
	for (; scan.grade < GRADES; scan.grade++)
		scan_devices(&scan);
	rcu_read_unlock();
	/* whatever failed there before, it is another matter when its routes are there */
	for_each_set_bit(i, scan.came, MPTCPX_PM_LOCALS)
		mptcpx_pm_conn_fresh(pm, pm->local[i].id);

	scan_end(&scan);
	return scan.news;
}

/* ---- routes ---- */

static bool is_on(const struct mptcpx_pm_local *local, const struct net_device *dev)
{
	return dev->ifindex == local->ifindex || dev->ifindex == local->also;
}

/*
 * Not ip_route_output_key() where an interface is asked for: if there is no
 * route out of it, that takes the whole world for a neighbour.
 */
static bool reach_v4_bound(struct mptcpx_pm *pm, const struct mptcpx_pm_local *local,
			   struct flowi4 *fl4)
{
	struct fib_result res = {};
	bool ok;

	fl4->flowi4_oif = local->ifindex;
	fl4->flowi4_iif = LOOPBACK_IFINDEX;
	rcu_read_lock();
	ok = !fib_lookup(pm->net, fl4, &res, 0) && res.type == RTN_UNICAST;
	rcu_read_unlock();
	return ok;
}

static bool reach_v4(struct mptcpx_pm *pm, const struct mptcpx_pm_local *local,
		     const struct mptcpx_pm_addr *remote,
		     const struct mptcpx_pm_state *state, bool bound)
{
	struct flowi4 fl4 = {
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_mark = state->mark,
		.flowi4_uid = state->uid,
		.saddr = local->addr.v4,
		.daddr = remote->v4,
		.fl4_dport = remote->port,
	};
	struct rtable *rt;
	bool ok;

	if (bound)
		return reach_v4_bound(pm, local, &fl4);
	rt = ip_route_output_key(pm->net, &fl4);
	if (IS_ERR(rt))
		return false;
	ok = rt->rt_type == RTN_UNICAST && !rt->dst.error && is_on(local, rt->dst.dev);
	ip_rt_put(rt);
	return ok;
}

static bool reach_v6(struct mptcpx_pm *pm, const struct mptcpx_pm_local *local,
		     const struct mptcpx_pm_addr *remote,
		     const struct mptcpx_pm_state *state, bool bound)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct flowi6 fl6 = {
		.flowi6_proto = IPPROTO_TCP,
		.flowi6_mark = state->mark,
		.flowi6_uid = state->uid,
		.flowi6_oif = bound ? local->ifindex : 0,
		.saddr = local->addr.v6,
		.daddr = remote->v6,
		.fl6_dport = remote->port,
	};
	struct dst_entry *dst = ip6_route_output(pm->net, NULL, &fl6);
	bool ok;

	ok = !dst->error && is_on(local, dst->dev) && !ipv6_addr_is_multicast(&remote->v6);
	dst_release(dst);
	return ok;
#else
	return false;
#endif
}

static bool reach(struct mptcpx_pm *pm, const struct mptcpx_pm_local *local,
		  const struct mptcpx_pm_addr *remote,
		  const struct mptcpx_pm_state *state, bool bound)
{
	return remote->family == AF_INET6 ? reach_v6(pm, local, remote, state, bound) :
					    reach_v4(pm, local, remote, state, bound);
}

/* the answer of this run, or else one that may be overwritten */
static struct mptcpx_pm_route *route_find(struct mptcpx_pm *pm,
					  const struct mptcpx_pm_local *local,
					  const struct mptcpx_pm_addr *remote,
					  const struct mptcpx_pm_state *state)
{
	u32 hash = jhash_3words(local->id, jhash(&remote->v6, remote->family == AF_INET6 ?
						 sizeof(remote->v6) : sizeof(remote->v4),
						 (__force u16)remote->port),
				state->mark, 0);
	struct mptcpx_pm_route *set = pm->route[hash % MPTCPX_PM_ROUTES], *spare;
	unsigned int i;

	spare = &set[(hash >> 16) % MPTCPX_PM_ROUTE_WAYS];
	for (i = 0; i < MPTCPX_PM_ROUTE_WAYS; i++) {
		struct mptcpx_pm_route *route = &set[i];

		if (route->run != pm->run) {
			spare = route;
			continue;
		}
		if (route->local_id == local->id &&
		    mptcpx_pm_addr_equal(&route->remote, remote) &&
		    route->remote.port == remote->port && route->mark == state->mark &&
		    uid_eq(route->uid, state->uid))
			return route;
	}
	spare->run = pm->run - 1;
	return spare;
}

/**
 * mptcpx_pm_addr_reach() - is there a route from here to there?
 * @pm: the path manager, locked
 * @local: from this address, and out of its own interface
 * @remote: to this one
 * @state: the connection, for its mark and owner
 * @bind: set if it is only there for a socket that is bound to the interface
 *
 * Asked before a subflow is made, and not left to the command that makes it:
 * where that fails, the kernel forgets the address' id, which other subflows
 * may be using (mptcp_pm_nl_subflow_create_doit() of 6.12).
 *
 * A route for bound sockets is what a second default route is, without rules.
 *
 * Many connections ask the same: answers are good until something changes, or
 * for a moment where no notifier tells of it.
 */
bool mptcpx_pm_addr_reach(struct mptcpx_pm *pm, const struct mptcpx_pm_local *local,
			  const struct mptcpx_pm_addr *remote,
			  const struct mptcpx_pm_state *state, bool *bind)
{
	struct mptcpx_pm_route *route;

	*bind = false;
	if (local->addr.family != remote->family)
		return false;
	route = route_find(pm, local, remote, state);
	if (route->run != pm->run) {
		route->run = pm->run;
		route->local_id = local->id;
		route->remote = *remote;
		route->mark = state->mark;
		route->uid = state->uid;
		route->free = reach(pm, local, remote, state, false);
		route->bound = !route->free && reach(pm, local, remote, state, true);
	}
	*bind = route->bound;
	return route->free || route->bound;
}

/* by a route, as all addresses of an IPv4 namespace are: ip -6 route add local ... */
static bool local_v6(struct net *net, const struct in6_addr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct flowi6 fl6 = { .flowi6_proto = IPPROTO_TCP, .daddr = *addr };
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);
	bool local;

	local = !dst->error && dst_rt6_info(dst)->rt6i_flags & RTF_LOCAL;
	dst_release(dst);
	return local;
#else
	return false;
#endif
}

/**
 * mptcpx_pm_addr_ours() - is this an address of the namespace itself?
 * @pm: the path manager, locked
 * @addr: the address
 */
bool mptcpx_pm_addr_ours(struct mptcpx_pm *pm, const struct mptcpx_pm_addr *addr)
{
	if (addr->family == AF_INET)
		return inet_addr_type(pm->net, addr->v4) == RTN_LOCAL;
	return ipv6_addr_loopback(&addr->v6) ||
	       ipv6_chk_addr(pm->net, &addr->v6, NULL, 0) || local_v6(pm->net, &addr->v6);
}

/* ---- what tells that something changed ---- */

static int notify(const struct net *net, unsigned int todo)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(net);

	if (pm && READ_ONCE(pm->active))
		mptcpx_pm_wake(pm, todo);
	return NOTIFY_DONE;
}

static int v4_changed(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	return notify(dev_net(ifa->ifa_dev->dev), MPTCPX_PM_TODO_SCAN);
}

static int v6_changed(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifp = ptr;

	return notify(dev_net(ifp->idev->dev), MPTCPX_PM_TODO_SCAN);
}

static int device_changed(struct notifier_block *nb, unsigned long event, void *ptr)
{
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGENAME:
	case NETDEV_UNREGISTER:
		return notify(dev_net(netdev_notifier_info_to_dev(ptr)),
			      MPTCPX_PM_TODO_SCAN);
	}
	return NOTIFY_DONE;
}

/*
 * Also how the end of an address' DAD is learnt: its route is put in only then
 * (addrconf_dad_completed()).
 */
static int routes_changed(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct mptcpx_pm *pm = container_of(nb, struct mptcpx_pm, fib);

	mptcpx_pm_wake(pm, MPTCPX_PM_TODO_ROUTES);
	return NOTIFY_DONE;
}

/* a nexthop object changes without any route that uses it being told of */
static int nexthops_changed(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct mptcpx_pm *pm = container_of(nb, struct mptcpx_pm, nexthops);

	mptcpx_pm_wake(pm, MPTCPX_PM_TODO_ROUTES);
	return NOTIFY_DONE;
}

static struct notifier_block v4_block = { .notifier_call = v4_changed };
static struct notifier_block v6_block = { .notifier_call = v6_changed };
static struct notifier_block device_block = { .notifier_call = device_changed };

int mptcpx_pm_notifiers_register(void)
{
	int err;

	err = register_netdevice_notifier(&device_block);
	if (err)
		return err;
	err = register_inetaddr_notifier(&v4_block);
	if (err)
		goto err_device;
	err = register_inet6addr_notifier(&v6_block);
	if (err)
		goto err_v4;
	return 0;

err_v4:
	unregister_inetaddr_notifier(&v4_block);
err_device:
	unregister_netdevice_notifier(&device_block);
	return err;
}

void mptcpx_pm_notifiers_unregister(void)
{
	unregister_inet6addr_notifier(&v6_block);
	unregister_inetaddr_notifier(&v4_block);
	unregister_netdevice_notifier(&device_block);
}

/* in process context; both take RTNL, whose holders never wait for &mptcpx_pm.lock */
int mptcpx_pm_routes_listen(struct mptcpx_pm *pm)
{
	int err;

	pm->fib.notifier_call = routes_changed;
	pm->nexthops.notifier_call = nexthops_changed;
	err = register_fib_notifier(pm->net, &pm->fib, NULL, NULL);
	if (err)
		return err;
	err = register_nexthop_notifier(pm->net, &pm->nexthops, NULL);
	if (err)
		unregister_fib_notifier(pm->net, &pm->fib);
	return err;
}

void mptcpx_pm_routes_ignore(struct mptcpx_pm *pm)
{
	unregister_nexthop_notifier(pm->net, &pm->nexthops);
	unregister_fib_notifier(pm->net, &pm->fib);
}

#ifdef MPTCPX_KUNIT
#include "pm_addr_test.c"
#endif
