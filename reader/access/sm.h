/*
 * sm.h - secure messaging: the encrypted, authenticated channel to the chip
 *
 * In the flow:  bac.c / pace.c agree keys  ->  [sm]  ->  card/channel.c
 * Includes:     ck/buf.h, access/cipher.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.8
 *
 * The channel fails closed. Once the counter has moved, any error wipes the
 * keys, and every later call returns CK_ERR_SM_CLOSED: there is no way to go on
 * in plain text and no way to retry one command. Start again from access
 * control. If the card leaves between wrap and unwrap, free the channel.
 *
 * One channel belongs to one thread. Nothing here is ever logged.
 */
#ifndef READER_ACCESS_SM_H
#define READER_ACCESS_SM_H

#include <stddef.h>
#include <stdint.h>

#include "access/cipher.h"
#include "ck/buf.h"
#include "ck/error.h"

struct ck_apdu;		/* card/apdu.h */
struct ck_sm;		/* opaque: keys, counter, open or closed */

/*
 * Most that protection adds to the data field of a command: up to 16 bytes of
 * padding, indicator and header of DO'87' (5), DO'97' (4), DO'8E' (10).
 */
#define CK_SM_COMMAND_OVERHEAD 35

/*
 * Open a channel with freshly agreed session keys.
 *
 * out      Receives a channel that the caller owns; free with ck_sm_free().
 *          Set to NULL on every error.
 * suite    Cipher and key length.
 * ks_enc   KSenc, exactly the suite's key length in bytes. §9.7.4
 * ks_mac   KSmac, likewise. Both are copied: the caller still owns and wipes
 *          its own.
 * ssc      Counter before the first command, exactly one block of the suite,
 *          big-endian. After BAC, the last 4 bytes of RND.IC followed by the
 *          last 4 of RND.IFD (§9.8.6.3); otherwise an empty span, which means
 *          zero (§9.8.6.3, §9.8.7.3).
 *
 * Returns  CK_OK
 *          CK_ERR_LIMIT   a key or the counter has the wrong length
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_sm_new(struct ck_sm **out, enum ck_suite suite,
    const struct ck_cipher_key *ks_enc, const struct ck_cipher_key *ks_mac,
    struct ck_span ssc);

/*
 * Protect one command. Adds one to the counter, then encrypts, then
 * authenticates. §9.8.1, §9.8.2, §9.8.4 figure 5
 *
 * plain    Borrowed. It must have data or expect an answer. An even INS
 *          travels in DO'87', an odd INS in DO'85'. §9.8.4
 * body     Replaced by the data field of the protected command. The caller
 *          owns and wipes it; sends it under plain's header with CK_CLA_SM in
 *          the class byte. Empty on every error.
 *
 * Returns  CK_OK
 *          CK_ERR_SM_CLOSED  the channel failed earlier
 *          CK_ERR_LIMIT      too long for any command, or neither data nor
 *                            answer; the counter has not moved and the
 *                            channel is still open
 *          CK_ERR_CRYPTO, CK_ERR_NOMEM  the channel is now closed
 */
CK_MUST_CHECK enum ck_err
ck_sm_wrap(struct ck_sm *sm, const struct ck_apdu *plain,
    struct ck_buf *body);

/*
 * Check and open one response. Adds one to the counter, compares the checksum
 * in constant time, and decrypts only if it matched. §9.8.2, §9.8.4 figure 6
 *
 * resp     Borrowed: the whole answer, SW1 SW2 included.
 * data     Replaced by the plain response data without padding, possibly
 *          empty. The caller owns and wipes it. Empty on every error.
 * sw       Receives SW1 SW2 as one number, 0x9000 for success. Authenticated
 *          when this returns CK_OK; only a hint for diagnosis after
 *          CK_ERR_SM_ABORTED; 0 otherwise.
 *
 * Returns  CK_OK             genuine answer. Look at *sw: the chip may refuse
 *                            the command over a healthy channel.
 *          CK_ERR_SM_ABORTED bare status bytes; the chip has deleted its keys.
 *                            §9.8.5
 *          CK_ERR_SM_MAC     checksum absent or wrong
 *          CK_ERR_CARD_MALFORMED  objects out of order, bad length or padding,
 *                            or trailing bytes
 *          CK_ERR_SM_CLOSED, CK_ERR_CRYPTO, CK_ERR_NOMEM
 *          Every result but CK_OK leaves the channel closed.
 *
 * Tests    tests/unit/test_sm.c. 3DES: Appendix D.4. AES: Part 11 prints no
 *          protected exchange (G.1 stops at the tokens), so the vectors were
 *          made with the openssl command, as tests/wire/wire_sm.h tells.
 */
CK_MUST_CHECK enum ck_err
ck_sm_unwrap(struct ck_sm *sm, struct ck_span resp, struct ck_buf *data,
    uint16_t *sw);

/*
 * Most plain answer bytes whose protected form, without SW1 SW2, has at most
 * limit bytes; 0 if none fits.
 */
size_t ck_sm_answer_max(const struct ck_sm *sm, size_t limit);

/* Wipe the keys, free the channel and set *sm to NULL. NULL is allowed. */
void ck_sm_free(struct ck_sm **sm);

#endif /* READER_ACCESS_SM_H */
