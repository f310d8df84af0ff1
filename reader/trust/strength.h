/*
 * strength.h - which keys and digests are strong enough
 *
 * Source:  ICAO Doc 9303-12 §4.4: RSA from 2048 bits, ECDSA from 224 bits,
 *          SHA-224 to SHA-512. SHA-1 stands on documents from before 2010 and
 *          is accepted only where the caller says so.
 */
#ifndef READER_TRUST_STRENGTH_H
#define READER_TRUST_STRENGTH_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

/* True for the digests above; NID of the digest as in OpenSSL. */
bool ck_strength_digest(int digest_nid, bool sha1_allowed);

/*
 * True for a key long enough. A key on an elliptic curve must lie on a curve
 * with a name, even where the certificate spells its parameters out: anybody
 * can make up parameters for which he knows the private key (CVE-2020-0601).
 */
bool ck_strength_key(const EVP_PKEY *key);

/* Both, for the key in cert and for the digest that cert is signed with. */
bool ck_strength_certificate(X509 *cert, bool sha1_allowed);

#endif /* READER_TRUST_STRENGTH_H */
