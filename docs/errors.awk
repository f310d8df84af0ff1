# errors.awk - docs/errors.md from result_codes.inc, reasons.inc and error.h
#
# `make docs` writes the file; tests/unit/test_message.c fails when it is old.

BEGIN {
	split("line gateway account operator request unknown_code wrong_person " \
	    "before_validity after_validity no_answer_yet interrupted stale " \
	    "meanwhile no_number no_birth_date not_asked ends_soon", own, " ")
	outcome["no_number"] = outcome["no_birth_date"] = \
	    outcome["not_asked"] = "an appointment, not a lookup"
	outcome["ends_soon"] = "an appointment, covered"
	outcome["line"] = outcome["gateway"] = outcome["account"] = \
	    outcome["operator"] = \
	    outcome["request"] = outcome["unknown_code"] = \
	    outcome["wrong_person"] = outcome["no_answer_yet"] = \
	    outcome["interrupted"] = "unavailable"
	outcome["before_validity"] = outcome["after_validity"] = "not_covered"
	outcome["stale"] = "covered, source stale"
	outcome["meanwhile"] = "covered, source stale, while the gateway is asked"
}

# The n-th quoted string of line.
function quoted(line, n,    text) {
	while (n-- > 0) {
		match(line, /"[^"\\]*(\\.[^"\\]*)*"/)
		text = substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, RSTART + RLENGTH)
	}
	return text
}

function row(what, id) {
	if (id in vi)
		print "| " what " | " vi[id] " | " en[id] " |"
}

function section(reason, title) {
	print "\n### `" reason "`" title "\n"
	print "| | Vietnamese | English |\n|---|---|---|"
	row("what happened", "reason." reason ".message")
	row("what to do", "reason." reason ".next_step")
	row("what to do, if the number or name was typed or printed", \
	    "reason." reason ".next_step.desk")
	row("what to do, if nobody can tell whose fault it is", \
	    "reason." reason ".next_step.unknown")
	row("what to ask on the telephone, the day before", \
	    "reason." reason ".telephone")
	row("for the technician", "reason." reason ".technician")
}

FILENAME ~ /result_codes/ && /^ROW/ {
	n = split($0, part, ",")
	word = part[n - 1]
	gsub(/ /, "", word)
	code[++codes] = quoted($0, 1)
	class[codes] = quoted($0, 2)
	outcome[code[codes]] = tolower(word)
}

FILENAME ~ /reasons/ && /^ROW/ { id = quoted($0, 1); line = 0; next }
FILENAME ~ /reasons/ && ++line == 1 { vi[id] = quoted($0, 1) }
FILENAME ~ /reasons/ && line == 2 { en[id] = quoted($0, 1) }

FILENAME ~ /error\.h/ && /^\tX\(CK_/ { entry = "" }
FILENAME ~ /error\.h/ && (/^\tX\(CK_/ || entry != "") {
	entry = entry $0
	if ($0 !~ /"\)( \\)?$/)
		next
	split(entry, part, ",")
	gsub(/[ \t]|CK_CLASS_/, "", part[3])
	gsub(/ /, "", part[2])
	error[++errors] = "| " part[2] " | `" quoted(entry, 1) "` | " \
	    tolower(part[3]) " | " quoted(entry, 2) " |"
	entry = ""
}

END {
	print "# Every answer and every failure, in words\n"
	print "Made by `make docs` from schema/result-codes.csv,"
	print "service/text/reasons.*.po and include/ck/error.h: edit those.\n"
	print "Each lookup ends in one of five outcomes and carries a reason:"
	print "the gateway's code, or a word of ours. The clerk reads what"
	print "happened and what to do. Where it changes what to do, the words"
	print "depend on whose work the failure is (`owner`).\n"
	print "## Codes of the gateway (dispatch CV1923 §4)"
	for (i = 1; i <= codes; i++)
		section(code[i], ": " outcome[code[i]] " (" class[i] ")")
	print "\n## Reasons of ours"
	for (i = 1; i in own; i++)
		section(own[i], ": " outcome[own[i]])
	print "\n## What to ask on the telephone, the day before\n"
	print "Where a reason above has no words of its own for it.\n"
	print "| | Vietnamese | English |\n|---|---|---|"
	split("not_covered mismatch not_found unavailable", all, " ")
	for (i = 1; i in all; i++)
		row("`" all[i] "`", "reason." all[i] ".telephone")
	print "\n## What `checkin doctor gateway` finds\n"
	print "The number is the exit status."
	split("well=0 name=10 line=11 closed=12 address=13 tls=14 proxy=15 " \
	    "account=16 blocked=17 fault=18 operator=19 slow=20", found, " ")
	for (i = 1; i in found; i++) {
		split(found[i], part, "=")
		section("doctor_" part[1], ": " part[2])
	}
	print "\n## Failures, for the technician\n"
	print "Numbers are stored in records and never change their meaning."
	print "The label is what metrics and logs show.\n"
	print "| number | label | class | what it means |\n|---|---|---|---|"
	for (i = 1; i <= errors; i++)
		print error[i]
}
