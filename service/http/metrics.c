/*
 * metrics.c - gather what /metrics shows
 *
 * Totals of lookups come from the database, all else from the modules that
 * keep it; stats/render.c writes it down.
 */
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
#include "stats/render.h"

/* Whose cards are read here. */
#define CARD_COUNTRY "VN"

#define PASSIVE_RESULTS 4
#define GATEWAY_RESULTS 5

/* One scrape: the metrics and the lists that they borrow. */
struct scrape {
	struct ck_metrics metrics;
	struct ck_metric_count reads[CK_READ_RESULTS_MAX];
	struct ck_metric_count passive[PASSIVE_RESULTS];
	struct ck_metric_count gateway[GATEWAY_RESULTS];
	struct ck_metric_reader readers[CK_READERS_MAX];
	size_t readers_len;
};

static void
add_reader(void *ctx, const char *reader, bool connected,
    const struct ck_reader_counts *counts)
{
	struct scrape *scrape = ctx;

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

static void
gather_gateway(const struct ck_gateway *gateway, struct scrape *scrape)
{
	struct ck_gateway_figures figures = { 0 };

	ck_gateway_figures(gateway, &figures);
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

void
ck_http_metrics(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct scrape *scrape = calloc(1, sizeof(*scrape));
	struct ck_buf text = CK_BUF_INIT;
	enum ck_err err = CK_ERR_NOMEM;

	if (scrape == NULL)
		goto out;
	scrape->metrics.version = CK_VERSION;
	gather_desks(http->use.desks, scrape);
	gather_gateway(http->use.gateway, scrape);
	gather_trust(http, &scrape->metrics);
	if ((err = ck_metrics_load(http->totals, &scrape->metrics)) != CK_OK)
		goto out;
	if ((err = ck_metrics_render(&scrape->metrics, &text)) != CK_OK)
		goto out;
	ck_request_reply_bytes(request, 200, CK_METRICS_TYPE,
	    ck_buf_view(&text));
out:
	if (err != CK_OK)
		ck_http_reply_error(request, err);
	ck_buf_wipe(&text);
	free(scrape);
}
