/*
 * clinic.c - whose figures these are: facility, station and epoch
 */
#include <openssl/rand.h>

#include "store/internal.h"

#define EPOCH_ID_LEN 8

enum ck_err
ck_epoch_begin(struct ck_store *store)
{
	static const char sql[] =
	    "INSERT INTO epoch (number, id) VALUES (max(?, "
	    "1 + coalesce((SELECT max(number) FROM epoch), 0)), ?)";
	uint8_t id[EPOCH_ID_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;

	if (RAND_bytes(id, sizeof(id)) != 1)
		return CK_ERR_CRYPTO;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock) / 1000);
	ck_stmt_bind_blob(stmt, ck_span_of(id, sizeof(id)));

	return ck_stmt_run(stmt);
}

static enum ck_err
settle_clinic(struct ck_store *store, const char *facility,
    const char *station, int64_t epoch)
{
	static const char sql_insert[] =
	    "INSERT INTO clinic (facility, station, epoch, present) "
	    "VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING";
	static const char sql_find[] =
	    "SELECT number FROM clinic "
	    "WHERE facility = ? AND station = ? AND epoch = ?";
	const char *const steps[] = { sql_insert, sql_find };
	struct ck_stmt *stmt = NULL;
	enum ck_err err;
	bool row = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		if ((err = ck_db_prepare(store->db, steps[i], &stmt)) != CK_OK)
			return err;
		ck_stmt_bind_text(stmt, facility);
		ck_stmt_bind_text(stmt, station);
		ck_stmt_bind_int(stmt, epoch);
		if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
			return err;
		if (row)
			store->clinic = ck_stmt_take_int(stmt);
		ck_stmt_end(stmt);
	}

	return row ? CK_OK : CK_ERR_STORE;
}

/* Figures, receipts and pages ask the database who we are now. */
static enum ck_err
mark_present(struct ck_store *store)
{
	static const char sql[] =
	    "UPDATE clinic SET present = (number = ?1) "
	    "WHERE present <> (number = ?1)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, store->clinic);

	return ck_stmt_run(stmt);
}

static enum ck_err
settle(struct ck_store *store, const char *facility, const char *station)
{
	static const char sql[] = "SELECT max(number) FROM epoch";
	int64_t epoch, epochs;
	enum ck_err err;

	if ((err = ck_db_int(store->db, sql, &epoch)) != CK_OK)
		return err;
	if (epoch == 0) {
		if ((err = ck_epoch_begin(store)) != CK_OK)
			return err;
		epoch = ck_db_last_rowid(store->db);
	}

	if ((err = ck_db_int(store->db, "SELECT count(*) FROM epoch",
	    &epochs)) != CK_OK)
		return err;
	store->restored = epochs > 1;
	err = settle_clinic(store, facility, station, epoch);

	return err == CK_OK ? mark_present(store) : err;
}

enum ck_err
ck_clinic_settle(struct ck_store *store, const char *facility,
    const char *station)
{
	enum ck_err err;

	if ((err = ck_db_begin(store->db)) != CK_OK)
		return err;
	if ((err = settle(store, facility, station)) == CK_OK)
		err = ck_db_commit(store->db);
	if (err != CK_OK)
		ck_db_rollback(store->db);

	return err;
}
