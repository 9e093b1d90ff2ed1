# SPDX-License-Identifier: GPL-2.0
#
# For scripts/mainline: the table of results, what differs from "default", the sum.
# Lines are kernel, test, scheduler, result (ok, not, skip), name of the subtest.

{
	test = $1 " " $2
	name = test ": " $5
	if (!(test in tests)) {
		tests[test]
		order[++n_tests] = test
	}
	if (!(name in names)) {
		names[name]
		list[++n_names] = name
	}
	count[test, $3, $4]++
	total[$4]++
	# of two of one name the better one of default, and the worse one of ours
	if (!(($3, name) in result) || $4 == ($3 == "default" ? "ok" : "not"))
		result[$3, name] = $4
	if ($3 == "default" && $5 ~ /the guest ended with status/)
		torn[test]
}

END {
	many = split(words, sched, " ")
	printf "%-44s", "passed/failed/skipped"
	for (i = 1; i <= many; i++)
		printf " %12s", sched[i]
	print ""
	for (t = 1; t <= n_tests; t++) {
		printf "%-44s", order[t]
		for (i = 1; i <= many; i++)
			printf " %12s", count[order[t], sched[i], "ok"] + 0 "/" \
				count[order[t], sched[i], "not"] + 0 "/" \
				count[order[t], sched[i], "skip"] + 0
		print ""
	}
	print ""
	bad = !total["ok"]
	for (test in torn) {
		print test ": has no end with default, there is no more to compare with"
		bad = 1
	}
	# a scheduler alone: what is skipped as a whole shows nothing; one result is our own
	for (t = 1; t <= n_tests; t++) {
		for (i = 1; i <= many && words !~ /default/; i++) {
			if (count[order[t], sched[i], "ok"] + 0 > 1)
				continue
			print order[t] ": nothing passes with " sched[i]
			bad = 1
		}
	}
	for (t = 1; t <= n_names; t++) {
		for (i = 1; i <= many; i++) {
			name = list[t]
			stock = result["default", name]
			ours = result[sched[i], name]
			text = ours == "not" ? "fails" : ours == "skip" ? "is skipped" : "is missing"
			if (sched[i] == "default") {
				if (stock == "not")
					print name ": fails with default"
			} else if (stock == "ok" ? ours != "ok" : ours == "not" && stock != "not") {
				print name ": " text " with " sched[i] (stock ? "" : "; not tried with default")
				bad = 1
			} else if (ours == "not") {
				print name ": fails with " sched[i] ", as with default"
			}
		}
	}
	printf "%d passed, %d failed, %d skipped\n", total["ok"], total["not"], total["skip"]
	exit bad
}
