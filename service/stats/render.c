/*
 * render.c - the daemon's state as OpenMetrics text
 *
 * A text is built by calls that keep the first failure, so that a family reads
 * like its lines.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stats/render.h"

/* Longest line without a label value from outside. */
#define LINE_MAX_LEN 256

struct text {
	struct ck_buf *out;
	enum ck_err err;
};

static void
append(struct text *text, struct ck_span more)
{
	if (text->err == CK_OK)
		text->err = ck_buf_append(text->out, more);
}

static void __attribute__((format(printf, 2, 3)))
print(struct text *text, const char *format, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(line))
		text->err = CK_ERR_LIMIT;
	else
		append(text, ck_span_of(line, (size_t)len));
}

static void
family(struct text *text, const char *name, const char *type,
    const char *help)
{
	size_t len = strlen(name);

	print(text, "# TYPE %s %s\n", name, type);
	if (len > 8 && strcmp(&name[len - 8], "_seconds") == 0)
		print(text, "# UNIT %s seconds\n", name);
	print(text, "# HELP %s %s\n", name, help);
}

/* OpenMetrics, escaped-string: backslash, quote and line feed. Control
 * characters of a device's name have no place in a label at all. */
static void
label_value(struct text *text, const char *value)
{
	const char *c;

	for (c = value; *c != '\0'; c++) {
		if (*c == '\\' || *c == '"')
			print(text, "\\%c", *c);
		else if (*c == '\n')
			print(text, "\\n");
		else if ((unsigned char)*c >= 0x20 && *c != 0x7f)
			append(text, ck_span_of(c, 1));
	}
}

static void
gauge(struct text *text, const char *name, const char *help, uint64_t value)
{
	family(text, name, "gauge", help);
	print(text, "%s %" PRIu64 "\n", name, value);
}

/* Milliseconds as seconds, exactly: no floating point on the way. */
static void
seconds(struct text *text, uint64_t ms)
{
	print(text, "%" PRIu64 ".%03u", ms / 1000, (unsigned)(ms % 1000));
}

static void
instant(struct text *text, const char *name, const char *help, int64_t ms)
{
	family(text, name, "gauge", help);
	if (ms <= 0)
		return;
	print(text, "%s ", name);
	seconds(text, (uint64_t)ms);
	print(text, "\n");
}

static void
counter(struct text *text, const char *name, const char *help, uint64_t value)
{
	family(text, name, "counter", help);
	print(text, "%s_total %" PRIu64 "\n", name, value);
}

static void
results(struct text *text, const char *name, const char *help,
    const struct ck_metric_count *counts, size_t len)
{
	size_t i;

	family(text, name, "counter", help);
	for (i = 0; i < len; i++) {
		print(text, "%s_total{result=\"", name);
		label_value(text, counts[i].label);
		print(text, "\"} %" PRIu64 "\n", counts[i].count);
	}
}

/* le in its canonical form: 0.005, 0.25, 1.0. */
static void
bucket(struct text *text, const char *name, size_t i, uint64_t count)
{
	int64_t bound = ck_latency_bound(i);

	print(text, "%s_bucket{le=\"", name);
	if (bound < 0)
		print(text, "+Inf");
	else if (bound % 1000 == 0)
		print(text, "%" PRId64 ".0", bound / 1000);
	else
		print(text, "%g", (double)bound / 1000);
	print(text, "\"} %" PRIu64 "\n", count);
}

static void
histogram(struct text *text, const char *name, const char *help,
    const struct ck_histogram *values)
{
	uint64_t count = 0;
	size_t i;

	family(text, name, "histogram", help);
	for (i = 0; i < CK_LATENCY_BUCKETS; i++) {
		count += values->buckets[i];
		bucket(text, name, i, count);
	}
	print(text, "%s_count %" PRIu64 "\n", name, count);
	print(text, "%s_sum ", name);
	seconds(text, values->sum_ms);
	print(text, "\n");
}

static void
lookups(struct text *text, const struct ck_metrics *metrics)
{
	size_t i;

	family(text, "checkin_lookups", "counter",
	    "Closed lookups; they survive a restart.");
	for (i = 0; i < metrics->lookups_len; i++) {
		const struct ck_metric_lookups *row = &metrics->lookups[i];

		print(text, "checkin_lookups_total{kind=\"%s\",outcome=\"%s\","
		    "source=\"%s\",captured=\"%s\"} %" PRIu64 "\n",
		    ck_kind_label(row->kind), ck_outcome_label(row->outcome),
		    ck_source_label(row->source),
		    ck_captured_label(row->captured), row->count);
	}
	histogram(text, "checkin_lookup_duration_seconds",
	    "From opening a lookup until its first answer was shown.",
	    &metrics->lookup_duration);
}

static void
cards(struct text *text, const struct ck_metrics *metrics)
{
	results(text, "checkin_card_reads", "Reads of a chip by result.",
	    metrics->card_reads, metrics->card_reads_len);
	histogram(text, "checkin_card_read_duration_seconds",
	    "From the first command to a chip to the last.",
	    &metrics->card_read_duration);
	results(text, "checkin_passive_authentication",
	    "Signatures of chips by result.", metrics->passive,
	    metrics->passive_len);
}

static void
gateway(struct text *text, const struct ck_metrics *metrics)
{
	family(text, "checkin_gateway_up", "gauge",
	    "1 when the last request to the gateway was answered.");
	if (metrics->gateway_up >= 0)
		print(text, "checkin_gateway_up %d\n", metrics->gateway_up);
	results(text, "checkin_gateway_requests",
	    "Requests to the gateway by result.", metrics->gateway_requests,
	    metrics->gateway_requests_len);
	family(text, "checkin_gateway_breaker", "gauge",
	    "0 the gateway is asked, 1 it is left alone, 2 one call tries.");
	print(text, "checkin_gateway_breaker{function=\"lookup\"} %d\n",
	    metrics->gateway_breaker_lookup);
	print(text, "checkin_gateway_breaker{function=\"login\"} %d\n",
	    metrics->gateway_breaker_login);
	instant(text, "checkin_gateway_last_success_timestamp_seconds",
	    "When the gateway last answered.",
	    metrics->gateway_last_success_ms);
}

static void
queues(struct text *text, const struct ck_metrics *metrics)
{
	gauge(text, "checkin_cache_entries",
	    "People with an answer in the cache.", metrics->cache_entries);
	gauge(text, "checkin_recheck_queue_length",
	    "Lookups to be asked again when the line returns.",
	    metrics->recheck_queue_length);
	counter(text, "checkin_recheck_changed",
	    "Re-checks that changed an answer.", metrics->recheck_changed);
	gauge(text, "checkin_outbox_pending",
	    "Check-in records not yet taken by the gateway.",
	    metrics->outbox_pending);
	instant(text, "checkin_outbox_oldest_timestamp_seconds",
	    "When the oldest of them was made.", metrics->outbox_oldest_ms);
}

static void
readers(struct text *text, const struct ck_metrics *metrics)
{
	size_t i;

	family(text, "checkin_reader_connected", "gauge",
	    "1 for each reader that is there.");
	for (i = 0; i < metrics->readers_len; i++) {
		print(text, "checkin_reader_connected{reader=\"");
		label_value(text, metrics->readers[i].name);
		print(text, "\"} %d\n",
		    metrics->readers[i].connected ? 1 : 0);
	}
	family(text, "checkin_reader_resets", "counter",
	    "Readers reset after a card that never answered.");
	for (i = 0; i < metrics->readers_len; i++) {
		print(text, "checkin_reader_resets_total{reader=\"");
		label_value(text, metrics->readers[i].name);
		print(text, "\"} %llu\n",
		    (unsigned long long)metrics->readers[i].resets);
	}
}

enum ck_err
ck_metrics_render(const struct ck_metrics *metrics, struct ck_buf *out)
{
	struct text text = { out, CK_OK };

	lookups(&text, metrics);
	cards(&text, metrics);
	gateway(&text, metrics);
	queues(&text, metrics);
	readers(&text, metrics);
	instant(&text, "checkin_trust_expiry_timestamp_seconds",
	    "When the first issuer of our cards expires.", metrics->trust_expiry_ms);
	family(&text, "checkin_build", "info", "The program.");
	print(&text, "checkin_build_info{version=\"");
	label_value(&text, metrics->version == NULL ? "" : metrics->version);
	print(&text, "\"} 1\n# EOF\n");

	return text.err;
}
