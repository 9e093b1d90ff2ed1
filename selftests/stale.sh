#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A subflow that is dead while others carry on is found stale, and is used again when
# it is back; one that answers, though seldom, is not found stale.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# counter NAME: of the client's
counter()
{
	nstat_of client "MPTcpExtSubflow$1"
}

# marked N VALUE: does the subflow of path N have stale=VALUE?
marked()
{
	look | grep -q " local=10\.0\.$1\..* stale=$2 "
}

# used BYTES: has the client sent so many by path 1 since paths_start?
used()
{
	paths_end 1
	[ "${sent[1]}" -ge "$1" ]
}

# found SCHEDULER PATHS: data over that many, of which the first goes and comes back
found()
{
	local stale recover began i

	use "$1"
	stale=$(counter Stale)
	recover=$(counter Recover)
	# 16 s by one path; on a slow kernel more
	traffic_start data -n $((SLOW > 1 ? 32 : 8))M -W "$2" -T 200
	sleep 1.5
	netlab_set 1 down
	began=${EPOCHREALTIME/./}
	# TCP's timeout, 300 ms; five counts, 200 ms each
	within $((2 * SLOW)) marked 1 1 || fail "the dead subflow is not stale"
	figure "s until it is found stale" \
		"$(calc "(${EPOCHREALTIME/./} - $began) / 1000000")" 0.8 2
	for ((i = 2; i <= $2; i++)); do
		marked "$i" 0 || fail "path $i is stale, too"
	done
	is "subflows found stale" "$(counter Stale)" $((stale + 1))
	is "and recovered" "$(counter Recover)" "$recover"
	# what little there is: TCP sends again, ever more seldom
	paths_start 1
	sleep 1
	paths_end 1
	between "bytes to the dead path" "${sent[1]}" 0 5000
	netlab_set 1 up
	# when TCP sends again the next time: up to twice as long as it was gone
	soon marked 1 0 || fail "it is back, and still stale"
	is "recovered" "$(counter Recover)" $((recover + 1))
	# what else was lost TCP may notice only by its next timer
	paths_start 1
	soon used 50000 || fail "it is back, and not used"
	traffic_end
	is verified "$(field verified "$result")" 1
	is "subflows found stale in all" "$(counter Stale)" $((stale + 1))
}

# What counts as a timeout of the core's is one: a path that answers, though
# seldom, is not found stale for being asked about often.
not_found()
{
	local before

	use "$1"
	before=$(counter Stale)
	traffic msg -s 1200 -i 1000 -n 500 -W 2
	is "subflows found stale" "$(counter Stale)" "$before"
}

# lossy SCHEDULER: timeouts that are over with the next acknowledgment
lossy()
{
	local before

	use "$1"
	before=$(counter Stale)
	traffic data -n 2M -W 2 -T 60
	is verified "$(field verified "$result")" 1
	is "subflows found stale" "$(counter Stale)" "$before"
}

more=("relab 4/10 4/20" "found wrr 2" "found redundant-full 2"
	"relab 4/10 4/20 4/30" "found minrtt 3"
	"relab 20/10 20/150" "not_found redundant")
[ -z "${QUICK:-}" ] || more=()
ktap_run "lab 4/10 4/20" "found minrtt 2" "found redundant 2" \
	"relab 4/10 4/20 4/30" "found redundant 3" \
	"relab 20/10 20/150" "not_found redundant-full" \
	"relab 20/10 20/10/5%" "lossy minrtt" "lossy redundant" \
	"${more[@]}"
