/*
 * channel.h - commands to the card, however they have to travel
 *
 * In the flow:  transport  <-  [channel]  <-  access/, file.c
 * Includes:     ck/card.h, card/apdu.h, card/limits.h
 * Source:       ISO/IEC 7816-4 §5.3 (chaining), §5.6 (61xx, 6Cxx)
 *
 * Whoever sends a command gives its plain form and gets the plain answer. The
 * channel protects it once access control has succeeded, chooses short or
 * extended length, splits what the card cannot take at once, fetches the rest
 * of an answer, and counts. One channel is one card between two resets.
 */
#ifndef READER_CARD_CHANNEL_H
#define READER_CARD_CHANNEL_H

#include <stdint.h>

#include "card/apdu.h"
#include "card/limits.h"
#include "ck/buf.h"
#include "ck/card.h"
#include "ck/error.h"

struct ck_read_observer;	/* ck/reader.h */
struct ck_sm;			/* access/sm.h */

struct ck_channel {
	struct ck_transport *transport;	/* borrowed */
	const struct ck_read_observer *observer; /* borrowed; may be NULL */
	struct ck_sm *sm;		/* owned; NULL: plain */
	struct ck_limits limits;
	unsigned answers;		/* authentic ones under these keys */
	unsigned apdus;			/* command APDUs sent */
	uint64_t bytes_out, bytes_in;	/* of all APDUs, whole */
};

/* Begin with a card whose ATR is in transport. observer may be NULL. */
void ck_channel_init(struct ck_channel *channel,
    struct ck_transport *transport, const struct ck_read_observer *observer);

/* The card has been reset: keys and limits are forgotten, counters go on. */
void ck_channel_restart(struct ck_channel *channel);

/*
 * Protect everything from now on. Takes *sm and sets it to NULL; a channel
 * that was there before is wiped.
 */
void ck_channel_secure(struct ck_channel *channel, struct ck_sm **sm);

/*
 * Send one command and receive its whole answer.
 *
 * plain  Before any protection.
 * data   Replaced by the plain answer without SW1 SW2; the caller owns and
 *        wipes it. Empty on error.
 * sw     Receives SW1 SW2; 0 on error, except after CK_ERR_SM_ABORTED.
 *
 * Returns  CK_OK                 any status word: look at *sw
 *          the transport's errors, CK_ERR_CARD_MALFORMED for an answer that
 *          does not end, ck_sm_unwrap()'s errors, CK_ERR_LIMIT, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_channel_send(struct ck_channel *channel, const struct ck_apdu *plain,
    struct ck_buf *data, uint16_t *sw);

/* Most plain bytes that one answer can bring. */
size_t ck_channel_answer_max(const struct ck_channel *channel);

/* Wipe keys and counters. The transport stays the caller's. */
void ck_channel_wipe(struct ck_channel *channel);

#endif /* READER_CARD_CHANNEL_H */
