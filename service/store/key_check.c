/*
 * key_check.c - proof that the key files belong to the database
 */
#include "ck/log.h"
#include "store/internal.h"

/* A fixed text, sealed and hashed when the database is made. */
#define CHECK_TEXT "these keys belong to this database"

static const struct ck_box_place check_place = {
	"key_check", { (const uint8_t *)"encryption", 10 }
};

static enum ck_err
put_check(struct ck_store *store, const char *name, struct ck_span value)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO key_check (name, value) VALUES (?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, name);
	ck_stmt_bind_blob(stmt, value);

	return ck_stmt_run(stmt);
}

static enum ck_err
make_checks(struct ck_store *store, const uint8_t hash[CK_HASH_LEN])
{
	enum ck_err err;

	if ((err = ck_db_begin(store->db)) != CK_OK)
		return err;
	err = ck_crypt_seal(store->crypt, check_place,
	    ck_span_str(CHECK_TEXT), &store->box);
	if (err == CK_OK)
		err = put_check(store, "encryption",
		    ck_buf_view(&store->box));
	if (err == CK_OK)
		err = put_check(store, "hash", ck_span_of(hash, CK_HASH_LEN));
	if (err == CK_OK)
		err = ck_db_commit(store->db);
	if (err != CK_OK)
		ck_db_rollback(store->db);

	return err;
}

static enum ck_err
get_check(struct ck_store *store, const char *name, struct ck_buf *out)
{
	static const char sql[] = "SELECT value FROM key_check WHERE name = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	out->len = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, name);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		err = ck_buf_append(out, ck_stmt_take_blob(stmt));
	ck_stmt_end(stmt);

	return err;
}

static bool
checks_hold(struct ck_store *store, struct ck_span box, struct ck_span hash,
    const uint8_t ours[CK_HASH_LEN])
{
	return ck_crypt_open(store->crypt, check_place, box,
	    &store->plain) == CK_OK &&
	    ck_span_equal(ck_buf_view(&store->plain),
	    ck_span_str(CHECK_TEXT)) &&
	    ck_span_equal(hash, ck_span_of(ours, CK_HASH_LEN));
}

enum ck_err
ck_keys_check(struct ck_store *store)
{
	struct ck_buf box = CK_BUF_INIT, hash = CK_BUF_INIT;
	uint8_t ours[CK_HASH_LEN];
	enum ck_err err;

	err = ck_crypt_hash(store->crypt, CK_HASH_CHECK, CHECK_TEXT, ours);
	if (err == CK_OK)
		err = get_check(store, "encryption", &box);
	if (err == CK_OK)
		err = get_check(store, "hash", &hash);
	if (err != CK_OK)
		goto out;
	if (box.len == 0 && hash.len == 0) {
		err = make_checks(store, ours);
	} else if (!checks_hold(store, ck_buf_view(&box), ck_buf_view(&hash),
	    ours)) {
		ck_log(CK_LOG_ERROR, "store", "%s/keys: these keys do not "
		    "belong to %s; restore the key files that were saved "
		    "with it", store->directory, ck_db_path(store->db));
		err = CK_ERR_STORE_KEY;
	}
out:
	ck_buf_wipe(&box);
	ck_buf_wipe(&hash);

	return err;
}
