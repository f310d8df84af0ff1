#!/bin/sh
# wire_active_auth.sh - how the bytes of wire_active_auth.h were made. ECDSA has
# a random part: each run gives another key and signature.
set -eu

key=$(dirname "$0")/cccd-sample/chip-aa-test-key.der
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf '\001\043\105\147\211\253\315\357' >"$dir/challenge"

# answer HASH DIGEST_BYTES TRAILER: 6A, recovered part, hash, trailer, and the
# private operation on it
answer() {
	length=$((256 - 1 - $2 - ${#3} / 2))
	awk "BEGIN { for (i = 0; i < $length; i++)
	    printf \"%02x\", (i * 7 + 1) % 256 }" | xxd -r -p >"$dir/recovered"
	{
		printf '\152'
		cat "$dir/recovered"
		cat "$dir/recovered" "$dir/challenge" |
		    openssl dgst "-$1" -binary
		printf %s "$3" | xxd -r -p
	} >"$dir/representative"
	openssl pkeyutl -decrypt -inkey "$key" -keyform DER \
	    -pkeyopt rsa_padding_mode:none -in "$dir/representative" |
	    xxd -p -c 32
}
echo 'rsa sha256'
answer sha256 32 34cc
echo 'rsa sha1'
answer sha1 20 bc

openssl ecparam -name brainpoolP256r1 -genkey -noout -out "$dir/ec.pem"
echo 'ec key'
openssl pkey -in "$dir/ec.pem" -pubout -outform DER | xxd -p -c 32
echo 'ec sha256'
openssl dgst -sha256 -sign "$dir/ec.pem" "$dir/challenge" |
    openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p'
