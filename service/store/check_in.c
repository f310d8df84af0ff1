/*
 * check_in.c - the rows of check-ins
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "store/check_in.h"
#include "store/check_in_pack.h"
#include "store/internal.h"

static const struct {
	enum ck_without_card number;
	const char *label;
} withouts[] = {
#define X(symbol, number, label) { symbol, label },
	CK_WITHOUT_LIST(X)
#undef X
};

static const struct {
	enum ck_notice_state number;
	const char *label;
} states[] = {
#define X(symbol, number, label) { symbol, label },
	CK_NOTICE_STATE_LIST(X)
#undef X
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
ck_without_label(enum ck_without_card without)
{
	size_t i;

	for (i = 0; i < COUNT(withouts); i++) {
		if (withouts[i].number == without)
			return withouts[i].label;
	}

	return "?";
}

bool
ck_without_parse(const char *label, enum ck_without_card *out)
{
	size_t i;

	for (i = 0; i < COUNT(withouts); i++) {
		if (strcmp(withouts[i].label, label) == 0) {
			*out = withouts[i].number;
			return true;
		}
	}

	return false;
}

const char *
ck_notice_state_label(enum ck_notice_state state)
{
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		if (states[i].number == state)
			return states[i].label;
	}

	return "?";
}

bool
ck_notice_state_parse(const char *label, enum ck_notice_state *out)
{
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		if (strcmp(states[i].label, label) == 0) {
			*out = states[i].number;
			return true;
		}
	}

	return false;
}

void
ck_check_in_wipe(struct ck_check_in *check_in)
{
	ck_notice_wipe(&check_in->draft);
	OPENSSL_cleanse(check_in, sizeof(*check_in));
}

/* --- Writing -------------------------------------------------------------- */

static void
clear(struct ck_buf *buf)
{
	if (buf->len > 0)
		OPENSSL_cleanse(buf->ptr, buf->len);
	buf->len = 0;
}

static enum ck_err
seal(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const struct ck_check_in *check_in)
{
	struct ck_box_place place = { "check_in",
	    ck_span_of(id, CK_ID_BYTES) };
	enum ck_err err;

	clear(&store->plain);
	err = ck_pack_check_in(check_in, &store->plain);
	if (err == CK_OK)
		err = ck_crypt_seal(store->crypt, place,
		    ck_buf_view(&store->plain), &store->box);
	clear(&store->plain);

	return err;
}

static void
bind_or_null(struct ck_stmt *stmt, bool known, const uint8_t *bytes)
{
	if (known)
		ck_stmt_bind_blob(stmt, ck_span_of(bytes, CK_ID_BYTES));
	else
		ck_stmt_bind_null(stmt);
}

_Static_assert(CK_HASH_LEN == CK_ID_BYTES, "bound by one function");

/* Whose visit it is, and of which day: as its lookup says, else the draft. */
struct whose {
	int64_t person;			/* 0: nobody knows */
	int64_t date;			/* YYYYMMDD */
};

static enum ck_err
whose_of_lookup(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    struct whose *out)
{
	static const char sql[] =
	    "SELECT coalesce(p.same_as, p.number), l.visit_date FROM lookup l "
	    "JOIN person p ON p.number = l.person WHERE l.id = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(lookup, CK_ID_BYTES));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		out->person = ck_stmt_take_int(stmt);
		out->date = ck_stmt_take_int(stmt);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
find_whose(struct ck_store *store, const struct ck_check_in *check_in,
    struct whose *out)
{
	uint8_t lookup[CK_ID_BYTES];
	enum ck_err err = CK_OK;

	out->person = 0;
	out->date = ck_date_number(ck_clock_local_date(
	    check_in->admitted_ms));
	if (ck_id_parse(check_in->lookup_id, lookup))
		err = whose_of_lookup(store, lookup, out);

	return err == CK_OK && out->person == 0 ?
	    ck_tie_person(store, &check_in->draft, &out->person) : err;
}

static enum ck_err
insert(struct ck_store *store, const struct ck_check_in *check_in,
    const uint8_t id[CK_ID_BYTES], const struct whose *whose)
{
	static const char sql[] =
	    "INSERT INTO check_in (id, lookup, clinic, admitted_ms, without, "
	    "idempotency, sealed, person, visit_date) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	uint8_t lookup[CK_ID_BYTES] = { 0 }, key[CK_HASH_LEN] = { 0 };
	bool has_lookup = check_in->lookup_id[0] != '\0';
	bool has_key = check_in->idempotency_key[0] != '\0';
	struct ck_stmt *stmt;
	enum ck_err err;

	if (has_lookup && !ck_id_parse(check_in->lookup_id, lookup))
		return CK_ERR_LIMIT;
	if (has_key && (err = ck_crypt_hash(store->crypt, CK_HASH_CHECK_IN,
	    check_in->idempotency_key, key)) != CK_OK)
		return err;
	if ((err = seal(store, id, check_in)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	bind_or_null(stmt, has_lookup, lookup);
	ck_stmt_bind_int(stmt, store->clinic);
	ck_stmt_bind_int(stmt, check_in->admitted_ms);
	ck_stmt_bind_int(stmt, (int64_t)check_in->without);
	bind_or_null(stmt, has_key, key);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	if (whose->person != 0)
		ck_stmt_bind_int(stmt, whose->person);
	else
		ck_stmt_bind_null(stmt);
	ck_stmt_bind_int(stmt, whose->date);

	return ck_stmt_run(stmt);
}

/* The insurer may know of the visit already. */
static enum ck_err
tie(struct ck_store *store, const char *id, const struct whose *whose)
{
	struct ck_check_in check_in;
	enum ck_err err = ck_store_get_check_in(store, id, &check_in);

	if (err == CK_OK)
		err = ck_tie_check_in(store, &check_in, whose->person,
		    whose->date);
	ck_check_in_wipe(&check_in);

	return err;
}

enum ck_err
ck_store_put_check_in(struct ck_store *store,
    const struct ck_check_in *check_in)
{
	uint8_t id[CK_ID_BYTES];
	struct whose whose;
	enum ck_err err;

	if (!ck_id_parse(check_in->id, id))
		return CK_ERR_LIMIT;
	if ((err = find_whose(store, check_in, &whose)) != CK_OK ||
	    (err = insert(store, check_in, id, &whose)) != CK_OK ||
	    (err = ck_receipt_of_check_in(store, check_in)) != CK_OK)
		return err;

	return tie(store, check_in->id, &whose);
}

/* --- Reading -------------------------------------------------------------- */

static enum ck_err
take(struct ck_store *store, struct ck_stmt *stmt, struct ck_check_in *out)
{
	uint8_t id[CK_ID_BYTES];
	struct ck_box_place place = { "check_in", ck_span_of(id, sizeof(id)) };
	struct ck_span lookup, box;
	enum ck_err err;

	out->number = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->id);
	if (!ck_id_parse(out->id, id))
		return CK_ERR_STORE_CORRUPT;
	lookup = ck_stmt_take_blob(stmt);
	ck_id_print(lookup, out->lookup_id);
	out->admitted_ms = ck_stmt_take_int(stmt);
	out->without = (enum ck_without_card)ck_stmt_take_int(stmt);
	box = ck_stmt_take_blob(stmt);
	if (box.len == 0)
		return CK_ERR_NOT_FOUND;	/* erased */
	clear(&store->plain);
	err = ck_crypt_open(store->crypt, place, box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_check_in(ck_buf_view(&store->plain), out);
	clear(&store->plain);

	return err;
}

#define COLUMNS "SELECT number, id, lookup, admitted_ms, without, sealed " \
	"FROM check_in WHERE "

static enum ck_err
read_one(struct ck_store *store, const char *sql, struct ck_span key,
    struct ck_check_in *out)
{
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, key);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? take(store, stmt, out) : CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);
	if (err != CK_OK)
		ck_check_in_wipe(out);

	return err;
}

enum ck_err
ck_store_get_check_in(struct ck_store *store, const char *id,
    struct ck_check_in *out)
{
	static const char sql[] = COLUMNS "id = ?";
	uint8_t bytes[CK_ID_BYTES];

	memset(out, 0, sizeof(*out));
	if (!ck_id_parse(id, bytes))
		return CK_ERR_NOT_FOUND;

	return read_one(store, sql, ck_span_of(bytes, sizeof(bytes)), out);
}

enum ck_err
ck_store_check_in_of_lookup(struct ck_store *store, const char *lookup_id,
    struct ck_check_in *out)
{
	static const char sql[] = COLUMNS "lookup = ?";
	uint8_t bytes[CK_ID_BYTES];

	memset(out, 0, sizeof(*out));
	if (!ck_id_parse(lookup_id, bytes))
		return CK_ERR_NOT_FOUND;

	return read_one(store, sql, ck_span_of(bytes, sizeof(bytes)), out);
}

enum ck_err
ck_store_check_in_of_visit(struct ck_store *store, const char *lookup_id,
    struct ck_check_in *out)
{
	/* an inner query: of COLUMNS, number stands in person as well */
	static const char sql[] = COLUMNS "number = (SELECT c.number "
	    "FROM lookup l JOIN person p ON p.number = l.person "
	    "JOIN check_in c ON c.visit_date = l.visit_date "
	    "AND c.lookup IS NOT NULL AND c.person IN (SELECT s.number "
	    "FROM person s WHERE s.number = coalesce(p.same_as, p.number) "
	    "OR s.same_as = coalesce(p.same_as, p.number)) "
	    "WHERE l.id = ? ORDER BY c.number DESC LIMIT 1)";
	uint8_t bytes[CK_ID_BYTES];

	memset(out, 0, sizeof(*out));
	if (!ck_id_parse(lookup_id, bytes))
		return CK_ERR_NOT_FOUND;

	return read_one(store, sql, ck_span_of(bytes, sizeof(bytes)), out);
}

enum ck_err
ck_store_check_in_of_key(struct ck_store *store, const char *key,
    struct ck_check_in *out)
{
	static const char sql[] = COLUMNS "idempotency = ?";
	uint8_t hash[CK_HASH_LEN];
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	err = ck_crypt_hash(store->crypt, CK_HASH_CHECK_IN, key, hash);
	if (err != CK_OK)
		return err;

	return read_one(store, sql, ck_span_of(hash, sizeof(hash)), out);
}
