/*
 * schema.h - bring a ledger to the schema of this program; of ledger/ alone
 */
#ifndef SERVICE_LEDGER_SCHEMA_H
#define SERVICE_LEDGER_SCHEMA_H

#include <stdint.h>

#include "ck/error.h"
#include "io/sql.h"

/*
 * Run the migrations that are missing, each in a transaction of its own.
 * Several collectors may do so at once.
 *
 * Returns  CK_OK
 *          CK_ERR_STORE_NEWER    of a newer program
 *          CK_ERR_STORE_CORRUPT  a database of another program
 *          or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_ledger_migrate(struct ck_sql *sql, int64_t now_ms);

#endif /* SERVICE_LEDGER_SCHEMA_H */
