/*
 * cipher.h - the block ciphers and checksums of secure messaging
 *
 * In the flow:  [cipher]  <-  sm.c, bac.c
 * Includes:     ck/buf.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.8.6 (3DES), §9.8.7
 *               (AES), §9.8.4 (padding); ISO/IEC 9797-1 (methods, MAC 3)
 *
 * Thin over OpenSSL. Single DES is not among its default ciphers: the retail
 * MAC is built from two-key 3DES, which with equal halves is single DES.
 */
#ifndef READER_ACCESS_CIPHER_H
#define READER_ACCESS_CIPHER_H

#include <stdbool.h>

#include "ck/buf.h"

/* Longest key and block of all suites, in bytes. */
#define CK_CIPHER_KEY_MAX 32
#define CK_BLOCK_MAX 16

/* Every checksum is cut to this many bytes. §9.8.6.2, §9.8.7.2 */
#define CK_MAC_LEN 8

/* BAC gives 3DES (§4.3.1); PACE gives what EF.CardAccess offers (§9.2.1). */
enum ck_suite {
	CK_SUITE_3DES,		/* two-key: keys of 16 bytes, blocks of 8 */
	CK_SUITE_AES128,	/* keys of 16 bytes, blocks of 16 */
	CK_SUITE_AES192,	/* keys of 24 bytes, blocks of 16 */
	CK_SUITE_AES256		/* keys of 32 bytes, blocks of 16 */
};

/* A key by value; its owner wipes it. Only len bytes are used. */
struct ck_cipher_key {
	uint8_t bytes[CK_CIPHER_KEY_MAX];
	size_t len;
};

/* Bytes of a key and of a block of this suite. */
size_t ck_suite_key_len(enum ck_suite suite);
size_t ck_suite_block_len(enum ck_suite suite);

/*
 * CBC without padding.
 *
 * iv   One block; NULL for zeros.
 * in   A whole number of blocks.
 * out  Replaced; the caller owns and wipes it. Empty on error.
 *
 * Returns CK_OK, CK_ERR_LIMIT for a wrong key length or part of a block,
 * CK_ERR_CRYPTO (3DES may be switched off), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_cbc_encrypt(enum ck_suite suite, const struct ck_cipher_key *key,
    const uint8_t *iv, struct ck_span in, struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_cbc_decrypt(enum ck_suite suite, const struct ck_cipher_key *key,
    const uint8_t *iv, struct ck_span in, struct ck_buf *out);

/*
 * The checksum of in, cut to CK_MAC_LEN bytes. 3DES: retail MAC (ISO/IEC
 * 9797-1 algorithm 3), which wants in already padded to whole blocks. AES:
 * CMAC over exactly in. Results are those of ck_cbc_encrypt().
 */
CK_MUST_CHECK enum ck_err
ck_mac(enum ck_suite suite, const struct ck_cipher_key *key, struct ck_span in,
    uint8_t mac[CK_MAC_LEN]);

/* Append 80 and zeros up to whole blocks. ISO/IEC 9797-1 method 2 */
CK_MUST_CHECK enum ck_err ck_pad(struct ck_buf *buf, size_t block_len);

/*
 * Take that padding away. False, with buf unchanged, if it is not there or
 * longer than a block.
 */
bool ck_unpad(struct ck_buf *buf, size_t block_len);

#endif /* READER_ACCESS_CIPHER_H */
