/*
 * lds.h - the data groups of a person's card, encoded
 *
 * Source: ICAO Doc 9303-10 §4.6 and §4.7 (EF.COM, DG1, DG2); ISO/IEC 19794-5
 * §5 (face record); DG13 as the Vietnamese card has it.
 */
#ifndef SIM_CARD_LDS_H
#define SIM_CARD_LDS_H

#include "../people/people.h"
#include "bytes.h"
#include "files.h"

/* Append EF.COM that lists the data groups of profile that are present. */
void sim_lds_com(const struct sim_profile *profile, struct sim_bytes *out);

/* Append DG1 with the person's TD1 zone. */
void sim_lds_dg1(const struct sim_person *person, struct sim_bytes *out);

/* Append DG2: one drawn portrait of nobody, as JPEG. */
void sim_lds_dg2(const struct sim_person *person, struct sim_bytes *out);

/* Append DG13: the items 1 to 16 of the citizen card. */
void sim_lds_dg13(const struct sim_person *person, struct sim_bytes *out);

#endif /* SIM_CARD_LDS_H */
