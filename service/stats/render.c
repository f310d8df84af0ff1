/*
 * render.c - the daemon's state as metrics
 */
#include <inttypes.h>

#include "stats/render.h"

static void
lookups(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	size_t i;

	ck_expo_family(text, "checkin_lookups", CK_METRIC_COUNTER,
	    "Closed lookups; they survive a restart.");
	for (i = 0; i < metrics->lookups_len; i++) {
		const struct ck_metric_lookups *row = &metrics->lookups[i];

		ck_expo_print(text, "checkin_lookups_total{kind=\"%s\","
		    "outcome=\"%s\",source=\"%s\",captured=\"%s\"} %" PRIu64
		    "\n", ck_kind_label(row->kind),
		    ck_outcome_label(row->outcome),
		    ck_source_label(row->source),
		    ck_captured_label(row->captured), row->count);
	}
	ck_expo_histogram(text, "checkin_lookup_duration_seconds",
	    "From opening a lookup until its first answer was shown.",
	    &metrics->lookup_duration);
}

static void
cards(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	ck_expo_results(text, "checkin_card_reads",
	    "Reads of a chip by result.", metrics->card_reads,
	    metrics->card_reads_len);
	ck_expo_histogram(text, "checkin_card_read_duration_seconds",
	    "From the first command to a chip to the last.",
	    &metrics->card_read_duration);
	ck_expo_results(text, "checkin_passive_authentication",
	    "Signatures of chips by result.", metrics->passive,
	    metrics->passive_len);
}

static void
gateway(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	ck_expo_family(text, "checkin_gateway_up", CK_METRIC_GAUGE,
	    "1 when the last request to the gateway was answered.");
	if (metrics->gateway_up >= 0)
		ck_expo_print(text, "checkin_gateway_up %d\n",
		    metrics->gateway_up);
	ck_expo_results(text, "checkin_gateway_requests",
	    "Requests to the gateway by result.", metrics->gateway_requests,
	    metrics->gateway_requests_len);
	ck_expo_family(text, "checkin_gateway_breaker", CK_METRIC_GAUGE,
	    "0 the gateway is asked, 1 it is left alone, 2 one call tries.");
	ck_expo_print(text, "checkin_gateway_breaker{function=\"lookup\"} "
	    "%d\n", metrics->gateway_breaker_lookup);
	ck_expo_print(text, "checkin_gateway_breaker{function=\"login\"} "
	    "%d\n", metrics->gateway_breaker_login);
	ck_expo_instant(text,
	    "checkin_gateway_last_success_timestamp_seconds",
	    "When the gateway last answered.",
	    metrics->gateway_last_success_ms);
}

static void
queues(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	ck_expo_gauge(text, "checkin_cache_entries",
	    "People with an answer in the cache.", metrics->cache_entries);
	ck_expo_gauge(text, "checkin_recheck_queue_length",
	    "Lookups to be asked again when the line returns.",
	    metrics->recheck_queue_length);
	ck_expo_counter(text, "checkin_recheck_changed",
	    "Re-checks that changed an answer.", metrics->recheck_changed);
	ck_expo_gauge(text, "checkin_outbox_pending",
	    "Check-in records not yet taken by the gateway.",
	    metrics->outbox_pending);
	ck_expo_instant(text, "checkin_outbox_oldest_timestamp_seconds",
	    "When the oldest of them was made.", metrics->outbox_oldest_ms);
	ck_expo_gauge(text, "checkin_correction_cases_pending",
	    "Correction cases that the insurer's office has not acknowledged.",
	    metrics->cases_pending);
	ck_expo_instant(text, "checkin_correction_cases_oldest_timestamp_seconds",
	    "When the oldest of them was made.", metrics->cases_oldest_ms);
	ck_expo_gauge(text, "checkin_correction_cases_refused",
	    "Cases that the office refused and whose lookups still fail.",
	    metrics->cases_refused);
}

static void
reader(struct ck_exposition *text, const char *sample, const char *name,
    uint64_t value)
{
	ck_expo_print(text, "%s{reader=\"", sample);
	ck_expo_label(text, name);
	ck_expo_print(text, "\"} %" PRIu64 "\n", value);
}

static void
readers(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	const struct ck_metric_reader *each = metrics->readers;
	size_t i;

	ck_expo_family(text, "checkin_reader_connected", CK_METRIC_GAUGE,
	    "1 for each reader that is there.");
	for (i = 0; i < metrics->readers_len; i++)
		reader(text, "checkin_reader_connected", each[i].name,
		    each[i].connected ? 1 : 0);
	ck_expo_family(text, "checkin_reader_resets", CK_METRIC_COUNTER,
	    "Readers reset after a card that never answered.");
	for (i = 0; i < metrics->readers_len; i++)
		reader(text, "checkin_reader_resets_total", each[i].name,
		    each[i].resets);
}

static void
machine(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	ck_expo_family(text, "checkin_ready", CK_METRIC_GAUGE,
	    "1 when this part works; all of them together are /readyz.");
	ck_expo_print(text, "checkin_ready{part=\"store\"} %d\n",
	    metrics->store_ready ? 1 : 0);
	ck_expo_print(text, "checkin_ready{part=\"reader_service\"} %d\n",
	    metrics->reader_service_ready ? 1 : 0);
	if (metrics->state_size > 0) {
		ck_expo_gauge(text, "checkin_state_free_bytes",
		    "Room left for the database.", metrics->state_free);
		ck_expo_gauge(text, "checkin_state_size_bytes",
		    "Size of the disk that holds it.", metrics->state_size);
	}
	ck_expo_instant(text, "checkin_clock_timestamp_seconds",
	    "What the clock of this computer says.", metrics->now_ms);
	ck_expo_instant(text, "checkin_trust_expiry_timestamp_seconds",
	    "When the first issuer of our cards expires.",
	    metrics->trust_expiry_ms);
}

static void
feed(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	ck_expo_gauge(text, "checkin_feed_revision",
	    "Newest revision of the figures of this epoch.",
	    metrics->feed_revision);
	ck_expo_instant(text,
	    "checkin_feed_push_last_success_timestamp_seconds",
	    "When figures last reached the collector.",
	    metrics->feed_push_last_success_ms);
}

static void
certificates(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	static const char name[] =
	    "checkin_certificate_expiry_timestamp_seconds";
	size_t i;

	ck_expo_family(text, name, CK_METRIC_GAUGE,
	    "When a certificate of the clinic's own expires.");
	for (i = 0; i < metrics->certificates_len; i++) {
		if (metrics->certificates[i].end_ms <= 0)
			continue;
		ck_expo_print(text, "%s{use=\"", name);
		ck_expo_label(text, metrics->certificates[i].use);
		ck_expo_print(text, "\"} ");
		ck_expo_seconds(text,
		    (uint64_t)metrics->certificates[i].end_ms);
		ck_expo_print(text, "\n");
	}
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static void
program(struct ck_exposition *text, const struct ck_metrics *metrics)
{
	ck_expo_family(text, "checkin_station", CK_METRIC_INFO,
	    "Which clinic counts, by its own configuration.");
	ck_expo_print(text, "checkin_station_info{facility=\"");
	ck_expo_label(text, or_empty(metrics->facility));
	ck_expo_print(text, "\",station=\"");
	ck_expo_label(text, or_empty(metrics->station));
	ck_expo_print(text, "\"} 1\n");
	ck_expo_family(text, "checkin_build", CK_METRIC_INFO, "The program.");
	ck_expo_print(text, "checkin_build_info{version=\"");
	ck_expo_label(text, or_empty(metrics->version));
	ck_expo_print(text, "\"} 1\n");
}

enum ck_err
ck_metrics_render(const struct ck_metrics *metrics,
    enum ck_metrics_format format, struct ck_buf *out)
{
	struct ck_exposition text = { out, format, CK_OK };

	lookups(&text, metrics);
	cards(&text, metrics);
	gateway(&text, metrics);
	queues(&text, metrics);
	readers(&text, metrics);
	machine(&text, metrics);
	certificates(&text, metrics);
	feed(&text, metrics);
	program(&text, metrics);

	return ck_expo_end(&text);
}
