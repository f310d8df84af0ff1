/*
 * visit_date.c - how far a date is from today
 */
#include <stdint.h>

#include "stats/count.h"
#include "stats/visit_date.h"

static int64_t
first_hour_of(struct ck_date date)
{
	return ck_count_first_hour((int64_t)date.year * 10000 +
	    date.month * 100 + date.day);
}

/* Negative: it is over. */
static int64_t
days_ahead(struct ck_date date, struct ck_date today)
{
	return (first_hour_of(date) - first_hour_of(today)) / 24;
}

bool
ck_visit_date_possible(struct ck_date date, struct ck_date today)
{
	int64_t ahead = days_ahead(date, today);

	return ahead >= -CK_VISIT_BEHIND_DAYS && ahead <= CK_VISIT_AHEAD_DAYS;
}

bool
ck_appointment_date_possible(struct ck_date date, struct ck_date today)
{
	int64_t ahead = days_ahead(date, today);

	return ahead >= 0 && ahead <= CK_APPOINTMENT_AHEAD_DAYS;
}
