/*
 * insure.h - insurance cards of the synthetic people
 */
#ifndef SIM_INSURE_H
#define SIM_INSURE_H

#include "people.h"
#include "random.h"

/*
 * Give the person the cards and the record that the gateway holds, as its
 * codes (already in person->code and code_by_insurance) need them. Periods
 * move with sim_today(); all else follows from random.
 */
void sim_insure(struct sim_person *person, struct sim_random *random);

#endif /* SIM_INSURE_H */
