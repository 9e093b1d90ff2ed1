/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of mptcpx: /sys/kernel/tracing/events/mptcpx/
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mptcpx

#if !defined(MPTCPX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MPTCPX_TRACE_H

#include <linux/tracepoint.h>

#include "mptcpx.h"

/* one decision: who sends what next; subflow -1 is nobody */
TRACE_EVENT(mptcpx_decision,
	TP_PROTO(const struct mptcp_sock *msk, const struct mptcpx_sched *sched,
		 const struct mptcpx_view *view, const struct mptcpx_choice *choice,
		 const struct mptcpx_path *path),
	TP_ARGS(msk, sched, view, choice, path),
	TP_STRUCT__entry(
		__string(sched, sched->name)
		__field(u32, token)
		__field(int, subflow)
		__field(u8, paths)
		__field(u64, from)
		__field(u32, len)
		__field(u32, unsent)
		__field(u32, unacked)
		__field(u32, room)
		__field(u32, srtt_us)
		__field(bool, again)
		__field(bool, more)
	),
	TP_fast_assign(
		__assign_str(sched);
		__entry->token = msk->token;
		__entry->subflow = path ? (int)path->subflow->subflow_id : -1;
		__entry->paths = view->n;
		__entry->from = choice->from;
		__entry->len = path ? choice->len : 0;
		__entry->unsent = view->end - view->nxt;
		__entry->unacked = view->nxt - view->una;
		__entry->room = path ? path->room : 0;
		__entry->srtt_us = path ? path->srtt_us : 0;
		__entry->again = path && choice->from != view->nxt;
		__entry->more = choice->more;
	),
	TP_printk("token=%08x sched=%s subflow=%d paths=%u from=%llu len=%u again=%d more=%d unsent=%u unacked=%u room=%u srtt_us=%u",
		  __entry->token, __get_str(sched), __entry->subflow, __entry->paths,
		  __entry->from, __entry->len, __entry->again, __entry->more,
		  __entry->unsent, __entry->unacked, __entry->room, __entry->srtt_us)
);

#endif /* MPTCPX_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
