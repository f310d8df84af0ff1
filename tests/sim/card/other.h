/*
 * other.h - cards that are no travel document at all
 *
 * Source: EMV Book 1 §11.3 and Book B (payment directories); NXP AN10833 and
 * the DESFire ISO wrapping of commands (CLA 90); PC/SC part 3 §3.1.3.2.3
 * (pseudo-ATR of memory cards).
 */
#ifndef SIM_CARD_OTHER_H
#define SIM_CARD_OTHER_H

#include "apdu.h"
#include "files.h"

/*
 * Answer one command as a card of that kind would, which is not
 * SIM_KIND_EMRTD. step counts the parts of a DESFire answer given so far.
 */
void sim_other_command(enum sim_kind kind, const struct sim_apdu *apdu,
    unsigned *step, struct sim_bytes *answer);

/* Append the answer to reset of such a card. */
void sim_other_atr(enum sim_kind kind, struct sim_bytes *out);

#endif /* SIM_CARD_OTHER_H */
