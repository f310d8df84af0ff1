/*
 * reconcile.h - our calls against the portal's, our visits against the books
 *
 * In the flow:  ledger/outside, ledger/figures -> [reconcile] -> report.c
 */
#ifndef SERVICE_REPORT_RECONCILE_H
#define SERVICE_REPORT_RECONCILE_H

#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"
#include "ledger/ledger.h"
#include "report/complete.h"

/*
 * Why the portal's count of a clinic's day differs from ours, in the order in
 * which they are tried. X(symbol, label)
 */
#define CK_DIFFERENCE_LIST(X) \
	X(CK_DIFFERENCE_NONE, "none") \
	/* ours are not complete for that day yet */ \
	X(CK_DIFFERENCE_INCOMPLETE, "incomplete") \
	/* we called, and had no answer: some of these never arrived */ \
	X(CK_DIFFERENCE_UNANSWERED, "unanswered") \
	/* the portal counts more: another program asks under the account */ \
	X(CK_DIFFERENCE_OTHER_PROGRAM, "other_program") \
	/* the portal counts less than we had answers to: ask the portal */ \
	X(CK_DIFFERENCE_PORTAL, "portal")

#define CK_DIFFERENCE_ENUM(sym, label) sym,
enum ck_difference { CK_DIFFERENCE_LIST(CK_DIFFERENCE_ENUM) };
#undef CK_DIFFERENCE_ENUM

/* "unanswered". Static string. */
const char *ck_difference_label(enum ck_difference difference);

/* One clinic's day. */
struct ck_day_counts {
	int64_t portal;		/* calls that the portal counts */
	int64_t calls;		/* that we count … */
	int64_t unanswered;	/* … of them without an answer */
	bool complete;		/* ours are whole for that day */
};

/* Why they differ. Pure. */
enum ck_difference
ck_difference_explain(const struct ck_day_counts *counts);

/*
 * The reconciliation of a period, or JSON null when the portal's counts were
 * not imported for any day of it:
 *
 *	{"portal","calls","days","equal",
 *	 "differences":[{"key","code","name","date","portal","calls",
 *	                 "unanswered","why"},…]}
 *
 * calls are those of the days that the portal's file has; differences are in
 * the order of clinic and day. Inside a view of ck_figures_begin().
 *
 * Returns CK_OK, CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_reconcile_portal(struct ck_ledger *ledger,
    const struct ck_registry *registry, const struct ck_completeness *clinics,
    size_t clinic_count, int64_t from_day, int64_t to_day, json_t **out);

/*
 * Of how many visits the attempts by CCCD are, or JSON null when no books were
 * imported:
 *
 *	{"visits","attempts","facilities",
 *	 "clinics":[{"key","attempts"},…],"days":[{"key","attempts"},…]}
 *
 * both of the clinics and days that the books have. clinics and days divide the
 * attempts (suppress.h needs it). As above.
 */
CK_MUST_CHECK enum ck_err
ck_reconcile_visits(struct ck_ledger *ledger,
    const struct ck_registry *registry, int64_t from_day, int64_t to_day,
    json_t **out);

#endif /* SERVICE_REPORT_RECONCILE_H */
