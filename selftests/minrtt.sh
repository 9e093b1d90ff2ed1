#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# minrtt: the fast path first, the next when that is full, a backup last, and
# no queue behind a window.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

lab_up()
{
	lab 20/10 20/40
}

fast_alone()
{
	use minrtt
	paths_start 2
	traffic msg -s 1200 -i 5000 -n 400 -W 2
	paths_end 2
	figure "share of the slow path" \
		"$(calc "${sent[2]} / (${sent[1]} + ${sent[2]})")" 0 0.02
	# the path's delay, and a message's time on it
	figure "p99, us" "$(field p99_us "$result")" 10000 11500
}

# the same when the first subflow is on the slow path
fast_second()
{
	netlab_set 1 delay=40
	netlab_set 2 delay=10
	use minrtt
	traffic msg -s 1200 -i 5000 -n 400 -W 2
	netlab_set 1 delay=10
	netlab_set 2 delay=40
	figure "p99, us" "$(field p99_us "$result")" 10000 11500
}

both_for_bulk()
{
	use minrtt
	traffic bulk -t 8 --skip 3 -W 2
	figure "Mbit/s" "$(field mbps "$result")" 34 40
}

# Bytes in the slow subflow that neither are in flight nor fit in its window,
# of many samples the most, in $most, and the median, in $median: what stands
# there waits for the window, whatever another path could do for it meanwhile.
queued()
{
	local i n all=()

	traffic_start bulk -t 6 -W 2
	sleep 2
	for i in {1..40}; do
		n=$(on client ss -Htni dst 10.0.2.2 | awk '
		function val(name, text)
		{
			if (!match($0, " " name ":[0-9]+"))
				return 0
			text = substr($0, RSTART, RLENGTH)
			sub(/.*:/, "", text)
			return text + 0
		}
		/ cwnd:/ {
			flight = val("unacked") - val("sacked") - val("lost") + val("retrans")
			room = (val("cwnd") - flight) * val("mss")
			n = val("notsent") - (room > 0 ? room : 0)
			if (n > most)
				most = n
		}
		END { print most + 0 }')
		all+=("${n:-0}")
		sleep 0.05
	done
	traffic_end
	mapfile -t all < <(printf '%s\n' "${all[@]}" | sort -n)
	median=${all[${#all[@]} / 2]}
	most=${all[-1]}
	# of no weight where nothing was sent
	figure "Mbit/s" "$(field mbps "$result")" 30 40
}

# Nothing waits, as a rule. A loss may shrink a window that has just been
# filled, by up to 0.3 of it with cubic: some packets wait then, but never what
# the default scheduler lets queue.
no_queue()
{
	local default

	use default
	queued
	default=$most
	figure "default scheduler, most" "$most" 100000 10000000
	use minrtt
	queued
	is "minrtt, median" "$median" 0
	figure "minrtt, most / that of default" "$(calc "$most / $default")" 0 0.1
}

backup_rests()
{
	ip -n server mptcp endpoint flush
	ip -n server mptcp endpoint add 10.0.2.2 dev eth2 signal backup
	use minrtt
	paths_start 2
	traffic_start bulk -t 4 -W 2
	sleep 2
	look >/run/look.log
	cat /run/look.log
	grep -q 'local=10.0.2.1.*backup=1' /run/look.log || fail "no backup subflow seen"
	traffic_end
	paths_end 2
	figure "share of the backup" \
		"$(calc "${sent[2]} / (${sent[1]} + ${sent[2]})")" 0 0.01
}

backup_rescues()
{
	use minrtt
	paths_start 2
	traffic_start data -n 5M -W 2
	sleep 1
	netlab_set 1 down
	traffic_end
	paths_end 2
	netlab_set 1 up
	is verified "$(field verified "$result")" 1
	figure "bytes of the backup" "${sent[2]}" 1000000 9000000
}

ktap_run lab_up fast_alone fast_second both_for_bulk no_queue \
	backup_rests backup_rescues
