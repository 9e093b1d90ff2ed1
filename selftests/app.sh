#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Programs that know nothing of it: MPTCP for those of a control group (mptcpify), the
# scheduler by the port they connect to (choose), the policy by what a connection is
# for (bpf_app).

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PINS=/sys/fs/bpf
CGROUP=/run/cgroup	# "ip netns exec" hides what is below /sys

lab_up()
{
	modprobe -a $MODULES || fail "modules do not load"
	mount -t bpf none $PINS || fail "no bpffs"
	mkdir $CGROUP && mount -t cgroup2 none $CGROUP || fail "no cgroup2"
	mkdir $CGROUP/ours $CGROUP/ours/below $CGROUP/other || fail "no control groups"
	unshaped 2
}

# inside GROUP COMMAND...: in the client, by a process of that group
inside()
{
	local group=$1

	shift
	# shellcheck disable=SC2016	# expanded inside
	on client bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP/$group" "$@"
}

# group GROUP: its id as the eight bytes of a key
group()
{
	local id i

	id=$(stat -c %i "$CGROUP/$1")
	for ((i = 0; i < 8; i++)); do
		printf '%d ' $((id >> 8 * i & 255))
	done
}

# spoken: what iperf3's connection is, MPTCP or TCP, by its server's protocol
mptcp_sockets()
{
	nstat_of client MPTcpExtMPCapableSYNTX
}

# iperf GROUP: MPTCP connections that iperf3 began from there (it makes two)
iperf()
{
	local before

	before=$(mptcp_sockets)
	on server iperf3 -s -1 >/run/iperf.server 2>&1 &
	soon listens 5201 || fail "no iperf3 server"
	inside "$1" iperf3 -c 10.0.1.2 -t 1 >/run/iperf.log 2>&1 ||
		{ cat /run/iperf.log; fail "iperf3"; }
	wait
	grep -q receiver /run/iperf.log || { cat /run/iperf.log; fail "no result"; }
	began=$(($(mptcp_sockets) - before))
}

listens()
{
	on server ss -Htln "sport = $1" | grep -q .
}

# curl_from GROUP: MPTCP connections that curl began from there
curl_from()
{
	local before

	before=$(mptcp_sockets)
	inside "$1" curl -sS -o /run/got http://10.0.1.2/file || fail "curl"
	began=$(($(mptcp_sockets) - before))
	cmp /run/www/file /run/got || fail "what curl got differs"
}

mptcpify()
{
	mkdir -p /run/www && head -c 3M /dev/urandom >/run/www/file || fail "no file"
	on server busybox httpd -p 80 -h /run/www
	soon listens 80 || fail "no httpd"
	use default
	iperf ours
	is "MPTCP without mptcpify" "$began" 0
	curl_from ours
	is "MPTCP without mptcpify, curl" "$began" 0
	bpftool prog loadall bpf/mptcpify.bpf.o $PINS/mptcpify autoattach ||
		fail "does not load"
	iperf ours
	is "MPTCP, nobody named" "$began" 0
	# shellcheck disable=SC2046	# words
	bpftool map update name mptcpify_groups key $(group ours) value 1 || fail "map"
	iperf ours
	is "MPTCP, the group" "$began" 2
	curl_from ours
	is "MPTCP, the group, curl" "$began" 1
	iperf ours/below
	is "MPTCP, a group below" "$began" 2
	iperf other
	is "MPTCP, another group" "$began" 0
	curl_from other
	is "MPTCP, another group, curl" "$began" 0
	# shellcheck disable=SC2046	# words
	bpftool map update name mptcpify_groups key $(group ours/below) value 0 || fail "map"
	iperf ours/below
	is "MPTCP, an exception below" "$began" 0
	bpftool map update name mptcpify_groups key 0 0 0 0 0 0 0 0 value 1 || fail "map"
	iperf other
	is "MPTCP, everybody" "$began" 2
	iperf ours/below
	is "MPTCP, the exception" "$began" 0
}

# with the server's listener MPTCP as well, an unmodified program uses both paths
both_paths()
{
	local i

	knob client scheduler wrr
	knob server scheduler wrr
	on server iperf3 -s -1 >/run/iperf.server 2>&1 &
	soon listens 5201 || fail "no iperf3 server"
	paths_start 2
	inside other iperf3 -c 10.0.1.2 -t 3 >/run/iperf.log 2>&1 || fail "iperf3"
	wait
	paths_end 2
	for i in 1 2; do
		[ "${sent[i]}" -gt 1000000 ] || fail "path $i was not used"
	done
}

ended()
{
	rm -r $PINS/mptcpify
	iperf ours
	is "MPTCP, mptcpify gone" "$began" 0
}

# name NAME: as 16 bytes
name()
{
	local i

	for ((i = 0; i < 16; i++)); do
		printf '%d ' "'${1:i:1}" 2>/dev/null
	done
}

# chosen GROUP SCHEDULER: the connection that a process of the group makes has it
chosen()
{
	# shellcheck disable=SC2016	# expanded inside
	inside "$1" bash -c 'echo $$ >/run/chosen; exec mptcpx_traffic hold "$@"' - \
		-c "$(address "$NETLAB_FAMILY")" -P "$PORT" -t 600 -W 2 >/dev/null &
	soon connection "$2" || { look; fail "$1: not with $2"; }
	kill -USR1 "$(cat /run/chosen)"
	wait $! || fail "the connection"
}

# choose_port SCHEDULER: for connections to where the server listens
choose_port()
{
	# shellcheck disable=SC2046	# words
	bpftool map update pinned $PINS/choose/choose_ports key $((PORT >> 8)) $((PORT & 255)) \
		value $(name "$1") || fail "map"
}

# choose FAMILY: at connect4 or connect6
choose()
{
	netlab_down
	export NETLAB_FAMILY=$1
	unshaped 2
	use minrtt
	bpftool prog loadall bpf/choose.bpf.o $PINS/choose pinmaps $PINS/choose ||
		fail "does not load"
	bpftool cgroup attach $CGROUP/ours "cgroup_inet$1_connect" \
		pinned "$PINS/choose/choose$1" || fail "does not attach"
	choose_port redundant
	chosen ours redundant
	chosen other minrtt
	# no such scheduler: that of the namespace
	choose_port nonesuch
	chosen ours minrtt
	# and data, with subflows that join while the hook is there
	choose_port wrr
	inside ours mptcpx_traffic data -c "$(address "$1")" -P "$PORT" -n 8M -D both -W 2 |
		tee /run/data.log
	grep -q verified=1 /run/data.log || fail "no data"
	grep -Eq 'verified=0|fallback=1' /run/data.log && fail "damage"
	bpftool cgroup detach $CGROUP/ours "cgroup_inet$1_connect" \
		pinned "$PINS/choose/choose$1" || fail "does not detach"
	rm -r $PINS/choose
}

# copied: bytes that were sent again, on the client's connection
copied()
{
	look | sed -n 's/.* copied=\([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}

app()
{
	bpftool struct_ops register bpf/app.bpf.o $PINS || fail "does not register"
	use bpf_app
	traffic_start msg -s 1200 -i 5000 -n 1600 -W 2
	soon connection bpf_app || { look; fail "not used"; }
	sleep $((2 * SLOW))
	# of some 480000 bytes; none by the scheduler, but where time is real and the
	# machine is busy the core's own retransmission timer may fire
	between "copies, bulk" "$(copied)" 0 50000
	traffic_end
	bpftool map update name ports key $((PORT >> 8)) $((PORT & 255)) value 1 0 ||
		fail "map"
	traffic_start msg -s 1200 -i 5000 -n 1600 -W 2
	soon connection bpf_app || { look; fail "not used"; }
	sleep $((2 * SLOW))
	between "copies, interactive" "$(copied)" 100000 10000000
	traffic_end
	use default
	rm $PINS/bpf_app
}

# a scheduler for each connection, at both ends: the one that accepts asks no hook
dispatch()
{
	local side

	bpftool struct_ops register bpf/dispatch.bpf.o $PINS || fail "does not register"
	use bpf_dispatch
	hold -W 2
	soon connection bpf_dispatch || { look; fail "nobody named, and not kept"; }
	release
	# shellcheck disable=SC2046	# words
	bpftool map update name dispatch_ports key $((PORT >> 8)) $((PORT & 255)) \
		value $(name redundant) || fail "map"
	# from the second decision on
	traffic_start msg -s 1200 -i 5000 -n 400 -D both -W 2
	for side in client server; do
		soon connection redundant $side || { look $side; fail "not left to it: $side"; }
	done
	traffic_end
	traffic data -n 4M -D both -w random -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	# no such scheduler
	# shellcheck disable=SC2046	# words
	bpftool map update name dispatch_ports key $((PORT >> 8)) $((PORT & 255)) \
		value $(name nonesuch) || fail "map"
	hold -W 2
	soon connection bpf_dispatch || { look; fail "left to nobody"; }
	release
	use default
	rm $PINS/bpf_dispatch
}

ktap_run lab_up mptcpify both_paths ended "choose 6" "choose 4" app dispatch
