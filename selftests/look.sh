#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A look inside: /proc/net/mptcpx and the tracepoint tell what happens.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing

lab_up()
{
	lab 20/10 20/20
}

# a look, and something is on its way
in_flight()
{
	text=$(look)
	[[ $text =~ unacked=[1-9] ]]
}

# proc SCHEDULER [FAMILY]
proc()
{
	local text line n=0 share=0 num='=[0-9]+' v4='=[0-9.]+:[0-9]+' conn subflow

	conn="^token=[0-9a-f]{8} scheduler=$1 fallback=0 unsent$num unacked$num\$"
	subflow="^  subflow=[12] id$num/[0-9]+ local$v4 remote$v4 backup=0 stale=0"
	subflow="$subflow srtt_us$num cwnd$num bytes="

	use "$1"
	traffic_start bulk -t $((SLOW > 1 ? 8 : 3)) -W 2
	sleep 2
	soon in_flight
	traffic_end
	say "$text"
	is connections "$(grep -c ^token= <<<"$text")" 1
	is subflows "$(grep -c '^  subflow=' <<<"$text")" 2
	while IFS= read -r line; do
		case $line in
		token=*)
			[[ $line =~ $conn ]] ||
				fail "line: $line"
			between unacked "$(field unacked "$line")" 1 20000000
			;;
		*)
			n=$((n + 1))
			[[ $line =~ $subflow ]] ||
				fail "line: $line"
			# twice the delay; queues of 100 packets at most on top
			figure srtt_us "$(field srtt_us "$line")" \
				$((n * 20000 - 1000)) $((n * 20000 + 130000))
			between cwnd "$(field cwnd "$line")" 10 2000
			if [ "$1" = default ]; then
				is share "$(field share "$line")" -
				continue
			fi
			between bytes "$(field bytes "$line")" 100000 20000000
			between copied "$(field copied "$line")" 0 20000000
			share=$(calc "$share + $(field share "$line" | tr -d %)")
			;;
		esac
	done <<<"$text"
	[ "$1" = default ] || between "sum of shares" "$share" 99.8 100.2
}

# what it says was given to a subflow is what left by the interface
agrees()
{
	local text i bytes

	use "$1"
	paths_start 2
	traffic_start msg -s 1200 -i 2000 -n 1000 -W 2
	sleep 1.8
	# what has been sent arrives, and no more comes
	kill -STOP "$traffic_pid"
	sleep 0.2
	text=$(look)
	paths_end 2
	kill -CONT "$traffic_pid"
	traffic_end
	for i in 1 2; do
		bytes=$(field bytes "$(grep "local=10.0.$i.1:" <<<"$text")")
		say "path $i: $bytes by account, ${sent[i]} on the wire"
		[ "$bytes" -gt 20000 ] || continue
		between "wire / account" "$(calc "${sent[i]} / $bytes")" 1.0 1.15
	done
}

# of each namespace its own
apart()
{
	use minrtt
	hold -W 2
	soon established 2 || fail "no connection"
	is "client's" "$(look client | grep -c ^token=)" 1
	is "first namespace's" "$(grep -c ^token= /proc/net/mptcpx)" 0
	[ "$(look client | grep ^token=)" != "$(look server | grep ^token=)" ] ||
		fail "both ends have the same token"
	release
}

all_there()
{
	[ "$(look | grep -c ^token=)" = 24 ]
}

# many connections, more than a page of text: each is shown once
many()
{
	local i pids=() text

	use wrr
	for i in {1..24}; do
		on client mptcpx_traffic hold -c 10.0.1.2 -P "$PORT" -t $((6 * SLOW)) -W 2 &
		pids+=($!)
	done
	sleep 4
	soon all_there
	text=$(look)
	is connections "$(grep -c ^token= <<<"$text")" 24
	is "different ones" "$(grep -o '^token=[0-9a-f]*' <<<"$text" | sort -u | wc -l)" 24
	is "by the byte" "$(on client dd if=/proc/net/mptcpx bs=300 2>/dev/null |
		grep -o '^token=[0-9a-f]*' | sort -u | wc -l)" 24
	wait "${pids[@]}"
}

trace()
{
	local text n form num='=[0-9]+'

	form="token=[0-9a-f]{8} sched=$1 subflow=-?[0-9]+ paths$num from$num len$num"
	form="$form again=[01] more=[01] unsent$num unacked$num room$num srtt_us$num\$"
	[ -e $tracing/events ] || mount -t tracefs none $tracing 2>/dev/null
	[ -e $tracing/events/mptcpx/mptcpx_decision/enable ] ||
		fail "no tracepoint"
	use "$1"
	echo >$tracing/trace
	echo 1 >$tracing/events/mptcpx/mptcpx_decision/enable
	traffic msg -s 1200 -i 5000 -n $((SLOW > 1 ? 200 : 100)) -W 2
	echo 0 >$tracing/events/mptcpx/mptcpx_decision/enable
	text=$(grep mptcpx_decision: $tracing/trace)
	n=$(grep -c . <<<"$text")
	tail -n 3 <<<"$text"
	between decisions "$n" 100 10000
	is "not to be parsed" "$(grep -v -c -E "$form" <<<"$text")" 0
	# each message was decided upon, and all were given to somebody
	n=$(sed -n '/subflow=-1/d; s/.* again=0 .* unsent=\([0-9]*\) .*/\1/p' <<<"$text" |
		awk '{ s += $1 } END { print s + 0 }')
	between "bytes given" "$n" 100000 10000000
	[ "$1" != redundant ] || grep -q again=1 <<<"$text" || fail "no copy traced"
	[ "$1" = redundant ] || ! grep -q again=1 <<<"$text" || fail "a copy traced"
}

# off again: silent
trace_off()
{
	use minrtt
	echo >$tracing/trace
	traffic msg -s 1200 -i 5000 -n 20 -W 2
	is events "$(grep -c mptcpx_decision: $tracing/trace)" 0
}

ktap_run lab_up "proc default" "proc minrtt" "proc redundant" "proc wrr" \
	"agrees minrtt" "agrees redundant" "agrees wrr" apart many \
	"trace minrtt" "trace redundant" "trace wrr" trace_off
