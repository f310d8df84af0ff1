/*
 * pace.h - PACE with ECDH and generic mapping, the chip's side
 *
 * Source: ICAO Doc 9303-11 §4.4, worked example in appendix G.1.
 *
 * The four steps of GENERAL AUTHENTICATE: encrypted nonce, mapping, key
 * agreement, tokens.
 */
#ifndef SIM_CARD_PACE_H
#define SIM_CARD_PACE_H

#include "apdu.h"
#include "curve.h"
#include "sm.h"

/* A protocol: what EF.CardAccess offers and MSE:Set AT chooses. */
struct sim_pace_info {
	enum sim_suite suite;
	unsigned parameter_id;
};

/* Where one run of PACE stands. All zero: not begun. */
struct sim_pace {
	bool chosen;			/* MSE:Set AT was accepted */
	unsigned step;			/* the next one, 0 to 3 */
	struct sim_pace_info info;
	struct sim_bytes password;	/* K of §9.7.3 */
	struct sim_curve *curve;
	struct sim_bytes nonce;
	struct sim_bytes generator;	/* mapped */
	struct sim_bytes secret;	/* K after key agreement */
	struct sim_bytes our_public, their_public;
};

/* Append the object identifier (content only) of PACE-ECDH-GM with suite. */
void sim_pace_oid(enum sim_suite suite, struct sim_bytes *out);

/* Read suite from such an identifier; false for any other protocol. */
bool sim_pace_parse_oid(struct sim_span oid, enum sim_suite *suite);

/*
 * Find what a SET of SecurityInfos offers: the first PACEInfo that the chip
 * can play and, where oid is not empty, that has this identifier.
 */
bool sim_pace_find(struct sim_span infos, struct sim_span oid,
    struct sim_pace_info *out);

/* Begin a run with a password: the CAN, or the SHA-1 of the MRZ. */
void sim_pace_begin(struct sim_pace *pace, const struct sim_pace_info *info,
    struct sim_span password);

/*
 * Play one step: data is the content of DO'7C' in the command, answer
 * receives that of the response. After the fourth step *sm is open. Every
 * status but SIM_SW_OK ends the run; SIM_SW_AUTH_FAILED means that the
 * terminal used another password.
 */
unsigned sim_pace_step(struct sim_pace *pace, struct sim_span data,
    struct sim_bytes *answer, struct sim_sm *sm);

/* Checksum over the other side's public key. §4.4.3.4 */
void sim_pace_token(enum sim_suite suite, struct sim_span secret,
    struct sim_span public_key, uint8_t out[SIM_MAC_LEN]);

/* Wipe and free everything; pace is all zero again. */
void sim_pace_end(struct sim_pace *pace);

#endif /* SIM_CARD_PACE_H */
