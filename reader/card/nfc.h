/*
 * nfc.h - one contactless reader through libnfc: the only door to it
 *
 * In the flow:  PN532 and its like  ->  [nfc]  ->  channel.c (as a transport),
 *               worker/lookout.c
 * Includes:     ck/card.h, card/seen.h
 * Source:       libnfc 1.8.0; NXP UM0701-02 (PN532), §7.3.5 and §7.3.8
 *
 * For readers that pcscd does not serve. The reader belongs to one process; in
 * it two threads may share it: one that looks for cards, one that reads. While
 * a card is being read the other gets what was seen last, and never waits.
 *
 * Only short commands: libnfc keeps an answer, however many pieces the chip
 * sends it in (MI), in 264 bytes, and copies a command into as many unchecked.
 */
#ifndef READER_CARD_NFC_H
#define READER_CARD_NFC_H

#include <stdbool.h>

#include "card/seen.h"
#include "ck/card.h"
#include "ck/error.h"

struct ck_nfc;		/* opaque: libnfc's context, and the device if open */

/* True for "nfc:CONNSTRING", the name of a reader that is opened here. */
bool ck_nfc_is_name(const char *reader);

/*
 * Begin with the reader of this name. It need not be plugged in yet: every
 * later call tries to open it. Silences libnfc, whose log would show data.
 *
 * name  "nfc:CONNSTRING"; copied.
 *
 * Returns CK_OK, CK_ERR_NOMEM, or CK_ERR_READER_FAILED where libnfc cannot be
 * initialised. Free with ck_nfc_free().
 */
CK_MUST_CHECK enum ck_err ck_nfc_new(struct ck_nfc **out, const char *name);

/* Close the device, set *nfc to NULL. NULL is allowed. */
void ck_nfc_free(struct ck_nfc **nfc);

/*
 * What lies on the reader now: one entry, or none where it is not there.
 *
 * Returns  CK_OK
 *          CK_ERR_READER_NONE    no such device
 *          CK_ERR_READER_DENIED  this user may not open it
 *          CK_ERR_READER_FAILED  it does not answer as its kind does; it is
 *                                opened anew by the next call
 *          On error out->count is 0.
 */
CK_MUST_CHECK enum ck_err ck_nfc_look(struct ck_nfc *nfc, struct ck_seen *out);

/*
 * Activate the card that lies there and keep the reader until the transport is
 * closed, which resets the card.
 *
 * cold  Open the device anew first: after a read that hung.
 * out   Receives the transport; close it before nfc is freed.
 *
 * Returns  CK_OK
 *          CK_ERR_READER_NO_CARD    nothing lies there
 *          CK_ERR_CARD_COLLISION    two cards do
 *          CK_ERR_CARD_UNSUPPORTED  a card without commands (ISO 14443-3 only)
 *          ck_nfc_look()'s errors, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_nfc_connect(struct ck_nfc *nfc, bool cold, struct ck_transport **out);

#endif /* READER_CARD_NFC_H */
