// SPDX-License-Identifier: GPL-2.0
/*
 * MPTCP's netlink interface, spoken from inside the kernel.
 *
 * It is what mptcpd speaks, and does not change from one kernel to the next.
 * With net.mptcp.pm_type 1 the core leaves all decisions to whoever listens to
 * its events: here, a socket of the kernel.
 *
 * Two things are special about such a socket. It has no file: the sender's
 * privileges are looked up in the file unless the message has an address
 * (NETLINK_SKB_DST, __netlink_ns_capable() of net/netlink/af_netlink.c, 6.12
 * and 7.3), so each has. And the answer to a command is there when sending it
 * returns, because commands are carried out by who sends them: no waiting. All
 * commands take genl_mutex, which is held around RTNL by others: they are sent
 * by the worker only, never by a notifier.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/netlink.h>
#include <net/sock.h>
#include <uapi/linux/mptcp.h>

#include "pm.h"
#include "pm_trace.h"

#define BUFFER		8192		/* no message is longer; the family's description is 2 KB */
#define WATCH		(10 * HZ)	/* between two looks who else listens, with events */
#define SLICE		512		/* events read before others get their turn */

/* what has not been read of a namespace's events may take so much; some 10,000 of them */
static unsigned int event_buffer = 8 << 20;
module_param(event_buffer, uint, 0444);
MODULE_PARM_DESC(event_buffer, "bytes that events of a namespace may take until they are read");

static int nl_receive(struct socket *sock, void *buffer)
{
	struct kvec vec = { .iov_base = buffer, .iov_len = BUFFER };
	struct msghdr msg = {};
	int len;

	len = kernel_recvmsg(sock, &msg, &vec, 1, BUFFER, MSG_DONTWAIT);
	if (len >= 0 && (msg.msg_flags & MSG_TRUNC))
		return -EMSGSIZE;
	return len;
}

static struct sk_buff *nl_command(struct mptcpx_pm *pm, u16 type, u8 cmd, u8 version, u16 flags)
{
	struct genlmsghdr *head;
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	skb = nlmsg_new(512, GFP_KERNEL);
	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, 0, ++pm->seq, type, GENL_HDRLEN, NLM_F_REQUEST | flags);
	head = nlmsg_data(nlh);
	head->cmd = cmd;
	head->version = version;
	head->reserved = 0;
	return skb;
}

/* sends and frees @skb; the answer is in the buffer, its length is returned */
static int nl_ask(struct mptcpx_pm *pm, struct sk_buff *skb)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };
	struct kvec vec;
	int ret;

	nlmsg_end(skb, nlmsg_hdr(skb));
	vec.iov_base = skb->data;
	vec.iov_len = skb->len;
	ret = kernel_sendmsg(pm->commands, &msg, &vec, 1, skb->len);
	kfree_skb(skb);
	if (ret < 0)
		return ret;
	for (;;) {
		struct nlmsghdr *nlh = pm->buffer;

		ret = nl_receive(pm->commands, pm->buffer);
		if (ret < 0)
			return ret;
		if (!nlmsg_ok(nlh, ret))
			return -EBADMSG;
		/* an older answer, if ever one was left */
		if (nlh->nlmsg_seq == pm->seq)
			return ret;
	}
}

/* -EAGAIN if it would have to wait for who owns the connection */
static int nl_do(struct mptcpx_pm *pm, u32 token, struct sk_buff *skb)
{
	struct nlmsghdr *nlh = pm->buffer;
	int ret;

	if (mptcpx_pm_sock_busy(pm->net, token)) {
		kfree_skb(skb);
		return -EAGAIN;
	}
	mptcpx_pm_count(pm, MPTCPX_PM_COUNT_COMMANDS);
	ret = nl_ask(pm, skb);
	if (ret >= 0) {
		if (nlh->nlmsg_type != NLMSG_ERROR ||
		    nlh->nlmsg_len < nlmsg_msg_size(sizeof(struct nlmsgerr)))
			ret = -EBADMSG;
		else
			ret = ((struct nlmsgerr *)nlmsg_data(nlh))->error;
	}
	if (ret)
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_COMMAND_ERRORS);
	return ret;
}

/* from the description of a family */
static int family_read(struct mptcpx_pm *pm, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr, *group;
	int rem, rem2;

	if (nlh->nlmsg_type != GENL_ID_CTRL)
		return -ENOENT;

	pm->family = 0;
	pm->group = 0;
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) == CTRL_ATTR_FAMILY_ID)
			pm->family = nla_get_u16(attr);
		if (nla_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		nla_for_each_nested(group, attr, rem2) {
			const struct nlattr *name, *id;

			name = nla_find_nested(group, CTRL_ATTR_MCAST_GRP_NAME);
			id = nla_find_nested(group, CTRL_ATTR_MCAST_GRP_ID);
			if (name && id && !nla_strcmp(name, MPTCP_PM_EV_GRP_NAME))
				pm->group = nla_get_u32(id);
		}
	}
	return pm->family && pm->group ? 0 : -ENOENT;
}

/* what are the numbers of MPTCP's family and of its group of events? */
static int nl_family(struct mptcpx_pm *pm)
{
	struct sk_buff *skb;
	int ret;

	skb = nl_command(pm, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 2, 0);
	if (!skb)
		return -ENOMEM;
	if (nla_put_string(skb, CTRL_ATTR_FAMILY_NAME, MPTCP_PM_NAME)) {
		kfree_skb(skb);
		return -EMSGSIZE;
	}
	ret = nl_ask(pm, skb);
	if (ret < 0)
		return ret;
	return family_read(pm, pm->buffer);
}

/* ---- who else listens? ---- */

struct listeners {
	const struct net *net;
	const struct sock *ours;
	unsigned int n;
};

static int count_listener(struct sock *sk, struct sk_buff *skb, void *data)
{
	struct listeners *listeners = data;

	if (sk != listeners->ours && net_eq(sock_net(sk), listeners->net))
		listeners->n++;
	return 1;	/* not delivered */
}

/*
 * netlink_has_listeners() tells of all namespaces at once. A broadcast that is
 * delivered to nobody visits those of this one.
 */
static unsigned int other_listeners(struct mptcpx_pm *pm)
{
	struct listeners listeners = { .net = pm->net };
	struct sk_buff *skb;

	if (pm->events)
		listeners.ours = pm->events->sk;
	skb = nlmsg_new(0, GFP_KERNEL);
	if (!skb)
		return 0;
	if (!nlmsg_put(skb, 0, 0, NLMSG_NOOP, 0, 0)) {
		kfree_skb(skb);
		return 0;
	}
	netlink_broadcast_filtered(pm->commands->sk, skb, 0, pm->group, GFP_KERNEL,
				   count_listener, &listeners);
	return listeners.n;
}

/* who comes later is not refused by anybody */
static void watch(struct mptcpx_pm *pm)
{
	bool others = other_listeners(pm), taken;
	char type[8];

	taken = !mptcpx_pm_kernel_get(pm, MPTCPX_PM_KERNEL_PM_TYPE, type, sizeof(type)) &&
		strcmp(type, "1");
	if (others && !pm->watched)
		net_warn_ratelimited("a program has begun to listen to MPTCP's events: if it is another path manager (mptcpd), stop one of the two\n");
	if (taken && !pm->taken)
		net_warn_ratelimited("somebody has set net.mptcp.pm_type to %s: new connections are not ours until net.mptcp.pm.policy is written again\n",
				     type);
	pm->watched = others;
	pm->taken = taken;
	pm->watch = jiffies + WATCH;
}

/* ---- events ---- */

/* in softirq, or whatever context an event comes from */
static void events_ready(struct sock *sk)
{
	struct mptcpx_pm *pm = READ_ONCE(sk->sk_user_data);

	if (pm)
		mptcpx_pm_wake(pm, MPTCPX_PM_TODO_EVENTS);
}

/* the queue was full: netlink_overrun() */
static void events_lost(struct sock *sk)
{
	struct mptcpx_pm *pm = READ_ONCE(sk->sk_user_data);

	/* whoever reads next is told */
	if (pm)
		mptcpx_pm_wake(pm, MPTCPX_PM_TODO_EVENTS);
}

static bool event_address(struct nlattr **tb, struct mptcpx_pm_addr *addr)
{
	const struct nlattr *v4 = tb[MPTCP_ATTR_DADDR4], *v6 = tb[MPTCP_ATTR_DADDR6];

	memset(addr, 0, sizeof(*addr));
	if (v4 && nla_len(v4) >= (int)sizeof(addr->v4)) {
		addr->family = AF_INET;
		addr->v4 = nla_get_in_addr(v4);
	} else if (v6 && nla_len(v6) >= (int)sizeof(addr->v6)) {
		addr->v6 = nla_get_in6_addr(v6);
		addr->family = AF_INET6;
		if (ipv6_addr_v4mapped(&addr->v6)) {
			__be32 mapped = addr->v6.s6_addr32[3];

			addr->family = AF_INET;
			addr->v4 = mapped;
		}
	} else {
		return false;
	}
	if (tb[MPTCP_ATTR_DPORT] && nla_len(tb[MPTCP_ATTR_DPORT]) >= 2)
		addr->port = nla_get_be16(tb[MPTCP_ATTR_DPORT]);
	return true;
}

static void event(struct mptcpx_pm *pm, const struct nlmsghdr *nlh)
{
	struct nlattr *tb[MPTCP_ATTR_MAX + 1];
	const struct genlmsghdr *head;
	struct mptcpx_pm_conn *conn;
	struct mptcpx_pm_addr addr;
	u32 token;
	u8 id = 0;

	if (nlh->nlmsg_type != pm->family || nlh->nlmsg_len < nlmsg_msg_size(GENL_HDRLEN))
		return;
	head = nlmsg_data(nlh);
	if (__nlmsg_parse(nlh, GENL_HDRLEN, tb, MPTCP_ATTR_MAX, NULL,
			  NL_VALIDATE_LIBERAL, NULL))
		return;
	if (!tb[MPTCP_ATTR_TOKEN] || nla_len(tb[MPTCP_ATTR_TOKEN]) < (int)sizeof(u32))
		return;
	token = nla_get_u32(tb[MPTCP_ATTR_TOKEN]);
	if (tb[MPTCP_ATTR_REM_ID] && nla_len(tb[MPTCP_ATTR_REM_ID]))
		id = nla_get_u8(tb[MPTCP_ATTR_REM_ID]);
	mptcpx_pm_count(pm, MPTCPX_PM_COUNT_EVENTS);
	trace_mptcpx_pm_event(token, head->cmd, id);

	switch (head->cmd) {
	case MPTCP_EVENT_ESTABLISHED:
		conn = mptcpx_pm_conn_get(pm, token);
		break;
	case MPTCP_EVENT_CLOSED:
		conn = mptcpx_pm_conn_find(pm, token);
		if (conn)
			mptcpx_pm_conn_free(pm, conn);
		return;
	case MPTCP_EVENT_ANNOUNCED:
		conn = mptcpx_pm_conn_get(pm, token);
		if (conn && event_address(tb, &addr))
			mptcpx_pm_conn_remote(pm, conn, &addr, id);
		break;
	case MPTCP_EVENT_REMOVED:
		conn = mptcpx_pm_conn_find(pm, token);
		if (conn)
			mptcpx_pm_conn_forget(conn, id);
		break;
	case MPTCP_EVENT_SUB_ESTABLISHED:
		/* the event of the connection itself may have been lost */
		conn = mptcpx_pm_conn_get(pm, token);
		break;
	case MPTCP_EVENT_SUB_CLOSED:
	case MPTCP_EVENT_SUB_PRIORITY:
		conn = mptcpx_pm_conn_find(pm, token);
		break;
	default:
		return;
	}
	if (conn)
		mptcpx_pm_conn_dirty(pm, conn);
}

/**
 * mptcpx_pm_nl_events() - read what happened
 * @pm: the path manager, locked
 *
 * A bounded number of events; the worker is woken again for the rest.
 */
void mptcpx_pm_nl_events(struct mptcpx_pm *pm)
{
	unsigned int i;
	int len;

	if (time_after_eq(jiffies, pm->watch))
		watch(pm);
	for (i = 0; i < SLICE; i++) {
		len = nl_receive(pm->events, pm->buffer);
		if (len == -ENOBUFS) {
			mptcpx_pm_count(pm, MPTCPX_PM_COUNT_EVENT_OVERRUNS);
			pm->overrun = true;
			mptcpx_pm_wake(pm, MPTCPX_PM_TODO_RESYNC);
			continue;
		}
		if (len == -EMSGSIZE)
			continue;
		if (len <= 0)
			return;
		if (nlmsg_ok((struct nlmsghdr *)pm->buffer, len))
			event(pm, pm->buffer);
		cond_resched();
	}
	mptcpx_pm_wake(pm, MPTCPX_PM_TODO_EVENTS);
}

/* ---- commands ---- */

static int put_end(struct sk_buff *skb, int type, const struct mptcpx_pm_nl_end *end)
{
	const struct mptcpx_pm_addr *addr = end->addr;
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u16(skb, MPTCP_PM_ADDR_ATTR_FAMILY, addr->family);
	if (addr->family == AF_INET6)
		err = err ?: nla_put_in6_addr(skb, MPTCP_PM_ADDR_ATTR_ADDR6, &addr->v6);
	else
		err = err ?: nla_put_in_addr(skb, MPTCP_PM_ADDR_ATTR_ADDR4, addr->v4);
	/* in host order: mptcp_pm_parse_pm_addr_attr() */
	if (addr->port)
		err = err ?: nla_put_u16(skb, MPTCP_PM_ADDR_ATTR_PORT, ntohs(addr->port));
	if (end->id >= 0)
		err = err ?: nla_put_u8(skb, MPTCP_PM_ADDR_ATTR_ID, end->id);
	if (end->flags)
		err = err ?: nla_put_u32(skb, MPTCP_PM_ADDR_ATTR_FLAGS, end->flags);
	if (end->ifindex)
		err = err ?: nla_put_s32(skb, MPTCP_PM_ADDR_ATTR_IF_IDX, end->ifindex);
	nla_nest_end(skb, nest);
	return err;
}

/**
 * mptcpx_pm_nl_pair() - a command about a subflow
 * @pm: the path manager, locked
 * @cmd: MPTCP_PM_CMD_SUBFLOW_CREATE, MPTCP_PM_CMD_SUBFLOW_DESTROY or
 *	MPTCP_PM_CMD_SET_FLAGS
 * @token: the connection
 * @local: its local end
 * @remote: its remote end
 *
 * Context: process, sleeps.
 * Return: 0; -EAGAIN if somebody owns the connection; or the error the kernel answered
 * with.
 */
int mptcpx_pm_nl_pair(struct mptcpx_pm *pm, u8 cmd, u32 token,
		      const struct mptcpx_pm_nl_end *local,
		      const struct mptcpx_pm_nl_end *remote)
{
	struct sk_buff *skb;
	int err;

	skb = nl_command(pm, pm->family, cmd, MPTCP_PM_VER, NLM_F_ACK);
	if (!skb)
		return -ENOMEM;
	err = nla_put_u32(skb, MPTCP_PM_ATTR_TOKEN, token);
	err = err ?: put_end(skb, MPTCP_PM_ATTR_ADDR, local);
	err = err ?: put_end(skb, MPTCP_PM_ATTR_ADDR_REMOTE, remote);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	err = nl_do(pm, token, skb);
	trace_mptcpx_pm_command(token, cmd, local->addr, remote->addr, local->id, err);
	return err;
}

/**
 * mptcpx_pm_nl_announce() - tell the peer of an address (ADD_ADDR)
 * @pm: the path manager, locked
 * @token: the connection
 * @local: the address, with the flag MPTCP_PM_ADDR_FLAG_SIGNAL
 *
 * Context: process, sleeps.
 * Return: 0; -EAGAIN if somebody owns the connection; or the error the kernel answered
 * with.
 */
int mptcpx_pm_nl_announce(struct mptcpx_pm *pm, u32 token,
			  const struct mptcpx_pm_nl_end *local)
{
	static const struct mptcpx_pm_addr nobody;
	struct sk_buff *skb;
	int err;

	skb = nl_command(pm, pm->family, MPTCP_PM_CMD_ANNOUNCE, MPTCP_PM_VER, NLM_F_ACK);
	if (!skb)
		return -ENOMEM;
	err = nla_put_u32(skb, MPTCP_PM_ATTR_TOKEN, token);
	err = err ?: put_end(skb, MPTCP_PM_ATTR_ADDR, local);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	err = nl_do(pm, token, skb);
	trace_mptcpx_pm_command(token, MPTCP_PM_CMD_ANNOUNCE, local->addr, &nobody,
				local->id, err);
	return err;
}

/**
 * mptcpx_pm_nl_remove() - withdraw an address (RM_ADDR)
 * @pm: the path manager, locked
 * @token: the connection
 * @id: address id in that connection
 *
 * The kernel sends it by a subflow from another address, if there is one.
 *
 * Context: process, sleeps.
 * Return: 0; -EAGAIN if somebody owns the connection; or the error the kernel answered
 * with.
 */
int mptcpx_pm_nl_remove(struct mptcpx_pm *pm, u32 token, u8 id)
{
	static const struct mptcpx_pm_addr nobody;
	struct sk_buff *skb;
	int err;

	skb = nl_command(pm, pm->family, MPTCP_PM_CMD_REMOVE, MPTCP_PM_VER, NLM_F_ACK);
	if (!skb)
		return -ENOMEM;
	err = nla_put_u32(skb, MPTCP_PM_ATTR_TOKEN, token);
	err = err ?: nla_put_u8(skb, MPTCP_PM_ATTR_LOC_ID, id);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	err = nl_do(pm, token, skb);
	trace_mptcpx_pm_command(token, MPTCP_PM_CMD_REMOVE, &nobody, &nobody, id, err);
	return err;
}

/* ---- open, close ---- */

static int nl_socket(struct net *net, struct socket **sock)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	int err;

	err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, sock);
	if (err) {
		*sock = NULL;
		return err;
	}
	/* struct sockaddr until 6.18, then struct sockaddr_unsized */
	return kernel_bind(*sock, (void *)&me, sizeof(me));
}

static int nl_listen(struct mptcpx_pm *pm)
{
	struct socket *sock;
	struct sock *sk;
	int err, group = pm->group;

	err = nl_socket(pm->net, &pm->events);
	if (err)
		return err;
	sock = pm->events;
	sk = sock->sk;

	lock_sock(sk);
	WRITE_ONCE(sk->sk_rcvbuf, clamp(event_buffer, 2048u, 256u << 20));
	release_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = pm;
	sk->sk_data_ready = events_ready;
	sk->sk_error_report = events_lost;
	write_unlock_bh(&sk->sk_callback_lock);
	return READ_ONCE(sock->ops)->setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
						KERNEL_SOCKPTR(&group), sizeof(group));
}

/**
 * mptcpx_pm_nl_open() - begin to listen to the events of a namespace
 * @pm: the path manager, locked
 *
 * Return: 0; -EBUSY if somebody else does already; another negative number if
 * the kernel does not let us.
 */
int mptcpx_pm_nl_open(struct mptcpx_pm *pm)
{
	int err;

	pm->buffer = kmalloc(BUFFER, GFP_KERNEL);
	if (!pm->buffer)
		return -ENOMEM;
	err = nl_socket(pm->net, &pm->commands);
	if (!err)
		err = nl_family(pm);
	if (!err && other_listeners(pm))
		err = -EBUSY;
	pm->watched = false;
	pm->taken = false;
	pm->watch = jiffies;
	if (!err)
		err = nl_listen(pm);
	if (err)
		mptcpx_pm_nl_close(pm);
	return err;
}

/**
 * mptcpx_pm_nl_close() - undo mptcpx_pm_nl_open(), even half of it
 * @pm: the path manager, locked
 *
 * No callback of the event socket runs any more when it returns: the kernel
 * takes a socket off the list of listeners when nobody walks it
 * (netlink_table_grab()).
 */
void mptcpx_pm_nl_close(struct mptcpx_pm *pm)
{
	if (pm->events) {
		WRITE_ONCE(pm->events->sk->sk_user_data, NULL);
		sock_release(pm->events);
		pm->events = NULL;
	}
	if (pm->commands) {
		sock_release(pm->commands);
		pm->commands = NULL;
	}
	kfree(pm->buffer);
	pm->buffer = NULL;
}

#ifdef MPTCPX_KUNIT
#include "pm_nl_test.c"
#endif
