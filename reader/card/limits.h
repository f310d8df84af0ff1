/*
 * limits.h - what lengths a card can take, as it announces them
 *
 * Source:  ISO/IEC 7816-4 §12.1 (historical bytes, card capabilities, EF.
 *          ATR/INFO), 7816-3 §8.2 (answer to reset); PC/SC part 3 §3.1.3.2.3
 *          (pseudo-ATR of contactless cards, which carries the historical
 *          bytes of ISO 14443-4)
 *
 * A card that announces nothing gets short commands, until a plain read before
 * access control has shown that it can do better.
 */
#ifndef READER_CARD_LIMITS_H
#define READER_CARD_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"

/*
 * Largest answer asked for, in bytes without SW1 SW2. Ours: pcsc-lite's vpcd
 * driver writes the length of an answer in 16 bits, SW1 SW2 and two more
 * included.
 */
#define CK_ANSWER_MAX 65532

enum ck_extended {
	CK_EXTENDED_UNKNOWN,	/* nothing said yet */
	CK_EXTENDED_NO,
	CK_EXTENDED_YES
};

struct ck_limits {
	enum ck_extended extended;	/* extended length fields */
	bool chaining;			/* command chaining */
	size_t command_max;		/* bytes of a whole command APDU */
	size_t answer_max;		/* bytes of answer without SW1 SW2;
					 * CK_ANSWER_MAX: whatever the card
					 * has, for it gave no smaller one */
};

/*
 * Limits as the ATR states them. Bytes that are no ATR, or one without card
 * capabilities, leave extended unknown and the limits short. So does one whose
 * historical bytes are not compact-TLV objects to their end: a pseudo-ATR may
 * hold the reader's words there, or a type B card's protocol data.
 */
void ck_limits_from_atr(struct ck_span atr, struct ck_limits *limits);

/*
 * Short commands only, for a reader that carries no more; what the card
 * announces later changes nothing of it.
 */
void ck_limits_short(struct ck_limits *limits);

/*
 * Add what EF.ATR/INFO states: DO'7F66' (extended length information) and
 * DO'47' (card capabilities). Malformed or absent objects change nothing.
 */
void ck_limits_from_info(struct ck_span file, struct ck_limits *limits);

/* The card has shown that it takes short commands only. */
void ck_limits_short(struct ck_limits *limits);

#endif /* READER_CARD_LIMITS_H */
