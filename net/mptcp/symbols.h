/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the MPTCP core that the kernel does not export.
 *
 * mptcpx_sym_<function>() calls one: from mptcpx.ko only, and only once
 * mptcpx_symbols_resolve() has succeeded.
 */
#ifndef MPTCPX_SYMBOLS_H
#define MPTCPX_SYMBOLS_H

#include <linux/btf.h>
#include <linux/kconfig.h>
#include <linux/static_call.h>

#include "private.h"

/*
 * A kernel that exports the function is called directly. Elsewhere by static
 * call: a pointer would do on most machines, but with X86_KERNEL_IBT the
 * landing pad of a function whose address the kernel never takes is sealed,
 * and an indirect call to it faults.
 */
#define MPTCPX_CALL(fn, ...) \
	(__is_defined(MPTCPX_EXPORTED_##fn) ? \
	 fn(__VA_ARGS__) : static_call(mptcpx_sc_##fn)(__VA_ARGS__))

int mptcp_register_scheduler(struct mptcp_sched_ops *sched);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_register_scheduler, mptcp_register_scheduler);

static inline int mptcpx_sym_mptcp_register_scheduler(struct mptcp_sched_ops *sched)
{
	return MPTCPX_CALL(mptcp_register_scheduler, sched);
}

void mptcp_unregister_scheduler(struct mptcp_sched_ops *sched);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_unregister_scheduler, mptcp_unregister_scheduler);

static inline void mptcpx_sym_mptcp_unregister_scheduler(struct mptcp_sched_ops *sched)
{
	MPTCPX_CALL(mptcp_unregister_scheduler, sched);
}

struct sock *mptcp_subflow_get_send(struct mptcp_sock *msk);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_subflow_get_send, mptcp_subflow_get_send);

static inline struct sock *mptcpx_sym_mptcp_subflow_get_send(struct mptcp_sock *msk)
{
	return MPTCPX_CALL(mptcp_subflow_get_send, msk);
}

struct sock *mptcp_subflow_get_retrans(struct mptcp_sock *msk);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_subflow_get_retrans, mptcp_subflow_get_retrans);

static inline struct sock *mptcpx_sym_mptcp_subflow_get_retrans(struct mptcp_sock *msk)
{
	return MPTCPX_CALL(mptcp_subflow_get_retrans, msk);
}

bool mptcp_subflow_active(struct mptcp_subflow_context *subflow);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_subflow_active, mptcp_subflow_active);

static inline bool mptcpx_sym_mptcp_subflow_active(struct mptcp_subflow_context *subflow)
{
	return MPTCPX_CALL(mptcp_subflow_active, subflow);
}

bool mptcp_schedule_work(struct sock *sk);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_schedule_work, mptcp_schedule_work);

static inline bool mptcpx_sym_mptcp_schedule_work(struct sock *sk)
{
	return MPTCPX_CALL(mptcp_schedule_work, sk);
}

int mptcp_pm_announce_addr(struct mptcp_sock *msk, const struct mptcp_addr_info *addr,
			   bool echo);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_pm_announce_addr, mptcp_pm_announce_addr);

/* under msk->pm.lock; -EINVAL if one waits to be sent */
static inline int mptcpx_sym_mptcp_pm_announce_addr(struct mptcp_sock *msk,
						    const struct mptcp_addr_info *addr,
						    bool echo)
{
	return MPTCPX_CALL(mptcp_pm_announce_addr, msk, addr, echo);
}

int mptcp_init_sched(struct mptcp_sock *msk, struct mptcp_sched_ops *sched);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_init_sched, mptcp_init_sched);

/* under rcu_read_lock(); NULL is the default */
static inline int mptcpx_sym_mptcp_init_sched(struct mptcp_sock *msk,
					      struct mptcp_sched_ops *sched)
{
	return MPTCPX_CALL(mptcp_init_sched, msk, sched);
}

void mptcp_release_sched(struct mptcp_sock *msk);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_release_sched, mptcp_release_sched);

static inline void mptcpx_sym_mptcp_release_sched(struct mptcp_sock *msk)
{
	MPTCPX_CALL(mptcp_release_sched, msk);
}

struct mptcp_sched_ops *mptcp_sched_find(const char *name);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_sched_find, mptcp_sched_find);

/* under rcu_read_lock() */
static inline struct mptcp_sched_ops *mptcpx_sym_mptcp_sched_find(const char *name)
{
	return MPTCPX_CALL(mptcp_sched_find, name);
}

const char *mptcp_get_scheduler(const struct net *net);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_get_scheduler, mptcp_get_scheduler);

static inline const char *mptcpx_sym_mptcp_get_scheduler(const struct net *net)
{
	return MPTCPX_CALL(mptcp_get_scheduler, net);
}

#ifdef MPTCPX_PM_SUBFLOW_CHK_STALE
void mptcp_pm_subflow_chk_stale(const struct mptcp_sock *msk, struct sock *ssk);
DECLARE_STATIC_CALL(mptcpx_sc_mptcp_pm_subflow_chk_stale, mptcp_pm_subflow_chk_stale);

/* sleeps */
static inline void mptcpx_sym_mptcp_pm_subflow_chk_stale(const struct mptcp_sock *msk,
							 struct sock *ssk)
{
	MPTCPX_CALL(mptcp_pm_subflow_chk_stale, msk, ssk);
}
#else
static inline void mptcpx_sym_mptcp_pm_subflow_chk_stale(const struct mptcp_sock *msk,
							 struct sock *ssk)
{
}
#endif

DECLARE_STATIC_CALL(mptcpx_sc_btf_name_by_offset, btf_name_by_offset);

static inline const char *mptcpx_sym_btf_name_by_offset(const struct btf *btf, u32 offset)
{
	return MPTCPX_CALL(btf_name_by_offset, btf, offset);
}

/* one of the above, and the prototype that BTF must tell of it */
struct mptcpx_symbol {
	const char *fn;
	const char *lookup;	/* where it is found: the same name */
	const char *ret;
	const char *args;
	bool exported;
	struct static_call_key *key;
	void *tramp;
};

extern const struct mptcpx_symbol mptcpx_symbols[];
extern const unsigned int mptcpx_symbols_count;

/* look all of them up: 0, or -ENOEXEC after one line naming what is missing */
int mptcpx_symbols_resolve(void);

/* address of any kernel symbol, 0 if there is none; for module init, sleeps */
unsigned long mptcpx_symbol_address(const char *name);

/* one line for the log, naming the first difference; returns -ENOEXEC */
__printf(1, 2) int mptcpx_wrong_kernel(const char *fmt, ...);

#endif /* MPTCPX_SYMBOLS_H */
