/*
 * anchor.c - how far the database was, noted beside it
 *
 * keys/anchor is one line: number and head of the last batch of receipts, and
 * the newest revision of the figures. It is written after commits, so it is
 * never ahead of a database that was only ever written to. A database that is
 * behind it, or has another past, was put back by hand: to go on in its epoch
 * would give numbers out a second time.
 *
 * If the whole directory was put back (a snapshot of the machine), nothing here
 * can tell; a collector that holds more than we have does (docs/feed.md).
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "store/internal.h"

#define ANCHOR_NAME "keys/anchor"

/* One fsync() a minute is nothing, and no copy is older than a minute. */
#define FOLLOW_MS 60000

/* Two numbers, a head in hexadecimal, blanks, a line feed, a NUL. */
#define LINE_LEN 128

/* No clinic writes as many; sscanf() gives more for any number beyond. */
#define NUMBER_MAX (INT64_C(1) << 53)

struct anchor {
	int64_t batch;		/* 0: no receipt yet */
	int64_t revision;
	char head[2 * CK_TREE_HASH_LEN + 1];
};

static bool
path_of(const struct ck_store *store, const char *end, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/" ANCHOR_NAME "%s",
	    store->directory, end);

	return len > 0 && len < PATH_MAX;
}

/* The head of one batch, or of the last (number -1), in hexadecimal. *batch is
 * 0 where there is none. */
static enum ck_err
load_head(struct ck_store *store, int64_t number, struct anchor *out)
{
	static const char sql[] =
	    "SELECT number, lower(hex(head)) FROM receipt_batch "
	    "WHERE ?1 = -1 OR number = ?1 ORDER BY number DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		out->batch = ck_stmt_take_int(stmt);
		(void)snprintf(out->head, sizeof(out->head), "%s",
		    ck_stmt_take_text(stmt));
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
load_state(struct ck_store *store, int64_t number, struct anchor *out)
{
	enum ck_err err = load_head(store, number, out);

	if (err == CK_OK)
		err = ck_db_int(store->db, "SELECT max(revision) FROM rollup",
		    &out->revision);

	return err;
}

/* --- Writing -------------------------------------------------------------- */

static bool
write_synced(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	size_t len = strlen(line);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, line, len) == (ssize_t)len && fsync(fd) == 0;

	return close(fd) == 0 && good;
}

/* Without fsync() of the directory an older one may come back: it is behind
 * the database, too, and no harm. */
void
ck_anchor_write(struct ck_store *store)
{
	struct anchor now = { 0, 0, "-" };
	char path[PATH_MAX], fresh[PATH_MAX], line[LINE_LEN];

	store->anchored_ms = ck_clock_mono_ms(store->clock);
	if (load_state(store, -1, &now) != CK_OK)
		return;
	(void)snprintf(line, sizeof(line), "%" PRId64 " %s %" PRId64 "\n",
	    now.batch, now.head, now.revision);
	if (path_of(store, "", path) && path_of(store, ".new", fresh) &&
	    write_synced(fresh, line) && rename(fresh, path) == 0)
		return;
	ck_log(CK_LOG_WARNING, "store", "%s/" ANCHOR_NAME ": cannot be "
	    "written (%s); an older copy of the database would not be noticed",
	    store->directory, strerror(errno));
}

void
ck_anchor_follow(struct ck_store *store)
{
	if (ck_clock_mono_ms(store->clock) - store->anchored_ms >= FOLLOW_MS)
		ck_anchor_write(store);
}

/* --- Checking ------------------------------------------------------------- */

/* False: there is none, or it is no anchor. */
static bool
read_anchor(const struct ck_store *store, struct anchor *out)
{
	char path[PATH_MAX], line[LINE_LEN] = "";
	ssize_t len;
	int fd, end = 0;

	if (!path_of(store, "", path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	len = read(fd, line, sizeof(line) - 1);
	(void)close(fd);

	return len > 0 && sscanf(line, "%" SCNd64 " %64[-0-9a-f] %" SCNd64
	    "%n", &out->batch, out->head, &out->revision, &end) == 3 &&
	    out->batch >= 0 && out->batch < NUMBER_MAX &&
	    out->revision >= 0 && out->revision < NUMBER_MAX &&
	    line[end] == '\n' && end + 1 == len;
}

/* A database without a batch of its own has begun anew: nothing to compare. */
static bool
went_back(const struct anchor *seen, const struct anchor *now)
{
	return now->revision < seen->revision || now->batch != seen->batch ||
	    (seen->batch != 0 && strcmp(now->head, seen->head) != 0);
}

static enum ck_err
begin_again(struct ck_store *store)
{
	enum ck_err err = ck_db_begin(store->db);

	if (err == CK_OK)
		err = ck_epoch_begin(store);
	if (err == CK_OK)
		err = ck_db_commit(store->db);
	if (err != CK_OK)
		ck_db_rollback(store->db);

	return err;
}

enum ck_err
ck_anchor_check(struct ck_store *store)
{
	struct anchor seen, now = { 0, 0, "-" };
	int64_t epochs;
	enum ck_err err;

	if (!read_anchor(store, &seen))
		return CK_OK;
	if ((err = ck_db_int(store->db, "SELECT count(*) FROM epoch",
	    &epochs)) != CK_OK || epochs == 0 ||
	    (err = load_state(store, seen.batch, &now)) != CK_OK ||
	    !went_back(&seen, &now))
		return err;
	ck_log(CK_LOG_ERROR, "store", "%s: this database is older than it "
	    "was: somebody put a copy back (receipts up to batch %" PRId64
	    " had been written). A new epoch begins, so that nothing is "
	    "counted twice; use \"checkin restore\" next time, and tell "
	    "whoever answers for the clinic's data", ck_db_path(store->db),
	    seen.batch);

	return begin_again(store);
}
