/*
 * day.c - the calendar that figures are counted in
 */
#include "ledger/day.h"

#define LOCAL_OFFSET_HOURS 7	/* Asia/Ho_Chi_Minh, all year */

static int64_t
floor_div(int64_t value, int64_t by)
{
	return value >= 0 ? value / by : -((by - 1 - value) / by);
}

int64_t
ck_day_of_hour(int64_t hour)
{
	return floor_div(hour + LOCAL_OFFSET_HOURS, 24);
}

int64_t
ck_day_of_ms(int64_t wall_ms)
{
	return ck_day_of_hour(floor_div(wall_ms, CK_HOUR_MS));
}

int64_t
ck_day_first_hour(int64_t day)
{
	return day * 24 - LOCAL_OFFSET_HOURS;
}

/* Years that begin in March, so that the leap day is the last of its year. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t era, year_of_era, day_of_year;

	if (month <= 2)
		year--;
	era = floor_div(year, 400);
	year_of_era = year - era * 400;
	day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year - 719468;
}

int64_t
ck_day_of_date(struct ck_date date)
{
	return days_of(date.year, date.month, date.day);
}

int64_t
ck_month_first_day(int64_t month)
{
	int64_t year = floor_div(month, 12);

	return days_of(year, month - year * 12 + 1, 1);
}

struct ck_date
ck_day_date(int64_t day)
{
	int64_t era = floor_div(day + 719468, 146097);
	int64_t of_era = day + 719468 - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 -
	    year_of_era / 100);
	int64_t march = (5 * of_year + 2) / 153;
	int64_t month = march < 10 ? march + 3 : march - 9;

	return (struct ck_date){
		(uint16_t)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
		(uint8_t)month, (uint8_t)(of_year - (153 * march + 2) / 5 + 1)
	};
}

int64_t
ck_month_of_day(int64_t day)
{
	struct ck_date date = ck_day_date(day);

	return (int64_t)date.year * 12 + date.month - 1;
}

unsigned
ck_day_weekday(int64_t day)
{
	int64_t since_monday = (day + 3) - floor_div(day + 3, 7) * 7;

	return (unsigned)since_monday + 1;
}
