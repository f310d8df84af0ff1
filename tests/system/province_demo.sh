#!/bin/sh
# province_demo.sh BIN PLAY [DIR] - the proof that a province's figures add up
#
# Starts 108 real checkind processes on loopback with the facility codes of
# schema/facilities-84.csv (the missing ones invented, and marked so), one
# simulated gateway and a collector, and plays the pilot of 2022: from 1 March
# to 12 December, 63,136 attempts with a CCCD, 41,612 of them confirmed. The
# play proves the adding up; it does not prove the past.
#
# Meanwhile daemons, collectors and the server that takes pushes are killed and
# started again; clinics are pulled, push, or send a file; feeds come late, twice
# and out of order. At the
# end the report has to say both sums, and each clinic's and each day's count
# has to equal the record of what the desks were told.
#
#   PROVINCE_FROM, _TO, _ATTEMPTS, _CONFIRMED   another play, e.g. a short one
#   PROVINCE_KEEP=1   leave everything running and print the page's address
set -eu

bin=$1
play=$2
dir=${3:-$(mktemp -d /tmp/province-demo.XXXXXX)}
root=$(cd "$(dirname "$0")/../.." && pwd)
from=${PROVINCE_FROM:-2022-03-01}
to=${PROVINCE_TO:-2022-12-12}
attempts=${PROVINCE_ATTEMPTS:-63136}
confirmed=${PROVINCE_CONFIRMED:-41612}

say() { printf '  %s\n' "$*"; }
fail() { printf 'province-demo: %s (files: %s)\n' "$*" "$dir" >&2; exit 1; }

gateway=
player=
stop() {
	trap - EXIT INT TERM
	[ -z "$player" ] || kill "$player" 2>/dev/null || :
	[ ! -s "$dir/serve.pid" ] || kill "$(cat "$dir/serve.pid")" \
	    2>/dev/null || :
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || :
	wait
}
trap stop EXIT
trap 'stop; exit 130' INT TERM

mkdir -p "$dir/clinics" "$dir/files"
mkdir -p -m 700 "$dir/tokens"
: >"$dir/serve.kills"
printf '0\n' >"$dir/clock"
CK_CLOCK_OFFSET_FILE=$dir/clock
export CK_CLOCK_OFFSET_FILE

# --- The clinics ---------------------------------------------------------------

# id code name level commune district size port way
#   pull: has an address; push: sends by itself; file: by export and import;
#   late: nothing at all until the end
awk -v first_port=21000 -f "$root/tests/system/province_clinics.awk" \
    "$root/schema/facilities-84.csv" >"$dir/clinics.tsv"
count=$(wc -l <"$dir/clinics.tsv")
[ "$count" -eq 108 ] || fail "$count clinics, not 108"

printf 'practice-password' >"$dir/password"
chmod 600 "$dir/password"
accounts=$(cut -f 2 "$dir/clinics.tsv" |
    sed 's/.*/--account &_BV:practice-password/')
SIM_TODAY=$from
export SIM_TODAY
"$bin/sim-gateway" --people >"$dir/people.jsonl"
# shellcheck disable=SC2086 # a list of options
"$bin/sim-gateway" --port 0 --operator "NGUYỄN THỊ TIẾP ĐÓN:084185000011" \
    $accounts >"$dir/gateway.out" \
    2>"$dir/gateway.log" &
gateway=$!
until grep -q '^listening on' "$dir/gateway.out"; do
	kill -0 "$gateway" 2>/dev/null || fail "the gateway: $(head -1 \
	    "$dir/gateway.log")"
	sleep 0.1
done
serve_port=20999
gateway_port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$dir/gateway.out")

while IFS='	' read -r id code name level commune district size port way; do
	at=$dir/clinics/$code
	mkdir -p -m 700 "$at/state"
	cat >"$at/checkind.conf" <<END
[clinic]
facility = $code
[state]
directory = $at/state
[http]
port = $port
[gateway]
url = http://127.0.0.1:$gateway_port
user = ${code}_BV
password_file = $dir/password
[operator]
name = NGUYỄN THỊ TIẾP ĐÓN
number = 084185000011
END
	if [ "$way" = push ]; then
		(umask 077 && od -An -N 24 -t x1 /dev/urandom | tr -d ' \n' \
		    >"$dir/tokens/$id.main")
		cat >>"$at/checkind.conf" <<END
[collector]
url = http://127.0.0.1:$serve_port
token_file = $dir/tokens/$id.main
interval_s = 5
END
	fi
	printf '%s %s %s %s\n' "$code" "$port" "$size" "$at"
done <"$dir/clinics.tsv" >"$dir/clinics.list"
say "108 clinics are set up in $dir"

# --- The play --------------------------------------------------------------------

cat >"$dir/province.conf" <<END
[ledger]
database = ${PROVINCE_DATABASE:-$dir/ledger.db}
clock_tolerance_s = 86400
played = yes
[collect]
interval_s = 1
timeout_ms = 8000
lease_s = 10
[http]
port = $serve_port
clinics_directory = $dir/tokens
[office]
key_file = $dir/office.key
END

PROVINCE_TO=$to
export PROVINCE_TO
status=0
"$play" --dir "$dir" --bin "$bin" --from "$from" --to "$to" \
    --attempts "$attempts" --confirmed "$confirmed" --kill-every 9 \
    --hook "sh '$root/tests/system/province_hook.sh' '$bin' '$dir'" \
    --hook-every 6 ${PROVINCE_KEEP:+--keep} &
player=$!
if [ -n "${PROVINCE_KEEP:-}" ]; then
	until [ -e "$dir/done" ]; do
		kill -0 "$player" 2>/dev/null || fail "the play has failed"
		sleep 1
	done
else
	wait "$player" || status=$?
	player=
	[ "$status" -eq 0 ] || fail "the play has failed"
fi

# --- What the report says ----------------------------------------------------------

"$bin/checkin-province" -c "$dir/province.conf" report --from "$from" \
    --to "$to" --internal --format json >"$dir/report.json"
"$bin/checkin-province" -c "$dir/province.conf" report --from "$from" \
    --to "$to" --internal --format html --output "$dir/report.html"
# Who finds the page later must not take it for the past.
played='Số liệu diễn tập: chứng minh phép cộng đúng, không chứng minh quá khứ.'
grep -q "$played" "$dir/report.html" || fail "the page does not say what it is"
"$bin/checkin-province" -c "$dir/province.conf" report --from "$from" \
    --to "$to" --internal --format xlsx --output "$dir/report.xlsx"

jq -e --argjson a "$attempts" --argjson c "$confirmed" \
    '.totals.cccd.total == $a and .totals.cccd.covered == $c and
     .complete.facilities == 108 and .complete.expected == 108' \
    "$dir/report.json" >/dev/null ||
    fail "the report does not say $attempts and $confirmed: $(
	jq -c '[.totals.cccd, .complete]' "$dir/report.json")"

# By clinic and by day: the record of the desks, counted by awk, against the
# report.
awk '{ n[$1]++; c[$1] += $4 == "covered" && $5 == "gateway" }
    END { for (k in n) print k, n[k], c[k] }' "$dir/record" | LC_ALL=C sort \
    >"$dir/by-clinic.record"
jq -r '.groups.clinic[] | select(.cccd.total > 0) |
    "\(.code) \(.cccd.total) \(.cccd.covered)"' "$dir/report.json" |
    LC_ALL=C sort >"$dir/by-clinic.report"
cmp "$dir/by-clinic.record" "$dir/by-clinic.report" ||
    fail "clinics differ"
awk '{ n[$2]++; c[$2] += $4 == "covered" && $5 == "gateway" }
    END { for (k in n) print n[k], c[k] }' "$dir/record" | LC_ALL=C sort \
    >"$dir/by-day.record"
jq -r '.groups.day[] | select(.cccd.total > 0) |
    "\(.cccd.total) \(.cccd.covered)"' "$dir/report.json" | LC_ALL=C sort \
    >"$dir/by-day.report"
cmp "$dir/by-day.record" "$dir/by-day.report" || fail "days differ"

# Each way has carried figures; what was put aside was only a day late, by the
# play's own jumps, and was sent again.
"$bin/checkin-province" -c "$dir/province.conf" documents --all |
    cut -f 3,4,10 | LC_ALL=C sort | uniq -c >"$dir/ways"
for way in pull push file; do
	awk -v way="$way" '$2 == way && $3 == "accepted" { n += $1 }
	    END { exit n == 0 }' \
	    "$dir/ways" || fail "nothing came by $way"
done
awk '$3 != "accepted" && $4 != "clock" { exit 1 }' "$dir/ways" ||
    fail "not every document was accepted: $(cat "$dir/ways")"
say "documents: $(awk '$3 == "accepted" {
    printf "%s%s by %s", NR == 1 ? "" : ", ", $1, $2 }' "$dir/ways"); the \
server was killed $(wc -l <"$dir/serve.kills") times"

# What leaves the office says both sums, too: nothing small hides them.
"$bin/checkin-province" -c "$dir/province.conf" report --from "$from" \
    --to "$to" --language en >"$dir/report.text"
sed -n 1p "$dir/report.text"
sed -n 1p "$dir/report.text" | tr -d , | grep -q "$confirmed confirmed" ||
    fail "the report for outside does not say $confirmed"
say "each clinic and each day equals the record of what the desks were told"
say "the play proves the adding up, not the past"
say "report: $dir/report.html, $dir/report.xlsx"
: >"$dir/proved"
if [ -n "${PROVINCE_KEEP:-}" ]; then
	say "page: http://127.0.0.1:$serve_port/ (it shows played figures)"
	say "everything keeps running; Ctrl-C ends it"
	wait "$player"
	player=
fi
