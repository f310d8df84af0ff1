/*
 * backup.c - checkin backup, checkin restore
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "cli/backup.h"
#include "daemon/config.h"
#include "store/backup.h"

static const char backup_usage[] =
    "Usage: checkin backup [--with-keys] FILE\n"
    "\n"
    "  Write all of the database, as it stands now, to FILE (mode 600), which\n"
    "  is replaced as a whole. checkind may run.\n"
    "\n"
    "  --with-keys  put the key files in as well. Without them nobody can read\n"
    "               the personal columns, and the backup is of use only where\n"
    "               the folder keys/ has been kept; with them whoever has FILE\n"
    "               can read everything: lock it away\n";

static const char restore_usage[] =
    "Usage: checkin restore [--another-clinic] FILE\n"
    "       checkin restore [--another-clinic] --in-place\n"
    "\n"
    "  Put a backup back, with checkind stopped. It is checked first; what it\n"
    "  replaces is kept beside it as checkin.db.before-restore-TIME. A new epoch\n"
    "  begins, so that the province counts nothing twice.\n"
    "\n"
    "  --in-place   the database that is there (somebody put an older copy back\n"
    "               by hand) stays, and only begins a new epoch\n"
    "  --another-clinic\n"
    "               it is the database of a clinic that has got the configured\n"
    "               facility code or station since; without this, a backup in\n"
    "               which they never stood is refused\n";

static void
say(void *ctx, const char *path)
{
	(void)ctx;
	(void)printf("kept what was there: %s\n", path);
}

/* What to do about it; NULL: the error's own text is enough. */
static const char *
advice(enum ck_err err, bool restore)
{
	switch ((int)err) {
	case CK_ERR_NOT_FOUND:
		return restore ? "there is no such file, or no database here" :
		    "there is no database here; is [state] directory right?";
	case CK_ERR_STORE_CORRUPT:
		return restore ? "not a whole database of checkind: take an "
		    "older backup; nothing was changed" : "the database is "
		    "damaged: no backup was kept. Restore the last good one";
	case CK_ERR_STORE_KEY:
		return restore ? "the keys do not belong to it: put the "
		    "folder keys/ back that was kept with it, and try again; "
		    "nothing was changed" : "a key file cannot be read";
	case CK_ERR_CONFIG:
		return "another clinic's backup, see above; nothing was "
		    "changed";
	case CK_ERR_STORE:
		return restore ? "not restored, see above" : NULL;
	default:
		return NULL;
	}
}

static int
tell(const struct ck_backup_options *options, enum ck_err err, bool restore)
{
	const char *words = advice(err, restore);

	(void)fprintf(stderr, "checkin: %s: %s\n", options->path != NULL ?
	    options->path : options->directory, words != NULL ? words :
	    ck_err_text(err));

	return 1;
}

static struct ck_backup_options
options_of(const struct ck_config *config)
{
	return (struct ck_backup_options){
		.directory = config->directory, .clock = ck_clock_system(),
		.say = say
	};
}

static bool
is_file(const char *argument)
{
	return argument[0] != '-' && argument[0] != '\0';
}

int
ck_cli_backup(const struct ck_config *config, int argc, char **argv)
{
	struct ck_backup_options options = options_of(config);
	enum ck_err err;

	options.with_keys = argc == 3 && strcmp(argv[1], "--with-keys") == 0;
	if (argc != (options.with_keys ? 3 : 2) || !is_file(argv[argc - 1])) {
		(void)fputs(backup_usage, stderr);
		return 2;
	}
	options.path = argv[argc - 1];
	if ((err = ck_backup_write(&options)) != CK_OK)
		return tell(&options, err, false);
	(void)printf("%s: whole, mode 600%s\n", options.path,
	    options.with_keys ? ", with the keys: lock it away" : ", without "
	    "the keys: keep a copy of the folder keys/ elsewhere");

	return 0;
}

int
ck_cli_restore(const struct ck_config *config, int argc, char **argv)
{
	struct ck_backup_options options = options_of(config);
	bool another = argc == 3 && strcmp(argv[1], "--another-clinic") == 0;
	const char *what = argc > 1 ? argv[argc - 1] : "";
	bool in_place = strcmp(what, "--in-place") == 0;
	enum ck_err err;

	if (argc != (another ? 3 : 2) || (!in_place && !is_file(what))) {
		(void)fputs(restore_usage, stderr);
		return 2;
	}
	options.path = in_place ? NULL : what;
	options.facility = another ? NULL : config->facility;
	options.station = config->station;
	if ((err = ck_backup_restore(&options)) != CK_OK)
		return tell(&options, err, true);
	(void)puts("a new epoch begins with the next start of checkind");

	return 0;
}
