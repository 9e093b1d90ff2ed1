// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_wrr: smooth weighted round robin, by bytes. The twin of the native wrr in mode
 * "weights" (net/mptcp/sched_wrr.c), where the rule is explained.
 *
 * Shows what is kept for each subflow, and a map for the user to set while it runs:
 * weights by local address id (that of `ip mptcp endpoint`, 0 for the initial one).
 *
 *   # id 2: weight 3, kept plus one
 *   bpftool map update name weights key 2 0 0 0 value 4 0 0 0
 *
 * An id without a weight has 1; with weight 0 it is used when nothing else is left. While
 * no subflow's id has one there are no shares to keep, and a full subflow passes its turn on.
 */
#include "mptcp_bpf.h"

#define WRR_BURST	65536	/* bytes given at a time */
#define WRR_SHIFT	16
#define WRR_UNSET	0	/* maps begin with zeros: a weight is kept plus one */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u32);
} weights SEC(".maps");

/* of a subflow: virtual time, the bytes up to which it counts */
struct wrr_slot {
	__u64 vtime;
	__u64 bytes;
};

enum { WRR_SERVED, WRR_ZERO_WEIGHT, WRR_TIMED_OUT, WRR_BACKUP };

/* as kept in the map */
static __u32 setting_of(const struct mptcpx_path *path)
{
	__u32 id = (__u8)path->subflow->local_id;
	__u32 *setting = bpf_map_lookup_elem(&weights, &id);

	return setting ? *setting : WRR_UNSET;
}

static __u32 weight_of(__u32 setting)
{
	return setting != WRR_UNSET ? setting - 1 : 1;
}

/* only the lowest rank present is served */
static __u8 rank_of(const struct mptcpx_path *path, __u32 weight)
{
	if (path->backup)
		return WRR_BACKUP;
	if (path->timed_out)
		return WRR_TIMED_OUT;
	return weight ? WRR_SERVED : WRR_ZERO_WEIGHT;
}

static struct wrr_slot *slot_of(struct mptcp_sock *msk, const struct mptcpx_path *path)
{
	return (void *)mptcpx_path_storage(msk, path, sizeof(struct wrr_slot));
}

SEC("struct_ops")
int BPF_PROG(wrr_decide, struct mptcp_sock *msk, const struct mptcpx_view *view,
	     struct mptcpx_choice *choice)
{
	const struct mptcpx_path *path, *best = NULL;
	__u64 latest = 0, least = ~0ULL, credit;
	__u32 setting, weight, lightest = ~0U;
	__u8 rank = WRR_BACKUP;
	struct wrr_slot *slot;
	bool wait = false;

	/* account what was sent since, and see who is to be served at all */
	bpf_for_each(mptcpx_path, path, view) {
		slot = slot_of(msk, path);
		if (!slot)
			return MPTCPX_NOBODY;
		setting = setting_of(path);
		if (setting != WRR_UNSET)
			wait = true;
		weight = weight_of(setting);
		if (rank_of(path, weight) < rank)
			rank = rank_of(path, weight);
		if (!weight)
			weight = 1;
		slot->vtime += ((path->sent - slot->bytes) << WRR_SHIFT) / weight;
		slot->bytes = path->sent;
	}
	bpf_for_each(mptcpx_path, path, view) {
		slot = slot_of(msk, path);
		weight = weight_of(setting_of(path));
		if (!slot || rank_of(path, weight) != rank)
			continue;
		if (!weight)
			weight = 1;
		if (weight < lightest)
			lightest = weight;
		if (slot->vtime > latest)
			latest = slot->vtime;
	}

	/* who was away has no claim on what went by */
	credit = ((__u64)2 * WRR_BURST << WRR_SHIFT) / lightest;
	bpf_for_each(mptcpx_path, path, view) {
		slot = slot_of(msk, path);
		if (!slot || rank_of(path, weight_of(setting_of(path))) != rank)
			continue;
		if (latest - slot->vtime > credit)
			slot->vtime = latest - credit;
		if (!path->room && !wait)
			continue;
		if (slot->vtime < least) {
			least = slot->vtime;
			best = path;
		}
	}
	if (!best || !best->room)
		return MPTCPX_NOBODY;

	choice->path = best->index;
	choice->len = best->room < WRR_BURST ? best->room : WRR_BURST;
	return 0;
}

SEC(".struct_ops.link")
struct mptcp_sched_ops bpf_wrr = {
	.decide	= (void *)wrr_decide,
	.name	= "bpf_wrr",
};

char LICENSE[] SEC("license") = "GPL";
