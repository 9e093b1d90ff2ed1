#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a kernel lacks is named when the modules are built for it, in one sentence, and
# nothing is written. The kernels that lack something are this one's BTF with a line
# changed: pahole is asked through a filter. Runs on the host; refuse.sh has what is found
# out when a module is loaded.
#
# usage: selftests/lacking.sh VMLINUX SYMVERS

set -u

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
[ $# -eq 2 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
n=0
status=0

# try NAME SED SENTENCE VMLINUX: what pahole says is changed by SED; an empty SENTENCE
# if that is no matter
try()
{
	local rc text

	rm -rf "$tmp/bin" "$tmp/out"
	mkdir -p "$tmp/bin" "$tmp/out"
	printf '#!/bin/sh\n%s "$@" | sed "%s"\n' "$pahole" "$2" >"$tmp/bin/pahole"
	chmod +x "$tmp/bin/pahole"
	text=$(PATH=$tmp/bin:$PATH "$here/../scripts/gen-private.sh" "$4" "$symvers" \
		"$tmp/out" 2>&1)
	rc=$?
	n=$((n + 1))
	sed 's/^/# /' <<<"$text"
	if [ -z "$3" ] && [ $rc = 0 ] && [ -s "$tmp/out/generated/mptcpx_layout.h" ]; then
		echo "ok $n $1"
	elif [ -n "$3" ] && [ $rc = 1 ] && [[ $text == "gen-private.sh: "*"$3"* ]] &&
	     [ "$(wc -l <<<"$text")" = 1 ] && [ ! -e "$tmp/out/generated" ]; then
		echo "ok $n $1"
	else
		echo "# exit status $rc"
		echo "not ok $n $1"
		status=1
	fi
}

vmlinux=$1
symvers=$2
pahole=$(command -v pahole) || { echo "lacking: no pahole" >&2; exit 4; }
echo "KTAP version 1"
echo "1..7"
try "the kernel as it is" "" "" "$vmlinux"
try "no MPTCP" "s/^struct mptcp_sock {/struct other {/" \
	"knows no struct mptcp_sock: use a kernel with CONFIG_MPTCP=y" "$vmlinux"
try "no schedulers" "s/^struct mptcp_sched_ops {/struct other {/" \
	"knows no struct mptcp_sched_ops" "$vmlinux"
try "a member the modules use" "s/ rate_interval_us;/ another;/" \
	"struct tcp_sock has no member rate_interval_us" "$vmlinux"
try "a member they can do without" "s/ icsk_timeout;/ another;/" "" "$vmlinux"
try "no BTF" "s/.*//" "CONFIG_DEBUG_INFO_BTF=y" "$vmlinux"
try "no image" "" "is missing, and with it the kernel's BTF" /nonexistent
exit $status
