/*
 * receipt.h - the rows of receipts: made with what they prove, read, checked
 *
 * In the flow:  lookup_row.c, close.c, check-in -> [receipt] -> feed, pages,
 *               checkin receipt
 *
 * A receipt is added inside the transaction that writes what it is about. When
 * that transaction commits, all its receipts become one signed batch: what a
 * commit makes visible is proven by the same commit.
 */
#ifndef SERVICE_STORE_RECEIPT_H
#define SERVICE_STORE_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "receipt/chain.h"
#include "receipt/statement.h"
#include "receipt/tree.h"

struct ck_db;
struct ck_receipts;
struct ck_store;

/* One receipt, with all that somebody else needs to check it. */
struct ck_receipt {
	int64_t number;
	enum ck_receipt_kind kind;
	int64_t made_ms;
	struct ck_buf statement;	/* owned; empty once erased */
	uint8_t salt[CK_SALT_LEN];
	struct ck_tree_hash commitment;
	struct ck_batch batch;
	struct ck_tree_hash previous;	/* head before the batch */
	struct ck_tree_path path;	/* from its leaf to batch.root */
	uint8_t public[CK_PUBLIC_LEN];	/* that the batch is signed with */
};

void ck_receipt_wipe(struct ck_receipt *receipt);

/*
 * The last receipt of a record.
 *
 * id   32 hex digits, of a lookup or a check-in.
 * out  Finish with ck_receipt_wipe() in every case.
 *
 * Returns CK_OK, CK_ERR_NOT_FOUND, CK_ERR_STORE_CORRUPT, an error of the
 * database, CK_ERR_CRYPTO, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_store_get_receipt(struct ck_store *store, const char *id,
    struct ck_receipt *out);

/*
 * The last batch: what a feed document carries. db may be a read-only
 * connection. out->number is 0 when there is none yet.
 */
CK_MUST_CHECK enum ck_err
ck_receipt_head(struct ck_db *db, struct ck_batch *out,
    uint8_t public[CK_PUBLIC_LEN]);

/* A head that somebody kept; the chain must still contain it. */
struct ck_known_head {
	int64_t number;
	struct ck_tree_hash head;
};

/* What a check found. */
struct ck_receipt_report {
	int64_t batches, receipts, erased;
	int64_t findings;
	struct ck_batch last;
};

/* Told of each finding: a sentence that names the row and what is wrong. */
typedef void (*ck_finding_fn)(void *ctx, const char *text);

/*
 * Check everything: numbers without a gap, roots, heads, signatures, every
 * statement against its commitment, and every closed lookup against what its
 * receipt says. Reads only; the daemon may run meanwhile.
 *
 * directory  The state directory, with database and keys.
 * known      A head that somebody kept; NULL: none.
 *
 * Returns  CK_OK, also with findings
 *          CK_ERR_NOT_FOUND  there is no database
 *          an error of the database, CK_ERR_STORE_KEY, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_receipts_verify(const char *directory, const struct ck_known_head *known,
    ck_finding_fn finding, void *ctx, struct ck_receipt_report *report);

#endif /* SERVICE_STORE_RECEIPT_H */
