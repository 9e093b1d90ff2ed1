// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/mptcpx_pm: what the path manager of a namespace sees and does.
 * /proc/net/mptcpx_pm_stat: its counters, one "Name value" a line.
 *
 * Fields are NAME=VALUE; unknown ones are to be skipped.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>

#include "pm.h"

static const char * const counter_names[] = {
	[MPTCPX_PM_COUNT_EVENTS] = "MPTcpXPmEvents",
	[MPTCPX_PM_COUNT_EVENT_OVERRUNS] = "MPTcpXPmEventOverruns",
	[MPTCPX_PM_COUNT_RESYNCS] = "MPTcpXPmResyncs",
	[MPTCPX_PM_COUNT_PASSES] = "MPTcpXPmPasses",
	[MPTCPX_PM_COUNT_COMMANDS] = "MPTcpXPmCommands",
	[MPTCPX_PM_COUNT_COMMAND_ERRORS] = "MPTcpXPmCommandErrors",
	[MPTCPX_PM_COUNT_ANNOUNCES] = "MPTcpXPmAnnounces",
	[MPTCPX_PM_COUNT_WITHDRAWS] = "MPTcpXPmWithdraws",
	[MPTCPX_PM_COUNT_CREATES] = "MPTcpXPmCreates",
	[MPTCPX_PM_COUNT_CREATE_ERRORS] = "MPTcpXPmCreateErrors",
	[MPTCPX_PM_COUNT_CLOSES] = "MPTcpXPmCloses",
	[MPTCPX_PM_COUNT_ABORTS] = "MPTcpXPmAborts",
	[MPTCPX_PM_COUNT_PRIORITIES] = "MPTcpXPmPriorities",
	[MPTCPX_PM_COUNT_LOST] = "MPTcpXPmLost",
	[MPTCPX_PM_COUNT_REFUSED] = "MPTcpXPmRefused",
	[MPTCPX_PM_COUNT_SILENT] = "MPTcpXPmSilent",
	[MPTCPX_PM_COUNT_GIVEN_UP] = "MPTcpXPmGivenUp",
	[MPTCPX_PM_COUNT_RETRIES_LIMITED] = "MPTcpXPmRetriesLimited",
	[MPTCPX_PM_COUNT_ADDRESSES_DROPPED] = "MPTcpXPmAddressesDropped",
	[MPTCPX_PM_COUNT_SCANS] = "MPTcpXPmScans",
	[MPTCPX_PM_COUNT_NO_MEMORY] = "MPTcpXPmNoMemory",
};

static const char * const phase_names[] = {
	[MPTCPX_PM_JOINING] = "joining",
	[MPTCPX_PM_UP] = "up",
	[MPTCPX_PM_CLOSING] = "closing",
};

static int stat_show(struct seq_file *seq, void *v)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(seq_file_single_net(seq));
	unsigned int i;

	mutex_lock(&pm->lock);
	for (i = 0; i < MPTCPX_PM_COUNTERS; i++)
		seq_printf(seq, "%-24s %llu\n", counter_names[i], pm->count[i]);
	mutex_unlock(&pm->lock);
	return 0;
}

/* the whole of it is one pass through the connections, under the lock */

static struct mptcpx_pm_conn *conn_at(struct mptcpx_pm *pm, loff_t pos)
{
	struct mptcpx_pm_conn *conn;
	unsigned int b;

	hash_for_each(pm->conns, b, conn, node)
		if (!pos--)
			return conn;
	return NULL;
}

static struct mptcpx_pm_conn *conn_after(struct mptcpx_pm *pm,
					 const struct mptcpx_pm_conn *conn)
{
	struct hlist_node *node = conn->node.next;
	unsigned int b = hash_min(conn->token, HASH_BITS(pm->conns));

	while (!node && ++b < HASH_SIZE(pm->conns))
		node = pm->conns[b].first;
	return node ? hlist_entry(node, struct mptcpx_pm_conn, node) : NULL;
}

static void *proc_start(struct seq_file *seq, loff_t *pos)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(seq_file_net(seq));

	mutex_lock(&pm->lock);
	return *pos ? conn_at(pm, *pos - 1) : SEQ_START_TOKEN;
}

static void *proc_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(seq_file_net(seq));

	return (*pos)++ ? conn_after(pm, v) : conn_at(pm, 0);
}

static void proc_stop(struct seq_file *seq, void *v)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(seq_file_net(seq));

	mutex_unlock(&pm->lock);
}

static void show_head(struct seq_file *seq, struct mptcpx_pm *pm)
{
	char type[8];
	u8 i;

	mptcpx_pm_kernel_get(pm, MPTCPX_PM_KERNEL_PM_TYPE, type, sizeof(type));
	seq_printf(seq, "policy=%s active=%d pm_type=%s connections=%u\n",
		   mptcpx_pm_policy_names[pm->policy], pm->active, type, pm->connections);
	for (i = 0; i < pm->locals; i++) {
		const struct mptcpx_pm_local *local = &pm->local[i];

		seq_printf(seq, "id=%u", local->id);
		mptcpx_pm_addr_show(seq, "address", &local->addr);
		seq_printf(seq, " dev=%s usable=%d excluded=%d backup=%d rank=%u deprecated=%d\n",
			   local->ifname, local->usable, local->excluded, local->backup,
			   local->rank, local->deprecated);
	}
}

/* a pair without a working subflow that is being tried, or waits, or was given up */
static void show_try(struct seq_file *seq, const struct mptcpx_pm_try *try, unsigned int max)
{
	bool joining = try->pair == MPTCPX_PM_PAIR_JOINING;

	if (!try->local_id || try->pair == MPTCPX_PM_PAIR_UP || (!joining && !try->fails))
		return;
	seq_printf(seq, "  retry=%u/%u joining=%d fails=%u in_ms=%u given_up=%d\n",
		   try->local_id, try->remote_id, joining, try->fails,
		   time_after(try->next, jiffies) ?
		   jiffies_to_msecs(try->next - jiffies) : 0,
		   !joining && max && try->fails >= max);
}

static void show_conn(struct seq_file *seq, struct mptcpx_pm *pm,
		      const struct mptcpx_pm_conn *conn)
{
	struct mptcpx_pm_state *state = &pm->state;
	int err;
	u8 i;

	/* whoever reads this keeps the worker waiting */
	err = mptcpx_pm_sock_state(pm->net, conn->token, state, !conn->busy);
	if (err == -EAGAIN)
		seq_printf(seq, "token=%08x busy=1\n", conn->token);
	if (err)
		return;
	seq_printf(seq, "token=%08x role=%s subflows=%u", conn->token,
		   state->listener ? "listener" : "connector", state->subs);
	mptcpx_pm_addr_show(seq, "local", &state->local);
	mptcpx_pm_addr_show(seq, "remote", &state->remote);
	seq_putc(seq, '\n');
	for (i = 0; i < state->subs; i++) {
		const struct mptcpx_pm_sub *sub = &state->sub[i];

		seq_printf(seq, "  subflow=%u id=%d/%u", sub->id, sub->local_id,
			   sub->remote_id);
		mptcpx_pm_addr_show(seq, "local", &sub->local);
		mptcpx_pm_addr_show(seq, "remote", &sub->remote);
		seq_printf(seq, " phase=%s backup=%d timeouts=%u\n", phase_names[sub->phase],
			   sub->backup, sub->timeouts);
	}
	for (i = 1; i < conn->remotes; i++) {
		seq_printf(seq, "  announced=%u", conn->remote_id[i]);
		mptcpx_pm_addr_show(seq, "remote", &conn->remote[i]);
		seq_putc(seq, '\n');
	}
	for (i = 0; i < ARRAY_SIZE(conn->told); i++)
		if (conn->told[i].local_id)
			seq_printf(seq, "  told=%u times=%u\n", conn->told[i].local_id,
				   conn->told[i].times);
	for (i = 0; i < MPTCPX_PM_TRIES; i++)
		show_try(seq, &conn->try[i], READ_ONCE(pm->knob[MPTCPX_PM_KNOB_RETRY_MAX]));
}

static int proc_show(struct seq_file *seq, void *v)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(seq_file_net(seq));

	if (v == SEQ_START_TOKEN)
		show_head(seq, pm);
	else
		show_conn(seq, pm, v);
	return 0;
}

static const struct seq_operations proc_ops = {
	.start	= proc_start,
	.next	= proc_next,
	.stop	= proc_stop,
	.show	= proc_show,
};

int mptcpx_pm_proc_init(struct net *net)
{
	BUILD_BUG_ON(ARRAY_SIZE(counter_names) != MPTCPX_PM_COUNTERS);

	if (!proc_create_net("mptcpx_pm", 0444, net->proc_net, &proc_ops,
			     sizeof(struct seq_net_private)))
		return -ENOMEM;
	if (!proc_create_net_single("mptcpx_pm_stat", 0444, net->proc_net, stat_show, NULL)) {
		remove_proc_entry("mptcpx_pm", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

void mptcpx_pm_proc_exit(struct net *net)
{
	remove_proc_entry("mptcpx_pm_stat", net->proc_net);
	remove_proc_entry("mptcpx_pm", net->proc_net);
}
