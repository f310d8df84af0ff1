/*
 * worklist.c - checkin-province worklist: causes as work, by owner
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "province/command.h"
#include "province/worklist.h"

static const char usage[] =
    "Usage: checkin-province worklist [--from DATE --to DATE] [--owner OWNER]\n"
    "           [--series cccd|lookups] [--closed-after DAYS] [--closed]\n"
    "           [--format text|json|csv] [--language vi|en]\n"
    "\n"
    "  What fails at which clinic, whose work it is, since when, and what to\n"
    "  do; without dates of the last 30 days. OWNER is insurer, desk, patient,\n"
    "  clinic, line, gateway or unknown. A cause that has not occurred for\n"
    "  DAYS is closed; --closed lists these as well.\n";

struct asked {
	struct ck_worklist_wish wish;
	const char *format, *language;
	bool from, to;
};

bool
ck_worklist_owner(const char *label, enum ck_owner *out)
{
	static const enum ck_owner owners[] = {
		CK_OWNER_INSURER, CK_OWNER_DESK, CK_OWNER_PATIENT,
		CK_OWNER_CLINIC, CK_OWNER_LINE, CK_OWNER_GATEWAY,
		CK_OWNER_UNKNOWN
	};
	size_t i;

	for (i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (strcmp(ck_owner_label(owners[i]), label) == 0) {
			*out = owners[i];
			return true;
		}
	}

	return false;
}

bool
ck_worklist_series(const char *label, enum ck_series *out)
{
	return ck_series_parse(label, out) &&
	    (*out == CK_SERIES_CCCD || *out == CK_SERIES_LOOKUPS);
}

bool
ck_worklist_closed_after(const char *text, int64_t *out)
{
	size_t len = strlen(text);

	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return false;
	*out = strtol(text, NULL, 10);

	return *out > 0 && *out <= CK_WORKLIST_CLOSED_AFTER_MAX;
}

static bool
read_day(const char *text, int64_t *out, bool *given)
{
	struct ck_date date;

	*given = ck_date_parse_iso(text, &date) == CK_OK && date.day != 0;
	if (*given)
		*out = ck_day_of_date(date);

	return *given;
}

static bool
read_option(int option, struct asked *asked)
{
	switch (option) {
	case 'f':
		return read_day(optarg, &asked->wish.from_day, &asked->from);
	case 't':
		return read_day(optarg, &asked->wish.to_day, &asked->to);
	case 'o':
		return ck_worklist_owner(optarg, &asked->wish.owner);
	case 's':
		return ck_worklist_series(optarg, &asked->wish.series);
	case 'a':
		return ck_worklist_closed_after(optarg,
		    &asked->wish.closed_after);
	case 'c':
		asked->wish.closed = true;
		return true;
	case 'F':
		asked->format = optarg;
		return strcmp(optarg, "text") == 0 ||
		    strcmp(optarg, "json") == 0 || strcmp(optarg, "csv") == 0;
	case 'l':
		asked->language = optarg;
		return true;
	default:
		return false;
	}
}

static bool
read_options(int argc, char **argv, struct asked *asked)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "owner", required_argument, NULL, 'o' },
		{ "series", required_argument, NULL, 's' },
		{ "closed-after", required_argument, NULL, 'a' },
		{ "closed", no_argument, NULL, 'c' },
		{ "format", required_argument, NULL, 'F' },
		{ "language", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 }
	};
	int64_t today = ck_day_of_ms(ck_clock_wall_ms(ck_clock_system()));
	int option;

	*asked = (struct asked){ .format = "text", .language = "vi" };
	asked->wish.series = CK_SERIES_CCCD;
	asked->wish.from_day = today - CK_WORKLIST_DAYS + 1;
	asked->wish.to_day = today;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (!read_option(option, asked))
			return false;
	}

	return optind == argc && asked->from == asked->to &&
	    asked->wish.to_day >= asked->wish.from_day;
}

static enum ck_err
print_json(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue)
{
	json_t *json = ck_worklist_json(list, catalogue);
	enum ck_err err = json != NULL && json_dumpf(json, stdout,
	    JSON_INDENT(1)) == 0 && fputc('\n', stdout) != EOF ? CK_OK :
	    CK_ERR_NOMEM;

	json_decref(json);

	return err;
}

static enum ck_err
print_list(const struct ck_worklist *list, const char *format,
    const struct ck_catalogue *catalogue)
{
	struct ck_buf out = CK_BUF_INIT;
	enum ck_err err;

	if (strcmp(format, "json") == 0)
		return print_json(list, catalogue);
	err = strcmp(format, "csv") == 0 ?
	    ck_worklist_csv(list, catalogue, &out) :
	    ck_worklist_text(list, catalogue, &out);
	if (err == CK_OK && out.len > 0 && fwrite(out.ptr, 1, out.len,
	    stdout) != out.len)
		err = CK_ERR_SYSTEM;
	ck_buf_wipe(&out);

	return err;
}

static int
run(const struct ck_province_config *config, const struct asked *asked,
    const struct ck_catalogue *catalogue)
{
	struct ck_worklist list = { .causes = NULL };
	struct ck_ledger *ledger;
	enum ck_err err;

	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = ck_worklist_read(ledger, &asked->wish,
	    ck_clock_wall_ms(ck_clock_system()), &list);
	if (err == CK_OK)
		err = print_list(&list, asked->format, catalogue);
	if (err != CK_OK)
		(void)fprintf(stderr, "checkin-province: worklist: %s\n",
		    ck_err_text(err));
	ck_worklist_free(&list);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}

int
ck_province_worklist(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct ck_catalogue *catalogue = NULL;
	struct asked asked;
	int status = 2;

	if (read_options(argc, argv, &asked) &&
	    ck_catalogue_open(&catalogue, asked.language) == CK_OK)
		status = run(config, &asked, catalogue);
	else
		(void)fputs(usage, stderr);
	ck_catalogue_free(&catalogue);

	return status;
}
