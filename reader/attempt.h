/*
 * attempt.h - one try to read the card on a reader, from connecting to the end
 *
 * In the flow:  pcsc, nfc  ->  [attempt]  ->  ck/reader.h
 *
 * What belongs to the reader and not to the chip: waiting for another program,
 * beginning again after its reset, telling what an odd card is.
 */
#ifndef READER_ATTEMPT_H
#define READER_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/hint.h"
#include "ck/reader.h"

struct ck_nfc;		/* card/nfc.h */
struct ck_pcsc;		/* card/pcsc.h */

/* A reader and how to use it; one of pcsc and nfc is set. All borrowed. */
struct ck_attempt {
	struct ck_pcsc *pcsc;
	struct ck_nfc *nfc;
	const char *reader;	/* its name; NULL: the first one with a card */
	bool cold;		/* after a hang: take the power from the card
				 * first, send short commands only */
	int64_t wait_ms;	/* how long another program may hold the card */
	void (*waiting)(void *ctx);	/* told once when it does; may be NULL */
	void *ctx;		/* of waiting */
};

/*
 * As ck_read_card(), and besides:
 *
 * kind     What the card is, asked only where it is not a document of ours.
 *
 * Returns  also CK_ERR_READER_BUSY after wait_ms, and the errors of connecting.
 *          A bank card, a transit card and the like are always
 *          CK_ERR_CARD_UNSUPPORTED. CK_ERR_CARD_RESET: another program reset
 *          the card a second time, or after identity_known was told.
 */
CK_MUST_CHECK enum ck_err
ck_attempt_read(const struct ck_attempt *attempt,
    const struct ck_secret *secret, const struct ck_read_options *options,
    const struct ck_read_observer *observer, struct ck_reading *reading,
    enum ck_card_kind *kind);

#endif /* READER_ATTEMPT_H */
