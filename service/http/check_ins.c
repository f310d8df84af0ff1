/*
 * check_ins.c - POST and GET /v1/check-ins, GET /v1/check-ins/{id}
 *
 * One lookup has one check-in, and so has one Idempotency-Key: a repetition is
 * answered with what is there. So is a later lookup of the same visit, unless
 * the clerk says that it is another one.
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "checkin/station.h"
#include "daemon/config.h"
#include "desk/desk.h"
#include "http/check_in_body.h"
#include "http/check_in_json.h"
#include "http/check_in_site.h"
#include "http/site.h"
#include "io/loop.h"
#include "store/store.h"
#include "store/turn.h"

/* Notices on one page of a list. */
#define LIST_MAX 100

/* --- Showing -------------------------------------------------------------- */

static enum ck_err
add_notice(void *ctx, const struct ck_notice_row *row)
{
	return json_array_append_new(ctx, ck_notice_json(row)) == 0 ?
	    CK_OK : CK_ERR_NOMEM;
}

static enum ck_level
level_of(const struct ck_http *http, const struct ck_check_in *check_in)
{
	enum ck_level level;

	/* The configuration was checked when it was loaded. */
	(void)ck_station_level(http->use.config->check_in_level,
	    ck_clock_local_date(check_in->admitted_ms), &level);

	return level;
}

void
ck_http_check_in_category(const struct ck_http *http,
    const struct ck_check_in *check_in, bool ward,
    struct ck_category_answer *out)
{
	ck_admission_category(check_in, level_of(http, check_in), ward, out);
}

/* Proposed again under the new answer, where nobody has chosen it. */
static enum ck_err
renew_category(const struct ck_http *http, struct ck_check_in *check_in,
    const char *proposed_before)
{
	const char *code = ck_notice_get(&check_in->draft,
	    CK_FIELD_MA_DOITUONG_KCB);
	struct ck_category_answer category;

	if (code[0] != '\0' && (proposed_before == NULL ||
	    strcmp(code, proposed_before) != 0))
		return CK_OK;
	ck_http_check_in_category(http, check_in, false, &category);

	return ck_notice_set(&check_in->draft, CK_FIELD_MA_DOITUONG_KCB,
	    category.proposed != NULL ? category.proposed : "");
}

enum ck_err
ck_http_renew_check_in(const struct ck_http *http,
    struct ck_check_in *check_in, struct ck_renewed *out)
{
	struct ck_category_answer before;
	enum ck_err err;

	ck_http_check_in_category(http, check_in, false, &before);
	err = ck_renew_notice(http->use.store, check_in->lookup_id,
	    &check_in->draft, out);
	if (err != CK_OK || !out->change.card)
		return err;
	check_in->flags &= ~(unsigned)CK_ADMITTED_UNINSURED;
	if (out->change.uninsured)
		check_in->flags |= CK_ADMITTED_UNINSURED;

	return renew_category(http, check_in, before.proposed);
}

/* Which fields of this notice the insurer says otherwise now. */
static enum ck_err
add_outdated(const struct ck_http *http, json_t *json)
{
	struct ck_notice_row row;
	struct ck_renewed renewed;
	enum ck_err err = ck_store_get_notice(http->use.store,
	    json_integer_value(json_object_get(json, "number")), &row);

	if (err == CK_OK)
		err = ck_renew_notice(http->use.store, row.answer_id,
		    &row.notice, &renewed);
	if (err == CK_OK && json_object_set_new(json, "outdated",
	    ck_changed_fields_json(&renewed.change)) != 0)
		err = CK_ERR_NOMEM;
	ck_notice_row_wipe(&row);

	return err;
}

/* Rows are read to their end before more is read of each: one statement of a
 * connection at a time. */
static enum ck_err
load_notices(const struct ck_http *http, const struct ck_check_in *check_in,
    json_t *notices)
{
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	if (notices != NULL)
		err = ck_store_notices_of(http->use.store, check_in->number,
		    add_notice, notices);
	for (i = 0; i < json_array_size(notices) && err == CK_OK; i++)
		err = add_outdated(http, json_array_get(notices, i));

	return err;
}

void
ck_http_reply_check_in(const struct ck_http *http,
    struct ck_request *request, unsigned status,
    struct ck_check_in *check_in)
{
	struct ck_category_answer category;
	struct ck_renewed renewed;
	struct ck_check_in_shown shown = {
		&category, &renewed, http->use.config->language,
		http->use.config->check_in_episode_rule[0] != '\0',
		json_array()
	};
	enum ck_err err = load_notices(http, check_in, shown.notices);

	if (err == CK_OK)
		err = ck_http_renew_check_in(http, check_in, &renewed);
	if (err != CK_OK) {
		json_decref(shown.notices);
		ck_http_reply_error(request, err);
		return;
	}
	ck_http_check_in_category(http, check_in, false, &category);
	ck_request_reply_json(request, status, ck_check_in_json(check_in,
	    &shown));
}

void
ck_http_reply_check_in_of(const struct ck_http *http,
    struct ck_request *request, unsigned status, const char *id)
{
	struct ck_check_in check_in;
	enum ck_err err = ck_store_get_check_in(http->use.store, id,
	    &check_in);

	if (err == CK_OK)
		ck_http_reply_check_in(http, request, status, &check_in);
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(request, 404, "unknown-check-in",
		    "There is no check-in of this id.", NULL);
	else
		ck_http_reply_error(request, err);
	ck_check_in_wipe(&check_in);
}

void
ck_http_check_in(void *ctx, struct ck_request *request)
{
	ck_http_reply_check_in_of(ctx, request, 200,
	    ck_request_param(request, 0));
}

void
ck_http_check_in_list(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	const char *word = ck_request_query(request, "state");
	const char *after = ck_request_query(request, "after");
	enum ck_notice_state state;
	json_t *notices;
	char *end = NULL;
	long long number = after != NULL ? strtoll(after, &end, 10) : 0;
	enum ck_err err;

	if (word == NULL || !ck_notice_state_parse(word, &state)) {
		ck_request_reply_invalid(request, "state",
		    "pending, accepted, rejected, given_up or "
		    "sent_by_hospital_software");
		return;
	}
	if (after != NULL && (*end != '\0' || end == after || number < 0)) {
		ck_request_reply_invalid(request, "after",
		    "the number of a notice");
		return;
	}
	if ((notices = json_array()) == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	err = ck_store_notices_in(http->use.store, state, number, LIST_MAX,
	    add_notice, notices);
	if (err == CK_OK) {
		ck_request_reply_json(request, 200, notices);
		return;
	}
	json_decref(notices);
	ck_http_reply_error(request, err);
}

/* --- Admitting ------------------------------------------------------------ */

struct admitting {
	struct ck_http *http;
	struct ck_request *request;
	struct ck_check_in check_in;
};

static void
free_admitting(struct admitting *admitting)
{
	ck_check_in_wipe(&admitting->check_in);
	free(admitting);
}

/* The check-in of this lookup or key, if there is one. */
static enum ck_err
find_repeated(struct ck_store *store, const char *lookup_id, const char *key,
    struct ck_check_in *out)
{
	enum ck_err err = CK_ERR_NOT_FOUND;

	memset(out, 0, sizeof(*out));
	if (key[0] != '\0')
		err = ck_store_check_in_of_key(store, key, out);
	if (err == CK_ERR_NOT_FOUND && lookup_id[0] != '\0')
		err = ck_store_check_in_of_lookup(store, lookup_id, out);

	return err;
}

/* The check-in of the visit that this lookup is about, if there is one. */
static enum ck_err
find_same_visit(struct ck_store *store, const struct ck_check_in *wanted,
    struct ck_check_in *out)
{
	memset(out, 0, sizeof(*out));
	if (wanted->lookup_id[0] == '\0' ||
	    (wanted->flags & CK_ADMITTED_ANOTHER) != 0)
		return CK_ERR_NOT_FOUND;

	return ck_store_check_in_of_visit(store, wanted->lookup_id, out);
}

/* True: answered, with what is there or with an error. */
static bool
answer_repeated(const struct ck_http *http, struct ck_request *request,
    const struct ck_check_in *wanted)
{
	struct ck_check_in found;
	enum ck_err err = find_repeated(http->use.store, wanted->lookup_id,
	    wanted->idempotency_key, &found);
	bool same_visit = err == CK_ERR_NOT_FOUND && (err = find_same_visit(
	    http->use.store, wanted, &found)) == CK_OK;

	if (err == CK_ERR_NOT_FOUND)
		return false;
	if (err != CK_OK)
		ck_http_reply_error(request, err);
	else if (!same_visit && (strcmp(found.lookup_id,
	    wanted->lookup_id) != 0 || found.without != wanted->without))
		ck_request_reply_problem(request, 422,
		    "idempotency-key-reused", "This Idempotency-Key was used "
		    "for another check-in.", NULL);
	else
		ck_http_reply_check_in(http, request, 200, &found);
	ck_check_in_wipe(&found);

	return true;
}

static enum ck_err
write_admitted(struct ck_store *store, void *ctx)
{
	struct admitting *admitting = ctx;
	struct ck_check_in found;
	enum ck_err err = find_same_visit(store, &admitting->check_in, &found);

	ck_check_in_wipe(&found);
	if (err == CK_OK)
		return CK_ERR_REQUEST;	/* admitted since this one was asked */

	return err == CK_ERR_NOT_FOUND ?
	    ck_store_put_check_in(store, &admitting->check_in) : err;
}

static void
on_admitted(void *ctx, enum ck_err err)
{
	struct admitting *admitting = ctx;

	if (err == CK_OK)
		ck_http_reply_check_in_of(admitting->http,
		    admitting->request, 201, admitting->check_in.id);
	else if (err != CK_ERR_REQUEST || !answer_repeated(admitting->http,
	    admitting->request, &admitting->check_in))
		ck_http_reply_error(admitting->request, err);
	free_admitting(admitting);
}

/* Who signed on at the desk admits; nobody there: the first one, as in its
 * lookups. */
static void
fill_operator(const struct ck_http *http, const struct ck_check_in_body *body,
    struct ck_check_in *check_in)
{
	const struct ck_operator *who = ck_config_operator(http->use.config,
	    ck_desks_operator(http->use.desks, body->desk));

	if (body->operator_name[0] != '\0')
		memcpy(check_in->operator_name, body->operator_name,
		    sizeof(check_in->operator_name));
	else if (who != NULL)
		memcpy(check_in->operator_name, who->name,
		    sizeof(check_in->operator_name));
}

/* CK_ERR_NOT_FOUND: there is no such lookup. */
static enum ck_err
fill(const struct ck_http *http, const struct ck_check_in_body *body,
    struct ck_check_in *check_in)
{
	struct ck_lookup_record *lookup = NULL;
	enum ck_err err = CK_OK;

	fill_operator(http, body, check_in);
	memcpy(check_in->desk, body->desk, sizeof(check_in->desk));
	if (body->lookup_id[0] != '\0') {
		if ((lookup = malloc(sizeof(*lookup))) == NULL)
			return CK_ERR_NOMEM;
		err = ck_store_get_lookup(http->use.store, body->lookup_id,
		    lookup);
	}
	if (err == CK_OK)
		err = ck_admission_fill(&body->admission, lookup,
		    http->use.config->facility, check_in);
	if (lookup != NULL)
		OPENSSL_cleanse(lookup, sizeof(*lookup));
	free(lookup);

	return err;
}

/* The one code that is left is filled in; the clerk sees and can change it. */
static enum ck_err
propose(const struct ck_http *http, struct ck_check_in *check_in)
{
	struct ck_category_answer category;

	if (ck_notice_get(&check_in->draft,
	    CK_FIELD_MA_DOITUONG_KCB)[0] != '\0')
		return CK_OK;
	ck_http_check_in_category(http, check_in, false, &category);

	return category.proposed == NULL ? CK_OK :
	    ck_notice_set(&check_in->draft, CK_FIELD_MA_DOITUONG_KCB,
	    category.proposed);
}

static void
admit(struct admitting *admitting, const struct ck_check_in_body *body)
{
	struct ck_http *http = admitting->http;
	struct ck_check_in *check_in = &admitting->check_in;
	enum ck_err err = ck_store_new_id(http->use.store, ck_clock_wall_ms(
	    ck_loop_clock(http->use.loop)), check_in->id);

	if (err == CK_OK)
		err = fill(http, body, check_in);
	if (err == CK_OK)
		err = propose(http, check_in);
	if (err == CK_OK)
		err = ck_turn_add(http->use.turn, write_admitted, on_admitted,
		    admitting);
	if (err == CK_OK)
		return;
	if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_invalid(admitting->request, "lookup",
		    "there is no lookup of this id");
	else
		ck_http_reply_error(admitting->request, err);
	free_admitting(admitting);
}

void
ck_http_check_in_new(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct ck_check_in_body body = { 0 };
	struct ck_body_defect defect;
	struct admitting *admitting = calloc(1, sizeof(*admitting));

	if (admitting == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	admitting->http = http;
	admitting->request = request;
	if (!ck_check_in_body_read(ck_request_json(request), http->use.config,
	    ck_clock_wall_ms(ck_loop_clock(http->use.loop)), &body,
	    &defect)) {
		ck_request_reply_invalid(request, defect.field,
		    defect.expected);
		free_admitting(admitting);
	} else if (!ck_http_read_key(request,
	    admitting->check_in.idempotency_key)) {
		free_admitting(admitting);
	} else {
		memcpy(admitting->check_in.lookup_id, body.lookup_id,
		    sizeof(body.lookup_id));
		admitting->check_in.without = body.admission.without;
		admitting->check_in.flags = body.admission.flags;
		if (answer_repeated(http, request, &admitting->check_in))
			free_admitting(admitting);
		else
			admit(admitting, &body);
	}
	OPENSSL_cleanse(&body, sizeof(body));
}
