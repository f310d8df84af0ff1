#!/bin/sh
# compare.sh FIRST.json OTHER.json... - all languages have the same ids, and
# each text names the same {values}; prints what differs and fails
set -eu

# One line for each id, and one for each value that its text names.
names() {
	awk -F'": "' '/^  "/ {
		id = substr($1, 4)
		rest = substr($0, length($1) + 1)
		print id
		while (match(rest, /\{[a-z_]+\}/)) {
			print id " " substr(rest, RSTART, RLENGTH)
			rest = substr(rest, RSTART + RLENGTH)
		}
	}' "$1" | LC_ALL=C sort -u
}

a=$(mktemp)
b=$(mktemp)
trap 'rm -f "$a" "$b"' EXIT
first=$1
shift
names "$first" >"$a"
for other in "$@"; do
	names "$other" >"$b"
	if ! difference=$(diff "$a" "$b"); then
		echo "$first (<) and $other (>) differ in ids or {values}:" >&2
		echo "$difference" | grep '^[<>]' >&2
		exit 1
	fi
done
