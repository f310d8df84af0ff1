/*
 * case_row.c - the rows of correction cases: what is sent, and how it stands
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "store/correction.h"
#include "store/internal.h"

static const struct {
	enum ck_case_state number;
	const char *label;
} states[] = {
#define X(symbol, number, label) { symbol, label },
	CK_CASE_STATE_LIST(X)
#undef X
};

const char *
ck_case_state_label(enum ck_case_state state)
{
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (states[i].number == state)
			return states[i].label;
	}

	return "?";
}

/* --- The clerk ------------------------------------------------------------ */

static void
clear(struct ck_buf *buf)
{
	if (buf->len > 0)
		OPENSSL_cleanse(buf->ptr, buf->len);
	buf->len = 0;
}

/* The box is bound to the case's id: a row keeps its id for ever. */
static struct ck_box_place
place_of(const uint8_t id[CK_ID_BYTES])
{
	return (struct ck_box_place){ "correction_case",
	    ck_span_of(id, CK_ID_BYTES) };
}

static enum ck_err
seal(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const char *operator_name)
{
	return ck_crypt_seal(store->crypt, place_of(id),
	    ck_span_str(operator_name), &store->box);
}

static enum ck_err
unseal(struct ck_store *store, struct ck_span id, struct ck_span box,
    char out[CK_NAME_LEN])
{
	uint8_t bytes[CK_ID_BYTES];
	enum ck_err err;

	if (id.len != CK_ID_BYTES)
		return CK_ERR_STORE_CORRUPT;
	memcpy(bytes, id.ptr, CK_ID_BYTES);
	err = ck_crypt_open(store->crypt, place_of(bytes), box,
	    &store->plain);
	if (err == CK_OK && store->plain.len >= CK_NAME_LEN)
		err = CK_ERR_STORE_CORRUPT;
	if (err == CK_OK) {
		memcpy(out, store->plain.ptr, store->plain.len);
		out[store->plain.len] = '\0';
	}
	clear(&store->plain);

	return err;
}

enum ck_err
ck_store_case_operator(struct ck_store *store, int64_t number,
    char out[CK_NAME_LEN])
{
	static const char sql[] =
	    "SELECT id, sealed FROM correction_case WHERE number = ?";
	struct ck_stmt *stmt;
	struct ck_span id;
	enum ck_err err;
	bool row;

	out[0] = '\0';
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = CK_ERR_NOT_FOUND;
	if (row) {
		id = ck_stmt_take_blob(stmt);
		err = unseal(store, id, ck_stmt_take_blob(stmt), out);
	}
	ck_stmt_end(stmt);

	return err;
}

/* --- Writing -------------------------------------------------------------- */

enum ck_err
ck_store_put_case(struct ck_store *store, const struct ck_new_case *given)
{
	/* the consent is for the record as it fails now */
	static const char sql[] =
	    "INSERT INTO correction_case (id, correction, state, made_ms, "
	    "sent_ms, acknowledged_ms, decided_ms, closed_ms, told, due_ms, "
	    "tries, error, retests, sha256, document, sealed) "
	    "SELECT ?1, number, 1, ?3, 0, 0, 0, 0, 0, 0, 0, '', 0, ?4, ?5, ?6 "
	    "FROM correction c WHERE number = ?2 AND done_ms = 0 AND NOT "
	    "EXISTS (SELECT 1 FROM correction_case k WHERE k.correction = "
	    "c.number AND k.closed_ms = 0 AND k.state <> 5)";
	uint8_t id[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;

	if (!ck_id_parse(given->id, id))
		return CK_ERR_LIMIT;
	if ((err = seal(store, id, given->consent_operator)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, sizeof(id)));
	ck_stmt_bind_int(stmt, given->correction);
	ck_stmt_bind_int(stmt, given->made_ms);
	ck_stmt_bind_blob(stmt, ck_span_of(given->sha256,
	    sizeof(given->sha256)));
	ck_stmt_bind_blob(stmt, given->document);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	if ((err = ck_stmt_run(stmt)) != CK_OK)
		return err;

	return ck_db_changes(store->db) == 1 ? CK_OK : CK_ERR_REQUEST;
}

enum ck_err
ck_store_put_case_try(struct ck_store *store, const struct ck_case_row *row)
{
	static const char sql[] =
	    "UPDATE correction_case SET sent_ms = max(sent_ms, ?1), "
	    "told = max(told, ?2), due_ms = ?3, tries = ?4, error = ?5, "
	    "state = CASE WHEN state = 1 AND ?1 > 0 THEN 2 ELSE state END "
	    "WHERE number = ?6";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, row->sent_ms);
	ck_stmt_bind_int(stmt, row->told ? 1 : 0);
	ck_stmt_bind_int(stmt, row->due_ms);
	ck_stmt_bind_int(stmt, row->tries);
	ck_stmt_bind_text(stmt, row->error);
	ck_stmt_bind_int(stmt, row->number);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_put_case_answer(struct ck_store *store, const char *id,
    const uint8_t sha256[32], enum ck_case_state state, int64_t now_ms,
    struct ck_span answer)
{
	/* a number below is one that was passed: acknowledged 3, corrected 4,
	 * refused 5; the office may think better of the last two */
	static const char sql[] =
	    "UPDATE correction_case SET answer = ?1, error = '', tries = 0, "
	    "acknowledged_ms = CASE acknowledged_ms WHEN 0 THEN ?2 "
	    "ELSE acknowledged_ms END, "
	    "decided_ms = CASE WHEN state < 6 AND ?3 IN (4, 5) AND "
	    "state <> ?3 THEN ?2 ELSE decided_ms END, "
	    "told = max(told, ?3 = 6 AND state = 6), "
	    "state = CASE WHEN state = 6 OR ?3 = 6 OR (?3 = 3 AND state > 3) "
	    "THEN state ELSE ?3 END "
	    "WHERE id = ?4 AND sha256 = ?5";
	uint8_t bytes[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;

	if (!ck_id_parse(id, bytes))
		return CK_ERR_NOT_FOUND;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, answer);
	ck_stmt_bind_int(stmt, now_ms);
	ck_stmt_bind_int(stmt, (int64_t)state);
	ck_stmt_bind_blob(stmt, ck_span_of(bytes, sizeof(bytes)));
	ck_stmt_bind_blob(stmt, ck_span_of(sha256, 32));
	if ((err = ck_stmt_run(stmt)) != CK_OK)
		return err;

	return ck_db_changes(store->db) == 1 ? CK_OK : CK_ERR_NOT_FOUND;
}

/* --- Reading -------------------------------------------------------------- */

void
ck_case_take(struct ck_stmt *stmt, struct ck_case_row *out)
{
	struct ck_span sha256;

	memset(out, 0, sizeof(*out));
	out->number = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->id);
	out->state = (enum ck_case_state)ck_stmt_take_int(stmt);
	out->made_ms = ck_stmt_take_int(stmt);
	out->sent_ms = ck_stmt_take_int(stmt);
	out->acknowledged_ms = ck_stmt_take_int(stmt);
	out->decided_ms = ck_stmt_take_int(stmt);
	out->closed_ms = ck_stmt_take_int(stmt);
	out->told = ck_stmt_take_int(stmt) != 0;
	out->due_ms = ck_stmt_take_int(stmt);
	out->tries = ck_stmt_take_int(stmt);
	(void)snprintf(out->error, sizeof(out->error), "%s",
	    ck_stmt_take_text(stmt));
	out->retests = ck_stmt_take_int(stmt);
	sha256 = ck_stmt_take_blob(stmt);
	if (sha256.len == sizeof(out->sha256))
		memcpy(out->sha256, sha256.ptr, sha256.len);
}

enum ck_err
ck_store_case_document(struct ck_store *store, int64_t number,
    struct ck_buf *out)
{
	static const char sql[] =
	    "SELECT document FROM correction_case WHERE number = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? ck_buf_append(out, ck_stmt_take_blob(stmt)) :
	    CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
first_due(struct ck_store *store, int64_t *out)
{
	static const char sql[] =
	    "SELECT min(due_ms) FROM correction_case WHERE told = 0";

	return ck_db_int(store->db, sql, out);
}

enum ck_err
ck_store_next_case(struct ck_store *store, int64_t now_ms,
    struct ck_case_row *out, int64_t *later_ms)
{
	static const char sql[] = "SELECT " CK_CASE_COLUMNS " FROM "
	    "correction_case k WHERE told = 0 AND due_ms <= ? "
	    "ORDER BY due_ms, number LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*later_ms = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, now_ms);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	if (row)
		ck_case_take(stmt, out);
	ck_stmt_end(stmt);
	if (row)
		return CK_OK;
	err = first_due(store, later_ms);

	return err == CK_OK ? CK_ERR_NOT_FOUND : err;
}

enum ck_err
ck_store_cases_untold(struct ck_store *store, int64_t limit, ck_case_fn fn,
    void *ctx)
{
	static const char sql[] = "SELECT " CK_CASE_COLUMNS " FROM "
	    "correction_case k WHERE told = 0 AND (acknowledged_ms = 0 OR "
	    "closed_ms > 0) ORDER BY number LIMIT ?";
	struct ck_case_row found;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, limit);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		ck_case_take(stmt, &found);
		if ((err = fn(ctx, &found)) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}
