/*
 * curve.h - elliptic curves of PACE and Chip Authentication
 *
 * Source: ICAO Doc 9303-11 §9.5.1, standardised domain parameters. Points are
 * uncompressed octet strings (04 X Y), scalars and coordinates as wide as the
 * field; BSI TR-03111.
 */
#ifndef SIM_CARD_CURVE_H
#define SIM_CARD_CURVE_H

#include "bytes.h"

struct sim_curve;	/* opaque: one set of domain parameters */

/* Open standardised parameters 8 to 18, or NULL for any other id. */
struct sim_curve *sim_curve_new(unsigned parameter_id);

/* OpenSSL's name of standardised parameters, NULL for other ids. */
const char *sim_curve_name(unsigned parameter_id);

/* Free and set *curve to NULL. */
void sim_curve_free(struct sim_curve **curve);

/* Append a fresh private key. */
void sim_curve_random(const struct sim_curve *curve, struct sim_bytes *out);

/*
 * Append scalar · point; an empty point stands for the curve's generator.
 * False when point is not on the curve or the product is at infinity.
 */
bool sim_curve_multiply(const struct sim_curve *curve, struct sim_span scalar,
    struct sim_span point, struct sim_bytes *out);

/* Append nonce · G + point: PACE generic mapping. §4.4.3.3.1 */
bool sim_curve_map(const struct sim_curve *curve, struct sim_span nonce,
    struct sim_span point, struct sim_bytes *out);

/* The x coordinate inside an uncompressed point. */
struct sim_span sim_curve_x(struct sim_span point);

#endif /* SIM_CARD_CURVE_H */
