/*
 * receipt_check.h - one check of all receipts, and what its walks share
 *
 * Only receipt_verify.c, receipt_check_ins.c and receipt_check_forwarded.c
 * include it.
 */
#ifndef SERVICE_STORE_RECEIPT_CHECK_H
#define SERVICE_STORE_RECEIPT_CHECK_H

#include "store/internal.h"

struct ck_check {
	struct ck_store store;		/* only db, crypt and scratch */
	const struct ck_known_head *known;
	ck_finding_fn finding;
	void *ctx;
	struct ck_receipt_report *report;
	struct ck_tree_hash previous;
	struct ck_buf leaves, statement, expected;
};

/* Tell of one finding, and count it. */
void ck_complain(struct ck_check *check, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/*
 * One record behind *number by sql, which selects number and id of the first
 * one whose number is larger than its only parameter. *found false: none.
 * Returns CK_OK or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_next_record(struct ck_check *check, const char *sql, int64_t *number,
    char id[CK_LOOKUP_ID_LEN], bool *found);

/* True when part stands in text; an empty part always does. */
bool ck_holds(const struct ck_buf *text,
    const struct ck_buf *part);

/* Put every statement about this record, one behind the other, into
 * check->statement. erased: retention has taken some of them. */
CK_MUST_CHECK enum ck_err
ck_gather(struct ck_check *check,
    const uint8_t id[CK_ID_BYTES], bool *erased);

/* What receipts are there for but is gone was removed: complain. sql is a
 * literal that gives the subjects. */
CK_MUST_CHECK enum ck_err
ck_check_removed(struct ck_check *check, const char *what,
    const char *sql);

/* Every check-in and its notices against their receipts. */
CK_MUST_CHECK enum ck_err
ck_receipt_check_ins(struct ck_check *check);

/* Every call that was passed through against its receipt. */
CK_MUST_CHECK enum ck_err
ck_receipt_check_forwarded(struct ck_check *check);

#endif /* SERVICE_STORE_RECEIPT_CHECK_H */
