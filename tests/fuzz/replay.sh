#!/bin/sh
# replay.sh DIR - every target in DIR over its kept corpus, with one changed
# copy of each input. Prints the lines that check.sh counts.
set -u

dir=$1
corpus=tests/fuzz/corpus
status=0
"$dir/targets" --list >"$dir/list"
while read -r name max; do
	if [ -z "$(ls "$corpus/$name" 2>/dev/null)" ]; then
		echo "$corpus/$name: no corpus for this target"
	elif "$dir/fuzz_$name" -mutate=1 "$corpus/$name" \
	    >"$dir/$name.log" 2>&1; then
		printf '[       OK ] %s: %s\n' "$name" \
		    "$(tail -n 1 "$dir/$name.log")"
		continue
	else
		tail -n 40 "$dir/$name.log"
	fi
	echo "[  FAILED  ] $name"
	status=1
done <"$dir/list"
exit "$status"
