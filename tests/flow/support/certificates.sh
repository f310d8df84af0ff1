#!/bin/sh
# certificates.sh DIR - an issuer of its own, and servers' certificates that
# each have one fault or none, made with the openssl command:
#
#   ca.pem          the issuer; stranger.pem: another one
#   good            for 127.0.0.1 and localhost, valid now
#   expired         the same, over since 2021
#   early           the same, from 2090 on
#   elsewhere       for another address and name
#   unknown         good, but issued by the stranger
#   alone           good, but signed by itself
set -eu

dir=$1
mkdir -p "$dir"
cd "$dir"
mkdir -p issued
: >index.txt
cat >ca.cnf <<END
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = issued
serial = serial
default_md = sha256
unique_subject = no
policy = names
[names]
commonName = supplied
END

key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
now=$(date -u -d '-1 day' +%Y%m%d%H%M%SZ)
later=$(date -u -d '+2 days' +%Y%m%d%H%M%SZ)

# shellcheck disable=SC2086 # a list of options
issuer() {
	openssl req -x509 $key -keyout "$1.key" -out "$1.pem" -days 2 \
	    -subj "/CN=$1 of a test"
}
# issue NAME ISSUER SUBJECT-ALT-NAMES FROM TO
# shellcheck disable=SC2086
issue() {
	openssl req $key -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"
	printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$3" >"$1.ext"
	openssl ca -batch -notext -config ca.cnf -rand_serial -cert "$2.pem" \
	    -keyfile "$2.key" -in "$1.csr" -extfile "$1.ext" \
	    -startdate "$4" -enddate "$5" -out "$1.pem"
}
{
	here=IP:127.0.0.1,DNS:localhost
	issuer ca
	issuer stranger
	issue good ca "$here" "$now" "$later"
	issue expired ca "$here" 20200101000000Z 20210101000000Z
	issue early ca "$here" 20900101000000Z 20910101000000Z
	issue elsewhere ca IP:192.0.2.1,DNS:gateway.example "$now" "$later"
	issue unknown stranger "$here" "$now" "$later"
	openssl req -x509 $key -keyout alone.key -out alone.pem -days 2 \
	    -subj /CN=127.0.0.1 -addext "subjectAltName=$here"
} >log 2>&1
