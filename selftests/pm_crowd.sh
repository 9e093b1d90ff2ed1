#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager with a great many connections, and with events lost. Two CPUs.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

lab_up()
{
	# shellcheck disable=SC2046	# a list of words
	pm_lab $(yes none | head -n 3)
}

# the module as it is by default, whatever was before
again()
{
	[ ! -e /sys/module/mptcpx_pm ] || rmmod mptcpx_pm || fail "does not unload"
	modprobe mptcpx_pm || fail "does not load"
}

# events that found no room are made up for
overrun()
{
	local i pids=()

	pm client policy none
	pm server policy none
	rmmod mptcpx_pm || fail "does not unload"
	modprobe mptcpx_pm event_buffer=16384
	policy fullmesh
	for i in {1..60}; do
		ip netns exec client mptcpx_traffic hold -c 10.0.1.2 -P "$PORT" -t 5 -W 3 \
			--wait $((90 * SLOW)) -T $((200 * SLOW)) >"/run/hold.$i" 2>&1 &
		pids+=($!)
	done
	for i in "${!pids[@]}"; do
		wait "${pids[i]}" || { cat "/run/hold.$((i + 1))"; counters; fail "no. $i"; }
	done
	counters
	[ "$(counter EventOverruns)" -gt 0 ] || fail "no event was lost: nothing shown"
	# those whose end was one of them as well
	within 20 managing_none client || fail "connections are remembered that are gone"
	within 20 managing_none server || fail "connections are remembered that are gone"
	pm client policy none
	pm server policy none
	rmmod mptcpx_pm || fail "does not unload"
	modprobe mptcpx_pm
}

# crowd N SECONDS: so many connections, all there and idle
crowd()
{
	ip netns exec server mptcpx_crowd listen 7000 >/run/crowd.server 2>&1 &
	crowd_server=$!
	sleep 0.5
	ip netns exec client mptcpx_crowd connect 10.0.1.2 7000 "$1" "$2" >/run/crowd 2>&1 &
	crowd_client=$!
	within 100 grep -q "^up" /run/crowd || { cat /run/crowd; fail "not $1 connections"; }
}

crowd_end()
{
	wait "$crowd_client" || { cat /run/crowd; fail "some are dead"; }
	cat /run/crowd
	kill "$crowd_server"
	wait "$crowd_server" 2>/dev/null
	:
}

# all COUNT: that many working subflows, by the socket table
all()
{
	[ "$(on client ss -tnH state established | wc -l)" -eq "$1" ]
}

# a thousand connections, and the module goes
unload_thousand()
{
	again
	policy fullmesh
	crowd 1000 60
	within 20 all 3000 || { counters; fail "not 3000 subflows"; }
	rmmod mptcpx_pm || fail "does not unload"
	is pm_type "$(knob client pm_type)" 0
	modprobe mptcpx_pm || fail "does not load again"
	all 3000 || fail "subflows are gone"
	# they are found again
	policy fullmesh
	within 10 managing 1000 || fail "not found again"
	crowd_end
}

managing()
{
	[ "$(view | sed -n 's/.* connections=//p')" -ge "$1" ]
}

managing_none()
{
	[ "$(view "$1" | sed -n 's/.* connections=//p')" = 0 ]
}

at_last()
{
	netlab_down
	rmmod mptcpx_pm || fail "does not unload"
}

ktap_run lab_up unload_thousand overrun at_last
