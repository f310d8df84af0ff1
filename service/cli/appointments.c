/*
 * appointments.c - a list to the daemon, and what it says of a day
 *
 * Names and telephone numbers go to standard output alone: they are what the
 * caller has asked for.
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "cli/appointments.h"
#include "cli/ask.h"
#include "cli/tell.h"
#include "http/admit.h"
#include "io/json.h"

#define DAY_MS INT64_C(86400000)

static const char usage[] =
    "Usage: checkin appointments import FILE\n"
    "       checkin appointments list [DATE]\n"
    "       checkin appointments problems [DATE]\n"
    "       checkin appointments run\n"
    "\n"
    "  import    send a list of who is expected: CSV with a first row of\n"
    "            names (full_name, visit_date, number, date_of_birth, phone),\n"
    "            or JSON; - is standard input\n"
    "  list      how far the list of a day is\n"
    "  problems  whom to call beforehand, why, and what to ask\n"
    "  run       look up today's and tomorrow's now, not in the evening\n"
    "\n"
    "DATE is YYYY-MM-DD; without one it is tomorrow.\n";

/* Take the answer apart. NULL: told on standard error. */
static json_t *
json_of(const struct ck_config *config, enum ck_err err,
    struct ck_cli_reply *reply)
{
	json_t *json = NULL;

	if (err != CK_OK || reply->status != 200)
		ck_cli_tell(config, err, reply);
	else if ((json = ck_json_parse(reply->body)) == NULL)
		(void)fputs("checkin: the daemon's answer is no JSON\n",
		    stderr);
	ck_cli_reply_wipe(reply);

	return json;
}

static long long
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* --- import --------------------------------------------------------------- */

static enum ck_err
read_file(const char *path, struct ck_buf *out)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char piece[16384];
	enum ck_err err = CK_OK;
	size_t len;

	if (file == NULL) {
		(void)fprintf(stderr, "checkin: cannot open %s\n", path);
		return CK_ERR_NOT_FOUND;
	}
	while (err == CK_OK &&
	    (len = fread(piece, 1, sizeof(piece), file)) > 0) {
		err = out->len + len > CK_LIST_BODY_MAX ? CK_ERR_LIMIT :
		    ck_buf_append(out, ck_span_of(piece, len));
	}
	if (err == CK_ERR_LIMIT)
		(void)fprintf(stderr, "checkin: %s is larger than %d bytes: "
		    "send it in parts\n", path, CK_LIST_BODY_MAX);
	explicit_bzero(piece, sizeof(piece));
	if (file != stdin)
		(void)fclose(file);

	return err;
}

/* An object is JSON; a table begins with a name. */
static const char *
type_of(const struct ck_buf *text)
{
	size_t i = 0;

	while (i < text->len && strchr(" \t\r\n", text->ptr[i]) != NULL &&
	    text->ptr[i] != 0)
		i++;

	return i < text->len && text->ptr[i] == '{' ? "application/json" :
	    "text/csv";
}

static int
print_taken(json_t *answer)
{
	json_t *row, *ignored = json_object_get(answer, "ignored_columns");
	size_t i;

	(void)printf("%lld taken: %lld known already, %lld lack a number or a "
	    "birth date\n", number(answer, "taken"), number(answer, "known"),
	    number(answer, "unaskable"));
	json_array_foreach(ignored, i, row)
		(void)printf("column not used: %s\n", json_string_value(row));
	if (number(answer, "refused_count") == 0)
		return 0;
	(void)printf("%lld refused; correct them and send the file again\n",
	    number(answer, "refused_count"));
	json_array_foreach(json_object_get(answer, "refused"), i, row) {
		const char *field = ck_json_text(row, "field");

		(void)printf("line %lld: %s%sexpected: %s\n",
		    number(row, "line"), field, field[0] != '\0' ? ": " : "",
		    ck_json_text(row, "expected"));
	}

	return 1;
}

static int
run_import(const struct ck_config *config, const char *path)
{
	struct ck_buf text = CK_BUF_INIT;
	struct ck_cli_reply reply = { 0 };
	json_t *answer = NULL;
	int status = 1;
	enum ck_err err;

	if (read_file(path, &text) == CK_OK) {
		err = ck_cli_post(config, "/v1/appointments", type_of(&text),
		    ck_buf_view(&text), &reply);
		answer = json_of(config, err, &reply);
	}
	if (answer != NULL)
		status = print_taken(answer);
	json_decref(answer);
	ck_buf_wipe(&text);

	return status;
}

/* --- list, problems ------------------------------------------------------- */

/* The day that is asked for; NULL: told, or wrong usage. */
static json_t *
fetch_day(const struct ck_config *config, const char *wanted)
{
	struct ck_date date = ck_clock_local_date(ck_clock_wall_ms(
	    ck_clock_system()) + DAY_MS);
	struct ck_cli_reply reply;
	char target[64], iso[CK_DATE_LEN];
	enum ck_err err;

	if (wanted != NULL && (ck_date_parse_iso(wanted, &date) != CK_OK ||
	    date.day == 0)) {
		(void)fprintf(stderr, "checkin: %s is no date, "
		    "YYYY-MM-DD\n", wanted);
		return NULL;
	}
	ck_date_iso(date, iso);
	(void)snprintf(target, sizeof(target), "/v1/appointments?date=%s",
	    iso);
	err = ck_cli_ask(config, "GET", target, NULL, CK_SPAN_EMPTY, &reply);

	return json_of(config, err, &reply);
}

static void
print_day(const json_t *day)
{
	static const char *const rows[][2] = {
		{ "total", "expected" }, { "waiting", "to be asked" },
		{ "covered", "covered" }, { "ends_soon", "  card ends soon" },
		{ "not_covered", "not covered, or unclear" },
		{ "unaskable", "no number or birth date" },
		{ "not_asked", "not asked in time" }
	};
	const json_t *run = json_object_get(day, "run");
	size_t i;

	(void)printf("%s\n", ck_json_text(day, "date"));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)printf("%6lld  %s\n", number(day, rows[i][0]),
		    rows[i][1]);
	(void)printf("run: %s, %lld on their way; from %lld:00 of the day "
	    "before to %lld:00\n", ck_json_text(run, "state"),
	    number(run, "in_flight"), number(run, "hour"),
	    number(run, "deadline_hour"));
}

static void
print_problems(const json_t *day)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(day, "problems"), i, row) {
		const char *phone = ck_json_text(row, "phone");

		(void)printf("%s%s%s\n    %s\n    %s\n",
		    ck_json_text(row, "full_name"),
		    phone[0] != '\0' ? ", " : "", phone,
		    ck_json_text(row, "message"),
		    ck_json_text(row, "telephone"));
	}
}

static int
run_day(const struct ck_config *config, const char *wanted,
    void (*print)(const json_t *day))
{
	json_t *day = fetch_day(config, wanted);
	int status = day == NULL ? 1 : 0;

	if (day != NULL)
		print(day);
	json_decref(day);

	return status;
}

static int
run_now(const struct ck_config *config)
{
	struct ck_cli_reply reply;
	enum ck_err err = ck_cli_ask(config, "POST", "/v1/appointments/run",
	    NULL, ck_span_str("{}"), &reply);
	bool begun = err == CK_OK && reply.status == 204;

	if (begun)
		(void)puts("begun");
	else
		ck_cli_tell(config, err, &reply);
	ck_cli_reply_wipe(&reply);

	return begun ? 0 : 1;
}

int
ck_cli_appointments(const struct ck_config *config, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	const char *date = argc == 3 ? argv[2] : NULL;

	if (strcmp(verb, "import") == 0 && argc == 3)
		return run_import(config, argv[2]);
	if (strcmp(verb, "list") == 0 && argc <= 3)
		return run_day(config, date, print_day);
	if (strcmp(verb, "problems") == 0 && argc <= 3)
		return run_day(config, date, print_problems);
	if (strcmp(verb, "run") == 0 && argc == 2)
		return run_now(config);
	(void)fputs(usage, stderr);

	return 2;
}
