/*
 * gateway_proxy.c - the gateway's own functions, for hospital software
 *
 * Secrets come in query strings and headers, as the gateway wants them: no URL
 * of these is logged. A card lookup is one of ours (counted, on disk with its
 * receipt, kept) under the software's own account; its answer goes back word
 * for word. All else passes through, on disk with its receipt as well; but a
 * co-payment question that was asked a moment ago is answered from then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/printed.h"
#include "ck/text.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "http/site.h"
#include "proxy/form.h"
#include "proxy/forward.h"
#include "proxy/given.h"
#include "proxy/proxy.h"

#define JSON_TYPE "application/json; charset=utf-8"
#define FORM_TYPE "application/x-www-form-urlencoded"

/* Beside the gateway's own headers: the id of our record of the call. */
#define RECEIPT_HEADER "Checkin-Receipt"

/* A card number with the two digits that some forms add; the first 15 are
 * it. */
#define LONG_CARD 17
#define CARD 15

static void
reply(struct ck_request *request, json_t *body)
{
	ck_request_reply_json_as(request, 200, JSON_TYPE, body);
}

static bool
is_object(struct ck_span raw)
{
	return raw.len > 0 && raw.ptr[0] == '{';
}

/* The gateway's own words, under its own status. */
static void
reply_raw(struct ck_request *request, long status, struct ck_span raw)
{
	ck_request_reply_bytes(request, status >= 200 && status < 600 ?
	    (unsigned)status : 200, JSON_TYPE, raw);
}

/* --- Token ---------------------------------------------------------------- */

/* The name of the account is answered as it was given. */
static void
reply_grant(struct ck_request *request, const struct ck_proxy_grant *grant)
{
	json_t *given = ck_given_parse(ck_request_body(request));
	json_t *token = ck_form_token(grant, ck_given_text(given, "username"));

	json_decref(given);
	reply(request, token);
}

static void
on_login(void *ctx, const struct ck_proxy_grant *grant)
{
	struct ck_request *request = ctx;

	if (grant->err == CK_OK)
		reply_grant(request, grant);
	else if (is_object(grant->raw))
		reply_raw(request, grant->status, grant->raw);
	else
		reply(request, ck_form_failure(CK_REMOTE_TOKEN, grant->err));
}

void
ck_http_gateway_token(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	json_t *given = ck_given_parse(ck_request_body(request));

	ck_proxy_login(http->use.proxy, ck_given_text(given, "username"),
	    ck_given_text(given, "password"), on_login, request);
	json_decref(given);
}

/* --- Who asks ------------------------------------------------------------- */

static struct ck_gateway *
find_by_query(const struct ck_http *http, const struct ck_request *request)
{
	const struct ck_proxy_secrets secrets = {
		.access = ck_request_query(request, "token"),
		.id = ck_request_query(request, "id_token"),
		.user = ck_request_query(request, "username"),
		.password = ck_request_query(request, "password")
	};

	return ck_proxy_find(http->use.proxy, &secrets);
}

/* The user name stands in the body, and may be the facility's code there. */
static struct ck_gateway *
find_by_headers(const struct ck_http *http, const struct ck_request *request)
{
	const struct ck_proxy_secrets secrets = {
		.access = ck_request_header(request, "accessToken"),
		.id = ck_request_header(request, "tokenId"),
		.password = ck_request_header(request, "passwordHash")
	};

	return ck_proxy_find(http->use.proxy, &secrets);
}

/* --- Card lookup ---------------------------------------------------------- */

static bool
read_number(const char *text, struct ck_lookup_request *asked)
{
	char number[LONG_CARD + 1];
	/* only a zone needs it, and a zone is no number */
	static const struct ck_date today = { 9999, 12, 31 };
	struct ck_printed printed;
	size_t len = 0;
	bool good = true;

	for (; *text != '\0'; text++) {
		if (*text == ' ')
			continue;
		if (len == LONG_CARD)
			return false;
		number[len++] = *text;
	}
	number[len == LONG_CARD ? CARD : len] = '\0';
	if (ck_printed_parse(ck_span_str(number), today, &printed) != CK_OK)
		return false;
	if (printed.kind == CK_PRINTED_ID_NUMBER) {
		memcpy(asked->keys.id_number, printed.identity.number,
		    sizeof(asked->keys.id_number));
		memcpy(asked->identity.number, printed.identity.number,
		    sizeof(asked->identity.number));
	} else if (printed.kind == CK_PRINTED_INSURANCE_NUMBER) {
		memcpy(asked->keys.insurance_number, printed.insurance_number,
		    sizeof(asked->keys.insurance_number));
	} else if (printed.kind == CK_PRINTED_CARD_NUMBER) {
		(void)snprintf(asked->keys.card_number,
		    sizeof(asked->keys.card_number), "%s",
		    printed.card_number);
	} else {
		good = false;
	}
	ck_printed_wipe(&printed);

	return good;
}

static bool
read_text(json_t *given, const char *name, char *out, size_t size)
{
	return ck_text_store(ck_span_str(ck_given_text(given, name)), out,
	    size) == CK_OK && out[0] != '\0';
}

static bool
read_question(json_t *given, struct ck_lookup_request *asked)
{
	memset(asked, 0, sizeof(*asked));
	asked->kind = CK_KIND_INTEGRATION;
	asked->captured = CK_CAPTURED_HIS;
	asked->assurance = CK_ASSURANCE_TYPED;

	return given != NULL &&
	    read_number(ck_given_text(given, "maThe"), asked) &&
	    read_text(given, "hoTen", asked->identity.full_name,
	    sizeof(asked->identity.full_name)) &&
	    ck_date_parse_local(ck_given_text(given, "ngaySinh"),
	    &asked->identity.date_of_birth) == CK_OK &&
	    read_text(given, "hoTenCb", asked->operator_name,
	    sizeof(asked->operator_name)) &&
	    read_text(given, "cccdCb", asked->operator_number,
	    sizeof(asked->operator_number));
}

/* Bytes that are no answer, or an answer about somebody else, go no further. */
static bool
may_be_passed_on(struct ck_span raw, enum ck_err err)
{
	return is_object(raw) && err != CK_ERR_GATEWAY_MALFORMED &&
	    err != CK_ERR_GATEWAY_TOO_LARGE &&
	    err != CK_ERR_GATEWAY_WRONG_PERSON && err != CK_ERR_NOMEM;
}

static void
on_lookup(void *ctx, struct ck_lookup *lookup, enum ck_err failed)
{
	const struct ck_lookup_record *record = ck_lookup_record(lookup);
	enum ck_source source = record->counted.source;
	struct ck_request *request = ctx;
	enum ck_err err;
	long status;
	struct ck_span raw = ck_lookup_raw(lookup, &status, &err);

	if (failed == CK_OK)
		ck_request_add_header(request, RECEIPT_HEADER, record->id);
	if (failed != CK_OK)
		reply(request, ck_form_failure(CK_REMOTE_LOOKUP, failed));
	else if (record->has_answer && (source == CK_SOURCE_CACHE ||
	    source == CK_SOURCE_STALE))
		reply(request, ck_form_kept(&record->answer));
	else if (may_be_passed_on(raw, err))
		reply_raw(request, status, raw);
	else
		reply(request, ck_form_failure(CK_REMOTE_LOOKUP,
		    err != CK_OK ? err : CK_ERR_GATEWAY_TIMEOUT));
	/* Through here the answer closes it; whatever comes is not for us. */
	if (record->closed_ms == 0)
		ck_lookup_abandon(lookup);
}

void
ck_http_gateway_lookup(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	struct ck_gateway *gateway = find_by_query(http, request);
	json_t *given = ck_given_parse(ck_request_body(request));
	struct ck_lookup_request asked;
	struct ck_lookup *lookup;
	enum ck_err err = CK_ERR_REQUEST;

	if (gateway == NULL) {
		reply(request, ck_form_stale(CK_REMOTE_LOOKUP));
		json_decref(given);
		return;
	}
	if (read_question(given, &asked)) {
		asked.gateway = gateway;
		err = ck_lookup_open(http->use.lookups, &asked, true,
		    on_lookup, request, &lookup);
	}
	if (err != CK_OK)
		reply(request, ck_form_failure(CK_REMOTE_LOOKUP, err));
	explicit_bzero(&asked, sizeof(asked));
	json_decref(given);
}

/* --- What passes through -------------------------------------------------- */

static void
reply_end(struct ck_request *request, enum ck_remote function,
    const struct ck_forward_end *end)
{
	enum ck_err err = end->err != CK_OK ? end->err :
	    CK_ERR_GATEWAY_MALFORMED;

	if (end->id[0] != '\0')
		ck_request_add_header(request, RECEIPT_HEADER, end->id);
	if (is_object(end->raw))
		reply_raw(request, end->status, end->raw);
	else if (end->status == 401 && function == CK_REMOTE_COPAYMENT)
		ck_request_reply_empty(request, 401);
	else if (function == CK_REMOTE_CHECK_IN)
		reply(request, ck_form_check_in_failure(err, end->arrived));
	else
		reply(request, ck_form_failure(function, err));
}

static void
on_copayment(void *ctx, const struct ck_forward_end *end)
{
	if (end->repeat == CK_REPEAT_KEPT)
		reply(ctx, ck_form_kept_copayment(end->raw, end->asked_ms));
	else if (end->repeat == CK_REPEAT_OPEN)
		reply(ctx, ck_form_repeated_copayment(end->asked_ms));
	else
		reply_end(ctx, CK_REMOTE_COPAYMENT, end);
}

static void
on_history(void *ctx, const struct ck_forward_end *end)
{
	reply_end(ctx, CK_REMOTE_HISTORY, end);
}

static void
on_check_in(void *ctx, const struct ck_forward_end *end)
{
	reply_end(ctx, CK_REMOTE_CHECK_IN, end);
}

static enum ck_err
forward(const struct ck_http *http, struct ck_gateway *gateway,
    struct ck_request *request, enum ck_remote function, ck_forward_fn done)
{
	const char *type = ck_request_header(request, "Content-Type");

	return ck_forward(http->use.forwards, gateway, function,
	    type != NULL ? type : FORM_TYPE, ck_request_body(request), done,
	    request);
}

void
ck_http_gateway_history(void *ctx, struct ck_request *request)
{
	struct ck_gateway *gateway = find_by_query(ctx, request);
	enum ck_err err;

	if (gateway == NULL) {
		reply(request, ck_form_stale(CK_REMOTE_HISTORY));
		return;
	}
	err = forward(ctx, gateway, request, CK_REMOTE_HISTORY, on_history);
	if (err != CK_OK)
		reply(request, ck_form_failure(CK_REMOTE_HISTORY, err));
}

void
ck_http_gateway_check_in(void *ctx, struct ck_request *request)
{
	struct ck_gateway *gateway = find_by_headers(ctx, request);
	enum ck_err err;

	if (gateway == NULL) {
		reply(request, ck_form_stale(CK_REMOTE_CHECK_IN));
		return;
	}
	err = forward(ctx, gateway, request, CK_REMOTE_CHECK_IN,
	    on_check_in);
	if (err != CK_OK)
		reply(request, ck_form_check_in_failure(err, false));
}

void
ck_http_gateway_copayment(void *ctx, struct ck_request *request)
{
	struct ck_gateway *gateway = find_by_headers(ctx, request);
	enum ck_err err;

	/* This one function says so without a body. */
	if (gateway == NULL) {
		ck_request_reply_empty(request, 401);
		return;
	}
	err = forward(ctx, gateway, request, CK_REMOTE_COPAYMENT,
	    on_copayment);
	if (err != CK_OK)
		reply(request, ck_form_failure(CK_REMOTE_COPAYMENT, err));
}
