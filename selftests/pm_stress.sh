#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager under load: many connections, addresses that flap, modules and
# namespaces that go while it works. Two CPUs, so that things collide. The
# console is watched by who runs the guest.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

lab_up()
{
	# shellcheck disable=SC2046	# a list of words
	pm_lab $(yes none | head -n 3)
	policy fullmesh
}

short_ones()
{
	local i

	for i in 1 2 3; do
		traffic many -k 200 -n 50K
		is ok "$(field ok "$result")" 200
	done
	counters
	within 20 no_connections client || fail "connections are left"
}

no_connections()
{
	! view "$1" | grep -q token=
}

# connections as they are: nothing is remembered of those that are gone
flaps()
{
	local i

	policy fullmesh
	traffic_start many -k 16 -n $((SLOW > 1 ? 12 : 60))M -T 300
	soon connection default
	for ((i = 0; i < 1000; i++)); do
		echo "addr del 10.0.2.1/24 dev eth2"
		echo "addr add 10.0.2.1/24 dev eth2"
		echo "route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102"
	done >/run/flaps
	ip -n client -batch /run/flaps || fail "flaps"
	counters
	wait "$traffic_pid" || { cat /run/traffic.log; fail "background traffic"; }
	cat /run/traffic.log
	traffic data -n 1M -D both -W 3
}

# as many addresses, each another one
nomad()
{
	local i

	policy fullmesh
	traffic_start many -k 4 -n 60M -T 300
	for ((i = 0; i < 600; i++)); do
		echo "addr add 10.9.$((i / 200)).$((i % 200 + 1))/32 dev eth3"
		echo "addr del 10.9.$((i / 200)).$((i % 200 + 1))/32 dev eth3"
	done >/run/nomad
	ip -n client -batch /run/nomad || fail "addresses"
	wait "$traffic_pid" || { cat /run/traffic.log; fail "background traffic"; }
	traffic data -n 1M -D both -W 3
}

# left_after SECONDS: what there is of connections that should have ended by then
left_after()
{
	local side

	sleep "$1"
	for side in client server; do
		say "$side after $1 s, policy $(cat /run/storm.policy):"
		on $side ss -tiHn state all
		on $side ss -MaiHn
		look $side
		view $side
	done
}

# knobs turned, state read, while connections come and go
storm()
{
	local i pids=() p watch

	(while [ ! -e /run/storm.end ]; do
		for p in handover ndiffports aggregate none interactive server fullmesh; do
			echo $p >/run/storm.policy
			on client bash -c "echo $p >/proc/sys/net/mptcp/pm/policy"
			on server bash -c "echo fullmesh >/proc/sys/net/mptcp/pm/policy"
		done
	done) &
	pids+=($!)
	(while [ ! -e /run/storm.end ]; do
		view
		view server
		on client cat /proc/net/mptcpx_pm_stat
		on client bash -c "echo $((RANDOM % 8 + 1)) >/proc/sys/net/mptcp/pm/num_subflows"
		on client bash -c "echo eth$((RANDOM % 4)) >/proc/sys/net/mptcp/pm/exclude"
		on client bash -c "echo eth$((RANDOM % 4)) >/proc/sys/net/mptcp/pm/backup"
	done >/dev/null) &
	pids+=($!)
	(while [ ! -e /run/storm.end ]; do
		ip -n client link set eth3 down
		ip -n client link set eth3 up
		sleep 0.1
	done) &
	pids+=($!)
	for i in 1 2 3 4; do
		left_after 80 &
		watch=$!
		traffic many -k 40 -n 200K -T 100
		is ok "$(field ok "$result")" 40
		kill $watch
	done
	: >/run/storm.end
	for p in "${pids[@]}"; do
		wait "$p"
	done
	pm client num_subflows 1
	pm client exclude ""
	pm client backup ""
	knob client scheduler default
	printf '%s\n' "route replace 10.0.3.0/24 dev eth3 src 10.0.3.1 table 103" |
		ip -n client -batch -
	policy fullmesh
	traffic data -n 1M -D both -W 3
}

namespaces()
{
	local i

	for i in {1..20}; do
		ip netns add "n$i"
		on "n$i" bash -c '
			ip link set lo up
			echo fullmesh >/proc/sys/net/mptcp/pm/policy
			mptcpx_traffic listen -1 -P 6000 -T 20 &
			sleep 0.1
			mptcpx_traffic data -c 127.0.0.1 -P 6000 -n 200K -D both
			echo handover >/proc/sys/net/mptcp/pm/policy
			cat /proc/net/mptcpx_pm' >/run/ns.log 2>&1
		ip netns del "n$i" || fail "namespace"
	done
}

loads()
{
	local i

	policy fullmesh
	traffic_start many -k 30 -n 8M -T 200
	for i in {1..15}; do
		rmmod mptcpx_pm || fail "does not unload"
		modprobe mptcpx_pm || fail "does not load"
		pm client policy fullmesh
		pm server policy fullmesh
		sleep 0.1
	done
	wait "$traffic_pid" || { cat /run/traffic.log; fail "background traffic"; }
}

namespace_dies()
{
	policy fullmesh
	traffic_start many -k 50 -n 60M -T 100
	sleep 1
	netlab_down
	wait "$traffic_pid" 2>/dev/null
	rmmod mptcpx_pm || fail "does not unload"
}

ktap_run lab_up short_ones flaps nomad storm namespaces loads namespace_dies
