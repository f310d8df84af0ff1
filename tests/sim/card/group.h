/*
 * group.h - what PACE computes in: an elliptic curve or a prime group
 *
 * Source: ICAO Doc 9303-11 §9.5.1, table of standardised domain parameters:
 * 0 to 2 are prime groups (modp.h), 8 to 18 curves (curve.h).
 */
#ifndef SIM_CARD_GROUP_H
#define SIM_CARD_GROUP_H

#include "curve.h"
#include "modp.h"

/* One of the two is NULL. All zero: not opened. */
struct sim_group {
	struct sim_curve *curve;
	struct sim_modp *modp;
};

/* Whether there are standardised parameters with this id. */
bool sim_group_known(unsigned parameter_id);

/* Whether they are a prime group. */
bool sim_group_is_modp(unsigned parameter_id);

/* Open known parameters; the caller frees them with sim_group_free(). */
void sim_group_open(struct sim_group *group, unsigned parameter_id);

/* Free; group is all zero again. */
void sim_group_free(struct sim_group *group);

/* Append a fresh private key. */
void sim_group_random(const struct sim_group *group, struct sim_bytes *out);

/*
 * Append the element that a private key makes of another one; an empty one
 * stands for the generator. False when element is not of the group or the
 * result is neutral.
 */
bool sim_group_apply(const struct sim_group *group, struct sim_span key,
    struct sim_span element, struct sim_bytes *out);

/* Append the mapped generator of a nonce and a shared element. */
bool sim_group_map(const struct sim_group *group, struct sim_span nonce,
    struct sim_span element, struct sim_bytes *out);

/*
 * An element as it travels and stands in tokens: of an integer without leading
 * zeros, as unsigned integers are written.
 */
struct sim_span sim_group_public(const struct sim_group *group,
    struct sim_span element);

/* The part of a shared element that keys are derived from. */
struct sim_span sim_group_secret(const struct sim_group *group,
    struct sim_span element);

#endif /* SIM_CARD_GROUP_H */
