/*
 * modp.h - prime groups of PACE with Diffie-Hellman
 *
 * Source: RFC 5114 §2.1 to §2.3, standardised domain parameters 0 to 2 of
 * ICAO Doc 9303-11 §9.5.1. Public values are as wide as the prime.
 */
#ifndef SIM_CARD_MODP_H
#define SIM_CARD_MODP_H

#include "bytes.h"

struct sim_modp;	/* opaque: prime, order of the subgroup, generator */

/* Open standardised parameters 0 to 2, or NULL for any other id. */
struct sim_modp *sim_modp_new(unsigned parameter_id);

/* Free and set *group to NULL. */
void sim_modp_free(struct sim_modp **group);

/* Append a fresh private key. */
void sim_modp_random(const struct sim_modp *group, struct sim_bytes *out);

/*
 * Append base ^ exponent; an empty base stands for the group's generator.
 * False when base is not in the subgroup or the result is 1.
 */
bool sim_modp_power(const struct sim_modp *group, struct sim_span exponent,
    struct sim_span base, struct sim_bytes *out);

/* Append g ^ nonce * base: PACE generic mapping. §4.4.3.3.1 */
bool sim_modp_map(const struct sim_modp *group, struct sim_span nonce,
    struct sim_span base, struct sim_bytes *out);

#endif /* SIM_CARD_MODP_H */
