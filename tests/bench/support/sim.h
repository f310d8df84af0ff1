/*
 * sim.h - the simulated card of a measurement
 */
#ifndef BENCH_SIM_H
#define BENCH_SIM_H

#include "ck/reader.h"

/* What the card's model of time and its count of commands say now. */
struct bench_card {
	double link_ms;
	unsigned apdus;
};

/* Print what is wrong and end the measurement. */
_Noreturn void bench_die(const char *what);

/* Put label's card on the reader of the clinic in dir; its CAN to secret. */
void bench_insert(const char *dir, const char *label,
    struct ck_secret *secret);

/* As counted since the insertion. */
struct bench_card bench_card_now(const char *dir);

#endif /* BENCH_SIM_H */
