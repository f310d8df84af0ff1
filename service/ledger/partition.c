/*
 * partition.c - the partitions of PostgreSQL
 *
 * A partition is made as a table and then attached: CREATE TABLE … PARTITION OF
 * would wait for every reader of the parent, and let nobody read meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>

#include "ledger/day.h"
#include "ledger/partition.h"

/* Any number, but not that of schema.c. */
static const char lock_server[] =
    "SELECT pg_advisory_xact_lock(1130914383)";

static enum ck_err
attach(struct ck_sql *sql, const char *table, const char *column,
    int64_t month, const int64_t range[2])
{
	char text[768];
	int64_t year = month / 12, of_year = month % 12 + 1;
	char name[64];

	(void)snprintf(name, sizeof(name), "%s_%04" PRId64 "_%02" PRId64,
	    table, year, of_year);
	/* The check lets ATTACH trust the (empty) table without a lock. */
	(void)snprintf(text, sizeof(text),
	    "CREATE TABLE %s (LIKE %s INCLUDING ALL, CHECK (%s >= %" PRId64
	    " AND %s < %" PRId64 ")); "
	    "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%" PRId64
	    ") TO (%" PRId64 ");", name, table, column, range[0], column,
	    range[1], table, name, range[0], range[1]);

	return ck_sql_exec(sql, text);
}

static enum ck_err
exists(struct ck_sql *sql, int64_t month, int64_t *count)
{
	static const char text[] = "SELECT count(*) FROM pg_class "
	    "WHERE relnamespace = current_schema()::regnamespace "
	    "AND relname = $1";
	struct ck_sql_stmt stmt;
	char name[64];
	enum ck_err err;
	bool row;

	(void)snprintf(name, sizeof(name), "figure_%04" PRId64 "_%02" PRId64,
	    month / 12, month % 12 + 1);
	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_text(&stmt, name);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		*count = ck_sql_take_int(&stmt);
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
make(struct ck_sql *sql, int64_t month)
{
	int64_t days[2] = { ck_month_first_day(month),
	    ck_month_first_day(month + 1) };
	int64_t hours[2] = { ck_day_first_hour(days[0]),
	    ck_day_first_hour(days[1]) };
	int64_t months[2] = { month, month + 1 }, count = 0;
	enum ck_err err;

	if ((err = ck_sql_int(sql, lock_server, &count)) != CK_OK)
		return err;
	if ((err = exists(sql, month, &count)) != CK_OK || count != 0)
		return err;
	if ((err = attach(sql, "figure", "hour", month, hours)) != CK_OK ||
	    (err = attach(sql, "figure_day", "day", month, days)) != CK_OK)
		return err;

	return attach(sql, "body", "month", month, months);
}

enum ck_err
ck_partition_month(struct ck_partitions *partitions, struct ck_sql *sql,
    int64_t month)
{
	int64_t index = month - CK_PARTITION_FIRST;
	enum ck_err err;

	if (index < 0 || index >= CK_PARTITION_COUNT)
		return CK_ERR_LIMIT;
	if (!ck_sql_is_server(sql) || partitions->made[index] != 0)
		return CK_OK;
	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	if ((err = make(sql, month)) == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);
	else
		partitions->made[index] = 1;

	return err;
}
