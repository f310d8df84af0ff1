#!/bin/sh
# check.sh BUILD - run every test program under BUILD/tests, then sum up.
# Each program is a cmocka group; its own closing lines are counted. A program
# that dies without them counts as one failure.
set -u

build=$1
log=$build/check.log
passed=0
failed=0
skipped=0
: >"$log"

for program in "$build"/tests/test_* "$build"/tests/flow_*; do
	[ -x "$program" ] && [ ! -d "$program" ] || continue
	name=${program##*/}
	out=$build/$name.log
	start=$(date +%s)
	timeout 600 "$program" >"$out" 2>&1
	status=$?
	cat "$out" >>"$log"
	p=$(grep -c '^\[       OK \]' "$out")
	# The closing summary lists failed tests a second time.
	f=$(grep '^\[  FAILED  \]' "$out" | grep -v 'test(s)' | sort -u | wc -l)
	s=$(grep '^\[  SKIPPED \]' "$out" | grep -v 'test(s)' | sort -u | wc -l)
	[ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	printf '%-32s %3d passed %2d failed %2d skipped %3d s\n' "$name" "$p" \
	    "$f" "$s" $(($(date +%s) - start))
	[ "$f" -eq 0 ] || tail -n 40 "$out"
done

if [ "$skipped" -gt 0 ]; then
	echo "Skipped:"
	grep '^\[  SKIPPED \]' "$log" | grep -v 'test(s)' | sort -u
fi
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
