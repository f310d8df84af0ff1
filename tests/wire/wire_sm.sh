#!/bin/sh
# Print tests/wire/wire_sm.h: AES secure messaging as ICAO 9303-11 section
# 9.8.7 describes it, computed by the openssl command and not by this project.
set -eu

# Padding method 2 to 16 bytes, over hex digits.
pad() {
	padded="${1}80"
	while [ $((${#padded} % 32)) -ne 0 ]; do
		padded="${padded}00"
	done
	printf %s "$padded"
}

binary() {
	xxd -r -p
}

# The counter, encrypted, is the initial vector.
encrypt() {
	iv=$(printf %s "$1" | binary |
	    openssl enc "-aes-$bits-ecb" -K "$ks_enc" -nopad | xxd -p -c 99)
	pad "$2" | binary |
	    openssl enc "-aes-$bits-cbc" -K "$ks_enc" -iv "$iv" -nopad |
	    xxd -p -c 9999
}

checksum() {
	printf %s "$1" | binary | openssl mac -cipher "AES-$bits-CBC" \
	    -macopt "hexkey:$ks_mac" CMAC | cut -c1-16
}

# length of hex digits as a DER length
len() {
	n=$((${#1} / 2))
	if [ $n -lt 128 ]; then
		printf %02x $n
	elif [ $n -lt 256 ]; then
		printf 81%02x $n
	else
		printf 82%04x $n
	fi
}

define() {
	printf '#define %s \\\n' "$1"
	printf '%s' "$2" | fold -w 64 | sed 's/.*/\t"&" \\/; $s/ \\$//'
	printf '\n'
}

command_body() {		# counter, header, data objects
	objects=$3
	printf '%s8e08%s' "$objects" "$(checksum "$1$(pad "$2")$(pad \
	    "$objects")")"
}

answer() {			# counter, data objects without status
	objects="${2}99029000"
	printf '%s8e08%s9000' "$objects" "$(checksum "$1$(pad "$objects")")"
}

cryptogram() {			# counter, plain data
	secret=01$(encrypt "$1" "$2" | tr 'A-F' 'a-f')
	printf '87%s%s' "$(len "$secret")" "$secret"
}

suite() {
	name=$1 bits=$2 ks_enc=$3 ks_mac=$4
	zeros=000000000000000000000000000000
	define "${name}_KS_ENC" "$ks_enc"
	define "${name}_KS_MAC" "$ks_mac"
	define "${name}_SELECT" "$(command_body ${zeros}01 0ca4040c \
	    "$(cryptogram ${zeros}01 a0000002471001)")"
	define "${name}_SELECT_ANSWER" "$(answer ${zeros}02 '')"
	define "${name}_READ_512" "$(command_body ${zeros}03 0cb08100 \
	    97020200)"
	data=$(printf '%0464d' 0 | tr 0 a)
	define "${name}_READ_ANSWER" "$(answer ${zeros}04 \
	    "$(cryptogram ${zeros}04 "$data")")"
}

cat <<'HEADER'
/*
 * wire_sm.h - AES secure messaging, computed by the openssl command
 *
 * Made by tests/wire/wire_sm.sh; see there. For each key length: SELECT of
 * the LDS1 applet, its answer, READ BINARY of DG1 with Le 512, and an answer
 * of 232 bytes AA. The keys of AES-128 are those of ICAO 9303-11 appendix G.1;
 * the longer ones are invented.
 */
#ifndef WIRE_SM_H
#define WIRE_SM_H

HEADER
suite WIRE_AES128 128 f5f0e35c0d7161ee6724ee513a0d9a7f \
    fe251c7858b356b24514b3bd5f4297d1
suite WIRE_AES192 192 000102030405060708090a0b0c0d0e0f1011121314151617 \
    f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a59687
suite WIRE_AES256 256 \
    000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f \
    f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f
printf '\n#endif /* WIRE_SM_H */\n'
