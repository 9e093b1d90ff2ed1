// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/mptcpx: what the schedulers do, connection by connection.
 *
 * One line for a connection, then one for each of its subflows. Fields are
 * NAME=VALUE; unknown ones are to be skipped. Of a connection whose scheduler
 * is not one of ours there is no account: bytes, copied and share read "-".
 *
 * Written "token=HEX scheduler=NAME", it gives a connection another scheduler.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>

#include "mptcpx.h"

#define PATIENCE	500	/* for who owns a connection, see mptcpx_own(): 100 ms */

/* where the walk through the table of tokens stands: before and behind @pos */
struct proc_iter {
	struct seq_net_private p;
	loff_t pos;
	long slot, num;
	long prev_slot, prev_num;
};

static struct mptcp_sock *proc_advance(struct seq_file *seq)
{
	struct proc_iter *iter = seq->private;

	iter->prev_slot = iter->slot;
	iter->prev_num = iter->num;
	/* takes a reference; net/mptcp/token.c, 6.12 and 7.3 */
	return mptcp_token_iter_next(seq_file_net(seq), &iter->slot, &iter->num);
}

static void proc_put(struct mptcp_sock *msk)
{
	sock_put(mptcpx_msk_sk(msk));
}

static void *proc_start(struct seq_file *seq, loff_t *pos)
{
	struct proc_iter *iter = seq->private;
	struct mptcp_sock *msk;
	loff_t i;

	if (*pos && *pos == iter->pos) {
		/* shown again, or for the first time after a full buffer */
		iter->slot = iter->prev_slot;
		iter->num = iter->prev_num;
		return proc_advance(seq);
	}

	iter->slot = 0;
	iter->num = 0;
	iter->pos = *pos;
	for (i = 0; ; i++) {
		msk = proc_advance(seq);
		if (!msk || i == *pos)
			return msk;
		proc_put(msk);
	}
}

static void *proc_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct proc_iter *iter = seq->private;

	proc_put(v);
	iter->pos = ++*pos;
	return proc_advance(seq);
}

static void proc_stop(struct seq_file *seq, void *v)
{
	if (v)
		proc_put(v);
}

static void show_address(struct seq_file *seq, const char *name, const struct sock *ssk,
			 __be32 v4, const struct in6_addr *v6, u16 port)
{
	if (ssk->sk_family == AF_INET6)
		seq_printf(seq, " %s=[%pI6c]:%u", name, v6, port);
	else
		seq_printf(seq, " %s=%pI4:%u", name, &v4, port);
}

static void show_addresses(struct seq_file *seq, const struct sock *ssk)
{
	const struct in6_addr *local = NULL, *remote = NULL;

#if IS_ENABLED(CONFIG_IPV6)
	local = &ssk->sk_v6_rcv_saddr;
	remote = &ssk->sk_v6_daddr;
#endif
	show_address(seq, "local", ssk, inet_sk(ssk)->inet_rcv_saddr, local,
		     ntohs(inet_sk(ssk)->inet_sport));
	show_address(seq, "remote", ssk, inet_sk(ssk)->inet_daddr, remote,
		     ntohs(inet_sk(ssk)->inet_dport));
}

/* rounded */
static unsigned int permille_of(u64 bytes, u64 total)
{
	return total ? div64_u64(bytes * 1000 + total / 2, total) : 0;
}

static void show_subflow(struct seq_file *seq, const struct mptcp_subflow_context *subflow,
			 const struct mptcpx_slot *slot, u64 total)
{
	const struct sock *ssk = subflow->tcp_sock;
	const struct tcp_sock *tp = tcp_sk(ssk);
	unsigned int permille;
	/* a bit of a word that the subflow's own socket writes, under its lock */
	bool stale = data_race(!!subflow->stale);
	/* and a number of its */
	u32 cwnd = data_race(tcp_snd_cwnd(tp));

	seq_printf(seq, "  subflow=%u id=%d/%u", subflow->subflow_id,
		   READ_ONCE(subflow->local_id), READ_ONCE(subflow->remote_id));
	show_addresses(seq, ssk);
	seq_printf(seq, " backup=%d stale=%d srtt_us=%u cwnd=%u", mptcpx_is_backup(subflow),
		   stale, READ_ONCE(tp->srtt_us) >> 3, cwnd);
	if (!slot) {
		seq_puts(seq, " bytes=- copied=- share=-\n");
		return;
	}
	permille = permille_of(slot->bytes, total);
	seq_printf(seq, " bytes=%llu copied=%llu share=%u.%u%%\n", slot->bytes, slot->copied,
		   permille / 10, permille % 10);
}

static const struct mptcpx_slot *slot_at(const struct mptcpx_conn *conn, u8 i)
{
	return i < MPTCPX_PATHS_MAX ? &conn->slots[i] : NULL;
}

static int proc_show(struct seq_file *seq, void *v)
{
	struct mptcp_sock *msk = v;
	struct sock *sk = mptcpx_msk_sk(msk);
	struct mptcp_subflow_context *subflow;
	const struct mptcpx_sched *sched;
	struct mptcpx_conn *conn;
	u64 total = 0;
	u8 i;

	/* subflows come and go, and are accounted, under this lock */
	if (!mptcpx_own(sk, PATIENCE)) {
		seq_printf(seq, "token=%08x busy=1\n", READ_ONCE(msk->token));
		return 0;
	}
	sched = mptcpx_sched_of(msk);
	conn = sched ? mptcpx_conn_find(msk) : NULL;
	if (conn) {
		mptcpx_paths_sync(conn, sched->copies);
		for (i = 0; i < MPTCPX_PATHS_MAX; i++)
			if (conn->slots[i].subflow)
				total += conn->slots[i].bytes;
	}

	seq_printf(seq, "token=%08x scheduler=%s fallback=%d unsent=%llu unacked=%llu\n",
		   READ_ONCE(msk->token), msk->sched ? msk->sched->name : "-",
		   mptcpx_is_fallback(msk), msk->write_seq - msk->snd_nxt,
		   msk->snd_nxt - READ_ONCE(msk->snd_una));
	mptcpx_for_each_subflow(msk, subflow)
		show_subflow(seq, subflow,
			     conn ? slot_at(conn, mptcpx_slot_index(conn, subflow)) : NULL,
			     total);
	release_sock(sk);
	return 0;
}

static const struct seq_operations proc_ops = {
	.start	= proc_start,
	.next	= proc_next,
	.stop	= proc_stop,
	.show	= proc_show,
};

/* "token=HEX scheduler=NAME", and nothing else */
static bool proc_read_command(const char *buf, size_t size, u32 *token,
			      char name[MPTCP_SCHED_NAME_MAX + 1])
{
	char more;

	return strlen(buf) == size &&
	       sscanf(buf, "token=%8x scheduler=%16s %c", token, name, &more) == 2 && *name;
}

/* gives that connection that scheduler */
static int proc_write(struct file *file, char *buf, size_t size)
{
	struct net *net = seq_file_net(file->private_data);
	char name[MPTCP_SCHED_NAME_MAX + 1];
	u32 token;

	if (!file_ns_capable(file, net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (!proc_read_command(buf, size, &token, name))
		return -EINVAL;
	return mptcpx_live_token(net, token, name);
}

static int __net_init proc_net_init(struct net *net)
{
	return proc_create_net_data_write("mptcpx", 0644, net->proc_net, &proc_ops, proc_write,
					  sizeof(struct proc_iter), NULL) ? 0 : -ENOMEM;
}

static void __net_exit proc_net_exit(struct net *net)
{
	remove_proc_entry("mptcpx", net->proc_net);
}

static struct pernet_operations proc_net_ops = {
	.init = proc_net_init,
	.exit = proc_net_exit,
};

/* /proc/net/mptcpx in each namespace, present and future */
int mptcpx_proc_init(void)
{
	return register_pernet_subsys(&proc_net_ops);
}

void mptcpx_proc_exit(void)
{
	unregister_pernet_subsys(&proc_net_ops);
}

#ifdef MPTCPX_KUNIT
#include "proc_test.c"
#endif
