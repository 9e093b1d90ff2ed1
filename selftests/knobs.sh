#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Knobs: what is wrong is refused and changes nothing.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

dir=/proc/sys/net/mptcp

loading()
{
	modprobe -a $MODULES
}

write()
{
	# one write(2), whatever is in it
	printf '%b' "$2" | dd of="$dir/$1" bs=64K iflag=fullblock 2>&1
}

takes()
{
	write "$1" "$2" >/dev/null || fail "$1 does not take '$2'"
	is "$1" "$(cat $dir/$1)" "${3-$2}"
}

# rejects KNOB TEXT: EINVAL, and what was there is there
rejects()
{
	local before

	before=$(cat "$dir/$1")
	refused "Invalid argument" write "$1" "$2"
	is "$1 after '${2:0:40}'" "$(cat "$dir/$1")" "$before"
}

repeat()
{
	printf "%*s" "$1" "" | sed "s/ /$2/g"
}

good_words()
{
	takes redundant/mode full
	takes redundant/mode opportunistic
	takes redundant/mode 'full\n' full
	takes wrr/mode auto
	takes wrr/mode 'weights\n' weights
}

bad_words()
{
	local word

	takes redundant/mode full
	takes wrr/mode auto
	for word in ' ' '\n' ful fullx FULL 'full x' opportunistic,full 1 -1 \
		99999999999999999999 '\001\377\376' "$(repeat 5000 x)" \
		"full$(repeat 100 ' ')"; do
		rejects redundant/mode "$word"
	done
	for word in autox aut AUTO 'auto weights' 0 -1 '\377\200' \
		"$(repeat 70000 w)"; do
		rejects wrr/mode "$word"
	done
}

good_weights()
{
	takes wrr/weights "eth0=3 wwan0=1 id:2=5"
	takes wrr/weights "10.0.1.1=2,fd00:1::1=3 [fd00:2::1]=4\n" \
		"10.0.1.1=2,fd00:1::1=3 [fd00:2::1]=4"
	takes wrr/weights "*=0"
	takes wrr/weights "eth0=10000 id:255=0 id:0=1"
	takes wrr/weights "\n" ""
}

bad_weights()
{
	local text many

	takes wrr/weights "eth1=3 *=1"
	for text in eth1 eth1= =3 = '==' eth1=-1 eth1=+1 eth1=1.5 eth1=0x3 eth1=3x \
		eth1=10001 eth1=4294967297 eth1=99999999999999999999999 \
		'eth1 = 3' 'eth1=3 eth2' 'eth1=3 eth1=4' '10.0.0.1=1 10.0.0.1=1' \
		'fd00::1=1 [fd00:0::1]=2' 'id:1=1 id:1=2' 'id:1=1 id:01=2' \
		'*=1 *=2' id:256=1 id:-1=1 id:=1 id:x=1 id:99999999999=1 \
		abcdefghijklmnop=1 a/b=1 a:b=1 '[fd00::1=1' fd00::1::2=1 \
		'eth1=3;eth2=4' '\001\002\377' '\377\376 =' 'eth0=1 \200'; do
		rejects wrr/weights "$text"
	done
	many=
	for ((i = 0; i < 65; i++)); do
		many="$many e$i=1"
	done
	rejects wrr/weights "$many"
	rejects wrr/weights "eth0=1$(repeat 1100 ' ')"
	rejects wrr/weights "$(repeat 1030 x)=1"
	rejects wrr/weights "eth0=$(repeat 1500 1)"
	rejects wrr/weights "$(repeat 70000 'e0=1 ')"
}

# what comes in two writes is not put together
partial()
{
	takes wrr/weights "eth1=3"
	refused "Invalid argument" bash -c \
		"exec 9>$dir/wrr/weights; printf eth2=5 >&9; printf ,eth3=1 >&9"
	is weights "$(cat $dir/wrr/weights)" "eth2=5"
	takes redundant/mode opportunistic
	refused "Invalid argument" bash -c \
		"exec 9>$dir/redundant/mode; printf fu >&9; printf ll >&9"
	is mode "$(cat $dir/redundant/mode)" opportunistic
	refused "Invalid argument" bash -c \
		"exec 9>$dir/redundant/mode; printf full >&9; printf full >&9"
	is mode "$(cat $dir/redundant/mode)" full
}

# byte by byte, as a slow reader does
reading()
{
	takes wrr/weights "eth1=3 eth2=1"
	is "by the byte" "$(dd if=$dir/wrr/weights bs=1 2>/dev/null)" "eth1=3 eth2=1"
	is "by the byte" "$(dd if=$dir/wrr/mode bs=1 2>/dev/null)" \
		"$(cat $dir/wrr/mode)"
}

as_nobody()
{
	su -s /bin/bash nobody -c "$1"
}

others()
{
	local knob

	grep -q ^nobody: /etc/passwd ||
		echo 'nobody:x:65534:65534::/:/bin/bash' >>/etc/passwd
	is user "$(as_nobody 'id -u')" 65534
	for knob in wrr/weights wrr/mode redundant/mode scheduler; do
		is "$knob, read by another" "$(as_nobody "cat $dir/$knob")" \
			"$(cat $dir/$knob)"
		refused "Permission denied" as_nobody "echo full >$dir/$knob"
	done
	as_nobody "cat /proc/net/mptcpx" || fail "/proc/net/mptcpx not readable"
	refused "Permission denied" as_nobody "echo >/proc/net/mptcpx"
}

# writers and readers at once
storm()
{
	local i pids=()

	for i in 1 2; do
		(for ((k = 0; k < 150; k++)); do
			echo "eth$((k % 8))=$((k % 100))" >$dir/wrr/weights
			echo full >$dir/redundant/mode
			echo bad >$dir/redundant/mode
			read -r line <$dir/wrr/weights
			[[ $line =~ ^eth[0-7]=[0-9]+$ ]] || exit 1
		done) 2>/dev/null &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || fail "a torn value was read"
	done
}

ktap_run loading good_words bad_words good_weights bad_weights partial \
	reading others storm
