#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager and hostile peers: what they can make it do, and keep. Two
# CPUs. Counters bound the work, slabs the memory.

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

# work_start SIDE
work_start()
{
	worker=$1
	passes=$(counter Passes "$1")
	commands=$(counter Commands "$1")
	events=$(counter Events "$1")
	memory=$(slab_kb)
}

shrunk()
{
	[ $(($(slab_kb) - memory)) -lt 8192 ]
}

# work_end FACTOR MORE: since then not more passes and commands than FACTOR for
# each event, and MORE; leaves the number of events in $events
work_end()
{
	events=$(($(counter Events "$worker") - events))
	passes=$(($(counter Passes "$worker") - passes))
	commands=$(($(counter Commands "$worker") - commands))
	counters "$worker"
	say "events: $events"
	between "passes" "$passes" 0 $((events * $1 + $2))
	between "commands" "$commands" 0 $((events * $1 + $2))
	# what the core took for the flood it gives back a while later
	within 30 shrunk
	between "slab grown by, KB" "$(($(slab_kb) - memory))" -1000000 8192
}

# flood KIND TOKEN
flood()
{
	on client mptcpx_flood "$1" $((30000 / SLOW)) 10.0.1.0 0 10.0.1.2 "$PORT" "$2" ||
		fail "no flood"
	sleep 1
}

joins_seen()
{
	nstat_of server MPTcpExtMPJoinSynRx
}

# by someone who knows the token of a connection and none of its keys
raw()
{
	local token joined

	policy fullmesh
	traffic_start hold -t 75 -W 3
	have 3 server
	token=$(view server | sed -n 's/^token=\([0-9a-f]*\).*/\1/p' | head -n 1)
	sleep 1
	# the same without us: what the core's slabs keep when all is freed
	pm server policy none
	flood "$1" "$token"
	pm server policy fullmesh
	have 3 server
	sleep 1
	joined=$(joins_seen)
	work_start server
	flood "$1" "$token"
	work_end 1 60
	between "events" "$events" 0 20
	[ "$1" != join ] || between "joins that the peer saw begin" \
		$(($(joins_seen) - joined)) $((1000 / SLOW)) 40000
	has 3 server || fail "not 3 subflows any more"
	traffic_end
	is alive "$(field alive "$result")" 1
	traffic data -n 200K -D both -W 3
}

# the kernel's path manager on the other side, told to join and leave without end
joins()
{
	local i

	pm client policy none
	pm server policy fullmesh
	ip -n client mptcp limits set subflows 8 add_addr_accepted 0
	serve
	traffic_start hold -t 60 -W 1
	soon has 1 server || fail "no connection"
	work_start server
	for ((i = 0; i < 300; i++)); do
		echo "mptcp endpoint add 10.0.2.1 dev eth2 id $((i % 250 + 2)) subflow"
		echo "mptcp endpoint add 10.0.3.1 dev eth3 id $(((i + 1) % 250 + 2)) subflow"
		echo "mptcp endpoint delete id $((i % 250 + 2))"
		echo "mptcp endpoint delete id $(((i + 1) % 250 + 2))"
	done >/run/endpoints
	ip -n client -batch /run/endpoints
	sleep 1
	work_end 2 200
	[ "$events" -gt 50 ] || fail "hardly any join"
	between "subflows" "$(view server | grep -c phase=)" 1 32
	traffic_end
	is alive "$(field alive "$result")" 1
	ip -n client mptcp endpoint flush
	ip -n client mptcp limits set subflows 0 add_addr_accepted 0
}

# addresses announced and withdrawn without end, none of which answers
announcements()
{
	local i

	pm client policy fullmesh
	pm server policy none
	ip -n server mptcp limits set subflows 8 add_addr_accepted 8
	serve
	traffic_start hold -t 25 -W 1
	soon has 1 || fail "no connection"
	work_start client
	for ((i = 0; i < 400; i++)); do
		echo "mptcp endpoint add 10.0.2.$((i % 200 + 20)) id $((i % 250 + 2)) signal"
		echo "mptcp endpoint delete id $((i % 250 + 2))"
	done >/run/endpoints
	ip -n server -batch /run/endpoints 2>/dev/null
	sleep 1
	work_end 3 100
	[ "$events" -gt 50 ] || fail "hardly any announcement"
	between "announced addresses remembered" "$(view | grep -c announced=)" 0 8
	between "pairs remembered" "$(view | grep -c retry=)" 0 24
	traffic_end
	is alive "$(field alive "$result")" 1
	ip -n server mptcp endpoint flush
	ip -n server mptcp limits set subflows 0 add_addr_accepted 0
}

# a peer that takes subflows and resets them as soon as they are there
resets()
{
	local i creates

	policy fullmesh
	traffic_start hold -t 25 -W 3
	have 3
	sleep 1.5
	work_start client
	creates=$(counter Creates)
	for ((i = 0; i < 150; i++)); do
		on server ss -K dst 10.0.2.1 >/dev/null 2>&1
		on server ss -K dst 10.0.3.1 >/dev/null 2>&1
		sleep 0.02
	done
	creates=$(($(counter Creates) - creates))
	# 200, 400, 800 ms...: two paths, each some seven times in as many seconds
	between "asked for again" "$creates" 2 30
	work_end 4 200
	traffic_end
	is alive "$(field alive "$result")" 1
}

# a peer that makes more subflows than it is to have
excess()
{
	local creates

	policy fullmesh
	pm client max_subflows 16
	pm client num_subflows 5
	pm server max_subflows 3
	traffic_start hold -t 12 -W 3
	soon has 6 server || { view server; fail "hardly any subflow"; }
	sleep 2
	creates=$(counter Creates)
	sleep 4
	# twice its own number, for those of a peer that has moved
	between "subflows at the server" "$(view server | grep -c phase=up)" 3 6
	say "asked for in 4 s: $(($(counter Creates) - creates))"
	between "ended by the server" "$(counter Aborts server)" 9 200
	traffic_end
	is alive "$(field alive "$result")" 1
	pm client max_subflows 8
	pm client num_subflows 1
	pm server max_subflows 8
}

# a process that keeps its connection to itself: that one has to wait, nobody else
kept()
{
	local t

	policy fullmesh
	stuck 20
	traffic_start hold -t 6 -W 3
	have 3
	view | grep -q busy=1 || { view; fail "it is not kept"; }
	t=$(follow 2 ip addr del 10.0.2.1/24 dev eth2)
	figure "address gone, subflow gone after, ms" "$t" 0 1000
	address_on 2
	have 3
	timeout 5 ip netns exec client cat /proc/net/mptcpx_pm_stat /proc/net/mptcpx \
		>/dev/null || fail "nothing to be read"
	traffic_end
	is alive "$(field alive "$result")" 1
	timeout 5 ip netns exec client bash -c 'echo none >/proc/sys/net/mptcp/pm/policy' ||
		fail "the policy cannot be changed"
	timeout 20 rmmod mptcpx_pm || fail "does not unload"
	kill "$stuck_pid"
	wait "$stuck_pid"
	modprobe mptcpx_pm
}

# the client that floods is no burden to the others
others()
{
	policy fullmesh
	traffic data -n 4M -D both -W 3
}

at_last()
{
	netlab_down
	rmmod mptcpx_pm || fail "does not unload"
}

ktap_run lab_up "raw syn" "raw join" "raw rst" joins announcements resets excess kept others at_last
