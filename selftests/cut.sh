#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths go and come back under data both ways, without a word, one after the
# other: all of it arrives, and nothing stands still for good.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# cut_paths SCHEDULER PATHS: 12 MB each way, within a minute
cut_paths()
{
	use "$1"
	traffic_start data -n 12M -D both -W "$2" -T $((SLOW > 1 ? 150 : 60))
	sleep 1.5
	netlab_set 1 down
	sleep 4
	netlab_set 1 up
	sleep 3
	netlab_set 2 down
	sleep 3
	netlab_set 2 up
	traffic_end
	! grep -q verified=0 <<<"$result" || fail "data differ"
}

ktap_run "lab 20/10 5/60/q300" \
	"cut_paths minrtt 2" "cut_paths redundant 2" "cut_paths redundant-full 2" \
	"cut_paths wrr 2" "cut_paths wrr-auto 2" \
	"relab 20/10 5/60/q300 10/30/2%" \
	"cut_paths minrtt 3" "cut_paths redundant 3" "cut_paths redundant-full 3" \
	"cut_paths wrr 3" "cut_paths wrr-auto 3"
