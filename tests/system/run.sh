#!/bin/sh
# run.sh - what `make run` does after the build: the live service where a
# configuration exists (CHECKIN_CONFIG, or /etc/checkin/checkind.conf), else
# practice mode with simulated patients. Ctrl-C ends all it started.
set -eu

bin=build/bin
config=${CHECKIN_CONFIG:-/etc/checkin/checkind.conf}
here=$(dirname "$0")

if [ -e "$config" ]; then
	if [ ! -S /run/pcscd/pcscd.comm ]; then
		echo "Starting pcscd"
		as_root=
		[ "$(id -u)" -eq 0 ] || as_root=sudo
		systemctl start pcscd.socket 2>/dev/null ||
		    $as_root pcscd --auto-exit
	fi
	exec "$bin/checkind" -c "$config"
fi
exec sh "$here/practice.sh" "$bin"
