#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write what no headers package carries, from the BTF of the kernel that the
# modules are built for:
#
# OUTDIR/generated/mptcpx_layout.h   MPTCP's private structures, and what this
#                                    kernel has and exports
# OUTDIR/generated/mptcpx_members.h  where members are, to compare with the
#                                    running kernel (layout.c)
#
# usage: gen-private.sh [-s STRUCT.MEMBER] VMLINUX SYMVERS OUTDIR
#
# VMLINUX  kernel image, or the stripped ELF of a headers package, with BTF
# SYMVERS  that kernel's Module.symvers, to learn what it exports
# -s       put one stray member in front of STRUCT.MEMBER: for a kernel that
#          does not exist, to test that loading is refused

set -eu

# private structures, in the order in which they contain each other
private="mptcp_pm_data mptcp_data_frag mptcp_subflow_context mptcp_sock"
# public ones of which every member counts
public="mptcp_sched_ops"
# public ones, and which members the modules touch, by name or by an inline
# function of the kernel's headers; "?" for what not every kernel has
used="sock_common sock inet_sock inet_connection_sock tcp_sock inet_hashinfo
	inet_listen_hashbucket inet_timewait_death_row netns_ipv4 net
	bpf_sock_addr_kern bpf_prog bpf_prog_aux"
used_inet_hashinfo="lhash2 lhash2_mask"
used_inet_listen_hashbucket="lock nulls_head"
used_inet_timewait_death_row="hashinfo"
used_netns_ipv4="tcp_death_row"
used_net="ipv4"
used_bpf_sock_addr_kern="sk"
used_bpf_prog="type expected_attach_type sleepable aux"
used_bpf_prog_aux="attach_btf attach_btf_id"
used_sock_common="skc_family skc_state skc_net skc_dport skc_num skc_daddr
	skc_rcv_saddr skc_v6_daddr? skc_v6_rcv_saddr? skc_bound_dev_if skc_prot skc_refcnt"
used_sock="__sk_common sk_lock sk_forward_alloc sk_wmem_queued sk_sndbuf sk_pacing_rate
	sk_protocol sk_shutdown sk_socket sk_dst_cache sk_rx_dst
	sk_write_queue tcp_rtx_queue mptcp_retransmit_timer"
used_inet_sock="sk inet_saddr inet_sport"
used_inet_connection_sock="icsk_inet icsk_ulp_data icsk_ca_priv icsk_ca_state
	icsk_retransmits icsk_pending icsk_timeout? icsk_rto"
used_tcp_sock="inet_conn srtt_us snd_cwnd snd_wnd packets_out sacked_out
	lost_out retrans_out mss_cache write_seq snd_nxt snd_una rcv_tstamp
	notsent_lowat rate_delivered rate_interval_us is_mptcp"
# functions that not every kernel has
functions="mptcp_pm_chk_stale"

shift_at=
while getopts s: opt; do
	case $opt in
	s) shift_at=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

die()
{
	echo "gen-private.sh: $*" >&2
	exit 1
}

[ $# -eq 3 ] || die "usage: gen-private.sh [-s STRUCT.MEMBER] VMLINUX SYMVERS OUTDIR"
vmlinux=$1
symvers=$2
out=$3/generated

command -v pahole >/dev/null 2>&1 ||
	die "pahole is not installed (Debian: the package pahole)"
if [ ! -r "$vmlinux" ]; then
	die "$vmlinux is missing, and with it the kernel's BTF: install that" \
		"kernel's headers package (Debian: linux-headers-<release>)," \
		"or build the tree with CONFIG_DEBUG_INFO_BTF=y"
fi
if ! pahole -F btf -C list_head "$vmlinux" 2>/dev/null | grep -q '^struct list_head {'; then
	die "$vmlinux has no BTF that pahole $(pahole --version) can read:" \
		"use a kernel built with CONFIG_DEBUG_INFO_BTF=y, or a newer pahole"
fi

here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for s in $private $public $used; do
	# complaints about kinds of type that it does not know are no matter
	pahole -F btf -C "$s" "$vmlinux" >"$tmp/$s" 2>/dev/null || :
	grep -q "^struct $s {" "$tmp/$s" ||
		die "$vmlinux knows no struct $s: use a kernel with CONFIG_MPTCP=y"
done

c_from()
{
	what=$1
	s=$2
	only=${3:-}
	awk -v name="$s" -v what="$what" -v only="$(echo $only)" \
		-v shift_at="$shift_at" -f "$here/gen-private.awk" "$tmp/$s"
}

{
	echo "/* Generated from the BTF of the target kernel. */"
	echo "#ifndef MPTCPX_LAYOUT_GENERATED_H"
	echo "#define MPTCPX_LAYOUT_GENERATED_H"
	for s in $private; do
		c_from define "$s"
	done
	for s in $public $used; do
		c_from have "$s"
	done

	echo
	for f in $functions; do
		! pfunct -F btf -f "$f" "$vmlinux" 2>/dev/null | grep -q "[ *]$f(" ||
			echo "#define MPTCPX_HAVE_$f 1"
	done

	printf '\n/* MPTCP functions this kernel exports */\n'
	if [ -r "$symvers" ]; then
		awk -F '\t' '$2 ~ /^_*mptcp_/ {
			printf "#define MPTCPX_EXPORTED_%s 1\n", $2
		}' "$symvers" | sort -u
	fi

	# Headers packages strip the build id, a tree built by hand keeps it.
	id=$(readelf -n "$vmlinux" 2>/dev/null |
		sed -n 's/.*Build ID: *\([0-9a-f]*\).*/\1/p' | head -n 1)
	printf '\n#define MPTCPX_BUILD_ID "%s"\n' "$id"
	printf '\n#endif\n'
} >"$tmp/layout"

{
	echo "/* Generated from the BTF of the target kernel. */"
	for s in $private $public; do
		c_from members "$s"
	done
	for s in $used; do
		eval "only=\$used_$s"
		c_from members "$s" "$only"
	done
	printf '\nstatic const struct mptcpx_struct mptcpx_structs[] __initconst = {\n'
	for s in $private $public $used; do
		complete=true
		case " $(echo $used) " in
		*" $s "*) complete=false ;;
		esac
		printf '\t{ "%s", %s_members, ARRAY_SIZE(%s_members), sizeof(struct %s), %s },\n' \
			"$s" "$s" "$s" "$s" "$complete"
	done
	printf '};\n'
} >"$tmp/members"

if [ -n "$shift_at" ] && ! grep -q mptcpx_stray "$tmp/layout"; then
	die "no member $shift_at to shift"
fi

mkdir -p "$out"
cp "$tmp/members" "$out/mptcpx_members.h"
cp "$tmp/layout" "$out/mptcpx_layout.h"
