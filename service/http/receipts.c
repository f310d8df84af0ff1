/*
 * receipts.c - GET /v1/lookups/{id}/receipt, /v1/check-ins/{id}/receipt and
 * /v1/receipts/{id}
 *
 * The first two give what their path names and nothing else; the last gives
 * the receipt of whatever record has this id, for the page that prints it.
 */
#include "http/site.h"
#include "receipt/document.h"
#include "store/store.h"

/* What a receipt may be about. */
enum about { LOOKUP = 1, CHECK_IN = 2, CALL = 4, ANYTHING = 7 };

static enum about
about(enum ck_receipt_kind kind)
{
	if (kind == CK_RECEIPT_FORWARDED)
		return CALL;

	return kind == CK_RECEIPT_CHECK_IN ? CHECK_IN : LOOKUP;
}

/* One that stands under another path is named, not given. */
static void
reply_receipt(struct ck_request *request, const char *id, enum about wanted,
    const struct ck_receipt *receipt)
{
	if ((about(receipt->kind) & wanted) != 0)
		ck_request_reply_json(request, 200,
		    ck_receipt_json(id, receipt));
	else if (wanted == LOOKUP)
		ck_request_reply_problem(request, 404, "unknown-receipt",
		    "This is no lookup's id.", "GET /v1/receipts/{id} has "
		    "the receipt of the record that it belongs to.");
	else
		ck_request_reply_problem(request, 404, "unknown-receipt",
		    "This is no check-in's id.", "GET /v1/receipts/{id} has "
		    "the receipt of the record that it belongs to.");
}

static void
serve(const struct ck_http *http, struct ck_request *request,
    enum about wanted)
{
	const char *id = ck_request_param(request, 0);
	struct ck_receipt receipt;
	enum ck_err err = ck_store_get_receipt(http->use.store, id, &receipt);

	if (err == CK_OK)
		reply_receipt(request, id, wanted, &receipt);
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(request, 404, "unknown-receipt",
		    "There is no receipt for this id.", NULL);
	else
		ck_http_reply_error(request, err);
	ck_receipt_wipe(&receipt);
}

void
ck_http_lookup_receipt(void *ctx, struct ck_request *request)
{
	serve(ctx, request, LOOKUP);
}

void
ck_http_check_in_receipt(void *ctx, struct ck_request *request)
{
	serve(ctx, request, CHECK_IN);
}

void
ck_http_receipt(void *ctx, struct ck_request *request)
{
	serve(ctx, request, ANYTHING);
}
