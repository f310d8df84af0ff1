/*
 * breaker.h - when a gateway that fails is left alone, and for how long
 *
 * In the flow:  gateway asks [breaker] before each call, tells it each end
 *
 * After so many failures in a row nobody asks for a while; then one call is
 * let through to see. If that fails, the while doubles. Each while is drawn
 * between half and all of its length, so that the clinics of a province do not
 * all come back in the same second. Pure: time and chance are given.
 */
#ifndef SERVICE_ELIGIBILITY_BREAKER_H
#define SERVICE_ELIGIBILITY_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum ck_breaker_state {
	CK_BREAKER_CLOSED,	/* calls go through */
	CK_BREAKER_OPEN,	/* nobody asks before until_ms */
	CK_BREAKER_TRYING	/* one call is on its way to see */
};

struct ck_breaker {
	unsigned failures_max;	/* in a row until it opens; 0: never */
	int64_t first_ms;	/* length of the first while */
	int64_t max_ms;		/* and of the longest */
	enum ck_breaker_state state;
	unsigned failures;	/* in a row */
	int64_t while_ms;	/* length of the last while; 0: none yet */
	int64_t until_ms;	/* monotonic clock */
};

/* May a call start at now_ms (monotonic)? In CK_BREAKER_OPEN, once its time
 * is over, the first who asks is let through, alone. */
bool ck_breaker_admit(struct ck_breaker *breaker, int64_t now_ms);

/* A call that was let through has ended well: closed, and forgotten. */
void ck_breaker_good(struct ck_breaker *breaker);

/*
 * It has failed. chance is any number: its remainder draws the length. A call
 * that fails after the breaker has opened for others changes nothing.
 */
void ck_breaker_bad(struct ck_breaker *breaker, int64_t now_ms,
    uint32_t chance);

/* The call that was let through to see was dropped without an end. */
void ck_breaker_dropped(struct ck_breaker *breaker);

#endif /* SERVICE_ELIGIBILITY_BREAKER_H */
