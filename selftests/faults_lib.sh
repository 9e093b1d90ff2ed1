# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of hard times share: traffic that goes on meanwhile. To be sourced
# after lib.sh and pm_lib.sh.

slab_kb()
{
	awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo
}

# what is freed late has been: TIME_WAIT, orphans, RCU
settle()
{
	within 20 quiet || { on client ss -HaMn; on server ss -HaMn; }
	sleep 0.5
	echo 3 >/proc/sys/vm/drop_caches
}

quiet()
{
	! look client | grep -q . && ! look server | grep -q .
}

# first_token SIDE
first_token()
{
	look "$1" | sed -n 's/^token=\([^ ]*\).*/\1/p' | head -n 1
}

# restless NAMESPACE SECONDS SCHEDULER...: each in turn for all connections that are up,
# until /run/swap is gone; prints how many were taken, how many refused. With FAILING
# set, the process is one whose allocations fail.
restless()
{
	mkfifo /run/never 2>/dev/null
	# shellcheck disable=SC2016	# expanded in the namespace
	on "$1" bash -c '[ -z "$1" ] || echo 1 >/proc/self/make-it-fail
		shift
		f=/proc/sys/net/mptcp/scheduler_live n=0 bad=0
		while [ -e /run/swap ]; do
			for s in "${@:2}"; do
				if { echo "$s" >$f; } 2>/dev/null; then
					n=$((n + 1))
				else
					bad=$((bad + 1))
				fi
				read -r -t "$1" <>/run/never
			done
		done
		echo "$n taken, $bad refused"' - "${FAILING:-}" "${@:2}"
}

# churn: transfers one after the other, schedulers of both ends changed meanwhile,
# until churn_end, which tells how they fared
churn_start()
{
	: >/run/churn
	: >/run/swap
	while [ -e /run/churn ]; do
		# shellcheck disable=SC2016	# expanded in the namespace
		on client bash -c '[ -z "$1" ] || echo 1 >/proc/self/make-it-fail
			shift
			exec mptcpx_traffic "$@"' - "${FAILING:-}" data -c "$(address 4)" \
			-P "$PORT" -n 3M -D both -w random -T $((60 * SLOW)) ||
			echo "churn: not whole"
	done >/run/churn.log 2>&1 &
	churn_pid=$!
	restless client 0.05 minrtt redundant default wrr >/run/swaps 2>&1 &
	swaps_pid=$!
	restless server 0.04 wrr minrtt redundant default >/run/swaps.server 2>&1 &
	swaps_pid="$swaps_pid $!"
}

churned()
{
	[ "$(grep -c status=0 /run/churn.log)" -gt "$1" ]
}

# churn_end whole|survived: survived allows for connections that ended early, and
# schedulers that were refused
churn_end()
{
	local have

	# at least one that began after whatever was done
	have=$(grep -c status=0 /run/churn.log)
	[ "$1" != whole ] || within $((60 * SLOW)) churned $((have + 1)) || {
		tail -n 20 /run/churn.log
		fail "traffic has come to a stop"
	}
	rm /run/churn /run/swap
	wait "$churn_pid"
	# shellcheck disable=SC2086	# a list of numbers
	wait $swaps_pid
	say "$(grep -c status=0 /run/churn.log) transfers whole, $(grep -c 'not whole' \
		/run/churn.log) not; swaps: $(cat /run/swaps), $(cat /run/swaps.server)"
	is "transfers that differ" "$(grep -c -e verified=0 -e differs /run/churn.log)" 0
	is "transfers that hang" "$(grep -c timeout /run/churn.log)" 0
	if [ "$1" != whole ]; then
		grep -v -e status= -e verified=1 -e 'not whole' /run/churn.log | sort | uniq -c |
			sort -rn | head -n 10
		return
	fi
	is "transfers that were not whole" "$(grep -c 'not whole' /run/churn.log)" 0
	is "swaps refused" "$(cat /run/swaps /run/swaps.server | grep -vc ' 0 refused')" 0
}
