/*
 * personalise.h - from a person, or a directory, to a chip with its faults
 */
#ifndef SIM_CARD_PERSONALISE_H
#define SIM_CARD_PERSONALISE_H

#include "../people/people.h"
#include "chip.h"
#include "faults.h"
#include "files.h"
#include "pki.h"
#include "security.h"

/* Where chips come from. */
struct sim_factory {
	struct sim_pki pki;
	const char *state_dir;		/* may be NULL */
	uint32_t seed;			/* of the population */
	struct sim_offer offer;		/* what chips offer */
};

/*
 * Make a chip: who is a label, number or "files:DIR".
 *
 * config   What the chip's system can do, for EF.ATR/INFO.
 * faults   Applied to the files here; the rest is the chip's.
 * Returns  false with a message in why when nobody is called that.
 */
bool sim_personalise(const struct sim_factory *factory, const char *who,
    const struct sim_chip_config *config, const struct sim_faults *faults,
    struct sim_profile *out, char *why, size_t why_size);

/*
 * Make a chip of the same population for somebody who has another label: what
 * swapped-after puts in its place.
 */
void sim_personalise_other(const struct sim_factory *factory,
    const char *label, const struct sim_faults *faults,
    struct sim_profile *out);

#endif /* SIM_CARD_PERSONALISE_H */
