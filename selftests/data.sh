#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every byte arrives, once and in order: sizes, families, checksums, fallback,
# number of subflows, loss. The traffic program compares each byte with the
# pseudo-random one it must be.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

exact()
{
	traffic data "$@"
	[ "$(grep -c verified=1 <<<"$result")" -ge 1 ] &&
		! grep -q verified=0 <<<"$result" || fail "data differ"
}

# no fallback, and that many subflows
multipath()
{
	is fallback "$(field fallback "$result")" 0
	is subflows "$(field subflows "$result")" "$1"
}

relab()
{
	netlab_down
	export NETLAB_FAMILY=$1
	shift
	"$@"
}

sizes()
{
	local size

	export NETLAB_FAMILY=$2
	use "$1"
	for size in 1 2 1200 1428 1429 65535 65537 1000000 4M; do
		exact -n "$size" -D both -W 2 --settle 0.02
		multipath 2
	done
	exact -n 1M -D both -W 2 -w random -x 7
	multipath 2
}

large()
{
	export NETLAB_FAMILY=$2
	use "$1"
	exact -n 64M -D both -W 2
	multipath 2
}

parallel()
{
	use "$1"
	traffic many -k 16 -n 512K
	is ok "$(field ok "$result")" 16
}

# checksums 0|1, at both ends; a server has what was set when it was started
checksums()
{
	local side

	for side in client server; do
		knob $side checksum_enabled "$1"
	done
}

checksum()
{
	local side

	checksums 1
	use "$1"
	exact -n 4M -D both -W 2
	multipath 2
	is checksums "$(field csum "$result")" 1
	exact -n 77777 -D both -W 2 -w random
	for side in client server; do
		is "checksum errors on $side" "$(nstat_of $side MPTcpExtDataCsumErr)" 0
	done
	checksums 0
}

# again SCHEDULER: path 1 loses all data, and path 2, a backup, gets what was sent there.
# With checksums the core sends again all of a fragment, what was never sent of it, too.
again()
{
	local before

	checksums 1
	use "$1"
	ip -n server mptcp endpoint flush
	ip -n server mptcp endpoint add 10.0.2.2 dev eth2 signal backup
	on client nft -f - <<-NFT || fail "nftables"
		table inet lossy {
			chain out {
				type filter hook postrouting priority 0;
				oifname eth1 meta length > 500 drop
			}
		}
	NFT
	trap 'on client nft delete table inet lossy; checksums 0' EXIT
	before=$(nstat_of client MPTcpExtMPTCPRetrans)
	exact -n 200K -W 2 --settle 0.1
	multipath 2
	is checksums "$(field csum "$result")" 1
	between "segments sent again" \
		$(($(nstat_of client MPTcpExtMPTCPRetrans) - before)) 1 1e9
}

# fallback SCHEDULER RULE: the server's side loses MPTCP's options
fallback()
{
	use "$1"
	on server nft -f - <<-NFT || fail "nftables"
		table inet strip {
			chain in {
				type filter hook input priority -300;
				$2 reset tcp option mptcp
			}
			chain out {
				type filter hook output priority -300;
				$2 reset tcp option mptcp
			}
		}
	NFT
	trap 'on server nft delete table inet strip' EXIT
	exact -n 1M -D both
	is fallback "$(field fallback "$result")" 1
	exact -n 1 -D both
	is fallback "$(field fallback "$result")" 1
	hold
	sleep 0.5
	release
}

# tcp: a plain TCP connection is none of our business
plain()
{
	use "$1"
	exact -n 4M -D both -p tcp
}

subflows()
{
	local n side size=2M

	[ -z "${QUICK:-}" ] || size=512K
	use "$1"
	for n in 1 2 3 4 5 6 7 8; do
		for side in client server; do
			ip -n $side mptcp limits set subflows $((n - 1)) \
				add_addr_accepted $((n - 1)) || fail limits
		done
		exact -n $size -D both -W $n --settle 0.05
		multipath $n
	done
}

loss()
{
	use "$1"
	exact -n 2M -D both -W 2
	multipath 2
}

# with QUICK each scheduler's own code once; the rest is the core's
all="minrtt redundant redundant-full wrr wrr-auto"
six=$all
many="minrtt redundant redundant-full wrr"
[ -z "${QUICK:-}" ] || six="redundant wrr-auto" many="redundant wrr"

tests=("relab 4 unshaped 2")
for s in $all; do
	tests+=("sizes $s 4")
done
[ -n "${QUICK:-}" ] || tests+=("large minrtt 4" "large wrr 4")
for s in minrtt redundant wrr; do
	tests+=("parallel $s" "checksum $s" "plain $s")
	tests+=("fallback $s ''" "fallback $s 'tcp flags ! syn'")
done
for s in minrtt redundant wrr; do
	tests+=("again $s")
done
tests+=("relab 6 unshaped 2")
for s in $six; do
	tests+=("sizes $s 6")
done
tests+=("large redundant 6")
tests+=("relab 4 unshaped 8")
for s in $many; do
	tests+=("subflows $s")
done
tests+=("relab 4 lab 30/5/1% 30/15/1%")
for s in $all; do
	tests+=("loss $s")
done
ktap_run "${tests[@]}"
