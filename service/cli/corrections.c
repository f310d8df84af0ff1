/*
 * corrections.c - patients to correct: the list, cases as files
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/error.h"
#include "cli/ask.h"
#include "cli/corrections.h"
#include "cli/tell.h"
#include "io/json.h"
#include "io/replace.h"

static const char usage[] =
    "Usage: checkin corrections list [--done]\n"
    "       checkin corrections export FILE|-\n"
    "       checkin corrections answers FILE|-\n"
    "\n"
    "  list     patients whose record the insurer has to correct: number, days\n"
    "           open, name, what differs, how it is known, the case about it.\n"
    "           Cases are made on the page /corrections, with consent\n"
    "  export   write the cases that the office has not acknowledged, one a\n"
    "           line: encrypted, for 'checkin-province import'\n"
    "  answers  take the office's signed answers, one a line\n";

static bool
ask(const struct ck_config *config, const char *method, const char *target,
    const char *body, struct ck_cli_reply *reply)
{
	enum ck_err err = ck_cli_ask(config, method, target, NULL,
	    ck_span_str(body), reply);

	if (err != CK_OK || reply->status != 200)
		ck_cli_tell(config, err, reply);

	return err == CK_OK && reply->status == 200;
}

/* --- list ----------------------------------------------------------------- */

static void
print_differs(const json_t *row)
{
	const json_t *differs = json_object_get(row, "differs");
	size_t i;

	for (i = 0; i < json_array_size(differs); i++)
		(void)printf("%s%s", i > 0 ? "," : "",
		    json_string_value(json_array_get(differs, i)));
	if (i == 0)
		(void)fputs("?", stdout);
}

static void
print_row(const json_t *row)
{
	const json_t *person = json_object_get(row, "person");
	const json_t *open_case = json_object_get(row, "case");

	(void)printf("%" JSON_INTEGER_FORMAT "\t%" JSON_INTEGER_FORMAT
	    " days\t%s\t%s\t%s\t",
	    json_integer_value(json_object_get(row, "number")),
	    json_integer_value(json_object_get(row, "days_open")),
	    ck_json_text(person, "full_name"),
	    ck_json_text(person, "id_number"), ck_json_text(row, "reason"));
	print_differs(row);
	(void)printf("\t%s\t%s\n", ck_json_text(row, "assurance"),
	    json_is_object(open_case) ? ck_json_text(open_case, "state") :
	    "-");
}

static int
run_list(const struct ck_config *config, int argc, char **argv)
{
	bool done = argc == 2 && strcmp(argv[1], "--done") == 0;
	struct ck_cli_reply reply;
	json_t *json = NULL, *row;
	int status = 1;
	size_t i;

	if (argc != 1 && !done)
		return 2;
	if (ask(config, "GET", done ? "/v1/corrections?state=done" :
	    "/v1/corrections", "", &reply) &&
	    (json = ck_json_parse(reply.body)) != NULL)
		status = 0;
	json_array_foreach(json_object_get(json, "corrections"), i, row)
		print_row(row);
	json_decref(json);
	ck_cli_reply_wipe(&reply);

	return status;
}

/* --- export --------------------------------------------------------------- */

static size_t
count_lines(struct ck_span bytes)
{
	size_t i, lines = 0;

	for (i = 0; i < bytes.len; i++)
		lines += bytes.ptr[i] == '\n';

	return lines;
}

static int
run_export(const struct ck_config *config, int argc, char **argv)
{
	struct ck_cli_reply reply = { .status = 0 };
	int status = 1;

	if (argc != 2)
		return 2;
	if (!ask(config, "POST", "/v1/corrections/export", "{}", &reply))
		goto out;
	if (strcmp(argv[1], "-") == 0) {
		status = reply.body.len == 0 || fwrite(reply.body.ptr, 1,
		    reply.body.len, stdout) == reply.body.len ? 0 : 1;
	} else if (ck_replace_file(argv[1], reply.body) == CK_OK) {
		status = 0;
	} else {
		(void)fprintf(stderr, "checkin: %s: %s\n", argv[1],
		    strerror(errno));
	}
	if (status == 0)
		(void)fprintf(stderr, "checkin: %zu documents\n",
		    count_lines(reply.body));
out:
	ck_cli_reply_wipe(&reply);

	return status;
}

/* --- answers -------------------------------------------------------------- */

struct taking {
	unsigned taken, foreign, refused;
};

/* False: the daemon could not be asked; told. */
static bool
take_line(const struct ck_config *config, const char *line, size_t len,
    struct taking *taking)
{
	struct ck_cli_reply reply;
	enum ck_err err = ck_cli_post(config, "/v1/corrections/answers",
	    "application/json", ck_span_of(line, len), &reply);

	if (err != CK_OK)
		ck_cli_tell(config, err, &reply);
	else if (reply.status == 204)
		taking->taken++;
	else if (reply.status == 404)
		taking->foreign++;
	else
		taking->refused++;
	ck_cli_reply_wipe(&reply);

	return err == CK_OK;
}

static int
run_answers(const struct ck_config *config, int argc, char **argv)
{
	struct taking taking = { 0 };
	bool good = true;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *file;

	if (argc != 2)
		return 2;
	file = strcmp(argv[1], "-") == 0 ? stdin : fopen(argv[1], "re");
	if (file == NULL) {
		(void)fprintf(stderr, "checkin: %s: %s\n", argv[1],
		    strerror(errno));
		return 1;
	}
	while (good && (len = getline(&line, &room, file)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		good = len == 0 || take_line(config, line, (size_t)len,
		    &taking);
	}
	free(line);
	if (file != stdin)
		(void)fclose(file);
	(void)printf("%u answers taken, %u about cases of others, %u "
	    "refused\n", taking.taken, taking.foreign, taking.refused);

	return good && taking.refused == 0 ? 0 : 1;
}

int
ck_cli_corrections(const struct ck_config *config, int argc, char **argv)
{
	int status = 2;

	if (argc > 1 && strcmp(argv[1], "list") == 0)
		status = run_list(config, argc - 1, argv + 1);
	else if (argc > 1 && strcmp(argv[1], "export") == 0)
		status = run_export(config, argc - 1, argv + 1);
	else if (argc > 1 && strcmp(argv[1], "answers") == 0)
		status = run_answers(config, argc - 1, argv + 1);
	if (status == 2)
		(void)fputs(usage, stderr);

	return status;
}
