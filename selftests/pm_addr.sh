#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager: which addresses are used, and what becomes of subflows when
# that changes. Virtual time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

lab_up()
{
	pm_lab 20/10 20/25 20/10
}

# shown ADDRESS: how it is listed
shown()
{
	view | grep "^id=[0-9]* address=\[*$1\]* "
}

# not_yet ADDRESS, used ADDRESS
not_yet()
{
	shown "$1" | grep -q "usable=0"
}

used()
{
	shown "$1" | grep -q "usable=1 excluded=0"
}

# what is no path, though there is an address
kept_out()
{
	pm client policy fullmesh
	ip -n client -batch - <<-EOF || fail "addresses"
		addr add 169.254.7.1/16 dev eth3
		addr add fe80::77/64 dev eth3 nodad
		addr add 127.0.0.9/8 dev eth3 scope global
		link add veth1 type veth peer name veth2
		addr add 172.18.0.1/24 dev veth1
		link set veth1 up
		link set veth2 up
		addr add 10.9.9.9/24 dev eth3
	EOF
	soon used 10.9.9.9 || fail "an address that is: not listed as used"
	view | grep "^id="
	! view | grep -qE 'address=(169\.254|127\.|\[fe80|\[::1)' || fail "not a path: listed"
	# of the default list
	shown 172.18.0.1 | grep -q "usable=1 excluded=1" || fail "veth1 is not excluded"
	pm client exclude ""
	shown 172.18.0.1 | grep -q "usable=1 excluded=0" || fail "veth1 is excluded still"
	pm client exclude "docker* veth* virbr* br-* cni* lxc*"
	# duplicate address detection takes a second
	ip netns exec client sysctl -qw net.ipv6.conf.eth3.accept_dad=1 \
		net.ipv6.conf.eth3.dad_transmits=1
	ip -n client addr add fd00:9::9/64 dev eth3
	soon not_yet fd00:9::9 || fail "a tentative address is listed as used"
	within 4 used fd00:9::9 || fail "an address is not used once it is valid"
	ip -n client -batch - <<-EOF
		addr del 169.254.7.1/16 dev eth3
		addr del fe80::77/64 dev eth3
		addr del 127.0.0.9/8 dev eth3
		addr del 10.9.9.9/24 dev eth3
		addr del fd00:9::9/64 dev eth3
		link del veth1
	EOF
	soon gone fd00:9::9 || fail "an address is used that is gone"
}

gone()
{
	! used "$1"
}

# unnumbered links: an address that is on two interfaces
twice()
{
	local aborts i

	policy fullmesh
	traffic_start hold -t 20 -W 3
	have 3
	sleep 1
	ip -n client addr add 10.0.2.1/32 dev eth3
	aborts=$(counter Aborts)
	for i in 1 2 3 4; do
		ip -n client addr add 10.9.9.$i/32 dev lo
		sleep 0.2
	done
	is "subflows ended" $(($(counter Aborts) - aborts)) 0
	has 3 || fail "not 3 subflows"
	# it moves; its route comes back on the first one, and is used
	ip -n client link set eth2 down
	soon has 2 || fail "a subflow without a link"
	shown 10.0.2.1 | grep -q "dev=eth3 usable=1" || fail "not on the other interface"
	ip -n client link set eth2 up
	ip -n client route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102
	ip -n client -6 route replace fd00:2::/64 dev eth2 table 102
	have 3
	ip -n client addr del 10.0.2.1/32 dev eth3
	have 3
	shown 10.0.2.1 | grep -q "dev=eth2 usable=1" || fail "not where it was"
	for i in 1 2 3 4; do
		ip -n client addr del 10.9.9.$i/32 dev lo
	done
	traffic_end
	is alive "$(field alive "$result")" 1
}

# for new subflows not, for those there are
deprecated()
{
	local t

	export NETLAB_FAMILY=6
	policy fullmesh
	traffic_start hold -t 30 -W 6
	have 6
	# as a router tells: nobody is told when the time is over
	ip -n client addr add fd00:2::9/64 dev eth2 nodad preferred_lft 3 valid_lft forever
	have 7
	sleep 1
	t=$(follow 6 true)
	figure "not preferred any more after 3 s, subflow ended after another, ms" "$t" 1000 3000
	shown fd00:2::9 | grep -q "usable=1 .* deprecated=1" || fail "not deprecated"
	# extended by the next message; that is not told either
	ip -n client addr change fd00:2::9/64 dev eth2 preferred_lft 3600 valid_lft forever
	within 12 has 7 || fail "not used again"
	ip -n client addr del fd00:2::9/64 dev eth2
	have 6
	traffic_end
	is alive "$(field alive "$result")" 1

	# an address for a service: whoever comes there is served
	ip -n server addr change fd00:1::2/64 dev eth1 nodad preferred_lft 0 valid_lft forever
	ip -n server addr change fd00:2::2/64 dev eth2 nodad preferred_lft 0 valid_lft forever
	policy fullmesh
	traffic_start hold -t 6 -W 5
	have 5
	is "at the address" "$(pairs server | grep -c fd00:1::2)" 1
	is "at one that is not offered" "$(pairs server | grep -c fd00:2::2)" 0
	sleep 3
	has 5 || fail "not 5 subflows"
	is "subflows ended by the server" "$(counter Aborts server)" 0
	traffic_end
	ip -n server addr change fd00:1::2/64 dev eth1 nodad preferred_lft forever valid_lft forever
	ip -n server addr change fd00:2::2/64 dev eth2 nodad preferred_lft forever valid_lft forever
	export NETLAB_FAMILY=4
}

# a link that goes with two addresses: the peer hears of both by another one
two_on_a_link()
{
	policy fullmesh
	ip -n client -batch - <<-EOF
		addr add 10.0.1.9/24 dev eth1
		addr add 10.0.1.10/24 dev eth1
	EOF
	traffic_start msg -s 1200 -i 5000 -n 1000 -D both -W 5 -T $((60 * SLOW))
	have 5
	sleep 1.5
	on server nstat -n
	ip -n client link set eth1 down
	sleep 0.5
	# the core drops what comes while it has not seen to the one before
	is "withdrawals heard" "$(on server nstat -z MPTcpExtRmAddr |
		awk '/RmAddr/ { print $2 }')" 3
	is "and not heeded" "$(on server nstat -z MPTcpExtRmAddrDrop |
		awk '/RmAddr/ { print $2 }')" 0
	traffic_end
	is status "$(field status "$result")" 0
	figure "longest gap from the client, ms" \
		"$(calc "$(field gap_us "$(grep dir=up <<<"$result")") / 1000")" 0 45
	# the news takes the delay of a path, what was in flight another
	figure "longest gap from the server, ms" \
		"$(calc "$(field gap_us "$(grep dir=down <<<"$result")") / 1000")" 0 70
	ip -n client -batch - <<-EOF
		link set eth1 up
		addr del 10.0.1.9/24 dev eth1
		addr del 10.0.1.10/24 dev eth1
		route replace 10.0.1.0/24 dev eth1 src 10.0.1.1 table 101
	EOF
}

# routes by nexthop objects, which change without them
nexthops()
{
	ip -n client nexthop add id 7 dev eth2 || fail "no nexthop objects"
	ip -n client route replace 10.0.2.0/24 nhid 7 src 10.0.2.1 table 102 || fail "route"
	policy fullmesh
	traffic_start hold -t 10 -W 3
	have 3
	sleep 0.5
	# nor by sockets that are bound to it
	ip -n client route del 10.0.2.0/24 dev eth2
	figure "nexthop moved, subflow gone after, ms" \
		"$(follow 2 ip nexthop replace id 7 dev eth3)" 0 100
	sleep 0.5
	figure "nexthop back, subflow there after, ms" \
		"$(follow 3 ip nexthop replace id 7 dev eth2)" 0 150
	traffic_end
	ip -n client route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102
	ip -n client route add 10.0.2.0/24 dev eth2 src 10.0.2.1
	ip -n client nexthop del id 7
}

# A better default route turns up: what is sent from the old address would leave by it,
# until the subflow is one that is bound to its interface.
docked()
{
	local i

	# only the main table, as a laptop has it
	for i in 1 2; do
		ip -n client rule del from 10.0.$i.1 table 10$i
		ip -n client route del 10.0.$i.0/24 dev eth$i
	done
	ip -n client route add default via 10.0.1.2 dev eth1 onlink metric 600
	policy fullmesh
	traffic_start msg -s 1200 -i 5000 -n 1600 -D both -T 60
	have 2
	sleep 1
	ip -n client route add default via 10.0.2.2 dev eth2 onlink metric 100
	have 3
	is paths "$(pairs client | tr '\n' ' ')" \
		"10.0.1.1>10.0.1.2 10.0.2.1>10.0.2.2 10.0.3.1>10.0.3.2 "
	traffic_end
	is status "$(field status "$result")" 0
	figure "longest gap from the client, ms" \
		"$(calc "$(field gap_us "$(grep dir=up <<<"$result")") / 1000")" 0 160
	ip -n client route flush default
	for i in 1 2; do
		ip -n client rule add from 10.0.$i.1 table 10$i
		ip -n client route add 10.0.$i.0/24 dev eth$i src 10.0.$i.1
	done
}

at_last()
{
	policy none
	unload
	netlab_down
}

ktap_run lab_up kept_out twice deprecated two_on_a_link nexthops docked at_last
