# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of hard times share: traffic that goes on meanwhile. To be sourced
# after lib.sh and pm_lib.sh.

# what is freed late has been: TIME_WAIT, orphans, RCU
settle()
{
	within 20 quiet || { on client ss -HaMn; on server ss -HaMn; }
	sleep 0.5
	echo 3 >/proc/sys/vm/drop_caches
}

# NAME OBJECTS KB of each slab cache that counts as unreclaimable; empty slabs of all are
# given back first
caches()
{
	local c reclaimable

	for c in /sys/kernel/slab/*; do
		[ -L "$c" ] || [ ! -e "$c/shrink" ] || echo 1 >"$c/shrink"
	done
	tail -n +3 /proc/slabinfo | while read -r c objects _ _ _ pages _ _ _ _ _ _ _ _ slabs _; do
		reclaimable=0
		read -r reclaimable <"/sys/kernel/slab/$c/reclaim_account"
		[ "$reclaimable" = 1 ] ||
			echo "$c $objects $((slabs * pages * 4))"
	done
}

# no socket but those that listen, without a module of ours, too
closed()
{
	[ -z "$(on client ss -HMn)$(on server ss -HMn)" ]
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

# churn_start [BYTES]: transfers one after the other, schedulers of both ends changed
# meanwhile, until churn_end, which tells how they fared
churn_start()
{
	local bytes=${1:-3M}

	: >/run/churn
	: >/run/swap
	mkfifo /run/never 2>/dev/null
	while [ -e /run/churn ]; do
		# with FAILING set, once it is up: hardly any would get there
		# shellcheck disable=SC2016	# expanded in the namespace
		on client bash -c 'failing=$1
			shift
			mptcpx_traffic "$@" &
			[ -z "$failing" ] || {
				read -r -t 0.3 <>/run/never
				echo 1 >/proc/$!/make-it-fail
			} 2>/dev/null
			wait $!' - "${FAILING:-}" data -c "$(address 4)" \
			-P "$PORT" -n "$bytes" -D both -w random -T $((60 * SLOW)) ||
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
		between "transfers begun" "$(grep -c '^conn ' /run/churn.log)" 1 1e9
		grep -v -e status= -e verified=1 -e 'not whole' /run/churn.log | sort | uniq -c |
			sort -rn | head -n 10
		return
	fi
	is "transfers that were not whole" "$(grep -c 'not whole' /run/churn.log)" 0
	between "transfers by MPTCP" "$(grep -c '^conn fallback=0' /run/churn.log)" 1 1e9
	is "swappers that were never refused" \
		"$(cat /run/swaps /run/swaps.server | grep -c '^[1-9][0-9]* taken, 0 refused')" 2
}
