// SPDX-License-Identifier: GPL-2.0
/*
 * Sysctls beside the kernel's own in net.mptcp, one set for each namespace.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "mptcpx.h"

/**
 * mptcpx_sysctl_register() - give a namespace its own copy of some knobs
 * @net: the namespace
 * @path: directory, e.g. "net/mptcp/wrr"
 * @template: the knobs; their data are offsets into @data
 * @n: number of knobs
 * @data: what the namespace keeps for them
 *
 * Context: process, sleeps; from a pernet operation.
 * Return: the handle for mptcpx_sysctl_unregister(); NULL if out of memory.
 */
struct ctl_table_header *mptcpx_sysctl_register(struct net *net, const char *path,
						const struct ctl_table *template,
						size_t n, void *data)
{
	struct ctl_table_header *header;
	struct ctl_table *table;
	size_t i;

	table = kmemdup(template, n * sizeof(*table), GFP_KERNEL);
	if (!table)
		return NULL;
	for (i = 0; i < n; i++)
		table[i].data = data + (unsigned long)table[i].data;

	header = register_net_sysctl_sz(net, path, table, n);
	if (!header)
		kfree(table);
	return header;
}
EXPORT_SYMBOL_GPL(mptcpx_sysctl_register);

/**
 * mptcpx_sysctl_unregister() - undo mptcpx_sysctl_register()
 * @header: the handle
 */
void mptcpx_sysctl_unregister(struct ctl_table_header *header)
{
	const struct ctl_table *table = header->ctl_table_arg;

	unregister_net_sysctl_table(header);
	kfree(table);
}
EXPORT_SYMBOL_GPL(mptcpx_sysctl_unregister);

/**
 * mptcpx_sysctl_word() - proc handler of a knob that is one word of a few
 * @ctl: the knob; its data is an int, the index of the word
 * @write: whether it is written
 * @buffer: the text
 * @lenp: its length, bytes
 * @ppos: position in the file
 * @words: what it can be, ended by NULL
 *
 * Return: 0; -EINVAL, with nothing changed, if the text is none of the words.
 */
int mptcpx_sysctl_word(const struct ctl_table *ctl, int write, void *buffer,
		       size_t *lenp, loff_t *ppos, const char * const *words)
{
	int ret, *word = ctl->data;
	char text[32];
	struct ctl_table tbl = { .data = text, .maxlen = sizeof(text) };

	/* proc_dostring() would cut what is too long, and join what comes in parts */
	if (write && (*lenp >= sizeof(text) || *ppos))
		return -EINVAL;

	strscpy(text, words[READ_ONCE(*word)], sizeof(text));
	ret = proc_dostring(&tbl, write, buffer, lenp, ppos);
	if (ret || !write)
		return ret;

	ret = match_string(words, -1, strim(text));
	if (ret < 0)
		return -EINVAL;
	WRITE_ONCE(*word, ret);
	return 0;
}
EXPORT_SYMBOL_GPL(mptcpx_sysctl_word);

#ifdef MPTCPX_KUNIT
#include "sysctl_test.c"
#endif
