/*
 * pn532_state.h - what a PN532 remembers between commands
 *
 * Shared by pn532.c (its commands), pn532_blocks.c (talk with a card) and
 * pn532_port.c (the serial line) only.
 */
#ifndef SIM_CARD_PN532_STATE_H
#define SIM_CARD_PN532_STATE_H

#include <pthread.h>

#include "pn532.h"
#include "pn532_frame.h"

/* Status bytes. UM0701-02 §7.1 table 13 */
enum {
	SIM_STATUS_OK = 0x00,
	SIM_STATUS_NO_TARGET = 0x27,	/* not acceptable now */
	SIM_STATUS_MORE = 0x40		/* the card has more to say */
};

/* Number and flag in the first byte of InDataExchange. §7.3.8 */
#define SIM_TARGET_NUMBER 0x3f
#define SIM_TARGET_MORE 0x40

/* ISO/IEC 14443-3 §6.3: a card answers REQA only when idle. */
enum sim_target_state {
	SIM_TARGET_IDLE,
	SIM_TARGET_ACTIVE,
	SIM_TARGET_ASLEEP
};

/* One place in the field. */
struct sim_target {
	struct sim_slot *slot;
	enum sim_target_state state;
	struct sim_presence seen;	/* when last looked at */
	unsigned number;		/* among the listed; 0: not listed */
	struct sim_bytes chain;		/* of the host, so far */
	struct sim_bytes rest;		/* of the answer, still to hand out */
	bool endless;			/* rest is said to go on for ever */
	unsigned block;			/* number of the next block, 0 or 1 */
};

struct sim_pn532 {
	struct sim_target targets[SIM_PN532_TARGETS];
	bool type_b;
	bool field;
	unsigned parameters;		/* SetParameters */
	unsigned retries;		/* until InListPassiveTarget gives up */
	uint8_t registers[0x10000];

	struct sim_bytes line;		/* from the host, not yet understood */
	struct sim_bytes last;		/* answer, in case of NACK */
	struct sim_bytes pending;	/* command that waits; empty: none */
	unsigned waited_ms;		/* so long already */
	bool stalled;			/* and will do so for ever */

	char path[256];			/* of the link; empty: none */
	int port;			/* pseudo terminal, master side */
	int stop[2];			/* pipe that ends the thread */
	pthread_t thread;
};

/* What came of a command. */
enum sim_pn532_result {
	SIM_PN532_DONE,
	SIM_PN532_WRONG,	/* syntax error */
	SIM_PN532_WAIT,		/* no answer yet; out is to be ignored */
	SIM_PN532_NEVER		/* nor will there be one */
};

/* Carry out one command, code included; out receives the answer's content. */
enum sim_pn532_result sim_pn532_run(struct sim_pn532 *chip,
    struct sim_span command, struct sim_bytes *out);

/* InDataExchange with a target, which may be NULL. §7.3.8 */
enum sim_pn532_result sim_pn532_exchange(struct sim_pn532 *chip,
    struct sim_target *target, struct sim_span in, struct sim_bytes *out);

/* InCommunicateThru: blocks of ISO/IEC 14443-4 made by the host. §7.3.9 */
enum sim_pn532_result sim_pn532_thru(struct sim_pn532 *chip,
    struct sim_target *target, struct sim_span in, struct sim_bytes *out);

/* Append the answer to select of a type A card. ISO/IEC 14443-4 §5.2 */
void sim_pn532_ats(const struct sim_presence *seen, struct sim_bytes *out);

/* End the thread and take the pseudo terminal away, if there is one. */
void sim_pn532_close(struct sim_pn532 *chip);

#endif /* SIM_CARD_PN532_STATE_H */
