# ma-doituong-kcb.awk - rows of service/checkin/category.c from the catalogue
#
# Reads the columns code, vi and en by their names in the first line; fields
# may be quoted (RFC 4180) but not broken over lines.

function fail(words) {
	print FILENAME ":" FNR ": " words > "/dev/stderr"
	failed = 1
	exit 1
}

# Split one line into field[1..]; returns how many.
function fields(line,    n, text) {
	n = 0
	for (;;) {
		if (match(line, /^"[^"]*"/)) {
			text = substr(line, 2, RLENGTH - 2)
		} else {
			match(line, /^[^,]*/)
			text = substr(line, 1, RLENGTH)
		}
		line = substr(line, RLENGTH + 1)
		field[++n] = text
		if (line == "")
			return n
		if (substr(line, 1, 1) != ",")
			fail("a field does not end")
		line = substr(line, 2)
	}
}

{ sub(/\r$/, "") }

FNR == 1 {
	columns = fields($0)
	for (i = 1; i <= columns; i++)
		at[field[i]] = i
	if (!("code" in at) || !("vi" in at) || !("en" in at))
		fail("the columns code, vi and en are needed")
	print "/* Generated from schema/ma-doituong-kcb.csv. */"
	next
}

$0 == "" { next }

{
	if (/\\/ || fields($0) != columns)
		fail("expected " columns " fields and no backslash")
	code = field[at["code"]]
	if (code !~ /^[0-9][0-9]?(\.[0-9][0-9]?)?$/ || code in seen)
		fail("code " code " is no code, or stands twice")
	seen[code] = 1
	printf "ROW(\"%s\", \"%s\", \"%s\")\n", code, field[at["vi"]], \
	    field[at["en"]]
}

END { if (!failed && FNR < 2) fail("no codes") }
