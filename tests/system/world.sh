#!/bin/sh
# world.sh DIR BIN - a whole simulated clinic around a real pcscd.
#
# Starts, and ends with itself (SIGTERM, Ctrl-C):
#   a private pcscd with a virtual reader of two slots  DIR/pcscd/pcscd.comm
#   sim-card, waiting for "insert PERSON"               DIR/card.sock
#   sim-gateway on a free loopback port                 DIR/gateway.port
# and writes DIR/ready when all of them answer. Options for the simulators come
# from SIM_CARD_OPTIONS and SIM_GATEWAY_OPTIONS.
set -eu

dir=$1
bin=$2
here=$(dirname "$0")
mkdir -p "$dir/pcscd" "$dir/readers" "$dir/sim" "$dir/trust"
rm -f "$dir/ready" "$dir/gateway.port" "$dir/card.sock" "$dir/stop-pcscd"

driver=/usr/lib/pcsc/drivers/serial/libifdvpcd.so
cat >"$dir/readers/vpcd" <<END
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x8C7B
LIBPATH      $driver
CHANNELID    0x8C7B
END

namespace=
gateway=
stop() {
	trap - EXIT INT TERM
	: >"$dir/stop-pcscd"
	kill $gateway 2>/dev/null || :
	# unshare holds SIGTERM back while it waits; its death is its child's, too
	kill -KILL $namespace 2>/dev/null || :
	wait
	rm -f "$dir/ready"
	exit 0
}
trap stop EXIT INT TERM

# First: two simulators that find no issuer would each make one.
"$bin/sim-card" --state "$dir/sim" --export-trust "$dir/trust" \
    >>"$dir/sim-card.log" 2>&1 || {
	echo "sim-card could not make its issuer: see $dir/sim-card.log" >&2
	exit 1
}

user=
[ "$(id -u)" -eq 0 ] || user="--user --map-root-user"
# A pid namespace, so that everything inside ends with its first process.
# shellcheck disable=SC2086 # option lists
unshare $user --net --mount --pid --fork --kill-child --propagation private \
    sh "$here/namespace.sh" "$dir" "$bin" ${SIM_CARD_OPTIONS:-} &
namespace=$!

# The clerk whom every test and practice configuration names; not a person.
# shellcheck disable=SC2086
"$bin/sim-gateway" --port 0 --operator "NGUYỄN THỊ TIẾP ĐÓN:084185000011" \
    --operator "THẠCH VĂN TRỰC BAN:084085000002" \
    ${SIM_GATEWAY_OPTIONS:-} \
    >"$dir/gateway.out" 2>>"$dir/gateway.log" &
gateway=$!

tries=0
until [ -S "$dir/card.sock" ] && [ -S "$dir/pcscd/pcscd.comm" ] &&
    grep -q '^listening on' "$dir/gateway.out"; do
	tries=$((tries + 1))
	if [ "$tries" -gt 300 ]; then
		echo "The simulated clinic did not start; its logs: $dir" >&2
		exit 1
	fi
	sleep 0.1
done
sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$dir/gateway.out" \
    >"$dir/gateway.port"
: >"$dir/ready"
wait "$namespace"
