# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# What installing and removing share: a list of the files that were installed,
# with checksums, by which what somebody changed is told from what is ours.
# To be sourced. One line a file: checksum, size and path, without $DESTDIR.

root=${DESTDIR:-}
root=${root%/}
state=$root/var/lib/mptcpx
manifest=$state/manifest
modules="mptcp_minrtt mptcp_redundant mptcp_wrr mptcpx_pm mptcpx"
configs="/etc/modules-load.d/mptcpx.conf /etc/sysctl.d/90-mptcpx.conf"
prog=${0##*/}

# /sbin is not in everybody's PATH
PATH=$PATH:/usr/sbin:/sbin

say()
{
	echo "$prog: $*"
}

die()
{
	echo "$prog: $*" >&2
	exit 1
}

# must_be_root: before anything is touched
must_be_root()
{
	[ -n "$root" ] || [ "$(id -u)" -eq 0 ] ||
		die "must be run as root (or with DESTDIR= elsewhere)"
}

# sum FILE [BYTES]: checksum of its first BYTES, or of all
sum()
{
	head -c "${2:-$(wc -c <"$1")}" "$1" | sha256sum | cut -d ' ' -f 1
}

# recorded PATH: its checksum and size as it was installed
recorded()
{
	[ ! -f "$manifest" ] ||
		awk -v path="$1" '$3 == path { print $1, $2; exit }' "$manifest"
}

# forget PATH
forget()
{
	[ -f "$manifest" ] || return 0
	awk -v path="$1" '$3 != path' "$manifest" >"$manifest.new"
	mv "$manifest.new" "$manifest"
}

# record PATH: as it is now
record()
{
	mkdir -p "$state"
	{
		[ ! -f "$manifest" ] || awk -v path="$1" '$3 != path' "$manifest"
		echo "$(sum "$root$1") $(($(wc -c <"$root$1"))) $1"
	} >"$manifest.new"
	mv "$manifest.new" "$manifest"
}

# ours PATH: is it as we installed it? A signature put behind a module later
# on is no change.
ours()
{
	entry=$(recorded "$1")
	[ -n "$entry" ] && [ -f "$root$1" ] && [ ! -L "$root$1" ] || return 1
	case $1 in
	*.ko) [ "$(sum "$root$1" "${entry#* }")" = "${entry% *}" ] ;;
	*) [ "$(sum "$root$1")" = "${entry% *}" ] ;;
	esac
}

# there PATH: a file, or a link that leads nowhere
there()
{
	[ -e "$root$1" ] || [ -L "$root$1" ]
}

# index RELEASE: let modprobe see what changed. A package's staging directory
# holds no kernel, and a removed kernel needs no index.
index()
{
	dir=$root/lib/modules/$1
	[ -e "$dir/modules.order" ] || [ -e "$dir/kernel" ] || return 0
	depmod ${root:+-b "$root"} "$1"
}
