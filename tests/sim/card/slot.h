/*
 * slot.h - one slot of the virtual reader, with or without a card in it
 *
 * In the flow:  control.c / main.c insert and remove  ->  [slot]  ->  vpcd
 *
 * An inserted card has a thread of its own, which connects to vpcd, answers
 * commands, and connects again when pcscd was restarted. All functions are
 * called from one other thread.
 */
#ifndef SIM_CARD_SLOT_H
#define SIM_CARD_SLOT_H

#include "chip.h"

struct sim_slot;	/* opaque */

/* How the slot reaches its reader. Strings are borrowed. */
struct sim_slot_config {
	const char *host;
	unsigned port;
	unsigned wait_ms;	/* how long an insertion waits for vpcd */
	unsigned link;		/* kbit/s of the time model; 0: none */
	bool real_time;		/* wait as long as the model says */
	bool log;		/* print the header of each command */
};

/* What stands in a slot now. */
struct sim_slot_state {
	char label[64];		/* of the card; empty for none */
	unsigned apdus;		/* commands since the insertion */
	uint64_t link_us;	/* modelled time of them */
};

/* An empty slot; the caller frees it with sim_slot_free(). */
struct sim_slot *sim_slot_new(const struct sim_slot_config *config);

/* Remove the card, free the slot and set *slot to NULL. */
void sim_slot_free(struct sim_slot **slot);

/*
 * Insert a chip; what was there is removed first, with a pause that the
 * reader notices. *profile is taken over and left empty in every case.
 * Returns false when vpcd does not accept the card within wait_ms.
 */
bool sim_slot_insert(struct sim_slot *slot, struct sim_profile *profile,
    const struct sim_chip_config *config, const struct sim_faults *faults);

/* Take the card away. Returns false when there was none. */
bool sim_slot_remove(struct sim_slot *slot);

/* Fill *out with what stands in the slot. */
void sim_slot_state(struct sim_slot *slot, struct sim_slot_state *out);

#endif /* SIM_CARD_SLOT_H */
