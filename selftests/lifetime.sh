#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading, with connections, under traffic, with namespaces that
# come and go. The console is watched by whoever runs the guest.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

lab_up()
{
	unshaped 2
}

# rmmod_soon MODULE: and if it does not go, who holds it.
#
# A connection killed between two reads is an orphan whose window closes for
# good: both ends live on until the core gives it up, TCP_TIMEWAIT_LEN (60 s)
# after its close, whatever the scheduler (mptcp_close_timeout() of 6.12).
rmmod_soon()
{
	local side

	within 75 rmmod "$1" 2>/run/rmmod.log && return
	tail -n 1 /run/rmmod.log
	for side in client server; do
		echo "$side:"
		look $side
		on $side ss -HaMn
	done
	fail "$1 is in use for ever"
}

exact()
{
	traffic data -n "$1" -D both -W "${2:-2}"
	! grep -q verified=0 <<<"$result" || fail "data differ"
}

in_use()
{
	use "$1"
	hold -W 2
	soon connection "$1" || fail "no connection"
	refused "in use" rmmod "mptcp_$1"
	connection "$1" || fail "the connection lost its scheduler"
	release
	use default
	rmmod_soon "mptcp_$1"
	modprobe "mptcp_$1" || fail "does not load again"
}

# a module is held by those above it
order()
{
	refused "in use" rmmod mptcpx
	rmmod_soon mptcp_minrtt
	refused "in use" rmmod mptcpx
	rmmod_soon mptcp_wrr
	rmmod_soon mptcp_redundant
	rmmod_soon mptcpx
	modprobe mptcp_wrr || fail "mptcp_wrr"
	modprobe mptcp_minrtt || fail "mptcp_minrtt"
	modprobe mptcp_redundant || fail "mptcp_redundant"
}

# no trace is left, and connections work
unloaded()
{
	use default
	unload
	is available "$(knob client available_schedulers)" default
	on client test ! -e /proc/net/mptcpx || fail "/proc/net/mptcpx is left"
	on client test ! -e /proc/sys/net/mptcp/wrr || fail "a sysctl is left"
	on client test ! -e /proc/sys/net/mptcp/redundant || fail "a sysctl is left"
	exact 4M
	traffic data -n 4M -D both -p tcp
	modprobe -a $MODULES || fail "modules do not load again"
}

# one end stops in the middle, without a word
aborted()
{
	local i

	use "$1"
	for i in 1 2 3; do
		traffic_start data -n 32M -D both -W 2
		sleep 0.4
		kill -KILL "$traffic_pid"
		wait "$traffic_pid" 2>/dev/null
		traffic bulk -n 1M -W 2 --abort
	done
	use default
	rmmod_soon "mptcp_$1"
	modprobe "mptcp_$1"
}

# modules come and go while connections of all kinds are made
under_traffic()
{
	local round s pids=() pid

	for s in 1 2; do
		(for round in {1..6}; do
			on client mptcpx_traffic many -c 10.0.1.2 -P "$PORT" \
				-k 8 -n 300K || exit 1
		done) >/run/many.$s 2>&1 &
		pids+=($!)
	done
	for round in {1..5}; do
		for s in minrtt redundant wrr; do
			modprobe "mptcp_$s" || fail "mptcp_$s does not load"
			knob client scheduler $s
			knob server scheduler $s
			ip netns exec server mptcpx_traffic listen -1 -T 20 -P 4000 &
			pid=$!
			sleep 0.2
			on client mptcpx_traffic data -c 10.0.1.2 -P 4000 \
				-n 200K -D both || fail "data with $s"
			wait $pid
			rmmod "mptcp_$s" 2>/dev/null && say "unloaded $s"
		done
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || { cat /run/many.*; fail "traffic"; }
	done
	use default
	unload
	modprobe -a $MODULES || fail "modules do not load again"
}

# namespaces come and go, with connections in them, while modules do
namespaces()
{
	local round pids=() pid

	use default
	(for round in {1..12}; do
		ip netns add "ns$round"
		on "ns$round" bash -c '
			ip link set lo up
			cd /proc/sys/net/mptcp
			for s in redundant wrr minrtt; do
				echo $s >scheduler && break
			done
			mptcpx_traffic listen -1 -P 6000 -T 20 &
			sleep 0.2
			mptcpx_traffic data -c 127.0.0.1 -P 6000 -n 200K -D both
			cat /proc/net/mptcpx' >/run/ns.log 2>&1
		ip netns del "ns$round" || exit 1
	done) &
	pids+=($!)
	(for round in {1..10}; do
		for m in mptcp_wrr mptcp_minrtt mptcp_redundant; do
			rmmod $m 2>/dev/null
			modprobe $m || exit 1
		done
	done) &
	pids+=($!)
	for round in {1..4}; do
		traffic many -k 4 -n 300K
		is ok "$(field ok "$result")" 4
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || fail "namespaces or modules"
	done
}

# a namespace ends with its connections
namespace_dies()
{
	use "$1"
	traffic_start data -n 64M -D both -W 2
	sleep 0.5
	netlab_down
	wait "$traffic_pid" 2>/dev/null
	rmmod_soon "mptcp_$1"
	modprobe "mptcp_$1"
	lab_up
}

look_storm()
{
	local pid

	use redundant
	(for k in {1..60}; do
		look
		look server
	done) >/run/look.log 2>&1 &
	pid=$!
	traffic many -k 12 -n 500K
	wait $pid || fail "/proc/net/mptcpx"
	is ok "$(field ok "$result")" 12
}

# partly_old: a receiver short of memory, from several subflows at once, gets segments of
# which the beginning is there already, sends nothing after them, and ends. 6.12.117 alone
# warned of its account (compat.h) in one of 17 such connections.
partly_old()
{
	local side before n

	netlab_down
	unshaped 8
	for side in client server; do
		ip -n $side mptcp limits set subflows 7 add_addr_accepted 7 || fail limits
	done
	on client sysctl -qw net.ipv4.tcp_rmem="4096 16384 32768" || fail tcp_rmem
	use redundant-full
	before=$(nstat_of client MPTcpExtDuplicateData)
	for n in {1..80}; do
		traffic bulk -n 600K -D down -W 8 --settle 0.02 >/dev/null
	done
	between "segments that were there already" \
		$(($(nstat_of client MPTcpExtDuplicateData) - before)) 80 1e9
}

# the peer has the DATA_FIN, and the core forgets to look: it is reminded (fin.c)
noted_end()
{
	netlab_down
	unshaped 2
	use redundant-full
	noted_fin
	late
	traffic_end
	! grep -q verified=0 <<<"$result" || fail "data differ"
}

at_last()
{
	use default
	unload
	netlab_down
}

ktap_run lab_up "in_use minrtt" "in_use redundant" "in_use wrr" order unloaded \
	"aborted minrtt" "aborted redundant" "aborted wrr" under_traffic \
	namespaces look_storm "namespace_dies redundant" "namespace_dies wrr" \
	partly_old noted_end at_last
