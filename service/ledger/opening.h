/*
 * opening.h - when a clinic was open, and when its silence is an alarm
 *
 * In the flow:  registry (dated calendars), closed_days.h -> [opening] ->
 *               report/complete, province
 *
 * A clinic whose hours are not told is open every day. Nobody waits for news
 * of a day on which it was closed. Days are of day.h. Pure.
 */
#ifndef SERVICE_LEDGER_OPENING_H
#define SERVICE_LEDGER_OPENING_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/closed_days.h"
#include "ledger/registry.h"

/* Was, or will, it be open at any time of day? closed may be NULL: no day but
 * those of its own calendar. */
bool ck_clinic_open_on(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t day);

/* Does it take no patients any more, by the calendar that holds on day? */
bool ck_clinic_is_closed(const struct ck_clinic *clinic, int64_t day);

/*
 * The instant from which on silence is an alarm, if nothing came between
 * heard_ms (0: never) and until_ms: midnight after the first whole open day
 * without news. 0: no alarm by until_ms.
 */
int64_t ck_clinic_silent_from(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t heard_ms, int64_t until_ms);

/*
 * How far figures that are complete until until_ms really reach, up to
 * limit_ms: where a clinic was closed since then, nothing can be missing. In
 * milliseconds since 1970, until_ms or later.
 */
int64_t ck_clinic_reach(const struct ck_clinic *clinic,
    const struct ck_closed_days *closed, int64_t until_ms, int64_t limit_ms);

#endif /* SERVICE_LEDGER_OPENING_H */
