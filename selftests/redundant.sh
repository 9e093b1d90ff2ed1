#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# redundant: bytes do travel on every path, counted at the interfaces, and a
# path that dies is not missed.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

lab_up()
{
	lab 20/10 20/20
}

relab()
{
	netlab_down
	lab "$@"
}

# bytes on the wire: headers come on top of the payload
each_path()
{
	local i payload=$1 low=$2 high=$3

	paths_end 2
	for i in 1 2; do
		figure "path $i / payload" "$(calc "${sent[i]} / $payload")" \
			"$low" "$high"
	done
}

full_bulk()
{
	use redundant-full
	paths_start 2
	traffic data -n 8M -W 2
	is verified "$(field verified "$result")" 1
	each_path $((8 << 20)) 0.95 1.10
}

# not faster than one path, not slower than the better one by more than a tenth
full_goodput()
{
	use redundant-full
	traffic bulk -t 6 --skip 2 -W 2
	figure "Mbit/s" "$(field mbps "$result")" 17 20
}

opportunistic_messages()
{
	use redundant
	paths_start 2
	traffic msg -s 1200 -i 5000 -n 400 -W 2
	# 1200 bytes carry about 80 bytes of headers
	each_path $((400 * 1200)) 0.95 1.20
}

# as much as both paths carry: copies must not cost goodput
opportunistic_bulk()
{
	use redundant
	traffic bulk -t 6 --skip 2 -W 2
	figure "Mbit/s" "$(field mbps "$result")" 34 40
}

counters()
{
	local line

	use "$1"
	traffic_start msg -s 1200 -i 5000 -n 400 -W 2
	sleep 1.5
	line=$(look)
	traffic_end
	say "$line"
	figure "copied / bytes of both" "$(awk '
		{ for (i = 1; i <= NF; i++) {
			if ($i ~ /^bytes=/) b += substr($i, 7)
			if ($i ~ /^copied=/) c += substr($i, 8)
		} }
		END { printf "%.3f", b ? c / b : 0 }' <<<"$line")" 0.45 0.51
}

killed_messages()
{
	use "$1"
	traffic_start msg -s 1200 -i 5000 -n 500 -W 2
	sleep 1.5
	netlab_set 1 down
	traffic_end
	netlab_set 1 up
	# delay of the other path, 20 ms, and 50 ms
	figure "longest gap, us" "$(field gap_us "$result")" 0 70000
}

killed_data()
{
	use "$1"
	traffic_start data -n 4M -D "$2" -W 2
	sleep 1
	netlab_set 1 down
	traffic_end
	netlab_set 1 up
	! grep -q verified=0 <<<"$result" || fail "data differ"
	is fallback "$(field fallback "$result")" 0
}

# one path too slow for all of it: it skips, and holds up nobody
laggard()
{
	use redundant-full
	paths_start 2
	traffic data -n 6M -W 2
	is verified "$(field verified "$result")" 1
	paths_end 2
	figure "s for 6 MiB at 20 Mbit/s" "$(field secs "$result")" 2.4 3.2
	figure "path 2 / path 1" "$(calc "${sent[2]} / ${sent[1]}")" 0.05 0.30
}

# lossy PATH MESSAGES SCHEDULER SEEDS: both paths alike, one stream a seed; sums
# of its percentiles, over the seeds, in $p95 and $p99
lossy()
{
	local seed

	p95=0
	p99=0
	for seed in $4; do
		netlab_down
		NETLAB_SEED=$seed lab "$1" "$1"
		use "$3"
		traffic msg -s 1200 -i 5000 -n "$2" -W 2
		p95=$(calc "$p95 + $(field p95_us "$result")")
		p99=$(calc "$p99 + $(field p99_us "$result")")
	done
}

# What losses cost, against the kernel's own scheduler. One stream tells little:
# its p99 hangs on a handful of losses, so it is the mean over some that counts.
lossy_messages()
{
	local stock95 stock99

	lossy "$1" "$2" default "$3"
	stock95=$p95
	stock99=$p99
	lossy "$1" "$2" redundant "$3"
	figure "p95 / that of default" "$(calc "$p95 / $stock95")" 0.1 "$4"
	figure "p99 / that of default" "$(calc "$p99 / $stock99")" 0.1 "$5"
}

# the tail of loss takes most of the time
tail=("lossy_messages 20/20/2% 300 '1 2 3 4 5 6' 1 0.9"
	"lossy_messages 20/10/3% 1600 '1 2 3 4 5 6' 1 0.9")
[ -z "${QUICK:-}" ] || tail=("lossy_messages 20/20/2% 300 '1 2 3' 1 0.9")
ktap_run lab_up full_bulk full_goodput opportunistic_messages \
	opportunistic_bulk "counters redundant" "counters redundant-full" \
	"killed_messages redundant" "killed_messages redundant-full" \
	"killed_data redundant up" "killed_data redundant-full both" \
	"relab 20/10 2/30" laggard "${tail[@]}"
