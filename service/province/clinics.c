/*
 * clinics.c - checkin-province clinics: the registry, listed, imported, and
 *             written as targets for Prometheus
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/replace.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/import.h"
#include "province/command.h"
#include "province/file_sd.h"

/* --- Listing -------------------------------------------------------------- */

static void
print_clinic(const struct ck_clinic *clinic, int64_t today)
{
	const struct ck_clinic_version *now = ck_clinic_on(clinic, today);
	char from[CK_DATE_LEN];
	size_t i;

	ck_date_iso(ck_day_date(now->from_day), from);
	(void)printf("%s\t%s\t%s\t%s\t%s\t%s", clinic->id, now->code, from,
	    now->name, now->level, now->commune);
	for (i = 0; i < clinic->daemon_count; i++) {
		const struct ck_clinic_daemon *daemon = &clinic->daemons[i];

		if (ck_clinic_daemon_on(clinic, daemon->station, today) ==
		    daemon)
			(void)printf("\t%s=%s", daemon->station,
			    daemon->address);
	}
	(void)putchar('\n');
}

static enum ck_err
list(struct ck_ledger *ledger)
{
	const struct ck_registry *registry;
	const struct ck_clinic *clinics;
	size_t count, i;
	enum ck_err err;

	if ((err = ck_ledger_registry(ledger, &registry)) != CK_OK)
		return err;
	clinics = ck_registry_clinics(registry, &count);
	for (i = 0; i < count; i++)
		print_clinic(&clinics[i],
		    ck_day_of_ms(ck_clock_wall_ms(ck_clock_system())));

	return CK_OK;
}

/* --- State ---------------------------------------------------------------- */

/* What the lines of the state share. */
struct state {
	const struct ck_registry *registry;
};

static const char *
id_of(const struct state *state, int64_t facility)
{
	const struct ck_clinic *clinic =
	    ck_registry_by_number(state->registry, facility);

	return clinic != NULL ? clinic->id : "?";
}

static void
print_instant(int64_t ms)
{
	char text[CK_INSTANT_LEN];

	ck_clock_instant(ms, text);
	(void)printf("\t%s", ms == 0 ? "never" : text);
}

/* An older epoch says nothing about today. */
static enum ck_err
print_stream(void *ctx, const struct ck_stream *stream)
{
	if (!stream->latest)
		return CK_OK;
	(void)printf("%s\t%s\theld\t%" PRId64 "%s", id_of(ctx,
	    stream->facility), stream->station, stream->revision,
	    stream->newest > stream->revision ? " (gap)" : "");
	print_instant(stream->complete_ms);
	print_instant(stream->received_ms);
	(void)putchar('\n');

	return CK_OK;
}

static enum ck_err
print_pull(void *ctx, const struct ck_pull_row *pull)
{
	(void)printf("%s\t%s\tasked\t%" PRId64 " failures", id_of(ctx,
	    pull->facility), pull->station, pull->failures);
	print_instant(pull->good_ms);
	print_instant(pull->due_ms);
	(void)printf("\t%s\n", pull->reason);

	return CK_OK;
}

static enum ck_err
list_state(struct ck_ledger *ledger)
{
	struct state state;
	enum ck_err err;

	if ((err = ck_ledger_registry(ledger, &state.registry)) != CK_OK ||
	    (err = ck_streams_read(ledger, print_stream, &state)) != CK_OK)
		return err;

	return ck_pulls_read(ledger, print_pull, &state);
}

/* --- Importing ------------------------------------------------------------ */

static void
tell(void *ctx, unsigned line, const char *what)
{
	const char *path = ctx;

	(void)fprintf(stderr, "%s:%u: %s\n", path, line, what);
}

static enum ck_err
read_whole(const char *path, struct ck_buf *out)
{
	FILE *file = fopen(path, "re");
	uint8_t block[16384];
	enum ck_err err = CK_OK;
	size_t len;

	if (file == NULL) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return CK_ERR_SYSTEM;
	}
	/* One byte above the limit is enough to be refused. */
	while (err == CK_OK && out->len <= CK_REGISTRY_MAX &&
	    (len = fread(block, 1, sizeof(block), file)) > 0)
		err = ck_buf_append(out, ck_span_of(block, len));
	if (ferror(file))
		err = CK_ERR_SYSTEM;
	(void)fclose(file);

	return err;
}

static enum ck_err
import(struct ck_ledger *ledger, const char *path)
{
	struct ck_buf text = CK_BUF_INIT;
	struct ck_import_counts counts = { 0 };
	enum ck_err err;

	if ((err = read_whole(path, &text)) == CK_OK)
		err = ck_registry_import(ck_ledger_sql(ledger),
		    ck_buf_view(&text), ck_clock_wall_ms(ck_clock_system()),
		    tell, (void *)(uintptr_t)path, &counts);
	ck_buf_wipe(&text);
	if (err == CK_OK)
		(void)printf("%zu clinics (%zu new, %zu taken out), %zu "
		    "versions, %zu daemons\n", counts.clinics, counts.added,
		    counts.removed, counts.versions, counts.daemons);
	else
		(void)fprintf(stderr, "checkin-province: %s: nothing has "
		    "changed: %s\n", path, err == CK_ERR_CONFIG ?
		    "see above" : ck_err_text(err));

	return err;
}

/* --- For Prometheus ------------------------------------------------------- */

static enum ck_err
write_targets(struct ck_ledger *ledger, const char *path)
{
	const struct ck_registry *registry;
	struct ck_buf text = CK_BUF_INIT;
	size_t count;
	enum ck_err err;

	if ((err = ck_ledger_registry(ledger, &registry)) != CK_OK)
		return err;
	if ((err = ck_file_sd(registry, ck_day_of_ms(ck_clock_wall_ms(
	    ck_clock_system())), &text, &count)) == CK_OK)
		err = ck_replace_file(path, ck_buf_view(&text));
	ck_buf_wipe(&text);
	if (err == CK_OK)
		(void)printf("%zu targets\n", count);
	else
		(void)fprintf(stderr, "checkin-province: %s: %s\n", path,
		    err == CK_ERR_SYSTEM ? strerror(errno) :
		    ck_err_text(err));

	return err;
}

static enum ck_err
run(struct ck_ledger *ledger, int action, const char *path)
{
	if (action == 'i')
		return import(ledger, path);
	if (action == 'h')
		return list_state(ledger);

	return action == 's' ? write_targets(ledger, path) : list(ledger);
}

int
ck_province_clinics(const struct ck_province_config *config, int argc,
    char **argv)
{
	static const struct option options[] = {
		{ "import", required_argument, NULL, 'i' },
		{ "file-sd", required_argument, NULL, 's' },
		{ "state", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const char *path = NULL;
	struct ck_ledger *ledger;
	enum ck_err err;
	int option, action = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return 2;
		action = option;
		path = optarg;
	}
	if (optind != argc) {
		(void)fprintf(stderr, "checkin-province: clinics "
		    "[--state | --import FILE | --file-sd FILE]\n");
		return 2;
	}
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = run(ledger, action, path);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}
