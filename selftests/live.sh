#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Another scheduler for connections that are up: all of a namespace, or one.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

ALL="default minrtt redundant wrr bpf_rr bpf_red bpf_minrtt bpf_wrr"

load()
{
	local s

	modprobe -a $MODULES || fail "modules do not load"
	mount -t bpf none /sys/fs/bpf || fail "no bpffs"
	for s in rr red minrtt wrr; do
		bpftool struct_ops register bpf/$s.bpf.o /sys/fs/bpf || fail "no $s"
	done
	unshaped 3
}

# live NAMESPACE SCHEDULER
live()
{
	on "$1" bash -c "echo $2 >/proc/sys/net/mptcp/scheduler_live"
}

# others NAMESPACE SCHEDULER: connections that have another one
others()
{
	look "$1" | grep token= | grep -vc "scheduler=$2 "
}

knob_alone()
{
	use default
	is "as it is" "$(knob client scheduler_live)" default
	live client wrr
	is "follows" "$(knob client scheduler)" wrr
	knob client scheduler minrtt
	is "leads" "$(knob client scheduler_live)" minrtt
	is "the other namespace" "$(knob server scheduler)" default
	refused "No such file" live client nonesuch
	refused "Invalid argument" live client a_name_that_is_much_too_long
	is "unchanged" "$(knob client scheduler)" minrtt
}

moves()
{
	local s

	use default
	hold -W 3
	soon connection default || fail "no connection"
	for s in wrr bpf_red redundant minrtt default; do
		live client $s
		connection $s || { look; fail "not moved to $s"; }
		connection default server || fail "the server's was moved"
	done
	release
}

# what a listener accepts has what the listener was given
listeners()
{
	use default
	live server bpf_rr
	hold -W 3
	soon connection bpf_rr server || { look server; fail "not what was accepted"; }
	release
	live server default
}

by_token()
{
	local token second

	use default
	ip netns exec client mptcpx_traffic hold -c 10.0.1.2 -P "$PORT" -t 600 -W 3 >/dev/null &
	second=$!
	hold -W 3
	soon established 6 || { look; fail "no two connections"; }
	token=$(look | sed -n 's/^token=\([^ ]*\).*/\1/p' | head -n 1)
	on client bash -c "echo token=$token scheduler=wrr >/proc/net/mptcpx" ||
		fail "cannot move $token"
	look | grep -q "token=$token scheduler=wrr " || { look; fail "not moved"; }
	is "others" "$(others client wrr)" 1
	is "namespace" "$(knob client scheduler)" default
	refused "No such process" on client bash -c \
		"echo token=00000001 scheduler=wrr >/proc/net/mptcpx"
	refused "No such file" on client bash -c \
		"echo token=$token scheduler=nonesuch >/proc/net/mptcpx"
	for text in "" "token=" "token=zz scheduler=wrr" "scheduler=wrr" "token=1" \
		    "token=$token scheduler=" "token=$token scheduler=wrr x"; do
		refused "Invalid argument" on client bash -c \
			"echo '$text' >/proc/net/mptcpx"
	done
	refused "No such process" bash -c "echo token=$token scheduler=wrr >/proc/net/mptcpx"
	look | grep -q "token=$token scheduler=wrr " || { look; fail "changed"; }
	release
	kill -USR1 $second
	wait $second || fail "the other connection"
}

# swapped MODE ARGUMENT...: through a transfer, every scheduler at both ends in turn
swapped()
{
	local n

	use default
	: >/run/swap
	# shellcheck disable=SC2086	# words
	swapper client 0 $ALL >/run/swaps &
	# shellcheck disable=SC2086	# words
	swapper server 0 wrr bpf_red default redundant $ALL >/run/swaps.server &
	traffic "$@" -W 3
	rm /run/swap
	wait
	n=$(cat /run/swaps)
	say "$n swaps of the client, $(cat /run/swaps.server) of the server"
	[ "$n" -ge 100 ] || fail "too few"
	grep -q verified=0 <<<"$result" && fail "data differ"
	is fallback "$(field fallback "$result")" 0
}

# 10000 swaps of a connection in use, by two processes that meet
ten_thousand()
{
	local before after i

	use default
	cat >/run/swap.sh <<-'SWAP'
		for ((i = 0; i < 1250; i++)); do
			for s in minrtt redundant bpf_wrr wrr; do
				echo $s >/proc/sys/net/mptcp/scheduler_live || exit 1
			done
		done
	SWAP
	ip netns exec client mptcpx_traffic bulk -c 10.0.1.2 -P "$PORT" -t 2 -W 3 >/dev/null
	before=$(slab_kb Slab)
	: >/run/transfers
	while [ -e /run/transfers ]; do
		ip netns exec client mptcpx_traffic data -c 10.0.1.2 -P "$PORT" -n 20M -D both \
			-W 3 || exit 1
	done >/run/transfers.log 2>&1 &
	sleep 1
	for i in 1 2; do
		on client bash /run/swap.sh &
		pids[i]=$!
	done
	wait "${pids[1]}" || fail "a swap failed"
	wait "${pids[2]}" || fail "a swap failed"
	rm /run/transfers
	wait || fail "a transfer failed"
	cat /run/transfers.log
	grep -q verified=1 /run/transfers.log || fail "no transfer"
	grep -Eq 'verified=0|fallback=1|timeout' /run/transfers.log && fail "damage"
	live client default
	sleep 3
	after=$(slab_kb Slab)
	say "slab $before kB, then $after kB"
	[ $((after - before)) -lt 8192 ] || fail "memory is lost"
}

# a process that keeps its connection to itself: all others are moved, and told so
kept()
{
	use minrtt
	stuck 30
	hold -W 3
	soon connection minrtt || fail "no connection"
	refused "busy" timeout 10 ip netns exec client bash -c \
		'echo bpf_wrr >/proc/sys/net/mptcp/scheduler_live'
	is others "$(others client bpf_wrr)" 1
	look | grep -q busy=1 || { look; fail "it is not kept"; }
	release
	# its scheduler goes all the same
	timeout 20 rm /sys/fs/bpf/bpf_wrr || fail "the link stays"
	kill "$stuck_pid"
	wait "$stuck_pid"
	bpftool struct_ops register bpf/wrr.bpf.o /sys/fs/bpf >/dev/null || fail "bpf_wrr"
	live client default
}

crowd()
{
	local start ms s

	ip netns add crowd
	on crowd ip link set lo up
	coproc CROWD { ip netns exec crowd mptcpx_pairs 5000; }
	read -r -t 200 ready <&"${CROWD[0]}" || fail "no crowd"
	is "established" "$ready" "ready 10000"
	for s in minrtt bpf_wrr redundant default wrr; do
		start=${EPOCHREALTIME/./}
		live crowd $s || fail "cannot move to $s"
		ms=$(((${EPOCHREALTIME/./} - start) / 1000))
		is "others" "$(others crowd $s)" 0
		figure "ms to move 10000 connections to $s" $ms 0 1000
		echo >&"${CROWD[1]}"
		read -r -t 100 ready <&"${CROWD[0]}" || fail "no answer"
		is "alive" "$ready" "alive 10000"
	done
	eval "exec ${CROWD[1]}>&-"
	wait
	ip netns del crowd
}

# by the port: at either end, at the first decision, and only there
ports()
{
	local text

	use minrtt
	on client bash -c "echo '22=wrr $PORT=redundant' >/proc/sys/net/mptcp/scheduler_ports" ||
		fail "not taken"
	is "text" "$(knob client scheduler_ports)" "22=wrr $PORT=redundant"
	is "text elsewhere" "$(knob server scheduler_ports)" ""
	hold -W 3
	soon connection redundant || { look; fail "not by the port"; }
	connection minrtt server || { look server; fail "the server's was chosen too"; }
	live client wrr
	connection wrr || fail "not moved"
	release
	for text in "22" "22=" "=wrr" "0=wrr" "9-1=wrr" "65536=wrr" "a=wrr" "22=wrr;" \
		    "22=a_name_that_is_too_long" "22-=wrr" "22=wrr 23"; do
		on client bash -c "echo '$text' >/proc/sys/net/mptcp/scheduler_ports" \
			2>/run/refused && fail "'$text' was taken"
		grep -Eq 'Invalid argument|No such file' /run/refused || fail "$(cat /run/refused)"
		is "text after '$text'" "$(knob client scheduler_ports)" \
			"22=wrr $PORT=redundant"
	done
	# the server's own port, and a range; data both ways
	use minrtt
	for side in client server; do
		on $side bash -c "echo '1-$PORT=bpf_red' >/proc/sys/net/mptcp/scheduler_ports"
	done
	traffic data -n 8M -D both -W 3
	grep -q verified=0 <<<"$result" && fail "data differ"
	hold -W 3
	soon connection bpf_red server || { look server; fail "not by the server's port"; }
	release
	# the default, and none
	on client bash -c "echo '$PORT=default' >/proc/sys/net/mptcp/scheduler_ports"
	hold -W 3
	soon connection default || { look; fail "not the default"; }
	release
	for side in client server; do
		on $side bash -c "echo >/proc/sys/net/mptcp/scheduler_ports"
		is "text" "$(knob $side scheduler_ports)" ""
	done
	traffic data -n 8M -D both -W 3
	grep -q verified=0 <<<"$result" && fail "data differ"
	:
}

# nothing that could be unloaded is in use by who was moved away
let_go()
{
	use default
	live client wrr
	hold -W 3
	soon connection wrr || fail "not used"
	refused "in use" rmmod mptcp_wrr
	live client minrtt
	knob client scheduler default
	rmmod mptcp_wrr || fail "mptcp_wrr is still held"
	release
	modprobe mptcp_wrr
}

unloads()
{
	rm /sys/fs/bpf/bpf_*
	use default
	unload
}

ktap_run load knob_alone moves listeners by_token let_go ports kept \
	"swapped data -n 100M -D both -w random" \
	ten_thousand crowd unloads
