/*
 * bac.h - Basic Access Control: the printed data open the chip, by 3DES
 *
 * In the flow:  access.c  ->  [bac]  ->  sm.c
 * Includes:     ck/identity.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §4.3, §9.7.2
 */
#ifndef READER_ACCESS_BAC_H
#define READER_ACCESS_BAC_H

#include "ck/error.h"
#include "ck/identity.h"

struct ck_channel;	/* card/channel.h */
struct ck_sm;		/* access/sm.h */

/* What the key follows from: the three checked fields of the MRZ. */
struct ck_bac_secret {
	const char *document_number;	/* as in the MRZ, without filler */
	struct ck_date birth, expiry;	/* complete dates */
};

/*
 * Run BAC with the applet selected: one challenge, one mutual authentication.
 * Every further try begins with a challenge of its own, as the standard asks.
 *
 * tries_left  Receives what the chip says of it, also on error; 0: nothing.
 * sm          Receives the open channel; the caller owns it. NULL on error.
 *
 * Returns  CK_OK
 *          CK_ERR_ACCESS_DENIED       the chip refused our proof: a wrong key
 *          CK_ERR_ACCESS_PROOF        it took ours, but its own is wrong
 *          CK_ERR_ACCESS_BLOCKED      it says that it is blocked
 *          CK_ERR_ACCESS_UNSUPPORTED  it gives no challenge
 *          CK_ERR_ACCESS_KEY_NEEDED   number or a date is missing
 *          CK_ERR_CARD_REFUSED        any other refusal of our proof
 *          CK_ERR_CARD_MALFORMED, CK_ERR_CRYPTO and the channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_bac_open(struct ck_channel *channel, const struct ck_bac_secret *secret,
    unsigned *tries_left, struct ck_sm **sm);

#endif /* READER_ACCESS_BAC_H */
