#!/bin/sh
# check.sh BUILD - run every test program under BUILD/tests, as many at a time
# as there are processors, then sum up.
# check.sh BUILD NAME - run one of them.
# Each program is a cmocka group; its own closing lines are counted. A program
# that dies without them counts as one failure.
set -u

build=$1
log=$build/check.log

# Run one program; leave "passed failed skipped" in NAME.count.
run_one() {
	name=$1
	out=$build/$name.log
	start=$(date +%s)
	timeout 900 "$build/tests/$name" >"$out" 2>&1
	status=$?
	p=$(grep -c '^\[       OK \]' "$out")
	# The closing summary lists failed tests a second time.
	f=$(grep '^\[  FAILED  \]' "$out" | grep -v 'test(s)' | sort -u | wc -l)
	s=$(grep '^\[  SKIPPED \]' "$out" | grep -v 'test(s)' | sort -u | wc -l)
	[ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	echo "$p $f $s" >"$build/$name.count"
	line=$(printf '%-32s %3d passed %2d failed %2d skipped %3d s' "$name" \
	    "$p" "$f" "$s" $(($(date +%s) - start)))
	[ "$f" -eq 0 ] || line=$(printf '%s\n' "$line"; tail -n 40 "$out")
	printf '%s\n' "$line"
}

# The long ones first, so that none is left over at the end.
programs() {
	for program in "$build"/tests/flow_* "$build"/tests/test_*; do
		[ -x "$program" ] && [ ! -d "$program" ] &&
		    echo "${program##*/}"
	done
}

if [ $# -eq 2 ]; then
	run_one "$2"
	exit 0
fi

rm -f "$build"/*.count
programs | xargs -n 1 -P "$(nproc)" sh "$0" "$build"

passed=0
failed=0
skipped=0
: >"$log"
for name in $(programs); do
	read -r p f s <"$build/$name.count" || { p=0 f=1 s=0; }
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	cat "$build/$name.log" >>"$log"
done

if [ "$skipped" -gt 0 ]; then
	echo "Skipped:"
	grep '^\[  SKIPPED \]' "$log" | grep -v 'test(s)' | sort -u
fi
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
