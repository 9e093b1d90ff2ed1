# SPDX-License-Identifier: GPL-2.0
#
# Turn what pahole prints for one structure into C. Called for each by the
# script of the same name, with
#
# name=STRUCT         the structure
# what=define         its definition, assertions that the compiler lays it out
#                     as BTF says, MPTCPX_HAVE_<struct>_<member> for each member
# what=have           only the last
# what=members        an array of struct mptcpx_member, as compiled
# only="MEMBER ..."   members: only these; "MEMBER?" may be missing; empty: all
# shift_at=S.MEMBER   define: put a stray member in front of this one
#
# Members of unnamed structures and unions count as members of what contains
# them; those of a named one of unnamed type get a dotted name ("reset.token").

function trim(s)
{
	sub(/^[ \t]+/, "", s)
	sub(/[ \t]+$/, "", s)
	return s
}

function fail(text)
{
	printf "gen-private.sh: this kernel's struct %s %s\n", name, text > "/dev/stderr"
	failed = 1
	exit 1
}

# the name declared by what stands in front of the semicolon
function declared(s)
{
	gsub(/__attribute__[ \t]*\(\([^;]*\)\)/, "", s)
	s = trim(s)
	if (match(s, /\(\*+[A-Za-z_][A-Za-z_0-9]*/)) {
		s = substr(s, RSTART, RLENGTH)
		gsub(/[(*]/, "", s)
		return s
	}
	sub(/[ \t]*:[ \t]*[0-9]+$/, "", s)
	gsub(/\[[^]]*\]/, "", s)
	s = trim(s)
	if (!match(s, /[A-Za-z_][A-Za-z_0-9]*$/))
		return ""
	return substr(s, RSTART)
}

# remember a member: F with a place in bytes, or B, a bit-field, in bits
function note(at, kind, member, place, size)
{
	k[at] = kind
	m[at] = member
	o[at] = place
	z[at] = size
}

BEGIN {
	size = -1
}

{
	text = $0
	place = ""
	if (match(text, /\/\* size: [0-9]+/)) {
		# what comes last is the size of the whole
		size = substr(text, RSTART + 9, RLENGTH - 9) + 0
		next
	}
	# a comment of figures only: offset (or offset: bit) and size
	if (match(text, /\/\*[ 0-9:]+\*\//)) {
		place = substr(text, RSTART + 2, RLENGTH - 4)
		text = substr(text, 1, RSTART - 1)
	}
	gsub(/\/\*[^*]*\*\//, "", text)
	gsub(/:/, " ", place)
	split(trim(place), p, /[ \t]+/)
	sub(/[ \t]+$/, "", text)
	bare = trim(text)
	if (bare == "" || bare ~ /^\/\*/)
		next

	# a structure or union opens
	if (bare ~ /\{$/) {
		first[++depth] = n + 1
		body = body text "\n"
		next
	}

	# and closes: unnamed, it leaves its members to what is around it
	if (bare ~ /^\}/) {
		body = body text "\n"
		if (--depth == 0)
			next
		inner = substr(bare, 2)
		sub(/;.*$/, "", inner)
		member = declared(inner)
		if (member == "")
			next
		from = first[depth + 1]
		# an array of them: the members have no single place
		if (inner ~ /\[/)
			n = from - 1
		for (i = ++n; i > from; i--)
			note(i, k[i - 1], member "." m[i - 1], o[i - 1], z[i - 1])
		note(from, "F", member, p[1] + 0, p[2] + 0)
		next
	}

	if (bare !~ /;$/)
		next
	decl = bare
	sub(/;$/, "", decl)
	member = declared(decl)
	if (member != "" && name "." member == shift_at && !shifted) {
		body = body "\tunsigned long mptcpx_stray;\n"
		shifted = 1
	}
	body = body text "\n"
	if (member == "" || place == "")
		next
	if (decl ~ /:[ \t]*[0-9]+$/) {
		bits = decl
		sub(/^.*:[ \t]*/, "", bits)
		note(++n, "B", member, p[1] * 8 + p[2], bits + 0)
	} else {
		note(++n, "F", member, p[1] + 0, p[2] + 0)
	}
}

# every static_assert but those that a stray member breaks on purpose
function assert_member(i)
{
	if (shift_at != "" || k[i] != "F")
		return
	printf "static_assert(offsetof(struct %s, %s) == %d);\n", name, m[i], o[i]
	printf "static_assert(sizeof_field(struct %s, %s) == %d);\n", name, m[i], z[i]
}

function define()
{
	printf "\n%s\n", body
	if (shift_at == "")
		printf "static_assert(sizeof(struct %s) == %d);\n", name, size
	for (i = 1; i <= n; i++)
		assert_member(i)
}

function have()
{
	printf "\n"
	for (i = 1; i <= n; i++)
		if (m[i] !~ /\./ && !have_seen[m[i]]++)
			printf "#define MPTCPX_HAVE_%s_%s 1\n", name, m[i]
}

# what the compiler made of it; a bit-field's place only BTF knows
function initialiser(i)
{
	if (k[i] == "F")
		printf "\t{ \"%s\", 8 * offsetof(struct %s, %s), 8 * sizeof_field(struct %s, %s) },\n",
			m[i], name, m[i], name, m[i]
	else
		printf "\t{ \"%s\", %d, %d },\n", m[i], o[i], z[i]
}

function members()
{
	for (i = 1; i <= n; i++)
		by_name[m[i]] = i
	count = split(only, list, " ")
	for (j = 1; j <= count; j++) {
		optional = sub(/\?$/, "", list[j])
		if (list[j] in by_name)
			assert_member(by_name[list[j]])
		else if (!optional)
			fail("has no member " list[j] ", which the modules use")
	}
	printf "\nstatic const struct mptcpx_member %s_members[] __initconst = {\n", name
	for (j = 1; j <= count; j++)
		if (list[j] in by_name)
			initialiser(by_name[list[j]])
	for (i = 1; i <= n && !count; i++)
		initialiser(i)
	printf "};\n"
}

END {
	if (failed)
		exit 1
	if (size < 0 || n == 0)
		fail("has a definition that cannot be read")
	if (what == "members") {
		members()
	} else {
		if (what == "define")
			define()
		have()
	}
}
