/*
 * mrz.h - the machine readable zone of the identity card
 *
 * Source: ICAO Doc 9303-3 §4.9 (check digits), 9303-5 (TD1), 9303-11 §9.7.2
 * (the part that opens the chip).
 */
#ifndef SIM_CARD_MRZ_H
#define SIM_CARD_MRZ_H

#include "../people/people.h"
#include "bytes.h"

#define SIM_TD1_LEN 90	/* three lines of 30 */
#define SIM_TD3_LEN 88	/* two lines of 44 */
#define SIM_MRZ_INFO_LEN 24

/* Check digit character over len characters of text. */
char sim_mrz_check_digit(const char *text, size_t len);

/* Upper-case Latin letters of a Vietnamese name; other characters give '<'. */
void sim_mrz_letters(const char *name, char *out, size_t size);

/* Write the 90 characters of a person's card, and a NUL. */
void sim_mrz_td1(const struct sim_person *person, char out[SIM_TD1_LEN + 1]);

/*
 * Write the 88 characters of a passport of Utopia, whose holder does not
 * exist, and a NUL. 9303-4 §4.2.2
 */
void sim_mrz_td3(char out[SIM_TD3_LEN + 1]);

/*
 * Document number, birth date and expiry with their check digits: what BAC
 * and PACE-MRZ derive keys from. False when mrz is neither TD1 nor TD3.
 */
bool sim_mrz_info(struct sim_span mrz, char out[SIM_MRZ_INFO_LEN + 1]);

#endif /* SIM_CARD_MRZ_H */
