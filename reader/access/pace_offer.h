/*
 * pace_offer.h - which PACE protocol the chip offers and we speak
 *
 * In the flow:  EF.CardAccess  ->  [pace_offer]  ->  pace.c
 * Includes:     access/cipher.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.2.1 (PACEInfo),
 *               §9.5.1 (standardised domain parameters)
 */
#ifndef READER_ACCESS_PACE_OFFER_H
#define READER_ACCESS_PACE_OFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "access/cipher.h"
#include "ck/buf.h"
#include "ck/error.h"

/* Content bytes of a PACE protocol's OID: 0.4.0.127.0.7.2.2.4.m.s */
#define CK_PACE_OID_LEN 10

/* How the nonce becomes a generator; the numbers are the m of the OID. */
enum ck_pace_mapping {
	CK_PACE_DH_GM = 1,	/* generic mapping over integers */
	CK_PACE_ECDH_GM = 2	/* generic mapping over a curve */
};

/* One PACEInfo that we can answer. */
struct ck_pace_offer {
	uint8_t oid[CK_PACE_OID_LEN];
	enum ck_pace_mapping mapping;
	enum ck_suite suite;		/* the s of the OID */
	uint32_t parameter_id;		/* 0..2 (DH), 8..18 (ECDH) */
	bool ambiguous;			/* same OID with other parameters too */
};

/*
 * The first PACEInfo of EF.CardAccess that we speak: version 2, generic
 * mapping, standardised parameters.
 *
 * card_access  The whole file.
 *
 * Returns  CK_OK
 *          CK_ERR_ACCESS_UNSUPPORTED  PACE is offered, but none that we speak
 *          CK_ERR_FILE_ABSENT         no PACE is offered
 *          CK_ERR_FILE_MALFORMED      not SecurityInfos
 */
CK_MUST_CHECK enum ck_err
ck_pace_offer_choose(struct ck_span card_access, struct ck_pace_offer *out);

#endif /* READER_ACCESS_PACE_OFFER_H */
