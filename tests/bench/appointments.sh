# appointments.sh - the night's run: how near it comes to what the gateway
# gives, and what a desk notices of it. Sourced by bench.sh, after the gateway.
#
# The gateway takes 200 ms, 8 questions are on their way at once: 40 a second
# less what TCP and the simulator cost. The baseline is bench-load with 8 clients
# on the gateway itself. Counted from a tenth to the half of the list; then a
# desk asks, too.

echo '== appointments'
kill "$daemon"
wait "$daemon" || :
sed 's/^policy = .*/policy = always/' "$dir/checkind.conf" >"$dir/night.conf"
cat >>"$dir/night.conf" <<END
[appointments]
hour = 0
deadline_hour = 24
calls = 8
pause_ms = 0
[automatic]
operator = NGUYỄN THỊ TIẾP ĐÓN
END
$bin/checkind -c "$dir/night.conf" 2>>"$dir/checkind.log" &
daemon=$!
sleep 1

# The list: other people than those of the desk's questions.
listed=600
tomorrow=$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)
$bin/sim-gateway --people | $bin/bench-bodies x $((listed + 200)) |
    tail -n "$listed" >"$dir/expected"
for name in number full_name date_of_birth; do
	sed -n "s/.*\"$name\": *\"\([^\"]*\)\".*/\1/p" "$dir/expected" \
	    >"$dir/expected.$name"
done
{
	echo number,full_name,date_of_birth,visit_date
	paste -d , "$dir/expected.number" "$dir/expected.full_name" \
	    "$dir/expected.date_of_birth" | sed "s/\$/,$tomorrow/"
} >"$dir/expected.csv"

waiting() {
	curl -s "http://127.0.0.1:$port/v1/appointments?date=$tomorrow" |
	    member waiting
}
# Until no more than $1 wait.
reached() {
	until [ "$(waiting)" -le "$1" ]; do
		kill -0 "$daemon"
		sleep 0.1
	done
}

curl -s -o /dev/null -X POST "http://127.0.0.1:$gateway/sim/latency?ms=200"
$bin/bench-load "$gateway" "/api/egw/KQNhanLichSuKCB2024?token=$token&\
id_token=$id_token&username=84001_BV&password=$hash" 8 5 \
    "$dir/questions" >"$dir/direct8"
$bin/bench-load $port /v1/lookups 1 5 "$dir/bodies" >"$dir/alone"
curl -s -o /dev/null -H 'Content-Type: text/csv' \
    --data-binary @"$dir/expected.csv" "http://127.0.0.1:$port/v1/appointments"
reached $((listed * 9 / 10))
from=$(waiting)
begin=$(date +%s.%N)
reached $((listed / 2))
to=$(waiting)
end=$(date +%s.%N)
$bin/bench-load $port /v1/lookups 1 4 "$dir/bodies" >"$dir/beside"
curl -s -o /dev/null -X POST "http://127.0.0.1:$gateway/sim/latency?ms=0"
direct=$(awk "BEGIN { printf \"%.2f\", \
    $(member answers <"$dir/direct8") / 5 }")
rate=$(awk "BEGIN { printf \"%.2f\", ($from - $to) / ($end - $begin) }")
result appointments_per_s "$rate" 1/s "$direct" "$(ratio "$rate" "$direct")" \
    'gateway of 200 ms, 8 on their way; baseline: 8 clients on it alone'
alone=$(member p50_us <"$dir/alone")
beside=$(member p50_us <"$dir/beside")
result appointments_desk_ms \
    "$(awk "BEGIN { printf \"%.1f\", $beside / 1000 }")" ms \
    "$(awk "BEGIN { printf \"%.1f\", $alone / 1000 }")" \
    "$(ratio "$beside" "$alone")" \
    'median lookup at a desk during the run; baseline: without a run'
