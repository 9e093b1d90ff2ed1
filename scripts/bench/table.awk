# SPDX-License-Identifier: GPL-2.0
#
# Make the bench's CSV and its table.
#
#   collect: the logs of one row and scheduler (lines "@ KEY VALUE") to one
#            line of CSV, each figure the mean of its samples
#   table:   CSV lines to lines of the table
#   compare: two CSV files to the largest relative difference of each column
#
# usage: awk -v op=collect -v row=A -v paths='...' -v family=4 -v dir=up \
#            -v sched=minrtt -v limits="$(limits.awk's output)" -f table.awk LOG...
#        awk -v op=header|columns -f table.awk </dev/null
#        awk -v op=table -f table.awk CSV
#        awk -v op=compare -f table.awk CSV1 CSV2

function mean(key)
{
	return count[key] ? sum[key] / count[key] : ""
}

function figure(key, factor, form)
{
	return count[key] ? sprintf(form, mean(key) * factor) : ""
}

function ms(key)
{
	return figure(key, 1e-3, "%.2f")
}

function columns()
{
	return "row,paths,family,dir,scheduler,samples,bulk_mbps,bulk_limit," \
	       "msg_p50_ms,msg_p95_ms,msg_p99_ms,msg_gap_ms,msg_limit," \
	       "msg_samples,fetch64k_p95_ms,fetch64k_limit,fetch1m_p50_ms," \
	       "fetch1m_limit,share_percent,capacity_percent,lossy," \
	       "msg_mean_ms,fetch64k_mean_ms,fetch1m_mean_ms"
}

function dash(text)
{
	return text == "" ? "-" : text
}

# "got/limit", so that the limit stands beside every figure
function beside(got, lim, form)
{
	return got == "" ? "-" : sprintf(form " /" form, got, lim)
}

function rel(a, b,    d)
{
	d = a > b ? a - b : b - a
	return a ? d / a : (b ? 1 : 0)
}

BEGIN {
	FS = op == "collect" ? " " : ","
	if (op == "columns") {
		print columns()
		exit
	}
	if (op == "header") {
		printf "%-5s %-16s %-13s %-36s %-13s %-15s %s\n", "", "",
			"bulk Mbit/s", "message ms", "64 KiB p95", "1 MiB p50",
			"share of bytes"
		printf "%-5s %-16s %-13s %-36s %-13s %-15s %s\n", "row",
			"scheduler", "/limit",
			sprintf("%6s %6s %6s %-8s %6s", "p50", "p95", "p99", "/limit", "gap"),
			"ms /limit", "ms /limit", "% (capacity)"
		exit
	}
	n = split(limits, line, "\n")
	for (i = 1; i <= n; i++) {
		split(line[i], part, "=")
		lim[part[1]] = part[2]
	}
}

op == "collect" && $1 == "@" {
	sum[$2] += $3
	count[$2]++
}

op == "table" && $1 != "row" {
	printf "%-5s %-16s %-13s ", $1, $5, beside($7, $8, "%.1f")
	if ($9 != "")
		printf "%6.1f %6.1f %6.1f %-8s %6.1f ", $9, $10, $11,
			sprintf("/%.1f", $13), $12
	else
		printf "%-36s ", "-"
	printf "%-13s %-15s ", beside($15, $16, "%.1f"), beside($17, $18, "%.1f")
	if ($19 != "")
		printf "%s (%s)", $19, $20
	else
		printf "-"
	printf "\n"
}

op == "compare" && FNR == 1 {
	file++
	n = split($0, name, ",")
	next
}

op == "compare" {
	key = $1 " " $5
	for (i = 7; i <= n; i++) {
		if (name[i] !~ /_(mbps|ms)$/)
			continue
		if (file == 1) {
			first[key, i] = $i
			continue
		}
		if ($i == "" || first[key, i] == "")
			continue
		d = rel(first[key, i], $i)
		compared++
		if (d > 0)
			differ++
		if (d >= worst[$21]) {
			worst[$21] = d
			where[$21] = key " " name[i] ": " first[key, i] " and " $i
		}
	}
}

END {
	if (op == "collect") {
		n = split(paths, word, " ")
		total = 0
		for (i = 1; i <= n; i++)
			total += sum["path" i "_bytes"]
		share = ""
		for (i = 1; total && i <= n; i++)
			share = share (i > 1 ? "/" : "") \
				sprintf("%.1f", 100 * sum["path" i "_bytes"] / total)
		# sending everything on every path cannot pass the best of them
		bulk = sched == "redundant:full" ? lim["single"] : lim["bulk"]
		print row "," paths "," family "," dir "," sched "," \
			count["end"] "," figure("bulk_mbps", 1, "%.3f") "," bulk "," \
			ms("msg_p50_us") "," ms("msg_p95_us") "," \
			ms("msg_p99_us") "," ms("msg_gap_us") "," \
			lim["message"] "," count["msg_p99_us"] + 0 "," \
			ms("fetch64k_p95_us") "," lim["fetch64k"] "," \
			ms("fetch1m_p50_us") "," lim["fetch1m"] "," \
			share "," lim["share"] "," lim["lossy"] "," \
			ms("msg_mean_us") "," ms("fetch64k_mean_us") "," \
			ms("fetch1m_mean_us")
	}
	if (op == "compare") {
		printf "%d figures compared, %d of them not identical\n",
			compared, differ
		printf "largest relative difference, loss-free rows: %.3f %% (%s)\n",
			100 * worst[0], dash(where[0])
		if (where[1] != "")
			printf "largest relative difference, lossy rows: %.3f %% (%s)\n",
				100 * worst[1], where[1]
		exit worst[0] < 0.01 && compared ? 0 : 1
	}
}
