/*
 * card.h - a simulated chip as a transport, inside the test's own process
 *
 * In the flow:  tests/sim/card (the chip)  ->  [card]  ->  ck_read_card()
 *
 * No pcscd and no socket in between: a read takes milliseconds, and whoever
 * tests may change each answer on its way. What the chip computes is marked
 * by hostile_in_chip, so that checks of the product's calls leave it out.
 */
#ifndef TESTS_HOSTILE_SUPPORT_CARD_H
#define TESTS_HOSTILE_SUPPORT_CARD_H

#include "../../sim/card/personalise.h"
#include "ck/card.h"
#include "ck/reader.h"
#include "trust/anchors.h"

/* True while the simulated chip works. */
extern _Thread_local bool hostile_in_chip;

struct hostile_card;

/*
 * Called with each answer before the reader sees it; index counts commands
 * from 0. What it returns is what transmit returns.
 */
typedef enum ck_err hostile_hook(void *ctx, struct hostile_card *card,
    unsigned index, struct sim_bytes *answer);

/* One card on the reader. Start zeroed; finish with hostile_card_free(). */
struct hostile_card {
	struct ck_transport transport;	/* first: the ops cast back */
	struct sim_profile profile;	/* owned */
	struct sim_chip_config config;
	struct sim_faults faults;
	struct sim_chip *chip;
	struct sim_bytes atr;
	unsigned commands;		/* since it was put down */
	hostile_hook *hook;		/* may be NULL */
	void *ctx;
};

/* The citizen card: everything it is known to be able to do. */
extern const struct sim_chip_config hostile_config_cccd;

/*
 * Make the chip of who ("code-000", a number, "files:DIR") with faults in the
 * words of sim-card --help, and put it down. config and hook are set before.
 * Ends the program where the simulator knows no such person or fault.
 */
void hostile_card_make(struct hostile_card *card,
    const struct sim_factory *factory, const char *who, const char *faults);

/* Put down a card whose profile is already there. */
void hostile_card_start(struct hostile_card *card);

void hostile_card_free(struct hostile_card *card);

/* The CAN or the MRZ of the card's holder. */
struct ck_secret hostile_secret_can(const struct hostile_card *card);
struct ck_secret hostile_secret_mrz(const struct hostile_card *card);

/* The country that signs these chips; keys live in memory only. */
void hostile_factory_open(struct sim_factory *factory);
void hostile_factory_close(struct sim_factory *factory);

/* A trust store with that country in it; free with ck_anchors_free(). */
struct ck_anchors *hostile_anchors(const struct sim_factory *factory);

/*
 * Random numbers become a fixed sequence, in this process and in OpenSSL's
 * own functions, starting over at each call: the same read costs the same
 * calls and gives the same bytes.
 */
void hostile_random_fixed(uint64_t seed);

#endif /* TESTS_HOSTILE_SUPPORT_CARD_H */
