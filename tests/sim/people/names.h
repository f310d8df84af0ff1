/*
 * names.h - Kinh, Khmer and Hoa names as Trà Vinh has them
 */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "random.h"

enum sim_ethnicity {
	SIM_KINH,
	SIM_KHMER,
	SIM_HOA
};

/* Kinh, Khmer or Hoa, about as often as in the province. */
enum sim_ethnicity sim_ethnicity_draw(struct sim_random *random);

/* "Kinh", "Khmer", "Hoa". */
const char *sim_ethnicity_text(enum sim_ethnicity ethnicity);

/* A surname; a fixed string. */
const char *sim_surname_draw(enum sim_ethnicity ethnicity,
    struct sim_random *random);

/* surname, middle and given name in title case, NFC, into out. */
void sim_name_draw(const char *surname, enum sim_ethnicity ethnicity,
    bool male, struct sim_random *random, char *out, size_t size);

#endif /* SIM_NAMES_H */
