# SPDX-License-Identifier: GPL-2.0
#
# What physics allows for a set of paths, as key=value lines.
#
# usage: awk -v paths='50/10/q100 20/40/1%' -v family=4 -v msg=1200 \
#            -v interval=5 -f limits.awk </dev/null
#
# Payload: a full-sized frame of 1514 bytes (what netem's rate counts) carries
# 1500 - 20 IPv4 (40 IPv6) - 20 TCP - 12 timestamps - 28 DSS bytes: 1420 (1400).
#
#   bulk    sum over the paths of min(C, Reno), C = rate * payload / 1514.
#           Reno's law on a lossy path: payload * 8 / rtt * sqrt(1.5 / loss)
#   single  the best one path of these: what sending everything on every path
#           can reach at most
#   message min over the paths of delay + serialisation of one message
#   fetch   request: min delay; response of S bits: the least T with
#           sum C_i * max(0, T - d_i) >= S. Loss is not taken into account.
#   gap     longest gap between messages when path 1 dies, if every message
#           in flight is on the best other path too: the interval and the
#           difference of the two paths
#   share   part of each path in the capacity (percent)

function fetch(bits,    t, lo, hi, i, got)
{
	lo = 0
	hi = 3600
	for (i = 0; i < 80; i++) {
		t = (lo + hi) / 2
		if (carried(t) >= bits)
			hi = t
		else
			lo = t
	}
	return hi
}

function carried(t,    i, sum)
{
	sum = 0
	for (i = 1; i <= n; i++)
		if (t > delay[i])
			sum += cap[i] * (t - delay[i])
	return sum
}

BEGIN {
	if (!family)
		family = 4
	if (!msg)
		msg = 1200
	if (!interval)
		interval = 5
	payload = family == 6 ? 1400 : 1420
	head = 1514 - payload

	n = split(paths, word, " ")
	for (i = 1; i <= n; i++) {
		m = split(word[i], part, "/")
		if (m < 2 || part[1] + 0 <= 0) {
			print "limits.awk: not a path: " word[i] > "/dev/stderr"
			exit 2
		}
		rate[i] = part[1] * 1e6
		delay[i] = part[2] / 1e3
		loss = 0
		for (j = 3; j <= m; j++)
			if (part[j] ~ /%$/)
				loss = part[j] / 100
		cap[i] = rate[i] * payload / 1514
		real[i] = cap[i]
		if (loss > 0) {
			lossy = 1
			reno = payload * 8 / (2 * delay[i]) * sqrt(1.5 / loss)
			if (reno < real[i])
				real[i] = reno
		}
		bulk += real[i]
		if (real[i] > single)
			single = real[i]
		# a message longer than a frame takes several
		wire = msg + head * (int((msg - 1) / payload) + 1)
		one[i] = delay[i] + wire * 8 / rate[i]
		if (!message || one[i] < message)
			message = one[i]
		if (i == 1 || delay[i] < near)
			near = delay[i]
		if (i > 1 && (!other || one[i] < other))
			other = one[i]
	}
	gap = interval / 1e3
	if (n > 1 && other > one[1])
		gap += other - one[1]

	printf "bulk=%.2f\n", bulk / 1e6
	printf "single=%.2f\n", single / 1e6
	printf "message=%.2f\n", message * 1e3
	printf "fetch64k=%.1f\n", (near + fetch(65536 * 8)) * 1e3
	printf "fetch1m=%.1f\n", (near + fetch(1048576 * 8)) * 1e3
	printf "gap=%.1f\n", gap * 1e3
	printf "lossy=%d\n", lossy
	printf "share="
	for (i = 1; i <= n; i++)
		printf "%s%.0f", (i > 1 ? "/" : ""), 100 * real[i] / bulk
	printf "\n"
}
