# result-codes.awk - rows of service/eligibility/codes.c from result-codes.csv
#
# Reads the columns code, class and outcome by their names in the first line;
# fields may be quoted (RFC 4180) but not broken over lines. An outcome that is
# not in the list below ends the build: a new code is a decision, not a guess.

BEGIN {
	split("", kind)
	kind["covered"] = "COVERED, PLAIN"
	kind["covered (with the new card, looked up again)"] = \
	    "COVERED, NEW_CARD"
	kind["covered (card of the visit date)"] = "COVERED, NEW_CARD"
	kind["not_covered"] = "NOT_COVERED, PLAIN"
	kind["not_covered (try the next key first)"] = "NOT_COVERED, NEXT_KEY"
	kind["not_found"] = "NOT_FOUND, NEXT_KEY"
	kind["mismatch"] = "MISMATCH, NEXT_KEY"
	kind["unavailable (account)"] = "UNAVAILABLE, ACCOUNT"
	kind["unavailable (gateway)"] = "UNAVAILABLE, GATEWAY"
	kind["unavailable (request)"] = "UNAVAILABLE, REQUEST"
	kind["unavailable (unknown_code)"] = "UNAVAILABLE, UNKNOWN_CODE"
}

function fail(words) {
	print FILENAME ":" FNR ": " words > "/dev/stderr"
	failed = 1
	exit 1
}

# Split one line into field[1..]; returns how many.
function fields(line,    n, text, parts) {
	n = 0
	for (;;) {
		text = ""
		if (substr(line, 1, 1) == "\"") {
			parts = 0
			while (match(line, /^"[^"]*"/)) {
				text = text (parts++ > 0 ? "\"" : "") \
				    substr(line, 2, RLENGTH - 2)
				line = substr(line, RLENGTH + 1)
			}
			if (line != "" && substr(line, 1, 1) != ",")
				fail("a quoted field does not end")
		} else {
			match(line, /^[^,]*/)
			text = substr(line, 1, RLENGTH)
			line = substr(line, RLENGTH + 1)
		}
		field[++n] = text
		if (line == "")
			return n
		line = substr(line, 2)
	}
}

{ sub(/\r$/, "") }

FNR == 1 {
	columns = fields($0)
	for (i = 1; i <= columns; i++)
		at[field[i]] = i
	if (!("code" in at) || !("class" in at) || !("outcome" in at))
		fail("the columns code, class and outcome are needed")
	print "/* Generated from schema/result-codes.csv. */"
	next
}

$0 == "" { next }

{
	if (fields($0) != columns)
		fail("expected " columns " fields")
	code = field[at["code"]]
	outcome = field[at["outcome"]]
	if (code !~ /^[0-9][0-9][0-9]$/ || code in seen)
		fail("code " code " is not three digits, or stands twice")
	if (!(outcome in kind))
		fail("code " code ": outcome not known: " outcome)
	if (field[at["class"]] ~ /["\\]/)
		fail("code " code ": a class has no quotes")
	seen[code] = 1
	printf "ROW(\"%s\", \"%s\", %s)\n", code, field[at["class"]], \
	    kind[outcome]
}

END { if (!failed && FNR < 2) fail("no codes") }
