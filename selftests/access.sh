#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who can read and write which file of ours; and what becomes of whatever
# anybody might write there.
#
# WRITES=N  random and mutated writes in all (default 30000)
# SEED=N    of the first of two writers (default: another one each time)

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/faults_lib.sh
. "$(dirname "$0")/faults_lib.sh"

SYS=/proc/sys/net/mptcp
EVENTS=/sys/kernel/tracing/events

# Documentation/testing.rst has this table. r: can be read, w: can be written; each
# cell is a test. WHO of mptcpx_as; other: root in another network namespace, which
# sees the files of that one, as do netns and netns-nocap.
WHO="             root  root-nocap  other  user  userns  netns  netns-nocap"
TABLE="
knobs            rw    rw          rw     r     r       rw     r
policy           rw    r           rw     r     r       rw     r
policies         r     r           r      r     r       r      r
connections      rw    r           rw     r     r       rw     r
paths            r     r           r      r     r       r      r
parameter        r     r           r      r     r       r      r
tracepoints      rw    rw          rw     -     -       -      -
"

ROWS=$(awk '{ print $1 }' <<<"$TABLE")

# files ROW
files()
{
	local d=$SYS

	case $1 in
	knobs)
		echo $d/scheduler_live $d/scheduler_ports $d/redundant/mode $d/wrr/mode \
			$d/wrr/weights $d/pm/num_subflows $d/pm/ndiffports \
			$d/pm/max_subflows $d/pm/max_per_interface $d/pm/include \
			$d/pm/exclude $d/pm/backup $d/pm/prefer $d/pm/set_scheduler \
			$d/pm/retry_first_ms $d/pm/retry_limit_ms $d/pm/retry_max \
			$d/pm/retry_rate $d/pm/probe_ms $d/pm/silence_ms \
			$d/pm/keepalive $d/pm/close_timeout
		;;
	policy) echo $d/pm/policy ;;
	policies) echo $d/pm/available_policies ;;
	connections) echo /proc/net/mptcpx ;;
	paths) echo /proc/net/mptcpx_pm /proc/net/mptcpx_pm_stat ;;
	parameter) echo /sys/module/mptcpx_pm/parameters/event_buffer ;;
	tracepoints)
		echo $EVENTS/mptcpx/mptcpx_decision/enable \
			$EVENTS/mptcpx_pm/mptcpx_pm_event/enable \
			$EVENTS/mptcpx_pm/mptcpx_pm_command/enable \
			$EVENTS/mptcpx_pm/mptcpx_pm_abort/enable
		;;
	esac
}

# something else that FILE takes, or ought to take
another()
{
	case $1 in
	*/scheduler_live) echo redundant ;;
	*/scheduler_ports) echo 7=wrr ;;
	*/redundant/mode) echo full ;;
	*/wrr/mode) echo auto ;;
	*/wrr/weights) echo eth7=7 ;;
	*/pm/policy) echo server ;;
	*/include|*/exclude|*/backup|*/prefer) echo eth7 ;;
	*/set_scheduler) echo 0 ;;
	*/pm/*_ms) echo 1007 ;;
	*/pm/*) echo 7 ;;
	/proc/net/mptcpx) echo token=00000001 scheduler=minrtt ;;
	*) echo 1 ;;
	esac
}

# first_line FILE: into $line, without starting a program; can it be read?
first_line()
{
	local lines

	line=
	mapfile -t lines 2>/dev/null <"$1" || return
	line=${lines[0]-}
}

# probe FILE: what we can do with it. Commands are judged by what they answer: there
# is no connection with that token.
probe()
{
	local was new why can=

	{ first_line "$1"; } 2>/dev/null && can=r
	was=$line
	new=$(another "$1")
	why=$({ echo "$new" >"$1"; } 2>&1)
	case $?$why in
	0*)
		can=${can}w
		first_line "$1"
		[ "$line" = "$new" ] || echo "$1 reads '$line' after '$new'"
		[ -n "${LEAVE:-}" ] || echo "$was" >"$1" || echo "$1: what it was is not taken"
		;;
	*"No such process"*) can=${can}w ;;
	# the last one: root, to whom modes are nothing, and there is nobody to take it
	*"Permission denied"*|*"Operation not permitted"*|*"Input/output error"*) ;;
	*) echo "$1: refused because of $why" ;;
	esac
	echo "$1 ${can:--}"
}

load()
{
	find $SYS -type f >/run/kernels
	# shellcheck disable=SC2086	# a list of words
	modprobe -a $MODULES mptcpx_pm || fail "modules do not load"
	unshaped 2
	# shellcheck disable=SC2016,SC2046	# expanded there; a list of words
	on client bash -c 'for f in "$@"; do echo "$f $(<"$f")"; done' - \
		$(files knobs) $(files policy) >/run/values
}

# nothing of ours is missing in the table
complete()
{
	local group where

	for group in $ROWS; do
		for where in $(files "$group"); do
			[ -e "$where" ] || fail "no $where"
			echo "$where"
		done
	done | sort >/run/known
	{
		find $SYS -type f | grep -v -x -f /run/kernels
		ls /proc/net/mptcpx*
		find /sys/module/mptcp_*/ /sys/module/mptcpx*/ -path '*/parameters/*' -type f
		find $EVENTS/mptcpx/*/ $EVENTS/mptcpx_pm/*/ -name enable
	} | sort >/run/found
	diff /run/found /run/known || fail "files and table differ (<: only files)"
}

# as WHO COMMAND...; not by on(), which has a /sys of its own without tracing
as()
{
	if [ "$1" = other ]; then
		nsenter --net=/run/netns/server "${@:2}"
	else
		nsenter --net=/run/netns/client mptcpx_as "$@"
	fi
}

# look_as WHO: what it can do with each file, into /run/can.WHO; and nobody else's
# files, nor ours in the end, are changed by that. A namespace that ends with it is left as
# it is: what it shares with others would show
look_as()
{
	local leave=

	[ "$1" != netns ] || leave=1
	# shellcheck disable=SC2046	# a list of words
	as "$1" env LEAVE=$leave bash selftests/access.sh probe \
		$(for group in $ROWS; do files "$group"; done) \
		>"/run/can.$1" || fail "no $1"
	grep -e ': refused because' -e 'is not taken' "/run/can.$1" && fail "for another reason"
	# shellcheck disable=SC2016	# expanded there
	on client bash -c 'while read -r f value; do
		mapfile -t now <"$f"
		[ "${now[0]-}" = "$value" ] || { echo "$f: ${now[0]-}, was $value"; exit 1; }
	done </run/values' || fail "a value has changed"
}

# cell WHO GROUP CAN
cell()
{
	local file can n=0

	for file in $(files "$2"); do
		can=$(awk -v f="$file" '$1 == f { print $2 }' "/run/can.$1")
		is "$1, $file" "$can" "$3"
		n=$((n + 1))
	done
	say "$n files"
	[ $n -gt 0 ] || fail "no files"
}

# a knob is judged by who writes, a command by who opened the file
handed_over()
{
	refused "not permitted" on client bash -c \
		"exec 9>$SYS/wrr/mode; mptcpx_as user bash -c 'echo auto >&9'"
	refused "not permitted" on client bash -c \
		"exec 9>$SYS/pm/policy; mptcpx_as user bash -c 'echo server >&9'"
	refused "No such process" on client bash -c "exec 9>/proc/net/mptcpx
		mptcpx_as user bash -c 'echo token=00000001 scheduler=minrtt >&9'"
}

# a connection of one namespace, tokens read by root of another
foreign_connection()
{
	local token

	use minrtt
	hold -W 2
	soon connection minrtt || fail "no connection"
	token=$(look | sed -n 's/^token=\([^ ]*\).*/\1/p' | head -n 1)
	for who in other netns; do
		is "seen by $who" "$(as $who grep -c "token=$token" /proc/net/mptcpx)" 0
		refused "No such process" as $who bash -c \
			"echo token=$token scheduler=wrr >/proc/net/mptcpx"
	done
	for who in root-nocap user userns; do
		refused "ermi" as $who bash -c \
			"echo token=$token scheduler=wrr >/proc/net/mptcpx"
	done
	connection minrtt || fail "it was moved"
	as root bash -c "echo token=$token scheduler=wrr >/proc/net/mptcpx" ||
		fail "root may not"
	connection wrr || fail "it was not moved"
	release
	use default
}

# root of a namespace of its own loads no modules
no_loading()
{
	rmmod mptcp_redundant || fail "in use"
	as netns bash -c "echo interactive >$SYS/pm/policy" || fail "no policy"
	[ ! -e /sys/module/mptcp_redundant ] || fail "loaded"
	modprobe mptcp_redundant
}

# who may not administrate the whole machine registers no scheduler in BPF
no_bpf()
{
	local who

	[ -e bpf/rr.bpf.o ] || skip "make bpf has not been called"
	mount -t bpf none /sys/fs/bpf 2>/dev/null
	for who in user userns netns netns-nocap; do
		as $who bpftool struct_ops register bpf/rr.bpf.o && fail "$who could"
		as $who cat $SYS/available_schedulers | grep -q bpf_rr && fail "it is there"
	done
	:
}

words()
{
	printf '%s\n' default minrtt redundant wrr none fullmesh \
		ndiffports handover aggregate interactive server full opportunistic \
		auto weights eth0=3 'wwan*=1' 'eth?=0' 'e[t' '[a-' id:2=5 id:255=0 \
		id:256=1 10.0.1.1=2 fd00:1::1=3 '[fd00:2::1]=4' ::ffff:10.0.0.1=1 \
		eth1=10000 eth1=10001 22=redundant 5000-5999=wrr 1-65535=minrtt \
		9-1=wrr 0=wrr 65536=wrr 443=default 80=nonesuch \
		a_name_that_is_much_too_long_for_anything 0 1 2 7 8 16 17 -1 100 60000 \
		60001 3600000 2147483647 -2147483648 4294967296 18446744073709551616 \
		eth0 'eth*' 'veth* docker*' wwan0 '*' '?' '' \
		token= token=00000001 scheduler=wrr scheduler= 'token=1 scheduler=wrr' \
		'token=ffffffff scheduler=minrtt' 'token=-1 scheduler=redundant' \
		$'\001\002' $'\377\376' '%s%n' '=' ',' '/'
}

# the token of a connection that is there
token_words()
{
	local t

	for t in $(look | sed -n 's/^token=\([^ ]*\).*/\1/p'); do
		# often: most of what is made of the others is refused
		for _ in {1..8}; do
			echo "token=$t scheduler=wrr"
			echo "token=$t scheduler=minrtt"
		done
		echo "token=$t"
	done
}

# how many writes; two writers, each with files of its own, through connections that
# are there all the time and others that come and go
fuzz()
{
	local n=$1 seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')} pids=() p all
	local mine=() theirs=() f slab

	echo 1 2>/dev/null >/sys/kernel/rcu_expedited
	for f in $(files knobs) $(files policy) $(files connections); do
		case $f in
		# these may change the scheduler
		*/policy | */set_scheduler) mine+=("$f") ;;
		*/pm/*) theirs+=("$f") ;;
		*) mine+=("$f") ;;
		esac
	done
	traffic_start hold -t 36000 -T 36000 -W 2
	soon connection default || fail "no connection"
	all="$(words; token_words)"
	slab=$(slab_kb)
	: >/run/fuzz.on
	while [ -e /run/fuzz.on ]; do
		on client mptcpx_traffic data -c 10.0.1.2 -P "$PORT" -n 4M -D both -w random \
			-T $((120 * SLOW)) || exit 1
	done >/run/fuzz.traffic 2>&1 &
	p=$!
	on client mptcpx_fuzz "$seed" $((n / 3)) "${mine[@]}" <<<"$all" >/run/fuzz.1 &
	pids+=($!)
	on client mptcpx_fuzz $((seed + 1)) $((n - n / 3)) "${theirs[@]}" <<<"$all" >/run/fuzz.2 &
	pids+=($!)
	while kill -0 "${pids[@]}" 2>/dev/null; do
		look
		on client cat /proc/net/mptcpx_pm /proc/net/mptcpx_pm_stat
		sleep 0.2
	done >/dev/null
	for f in 0 1; do
		wait "${pids[f]}" || { cat /run/fuzz.$((f + 1)); fail "writer $((f + 1))"; }
		cat /run/fuzz.$((f + 1))
	done
	rm /run/fuzz.on
	grep '^/proc/net/mptcpx taken=0 ' /run/fuzz.1 && fail "no connection was ever moved"
	look | grep -q "^token=${all##*token=} " || fail "the connection has ended"
	kill "$traffic_pid"
	wait $p || { tail -n 20 /run/fuzz.traffic; fail "traffic"; }
	is "differing transfers" "$(grep -c verified=0 /run/fuzz.traffic)" 0
	between "transfers meanwhile" "$(grep -c 'status=0' /run/fuzz.traffic)" 1 1e9
	# eight bytes a write of a million
	[ "$SLOW" != 1 ] || between "unreclaimable slab, kB, beyond $slab" \
		$(($(slab_kb) - slab)) -100000 8192
	echo 0 2>/dev/null >/sys/kernel/rcu_expedited
}

# all is as it was, or can be made so, and works
sound_after()
{
	local f value

	while read -r f value; do
		# shellcheck disable=SC2016
		on client bash -c 'echo "$1" >"$2"' - "$value" "$f" || fail "$f"
		is "$f" "$(on client cat "$f")" "$value"
	done </run/values
	use minrtt
	traffic data -n 4M -D both -W 2
	grep -q verified=0 <<<"$result" && fail "data differ"
	use default
	unload
}

if [ "${1:-}" = probe ]; then
	shift
	for file; do
		probe "$file"
	done
	exit
fi

tests=()
for who in $WHO; do
	tests+=("look_as $who")
done
while read -r group cells; do
	[ -n "$group" ] || continue
	read -ra cells <<<"$cells"
	n=0
	for who in $WHO; do
		tests+=("cell $who $group ${cells[n]}")
		n=$((n + 1))
	done
done <<<"$TABLE"
writes=30000
[ -z "${QUICK:-}" ] || writes=5000
ktap_run load complete "${tests[@]}" handed_over foreign_connection no_loading no_bpf \
	"fuzz ${WRITES:-$writes}" sound_after
