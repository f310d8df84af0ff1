/*
 * calendar.c - when a clinic is open
 */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/day.h"

#define MINUTES_A_DAY (24 * 60)

static bool
take_digit(const char **text, unsigned from, unsigned to, unsigned *out)
{
	unsigned digit = (unsigned)(unsigned char)**text - '0';

	if (digit < from || digit > to)
		return false;
	*out = digit;
	(*text)++;

	return true;
}

static bool
take(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;

	return true;
}

/* "07:30" or "24:00" */
static bool
take_time(const char **text, uint16_t *out)
{
	unsigned h1, h2, m1, m2;

	if (!take_digit(text, 0, 2, &h1) || !take_digit(text, 0, 9, &h2) ||
	    !take(text, ':') || !take_digit(text, 0, 5, &m1) ||
	    !take_digit(text, 0, 9, &m2))
		return false;
	*out = (uint16_t)((10 * h1 + h2) * 60 + 10 * m1 + m2);

	return *out <= MINUTES_A_DAY;
}

/* "1-5 07:00-17:00", "6", "1-7" */
static bool
take_part(const char **text, struct ck_calendar *out)
{
	uint16_t opens = 0, closes = MINUTES_A_DAY;
	unsigned first, last, day;

	if (!take_digit(text, 1, 7, &first))
		return false;
	last = first;
	if (take(text, '-') && !take_digit(text, 1, 7, &last))
		return false;
	if (take(text, ' ') && (!take_time(text, &opens) ||
	    !take(text, '-') || !take_time(text, &closes)))
		return false;
	if (last < first || closes <= opens)
		return false;
	for (day = first; day <= last; day++) {
		if (out->closes[day - 1] != 0)
			return false;	/* told twice */
		out->opens[day - 1] = opens;
		out->closes[day - 1] = closes;
	}

	return true;
}

bool
ck_calendar_parse(const char *text, struct ck_calendar *out)
{
	bool good = true;

	memset(out, 0, sizeof(*out));
	if (text[0] == '\0')
		return true;
	if (strcmp(text, "closed") != 0) {
		while ((good = take_part(&text, out)) && take(&text, ';'))
			(void)take(&text, ' ');
		good = good && *text == '\0';
	}
	if (!good)
		memset(out, 0, sizeof(*out));
	out->told = good;

	return good;
}

bool
ck_calendar_open_on(const struct ck_calendar *calendar, int64_t day)
{
	unsigned i = ck_day_weekday(day) - 1;

	return calendar->told && calendar->closes[i] > calendar->opens[i];
}
