/*
 * statement.h - what a receipt says, in lines that a person can read
 *
 * In the flow:  a lookup or check-in as it is written -> [statement] ->
 *               chain.h commits to it
 *
 * "name: value" lines of UTF-8 in a fixed order; an absent value has no line.
 * Whoever is shown a receipt can hash exactly what he reads. A line break in
 * a value becomes a blank, so that no value can pass for another line.
 *
 * Pure: no input or output.
 */
#ifndef SERVICE_RECEIPT_STATEMENT_H
#define SERVICE_RECEIPT_STATEMENT_H

#include "ck/buf.h"
#include "ck/error.h"
#include "store/record.h"

/* What a receipt is about. Numbers are stored: never changed. */
enum ck_receipt_kind {
	CK_RECEIPT_ANSWERED = 1,	/* a lookup, as it was shown */
	CK_RECEIPT_CLOSED = 2,		/* a lookup, as it was counted */
	CK_RECEIPT_LATE_CALL = 3,	/* a call that ended after its lookup */
	CK_RECEIPT_CHECK_IN = 4,	/* a check-in, as it was sent or changed */
	CK_RECEIPT_FORWARDED = 5	/* a call of hospital software */
};

/* "answered" … ; "?" for any other number. Static string. */
const char *ck_receipt_kind_label(enum ck_receipt_kind kind);

/* Who says it. Borrowed. */
struct ck_statement_origin {
	const char *facility;
	const char *station;
};

/* "name: value", unless value is empty. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_text(struct ck_buf *out, const char *name, const char *value);

/* An instant of the wall clock; 0 has no line. CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_instant(struct ck_buf *out, const char *name, int64_t wall_ms);

/* A date as far as it is known. CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_date(struct ck_buf *out, const char *name, struct ck_date date);

/*
 * The lines that every statement begins with: version, what it is about, id of
 * the record, clinic, station, software. CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_statement_begin(struct ck_buf *out, enum ck_receipt_kind kind,
    const char *id, const struct ck_statement_origin *origin);

/*
 * Append what a lookup asked and was answered. Its calls follow, each by
 * ck_statement_call(). CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_statement_lookup(struct ck_buf *out, const struct ck_lookup_record *record);

/*
 * Append one call: when, how long, to which host, and the answer's code with
 * the SHA-256 of its bytes, or the exact failure. CK_OK, CK_ERR_CRYPTO or
 * CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_statement_call(struct ck_buf *out, const struct ck_call_record *call);

#endif /* SERVICE_RECEIPT_STATEMENT_H */
