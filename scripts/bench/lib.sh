# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the host's parts of bench, instr, handover and demo share: rows,
# limits, and virtual machines run a few at a time. To be sourced.
# shellcheck disable=SC2034	# who sources it uses the variables

bench_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$bench_dir/../.." && pwd)
out=${BENCH_OUT:-$top/build}
all_scheds='default minrtt redundant redundant:full wrr:rates wrr:auto'
started=$SECONDS

say()
{
	echo "${0##*/}: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# A remark on how far it is: only for eyes, never part of the result.
progress()
{
	[ -n "${QUIET:-}" ] || printf '[%3d s] %s\n' $((SECONDS - started)) "$*" >&2
}

bench_check()
{
	[ -x "$top/build/bin/mptcpx_traffic" ] ||
		die "build/bin/mptcpx_traffic is missing: run make first"
}

# row_paths ROW: its words from the table of rows
row_paths()
{
	local paths

	paths=$(sed -n "s/^$1 //p" "$bench_dir/rows")
	[ -n "$paths" ] || die "no row '$1' in scripts/bench/rows"
	echo "$paths"
}

# limits PATHS: what limits.awk says, see there
limits()
{
	awk -v paths="$1" -v family="${FAMILY:-4}" -v msg="${MSG_SIZE:-1200}" \
		-v interval="$((${MSG_US:-5000} / 1000))" \
		-f "$bench_dir/limits.awk" </dev/null
}

# limit KEY PATHS: one of these
limit()
{
	limits "$2" | sed -n "s/^$1=//p"
}

# guest LOGDIR SEED VAR=VALUE...: one virtual machine in virtual time. Its
# output goes to LOGDIR/log, its exit status to LOGDIR/status.
guest()
{
	local dir=$1 seed=$2 status vm

	shift 2
	mkdir -p "$dir"
	rm -f "$dir/status"
	guest_once "$@"
	[ "$status" -ne 121 ] || {
		echo "$dir: the emulator made a mistake, once more" >&2
		guest_once "$@"
	}
	echo "$status" >"$dir/status"
}

# in the variables of guest()
guest_once()
{
	status=0
	"$top/scripts/vm/run" -c icount -s "$seed" -t "${VM_TIMEOUT:-1800}" \
		-l "$dir" -- env "NETLAB_SEED=$seed" "FAMILY=${FAMILY:-4}" \
		"DIR=${DIR:-up}" "MSG_SIZE=${MSG_SIZE:-1200}" \
		"MSG_US=${MSG_US:-5000}" "$@" scripts/bench/guest \
		>"$dir/log" 2>&1 &
	vm=$!
	# whoever ends us means the machine as well
	trap 'kill "$vm"; wait "$vm"; exit 143' TERM
	wait "$vm" || status=$?
	trap - TERM
}

# Virtual machines need one host CPU each.
jobs_max=${JOBS:-$(nproc)}

# job FUNCTION ARGUMENT...: in the background, as soon as there is room
job()
{
	while [ "$(jobs -rp | wc -l)" -ge "$jobs_max" ]; do
		wait -n
	done
	"$@" &
}

# shellcheck disable=SC2046	# one word a process
trap 'trap "" INT TERM; kill $(jobs -rp) 2>/dev/null; wait; exit 130' INT TERM
