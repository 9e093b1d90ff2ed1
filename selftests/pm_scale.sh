#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager with 2000 connections of four subflows each: what they take,
# and how soon all follow an address. Virtual time: both ends, 16000 sockets,
# share one CPU of 500 million instructions a second.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

CROWD=2000

lab_up()
{
	# shellcheck disable=SC2046	# a list of words
	pm_lab $(yes none | head -n 4)
	policy fullmesh
}

# sockets N COMMAND...: carry it out on the client; how long until it has that
# many established subflows, ms. Nothing is started meanwhile: making a
# process takes longer than a look.
sockets()
{
	# shellcheck disable=SC2016
	on client bash -c '
		want=$1
		shift
		exec 7<> <(:)
		start=${EPOCHREALTIME/./}
		"$@" || exit
		while :; do
			# at once: read(1) has the kernel make it anew for each line
			mapfile -t lines </proc/net/snmp
			for line in "${lines[@]}"; do
				[[ $line != "Tcp: "[0-9]* ]] || words=($line)
			done
			now=${EPOCHREALTIME/./}
			[ "${words[9]}" != "$want" ] || break
			if [ $((now - start)) -gt 20000000 ]; then
				cat /proc/net/snmp /proc/net/sockstat >&2
				break
			fi
			read -rt 0.02 -u 7
		done
		echo $(((now - start) / 1000))' - "$@"
}

# an address that goes and comes a thousand times: each time the subflow follows,
# and nothing is left of it
flaps()
{
	local before

	policy fullmesh
	traffic_start hold -t 300 -W 4 -T 400
	have 4
	sleep 1.5
	before=$(slab_kb)
	# shellcheck disable=SC2016
	on client bash -c '
		exec 7<> <(:)
		coproc ip { ip -batch - 2>&1; }
		# followed COUNT: how long until there are that many subflows, ms
		followed()
		{
			local start=${EPOCHREALTIME/./} now n lines line

			while :; do
				n=0
				mapfile -t lines </proc/net/mptcpx_pm
				for line in "${lines[@]}"; do
					[[ $line != *phase=up* ]] || n=$((n + 1))
				done
				now=${EPOCHREALTIME/./}
				[ $n != $1 ] || break
				[ $((now - start)) -lt 10000000 ] || return 1
				read -rt 0.002 -u 7
			done
			ms=$(((now - start) / 1000))
		}
		went=0 came=0
		for ((i = 0; i < 1000; i++)); do
			echo "addr del 10.0.2.1/24 dev eth2" >&${ip[1]}
			followed 3 || exit
			[ $ms -le $went ] || went=$ms
			printf "%s\n" "addr add 10.0.2.1/24 dev eth2" \
				"route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102" \
				>&${ip[1]}
			followed 4 || exit
			[ $ms -le $came ] || came=$ms
		done
		echo $i $went $came' >/run/flaps || fail "flap not followed: $(cat /run/flaps)"
	counters
	is flaps "$(cut -d' ' -f1 /run/flaps)" 1000
	figure "gone, longest, ms" "$(cut -d' ' -f2 /run/flaps)" 0 100
	figure "come, longest, ms" "$(cut -d' ' -f3 /run/flaps)" 0 100
	sleep 2
	have 4
	have 4 server
	between "slab grown by, KB" "$(($(slab_kb) - before))" -100000 2048
	traffic_end
	is alive "$(field alive "$result")" 1
	traffic data -n 1M -D both -W 4
}

crowd_up()
{
	local before t

	before=$(slab_kb)
	ip netns exec server mptcpx_crowd listen 7000 >/run/crowd.server 2>&1 &
	echo $! >/run/crowd.pid
	disown
	sleep 0.5
	ip netns exec client mptcpx_crowd connect 10.0.1.2 7000 $CROWD 60 >/run/crowd 2>&1 &
	echo $! >>/run/crowd.pid
	disown
	# looking all the time would keep them from coming
	within 100 grep -q "^up" /run/crowd || fail "not $CROWD connections"
	t=$(sockets $((4 * CROWD)) true)
	# what they take to be made, 6000 handshakes, is no figure of ours
	figure "and then all subflows, ms" "$t" 0 10000
	between "slab for a connection, both ends, KB" \
		"$(calc "($(slab_kb) - $before) / $CROWD")" 1 60
	# what was made together is looked at together
	sleep 1
}

follows()
{
	local t i

	for i in 1 2; do
		t=$(sockets $((3 * CROWD)) ip addr del 10.0.2.1/24 dev eth2)
		figure "address gone, all without it after, ms" "$t" 0 1000
		printf '%s\n' "addr add 10.0.2.1/24 dev eth2" \
			"neigh replace 10.0.2.2 dev eth2 lladdr 02:00:00:00:02:02 nud permanent" \
			"route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102" >/run/back
		t=$(sockets $((4 * CROWD)) ip -batch /run/back)
		figure "address there, all subflows there after, ms" "$t" 0 1000
	done
	counters
	counters server
}

link_follows()
{
	local t

	t=$(sockets $((3 * CROWD)) ip link set eth3 down)
	figure "link down, all without it after, ms" "$t" 0 1000
	printf '%s\n' "link set eth3 up" \
		"neigh replace 10.0.3.2 dev eth3 lladdr 02:00:00:00:03:02 nud permanent" \
		"route replace 10.0.3.0/24 dev eth3 src 10.0.3.1 table 103" >/run/back
	t=$(sockets $((4 * CROWD)) ip -batch /run/back)
	# the carrier comes on top, which the kernel tells of once a second
	figure "link up, all subflows there after, ms" "$t" 0 2000
}

# nothing is asked of a path manager that has nothing to do
quiet()
{
	local side passes commands

	for side in client server; do
		passes=$(counter Passes $side)
		commands=$(counter Commands $side)
		sleep 5
		# of so many each every other second, and some had something in flight
		between "looks of the $side in 5 s" $(($(counter Passes $side) - passes)) \
			0 $((CROWD * 4))
		is "commands meanwhile" "$(counter Commands $side)" "$commands"
	done
}

alive()
{
	within 120 grep -q "^crowd" /run/crowd || fail "it does not end"
	is result "$(grep ^crowd /run/crowd)" "crowd n=$CROWD ok=$CROWD"
	# shellcheck disable=SC2046	# a list of numbers
	kill $(cat /run/crowd.pid) 2>/dev/null
	within 20 forgotten || fail "connections are remembered that are gone"
}

forgotten()
{
	[ "$(view | sed -n 's/.* connections=//p')" = 0 ]
}

at_last()
{
	netlab_down
	rmmod mptcpx_pm || fail "does not unload"
}

ktap_run lab_up flaps crowd_up follows link_follows quiet alive at_last
