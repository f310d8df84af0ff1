/*
 * report.h - a period's report as one document
 *
 * In the flow:  gather, complete -> [report] -> suppress -> text, CSV, XLSX, HTML
 *                                            -> closing (signed as it is)
 *
 * The document is JSON of strings and whole numbers only, so that its canonical
 * form (RFC 8785) can be signed; rates are computed by whoever shows them:
 *
 *	{"schema":1,"from","to","made_at","played":true,
 *	 "complete":{"facilities","expected","end","until"},
 *	 "totals":{"cccd":{"total","covered",…},"lookups","visits","calls"},
 *	 "before":{"from","to","totals":{…}},
 *	 "groups":{"manager":[{"key","name","cccd":{…},…},…],"commune":[…],…},
 *	 "units":[{"clinic","manager","commune","district","level"},…],
 *	 "mixes":[[{"series","part","reason","owner"},…],
 *		  [{"series","part","presented","captured","assurance"},…]],
 *	 "incomplete":[{"key","code","name","until"},…],
 *	 "below":[{"key","code","name","total","covered"},…],
 *	 "reconciliation":{…}|null,"denominator":{…}|null,
 *	 "sources":[{"key","code","station","epoch","revision","batch","head"},…]}
 *
 * played    only of a ledger whose figures are played (ledger.h).
 * complete  facilities of expected are whole until end: the period's end, or
 *           the beginning of the present hour if it has not ended. until: the
 *           hour until which all that ever reported are whole, or null.
 * groups    of clinic also "code", "manager", "commune", "district", "level"
 *           as they hold at the period's end.
 * units     a clinic for each version that held in the period: of which groups
 *           it was a part (suppress.h needs it).
 * mixes     which counted words were met together (mixes.h; suppress.h, too).
 * below     clinics whose share of confirmed is lower than the province's by
 *           more than chance explains (docs/definitions.md).
 * reconciliation, denominator  reconcile.h
 * sources   the revision and the head of the receipt chain on which each
 *           clinic's figures stand.
 */
#ifndef SERVICE_REPORT_REPORT_H
#define SERVICE_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"
#include "ledger/ledger.h"

#define CK_REPORT_SCHEMA 1

/*
 * The report on from_day to to_day (ledger/day.h), both included, as the
 * ledger stands now.
 *
 * now_ms   wall clock.
 * out      A new reference; NULL on every error.
 *
 * Returns  CK_OK, CK_ERR_LIMIT (to before from, more than 20 years),
 *          CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_report_make(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    int64_t now_ms, json_t **out);

/*
 * True when covered of total is lower than covered_all of total_all by more
 * than chance explains: at least 20 attempts, and three standard errors of a
 * binomial share (a funnel plot's limit), so that of 108 clinics that are all
 * alike not one is named in six years out of seven. Pure.
 */
bool ck_report_is_below(int64_t covered, int64_t total, int64_t covered_all,
    int64_t total_all);

#endif /* SERVICE_REPORT_REPORT_H */
