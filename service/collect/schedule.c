/*
 * schedule.c - when a daemon is asked again
 */
#include "collect/schedule.h"

int64_t
ck_schedule_wait(const struct ck_schedule *schedule, int64_t failures,
    uint32_t chance)
{
	int64_t wait_ms = failures == 0 ? schedule->interval_ms :
	    schedule->backoff_ms;
	int64_t doublings = failures - (int64_t)schedule->failures_max;

	for (; doublings >= 0 && wait_ms < schedule->backoff_max_ms &&
	    failures > 0; doublings--)
		wait_ms *= 2;
	if (failures > 0 && wait_ms > schedule->backoff_max_ms)
		wait_ms = schedule->backoff_max_ms;

	return wait_ms - wait_ms / 10 +
	    (int64_t)chance % (wait_ms / 5 + 1);
}
