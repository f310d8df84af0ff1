/*
 * chip.h - one simulated chip: commands in, answers out
 *
 * In the flow:  slot.c receives from vpcd  ->  [chip]  ->  files, sm, pace
 * Source:       ISO/IEC 7816-4; ICAO Doc 9303-10 §3.6, 9303-11 §4
 *
 * A chip belongs to one thread.
 */
#ifndef SIM_CARD_CHIP_H
#define SIM_CARD_CHIP_H

#include "faults.h"
#include "files.h"
#include "link.h"

/* What the chip answers to a reset. */
enum sim_atr {
	SIM_ATR_TYPE_A,		/* pseudo-ATR with card capabilities */
	SIM_ATR_TYPE_B,		/* pseudo-ATR of type B */
	SIM_ATR_PLAIN,		/* pseudo-ATR without historical bytes */
	SIM_ATR_CONTACT		/* T=1, by contacts */
};

/* What the chip's operating system can do. */
struct sim_chip_config {
	enum sim_atr atr;
	bool pace, bac;
	bool ca, aa;		/* can prove to be no copy */
	size_t extended;	/* longest APDU in bytes; 0: short only */
	bool chaining;		/* command chaining is announced and works */
	bool get_response;	/* READ BINARY too gives more than fits: 61xx */
	bool strict_le;		/* a Le beyond the end answers 6Cxx, not 6282 */
	unsigned block_after;	/* wrong passwords until 6983; 0: never */
};

/* Longest APDU of a chip with full extended length. */
#define SIM_EXTENDED_FULL 65535

struct sim_chip;

/*
 * Make a chip. profile, config and faults are borrowed and must outlive it.
 * The caller frees it with sim_chip_free().
 */
struct sim_chip *sim_chip_new(const struct sim_profile *profile,
    const struct sim_chip_config *config, const struct sim_faults *faults);

/* Wipe, free and set *chip to NULL. */
void sim_chip_free(struct sim_chip **chip);

/* Power on or reset: the master file is selected, no access is granted. */
void sim_chip_reset(struct sim_chip *chip);

/* Append the answer to reset that config asks for. */
void sim_chip_atr(const struct sim_chip *chip, struct sim_bytes *out);

/* Append the historical bytes: what the chip says of itself on arrival. */
void sim_chip_historical(const struct sim_chip *chip, struct sim_bytes *out);

/* Append the answer (data and status word) to one command. */
void sim_chip_command(struct sim_chip *chip, struct sim_span command,
    struct sim_bytes *answer);

/* What the last command cost the chip. */
struct sim_cost sim_chip_cost(const struct sim_chip *chip);

/*
 * Append the historical bytes' card capabilities (DO'73', compact TLV content
 * of 3 bytes) of a chip with config. ISO/IEC 7816-4 §8.1.1.2.7
 */
void sim_chip_capabilities(const struct sim_chip_config *config,
    struct sim_bytes *out);

/* Append the content of EF.ATR/INFO of such a chip. ISO/IEC 7816-4 §12.7 */
void sim_chip_atr_info(const struct sim_chip_config *config,
    struct sim_bytes *out);

#endif /* SIM_CARD_CHIP_H */
