/*
 * appointment.c - the rows of those who are expected
 */
#include <openssl/crypto.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/appointment.h"
#include "store/internal.h"
#include "store/pack.h"

static void
wipe_plain(struct ck_store *store)
{
	if (store->plain.len > 0)
		OPENSSL_cleanse(store->plain.ptr, store->plain.len);
	store->plain.len = 0;
}

/* --- Writing -------------------------------------------------------------- */

/* One number of one person on one day. */
static enum ck_err
key_of(struct ck_store *store, const struct ck_lookup_record *record,
    uint8_t key[CK_HASH_LEN])
{
	const struct ck_person_keys *person = &record->person;
	const char *number = person->id_number[0] != '\0' ?
	    person->id_number : person->insurance_number[0] != '\0' ?
	    person->insurance_number : person->card_number;
	char text[CK_KEY_TEXT_LEN + 16];
	enum ck_err err;

	if (number[0] == '\0')
		return CK_ERR_LIMIT;
	(void)snprintf(text, sizeof(text), "%s %" PRId64, number,
	    ck_date_number(record->visit_date));
	err = ck_crypt_hash(store->crypt, CK_HASH_APPOINTMENT, text, key);
	OPENSSL_cleanse(text, sizeof(text));

	return err;
}

static enum ck_err
seal(struct ck_store *store, const uint8_t key[CK_HASH_LEN],
    const struct ck_lookup_record *record)
{
	struct ck_box_place place = { "appointment",
	    ck_span_of(key, CK_HASH_LEN) };
	enum ck_err err;

	wipe_plain(store);
	if ((err = ck_pack_lookup(record, &store->plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt, place,
		    ck_buf_view(&store->plain), &store->box);
	wipe_plain(store);

	return err;
}

enum ck_err
ck_store_put_appointment(struct ck_store *store,
    const struct ck_lookup_record *record)
{
	static const char sql[] =
	    "INSERT INTO appointment (key, visit_date, made_ms, state, "
	    "due_ms, tries, sealed) VALUES (?, ?, ?, 1, 0, 0, ?) "
	    "ON CONFLICT (key) DO NOTHING";
	uint8_t key[CK_HASH_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = key_of(store, record, key)) != CK_OK ||
	    (err = seal(store, key, record)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(key, sizeof(key)));
	ck_stmt_bind_int(stmt, ck_date_number(record->visit_date));
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_end_appointment(struct ck_store *store,
    const struct ck_appointment_row *row)
{
	static const char sql[] =
	    "UPDATE appointment SET state = ?, due_ms = ?, tries = ?, "
	    "lookup = ? WHERE number = ?";
	uint8_t lookup[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)row->state);
	ck_stmt_bind_int(stmt, row->due_ms);
	ck_stmt_bind_int(stmt, row->tries);
	if (ck_id_parse(row->lookup_id, lookup))
		ck_stmt_bind_blob(stmt, ck_span_of(lookup, sizeof(lookup)));
	else
		ck_stmt_bind_null(stmt);
	ck_stmt_bind_int(stmt, row->number);

	return ck_stmt_run(stmt);
}

/* --- Reading -------------------------------------------------------------- */

#define COLUMNS "SELECT number, visit_date, state, due_ms, tries, lookup, " \
	"key, sealed FROM appointment "

static void
take(struct ck_stmt *stmt, struct ck_appointment_row *out)
{
	memset(out, 0, sizeof(*out));
	out->number = ck_stmt_take_int(stmt);
	out->visit_date = ck_date_of_number(ck_stmt_take_int(stmt));
	out->state = (enum ck_appointment_state)ck_stmt_take_int(stmt);
	out->due_ms = ck_stmt_take_int(stmt);
	out->tries = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->lookup_id);
}

static enum ck_err
unseal(struct ck_store *store, struct ck_span key, struct ck_span box,
    struct ck_lookup_record *out)
{
	struct ck_box_place place = { "appointment", key };
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	err = ck_crypt_open(store->crypt, place, box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_lookup(ck_buf_view(&store->plain), out);
	wipe_plain(store);

	return err;
}

enum ck_err
ck_store_next_appointment(struct ck_store *store, struct ck_date first,
    struct ck_date last, int64_t now_ms, struct ck_appointment_row *out,
    struct ck_lookup_record *who)
{
	static const char sql[] = COLUMNS "WHERE state = 1 AND "
	    "visit_date BETWEEN ? AND ? AND due_ms <= ? "
	    "ORDER BY visit_date, number LIMIT 1";
	struct ck_span key;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(first));
	ck_stmt_bind_int(stmt, ck_date_number(last));
	ck_stmt_bind_int(stmt, now_ms);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = CK_ERR_NOT_FOUND;
	if (row) {
		take(stmt, out);
		key = ck_stmt_take_blob(stmt);
		err = unseal(store, key, ck_stmt_take_blob(stmt), who);
		who->visit_date = out->visit_date;
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_appointment_figures(struct ck_store *store, struct ck_date date,
    struct ck_appointment_figures *out)
{
	static const char sql[] =
	    "SELECT count(*) FILTER (WHERE state = 1), "
	    "count(*) FILTER (WHERE state = 2), "
	    "count(*) FILTER (WHERE state = 3) "
	    "FROM appointment WHERE visit_date = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(date));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		out->waiting = ck_stmt_take_int(stmt);
		out->covered = ck_stmt_take_int(stmt);
		out->problems = ck_stmt_take_int(stmt);
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_appointment_problems(struct ck_store *store, struct ck_date date,
    struct ck_appointment_row *out, size_t max, size_t *count)
{
	static const char sql[] = COLUMNS "WHERE visit_date = ? AND "
	    "state = 3 ORDER BY number LIMIT ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*count = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(date));
	ck_stmt_bind_int(stmt, (int64_t)max);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row &&
	    *count < max)
		take(stmt, &out[(*count)++]);
	ck_stmt_end(stmt);

	return err;
}
