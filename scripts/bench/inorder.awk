# SPDX-License-Identifier: GPL-2.0
#
# The latest of a message stream that is sent whole on each of two lossy paths:
# what full redundancy can reach over TCP subflows, if windows never bind.
#
# A subflow delivers in order: a packet lost holds up those behind it until it
# is repaired. A message is there when the better of the two has delivered it; both
# may be in repair. Prints the mean over many streams of the 99th percentile of
# the latency, ms.
#
# usage: awk -v loss=2 -v delay=20.6 -v repair=55 -v n=300 -f inorder.awk </dev/null
#
#   loss    percent, on each path
#   delay   ms, of a message that is not held up
#   repair  ms from the time a packet would have come to the time it comes:
#           a round trip, and what comes in behind it until the sender counts it
#           as lost: three packets by default, one with tcp_reordering = 1
#   interval, n, streams   of messages: ms (5), how many (300), how often (2000)

function chance()
{
	seed = (seed * 16807) % 2147483647
	return seed / 2147483647
}

# latencies of n messages on one path, in path[1..n]
function send(path,    i, due, edge)
{
	edge = 0
	for (i = 1; i <= n; i++) {
		due = i * interval + delay
		while (chance() < loss / 100)
			due += repair
		if (due > edge)
			edge = due
		path[i] = edge - i * interval
	}
}

BEGIN {
	seed = 1
	if (!interval)
		interval = 5
	if (!n)
		n = 300
	if (!streams)
		streams = 2000
	if (delay <= 0 || repair <= 0 || loss <= 0 || loss >= 100) {
		print "inorder.awk: needs delay=, repair= and loss=" >"/dev/stderr"
		exit 2
	}
	rank = n - int(n * 0.99)	# from the top
	for (s = 0; s < streams; s++) {
		send(a)
		send(b)
		for (k = 1; k <= rank; k++)
			top[k] = 0
		for (i = 1; i <= n; i++) {
			x = a[i] < b[i] ? a[i] : b[i]
			for (k = rank; k >= 1 && x > top[k]; k--) {
				if (k < rank)
					top[k + 1] = top[k]
				top[k] = x
			}
		}
		sum += top[rank]
	}
	printf "%.1f\n", sum / streams
}
