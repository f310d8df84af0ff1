/*
 * pcsc.h - card readers through pcscd: the only door to winscard
 *
 * In the flow:  pcscd  ->  [pcsc]  ->  channel.c (as a transport), worker.c
 * Includes:     ck/card.h, card/seen.h
 * Source:       pcsc-lite 1.9.9; what it really does is written in
 *               docs/architecture.md
 *
 * A transmission to a card that never answers blocks for ever and cannot be
 * cancelled: callers that must go on keep it in a process of its own.
 * One struct ck_pcsc belongs to one thread.
 */
#ifndef READER_CARD_PCSC_H
#define READER_CARD_PCSC_H

#include <stdbool.h>
#include <stdint.h>

#include "card/seen.h"
#include "ck/card.h"
#include "ck/error.h"

struct ck_pcsc;		/* opaque: one context of pcscd, renewed when lost */

/*
 * Begin. pcscd need not run yet: every later call tries to reach it.
 * Returns CK_OK or CK_ERR_NOMEM. Free with ck_pcsc_free().
 */
CK_MUST_CHECK enum ck_err ck_pcsc_new(struct ck_pcsc **out);

/* Release the context and set *pcsc to NULL. NULL is allowed. */
void ck_pcsc_free(struct ck_pcsc **pcsc);

/*
 * The readers there are now and what lies on them.
 *
 * Returns  CK_OK, also with no reader
 *          CK_ERR_READER_NO_SERVICE, CK_ERR_READER_DENIED,
 *          CK_ERR_READER_FAILED, CK_ERR_NOMEM, with out->count 0
 */
CK_MUST_CHECK enum ck_err
ck_pcsc_list(struct ck_pcsc *pcsc, struct ck_seen *out);

/*
 * Wait until readers or cards differ from *known: a reader came or went, a
 * card came, went or was exchanged.
 *
 * name        Watch only this reader; NULL: all.
 * known       What the caller knows; start zeroed. Brought up to date.
 * timeout_ms  Longest wait. Where pcscd does not run, the call sleeps so long.
 * changed     True when *known is new, false after the timeout.
 *
 * Returns  CK_OK
 *          CK_ERR_READER_NO_SERVICE  pcscd is gone or was not there; call
 *                                    again: it may be back
 *          CK_ERR_READER_DENIED, CK_ERR_READER_FAILED, CK_ERR_NOMEM
 *          On error known->count is 0.
 */
CK_MUST_CHECK enum ck_err
ck_pcsc_wait(struct ck_pcsc *pcsc, const char *name,
    struct ck_seen *known, uint32_t timeout_ms, bool *changed);

/*
 * Connect to the card on a reader, and hold it in a transaction until the
 * transport is closed: no other program can interfere. Where another program
 * is in a transaction, this waits for its end, however long that takes; a reset
 * that it leaves behind is taken up once.
 *
 * name  The reader; NULL: the first one with a card.
 * cold  Take the power from the card first: after a read that hung.
 * out   Receives the transport; give it back by its close operation, which
 *       resets the card. It must be closed before pcsc is freed.
 *
 * Returns  CK_OK
 *          CK_ERR_READER_NONE        no reader, or none of this name
 *          CK_ERR_READER_NO_CARD     no card on it
 *          CK_ERR_READER_BUSY        another program holds the card for itself
 *          CK_ERR_READER_DENIED      pcscd does not serve this user
 *          CK_ERR_CARD_RESET         other programs reset the card repeatedly
 *          CK_ERR_CARD_UNSUPPORTED   the card speaks neither T=1 nor T=0
 *          CK_ERR_CARD_TIMEOUT       the card does not answer to reset
 *          CK_ERR_READER_NO_SERVICE, CK_ERR_READER_FAILED, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_pcsc_connect(struct ck_pcsc *pcsc, const char *name, bool cold,
    struct ck_transport **out);

#endif /* READER_CARD_PCSC_H */
