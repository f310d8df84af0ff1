/*
 * sod.h - EF.SOD: the issuer's signature over the hashes of the files
 *
 * Source: ICAO Doc 9303-10 §4.6.2 (Document Security Object), 9303-12 §8.
 */
#ifndef SIM_CARD_SOD_H
#define SIM_CARD_SOD_H

#include <time.h>

#include "files.h"
#include "pki.h"

/*
 * Append EF.SOD over the data groups of profile that are present.
 *
 * hash     "SHA256", or "SHA1" for the old way.
 * signed_at  Signing time that it states.
 */
void sim_sod_build(const struct sim_profile *profile,
    const struct sim_identity *signer, const char *hash, time_t signed_at,
    struct sim_bytes *out);

#endif /* SIM_CARD_SOD_H */
