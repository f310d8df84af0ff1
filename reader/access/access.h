/*
 * access.h - open the chip: PACE where it is offered, BAC only where allowed
 *
 * In the flow:  read.c  ->  [access]  ->  pace.c or bac.c
 * Includes:     ck/reader.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §4.2 (chip access
 *               procedure)
 *
 * There is no silent step down: a chip that offers PACE is opened by PACE or
 * not at all. BAC needs the caller's permission and a chip whose EF.CardAccess
 * offers no PACE, or is absent or unreadable and that does not know PACE when
 * it is tried. A signed DG14 that offers PACE undoes it later (read.c).
 */
#ifndef READER_ACCESS_ACCESS_H
#define READER_ACCESS_ACCESS_H

#include "ck/error.h"
#include "ck/reader.h"

struct ck_channel;	/* card/channel.h */

/* Tries of BAC that no configuration can exceed: how a real chip answers to
 * repeated failure is not known. */
#define CK_BAC_TRIES_LIMIT 9

/*
 * Open the chip and select the LDS1 applet. The channel is fresh: its card has
 * just been connected or reset. Lengths that the card announces, or shows to
 * take, are kept in the channel.
 *
 * One password is tried: the MRZ's where the secret is an MRZ, else the CAN.
 * After a refusal no other one is taken up, for the chip counts every try.
 * Only BAC from a QR code has more than one key: the expiry dates of expiry.h,
 * at most options->bac_tries_max, and none after a sign of blocking.
 *
 * access   Receives how it was opened; CK_ACCESS_NONE on error.
 * opening  Receives what the chip told, also on error.
 *
 * Returns  CK_OK
 *          CK_ERR_ACCESS_UNSUPPORTED  no protocol that we speak, or only BAC
 *                                     and it is not allowed; the note says
 *                                     which
 *          CK_ERR_ACCESS_KEY_NEEDED   the secret lacks what the protocol needs
 *          CK_ERR_CARD_UNSUPPORTED    no LDS1 applet
 *          CK_ERR_FILE_MALFORMED      EF.CardAccess is broken
 *          ck_pace_open()'s, ck_bac_open()'s and the channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_access_open(struct ck_channel *channel, const struct ck_secret *secret,
    const struct ck_read_options *options, enum ck_access *access,
    struct ck_opening *opening);

#endif /* READER_ACCESS_ACCESS_H */
