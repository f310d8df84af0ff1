/*
 * random.c - splitmix64
 *
 * rand() differs between C libraries; a population must not.
 */
#include "random.h"

uint64_t
sim_random_next(struct sim_random *random)
{
	uint64_t z;

	random->state += UINT64_C(0x9e3779b97f4a7c15);
	z = random->state;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned
sim_random_below(struct sim_random *random, unsigned limit)
{
	return (unsigned)(sim_random_next(random) % limit);
}
