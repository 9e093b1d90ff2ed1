#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do BPF schedulers choose as their native twins do? Both are asked at each decision
# of the same run.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

lab_up()
{
	modprobe -a $MODULES || fail "modules do not load"
	mount -t bpf none /sys/fs/bpf || fail "no bpffs"
	lab "$@"
}

# number INDEX: of what was counted
number()
{
	bpftool -j map lookup name twin_count key "$1" 0 0 0 |
		sed -n 's/.*"formatted":{"key":[0-9]*,"value":\([0-9]*\)}.*/\1/p'
}

# instructions INDEX: a decision's, 2 ns each in virtual time
instructions()
{
	calc "($(number "$1") - $(number 6)) / 2 / $(number 0)"
}

# twins NAME PATH...: over those paths. wrr-plain: no weights
twins()
{
	local s=${1%-plain} weights= side round decisions paths differ

	[ "$1" != wrr ] || weights="id:0=3 id:1=2"
	shift
	relab "$@"
	bpftool struct_ops register bpf/twin_$s.bpf.o /sys/fs/bpf || fail "does not register"
	use twin_$s
	# native weights by id, and the same in the map (plus one)
	if [ $s = wrr ]; then
		for side in client server; do
			knob $side wrr.mode weights
			knob $side wrr.weights "$weights"
		done
	fi
	if [ -n "$weights" ]; then
		bpftool map update name weights key 0 0 0 0 value 4 0 0 0
		bpftool map update name weights key 1 0 0 0 value 3 0 0 0
	fi
	serve
	# a slow kernel sends more at a time, and decides less often
	for ((round = 0; round < (SLOW > 1 ? 6 : 1); round++)); do
		traffic data -n 8M -D both -W $#
		grep -q verified=0 <<<"$result" && fail "data differ"
		traffic msg -s 1200 -i 5000 -n 300 -W $#
		traffic fetch -s 64K -n 20 -W $#
		decisions=$(number 0)
		paths=$(number 1)
		[ "$paths" -lt 2000 ] || break
	done
	differ=$(number 2)
	say "instructions a decision: BPF $(instructions 3), native $(instructions 4)," \
		"kernel's default $(instructions 5)"
	use default
	rm /sys/fs/bpf/*
	say "$decisions decisions, $paths of them name a path, $differ differ"
	[ "$paths" -ge 2000 ] || fail "too few decisions"
	is "that differ" "$differ" 0
}

ktap_run "lab_up 20/10 20/10" \
	"twins minrtt 20/10 5/60/q300" "twins minrtt 20/20/2% 10/40 5/10" \
	"twins wrr 20/10 5/60/q300" "twins wrr 20/20/2% 10/40 5/10" \
	"twins wrr-plain 20/10 5/60/q300" \
	"twins red 20/10 5/60/q300" "twins red 20/20/2% 10/40 5/10"
