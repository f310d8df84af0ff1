/*
 * security.h - EF.CardAccess, DG14 and DG15: how the chip can be trusted
 *
 * Source: ICAO Doc 9303-11 §9.2 (SecurityInfos), 9303-10 §4.7.14, §4.7.15.
 */
#ifndef SIM_CARD_SECURITY_H
#define SIM_CARD_SECURITY_H

#include <openssl/evp.h>

#include "bytes.h"
#include "pace.h"

/* What a chip offers. */
struct sim_offer {
	struct sim_pace_info pace;
	bool pace_in_dg14;		/* as a chip with PACE has it */
	bool only_im;			/* integrated mapping instead */
	bool extra_im, extra_cam;	/* further PACEInfos, before pace */
	bool extra_proprietary;
	const char *card_access;	/* hex of the file; NULL: made anew */
	enum sim_suite ca_suite;	/* Chip Authentication */
	bool aa_ecdsa;			/* Active Authentication: not RSA */
	const char *aa_hash;		/* "SHA1" or "SHA256" */
};

/* The public profile of the citizen card; aa_hash is an assumption. */
extern const struct sim_offer sim_offer_cccd;

/*
 * Append EF.CardAccess. With the citizen card's offer the bytes are those
 * known of it. with_pace false leaves PACE out. What the offer adds stands
 * before the info that the chip can play.
 */
void sim_security_card_access(const struct sim_offer *offer, bool with_pace,
    struct sim_bytes *out);

/* Append DG14: EF.CardAccess's list, and the key of Chip Authentication. */
void sim_security_dg14(const struct sim_offer *offer, EVP_PKEY *ca_key,
    struct sim_bytes *out);

/* Append DG15: the public key of Active Authentication. */
void sim_security_dg15(EVP_PKEY *aa_key, struct sim_bytes *out);

#endif /* SIM_CARD_SECURITY_H */
