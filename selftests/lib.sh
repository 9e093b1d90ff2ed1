# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the guest's tests share: KTAP, and short words for the lab.
#
# A test file defines functions and ends in
#
#     ktap_run "FUNCTION [ARGUMENT]..." ...
#
# Each string is one test, and its own description. It runs in a subshell and
# passes if that ends with 0; `fail` and `skip` end it otherwise. What a test
# prints becomes diagnostics.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=/dev/null
. scripts/vm/netlab.sh

KSFT_SKIP=4
MODULES="mptcp_minrtt mptcp_redundant mptcp_wrr"

# A kernel that looks for mistakes is slow, and a test that holds a connection
# open to look at it needs longer.
SLOW=1
case $(uname -r) in
*-debug|*-kcsan) SLOW=10 ;;
esac

# ---- KTAP ----

say()
{
	echo "$*"
}

fail()
{
	say "FAILED: $*"
	exit 1
}

skip()
{
	say "$*" >/run/ktap.skip
	exit $KSFT_SKIP
}

ktap_run()
{
	local n=0 failed=0 test status start why

	echo "KTAP version 1"
	echo "1..$#"
	for test; do
		n=$((n + 1))
		start=${EPOCHREALTIME/./}
		(
			set -u
			PORT=$(cat /run/port 2>/dev/null)
			eval "$test"
		) >/run/ktap.log 2>&1 </dev/null
		status=$?
		sed 's/^/# /' /run/ktap.log
		case $status in
		0)
			echo "ok $n $test"
			;;
		"$KSFT_SKIP")
			read -r why </run/ktap.skip
			echo "ok $n $test # SKIP $why"
			;;
		*)
			failed=$((failed + 1))
			echo "not ok $n $test"
			;;
		esac
		echo "# took $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
	done
	[ $failed -eq 0 ]
}

# ---- checks ----

# is WHAT VALUE WANTED
is()
{
	[ "$2" = "$3" ] || fail "$1: '$2', wanted '$3'"
}

# between WHAT VALUE LOW HIGH: numbers, fractions allowed
between()
{
	say "$1: $2 (wanted: $3 to $4)"
	awk -v x="$2" -v lo="$3" -v hi="$4" \
		'BEGIN { exit !(x ~ /^-?[0-9]/ && x >= lo && x <= hi) }' ||
		fail "$1: $2 is not between $3 and $4"
}

# figure WHAT VALUE LOW HIGH: of time, or of what was sent in a time. On a kernel that
# looks for mistakes it is that kernel's: shown, without a limit
figure()
{
	[ $SLOW -gt 1 ] || { between "$@"; return; }
	say "$1: $2 (no limit on this kernel)"
}

# refused ERROR COMMAND...: it fails, and says ERROR
refused()
{
	local want=$1 text

	shift
	text=$("$@" 2>&1) && fail "not refused: $*"
	case $text in
	*"$want"*) ;;
	*) fail "'$*' says '$text', not '$want'" ;;
	esac
}

# calc EXPRESSION: by awk
calc()
{
	awk "BEGIN { printf \"%.4f\", $1 }"
}

# field NAME TEXT: value of NAME=VALUE, first occurrence
field()
{
	[[ " $2" =~ [[:space:]]"$1"=([^[:space:]]*) ]] && echo "${BASH_REMATCH[1]}"
}

# within SECONDS COMMAND...: true by then
within()
{
	local i=$(($1 * 10)) step=0.1

	shift
	# each look costs a slow kernel as long as that
	[ $SLOW = 1 ] || i=$((i / SLOW)) step=1
	for (( ; i > 0; i--)); do
		"$@" && return
		sleep $step
	done
	return 1
}

# within eight seconds
soon()
{
	within $((8 * SLOW)) "$@"
}

# slab_kb [Slab]: slabs that cannot be given back, or all, kB
slab_kb()
{
	awk -v name="${1:-SUnreclaim}:" '$1 == name { print $2 }' /proc/meminfo
}

# ---- lab ----

on()
{
	ip netns exec "$@"
}

# knob SIDE NAME [VALUE]: read or write one below net.mptcp
knob()
{
	if [ $# -gt 2 ]; then
		on "$1" sysctl -qw "net.mptcp.$2=$3" ||
			fail "net.mptcp.$2 on $1 does not take '$3'"
	else
		on "$1" cat "/proc/sys/net/mptcp/${2//.//}"
	fi
}

# lab PATH...: also loads the modules and starts a server
lab()
{
	modprobe -a $MODULES || fail "modules do not load"
	netlab_up "$@" || fail "no lab"
	serve
}

# relab PATH...: another lab in place of the one there is
relab()
{
	netlab_down
	lab "$@"
}

# unshaped N: a lab of N paths as fast as they get
unshaped()
{
	# shellcheck disable=SC2046	# a list of words
	lab $(yes none | head -n "$1")
}

# nstat_of SIDE NAME: one of the kernel's counters
nstat_of()
{
	on "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

listening()
{
	on server ss -Htln | grep -q ":$PORT "
}

# A server on the next port, and no older one, unless KEEP is set: what is
# accepted has the scheduler the listener had from its start.
serve()
{
	[ -n "${KEEP:-}" ] || [ ! -e /run/servers ] || {
		# shellcheck disable=SC2046	# a list of numbers
		kill $(cat /run/servers) 2>/dev/null
		rm -f /run/servers
	}
	PORT=$(($(cat /run/port 2>/dev/null || echo 5000) + 1))
	echo $PORT >/run/port
	# not by on(): $! has to be the server itself
	ip netns exec server mptcpx_traffic listen -P $PORT >/run/server.log 2>&1 &
	echo $! >>/run/servers
	disown
	soon listening || fail "server does not listen"
}

# use NAME, both ends, and a new server: minrtt, redundant, redundant-full, wrr, wrr-auto, default
use()
{
	local side

	for side in client server; do
		knob $side scheduler "${1%%-*}"
		case $1 in
		redundant) knob $side redundant.mode opportunistic ;;
		redundant-full) knob $side redundant.mode full ;;
		wrr) knob $side wrr.mode weights ;;
		wrr-auto) knob $side wrr.mode auto ;;
		esac
	done
	serve
}

# address FAMILY: where the server is
address()
{
	case $1 in
	4) echo 10.0.1.2 ;;
	6) echo fd00:1::2 ;;
	esac
}

# paced MODE ARGUMENTS...: these in $args; but a slow kernel, which does not keep up with a
# message every 5 ms, and takes longer for what a test does meanwhile, has half of them at a
# tenth of the rate, and holds for longer
paced()
{
	local mode=$1 option= arg

	shift
	args=("$@")
	[ $SLOW != 1 ] || return 0
	args=()
	for arg; do
		case "$mode $option" in
		"hold -t") arg=$((arg * SLOW)) ;;
		"msg -i") arg=$((arg * SLOW)) ;;
		"msg -n") [[ " $* " == *" -i 0 "* ]] || arg=$(((arg + 1) / 2)) ;;
		esac
		args+=("$arg")
		option=$arg
	done
}

# traffic MODE ARGUMENT...: from client to server; the result in $result
traffic()
{
	local mode=$1 to args

	shift
	paced "$mode" "$@"
	to=$(address "${NETLAB_FAMILY:-4}")
	result=$(on client mptcpx_traffic "$mode" -c "$to" -P $PORT "${args[@]}" 2>&1) || {
		say "$result"
		fail "traffic: $mode $*"
	}
	say "$mode $*: ${result//$'\n'/; }"
}

# background traffic, its output in /run/traffic.log
traffic_start()
{
	local mode=$1 args

	shift
	paced "$mode" "$@"
	ip netns exec client mptcpx_traffic "$mode" \
		-c "$(address "${NETLAB_FAMILY:-4}")" -P $PORT "${args[@]}" >/run/traffic.log 2>&1 &
	traffic_pid=$!
}

# stuck SECONDS: a connection to $PORT that its process keeps to itself for so long
stuck()
{
	ip netns exec client mptcpx_stuck "$(address 4)" "$PORT" "$1" >/run/stuck 2>&1 &
	stuck_pid=$!
	soon grep -q stuck /run/stuck && return
	wait "$stuck_pid"
	[ $? != "$KSFT_SKIP" ] || skip "this kernel has no userfaultfd"
	cat /run/stuck
	fail "it is not stuck"
}

traffic_end()
{
	wait "$traffic_pid" || {
		cat /run/traffic.log
		fail "background traffic"
	}
	result=$(cat /run/traffic.log)
	say "${result//$'\n'/; }"
}

# hold ARGUMENTS...: a connection that is idle until it is released
hold()
{
	traffic_start hold -t 600 "$@"
}

# release: and was alive all the time
release()
{
	kill -USR1 "$traffic_pid" || fail "nobody holds a connection"
	traffic_end
	is alive "$(field alive "$result")" 1
}

# the connection of the client, its subflows: lines of /proc/net/mptcpx
look()
{
	on "${1:-client}" cat /proc/net/mptcpx
}

# connection SCHEDULER [SIDE]: there is an MPTCP connection with that one
connection()
{
	look "${2:-client}" | grep -q "scheduler=$1 "
}

established()
{
	[ "$(look | grep -c '^ *subflow=')" = "$1" ]
}

# paths_start; paths_end: bytes the client sent since, path by path, in $sent
paths_start()
{
	local i

	before=()
	for ((i = 1; i <= $1; i++)); do
		before[i]=$(netlab_bytes client $i)
	done
}

paths_end()
{
	local i

	sent=()
	for ((i = 1; i <= $1; i++)); do
		sent[i]=$(($(netlab_bytes client $i) - before[i]))
	done
	say "bytes by path: ${sent[*]}"
}

# swapper NAMESPACE SECONDS SCHEDULER...: each in turn for all connections that are up,
# with so much time between, until /run/swap is gone; prints how many
swapper()
{
	local ns=$1

	shift
	# two may come at the same time
	mkfifo /run/never 2>/dev/null
	# no program is started: in virtual time that takes its time
	# shellcheck disable=SC2016	# expanded in the namespace
	on "$ns" bash -c 'n=0
		while [ -e /run/swap ]; do
			for s in "${@:2}"; do
				echo "$s" >/proc/sys/net/mptcp/scheduler_live || exit 1
				n=$((n + 1))
				[ "$1" = 0 ] || read -r -t "$1" <>/run/never
			done
		done
		echo $n' sh "$@"
}

unload()
{
	local m

	for m in mptcpx_pm $MODULES mptcpx; do
		[ ! -e "/sys/module/$m" ] || within 75 rmmod "$m" 2>/dev/null || {
			lsmod
			rmmod "$m"
			fail "cannot unload $m"
		}
	done
}

# closing: has the client's application sent all it had?
closing()
{
	on client ss -MHan | grep -q "^FIN-WAIT-1 .*:$PORT\>"
}

# late RULE...: of what the client sends to the server, this is lost
late()
{
	local rule

	{
		printf '%s\n' "table inet late" "delete table inet late" "table inet late {" \
			"chain c {" "type filter hook output priority 0;"
		for rule; do
			echo "tcp dport $PORT tcp flags & (syn | ack) == ack $rule drop"
		done
		printf '%s\n' "}" "}"
	} | on client nft -f -
}

# ports of the client's subflows to the server's port
to_port()
{
	look | sed -n "s/^ *subflow=.* local=[^ ]*:\([0-9]*\) remote=[^ ]*:$PORT .*/\1/p"
}

both_to_port()
{
	[ "$(to_port | wc -l)" = 2 ]
}

# noted_fin: a transfer in the background whose receiver learns of the DATA_FIN from data that
# it has already. Data come by the first subflow, and by the second one only when that has sent
# them again; what acknowledges only is lost until then
noted_fin()
{
	local port

	traffic_start data -n 10K -D up -W 2 --settle $((2 * SLOW)) -T $((20 * SLOW))
	soon both_to_port || fail "no second subflow"
	port=$(to_port | tail -n 1)
	# and its handshake is over
	sleep 0.5
	late "meta length < 90" "tcp sport $port meta length >= 90"
	soon closing || fail "not sent"
	sleep 0.3
	late "meta length < 90"
	sleep 1.5
}
