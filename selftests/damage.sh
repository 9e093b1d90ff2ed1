#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Networks that lose, damage, double and reorder packets, and links that flap, with
# every connection's scheduler changed all the time and with our path manager or the
# kernel's. Each byte has to arrive as it was sent. Virtual time: waiting costs nothing.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

SCHEDULERS="default minrtt redundant wrr"

lab_up()
{
	local side

	pm_lab 20/10 20/10 20/25
	# with 30 % loss what is left may take more than the minute that the core waits after
	# close() before it resets a connection
	pm client close_timeout 3600
	pm server close_timeout 3600
	# handshakes that are lost twice would turn MPTCP off for an hour
	for side in client server; do
		[ ! -e /proc/sys/net/mptcp/blackhole_timeout ] || knob $side blackhole_timeout 0
	done
}

# managed POLICY: none is the kernel's path manager, as netlab sets it up
managed()
{
	local i

	everywhere loss=0 corrupt=0 dup=0 reorder=0
	ip -n client mptcp endpoint flush
	ip -n server mptcp endpoint flush
	if [ "$1" = none ]; then
		policy none
		for i in client server; do
			ip -n $i mptcp limits set subflows 8 add_addr_accepted 8
		done
		ip -n server mptcp endpoint add 10.0.2.2 dev eth2 signal
		ip -n server mptcp endpoint add 10.0.3.2 dev eth3 signal
	else
		policy "$1"
	fi
}

# transfer BYTES: both ways, however long it takes.
#
# A handshake that comes in another order makes plain TCP of a connection
# (subflow_syn_recv_sock() of 6.12 and 7.3), and no scheduler is asked any more. That
# cannot happen any more once there is a second subflow: until then try again.
transfer()
{
	local i

	for i in {1..8}; do
		on client mptcpx_traffic data -c "$(address 4)" -P "$PORT" -n "$1" -D both \
			-w random -W 2 --wait 60 --connect 120 -T 3000 >/run/transfer.log 2>&1 &&
			return
		grep -q wanted /run/transfer.log || return
		sleep 1
	done
}

transferred()
{
	cat /run/transfer.log
	is "verified" "$(grep -c verified=1 /run/transfer.log)" 2
	is "fallback" "$(grep -c fallback=0 /run/transfer.log)" 1
}

# exact BYTES: schedulers changing
exact()
{
	# shellcheck disable=SC2086	# words
	swaps_start 0.2 $SCHEDULERS
	transfer "$1"
	swaps_end
	transferred
}

swaps_start()
{
	: >/run/swap
	swapper client "$@" >/run/swaps &
	# not in step
	swapper server 0.17 "${@:3}" default >/run/swaps.server &
	swaps_pids=$(jobs -p)
}

swaps_end()
{
	rm /run/swap
	# shellcheck disable=SC2086	# a list of numbers
	wait $swaps_pids
	say "swaps: client $(cat /run/swaps), server $(cat /run/swaps.server)"
	# a swapper ends without a word when one is refused
	is "swappers that were never refused" \
		"$(cat /run/swaps /run/swaps.server | grep -c '^[1-9][0-9]*$')" 2
}

# everywhere NAME=VALUE...: on all three paths
everywhere()
{
	local i

	for i in 1 2 3; do
		netlab_set $i "$@" || fail "netlab_set $i $*"
	done
}

# sign NAME: how often both ends have noticed what that does
sign()
{
	local counter side

	case $1 in
	corrupt) counter=TcpInCsumErrors ;;
	dup) counter=TcpExtTCPDSACKOldSent ;;
	reorder) counter=TcpExtTCPOFOQueue ;;
	loss) counter=TcpRetransSegs ;;
	esac
	for side in client server; do
		on $side nstat -asz $counter
	done | awk '/^Tcp/ { n += $2 } END { print n + 0 }'
}

# damaged POLICY BYTES NAME=VALUE...
damaged()
{
	local word before=()

	managed "$1"
	for word in "${@:3}"; do
		before+=("$(sign "${word%=*}")")
	done
	everywhere "${@:3}"
	exact "$2"
	for word in "${@:3}"; do
		between "noticed of $word" $(($(sign "${word%=*}") - before[0])) 1 1e9
		before=("${before[@]:1}")
	done
}

# ended: subflows that either end took to be dead, so far. The client tells the server of
# its own; the server, which makes none, aborts no others.
ended()
{
	echo $(($(counter Withdraws client) + $(counter Aborts server)))
}

# a path that loses packets is not dead
patient()
{
	local before

	managed fullmesh
	everywhere loss=25
	before=$(ended)
	transfer 1M
	transferred
	between "subflows ended for silence" $(($(ended) - before)) 0 5
}

# only one path has it; the others must not suffer
one_bad_path()
{
	managed fullmesh
	netlab_set 1 loss=30 corrupt=2 dup=10 reorder=30 || fail "path 1"
	exact 1M
}

# flaps POLICY: links lose their carrier in turn, never all at once
flaps()
{
	local i n=0 pid

	managed "$1"
	# shellcheck disable=SC2086	# words
	swaps_start 0.3 $SCHEDULERS
	transfer 16M &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		i=$((n % 3 + 1))
		netlab_set $i linkdown || fail "path $i"
		sleep 0.4
		netlab_set $i up || fail "path $i"
		sleep 0.3
		n=$((n + 1))
		[ $n -lt 400 ] || fail "no end"
	done
	swaps_end
	say "$n flaps"
	[ $n -ge 5 ] || fail "too few flaps"
	transferred
}

# all paths silent for a while, then without carrier: the connection waits
outage()
{
	local i pid

	managed fullmesh
	# shellcheck disable=SC2086	# words
	swaps_start 0.3 $SCHEDULERS
	transfer 16M &
	pid=$!
	sleep 1
	for i in 1 2 3; do
		netlab_set $i down || fail "path $i"
	done
	sleep 8
	for i in 1 2 3; do
		netlab_set $i up || fail "path $i"
	done
	sleep 1
	for i in 1 2 3; do
		netlab_set $i linkdown || fail "path $i"
	done
	sleep 8
	kill -0 $pid || fail "it was over before that"
	for i in 1 2 3; do
		netlab_set $i up || fail "path $i"
	done
	wait $pid
	swaps_end
	transferred
}

at_last()
{
	managed none
	use default
	live_default client
	live_default server
	unload
	netlab_down
}

live_default()
{
	on "$1" bash -c 'echo default >/proc/sys/net/mptcp/scheduler_live'
}

ktap_run lab_up \
	"damaged none 1M corrupt=2" \
	"damaged fullmesh 2M dup=20" \
	"damaged fullmesh 2M reorder=40" \
	"damaged none 1M loss=10" \
	"damaged fullmesh 512K loss=20" \
	"damaged fullmesh 128K loss=30" \
	"damaged fullmesh 512K loss=5 corrupt=1 dup=5 reorder=25" \
	"damaged interactive 256K loss=10 corrupt=1 dup=10 reorder=25" \
	patient one_bad_path "flaps none" "flaps fullmesh" "flaps handover" outage at_last
