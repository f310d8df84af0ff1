/*
 * active_auth.h - active authentication: does the chip have the signed key?
 *
 * In the flow:  lds (DG15)  ->  [active_auth]  ->  prove/prove.c
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §6.1 (protocol), §9.2.3
 *               (ActiveAuthenticationInfo); ISO/IEC 9796-2 digital signature
 *               scheme 1; BSI TR-03111 §5.2.1 (plain ECDSA)
 *
 * Pure over bytes: the challenge and the chip's answer are somebody else's.
 * The answer counts only if passive authentication has proven DG15, and DG14
 * where it names the hash.
 */
#ifndef READER_TRUST_ACTIVE_AUTH_H
#define READER_TRUST_ACTIVE_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "lds/security_infos.h"

/* Bytes of RND.IFD. §6.1.2 */
#define CK_ACTIVE_CHALLENGE_LEN 8

/* Start zeroed; finish with ck_active_key_free(). */
struct ck_active_key {
	EVP_PKEY *key;		/* owned; NULL: not one that we speak */
	bool weak;		/* below trust/strength.h: its failure tells
				 * something, its success does not */
	int digest;		/* OpenSSL's NID; RSA: the answer names it */
};

/*
 * Take the key out of DG15: RSA of 1024 to 4096 bits (9303-12 §4.4 allows this
 * key to be shorter than others; below 2048 it is weak), or ECDSA on a curve
 * with a name, whose hash must stand in DG14.
 *
 * dg15   The whole file.
 * infos  Of DG14; NULL where there is none.
 * out    Replaced.
 *
 * Returns CK_OK, also with out->key NULL; CK_ERR_FILE_MALFORMED.
 */
CK_MUST_CHECK enum ck_err
ck_active_key_read(struct ck_span dg15, const struct ck_security_infos *infos,
    struct ck_active_key *out);

/* Bytes of a right answer. */
size_t ck_active_answer_len(const struct ck_active_key *active);

/*
 * Verify the chip's answer to challenge.
 *
 * RSA: the signature is as long as the modulus and opens to 6A, the part to be
 * recovered, the hash over it and the challenge, and a trailer that names the
 * hash: BC is SHA-1, 38CC 34CC 36CC 35CC are SHA-224 to SHA-512; nothing more,
 * nothing less. SHA-1 is accepted: a forger would need a second preimage.
 * ECDSA: r and s side by side, each as long as the order of the curve.
 *
 * Returns  CK_OK
 *          CK_ERR_TRUST_CLONE  any other answer
 *          CK_ERR_CRYPTO       nothing is known
 */
CK_MUST_CHECK enum ck_err
ck_active_verify(const struct ck_active_key *active,
    const uint8_t challenge[CK_ACTIVE_CHALLENGE_LEN], struct ck_span answer);

/* Free the key and zero the rest. */
void ck_active_key_free(struct ck_active_key *active);

#endif /* READER_TRUST_ACTIVE_AUTH_H */
