#!/bin/sh
# fuzz.sh SECONDS FUZZ COVER - fuzz every target in FUZZ for SECONDS from its
# kept corpus, then replay what is kept and what was found in COVER and say
# how much of reader/ it reaches. FUZZ_TARGETS names some targets only.
#
# Prints a line for each target; exit 1 on a finding. Each finding is a file in
# build/fuzz/findings, named after its target. build/fuzz/NAME.found keeps new
# inputs: `sh tests/fuzz/keep.sh NAME` takes what is worth it into the corpus.
set -u

seconds=$1
fuzz=$2
cover=$3
findings=build/fuzz/findings
status=0
case $seconds in
'' | *[!0-9]* | 0)
	echo "make fuzz SECONDS=n: n is a number of seconds" >&2
	exit 2
	;;
esac
rm -rf "$findings" && mkdir -p "$findings"
: >build/fuzz/summary
: >build/fuzz/coverage.txt
"$fuzz/targets" --list >build/fuzz/list

last() {
	sed -n "s/.*$1 *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1
}

while read -r name max; do
	case " ${FUZZ_TARGETS:-$name} " in
	*" $name "*) ;;
	*) continue ;;
	esac
	found=build/fuzz/$name.found
	log=build/fuzz/$name.log
	dict=tests/fuzz/dict/$name.dict
	mkdir -p "$found"
	"$fuzz/fuzz_$name" -max_total_time="$seconds" -max_len="$max" \
	    -timeout=20 -print_final_stats=1 \
	    -artifact_prefix="$findings/$name-" \
	    ${dict:+$([ -e "$dict" ] && echo "-dict=$dict")} \
	    "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1 </dev/null
	result=$?
	runs=$(last 'stat::number_of_executed_units:' "$log")
	rate=$(last 'stat::average_exec_per_sec:' "$log")
	edges=$(last 'cov:' "$log")
	printf '%-16s %10s executions %8s/s %6s edges\n' "$name" \
	    "${runs:-?}" "${rate:-?}" "${edges:-?}"
	echo "$name ${runs:-0} ${rate:-0} ${edges:-0}" >>build/fuzz/summary
	if [ "$result" -ne 0 ]; then
		grep -hE 'does not hold|ERROR|SUMMARY|runtime error' "$log"
		echo "$name: FINDING, see $log and $findings"
		status=1
	fi
done <build/fuzz/list

sh tests/fuzz/coverage.sh "$cover" || status=1
exit "$status"
