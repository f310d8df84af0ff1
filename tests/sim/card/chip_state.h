/*
 * chip_state.h - what a chip remembers between commands
 *
 * Shared by chip.c (channel and dispatch), chip_files.c (SELECT and READ
 * BINARY), chip_access.c (BAC and PACE), chip_prove.c (Chip and Active
 * Authentication) and chip_mislead.c (answers of a chip that means ill) only.
 */
#ifndef SIM_CARD_CHIP_STATE_H
#define SIM_CARD_CHIP_STATE_H

#include "apdu.h"
#include "bac.h"
#include "chip.h"
#include "link.h"
#include "pace.h"

struct sim_chip {
	const struct sim_profile *profile;
	const struct sim_chip_config *config;
	const struct sim_faults *faults;
	unsigned commands;		/* so far; kept over resets */
	unsigned step;		/* of a DESFire answer in parts */
	unsigned wrong_passwords;	/* kept over resets, as in flash */

	bool in_application;	/* the eMRTD applet is selected */
	int current;		/* enum sim_file, or SIM_FILE_NONE */
	bool granted;		/* access control succeeded */
	struct sim_sm sm;
	struct sim_pace pace;
	uint8_t challenge[SIM_BAC_RANDOM];
	bool challenged;
	bool ca_chosen;		/* MSE:Set AT named Chip Authentication */
	enum sim_suite ca_suite;
	struct sim_sm next_sm;	/* open: replaces sm after this answer */
	struct sim_cost cost;	/* of the command being answered */

	size_t capacity;	/* most plain bytes of this answer */
	bool ne_short;		/* its Le field was a short one */
	struct sim_bytes chained;	/* data of a chain under way */
	struct sim_bytes waiting;	/* for GET RESPONSE; ends in SW */
	struct sim_bytes last_sealed;	/* for sm-replay-after */
	unsigned sealed;		/* protected answers so far */
};

/* Handlers take a plain command, append plain data, return the status. */
typedef unsigned sim_handler(struct sim_chip *chip,
    const struct sim_apdu *apdu, struct sim_bytes *data);

/* SELECT: application by name, elementary file by identifier. */
sim_handler sim_chip_select;

/* READ BINARY with even and with odd instruction byte. */
sim_handler sim_chip_read;

/* GET CHALLENGE and EXTERNAL AUTHENTICATE: BAC. */
sim_handler sim_chip_get_challenge;
sim_handler sim_chip_external_authenticate;

/* MANAGE SECURITY ENVIRONMENT and GENERAL AUTHENTICATE: PACE. */
sim_handler sim_chip_manage_environment;
sim_handler sim_chip_general_authenticate;

/* MSE:Set KAT, MSE:Set AT and GENERAL AUTHENTICATE: Chip Authentication. */
sim_handler sim_chip_set_kat;
sim_handler sim_chip_set_ca;
sim_handler sim_chip_ca_authenticate;

/* INTERNAL AUTHENTICATE: Active Authentication. */
sim_handler sim_chip_internal_authenticate;

/*
 * Answer in the place of the chip, if a fault says so. False when the chip is
 * to answer.
 */
bool sim_chip_mislead(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *answer);

/* Most data that an answer may carry where nothing else limits it. */
#define SIM_ANSWER_MAX ((size_t)SIM_EXTENDED_FULL - 2)

/* Delete session keys and every right that hung on them. §9.8.5 */
void sim_chip_drop_session(struct sim_chip *chip);

#endif /* SIM_CARD_CHIP_STATE_H */
