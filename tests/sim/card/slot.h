/*
 * slot.h - one slot of the virtual reader, with or without a card in it
 *
 * In the flow:  control.c / main.c insert and remove  ->  [slot]  ->  vpcd
 *               pn532.c activates and asks  ->  [slot]
 *
 * An inserted card has a thread of its own, which connects to vpcd, answers
 * commands, and connects again when pcscd was restarted. In a PN532's field
 * it has none: the PN532's thread asks it. All other functions are called
 * from one thread.
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
	bool in_field;		/* no vpcd: the card lies on a PN532 */
};

/* What became of a command. */
enum sim_reply {
	SIM_REPLY_ANSWER,
	SIM_REPLY_ENDLESS,	/* an answer whose pieces never end */
	SIM_REPLY_SILENT,	/* the chip says nothing */
	SIM_REPLY_STALLED,	/* the chip asks for more time, for ever */
	SIM_REPLY_GONE		/* no card, or no longer the same */
};

/* How a card shows itself in the field. ISO/IEC 14443-3 and -4 */
struct sim_presence {
	unsigned insertion;	/* counts cards: another one is another card */
	uint8_t uid[10];
	size_t uid_len;
	uint8_t atqa[2];	/* type A, as the PN532 gives it */
	uint8_t sak;
	bool has_blocks;	/* speaks ISO/IEC 14443-4 */
	uint8_t historical[16];
	size_t historical_len;
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
 * reader notices. *profile is taken over and left empty in every case, and so
 * is *other: the chip for swapped-after, empty without that fault.
 * Returns false when vpcd does not accept the card within wait_ms.
 */
bool sim_slot_insert(struct sim_slot *slot, struct sim_profile *profile,
    struct sim_profile *other, const struct sim_chip_config *config,
    const struct sim_faults *faults);

/* Take the card away. Returns false when there was none. */
bool sim_slot_remove(struct sim_slot *slot);

/* Fill *out with what stands in the slot. */
void sim_slot_state(struct sim_slot *slot, struct sim_slot_state *out);

/*
 * A reader's field reaches the slot: fill *out with what lies there, or
 * return false. The chip keeps what it knows.
 */
bool sim_slot_look(struct sim_slot *slot, struct sim_presence *out);

/* The field goes away or comes back: the chip starts anew. */
void sim_slot_power(struct sim_slot *slot);

/*
 * Ask the card of that insertion one command; answer receives what it says.
 * Only for slots in a field.
 */
enum sim_reply sim_slot_ask(struct sim_slot *slot, unsigned insertion,
    struct sim_span command, struct sim_bytes *answer);

/* The status that a PN532 gives once this card is lost. UM0701-02 §7.1 */
unsigned sim_slot_lost_status(struct sim_slot *slot);

#endif /* SIM_CARD_SLOT_H */
