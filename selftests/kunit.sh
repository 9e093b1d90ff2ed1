#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the KUnit tests, in a guest whose kernel and modules have them: loading a
# module runs its suites. What they say, put together, is one KTAP document.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

results=/sys/kernel/debug/kunit

mount -t debugfs none /sys/kernel/debug 2>/dev/null
modprobe -a $MODULES mptcpx_pm || exit 1
suites=$(cd $results && ls -d mptcpx_* mptcp_* 2>/dev/null)
[ -n "$suites" ] || exit 1

echo "KTAP version 1"
echo "1..$(wc -w <<<"$suites")"
n=0
failed=0
for suite in $suites; do
	n=$((n + 1))
	# a document of one suite each: its first two lines, and its number
	sed -e '1,2d' -e "s/^\(\(not \)\?ok\) [0-9]* $suite\$/\1 $n $suite/" \
		"$results/$suite/results"
	grep -q "^ok [0-9]* $suite\$" "$results/$suite/results" || failed=$((failed + 1))
done
unload
[ $failed -eq 0 ]
