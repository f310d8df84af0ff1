/*
 * clock.h - the two clocks, behind a seam that tests move
 *
 * Wall time stamps records and chooses the visit date; monotonic time measures
 * and limits. Nothing else in the project asks the system for the time.
 */
#ifndef CK_CLOCK_H
#define CK_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "ck/identity.h"

/* A source of time. Both functions are called with ctx. */
struct ck_clock {
	int64_t (*wall_ms)(void *ctx);	/* milliseconds since 1970, UTC */
	int64_t (*mono_ms)(void *ctx);	/* milliseconds, never goes back */
	void *ctx;			/* borrowed */
};

/*
 * The system's clocks. If the environment variable CK_CLOCK_OFFSET_FILE names
 * a readable file and the program was built with CK_TEST_SEAMS, the decimal
 * number of milliseconds in it is added to both on every call, and a second
 * one to the wall clock alone.
 */
const struct ck_clock *ck_clock_system(void);

/* Shorthands. */
int64_t ck_clock_wall_ms(const struct ck_clock *clock);
int64_t ck_clock_mono_ms(const struct ck_clock *clock);

/*
 * The local calendar date in Asia/Ho_Chi_Minh: UTC+7 all year, since 1975
 * without daylight saving, so it needs no time zone database.
 */
struct ck_date ck_clock_local_date(int64_t wall_ms);

/* The local hour, 0..23, in the same zone. */
unsigned ck_clock_local_hour(int64_t wall_ms);

/* Bytes for an RFC 3339 instant with milliseconds and its NUL. */
#define CK_INSTANT_LEN 25

/* Write wall_ms as RFC 3339 UTC, "2026-11-23T03:51:20.104Z". */
void ck_clock_instant(int64_t wall_ms, char out[CK_INSTANT_LEN]);

#endif /* CK_CLOCK_H */
