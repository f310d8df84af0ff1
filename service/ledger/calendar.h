/*
 * calendar.h - when a clinic is open, as the registry says it
 *
 * Source: the column calendar of schema/registry.example.csv
 *
 *	1-5 07:00-17:00; 6 07:00-11:30	weekdays (1 Monday … 7 Sunday), hours
 *	1-7				every day, hours not told
 *	closed				it takes no patients any more
 *					(nothing: not told)
 *
 * Pure.
 */
#ifndef SERVICE_LEDGER_CALENDAR_H
#define SERVICE_LEDGER_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct ck_calendar {
	bool told;		/* false: nothing is known */
	uint16_t opens[7];	/* minutes since midnight, Monday first */
	uint16_t closes[7];	/* not above opens: closed that day */
};

/* Read text. False, and *out not told, for any other form. */
bool ck_calendar_parse(const char *text, struct ck_calendar *out);

/* Is it open at any time of that day (day.h)? False when it is not told. */
bool ck_calendar_open_on(const struct ck_calendar *calendar, int64_t day);

#endif /* SERVICE_LEDGER_CALENDAR_H */
