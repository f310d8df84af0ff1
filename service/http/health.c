/*
 * health.c - alive, ready, and which station this is
 */
#include "daemon/config.h"
#include "daemon/version.h"
#include "desk/desk.h"
#include "http/site.h"
#include "store/store.h"

void
ck_http_livez(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_request_reply_bytes(request, 200, "text/plain; charset=utf-8",
	    ck_span_str("alive\n"));
}

/* A gateway that is down is no reason to turn patients away: still ready. */
void
ck_http_readyz(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;

	if (!ck_store_healthy(http->use.store))
		ck_request_reply_problem(request, 503, "store-failed",
		    "The last write to the local database failed.",
		    "Look at the disk and at the log.");
	else if (!ck_desks_reader_stack_up(http->use.desks))
		ck_request_reply_problem(request, 503, "no-reader-service",
		    "The PC/SC service pcscd does not answer.",
		    "Start it: systemctl start pcscd.socket");
	else
		ck_request_reply_json(request, 200,
		    json_pack("{s:b}", "ready", 1));
}

void
ck_http_station(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	const struct ck_config *config = http->use.config;

	ck_request_reply_json(request, 200, json_pack(
	    "{s:s, s:s, s:b, s:s, s:s}", "facility", config->facility,
	    "station", config->station, "practice", config->practice ? 1 : 0,
	    "version", CK_VERSION, "language", config->language));
}
