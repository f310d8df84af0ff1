/*
 * notice_row.c - the rows of notices: the outbox
 */
#include <openssl/crypto.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/check_in_pack.h"
#include "store/internal.h"

void
ck_notice_row_wipe(struct ck_notice_row *row)
{
	ck_notice_wipe(&row->notice);
	OPENSSL_cleanse(row, sizeof(*row));
}

static void
clear(struct ck_buf *buf)
{
	if (buf->len > 0)
		OPENSSL_cleanse(buf->ptr, buf->len);
	buf->len = 0;
}

/* A box is bound to its row's number. */
struct row_key {
	uint8_t bytes[8];
};

static struct ck_box_place
place_of(int64_t number, struct row_key *key)
{
	ck_receipt_row(number, key->bytes);

	return (struct ck_box_place){ "notice", ck_span_of(key->bytes,
	    sizeof(key->bytes)) };
}

static enum ck_err
seal(struct ck_store *store, const struct ck_notice_row *row, int64_t number)
{
	struct row_key key;
	enum ck_err err;

	clear(&store->plain);
	err = ck_pack_notice(row, &store->plain);
	if (err == CK_OK)
		err = ck_crypt_seal(store->crypt, place_of(number, &key),
		    ck_buf_view(&store->plain), &store->box);
	clear(&store->plain);

	return err;
}

/* --- Writing -------------------------------------------------------------- */

/* MA_LK belongs to one check-in for ever; the index says so. */
static enum ck_err
claim_episode(struct ck_store *store, const struct ck_notice_row *row)
{
	static const char sql[] =
	    "UPDATE check_in SET episode = ?1 WHERE number = ?2 AND "
	    "(episode IS NULL OR episode = ?1)";
	uint8_t hash[CK_HASH_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_crypt_hash(store->crypt, CK_HASH_EPISODE,
	    ck_notice_get(&row->notice, CK_FIELD_MA_LK), hash)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(hash, sizeof(hash)));
	ck_stmt_bind_int(stmt, row->check_in);
	if ((err = ck_stmt_run(stmt)) != CK_OK)
		return err;

	return ck_db_changes(store->db) == 1 ? CK_OK : CK_ERR_REQUEST;
}

/* A row first, for its number; then what is bound to it. */
static enum ck_err
insert(struct ck_store *store, const struct ck_notice_row *row,
    int64_t *number)
{
	static const char sql[] =
	    "INSERT INTO notice (check_in, state, made_ms, decided_ms, "
	    "due_ms, tries, error, sealed) VALUES (?, ?, ?, 0, 0, 0, 0, x'')";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = claim_episode(store, row)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, row->check_in);
	ck_stmt_bind_int(stmt, (int64_t)row->state);
	ck_stmt_bind_int(stmt, row->made_ms);
	if ((err = ck_stmt_run(stmt)) == CK_OK)
		*number = ck_db_last_rowid(store->db);

	return err;
}

/* What hospital software has sent stays so, whatever the outbox or a clerk was
 * about to write; but if ours was accepted as well, that is what happened. */
static enum ck_err
update(struct ck_store *store, const struct ck_notice_row *row,
    int64_t number)
{
	static const char sql[] =
	    "UPDATE notice SET state = ?, decided_ms = ?, due_ms = ?, "
	    "tries = ?, error = ?, sealed = ? WHERE number = ? AND "
	    "(state <> 5 OR ?1 IN (2, 5))";
	struct ck_stmt *stmt;
	int64_t error;
	enum ck_err err;

	if ((err = ck_label_number(store, row->error, &error)) != CK_OK ||
	    (err = seal(store, row, number)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)row->state);
	ck_stmt_bind_int(stmt, row->decided_ms);
	ck_stmt_bind_int(stmt, row->due_ms);
	ck_stmt_bind_int(stmt, row->tries);
	ck_stmt_bind_int(stmt, error);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	ck_stmt_bind_int(stmt, number);

	return ck_stmt_run(stmt);
}

static enum ck_err
prove(struct ck_store *store, int64_t number)
{
	struct ck_notice_row row;
	enum ck_err err = ck_store_get_notice(store, number, &row);

	if (err == CK_OK)
		err = ck_receipt_of_notice(store, &row);
	ck_notice_row_wipe(&row);

	return err;
}

/* A new notice whose MA_LK the insurer knows already is not to be sent. */
static enum ck_err
insert_tied(struct ck_store *store, const struct ck_notice_row *row,
    int64_t *number)
{
	struct ck_notice_row tied = *row;
	enum ck_err err;

	tied.notice = (struct ck_notice)CK_NOTICE_INIT;
	if ((err = ck_notice_copy(&row->notice, &tied.notice)) == CK_OK &&
	    (err = insert(store, row, number)) == CK_OK &&
	    row->state == CK_NOTICE_PENDING)
		err = ck_tie_notice(store, &tied);
	if (err == CK_OK)
		err = update(store, &tied, *number);
	ck_notice_row_wipe(&tied);

	return err;
}

enum ck_err
ck_store_put_notice(struct ck_store *store, const struct ck_notice_row *row,
    bool proven)
{
	int64_t number = row->number;
	enum ck_err err;

	if (number == 0) {
		err = insert_tied(store, row, &number);
	} else {
		err = update(store, row, number);
		proven = proven && ck_db_changes(store->db) == 1;
	}

	return err == CK_OK && proven ? prove(store, number) : err;
}

/* --- Reading -------------------------------------------------------------- */

#define COLUMNS \
	"SELECT n.number, n.check_in, c.id, n.state, n.made_ms, " \
	"n.decided_ms, n.due_ms, n.tries, l.label, n.sealed FROM notice n " \
	"JOIN check_in c ON c.number = n.check_in " \
	"JOIN label l ON l.number = n.error WHERE n.sealed <> x'' AND "

static enum ck_err
take(struct ck_store *store, struct ck_stmt *stmt, struct ck_notice_row *out)
{
	struct row_key key;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	out->number = ck_stmt_take_int(stmt);
	out->check_in = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->check_in_id);
	out->state = (enum ck_notice_state)ck_stmt_take_int(stmt);
	out->made_ms = ck_stmt_take_int(stmt);
	out->decided_ms = ck_stmt_take_int(stmt);
	out->due_ms = ck_stmt_take_int(stmt);
	out->tries = ck_stmt_take_int(stmt);
	(void)snprintf(out->error, sizeof(out->error), "%s",
	    ck_stmt_take_text(stmt));
	clear(&store->plain);
	err = ck_crypt_open(store->crypt, place_of(out->number, &key),
	    ck_stmt_take_blob(stmt), &store->plain);
	if (err == CK_OK)
		err = ck_unpack_notice(ck_buf_view(&store->plain), out);
	clear(&store->plain);
	if (err != CK_OK)
		ck_notice_row_wipe(out);

	return err;
}

/* One row of a statement that is bound already. */
static enum ck_err
read_one(struct ck_store *store, struct ck_stmt *stmt,
    struct ck_notice_row *out)
{
	enum ck_err err;
	bool row;

	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? take(store, stmt, out) : CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_get_notice(struct ck_store *store, int64_t number,
    struct ck_notice_row *out)
{
	static const char sql[] = COLUMNS "n.number = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);

	return read_one(store, stmt, out);
}

/* Says nothing that what follows does not say; but only so does SQLite take the
 * index notice_state, which leaves out the many that were taken. */
#define OPEN "n.state <> 2 AND "

/* Pending, nothing of its visit before it is open, and no call of hospital
 * software about the visit under way: it may tell the same. */
#define READY OPEN "n.state = 1 AND NOT EXISTS (SELECT 1 FROM notice e WHERE " \
	"e.check_in = n.check_in AND e.number < n.number AND " \
	"e.state NOT IN (2, 5)) AND NOT EXISTS (SELECT 1 FROM " \
	"forwarded_visit v JOIN forwarded f ON f.number = v.forwarded " \
	"WHERE v.check_in = n.check_in AND f.state = 1)"
#define DUE "(n.due_ms <= ?1 OR n.due_ms > ?1 + ?2)"

static enum ck_err
read_due(struct ck_store *store, const char *sql, int64_t now_ms,
    int64_t pause_max_ms, struct ck_notice_row *out)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, now_ms);
	ck_stmt_bind_int(stmt, pause_max_ms);

	return read_one(store, stmt, out);
}

/* The first query ends at its first row; the second sorts only numbers of what
 * has been tried. */
enum ck_err
ck_store_next_notice(struct ck_store *store, int64_t now_ms,
    int64_t pause_max_ms, struct ck_notice_row *out, int64_t *later_ms)
{
	static const char fresh[] = COLUMNS READY " AND n.tries = 0 AND " DUE
	    " ORDER BY n.number LIMIT 1";
	static const char tried[] = COLUMNS "n.number = (SELECT n.number FROM "
	    "notice n WHERE " READY " AND n.tries > 0 AND " DUE
	    " ORDER BY n.due_ms, n.number LIMIT 1)";
	static const char later[] =
	    "SELECT coalesce(min(n.due_ms), 0) FROM notice n WHERE " READY;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	*later_ms = 0;
	err = read_due(store, fresh, now_ms, pause_max_ms, out);
	if (err == CK_ERR_NOT_FOUND)
		err = read_due(store, tried, now_ms, pause_max_ms, out);
	if (err != CK_ERR_NOT_FOUND)
		return err;
	err = ck_db_int(store->db, later, later_ms);

	return err == CK_OK ? CK_ERR_NOT_FOUND : err;
}

/* Every row of a statement that is bound already. */
static enum ck_err
walk(struct ck_store *store, struct ck_stmt *stmt, ck_notice_fn fn, void *ctx)
{
	struct ck_notice_row one;
	enum ck_err err;
	bool row;

	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		if ((err = take(store, stmt, &one)) != CK_OK)
			break;
		err = fn(ctx, &one);
		ck_notice_row_wipe(&one);
		if (err != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_notices_of(struct ck_store *store, int64_t check_in,
    ck_notice_fn fn, void *ctx)
{
	static const char sql[] = COLUMNS "n.check_in = ? ORDER BY n.number";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, check_in);

	return walk(store, stmt, fn, ctx);
}

enum ck_err
ck_store_notices_in(struct ck_store *store, enum ck_notice_state state,
    int64_t after, int64_t limit, ck_notice_fn fn, void *ctx)
{
	static const char sql_open[] = COLUMNS OPEN "n.state = ? AND "
	    "n.number > ? ORDER BY n.number LIMIT ?";
	static const char sql_taken[] = COLUMNS "n.state = ? AND "
	    "n.number > ? ORDER BY n.number LIMIT ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, state == CK_NOTICE_ACCEPTED ?
	    sql_taken : sql_open, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)state);
	ck_stmt_bind_int(stmt, after);
	ck_stmt_bind_int(stmt, limit);

	return walk(store, stmt, fn, ctx);
}
