// SPDX-License-Identifier: GPL-2.0
/*
 * mptcpx: what the schedulers share. Loading it changes nothing yet: a
 * scheduler module registers, net.mptcp.scheduler selects.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "layout.h"
#include "mptcpx.h"
#include "symbols.h"

static int __init mptcpx_init(void)
{
	int err;

	/* before anything else: is this the kernel we were built for? */
	err = mptcpx_layout_check();
	if (err)
		return err;

	/* the functions that the core does not export */
	err = mptcpx_symbols_resolve();
	if (err)
		return err;

	/* /proc/net/mptcpx, in each namespace */
	err = mptcpx_proc_init();
	if (err)
		return err;

	/* net.mptcp.scheduler_live, in each namespace */
	err = mptcpx_live_init();
	if (err)
		goto no_live;

	/* net.mptcp.scheduler_ports, in each namespace */
	err = mptcpx_ports_init();
	if (err)
		goto no_ports;

	/* schedulers written in BPF; the others do without */
	mptcpx_bpf_init();
	return 0;

no_ports:
	mptcpx_live_exit();
no_live:
	mptcpx_proc_exit();
	return err;
}

static void __exit mptcpx_exit(void)
{
	mptcpx_bpf_exit();
	mptcpx_ports_exit();
	mptcpx_live_exit();
	mptcpx_proc_exit();
	mptcpx_conn_exit();
}

module_init(mptcpx_init);
module_exit(mptcpx_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What MPTCP packet schedulers share");
