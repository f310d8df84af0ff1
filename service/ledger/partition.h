/*
 * partition.h - the partitions of PostgreSQL, made when a month is first
 * counted; of ledger/ alone
 */
#ifndef SERVICE_LEDGER_PARTITION_H
#define SERVICE_LEDGER_PARTITION_H

#include <stdint.h>

#include "ck/error.h"
#include "io/sql.h"

/* Months that were seen to: 2020 to 2099, 12 × year + month - 1. */
#define CK_PARTITION_FIRST (2020 * 12)
#define CK_PARTITION_COUNT (80 * 12)

struct ck_partitions {
	uint8_t made[CK_PARTITION_COUNT];
};

/*
 * Make the partitions of this month, unless they are there. Not inside a
 * transaction. Does nothing with SQLite.
 * Returns CK_OK, CK_ERR_LIMIT (no such month), or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_partition_month(struct ck_partitions *partitions, struct ck_sql *sql,
    int64_t month);

#endif /* SERVICE_LEDGER_PARTITION_H */
