/*
 * statement_check_in.h - what the receipt of a check-in says
 *
 * As statement.h: "name: value" lines; elements of XML0 under their names.
 * Pure: no input or output.
 */
#ifndef SERVICE_RECEIPT_STATEMENT_CHECK_IN_H
#define SERVICE_RECEIPT_STATEMENT_CHECK_IN_H

#include "ck/buf.h"
#include "ck/error.h"

struct ck_check_in;
struct ck_notice;
struct ck_notice_row;

/* Append the elements that a notice has. CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_fields(struct ck_buf *out, const struct ck_notice *notice);

/* Append who was admitted, when, by whom, and what was known. CK_OK or
 * CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_check_in(struct ck_buf *out, const struct ck_check_in *check_in);

/* Append a notice and what became of it; how often it was tried is left out.
 * CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_notice(struct ck_buf *out, const struct ck_notice_row *row);

#endif /* SERVICE_RECEIPT_STATEMENT_CHECK_IN_H */
