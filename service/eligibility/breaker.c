/*
 * breaker.c - closed, open, trying
 */
#include "eligibility/breaker.h"

bool
ck_breaker_admit(struct ck_breaker *breaker, int64_t now_ms)
{
	if (breaker->state == CK_BREAKER_CLOSED)
		return true;
	if (breaker->state == CK_BREAKER_TRYING || now_ms < breaker->until_ms)
		return false;
	breaker->state = CK_BREAKER_TRYING;

	return true;
}

void
ck_breaker_good(struct ck_breaker *breaker)
{
	breaker->state = CK_BREAKER_CLOSED;
	breaker->failures = 0;
	breaker->while_ms = 0;
}

static int64_t
longer(const struct ck_breaker *breaker)
{
	if (breaker->while_ms == 0)
		return breaker->first_ms < breaker->max_ms ?
		    breaker->first_ms : breaker->max_ms;

	return breaker->while_ms > breaker->max_ms / 2 ? breaker->max_ms :
	    breaker->while_ms * 2;
}

void
ck_breaker_bad(struct ck_breaker *breaker, int64_t now_ms, uint32_t chance)
{
	int64_t half;

	if (breaker->failures_max == 0 || breaker->state == CK_BREAKER_OPEN)
		return;
	if (breaker->state == CK_BREAKER_CLOSED &&
	    ++breaker->failures < breaker->failures_max)
		return;
	breaker->while_ms = longer(breaker);
	half = breaker->while_ms / 2;
	breaker->until_ms = now_ms + breaker->while_ms - half +
	    (int64_t)chance % (half + 1);
	breaker->state = CK_BREAKER_OPEN;
}

void
ck_breaker_dropped(struct ck_breaker *breaker)
{
	/* until_ms is over: the next one is let through. */
	if (breaker->state == CK_BREAKER_TRYING)
		breaker->state = CK_BREAKER_OPEN;
}
