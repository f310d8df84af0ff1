/*
 * site_worklist.c - GET /v1/worklist: causes as work, by owner
 */
#include <string.h>

#include "ledger/day.h"
#include "province/site_state.h"
#include "province/worklist.h"

/* False: it cannot be asked for. */
static bool
read_wish(struct ck_request *request, struct ck_worklist_wish *wish)
{
	const char *owner = ck_request_query(request, "owner");
	const char *series = ck_request_query(request, "series");
	const char *closed = ck_request_query(request, "closed");
	const char *after = ck_request_query(request, "closed_after");

	wish->series = CK_SERIES_CCCD;
	wish->closed = closed != NULL && strcmp(closed, "yes") == 0;

	return (owner == NULL || ck_worklist_owner(owner, &wish->owner)) &&
	    (series == NULL || ck_worklist_series(series, &wish->series)) &&
	    (closed == NULL || wish->closed || strcmp(closed, "no") == 0) &&
	    (after == NULL || ck_worklist_closed_after(after,
	    &wish->closed_after));
}

static void
reply_list(struct ck_request *request, const struct ck_worklist *list)
{
	const char *language = ck_request_query(request, "language");
	struct ck_catalogue *catalogue;

	if (ck_catalogue_open(&catalogue, language != NULL ? language :
	    "vi") != CK_OK) {
		ck_request_reply_problem(request, 400, "language-unknown",
		    "language is vi or en.", NULL);
		return;
	}
	ck_request_reply_json_packed(request, 200,
	    ck_worklist_json(list, catalogue));
	ck_catalogue_free(&catalogue);
}

void
ck_site_answer_worklist(const struct ck_site_asked *asked,
    struct ck_ledger *ledger, struct ck_request *request)
{
	struct ck_worklist_wish wish = { .from_day = asked->from_day,
		.to_day = asked->to_day };
	struct ck_worklist list;
	enum ck_err err;

	if (!read_wish(request, &wish)) {
		ck_request_reply_problem(request, 400, "query-invalid",
		    "This worklist cannot be made.", "owner is insurer, desk, "
		    "patient, clinic, line, gateway or unknown; series cccd "
		    "or lookups; closed yes or no; closed_after 1 to 366.");
		return;
	}
	err = ck_worklist_read(ledger, &wish, asked->now_ms, &list);
	if (err == CK_ERR_LIMIT)
		ck_request_reply_problem(request, 400, "query-invalid",
		    "Figures are of days from 2000 to 2100.", NULL);
	else if (err != CK_OK)
		ck_site_reply_failed(request, err);
	else
		reply_list(request, &list);
	ck_worklist_free(&list);
}
