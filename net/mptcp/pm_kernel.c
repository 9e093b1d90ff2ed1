// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own knobs in net.mptcp that go with a policy: pm_type,
 * close_timeout, scheduler.
 *
 * They are not exported. A namespace's sysctls are, as a tree of public
 * structures, and so is each one's handler: going through it does what a
 * write by the administrator does, on every kernel.
 *
 * Nobody changes that part of the tree while a namespace's init runs: tables
 * below net/ come and go with pernet operations, which exclude each other
 * (pernet_ops_rwsem). The core's table stays as long as the namespace does.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/sysctl.h>

#include "pm.h"

static const char * const names[] = {
	[MPTCPX_PM_KERNEL_PM_TYPE]	 = "pm_type",
	[MPTCPX_PM_KERNEL_CLOSE_TIMEOUT] = "close_timeout",
	[MPTCPX_PM_KERNEL_SCHEDULER]	 = "scheduler",
};

static const struct ctl_table *entry_find(const struct ctl_dir *dir, const char *name,
					  struct ctl_table_header **header)
{
	struct rb_node *node;

	for (node = rb_first(&dir->root); node; node = rb_next(node)) {
		const struct ctl_node *ctl_node = rb_entry(node, struct ctl_node, node);
		struct ctl_table_header *head = ctl_node->header;
		const struct ctl_table *entry = &head->ctl_table[ctl_node - head->node];

		if (!strcmp(entry->procname, name)) {
			*header = head;
			return entry;
		}
	}
	return NULL;
}

static const struct ctl_dir *dir_find(const struct ctl_dir *dir, const char *name)
{
	struct ctl_table_header *header;

	if (!entry_find(dir, name, &header))
		return NULL;
	return container_of(header, struct ctl_dir, header);
}

/**
 * mptcpx_pm_kernel_find() - find the kernel's knobs
 * @pm: the path manager
 *
 * Context: a pernet operation's init.
 * Return: 0; -ENOENT if there is no pm_type, without which we can do nothing.
 */
int mptcpx_pm_kernel_find(struct mptcpx_pm *pm)
{
	const struct ctl_dir *dir = &pm->net->sysctls.dir;
	struct ctl_table_header *header;
	unsigned int i;

	dir = dir_find(dir, "net");
	if (dir)
		dir = dir_find(dir, "mptcp");
	if (!dir)
		return -ENOENT;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		pm->kernel[i].knob = entry_find(dir, names[i], &header);
	return pm->kernel[MPTCPX_PM_KERNEL_PM_TYPE].knob ? 0 : -ENOENT;
}

/* handlers take text from the kernel as they do from a file */
static int kernel_call(const struct ctl_table *knob, int write, char *text, size_t *len)
{
	loff_t pos = 0;

	return knob->proc_handler(knob, write, text, len, &pos);
}

/**
 * mptcpx_pm_kernel_get() - read one
 * @pm: the path manager
 * @which: which
 * @text: where to
 * @len: room there, bytes
 */
int mptcpx_pm_kernel_get(struct mptcpx_pm *pm, enum mptcpx_pm_kernel_knob which,
			 char *text, size_t len)
{
	const struct ctl_table *knob = pm->kernel[which].knob;
	size_t got = len - 1;
	int err;

	text[0] = 0;
	if (!knob)
		return -ENOENT;
	err = kernel_call(knob, 0, text, &got);
	if (err)
		return err;
	text[min(got, len - 1)] = 0;
	strim(text);
	return 0;
}

/**
 * mptcpx_pm_kernel_set() - set one, and remember what it was
 * @pm: the path manager, locked
 * @which: which
 * @text: to what
 *
 * Return: 0, or what whoever writes to the file would get.
 */
int mptcpx_pm_kernel_set(struct mptcpx_pm *pm, enum mptcpx_pm_kernel_knob which,
			 const char *text)
{
	struct mptcpx_pm_kernel_value *value = &pm->kernel[which];
	char was[sizeof(value->was)], buffer[sizeof(value->is)];
	size_t len;
	int err;

	err = mptcpx_pm_kernel_get(pm, which, was, sizeof(was));
	if (err)
		return err;
	len = strscpy(buffer, text, sizeof(buffer));
	err = kernel_call(value->knob, 1, buffer, &len);
	if (err)
		return err;
	/* or what somebody set since */
	if (!value->changed || strcmp(was, value->is))
		strscpy(value->was, was, sizeof(value->was));
	value->changed = true;
	/* as it reads now */
	return mptcpx_pm_kernel_get(pm, which, value->is, sizeof(value->is));
}

/**
 * mptcpx_pm_kernel_restore() - set one to what it was
 * @pm: the path manager, locked
 * @which: which
 *
 * Unless somebody changed it since.
 */
void mptcpx_pm_kernel_restore(struct mptcpx_pm *pm, enum mptcpx_pm_kernel_knob which)
{
	struct mptcpx_pm_kernel_value *value = &pm->kernel[which];
	char now[sizeof(value->is)];
	size_t len;

	if (!value->changed)
		return;
	value->changed = false;
	if (mptcpx_pm_kernel_get(pm, which, now, sizeof(now)) || strcmp(now, value->is))
		return;
	len = strlen(value->was);
	kernel_call(value->knob, 1, value->was, &len);
}
