/*
 * chip_auth.h - chip authentication: the chip's key that the issuer signed
 *
 * In the flow:  lds (DG14)  ->  [chip_auth]  ->  prove/prove.c
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §6.2 (protocol), §9.2.5
 *               to §9.2.7 (SecurityInfos, object identifiers)
 *
 * Pure over bytes. Which key and protocol are used is chosen here, and our half
 * of the key agreement is made; whoever talks to the chip sends it. What was
 * agreed counts only if passive authentication has proven DG14.
 */
#ifndef READER_TRUST_CHIP_AUTH_H
#define READER_TRUST_CHIP_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "lds/security_infos.h"

/* Content bytes of a protocol's OID: 0.4.0.127.0.7.2.2.3.k.s. §9.2.7 */
#define CK_CHIP_AUTH_OID_LEN 10

/* The s of the OID: the secure messaging that follows. */
enum ck_chip_auth_suite {
	CK_CHIP_AUTH_3DES = 1,
	CK_CHIP_AUTH_AES128 = 2,
	CK_CHIP_AUTH_AES192 = 3,
	CK_CHIP_AUTH_AES256 = 4
};

/* Start zeroed; finish with ck_chip_key_free(). */
struct ck_chip_key {
	EVP_PKEY *key;		/* owned; NULL: none that we speak */
	bool announced;		/* DG14 has a key, spoken or not */
	bool weak;		/* below trust/strength.h: its failure tells
				 * something, its success does not */
	uint8_t oid[CK_CHIP_AUTH_OID_LEN];
	enum ck_chip_auth_suite suite;
	bool has_reference;	/* the chip has to be told which key */
	uint32_t reference;	/* keyId */
};

/*
 * Choose the strongest protocol of DG14 whose key we can use: ECDH on a curve
 * with a name, also where its parameters are spelled out, or DH of 1024 to
 * 4096 bits. A chip that names no protocol has the oldest one, 3DES. Keys that
 * do not lie on their curve are passed over.
 *
 * out  Replaced. out->key is NULL where there is none; look at announced.
 */
void ck_chip_key_choose(const struct ck_security_infos *infos,
    struct ck_chip_key *out);

/*
 * Make a key pair for one run and agree with the chip's key.
 *
 * ours    Replaced by our public key as it is sent: an uncompressed point, or
 *         an integer as long as the prime. §9.4.1
 * secret  Replaced by what the session keys are derived from: the x coordinate,
 *         or an integer as long as the prime. The caller wipes both; they are
 *         empty on error.
 *
 * Returns CK_OK, CK_ERR_CRYPTO or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_chip_key_agree(const struct ck_chip_key *chip, struct ck_buf *ours,
    struct ck_buf *secret);

/* Free the key and zero the rest. */
void ck_chip_key_free(struct ck_chip_key *chip);

#endif /* READER_TRUST_CHIP_AUTH_H */
