/*
 * closed_days.h - days on which clinics are closed although it is their weekday
 *
 * In the flow:  CSV -> [closed_days] -> opening.h
 * Source:       schema/closed-days.example.csv; columns by name, in any order:
 *
 *	from,to		days YYYY-MM-DD, both included; to empty: one day
 *	name		why: "Tết Nguyên đán"
 *	clinic		id of the registry; empty: every clinic that is not open
 *			all seven days of the week
 *	source,confidence	for who keeps the list; not looked at
 *
 * Tết follows the moon and bridging days are announced each year, so the list
 * is the province's own, and no program's.
 */
#ifndef SERVICE_LEDGER_CLOSED_DAYS_H
#define SERVICE_LEDGER_CLOSED_DAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_closed_days;	/* opaque */

/* Largest list, in bytes: a century of a province's holidays is 100 KiB. */
#define CK_CLOSED_DAYS_MAX (1024 * 1024)

/* Called for each defect of the list; line 0: the whole. */
typedef void (*ck_closed_days_fn)(void *ctx, unsigned line, const char *what);

/*
 * Read a list, whole or not at all. Free with ck_closed_days_free(). *out is
 * NULL on every error.
 *
 * Returns  CK_OK, CK_ERR_CONFIG (defects, which are told), CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_closed_days_parse(struct ck_closed_days **out, struct ck_span text,
    ck_closed_days_fn tell, void *ctx);

/* The same of a file; "" is an empty list, *out NULL. Defects go to the log. */
CK_MUST_CHECK enum ck_err
ck_closed_days_load(struct ck_closed_days **out, const char *path);

void ck_closed_days_free(struct ck_closed_days **closed);

/*
 * Is the clinic of this id closed on day? keeps_holidays: the lines for
 * everybody are for it, too. closed may be NULL.
 */
bool ck_closed_on(const struct ck_closed_days *closed, const char *clinic,
    bool keeps_holidays, int64_t day);

#endif /* SERVICE_LEDGER_CLOSED_DAYS_H */
