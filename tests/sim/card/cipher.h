/*
 * cipher.h - block ciphers, checksums and key derivation of ICAO 9303-11
 *
 * Source: ICAO Doc 9303-11 §9.7 (key derivation), §9.8.6 (3DES), §9.8.7 (AES).
 * Written over OpenSSL's EVP; single DES is not in its default provider, so
 * the retail MAC is built from triple DES with equal keys.
 */
#ifndef SIM_CARD_CIPHER_H
#define SIM_CARD_CIPHER_H

#include "bytes.h"

enum sim_suite {
	SIM_3DES,	/* two-key triple DES, retail MAC */
	SIM_AES128,	/* AES-CBC, CMAC */
	SIM_AES192,
	SIM_AES256
};

#define SIM_KEY_MAX 32
#define SIM_BLOCK_MAX 16
#define SIM_MAC_LEN 8

/* Purposes of a derived key. §9.7.1 */
enum {
	SIM_KDF_ENC = 1,
	SIM_KDF_MAC = 2,
	SIM_KDF_PASSWORD = 3
};

/* A key of a suite, as long as the suite's keys are. */
struct sim_key {
	enum sim_suite suite;
	uint8_t bytes[SIM_KEY_MAX];
};

/* Key and block length of a suite in bytes. */
size_t sim_key_len(enum sim_suite suite);
size_t sim_block_len(enum sim_suite suite);

/*
 * CBC without padding. in.len is a multiple of the block length; out receives
 * as many bytes and may be in. iv of one block, NULL for zeros.
 */
void sim_encrypt(const struct sim_key *key, const uint8_t *iv,
    struct sim_span in, uint8_t *out);
void sim_decrypt(const struct sim_key *key, const uint8_t *iv,
    struct sim_span in, uint8_t *out);

/*
 * Checksum of 8 bytes: retail MAC (ISO/IEC 9797-1 algorithm 3) over whole
 * blocks for 3DES, truncated CMAC over any length for AES.
 */
void sim_mac(const struct sim_key *key, struct sim_span in,
    uint8_t out[SIM_MAC_LEN]);

/* Append 80 00 … up to a whole block. ISO/IEC 9797-1 padding method 2 */
void sim_pad(struct sim_bytes *bytes, size_t block);

/* Length of span without padding method 2; false when it has none. */
bool sim_unpad(struct sim_span span, size_t *len);

/* Derive the key for a purpose (SIM_KDF_…) from a shared secret. §9.7.1 */
void sim_kdf(enum sim_suite suite, struct sim_span secret, unsigned purpose,
    struct sim_key *out);

/* Hash with the algorithm of that name ("SHA1", "SHA256"); returns length. */
size_t sim_hash(const char *name, struct sim_span in, uint8_t out[64]);

/* Fill out with random bytes. */
void sim_random(uint8_t *out, size_t len);

#endif /* SIM_CARD_CIPHER_H */
