/*
 * receipts.c - GET /v1/lookups/{id}/receipt, and the page that prints it
 */
#include "http/site.h"
#include "receipt/document.h"
#include "store/store.h"

void
ck_http_receipt(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	const char *id = ck_request_param(request, 0);
	struct ck_receipt receipt;
	enum ck_err err = ck_store_get_receipt(http->use.store, id, &receipt);

	if (err == CK_OK)
		ck_request_reply_json(request, 200,
		    ck_receipt_json(id, &receipt));
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(request, 404, "unknown-receipt",
		    "There is no receipt for this id.", NULL);
	else
		ck_http_reply_error(request, err);
	ck_receipt_wipe(&receipt);
}
