// SPDX-License-Identifier: GPL-2.0
/*
 * net.mptcp.pm.*: the knobs of the path manager, one set for each namespace.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "mptcpx.h"
#include "pm.h"

const char * const mptcpx_pm_policy_names[] = {
	[MPTCPX_PM_NONE]	= "none",
	[MPTCPX_PM_FULLMESH]	= "fullmesh",
	[MPTCPX_PM_NDIFFPORTS]	= "ndiffports",
	[MPTCPX_PM_HANDOVER]	= "handover",
	[MPTCPX_PM_AGGREGATE]	= "aggregate",
	[MPTCPX_PM_INTERACTIVE]	= "interactive",
	[MPTCPX_PM_SERVER]	= "server",
	NULL
};

struct number {
	const char *name;
	int least, most, initial;
};

#define DAY	86400

static const struct number numbers[] = {
	[MPTCPX_PM_KNOB_NUM_SUBFLOWS]	= { "num_subflows", 1, 8, 1 },
	[MPTCPX_PM_KNOB_NDIFFPORTS]	= { "ndiffports", 1, 16, 2 },
	[MPTCPX_PM_KNOB_MAX_SUBFLOWS]	= { "max_subflows", 1, 16, 8 },
	[MPTCPX_PM_KNOB_MAX_INTERFACE]	= { "max_per_interface", 1, 16, 8 },
	[MPTCPX_PM_KNOB_RETRY_FIRST]	= { "retry_first_ms", 10, 60000, 200 },
	[MPTCPX_PM_KNOB_RETRY_LIMIT]	= { "retry_limit_ms", 100, 3600000, 60000 },
	[MPTCPX_PM_KNOB_RETRY_MAX]	= { "retry_max", 0, 65535, 0 },
	[MPTCPX_PM_KNOB_RETRY_RATE]	= { "retry_rate", 1, 10000, 100 },
	[MPTCPX_PM_KNOB_PROBE]		= { "probe_ms", 100, 60000, 700 },
	[MPTCPX_PM_KNOB_SILENCE]	= { "silence_ms", 0, 600000, 400 },
	[MPTCPX_PM_KNOB_KEEPALIVE]	= { "keepalive", 0, 32767, 60 },
	[MPTCPX_PM_KNOB_CLOSE_TIMEOUT]	= { "close_timeout", 0, 30 * DAY, 0 },
	[MPTCPX_PM_KNOB_SET_SCHEDULER]	= { "set_scheduler", 0, 1, 1 },
};

static const char * const lists[] = {
	[MPTCPX_PM_LIST_INCLUDE]	= "include",
	[MPTCPX_PM_LIST_EXCLUDE]	= "exclude",
	[MPTCPX_PM_LIST_BACKUP]		= "backup",
	[MPTCPX_PM_LIST_PREFER]		= "prefer",
};

/* what containers and virtual machines hang on is no path */
#define EXCLUDED	"docker* veth* virbr* br-* cni* lxc*"

static int number_handler(const struct ctl_table *ctl, int write, void *buffer,
			  size_t *lenp, loff_t *ppos)
{
	struct mptcpx_pm *pm = ctl->extra1;
	unsigned int i = (int *)ctl->data - pm->knob;
	const struct number *number = &numbers[i];
	int ret, value = READ_ONCE(pm->knob[i]);
	size_t len = *lenp;
	struct ctl_table tbl = {
		.data = &value,
		.maxlen = sizeof(value),
		.extra1 = (void *)&number->least,
		.extra2 = (void *)&number->most,
	};

	if (write && *ppos)
		return -EINVAL;
	ret = proc_dointvec_minmax(&tbl, write, buffer, lenp, ppos);
	if (ret || !write)
		return ret;
	/* "1 2": it has read the first, and tells so by the length */
	if (*lenp != len)
		return -EINVAL;
	WRITE_ONCE(pm->knob[i], value);
	mptcpx_pm_reconfigure(pm, i);
	return 0;
}

static int list_handler(const struct ctl_table *ctl, int write, void *buffer,
			size_t *lenp, loff_t *ppos)
{
	struct mptcpx_pm_pattern_list *list = ctl->data, *fresh;
	struct mptcpx_pm *pm = ctl->extra1;
	struct ctl_table tbl = { .maxlen = sizeof(list->text) };
	int ret;

	/* proc_dostring() would cut what is too long, and join what comes in parts */
	if (write && (*lenp >= sizeof(list->text) || *ppos))
		return -EINVAL;
	fresh = kmalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	mutex_lock(&pm->lock);
	*fresh = *list;
	mutex_unlock(&pm->lock);
	tbl.data = fresh->text;
	ret = proc_dostring(&tbl, write, buffer, lenp, ppos);
	if (!ret && write)
		ret = mptcpx_pm_patterns_parse(&fresh->patterns, fresh->text);
	if (!ret && write) {
		mutex_lock(&pm->lock);
		*list = *fresh;
		mutex_unlock(&pm->lock);
		mptcpx_pm_reconfigure(pm, MPTCPX_PM_KNOBS);
	}
	kfree(fresh);
	return ret;
}

static int policy_handler(const struct ctl_table *ctl, int write, void *buffer,
			  size_t *lenp, loff_t *ppos)
{
	struct mptcpx_pm *pm = ctl->extra1;
	int policy = READ_ONCE(pm->policy), ret;
	struct ctl_table tbl = { .data = &policy };

	ret = mptcpx_sysctl_word(&tbl, write, buffer, lenp, ppos, mptcpx_pm_policy_names);
	if (ret || !write)
		return ret;
	return mptcpx_pm_set_policy(pm, policy);
}

static int available_handler(const struct ctl_table *ctl, int write, void *buffer,
			     size_t *lenp, loff_t *ppos)
{
	struct ctl_table tbl = {};
	char text[128] = "";
	unsigned int i;

	for (i = 0; mptcpx_pm_policy_names[i]; i++) {
		if (i)
			strlcat(text, " ", sizeof(text));
		strlcat(text, mptcpx_pm_policy_names[i], sizeof(text));
	}
	tbl.data = text;
	tbl.maxlen = sizeof(text);
	return proc_dostring(&tbl, write, buffer, lenp, ppos);
}

#define KNOBS	(2 + ARRAY_SIZE(numbers) + ARRAY_SIZE(lists))

/**
 * mptcpx_pm_sysctl_init() - give a namespace its knobs
 * @pm: its path manager
 *
 * Context: a pernet operation's init.
 */
int mptcpx_pm_sysctl_init(struct mptcpx_pm *pm)
{
	struct ctl_table *table, *knob;
	unsigned int i;

	table = kcalloc(KNOBS, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	knob = table;
	*knob++ = (struct ctl_table){
		.procname = "policy", .mode = 0644,
		.maxlen = 32, .proc_handler = policy_handler, .extra1 = pm,
		.data = &pm->policy,
	};
	*knob++ = (struct ctl_table){
		.procname = "available_policies", .mode = 0444,
		.maxlen = 128, .proc_handler = available_handler, .extra1 = pm,
		.data = pm,
	};
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		pm->knob[i] = numbers[i].initial;
		*knob++ = (struct ctl_table){
			.procname = numbers[i].name, .mode = 0644,
			.maxlen = sizeof(int), .proc_handler = number_handler,
			.extra1 = pm, .data = &pm->knob[i],
		};
	}
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		*knob++ = (struct ctl_table){
			.procname = lists[i], .mode = 0644,
			.maxlen = MPTCPX_PM_LIST_LEN, .proc_handler = list_handler,
			.extra1 = pm, .data = &pm->list[i],
		};
	strscpy(pm->list[MPTCPX_PM_LIST_EXCLUDE].text, EXCLUDED, MPTCPX_PM_LIST_LEN);
	mptcpx_pm_patterns_parse(&pm->list[MPTCPX_PM_LIST_EXCLUDE].patterns, EXCLUDED);

	pm->header = register_net_sysctl_sz(pm->net, "net/mptcp/pm", table, KNOBS);
	if (!pm->header) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

void mptcpx_pm_sysctl_exit(struct mptcpx_pm *pm)
{
	mptcpx_sysctl_unregister(pm->header);
}
