/*
 * pace.h - PACE with generic mapping (ECDH and DH), the chip's side
 *
 * Source: ICAO Doc 9303-11 §4.4, worked examples in appendices G.1 and G.2.
 *
 * The four steps of GENERAL AUTHENTICATE: encrypted nonce, mapping, key
 * agreement, tokens.
 */
#ifndef SIM_CARD_PACE_H
#define SIM_CARD_PACE_H

#include "apdu.h"
#include "group.h"
#include "sm.h"

/* A protocol: what EF.CardAccess offers and MSE:Set AT chooses. */
struct sim_pace_info {
	enum sim_suite suite;
	unsigned parameter_id;	/* 0 to 2: DH, 8 to 18: ECDH */
};

/* Where one run of PACE stands. All zero: not begun. */
struct sim_pace {
	bool chosen;			/* MSE:Set AT was accepted */
	unsigned step;			/* the next one, 0 to 3 */
	struct sim_pace_info info;
	struct sim_bytes password;	/* K of §9.7.3 */
	struct sim_group group;
	struct sim_bytes nonce;
	struct sim_bytes generator;	/* mapped */
	struct sim_bytes secret;	/* K after key agreement */
	struct sim_bytes our_public, their_public;
};

/* Append the object identifier (content only) of info's protocol. */
void sim_pace_oid(const struct sim_pace_info *info, struct sim_bytes *out);

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
void sim_pace_token(const struct sim_pace_info *info, struct sim_span secret,
    struct sim_span public_key, uint8_t out[SIM_MAC_LEN]);

/* Wipe and free everything; pace is all zero again. */
void sim_pace_end(struct sim_pace *pace);

#endif /* SIM_CARD_PACE_H */
