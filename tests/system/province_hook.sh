#!/bin/sh
# province_hook.sh BIN DIR DATE on|last - an evening of the demonstration: what
# clinics and collectors do, and what befalls them
set -eu

bin=$1
dir=$2
date=$3
last=$4
province="$bin/checkin-province -c $dir/province.conf"
turn=$(($(cat "$dir/turn" 2>/dev/null || echo 0) + 1))
echo "$turn" >"$dir/turn"
log=$dir/collect.log

# The hospital of a district manages its communes' stations.
manager_of() {
	awk -F '\t' -v district="$1" '$4 == "huyện" && $6 == district {
	    print $1; exit }' "$dir/clinics.tsv"
}

# The registry needs each clinic's public key, which a clinic's feed names; in
# life it comes by telephone.
registry() {
	printf 'clinic,from,code,name,level,manager,commune,district,station,address,key,calendar\n'
	while IFS='	' read -r id code name level commune district size port way; do
		key=$(curl -sf "http://127.0.0.1:$port/v1/stats/feed?after=0" |
		    jq -r .signature.key)
		[ "$commune" != - ] || commune=	# not in the catalogue
		manager=
		[ "$level" != xã ] || manager=$(manager_of "$district")
		address=
		[ "$way" != pull ] || address=http://127.0.0.1:$port
		printf '%s,2022-01-01,%s,%s,%s,%s,%s,%s,main,%s,%s,%s\n' \
		    "$id" "$code" "$name" "$level" "$manager" "$commune" \
		    "$district" "$address" "$key" '1-6 07:00-17:00'
	done <"$dir/clinics.tsv"
}

collect() {
	# shellcheck disable=SC2086 # a command with its options
	$province collect --once >>"$log" 2>&1 || :
}

# A collector that is killed in the middle, by the end of its patience.
collect_and_die() {
	# shellcheck disable=SC2086
	timeout -s KILL 0.3 $province collect --once >>"$log" 2>&1 || :
}

# A clinic's whole feed as a file; the collector keeps what it has not had.
export_file() {
	curl -sf "http://127.0.0.1:$2/v1/stats/feed?after=$3" |
	    jq -c . >"$dir/files/$1.$turn"
}

import_files() {
	# shellcheck disable=SC2086
	$province import "$@" >>"$log" 2>&1 ||
	    { tail -3 "$log" >&2; exit 1; }
}

# All pages of a clinic's feed into files.
export_all() {
	after=0
	page=0
	while :; do
		file=$dir/files/$1.$turn.$page
		curl -sf "http://127.0.0.1:$2/v1/stats/feed?after=$after" \
		    >"$file"
		echo >>"$file"
		after=$(jq .revision "$file")
		[ "$(jq .more "$file")" = true ] || break
		page=$((page + 1))
	done
}

# The server that takes what clinics push: killed while the evening's documents
# are on their way, and now and then left dead for six days, though not at the
# end, when a clinic may wait half an hour before it tries again.
serve_alive() {
	[ -s "$dir/serve.pid" ] && kill -0 "$(cat "$dir/serve.pid")" 2>/dev/null
}

serve_kill() {
	kill -KILL "$(cat "$dir/serve.pid")" 2>/dev/null || :
	: >"$dir/serve.pid"
	echo "$date" >>"$dir/serve.kills"
}

serve_start() {
	# shellcheck disable=SC2086
	$province serve >>"$dir/serve.log" 2>&1 &
	echo $! >"$dir/serve.pid"
	until curl -sf -o /dev/null http://127.0.0.1:20999/livez; do
		serve_alive || { tail -3 "$dir/serve.log" >&2; exit 1; }
		sleep 0.1
	done
}

is_near_end() { [ "$(date -ud "$date +20 days" +%F)" \> "$PROVINCE_TO" ]; }

# After the play its clock stands: a clinic that has found nobody for days waits
# half an hour.
pass_time() {
	echo $(($(cat "$dir/clock") + 1900000)) >"$dir/clock.passed"
	mv "$dir/clock.passed" "$dir/clock"
}

# What the server holds of a clinic that pushes is what the clinic has.
await_push() {
	epoch=$(curl -sf "http://127.0.0.1:$2/v1/stats/feed?after=0" |
	    jq -r .epoch)
	tries=0
	while :; do
		newest=$(curl -sf "http://127.0.0.1:$2/metrics" | sed -n \
		    's/^checkin_feed_revision \([0-9]*\).*/\1/p')
		held=$(curl -sf -H "Authorization: Bearer $(cat \
		    "$dir/tokens/tv-$1.main")" "http://127.0.0.1:20999/v1/feeds\
?facility=$1&station=main&epoch=$epoch" | jq .revision)
		[ "$held" != "$newest" ] || return 0
		tries=$((tries + 1))
		[ $((tries % 25)) -ne 24 ] || pass_time
		[ "$tries" -lt 600 ] || { echo "$1: pushed $held of $newest" \
		    >&2; exit 1; }
		sleep 0.2
	done
}

ways() { awk -F '\t' -v way="$1" '$9 == way { print $2, $8 }' "$dir/clinics.tsv"; }

if [ ! -e "$dir/registry.csv" ]; then
	registry >"$dir/registry.csv"
	# shellcheck disable=SC2086
	$province clinics --import "$dir/registry.csv" >>"$log" 2>&1 ||
	    { tail -5 "$log" >&2; exit 1; }
fi

# Just now the clocks have gone to the evening, and all clinics push.
if serve_alive && [ $((turn % 3)) -eq 0 ] && [ "$last" = on ]; then
	serve_kill
fi
if ! serve_alive && { [ $((turn % 6)) -ne 3 ] || is_near_end; }; then
	serve_start
fi

case $((turn % 4)) in
0)	collect_and_die; collect ;;
1)	collect & other=$!
	collect; wait "$other" ;;	# two at once on one ledger
2)	collect; collect ;;		# twice the same
3)	collect ;;
esac

# Files come now and then, the newest first and some of them twice.
if [ $((turn % 7)) -eq 0 ] || [ "$last" = last ]; then
	ways file | while read -r code port; do export_all "$code" "$port"; done
	find "$dir/files" -type f -newer "$dir/registry.csv" | sort -r |
	    xargs -r sh -c 'for f in "$@"; do cat "$f"; done' sh \
	    >"$dir/files.jsonl"
	[ ! -s "$dir/files.jsonl" ] || import_files "$dir/files.jsonl"
fi

if [ "$last" = last ]; then
	ways push | while read -r code port; do await_push "$code" "$port"; done
	ways late | while read -r code port; do
		export_all "$code" "$port"
		cat "$dir/files/$code.$turn".*
	done >"$dir/late.jsonl"
	import_files "$dir/late.jsonl"
	import_files "$dir/late.jsonl"	# and once more
	# Pages that came in the wrong order left gaps: now in the right one.
	ways file | while read -r code port; do
		cat "$dir/files/$code.$turn".*
	done >"$dir/files.jsonl"
	import_files "$dir/files.jsonl"
	# What a dead collector had claimed is free again after its lease.
	sleep 11
	collect
	: >"$dir/done"
fi
