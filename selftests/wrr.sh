#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# wrr: each path carries the share of the bytes its weight asks for, counted
# at the interfaces.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

lab_up()
{
	lab 20/5 20/5 20/5
	use wrr
}

relab()
{
	netlab_down
	lab "$@"
	use wrr
}

# shares WANTED...: in percent, of what paths_end found; 2 % of the whole
shares()
{
	local i want total=0

	for ((i = 1; i <= $#; i++)); do
		total=$((total + sent[i]))
	done
	i=0
	for want; do
		i=$((i + 1))
		figure "share of path $i, %" \
			"$(calc "100 * ${sent[i]} / $total")" \
			"$(calc "$want - 2")" "$(calc "$want + 2")"
	done
}

# weights TEXT SHARE...
weights()
{
	local text=$1

	shift
	knob client wrr.mode weights
	knob client wrr.weights "$text"
	paths_start 3
	traffic data -n 8M -W 3
	is verified "$(field verified "$result")" 1
	paths_end 3
	shares "$@"
}

# the share of the messages' bytes too, where no path is ever full
messages()
{
	knob client wrr.weights "eth1=3 eth2=1 eth3=0"
	paths_start 3
	traffic bulk -n 2M -w 1200 -W 3
	paths_end 3
	shares 75 25 0
}

by_id()
{
	local id

	hold -W 3
	soon established 3 || fail "no three subflows"
	id=$(look | sed -n 's/.*id=\([0-9]*\)\/.*local=10\.0\.2\.1:.*/\1/p')
	look
	release
	[ -n "$id" ] || fail "no id of the subflow from 10.0.2.1"
	weights "id:$id=4 id:0=4 *=2" 40 40 20
}

# a change reaches a connection that runs
live_change()
{
	knob client wrr.weights "eth3=0 *=1"
	traffic_start bulk -t 9 -W 3
	sleep 3
	paths_start 3
	sleep 2
	paths_end 3
	shares 50 50 0
	knob client wrr.weights "eth3=0 eth1=3 eth2=1"
	sleep 0.5
	paths_start 3
	sleep 2.5
	paths_end 3
	shares 75 25 0
	traffic_end
}

# weight 0 serves when nothing else does
zero_alone()
{
	knob client wrr.weights "*=0"
	traffic data -n 1M -W 3
	is verified "$(field verified "$result")" 1
}

zero_rescues()
{
	knob client wrr.weights "eth3=0 *=1"
	traffic_start data -n 4M -W 3
	sleep 0.7
	netlab_set 1 down
	netlab_set 2 down
	traffic_end
	netlab_set 1 up
	netlab_set 2 up
	is verified "$(field verified "$result")" 1
}

# round_robin TEXT LEAST MOST: Mbit/s with these weights over 30 and 10 Mbit/s. None: nobody is
# waited for
round_robin()
{
	knob client wrr.weights "$1"
	traffic bulk -t 8 --skip 3 -W 2
	figure "Mbit/s" "$(field mbps "$result")" "$2" "$3"
}

automatic()
{
	knob client wrr.weights ""
	knob client wrr.mode auto
	paths_start 2
	traffic bulk -t 8 --skip 3 -W 2
	paths_end 2
	shares 75 25
	figure "Mbit/s" "$(field mbps "$result")" 35 40
}

v6()
{
	netlab_down
	export NETLAB_FAMILY=6
	lab 20/5 20/5
	use wrr
	knob client wrr.weights "fd00:1::1=3,[fd00:2::1]=1"
	paths_start 2
	traffic data -n 4M -W 2
	paths_end 2
	shares 75 25
}

third=33.33
ktap_run lab_up "weights '' $third $third $third" \
	"weights 'eth3=0 *=1' 50 50 0" \
	"weights 'eth1=3 eth2=1 eth3=0' 75 25 0" \
	"weights 'eth1=5 eth2=2 eth3=1' 62.5 25 12.5" \
	"weights '10.0.1.1=3 10.0.2.1=1 10.0.3.1=0' 75 25 0" \
	"weights 'eth[12]=2 eth*=1' 40 40 20" \
	"weights '10.0.3.1=2 eth3=9 *=1' 25 25 50" \
	by_id messages live_change zero_alone zero_rescues \
	"relab 30/10 10/10" "round_robin '' 35 40" "round_robin '*=1' 17 20" automatic v6
