#!/bin/sh
# practice.sh [BIN] - practice mode: the real path with people who do not exist.
#
# Everything lives in build/practice (its own database and keys) and on port
# 8485; PRACTICE_DIR and PRACTICE_PORT change that. Nothing of it can reach a
# live station: its facility is 00000 and its gateway is a simulator on
# loopback. Ctrl-C ends all it started.
set -eu

bin=$(cd "${1:-build/bin}" && pwd)
here=$(dirname "$0")
dir=${PRACTICE_DIR:-build/practice}
port=${PRACTICE_PORT:-8485}
mkdir -p "$dir/state"
chmod 700 "$dir" "$dir/state"
dir=$(cd "$dir" && pwd)

# Unix socket addresses end at 107 bytes: sockets get a short folder.
sockets=$(mktemp -d /tmp/checkin-practice.XXXXXX)

world=
daemon=
stop() {
	trap - EXIT INT TERM
	for pid in $daemon $world; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "$sockets"
}
trap stop EXIT
trap 'exit 0' INT TERM

sh "$here/world.sh" "$sockets" "$bin" &
world=$!
tries=0
until [ -e "$sockets/ready" ]; do
	kill -0 "$world" 2>/dev/null || exit 1
	tries=$((tries + 1))
	[ "$tries" -lt 600 ] || exit 1
	sleep 0.1
done

umask 077
echo practice-password >"$dir/password"
cat >"$dir/checkind.conf" <<END
[clinic]
facility = 00000
station = practice

[state]
directory = $dir/state

[http]
port = $port

[gateway]
url = http://127.0.0.1:$(cat "$sockets/gateway.port")
user = 84001_BV
password_file = $dir/password

[check_in]
level = primary
episode_rule = {facility}_{year}_{month}_{patient}_{number}

[reader]
trust_directory = $sockets/trust

[operator]
name = NGUYỄN THỊ TIẾP ĐÓN
number = 084185000011

[operator]
name = THẠCH VĂN TRỰC BAN
number = 084085000002

# The simulated gateway has not heard of this one: 054.
[operator]
name = LÊ THỊ CHƯA ĐĂNG KÝ
number = 084190999999

# At any hour, so that the page of appointments can be tried; slowly enough to
# be watched.
[appointments]
hour = 0
deadline_hour = 24
pause_ms = 1500

[automatic]
operator = NGUYỄN THỊ TIẾP ĐÓN

# Hospital software may practise, too: docs/integration.md.
[proxy]
enabled = yes

[practice]
enabled = yes
socket = $sockets/card.sock
END

PCSCLITE_CSOCK_NAME=$sockets/pcscd/pcscd.comm "$bin/checkind" \
    -c "$dir/checkind.conf" &
daemon=$!
tries=0
until curl -fs -o /dev/null "http://127.0.0.1:$port/livez"; do
	kill -0 "$daemon" 2>/dev/null || exit 1
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || exit 1
	sleep 0.1
done
echo
echo "Practice mode: simulated patients, nothing reaches the insurer."
echo "Open  http://127.0.0.1:$port/  (Ctrl-C ends it)"
wait "$daemon"
