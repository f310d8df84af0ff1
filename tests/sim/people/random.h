/*
 * random.h - the same numbers from the same seed, on every machine
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

/* A splitmix64 generator; any state is a good one. */
struct sim_random {
	uint64_t state;
};

/* The next 64 bits. */
uint64_t sim_random_next(struct sim_random *random);

/* A number in 0 .. limit-1; limit must not be 0. */
unsigned sim_random_below(struct sim_random *random, unsigned limit);

#endif /* SIM_RANDOM_H */
