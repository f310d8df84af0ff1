/*
 * sod.h - EF.SOD: the issuer's signature over the hashes of the files
 *
 * Source: ICAO Doc 9303-10 §4.6.2 (Document Security Object), 9303-12 §8.
 */
#ifndef SIM_CARD_SOD_H
#define SIM_CARD_SOD_H

#include <time.h>

#include "faults.h"
#include "files.h"
#include "pki.h"

/* How an EF.SOD is to be signed. All borrowed. */
struct sim_sod_wish {
	const struct sim_identity *signer;
	const struct sim_identity *second;	/* two-signers: the other */
	X509 *extra[2];		/* more certificates to carry; may be NULL */
	const char *hash;	/* "SHA256", or "SHA1" for the old way */
	time_t signed_at;	/* signing time that it states */
	const struct sim_faults *faults;	/* of the signature */
};

/* Append EF.SOD over the data groups of profile that are present. */
void sim_sod_build(const struct sim_profile *profile,
    const struct sim_sod_wish *wish, struct sim_bytes *out);

#endif /* SIM_CARD_SOD_H */
