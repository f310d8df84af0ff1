/*
 * kind.h - what kind of card lies there, where it is not the one we want
 *
 * Includes:  ck/card.h, ck/hint.h
 * Source:    ISO/IEC 7816-3 §8.2 (answer to reset); PC/SC part 3 §3.1.3.2.3
 *            (pseudo-ATR of contactless cards); EMV book 1 §12.2 and EMV
 *            contactless book B §3.3.1 (payment directories); AN10833 of NXP
 *            (the version of a DESFire card)
 *
 * Enough to tell the clerk "this is a bank card", never who holds it: no
 * answer is kept, no serial number is read.
 */
#ifndef READER_CARD_KIND_H
#define READER_CARD_KIND_H

#include "ck/buf.h"
#include "ck/hint.h"

struct ck_transport;	/* ck/card.h */

/*
 * What the answer to reset tells: CK_CARD_CONTACT, CK_CARD_CONTACTLESS,
 * CK_CARD_STORAGE; CK_CARD_NONE for bytes that are no ATR.
 */
enum ck_card_kind ck_kind_of_atr(struct ck_span atr);

/*
 * Reset the card and ask what it is, with four commands at most:
 * CK_CARD_DOCUMENT, CK_CARD_BANK, CK_CARD_TRANSIT, else what the ATR tells. A
 * card that is gone or silent ends the asking; what was learnt so far stands.
 */
enum ck_card_kind ck_kind_probe(struct ck_transport *card);

#endif /* READER_CARD_KIND_H */
