#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what building, testing, benchmarking and the demo need.  Says
# nothing and is done in no time when it is all there; asks the machine's own
# apt sources otherwise.  Nothing is removed, no boot loader is configured by
# this script, and the running kernel stays what it is.
#
#   scripts/setup.sh         everything but the next
#   scripts/setup.sh style   checkpatch.pl as well, from the kernel's source
#                            package, into the cache
#   scripts/setup.sh bpf     what builds BPF programs: bpftool and libbpf's headers
#                            from the same source, for Debian 12's own are too old
#                            to know struct_ops types of modules
#   scripts/setup.sh mainline   what mainline's own selftests need
#   scripts/setup.sh release    says which kernel that is
#   scripts/setup.sh source DIR PATH...   parts of the kernel's source, into DIR

set -u

series=6.12
headers=linux-headers-$series-amd64
source=linux-source-$series
cache=${MPTCPX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mptcpx}

say()
{
	echo "setup: $*"
}

die()
{
	echo "setup: $*" >&2
	exit 1
}

# What must be there, a file or a command, and the package that has it.
needs="
	make			make
	gcc			gcc
	strip			binutils
	/usr/include/stdio.h	libc6-dev
	pahole			pahole
	sparse			sparse
	modprobe		kmod
	cpio			cpio
	xz			xz-utils
	zstd			zstd
	qemu-system-x86_64	qemu-system-x86
	busybox			busybox-static
	ip			iproute2
	nft			nftables
	ethtool			ethtool
	iperf3			iperf3
	awk			mawk
	curl			curl
	ssh			openssh-client
	/usr/lib/x86_64-linux-gnu/libwrap.so.0	libwrap0
	mptcpize		mptcpize
	/usr/lib/x86_64-linux-gnu/libmptcpd.so.3	libmptcpd3
	wg			wireguard-tools
"
needs_bpf="
	clang			clang
	python3			python3
	/usr/include/gelf.h	libelf-dev
	/usr/include/zlib.h	zlib1g-dev
	/usr/include/sys/capability.h	libcap-dev
"

needs_mainline="
	iptables		iptables
	ping			iputils-ping
	ps			procps
"

# The release of the newest headers that are whole.
headers_release()
{
	local d r

	for d in /usr/src/linux-headers-"$series".*-amd64; do
		case $d in
		*-rt-amd64|*-cloud-amd64) continue ;;
		esac
		r=${d#/usr/src/linux-headers-}
		[ -e "$d/Makefile" ] && [ -e "$d/include/config/kernel.release" ] &&
			echo "$r"
	done | sort -V | tail -n 1
}

# The kernel to boot, where scripts/vm/run looks for it.
have_kernel()
{
	local root

	for root in "$cache/kernels/$1" ""; do
		[ ! -r "$root/boot/vmlinuz-$1" ] ||
			[ ! -d "$root/lib/modules/$1/kernel" ] || return 0
	done
	return 1
}

find_missing()
{
	local what pkg

	missing=
	while read -r what pkg; do
		case $what in
		'') continue ;;
		/*) [ ! -e "$what" ] || continue ;;
		*) ! PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P "$what" >/dev/null ||
			continue ;;
		esac
		missing="$missing $pkg"
	done <<<"$needs"
	rel=$(headers_release)
	[ -n "$rel" ] || missing="$missing $headers"
	missing=${missing# }
}

may_install()
{
	[ "$(id -u)" -eq 0 ] ||
		die "not root, and these packages are missing: $1"
	command -v apt-get >/dev/null &&
		grep -q '^ID=debian' /etc/os-release 2>/dev/null ||
		die "not Debian, and these packages are missing: $1"
}

# apt ARGUMENT...: apt-get, of which only the progress shows.
apt()
{
	local kind pkg percent text last="" line

	: >"$log"
	{
		DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		apt-get -y -q -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 \
			-o DPkg::Lock::Timeout=300 \
			-o Dpkg::Options::=--force-confdef \
			-o Dpkg::Options::=--force-confold \
			"$@" 3>&1 >>"$log" 2>&1 </dev/null
		echo "end:$?"
	} | while IFS=: read -r kind pkg percent text; do
		case $kind in
		dlstatus) line="download ${percent%.*}" ;;
		pmstatus) line="install ${percent%.*}" ;;
		end) return "$pkg" ;;
		*) continue ;;
		esac
		line="${line%[0-9]}0 %"
		case $line in
		"download 0 %"|"install 0 %"|"download 00 %") continue ;;
		esac
		[ "$line" = "$last" ] || say "  $line"
		last=$line
	done
}

has_candidate()
{
	! LC_ALL=C apt-cache policy "$1" 2>/dev/null |
		grep -q 'Candidate: (none)' &&
		[ -n "$(apt-cache policy "$1" 2>/dev/null)" ]
}

update()
{
	[ -z "${updated:-}" ] || return 0
	updated=1
	say "fetching package lists"
	apt update || { tail -n 5 "$log" >&2; return 1; }
}

# Packages of kernels make an initramfs as they are installed, a minute on a
# small machine.  Where no boot loader could ever use it, leave it out.
no_boot_loader()
{
	! command -v update-grub >/dev/null && ! command -v bootctl >/dev/null &&
		[ ! -e /boot/grub ] && [ ! -e /boot/efi ] && [ ! -e /boot/loader ] &&
		[ ! -e /boot/extlinux ] && [ ! -e /etc/lilo.conf ] &&
		[ ! -e /boot/firmware ]
}

install()
{
	local p

	for p; do
		has_candidate "$p" || { update || return; break; }
	done
	for p; do
		has_candidate "$p" || {
			echo "setup: no package $p in this machine's apt sources" \
				"(Debian 12 has it in bookworm-security)" >&2
			return 1
		}
	done
	say "installing: $*"
	apt --no-install-recommends install "$@" && return
	# Lists older than the archive name files that are gone.
	[ -z "${updated:-}" ] && update &&
		apt --no-install-recommends install "$@"
}

# The kernel of the headers' very version, its files only, into the cache.
fetch_kernel()
{
	local ver dir

	ver=$(dpkg-query -W -f '${Version}' "linux-headers-$1" 2>/dev/null)
	dir=$cache/kernels/$1
	say "fetching the kernel image of $1 into $cache"
	rm -rf "$dir.new" && mkdir -p "$dir.new/deb" || return
	(cd "$dir.new/deb" && apt-get -q -o APT::Sandbox::User=root download \
		"linux-image-$1${ver:+=$ver}" >>"$log" 2>&1) || return
	dpkg-deb -x "$dir.new"/deb/*.deb "$dir.new" || return
	rm -rf "$dir.new/deb" "$dir.new/usr/share"
	# Dependencies of modules are computed where a kernel is installed.
	[ ! -d "$dir.new/usr/lib/modules" ] || [ -e "$dir.new/lib/modules" ] || {
		mkdir -p "$dir.new/lib" &&
			mv "$dir.new/usr/lib/modules" "$dir.new/lib/"
	}
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$dir.new" "$1" || return
	rm -rf "$dir" && mv "$dir.new" "$dir"
}

# sshd and mptcpd, for guests: installing their packages would start them on this machine
fetch_daemons()
{
	local deb

	say "fetching sshd and mptcpd into $cache"
	rm -rf "$daemons.new" && mkdir -p "$daemons.new/deb" || return
	(cd "$daemons.new/deb" && apt-get -q -o APT::Sandbox::User=root download \
		openssh-server mptcpd mptcpd-plugins >>"$log" 2>&1) || return
	for deb in "$daemons.new"/deb/*.deb; do
		dpkg-deb -x "$deb" "$daemons.new" || return
	done
	rm -rf "$daemons.new"/{deb,etc,lib,var,usr/share}
	! ldd "$daemons.new/usr/sbin/sshd" "$daemons.new/usr/libexec/mptcpd" |
		grep 'not found' >&2 || return
	rm -rf "$daemons" && mv "$daemons.new" "$daemons"
}

# from_source DIR PATH...: parts of the kernel's source, from its package
from_source()
{
	local dir=$1 tarball=/usr/src/$source.tar.xz p paths=()

	shift
	for p; do
		paths+=("$source/$p")
	done
	[ -e "$tarball" ] || may_install "$source"
	if [ -e "$tarball" ]; then
		cat "$tarball"
	else
		if [ -z "$deb" ]; then
			has_candidate "$source" || update >&2 || return
			say "fetching $source (150 MB)" >&2
			deb=$(mktemp -d) || return
			(cd "$deb" && apt-get -q -o APT::Sandbox::User=root \
				download "$source" >>"$log" 2>&1) || return
		fi
		dpkg-deb --fsys-tarfile "$deb"/*.deb |
			tar -xO "./usr/src/$source.tar.xz"
	fi | tar -xJ -C "$dir" --strip-components=1 "${paths[@]}"
}

# checkpatch.pl and its word lists
get_checkpatch()
{
	local dir=$cache/checkpatch

	[ ! -e "$dir/checkpatch.pl" ] || return 0
	if ! perl -MTerm::ANSIColor -e 1 2>/dev/null; then
		may_install perl
		install perl || return
	fi
	rm -rf "$dir.new" && mkdir -p "$dir.new" || return
	from_source "$dir.new" scripts/checkpatch.pl scripts/spelling.txt \
		scripts/const_structs.checkpatch || return
	mv "$dir.new"/scripts/* "$dir.new" && rmdir "$dir.new/scripts" || return
	[ -e "$dir.new/checkpatch.pl" ] || return 1
	rm -rf "$dir" && mv "$dir.new" "$dir"
}

# bpftool, linked statically so that it runs in any guest, and libbpf's headers.
# Up to 7.8 it looks for the name of a struct_ops type in vmlinux alone and follows
# a null pointer when the type is a module's: mend that here.
get_bpftool()
{
	local dir=$cache/bpf-$rel-$(sha256sum <"$0" | cut -c1-12)

	mkdir -p "$cache" && echo "$dir" >"$cache/bpf" || return
	[ ! -x "$dir/bpftool" ] || return 0
	say "building bpftool"
	rm -rf "$dir.new" && mkdir -p "$dir.new/src" || return
	from_source "$dir.new/src" tools/bpf tools/lib tools/include tools/build \
		tools/scripts tools/arch kernel/bpf include scripts/bpf_doc.py || return
	sed -i '/^static const char \*get_kern_struct_ops_name/,/^}/ {
		/btf__type_by_id(/a\
	if (!t)\
		return "(of a module)";
		}' "$dir.new/src/tools/bpf/bpftool/struct_ops.c" || return
	make -s -j"$(nproc)" -C "$dir.new/src/tools/bpf/bpftool" \
		feature-llvm=0 feature-libbfd=0 EXTRA_LDFLAGS=-static >>"$log" 2>&1 || return
	strip -o "$dir.new/bpftool" "$dir.new/src/tools/bpf/bpftool/bpftool" || return
	mv "$dir.new"/src/tools/bpf/bpftool/libbpf/{include,libbpf.a} "$dir.new" || return
	rm -rf "$dir.new/src" "$dir" && mv "$dir.new" "$dir"
}

# where scripts/vm/mkinitramfs looks for it; a root of another suite has its own
daemons=$cache/daemons/$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")

log=$(mktemp "${TMPDIR:-/tmp}/mptcpx-setup.XXXXXX") || die "no temporary file"
deb=
trap 'rm -rf "$log" ${deb:+"$deb"}' EXIT
case ${1:-} in
bpf) needs="$needs $needs_bpf" ;;
mainline) needs="$needs $needs_mainline" ;;
esac

find_missing
if [ -n "$missing" ]; then
	may_install "$missing"
	[ ! -e /boot ] || no_boot_loader && export INITRD=No
	# shellcheck disable=SC2086	# a list of words
	install $missing || {
		# A kernel package whose hooks failed has its files in place
		# all the same: what counts is what is missing now.
		find_missing
		[ -z "$missing" ] || {
			tail -n 20 "$log" >&2
			die "could not be installed: $missing"
		}
		say "apt-get complained, but what is needed is there"
	}
	find_missing
	[ -z "$missing" ] || die "installed, and still missing: $missing"
	say "installed; headers of $rel"
fi
if ! have_kernel "$rel"; then
	may_install "linux-image-$rel"
	fetch_kernel "$rel" || {
		update
		fetch_kernel "$rel"
	} || {
		tail -n 5 "$log" >&2
		die "no kernel image of $rel to be had: upgrade $headers"
	}
fi
for f in usr/sbin/sshd usr/libexec/mptcpd; do
	[ ! -x "/$f" ] && [ ! -x "$daemons/$f" ] || continue
	may_install "openssh-server mptcpd"
	fetch_daemons || {
		update
		fetch_daemons
	} || { tail -n 5 "$log" >&2; die "no sshd, or no mptcpd"; }
done
case ${1:-} in
''|mainline)
	;;
release)
	echo "$rel"
	;;
source)
	shift
	from_source "$@" || { tail -n 5 "$log" >&2; die "no source of $series"; }
	;;
style)
	get_checkpatch || { tail -n 5 "$log" >&2; die "no checkpatch.pl"; }
	;;
bpf)
	get_bpftool || { tail -n 20 "$log" >&2; die "no bpftool"; }
	;;
*)
	die "'$1'? The arguments there are: style, bpf, mainline, release, source"
	;;
esac
