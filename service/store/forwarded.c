/*
 * forwarded.c - the rows of calls that were passed through
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "store/forwarded_pack.h"
#include "store/internal.h"

static const struct {
	enum ck_forwarded_state number;
	const char *label;
} states[] = {
#define X(symbol, number, label) { symbol, label },
	CK_FORWARDED_STATE_LIST(X)
#undef X
};

const char *
ck_forwarded_label(enum ck_forwarded_state state)
{
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (states[i].number == state)
			return states[i].label;
	}

	return "?";
}

void
ck_forwarded_wipe(struct ck_forwarded *forwarded)
{
	size_t i;

	for (i = 0; i < forwarded->visit_count; i++)
		ck_notice_wipe(&forwarded->visits[i]);
	free(forwarded->visits);
	ck_buf_wipe(&forwarded->raw);
	OPENSSL_cleanse(forwarded, sizeof(*forwarded));
}

#define COMMITMENT_TEXT "checkin forwarded commitment 1"

enum ck_err
ck_forwarded_commit(const uint8_t salt[CK_SALT_LEN], struct ck_span bytes,
    struct ck_tree_hash *out)
{
	const struct ck_span parts[] = {
		ck_span_of(COMMITMENT_TEXT, sizeof(COMMITMENT_TEXT)),
		ck_span_of(salt, CK_SALT_LEN), bytes
	};

	return ck_tree_digest(parts, 3, out);
}

/* --- Boxes ---------------------------------------------------------------- */

static void
clear(struct ck_buf *buf)
{
	if (buf->len > 0)
		OPENSSL_cleanse(buf->ptr, buf->len);
	buf->len = 0;
}

static struct ck_box_place
place_of(const uint8_t id[CK_ID_BYTES])
{
	return (struct ck_box_place){ "forwarded",
	    ck_span_of(id, CK_ID_BYTES) };
}

static enum ck_err
seal(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const struct ck_forwarded *forwarded)
{
	enum ck_err err;

	clear(&store->plain);
	err = ck_pack_forwarded(forwarded, &store->plain);
	if (err == CK_OK)
		err = ck_crypt_seal(store->crypt, place_of(id),
		    ck_buf_view(&store->plain), &store->box);
	clear(&store->plain);

	return err;
}

/* --- Writing -------------------------------------------------------------- */

static enum ck_err
insert(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const struct ck_forwarded *forwarded, int64_t *number)
{
	static const char sql[] =
	    "INSERT INTO forwarded (id, function, state, started_ms, "
	    "ended_ms, sealed) VALUES (?, ?, ?, ?, 0, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = seal(store, id, forwarded)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	ck_stmt_bind_int(stmt, (int64_t)forwarded->function);
	ck_stmt_bind_int(stmt, CK_FORWARDED_UNDER_WAY);
	ck_stmt_bind_int(stmt, forwarded->started_ms);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	if ((err = ck_stmt_run(stmt)) == CK_OK)
		*number = ck_db_last_rowid(store->db);

	return err;
}

static enum ck_err
insert_all(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const struct ck_forwarded *forwarded, int64_t *number)
{
	enum ck_err err = insert(store, id, forwarded, number);
	size_t i;

	for (i = 0; i < forwarded->visit_count && err == CK_OK; i++)
		err = ck_tie_insert(store, *number, (int64_t)i,
		    &forwarded->visits[i]);

	return err;
}

enum ck_err
ck_store_begin_forwarded(struct ck_store *store,
    const struct ck_forwarded *forwarded)
{
	uint8_t id[CK_ID_BYTES];
	int64_t number;

	return ck_id_parse(forwarded->id, id) ?
	    insert_all(store, id, forwarded, &number) : CK_ERR_LIMIT;
}

/* The row's number; 0: there is none. */
static enum ck_err
find(struct ck_store *store, const uint8_t id[CK_ID_BYTES], int64_t *number)
{
	static const char sql[] = "SELECT number FROM forwarded WHERE id = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*number = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*number = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
update(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const struct ck_forwarded *forwarded, int64_t number)
{
	static const char sql[] =
	    "UPDATE forwarded SET state = ?, ended_ms = ?, sealed = ? "
	    "WHERE number = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = seal(store, id, forwarded)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)forwarded->state);
	ck_stmt_bind_int(stmt, forwarded->ended_ms);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	ck_stmt_bind_int(stmt, number);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_end_forwarded(struct ck_store *store,
    const struct ck_forwarded *forwarded)
{
	uint8_t id[CK_ID_BYTES];
	int64_t number;
	enum ck_err err;

	if (!ck_id_parse(forwarded->id, id))
		return CK_ERR_LIMIT;
	if ((err = find(store, id, &number)) == CK_OK && number == 0)
		err = insert_all(store, id, forwarded, &number);
	if (err == CK_OK)
		err = update(store, id, forwarded, number);
	if (err == CK_OK)
		err = ck_receipt_of_forwarded(store, forwarded);
	if (err == CK_OK && forwarded->state == CK_FORWARDED_ACCEPTED)
		err = ck_tie_accepted(store, number, forwarded);

	return err;
}

/* --- Reading -------------------------------------------------------------- */

static enum ck_err
take(struct ck_store *store, struct ck_stmt *stmt, struct ck_forwarded *out)
{
	uint8_t id[CK_ID_BYTES];
	struct ck_span box;
	enum ck_err err;

	ck_id_print(ck_stmt_take_blob(stmt), out->id);
	out->function = (enum ck_remote)ck_stmt_take_int(stmt);
	out->state = (enum ck_forwarded_state)ck_stmt_take_int(stmt);
	out->started_ms = ck_stmt_take_int(stmt);
	out->ended_ms = ck_stmt_take_int(stmt);
	box = ck_stmt_take_blob(stmt);
	if (!ck_id_parse(out->id, id))
		return CK_ERR_STORE_CORRUPT;
	if (box.len == 0)
		return CK_ERR_NOT_FOUND;	/* erased */
	clear(&store->plain);
	err = ck_crypt_open(store->crypt, place_of(id), box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_forwarded(ck_buf_view(&store->plain), out);
	clear(&store->plain);

	return err;
}

enum ck_err
ck_store_get_forwarded(struct ck_store *store, const char *id,
    struct ck_forwarded *out)
{
	static const char sql[] =
	    "SELECT id, function, state, started_ms, ended_ms, sealed "
	    "FROM forwarded WHERE id = ?";
	uint8_t bytes[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if (!ck_id_parse(id, bytes))
		return CK_ERR_NOT_FOUND;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(bytes, sizeof(bytes)));
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? take(store, stmt, out) : CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);
	if (err != CK_OK)
		ck_forwarded_wipe(out);

	return err;
}

/* --- After a crash -------------------------------------------------------- */

/* One that was under way; *id is empty: none. */
static enum ck_err
next_under_way(struct ck_store *store, char id[CK_LOOKUP_ID_LEN])
{
	static const char sql[] =
	    "SELECT id FROM forwarded WHERE state = 1 LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	id[0] = '\0';
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		ck_id_print(ck_stmt_take_blob(stmt), id);
	ck_stmt_end(stmt);

	return err;
}

/* Nobody can know what became of it. */
static enum ck_err
interrupt(struct ck_store *store, const char *id)
{
	static const char label[] = "interrupted";
	struct ck_forwarded forwarded;
	enum ck_err err = ck_store_get_forwarded(store, id, &forwarded);

	if (err == CK_OK) {
		forwarded.state = CK_FORWARDED_UNKNOWN;
		forwarded.ended_ms = ck_clock_wall_ms(store->clock);
		memcpy(forwarded.code, label, sizeof(label));
		err = ck_store_end_forwarded(store, &forwarded);
	}
	ck_forwarded_wipe(&forwarded);

	return err;
}

static enum ck_err
interrupt_all(struct ck_store *store)
{
	char id[CK_LOOKUP_ID_LEN];
	enum ck_err err;

	while ((err = next_under_way(store, id)) == CK_OK && id[0] != '\0') {
		if ((err = interrupt(store, id)) != CK_OK)
			break;
	}

	return err;
}

enum ck_err
ck_forwarded_recover(struct ck_store *store)
{
	enum ck_err err;

	if ((err = ck_store_begin(store)) != CK_OK)
		return err;
	if ((err = interrupt_all(store)) == CK_OK)
		return ck_store_commit(store);
	ck_store_rollback(store);

	return err;
}

/* --- Retention ------------------------------------------------------------ */

/* Erase by one statement of two parameters. */
static enum ck_err
erase(struct ck_store *store, const char *sql, int64_t before_ms,
    int64_t limit)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, before_ms);
	ck_stmt_bind_int(stmt, limit);

	return ck_stmt_run(stmt);
}

/* Those whose turn it is: the same rows in each statement. */
#define OLD(column) \
	"(SELECT " column " FROM forwarded WHERE sealed IS NOT NULL AND " \
	"state > 1 AND ended_ms < ?1 ORDER BY ended_ms, number LIMIT ?2)"

enum ck_err
ck_store_prune_forwarded(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased)
{
	static const char sql_receipts[] =
	    "UPDATE receipt SET sealed = NULL WHERE kind = 5 AND subject IN "
	    OLD("id");
	static const char sql_visits[] =
	    "DELETE FROM forwarded_visit WHERE forwarded IN " OLD("number");
	static const char sql_rows[] =
	    "UPDATE forwarded SET sealed = NULL WHERE number IN "
	    OLD("number");
	const char *const steps[] = { sql_receipts, sql_visits, sql_rows };
	enum ck_err err = CK_OK;
	size_t i;

	*erased = 0;
	for (i = 0; i < 3 && err == CK_OK; i++)
		err = erase(store, steps[i], before_ms, limit);
	if (err == CK_OK)
		*erased = ck_db_changes(store->db);

	return err;
}
