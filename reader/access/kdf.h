/*
 * kdf.h - keys out of secrets: what is printed, and what was agreed
 *
 * In the flow:  secret  ->  [kdf]  ->  bac.c, pace.c  ->  sm.c
 * Includes:     access/cipher.h, ck/reader.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.7.1 (KDF), §9.7.2
 *               (BAC keys), §9.7.3 (K from MRZ or CAN), §9.7.4 (session keys)
 */
#ifndef READER_ACCESS_KDF_H
#define READER_ACCESS_KDF_H

#include "access/cipher.h"
#include "ck/buf.h"
#include "ck/identity.h"

/* The counter of the KDF names the key's purpose. §9.7.1 */
enum ck_kdf_use {
	CK_KDF_ENC = 1,		/* encryption */
	CK_KDF_MAC = 2,		/* checksum */
	CK_KDF_PASSWORD = 3	/* K_pi: encrypts the PACE nonce */
};

/* Bytes of MRZ_information: number of 9..31, two dates, 3 check digits. */
#define CK_MRZ_INFORMATION_MAX 48

/*
 * One key from a shared secret. SHA-1 for keys of 16 bytes, SHA-256 for longer
 * ones; 3DES keys get odd parity.
 * Returns CK_OK or CK_ERR_CRYPTO, with *key wiped on error.
 */
CK_MUST_CHECK enum ck_err
ck_kdf(struct ck_span secret, enum ck_kdf_use use, enum ck_suite suite,
    struct ck_cipher_key *key);

/*
 * MRZ_information: number padded to 9 with filler, birth and expiry as YYMMDD,
 * a check digit behind each. §9.7.2, 9303-3 §4.9
 *
 * out  Receives text and NUL; the caller wipes it.
 *
 * Returns CK_OK, or CK_ERR_ACCESS_KEY_NEEDED if the number is empty, too long
 * or holds a character outside A-Z 0-9 <, or a date is not complete.
 */
CK_MUST_CHECK enum ck_err
ck_mrz_information(const char *document_number, struct ck_date birth,
    struct ck_date expiry, char out[CK_MRZ_INFORMATION_MAX]);

/* Bytes of SHA-1: K of PACE with the MRZ; its first 16 are BAC's Kseed. */
#define CK_MRZ_HASH_LEN 20

/* SHA-1 of MRZ_information. Returns CK_OK or CK_ERR_CRYPTO. */
CK_MUST_CHECK enum ck_err
ck_mrz_hash(const char *information, uint8_t hash[CK_MRZ_HASH_LEN]);

#endif /* READER_ACCESS_KDF_H */
