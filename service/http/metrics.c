/*
 * metrics.c - gather what /metrics shows, and the textfile
 *
 * Totals of lookups come from the database, all else from the modules that
 * keep it; stats/render.c writes it down.
 */
#include <sys/statvfs.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/trust.h"
#include "ck/worker.h"
#include "daemon/config.h"
#include "daemon/version.h"
#include "desk/desk.h"
#include "eligibility/gateway.h"
#include "http/site.h"
#include "io/loop.h"
#include "proxy/proxy.h"
#include "push/push.h"
#include "stats/feed.h"
#include "stats/origin.h"
#include "stats/render.h"
#include "store/store.h"

/* Whose cards are read here. */
#define CARD_COUNTRY "VN"

#define PASSIVE_RESULTS 4
#define GATEWAY_RESULTS 5
#define CERTIFICATES 3

/* One scrape: the metrics and the lists that they borrow. */
struct scrape {
	struct ck_metrics metrics;
	struct ck_metric_count reads[CK_READ_RESULTS_MAX];
	struct ck_metric_count passive[PASSIVE_RESULTS];
	struct ck_metric_count gateway[GATEWAY_RESULTS];
	struct ck_metric_certificate certificates[CERTIFICATES];
	struct ck_metric_reader readers[CK_READERS_MAX];
	size_t readers_len;
};

static void
add_reader(void *ctx, const char *reader, bool connected,
    const struct ck_reader_counts *counts)
{
	struct scrape *scrape = ctx;
	size_t i;

	/* One that moved to another desk is still one: a scraper refuses the
	 * same sample twice. */
	for (i = 0; i < scrape->readers_len; i++) {
		if (strcmp(scrape->readers[i].name, reader) == 0) {
			scrape->readers[i].connected |= connected;
			scrape->readers[i].resets += counts->hangs;
			return;
		}
	}
	if (scrape->readers_len == CK_READERS_MAX)
		return;
	scrape->readers[scrape->readers_len++] =
	    (struct ck_metric_reader){ reader, connected, counts->hangs };
}

static void
gather_desks(const struct ck_desks *desks, struct scrape *scrape)
{
	const struct ck_read_figures *figures = ck_desks_read_figures(desks);
	unsigned i;

	for (i = 0; i < figures->result_count; i++)
		scrape->reads[i] = (struct ck_metric_count){
			ck_err_label(figures->results[i].result),
			figures->results[i].count
		};
	for (i = 0; i < PASSIVE_RESULTS; i++)
		scrape->passive[i] = (struct ck_metric_count){
			ck_passive_label((enum ck_passive)i),
			figures->passive[i]
		};
	ck_desks_each_reader(desks, add_reader, scrape);
	scrape->metrics.card_read_duration = figures->duration;
	scrape->metrics.card_reads = scrape->reads;
	scrape->metrics.card_reads_len = figures->result_count;
	scrape->metrics.passive = scrape->passive;
	scrape->metrics.passive_len = PASSIVE_RESULTS;
	scrape->metrics.readers = scrape->readers;
	scrape->metrics.readers_len = scrape->readers_len;
}

/* Calls under every account go to the one gateway; whether we leave it alone is
 * told of our own. */
static void
add_accounts(const struct ck_proxy *proxy, struct ck_gateway_figures *figures)
{
	struct ck_gateway_figures theirs;

	ck_proxy_figures(proxy, &theirs);
	figures->ok += theirs.ok;
	figures->failed_line += theirs.failed_line;
	figures->failed_gateway += theirs.failed_gateway;
	figures->failed_account += theirs.failed_account;
	figures->held += theirs.held;
	if (theirs.last_success_ms > figures->last_success_ms)
		figures->last_success_ms = theirs.last_success_ms;
	if (figures->up < 0)
		figures->up = theirs.up;
}

static void
gather_gateway(const struct ck_http_options *use, struct scrape *scrape)
{
	struct ck_gateway_figures figures = { 0 };

	ck_gateway_figures(use->gateway, &figures);
	if (use->proxy != NULL)
		add_accounts(use->proxy, &figures);
	scrape->gateway[0] = (struct ck_metric_count){ "ok", figures.ok };
	scrape->gateway[1] = (struct ck_metric_count){
		"line", figures.failed_line
	};
	scrape->gateway[2] = (struct ck_metric_count){
		"gateway", figures.failed_gateway
	};
	scrape->gateway[3] = (struct ck_metric_count){
		"account", figures.failed_account
	};
	scrape->gateway[4] = (struct ck_metric_count){ "held", figures.held };
	scrape->metrics.gateway_requests = scrape->gateway;
	scrape->metrics.gateway_requests_len = GATEWAY_RESULTS;
	scrape->metrics.gateway_up = figures.up;
	scrape->metrics.gateway_breaker_lookup = (int)figures.lookups;
	scrape->metrics.gateway_breaker_login = (int)figures.login;
	scrape->metrics.gateway_last_success_ms = figures.last_success_ms;
}

/*
 * Loaded again only when the folder has changed: 700 certificates take 0.1 s.
 * A folder that cannot be used has no end to tell.
 */
static void
gather_trust(struct ck_http *http, struct ck_metrics *metrics)
{
	const struct ck_config *config = http->use.config;
	int64_t now = ck_clock_wall_ms(ck_loop_clock(http->use.loop)) / 1000;
	uint64_t stamp = ck_trust_stamp(config->trust_directory);

	if (stamp != http->trust_stamp) {
		ck_trust_close(&http->trust);
		http->trust_stamp = stamp;
		if (ck_trust_open(&http->trust, config->trust_directory,
		    false, NULL) != CK_OK)
			http->trust = NULL;
	}
	if (http->trust != NULL)
		metrics->trust_expiry_ms = 1000 *
		    ck_trust_expiry(http->trust, CARD_COUNTRY, now);
}

static void
gather_certificates(struct ck_http *http, struct scrape *scrape)
{
	const struct ck_config *config = http->use.config;

	scrape->certificates[0] = (struct ck_metric_certificate){
		"gateway_client", ck_certificate_end_ms(&http->client,
		config->gateway_client_cert_file, NULL)
	};
	scrape->certificates[1] = (struct ck_metric_certificate){
		"signature", ck_certificate_end_ms(&http->signature,
		config->check_in_signature_file,
		config->check_in_signature_password)
	};
	scrape->certificates[2] = (struct ck_metric_certificate){
		"collector_client", ck_certificate_end_ms(&http->collector,
		config->collector_client_certificate, NULL)
	};
	scrape->metrics.certificates = scrape->certificates;
	scrape->metrics.certificates_len = CERTIFICATES;
}

static void
gather_machine(const struct ck_http *http, struct ck_metrics *metrics)
{
	const struct ck_config *config = http->use.config;
	struct statvfs disk;

	metrics->version = CK_VERSION;
	metrics->facility = config->facility;
	metrics->station = config->station;
	metrics->now_ms = ck_clock_wall_ms(ck_loop_clock(http->use.loop));
	metrics->store_ready = ck_store_healthy(http->use.store);
	metrics->reader_service_ready =
	    ck_desks_reader_stack_up(http->use.desks);
	if (statvfs(config->directory, &disk) != 0)
		return;
	metrics->state_free = (uint64_t)disk.f_bavail * disk.f_frsize;
	metrics->state_size = (uint64_t)disk.f_blocks * disk.f_frsize;
}

/* Without a collector there is a revision all the same: one may pull. */
static enum ck_err
gather_feed(struct ck_http *http, struct ck_metrics *metrics)
{
	struct ck_push_view view;
	struct ck_origin origin;
	int64_t newest = 0;
	enum ck_err err;

	ck_push_look(http->use.push, &view);
	metrics->feed_push_last_success_ms = view.last_success_ms;
	err = ck_origin_load(http->totals, ck_clock_wall_ms(
	    ck_loop_clock(http->use.loop)), &origin);
	if (err == CK_OK)
		err = ck_feed_newest(http->totals, &origin, &newest);
	metrics->feed_revision = (uint64_t)newest;

	return err;
}

enum ck_err
ck_http_metrics_text(struct ck_http *http, enum ck_metrics_format format,
    struct ck_buf *out)
{
	struct scrape *scrape = calloc(1, sizeof(*scrape));
	enum ck_err err = CK_ERR_NOMEM;

	if (scrape == NULL)
		goto out;
	gather_desks(http->use.desks, scrape);
	gather_gateway(&http->use, scrape);
	gather_trust(http, &scrape->metrics);
	gather_certificates(http, scrape);
	gather_machine(http, &scrape->metrics);
	if ((err = gather_feed(http, &scrape->metrics)) != CK_OK)
		goto out;
	if ((err = ck_metrics_load(http->totals, &scrape->metrics)) != CK_OK)
		goto out;
	err = ck_metrics_render(&scrape->metrics, format, out);
out:
	free(scrape);

	return err;
}

/* Whoever does not ask for the old format gets the one of the contract. */
static enum ck_metrics_format
wanted_format(const struct ck_request *request)
{
	return ck_request_accepts(request, "text/plain") &&
	    !ck_request_accepts(request, "application/openmetrics-text") ?
	    CK_METRICS_TEXT : CK_METRICS_OPENMETRICS;
}

void
ck_http_metrics(void *ctx, struct ck_request *request)
{
	enum ck_metrics_format format = wanted_format(request);
	struct ck_buf text = CK_BUF_INIT;
	enum ck_err err = ck_http_metrics_text(ctx, format, &text);

	if (err == CK_OK)
		ck_request_reply_bytes(request, 200,
		    ck_expo_type(format), ck_buf_view(&text));
	else
		ck_http_reply_error(request, err);
	ck_buf_wipe(&text);
}
