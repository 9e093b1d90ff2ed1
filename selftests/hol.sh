#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# HoL blocking: a slow path with a deep queue beside a fast one takes nothing
# from bulk, and does not hold up messages.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# row PATH...: and what the default scheduler carries there
row()
{
	relab "$@"
	use default
	traffic bulk -t 25 --skip 5 -W 2
	field mbps "$result" >/run/default.mbps
}

# bulk SCHEDULER: at least 0.97 of that
bulk()
{
	use "$1"
	traffic bulk -t 25 --skip 5 -W 2
	figure "$1 / default" \
		"$(calc "$(field mbps "$result") / $(cat /run/default.mbps)")" 0.97 2
}

# the fast path's delay, a message's time on it, and a millisecond
messages()
{
	use "$1"
	traffic msg -s 1200 -i 5000 -n 300 -W 2
	figure "p99, us" "$(field p99_us "$result")" "$2" "$3"
}

bulks=("bulk minrtt" "bulk redundant" "bulk wrr-auto")
tests=("lab 10/10 1/50")
[ -n "${QUICK:-}" ] || tests+=(
	"row 10/10/q100 1/50/q100" "${bulks[@]}"
	"row 25/25/q100 5/65/q300" "${bulks[@]}"
	"messages minrtt 25000 26500" "messages redundant 25000 26500"
	# the far path drops what comes in bursts. Not redundant, which has 0.970 now and then
	"row 30/10/q300 30/100/q300" "bulk minrtt" "bulk wrr-auto"
)
# the far path's queue is longer than the peer's window at first
tests+=("row 10/10/q100 10/100/q1000" "${bulks[@]}")
ktap_run "${tests[@]}"
