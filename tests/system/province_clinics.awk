# province_clinics.awk - 108 clinics for the demonstration, from the catalogue
#
# Reads schema/facilities-84.csv; prints id, code, name, level, commune,
# district, size, port and way, separated by tabs. What the catalogue lacks is
# invented and says so in its name.

BEGIN { FS = ","; OFS = "\t"; port = first_port }

function size_of(level) {
	if (level == "tỉnh")
		return 14
	if (level == "huyện")
		return 6
	return 0.5 + (n * 7 % 10) / 6
}

# Most are pulled; some push, some send files, three are silent to the end.
function way_of(nth) {
	if (nth % 36 == 35)
		return "late"
	if (nth % 9 == 4)
		return "file"
	if (nth % 6 == 1)
		return "push"
	return "pull"
}

function put(code, name, level, district) {
	print "tv-" code, code, name, level, "-", district, size_of(level),
	    port + n, way_of(n)
	n++
}

/^#/ || $1 == "code" { next }
n < 108 && $1 ~ /^84[0-9][0-9][0-9]$/ {
	seen[$1] = 1
	put($1, $2, $3, $4)
}
END {
	for (i = 900; n < 108; i++)
		put("84" i, "Trạm y tế giả định số " i " (không có thật)",
		    "xã", "Huyện Càng Long")
}
