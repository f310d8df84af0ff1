/*
 * station.h - what a station's configuration decides about its check-ins
 *
 * In the flow:  config -> [station] -> admission, http
 *
 * Facilities change their level and stations their software: the level is
 * dated, and the rule for MA_LK is used only where no hospital software gives
 * one. Pure: no input or output.
 */
#ifndef SERVICE_CHECKIN_STATION_H
#define SERVICE_CHECKIN_STATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checkin/category.h"
#include "ck/identity.h"

/*
 * The level on a day. setting is "2025-01-01 primary, 2026-07-01 basic-50-70":
 * each word holds from its day on, days rise, a first word without a day holds
 * from ever. Before the first day, and for "", the level is not known.
 * False, and *out unknown: setting is not of this form.
 */
bool ck_station_level(const char *setting, struct ck_date day,
    enum ck_level *out);

/* What a rule for MA_LK may name. */
struct ck_episode_parts {
	const char *facility;	/* {facility} */
	struct ck_date day;	/* {year}, {month}, {day}: of arrival */
	const char *patient;	/* {patient}: MA_BN */
	int64_t number;		/* {number}: of the check-in, never twice */
};

/*
 * Write MA_LK by rule. False, and out empty: a brace that is none of these, no
 * {number} in it, or it does not fit size.
 */
bool ck_station_episode(const char *rule, const struct ck_episode_parts *parts,
    char *out, size_t size);

#endif /* SERVICE_CHECKIN_STATION_H */
