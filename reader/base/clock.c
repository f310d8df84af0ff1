/*
 * clock.c - the system's two clocks, and local dates without a zone database
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ck/clock.h"

/* Asia/Ho_Chi_Minh is UTC+7 all year. */
#define LOCAL_OFFSET_MS (INT64_C(7) * 3600 * 1000)

/* The first number moves both clocks, as time that has passed; the second the
 * wall clock alone, as a hand that sets it. */
static int64_t
test_offset_ms(clockid_t id)
{
	int64_t both = 0, wall = 0;
#ifdef CK_TEST_SEAMS
	const char *path = getenv("CK_CLOCK_OFFSET_FILE");
	FILE *file = path == NULL ? NULL : fopen(path, "re");

	if (file != NULL) {
		int got = fscanf(file, "%" SCNd64 " %" SCNd64, &both, &wall);

		if (got < 1)
			both = 0;
		if (got < 2)
			wall = 0;
		(void)fclose(file);
	}
#endif
	return both + (id == CLOCK_REALTIME ? wall : 0);
}

static int64_t
read_ms(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		abort();	/* cannot fail for these clocks on Linux */

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 +
	    test_offset_ms(id);
}

static int64_t
system_wall_ms(void *ctx)
{
	(void)ctx;

	return read_ms(CLOCK_REALTIME);
}

static int64_t
system_mono_ms(void *ctx)
{
	(void)ctx;

	return read_ms(CLOCK_MONOTONIC);
}

const struct ck_clock *
ck_clock_system(void)
{
	static const struct ck_clock system_clock = {
		system_wall_ms, system_mono_ms, NULL
	};

	return &system_clock;
}

int64_t
ck_clock_wall_ms(const struct ck_clock *clock)
{
	return clock->wall_ms(clock->ctx);
}

int64_t
ck_clock_mono_ms(const struct ck_clock *clock)
{
	return clock->mono_ms(clock->ctx);
}

static struct tm
broken_down(int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm out = { 0 };

	if (ms % 1000 < 0)
		seconds--;
	(void)gmtime_r(&seconds, &out);

	return out;
}

struct ck_date
ck_clock_local_date(int64_t wall_ms)
{
	struct tm local = broken_down(wall_ms + LOCAL_OFFSET_MS);

	return (struct ck_date){
		.year = (uint16_t)(local.tm_year + 1900),
		.month = (uint8_t)(local.tm_mon + 1),
		.day = (uint8_t)local.tm_mday
	};
}

unsigned
ck_clock_local_hour(int64_t wall_ms)
{
	return (unsigned)broken_down(wall_ms + LOCAL_OFFSET_MS).tm_hour;
}

/* The last count digits of value, and what separates them from the next. */
static char *
put_digits(char *at, int value, size_t count, char behind)
{
	size_t i;

	for (i = count; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	at[count] = behind;

	return at + count + 1;
}

/* Every answer and receipt has several: printf() would be a tenth of them. */
void
ck_clock_instant(int64_t wall_ms, char out[CK_INSTANT_LEN])
{
	struct tm utc = broken_down(wall_ms);
	int64_t millis = ((wall_ms % 1000) + 1000) % 1000;
	char *at = out;

	at = put_digits(at, (utc.tm_year + 1900) % 10000, 4, '-');
	at = put_digits(at, utc.tm_mon + 1, 2, '-');
	at = put_digits(at, utc.tm_mday, 2, 'T');
	at = put_digits(at, utc.tm_hour, 2, ':');
	at = put_digits(at, utc.tm_min, 2, ':');
	at = put_digits(at, utc.tm_sec, 2, '.');
	at = put_digits(at, (int)millis, 3, 'Z');
	*at = '\0';
}
