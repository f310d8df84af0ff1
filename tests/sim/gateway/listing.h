/*
 * listing.h - the population as JSON lines
 */
#ifndef SIM_LISTING_H
#define SIM_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One object a line for each person. Returns false when out is full. */
bool sim_listing_write(uint32_t seed, FILE *out);

#endif /* SIM_LISTING_H */
