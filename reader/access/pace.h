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

#include <stdbool.h>
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
	bool sure;			/* not typed by hand: may use up the
					 * last try */
};

/* What the chip told during a run, however it ended. */
struct ck_pace_report {
	bool spoken;		/* it knows PACE: it gave a nonce, or counts
				 * tries of a password */
	bool tried;		/* the password was put to the test */
	unsigned tries_left;	/* 0: it does not say */
	const char *step;	/* the last one begun; static string */
	uint16_t sw;		/* what it refused that step with; 0: it did
				 * not, or the card was lost */
};

/*
 * Run PACE: five commands, with the master file selected. A wrong password
 * leaves the chip ready for another run after a reset.
 *
 * report  Receives what the chip told, also on error.
 * sm      Receives the open channel; the caller owns it. NULL on error.
 *
 * Returns  CK_OK
 *          CK_ERR_ACCESS_DENIED       the chip refused our proof: a wrong
 *                                     password
 *          CK_ERR_ACCESS_PROOF        it took ours, but its own is wrong
 *          CK_ERR_ACCESS_BLOCKED      it says that the password is blocked or
 *                                     not usable any more
 *          CK_ERR_ACCESS_LAST_TRY     one try is left, and the password is
 *                                     not sure; nothing was tried
 *          CK_ERR_ACCESS_KEY_NEEDED   it has no password of this kind
 *          CK_ERR_ACCESS_UNSUPPORTED  it does not know this protocol
 *          CK_ERR_CARD_REFUSED        any other refusal
 *          CK_ERR_CARD_MALFORMED, CK_ERR_CRYPTO and the channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_pace_open(struct ck_channel *channel, const struct ck_pace_offer *offer,
    const struct ck_pace_password *password, struct ck_pace_report *report,
    struct ck_sm **sm);

#endif /* READER_ACCESS_PACE_H */
