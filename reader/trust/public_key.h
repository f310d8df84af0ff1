/*
 * public_key.h - one public key that a chip has shown, decoded and found sound
 *
 * Source:  RFC 5280 §4.1 (SubjectPublicKeyInfo), RFC 5480, BSI TR-03111 §4.1.1
 */
#ifndef READER_TRUST_PUBLIC_KEY_H
#define READER_TRUST_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "ck/buf.h"

/*
 * Decode a whole SubjectPublicKeyInfo. Keys of DH must lie in their group, keys
 * on a curve must lie on it, be finite, and the curve must be one with a name,
 * also where its parameters are spelled out.
 *
 * Returns the key, to be freed with EVP_PKEY_free(); NULL for anything else,
 * trailing bytes included.
 */
EVP_PKEY *ck_public_key_decode(struct ck_span der);

#endif /* READER_TRUST_PUBLIC_KEY_H */
