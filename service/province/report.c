/*
 * report.c - checkin-province report, close, counts
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/day.h"
#include "ledger/outside.h"
#include "province/command.h"
#include "province/office_key.h"
#include "report/closing.h"
#include "report/present.h"

/* What the arguments say. */
struct asked {
	struct ck_report_wish wish;
	const char *language;
	const char *path;		/* "-": standard output */
	const char *reason;
	bool from, to;
};

static bool
read_day(const char *text, int64_t *out, bool *given)
{
	struct ck_date date;

	if (ck_date_parse_iso(text, &date) != CK_OK || date.day == 0) {
		(void)fprintf(stderr, "checkin-province: not a date "
		    "YYYY-MM-DD: %s\n", text);
		return false;
	}
	*out = ck_day_of_date(date);
	*given = true;

	return true;
}

static bool
read_form(const char *text, enum ck_form *out)
{
	if (ck_form_parse(text, out))
		return true;
	(void)fprintf(stderr, "checkin-province: --format is text, json, csv, "
	    "xlsx or html, not %s\n", text);

	return false;
}

static bool
read_option(int option, struct asked *asked)
{
	switch (option) {
	case 'f':
		return read_day(optarg, &asked->wish.from_day, &asked->from);
	case 't':
		return read_day(optarg, &asked->wish.to_day, &asked->to);
	case 'F':
		return read_form(optarg, &asked->wish.form);
	case 'l':
		asked->language = optarg;
		return true;
	case 'i':
		asked->wish.internal = true;
		return true;
	case 'o':
		asked->path = optarg;
		return true;
	case 'r':
		asked->reason = optarg;
		return true;
	default:
		return false;
	}
}

static bool
read_arguments(int argc, char **argv, const struct option *options,
    const char *usage, struct asked *asked)
{
	int option;

	*asked = (struct asked){
		.language = "vi", .path = "-", .reason = ""
	};
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (!read_option(option, asked))
			return false;
	}
	if (optind == argc && asked->from && asked->to &&
	    asked->wish.to_day >= asked->wish.from_day)
		return true;
	if (asked->from && asked->to && optind == argc)
		(void)fprintf(stderr, "checkin-province: --to is before "
		    "--from\n");
	else
		(void)fputs(usage, stderr);

	return false;
}

/* --- report --------------------------------------------------------------------- */

static enum ck_err
write_whole(const char *path, const struct ck_buf *bytes)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdout : fopen(path, "we");
	bool good;

	if (file == NULL) {
		(void)fprintf(stderr, "checkin-province: %s: %s\n", path,
		    strerror(errno));
		return CK_ERR_SYSTEM;
	}
	good = fwrite(bytes->ptr, 1, bytes->len, file) == bytes->len;
	good &= (standard ? fflush(file) : fclose(file)) == 0;
	if (!good)
		(void)fprintf(stderr, "checkin-province: %s: %s\n", path,
		    strerror(errno));

	return good ? CK_OK : CK_ERR_SYSTEM;
}

static enum ck_err
report(struct ck_ledger *ledger, const struct asked *asked,
    const struct ck_catalogue *catalogue)
{
	struct ck_buf out = CK_BUF_INIT;
	enum ck_err err;

	err = ck_report_present(ledger, &asked->wish, catalogue,
	    ck_clock_wall_ms(ck_clock_system()), &out);
	if (err == CK_OK)
		err = write_whole(asked->path, &out);
	else
		(void)fprintf(stderr, "checkin-province: report: %s\n",
		    ck_err_text(err));
	ck_buf_wipe(&out);

	return err;
}

int
ck_province_report(const struct ck_province_config *config, int argc,
    char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "format", required_argument, NULL, 'F' },
		{ "language", required_argument, NULL, 'l' },
		{ "internal", no_argument, NULL, 'i' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	static const char usage[] =
	    "checkin-province: report --from YYYY-MM-DD --to YYYY-MM-DD "
	    "[--format text|json|csv|xlsx|html]\n"
	    "  [--language vi|en] [--internal] [--output FILE]\n";
	struct ck_catalogue *catalogue;
	struct ck_ledger *ledger;
	struct asked asked;
	enum ck_err err;

	if (!read_arguments(argc, argv, options, usage, &asked))
		return 2;
	if (asked.wish.form == CK_FORM_XLSX && strcmp(asked.path, "-") == 0 &&
	    isatty(STDOUT_FILENO) == 1) {
		(void)fprintf(stderr, "checkin-province: a workbook is not "
		    "for a terminal; give --output FILE\n");
		return 2;
	}
	if (ck_catalogue_open(&catalogue, asked.language) != CK_OK) {
		(void)fprintf(stderr, "checkin-province: --language is vi or "
		    "en, not %s\n", asked.language);
		return 2;
	}
	if ((err = ck_province_ledger(config, &ledger)) == CK_OK)
		err = report(ledger, &asked, catalogue);
	ck_ledger_close(&ledger);
	ck_catalogue_free(&catalogue);

	return err == CK_OK ? 0 : 1;
}

/* --- close ----------------------------------------------------------------------- */

static void
tell_refusal(enum ck_refusal why)
{
	static const char *const texts[] = {
		[CK_REFUSAL_RUNS] = "this period is not over: it can be closed "
		    "once its last day is",
		[CK_REFUSAL_NOBODY] = "no clinic had begun to count by the end "
		    "of this period: there is nothing to close. See clinics "
		    "--state, and give days since the first began",
		[CK_REFUSAL_CLOSED] = "this period is closed already; to "
		    "restate it, say why with --reason TEXT",
		[CK_REFUSAL_SAME] = "this period is closed, and nothing has "
		    "changed since"
	};

	if (why == CK_REFUSAL_REASON)
		(void)fprintf(stderr, "checkin-province: --reason is one line "
		    "of at most %d bytes\n", CK_CLOSING_REASON_MAX);
	else
		(void)fprintf(stderr, "checkin-province: %s\n", texts[why]);
}

static void
tell_closed(const json_t *document)
{
	const json_t *closing = json_object_get(document, "closing");

	(void)printf("closed: %s to %s, statement %" JSON_INTEGER_FORMAT
	    ", signed by %s\n", ck_json_text(document, "from"),
	    ck_json_text(document, "to"), json_integer_value(json_object_get(
	    closing, "statement")), ck_json_text(json_object_get(document,
	    "signature"), "key"));
}

/* The key is made once there is something to sign. */
static enum ck_err
sign_period(struct ck_ledger *ledger, const struct asked *asked,
    const char *key_file, int64_t now_ms, json_t **out)
{
	uint8_t public[CK_PUBLIC_LEN];
	struct ck_signer *signer = NULL;
	enum ck_err err;

	*out = NULL;
	if ((err = ck_office_key_load(key_file, &signer, public)) != CK_OK)
		return err;
	err = ck_closing_make(ledger, asked->wish.from_day,
	    asked->wish.to_day, signer, public, asked->reason, now_ms, out);
	ck_signer_free(&signer);

	return err;
}

static enum ck_err
close_period(struct ck_ledger *ledger, const struct asked *asked,
    const char *key_file)
{
	int64_t now_ms = ck_clock_wall_ms(ck_clock_system());
	json_t *document = NULL;
	enum ck_refusal why;
	enum ck_err err;

	err = ck_closing_try(ledger, asked->wish.from_day, asked->wish.to_day,
	    asked->reason, now_ms, &why);
	if (err == CK_OK && why != CK_REFUSAL_NONE) {
		tell_refusal(why);
		return CK_ERR_REQUEST;
	}
	if (err == CK_OK)
		err = sign_period(ledger, asked, key_file, now_ms, &document);
	if (err == CK_OK)
		tell_closed(document);
	else
		(void)fprintf(stderr, "checkin-province: close: %s\n",
		    ck_err_text(err));
	json_decref(document);

	return err;
}

int
ck_province_close(const struct ck_province_config *config, int argc,
    char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "reason", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	static const char usage[] =
	    "checkin-province: close --from YYYY-MM-DD --to YYYY-MM-DD "
	    "[--reason TEXT]\n";
	struct ck_ledger *ledger;
	struct asked asked;
	enum ck_err err;

	if (!read_arguments(argc, argv, options, usage, &asked))
		return 2;
	if ((err = ck_province_ledger(config, &ledger)) == CK_OK)
		err = close_period(ledger, &asked, config->office_key_file);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}

/* --- counts ------------------------------------------------------------------------ */

static void
tell_defect(void *ctx, unsigned line, const char *what)
{
	const char *path = ctx;

	if (line == 0)
		(void)fprintf(stderr, "%s: %s\n", path, what);
	else
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
		(void)fprintf(stderr, "checkin-province: %s: %s\n", path,
		    strerror(errno));
		return CK_ERR_SYSTEM;
	}
	while (err == CK_OK && out->len <= CK_OUTSIDE_MAX &&
	    (len = fread(block, 1, sizeof(block), file)) > 0)
		err = ck_buf_append(out, ck_span_of(block, len));
	if (ferror(file) != 0)
		err = CK_ERR_SYSTEM;
	(void)fclose(file);
	if (out->len > CK_OUTSIDE_MAX) {
		(void)fprintf(stderr, "checkin-province: %s: more than %d "
		    "bytes; divide it by month\n", path, CK_OUTSIDE_MAX);
		err = CK_ERR_LIMIT;
	}

	return err;
}

static enum ck_err
import_counts(struct ck_ledger *ledger, char *path)
{
	struct ck_buf text = CK_BUF_INIT;
	enum ck_outside source;
	size_t count = 0;
	enum ck_err err;

	if ((err = read_whole(path, &text)) != CK_OK)
		goto out;
	if (!ck_outside_recognise(ck_buf_view(&text), &source)) {
		(void)fprintf(stderr, "%s:1: the first line has to name the "
		    "columns facility, date, and calls (of the portal) or "
		    "visits (of the clinics' books)\n", path);
		err = CK_ERR_CONFIG;
		goto out;
	}
	err = ck_outside_import(ledger, source, ck_buf_view(&text),
	    ck_clock_wall_ms(ck_clock_system()), tell_defect, path, &count);
	if (err == CK_OK)
		(void)printf("%zu days of clinics taken: %s\n", count,
		    source == CK_OUTSIDE_PORTAL ? "calls of the portal" :
		    "visits of the books");
	else
		(void)fprintf(stderr, "checkin-province: %s: nothing has "
		    "changed: %s\n", path, err == CK_ERR_CONFIG ?
		    "see above" : ck_err_text(err));
out:
	ck_buf_wipe(&text);

	return err;
}

int
ck_province_counts(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct ck_ledger *ledger;
	enum ck_err err;

	if (argc != 2) {
		(void)fprintf(stderr, "checkin-province: counts FILE\n");
		return 2;
	}
	if ((err = ck_province_ledger(config, &ledger)) == CK_OK)
		err = import_counts(ledger, argv[1]);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}
