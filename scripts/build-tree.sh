#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Helper of the Makefile around the kernel's build system.
#
# build-tree.sh [-b BASE] [-m FUNCTION] [-p FUNCTION] SRCDIR MODDIR
#	fill MODDIR with links to what the kernel's build system reads; with -b it
#	starts with what was built in BASE; with -m that function is looked up
#	under a name no kernel has, with -p another prototype of it is expected
#	(both to test that loading is refused)
# build-tree.sh -c MODDIR
#	say so when modules came out without BTF
# build-tree.sh -w KMAKE SRCDIR MODDIR
#	compile everything with W=1 and sparse by KMAKE (a make command in the
#	kernel tree); fail on any warning of ours

set -eu

die()
{
	echo "build-tree.sh: $*" >&2
	exit 1
}

fill()
{
	src=$1
	dst=$2
	mkdir -p "$dst/scripts"
	for f in Kbuild scripts/gen-private.sh scripts/gen-private.awk \
	    $(cd "$src" && find net -name '*.[ch]'); do
		mkdir -p "$dst/$(dirname "$f")"
		if [ "$(readlink "$dst/$f")" = "$src/$f" ]; then
			continue
		fi
		# what was built from an edited copy may be newer than the source
		rm -f "$dst/${f%.c}.o"
		ln -sfn "$src/$f" "$dst/$f"
	done
	# sources that are gone
	find "$dst" -xtype l -delete
}

# what was built there is taken over. Saved commands name the directory, and what was
# made by another command would be made anew; lists of objects name it as well.
take_over()
{
	[ ! -e "$2" ] || return 0
	mkdir -p "$(dirname "$2")"
	cp -a "$1" "$2"
	find "$2" '(' -name '.*.cmd' -o -name '*.mod' ')' -exec sed -i "s|$1|$2|g" {} +
}

# replace the link to a source by an edited copy
edit()
{
	file=$1
	shift
	sed "$@" "$file" >"$file.new"
	if cmp -s "$file" "$file.new"; then
		rm "$file.new"
		die "no such function in $file"
	fi
	rm "$file"
	mv "$file.new" "$file"
}

base=
missing=
proto=
mode=fill
while getopts b:m:p:cw: opt; do
	case $opt in
	b) base=$OPTARG ;;
	m) missing=$OPTARG ;;
	p) proto=$OPTARG ;;
	c) mode=btf ;;
	w) mode=warn kmake=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

case $mode in
fill)
	[ -z "$base" ] || take_over "$base" "$2"
	fill "$1" "$2"
	syms=$2/net/mptcp/symbols.c
	if [ -n "$missing" ]; then
		edit "$syms" "s/\"$missing\"/\"${missing}_of_no_kernel\"/"
	fi
	if [ -n "$proto" ]; then
		edit "$syms" "/\"$proto\"/,/),/s/\", \"\\(.*\"),\\)/\", \"const \\1/"
	fi
	;;
btf)
	for ko in "$1"/*.ko; do
		[ -f "$ko" ] || continue
		readelf -S "$ko" | grep -q ' \.BTF ' ||
			echo "note: ${ko##*/} has no BTF: BPF programs cannot use it" >&2
	done
	;;
warn)
	dst=$2
	command -v sparse >/dev/null || die "sparse is not installed"
	fill "$1" "$dst"
	find "$dst" -name '*.o' -delete
	log=$dst/check.log
	if ! $kmake M="$dst" W=1 C=2 CF="-D__CHECK_ENDIAN__" modules >"$log" 2>&1; then
		cat "$log"
		exit 1
	fi
	# remarks on the kernel's own headers are not ours to mend
	ours='(^|/)(net/mptcp|generated)/[^ ]*: *(warning|error):|^WARNING: modpost'
	if grep -E "$ours" "$log"; then
		echo "check: warnings, the whole is in $log" >&2
		exit 1
	fi
	echo "check: no warnings (W=1, sparse with endian checks)"
	;;
esac
