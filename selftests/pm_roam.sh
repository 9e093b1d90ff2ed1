#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager: subflows that are lost come back, and connections whose
# every address is gone go on when one returns. Virtual time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

lab_up()
{
	pm_lab 20/10 20/25
	pm client close_timeout 3600
	pm server close_timeout 3600
}

# shellcheck disable=SC2317
timeouts_kept()
{
	is "before" "$(knob client close_timeout)" 60
	pm client policy fullmesh
	is "while in force" "$(knob client close_timeout)" 3600
	pm client policy none
	is "after" "$(knob client close_timeout)" 60
}

# outage FROM TO COMMAND...: the last address there is, that of path FROM, goes; after
# COMMAND address TO comes. How long there was none, ms, in $away
outage()
{
	local off

	off=$(now)
	address_off "$1"
	"${@:3}"
	away=$(($(now) - off))
	address_on "$2"
}

# resumed DIR: how long after the address has a route does it go on, ms? What was on its
# way to the server when the address went arrives one delay later
resumed()
{
	calc "$(field gap_us "$(grep "dir=$1" <<<"$result")") / 1000 - $away"
}

# roam SECONDS FROM TO: all addresses gone for so long, then address TO.
# A stream with a message every 5 ms meanwhile
roam()
{
	local size=1200

	# in ten minutes that would be 140 MB to catch up with
	[ "$1" -lt 600 ] || size=120
	# only path FROM to begin with
	[ "$2" = 1 ] || address_off 1
	address_off 2
	# both ways: once one end has sent all, the core adds no subflow any more
	traffic_start msg -s $size -i 5000 -n "$((($1 + 6) * 200))" -D both -T $(($1 + 400))
	sleep 2.5
	outage "$2" "$3" sleep "$1"
	traffic_end
	both_addresses
}

# RTT 20 ms on path 1, 50 ms on path 2
resumes()
{
	policy fullmesh
	roam "$@"
	figure "outage of $1 s, path $2 to path $3, $4: resumed after, ms" "$(resumed "$4")" 0 \
		"$(calc "$3 == 1 ? 160 : 250")"
}

stock_resumes()
{
	pm client policy fullmesh
	pm server policy none
	ip -n server mptcp limits set subflows 8 add_addr_accepted 8
	# from one path's address one reaches that path only
	ip -n server mptcp endpoint add 10.0.2.2 signal
	serve
	roam "$@"
	ip -n server mptcp endpoint flush
	figure "stock peer, outage of $1 s, path $2 to path $3, $4: resumed after, ms" \
		"$(resumed "$4")" 0 "$(calc "$3 == 1 ? 160 : 250")"
	ip -n server mptcp limits set subflows 0 add_addr_accepted 0
}

# send_buffer SIDE: of the connection, its size, how much of it is taken, and the number of
# the next byte the program may put there
send_buffer()
{
	on "$1" ss -MHnim state established | sed -n \
		's/.*,tb\([0-9]*\),f[0-9]*,w\([0-9]*\),.* write_seq:\([0-9a-f]*\).*/\1 \2 \3/p'
}

# held_up SECONDS SIDE...: for so long the senders there are blocked: their buffers are full,
# and take nothing more
held_up()
{
	local side size taken next
	local -A was

	# what room there is in the beginning is filled
	sleep 3
	for side in "${@:2}"; do
		read -r size taken next <<<"$(send_buffer "$side")"
		# poll() says that there is room when a third of it is free
		between "of $size bytes of the send buffer, $side, taken" "$taken" \
			$((size * 2 / 3)) $((size * 2))
		was[$side]=$next
	done
	sleep $(($1 - 3))
	for side in "${@:2}"; do
		read -r size taken next <<<"$(send_buffer "$side")"
		is "next byte, $side" "$next" "${was[$side]}"
	done
}

# blocked SECONDS FROM TO DIR: as resumes, but all that is to be sent is there from the
# beginning. DIR is up or both: a client that has nothing to send at all ends its direction,
# and the core adds no subflow then
blocked()
{
	local dir dirs=up sides=client late

	[ "$4" = up ] || dirs="up down" sides="client server"
	policy fullmesh
	address_off 2
	traffic_start msg -s 1200 -i 0 -n 10000 -D "$4" -T $(($1 + 400))
	sleep 2.5
	# shellcheck disable=SC2086	# a list of words
	outage "$2" "$3" held_up "$1" $sides
	traffic_end
	both_addresses
	for dir in $dirs; do
		# a queue of 60 ms and the delay of path 1 were still on their way to the server
		late=$([ "$dir" = up ] && echo 70 || echo 0)
		figure "blocked for $1 s, path $2 to path $3, $dir: resumed after, ms, at most" \
			"$(calc "$(resumed "$dir") + $late")" 0 "$(calc "$3 == 1 ? 260 : 350")"
	done
}

# raw_server: in place of the one there is, one that tells when each message arrived
raw_server()
{
	# shellcheck disable=SC2046	# a list of numbers
	kill $(cat /run/servers)
	PORT=$((PORT + 1))
	echo $PORT >/run/port
	ip netns exec server mptcpx_traffic listen -P $PORT --raw >/run/server.log 2>&1 &
	echo $! >/run/servers
	disown
	soon listening || fail "server does not listen"
}

# gaps FILE MS: of a stream with a message every 5 ms, ages as --raw tells them: the longest
# gap of all, and the longest one among messages due more than so long after its begin; ms
gaps()
{
	awk -v after="$2" '
	$1 == "sample" {
		at = $2 * 5 + $3 / 1000
		gap[$2] = n++ ? at - last : 0
		last = at
		if (gap[$2] > gap[first])
			first = $2
	}
	END {
		for (i = int(first + after / 5); i < n; i++)
			if (gap[i] > next_one)
				next_one = gap[i]
		print gap[first], next_one + 0
	}' "$1"
}

# after_roam POLICY EVENT TO [MS]: all addresses are gone for 10 s; the stream goes on by path
# TO, and a second later, when there is a second path again for MS, loses that as well. To be
# repaired as fast as a first failure (pm_events.sh)
after_roam()
{
	local other=$((3 - $3)) limit=45 least=0.9 file=/run/server.log first second dir

	# the default scheduler uses both, and handover the better one
	[ "$1" = handover ] || least=0.3
	pm client prefer "eth$3"
	policy "$1"
	raw_server
	# what has waited is sent within half a second
	traffic_start msg -s 240 -i 5000 -n 3400 -D both -W 2 -T 100 --raw
	have 2
	sleep 1.5
	address_off "$other"
	outage "$3" "$3" sleep 10
	sleep 0.5
	address_on "$other"
	have 2
	paths_start 2
	sleep "$(calc "${4:-300} / 1000")"
	paths_end 2
	case $2 in
	address) address_off "$3" ;;
	link) ip -n client link set "eth$3" down ;;
	silent) netlab_set "$3" down ;;
	esac
	wait "$traffic_pid" || {
		grep -v ^sample /run/traffic.log
		fail "stream"
	}
	ip -n client link set "eth$3" up
	netlab_set "$3" up
	both_addresses
	pm client prefer ""
	figure "share of path $3" "$(calc "${sent[$3]} / (${sent[1]} + ${sent[2]})")" $least 1
	case $1-$2 in
	handover-silent) limit=450 ;;
	*-silent) limit=550 ;;
	esac
	for dir in up down; do
		read -r first second <<<"$(gaps $file 10500)"
		figure "$dir: first gap, ms" "$first" 9900 10500
		figure "$dir: second gap, ms" "$second" 1 $limit
		# the news takes path 2's delay to the server
		limit=$((limit + 25))
		file=/run/traffic.log
	done
}

# the same twice: the second failure is repaired as fast as the first
again()
{
	local i t

	policy fullmesh
	traffic_start data -n 30M -D both -W 2 -T 200
	have 2
	for i in 1 2 3; do
		address_off 1
		sleep 0.5
		t=$(follow 2 bash -c 'ip addr add 10.0.1.1/24 dev eth1
			ip route replace 10.0.1.0/24 dev eth1 src 10.0.1.1 table 101')
		figure "address back, subflow back, ms" "$t" 0 200
		sleep 0.5
		address_off 2
		sleep 0.5
		t=$(follow 2 bash -c 'ip addr add 10.0.2.1/24 dev eth2
			ip route replace 10.0.2.0/24 dev eth2 src 10.0.2.1 table 102')
		figure "address back, subflow back, ms" "$t" 0 260
	done
	traffic_end
	! grep -q verified=0 <<<"$result" || fail "data differ"
}

resets()
{
	local i side

	policy fullmesh
	traffic_start hold -t 20 -W 2
	have 2
	sleep 1.5
	for i in 1 2; do
		for side in client server; do
			on $side ss -K src 10.0.$i.0/24 >/run/ss.log
			figure "reset by the $side, path $i: gone after, ms" \
				"$(follow 1 true)" 0 100
			figure "back after, ms" "$(follow 2 true)" 0 1000
			sleep 2
		done
	done
	traffic_end
	is alive "$(field alive "$result")" 1
}

# silent SECONDS: path 2 swallows everything; its subflow is ended, and once the path is
# back it is used
silent()
{
	local t before bytes ended left

	policy fullmesh
	traffic_start bulk -t $(($1 + 9)) -W 2 -T 200
	have 2
	sleep 2
	netlab_set 2 down
	ended=$(follow 1 true)
	sleep "$(calc "$1 - $ended / 1000")"
	left=$(pairs client)
	before=$(now)
	netlab_set 2 up
	until has 2; do
		[ $(($(now) - before)) -lt 8000 ] || break
		sleep 0.02
	done
	t=$(($(now) - before))
	bytes=$(netlab_bytes client 2)
	sleep 1
	bytes=$(($(netlab_bytes client 2) - bytes))
	# retransmission timeouts of 0.3 s, for the queue is full
	figure "path dead, subflow ended after, ms" "$ended" 0 1000
	is "subflows then" "$left" "10.0.1.1>10.0.1.2"
	figure "path back, used again after, ms" "$t" 0 1000
	figure "bytes sent there in the next second" "$bytes" 500000 5000000
	traffic_end
}

carrier()
{
	local t

	policy fullmesh
	traffic_start hold -t 12 -W 2
	have 2
	netlab_set 2 linkdown
	soon has 1 || fail "the subflow stays"
	sleep 2
	netlab_set 2 up
	t=$(follow 2 true)
	# the kernel may take a second to see the carrier, and so may the
	# switch in the middle, which lets nothing pass until it has
	figure "carrier back, subflow back after, ms" "$t" 0 2700
	traffic_end
}

# whoever says no is asked seldom
refusals()
{
	local before creates

	policy fullmesh
	printf '%s\n' "table inet t {" "chain c {" "type filter hook input priority 0;" \
		"iifname eth2 tcp flags syn / syn,ack reject with tcp reset" "}" "}" |
		on server nft -f -
	traffic_start hold -t 40 -W 1
	have 1
	before=$(counter Creates)
	sleep 30
	creates=$(($(counter Creates) - before))
	between "attempts in 30 s" "$creates" 2 12
	on server nft flush ruleset
	traffic_end
	is alive "$(field alive "$result")" 1
}

prohibit()
{
	printf '%s\n' "table ip t {" "chain c {" "type filter hook input priority 0;" \
		"iifname eth2 ip protocol tcp reject with icmp type admin-prohibited" "}" "}" |
		on server nft -f -
}

# somebody says no by ICMP: to what begins, and to what is there
icmp()
{
	local creates

	policy fullmesh
	prohibit
	traffic_start bulk -t 30 -W 1
	have 1
	creates=$(counter Creates)
	sleep 8
	between "attempts in 8 s" $(($(counter Creates) - creates)) 2 8
	on server nft flush ruleset
	within 10 has 2 || { view; fail "path 2 is not used"; }
	sleep 1.5
	prohibit
	# to a subflow that is there TCP takes it for a hint only
	figure "subflow gone after, ms" "$(follow 1 true)" 0 1500
	on server nft flush ruleset
	within 10 has 2 || { view; fail "path 2 is not used again"; }
	traffic_end
}

# a path that dies while nothing is sent
idle()
{
	local i

	pm client keepalive 2
	pm server keepalive 2
	policy fullmesh
	traffic_start hold -t 25 -W 2
	have 2
	sleep 1
	netlab_set 2 down
	for i in {1..100}; do
		has 1 && break
		sleep 0.1
	done
	has 1 || fail "not found out"
	say "found out after some $((i * 100)) ms"
	netlab_set 2 up
	have 2
	traffic_end
	is alive "$(field alive "$result")" 1
}

# path 1's subflow that works: its number
first_path()
{
	view | sed -n 's/^  subflow=\([0-9]*\) .*local=10\.0\.1\.1:.*phase=up.*/\1/p'
}

# a NAT on path 1 forgets what it knows, while nothing is sent
forgotten()
{
	local was is="" t bytes

	pm client keepalive 2
	pm server keepalive 60
	policy fullmesh
	masquerade
	# three times, the first after the beginning, the next one 6 s later
	traffic_start fetch -s 2M -n 2 -i 6000000 -W 2 -T 60
	have 2
	sleep 2
	was=$(first_path)
	on client mptcpx_forget || fail "conntrack"
	t=$(now)
	while [ -z "$is" ] || [ "$is" = "$was" ]; do
		[ $(($(now) - t)) -lt 10000 ] || break
		sleep 0.02
		is=$(first_path)
	done
	t=$(($(now) - t))
	# asked after 2 s at the latest, and the peer's reset is the answer
	figure "found out, and replaced after, ms" $t 0 2300
	have 2
	bytes=$(netlab_bytes server 1)
	traffic_end
	on client nft flush ruleset
	# of 4 MB
	figure "bytes that came by path 1 afterwards" \
		$(($(netlab_bytes server 1) - bytes)) 1000000 4000000
	pm client keepalive 60
}

# delivered SECONDS: to the client, by one connection; the longest time, ms, in which there
# was nothing new
delivered()
{
	# shellcheck disable=SC2016
	on client bash -c '
		exec 7<> <(:)
		longest=0
		start=${EPOCHREALTIME/./}
		last=$start
		while :; do
			line=$(ss -MHni state established)
			next=${line#*rcv_nxt:}
			next=${next%% *}
			now=${EPOCHREALTIME/./}
			[ $((now - last)) -lt $longest ] || longest=$((now - last))
			[ "$next" = "$seen" ] || last=$now
			seen=$next
			[ $((now - start)) -lt $(($1 * 1000000)) ] || break
			read -rt 0.02 -u 7
		done
		echo $((longest / 1000))' - "$1"
}

# the server has nothing to send for some seconds, while path 1 dies; then it sends, alone
server_alone()
{
	local pid before longest left

	policy fullmesh
	traffic_start bulk -t 16 -D down -W 2 -T 60
	have 2
	sleep 1
	pid=$(cat /run/servers)
	read -r pid <"/proc/$pid/task/$pid/children"
	kill -STOP "$pid"
	# what it has sent arrives
	sleep 3
	before=$(delivered 1)
	netlab_set 1 down
	sleep 5
	kill -CONT "$pid"
	longest=$(delivered 3)
	left=$(pairs server)
	netlab_set 1 up
	traffic_end
	between "nothing arrives, ms" "$before" 950 1200
	# looked at once a second, and dead 0.6 s later
	figure "longest time without data, ms" "$longest" 0 1700
	is "subflows then" "$left" "10.0.2.2>10.0.2.1"
}

# stays CLIENT'S SERVER'S: the client makes no subflow again, so the one there is has to
# live through an outage that both ends hear of, as plain TCP would
stays()
{
	netlab_down
	lab_up
	policy "$1" "$2"
	traffic_start msg -s 1200 -i 5000 -n 1600 -D both -T 60
	have 1 server
	sleep 1
	netlab_set 1 linkdown
	sleep 1.5
	netlab_set 1 up
	traffic_end
	is status "$(field status "$result")" 0
	is subflows "$(field subflows "$result")" 1
	say "longest gaps: $(grep -o 'gap_us=[0-9.]*' <<<"$result" | tr '\n' ' ')"
}

at_last()
{
	policy none
	unload
	netlab_down
}

ktap_run lab_up timeouts_kept "resumes 10 1 1 up" "resumes 10 1 2 up" "resumes 10 1 1 down" \
	"resumes 10 1 2 down" "resumes 120 1 1 up" "resumes 120 1 2 down" "resumes 600 1 2 up" \
	"resumes 600 1 1 down" "stock_resumes 10 1 1 up" "stock_resumes 10 1 2 up" \
	"stock_resumes 10 1 1 down" "stock_resumes 10 1 2 down" "blocked 10 1 1 up" \
	"blocked 10 1 2 up" "blocked 10 1 1 both" "blocked 10 1 2 both" "blocked 120 1 1 both" \
	"blocked 120 1 2 up" "blocked 600 1 1 up" "blocked 600 1 2 both" \
	"after_roam fullmesh address 1" "after_roam fullmesh link 2" \
	"after_roam fullmesh silent 1" "after_roam fullmesh silent 1 310" \
	"after_roam fullmesh silent 1 500" "after_roam fullmesh silent 1 800" \
	"after_roam handover address 2" "after_roam handover link 1" \
	"after_roam handover silent 1" again resets "silent 5" "silent 20" carrier refusals icmp \
	idle forgotten server_alone "stays none fullmesh" "stays server fullmesh" at_last
