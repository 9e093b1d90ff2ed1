#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager: policies with a preference, schedulers that go with them,
# lists of interfaces, and what is refused. Virtual time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

dir=/proc/sys/net/mptcp/pm

# as Documentation/pathmanager.rst has them
declare -A default=(
	[policy]=none
	[num_subflows]=1
	[ndiffports]=2
	[max_subflows]=8
	[max_per_interface]=8
	[include]=""
	[exclude]="docker* veth* virbr* br-* cni* lxc*"
	[backup]=""
	[prefer]=""
	[set_scheduler]=1
	[retry_first_ms]=200
	[retry_limit_ms]=60000
	[retry_max]=0
	[retry_rate]=100
	[probe_ms]=700
	[silence_ms]=400
	[keepalive]=60
	[close_timeout]=0
)

lab_up()
{
	pm_lab 20/10 20/25
}

defaults()
{
	local knob

	for knob in "${!default[@]}"; do
		is "$knob" "$(pm client "$knob")" "${default[$knob]}"
	done
	is "knobs" "$(on client ls $dir | sort)" \
		"$(printf '%s\n' available_policies "${!default[@]}" | sort)"
}

# stream: a message stream that outlasts what happens meanwhile
stream()
{
	traffic_start msg -s 1200 -i 5000 -n $(($1 * 200)) -D up -W 2 -T 200
	have 2
	sleep 1.5
}

# mostly PATH: nearly all bytes sent in the next second go by that path
mostly()
{
	local other=$((3 - $1))

	paths_start 2
	sleep 1
	paths_end 2
	figure "share of path $1" "$(calc "${sent[$1]} / (${sent[$1]} + ${sent[$other]})")" \
		0.95 1
}

gap()
{
	traffic_end
	figure "longest gap, ms" "$(calc "$(field gap_us "$result") / 1000")" 0 "$1"
}

handover_prefer()
{
	pm client prefer "eth2"
	policy handover
	stream 6
	view | grep backup=
	mostly 2
	# make before break
	pm client prefer "eth1 eth2"
	sleep 0.2
	mostly 1
	gap 60
	pm client prefer ""
}

# the preferred path is lost, and comes back
handover_loses()
{
	pm client prefer "eth1"
	policy handover
	stream 9
	mostly 1
	case $1 in
	address) address_off 1 ;;
	link) ip -n client link set eth1 down ;;
	carrier) netlab_set 1 linkdown ;;
	silent) netlab_set 1 down ;;
	esac
	sleep 2
	mostly 2
	case $1 in
	address) address_on 1 ;;
	link)
		ip -n client link set eth1 up
		ip -n client route replace 10.0.1.0/24 dev eth1 src 10.0.1.1 table 101
		;;
	*) netlab_set 1 up ;;
	esac
	sleep 2
	have 2
	mostly 1
	gap "$2"
	pm client prefer ""
}

schedulers()
{
	# loaded if need be
	knob client scheduler default
	rmmod mptcp_minrtt || fail "mptcp_minrtt does not unload"
	pm client policy aggregate
	is "scheduler of aggregate" "$(knob client scheduler)" minrtt
	pm client policy interactive
	is "scheduler of interactive" "$(knob client scheduler)" redundant
	pm client policy fullmesh
	is "scheduler of fullmesh" "$(knob client scheduler)" default
	pm client set_scheduler 0
	pm client policy interactive
	is "scheduler, if told not to" "$(knob client scheduler)" default
	pm client set_scheduler 1
	is "scheduler, if told to" "$(knob client scheduler)" redundant
	# somebody else's choice stays
	knob client scheduler wrr
	pm client policy none
	is "scheduler chosen by hand" "$(knob client scheduler)" wrr
	knob client scheduler default
}

aggregate()
{
	policy aggregate
	traffic bulk -t 4 --skip 1 -W 2
	figure "goodput of two paths, Mbit/s" "$(field mbps "$result")" 34 38
}

interactive()
{
	policy interactive
	stream 5
	case $1 in
	link) ip -n client link set eth1 down ;;
	silent) netlab_set 1 down ;;
	esac
	gap "$2"
	case $1 in
	link)
		ip -n client link set eth1 up
		ip -n client route replace 10.0.1.0/24 dev eth1 src 10.0.1.1 table 101
		;;
	silent) netlab_set 1 up ;;
	esac
}

metered()
{
	local told

	pm client backup "eth2"
	policy fullmesh
	stream 4
	mostly 1
	told=$(counter Priorities)
	pm client backup "eth[13-9]"
	sleep 0.2
	mostly 2
	# two subflows, each three times: what carries it may be lost
	is "told" $(($(counter Priorities) - told)) 6
	gap 60
	pm client backup ""
}

# backup_by_server: how many subflows the server has asked the client to spare
backup_by_server()
{
	view server | grep -c 'phase=.* backup=1'
}

# the end that takes the subflows has the other one spare some of them
metered_server()
{
	pm server backup "eth1"
	policy fullmesh
	stream 6
	mostly 2
	pm server backup "eth2"
	sleep 0.2
	mostly 1
	is "subflows to be spared" "$(backup_by_server)" 1
	pm server backup ""
	sleep 0.2
	is "subflows to be spared" "$(backup_by_server)" 0
	gap 60
}

excluded()
{
	policy fullmesh
	stream 4
	pm client exclude "eth2"
	soon has 1 || fail "excluded, and still used"
	is "path that stays" "$(pairs client)" "10.0.1.1>10.0.1.2"
	pm client exclude ""
	have 2
	pm client include "eth1 wlan*"
	soon has 1 || fail "not included, and still used"
	pm client include ""
	have 2
	traffic_end
}

# takes WHAT TEXT; rejects WHAT TEXT: as written to a file
takes()
{
	on client bash -c 'printf "%s" "$2" >$1' - "$dir/$1" "$2" || fail "$1 does not take '$2'"
}

rejects()
{
	local before

	before=$(on client cat "$dir/$1")
	refused "Invalid argument" on client bash -c 'printf "%s" "$2" >$1' - "$dir/$1" "$2"
	is "$1 after '$2'" "$(on client cat "$dir/$1")" "$before"
}

bad_input()
{
	local text long

	pm client policy none
	for text in nonesuch full fullmesh2 "fullmesh ndiffports" FULLMESH " " \
		"$(printf 'x%.0s' {1..100})"; do
		rejects policy "$text"
	done
	for text in 0 -1 9 99999999999999999999 x "1x" 0x; do
		rejects num_subflows "$text"
	done
	rejects max_subflows 0
	rejects max_subflows 17
	rejects retry_first_ms 9
	rejects retry_limit_ms 3600001
	rejects probe_ms 99
	rejects keepalive 32768
	rejects close_timeout 2592001
	rejects set_scheduler 2
	takes close_timeout 2592000
	takes close_timeout 0
	long=$(printf 'a%.0s' {1..32})
	for text in "eth[" "eth[]" "eth]" "e/th" "eth:1" 'e\th' $'eth\001' "[[a]]" "$long" \
		"$(echo p{1..17})" "$(printf 'x%.0s ' {1..140})"; do
		rejects exclude "$text"
		rejects backup "$text"
	done
	takes exclude "$(echo p{1..16})"
	takes exclude $' eth0,\twlan?  usb[0-9]*\n'
	is "list, as read" "$(on client cat $dir/exclude)" $' eth0,\twlan?  usb[0-9]*'
	takes exclude " "
	refused "Permission denied" on client bash -c "echo >$dir/available_policies"
}

as_nobody()
{
	on client su -s /bin/bash nobody -c "$1"
}

privileges()
{
	local file

	grep -q ^nobody: /etc/passwd || echo 'nobody:x:65534:65534::/:/bin/bash' >>/etc/passwd
	is user "$(as_nobody 'id -u')" 65534
	for file in policy exclude num_subflows keepalive; do
		refused "Permission denied" as_nobody "echo fullmesh >$dir/$file"
	done
	refused "Permission denied" as_nobody "echo >/proc/net/mptcpx_pm"
	# root of a user namespace of its own, which does not own this one
	refused "Permission denied" as_nobody "unshare -Ur bash -c 'echo fullmesh >$dir/policy'"
	is policy "$(pm client policy)" none
	# but may do as it likes in a network of its own
	is "policy of one's own" "$(as_nobody "unshare -Urn bash -c 'mount -t proc p /proc 2>&- ||
		unshare -pfm --mount-proc true; echo fullmesh >$dir/policy && cat $dir/policy'")" \
		fullmesh
	is policy "$(pm client policy)" none
}

# turn KNOB=VALUE...; turn_back KNOB[=VALUE]...: of the client
turn()
{
	local word

	for word; do
		pm client "${word%%=*}" "${word#*=}"
	done
}

turn_back()
{
	local word

	for word; do
		pm client "${word%%=*}" "${default[${word%%=*}]}"
	done
}

# path 2's server says no
refuse()
{
	printf '%s\n' "table inet t {" "chain c {" "type filter hook input priority 0;" \
		"iifname eth2 tcp flags syn / syn,ack reject with tcp reset" "}" "}" |
		on server nft -f - || fail "nft"
}

# tries PATH2 SECONDS LOW HIGH KNOB=VALUE...: attempts at the second subflow of a new
# connection in so long a time. PATH2: refuses, or swallows
tries()
{
	local before n

	turn "${@:5}"
	policy fullmesh
	case $1 in
	refuses) refuse ;;
	swallows) netlab_set 2 down ;;
	esac
	before=$(counter Creates)
	traffic_start hold -t $(($2 + 1)) -W 1
	sleep "$2"
	n=$(($(counter Creates) - before))
	traffic_end
	on server nft flush ruleset
	netlab_set 2 up
	turn_back "${@:5}"
	figure "attempts in $2 s" $n "$3" "$4"
}

# gives_up N: of the attempts at path 2, refused, that many are made, and as many again once
# its address was away
gives_up()
{
	local before given i

	turn retry_max="$1" retry_first_ms=100
	policy fullmesh
	refuse
	before=$(counter Creates)
	given=$(counter GivenUp)
	traffic_start hold -t $((25 * SLOW)) -W 1
	for i in 1 2; do
		within $((8 * SLOW)) shows 'given_up=1' || { view; fail "not given up"; }
		shows "^  retry=.* joining=0 fails=$1 .* given_up=1" || { view; fail "fails"; }
		is "attempts" $(($(counter Creates) - before)) $((i * $1))
		is "given up" $(($(counter GivenUp) - given)) $i
		# the next one would come 1.6 s later at most
		sleep 4
		is "attempts later" $(($(counter Creates) - before)) $((i * $1))
		address_off 2
		sleep 0.5
		[ $i = 1 ] || on server nft flush ruleset
		address_on 2
	done
	have 2
	traffic_end
	turn_back retry_max retry_first_ms
}

# silence MS LOW HIGH: when a subflow whose path is dead is ended; ten seconds: never.
# It counts from what was heard last, which is before the path is cut.
silence()
{
	local t heard

	turn silence_ms="$1"
	policy fullmesh
	stream 14
	netlab_set 2 down
	t=$(now)
	heard=$(on client ss -tinH state established src 10.0.2.1 |
		sed -n 's/.* lastack:\([0-9]*\).*/\1/p')
	follow 1 true >/dev/null
	t=$(($(now) - t + heard))
	netlab_set 2 up
	traffic_end
	turn_back silence_ms
	figure "silence_ms $1: ended after, ms" "$t" "$2" "$3"
}

# of_endpoint ID: subflows from there
of_endpoint()
{
	on client ss -tniH state established | grep -c "token:[0-9a-f]*(id:[0-9]*)/[0-9a-f]*(id:$1)"
}

# endpoints of the kernel's path manager are for connections that it has
endpoints()
{
	local side

	ip -n client mptcp limits set subflows 8 add_addr_accepted 8
	ip -n client mptcp endpoint add 10.0.2.1 dev eth2 id 77 subflow fullmesh
	ip -n server mptcp limits set subflows 8 add_addr_accepted 8
	ip -n server mptcp endpoint add 10.0.2.2 dev eth2 signal
	# one that makes no subflow
	policy server none
	traffic_start hold -t 3 -W 1
	have 1
	sleep 1.5
	is "subflows, policy server" "$(netlab_subflows client)" 1
	traffic_end
	# one that makes the same
	policy fullmesh none
	traffic_start hold -t 3 -W 2
	have 2
	sleep 1
	view
	is "subflows, policy fullmesh" "$(netlab_subflows client)" 2
	is "subflows of the endpoint" "$(of_endpoint 77)" 0
	traffic_end
	policy none
	traffic_start hold -t 3 -W 2
	sleep 1
	is "connections managed" "$(view | grep -c token=)" 0
	is "subflows of the endpoint" "$(of_endpoint 77)" 1
	traffic_end
	for side in client server; do
		ip -n "$side" mptcp endpoint flush
		ip -n "$side" mptcp limits set subflows 0 add_addr_accepted 0
	done
}

# another path manager, as Debian configures it
mptcpd()
{
	local before pid lines

	[ -x /usr/libexec/mptcpd ] || skip "there is no mptcpd here"
	policy none
	ip netns exec client /usr/libexec/mptcpd --log=stderr --path-manager=addr_adv \
		>/run/mptcpd.log 2>&1 &
	pid=$!
	soon grep -q "address advertiser.* initialized" /run/mptcpd.log ||
		{ cat /run/mptcpd.log; fail "mptcpd does not start"; }
	before=$(on client grep -r . /proc/sys/net/mptcp)
	lines=$(dmesg | grep -c "mptcpx_pm: refused:")
	refused "busy" on client bash -c "echo fullmesh >$dir/policy"
	is "lines in the log" $(($(dmesg | grep -c "mptcpx_pm: refused:") - lines)) 1
	dmesg | grep "mptcpx_pm: refused:" | tail -n 1 | grep mptcpd ||
		fail "the line does not name it"
	is "net.mptcp" "$(on client grep -r . /proc/sys/net/mptcp)" "$before"
	shows '^policy=none active=0 ' || { view; fail "something is in force"; }
	kill $pid
	wait $pid || { cat /run/mptcpd.log; fail "mptcpd's end"; }
	pm client policy fullmesh
	shows '^policy=fullmesh active=1 ' || { view; fail "not in force"; }
	pm client policy none
	ip -n client mptcp endpoint flush
}

# shows PATTERN: the state has such a line
shows()
{
	view | grep -q -e "$1"
}

# between two attempts at the second subflow
lacking()
{
	view | tee /run/view | grep -q "role=connector subflows=1 "
}

# what there is to look at
state()
{
	local tracing=/sys/kernel/tracing text file=/proc/net/mptcpx_pm_stat kind

	echo 1 >$tracing/events/mptcpx_pm/enable || fail "no tracepoints"
	echo >$tracing/trace
	pm client backup "eth2"
	policy fullmesh
	refuse
	traffic_start hold -t 6 -W 1
	soon has 1 || fail "no connection"
	sleep 1.5
	soon lacking || fail "an attempt without end"
	text=$(cat /run/view)
	say "$text"
	for kind in '^policy=fullmesh active=1 pm_type=1 connections=1$' \
		'^id=[0-9]* address=10.0.1.1 dev=eth1 usable=1 excluded=0 backup=0 ' \
		'^id=[0-9]* address=10.0.2.1 dev=eth2 usable=1 excluded=0 backup=1 ' \
		'^token=[0-9a-f]* role=connector subflows=1 local=10.0.1.1:[0-9]* remote=' \
		'^  subflow=[0-9]* id=0/0 local=10.0.1.1:[0-9]* remote=10.0.1.2:.* phase=up' \
		'^  announced=[0-9]* remote=10.0.2.2' \
		'^  retry=[0-9]*/[0-9]* joining=[01] fails=[1-9][0-9]* in_ms='; do
		grep -q "$kind" <<<"$text" || fail "not shown: $kind"
	done
	text=$(view server)
	grep -q "role=listener" <<<"$text" || fail "the listener's role is not shown: $text"
	grep -q "^  told=[0-9]* times=" <<<"$text" || fail "announcements are not shown: $text"
	on server nft flush ruleset
	have 2
	ip -n client addr del 10.0.2.1/24 dev eth2
	soon has 1 || fail "the subflow stays"
	address_on 2
	traffic_end
	# as nstat prints: a name that says whose it is, and a number
	is "lines that are no counters" \
		"$(on client grep -vcE '^MPTcpXPm[A-Za-z]+ +[0-9]+$' $file)" 0
	is "counters" "$(on client sort -u $file | wc -l)" "$(on client wc -l <$file)"
	for kind in Events Passes Commands Creates Refused Aborts Scans; do
		[ "$(counter $kind)" -gt 0 ] || fail "$kind does not count"
	done
	echo 0 >$tracing/events/mptcpx_pm/enable
	for kind in event command abort; do
		grep -q "mptcpx_pm_$kind: token=" $tracing/trace || fail "no trace of: $kind"
	done
	grep mptcpx_pm_ $tracing/trace | head -n 12
	echo >$tracing/trace
	pm client backup ""
}

at_last()
{
	policy none
	unload
	netlab_down
}

ktap_run lab_up defaults handover_prefer "handover_loses address 60" "handover_loses link 60" \
	"handover_loses carrier 60" "handover_loses silent 500" schedulers aggregate \
	"interactive link 45" "interactive silent 300" metered excluded bad_input privileges \
	"tries refuses 10 8 10 retry_first_ms=20" "tries refuses 10 2 2 retry_first_ms=5000" \
	"tries refuses 10 55 75 retry_first_ms=100 retry_limit_ms=100" \
	"tries refuses 10 8 10 retry_first_ms=100 retry_limit_ms=2000" \
	"gives_up 2" "gives_up 4" \
	"tries swallows 10 24 30 probe_ms=200" "tries swallows 10 5 6 probe_ms=2000" \
	"silence 400 400 1000" "silence 3000 3000 3600" "silence 0 10000 11000" \
	endpoints mptcpd state metered_server at_last
