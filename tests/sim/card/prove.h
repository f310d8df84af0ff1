/*
 * prove.h - how a chip proves that it is no copy
 *
 * Source: ICAO Doc 9303-11 §6.1 (Active Authentication), §6.2 (Chip
 * Authentication), ISO/IEC 9796-2 scheme 1, BSI TR-03111 §5.2.1 (plain ECDSA).
 */
#ifndef SIM_CARD_PROVE_H
#define SIM_CARD_PROVE_H

#include <openssl/evp.h>

#include "bytes.h"
#include "cipher.h"

/* Challenge of Active Authentication in bytes. */
#define SIM_AA_CHALLENGE 8

/*
 * Append the answer to a challenge: with RSA the signature with message
 * recovery, with an elliptic curve r and s side by side. hash is "SHA1" or
 * "SHA256". wrong_trailer ends an RSA signature in what means no hash. False
 * when the challenge has the wrong length.
 */
bool sim_aa_sign(EVP_PKEY *key, const char *hash, bool wrong_trailer,
    struct sim_span challenge, struct sim_bytes *out);

/*
 * Append the shared x coordinate of key and the terminal's ephemeral point.
 * False when the point does not lie on the key's curve.
 */
bool sim_ca_agree(EVP_PKEY *key, struct sim_span point,
    struct sim_bytes *secret);

/* Append the identifier (content only) of Chip Authentication with suite. */
void sim_ca_oid(enum sim_suite suite, struct sim_bytes *out);

/* Read suite from such an identifier; false for any other protocol. */
bool sim_ca_parse_oid(struct sim_span oid, enum sim_suite *suite);

#endif /* SIM_CARD_PROVE_H */
