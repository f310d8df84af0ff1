/*
 * dates.h - civil dates of the simulators
 */
#ifndef SIM_DATES_H
#define SIM_DATES_H

#include <stdbool.h>
#include <stddef.h>

#include "people.h"

/* Room for dd/MM/yyyy and its end. */
#define SIM_DATE_LEN 11

/*
 * Today in Asia/Ho_Chi_Minh (UTC+7, no summer time). The environment
 * variable SIM_TODAY (YYYY-MM-DD) moves it, for programs under a moved clock.
 */
struct sim_date sim_today(void);

/* date plus days (may be negative); date must be complete. */
struct sim_date sim_date_plus(struct sim_date date, int days);

/* Below 0, 0, above 0 as a is before, on or after b. */
int sim_date_compare(struct sim_date a, struct sim_date b);

/* Full years of age of someone born on birth, on the day of date. */
int sim_age(struct sim_date birth, struct sim_date date);

/*
 * Last day of an identity card from birth date and issue date: the 14th,
 * 25th, 40th or 60th birthday, a card of the last two years before such an
 * age running to the next (Law 26/2023 Art. 21). Year 0: no expiry.
 */
struct sim_date sim_card_expiry(struct sim_date birth, struct sim_date issued);

/* dd/MM/yyyy, MM/yyyy or yyyy as far as known; empty for year 0. */
void sim_date_text(struct sim_date date, char out[SIM_DATE_LEN]);

/*
 * Read dd/MM/yyyy, MM/yyyy or yyyy, zero-padded, nothing else. Returns false
 * (and leaves *out alone) for any other form or a day that does not exist.
 */
bool sim_date_read(const char *text, struct sim_date *out);

#endif /* SIM_DATES_H */
