// SPDX-License-Identifier: GPL-2.0
/*
 * Find the functions of the MPTCP core that the kernel does not export.
 *
 * The kernel tells a kprobe the address of any symbol. One probe, placed but
 * never armed, gives kallsyms_lookup_name(), which gives all others.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#include "symbols.h"

/* until resolved, such a call does nothing and returns 0 */
DEFINE_STATIC_CALL_RET0(mptcpx_sc_lookup, kallsyms_lookup_name);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_register_scheduler, mptcp_register_scheduler);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_unregister_scheduler, mptcp_unregister_scheduler);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_subflow_get_send, mptcp_subflow_get_send);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_subflow_get_retrans, mptcp_subflow_get_retrans);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_subflow_active, mptcp_subflow_active);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_schedule_work, mptcp_schedule_work);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_pm_announce_addr, mptcp_pm_announce_addr);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_init_sched, mptcp_init_sched);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_release_sched, mptcp_release_sched);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_sched_find, mptcp_sched_find);
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_get_scheduler, mptcp_get_scheduler);
#ifdef MPTCPX_PM_SUBFLOW_CHK_STALE
DEFINE_STATIC_CALL_RET0(mptcpx_sc_mptcp_pm_subflow_chk_stale,
			mptcp_pm_subflow_chk_stale);
#endif
DEFINE_STATIC_CALL_RET0(mptcpx_sc_btf_name_by_offset, btf_name_by_offset);

#define SYMBOL(function, name, returns, takes) { \
		.fn = #function, \
		.lookup = name, \
		.ret = returns, \
		.args = takes, \
		.exported = __is_defined(MPTCPX_EXPORTED_##function), \
		.key = &STATIC_CALL_KEY(mptcpx_sc_##function), \
		.tramp = STATIC_CALL_TRAMP_ADDR(mptcpx_sc_##function), \
	}

const struct mptcpx_symbol mptcpx_symbols[] = {
	SYMBOL(mptcp_register_scheduler, "mptcp_register_scheduler",
	       "int", "struct mptcp_sched_ops *"),
	SYMBOL(mptcp_unregister_scheduler, "mptcp_unregister_scheduler",
	       "void", "struct mptcp_sched_ops *"),
	SYMBOL(mptcp_subflow_get_send, "mptcp_subflow_get_send",
	       "struct sock *", "struct mptcp_sock *"),
	SYMBOL(mptcp_subflow_get_retrans, "mptcp_subflow_get_retrans",
	       "struct sock *", "struct mptcp_sock *"),
	SYMBOL(mptcp_subflow_active, "mptcp_subflow_active",
	       "bool", "struct mptcp_subflow_context *"),
	SYMBOL(mptcp_schedule_work, "mptcp_schedule_work",
	       "bool", "struct sock *"),
	SYMBOL(mptcp_pm_announce_addr, "mptcp_pm_announce_addr",
	       "int", "struct mptcp_sock *, const struct mptcp_addr_info *, bool"),
	SYMBOL(mptcp_init_sched, "mptcp_init_sched",
	       "int", "struct mptcp_sock *, struct mptcp_sched_ops *"),
	SYMBOL(mptcp_release_sched, "mptcp_release_sched",
	       "void", "struct mptcp_sock *"),
	SYMBOL(mptcp_sched_find, "mptcp_sched_find",
	       "struct mptcp_sched_ops *", "const char *"),
	SYMBOL(mptcp_get_scheduler, "mptcp_get_scheduler",
	       "const char *", "const struct net *"),
#ifdef MPTCPX_PM_SUBFLOW_CHK_STALE
	SYMBOL(mptcp_pm_subflow_chk_stale, "mptcp_pm_subflow_chk_stale",
	       "void", "const struct mptcp_sock *, struct sock *"),
#endif
	SYMBOL(btf_name_by_offset, "btf_name_by_offset",
	       "const char *", "const struct btf *, u32"),
};

const unsigned int mptcpx_symbols_count = ARRAY_SIZE(mptcpx_symbols);

int mptcpx_wrong_kernel(const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_err("mptcpx: %pV: not the kernel this module was built for, refusing to load\n",
	       &vaf);
	va_end(args);
	return -ENOEXEC;
}

/* called in module init only, hence by one task */
static int lookup_resolve(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	static bool done;
	int err;

	if (done)
		return 0;
	err = register_kprobe(&probe);
	if (err) {
		pr_err("mptcpx: no kallsyms_lookup_name (%d): needs CONFIG_KPROBES and CONFIG_KALLSYMS, refusing to load\n",
		       err);
		return -ENOEXEC;
	}
	/*
	 * With X86_KERNEL_IBT this is the instruction after the landing pad:
	 * just as good for a direct call.
	 */
	static_call_update(mptcpx_sc_lookup, (void *)probe.addr);
	unregister_kprobe(&probe);
	done = true;
	return 0;
}

unsigned long mptcpx_symbol_address(const char *name)
{
	return lookup_resolve() ? 0 : static_call(mptcpx_sc_lookup)(name);
}

int mptcpx_symbols_resolve(void)
{
	const struct mptcpx_symbol *sym = mptcpx_symbols;
	unsigned int i;
	int err;

	err = lookup_resolve();
	for (i = 0; i < mptcpx_symbols_count && !err; i++, sym++) {
		unsigned long addr;

		if (sym->exported)
			continue;
		addr = mptcpx_symbol_address(sym->lookup);
		if (addr) {
			__static_call_update(sym->key, sym->tramp, (void *)addr);
			continue;
		}
		err = mptcpx_wrong_kernel("no function %s", sym->lookup);
	}
	return err;
}
