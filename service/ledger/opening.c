/*
 * opening.c - when a clinic was open, and when its silence is an alarm
 */
#include "ledger/calendar.h"
#include "ledger/day.h"
#include "ledger/opening.h"

#define MINUTE_MS INT64_C(60000)

/* False: its hours on that day are not told. */
static bool
calendar_on(const struct ck_clinic *clinic, int64_t day,
    struct ck_calendar *out)
{
	return ck_calendar_parse(ck_clinic_on(clinic, day)->calendar, out) &&
	    out->told;
}

/* A clinic that is open all week, as hospitals are, does not close for
 * holidays either. */
static bool
is_open_all_week(const struct ck_calendar *calendar)
{
	int64_t day = 0;

	while (day < 7 && ck_calendar_open_on(calendar, day))
		day++;

	return day == 7;
}

bool
ck_clinic_open_on(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t day)
{
	struct ck_calendar calendar;
	bool told = calendar_on(clinic, day, &calendar);

	if (told && !ck_calendar_open_on(&calendar, day))
		return false;

	return !ck_closed_on(closed, clinic->id, told &&
	    !is_open_all_week(&calendar), day);
}

bool
ck_clinic_is_closed(const struct ck_clinic *clinic, int64_t day)
{
	struct ck_calendar calendar;
	int64_t next;

	if (!calendar_on(clinic, day, &calendar))
		return false;
	for (next = day; next < day + 7; next++) {
		if (ck_calendar_open_on(&calendar, next))
			return false;
	}

	return true;
}

static int64_t
midnight(int64_t day)
{
	return ck_day_first_hour(day) * CK_HOUR_MS;
}

int64_t
ck_clinic_silent_from(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t heard_ms, int64_t until_ms)
{
	int64_t day = ck_day_of_ms(heard_ms) + 1;

	/* Nobody waited for it before it was in the registry. */
	if (day < clinic->versions[0].from_day)
		day = clinic->versions[0].from_day;
	for (; midnight(day + 1) <= until_ms; day++) {
		if (ck_clinic_open_on(clinic, closed, day))
			return midnight(day + 1);
	}

	return 0;
}

/* When it closes on that day; its first instant if it is not open. */
static int64_t
closing_ms(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t day)
{
	struct ck_calendar calendar;

	if (!ck_clinic_open_on(clinic, closed, day))
		return midnight(day);
	if (!calendar_on(clinic, day, &calendar))
		return midnight(day + 1);

	return midnight(day) + MINUTE_MS *
	    calendar.closes[ck_day_weekday(day) - 1];
}

int64_t
ck_clinic_reach(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t until_ms, int64_t limit_ms)
{
	int64_t day = ck_day_of_ms(until_ms);

	if (until_ms == 0)
		return 0;
	while (until_ms < limit_ms &&
	    until_ms >= closing_ms(clinic, closed, day))
		until_ms = midnight(++day);

	return until_ms < limit_ms ? until_ms : limit_ms;
}
