/*
 * extras.c - what a clerk may ask besides: earlier visits, co-payment
 *
 * POST /v1/lookups/{id}/history and /co-payment. About the person of a lookup,
 * in the name of its operator, on request only. Nothing of the answer is
 * stored, and whatever goes wrong here leaves the lookup as it is: the answer
 * says that there is none, and why.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "eligibility/copayment.h"
#include "eligibility/decide.h"
#include "eligibility/gateway.h"
#include "eligibility/history.h"
#include "eligibility/message.h"
#include "http/site.h"
#include "io/json.h"
#include "store/store.h"

/* One question on its way. */
struct ck_extra {
	struct ck_http *http;
	struct ck_request *request;
	struct ck_gateway_call *call;
	struct ck_date visit_date;
	struct ck_date five_years;
	struct ck_extra *prev, *next;
};

static void
extra_free(struct ck_extra *extra)
{
	if (extra->prev != NULL)
		extra->prev->next = extra->next;
	else
		extra->http->extras = extra->next;
	if (extra->next != NULL)
		extra->next->prev = extra->prev;
	OPENSSL_cleanse(extra, sizeof(*extra));
	free(extra);
}

void
ck_http_extras_free(struct ck_http *http)
{
	while (http->extras != NULL) {
		ck_gateway_cancel(&http->extras->call);
		extra_free(http->extras);
	}
}

static json_t *
date(struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);

	return ck_json_known(iso);
}

/* There is no answer: why, in words. */
static json_t *
failure_json(const struct ck_extra *extra, enum ck_err err)
{
	const char *language = extra->http->use.config->language;
	struct ck_counted counted = {
		.outcome = CK_OUTCOME_UNAVAILABLE,
		.source = CK_SOURCE_GATEWAY
	};
	struct ck_decision decision;

	ck_decide_failure(err, &decision);
	memcpy(counted.reason, decision.reason, sizeof(counted.reason));

	return json_pack("{s:b, s:s, s:s, s:s}", "available", 0,
	    "reason", counted.reason,
	    "message", ck_message(&counted, language),
	    "next_step", ck_next_step(&counted, language));
}

/* --- History -------------------------------------------------------------- */

static json_t *
episode_json(const struct ck_episode *episode)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "id", ck_json_known(episode->id),
	    "facility", ck_json_known(episode->facility),
	    "admitted", ck_json_known(episode->admitted),
	    "discharged", ck_json_known(episode->discharged),
	    "diagnosis", ck_json_known(episode->diagnosis),
	    "condition", ck_json_known(episode->condition),
	    "result", ck_json_known(episode->result),
	    "visit_reason", ck_json_known(episode->reason));
}

static json_t *
history_json(const struct ck_history *history)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < history->count; i++)
		(void)json_array_append_new(list,
		    episode_json(&history->episodes[i]));

	return json_pack("{s:b, s:s, s:o, s:o, s:b}", "available", 1,
	    "code", history->code, "note", ck_json_known(history->note),
	    "episodes", list, "cut", (int)history->cut);
}

static void
on_history(void *ctx, const struct ck_gateway_end *end,
    const struct ck_history *value)
{
	struct ck_extra *extra = ctx;

	ck_request_reply_json(extra->request, 200, value != NULL ?
	    history_json(value) : failure_json(extra, end->err));
	extra_free(extra);
}

/* --- Co-payment ----------------------------------------------------------- */

static json_t *
money(bool known, int64_t dong)
{
	return known ? json_integer(dong) : json_null();
}

/* Free of co-payment: over the threshold, and insured for five years. */
static bool
is_exempt(const struct ck_extra *extra,
    const struct ck_copayment_state *state)
{
	return state->over && !ck_date_absent(extra->five_years) &&
	    ck_date_compare(extra->five_years, extra->visit_date) <= 0;
}

static json_t *
copayment_json(const struct ck_extra *extra,
    const struct ck_copayment *answer)
{
	struct ck_copayment_state state;

	ck_copayment_settle(answer, extra->visit_date, &state);

	return json_pack("{s:b, s:s, s:o, s:b, s:o, s:o, s:b, s:o, s:o, s:b}",
	    "available", 1, "code", answer->code,
	    "note", ck_json_known(answer->note),
	    "known", (int)state.known,
	    "paid_dong", money(state.known, state.paid_dong),
	    "threshold_dong", money(state.known, state.threshold_dong),
	    "over", (int)state.over, "over_since", date(state.over_since),
	    "five_years_from", date(extra->five_years),
	    "exempt", (int)is_exempt(extra, &state));
}

static void
on_copayment(void *ctx, const struct ck_gateway_end *end,
    const struct ck_copayment *value)
{
	struct ck_extra *extra = ctx;

	ck_request_reply_json(extra->request, 200, value != NULL ?
	    copayment_json(extra, value) : failure_json(extra, end->err));
	extra_free(extra);
}

/* --- The question --------------------------------------------------------- */

static const char *
number_under(const struct ck_person_keys *keys, enum ck_key key)
{
	if (key == CK_KEY_CARD_NUMBER)
		return keys->card_number;

	return key == CK_KEY_INSURANCE_NUMBER ? keys->insurance_number :
	    keys->id_number;
}

/* Under the key that was answered; in the name of who asked then. */
static bool
write_question(const struct ck_config *config,
    const struct ck_lookup_record *record, struct ck_gateway_question *out)
{
	const struct ck_operator *who = ck_config_operator(config,
	    record->operator_name);
	enum ck_key key = record->counted.resolved_by != CK_KEY_NONE ?
	    record->counted.resolved_by : record->counted.first_key;

	memset(out, 0, sizeof(*out));
	if (who == NULL)
		return false;
	out->key = key;
	(void)snprintf(out->number, sizeof(out->number), "%s",
	    number_under(&record->person, key));
	memcpy(out->full_name, record->identity.full_name,
	    sizeof(out->full_name));
	out->date_of_birth = record->identity.date_of_birth;
	memcpy(out->operator_name, who->name, sizeof(out->operator_name));
	memcpy(out->operator_number, who->number,
	    sizeof(out->operator_number));

	return true;
}

static struct ck_extra *
extra_new(struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_record *record)
{
	struct ck_extra *extra = calloc(1, sizeof(*extra));

	if (extra == NULL)
		return NULL;
	extra->http = http;
	extra->request = request;
	extra->visit_date = record->visit_date;
	if (record->has_answer)
		extra->five_years = record->answer.five_years;
	extra->next = http->extras;
	if (extra->next != NULL)
		extra->next->prev = extra;
	http->extras = extra;

	return extra;
}

static void
ask(struct ck_extra *extra, const struct ck_gateway_question *question,
    bool history)
{
	struct ck_gateway *gateway = extra->http->use.gateway;
	enum ck_err err = history ?
	    ck_gateway_history(gateway, question, on_history, extra,
	    &extra->call) : ck_gateway_copayment(gateway, question,
	    on_copayment, extra, &extra->call);

	if (err == CK_OK)
		return;
	if (err == CK_ERR_GATEWAY_REPEATED)
		ck_request_reply_problem(extra->request, 429,
		    "asked-recently", "The gateway was asked about this card "
		    "less than 15 minutes ago.", "An account that asks again "
		    "and again is put on a list. Use the answer you have.");
	else
		ck_http_reply_error(extra->request, err);
	extra_free(extra);
}

static void
begin(struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_record *record, bool history)
{
	struct ck_gateway_question question;
	struct ck_extra *extra;

	if (!write_question(http->use.config, record, &question)) {
		ck_request_reply_problem(request, 409, "unknown-operator",
		    "The operator of this lookup is not configured any more.",
		    NULL);
	} else if ((extra = extra_new(http, request, record)) == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
	} else {
		ask(extra, &question, history);
	}
	OPENSSL_cleanse(&question, sizeof(question));
}

static void
serve(struct ck_http *http, struct ck_request *request, bool history)
{
	struct ck_lookup_record *record = malloc(sizeof(*record));
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL)
		err = ck_store_get_lookup(http->use.store,
		    ck_request_param(request, 0), record);
	if (err == CK_OK)
		begin(http, request, record, history);
	else if (err == CK_ERR_NOT_FOUND || err == CK_ERR_REQUEST)
		ck_request_reply_problem(request, 404, "unknown-lookup",
		    "There is no lookup of this id.", NULL);
	else
		ck_http_reply_error(request, err);
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);
}

void
ck_http_lookup_history(void *ctx, struct ck_request *request)
{
	serve(ctx, request, true);
}

void
ck_http_lookup_copayment(void *ctx, struct ck_request *request)
{
	serve(ctx, request, false);
}
