#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A long time with many slow connections of all kinds: schedulers of both ends are
# changed every second, and every second an address of the client goes or comes. No
# connection may notice, memory has to stay as it is, and what is counted in different
# places has to agree. Virtual time: an hour of it takes minutes.
#
# MINUTES=N      of the guest's time (default 3)
# CONNECTIONS=N  (default 200)

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

MINUTES=${MINUTES:-3}
CONNECTIONS=${CONNECTIONS:-200}

lab_up()
{
	pm_lab 100/5 100/10 100/20 50/30
	policy fullmesh server
	pm client max_subflows 2
	ip netns exec server mptcpx_soak listen 7000 >/run/soak.server 2>&1 &
	disown
	PORT=7000 soon listening || fail "no server"
}

# what is read once is in memory; the first programs have been started
begin()
{
	mkfifo /run/soak.in
	ip netns exec client mptcpx_soak run 7000 "$CONNECTIONS" 10.0.1.2 10.0.2.2 10.0.3.2 \
		10.0.4.2 </run/soak.in >/run/soak.log 2>&1 &
	disown
	# both ends stay open, whoever reads or writes
	sleep infinity >/run/soak.in &
	disown
	within 60 all_there || {
		cat /run/soak.log
		fail "not all connections are there"
	}
}

# those that live long; asking makes them pause
all_there()
{
	tell mark
	echo go >/run/soak.in
	[ "$(grep -c ^conn <<<"$answer")" = $((CONNECTIONS * 3 / 4)) ]
}

# tell WORD...: its answer into $answer
tell()
{
	local from

	from=$(($(wc -l </run/soak.log) + 1))
	echo "$1" >/run/soak.in
	within 90 answered "$from" || { tail /run/soak.log; fail "no answer to '$1'"; }
	answer=$(tail -n +"$from" /run/soak.log)
}

answered()
{
	tail -n +"$1" /run/soak.log | grep -q '^done'
}

# One line a minute: kB of unreclaimable slab, and of all that is neither free nor a
# file's nor a program's; objects of caches that we use or have used for us.
# shellcheck disable=SC2016	# for awk
sample='
/^(MemTotal|MemFree|Buffers|Cached|AnonPages|SReclaimable|SUnreclaim):/ { kb[$1] = $2 }
$1 == "MPTCP" || $1 == "TCP" { n[$1] = $2 }
$1 ~ /^kmalloc-(rnd-[0-9]+-)?[0-9]+k?$/ { size = $1; sub(/.*-/, "", size); n[size] += $2 }
END {
	used = kb["MemTotal:"] - kb["MemFree:"] - kb["Buffers:"] - kb["Cached:"]
	# "ip -batch" gathers 200 MB in an hour, and gives them back at its end
	used -= kb["SReclaimable:"] + kb["AnonPages:"]
	printf "used=%d slab=%d mptcp=%d tcp=%d", used, kb["SUnreclaim:"], n["MPTCP"], n["TCP"]
	m = split("8 16 32 64 96 128 192 256 512 1k 2k 4k 8k", sizes, " ")
	for (i = 1; i <= m; i++)
		printf " k%s=%d", sizes[i], n[sizes[i]]
	print ""
}'

# The client, once a second: another scheduler for all, an address that goes or comes;
# once a minute a sample. No program is started but for that.
# shellcheck disable=SC2016	# expanded there
churn='
schedulers=(minrtt redundant wrr default)
exec 8>/run/churn.ip
start=${EPOCHREALTIME/./}
for ((t = 1; t <= $1; t++)); do
	left=$((start + t * 1000000 - ${EPOCHREALTIME/./}))
	[ $left -lt 1000 ] || {
		printf -v left "%d.%06d" $((left / 1000000)) $((left % 1000000))
		read -r -t "$left" <>/run/never
	}
	echo "${schedulers[t % 4]}" >/proc/sys/net/mptcp/scheduler_live || exit 1
	p=$((t / 2 % 3 + 2))
	if [ $((t % 2)) = 0 ]; then
		echo "addr del 10.0.$p.1/24 dev eth$p" >&8
	else
		echo "addr add 10.0.$p.1/24 dev eth$p" >&8
		echo "neigh replace 10.0.$p.2 dev eth$p lladdr 02:00:00:00:0$p:02 nud permanent" >&8
		echo "route replace 10.0.$p.0/24 dev eth$p src 10.0.$p.1 table 10$p" >&8
	fi
	[ $((t % 60)) != 0 ] || {
		echo 3 >/proc/sys/vm/drop_caches
		awk "$2" /proc/meminfo /proc/slabinfo >>/run/samples
	}
done
late=$((${EPOCHREALTIME/./} - start - $1 * 1000000))
echo "churn seconds=$1 late_us=$late"'

soak()
{
	local pid secs=$((MINUTES * 60))

	mkfifo /run/never /run/churn.ip 2>/dev/null
	: >/run/samples
	on client ip addr del 10.0.2.1/24 dev eth2
	on client ip -force -batch /run/churn.ip >/run/churn.log 2>&1 &
	pid=$!
	: >/run/swap
	swapper server 1 redundant wrr default minrtt >/run/swaps.server &
	# and one more, by which the last address comes back
	on client bash -c "$churn" - $((secs + 1)) "$sample" || fail "churn"
	rm /run/swap
	wait $pid
	wait
	cat /run/churn.log
	[ ! -s /run/churn.log ] || fail "addresses"
	say "swaps: client $((secs + 1)), server $(cat /run/swaps.server)"
	figure "server's swaps" "$(cat /run/swaps.server)" $((secs * 9 / 10)) $((secs + 10))
	tell sum
	say "$answer"
	grep ^error /run/soak.log | head -n 20
	is "errors" "$(field errors "$answer")" 0
	figure "the longest wait for an answer, ms" "$(field worst_ms "$answer")" 0 20000
}

# flat NAME GROWTH: what a straight line through the samples grows by in an hour
flat()
{
	awk -v name="$1" -v bound="$2" '
	{
		for (i = 1; i <= NF; i++)
			if (split($i, w, "=") == 2 && w[1] == name)
				y[++n] = w[2]
	}
	END {
		# the first ones: what is being warmed up
		skip = n > 20 ? 5 : n > 4 ? 1 : 0
		for (i = skip + 1; i <= n; i++) {
			m++; sx += i; sy += y[i]; sxx += i * i; sxy += i * y[i]
			if (m == 1 || y[i] < lo) lo = y[i]
			if (m == 1 || y[i] > hi) hi = y[i]
		}
		d = m * sxx - sx * sx
		slope = d ? (m * sxy - sx * sy) / d * 60 : 0
		printf "%s: %d samples, %d to %d, %+.1f an hour (at most %s)\n", name, m, lo, hi,
			slope, bound
		exit !(m >= 2 && hi > 0 && slope <= bound)
	}' /run/samples || fail "$1 grows"
}

memory()
{
	local what

	awk 'NR <= 3 || NR % 10 == 0' /run/samples
	if [ "$MINUTES" -lt 20 ]; then
		# too few samples for a line: no more than noise
		flat slab 60000
		return
	fi
	flat slab 1024
	flat used 2048
	for what in mptcp tcp k1k k2k k4k k8k; do
		flat $what 100
	done
	# one a second would be 3600
	for what in k8 k16 k32 k64 k96 k128 k192 k256 k512; do
		flat $what 1800
	done
}

# given SIDE: tokens and what we gave their subflows that had not been given before, bytes
given()
{
	look "$1" | awk '
	/^token=/ { token = substr($1, 7) }
	/^ / {
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^bytes=/) n[token] += substr($i, 7)
			if ($i ~ /^copied=/) n[token] -= substr($i, 8)
		}
	}
	END { for (t in n) print t, n[t] }' | sort
}

# bytes given to subflows of each path, copies included: 4 numbers
by_path()
{
	look client | awk '/^ / {
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^local=/) split($i, a, ".")
			if ($i ~ /^bytes=/) n[a[3]] += substr($i, 7)
		}
	}
	END { for (p = 1; p <= 4; p++) print p, n[p] + 0 }'
}

wire()
{
	local p

	for p in 1 2 3 4; do
		on client cat /sys/class/net/eth$p/statistics/tx_bytes \
			/sys/class/net/eth$p/statistics/tx_packets | tr '\n' ' '
		echo
	done
}

# grown BEFORE AFTER: by key, how much more it is
grown()
{
	awk 'NR == FNR { before[$1] = $2; next } $1 in before { print $1, $2 - before[$1] }' "$@"
}

total()
{
	awk '{ n += $2 } END { printf "%.0f\n", n }'
}

snapshot()
{
	tell mark
	awk '/^conn/ { print substr($2, 7), substr($3, 6) }' <<<"$answer" | sort >"/run/sent.$1"
	given client >"/run/given.$1"
	given server | total >"/run/back.$1"
	by_path >"/run/path.$1"
	wire >"/run/wire.$1"
}

# account SCHEDULER: a minute in which nothing else changes. What the application wrote is
# what we gave subflows, byte for byte in each connection, and what the server gave them in
# all, for it sends everything back; what we gave them is what left by the interfaces, less
# headers (54 to 94 bytes a packet).
account()
{
	local side

	for side in client server; do
		on $side bash -c "echo $1 >/proc/sys/net/mptcp/scheduler_live" || fail "$side"
		between "connections with $1, $side" "$(look $side | grep -c "scheduler=$1 ")" \
			$((CONNECTIONS * 3 / 4)) "$CONNECTIONS"
	done
	snapshot a
	tell_long
	sleep 60
	snapshot b
	grown /run/sent.a /run/sent.b >/run/sent
	grown /run/given.a /run/given.b >/run/given
	is "connections counted" "$(wc -l </run/sent)" $((CONNECTIONS * 3 / 4))
	diff /run/sent /run/given >/run/diff || {
		head -n 10 /run/diff
		fail "sent (<) and given (>) differ for $(grep -c '^<' /run/diff) connections"
	}
	between "bytes written and given" "$(total </run/sent)" $((CONNECTIONS * 5000)) 1e12
	is "given by the server" $(($(cat /run/back.b) - $(cat /run/back.a))) "$(total </run/sent)"
	paste /run/path.a /run/path.b /run/wire.a /run/wire.b | awk '{
		given = $4 - $2; bytes = $7 - $5; packets = $8 - $6
		ok = given <= bytes - 54 * packets && given >= bytes - 94 * packets
		printf "path %d: given %d, sent %d in %d packets\n", $1, given, bytes, packets
		bad += !ok
	}
	END { exit bad }' || fail "interfaces and account differ"
}

tell_long()
{
	echo long >/run/soak.in
}

# short connections end with what they have begun
long_alone()
{
	tell mark
	tell_long
	sleep 20
	tell mark
	is "connections left" "$(look | grep -c ^token=)" $((CONNECTIONS * 3 / 4))
	tell_long
}

mib()
{
	nstat_of "${2:-client}" "$1"
}

# the counters of the path manager, among themselves and with the core's
counters()
{
	local commands errors creates create_errors managed

	on client cat /proc/net/mptcpx_pm_stat
	commands=$(counter Commands)
	errors=$(counter CommandErrors)
	creates=$(counter Creates)
	create_errors=$(counter CreateErrors)
	between "commands answered with an error" "$errors" "$create_errors" "$commands"
	between "commands" "$commands" $((creates + create_errors + $(counter Closes) +
		$(counter Priorities) + $(counter Withdraws) + $(counter Announces))) 1e12
	is "no memory" "$(counter NoMemory) $(counter NoMemory server)" "0 0"
	is "pairs given up, addresses without a place" \
		"$(counter GivenUp) $(counter AddressesDropped)" "0 0"
	# the first is the policy's
	between "lists read anew" "$(counter Resyncs)" 1 $((1 + $(counter EventOverruns)))
	is "joins sent, as the core counts" "$(mib MPTcpExtMPJoinSynTx)" "$creates"
	between "joins received" "$(mib MPTcpExtMPJoinSynRx server)" \
		$((creates * 9 / 10)) $((creates * 3))
	between "joins completed" "$(mib MPTcpExtMPJoinAckRx server)" \
		$((creates * 9 / 10)) "$creates"
	is "connections, ours" "$(view | sed -n 's/.* connections=//p')" "$(look | grep -c ^token=)"
	# a first subflow that has closed stays in the core's list, and in ours
	managed=$(view | grep -c '^  subflow=')
	between "subflows, schedulers'" "$(look | grep -c '^  subflow=')" "$managed" \
		$((managed + CONNECTIONS * 3 / 4))
	is "fallbacks" "$(look | grep -c fallback=1)" 0
}

end()
{
	local side

	tell end
	say "$answer"
	is "errors" "$(field errors "$answer")" 0
	is "sent and received" "$(field received "$answer")" "$(field sent "$answer")"
	within 90 no_connections || { look; fail "connections are left"; }
	policy none
	# that of the listener, too
	for side in client server; do
		on $side bash -c "echo default >/proc/sys/net/mptcp/scheduler_live"
	done
	unload
	netlab_down
}

no_connections()
{
	! look | grep -q token=
}

ktap_run lab_up begin soak memory long_alone "account wrr" "account redundant" \
	"account minrtt" counters end
