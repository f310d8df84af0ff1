/*
 * store.c - open the clinic's database, and its transactions
 *
 * Order of opening: directory, lock, keys, database, schema, proof that the
 * keys belong to it, clinic and epoch, receipts, figures, and last the lookups that a
 * crash left open. Closing is the reverse.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <openssl/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "store/internal.h"
#include "store/keyfile.h"

#define LOCK_NAME "checkin.lock"

/* A fixed text, sealed and hashed when the database is made. */
#define CHECK_TEXT "these keys belong to this database"

static enum ck_err
path_in(const struct ck_store *store, const char *name, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/%s", store->directory, name);

	return len < 0 || len >= PATH_MAX ? CK_ERR_LIMIT : CK_OK;
}

/* Two programs that write would not see each other's labels and revisions. */
static enum ck_err
take_lock(struct ck_store *store)
{
	char path[PATH_MAX];
	enum ck_err err;

	if ((err = path_in(store, LOCK_NAME, path)) != CK_OK)
		return err;
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (store->lock < 0) {
		ck_log(CK_LOG_ERROR, "store", "%s: cannot be created (%s); "
		    "check the directory's owner and free space", path,
		    strerror(errno));
		return errno == ENOSPC ? CK_ERR_STORE_FULL : CK_ERR_STORE;
	}
	if (flock(store->lock, LOCK_EX | LOCK_NB) != 0) {
		ck_log(CK_LOG_ERROR, "store", "%s: another checkind uses this "
		    "directory; end it, or give this one a directory of its "
		    "own", path);
		return CK_ERR_STORE;
	}

	return CK_OK;
}

static enum ck_err
open_files(struct ck_store *store)
{
	char path[PATH_MAX];
	struct stat info;
	bool fresh;
	enum ck_err err;

	if ((err = path_in(store, CK_DATABASE_NAME, path)) != CK_OK)
		return err;
	fresh = stat(path, &info) != 0 || info.st_size == 0;
	err = ck_crypt_new(&store->crypt, store->directory, fresh);
	if (err == CK_OK)
		err = ck_db_open(&store->db, path, CK_DB_READ_WRITE);
	if (err == CK_OK)
		err = ck_migrate(store->db, ck_clock_wall_ms(store->clock));

	return err;
}

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

static enum ck_err
check_keys(struct ck_store *store)
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

static enum ck_err
open_all(struct ck_store *store, const struct ck_store_options *options)
{
	enum ck_err err;

	if ((err = ck_keyfile_directory(store->directory)) != CK_OK ||
	    (err = take_lock(store)) != CK_OK ||
	    (err = open_files(store)) != CK_OK ||
	    (err = check_keys(store)) != CK_OK ||
	    (err = ck_clinic_settle(store, options->facility,
	    options->station)) != CK_OK ||
	    (err = ck_receipts_open(store)) != CK_OK ||
	    (err = ck_tally_new(&store->tally, store->db)) != CK_OK)
		return err;

	return ck_close_recover(store);
}

enum ck_err
ck_store_open(struct ck_store **out, const struct ck_store_options *options)
{
	struct ck_store *store;
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if ((store = calloc(1, sizeof(*store))) == NULL)
		return CK_ERR_NOMEM;
	store->lock = -1;
	store->healthy = true;
	store->clock = options->clock;
	if ((store->directory = strdup(options->directory)) == NULL)
		goto out;
	if ((err = open_all(store, options)) != CK_OK)
		goto out;
	*out = store;
	store = NULL;
out:
	ck_store_close(&store);

	return err;
}

void
ck_store_close(struct ck_store **store)
{
	if (*store == NULL)
		return;
	ck_tally_free(&(*store)->tally);
	ck_receipts_free(&(*store)->receipts);
	ck_db_close(&(*store)->db);
	ck_crypt_free(&(*store)->crypt);
	ck_buf_wipe(&(*store)->plain);
	ck_buf_wipe(&(*store)->box);
	if ((*store)->lock >= 0)
		(void)close((*store)->lock);
	free((*store)->directory);
	free(*store);
	*store = NULL;
}

enum ck_err
ck_store_begin(struct ck_store *store)
{
	enum ck_err err = ck_db_begin(store->db);

	if (err != CK_OK)
		store->healthy = false;

	return err;
}

enum ck_err
ck_store_commit(struct ck_store *store)
{
	enum ck_err err = ck_tally_write(store->tally);

	if (err == CK_OK)
		err = ck_receipts_write(store);
	if (err == CK_OK)
		err = ck_db_commit(store->db);
	if (err != CK_OK) {
		ck_store_rollback(store);
		store->healthy = false;
		return err;
	}
	ck_tally_committed(store->tally);
	ck_receipts_committed(store);
	store->healthy = true;

	return CK_OK;
}

void
ck_store_rollback(struct ck_store *store)
{
	ck_db_rollback(store->db);
	ck_tally_forget(store->tally);
	ck_receipts_forget(store);
	ck_label_forget(store);
	ck_close_recount(store);
}

void
ck_store_look_away(struct ck_store *store)
{
	ck_db_look_away(store->db);
}

bool
ck_store_healthy(const struct ck_store *store)
{
	return store->healthy;
}

enum ck_err
ck_store_open_reader(const struct ck_store *store, struct ck_db **out)
{
	return ck_db_open(out, ck_db_path(store->db), CK_DB_READ_ONLY);
}

enum ck_err
ck_store_open_figures(const char *directory, struct ck_db **out)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/" CK_DATABASE_NAME,
	    directory);

	*out = NULL;
	if (len < 0 || (size_t)len >= sizeof(path))
		return CK_ERR_LIMIT;
	if (access(path, F_OK) != 0)
		return CK_ERR_NOT_FOUND;

	return ck_db_open(out, path, CK_DB_READ_ONLY);
}

void
ck_store_failed(struct ck_store *store, enum ck_err err)
{
	if (ck_err_class(err) == CK_CLASS_STORE)
		store->healthy = false;
}
