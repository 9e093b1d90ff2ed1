#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Allocations that fail: each one in turn of loading, of writing and reading each file, of
# a new namespace; then at random, while connections are made, moved and managed. What
# fails has changed nothing, what arrives is exact, nothing is leaked (the debug kernel
# searches its memory at the end of the run, and complains).
#
# Needs a kernel with fault injection: debug-6.12 (scripts/debug-kernel).
#
# PERCENT=N  of allocations that fail at random (default 3)

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"
# shellcheck source=selftests/faults_lib.sh
. "$(dirname "$0")/faults_lib.sh"

DEBUG=/sys/kernel/debug
SYS=/proc/sys/net/mptcp
PERCENT=${PERCENT:-3}
TIMES=1000000000	# so many may fail: what is left of it tells how many have
MOST=100	# allocations of one thing that are tried one by one, the last ones

needed()
{
	mount -t debugfs none $DEBUG 2>/dev/null
	[ -e $DEBUG/failslab/probability ] ||
		skip "this kernel has no fault injection (debug-6.12 has)"
}

# faults PERCENT TASK-FILTER IGNORE-GFP-WAIT KIND...
faults()
{
	local dir word

	for dir in "${@:4}"; do
		dir=$DEBUG/$dir
		[ ! -e "$dir/min-order" ] || echo 0 >"$dir"/min-order
		for word in verbose=0 times=$TIMES space=0 "task-filter=$2" \
			    "ignore-gfp-wait=$3" "probability=$1"; do
			echo "${word#*=}" >"$dir/${word%=*}" || fail "$dir does not take $word"
		done
	done
}

no_faults()
{
	faults 0 N Y failslab fail_page_alloc
}

# for mptcpx_nth: those that sleep as well
one_by_one()
{
	faults 0 N N failslab fail_page_alloc
}

# load MODULE MOST
load()
{
	needed
	one_by_one
	unload
	# what it needs, but not itself
	[ "$1" = mptcpx ] || modprobe mptcpx || fail "mptcpx"
	mptcpx_nth "$2" load "$(modinfo -n "$1")" || fail "$1"
	unload
}

lab_up()
{
	needed
	no_faults
	# shellcheck disable=SC2046	# a list of words
	pm_lab $(yes none | head -n 3)
	policy fullmesh
}

nth()
{
	on client mptcpx_nth $MOST "$@" || fail "$*"
}

# a connection that is there to be moved, or shown, as long as it takes
hold_on()
{
	traffic_start hold -t 3600 -W 3 -T 36000
	have 3
}

let_go()
{
	no_faults
	have 3
	kill -0 "$traffic_pid" || fail "the connection has ended: $(cat /run/traffic.log)"
	kill "$traffic_pid"
	wait "$traffic_pid"
	traffic data -n 1M -D both -W 3
}

writes()
{
	needed
	one_by_one
	hold_on
	nth write $SYS/scheduler_live minrtt default
	nth write $SYS/scheduler_live redundant default
	nth write $SYS/scheduler_ports 7=wrr ""$'\n'
	nth write $SYS/wrr/weights "eth0=3 *=2" $'\n'
	nth write $SYS/wrr/mode auto weights
	nth write $SYS/redundant/mode full opportunistic
	nth write $SYS/pm/num_subflows 2 1
	nth write $SYS/pm/exclude 'eth7 e*7' veth7
	nth write $SYS/pm/close_timeout 100 0
	nth write $SYS/pm/policy interactive fullmesh
	nth write /proc/net/mptcpx "token=$(first_token client) scheduler=wrr" \
		"token=$(first_token client) scheduler=default"
	let_go
}

policies()
{
	needed
	one_by_one
	policy none
	nth write $SYS/pm/policy fullmesh none
	nth write $SYS/pm/policy interactive none
	no_faults
	policy fullmesh
}

reads()
{
	local f

	needed
	one_by_one
	use redundant
	hold_on
	for f in /proc/net/mptcpx /proc/net/mptcpx_pm /proc/net/mptcpx_pm_stat \
		 $SYS/scheduler_live $SYS/scheduler_ports $SYS/wrr/weights $SYS/wrr/mode \
		 $SYS/pm/policy $SYS/pm/exclude $SYS/pm/num_subflows $SYS/pm/available_policies; do
		nth read "$f"
	done
	let_go
	use default
}

namespaces()
{
	needed
	one_by_one
	mptcpx_nth $MOST netns || fail "netns"
	no_faults
}

# what fails is this: of the path manager its worker, which takes what it finds
workers_fail()
{
	local p

	for p in /proc/[0-9]*; do
		case $(cat "$p/comm" 2>/dev/null) in
		kworker/u*|kthreadd) echo "$1" 2>/dev/null >"$p/make-it-fail" ;;
		esac
	done
}

# under_faults TASK-FILTER IGNORE-GFP-WAIT KIND...: transfers, short connections, swaps,
# addresses that come and go, state read
under_faults()
{
	local i kind hits=()

	needed
	policy fullmesh
	[ "$1" != Y ] || {
		workers_fail 1
		FAILING=1
	}
	# a program whose page fault fails dies, as it should: no complaint of the kernel
	echo 0 >/proc/sys/debug/exception-trace
	churn_start
	faults "$PERCENT" "$@"
	for ((i = 0; i < 8; i++)); do
		ip -n client addr del 10.0.2.1/24 dev eth2
		look
		view
		on client cat /proc/net/mptcpx_pm_stat
		ip -n client -batch - <<-'BACK'
			addr add 10.0.2.1/24 dev eth2
			route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102
		BACK
		sleep 1
	done >/run/under.log 2>&1
	for kind in "${@:3}"; do
		hits+=("$kind $((TIMES - $(<"$DEBUG/$kind/times")))")
	done
	no_faults
	echo 1 >/proc/sys/debug/exception-trace
	workers_fail 0
	FAILING=
	# the address may have been in the way of a fault
	ip -n client addr replace 10.0.2.1/24 dev eth2
	ip -n client route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102
	churn_end survived
	for kind in "${hits[@]}"; do
		between "failed by ${kind% *}" "${kind#* }" 1 1e9
	done
	# and all is well again
	policy fullmesh
	hold -W 3 --wait 60
	have 3
	release
	traffic data -n 1M -D both -W 3
}

at_last()
{
	needed
	policy none
	use default
	unload
	netlab_down
}

ktap_run lab_up writes policies reads \
	"under_faults N Y failslab" "under_faults N Y fail_page_alloc" \
	"under_faults Y N failslab" "under_faults Y N fail_page_alloc failslab" at_last \
	namespaces "load mptcp_redundant 40" "load mptcp_minrtt 40" "load mptcp_wrr 40" \
	"load mptcpx_pm 80" "load mptcpx 150"
