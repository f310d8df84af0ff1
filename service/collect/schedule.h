/*
 * schedule.h - when a daemon is asked again
 *
 * In the flow:  collect tells how it went -> [schedule] -> lease.h keeps it
 *
 * A good answer: after the interval. A failure: soon, for a line drops for
 * seconds. After so many in a row the daemon is left alone for a while that
 * doubles with each further failure: one that is switched off for a week must
 * cost nothing, and must be found again on the same day. Each while is drawn
 * a little shorter or longer, so that clinics that failed together do not come
 * back together. Pure: time and chance are given.
 */
#ifndef SERVICE_COLLECT_SCHEDULE_H
#define SERVICE_COLLECT_SCHEDULE_H

#include <stdint.h>

struct ck_schedule {
	int64_t interval_ms;
	unsigned failures_max;		/* in a row until it is left alone */
	int64_t backoff_ms;		/* after one of these */
	int64_t backoff_max_ms;
};

/*
 * How long to wait after failures in a row (0: after a good answer). chance is
 * any number; it draws a tenth more or less.
 */
int64_t ck_schedule_wait(const struct ck_schedule *schedule,
    int64_t failures, uint32_t chance);

#endif /* SERVICE_COLLECT_SCHEDULE_H */
