// SPDX-License-Identifier: GPL-2.0
/*
 * net.mptcp.scheduler_ports: the scheduler of a connection by its port.
 *
 * "22=redundant 5000-5999=wrr": who has one of these ports at either end gets that
 * scheduler, the first entry that matches. It is looked up at the first decision,
 * that is before the first byte, whoever began the connection; and only there: who
 * is moved later stays where it was moved to. The kernel's own default scheduler asks
 * nobody, so the namespace's scheduler has to be one of ours.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "mptcpx.h"
#include "symbols.h"

#define PORTS_MAX	64	/* entries */
#define PORTS_TEXT	1024	/* bytes, the final NUL included */

struct port_rule {
	u16 first;
	u16 last;
	char name[MPTCP_SCHED_NAME_MAX];
};

/* one configuration: the entries, and the text they were written as */
struct port_rules {
	struct rcu_head rcu;
	unsigned int n;
	struct port_rule rule[PORTS_MAX];
	char text[PORTS_TEXT];
};

struct ports_net {
	struct ctl_table_header *header;
	struct port_rules __rcu *rules;	/* NULL for none */
};

static unsigned int ports_net_id;

/* "FIRST[-LAST]=NAME"; ends @word with NULs here and there */
static int parse_rule(struct port_rule *rule, char *word)
{
	char *name = strchr(word, '='), *last;

	if (!name)
		return -EINVAL;
	*name++ = '\0';
	last = strchr(word, '-');
	if (last)
		*last++ = '\0';
	if (kstrtou16(word, 10, &rule->first) || kstrtou16(last ?: word, 10, &rule->last) ||
	    !rule->first || rule->first > rule->last || !*name)
		return -EINVAL;
	return strscpy(rule->name, name, sizeof(rule->name)) < 0 ? -EINVAL : 0;
}

/* @text is used up */
static int parse_rules(struct port_rules *rules, char *text)
{
	char *word;
	int err;

	rules->n = 0;
	while ((word = strsep(&text, " \t,"))) {
		if (!*word)
			continue;
		if (rules->n == PORTS_MAX)
			return -EINVAL;
		err = parse_rule(&rules->rule[rules->n++], word);
		if (err)
			return err;
	}
	return 0;
}

static bool all_known(const struct port_rules *rules)
{
	bool known = true;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < rules->n; i++)
		known = known && mptcpx_sym_mptcp_sched_find(rules->rule[i].name);
	rcu_read_unlock();
	return known;
}

/* the first entry that has one of these two ports */
static const struct port_rule *match(const struct port_rules *rules, u16 local, u16 remote)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++) {
		const struct port_rule *rule = &rules->rule[i];

		if ((local >= rule->first && local <= rule->last) ||
		    (remote >= rule->first && remote <= rule->last))
			return rule;
	}
	return NULL;
}

/**
 * mptcpx_ports_find() - the scheduler that a connection's ports ask for
 * @msk: the connection, owned by this process or under its data lock
 * @name: result
 *
 * Context: any; called before a connection's first decision.
 * Return: whether there is one.
 */
bool mptcpx_ports_find(const struct mptcp_sock *msk, char name[MPTCP_SCHED_NAME_MAX])
{
	const struct inet_sock *inet = inet_sk(mptcpx_msk_sk(msk));
	const struct port_rule *rule = NULL;
	const struct port_rules *rules;
	const struct ports_net *pn;

	pn = net_generic(sock_net(mptcpx_msk_sk(msk)), ports_net_id);
	rcu_read_lock();
	rules = rcu_dereference(pn->rules);
	if (rules)
		rule = match(rules, ntohs(inet->inet_sport), ntohs(inet->inet_dport));
	if (rule)
		strscpy(name, rule->name, MPTCP_SCHED_NAME_MAX);
	rcu_read_unlock();
	return rule;
}

static int ports_handler(const struct ctl_table *ctl, int write, void *buffer,
			 size_t *lenp, loff_t *ppos)
{
	struct ports_net *pn = ctl->data;
	struct ctl_table tbl = { .maxlen = PORTS_TEXT };
	struct port_rules *rules, *old;
	int err;

	/* proc_dostring() would cut what is too long, and join what comes in parts */
	if (write && (*lenp >= PORTS_TEXT || *ppos))
		return -EINVAL;
	rules = kzalloc(sizeof(*rules), GFP_KERNEL);
	if (!rules)
		return -ENOMEM;
	tbl.data = rules->text;
	rcu_read_lock();
	old = rcu_dereference(pn->rules);
	if (old)
		strscpy(rules->text, old->text, PORTS_TEXT);
	rcu_read_unlock();

	err = proc_dostring(&tbl, write, buffer, lenp, ppos);
	if (!err && write) {
		char *text = kstrdup(strim(rules->text), GFP_KERNEL);

		err = text ? parse_rules(rules, text) : -ENOMEM;
		if (!err && !all_known(rules))
			err = -ENOENT;
		kfree(text);
		if (!err) {
			old = unrcu_pointer(xchg(&pn->rules, RCU_INITIALIZER(rules)));
			rules = old;
		}
	}
	kfree_rcu(rules, rcu);
	return err;
}

static const struct ctl_table ports_knobs[] = {
	{
		.procname	= "scheduler_ports",
		.data		= (void *)0,	/* the namespace's struct ports_net */
		.maxlen		= PORTS_TEXT,
		.mode		= 0644,
		.proc_handler	= ports_handler,
	},
};

static int __net_init ports_net_init(struct net *net)
{
	struct ports_net *pn = net_generic(net, ports_net_id);

	pn->header = mptcpx_sysctl_register(net, "net/mptcp", ports_knobs,
					    ARRAY_SIZE(ports_knobs), pn);
	return pn->header ? 0 : -ENOMEM;
}

static void __net_exit ports_net_exit(struct net *net)
{
	struct ports_net *pn = net_generic(net, ports_net_id);

	mptcpx_sysctl_unregister(pn->header);
	kfree(rcu_dereference_protected(pn->rules, true));
}

static struct pernet_operations ports_net_ops = {
	.init	= ports_net_init,
	.exit	= ports_net_exit,
	.id	= &ports_net_id,
	.size	= sizeof(struct ports_net),
};

/* net.mptcp.scheduler_ports in each namespace, present and future */
int mptcpx_ports_init(void)
{
	return register_pernet_subsys(&ports_net_ops);
}

void mptcpx_ports_exit(void)
{
	unregister_pernet_subsys(&ports_net_ops);
}

#ifdef MPTCPX_KUNIT
#include "ports_test.c"
#endif
