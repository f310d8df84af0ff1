/*
 * pace.h - PACE: a short password opens the chip, safe against listeners
 *
 * In the flow:  access.c  ->  [pace]  ->  sm.c
 * Includes:     access/pace_offer.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §4.4
 *
 * The mathematics is libeac's and stays behind pace.c. That library tells
 * success from failure and no more, so what went wrong is taken from the
 * chip's status words and from the transport.
 */
#ifndef READER_ACCESS_PACE_H
#define READER_ACCESS_PACE_H

#include <stdint.h>

#include "access/kdf.h"
#include "access/pace_offer.h"
#include "ck/error.h"

struct ck_channel;	/* card/channel.h */
struct ck_sm;		/* access/sm.h */

/* Which password; the numbers are those of DO'83'. §4.4.4.1 */
enum ck_pace_reference {
	CK_PACE_MRZ = 1,
	CK_PACE_CAN = 2
};

/* The password by value; its owner wipes it. */
struct ck_pace_password {
	enum ck_pace_reference reference;
	uint8_t bytes[CK_MRZ_HASH_LEN];	/* CAN: its digits; MRZ: SHA-1 of
					 * MRZ_information. §9.7.3 */
	size_t len;
};

/*
 * Run PACE: five commands, with the master file selected.
 *
 * sm  Receives the open channel; the caller owns it. NULL on error.
 *
 * Returns  CK_OK
 *          CK_ERR_ACCESS_DENIED       wrong password, on either side's proof
 *          CK_ERR_ACCESS_BLOCKED      the chip says that it is blocked
 *          CK_ERR_ACCESS_UNSUPPORTED  the chip refused the protocol before
 *                                     any proof was asked for
 *          CK_ERR_CARD_REFUSED, CK_ERR_CARD_MALFORMED, CK_ERR_CRYPTO and the
 *          channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_pace_open(struct ck_channel *channel, const struct ck_pace_offer *offer,
    const struct ck_pace_password *password, struct ck_sm **sm);

#endif /* READER_ACCESS_PACE_H */
