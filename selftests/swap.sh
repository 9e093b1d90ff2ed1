#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a stream of messages notices of its scheduler being changed under it.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

RTT_US=20000	# of the lab's paths

lab_up()
{
	modprobe -a $MODULES || fail "modules do not load"
	mount -t bpf none /sys/fs/bpf || fail "no bpffs"
	for s in minrtt wrr red; do
		bpftool struct_ops register bpf/$s.bpf.o /sys/fs/bpf || fail "no $s"
	done
	lab 20/10 20/10
}

stream()
{
	traffic msg -s 1200 -i 5000 -n 600 -W 2
}

# changed SCHEDULER...: the worst latency, with these in turn, to the best of them
# left alone
changed()
{
	local s alone worst=0 n

	for s in "$@"; do
		use "$s"
		stream
		alone=$(field max_us "$result")
		worst=$(calc "($alone > $worst) ? $alone : $worst")
	done
	: >/run/swap
	swapper client 0.05 "$@" >/run/swaps &
	swapper server 0.05 "$@" >/run/swaps.server &
	stream
	rm /run/swap
	wait
	n=$(cat /run/swaps)
	[ "$n" -ge 40 ] || fail "only $n swaps"
	figure "worst latency with $n swaps, us" "$(field max_us "$result")" \
		0 "$(calc "$worst + $RTT_US")"
}

ktap_run lab_up "changed default minrtt" "changed minrtt wrr bpf_minrtt bpf_wrr" \
	"changed redundant bpf_red minrtt"
