/*
 * appointments.c - POST and GET /v1/appointments, POST /v1/appointments/run
 *
 * JSON comes from a program and is taken as a whole or not at all. CSV comes
 * out of somebody's table: its good rows are taken, the others named by their
 * line, and the whole file may be sent again. A list is written in pieces, so
 * that no desk waits for it.
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/appointments.h"
#include "eligibility/decide.h"
#include "eligibility/message.h"
#include "http/admit.h"
#include "http/expected_list.h"
#include "http/site.h"
#include "io/json.h"
#include "io/loop.h"
#include "store/appointment.h"
#include "store/store.h"
#include "store/turn.h"

/* Rows of one transaction: a few milliseconds of the core's thread. */
#define PIECE 100

/* Problems in one answer: more cannot be called in a morning. */
#define PROBLEMS_MAX 200

struct ck_taking {
	struct ck_http *http;
	struct ck_request *request;
	struct ck_taking *prev, *next;
	struct ck_timer *timer;		/* pending: the next piece */
	struct ck_expected_list list;
	size_t written;
	size_t known, unaskable;
	size_t piece_known;		/* of the piece under way */
};

static void
taking_free(struct ck_taking *taking)
{
	if (taking->prev != NULL)
		taking->prev->next = taking->next;
	else
		taking->http->takings = taking->next;
	if (taking->next != NULL)
		taking->next->prev = taking->prev;
	ck_loop_timer_cancel(&taking->timer);
	ck_expected_list_wipe(&taking->list);
	free(taking);
}

void
ck_http_takings_free(struct ck_http *http)
{
	while (http->takings != NULL)
		taking_free(http->takings);
}

static struct ck_taking *
taking_new(struct ck_http *http, struct ck_request *request)
{
	struct ck_taking *taking = calloc(1, sizeof(*taking));

	if (taking == NULL)
		return NULL;
	taking->http = http;
	taking->request = request;
	taking->next = http->takings;
	if (taking->next != NULL)
		taking->next->prev = taking;
	http->takings = taking;

	return taking;
}

/* --- Writing -------------------------------------------------------------- */

static size_t
piece_end(const struct ck_taking *taking)
{
	size_t left = taking->list.count - taking->written;

	return taking->written + (left < PIECE ? left : PIECE);
}

static enum ck_err
write_piece(struct ck_store *store, void *ctx)
{
	struct ck_taking *taking = ctx;
	enum ck_err err = CK_OK;
	bool known;
	size_t i;

	taking->piece_known = 0;
	for (i = taking->written; i < piece_end(taking) && err == CK_OK; i++) {
		err = ck_store_put_appointment(store, &taking->list.rows[i],
		    &known);
		taking->piece_known += known;
	}

	return err;
}

static json_t *
refused_json(const struct ck_expected_list *list)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < list->defect_count; i++)
		(void)json_array_append_new(array, json_pack("{sI ss ss}",
		    "line", (json_int_t)list->defects[i].line,
		    "field", list->defects[i].field,
		    "expected", list->defects[i].expected));

	return array;
}

static json_t *
taken_json(const struct ck_taking *taking)
{
	const struct ck_expected_list *list = &taking->list;

	return json_pack("{sI sI sI sI so sO}",
	    "taken", (json_int_t)list->count,
	    "known", (json_int_t)taking->known,
	    "unaskable", (json_int_t)taking->unaskable,
	    "refused_count", (json_int_t)list->refused,
	    "refused", refused_json(list),
	    "ignored_columns", list->ignored);
}

static void write_next(void *ctx);

static void
on_written(void *ctx, enum ck_err err)
{
	struct ck_taking *taking = ctx;
	struct ck_http *http = taking->http;

	if (err == CK_OK) {
		taking->known += taking->piece_known;
		taking->written = piece_end(taking);
	}
	if (err == CK_OK && taking->written < taking->list.count)
		err = ck_loop_timer(http->use.loop, 0, write_next, taking,
		    &taking->timer);
	if (err == CK_OK && taking->timer != NULL)
		return;
	if (err == CK_OK)
		ck_request_reply_json(taking->request, 200,
		    taken_json(taking));
	else
		ck_http_reply_error(taking->request, err);
	if (taking->written > 0 && http->use.appointments != NULL)
		ck_appointments_kick(http->use.appointments);
	taking_free(taking);
}

static void
write_next(void *ctx)
{
	struct ck_taking *taking = ctx;

	if (ck_turn_add(taking->http->use.turn, write_piece, on_written,
	    taking) != CK_OK)
		on_written(taking, CK_ERR_NOMEM);
}

/* --- Reading -------------------------------------------------------------- */

struct ck_date
ck_http_today(const struct ck_http *http)
{
	return ck_clock_local_date(ck_clock_wall_ms(ck_loop_clock(
	    http->use.loop)));
}

static enum ck_err
read_list(struct ck_taking *taking)
{
	const json_t *body = ck_request_json(taking->request);
	struct ck_date today = ck_http_today(taking->http);
	struct ck_expected_list *list = &taking->list;

	if (body == NULL)
		return ck_expected_read_csv(list,
		    ck_request_body(taking->request), today);
	list->ignored = json_array();
	if (list->ignored == NULL)
		return CK_ERR_NOMEM;
	if (json_object_size(body) != 1)
		return CK_OK;		/* no row: told as such */

	return ck_expected_read_json(list,
	    json_object_get(body, "appointments"), today);
}

/* False: answered, nothing of it is taken. */
static bool
list_good(struct ck_taking *taking)
{
	const struct ck_expected_list *list = &taking->list;
	bool csv = ck_request_json(taking->request) == NULL;

	if (list->head_expected != NULL)
		ck_request_reply_problem(taking->request, 422, "csv-head",
		    "The first row does not name the columns.",
		    list->head_expected);
	else if (!csv && list->refused > 0)
		ck_request_reply_invalid(taking->request,
		    list->defects[0].field, list->defects[0].expected);
	else if (list->count == 0 && list->refused == 0)
		ck_request_reply_invalid(taking->request, "appointments",
		    "at least one person, with full_name and visit_date");
	else
		return true;

	return false;
}

static void
count_unaskable(struct ck_taking *taking)
{
	size_t i;

	for (i = 0; i < taking->list.count; i++)
		taking->unaskable += !ck_expected_askable(
		    &taking->list.rows[i]);
}

void
ck_http_appointments_new(void *ctx, struct ck_request *request)
{
	struct ck_taking *taking = taking_new(ctx, request);
	enum ck_err err;

	if (taking == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	if ((err = read_list(taking)) == CK_ERR_LIMIT) {
		ck_request_reply_problem(request, 422, "list-too-long",
		    "The list has more than 5000 people: send it in parts.",
		    NULL);
	} else if (err != CK_OK) {
		ck_http_reply_error(request, err);
	} else if (list_good(taking)) {
		count_unaskable(taking);
		write_next(taking);
		return;
	}
	taking_free(taking);
}

void
ck_http_appointments_run(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;

	if (ck_config_automatic_operator(http->use.config) == NULL ||
	    http->use.appointments == NULL) {
		ck_request_reply_problem(request, 409, "no-operator",
		    "Nobody answers for automatic lookups: set [automatic] "
		    "operator.", NULL);
		return;
	}
	ck_appointments_run(http->use.appointments);
	ck_request_reply_empty(request, 204);
}

/* --- Progress, and whom to call ------------------------------------------- */

/* The last day of the card that covers the visit; null: none, or open end. */
static json_t *
valid_to(const struct ck_lookup_record *record)
{
	const struct ck_insurance_card *card = !record->has_answer ? NULL :
	    ck_card_of_visit(&record->answer, record->visit_date);
	char iso[CK_DATE_LEN];

	if (card == NULL && record->has_answer)
		card = &record->answer.card;
	if (card == NULL)
		return json_null();
	ck_date_iso(card->valid_to, iso);

	return ck_json_known(iso);
}

/* What is wrong, as far as no lookup says it. */
static void
fill_reason(const struct ck_appointment_row *row,
    const struct ck_expected *who, struct ck_counted *counted)
{
	const char *reason = NULL;

	if (row->state == CK_APPOINTMENT_UNASKABLE)
		reason = ck_expected_has_number(who) ? CK_REASON_NO_BIRTH :
		    CK_REASON_NO_NUMBER;
	else if (row->state == CK_APPOINTMENT_WAITING)
		reason = CK_REASON_NOT_ASKED;
	else if (row->state == CK_APPOINTMENT_ENDS_SOON)
		reason = CK_REASON_ENDS_SOON;
	if (reason == NULL)
		return;
	memcpy(counted->reason, reason, strlen(reason) + 1);
	counted->source = CK_SOURCE_GATEWAY;
	if (counted->outcome == CK_OUTCOME_NONE)
		counted->outcome = CK_OUTCOME_UNAVAILABLE;
}

static json_t *
problem_json(const struct ck_appointment_row *row,
    const struct ck_expected *who, struct ck_lookup_record *record,
    const char *language)
{
	static const char *const states[] = {
		[CK_APPOINTMENT_WAITING] = "not_asked",
		[CK_APPOINTMENT_PROBLEM] = "problem",
		[CK_APPOINTMENT_ENDS_SOON] = "ends_soon",
		[CK_APPOINTMENT_UNASKABLE] = "unaskable"
	};
	struct ck_counted *counted = &record->counted;
	bool asked = counted->outcome != CK_OUTCOME_NONE;

	fill_reason(row, who, counted);

	return json_pack("{so ss so so so so so so so so}",
	    "lookup", ck_json_known(row->lookup_id),
	    "state", states[row->state],
	    "full_name", ck_json_known(who->full_name),
	    "phone", ck_json_known(who->phone),
	    "outcome", asked ? json_string(ck_outcome_label(
	    counted->outcome)) : json_null(),
	    "reason", ck_json_known(counted->reason),
	    "valid_to", valid_to(record),
	    "message", ck_json_known(ck_message(counted, language)),
	    "next_step", ck_json_known(ck_next_step(counted, language)),
	    "telephone", ck_json_known(ck_telephone(counted, language)));
}

static enum ck_err
add_problem(const struct ck_http *http, const struct ck_appointment_row *row,
    json_t *array)
{
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	struct ck_expected who = { 0 };
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL && row->lookup_id[0] != '\0')
		err = ck_store_get_lookup(http->use.store, row->lookup_id,
		    record);
	else if (record != NULL)
		err = CK_OK;
	if (err == CK_OK)
		err = ck_store_get_expected(http->use.store, row->number,
		    &who);
	if (err == CK_OK && json_array_append_new(array, problem_json(row,
	    &who, record, http->use.config->language)) != 0)
		err = CK_ERR_NOMEM;
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);
	OPENSSL_cleanse(&who, sizeof(who));
	/* Its lookup is no more: the list still counts it. */
	return err == CK_ERR_NOT_FOUND ? CK_OK : err;
}

/* Will nobody ask about that day any more? */
static bool
is_over(const struct ck_http *http, struct ck_date date)
{
	struct ck_appointments_state state = { 0 };

	if (http->use.appointments != NULL)
		ck_appointments_state(http->use.appointments, &state);

	return ck_date_compare(date, ck_appointments_first_day(
	    ck_clock_wall_ms(ck_loop_clock(http->use.loop)), state.forced ?
	    24 : http->use.config->appointments_deadline_hour)) < 0;
}

static enum ck_err
add_problems(const struct ck_http *http, struct ck_date date, json_t *array)
{
	struct ck_appointment_row *rows = calloc(PROBLEMS_MAX, sizeof(*rows));
	size_t count = 0, i;
	enum ck_err err = CK_ERR_NOMEM;

	if (rows != NULL)
		err = ck_store_appointment_problems(http->use.store, date,
		    is_over(http, date), rows, PROBLEMS_MAX, &count);
	for (i = 0; i < count && err == CK_OK; i++)
		err = add_problem(http, &rows[i], array);
	free(rows);

	return err;
}

static json_t *
run_json(const struct ck_http *http)
{
	const struct ck_config *config = http->use.config;
	struct ck_appointments_state state = { 0 };

	if (http->use.appointments != NULL)
		ck_appointments_state(http->use.appointments, &state);

	return json_pack("{ss sI sI so so sI sI sI}",
	    "state", ck_appointments_doing_label(state.doing),
	    "in_flight", (json_int_t)state.in_flight,
	    "answered", (json_int_t)state.answered,
	    "began_at", ck_json_instant(state.began_ms),
	    "again_at", ck_json_instant(state.again_ms),
	    "hour", (json_int_t)config->appointments_hour,
	    "deadline_hour", (json_int_t)config->appointments_deadline_hour,
	    "ends_soon_days",
	    (json_int_t)config->appointments_ends_soon_days);
}

static json_t *
day_json(const struct ck_http *http, struct ck_date date,
    const struct ck_appointment_figures *figures, json_t *problems)
{
	const bool over = is_over(http, date);
	char iso[CK_DATE_LEN];

	ck_date_iso(date, iso);

	return json_pack("{ss sI sI sI sI sI sI sI so so}", "date", iso,
	    "total", (json_int_t)(figures->waiting + figures->covered +
	    figures->problems + figures->ends_soon + figures->unaskable),
	    "waiting", (json_int_t)(over ? 0 : figures->waiting),
	    "not_asked", (json_int_t)(over ? figures->waiting : 0),
	    "covered", (json_int_t)(figures->covered + figures->ends_soon),
	    "ends_soon", (json_int_t)figures->ends_soon,
	    "not_covered", (json_int_t)figures->problems,
	    "unaskable", (json_int_t)figures->unaskable,
	    "problems", problems,
	    "run", run_json(http));
}

static void
reply_day(const struct ck_http *http, struct ck_request *request,
    struct ck_date date)
{
	struct ck_appointment_figures figures;
	json_t *problems = json_array();
	enum ck_err err = problems == NULL ? CK_ERR_NOMEM :
	    ck_store_appointment_figures(http->use.store, date, &figures);

	if (err == CK_OK)
		err = add_problems(http, date, problems);
	if (err != CK_OK) {
		json_decref(problems);
		ck_http_reply_error(request, err);
		return;
	}
	ck_request_reply_json(request, 200,
	    day_json(http, date, &figures, problems));
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
