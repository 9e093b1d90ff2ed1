#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The path manager under programs that know nothing of it, as their distribution made
# them: an OpenSSH session through an outage of ten minutes, a download by curl that
# takes ten minutes and roams. Virtual time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/pm_lib.sh
. "$(dirname "$0")/pm_lib.sh"

DIR=/root/apps	# sshd wants nobody else to own anything above its keys

lab_up()
{
	local side

	pm_lab 10/10 10/25
	for side in client server; do
		pm $side close_timeout 3600
	done
	mkdir -p $DIR/www /run/sshd && chmod 700 $DIR /run/sshd || fail "no directories"
	ssh-keygen -q -t ed25519 -N '' -f $DIR/host || fail "no host key"
	ssh-keygen -q -t ed25519 -N '' -f $DIR/user || fail "no user's key"
	echo "10.0.1.2 $(cat $DIR/host.pub)" >$DIR/known_hosts
	# All else is OpenSSH's default: no keepalives of its own, TCP's on.
	printf '%s\n' "HostKey $DIR/host" "AuthorizedKeysFile $DIR/user.pub" >$DIR/sshd_config
	mkfifo $DIR/keys $DIR/never
}

ends()
{
	! kill -0 "$1" 2>/dev/null
}

listens()
{
	on server ss -Htln "sport = $1" | grep -q .
}

# sshd_start: so that it has the policy there is
sshd_start()
{
	local pid

	pid=$(cat /run/sshd.pid 2>/dev/null) && kill "$pid" && soon ends "$pid"
	ip netns exec server mptcpize run /usr/sbin/sshd -D -e -f $DIR/sshd_config \
		>$DIR/sshd.log 2>&1 &
	disown
	soon listens 22 || { cat $DIR/sshd.log; fail "no sshd"; }
}

# seen PATTERN: such a line, all of it, has arrived lately
seen()
{
	tail -n 20 $DIR/session | tr -d '\r' | grep -q -x -e "$1"
}

# longer_than BYTES: of the session
longer_than()
{
	[ "$(stat -c %s $DIR/session)" -gt "$1" ]
}

# session STREAM SECONDS TO: the user types a command that counts, and while it
# does, every address is gone for so long; then address TO comes. All of it must
# arrive, in order, and the next command be answered.
#   ticks  a line every 500 ms, the whole time
#   flood  lines as fast as they go, until every buffer is full
session()
{
	local before lines command start pid size on answer

	both_addresses
	address_off 2
	sshd_start
	before=$(nstat_of client MPTcpExtMPCapableSYNACKRX)
	on client mptcpize run ssh -F none -i $DIR/user -o UserKnownHostsFile=$DIR/known_hosts \
		-tt 10.0.1.2 bash --norc --noediting <$DIR/keys >$DIR/session 2>$DIR/ssh.log &
	pid=$!
	exec 8>$DIR/keys
	echo 'stty -echo; PS1=; echo rea""dy' >&8
	soon seen '.*ready' || { cat $DIR/ssh.log $DIR/sshd.log; fail "no session"; }
	is "it is MPTCP" $(($(nstat_of client MPTcpExtMPCapableSYNACKRX) - before)) 1
	case $1 in
	ticks)
		lines=$((($2 + 10) * 2)) start=100
		command="exec 9<>$DIR/never; for ((i = 1; i <= $lines; i++)); do"
		command="$command echo line \$i; read -r -t 0.5 -u 9; done"
		;;
	flood)
		lines=4000 start=100000
		command="seq -f 'line %.0f $(printf '%01000d' 0)' $lines"
		;;
	esac
	echo "$command; echo done" >&8
	soon longer_than "$start" || { tail -c 300 $DIR/session; fail "no stream"; }
	address_off 1
	# what was on its way arrives
	sleep 1
	size=$(stat -c %s $DIR/session)
	sleep $(($2 - 1))
	is "what has arrived without an address" "$(stat -c %s $DIR/session)" "$size"
	[ "$1" != flood ] || pidof seq >/dev/null || fail "the buffers took it all"
	touch $DIR/mark
	on=$(now)
	address_on "$3"
	# no program is started: that takes its time
	while [ ! $DIR/session -nt $DIR/mark ] && [ $(($(now) - on)) -lt 60000 ]; do
		read -r -t 0.005 <>$DIR/never
	done
	on=$(($(now) - on))
	within 60 seen 'done' || { tail -c 300 $DIR/session; view; fail "no end"; }
	answer=$(now)
	echo "echo answer \$((6 * 7))" >&8
	soon seen 'answer 42' || { tail -c 300 $DIR/session; view; fail "no answer"; }
	answer=$(($(now) - answer))
	echo exit >&8
	exec 8>&-
	wait "$pid" || { cat $DIR/ssh.log; fail "ssh"; }

	tr -d '\r' <$DIR/session | awk -v lines="$lines" '
		$1 == "line" && $2 != ++n { bad = 1; exit }
		END { exit bad || n != lines }' || fail "not every line, in order"
	say "$lines lines; the answer took $answer ms"
	# three round trips and 100 ms, or 200 if the sender was blocked
	figure "outage of $2 s: resumed after, ms" "$on" 0 \
		"$(calc "($3 == 1 ? 60 : 150) + (\"$1\" == \"flood\" ? 200 : 100)")"
}

ssh_session()
{
	policy fullmesh
	session "$@"
}

# the server's kernel as it came
ssh_to_stock()
{
	pm client policy fullmesh
	pm server policy none
	ip -n server mptcp limits set subflows 8
	# from one path's address one reaches that path only
	ip -n server mptcp endpoint add 10.0.2.2 signal
	session "$@"
	ip -n server mptcp endpoint flush
	ip -n server mptcp limits set subflows 0
}

# httpd_start: busybox's is linked statically, nothing can be preloaded; mptcpify
# needs not be asked
httpd_start()
{
	local pins=/sys/fs/bpf/pm_apps

	bpftool prog loadall bpf/mptcpify.bpf.o $pins autoattach || fail "no mptcpify"
	bpftool map update name mptcpify_groups key 0 0 0 0 0 0 0 0 value 1 || fail "map"
	ip netns exec server busybox httpd -f -p 80 -h $DIR/www &
	disown
	soon listens 80 || fail "no httpd"
	rm -r $pins
}

# Ten minutes by one path at a time: to another network with nothing in between for
# ten seconds, and back to the first one while the second is still there.
download()
{
	local rate=500000 size=36000000 pid i sent=() best got

	policy fullmesh
	for i in 1 2; do
		netlab_set $i rate=0.5 limit=25
	done
	head -c $size /dev/urandom >$DIR/www/file
	both_addresses
	address_off 2
	httpd_start
	on client mptcpize run curl -sS -o $DIR/got \
		-w 'code=%{http_code} secs=%{time_total} connects=%{num_connects}\n' \
		http://10.0.1.2/file >$DIR/curl.log 2>&1 &
	pid=$!
	for i in 1 2; do
		sent[i]=$(netlab_bytes server $i)
	done
	sleep 150
	address_off 1
	sleep 10
	address_on 2
	sleep 200
	address_on 1
	have 2
	address_off 2
	wait "$pid" || { cat $DIR/curl.log; fail "curl"; }
	got=$(cat $DIR/curl.log)
	for i in 1 2; do
		sent[i]=$(($(netlab_bytes server $i) - sent[i]))
	done
	say "$got; by path: ${sent[*]}"
	is "the answer" "$(field code "$got")" 200
	is "connections" "$(field connects "$got")" 1
	is "checksum" "$(sha256sum <$DIR/got)" "$(sha256sum <$DIR/www/file)"
	# 400 s on one path, 200 s on the other, at 62500 bytes a second
	figure "bytes by path 1" "${sent[1]}" 20000000 30000000
	figure "bytes by path 2" "${sent[2]}" 10000000 16000000
	# 1420 bytes of payload in a packet of 1514, and the ten seconds
	best=$(calc "$size * 8 / $rate * 1514 / 1420 + 10")
	figure "seconds it took" "$(field secs "$got")" 600 "$(calc "$best * 1.03")"
	rm -f $DIR/got $DIR/www/file
}

at_last()
{
	policy none
	unload
	netlab_down
}

ktap_run lab_up "ssh_session ticks 600 2" "ssh_session flood 600 1" \
	"ssh_to_stock ticks 600 2" download at_last
