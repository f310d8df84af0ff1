/*
 * pace_words.h - what a chip offers under PACE, in words for a technician
 *
 * In the flow:  EF.CardAccess  ->  [pace_words]  ->  the note of access.c
 * Includes:     access/pace_offer.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.2.5 (identifiers)
 */
#ifndef READER_ACCESS_PACE_WORDS_H
#define READER_ACCESS_PACE_WORDS_H

#include <stddef.h>

#include "access/pace_offer.h"

/* Longest name of a protocol, NUL included. */
#define CK_PACE_NAME_LEN 48

/*
 * The name of a PACE protocol as the standard writes it,
 * "id-PACE-ECDH-IM-AES-CBC-CMAC-128"; "OID " and hexadecimal digits, cut where
 * it is too long, for one that it does not name.
 */
void ck_pace_name(struct ck_span oid, char out[CK_PACE_NAME_LEN]);

/*
 * Everything that EF.CardAccess offers under PACE and that we cannot answer,
 * each with the reason: "PACE with integrated mapping
 * (id-PACE-ECDH-IM-AES-CBC-CMAC-128)". Cut where size ends; always a string.
 */
void ck_pace_describe(struct ck_span card_access, char *text, size_t size);

#endif /* READER_ACCESS_PACE_WORDS_H */
