/*
 * site.h - what the handlers share; only service/http looks into it
 */
#ifndef SERVICE_HTTP_SITE_H
#define SERVICE_HTTP_SITE_H

#include <pthread.h>

#include "http/http.h"
#include "http/pages.h"
#include "http/request.h"
#include "io/certificate.h"
#include "stats/feed_sign.h"

struct ck_db;
struct ck_extra;
struct ck_pending;
struct ck_practice_call;
struct ck_sign_on;
struct ck_taking;
struct ck_timer;
struct ck_trust;

struct ck_http {
	struct ck_http_options use;
	struct ck_route *routes;
	size_t route_count;
	pthread_mutex_t figures_lock;	/* figures and key: two HTTP threads */
	struct ck_db *figures;		/* for statistics, HTTP threads */
	struct ck_feed_key key;		/* that signs the feed, HTTP threads */
	struct ck_db *totals;		/* for metrics, the core's thread */
	struct ck_trust *trust;		/* for metrics; NULL: none is usable */
	uint64_t trust_stamp;		/* of what was loaded */
	struct ck_certificate client;	/* for metrics, like the next two */
	struct ck_certificate signature;
	struct ck_certificate collector;
	struct ck_timer *keep_alive;
	struct ck_pending *pending;	/* lookups not answered yet */
	struct ck_extra *extras;	/* questions besides, under way */
	struct ck_sign_on *sign_ons;	/* clerks that wait */
	struct ck_taking *takings;	/* lists that are being written */
	struct ck_practice_call *calls;	/* to sim-card, under way */
};

/* Handlers; see the table in routes.c for method and path. */
void ck_http_livez(void *ctx, struct ck_request *request);
void ck_http_readyz(void *ctx, struct ck_request *request);
void ck_http_metrics(void *ctx, struct ck_request *request);
void ck_http_station(void *ctx, struct ck_request *request);
void ck_http_desks(void *ctx, struct ck_request *request);
void ck_http_readers(void *ctx, struct ck_request *request);
void ck_http_events(void *ctx, struct ck_request *request);
void ck_http_scan(void *ctx, struct ck_request *request);
void ck_http_reset(void *ctx, struct ck_request *request);
void ck_http_photo(void *ctx, struct ck_request *request);
void ck_http_lookup_new(void *ctx, struct ck_request *request);
void ck_http_lookup(void *ctx, struct ck_request *request);
void ck_http_lookup_receipt(void *ctx, struct ck_request *request);
void ck_http_check_in_receipt(void *ctx, struct ck_request *request);
void ck_http_receipt(void *ctx, struct ck_request *request);
void ck_http_lookup_history(void *ctx, struct ck_request *request);
void ck_http_lookup_copayment(void *ctx, struct ck_request *request);
void ck_http_sign_off(void *ctx, struct ck_request *request);
void ck_http_operators(void *ctx, struct ck_request *request);
void ck_http_sign_on(void *ctx, struct ck_request *request);
void ck_http_check_in_new(void *ctx, struct ck_request *request);
void ck_http_check_in_list(void *ctx, struct ck_request *request);
void ck_http_check_in(void *ctx, struct ck_request *request);
void ck_http_notice_new(void *ctx, struct ck_request *request);
void ck_http_notice_change(void *ctx, struct ck_request *request);
void ck_http_appointments(void *ctx, struct ck_request *request);
void ck_http_appointments_new(void *ctx, struct ck_request *request);
void ck_http_appointments_run(void *ctx, struct ck_request *request);
void ck_http_appointments_page(void *ctx, struct ck_request *request);
void ck_http_cache(void *ctx, struct ck_request *request);
void ck_http_cache_purge(void *ctx, struct ck_request *request);
void ck_http_recheck_list(void *ctx, struct ck_request *request);
void ck_http_recheck_seen(void *ctx, struct ck_request *request);
void ck_http_corrections(void *ctx, struct ck_request *request);
void ck_http_correction_case(void *ctx, struct ck_request *request);
void ck_http_corrections_export(void *ctx, struct ck_request *request);
void ck_http_corrections_answer(void *ctx, struct ck_request *request);
void ck_http_corrections_page(void *ctx, struct ck_request *request);
void ck_http_stats(void *ctx, struct ck_request *request);
void ck_http_collector(void *ctx, struct ck_request *request);
void ck_http_feed(void *ctx, struct ck_request *request);
void ck_http_practice_insert(void *ctx, struct ck_request *request);
void ck_http_practice_remove(void *ctx, struct ck_request *request);
void ck_http_practice_people(void *ctx, struct ck_request *request);
void ck_http_gateway_token(void *ctx, struct ck_request *request);
void ck_http_gateway_lookup(void *ctx, struct ck_request *request);
void ck_http_gateway_history(void *ctx, struct ck_request *request);
void ck_http_gateway_copayment(void *ctx, struct ck_request *request);
void ck_http_gateway_check_in(void *ctx, struct ck_request *request);
void ck_http_fhir_metadata(void *ctx, struct ck_request *request);
void ck_http_fhir_request(void *ctx, struct ck_request *request);
void ck_http_fhir_response(void *ctx, struct ck_request *request);
void ck_http_fhir_coverage(void *ctx, struct ck_request *request);
void ck_http_index(void *ctx, struct ck_request *request);
void ck_http_receipt_page(void *ctx, struct ck_request *request);
void ck_http_it(void *ctx, struct ck_request *request);

/* Take the Idempotency-Key; empty: none. False: answered, it is no key. */
bool ck_http_read_key(struct ck_request *request, char out[65]);

/* Answer for an error of the store, or of ours. */
void ck_http_reply_error(struct ck_request *request, enum ck_err err);

/* The date here and now. */
struct ck_date ck_http_today(const struct ck_http *http);

/* Forget what is under way; the server has stopped. */
void ck_http_pending_free(struct ck_http *http);
void ck_http_extras_free(struct ck_http *http);
void ck_http_sign_ons_free(struct ck_http *http);
void ck_http_takings_free(struct ck_http *http);
void ck_http_practice_free(struct ck_http *http);

#endif /* SERVICE_HTTP_SITE_H */
