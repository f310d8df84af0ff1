#!/bin/sh
# keep.sh NAME... - replace the kept corpus of these targets by the smallest
# set that reaches all that the kept and the found inputs reach.
set -eu

for name in "$@"; do
	kept=tests/fuzz/corpus/$name
	new=$(mktemp -d /tmp/corpus.XXXXXX)
	mkdir -p "$kept" "build/fuzz/$name.found"
	"build/fuzz/fuzz/fuzz_$name" -merge=1 -timeout=20 "$new" "$kept" \
	    "build/fuzz/$name.found" >"build/fuzz/$name.merge" 2>&1 </dev/null
	rm -rf "$kept"
	mv "$new" "$kept"
	chmod 755 "$kept"
	echo "$name: $(ls "$kept" | wc -l) inputs, $(du -sb "$kept" |
	    cut -f 1) bytes"
done
