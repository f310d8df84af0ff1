/*
 * intern.h - numbers for labels and for combinations of words; of ledger/ alone
 *
 * A figure holds two numbers instead of twelve words and a desk. They are
 * given out in a transaction before the one that counts, and never taken back:
 * a number that nothing uses is harmless, one that two collectors wait for is
 * not.
 */
#ifndef SERVICE_LEDGER_INTERN_H
#define SERVICE_LEDGER_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/sql.h"
#include "ledger/document.h"

/* Labels in all: 13,000 clinics with a few desks of their own names each. */
#define CK_LABELS_MAX 200000

/* Combinations in all; real ones are some hundreds. */
#define CK_WORDS_MAX 200000

struct ck_intern;	/* opaque: what is known so far */

CK_MUST_CHECK enum ck_err ck_intern_new(struct ck_intern **out);
void ck_intern_free(struct ck_intern **intern);

/*
 * Give a number to all that the rows of doc name and that has none yet. Not
 * inside a transaction.
 * Returns CK_OK, CK_ERR_LIMIT (too many), or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_intern_document(struct ck_intern *intern, struct ck_sql *sql,
    const struct ck_document *doc);

/* The number of a label, of a combination; 0: it has none. */
int64_t ck_intern_label(const struct ck_intern *intern, const char *label);
int64_t ck_intern_words(const struct ck_intern *intern,
    const struct ck_counted *words);

/*
 * The combination of this number, read from the database when it is new.
 * *out is borrowed until the next call; NULL on error.
 * Returns CK_OK, CK_ERR_STORE_CORRUPT (there is none), or an error of the
 * database.
 */
CK_MUST_CHECK enum ck_err
ck_intern_counted(struct ck_intern *intern, struct ck_sql *sql,
    int64_t number, const struct ck_counted **out);

#endif /* SERVICE_LEDGER_INTERN_H */
