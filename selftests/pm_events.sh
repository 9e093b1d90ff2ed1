#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager: each thing that can happen to the path in use, with each
# policy, IPv4, IPv6 and both; what a stream of 1200 bytes every 5 ms, both ways,
# feels of it. Virtual time. The lines "@ FAMILY POLICY PEER EVENT UP DOWN" are the
# table in Documentation/pathmanager.rst.
#
#     client                                    server
#       eth1 ------ 20 Mbit/s, 10 ms ------ eth1      where connections begin
#       eth2 ------ 20 Mbit/s, 25 ms ------ eth2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

# family 4|6|mixed: a lab where only that is spoken; mixed: IPv6 on path 1, where
# connections begin, IPv4 on the others
family()
{
	local side i

	pm_lab "${@:2}"
	echo "$1" >/run/family
	for ((i = 1; i < $#; i++)); do
		for side in client server; do
			[ "$(speaks $i)" = 4 ] || ip -4 -n $side addr flush dev eth$i
			[ "$(speaks $i)" = 6 ] || ip -6 -n $side addr flush dev eth$i scope global
		done
	done
	pm client close_timeout 3600
	pm server close_timeout 3600
}

another_family()
{
	netlab_down
	family "$@"
}

# speaks N: the family of path N
speaks()
{
	local family

	family=$(cat /run/family)
	case $family$1 in
	mixed1) echo 6 ;;
	mixed*) echo 4 ;;
	*) echo "$family" ;;
	esac
}

# host N SIDE: an address on path N, 1 for the client, 2 for the server
host()
{
	case $(speaks "$1") in
	4) echo "10.0.$1.$2" ;;
	6) echo "fd00:$1::$2" ;;
	esac
}

# off N [SIDE], back N [SIDE]: commands that take the address of path N away, or bring
# it back; SIDE as of host(), the client's unless told
off()
{
	local me=${2:-1}

	case $(speaks "$1") in
	4) echo "addr del 10.0.$1.$me/24 dev eth$1" ;;
	6) echo "addr del fd00:$1::$me/64 dev eth$1" ;;
	esac
}

back()
{
	local me=${2:-1} peer neigh

	peer=$((3 - me))
	neigh="neigh replace $(host "$1" $peer) dev eth$1 lladdr 02:00:00:00:0$1:0$peer"
	neigh+=" nud permanent"
	case $(speaks "$1") in
	4)
		printf '%s\n' "addr replace 10.0.$1.$me/24 dev eth$1" "$neigh" \
			"route replace 10.0.$1.0/24 dev eth$1 src 10.0.$1.$me table 10$1"
		;;
	6)
		printf '%s\n' "addr replace fd00:$1::$me/64 dev eth$1 nodad" "$neigh" \
			"route replace fd00:$1::/64 dev eth$1 table 10$1"
		;;
	esac
}

# ips [SIDE]
ips()
{
	ip -n "${1:-client}" -batch - || fail "ip"
}

# runs SIDE POLICY|stock: what is there; stock: nothing of ours, its endpoints set by
# hand, as somebody would who has no path manager of ours. The client's without "dev":
# bound to the interface the core would send a SYN from there to the server's first
# address, too, which nobody answers here, and the connection's retransmission timer
# waits for the longest timer of all subflows, so for that one's (mptcp_set_timeout()):
# gaps of 1450 to 2680 ms, by the moment, instead of 800 to 900.
runs()
{
	local i

	ip -n "$1" mptcp endpoint flush
	ip -n "$1" mptcp limits set subflows 0 add_addr_accepted 0
	if [ "$2" != stock ]; then
		pm "$1" policy "$2"
		return
	fi
	pm "$1" policy none
	ip -n "$1" mptcp limits set subflows 8 add_addr_accepted 8
	for i in 2 3 4; do
		[ -e "$NETLAB_STATE/path$i" ] || continue
		case $1 in
		client) echo "mptcp endpoint add $(host $i 1) subflow" ;;
		server) echo "mptcp endpoint add $(host $i 2) signal" ;;
		esac
	done | ips "$1"
}

# stream SECONDS SUBFLOWS: in the background, once it has that many
stream()
{
	serve
	NETLAB_FAMILY=$(speaks 1)
	traffic_start msg -s 1200 -i 5000 -n "$(calc "$1 * 200" | cut -d. -f1)" \
		-D both -W "$2" -T 400
}

# what the stream felt, ms: from the client, who knows what happened, and from the
# server, whom somebody has to tell
stream_gap()
{
	traffic_end
	up=$(calc "$(field gap_us "$(grep dir=up <<<"$result")") / 1000")
	down=$(calc "$(field gap_us "$(grep dir=down <<<"$result")") / 1000")
}

# gaps_within LIMIT WHAT...: the news takes the delay of path 2 to the other end
gaps_within()
{
	local near=$1 far=$(($1 + 25))

	say "@ $(cat /run/family) ${*:2} $up $down"
	case "$2 $3 $4" in
	# it is the server that knows
	stock*)
		near=$far
		far=$1
		;;
	# what a stock server sends waits for its own timeouts, whatever the client does
	*" stock silent") far=700 ;;
	esac
	figure "longest gap from the client, ms" "$up" 0 "$near"
	figure "longest gap from the server, ms" "$down" 0 "$far"
}

happen()
{
	case $1 in
	address) off 1 | ips ;;
	link) ip -n client link set eth1 down ;;
	carrier) netlab_set 1 linkdown ;;
	reset) on client ss -K dst "[$(host 1 2)]" >/dev/null ;;
	peer-reset) on server ss -K dst "[$(host 1 1)]" >/dev/null ;;
	silent) netlab_set 1 down ;;
	forgotten) on client mptcpx_forget || fail "conntrack" ;;
	came) back 2 | ips ;;
	server-address) off 1 2 | ips server ;;
	server-came) back 2 2 | ips server ;;
	esac
}

mend()
{
	case $1 in
	address) back 1 | ips ;;
	link)
		{
			echo "link set eth1 up"
			back 1
		} | ips
		;;
	carrier | silent) netlab_set 1 up ;;
	forgotten) on client nft flush ruleset ;;
	server-address) back 1 2 | ips server ;;
	esac
	soon _netlab_ready || fail "the lab is not as it was"
}

# event POLICY EVENT LIMIT [PEER [AFTER]]: the peer has the same policy unless told; one
# with ndiffports would announce nothing. LIMIT -: none, see as_stock()
event()
{
	local want=2 peer=${4:-$1} seen=client

	[ "$peer" != ndiffports ] || peer=fullmesh
	[ "$1" != stock ] || seen=server
	[ ! -e "$NETLAB_STATE/path3" ] || want=3
	[ ! -e "$NETLAB_STATE/path4" ] || want=4

	runs client "$1"
	pm client prefer eth1
	runs server "$peer"
	case $2 in
	came)
		off 2 | ips
		want=1
		;;
	server-came)
		off 2 2 | ips server
		want=1
		;;
	forgotten) masquerade ;;
	esac
	[ "$1" != ndiffports ] || want=2
	stream 2.4 $want
	if [ "$1 $peer" = "stock stock" ]; then
		netlab_wait_subflows client $want || fail "not $want subflows"
	else
		have $want $seen
	fi
	sleep "${5:-1.1}"
	happen "$2"
	case "$1 $2" in
	"ndiffports came") ;;
	*came) have 2 $seen ;;
	esac
	stream_gap
	mend "$2"
	if [ "$3" = - ]; then
		say "@ $(cat /run/family) $1 $peer $2 $up $down"
	else
		gaps_within "$3" "$1" "$peer" "$2"
	fi
}

middle()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# as_stock EVENT PEER: a stock client makes no subflow again and says nothing of what it
# lost, so what there is to hold our server to is what the client has of a stock one, which
# comes first. Where timers bring it back, the middle of several moments: where in them the
# event falls may double a gap. By silence a few ms matter: on 7.2, with both ends stock, 11
# of 15 moments within 30 ms have 367 to 375 ms, four 548.
as_stock()
{
	local base moment moments=1.1 stock_up stock_down

	base=/run/stock.$(cat /run/family).$1
	case $1 in
	address | link) moments="1.1 1.2 1.3" ;;
	silent) moments="1.1 1.104 1.108 1.112 1.2 1.204 1.3" ;;
	esac
	# with QUICK one: for kernels on which it has no limit
	[ -z "${QUICK:-}" ] || moments=1.1
	: >/run/ups
	: >/run/downs
	for moment in $moments; do
		event stock "$1" - "$2" "$moment"
		echo "$up" >>/run/ups
		echo "$down" >>/run/downs
	done
	up=$(middle </run/ups)
	down=$(middle </run/downs)
	if [ "$2" = stock ]; then
		echo "$up $down" >"$base"
		return
	fi
	read -r stock_up stock_down <"$base" || fail "nothing to compare with"
	figure "longest gap from the client, ms" "$up" 0 "$(calc "$stock_up + $SLACK")"
	figure "longest gap from the server, ms" "$down" 0 "$(calc "$stock_down + $SLACK")"
}

# roams PEER PATHS TO: on one path or two, no address for 10 s, then that of path
# TO comes. How long after it has a route does the stream go on? 3 RTT + 100 ms.
roams()
{
	local gone on gap rtt=20

	[ "$3" = 1 ] || rtt=50
	pm client policy fullmesh
	runs server "$1"
	[ "$2" = 2 ] || off 2 | ips
	stream 16 "$2"
	have "$2"
	{
		off 1
		[ "$2" = 1 ] || off 2
	} >/run/off
	back "$3" >/run/back
	sleep 2.5
	# nothing but the commands themselves between what is measured
	ip -n client -batch /run/off || fail "ip"
	gone=$(now)
	sleep 10
	on=$(now)
	ip -n client -batch /run/back || fail "ip"
	stream_gap
	{
		back 1
		back 2
	} | ips
	# less than 0: what was in flight, or was sent again before, arrived after all
	for gap in $up $down; do
		figure "resumed after, ms" "$(calc "$gap - ($on - $gone)")" -1000 \
			$((3 * rtt + 100))
	done
}

# within 100 ms: addresses, links, routes
follows()
{
	local t

	pm client policy fullmesh
	runs server fullmesh
	serve
	NETLAB_FAMILY=$(speaks 1)
	traffic_start hold -t 30 -W 2
	have 2
	off 2 >/run/off
	t=$(follow 1 ip -batch /run/off)
	figure "address gone, ms" "$t" 0 100
	back 2 >/run/back
	t=$(follow 2 ip -batch /run/back)
	figure "address there, ms" "$t" 0 160
	t=$(follow 1 ip link set eth2 down)
	figure "link down, ms" "$t" 0 100
	{
		echo "link set eth2 up"
		back 2
	} >/run/up
	t=$(follow 2 ip -batch /run/up)
	figure "link up, ms" "$t" 0 160
	grep ^route /run/back | sed "s/replace/del/" >/run/route
	t=$(follow 1 ip -batch /run/route)
	figure "route gone, ms" "$t" 0 100
	t=$(follow 2 ip -batch /run/back)
	figure "route there, ms" "$t" 0 160
	# no carrier at both ends; the kernel tells of one a second at once
	sleep 1.5
	printf '%s\n' "link set c2 down" "link set s2 down" >/run/carrier
	t=$(follow 1 ip netns exec mid ip -batch /run/carrier)
	figure "carrier lost, ms" "$t" 0 100
	netlab_set 2 up
	have 2
	traffic_end
	is alive "$(field alive "$result")" 1
}

# an address is used as soon as nobody else has it: at most 100 ms and the
# handshake after DAD is over
dad()
{
	local t

	pm client policy fullmesh
	runs server fullmesh
	serve
	NETLAB_FAMILY=6
	traffic_start hold -t 15 -W 2
	have 2
	off 2 | ips
	soon has 1 || fail "the subflow stays"
	on client bash -c 'echo 1 >/proc/sys/net/ipv6/conf/eth2/accept_dad'
	back 2 | sed 's/ nodad//' >/run/back
	# shellcheck disable=SC2016
	t=$(on client bash -c '
		exec 7<> <(:)
		ip -batch /run/back || exit
		over=
		start=${EPOCHREALTIME/./}
		while :; do
			now=${EPOCHREALTIME/./}
			# address, interface, length of prefix, scope, flags, name
			mapfile -t lines </proc/net/if_inet6
			for line in "${lines[@]}"; do
				set -- $line
				[ "$6 $4" != "eth2 00" ] || [ -n "$over" ] ||
					(( 0x$5 & 0x40 )) || over=$now
			done
			n=0
			mapfile -t lines </proc/net/mptcpx_pm
			for line in "${lines[@]}"; do
				[[ $line != *phase=up* ]] || n=$((n + 1))
			done
			[ $n != 2 ] || break
			[ $((now - start)) -lt 8000000 ] || exit
			read -rt 0.005 -u 7
		done
		echo $(((over - start) / 1000)) $(((now - over) / 1000))')
	say "DAD took ${t% *} ms"
	between "DAD" "${t% *}" 100 5000
	figure "DAD over, subflow there after, ms" "${t#* }" 0 160
	on client bash -c 'echo 0 >/proc/sys/net/ipv6/conf/eth2/accept_dad'
	traffic_end
}

# of four paths three go, one after the other, and come back
# four POLICY LIMIT [PEER]
four()
{
	local i peer=${3:-$1}

	runs client "$1"
	runs server "$peer"
	stream 6 4
	have 4
	sleep 1.2
	for i in 1 2 3; do
		off $i | ips
		sleep 0.2
	done
	soon has 1 || fail "subflows stay"
	for i in 1 2 3; do
		back $i | ips
	done
	have 4
	stream_gap
	gaps_within "$2" "$1" "$peer" three-of-four
}

at_last()
{
	policy none
	netlab_down
	rmmod mptcpx_pm || fail "does not unload"
}

# what each event may cost with a second path ready, ms: its delay and 20 where it
# is told; the kernel's own timeouts where it is not
told="came:25 address:45 link:45 carrier:45 reset:60 peer-reset:60 forgotten:80"
silent="fullmesh:550 handover:450 aggregate:550 interactive:300"
# what a gap may be longer with a stock client and our server than with both stock, ms:
# 400 ms of silence and what is left of a timeout are not the two timeouts of a stock one
SLACK=60

# events PEER POLICY...: each with everything that can happen; "-": its own policy
events()
{
	local peer=$1 p e

	[ "$peer" != - ] || peer=
	for p in "${@:2}"; do
		for e in $told; do
			# all its subflows are on one path: the next one has to be made
			[ "$p" != ndiffports ] || [ "$e" = came:25 ] || e=${e%:*}:250
			tests+=("event $p ${e%:*} ${e#*:}${peer:+ $peer}")
		done
		for e in $silent; do
			[ "$p" != "${e%:*}" ] || tests+=("event $p silent ${e#*:}${peer:+ $peer}")
		done
	done
}

# stock_client POLICY...: on the server
stock_client()
{
	local p e

	for p in stock "$@"; do
		for e in address link reset peer-reset forgotten silent; do
			tests+=("as_stock $e $p")
		done
		[ "$p" != stock ] || {
			tests+=("as_stock carrier stock")
			continue
		}
		# what our end knows of, it tells
		for e in server-came:25 server-address:45 carrier:45; do
			tests+=("event stock ${e%:*} ${e#*:} $p")
		done
	done
}

every="fullmesh handover aggregate interactive ndiffports"
tests=("family 4 20/10 20/25")
# shellcheck disable=SC2086	# a list of words
events - $every
events server fullmesh
# shellcheck disable=SC2086
events stock $every
stock_client fullmesh server
for f in 6 mixed; do
	tests+=("another_family $f 20/10 20/25")
	# shellcheck disable=SC2086	# a list of words
	events - $every
	events stock fullmesh
	tests+=(
		"follows"
		"roams fullmesh 1 1"
		"roams fullmesh 1 2"
		"roams fullmesh 2 1"
		"roams stock 1 1"
		"roams stock 1 2"
	)
	[ $f = mixed ] || tests+=(dad)
done
tests+=("another_family 4 20/10 20/25" "follows")
for f in 4 6 mixed; do
	tests+=("another_family $f 20/10 20/25 20/25")
	for p in $every; do
		e=45
		[ $p != ndiffports ] || e=250
		tests+=("event $p link $e")
	done
done
# handover: what was not acknowledged on the path that went, ten messages in a round trip
# of 50 ms, fills the initial window of the next one (10 segments), which has been idle,
# and the next message waits until that is acknowledged
for f in 4 6 mixed; do
	tests+=("another_family $f 20/10 20/25 20/25 20/25")
	tests+=("four fullmesh 45" "four handover 65" "four aggregate 45" "four interactive 45")
	tests+=("event ndiffports link 250" "event fullmesh link 45 server")
	[ $f != 4 ] || tests+=("four handover 65 stock")
done
tests+=(at_last)
ktap_run "${tests[@]}"
