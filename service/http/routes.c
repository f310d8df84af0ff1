/*
 * routes.c - the table of routes, and what the handlers share
 *
 * What reads figures or files runs on the server's threads, so that a long
 * question never delays a check-in; all else runs on the core's.
 */
#include <stdlib.h>
#include <string.h>

#include "ck/trust.h"
#include "daemon/config.h"
#include "eligibility/remote.h"
#include "http/events.h"
#include "http/site.h"
#include "io/db.h"
#include "io/loop.h"
#include "store/store.h"

/* docs/desk-events.md: a comment line this often. */
#define KEEP_ALIVE_MS 15000

#define CORE CK_ON_CORE
#define HTTP CK_ON_HTTP
#define NONE CK_BODY_NONE
#define JSON CK_BODY_JSON
#define STAFF CK_FOR_STAFF
#define ALL CK_FOR_ALL
#define COLLECTOR CK_FOR_COLLECTOR

/* schema/http.openapi.yaml describes each; a test compares the two. */
static const struct ck_route routes[] = {
	{ "GET", "/livez", HTTP, NONE, ALL, ck_http_livez },
	{ "GET", "/readyz", CORE, NONE, STAFF, ck_http_readyz },
	{ "GET", "/metrics", CORE, NONE, COLLECTOR, ck_http_metrics },
	{ "GET", "/v1/station", HTTP, NONE, STAFF, ck_http_station },
	{ "GET", "/v1/desks", CORE, NONE, STAFF, ck_http_desks },
	{ "GET", "/v1/readers", CORE, NONE, STAFF, ck_http_readers },
	{ "GET", "/v1/desks/{desk}/events", HTTP, NONE, STAFF,
	    ck_http_events },
	{ "POST", "/v1/desks/{desk}/scan", CORE, JSON, STAFF, ck_http_scan },
	{ "POST", "/v1/desks/{desk}/reset", CORE, JSON, STAFF,
	    ck_http_reset },
	{ "GET", "/v1/desks/{desk}/photo", CORE, NONE, STAFF, ck_http_photo },
	{ "DELETE", "/v1/desks/{desk}/operator", CORE, NONE, STAFF,
	    ck_http_sign_off },
	{ "POST", "/v1/lookups", HTTP, JSON, STAFF, ck_http_lookup_new },
	{ "GET", "/v1/lookups/{id}", CORE, NONE, STAFF, ck_http_lookup },
	{ "GET", "/v1/lookups/{id}/receipt", CORE, NONE, STAFF,
	    ck_http_lookup_receipt },
	{ "POST", "/v1/lookups/{id}/history", CORE, JSON, STAFF,
	    ck_http_lookup_history },
	{ "POST", "/v1/lookups/{id}/co-payment", CORE, JSON, STAFF,
	    ck_http_lookup_copayment },
	{ "GET", "/v1/operators", CORE, NONE, STAFF, ck_http_operators },
	{ "POST", "/v1/operators/sign-on", CORE, JSON, STAFF,
	    ck_http_sign_on },
	{ "POST", "/v1/check-ins", CORE, JSON, STAFF, ck_http_check_in_new },
	{ "GET", "/v1/check-ins", CORE, NONE, STAFF, ck_http_check_in_list },
	{ "GET", "/v1/check-ins/{id}", CORE, NONE, STAFF, ck_http_check_in },
	{ "GET", "/v1/check-ins/{id}/receipt", CORE, NONE, STAFF,
	    ck_http_check_in_receipt },
	{ "GET", "/v1/receipts/{id}", CORE, NONE, STAFF, ck_http_receipt },
	{ "POST", "/v1/check-ins/{id}/notices", CORE, JSON, STAFF,
	    ck_http_notice_new },
	{ "PUT", "/v1/check-ins/{id}/notices/{number}", CORE, JSON, STAFF,
	    ck_http_notice_change },
	{ "POST", "/v1/appointments", CORE, CK_BODY_LIST, STAFF,
	    ck_http_appointments_new },
	{ "POST", "/v1/appointments/run", CORE, JSON, STAFF,
	    ck_http_appointments_run },
	{ "GET", "/v1/appointments", CORE, NONE, STAFF,
	    ck_http_appointments },
	{ "GET", "/v1/cache", CORE, NONE, STAFF, ck_http_cache },
	{ "POST", "/v1/cache/purge", CORE, JSON, STAFF, ck_http_cache_purge },
	{ "GET", "/v1/rechecks", CORE, NONE, STAFF, ck_http_recheck_list },
	{ "POST", "/v1/rechecks/{lookup}/seen", CORE, JSON, STAFF,
	    ck_http_recheck_seen },
	{ "GET", "/v1/corrections", CORE, NONE, STAFF, ck_http_corrections },
	{ "POST", "/v1/corrections/{number}/case", CORE, JSON, STAFF,
	    ck_http_correction_case },
	{ "POST", "/v1/corrections/export", CORE, JSON, STAFF,
	    ck_http_corrections_export },
	{ "POST", "/v1/corrections/answers", CORE, CK_BODY_BYTES, STAFF,
	    ck_http_corrections_answer },
	{ "GET", "/v1/stats", HTTP, NONE, STAFF, ck_http_stats },
	{ "GET", "/v1/stats/feed", HTTP, NONE, COLLECTOR,
	    ck_http_feed },
	{ "GET", "/v1/collector", CORE, NONE, STAFF, ck_http_collector },
	{ "POST", "/v1/practice/card", CORE, JSON, STAFF,
	    ck_http_practice_insert },
	{ "DELETE", "/v1/practice/card", CORE, NONE, STAFF,
	    ck_http_practice_remove },
	{ "GET", "/v1/practice/people", CORE, NONE, STAFF,
	    ck_http_practice_people },
	{ "GET", "/fhir/metadata", HTTP, NONE, STAFF, ck_http_fhir_metadata },
	{ "POST", "/fhir/CoverageEligibilityRequest", CORE, JSON, STAFF,
	    ck_http_fhir_request },
	{ "GET", "/fhir/CoverageEligibilityResponse/{id}", CORE, NONE, STAFF,
	    ck_http_fhir_response },
	{ "GET", "/fhir/Coverage/{id}", CORE, NONE, STAFF,
	    ck_http_fhir_coverage },
	{ "GET", "/", HTTP, NONE, STAFF, ck_http_index },
	{ "GET", "/it", HTTP, NONE, STAFF, ck_http_it },
	{ "GET", "/appointments", HTTP, NONE, STAFF,
	    ck_http_appointments_page },
	{ "GET", "/corrections", HTTP, NONE, STAFF,
	    ck_http_corrections_page },
	{ "GET", "/receipt", HTTP, NONE, STAFF, ck_http_receipt_page },
	{ "GET", "/static/{file}", HTTP, NONE, STAFF, ck_http_static },
	{ "GET", "/text/{file}", HTTP, NONE, STAFF, ck_http_text },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

/* Hospital software asks under the gateway's paths. It has a token of the
 * gateway's kind and knows none of ours. */
static struct ck_route
remote_route(enum ck_remote function, const char *path)
{
	static void (*const handlers[CK_REMOTES])(void *ctx,
	    struct ck_request *request) = {
		[CK_REMOTE_TOKEN] = ck_http_gateway_token,
		[CK_REMOTE_LOOKUP] = ck_http_gateway_lookup,
		[CK_REMOTE_HISTORY] = ck_http_gateway_history,
		[CK_REMOTE_COPAYMENT] = ck_http_gateway_copayment,
		[CK_REMOTE_CHECK_IN] = ck_http_gateway_check_in
	};

	return (struct ck_route){ "POST", path, CORE, CK_BODY_BYTES, ALL,
		handlers[function] };
}

static bool
has_path(const struct ck_route *table, size_t count, const char *path)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(table[i].pattern, path) == 0)
			return true;
	}

	return false;
}

/* A path that another function has already keeps its first meaning. */
static size_t
add_remotes(struct ck_route *table, size_t count,
    const struct ck_config *config)
{
	const struct ck_remote_row *row;
	size_t i;

	for (i = 0; i < CK_REMOTES; i++) {
		const char *path = config->remotes[i].path;

		if (path[0] != '\0' && !has_path(table, count, path))
			table[count++] = remote_route((enum ck_remote)i, path);
	}
	for (i = 0; (row = ck_remote_at(i)) != NULL; i++) {
		if (!has_path(table, count, row->path))
			table[count++] = remote_route(row->function,
			    row->path);
	}

	return count;
}

enum ck_err
ck_http_routes_new(struct ck_route **out, size_t *count,
    const struct ck_config *config)
{
	struct ck_route *table;
	size_t remotes = 0;

	while (ck_remote_at(remotes) != NULL)
		remotes++;
	*count = 0;
	*out = table = calloc(ROUTES + CK_REMOTES + remotes, sizeof(*table));
	if (table == NULL)
		return CK_ERR_NOMEM;
	memcpy(table, routes, sizeof(routes));
	*count = config->proxy ? add_remotes(table, ROUTES, config) : ROUTES;

	return CK_OK;
}

const struct ck_route *
ck_http_routes(const struct ck_http *http, size_t *count)
{
	*count = http->route_count;

	return http->routes;
}

void
ck_http_reply_error(struct ck_request *request, enum ck_err err)
{
	if (ck_err_class(err) == CK_CLASS_STORE)
		ck_request_reply_problem(request, 503, "store-failed",
		    "The local database failed; nothing was recorded.",
		    ck_err_text(err));
	else
		ck_request_reply_problem(request, 500, "internal",
		    "The service could not answer.", ck_err_text(err));
}

static void
on_keep_alive(void *ctx)
{
	struct ck_http *http = ctx;

	ck_events_keep_alive(http->use.events);
	/* Without memory for it the pages notice and connect anew. */
	if (ck_loop_timer(http->use.loop, KEEP_ALIVE_MS, on_keep_alive, http,
	    &http->keep_alive) != CK_OK)
		return;
}

enum ck_err
ck_http_new(struct ck_http **out, const struct ck_http_options *options)
{
	struct ck_http *http = calloc(1, sizeof(*http));
	enum ck_err err;

	*out = NULL;
	if (http == NULL)
		return CK_ERR_NOMEM;
	http->use = *options;
	(void)pthread_mutex_init(&http->figures_lock, NULL);
	if ((err = ck_http_routes_new(&http->routes, &http->route_count,
	    options->config)) != CK_OK)
		goto out;
	if ((err = ck_store_open_reader(options->store,
	    &http->figures)) != CK_OK)
		goto out;
	if ((err = ck_store_open_reader(options->store,
	    &http->totals)) != CK_OK)
		goto out;
	if ((err = ck_feed_key_load(options->config->directory,
	    &http->key)) != CK_OK)
		goto out;
	err = ck_loop_timer(options->loop, KEEP_ALIVE_MS, on_keep_alive, http,
	    &http->keep_alive);
out:
	if (err != CK_OK)
		ck_http_free(&http);
	*out = http;

	return err;
}

void
ck_http_free(struct ck_http **http)
{
	struct ck_http *old = *http;

	if (old == NULL)
		return;
	ck_http_pending_free(old);
	ck_http_extras_free(old);
	ck_http_sign_ons_free(old);
	ck_http_takings_free(old);
	ck_http_practice_free(old);
	ck_loop_timer_cancel(&old->keep_alive);
	ck_db_close(&old->figures);
	ck_db_close(&old->totals);
	ck_feed_key_wipe(&old->key);
	ck_trust_close(&old->trust);
	free(old->routes);
	(void)pthread_mutex_destroy(&old->figures_lock);
	free(old);
	*http = NULL;
}
