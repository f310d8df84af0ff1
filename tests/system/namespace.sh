#!/bin/sh
# namespace.sh DIR BIN PAIRS [SIM-CARD OPTION...] - the inside of world.sh.
#
# Runs in its own mount and network namespace: pcscd's socket path is compiled
# in and vpcd listens on every address of its host, so neither may be shared.
# The host reaches this pcscd through DIR/pcscd/pcscd.comm and the simulated
# card through DIR/card.sock; both are plain Unix sockets.
set -eu

dir=$1
bin=$2
shift 2

ip link set lo up
[ -d /run/pcscd ] || mkdir -p /run/pcscd 2>/dev/null || {
	mount -t tmpfs tmpfs /run
	mkdir /run/pcscd
}
mount --bind "$dir/pcscd" /run/pcscd

# pcscd is started again when a test kills it, as systemd would.
(
	while [ ! -e "$dir/stop-pcscd" ]; do
		rm -f "$dir/pcscd/pcscd.comm" "$dir/pcscd/pcscd.pid"
		while [ -e "$dir/hold-pcscd" ]; do
			sleep 0.1
		done
		pcscd --foreground --config "$dir/readers" \
		    >>"$dir/pcscd.log" 2>&1 || :
		sleep 0.2
	done
) &

exec "$bin/sim-card" --control "$dir/card.sock" --state "$dir/sim" "$@" \
    >>"$dir/sim-card.log" 2>&1
