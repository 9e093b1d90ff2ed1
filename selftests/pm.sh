#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager: policies, addresses that come and go, both sides.
# Virtual time: what is measured is in the guest's own time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

endpoints_none()
{
	is "endpoints of $1" "$(ip -n "$1" mptcp endpoint show)" ""
}

lab_up()
{
	pm_lab 20/10 20/10 20/10
}

# shellcheck disable=SC2317
defaults()
{
	is policy "$(pm client policy)" none
	is available "$(pm client available_policies)" \
		"none fullmesh ndiffports handover aggregate interactive server"
	is pm_type "$(knob client pm_type)" 0
	traffic data -n 100K
	is "connections managed" "$(view | grep -c token=)" 0
}

fullmesh()
{
	policy fullmesh
	is pm_type "$(knob client pm_type)" 1
	endpoints_none client
	endpoints_none server
	traffic_start hold -t 3 -W 3
	have 3
	is pairs "$(pairs client | tr '\n' ' ')" \
		"10.0.1.1>10.0.1.2 10.0.2.1>10.0.2.2 10.0.3.1>10.0.3.2 "
	view
	view server
	traffic_end
	is alive "$(field alive "$result")" 1
	traffic data -n 4M -D both -W 3
	traffic bulk -t 3 -k 1 -W 3
	figure "goodput of three paths, Mbit/s" "$(field mbps "$result")" 45 60
}

fullmesh_twice()
{
	pm client num_subflows 2
	policy fullmesh
	traffic_start hold -t 3 -W 6
	have 6
	traffic_end
	pm client num_subflows 1
}

limits_hold()
{
	pm client max_subflows 2
	policy fullmesh
	traffic_start hold -t 3 -W 2
	have 2
	sleep 1
	has 2 || fail "more than max_subflows"
	pm client max_subflows 8
	have 3
	traffic_end
	pm client num_subflows 3
	pm client max_per_interface 2
	traffic_start hold -t 3 -W 6
	have 6
	sleep 1
	has 6 || fail "more than max_per_interface"
	traffic_end
	pm client num_subflows 1
	pm client max_per_interface 8
}

ndiffports()
{
	pm client ndiffports 4
	policy ndiffports
	traffic_start hold -t 3 -W 4
	have 4
	is pairs "$(pairs client | sort -u)" "10.0.1.1>10.0.1.2"
	traffic_end
	pm client ndiffports 2
}

server_policy()
{
	policy server
	traffic_start hold -t 2 -W 1
	have 1
	sleep 1
	has 1 || fail "a server's policy creates subflows"
	view server
	traffic_end
	# announcing is what it does: a client that joins gets all paths
	policy fullmesh server
	traffic data -n 1M -D both -W 3
}

family6()
{
	export NETLAB_FAMILY=6
	policy fullmesh
	traffic_start hold -t 3 -W 6
	have 6
	pairs client
	is "pairs of IPv6" "$(pairs client | grep -c fd00)" 3
	is "pairs of IPv4" "$(pairs client | grep -c '10\.0')" 3
	traffic_end
	export NETLAB_FAMILY=4
}

# one side only: the peer is as the distribution made it
stock_server()
{
	pm client policy fullmesh
	pm server policy none
	ip -n server mptcp limits set subflows 8 add_addr_accepted 8
	ip -n server mptcp endpoint add 10.0.2.2 signal
	ip -n server mptcp endpoint add 10.0.3.2 signal
	serve
	traffic_start hold -t 3 -W 3
	have 3
	traffic_end
	traffic data -n 1M -D both -W 3
	ip -n server mptcp endpoint flush
	ip -n server mptcp limits set subflows 0 add_addr_accepted 0
}

stock_client()
{
	pm client policy none
	pm server policy fullmesh
	ip -n client mptcp limits set subflows 8 add_addr_accepted 8
	serve
	traffic data -n 1M -D both -W 3
	ip -n client mptcp limits set subflows 0 add_addr_accepted 0
}

# live connections follow a change of policy
change()
{
	policy fullmesh
	traffic_start hold -t 6 -W 3
	have 3
	pm client policy ndiffports
	have 2
	is pairs "$(pairs client | sort -u)" "10.0.1.1>10.0.1.2"
	pm client policy fullmesh
	have 3
	pm client policy none
	is "subflows that stay" "$(netlab_subflows client)" 3
	pm client policy fullmesh
	have 3
	traffic_end
	is alive "$(field alive "$result")" 1
}

addresses_followed()
{
	local t

	policy fullmesh
	traffic_start hold -t 12 -W 3
	have 3
	ip -n client -batch /dev/null
	t=$(follow 2 ip addr del 10.0.2.1/24 dev eth2)
	figure "address gone, subflow gone after, ms" "$t" 0 100
	ip -n client route flush table 102
	t=$(follow 2 ip addr add 10.0.2.1/24 dev eth2 noprefixroute)
	sleep 0.5
	has 2 || fail "a subflow without a route"
	t=$(follow 3 ip route add 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102)
	figure "route there, subflow there after, ms" "$t" 0 100
	t=$(follow 2 ip route flush table 102)
	figure "route gone, subflow gone after, ms" "$t" 0 100
	t=$(follow 3 ip route add 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102)
	figure "route there, subflow there after, ms" "$t" 0 100
	t=$(follow 2 ip link set eth3 down)
	figure "link down, subflow gone after, ms" "$t" 0 100
	ip -n client link set eth3 up
	ip -n client route add 10.0.3.0/24 dev eth3 src 10.0.3.1 table 103
	have 3
	traffic_end
	is alive "$(field alive "$result")" 1
}

busy()
{
	local text

	# already chosen
	pm client policy none
	knob client pm_type 1
	refused "busy" on client bash -c "echo fullmesh >/proc/sys/net/mptcp/pm/policy"
	is policy "$(pm client policy)" none
	knob client pm_type 0
	# already listening
	ip netns exec client ip mptcp monitor >/dev/null &
	sleep 0.3
	refused "busy" on client bash -c "echo fullmesh >/proc/sys/net/mptcp/pm/policy"
	is policy "$(pm client policy)" none
	is pm_type "$(knob client pm_type)" 0
	# in another namespace: no matter
	pm server policy fullmesh
	kill $!
	wait $! 2>/dev/null
	pm client policy fullmesh
	text=$(dmesg | grep -c 'mptcpx_pm: refused:')
	is "lines in the log" "$text" 2
	pm client policy none
	pm server policy none
	is pm_type "$(knob server pm_type)" 0
}

# who comes later cannot be refused: the log tells of him
intruders()
{
	dmesg -c >/dev/null
	policy fullmesh
	traffic data -n 100K
	sleep 11
	traffic data -n 100K
	is "lines without cause" "$(dmesg | grep -c 'mptcpx_pm:')" 0
	ip netns exec client ip mptcp monitor >/dev/null &
	knob client pm_type 0
	sleep 11
	traffic data -n 100K
	traffic data -n 100K
	dmesg | grep mptcpx_pm:
	is "lines about a listener" "$(dmesg | grep -c 'mptcpx_pm: a program has begun')" 1
	is "lines about pm_type" "$(dmesg | grep -c 'mptcpx_pm: somebody has set')" 1
	pm client policy handover
	is pm_type "$(knob client pm_type)" 1
	kill $!
	wait $! 2>/dev/null
	pm client policy none
	pm server policy none
}

# keepalives SECONDS-OR-LESS: subflows of the client that are asked after so long
keepalives()
{
	on client ss -Htno dst 10.0.0.0/16 | tee /run/ss |
		awk -v most="$1" 'match($0, /timer:\(keepalive,[0-9]+/) {
			s = substr($0, RSTART + 17, RLENGTH - 17)
			if ($0 ~ /keepalive,[0-9]+min/) s *= 60
			n += s + 0 <= most + 0
		} END { print n + 0 }'
}

asked()
{
	[ "$(keepalives "$2")" = "$1" ]
}

# what is up follows the knob, and leaves the application's own alone
keepalive_knob()
{
	pm client keepalive 50
	policy fullmesh
	traffic_start hold -t 12 -W 3
	have 3
	soon asked 3 50 || { cat /run/ss; fail "50 s: not set"; }
	pm client keepalive 7
	soon asked 3 7 || { cat /run/ss; fail "7 s: not set"; }
	pm client keepalive 0
	soon asked 0 9999 || { cat /run/ss; fail "0: still set"; }
	pm client keepalive 60
	soon asked 3 60 || { cat /run/ss; fail "60 s: not set"; }
	traffic_end
}

unload_managing()
{
	policy fullmesh
	traffic_start data -n 12M -D both -W 3
	soon has 3 || { view; view server; fail "not 3 subflows"; }
	rmmod mptcpx_pm || fail "does not unload"
	is pm_type "$(knob client pm_type)" 0
	[ ! -e /proc/sys/net/mptcp/pm ] || fail "a sysctl is left"
	traffic_end
	! grep -q verified=0 <<<"$result" || fail "data differ"
	modprobe mptcpx_pm || fail "does not load again"
	is policy "$(pm client policy)" none
}

# the server's core notes a DATA_FIN and forgets to look; nothing more is heard of the client.
# With a policy that announces nothing: the echo would have it look
noted_end()
{
	pm client ndiffports 2
	policy ndiffports
	use redundant-full
	noted_fin
	traffic_end
	! grep -q verified=0 <<<"$result" || fail "data differ"
	late
	use default
	policy none
}

namespace_gone()
{
	policy fullmesh
	traffic_start data -n 64M -D both -W 3
	have 3
	netlab_down
	wait "$traffic_pid" 2>/dev/null
	rmmod mptcpx_pm || fail "does not unload"
}

ktap_run lab_up defaults fullmesh fullmesh_twice limits_hold ndiffports server_policy \
	family6 stock_server stock_client change addresses_followed busy intruders \
	keepalive_knob noted_end unload_managing namespace_gone
