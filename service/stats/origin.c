/*
 * origin.c - whose figures these are, and until when they are complete
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/db.h"
#include "stats/origin.h"

static void
print_epoch(struct ck_origin *out, const char *id)
{
	(void)snprintf(out->epoch, sizeof(out->epoch), "%" PRId64 "-%s",
	    out->epoch_number, id);
}

static enum ck_err
load_clinic(struct ck_db *db, struct ck_origin *out)
{
	static const char sql[] =
	    "SELECT facility, station, epoch, lower(hex(id)) FROM clinic "
	    "JOIN epoch ON epoch.number = clinic.epoch WHERE present = 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	if (row) {
		(void)snprintf(out->facility, sizeof(out->facility), "%s",
		    ck_stmt_take_text(stmt));
		(void)snprintf(out->station, sizeof(out->station), "%s",
		    ck_stmt_take_text(stmt));
		out->epoch_number = ck_stmt_take_int(stmt);
		print_epoch(out, ck_stmt_take_text(stmt));
	}
	ck_stmt_end(stmt);

	return row ? CK_OK : CK_ERR_STORE_CORRUPT;
}

enum ck_err
ck_origin_load(struct ck_db *db, int64_t now_ms, struct ck_origin *out)
{
	static const char sql[] =
	    "SELECT min(opened_ms) FROM lookup WHERE closed_ms IS NULL";
	int64_t oldest_open;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if ((err = load_clinic(db, out)) != CK_OK)
		return err;
	if ((err = ck_db_int(db, sql, &oldest_open)) != CK_OK)
		return err;
	if (oldest_open != 0 && oldest_open < now_ms)
		now_ms = oldest_open;
	ck_clock_instant(now_ms, out->complete_until);

	return CK_OK;
}

void
ck_origin_hour(int64_t hour, char out[CK_HOUR_LEN])
{
	char instant[CK_INSTANT_LEN];

	ck_clock_instant(hour * 3600000, instant);
	(void)snprintf(out, CK_HOUR_LEN, "%.19sZ", instant);
}
