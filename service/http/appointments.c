/*
 * appointments.c - POST and GET /v1/appointments
 *
 * A list is taken as a whole or not at all.
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "eligibility/appointments.h"
#include "eligibility/message.h"
#include "http/lookup_body.h"
#include "http/site.h"
#include "io/loop.h"
#include "store/appointment.h"
#include "store/store.h"
#include "store/turn.h"

/* In one list; more than fit in a body of 64 KiB. */
#define LIST_MAX 1000
/* Problems in one answer: more cannot be called in a morning. */
#define PROBLEMS_MAX 200

struct taking {
	struct ck_http *http;
	struct ck_request *request;
	struct ck_lookup_record *list;	/* owned */
	size_t len;
};

static void
free_taking(struct taking *taking)
{
	if (taking->list != NULL)
		OPENSSL_cleanse(taking->list,
		    taking->len * sizeof(*taking->list));
	free(taking->list);
	free(taking);
}

static enum ck_err
write_list(struct ck_store *store, void *ctx)
{
	const struct taking *taking = ctx;
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < taking->len && err == CK_OK; i++)
		err = ck_store_put_appointment(store, &taking->list[i]);

	return err;
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct taking *taking = ctx;

	if (err == CK_OK)
		ck_request_reply_json(taking->request, 200, json_pack("{sI}",
		    "taken", (json_int_t)taking->len));
	else
		ck_http_reply_error(taking->request, err);
	if (err == CK_OK && taking->http->use.appointments != NULL)
		ck_appointments_kick(taking->http->use.appointments);
	free_taking(taking);
}

static bool
read_one(const struct taking *taking, const json_t *item,
    struct ck_lookup_record *out, struct ck_body_defect *defect)
{
	struct ck_lookup_request request;
	bool good = json_is_object(item) && ck_appointment_body_read(item,
	    taking->http->use.config, &request, defect);

	if (!good)
		return false;
	out->visit_date = request.visit_date;
	out->person = request.keys;
	out->identity = request.identity;
	OPENSSL_cleanse(&request, sizeof(request));

	return true;
}

/* False: answered. */
static bool
read_list(struct taking *taking)
{
	const json_t *body = ck_request_json(taking->request);
	const json_t *array = json_object_get(body, "appointments");
	struct ck_body_defect defect = { "appointments", "an array of objects "
	    "with number, full_name, date_of_birth and visit_date" };
	size_t count = json_array_size(array), i;

	if (!json_is_array(array) || count == 0 || count > LIST_MAX ||
	    json_object_size(body) != 1) {
		ck_request_reply_invalid(taking->request, defect.field,
		    defect.expected);
		return false;
	}
	taking->list = calloc(count, sizeof(*taking->list));
	if (taking->list == NULL) {
		ck_http_reply_error(taking->request, CK_ERR_NOMEM);
		return false;
	}
	taking->len = count;
	for (i = 0; i < count; i++) {
		if (read_one(taking, json_array_get(array, i),
		    &taking->list[i], &defect))
			continue;
		ck_request_reply_invalid(taking->request, defect.field,
		    defect.expected);
		return false;
	}

	return true;
}

void
ck_http_appointments_new(void *ctx, struct ck_request *request)
{
	struct taking *taking = calloc(1, sizeof(*taking));

	if (taking == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	taking->http = ctx;
	taking->request = request;
	if (!read_list(taking))
		free_taking(taking);
	else if (ck_turn_add(taking->http->use.turn, write_list, on_written,
	    taking) != CK_OK)
		on_written(taking, CK_ERR_NOMEM);
}

/* --- Progress, and whom to call ------------------------------------------- */

static json_t *
text(const char *value)
{
	return value[0] == '\0' ? json_null() : json_string(value);
}

static json_t *
problem_json(const struct ck_lookup_record *record, const char *language)
{
	const struct ck_counted *counted = &record->counted;

	return json_pack("{ss so ss so so so}",
	    "lookup", record->id,
	    "full_name", text(record->identity.full_name),
	    "outcome", ck_outcome_label(counted->outcome),
	    "reason", text(counted->reason),
	    "message", text(ck_message(counted, language)),
	    "next_step", text(ck_next_step(counted, language)));
}

static enum ck_err
add_problem(const struct ck_http *http, const struct ck_appointment_row *row,
    json_t *array)
{
	struct ck_lookup_record *record = malloc(sizeof(*record));
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL)
		err = ck_store_get_lookup(http->use.store, row->lookup_id,
		    record);
	if (err == CK_OK && json_array_append_new(array, problem_json(record,
	    http->use.config->language)) != 0)
		err = CK_ERR_NOMEM;
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);
	/* Its lookup never was: the list still counts it. */
	return err == CK_ERR_NOT_FOUND ? CK_OK : err;
}

static enum ck_err
add_problems(const struct ck_http *http, struct ck_date date, json_t *array)
{
	struct ck_appointment_row *rows = calloc(PROBLEMS_MAX, sizeof(*rows));
	size_t count = 0, i;
	enum ck_err err = CK_ERR_NOMEM;

	if (rows != NULL)
		err = ck_store_appointment_problems(http->use.store, date,
		    rows, PROBLEMS_MAX, &count);
	for (i = 0; i < count && err == CK_OK; i++)
		err = add_problem(http, &rows[i], array);
	free(rows);

	return err;
}

static void
reply_day(const struct ck_http *http, struct ck_request *request,
    struct ck_date date)
{
	struct ck_appointment_figures figures;
	json_t *problems = json_array();
	char iso[CK_DATE_LEN];
	enum ck_err err = problems == NULL ? CK_ERR_NOMEM :
	    ck_store_appointment_figures(http->use.store, date, &figures);

	if (err == CK_OK)
		err = add_problems(http, date, problems);
	if (err != CK_OK) {
		json_decref(problems);
		ck_http_reply_error(request, err);
		return;
	}
	ck_date_iso(date, iso);
	ck_request_reply_json(request, 200,
	    json_pack("{ss sI sI sI sI so}", "date", iso,
	    "total", (json_int_t)(figures.waiting + figures.covered +
	    figures.problems),
	    "waiting", (json_int_t)figures.waiting,
	    "covered", (json_int_t)figures.covered,
	    "not_covered", (json_int_t)figures.problems,
	    "problems", problems));
}

void
ck_http_appointments(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	const char *wanted = ck_request_query(request, "date");
	struct ck_date date = { 0 };

	if (wanted == NULL || ck_date_parse_iso(wanted, &date) != CK_OK ||
	    date.day == 0)
		ck_request_reply_invalid(request, "date", "YYYY-MM-DD");
	else
		reply_day(http, request, date);
}
