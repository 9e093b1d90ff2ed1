#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The guest's part of scripts/mutants: load each module that has a mistake in it,
# and say which test failed. What has none must pass, or nothing would be shown by that.
# Lines for the host: begin N UPTIME, verdict, end.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

ko=/mptcpx/ko
results=/sys/kernel/debug/kunit
filter=/sys/module/kunit/parameters/filter_glob

mount -t debugfs none /sys/kernel/debug 2>/dev/null

# the first line of the kernel's complaints since dmesg was emptied
complaint()
{
	dmesg | sed 's/^\(\[[^]]*\] *\)*//' |
		grep -E '^(BUG:|WARNING:|UBSAN:|KASAN:|INFO:|refcount_t:)' |
		head -n 1 | cut -c1-60
}

# verdict SUITE: the first test that failed, else what the kernel complained of
verdict()
{
	local suite=$1 file=$results/$1/results test

	[ -r "$file" ] || { echo "no results of $suite"; return; }
	test=$(sed -n 's/^ *not ok [0-9]* \([a-z_0-9]*\).*/\1/p' "$file" | head -n 1)
	if [ -n "$test" ]; then
		echo "caught	$test"
	elif [ -n "$(complaint)" ]; then
		echo "caught	by the kernel: $(complaint)"
	elif grep -q "^ok 1 $suite\$" "$file"; then
		echo survived
	else
		echo "results of $suite without an end"
	fi
}

try()
{
	local dir=$1 n=${1##*/} suite

	[ ! -e "$dir/verdict" ] || return
	read -r suite <"$dir/suite"
	printf 'begin\t%s\t%s\n' "$n" "$(cut -d. -f1 /proc/uptime)"
	printf %s "$suite" >$filter
	dmesg -c >/dev/null
	if insmod "$dir"/*.ko; then
		printf 'verdict\t%s\t%s\n' "$n" "$(verdict "$suite")"
		rmmod "$(basename "$dir"/*.ko .ko)"
	elif dmesg | grep -q 'mptcpx: .*refusing to load'; then
		printf 'verdict\t%s\tcaught\tby layout.c, as it loads\n' "$n"
	else
		printf 'verdict\t%s\tdoes not load\n' "$n"
	fi
}

# good: all suites there are, of modules without a mistake
good()
{
	local m suite suites=0

	printf '*' >$filter
	dmesg -c >/dev/null
	for m in mptcpx mptcp_minrtt mptcp_redundant mptcp_wrr mptcpx_pm; do
		insmod "$ko/good/$m.ko" || exit
	done
	for suite in "$results"/mptcp*; do
		suite=${suite##*/}
		suites=$((suites + 1))
		[ "$(verdict "$suite")" = survived ] || {
			echo "without a mistake: $suite: $(verdict "$suite")"
			exit 1
		}
	done
	echo "without a mistake $suites suites pass"
	rmmod mptcpx_pm mptcp_wrr mptcp_redundant mptcp_minrtt mptcpx
}

[ -n "${AGAIN:-}" ] || good
# schedulers on top of the module that is all right; it without its own tests
printf nothing >$filter
insmod $ko/good/mptcpx.ko || exit 1
for dir in "$ko"/1*; do
	[ ! -e "$dir/mptcpx.ko" ] && try "$dir"
done
rmmod mptcpx
for dir in "$ko"/1*; do
	[ -e "$dir/mptcpx.ko" ] && try "$dir"
done
echo end
