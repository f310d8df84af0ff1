/*
 * appointment.c - the rows of those who are expected
 */
#include <openssl/crypto.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

bool
ck_expected_has_number(const struct ck_expected *who)
{
	return who->person.id_number[0] != '\0' ||
	    who->person.insurance_number[0] != '\0' ||
	    who->person.card_number[0] != '\0';
}

bool
ck_expected_askable(const struct ck_expected *who)
{
	return who->date_of_birth.year != 0 && ck_expected_has_number(who);
}

/* One number of one person on one day. */
static enum ck_err
key_of(struct ck_store *store, const struct ck_expected *who,
    uint8_t key[CK_HASH_LEN])
{
	const struct ck_person_keys *person = &who->person;
	const char *number = person->id_number[0] != '\0' ?
	    person->id_number : person->insurance_number[0] != '\0' ?
	    person->insurance_number : person->card_number;
	char text[CK_KEY_TEXT_LEN + 16];
	enum ck_err err;

	(void)snprintf(text, sizeof(text), "%s %" PRId64, number,
	    ck_date_number(who->visit_date));
	err = ck_crypt_hash(store->crypt, CK_HASH_APPOINTMENT, text, key);
	OPENSSL_cleanse(text, sizeof(text));

	return err;
}

/* One name on one day, for whoever cannot be asked about yet. */
static enum ck_err
name_key_of(struct ck_store *store, const struct ck_expected *who,
    struct ck_date birth, uint8_t key[CK_HASH_LEN])
{
	char text[CK_NAME_LEN + 40];
	enum ck_err err;

	(void)snprintf(text, sizeof(text), "%s %" PRId64 " %" PRId64,
	    who->full_name, ck_date_number(birth),
	    ck_date_number(who->visit_date));
	err = ck_crypt_hash(store->crypt, CK_HASH_EXPECTED, text, key);
	OPENSSL_cleanse(text, sizeof(text));

	return err;
}

/* Sealed in the form of a lookup, of which it has the beginning. */
static enum ck_err
seal(struct ck_store *store, const uint8_t key[CK_HASH_LEN],
    const struct ck_expected *who)
{
	struct ck_box_place place = { "appointment",
	    ck_span_of(key, CK_HASH_LEN) };
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	enum ck_err err;

	if (record == NULL)
		return CK_ERR_NOMEM;
	record->person = who->person;
	memcpy(record->identity.full_name, who->full_name,
	    sizeof(record->identity.full_name));
	record->identity.date_of_birth = who->date_of_birth;
	wipe_plain(store);
	if ((err = ck_pack_lookup(record, &store->plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt, place,
		    ck_buf_view(&store->plain), &store->box);
	wipe_plain(store);
	OPENSSL_cleanse(record, sizeof(*record));
	free(record);

	return err;
}

static enum ck_err
insert(struct ck_store *store, const struct ck_expected *who,
    const uint8_t key[CK_HASH_LEN], struct ck_buf *phone)
{
	static const char sql[] =
	    "INSERT INTO appointment (key, visit_date, made_ms, state, "
	    "due_ms, tries, sealed, phone) VALUES (?, ?, ?, ?, 0, 0, ?, ?) "
	    "ON CONFLICT (key) DO NOTHING";
	struct ck_box_place place = { "appointment_phone",
	    ck_span_of(key, CK_HASH_LEN) };
	struct ck_stmt *stmt;
	enum ck_err err;

	if (who->phone[0] != '\0' && (err = ck_crypt_seal(store->crypt,
	    place, ck_span_str(who->phone), phone)) != CK_OK)
		return err;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(key, CK_HASH_LEN));
	ck_stmt_bind_int(stmt, ck_date_number(who->visit_date));
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_int(stmt, ck_expected_askable(who) ?
	    CK_APPOINTMENT_WAITING : CK_APPOINTMENT_UNASKABLE);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	if (phone->len > 0)
		ck_stmt_bind_blob(stmt, ck_buf_view(phone));
	else
		ck_stmt_bind_null(stmt);

	return ck_stmt_run(stmt);
}

static enum ck_err
forget_key(struct ck_store *store, const uint8_t key[CK_HASH_LEN])
{
	static const char sql[] =
	    "DELETE FROM appointment WHERE key = ? AND state = 5";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(key, CK_HASH_LEN));

	return ck_stmt_run(stmt);
}

/* What an earlier list lacked has been found out: her old row goes. */
static enum ck_err
complete(struct ck_store *store, const struct ck_expected *who)
{
	const struct ck_date none = { 0, 0, 0 };
	uint8_t key[CK_HASH_LEN];
	enum ck_err err;

	if ((err = name_key_of(store, who, none, key)) != CK_OK ||
	    (err = forget_key(store, key)) != CK_OK ||
	    (err = name_key_of(store, who, who->date_of_birth,
	    key)) != CK_OK)
		return err;

	return forget_key(store, key);
}

enum ck_err
ck_store_put_appointment(struct ck_store *store,
    const struct ck_expected *who, bool *known)
{
	bool askable = ck_expected_askable(who);
	struct ck_buf phone = CK_BUF_INIT;
	uint8_t key[CK_HASH_LEN];
	enum ck_err err;

	*known = false;
	if ((err = askable ? key_of(store, who, key) : name_key_of(store, who,
	    who->date_of_birth, key)) != CK_OK)
		goto out;
	if (askable && (err = complete(store, who)) != CK_OK)
		goto out;
	if ((err = seal(store, key, who)) != CK_OK ||
	    (err = insert(store, who, key, &phone)) != CK_OK)
		goto out;
	*known = ck_db_changes(store->db) == 0;
out:
	ck_buf_wipe(&phone);

	return err;
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
    struct ck_expected *out)
{
	struct ck_box_place place = { "appointment", key };
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	enum ck_err err = CK_ERR_NOMEM;

	memset(out, 0, sizeof(*out));
	if (record != NULL)
		err = ck_crypt_open(store->crypt, place, box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_lookup(ck_buf_view(&store->plain), record);
	wipe_plain(store);
	if (err == CK_OK) {
		out->person = record->person;
		memcpy(out->full_name, record->identity.full_name,
		    sizeof(out->full_name));
		out->date_of_birth = record->identity.date_of_birth;
	}
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);

	return err;
}

static bool
is_busy(const struct ck_appointments_busy *busy, int64_t number)
{
	size_t i;

	for (i = 0; i < busy->count; i++) {
		if (busy->numbers[i] == number)
			return true;
	}

	return false;
}

enum ck_err
ck_store_next_appointment(struct ck_store *store, struct ck_date first,
    struct ck_date last, int64_t now_ms,
    const struct ck_appointments_busy *busy, struct ck_appointment_row *out,
    struct ck_expected *who)
{
	static const char sql[] = COLUMNS "WHERE state = 1 AND "
	    "visit_date BETWEEN ? AND ? AND due_ms <= ? "
	    "ORDER BY visit_date, number LIMIT ?";
	struct ck_span key;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(first));
	ck_stmt_bind_int(stmt, ck_date_number(last));
	ck_stmt_bind_int(stmt, now_ms);
	ck_stmt_bind_int(stmt, (int64_t)busy->count + 1);
	do {
		if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
			return err;
		if (row)
			take(stmt, out);
	} while (row && is_busy(busy, out->number));
	err = CK_ERR_NOT_FOUND;
	if (row) {
		key = ck_stmt_take_blob(stmt);
		err = unseal(store, key, ck_stmt_take_blob(stmt), who);
		who->visit_date = out->visit_date;
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
open_phone(struct ck_store *store, struct ck_span key, struct ck_span box,
    char out[CK_PHONE_LEN])
{
	struct ck_box_place place = { "appointment_phone", key };
	enum ck_err err;

	if (box.len == 0)
		return CK_OK;
	err = ck_crypt_open(store->crypt, place, box, &store->plain);
	if (err == CK_OK && store->plain.len >= CK_PHONE_LEN)
		err = CK_ERR_STORE_CORRUPT;
	if (err == CK_OK)
		memcpy(out, store->plain.ptr, store->plain.len);
	wipe_plain(store);

	return err;
}

enum ck_err
ck_store_get_expected(struct ck_store *store, int64_t number,
    struct ck_expected *out)
{
	static const char sql[] = "SELECT visit_date, key, sealed, "
	    "coalesce(phone, x'') FROM appointment WHERE number = ?";
	struct ck_span key, box;
	struct ck_stmt *stmt;
	struct ck_date date;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = CK_ERR_NOT_FOUND;
	if (row) {
		date = ck_date_of_number(ck_stmt_take_int(stmt));
		key = ck_stmt_take_blob(stmt);
		box = ck_stmt_take_blob(stmt);
		err = unseal(store, key, box, out);
		out->visit_date = date;
		if (err == CK_OK)
			err = open_phone(store, key, ck_stmt_take_blob(stmt),
			    out->phone);
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
	    "count(*) FILTER (WHERE state = 3), "
	    "count(*) FILTER (WHERE state = 4), "
	    "count(*) FILTER (WHERE state = 5) "
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
		out->ends_soon = ck_stmt_take_int(stmt);
		out->unaskable = ck_stmt_take_int(stmt);
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_appointment_problems(struct ck_store *store, struct ck_date date,
    bool waiting, struct ck_appointment_row *out, size_t max, size_t *count)
{
	static const char sql[] = COLUMNS "WHERE visit_date = ? AND "
	    "(state >= 3 OR (state = 1 AND ?)) ORDER BY number LIMIT ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*count = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(date));
	ck_stmt_bind_int(stmt, waiting);
	ck_stmt_bind_int(stmt, (int64_t)max);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row &&
	    *count < max)
		take(stmt, &out[(*count)++]);
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_erase_appointments(struct ck_store *store, struct ck_date date,
    int64_t limit, int64_t *erased)
{
	static const char sql[] =
	    "DELETE FROM appointment WHERE number IN (SELECT number FROM "
	    "appointment WHERE visit_date < ? LIMIT ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	*erased = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(date));
	ck_stmt_bind_int(stmt, limit);
	if ((err = ck_stmt_run(stmt)) == CK_OK)
		*erased = ck_db_changes(store->db);

	return err;
}
