/*
 * export.c - the feed as a file: one document a line, whole or not at all
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

#include "ck/clock.h"
#include "cli/export.h"
#include "daemon/config.h"
#include "io/db.h"
#include "io/gzip.h"
#include "stats/feed_sign.h"
#include "store/store.h"

static const char usage[] =
    "Usage: checkin stats export [--after REV] [--gzip] FILE|-\n"
    "\n"
    "  Write the clinic's figures as signed feed documents, one a line, to\n"
    "  FILE, which is replaced as a whole, or to standard output. It is read\n"
    "  from the database itself, whether checkind runs or not.\n"
    "\n"
    "  --after REV  only what changed after this revision (the last \"revision\"\n"
    "               of the file before); without it everything of this epoch.\n"
    "               A collector that got it already counts nothing twice\n"
    "  --gzip       compressed\n";

struct export {
	const struct ck_config *config;
	const char *path;		/* "-": standard output */
	int64_t after;
	bool gzip;
	struct ck_db *db;
	struct ck_feed_key key;
	char fresh[PATH_MAX];		/* beside path; empty: none */
	int fd;				/* -1: none */
	struct ck_gzip_file *packed;	/* owns fd, where there is one */
	struct ck_buf line;
	int64_t documents, rows, revision;
};

static void
complain(const char *what, enum ck_err err)
{
	(void)fprintf(stderr, "checkin: %s: %s\n", what, ck_err_text(err));
}

static void
complain_of_system(const char *what)
{
	(void)fprintf(stderr, "checkin: %s: %s\n", what, strerror(errno));
}

/* --- Where it comes from -------------------------------------------------- */

static bool
open_source(struct export *export)
{
	const char *directory = export->config->directory;
	enum ck_err err = ck_store_open_figures(directory, &export->db);

	if (err == CK_ERR_NOT_FOUND)
		(void)fprintf(stderr, "checkin: %s: there is no database "
		    "here; is [state] directory right?\n", directory);
	else if (err == CK_OK)
		err = ck_feed_key_load(directory, &export->key);
	if (err != CK_OK && err != CK_ERR_NOT_FOUND)
		complain(directory, err);

	return err == CK_OK;
}

/* --- Where it goes -------------------------------------------------------- */

static bool
open_target(struct export *export)
{
	if (strcmp(export->path, "-") == 0) {
		export->fd = dup(STDOUT_FILENO);
	} else {
		int len = snprintf(export->fresh, sizeof(export->fresh),
		    "%s.XXXXXX", export->path);

		if (len < 0 || (size_t)len >= sizeof(export->fresh))
			errno = ENAMETOOLONG;
		else
			export->fd = mkstemp(export->fresh);
		if (export->fd < 0)
			export->fresh[0] = '\0';
	}
	if (export->fd < 0) {
		complain_of_system(export->path);
		return false;
	}
	if (!export->gzip)
		return true;
	/* it closes its own descriptor; ours stays for fsync() */
	if (ck_gzip_file_new(&export->packed, dup(export->fd)) == CK_OK)
		return true;
	complain(export->path, CK_ERR_NOMEM);

	return false;
}

static bool
write_all(int fd, struct ck_span bytes)
{
	ssize_t len;

	while (bytes.len > 0) {
		len = write(fd, bytes.ptr, bytes.len);
		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return false;
		bytes = ck_span_slice(bytes, (size_t)len, bytes.len);
	}

	return true;
}

/* The name is only safe on disk when its directory is. */
static bool
sync_directory(const char *path)
{
	char copy[PATH_MAX];
	bool good;
	int fd;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);

	return good;
}

static bool
finish_target(struct export *export)
{
	bool good = ck_gzip_file_end(&export->packed) == CK_OK;

	if (export->fresh[0] == '\0')
		return good;
	good = good && fsync(export->fd) == 0 &&
	    rename(export->fresh, export->path) == 0;
	if (good)
		export->fresh[0] = '\0';

	return good && sync_directory(export->path);
}

/* --- What it says --------------------------------------------------------- */

static int
append(const char *bytes, size_t len, void *ctx)
{
	return ck_buf_append(ctx, ck_span_of(bytes, len)) == CK_OK ? 0 : -1;
}

static bool
write_document(struct export *export, const json_t *document)
{
	struct ck_span line;

	export->line.len = 0;
	if (json_dump_callback(document, append, &export->line,
	    JSON_COMPACT) != 0 || ck_buf_push(&export->line, '\n') != CK_OK) {
		errno = ENOMEM;
		return false;
	}
	line = ck_buf_view(&export->line);

	return export->packed != NULL ?
	    ck_gzip_file_add(export->packed, line) == CK_OK :
	    write_all(export->fd, line);
}

/* One page; false, told, when it could not be had or written. */
static bool
export_page(struct export *export, bool *more)
{
	json_t *document;
	enum ck_err err = ck_feed_document(export->db, &export->key,
	    export->revision, 0, ck_clock_wall_ms(ck_clock_system()),
	    &document);
	bool good;

	if (err != CK_OK) {
		complain(export->config->directory, err);
		return false;
	}
	good = write_document(export, document);
	if (!good)
		complain_of_system(export->path);
	export->documents++;
	export->rows += (int64_t)json_array_size(
	    json_object_get(document, "rows"));
	export->revision = json_integer_value(
	    json_object_get(document, "revision"));
	*more = json_is_true(json_object_get(document, "more"));
	json_decref(document);

	return good;
}

static int
run(struct export *export)
{
	bool more = true;
	int status = 1;

	if (!open_source(export) || !open_target(export))
		goto out;
	export->revision = export->after;
	while (more) {
		if (!export_page(export, &more))
			goto out;
	}
	if (!finish_target(export)) {
		complain_of_system(export->path);
		goto out;
	}
	(void)fprintf(stderr, "checkin: %" PRId64 " documents, %" PRId64
	    " rows, up to revision %" PRId64 "\n", export->documents,
	    export->rows, export->revision);
	status = 0;
out:
	if (ck_gzip_file_end(&export->packed) != CK_OK)
		status = 1;
	if (export->fd >= 0)
		(void)close(export->fd);
	if (export->fresh[0] != '\0')
		(void)unlink(export->fresh);
	ck_buf_wipe(&export->line);
	ck_feed_key_wipe(&export->key);
	ck_db_close(&export->db);

	return status;
}

static bool
read_revision(const char *text, int64_t *out)
{
	size_t len = strlen(text);

	if (len == 0 || len > 15 || strspn(text, "0123456789") != len)
		return false;
	*out = strtoll(text, NULL, 10);

	return true;
}

int
ck_cli_export(const struct ck_config *config, int argc, char **argv)
{
	static const struct option options[] = {
		{ "after", required_argument, NULL, 'a' },
		{ "gzip", no_argument, NULL, 'z' },
		{ NULL, 0, NULL, 0 }
	};
	struct export export = { .config = config, .fd = -1 };
	int option;

	optind = 0;	/* this is the second list that is read */
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'z')
			export.gzip = true;
		else if (option != 'a' || !read_revision(optarg,
		    &export.after))
			break;
	}
	if (option != -1 || optind + 1 != argc || argv[optind][0] == '\0') {
		(void)fputs(usage, stderr);
		return 2;
	}
	if (config->practice) {
		(void)fputs("checkin: practice figures are nobody's: they "
		    "never leave this computer\n", stderr);
		return 1;
	}
	export.path = argv[optind];

	return run(&export);
}
