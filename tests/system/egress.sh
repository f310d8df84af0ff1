#!/bin/sh
# egress.sh BIN - the recipes of docs/egress.md, each tried in network
# namespaces of its own: a clinic, a hub with a registered address, and a
# simulated gateway behind a guard that lets in only that address.
#
# Needs root, ip, nft and tinyproxy; touches nothing outside its namespaces.
set -eu

bin=$1
id=ck$$
dir=$(mktemp -d /tmp/checkin-egress.XXXXXX)
pids=
stop() {
	trap - EXIT INT TERM
	for pid in $pids; do
		kill "$pid" 2>/dev/null || :
	done
	for name in clinic hub gateway; do
		ip netns del "$id-$name" 2>/dev/null || :
	done
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

in_ns() {
	name=$1
	shift
	ip netns exec "$id-$name" "$@"
}
# link A ADDRESS B ADDRESS: a wire between two namespaces
wires=0
link() {
	wires=$((wires + 1))
	ip link add "w${wires}a" netns "$id-$1" type veth \
	    peer name "w${wires}b" netns "$id-$3"
	in_ns "$1" ip addr add "$2/24" dev "w${wires}a"
	in_ns "$3" ip addr add "$4/24" dev "w${wires}b"
	in_ns "$1" ip link set "w${wires}a" up
	in_ns "$3" ip link set "w${wires}b" up
}

for name in clinic hub gateway; do
	ip netns add "$id-$name"
	in_ns "$name" ip link set lo up
done
link clinic 198.51.100.7 gateway 198.51.100.1	# the clinic's own line
link clinic 10.9.0.2 hub 10.9.0.1		# the tunnel to the hub
link hub 203.0.113.10 gateway 203.0.113.1	# the hub's registered line
in_ns clinic ip route add default via 198.51.100.1
in_ns hub ip route add default via 203.0.113.1

# The guard before the gateway: silence for every address but the hub's.
in_ns gateway nft -f - <<END
table inet guard {
	chain input {
		type filter hook input priority 0; policy accept;
		tcp dport 8080 ip saddr != 203.0.113.10 drop
	}
}
END
ip netns exec "$id-gateway" "$bin/sim-gateway" --listen 203.0.113.1 \
    --port 8080 --operator 'NGUYỄN THỊ TIẾP ĐÓN:084185000011' \
    >"$dir/gateway.log" 2>&1 &
pids="$pids $!"

cat >"$dir/tinyproxy.conf" <<END
Port 3128
Listen 10.9.0.1
Bind 203.0.113.10
Timeout 130
Allow 10.9.0.0/24
ConnectPort 8080
BasicAuth clinic hunter2
DisableViaHeader Yes
END
ip netns exec "$id-hub" tinyproxy -d -c "$dir/tinyproxy.conf" \
    >"$dir/proxy.log" 2>&1 &
pids="$pids $!"

(umask 077; echo practice-password >"$dir/password"
echo clinic:hunter2 >"$dir/login"; echo clinic:wrong >"$dir/wrong")
# doctor EXPECTED WORDS [SETTING…]
doctor() {
	expected=$1
	words=$2
	shift 2
	{
		printf '[clinic]\nfacility = 84001\nlanguage = en\n'
		printf '[lookup]\nbudget_ms = 20000\n'
		printf '[gateway]\nurl = http://203.0.113.1:8080\n'
		printf 'user = 84001_BV\npassword_file = %s/password\n' "$dir"
		printf 'connect_timeout_ms = 2000\n'
		for setting in "$@"; do
			printf '%s\n' "$setting"
		done
		printf '[operator]\nname = NGUYỄN THỊ TIẾP ĐÓN\n'
		printf 'number = 084185000011\n'
	} >"$dir/conf"
	status=0
	in_ns clinic "$bin/checkin" -c "$dir/conf" doctor gateway \
	    >"$dir/said" 2>&1 || status=$?
	if [ "$status" -ne "$expected" ]; then
		echo "FAIL $words: exit $status, not $expected" >&2
		cat "$dir/said" "$dir/proxy.log" "$dir/gateway.log" >&2
		exit 1
	fi
	echo "ok   $words: exit $status"
}
sleep 1

doctor 13 'over the clinic'\''s own line: not registered'
doctor 0 'recipe 1, through the proxy of the hub' \
    'proxy = http://10.9.0.1:3128' "proxy_login_file = $dir/login"
doctor 15 'the proxy wants another login' \
    'proxy = http://10.9.0.1:3128' "proxy_login_file = $dir/wrong"

# Recipe 2: the gateway's network through the tunnel, the hub translates.
in_ns hub sysctl -q -w net.ipv4.ip_forward=1
in_ns hub nft -f - <<END
table ip egress {
	chain forward {
		type filter hook forward priority 0; policy drop;
		ct state established,related accept
		ip saddr 10.9.0.0/24 ip daddr 203.0.113.1 tcp dport 8080 accept
	}
	chain postrouting {
		type nat hook postrouting priority 100;
		ip saddr 10.9.0.0/24 ip daddr 203.0.113.1 snat to 203.0.113.10
	}
}
END
in_ns clinic ip route add 203.0.113.1/32 via 10.9.0.1
doctor 0 'recipe 2, through the tunnel with one address for all'
doctor 13 'bound to the clinic'\''s own line by source_address' \
    'source_address = 198.51.100.7'
in_ns clinic ip route del 203.0.113.1/32
in_ns clinic ip route del default
doctor 11 'without any way out: the line'
