#!/bin/sh
# bench.sh - measure, and write build/bench.json: a list of
# {"name","value","unit","baseline","ratio","note"}. Absolute times move with
# the machine; ratios are taken against a baseline of the same run.
set -eu

bin=build/bin
out=build/bench.json
here=tests/bench
dir=$(mktemp -d /tmp/checkin-bench.XXXXXX)
world=
daemon=
stop() {
	trap - EXIT INT TERM
	for pid in $daemon $world; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

first=yes
: >"$out.part"
# result NAME VALUE UNIT BASELINE RATIO NOTE; "null" where there is none
result() {
	[ "$first" = yes ] || printf ',\n' >>"$out.part"
	first=no
	printf ' {"name":"%s","value":%s,"unit":"%s","baseline":%s,' \
	    "$1" "$2" "$3" "$4" >>"$out.part"
	printf '"ratio":%s,"note":"%s"}' "$5" "$6" >>"$out.part"
	printf '%-26s %12s %-8s ratio %-8s %s\n' "$1" "$2" "$3" "$5" "$6"
}
member() {
	sed -n "s/.*\"$1\": *\([0-9.]*\).*/\1/p"
}
ratio() {
	awk "BEGIN { printf \"%.4f\", $1 / $2 }"
}

# The model of the link is an account only: nobody waits for it.
SIM_CARD_OPTIONS='--link 424' sh tests/system/world.sh "$dir" "$bin" &
world=$!
until [ -e "$dir/ready" ]; do
	kill -0 "$world"
	sleep 0.1
done
export PCSCLITE_CSOCK_NAME="$dir/pcscd/pcscd.comm"

echo '== reading the chip'
# modelled EXPRESSION over the members of the read that was measured last
modelled() {
	awk -v link="$(member link_ms <"$dir/read.json")" \
	    -v identity="$(member identity_ms <"$dir/read.json")" \
	    -v common="$(member common_ms <"$dir/read.json")" \
	    -v public_key="$(member public_key_ms <"$dir/read.json")" \
	    -v limit="$(member limit_ms <"$dir/read.json")" \
	    "BEGIN { printf \"%.4f\", $1 }"
}
model='modelled at 424 kbit/s (tests/sim/README.md)'
for mode in text full; do
	$bin/bench-read "$dir" "$mode" 15 >"$dir/read.json"
	result "read_apdus_$mode" "$(member apdus <"$dir/read.json")" APDU \
	    "$(member common_apdus <"$dir/read.json")" null \
	    "extended length, chip verified; baseline: common readers"
	result "read_link_s_$mode" "$(modelled link/1000)" s \
	    "$(modelled common/1000)" "$(modelled link/common)" \
	    "$model; baseline: common readers"
	result "read_limit_ratio_$mode" "$(modelled link/limit)" ratio \
	    "$(modelled limit/1000)" "$(modelled link/limit)" \
	    "$model; baseline in s: public keys and $(member file_bytes \
	    <"$dir/read.json") file bytes alone"
done
result read_photo_apdus "$(member photo_apdus <"$dir/read.json")" APDU null \
    null 'photo of 16 KB, extended length'
result time_to_identity_s "$(modelled identity/1000)" s \
    "$(modelled link/1000)" "$(modelled identity/link)" \
    "first command to number, name and birth date over the channel, when the \
gateway is asked; $model, without pcscd seeing the card; baseline: full read"
result read_overhead_ms "$(member overhead_ms <"$dir/read.json")" ms \
    "$(member elapsed_ms <"$dir/read.json")" \
    "$(ratio "$(member overhead_ms <"$dir/read.json")" \
    "$(member elapsed_ms <"$dir/read.json")")" \
    "median full read less its time in SCardTransmit; baseline: whole"
result read_baseline_ratio "$(modelled common/link)" ratio \
    "$(modelled link/1000)" "$(modelled common/link)" \
    "full read as common readers do it; $model; baseline in s: ours"
result read_baseline_ratio_bare \
    "$(modelled '(common-public_key)/(link-public_key)')" ratio \
    "$(modelled '(link-public_key)/1000')" \
    "$(modelled '(common-public_key)/(link-public_key)')" \
    'the same without the public-key operations'

echo '== the daemon'
port=8497
echo practice-password >"$dir/password"
chmod 600 "$dir/password"
mkdir -m 700 "$dir/state"
cat >"$dir/checkind.conf" <<END
[clinic]
facility = 84001
[state]
directory = $dir/state
[http]
port = $port
[gateway]
url = http://127.0.0.1:$(cat "$dir/gateway.port")
user = 84001_BV
password_file = $dir/password
[lookup]
policy = older-than
[reader]
trust_directory = $dir/trust
[operator]
name = NGUYỄN THỊ TIẾP ĐÓN
number = 084185000011
END
for run in 1 2 3 4 5 6 7; do
	$bin/bench-start $port $bin/checkind -c "$dir/checkind.conf" \
	    2>>"$dir/checkind.log"
done | sort -n | sed -n 4p >"$dir/start"
result start_ms "$(cat "$dir/start")" ms null null \
    'median of 7, exec to /readyz 200'

$bin/sim-gateway --people | $bin/bench-bodies 'NGUYỄN THỊ TIẾP ĐÓN' 200 \
    >"$dir/bodies"
$bin/checkind -c "$dir/checkind.conf" 2>>"$dir/checkind.log" &
daemon=$!
sleep 1
mkfifo "$dir/end"
$bin/bench-empty 8498 <"$dir/end" &
exec 9>"$dir/end"
sleep 0.5
# every person once through the gateway, so that the cache is fresh
$bin/bench-load $port /v1/lookups 8 3 "$dir/bodies" >/dev/null
# In turns, each set against the empty handler before and after it: a machine
# that others use is not as fast from one second to the next.
$bin/bench-load 8498 /v1/lookups 32 2 "$dir/bodies" >"$dir/empty"
for turn in 1 2 3 4 5 6 7; do
	mv "$dir/empty" "$dir/before"
	$bin/bench-load $port /v1/lookups 32 2 "$dir/bodies" >"$dir/lookups"
	$bin/bench-load 8498 /v1/lookups 32 2 "$dir/bodies" >"$dir/empty"
	lookups=$(member per_s <"$dir/lookups")
	empty=$(awk "BEGIN { printf \"%.0f\", \
	    ($(member per_s <"$dir/before") + \
	    $(member per_s <"$dir/empty")) / 2 }")
	echo "$(ratio "$lookups" "$empty") $lookups $empty" \
	    "$(member p99_us <"$dir/lookups")" \
	    "$(member p99_us <"$dir/before") $(member bad <"$dir/lookups")" \
	    "$(member answers <"$dir/lookups")"
done | sort -n >"$dir/turns"
exec 9>&-
read -r least rest <"$dir/turns"
read -r middle lookups empty p99 empty_p99 rest <<END
$(sed -n 4p "$dir/turns")
END
most=$(sed -n '7s/ .*//p' "$dir/turns")
result lookup_cached_per_s "$lookups" 1/s "$empty" "$middle" \
    "32 clients, synchronous=FULL, $(awk '{ n += $6 } END { print n }' \
    "$dir/turns") bad; baseline: empty handler; median of 7 turns \
($least to $most)"
result lookup_cached_p99_us "$p99" us "$empty_p99" null 'same turn'

# The daemon and all that it started.
pss_mib() {
	for pid in $daemon $(pgrep -P "$daemon"); do
		awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup"
	done | awk '{ kb += $1 } END { printf "%.1f", kb / 1024 }'
}
workers() {
	echo $(($(pgrep -P "$daemon" | wc -l) - 1))
}
result rss_mib "$(pss_mib)" MiB null null \
    "sum of PSS: checkind, watcher, $(workers) reader workers, after \
$(awk '{ n += $7 } END { print n }' "$dir/turns") lookups"

# One client, each lookup through the gateway: ours less the gateway's own. The
# gateway takes 50 ms, less than any real one: what is done meanwhile, such as
# the commit of the attempt, costs nobody anything.
echo '== the gateway'
kill "$daemon"
wait "$daemon" || :
sed 's/^policy = .*/policy = always/' "$dir/checkind.conf" >"$dir/always.conf"
$bin/checkind -c "$dir/always.conf" 2>>"$dir/checkind.log" &
daemon=$!
gateway=$(cat "$dir/gateway.port")
sleep 1
curl -s -o /dev/null -X POST "http://127.0.0.1:$gateway/sim/latency?ms=50"
hash=$(printf practice-password | md5sum | cut -c 1-32 | tr a-f A-F)
curl -s -o "$dir/token" --data "username=84001_BV&password=$hash" \
    "http://127.0.0.1:$gateway/api/token/take"
token=$(sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p' "$dir/token" |
    sed 's/+/%2B/g; s/\//%2F/g; s/=/%3D/g')
id_token=$(sed -n 's/.*"id_token": *"\([^"]*\)".*/\1/p' "$dir/token")
sed 's/"number"/"maThe"/; s/"full_name"/"hoTen"/
s/"date_of_birth": *"\(....\)-\(..\)-\(..\)"/"ngaySinh":"\3\/\2\/\1"/
s/"date_of_birth": *"\(....\)-\(..\)"/"ngaySinh":"\2\/\1"/
s/"date_of_birth"/"ngaySinh"/
s/"operator": *"\([^"]*\)"/"hoTenCb":"\1","cccdCb":"084185000011"/' \
    "$dir/bodies" >"$dir/questions"
$bin/bench-load "$gateway" "/api/egw/KQNhanLichSuKCB2024?token=$token&\
id_token=$id_token&username=84001_BV&password=$hash" 1 8 \
    "$dir/questions" >"$dir/direct"
$bin/bench-load $port /v1/lookups 1 8 "$dir/bodies" >"$dir/through"
curl -s -o /dev/null -X POST "http://127.0.0.1:$gateway/sim/latency?ms=0"
direct=$(member p50_us <"$dir/direct")
through=$(member p50_us <"$dir/through")
result gateway_overhead_ms \
    "$(awk "BEGIN { printf \"%.3f\", ($through - $direct) / 1000 }")" ms \
    "$(awk "BEGIN { printf \"%.3f\", $direct / 1000 }")" \
    "$(ratio "$through" "$direct")" \
    "median, one client, a commit or more each; baseline: the gateway alone"

. "$here/appointments.sh"

# The gateway's port is closed. Each lookup is the first of its visit, so each
# asks in vain, is answered from what is kept, and waits to be asked again.
echo '== the gateway is dead: 200 lookups/s for 60 s'
kill "$daemon"
wait "$daemon" || :
sed 's/^policy = .*/policy = first-of-visit/
s/^url = .*/url = http:\/\/127.0.0.1:1/' "$dir/checkind.conf" >"$dir/dead.conf"
tomorrow=$(date -d 'tomorrow 12:00' +%F)
sed "s/}\$/,\"visit_date\":\"$tomorrow\"}/" "$dir/bodies" >"$dir/visits"
database=$dir/state/checkin.db
counted() {
	sqlite3 "$database" "SELECT coalesce(sum(count), 0) FROM rollup
	    WHERE series = (SELECT number FROM word
	    WHERE list = 'series' AND label = 'lookups')"
}
before=$(counted)
$bin/checkind -c "$dir/dead.conf" 2>>"$dir/checkind.log" &
daemon=$!
sleep 1
$bin/bench-steady $port /v1/lookups 200 60 "$dir/visits" "$dir/answers" \
    >"$dir/steady"
kill "$daemon"
wait "$daemon" || :
asked=$(member asked <"$dir/steady")
closed=$({
	echo 'CREATE TEMP TABLE heard (id BLOB UNIQUE); BEGIN;'
	awk '$2 == "covered" && ($3 == "cache" || $3 == "stale") {
		print "INSERT OR IGNORE INTO heard VALUES (x\047" $1 "\047);" }' \
	    "$dir/answers"
	echo 'COMMIT; SELECT count(*) FROM heard JOIN lookup USING (id)
	    WHERE closed_ms IS NOT NULL;'
} | sqlite3 "$database")
# What one commit costs the disk, at the same rate and by the same clock.
$bin/bench-disk "$dir/disk" 200 5 >"$dir/disk.json"
p99=$(awk "BEGIN { printf \"%.3f\", $(member p99_us <"$dir/steady") / 1000 }")
disk=$(awk "BEGIN { printf \"%.3f\", \
    $(member p99_us <"$dir/disk.json") / 1000 }")
result lookup_cached_p99_ms "$p99" ms "$disk" "$(ratio "$p99" "$disk")" \
    "open loop, from when each was due; max $(member max_us <"$dir/steady") us; \
baseline: p99 of one 4 KiB write and fdatasync at the same rate"
result lookup_cached_lost $((asked - closed)) lookups "$asked" null \
    "asked less closed rows under the ids that clients heard; figures grew by \
$(($(counted) - before))"

echo '== 200,000 kept answers (some minutes on a slow disk)'
$bin/bench-store "$dir/many" 200000 500 >"$dir/many.json"
result cached_200000_p99_ms "$(awk "BEGIN { printf \"%.3f\", \
    $(member lookup_p99_us <"$dir/many.json") / 1000 }")" ms \
    "$(awk "BEGIN { printf \"%.3f\", \
    $(member lookup_ns <"$dir/many.json") / 1000000 }")" null \
    "found, opened, closed, counted, proven; without the commit; baseline: \
mean with its share of a commit of 32"
result cached_bytes_per_person "$(member bytes_per_person \
    <"$dir/many.json")" B null null \
    "whole database by person: numbers, answer, two cards, sealed"
sed "s|^directory = .*|directory = $dir/many|" "$dir/checkind.conf" \
    >"$dir/many.conf"
awk 'BEGIN { for (i = 0; i < 200000; i += 7) printf "{\"number\":\"084%09d\"," \
    "\"full_name\":\"NGUYỄN VĂN MẪU\",\"date_of_birth\":\"1994-03-05\"," \
    "\"operator\":\"NGUYỄN THỊ TIẾP ĐÓN\",\"presented\":\"cccd\"}\n", i }' \
    >"$dir/many.bodies"
$bin/checkind -c "$dir/many.conf" 2>>"$dir/checkind.log" &
daemon=$!
sleep 2
$bin/bench-load $port /v1/lookups 32 10 "$dir/many.bodies" >"$dir/many.load"
result cached_pss_mib "$(pss_mib)" MiB null null \
    "sum of PSS: checkind, watcher, $(workers) reader workers, after \
$(member answers <"$dir/many.load") lookups among 200000 persons, \
$(member bad <"$dir/many.load") bad"
kill "$daemon"
wait "$daemon" || :
daemon=

$bin/bench-store "$dir/store" >"$dir/store.json"
result store_lookup_ns "$(member lookup_ns <"$dir/store.json")" ns null \
    null 'store alone: put, count and close, 32 a transaction'

mkdir -m 700 "$dir/feed"
$bin/bench-feed "$dir/feed" 600 >"$dir/feed.json"
result feed_day_bytes "$(member bytes <"$dir/feed.json")" B \
    "$(member plain_bytes <"$dir/feed.json")" \
    "$(ratio "$(member bytes <"$dir/feed.json")" \
    "$(member plain_bytes <"$dir/feed.json")")" \
    "signed document of a day of 600 lookups, $(member rows \
    <"$dir/feed.json") rows, as it is pushed; limit 20480; baseline: not \
compressed"

echo '== statistics of an old clinic (a minute of counting)'
$bin/bench-stats "$dir/stats" >"$dir/stats.json"
result stats_history_ratio "$(ratio "$(member old_p99_us \
    <"$dir/stats.json")" "$(member young_p99_us <"$dir/stats.json")")" ratio \
    "$(member young_p99_us <"$dir/stats.json")" \
    "$(ratio "$(member old_p99_us <"$dir/stats.json")" \
    "$(member young_p99_us <"$dir/stats.json")")" \
    "p99 of one month, $(member lookups <"$dir/stats.json") lookups in ten \
years to 300000 in one; baseline in us: the clinic of one year"
rm -rf "$dir/stats" "$dir/many"

echo '== the collector of a province'
collect() {
	$bin/bench-collect $bin/checkin-province "$@"
}
collect 108 >"$dir/collect108"
collect 1300 server >"$dir/collect1300"
collect 13000 server >"$dir/collect13000"
each_large=$(awk "BEGIN { printf \"%.6f\", \
    $(member seconds <"$dir/collect13000") / 13000 }")
each_small=$(awk "BEGIN { printf \"%.6f\", \
    $(member seconds <"$dir/collect1300") / 1300 }")
result collect_108_s "$(member seconds <"$dir/collect108")" s null null \
    '108 clinics, 20 changed figures each, into SQLite'
result collect_13000_s "$(member seconds <"$dir/collect13000")" s null null \
    '13,000 clinics, 20 changed figures each, into PostgreSQL'
result collect_13000_mib "$(member mib <"$dir/collect13000")" MiB null null \
    'peak of the collector'
result collect_linear_ratio "$(ratio "$each_large" "$each_small")" ratio \
    "$each_small" "$(ratio "$each_large" "$each_small")" \
    'time for a clinic among 13,000 and among 1,300; baseline in s: 1,300'

echo '== the report of a province (two minutes of filling)'
$bin/bench-report $bin/checkin-province >"$dir/report.json"
ten_years="$(member ten_years_ms <"$dir/report.json")"
one_year="$(member year_ms <"$dir/report.json")"
result report_year_ms "$one_year" ms null null \
    'one year of 108 clinics, 63,136 attempts, in a ledger of ten (SQLite), \
the whole command; limit 300'
result report_ten_years_ms "$ten_years" ms "$one_year" \
    "$(ratio "$ten_years" "$one_year")" "ten years of 108 clinics, \
$(member figures <"$dir/report.json") figures (SQLite), the whole command; \
limit 1000; baseline: one year"

echo '== fuzzing'
found=0
sh tests/fuzz/fuzz.sh 2 build/fuzz/fuzz build/cover/fuzz || found=1
while read -r name runs rate edges; do
	result "fuzz_${name}_exec_per_s" "$rate" 1/s null null \
	    "$runs runs in 2 s with sanitizers, $edges edges"
done <build/fuzz/summary
result fuzz_finding "$found" bool null null \
    'a target found something or could not run; then bench.sh ends in 1'
result fuzz_reader_line_coverage "$(awk '/ in all$/ { print $1 }' \
    build/fuzz/coverage.txt | grep . || echo null)" % null null \
    'lines of reader/ that the kept corpora reach, less those in coverage.sh'

{
	echo '['
	cat "$out.part"
	printf '\n]\n'
} >"$out"
rm -f "$out.part"
echo "written: $out"
if [ "$found" -ne 0 ]; then
	echo 'bench: FINDING while fuzzing, see above and build/fuzz' >&2
	exit 1
fi
