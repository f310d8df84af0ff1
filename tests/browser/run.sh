#!/bin/sh
# run.sh BIN DIR [SCRIPT] - the browser tests of SCRIPT (desk.mjs): practice mode
# from BIN, its state in DIR, and Chromium in front of it. DESK_PICTURE=FILE keeps
# pictures.
set -eu

bin=$1
dir=$2
here=$(dirname "$0")
port=${BROWSER_PORT:-$((20000 + $$ % 10000))}
rm -rf "$dir"
mkdir -p "$dir"

practice=
stop() {
	trap - EXIT INT TERM
	[ -z "$practice" ] || kill "$practice" 2>/dev/null || :
	wait
}
trap stop EXIT
trap 'exit 1' INT TERM

PRACTICE_DIR=$dir PRACTICE_PORT=$port \
    sh "$here/../system/practice.sh" "$bin" >"$dir/practice.log" 2>&1 &
practice=$!
tries=0
until curl -fs -o /dev/null "http://127.0.0.1:$port/livez"; do
	tries=$((tries + 1))
	if [ "$tries" -gt 300 ] || ! kill -0 "$practice" 2>/dev/null; then
		echo "practice mode did not start:" >&2
		tail -n 20 "$dir/practice.log" >&2
		exit 1
	fi
	sleep 0.1
done
SIM_GATEWAY=$(sed -n 's/^url = //p' "$dir/checkind.conf") \
    node "$here/${3:-desk.mjs}" "http://127.0.0.1:$port/" ${DESK_PICTURE:-}
