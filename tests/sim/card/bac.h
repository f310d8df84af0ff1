/*
 * bac.h - Basic Access Control, the chip's side
 *
 * Source: ICAO Doc 9303-11 §4.3, worked example in appendix D.
 */
#ifndef SIM_CARD_BAC_H
#define SIM_CARD_BAC_H

#include "sm.h"

#define SIM_BAC_RANDOM 8	/* RND.IC and RND.IFD */
#define SIM_BAC_SECRET 16	/* K.IC and K.IFD */
#define SIM_BAC_TOKEN 40	/* cryptogram of 32 and checksum of 8 */

/* KEnc and KMac of a document. */
struct sim_bac_keys {
	struct sim_key enc, mac;
};

/* Derive the document's keys from its MRZ information. §9.7.2 */
void sim_bac_derive(const char *mrz_info, struct sim_bac_keys *out);

/*
 * Answer EXTERNAL AUTHENTICATE.
 *
 * rnd_ic   The challenge that the chip gave.
 * k_ic     The chip's part of the new secret.
 * token    Command data, 40 bytes.
 * answer   Receives the response data.
 * sm       Receives the new channel.
 * Returns  false when the token was not made with these keys.
 */
bool sim_bac_answer(const struct sim_bac_keys *keys,
    const uint8_t rnd_ic[SIM_BAC_RANDOM], const uint8_t k_ic[SIM_BAC_SECRET],
    struct sim_span token, uint8_t answer[SIM_BAC_TOKEN], struct sim_sm *sm);

#endif /* SIM_CARD_BAC_H */
