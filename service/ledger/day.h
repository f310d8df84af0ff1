/*
 * day.h - the calendar that figures are counted in
 *
 * Days count since 1970-01-01, months are 12 × year + month - 1, both in
 * Asia/Ho_Chi_Minh (UTC+7 all year); hours count since 1970 UTC. Pure.
 */
#ifndef SERVICE_LEDGER_DAY_H
#define SERVICE_LEDGER_DAY_H

#include <stdint.h>

#include "ck/identity.h"

#define CK_HOUR_MS INT64_C(3600000)

/* The day and the month in which an hour or an instant falls. */
int64_t ck_day_of_hour(int64_t hour);
int64_t ck_day_of_ms(int64_t wall_ms);
int64_t ck_month_of_day(int64_t day);

/* The first day of a month, and the first hour of a day. */
int64_t ck_month_first_day(int64_t month);
int64_t ck_day_first_hour(int64_t day);

/* A whole date as a day, and back. */
int64_t ck_day_of_date(struct ck_date date);
struct ck_date ck_day_date(int64_t day);

/* ISO 8601 weekday: 1 Monday … 7 Sunday. */
unsigned ck_day_weekday(int64_t day);

#endif /* SERVICE_LEDGER_DAY_H */
