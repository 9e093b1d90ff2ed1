#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Choosing a scheduler: by namespace, whenever that was created, by name.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

available()
{
	on "$1" cat /proc/sys/net/mptcp/available_schedulers
}

loading()
{
	local before

	ip netns add early
	before=$(available early)
	is "before loading" "$before" default
	modprobe -a $MODULES || fail "modules do not load"
	ip netns add late
	is "available, namespace older" "$(available early)" \
		"default minrtt redundant wrr"
	is "available, namespace newer" "$(available late)" \
		"default minrtt redundant wrr"
}

default_untouched()
{
	local ns

	for ns in early late; do
		is "scheduler in $ns" "$(knob $ns scheduler)" default
	done
	is "scheduler in the first namespace" \
		"$(cat /proc/sys/net/mptcp/scheduler)" default
}

knobs_everywhere()
{
	local ns

	for ns in early late; do
		is "mode in $ns" "$(knob $ns redundant.mode)" opportunistic
		is "weights in $ns" "$(knob $ns wrr.weights)" ""
		is "wrr mode in $ns" "$(knob $ns wrr.mode)" weights
		on $ns test -r /proc/net/mptcpx || fail "no /proc/net/mptcpx in $ns"
	done
	is "mode in the first namespace" \
		"$(cat /proc/sys/net/mptcp/redundant/mode)" opportunistic
}

knobs_apart()
{
	knob early redundant.mode full
	knob late wrr.weights "eth7=9"
	knob late wrr.mode auto
	is "mode in late" "$(knob late redundant.mode)" opportunistic
	is "weights in early" "$(knob early wrr.weights)" ""
	is "wrr mode in early" "$(knob early wrr.mode)" weights
	is "mode in early" "$(knob early redundant.mode)" full
	is "weights in late" "$(knob late wrr.weights)" "eth7=9"
	is "mode in the first namespace" \
		"$(cat /proc/sys/net/mptcp/redundant/mode)" opportunistic
}

names_apart()
{
	knob early scheduler minrtt
	knob late scheduler wrr
	is early "$(knob early scheduler)" minrtt
	is late "$(knob late scheduler)" wrr
	is first "$(cat /proc/sys/net/mptcp/scheduler)" default
}

# shellcheck disable=SC2317
unknown_name()
{
	local name

	for name in nonesuch minrt minrtt2 MINRTT; do
		refused "No such file" on early bash -c \
			"echo $name >/proc/sys/net/mptcp/scheduler"
		is "scheduler after '$name'" "$(knob early scheduler)" minrtt
	done
}

# in the lab: uses NAME
uses()
{
	use "$1"
	hold -W 2
	soon connection "$1" || { look; fail "connection does not use $1"; }
	release
}

# each end decides for itself
ends_apart()
{
	use default
	knob client scheduler minrtt
	knob server scheduler redundant
	serve
	hold -W 2
	soon connection minrtt || fail "client does not use minrtt"
	connection redundant server ||
		fail "server does not use redundant"
	release
	look early | grep -q token= && fail "seen from another namespace"
	:
}

keeps_its_own()
{
	use minrtt
	hold -W 2
	soon connection minrtt || fail "connection does not use minrtt"
	KEEP=1 use wrr
	connection minrtt || fail "the old connection has lost its scheduler"
	ip netns exec client mptcpx_traffic hold -c 10.0.1.2 -P "$PORT" -t 600 -W 2 &
	soon connection wrr || fail "the new connection does not use wrr"
	connection minrtt || fail "the old connection has lost its scheduler"
	kill -USR1 $!
	wait $! || fail "the new connection"
	release
}

gone_means_default()
{
	use default
	knob client scheduler minrtt
	knob server scheduler minrtt
	soon rmmod mptcp_minrtt || fail "mptcp_minrtt does not unload"
	is "available" "$(available client)" "default redundant wrr"
	is "name kept" "$(knob client scheduler)" minrtt
	serve
	hold -W 2
	soon connection default || { look; fail "not the default"; }
	release
	traffic data -n 1M -D both -W 2
	is verified "$(field verified "$result")" 1
}

back_again()
{
	modprobe mptcp_minrtt || fail "does not load again"
	uses minrtt
}

lab_up()
{
	unshaped 2
}

ktap_run loading default_untouched knobs_everywhere knobs_apart names_apart \
	unknown_name lab_up "uses default" "uses minrtt" "uses redundant" \
	"uses wrr" ends_apart keeps_its_own gone_means_default back_again
