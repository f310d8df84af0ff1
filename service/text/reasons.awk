# reasons.awk - rows of service/eligibility/message.c from the catalogues: what
# the daemon says itself
#
# Reads text_vi.json, then text_en.json: one "id": "text" a line, sorted by id.
# JSON's escapes that gettext writes are those of C.

/^  "(proxy|reason)\./ {
	match($0, /^  "[^"]*"/)
	id = substr($0, 3, RLENGTH - 2)
	text = substr($0, RLENGTH + 3)
	sub(/,$/, "", text)
	if (FNR == NR)
		vi[id] = text
	else if (id in vi)
		printf "ROW(%s,\n    %s,\n    %s)\n", id, vi[id], text
}
