/*
 * places.h - communes and facilities of Trà Vinh
 */
#ifndef SIM_PLACES_H
#define SIM_PLACES_H

#include <stddef.h>

#include "random.h"

/* One commune; district names as of 2024. */
struct sim_place {
	const char *commune;	/* "Xã Phước Hảo" */
	const char *district;	/* "Huyện Châu Thành" */
	const char *facility;	/* where its people are registered */
	const char *facility_name;
};

/* Draw a commune; a fixed row. */
const struct sim_place *sim_place_draw(struct sim_random *random);

/* Name of a facility of the table, or a general name for any other code. */
const char *sim_facility_name(const char *code);

/* "Phước Hảo, Châu Thành, Trà Vinh": the place of origin. */
void sim_place_origin(const struct sim_place *place, char *out, size_t size);

/* A residence as the card prints it: hamlet or street and commune. */
void sim_place_residence(const struct sim_place *place,
    struct sim_random *random, char *out, size_t size);

/* The same, in full: always more than 127 bytes (DER long-form length). */
void sim_place_residence_long(const struct sim_place *place,
    struct sim_random *random, char *out, size_t size);

#endif /* SIM_PLACES_H */
