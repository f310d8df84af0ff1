/*
 * import.h - the registry from a file of comma-separated values
 *
 * In the flow:  the province's list of clinics -> [import] -> registry.h
 *
 * The file is the whole registry: what it does not name is taken out. It has a
 * line for each clinic, daemon and day from which it holds; the columns are in
 * schema/registry.example.csv and checkin-province(8). It is taken whole or
 * not at all; every defect is told with its line.
 */
#ifndef SERVICE_LEDGER_IMPORT_H
#define SERVICE_LEDGER_IMPORT_H

#include "ck/buf.h"
#include "ck/error.h"
#include "io/sql.h"

/* Bytes of a registry: 13,000 clinics with 20 versions each are 60 MB. */
#define CK_REGISTRY_MAX (64 * 1024 * 1024)

/* Told for each defect. line counts from 1; 0: of the file. */
typedef void (*ck_import_fn)(void *ctx, unsigned line, const char *what);

/* What an import has done. */
struct ck_import_counts {
	size_t clinics;		/* in the file */
	size_t versions;
	size_t daemons;
	size_t added;		/* clinics that are new */
	size_t removed;		/* clinics that are gone */
};

/* Check text alone, and tell its defects. Returns CK_OK, CK_ERR_CONFIG or
 * CK_ERR_NOMEM. Pure. */
CK_MUST_CHECK enum ck_err
ck_registry_check(struct ck_span text, ck_import_fn tell, void *ctx);

/*
 * Check text and make it the registry, in one transaction.
 *
 * now_ms  wall clock, for the daemons that are asked from now on.
 * tell    called for each defect; at most 100 times.
 *
 * Returns CK_OK
 *         CK_ERR_CONFIG  there are defects; nothing has changed
 *         CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_registry_import(struct ck_sql *sql, struct ck_span text, int64_t now_ms,
    ck_import_fn tell, void *ctx, struct ck_import_counts *counts);

#endif /* SERVICE_LEDGER_IMPORT_H */
