/*
 * dates.c - civil dates of the simulators
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dates.h"

#define HOURS_EAST 7	/* Asia/Ho_Chi_Minh */

static const struct {
	int below;	/* full age on the issue date */
	int until;	/* birthday on which the card ends */
} expiry_rules[] = { { 12, 14 }, { 23, 25 }, { 38, 40 }, { 58, 60 } };

static struct sim_date
from_seconds(time_t seconds)
{
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return (struct sim_date){ tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday };
}

struct sim_date
sim_today(void)
{
	const char *fixed = getenv("SIM_TODAY");
	struct sim_date date;

	if (fixed != NULL && sscanf(fixed, "%4d-%2d-%2d", &date.year,
	    &date.month, &date.day) == 3)
		return date;
	return from_seconds(time(NULL) + HOURS_EAST * 3600);
}

struct sim_date
sim_date_plus(struct sim_date date, int days)
{
	struct tm tm = { .tm_year = date.year - 1900,
		.tm_mon = date.month - 1, .tm_mday = date.day + days };

	return from_seconds(timegm(&tm));
}

int
sim_date_compare(struct sim_date a, struct sim_date b)
{
	int left = a.year * 10000 + a.month * 100 + a.day;
	int right = b.year * 10000 + b.month * 100 + b.day;

	return (left > right) - (left < right);
}

int
sim_age(struct sim_date birth, struct sim_date date)
{
	bool before_birthday = date.month < birth.month ||
	    (date.month == birth.month && date.day < birth.day);

	return date.year - birth.year - (before_birthday ? 1 : 0);
}

struct sim_date
sim_card_expiry(struct sim_date birth, struct sim_date issued)
{
	int age = sim_age(birth, issued);
	size_t i;

	for (i = 0; i < sizeof(expiry_rules) / sizeof(expiry_rules[0]); i++) {
		if (age < expiry_rules[i].below)
			return (struct sim_date){
			    birth.year + expiry_rules[i].until,
			    birth.month, birth.day };
	}
	return (struct sim_date){ 0, 0, 0 };
}

void
sim_date_text(struct sim_date date, char out[SIM_DATE_LEN])
{
	unsigned year = (unsigned)date.year % 10000;
	unsigned month = (unsigned)date.month % 100;
	unsigned day = (unsigned)date.day % 100;

	out[0] = '\0';
	if (day != 0)
		snprintf(out, SIM_DATE_LEN, "%02u/%02u/%04u", day, month, year);
	else if (month != 0)
		snprintf(out, SIM_DATE_LEN, "%02u/%04u", month, year);
	else if (year != 0)
		snprintf(out, SIM_DATE_LEN, "%04u", year);
}

/* text has the form of pattern, where 9 stands for any digit. */
static bool
has_form(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; pattern++, text++) {
		if (*pattern == '9' ? *text < '0' || *text > '9' :
		    *text != *pattern)
			return false;
	}
	return *text == '\0';
}

static bool
exists(struct sim_date date)
{
	struct sim_date same;

	if (date.month == 0)
		return date.year > 0;
	if (date.day == 0)
		return date.month <= 12 && date.year > 0;
	same = sim_date_plus(date, 0);
	return sim_date_compare(same, date) == 0;
}

bool
sim_date_read(const char *text, struct sim_date *out)
{
	struct sim_date date = { 0, 0, 0 };

	if (has_form(text, "99/99/9999")) {
		date.day = atoi(text);
		date.month = atoi(text + 3);
		date.year = atoi(text + 6);
		if (date.day == 0 || date.month == 0)
			return false;
	} else if (has_form(text, "99/9999")) {
		date.month = atoi(text);
		date.year = atoi(text + 3);
		if (date.month == 0)
			return false;
	} else if (has_form(text, "9999")) {
		date.year = atoi(text);
	}
	if (!exists(date))
		return false;
	*out = date;
	return true;
}
