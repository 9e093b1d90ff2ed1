// SPDX-License-Identifier: GPL-2.0
/*
 * mptcpx_pm: a path manager in the kernel. Loading it changes nothing yet:
 * net.mptcp.pm.policy does, in each namespace.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/net.h>
#include <net/netns/generic.h>

#include "pm.h"

#define CREATE_TRACE_POINTS
#include "pm_trace.h"

#define SLICE		32	/* connections looked at before events are read again */
#define REST		10	/* ms between passes for changed routes, at least */
#define RESYNC		(HZ / 10)
#define ROUTE_AGE	(HZ / 20)	/* answers about routes are asked anew after so long */

static unsigned int pm_net_id;
static struct workqueue_struct *pm_queue;

struct mptcpx_pm *mptcpx_pm_of(const struct net *net)
{
	return net_generic(net, pm_net_id);
}

/**
 * mptcpx_pm_wake() - let the worker look
 * @pm: the path manager
 * @todo: at what
 *
 * Context: any.
 */
void mptcpx_pm_wake(struct mptcpx_pm *pm, unsigned int todo)
{
	if (!test_and_set_bit(todo, &pm->todo))
		mod_delayed_work(pm_queue, &pm->work, 0);
}

/* ---- the worker ---- */

static void all_dirty(struct mptcpx_pm *pm)
{
	struct mptcpx_pm_conn *conn;
	unsigned int b;

	hash_for_each(pm->conns, b, conn, node)
		mptcpx_pm_conn_dirty(pm, conn);
	pm->pass = true;
}

static void timers_run(struct mptcpx_pm *pm)
{
	struct timerqueue_node *node;

	while ((node = timerqueue_getnext(&pm->timers))) {
		struct mptcpx_pm_conn *conn =
			container_of(node, struct mptcpx_pm_conn, timer);

		if (time_before(jiffies, (unsigned long)node->expires))
			return;
		timerqueue_del(&pm->timers, node);
		conn->timed = false;
		mptcpx_pm_conn_dirty(pm, conn);
	}
}

/* is it time for what is not done too often? If not, it stays to be done */
static bool due(struct mptcpx_pm *pm, unsigned int todo, unsigned long when)
{
	if (!test_bit(todo, &pm->todo) || time_before(jiffies, when))
		return false;
	clear_bit(todo, &pm->todo);
	return true;
}

static void dirty_run(struct mptcpx_pm *pm)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < SLICE && !list_empty(&pm->dirty); i++) {
		struct mptcpx_pm_conn *conn =
			list_first_entry(&pm->dirty, struct mptcpx_pm_conn, dirty);

		list_del_init(&conn->dirty);
		start = ktime_get_ns();
		if (!mptcpx_pm_reconcile(pm, conn) && pm->pass)
			pm->vain += ktime_get_ns() - start;
		cond_resched();
	}
	if (pm->pass && list_empty(&pm->dirty)) {
		u64 took = div_u64(pm->vain, NSEC_PER_USEC);

		pm->rest = jiffies +
			   msecs_to_jiffies(mptcpx_pm_rest(min_t(u64, took, U32_MAX), REST));
		pm->pass = false;
		pm->vain = 0;
	}
}

/* when is there something to do again? */
static void sleep_until_due(struct mptcpx_pm *pm)
{
	struct timerqueue_node *node = timerqueue_getnext(&pm->timers);
	unsigned long now = jiffies, when = now + 3600 * HZ;

	if (node)
		when = min_t(unsigned long, when, node->expires);
	if (test_bit(MPTCPX_PM_TODO_ROUTES, &pm->todo))
		when = time_before(pm->rest, when) ? pm->rest : when;
	if (pm->again)
		when = time_before(pm->again, when) ? pm->again : when;
	if (pm->expire)
		when = time_before(pm->expire, when) ? pm->expire : when;
	if (test_bit(MPTCPX_PM_TODO_RESYNC, &pm->todo))
		when = time_before(pm->resync_next, when) ? pm->resync_next : when;
	if (!list_empty(&pm->dirty))
		when = now;
	/* does nothing if somebody has woken it meanwhile */
	queue_delayed_work(pm_queue, &pm->work, time_after(when, now) ? when - now : 0);
}

/*
 * Some notifiers are called before what they tell of has happened, and routes
 * come after their address: all is looked at again a moment after the last
 * change, before @earliest if that is later.
 */
static void look_again(struct mptcpx_pm *pm, unsigned long earliest)
{
	unsigned long when = jiffies + msecs_to_jiffies(REST);

	if (time_before(when, earliest))
		when = earliest;
	pm->again_last = when;
	if (!pm->again || time_before(when, pm->again))
		pm->again = when ?: 1;
}

/* addresses, links and routes */
static void changes_run(struct mptcpx_pm *pm)
{
	enum mptcpx_pm_news news;

	if (pm->expire && time_after_eq(jiffies, pm->expire))
		set_bit(MPTCPX_PM_TODO_SCAN, &pm->todo);
	if (test_and_clear_bit(MPTCPX_PM_TODO_SCAN, &pm->todo)) {
		news = mptcpx_pm_addr_scan(pm);
		if (news == MPTCPX_PM_GONE)
			all_dirty(pm);
		look_again(pm, news == MPTCPX_PM_SAME ? pm->rest : jiffies);
		pm->run++;
	}
	if (due(pm, MPTCPX_PM_TODO_ROUTES, pm->rest)) {
		mptcpx_pm_addr_scan(pm);
		all_dirty(pm);
		look_again(pm, jiffies);
		pm->run++;
	}
	if (pm->again && !time_before(jiffies, pm->again)) {
		pm->again = time_before(jiffies, pm->again_last) ? pm->again_last ?: 1 : 0;
		mptcpx_pm_addr_scan(pm);
		all_dirty(pm);
		pm->run++;
	}
	/* not everything that changes a route is told */
	if (time_after_eq(jiffies, pm->run_end)) {
		pm->run_end = jiffies + ROUTE_AGE;
		pm->run++;
	}
}

static void pm_work(struct work_struct *work)
{
	struct mptcpx_pm *pm = container_of(work, struct mptcpx_pm, work.work);

	mutex_lock(&pm->lock);
	if (!pm->active)
		goto out;

	if (test_and_clear_bit(MPTCPX_PM_TODO_EVENTS, &pm->todo))
		mptcpx_pm_nl_events(pm);
	if (due(pm, MPTCPX_PM_TODO_RESYNC, pm->resync_next)) {
		mptcpx_pm_count(pm, MPTCPX_PM_COUNT_RESYNCS);
		pm->resync_next = jiffies + RESYNC;
		mptcpx_pm_sock_resync(pm);
		/* and those whose end was not heard of */
		all_dirty(pm);
	}
	changes_run(pm);
	if (test_and_clear_bit(MPTCPX_PM_TODO_ALL, &pm->todo))
		all_dirty(pm);
	timers_run(pm);
	dirty_run(pm);
	sleep_until_due(pm);
out:
	mutex_unlock(&pm->lock);
}

/* ---- policies ---- */

/* the scheduler that goes with a policy; NULL: whichever there is */
static const char *scheduler_of(enum mptcpx_pm_policy policy)
{
	switch (policy) {
	case MPTCPX_PM_AGGREGATE:
		return "minrtt";
	case MPTCPX_PM_INTERACTIVE:
		return "redundant";
	default:
		return NULL;
	}
}

/*
 * Loading a module waits for pernet_ops_rwsem, which who unloads us or takes
 * the namespace down holds while he waits for the knob being written: keep
 * both from beginning.
 */
static void load_scheduler(struct mptcpx_pm *pm, const char *name)
{
	/* who may not load modules gets what is loaded */
	if (!capable(CAP_NET_ADMIN) || !try_module_get(THIS_MODULE))
		return;
	if (maybe_get_net(pm->net)) {
		request_module("mptcp_%s", name);
		put_net(pm->net);
	}
	module_put(THIS_MODULE);
}

static void set_scheduler(struct mptcpx_pm *pm, enum mptcpx_pm_policy policy)
{
	const char *name = scheduler_of(policy);
	int err;

	if (!name || !READ_ONCE(pm->knob[MPTCPX_PM_KNOB_SET_SCHEDULER])) {
		mptcpx_pm_kernel_restore(pm, MPTCPX_PM_KERNEL_SCHEDULER);
		return;
	}
	err = mptcpx_pm_kernel_set(pm, MPTCPX_PM_KERNEL_SCHEDULER, name);
	if (err == -ENOENT) {
		load_scheduler(pm, name);
		err = mptcpx_pm_kernel_set(pm, MPTCPX_PM_KERNEL_SCHEDULER, name);
	}
	if (err)
		net_warn_ratelimited("policy %s goes with the scheduler %s, which is not available (%d)\n",
				     mptcpx_pm_policy_names[policy], name, err);
}

static void set_close_timeout(struct mptcpx_pm *pm)
{
	int seconds = READ_ONCE(pm->knob[MPTCPX_PM_KNOB_CLOSE_TIMEOUT]);
	char text[16];

	if (!seconds) {
		mptcpx_pm_kernel_restore(pm, MPTCPX_PM_KERNEL_CLOSE_TIMEOUT);
		return;
	}
	scnprintf(text, sizeof(text), "%d", seconds);
	mptcpx_pm_kernel_set(pm, MPTCPX_PM_KERNEL_CLOSE_TIMEOUT, text);
}

static void forget_all(struct mptcpx_pm *pm)
{
	struct mptcpx_pm_conn *conn;
	struct hlist_node *next;
	unsigned int b;

	hash_for_each_safe(pm->conns, b, next, conn, node)
		mptcpx_pm_conn_free(pm, conn);
	/* a place that is taken anew is recognised by the address that was there */
	memset(pm->local, 0, sizeof(pm->local));
	pm->locals = 0;
	pm->expire = 0;
	pm->overrun = false;
	pm->pass = false;
	pm->again = 0;
}

static int pm_start(struct mptcpx_pm *pm)
{
	char type[8];
	int err;

	err = mptcpx_pm_kernel_get(pm, MPTCPX_PM_KERNEL_PM_TYPE, type, sizeof(type));
	if (err)
		return err;
	if (strcmp(type, "0")) {
		net_err_ratelimited("refused: net.mptcp.pm_type is %s: another path manager has been chosen (mptcpd?)\n",
				    type);
		return -EBUSY;
	}
	err = mptcpx_pm_nl_open(pm);
	if (err == -EBUSY)
		net_err_ratelimited("refused: a program listens to MPTCP's events (mptcpd, ip mptcp monitor?): stop it first\n");
	if (err)
		return err;
	err = mptcpx_pm_kernel_set(pm, MPTCPX_PM_KERNEL_PM_TYPE, "1");
	if (err)
		goto err_close;
	WRITE_ONCE(pm->active, true);
	err = mptcpx_pm_routes_listen(pm);
	if (err)
		goto err_type;
	return 0;

err_type:
	WRITE_ONCE(pm->active, false);
	mptcpx_pm_kernel_restore(pm, MPTCPX_PM_KERNEL_PM_TYPE);
err_close:
	mptcpx_pm_nl_close(pm);
	return err;
}

static void pm_stop(struct mptcpx_pm *pm)
{
	mptcpx_pm_routes_ignore(pm);
	WRITE_ONCE(pm->active, false);
	mptcpx_pm_kernel_restore(pm, MPTCPX_PM_KERNEL_SCHEDULER);
	mptcpx_pm_kernel_restore(pm, MPTCPX_PM_KERNEL_CLOSE_TIMEOUT);
	mptcpx_pm_kernel_restore(pm, MPTCPX_PM_KERNEL_PM_TYPE);
	mptcpx_pm_nl_close(pm);
	forget_all(pm);
	pm->todo = 0;
}

/**
 * mptcpx_pm_set_policy() - put a policy into force
 * @pm: the path manager
 * @policy: the policy; MPTCPX_PM_NONE: leave everything to the kernel
 *
 * Connections made while some policy was in force follow; subflows that there
 * are stay when the last one ends.
 *
 * Context: process, sleeps.
 * Return: 0; -EBUSY if there is another path manager; another negative number
 * if something else is in the way. Nothing is changed then.
 */
int mptcpx_pm_set_policy(struct mptcpx_pm *pm, enum mptcpx_pm_policy policy)
{
	bool start;
	int err = 0;

	mutex_lock(&pm->lock);
	start = policy != MPTCPX_PM_NONE && !pm->active;
	if (start)
		err = pm_start(pm);
	if (err)
		goto out;
	pm->policy = policy;
	if (policy == MPTCPX_PM_NONE) {
		if (pm->active)
			pm_stop(pm);
		goto out;
	}
	set_scheduler(pm, policy);
	/* what somebody set by hand since stays, but for what a policy cannot do without */
	if (start)
		set_close_timeout(pm);
	else
		mptcpx_pm_kernel_set(pm, MPTCPX_PM_KERNEL_PM_TYPE, "1");
	mptcpx_pm_conn_fresh(pm, 0);
	mptcpx_pm_wake(pm, MPTCPX_PM_TODO_SCAN);
	mptcpx_pm_wake(pm, MPTCPX_PM_TODO_RESYNC);
	mptcpx_pm_wake(pm, MPTCPX_PM_TODO_ALL);
out:
	mutex_unlock(&pm->lock);
	return err;
}

/**
 * mptcpx_pm_reconfigure() - some knob was turned
 * @pm: the path manager
 * @knob: which number; MPTCPX_PM_KNOBS if it was a list
 *
 * Context: process, sleeps.
 */
void mptcpx_pm_reconfigure(struct mptcpx_pm *pm, enum mptcpx_pm_knob knob)
{
	u8 i;

	mutex_lock(&pm->lock);
	for (i = 0; i < pm->locals; i++)
		mptcpx_pm_addr_rank(pm, &pm->local[i]);
	if (pm->active) {
		/* what somebody set by hand stays unless it is these that are turned */
		if (knob == MPTCPX_PM_KNOB_SET_SCHEDULER)
			set_scheduler(pm, pm->policy);
		if (knob == MPTCPX_PM_KNOB_CLOSE_TIMEOUT)
			set_close_timeout(pm);
		mptcpx_pm_wake(pm, MPTCPX_PM_TODO_ALL);
	}
	mutex_unlock(&pm->lock);
}

/* ---- namespaces ---- */

static int __net_init pm_net_init(struct net *net)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(net);
	int err;

	pm->net = net;
	mutex_init(&pm->lock);
	INIT_DELAYED_WORK(&pm->work, pm_work);
	hash_init(pm->conns);
	INIT_LIST_HEAD(&pm->dirty);
	timerqueue_init_head(&pm->timers);
	pm->rest = jiffies;
	pm->run_end = jiffies;
	pm->resync_next = jiffies;
	pm->tokens_at = jiffies - HZ;

	err = mptcpx_pm_kernel_find(pm);
	if (err) {
		pr_err("no net.mptcp.pm_type: not a kernel this module can work with\n");
		return err;
	}
	err = mptcpx_pm_proc_init(net);
	if (err)
		return err;
	err = mptcpx_pm_sysctl_init(pm);
	if (err)
		mptcpx_pm_proc_exit(net);
	return err;
}

static void __net_exit pm_net_exit(struct net *net)
{
	struct mptcpx_pm *pm = mptcpx_pm_of(net);

	/* nobody can turn it on from here on */
	mptcpx_pm_sysctl_exit(pm);
	mptcpx_pm_proc_exit(net);
	mptcpx_pm_set_policy(pm, MPTCPX_PM_NONE);
	/* nor wake the worker: a notifier may have found it turned on just before */
	disable_delayed_work_sync(&pm->work);
}

static struct pernet_operations pm_net_ops = {
	.init = pm_net_init,
	.exit = pm_net_exit,
	.id = &pm_net_id,
	.size = sizeof(struct mptcpx_pm),
};

static int __init mptcpx_pm_init(void)
{
	int err;

	/*
	 * mptcpx, which is loaded before us, has made sure that this is the
	 * kernel we were built for.
	 */
	pm_queue = alloc_workqueue("mptcpx_pm", WQ_UNBOUND, 0);
	if (!pm_queue)
		return -ENOMEM;

	/* knobs, /proc/net/mptcpx_pm, a worker, in each namespace */
	err = register_pernet_subsys(&pm_net_ops);
	if (err)
		goto err_queue;

	/* addresses and links */
	err = mptcpx_pm_notifiers_register();
	if (err)
		goto err_net;
	return 0;

err_net:
	unregister_pernet_subsys(&pm_net_ops);
err_queue:
	destroy_workqueue(pm_queue);
	return err;
}

static void __exit mptcpx_pm_exit(void)
{
	mptcpx_pm_notifiers_unregister();
	unregister_pernet_subsys(&pm_net_ops);
	destroy_workqueue(pm_queue);
}

module_init(mptcpx_pm_init);
module_exit(mptcpx_pm_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MPTCP path manager");
