/*
 * outbox.c - list the notices that wait or need somebody, send one again
 *
 * Numbers, states and the insurer's words; nothing of the patient.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/error.h"
#include "cli/ask.h"
#include "cli/outbox.h"
#include "cli/tell.h"
#include "io/json.h"

static const char usage[] =
    "Usage: checkin outbox list\n"
    "       checkin outbox retry NUMBER | all\n"
    "\n"
    "  list    notices that wait, were refused or given up: number, state,\n"
    "          when made, tries, last error, and the insurer's words\n"
    "  retry   send a refused or given-up notice again, unchanged; all: every\n"
    "          one that was given up\n";

static const char *const open_states[] = {
	"pending", "rejected", "given_up"
};

#define OPEN_STATES (sizeof(open_states) / sizeof(open_states[0]))

/* Called for each notice; false ends the walk. */
typedef bool (*notice_fn)(void *ctx, json_t *notice);

/* One page behind number after. NULL: told on standard error. */
static json_t *
fetch(const struct ck_config *config, const char *state, json_int_t after)
{
	char target[128];
	struct ck_cli_reply reply;
	json_t *json = NULL;
	enum ck_err err;

	(void)snprintf(target, sizeof(target),
	    "/v1/check-ins?state=%s&after=%" JSON_INTEGER_FORMAT, state,
	    after);
	err = ck_cli_ask(config, "GET", target, NULL, CK_SPAN_EMPTY, &reply);
	if (err != CK_OK || reply.status != 200)
		ck_cli_tell(config, err, &reply);
	else if ((json = ck_json_parse(reply.body)) == NULL)
		(void)fputs("checkin: the daemon's answer is no JSON\n",
		    stderr);
	ck_cli_reply_wipe(&reply);

	return json;
}

static json_int_t
number_of(const json_t *notice)
{
	return json_integer_value(json_object_get(notice, "number"));
}

/* False: it could not be read to its end, or fn ended it. */
static bool
each(const struct ck_config *config, const char *state, notice_fn fn,
    void *ctx)
{
	json_int_t after = 0;
	json_t *page, *notice;
	bool good = true;
	size_t i, count = 1;

	while (good && count > 0) {
		if ((page = fetch(config, state, after)) == NULL)
			return false;
		count = json_array_size(page);
		json_array_foreach(page, i, notice) {
			after = number_of(notice);
			if (!(good = fn(ctx, notice)))
				break;
		}
		json_decref(page);
	}

	return good;
}

static bool
print_notice(void *ctx, json_t *notice)
{
	const char *words = ck_json_text(notice, "words");
	const char *error = ck_json_text(notice, "error");

	(void)ctx;
	(void)printf("%6" JSON_INTEGER_FORMAT "  %-9s %s  %2"
	    JSON_INTEGER_FORMAT "  %s%s%s\n", number_of(notice),
	    ck_json_text(notice, "state"), ck_json_text(notice, "made_at"),
	    json_integer_value(json_object_get(notice, "tries")), error,
	    error[0] != '\0' && words[0] != '\0' ? ": " : "", words);

	return true;
}

static int
run_list(const struct ck_config *config)
{
	size_t i;

	for (i = 0; i < OPEN_STATES; i++) {
		if (!each(config, open_states[i], print_notice, NULL))
			return 1;
	}

	return 0;
}

struct retrying {
	const struct ck_config *config;
	json_int_t wanted;	/* 0: all */
	unsigned done, refused;
};

/* Whether the daemon had kept it before it fell silent, nobody knows here. */
static void
tell_doubt(const struct retrying *r, json_int_t number, enum ck_err err)
{
	ck_cli_tell(r->config, err, NULL);
	(void)fprintf(stderr, "checkin: notice %" JSON_INTEGER_FORMAT " may "
	    "wait again or not; run this command once more when checkind "
	    "answers: what waits already is left alone\n", number);
}

static bool
retry(void *ctx, json_t *notice)
{
	struct retrying *r = ctx;
	struct ck_cli_reply reply;
	char target[160];
	enum ck_err err;

	if (r->wanted != 0 && number_of(notice) != r->wanted)
		return true;
	(void)snprintf(target, sizeof(target),
	    "/v1/check-ins/%.32s/notices/%" JSON_INTEGER_FORMAT,
	    ck_json_text(notice, "check_in"), number_of(notice));
	err = ck_cli_ask(r->config, "PUT", target, NULL,
	    ck_span_str("{\"fields\":{}}"), &reply);
	if (err != CK_OK) {
		tell_doubt(r, number_of(notice), err);
	} else if (reply.status == 200) {
		r->done++;
	} else {
		r->refused++;
		(void)fprintf(stderr, "checkin: notice %" JSON_INTEGER_FORMAT
		    " is not sent again:\n", number_of(notice));
		ck_cli_tell(r->config, CK_OK, &reply);
	}
	ck_cli_reply_wipe(&reply);

	return err == CK_OK;
}

static int
run_retry(const struct ck_config *config, const char *which)
{
	struct retrying r = { .config = config };
	size_t len = strlen(which);
	bool good;

	if (strcmp(which, "all") != 0) {
		if (len == 0 || len > 15 ||
		    strspn(which, "0123456789") != len)
			return 2;
		r.wanted = strtoll(which, NULL, 10);
	}
	good = each(config, "given_up", retry, &r);
	if (good && r.wanted != 0 && r.done + r.refused == 0)
		good = each(config, "rejected", retry, &r);
	if (good && r.wanted != 0 && r.done + r.refused == 0) {
		(void)fprintf(stderr, "checkin: notice %s was neither refused "
		    "nor given up; see checkin outbox list\n", which);
		return 1;
	}
	(void)printf("%u sent again, %u refused\n", r.done, r.refused);

	return good && r.refused == 0 ? 0 : 1;
}

int
ck_cli_outbox(const struct ck_config *config, int argc, char **argv)
{
	int status = 2;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		status = run_list(config);
	else if (argc == 3 && strcmp(argv[1], "retry") == 0)
		status = run_retry(config, argv[2]);
	if (status == 2)
		(void)fputs(usage, stderr);

	return status;
}
