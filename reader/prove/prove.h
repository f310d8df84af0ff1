/*
 * prove.h - ask the chip to prove that it has its private keys
 *
 * In the flow:  trust/chip_auth.c, active_auth.c (what is expected)  ->
 *               [prove]  <->  card/channel.c
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §6.1 (active
 *               authentication), §6.2 (chip authentication)
 *
 * The talking half: two protocols, each from its first command to its last.
 * A chip that refuses what its issuer signed it for is no original, so a
 * refusal is CK_ERR_TRUST_CLONE, however it is said.
 */
#ifndef READER_PROVE_PROVE_H
#define READER_PROVE_PROVE_H

#include "ck/error.h"

struct ck_active_key;	/* trust/active_auth.h */
struct ck_channel;	/* card/channel.h */
struct ck_chip_key;	/* trust/chip_auth.h */

/*
 * Run chip authentication: MSE:Set KAT for 3DES, MSE:Set AT and GENERAL
 * AUTHENTICATE for AES. On CK_OK the channel has the new keys and its counter
 * is zero (§6.2.4). The chip has proven nothing yet: it has when its next
 * answer is authentic, which channel->answers tells.
 *
 * Returns  CK_OK
 *          CK_ERR_TRUST_CLONE  the chip refused
 *          CK_ERR_CRYPTO, CK_ERR_NOMEM and the channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_prove_chip(struct ck_channel *channel, const struct ck_chip_key *key);

/*
 * Run active authentication: INTERNAL AUTHENTICATE over 8 fresh random bytes.
 *
 * Returns  CK_OK               the chip has the key of DG15
 *          CK_ERR_TRUST_CLONE  it refused, or its answer is wrong
 *          CK_ERR_CRYPTO, CK_ERR_NOMEM and the channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_prove_active(struct ck_channel *channel, const struct ck_active_key *key);

#endif /* READER_PROVE_PROVE_H */
