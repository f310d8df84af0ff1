/*
 * pace_offer.h - which PACE protocol the chip offers and we speak
 *
 * In the flow:  EF.CardAccess  ->  [pace_offer]  ->  pace.c
 * Includes:     access/cipher.h, lds/security_infos.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.2.1 (PACEInfo),
 *               §9.2.2 (PACEDomainParameterInfo), §9.5.1 (standardised domain
 *               parameters)
 */
#ifndef READER_ACCESS_PACE_OFFER_H
#define READER_ACCESS_PACE_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/cipher.h"
#include "ck/buf.h"
#include "ck/error.h"
#include "lds/security_infos.h"

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
	bool ambiguous;			/* other parameters are offered too */
};

/* Why a PACEInfo is none that we can answer; the first that applies. */
enum ck_pace_fault {
	CK_PACE_SPOKEN = 0,	/* we can */
	CK_PACE_OTHER_OID,	/* no protocol, or domain parameters alone */
	CK_PACE_OTHER_MAPPING,	/* integrated, chip authentication, new ones */
	CK_PACE_OTHER_CIPHER,	/* the s of the OID */
	CK_PACE_OTHER_VERSION,	/* not 2 */
	CK_PACE_EXPLICIT,	/* parameters of the chip's own */
	CK_PACE_RESERVED	/* a number that names no parameters for it */
};

/* Read one PACEInfo. *out is filled as far as it was understood. */
enum ck_pace_fault
ck_pace_offer_read(const struct ck_security_info *info,
    struct ck_pace_offer *out);

/*
 * The best PACEInfo of EF.CardAccess that we speak: version 2, generic
 * mapping, standardised parameters. Best is first the strongest cipher
 * (AES-256, AES-192, AES-128, 3DES), then the highest parameter number, which
 * puts curves before integers and long before short; then the chip's order.
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
