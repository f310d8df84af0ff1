/*
 * corrections.c - GET /v1/corrections, POST /v1/corrections/{number}/case,
 * POST /v1/corrections/export, POST /v1/corrections/answers
 *
 * The list is of patients: it is for the staff, and nothing of it stands in a
 * path. A case is only made with the clerk's word that this patient consented.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "correction/differs.h"
#include "correction/post.h"
#include "daemon/config.h"
#include "eligibility/message.h"
#include "http/site.h"
#include "io/loop.h"
#include "store/store.h"
#include "store/turn.h"

/* Rows on one page of the list: a clinic that has more needs the office on the
 * telephone. */
#define LIST_MAX 200

/* Bytes of a clerk's name, with its NUL. */
#define OPERATOR_LEN 128

#define DAY_MS INT64_C(86400000)

/* --- The list ------------------------------------------------------------- */

static json_t *
text(const char *value)
{
	return value[0] == '\0' ? json_null() : json_string(value);
}

static json_t *
instant(int64_t wall_ms)
{
	char written[CK_INSTANT_LEN];

	if (wall_ms == 0)
		return json_null();
	ck_clock_instant(wall_ms, written);

	return json_string(written);
}

static json_t *
date(struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);

	return text(iso);
}

/* Local days between two instants: today is 0. */
static int64_t
days_between(int64_t from_ms, int64_t to_ms)
{
	const int64_t zone_ms = 7 * INT64_C(3600000);

	return (to_ms + zone_ms) / DAY_MS - (from_ms + zone_ms) / DAY_MS;
}

static json_t *
case_json(const struct ck_case_row *row)
{
	if (row->number == 0)
		return json_null();

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:o}",
	    "id", row->id, "state", ck_case_state_label(row->state),
	    "made_at", instant(row->made_ms),
	    "sent_at", instant(row->sent_ms),
	    "acknowledged_at", instant(row->acknowledged_ms),
	    "decided_at", instant(row->decided_ms),
	    "closed_at", instant(row->closed_ms),
	    "retests", (json_int_t)row->retests,
	    "error", text(row->error));
}

/* What the first key was told, in words: the last answer may be a good one. */
static json_t *
message(const struct ck_counted *counted, const char *language)
{
	struct ck_counted first = *counted;

	first.outcome = counted->first_outcome;
	first.source = counted->first_source;
	(void)snprintf(first.reason, sizeof(first.reason), "%s",
	    counted->first_reason);

	return text(ck_message(&first, language));
}

static json_t *
person_json(const struct ck_lookup_record *record)
{
	const char sex[2] = { record->identity.sex, '\0' };

	return json_pack("{s:o, s:o, s:o, s:o, s:o}",
	    "id_number", text(record->person.id_number),
	    "insurance_number", text(record->person.insurance_number),
	    "full_name", text(record->identity.full_name),
	    "date_of_birth", date(record->identity.date_of_birth),
	    "sex", text(sex));
}

static json_t *
row_json(const struct ck_http *http, const struct ck_correction_row *row,
    const struct ck_lookup_record *record)
{
	int64_t now = ck_clock_wall_ms(ck_loop_clock(http->use.loop));
	const struct ck_counted *counted = &record->counted;

	return json_pack("{s:I, s:s, s:o, s:o, s:I, s:I, s:o, s:s, s:s, s:s, "
	    "s:s, s:s, s:o, s:o, s:o, s:o}",
	    "number", (json_int_t)row->number,
	    "lookup", row->lookup_id,
	    "since", instant(row->since_ms),
	    "last_at", instant(row->last_ms),
	    "times", (json_int_t)row->times,
	    "days_open", (json_int_t)days_between(row->since_ms,
	    row->done_ms > 0 ? row->done_ms : now),
	    "done_at", instant(row->done_ms),
	    "key", ck_key_label(row->key),
	    "presented", ck_presented_label(counted->presented),
	    "captured", ck_captured_label(counted->captured),
	    "assurance", ck_assurance_label(counted->assurance),
	    "reason", counted->first_reason,
	    "message", message(counted, http->use.config->language),
	    "person", person_json(record),
	    "differs", ck_correction_differs_json(
	    ck_correction_differs(record)),
	    "case", case_json(&row->last_case));
}

/* Rows are read to their end before their lookups are: one statement of a
 * connection at a time. */
struct list {
	struct ck_correction_row rows[LIST_MAX];
	size_t len;
};

static enum ck_err
keep_row(void *ctx, const struct ck_correction_row *row)
{
	struct list *list = ctx;

	if (list->len < LIST_MAX)
		list->rows[list->len++] = *row;

	return CK_OK;
}

static enum ck_err
add_row(const struct ck_http *http, const struct ck_correction_row *row,
    struct ck_lookup_record *record, json_t *array)
{
	enum ck_err err = ck_store_get_lookup(http->use.store,
	    row->lookup_id, record);

	/* erased for its age: nobody can be named any more */
	if (err == CK_ERR_NOT_FOUND ||
	    (err == CK_OK && record->identity.full_name[0] == '\0'))
		return CK_OK;
	if (err == CK_OK && json_array_append_new(array, row_json(http, row,
	    record)) != 0)
		err = CK_ERR_NOMEM;
	OPENSSL_cleanse(record, sizeof(*record));

	return err;
}

static enum ck_err
read_list(const struct ck_http *http, bool done, json_t *array)
{
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	struct list *list = calloc(1, sizeof(*list));
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	if (record != NULL && list != NULL && array != NULL)
		err = ck_store_corrections(http->use.store, done, LIST_MAX,
		    keep_row, list);
	for (i = 0; err == CK_OK && i < list->len; i++)
		err = add_row(http, &list->rows[i], record, array);
	free(list);
	free(record);

	return err;
}

void
ck_http_corrections(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	const char *wanted = ck_request_query(request, "state");
	bool done = wanted != NULL && strcmp(wanted, "done") == 0;
	const char *hindrance = ck_post_hindrance(http->use.post);
	json_t *array;
	int64_t total = 0;
	enum ck_err err;

	if (wanted != NULL && !done && strcmp(wanted, "open") != 0) {
		ck_request_reply_invalid(request, "state", "open or done");
		return;
	}
	array = json_array();
	err = read_list(http, done, array);
	if (err == CK_OK)
		err = ck_store_count_corrections(http->use.store, &total);
	if (err != CK_OK) {
		json_decref(array);
		ck_http_reply_error(request, err);
		return;
	}
	ck_request_reply_json(request, 200, json_pack("{s:I, s:o, s:s, s:o}",
	    "open", (json_int_t)total,
	    "hindrance", hindrance == NULL ? json_null() :
	    json_string(hindrance),
	    "leaves", ck_post_sends(http->use.post) ? "push" : "file",
	    "corrections", array));
}

/* --- A case --------------------------------------------------------------- */

struct making {
	struct ck_http *http;
	struct ck_request *request;
	struct ck_new_case given;
	char operator_name[OPERATOR_LEN];
	struct ck_buf document;
};

static void
making_free(struct making *making)
{
	ck_buf_wipe(&making->document);
	OPENSSL_cleanse(making, sizeof(*making));
	free(making);
}

static void
reply_making(const struct making *making, enum ck_err err)
{
	struct ck_request *request = making->request;

	if (err == CK_OK)
		ck_request_reply_json(request, 201, json_pack(
		    "{s:s, s:s, s:o}", "id", making->given.id,
		    "state", ck_case_state_label(CK_CASE_MADE),
		    "made_at", instant(making->given.made_ms)));
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(request, 404, "unknown-correction",
		    "There is no patient to correct under this number.",
		    NULL);
	else if (err == CK_ERR_REQUEST)
		ck_request_reply_problem(request, 409, "case-open",
		    "A case about this patient is open, or there is nothing "
		    "to correct any more.", NULL);
	else if (err == CK_ERR_OFFICE_CERTIFICATE)
		ck_request_reply_problem(request, 409, "no-office",
		    "No case can be made here.", "Set [corrections] "
		    "office_certificate to a certificate of the office that "
		    "is in force; practice sends nothing.");
	else
		ck_http_reply_error(request, err);
}

static enum ck_err
write_case(struct ck_store *store, void *ctx)
{
	const struct making *making = ctx;

	return ck_store_put_case(store, &making->given);
}

static void
on_case(void *ctx, enum ck_err err)
{
	struct making *making = ctx;

	reply_making(making, err);
	if (err == CK_OK)
		ck_post_wake(making->http->use.post);
	making_free(making);
}

/* The lookup that fails is read now: what the office sees is what the list
 * shows. */
static enum ck_err
fill(struct making *making)
{
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	const struct ck_http *http = making->http;
	struct ck_correction_row row;
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL)
		err = ck_store_get_correction(http->use.store,
		    making->given.correction, &row);
	if (err == CK_OK && row.done_ms > 0)
		err = CK_ERR_REQUEST;
	if (err == CK_OK)
		err = ck_store_get_lookup(http->use.store, row.lookup_id,
		    record);
	if (err == CK_OK && record->identity.full_name[0] == '\0')
		err = CK_ERR_NOT_FOUND;	/* erased for its age */
	if (err == CK_OK)
		err = ck_post_make(http->use.post, record, &making->given,
		    &making->document);
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);

	return err;
}

/* False: answered. */
static bool
read_consent(struct ck_request *request, struct making *making)
{
	const json_t *body = ck_request_json(request);
	const char *number = ck_request_param(request, 0);

	if (!ck_json_copy(body, "operator", making->operator_name,
	    sizeof(making->operator_name)) ||
	    making->operator_name[0] == '\0') {
		ck_request_reply_invalid(request, "operator",
		    "the name of the clerk whom the patient told");
		return false;
	}
	if (!json_is_true(json_object_get(body, "consent"))) {
		ck_request_reply_invalid(request, "consent",
		    "true, once the patient has consented");
		return false;
	}
	if (number[0] != '\0' && strlen(number) <= 15 &&
	    strspn(number, "0123456789") == strlen(number))
		making->given.correction = strtoll(number, NULL, 10);
	making->given.consent_operator = making->operator_name;

	return true;
}

void
ck_http_correction_case(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct making *making = calloc(1, sizeof(*making));
	enum ck_err err;

	if (making == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	making->http = http;
	making->request = request;
	if (!read_consent(request, making)) {
		making_free(making);
		return;
	}
	if ((err = fill(making)) == CK_OK)
		err = ck_turn_add(http->use.turn, write_case, on_case,
		    making);
	if (err != CK_OK) {
		reply_making(making, err);
		making_free(making);
	}
}

/* --- Files ---------------------------------------------------------------- */

struct passing {
	struct ck_http *http;
	struct ck_request *request;
	struct ck_buf bytes;	/* what goes out, or the answer that came */
	size_t count;
};

static struct passing *
passing_new(struct ck_http *http, struct ck_request *request)
{
	struct passing *passing = calloc(1, sizeof(*passing));

	if (passing == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return NULL;
	}
	passing->http = http;
	passing->request = request;

	return passing;
}

static void
passing_free(struct passing *passing)
{
	ck_buf_wipe(&passing->bytes);
	free(passing);
}

/* May run twice: it begins anew. */
static enum ck_err
write_export(struct ck_store *store, void *ctx)
{
	struct passing *passing = ctx;

	(void)store;
	ck_buf_wipe(&passing->bytes);

	return ck_post_export(passing->http->use.post, &passing->bytes,
	    &passing->count);
}

static void
on_export(void *ctx, enum ck_err err)
{
	struct passing *passing = ctx;

	if (err != CK_OK)
		ck_http_reply_error(passing->request, err);
	else
		ck_request_reply_bytes(passing->request, 200,
		    "application/jsonl", ck_buf_view(&passing->bytes));
	passing_free(passing);
}

void
ck_http_corrections_export(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct passing *passing = passing_new(http, request);

	if (passing != NULL && ck_turn_add(http->use.turn, write_export,
	    on_export, passing) != CK_OK)
		on_export(passing, CK_ERR_NOMEM);
}

static enum ck_err
write_answer(struct ck_store *store, void *ctx)
{
	struct passing *passing = ctx;

	(void)store;

	return ck_post_answer(passing->http->use.post,
	    ck_buf_view(&passing->bytes));
}

static void
on_answer(void *ctx, enum ck_err err)
{
	struct passing *passing = ctx;

	if (err == CK_OK)
		ck_request_reply_empty(passing->request, 204);
	else if (err == CK_ERR_CASE_MALFORMED)
		ck_request_reply_problem(passing->request, 422,
		    "answer-refused", "This is no answer of the office that "
		    "[corrections] answer_key names.", NULL);
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(passing->request, 404,
		    "unknown-case", "The answer is about no case of this "
		    "station.", NULL);
	else
		ck_http_reply_error(passing->request, err);
	passing_free(passing);
}

void
ck_http_corrections_answer(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct passing *passing = passing_new(http, request);
	enum ck_err err;

	if (passing == NULL)
		return;
	err = ck_buf_append(&passing->bytes, ck_request_body(request));
	if (err == CK_OK)
		err = ck_turn_add(http->use.turn, write_answer, on_answer,
		    passing);
	if (err != CK_OK)
		on_answer(passing, err);
}
