#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run one of mainline's own MPTCP selftests with one packet scheduler in each
# network namespace there is, and say the results again as one KTAP document. What
# it skips keeps its reason. One more result is ours: that every MPTCP socket had
# the scheduler that was asked for.
#
# usage: bash selftests/mainline.sh SCHEDULER TEST [ARGUMENT]...
#
# TEST is the name of a script in /mainline/mptcp, where scripts/mainline
# puts them. Its whole output is a part of the document.

set -u

tests=/mainline/mptcp
tracing=/sys/kernel/tracing
# what the tests draw by $RANDOM is the same with each scheduler
seed=${MAINLINE_SEED:-4991}
# NAME=VALUE... to set in each namespace as well
settings=${MAINLINE_SYSCTL:-}
log=/out/mainline.log

sched=$1
test=$2
shift 2

# A new namespace starts with the kernel's scheduler. The scripts make theirs by
# "ip netns add": they find this program in place of ip. If they make one otherwise, the
# count below tells. A shell function would do that with less work, but what a script
# starts in the background by "ip netns exec" has to be the process it kills later.
environment()
{
	local ip

	ip=$(type -P ip)
	mkdir -p /run/mainline
	cat >/run/mainline/ip <<-IP
		#!/bin/sh
		[ "\$#" -eq 3 ] && [ "\$1 \$2" = "netns add" ] || exec $ip "\$@"
		$ip "\$@" || exit
		exec $ip netns exec "\$3" sysctl -qw net.mptcp.scheduler=$sched $settings
	IP
	chmod +x /run/mainline/ip
	printf 'RANDOM=%s\nPATH=/run/mainline:%s\n' "$seed" "$PATH" >/run/mainline/env
}

# Whatever the namespace, each MPTCP socket gets its scheduler here.
watch()
{
	echo 'p:mainline/sched mptcp_init_sched name=sched->name:string' \
		>$tracing/kprobe_events &&
		echo 'hist:keys=name' >$tracing/events/mainline/sched/trigger
}

# lines "NAME COUNT"
watched()
{
	sed -n 's/^{ name: \([^ ]*\) *} hitcount: *\([0-9]*\).*/\1 \2/p' \
		$tracing/events/mainline/sched/hist
}

# Of the test's own output: the lines of its TAP, numbered anew, with the reason of
# a skip. The text tells it, on a line that names the test or below one.
results()
{
	awk '
	/^TAP version/ { tap = 1; next }
	!tap {
		if ($0 ~ /^[0-9]+ /)
			title = $0
		if (i = index($0, "[SKIP]")) {
			n++
			where[n] = title " " $0
			text = substr($0, i + 6)
			if (text !~ /[^ ]/)
				text = substr($0, 1, i - 1)
			gsub(/^ +| +$/, "", text)
			why[n] = text
		}
		next
	}
	/^(not )?ok [0-9]+ - / {
		match($0, /ok [0-9]+ - /)
		name = substr($0, RSTART + RLENGTH)
		if (/ # SKIP/) {
			bare = name
			sub(/^[^:]*: /, "", bare)
			sub(/ # .*/, "", bare)
			for (i = 1; i <= n; i++)
				if (index(where[i], bare))
					break
			sub(/ # SKIP/, " # SKIP " (i <= n ? why[i] : "it does not say why"), name)
		}
		print (/^not/ ? "not ok - " : "ok - ") name
	}' "$log"
}

fatal()
{
	printf '1..1\nnot ok 1 - %s: %s\n' "$test" "$*"
	exit 1
}

echo "KTAP version 1"
mkdir -p /out
[ -e "$tests/$test.sh" ] || fatal "there is no such test"
[ "$sched" = default ] || modprobe "mptcp_$sched" || fatal "no scheduler $sched"
sysctl -qw "net.mptcp.scheduler=$sched" || fatal "no scheduler $sched"
# The tests search it again and again, and making it up takes a slow CPU seconds.
cat /proc/kallsyms >/run/kallsyms && mount --bind /run/kallsyms /proc/kallsyms
watch || fatal "cannot watch the schedulers of sockets"
environment
cd "$tests" || exit

echo "# $(uname -r), scheduler $sched: $test.sh $*"
start=${EPOCHREALTIME/./}
BASH_ENV=/run/mainline/env bash "$test.sh" "$@" 2>&1 </dev/null |
	tee "$log" | sed -u 's/^/# /'
status=${PIPESTATUS[0]}
echo "# took $(((${EPOCHREALTIME/./} - start) / 1000)) ms"

{
	results
	failed=$(results | grep -c '^not ok')
	# what ends before its results are told
	case $status:$failed in
	0:0) [ -n "$(results)" ] || echo "not ok - $test: has no results" ;;
	[!0]*:[!0]*) ;;
	4:0)
		[ -n "$(results)" ] ||
			echo "ok - $test # SKIP $(grep -F '[SKIP]' "$log" | tail -n 1)"
		;;
	*) echo "not ok - $test: ended with status $status" ;;
	esac
	# the one that makes none
	if [ "$test" = pm_netlink ] && [ -z "$(watched)" ]; then
		echo "ok - MPTCP sockets # SKIP this test makes none"
	else
		watched | awk -v wanted="$sched" '
		{ other += $1 != wanted; text = text " " $2 " by " $1 }
		END {
			printf NR && !other ? "ok" : "not ok"
			print " - MPTCP sockets:" (NR ? text : " none")
		}'
	fi
} >/run/results
echo "1..$(wc -l </run/results)"
awk '{ match($0, /^(not )?ok/); print substr($0, 1, RLENGTH) " " NR substr($0, RLENGTH + 1) }' \
	/run/results
! grep -q '^not ok' /run/results
