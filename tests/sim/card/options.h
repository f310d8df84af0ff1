/*
 * options.h - the command line of sim-card
 */
#ifndef SIM_CARD_OPTIONS_H
#define SIM_CARD_OPTIONS_H

#include "chip.h"
#include "faults.h"
#include "security.h"

/* Strings borrow from the argument vector. */
struct sim_card_options {
	const char *person;	/* label, number or files:DIR; may be NULL */
	const char *control;	/* path of the control socket; may be NULL */
	const char *state_dir;
	const char *export_dir;
	const char *pn532;	/* link to the terminal of a PN532; may be NULL */
	bool type_b;		/* its cards are type B */
	const char *host;
	unsigned port;		/* of slot 0 */
	bool explicit_curve;	/* in certificates */
	uint32_t seed;
	bool log;
	struct sim_chip_config chip;
	struct sim_faults faults;
	struct sim_offer offer;
	unsigned link;		/* kbit/s of the time model; 0: none */
	bool real_time;		/* and wait as long as it says */
};

enum sim_options_result {
	SIM_OPTIONS_RUN,
	SIM_OPTIONS_DONE,	/* --help was printed */
	SIM_OPTIONS_WRONG	/* the mistake was printed */
};

/* Read the command line. */
enum sim_options_result sim_card_options_read(int argc, char **argv,
    struct sim_card_options *out);

#endif /* SIM_CARD_OPTIONS_H */
