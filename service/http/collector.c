/*
 * collector.c - GET /v1/collector: do the figures reach the province?
 */
#include "ck/clock.h"
#include "daemon/config.h"
#include "http/site.h"
#include "io/json.h"
#include "push/push.h"

static json_t *
error(const struct ck_push_view *view)
{
	return view->error == CK_PUSH_OK ? json_null() :
	    json_pack("{s:s, s:s}",
	    "label", ck_push_error_label(view->error),
	    "words", ck_push_error_words(view->error));
}

void
ck_http_collector(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	struct ck_push_view view;

	ck_push_look(http->use.push, &view);
	ck_request_reply_json(request, 200,
	    json_pack("{s:b, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "configured", view.configured,
	    "url", http->use.config->collector_url,
	    "revision", (json_int_t)view.revision,
	    "pushed", view.pushed < 0 ? json_null() :
	    json_integer(view.pushed),
	    "pushed_until", view.until[0] == '\0' ? json_null() :
	    json_string(view.until),
	    "last_success_at", ck_json_instant(view.last_success_ms),
	    "failing_since", ck_json_instant(view.failing_since_ms),
	    "next_try_at", ck_json_instant(view.next_ms),
	    "error", error(&view)));
}
