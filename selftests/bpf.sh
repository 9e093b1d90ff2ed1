#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Schedulers written in BPF: registered, chosen, used, replaced, withdrawn; what the
# verifier and we refuse; what programs may answer.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PINS=/sys/fs/bpf

available()
{
	cat /proc/sys/net/mptcp/available_schedulers
}

offered()
{
	[[ " $(available) " = *" $1 "* ]]
}

# register OBJECT: with its link pinned below $PINS
register()
{
	bpftool struct_ops register "bpf/$1.bpf.o" $PINS || fail "$1 does not register"
}

# withdraw SCHEDULER: its link
withdraw()
{
	rm $PINS/"$1" || fail "no link of $1"
	within 10 gone "$1" || fail "$1 is still there: $(available)"
}

gone()
{
	! offered "$1"
}

load()
{
	modprobe -a $MODULES || fail "modules do not load"
	mount -t bpf none $PINS || fail "no bpffs"
	[ -e /sys/kernel/btf/mptcpx ] || fail "mptcpx has no BTF"
	is "available" "$(available)" "default minrtt redundant wrr"
}

# ours NAME [PATHS]: registered, chosen, carries data both ways, withdrawn
ours()
{
	local paths=${2:-2} size=4M

	[ -z "${QUICK:-}" ] || size=1M
	register "${1#bpf_}"
	offered "$1" || fail "not among $(available)"
	use "$1"
	traffic data -n $size -D both -w random -W "$paths"
	is fallback "$(field fallback "$result")" 0
	grep -q verified=0 <<<"$result" && fail "data differ"
	hold -W "$paths"
	soon connection "$1" || { look; fail "connection does not use $1"; }
	release
	use default
	withdraw "$1"
}

# the scheduler that Documentation/bpf.rst begins with
tutorial()
{
	register tutorial
	use mine
	traffic data -n 4M -D both -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	use default
	withdraw mine
}

# as programs for the MPTCP development tree are written
devtree()
{
	register devtree
	use bpf_devtree
	traffic data -n 4M -D both -w random -W 2
	is fallback "$(field fallback "$result")" 0
	grep -q verified=0 <<<"$result" && fail "data differ"
	paths_start 2
	# a decision for each message: in bulk, how much goes until the next one is TCP's affair
	traffic msg -s 1200 -i 5000 -n 300 -W 2
	paths_end 2
	figure "share of path 1" "$(calc "${sent[1]} / (${sent[1]} + ${sent[2]})")" 0.3 0.7
	traffic many -k 50 -n 20K
	use default
	rm $PINS/devtree
	within 10 gone bpf_devtree || fail "still there: $(available)"
}

# entry N: of an array of numbers in /run/map
entry()
{
	sed -n "s/.*\"key\": $1,.*\"value\": \([0-9]*\).*/\1/p
		/\"key\": $1,/{n;s/.*\"value\": \([0-9]*\).*/\1/p}" /run/map | head -n 1
}

# numbers that are no sockets find none
forged()
{
	register forged
	use forged
	traffic data -n 4M -D both -w random -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	bpftool map dump name forged_what >/run/map
	between "numbers tried" "$(entry 0)" 100 1000000000
	is "found something" "$(entry 1)" 0
	use default
	withdraw forged
}

# finds_nothing NAME [TEXT]: what it hands to kfuncs and helpers is nothing to them; or the
# verifier refuses it, for that reason
finds_nothing()
{
	local text

	if [ -n "${2:-}" ]; then
		text=$(bpftool struct_ops register "bpf/$1.bpf.o" $PINS 2>&1)
		if gone "$1"; then
			grep -Eq "$2" <<<"$text" || {
				tail -n 15 <<<"$text"
				fail "refused, but not because of '$2'"
			}
			say "the verifier refuses it"
			return
		fi
	else
		register "$1"
	fi
	use "$1"
	traffic data -n 4M -D both -w random -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	traffic many -k 20 -n 20K
	bpftool map dump name "$1_what" >/run/map
	between "tried" "$(entry 0)" 100 1000000000
	is "found something" "$(entry 1)" 0
	use default
	withdraw "$1"
}

# relabbed FAMILY PATHS: the same over other paths
relabbed()
{
	local s

	netlab_down
	export NETLAB_FAMILY=$1
	unshaped "$2"
	for s in "${@:3}"; do
		ours bpf_$s "$2"
	done
}

# a native scheduler goes and comes while a BPF one asks it
asked_goes()
{
	local i job

	register app
	use bpf_app
	: >/run/transfers
	transfers &
	job=$!
	for ((i = 0; i < 10; i++)); do
		sleep 0.3
		rmmod mptcp_minrtt || fail "mptcp_minrtt does not unload"
		sleep 0.3
		modprobe mptcp_minrtt || fail "mptcp_minrtt does not load"
	done
	rm /run/transfers
	wait $job || { cat /run/transfers.log; fail "a transfer failed"; }
	grep -q verified=1 /run/transfers.log || fail "no transfer"
	grep -Eq 'verified=0|fallback=1' /run/transfers.log && fail "damage"
	use default
	withdraw bpf_app
}

# verifier OBJECT TEXT: the verifier refuses it, for that reason
verifier()
{
	local text

	text=$(bpftool struct_ops register "bpf/$1.bpf.o" $PINS 2>&1) && fail "not refused"
	grep -Eq "$2" <<<"$text" || {
		tail -n 15 <<<"$text"
		fail "refused, but not because of '$2'"
	}
	gone "$1" || fail "refused, and registered"
}

# not_loaded OBJECT TEXT: the same of a program of another kind
not_loaded()
{
	local text

	text=$(bpftool -d prog load "bpf/$1.bpf.o" $PINS/not 2>&1) && fail "not refused"
	grep -Eq "$2" <<<"$text" || {
		tail -n 15 <<<"$text"
		fail "refused, but not because of '$2'"
	}
}

by_name()
{
	local i n

	bpftool struct_ops register bpf/counted.bpf.o || fail "does not register"
	use counted
	traffic data -n 2M -D both -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	traffic many -k 50 -n 20K
	# a connection that nobody accepts: released before anything was to be decided
	on client mptcpx_traffic hold -c 10.0.1.2 -P 9 -t 1 >/dev/null 2>&1 &&
		fail "somebody listens"
	bpftool struct_ops list | grep -q counted || fail "bpftool does not list it"
	hold -W 2
	soon connection counted || fail "not used"
	bpftool map dump name counted_what >/run/map
	bpftool struct_ops unregister name counted || fail "does not unregister"
	gone counted || fail "still there"
	# those that used it go on with the default
	connection default || { look; fail "connection is not with the default"; }
	release
	for i in 0 1 2 3 4; do
		n[i]=$(entry $i)
	done
	say "init ${n[0]} release ${n[1]} storage lost ${n[2]} again ${n[3]} refused ${n[4]}"
	[ "${n[0]}" -gt 100 ] || fail "init was not called for each socket"
	[ "${n[1]}" -gt 100 ] || fail "release was not called for each socket"
	is "storage lost" "${n[2]}" 0
	[ "${n[3]}" -gt 0 ] || fail "nothing was sent again"
	is "empty ranges taken" "${n[4]}" "${n[3]}"
}

link_goes()
{
	register rr
	use bpf_rr
	traffic_start data -n 30M -D both -W 2
	soon connection bpf_rr || fail "not used"
	withdraw bpf_rr
	connection default || { look; fail "connection is not with the default"; }
	look server | grep -q "scheduler=bpf_rr" && fail "the server's is not"
	traffic_end
	grep -q verified=0 <<<"$result" && fail "data differ"
	:
}

# left_behind SCHEDULER BYTES: one that never sends, or only the same: what it leaves
# behind has to get going without it
left_behind()
{
	register "$1"
	use "$1"
	# the greeting of the traffic program itself may not pass
	ip netns exec client mptcpx_traffic data -c 10.0.1.2 -P "$PORT" -n "$2" -D both \
		>/run/left.log 2>&1 &
	soon connection "$1" || fail "not used"
	sleep 2
	[ "$1" != never ] || kill -0 $! || fail "the transfer has ended"
	use default
	withdraw "$1"
	wait $! || { cat /run/left.log; fail "the transfer failed"; }
	grep -q verified=0 /run/left.log && fail "data differ"
	cat /run/left.log
}

wild()
{
	register wild
	use wild
	traffic data -n 4M -D both -w random -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	traffic many -k 20 -n 50K
	use default
	withdraw wild
}

# transfers one after the other, each verified, until /run/transfers is gone
transfers()
{
	while [ -e /run/transfers ]; do
		ip netns exec client mptcpx_traffic data -c 10.0.1.2 -P "$PORT" \
			-n 8M -D both -W 2 || return
	done >/run/transfers.log 2>&1
}

# other programs behind the link, under traffic
replaced()
{
	local n job held

	register rr
	use bpf_rr
	ip netns exec client mptcpx_traffic hold -c 10.0.1.2 -P "$PORT" -t 600 -W 2 \
		>/run/hold.log 2>&1 &
	held=$!
	soon connection bpf_rr || fail "not used"
	: >/run/transfers
	transfers &
	job=$!
	for ((n = 0; n < 20; n++)); do
		mptcpx_link $PINS/bpf_rr bpf/rr.bpf.o || fail "update $n"
	done
	refused "Invalid argument" mptcpx_link $PINS/bpf_rr bpf/first.bpf.o
	connection bpf_rr || fail "the scheduler has changed"
	rm /run/transfers
	wait $job || { cat /run/transfers.log; fail "a transfer failed"; }
	grep -q verified=0 /run/transfers.log && fail "data differ"
	say "$(grep -c verified=1 /run/transfers.log) transfers"
	kill -USR1 $held
	wait
	grep -q alive=1 /run/hold.log || fail "the idle connection has not survived"
	use default
	withdraw bpf_rr
}

held()
{
	register first
	refused "in use" rmmod mptcpx
	withdraw bpf_first
}

lab_up()
{
	unshaped 2
}

unloads()
{
	unload
	[ ! -e /sys/module/mptcpx ] || fail "mptcpx is still there"
}

# with QUICK one family and eight subflows; the rest is the core's
relabbed=("relabbed 6 2 rr red wrr burst" "relabbed 4 8 rr red wrr burst")
[ -z "${QUICK:-}" ] || relabbed=("relabbed 6 8 red wrr")
ktap_run load lab_up \
	"ours bpf_first" "ours bpf_rr" "ours bpf_bkup" "ours bpf_red" "ours bpf_minrtt" \
	"ours bpf_wrr" "ours bpf_burst" "ours bpf_stale" "ours bpf_app" tutorial \
	devtree forged "finds_nothing invented" "finds_nothing strangers" \
	"finds_nothing others 'must be referenced or trusted'" \
	by_name link_goes "left_behind never 1M" wild "left_behind again 3M" \
	replaced asked_goes held \
	"verifier bad_type 'expected pointer to STRUCT mptcp_subflow_context'" \
	"verifier bad_null 'invalid mem access .*ptr_or_null_'" \
	"verifier bad_released 'expected an initialized iter_mptcpx_subflow'" \
	"verifier bad_leak 'Unreleased reference|reference leak'" \
	"verifier bad_loop 'infinite loop detected|loop.* too|too large|too many'" \
	"verifier bad_write 'of struct mptcp_sock at .* must not be written'" \
	"verifier bad_view 'of struct mptcpx_scene at .* must not be written'" \
	"verifier bad_path 'access beyond struct mptcpx_scene'" \
	"verifier bad_place 'expected pointer to STRUCT mptcpx_path'" \
	"verifier bad_reach 'reached by reading must not be written|only read is supported'" \
	"verifier bad_cast 'only read is supported'" \
	"verifier bad_number 'untrusted_ptr_ expected|must be referenced or trusted'" \
	"verifier bad_tcp 'attach to unsupported member get_send'" \
	"verifier bad_sleep 'Invalid argument'" \
	"verifier bad_stale 'must be sleepable'" \
	"verifier bad_store 'invalid access to memory'" \
	"verifier bad_size 'not a const'" \
	"verifier bad_both 'Invalid argument'" \
	"verifier bad_none 'Invalid argument'" \
	"verifier bad_flags 'Invalid argument'" \
	"verifier bad_name 'Invalid argument'" \
	"verifier taken 'File exists'" \
	"verifier bad_ops 'not allowed'" \
	"not_loaded bad_prog 'not allowed'" \
	"${relabbed[@]}" unloads
