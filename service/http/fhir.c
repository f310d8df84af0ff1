/*
 * fhir.c - /fhir: the same lookups for software that speaks FHIR R4
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "eligibility/lookup.h"
#include "fhir/fhir.h"
#include "http/site.h"
#include "store/store.h"

static void
reply(struct ck_request *request, unsigned status, json_t *body)
{
	ck_request_reply_json_as(request, status, CK_FHIR_TYPE, body);
}

static void
reply_failed(struct ck_request *request, enum ck_err err)
{
	reply(request, ck_err_class(err) == CK_CLASS_STORE ? 503 : 500,
	    ck_fhir_outcome("exception", "CoverageEligibilityRequest",
	    ck_err_text(err)));
}

static void
answer(struct ck_request *request, struct ck_lookup *lookup, enum ck_err err,
    const char *language)
{
	const struct ck_lookup_record *record = ck_lookup_record(lookup);

	if (err == CK_OK && record->answered_ms == 0 && record->closed_ms == 0)
		return;
	if (err != CK_OK)
		reply_failed(request, err);
	else
		reply(request, 200, ck_fhir_response(record, language));
	if (record->closed_ms == 0)
		ck_lookup_abandon(lookup);
}

/* The request is all that is remembered of a lookup under way: there is
 * nothing to free when the service stops meanwhile. */
static void
on_change_vi(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	answer(ctx, lookup, err, "vi");
}

static void
on_change_en(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	answer(ctx, lookup, err, "en");
}

static void
open_lookup(struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_request *question)
{
	bool english = strcmp(http->use.config->language, "en") == 0;
	struct ck_lookup *lookup;
	enum ck_err err = ck_lookup_open(http->use.lookups, question, true,
	    english ? on_change_en : on_change_vi, request, &lookup);

	if (err != CK_OK)
		reply_failed(request, err);
}

void
ck_http_fhir_request(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct ck_lookup_request question;
	struct ck_fhir_defect defect;

	if (ck_fhir_request_read(ck_request_json(request), http->use.config,
	    ck_http_today(http), &question, &defect))
		open_lookup(http, request, &question);
	else
		reply(request, 422, ck_fhir_outcome("invalid", defect.where,
		    defect.expected));
	explicit_bzero(&question, sizeof(question));
}

static void
serve(const struct ck_http *http, struct ck_request *request, bool coverage)
{
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL)
		err = ck_store_get_lookup(http->use.store,
		    ck_request_param(request, 0), record);
	if (err == CK_OK)
		reply(request, 200, coverage ? ck_fhir_coverage(record) :
		    ck_fhir_response(record, http->use.config->language));
	else if (err == CK_ERR_NOT_FOUND || err == CK_ERR_REQUEST)
		reply(request, 404, ck_fhir_outcome("not-found", "id",
		    "There is no resource of this id."));
	else
		reply_failed(request, err);
	if (record != NULL)
		explicit_bzero(record, sizeof(*record));
	free(record);
}

void
ck_http_fhir_response(void *ctx, struct ck_request *request)
{
	serve(ctx, request, false);
}

void
ck_http_fhir_coverage(void *ctx, struct ck_request *request)
{
	serve(ctx, request, true);
}

void
ck_http_fhir_metadata(void *ctx, struct ck_request *request)
{
	(void)ctx;
	reply(request, 200, ck_fhir_capability());
}
