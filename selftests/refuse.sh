#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Modules built for another kernel are refused, with one line that says why,
# and nothing has changed.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

state()
{
	cat /proc/sys/net/mptcp/available_schedulers
	cat /proc/sys/net/mptcp/scheduler
	ls /proc/sys/net/mptcp /proc/net | sort
	sed 's/ .*//' /proc/modules
	cat /sys/kernel/debug/kprobes/list 2>/dev/null
}

# variant NAME WORDS: what the one line must name
variant()
{
	local before lines

	[ -r "/mptcpx/$1.ko" ] || fail "$1.ko was not given to the guest"
	before=$(state)
	dmesg -c >/dev/null
	insmod "/mptcpx/$1.ko" && fail "$1.ko was loaded"
	lines=$(dmesg | grep mptcpx | grep -v -e 'loading out-of-tree' \
		-e 'module verification failed')
	say "$lines"
	is "number of lines" "$(grep -c . <<<"$lines")" 1
	grep -q "$2" <<<"$lines" || fail "the line does not name $2"
	grep -q "refusing to load" <<<"$lines" || fail "the line does not refuse"
	is "state of the system" "$(state)" "$before"
	# the schedulers cannot load on top of what is not there
	is "mptcpx" "$(ls -d /sys/module/mptcpx 2>/dev/null)" ""
}

right_one()
{
	modprobe -a $MODULES || fail "the right modules do not load"
	is available "$(cat /proc/sys/net/mptcp/available_schedulers)" \
		"default minrtt redundant wrr"
	unload
	is available "$(cat /proc/sys/net/mptcp/available_schedulers)" default
}

works()
{
	unshaped 2
	use redundant
	traffic data -n 1M -D both -W 2
}

ktap_run "variant shift mptcp_sock.*snd_una" "variant missing mptcp_subflow_active" \
	"variant proto mptcp_subflow_active" right_one \
	"variant shift mptcp_sock.*snd_una" works
