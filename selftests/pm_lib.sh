# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of the path manager share. To be sourced after lib.sh.

# pm SIDE KNOB [VALUE]: net.mptcp.pm.KNOB; sysctl(8) writes no empty values
pm()
{
	local file=/proc/sys/net/mptcp/pm/$2

	if [ $# -gt 2 ]; then
		# shellcheck disable=SC2016
		on "$1" bash -c 'echo "$2" >"$1"' - "$file" "$3" ||
			fail "$file on $1 does not take '$3'"
	else
		on "$1" cat "$file"
	fi
}

# policy NAME [SERVER'S]: both sides, and a new server
policy()
{
	pm client policy "$1"
	pm server policy "${2-$1}"
	serve
}

view()
{
	on "${1:-client}" cat /proc/net/mptcpx_pm
}

# counter NAME [SIDE]
counter()
{
	on "${2:-client}" awk -v n="MPTcpXPm$1" '$1 == n { print $2 }' /proc/net/mptcpx_pm_stat
}

# counters [SIDE]: those that are not 0
counters()
{
	on "${1:-client}" awk '$2 { printf "%s=%s ", substr($1, 9), $2 } END { print "" }' \
		/proc/net/mptcpx_pm_stat
}

# has COUNT [SIDE]: so many working subflows
has()
{
	[ "$(view "${2:-client}" | grep -c phase=up)" = "$1" ]
}

have()
{
	soon has "$@" || {
		view "${2:-client}"
		on "${2:-client}" cat /proc/net/mptcpx_pm_stat
		fail "not $1 subflows"
	}
}

# pairs SIDE: working subflows, one a line, "local>remote" without ports
pairs()
{
	view "$1" | awk '/phase=up/ {
		l = r = ""
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^local=/) l = substr($i, 7)
			if ($i ~ /^remote=/) r = substr($i, 8)
		}
		sub(/:[0-9]+$/, "", l)
		sub(/:[0-9]+$/, "", r)
		gsub(/[][]/, "", l)
		gsub(/[][]/, "", r)
		print l ">" r
	}' | sort
}

# pm_lab PATH...: a lab without any endpoint; the kernel's own path manager
# allows nothing
pm_lab()
{
	local side

	modprobe mptcpx_pm || fail "mptcpx_pm does not load"
	lab "$@"
	for side in client server; do
		ip -n $side mptcp endpoint flush
		ip -n $side mptcp limits set subflows 0 add_addr_accepted 0
	done
}

# follow COUNT COMMAND...: carry it out on the client; how long until the
# client has that many working subflows, ms
follow()
{
	# shellcheck disable=SC2016
	on client bash -c '
		want=$1
		shift
		exec 7<> <(:)
		"$@" || exit
		start=${EPOCHREALTIME/./}
		while :; do
			n=0
			mapfile -t lines </proc/net/mptcpx_pm
			for line in "${lines[@]}"; do
				[[ $line != *phase=up* ]] || n=$((n + 1))
			done
			now=${EPOCHREALTIME/./}
			[ $n != $want ] || break
			[ $((now - start)) -lt 10000000 ] || break
			read -rt 0.005 -u 7
		done
		echo $(((now - start) / 1000))' - "$@"
}

# milliseconds of the guest's clock
now()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

# address_off N, address_on N [COMMAND]: the client's IPv4 address on path N; with its
# route, and what else ip is to do at once
address_off()
{
	ip -n client addr del "10.0.$1.1/24" dev "eth$1" || fail "address $1"
}

address_on()
{
	printf '%s\n' "addr add 10.0.$1.1/24 dev eth$1" \
		"neigh replace 10.0.$1.2 dev eth$1 lladdr 02:00:00:00:0$1:02 nud permanent" \
		"route replace 10.0.$1.0/24 dev eth$1 src 10.0.$1.1 table 10$1" "${2:-}" |
		ip -n client -batch - || fail "address $1"
}

# both_addresses: as they were in the beginning
both_addresses()
{
	ip -4 -n client addr flush dev eth1 scope global
	ip -4 -n client addr flush dev eth2 scope global
	address_on 1
	address_on 2
}

# masquerade: a middle box that rewrites what passes on path 1, and knows nothing of it any
# more after mptcpx_forget
masquerade()
{
	modprobe -a nf_conntrack_netlink nft_chain_nat nft_masq 2>/dev/null ||
		skip "this kernel has no NAT"
	printf '%s\n' "table inet t {" "chain c {" \
		"type nat hook postrouting priority 100;" \
		"oifname eth1 meta l4proto tcp masquerade random" "}" "}" |
		on client nft -f - || fail "nft"
}
