# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Two hosts and up to eight paths between them, in network namespaces.
# To be sourced, by any shell that knows `local`.
#
#     client                      mid                       server
#   +---------+        +-------------------------+        +---------+
#   |    eth1 |--------| c1 [netem] br1 [netem] s1 |------| eth1    |
#   | 10.0.1.1|        |                           |      |10.0.1.2 |
#   |fd00:1::1|        |                           |      |fd00:1::2|
#   |    eth2 |--------| c2 [netem] br2 [netem] s2 |------| eth2    |
#   |   ...   |        +-------------------------+        |   ...   |
#   +---------+                                           +---------+
#
# Rate, delay, queue and loss are applied in the middle, to what leaves c<i>
# and s<i>: on a sending host netem would hold back the very accounting TCP
# uses to bound its queues. Both directions are alike. An unshaped path
# ("none") has no middle: eth<i> of both are two ends of one veth pair.
#
# Nothing happens beside the traffic asked for: neighbours are known for
# ever, there is no DAD, no router solicitation, no multicast snooping.
#
#   netlab_up PATH...         PATH is RATE/DELAY[/LOSS%][/qPACKETS] or none:
#                             Mbit/s, one-way ms, per direction; the queue
#                             (100 packets unless given) holds what is
#                             delayed as well. Further words of it, percents of
#                             packets: /corrupt=P (a bit is flipped), /dup=P,
#                             /reorder=P (they overtake those delayed)
#   netlab_down               remove it all, end what still runs in it
#   netlab_set N WORD...      change a live path: rate= delay= loss= limit=
#                             corrupt= dup= reorder=, down (packets vanish,
#                             nobody is told), linkdown (both hosts lose the
#                             carrier), up (after linkdown the kernel may
#                             take a second to see it)
#   netlab_bytes SIDE N       bytes sent so far by client or server on path N
#   netlab_subflows SIDE      established subflows there
#   netlab_wait_subflows SIDE COUNT [SECONDS]
#                             until there are COUNT, 10 s at most
#
# NETLAB_FAMILY=4|6  addresses the server announces (default 4); both
#                    families are always configured
# NETLAB_MEM=BYTES   largest socket buffers (default: the kernel's own)
# NETLAB_SEED=N      which packets lossy paths lose (default 1)

NETLAB_STATE=${NETLAB_STATE:-/run/netlab}

_netlab_error()
{
	echo "netlab: $*" >&2
	return 1
}

# _netlab_parse WORD: prints "RATE DELAY LOSS LIMIT CORRUPT DUP REORDER", or "none".
_netlab_parse()
{
	echo "$1" | awk -F/ '
	function bad() { exit 1 }
	$0 == "none" { print; next }
	NF < 2 || NF > 7 { bad() }
	{
		loss = 0; limit = 100
		more["corrupt"] = more["dup"] = more["reorder"] = 0
		sub(/ms$/, "", $2)
		if ($1 !~ /^[0-9]*\.?[0-9]+$/ || $1 + 0 <= 0) bad()
		if ($2 !~ /^[0-9]*\.?[0-9]+$/) bad()
		for (i = 3; i <= NF; i++) {
			if ($i ~ /^[0-9]*\.?[0-9]+%$/) {
				loss = substr($i, 1, length($i) - 1) + 0
				if (loss > 100) bad()
			} else if ($i ~ /^q[1-9][0-9]*$/) {
				limit = substr($i, 2)
			} else if ($i ~ /^[a-z]+=[0-9]*\.?[0-9]+%?$/) {
				split($i, word, "=")
				if (!(word[1] in more) || word[2] + 0 > 100) bad()
				more[word[1]] = word[2] + 0
			} else {
				bad()
			}
		}
		print $1, $2, loss, limit, more["corrupt"], more["dup"], more["reorder"]
	}'
}

_netlab_sysctl()
{
	# default.*: devices take these over as they come into the namespace.
	ip netns exec "$1" sh -c '
		cd /proc/sys/net || exit
		if [ "$1" = mid ]; then
			echo 1 >ipv6/conf/default/disable_ipv6
			exit
		fi
		echo 1 >ipv4/tcp_no_metrics_save
		echo 0 >ipv6/conf/default/accept_dad
		echo 0 >ipv6/conf/default/accept_ra
		echo 0 >ipv6/conf/default/router_solicitations
		echo 1 >ipv6/conf/default/keep_addr_on_down
		# An address announced once and lost is a path never used.
		[ ! -e mptcp/add_addr_timeout ] || echo 1 >mptcp/add_addr_timeout
		if [ -n "$2" ]; then
			echo "4096 131072 $2" >ipv4/tcp_rmem
			echo "4096 65536 $2" >ipv4/tcp_wmem
		fi' sh "$1" "${NETLAB_MEM:-}"
}

# _netlab_fill SIDE: carry out what netlab_up wrote down for it.
_netlab_fill()
{
	local s="$NETLAB_STATE/$1"

	[ ! -e "$s.dev" ] || ip netns exec "$1" netdev <"$s.dev" || return
	[ ! -e "$s.ip" ] || ip -n "$1" -batch "$s.ip" || return
	[ ! -e "$s.ip6" ] || ip -6 -n "$1" -batch "$s.ip6"
}

# _netlab_ready: every link is up, every address usable, every port forwards.
_netlab_ready()
{
	local side

	for side in client server; do
		! ip -n "$side" -o link show up |
			grep -q -e NO-CARRIER -e "state [DL]" || return
		[ -z "$(ip -n "$side" -6 -o addr show tentative)" ] || return
	done
	! ip -n mid -o -d link show type bridge_slave |
		grep -q -v "bridge_slave state forwarding"
}

netlab_up()
{
	local i word path side me peer n s mac

	if [ $# -lt 1 ] || [ $# -gt 8 ]; then
		_netlab_error "1 to 8 paths, not $#"
		return 1
	fi
	if [ -e "$NETLAB_STATE" ]; then
		_netlab_error "there is a lab already: netlab_down first"
		return 1
	fi
	case ${NETLAB_FAMILY:-4} in
	4|6) ;;
	*) _netlab_error "NETLAB_FAMILY is 4 or 6"; return 1 ;;
	esac
	mkdir -p "$NETLAB_STATE" || return 1
	s=$NETLAB_STATE
	i=0
	for word; do
		i=$((i + 1))
		if ! _netlab_parse "$word" >"$s/path$i"; then
			rm -rf "$s"
			_netlab_error "not a path: '$word' (RATE/DELAY[/LOSS%][/qPACKETS] or none)"
			return 1
		fi
	done
	n=$i
	modprobe -a veth bridge sch_netem tcp_diag mptcp_diag 2>/dev/null

	for side in client server mid; do
		echo "netns add $side"
	done >"$s/netns"
	for i in $(seq "$n"); do
		read -r path <"$s/path$i"
		mac=02:00:00:00:0$i
		if [ "$path" = none ]; then
			echo "link add eth$i netns client address $mac:01 type veth" \
				"peer name eth$i netns server address $mac:02"
			continue
		fi
		echo "link add eth$i netns client address $mac:01 type veth" \
			"peer name c$i netns mid address $mac:03"
		echo "link add eth$i netns server address $mac:02 type veth" \
			"peer name s$i netns mid address $mac:04"
		echo "link add br$i netns mid type bridge mcast_snooping 0"
		echo "plain eth$i" >>"$s/client.dev"
		echo "plain eth$i" >>"$s/server.dev"
		printf 'plain c%s\nplain s%s\n' "$i" "$i" >>"$s/mid.dev"
		_netlab_netem "$i" "${NETLAB_SEED:-1}" >>"$s/mid.dev"
		for side in "c$i" "s$i"; do
			echo "link set $side master br$i up"
		done >>"$s/mid.ip"
		echo "link set br$i up" >>"$s/mid.ip"
	done >"$s/links"

	for side in client server; do
		if [ "$side" = client ]; then
			me=1 peer=2
		else
			me=2 peer=1
		fi
		{
			echo "link set lo up"
			for i in $(seq "$n"); do
				echo "link set eth$i addrgenmode none up"
				echo "addr add 10.0.$i.$me/24 dev eth$i"
				echo "addr add fd00:$i::$me/64 dev eth$i nodad"
				for word in "10.0.$i.$peer" "fd00:$i::$peer"; do
					echo "neigh replace $word dev eth$i" \
						"lladdr 02:00:00:00:0$i:0$peer nud permanent"
				done
			done
			# The first path is where connections start; the client
			# joins on the others as it learns of them.
			echo "mptcp limits set subflows 8 add_addr_accepted 8"
		} >"$s/$side.ip"
		# From one path's address one reaches that path only.
		for i in $(seq "$n"); do
			echo "rule add from 10.0.$i.$me table 10$i"
			echo "route add 10.0.$i.0/24 dev eth$i src 10.0.$i.$me table 10$i"
			echo "route add unreachable default table 10$i"
		done >>"$s/$side.ip"
		for i in $(seq "$n"); do
			echo "rule add from fd00:$i::$me table 10$i"
			echo "route add fd00:$i::/64 dev eth$i table 10$i"
			echo "route add unreachable default table 10$i"
		done >"$s/$side.ip6"
	done
	i=2
	while [ $i -le $n ]; do
		if [ "${NETLAB_FAMILY:-4}" = 6 ]; then
			echo "mptcp endpoint add fd00:$i::2 dev eth$i signal"
		else
			echo "mptcp endpoint add 10.0.$i.2 dev eth$i signal"
		fi
		i=$((i + 1))
	done >>"$s/server.ip"

	ip -batch "$s/netns" &&
		_netlab_sysctl client && _netlab_sysctl server &&
		_netlab_sysctl mid &&
		ip -batch "$s/links" || { netlab_down; return 1; }
	for side in client server mid; do
		if ! _netlab_fill "$side"; then
			_netlab_error "cannot set up $side"
			netlab_down
			return 1
		fi
	done

	# The news of a carrier takes the kernel up to a second to spread.
	i=0
	until _netlab_ready; do
		i=$((i + 1))
		if [ $i -gt 100 ]; then
			_netlab_error "links do not come up"
			netlab_down
			return 1
		fi
		sleep 0.05
	done
	rm -f "$s/netns" "$s/links" "$s"/*.ip "$s"/*.ip6 "$s"/*.dev
}

# _netlab_netem PATH SEED: lines for netdev, the two directions lose apart.
_netlab_netem()
{
	local rate delay loss limit more

	read -r rate delay loss limit more <"$NETLAB_STATE/path$1"
	echo "netem c$1 $rate $delay $loss $limit $(($2 ? $2 * 100 + $1 * 2 : 0)) $more"
	echo "netem s$1 $rate $delay $loss $limit $(($2 ? $2 * 100 + $1 * 2 + 1 : 0)) $more"
}

netlab_down()
{
	local side pids

	for side in client server mid; do
		[ -e "/run/netns/$side" ] || continue
		pids=$(ip netns pids "$side")
		# shellcheck disable=SC2086	# a list of numbers
		[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
		ip netns del "$side"
	done
	rm -rf "$NETLAB_STATE"
}

netlab_set()
{
	local i word rate delay loss limit corrupt dup reorder more file

	i=$1
	file=$NETLAB_STATE/path$i
	if [ ! -e "$file" ]; then
		_netlab_error "no path '$i'"
		return 1
	fi
	shift
	read -r rate delay loss limit corrupt dup reorder <"$file"
	if [ "$rate" = none ]; then
		_netlab_error "path $i is unshaped: there is nothing to set"
		return 1
	fi
	for word; do
		case $word in
		rate=*) rate=${word#*=} ;;
		delay=*) delay=${word#*=}; delay=${delay%ms} ;;
		loss=*) loss=${word#*=}; loss=${loss%\%} ;;
		limit=*) limit=${word#*=} ;;
		corrupt=*) corrupt=${word#*=} ;;
		dup=*) dup=${word#*=} ;;
		reorder=*) reorder=${word#*=} ;;
		down)
			ip -n mid link set "br$i" down || return 1
			continue
			;;
		linkdown)
			printf 'link set c%s down\nlink set s%s down\n' "$i" "$i" |
				ip -n mid -batch - || return 1
			continue
			;;
		up)
			printf 'link set c%s up\nlink set s%s up\nlink set br%s up\n' \
				"$i" "$i" "$i" | ip -n mid -batch - || return 1
			continue
			;;
		*)
			_netlab_error "netlab_set: '$word'?"
			return 1
			;;
		esac
		more=corrupt=$corrupt/dup=$dup/reorder=$reorder
		if ! _netlab_parse "$rate/$delay/$loss%/q$limit/$more" >"$file.new"; then
			rm -f "$file.new"
			_netlab_error "netlab_set: bad value: '$word'"
			return 1
		fi
		mv "$file.new" "$file"
		_netlab_netem "$i" 0 | ip netns exec mid netdev || return 1
	done
}

netlab_bytes()
{
	ip netns exec "$1" cat "/sys/class/net/eth$2/statistics/tx_bytes"
}

netlab_subflows()
{
	ip netns exec "$1" ss -tniH state established | grep -c 'tcp-ulp-mptcp'
}

netlab_wait_subflows()
{
	local tries=$((${3:-10} * 20))

	while [ "$(netlab_subflows "$1")" != "$2" ]; do
		tries=$((tries - 1))
		if [ $tries -le 0 ]; then
			_netlab_error "$(netlab_subflows "$1") subflows on $1, not $2"
			return 1
		fi
		sleep 0.05
	done
}
