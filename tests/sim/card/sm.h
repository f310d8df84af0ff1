/*
 * sm.h - secure messaging, the chip's side
 *
 * Source: ICAO Doc 9303-11 §9.8. Commands come in as DO'87' or DO'85', DO'97'
 * and DO'8E'; answers go out as DO'87' or DO'85', DO'99' and DO'8E'.
 */
#ifndef SIM_CARD_SM_H
#define SIM_CARD_SM_H

#include "apdu.h"
#include "cipher.h"

struct sim_sm {
	bool open;
	struct sim_key enc, mac;
	uint8_t ssc[SIM_BLOCK_MAX];	/* as long as a block */
};

/* Start with keys derived from secret and the counter at zero. */
void sim_sm_start(struct sim_sm *sm, enum sim_suite suite,
    struct sim_span secret);

/* Delete the keys. */
void sim_sm_close(struct sim_sm *sm);

/*
 * Check and open one protected command.
 *
 * in       The command as received.
 * data     Receives the plain command data; owned by the caller.
 * out      Receives the plain command; its data borrows from *data.
 * Returns  SIM_SW_OK, or SIM_SW_SM_MISSING or SIM_SW_SM_WRONG; then the keys
 *          are deleted (§9.8.5).
 */
unsigned sim_sm_open(struct sim_sm *sm, const struct sim_apdu *in,
    struct sim_bytes *data, struct sim_apdu *out);

/*
 * Append the protected answer, its own trailing status word included.
 *
 * ins      Of the command: odd ones answer in DO'85'. §9.8.4
 */
void sim_sm_seal(struct sim_sm *sm, uint8_t ins, struct sim_span data,
    unsigned sw, struct sim_bytes *out);

/* The most plain bytes whose protected answer body is within limit bytes. */
size_t sim_sm_capacity(const struct sim_sm *sm, uint8_t ins, size_t limit);

#endif /* SIM_CARD_SM_H */
