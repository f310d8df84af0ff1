/*
 * statement_forwarded.h - what the receipt of a call says that was passed
 * through for hospital software
 *
 * As statement.h. Of a question about history or co-payment only commitments
 * are stated: whoever has the bytes can show that they are the ones
 * (docs/receipts.md). Of a check-in also the elements that it sent.
 * Pure: no input or output.
 */
#ifndef SERVICE_RECEIPT_STATEMENT_FORWARDED_H
#define SERVICE_RECEIPT_STATEMENT_FORWARDED_H

#include "ck/buf.h"
#include "ck/error.h"

struct ck_forwarded;

/* Append what was asked by which account, when, of whom, and how it ended.
 * CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_statement_forwarded(struct ck_buf *out,
    const struct ck_forwarded *forwarded);

#endif /* SERVICE_RECEIPT_STATEMENT_FORWARDED_H */
