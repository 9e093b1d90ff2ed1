/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scheduler that asks both a BPF scheduler and its native twin at each decision,
 * does what the native one says, and counts where they differ. Include the source of
 * the former first.
 */
#ifndef TWIN_H
#define TWIN_H

/*
 * 0: decisions, 1: those that named a path, 2: differences; time in ns of the BPF
 * (3), the native (4) and the kernel's default (5) decisions, of reading the clock (6)
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 7);
	__type(key, __u32);
	__type(value, __u64);
} twin_count SEC(".maps");

static void twin_add(__u32 what, __u64 much)
{
	__u64 *n = bpf_map_lookup_elem(&twin_count, &what);

	if (n)
		__sync_fetch_and_add(n, much);
}

#define TWIN(twin_name, bpf_decide, native_name, with)					\
static const char twin_native[MPTCPX_NAME_MAX] = native_name;				\
											\
SEC("struct_ops")									\
int BPF_PROG(twin_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,	\
	     struct mptcpx_choice *choice)						\
{											\
	struct mptcpx_choice mine;							\
	__u64 start, end;								\
	int ours, theirs;								\
											\
	start = bpf_ktime_get_ns();							\
	end = bpf_ktime_get_ns();							\
	twin_add(6, end - start);							\
	start = bpf_ktime_get_ns();							\
	mptcpx_default_choice(msk, view, choice);					\
	end = bpf_ktime_get_ns();							\
	twin_add(5, end - start);							\
											\
	choice->path = 0;								\
	choice->len = 0;								\
	start = bpf_ktime_get_ns();							\
	ours = ____##bpf_decide(ctx, msk, view, choice);				\
	end = bpf_ktime_get_ns();							\
	twin_add(3, end - start);							\
	mine.path = choice->path;							\
	mine.from = choice->from;							\
	mine.len = choice->len;								\
	mine.more = choice->more;							\
											\
	choice->path = 0;								\
	choice->from = view->head;							\
	choice->len = 0;								\
	choice->more = false;								\
	start = bpf_ktime_get_ns();							\
	theirs = mptcpx_native_choice(msk, view, choice, twin_native);			\
	end = bpf_ktime_get_ns();							\
	twin_add(4, end - start);							\
	twin_add(0, 1);									\
	if (!theirs)									\
		twin_add(1, 1);								\
	if (!ours != !theirs || mine.more != choice->more ||				\
	    (!ours && (mine.path != choice->path || mine.from != choice->from ||	\
		       mine.len != choice->len)))					\
		twin_add(2, 1);								\
	return theirs;									\
}											\
											\
SEC(".struct_ops.link")									\
struct mptcp_sched_ops twin_name = {							\
	.decide	= (void *)twin_decide,							\
	.flags	= with,									\
	.name	= #twin_name,								\
}

#endif /* TWIN_H */
