/*
 * closing.h - a period that was signed, and how it may still change
 *
 * In the flow:  report.c -> [closing] -> ledger; report of a closed period
 *
 * A closed report is kept to the letter, with the office's signature. What
 * arrives later does not touch it: it shows as arrived since, until somebody
 * restates the period and says why. Each statement names the one that it
 * replaces by its hash.
 *
 * The document gets two members more:
 *
 *	"closing":{"statement","closed_at","reason","replaces",
 *	           "changes":[{"key","code","name","series","before","after"},…]}
 *	"signature":{"key","value"}
 *
 * What is signed: "checkin report 1", a zero byte, and the document without
 * "signature" in canonical form, as in docs/feed.md.
 */
#ifndef SERVICE_REPORT_CLOSING_H
#define SERVICE_REPORT_CLOSING_H

#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"
#include "ledger/ledger.h"
#include "receipt/chain.h"

/* Bytes of a reason. */
#define CK_CLOSING_REASON_MAX 500

/* Why a period is not closed. */
enum ck_refusal {
	CK_REFUSAL_NONE,
	CK_REFUSAL_RUNS,	/* its last day is not over */
	CK_REFUSAL_NOBODY,	/* no clinic had begun to count by its end */
	CK_REFUSAL_CLOSED,	/* closed, and no reason for another */
	CK_REFUSAL_REASON,	/* too long, or not on one line */
	CK_REFUSAL_SAME		/* closed, and nothing has changed */
};

/*
 * Would ck_closing_make() refuse? Needs no key: it is made for what is signed.
 *
 * Returns  CK_OK (look at *why), or an error of ck_report_make()
 */
CK_MUST_CHECK enum ck_err
ck_closing_try(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    const char *reason, int64_t now_ms, enum ck_refusal *why);

/*
 * Close a period, or restate it when it is closed.
 *
 * signer   the office's key; public is its other half.
 * reason   "" for the first statement, needed for each later one; UTF-8 on one
 *          line.
 * out      a new reference to the signed document; NULL on error.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST   refused: CK_REFUSAL_RUNS, NOBODY, CLOSED, REASON
 *          CK_ERR_NOT_FOUND refused: CK_REFUSAL_SAME
 *          or an error of ck_report_make(), CK_ERR_CRYPTO
 */
CK_MUST_CHECK enum ck_err
ck_closing_make(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_signer *signer, const uint8_t public[CK_PUBLIC_LEN],
    const char *reason, int64_t now_ms, json_t **out);

/*
 * The last statement of a period; CK_ERR_NOT_FOUND when it is open.
 * CK_ERR_STORE_CORRUPT when what is kept is no longer signed by the key that it
 * names. *out is a new reference.
 */
CK_MUST_CHECK enum ck_err
ck_closing_load(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    json_t **out);

/*
 * What differs between two reports of the same period, as the list "changes"
 * above: the total of each clinic in each series, and what was confirmed in
 * cccd ("cccd.covered"). Empty: nothing. NULL: out of memory. Pure.
 */
json_t *
ck_closing_changes(const json_t *before, const json_t *after);

#endif /* SERVICE_REPORT_CLOSING_H */
