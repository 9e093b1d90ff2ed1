/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the path manager: /sys/kernel/tracing/events/mptcpx_pm/
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mptcpx_pm

#if !defined(MPTCPX_PM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MPTCPX_PM_TRACE_H

#include <linux/tracepoint.h>

#include "pm.h"

/* an event of the core: numbers of enum mptcp_event_type */
TRACE_EVENT(mptcpx_pm_event,
	TP_PROTO(u32 token, u8 event, u8 id),
	TP_ARGS(token, event, id),
	TP_STRUCT__entry(
		__field(u32, token)
		__field(u8, event)
		__field(u8, id)
	),
	TP_fast_assign(
		__entry->token = token;
		__entry->event = event;
		__entry->id = id;
	),
	TP_printk("token=%08x event=%u id=%u", __entry->token, __entry->event, __entry->id)
);

/* a command to the core, and its answer: numbers of MPTCP_PM_CMD_... */
TRACE_EVENT(mptcpx_pm_command,
	TP_PROTO(u32 token, u8 command, const struct mptcpx_pm_addr *local,
		 const struct mptcpx_pm_addr *remote, int id, int err),
	TP_ARGS(token, command, local, remote, id, err),
	TP_STRUCT__entry(
		__field(u32, token)
		__field(u8, command)
		__field(int, id)
		__field(int, err)
		__field_struct(struct mptcpx_pm_addr, local)
		__field_struct(struct mptcpx_pm_addr, remote)
	),
	TP_fast_assign(
		__entry->token = token;
		__entry->command = command;
		__entry->id = id;
		__entry->err = err;
		__entry->local = *local;
		__entry->remote = *remote;
	),
	TP_printk("token=%08x command=%u id=%d local=%pI4/%pI6c:%u remote=%pI4/%pI6c:%u err=%d",
		  __entry->token, __entry->command, __entry->id,
		  &__entry->local.v4, &__entry->local.v6, ntohs(__entry->local.port),
		  &__entry->remote.v4, &__entry->remote.v6, ntohs(__entry->remote.port),
		  __entry->err)
);

/* a subflow ended by us, without a word of the core */
TRACE_EVENT(mptcpx_pm_abort,
	TP_PROTO(u32 token, u32 subflow, int err),
	TP_ARGS(token, subflow, err),
	TP_STRUCT__entry(
		__field(u32, token)
		__field(u32, subflow)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->token = token;
		__entry->subflow = subflow;
		__entry->err = err;
	),
	TP_printk("token=%08x subflow=%u err=%d", __entry->token, __entry->subflow,
		  __entry->err)
);

#endif /* MPTCPX_PM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE pm_trace
#include <trace/define_trace.h>
