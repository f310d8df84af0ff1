#!/bin/sh
# coverage.sh COVER - which lines of reader/ the kept corpora reach. Prints
# the total and files below 90 %; writes build/fuzz/coverage.txt.
#
# Left out, as no byte of a card or code reaches them in one process:
#   reader/cccd_read.c reader/worker.c reader/worker/  mains, and the line to
#	the daemon (tests/flow, tests/unit/test_worker.c)
#   reader/card/pcsc.c reader/card/nfc.c  the device
#	(tests/hostile/test_pcsc_faults.c, test_nfc_faults.c, tests/flow)
#   reader/report.c  what cccd-read prints (tests/unit/test_report.c)
#   reader/base/log.c  what is logged; a read logs nothing
set -eu

cover=$1
left_out='reader/(cccd_read|worker|report)\.c|reader/worker/|'
left_out="$left_out"'reader/card/(pcsc|nfc)|reader/base/log\.c'
rm -f build/fuzz/*.profraw
while read -r name max; do
	LLVM_PROFILE_FILE="build/fuzz/$name.profraw" "$cover/fuzz_$name" \
	    -runs=0 -max_len="$max" "tests/fuzz/corpus/$name" \
	    >"build/fuzz/$name.cover" 2>&1 </dev/null
done <build/fuzz/list
llvm-profdata-14 merge -o build/fuzz/all.profdata build/fuzz/*.profraw
llvm-cov-14 export -format=lcov -instr-profile=build/fuzz/all.profdata \
    "$cover/targets" 2>/dev/null | awk -F: -v left_out="$left_out" '
	/^SF:/ { file = $2; sub(/^.*\/reader\//, "reader/", file) }
	/^LF:/ { lines = $2 }
	/^LH:/ { hit = $2 }
	/^end_of_record/ {
		if (file !~ /^reader\// || file ~ left_out || lines == 0)
			next
		printf "%6.1f %% %4d of %4d %s\n", hit * 100 / lines, hit, \
		    lines, file
		all += lines
		reached += hit
	}
	END {
		printf "%6.1f %% %4d of %4d reader/ in all\n", \
		    reached * 100 / all, reached, all
	}' | sort -n >build/fuzz/coverage.txt
awk '$1 < 90 || / in all$/' build/fuzz/coverage.txt
