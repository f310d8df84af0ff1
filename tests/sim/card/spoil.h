/*
 * spoil.h - what is wrong in the files of a chip
 */
#ifndef SIM_CARD_SPOIL_H
#define SIM_CARD_SPOIL_H

#include "faults.h"
#include "files.h"
#include "security.h"

/*
 * Faults of content, before the issuer signs: the hashes hold, so that only a
 * parser can notice.
 */
void sim_spoil_content(const struct sim_faults *faults,
    struct sim_profile *profile);

/* Tampering, after the issuer has signed: only the hash can notice. */
void sim_spoil_signed(const struct sim_faults *faults,
    struct sim_profile *profile);

/* What the chip pretends besides its signed files. */
void sim_spoil_access(const struct sim_offer *offer,
    const struct sim_faults *faults, struct sim_profile *profile);

#endif /* SIM_CARD_SPOIL_H */
