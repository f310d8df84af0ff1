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

static enum ck_err
path_in(const struct ck_store *store, const char *name, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/%s", store->directory, name);

	return len < 0 || len >= PATH_MAX ? CK_ERR_LIMIT : CK_OK;
}

enum ck_err
ck_store_lock(struct ck_store *store, const char *taken)
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
		ck_log(CK_LOG_ERROR, "store", "%s: %s", path, taken);
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

static enum ck_err
open_all(struct ck_store *store, const struct ck_store_options *options)
{
	enum ck_err err;

	if ((err = ck_keyfile_directory(store->directory)) != CK_OK ||
	    (err = ck_store_lock(store, "another checkind uses this directory; "
	    "end it, or give this one a directory of its own")) != CK_OK ||
	    (err = open_files(store)) != CK_OK ||
	    (err = ck_keys_check(store)) != CK_OK ||
	    (err = ck_backup_refuse(store)) != CK_OK ||
	    (err = ck_anchor_check(store)) != CK_OK ||
	    (err = ck_clinic_settle(store, options->facility,
	    options->station)) != CK_OK ||
	    (err = ck_receipts_open(store)) != CK_OK ||
	    (err = ck_tally_new(&store->tally, store->db)) != CK_OK)
		return err;

	if ((err = ck_close_recover(store)) != CK_OK ||
	    (err = ck_forwarded_recover(store)) != CK_OK)
		return err;
	ck_anchor_write(store);

	return CK_OK;
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
	if ((*store)->tally != NULL)	/* opened whole */
		ck_anchor_write(*store);
	ck_tally_free(&(*store)->tally);
	ck_receipts_free(&(*store)->receipts);
	ck_db_close(&(*store)->db);
	ck_crypt_free(&(*store)->crypt);
	ck_person_forget(*store);
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

	ck_person_forget(store);
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
	ck_anchor_follow(store);

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
