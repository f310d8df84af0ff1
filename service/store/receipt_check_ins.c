/*
 * receipt_check_ins.c - do check-ins and notices still say what is proven?
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/statement_check_in.h"
#include "store/receipt_check.h"

static enum ck_err
check_notice(void *ctx, const struct ck_notice_row *row)
{
	struct ck_check *check = ctx;
	enum ck_err err;

	check->expected.len = 0;
	err = ck_statement_notice(&check->expected, row);
	if (err == CK_OK && !ck_holds(&check->statement, &check->expected))
		ck_complain(check, "check-in %s: notice %" PRId64 " does not "
		    "say what its receipt states", row->check_in_id,
		    row->number);

	return err;
}

/* Every notice that the statements name is there still. */
static enum ck_err
check_notices_kept(struct ck_check *check, const char *id)
{
	static const char line[] = "\nnotice: ";
	const char *at = (const char *)check->statement.ptr;
	struct ck_notice_row row;
	int64_t number, last = 0;
	enum ck_err err;

	while ((at = strstr(at, line)) != NULL) {
		at += sizeof(line) - 1;
		number = strtoll(at, NULL, 10);
		if (number == last)
			continue;
		last = number;
		err = ck_store_get_notice(&check->store, number, &row);
		ck_notice_row_wipe(&row);
		if (err == CK_ERR_NOT_FOUND)
			ck_complain(check, "check-in %s: notice %" PRId64
			    " has a receipt but was removed", id, number);
		else if (err != CK_OK)
			return err;
	}

	return CK_OK;
}

static enum ck_err
check_check_in(struct ck_check *check, const char *id)
{
	struct ck_check_in record;
	uint8_t bytes[CK_ID_BYTES];
	bool erased = false;
	enum ck_err err;

	err = ck_store_get_check_in(&check->store, id, &record);
	if (err == CK_OK && ck_id_parse(id, bytes))
		err = ck_gather(check, bytes, &erased);
	check->expected.len = 0;
	if (err == CK_OK && erased)
		ck_complain(check, "check-in %s: its receipt is erased, and "
		    "its record is not", id);
	if (err == CK_OK)
		err = ck_statement_check_in(&check->expected, &record);
	if (err != CK_OK || erased)
		goto out;
	if (!ck_holds(&check->statement, &check->expected))
		ck_complain(check, "check-in %s: does not say what its receipt "
		    "states", id);
	err = ck_store_notices_of(&check->store, record.number, check_notice,
	    check);
	if (err == CK_OK && (err = ck_buf_push(&check->statement, 0)) ==
	    CK_OK)
		err = check_notices_kept(check, id);
out:
	if (err == CK_ERR_STORE_CORRUPT) {
		ck_complain(check, "check-in %s: its record was changed", id);
		err = CK_OK;
	}
	ck_check_in_wipe(&record);

	return err;
}

static enum ck_err
next_check_in(struct ck_check *check, int64_t *number,
    char id[CK_LOOKUP_ID_LEN], bool *found)
{
	static const char sql[] = "SELECT number, id FROM check_in "
	    "WHERE number > ? AND sealed <> x'' ORDER BY number LIMIT 1";

	return ck_next_record(check, sql, number, id, found);
}

/* A database of an older program has no such table yet. */
enum ck_err
ck_receipt_check_ins(struct ck_check *check)
{
	static const char sql[] =
	    "SELECT count(*) FROM migration WHERE version = 3";
	char id[CK_LOOKUP_ID_LEN];
	int64_t number = 0, present;
	enum ck_err err;
	bool found;

	if ((err = ck_db_int(check->store.db, sql, &present)) != CK_OK ||
	    present == 0)
		return err;
	while ((err = next_check_in(check, &number, id, &found)) == CK_OK &&
	    found) {
		if ((err = check_check_in(check, id)) != CK_OK)
			return err;
	}
	if (err != CK_OK)
		return err;

	/* Retention erases the record and all its receipts, or nothing. */
	return ck_check_removed(check, "check-in", "SELECT DISTINCT subject "
	    "FROM receipt r WHERE kind = 4 AND NOT EXISTS (SELECT 1 FROM "
	    "check_in c WHERE c.id = r.subject AND (c.sealed <> x'' OR "
	    "r.sealed IS NULL))");
}
