/*
 * exposition.c - families of metrics as text
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "stats/exposition.h"

/* Longest piece without a label value from outside. */
#define PIECE_MAX_LEN 256

static void
append(struct ck_exposition *text, struct ck_span more)
{
	if (text->err == CK_OK)
		text->err = ck_buf_append(text->out, more);
}

void
ck_expo_print(struct ck_exposition *text, const char *format, ...)
{
	char piece[PIECE_MAX_LEN];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(piece))
		text->err = CK_ERR_LIMIT;
	else
		append(text, ck_span_of(piece, (size_t)len));
}

const char *
ck_expo_type(enum ck_metrics_format format)
{
	return format == CK_METRICS_TEXT ?
	    "text/plain; version=0.0.4; charset=utf-8" :
	    "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(&name[len - end_len], end) == 0;
}

/* OpenMetrics, MetricFamily: the family's name has no ending of samples. */
static void
open_family(struct ck_exposition *text, const char *name, const char *type,
    const char *help)
{
	ck_expo_print(text, "# TYPE %s %s\n", name, type);
	if (ends_in(name, "_seconds"))
		ck_expo_print(text, "# UNIT %s seconds\n", name);
	else if (ends_in(name, "_bytes"))
		ck_expo_print(text, "# UNIT %s bytes\n", name);
	ck_expo_print(text, "# HELP %s %s\n", name, help);
}

/* Text format: the family's name is that of its samples, and there is no type
 * info. */
static void
text_family(struct ck_exposition *text, const char *name,
    enum ck_metric_type type, const char *type_name, const char *help)
{
	const char *ending = type == CK_METRIC_COUNTER ? "_total" :
	    type == CK_METRIC_INFO ? "_info" : "";

	ck_expo_print(text, "# HELP %s%s %s\n", name, ending, help);
	ck_expo_print(text, "# TYPE %s%s %s\n", name, ending,
	    type == CK_METRIC_INFO ? "gauge" : type_name);
}

void
ck_expo_family(struct ck_exposition *text, const char *name,
    enum ck_metric_type type, const char *help)
{
	static const char *const types[] = {
		"counter", "gauge", "histogram", "info"
	};

	if (text->format == CK_METRICS_TEXT)
		text_family(text, name, type, types[type], help);
	else
		open_family(text, name, types[type], help);
}

/* Both formats: backslash, quote and line feed are escaped. */
void
ck_expo_label(struct ck_exposition *text, const char *value)
{
	const char *c;

	for (c = value; *c != '\0'; c++) {
		if (*c == '\\' || *c == '"')
			ck_expo_print(text, "\\%c", *c);
		else if (*c == '\n')
			ck_expo_print(text, "\\n");
		else if ((unsigned char)*c >= 0x20 && *c != 0x7f)
			append(text, ck_span_of(c, 1));
	}
}

void
ck_expo_gauge(struct ck_exposition *text, const char *name,
    const char *help, uint64_t value)
{
	ck_expo_family(text, name, CK_METRIC_GAUGE, help);
	ck_expo_print(text, "%s %" PRIu64 "\n", name, value);
}

void
ck_expo_seconds(struct ck_exposition *text, uint64_t ms)
{
	ck_expo_print(text, "%" PRIu64 ".%03u", ms / 1000,
	    (unsigned)(ms % 1000));
}

void
ck_expo_instant(struct ck_exposition *text, const char *name,
    const char *help, int64_t ms)
{
	ck_expo_family(text, name, CK_METRIC_GAUGE, help);
	if (ms <= 0)
		return;
	ck_expo_print(text, "%s ", name);
	ck_expo_seconds(text, (uint64_t)ms);
	ck_expo_print(text, "\n");
}

void
ck_expo_counter(struct ck_exposition *text, const char *name,
    const char *help, uint64_t value)
{
	ck_expo_family(text, name, CK_METRIC_COUNTER, help);
	ck_expo_print(text, "%s_total %" PRIu64 "\n", name, value);
}

void
ck_expo_results(struct ck_exposition *text, const char *name,
    const char *help, const struct ck_metric_count *counts, size_t len)
{
	size_t i;

	ck_expo_family(text, name, CK_METRIC_COUNTER, help);
	for (i = 0; i < len; i++) {
		ck_expo_print(text, "%s_total{result=\"", name);
		ck_expo_label(text, counts[i].label);
		ck_expo_print(text, "\"} %" PRIu64 "\n",
		    counts[i].count);
	}
}

/* le in its canonical form: 0.005, 0.25, 1.0. */
static void
bucket(struct ck_exposition *text, const char *name, size_t i, uint64_t count)
{
	int64_t bound = ck_latency_bound(i);

	ck_expo_print(text, "%s_bucket{le=\"", name);
	if (bound < 0)
		ck_expo_print(text, "+Inf");
	else if (bound % 1000 == 0)
		ck_expo_print(text, "%" PRId64 ".0", bound / 1000);
	else
		ck_expo_print(text, "%g", (double)bound / 1000);
	ck_expo_print(text, "\"} %" PRIu64 "\n", count);
}

void
ck_expo_histogram(struct ck_exposition *text, const char *name,
    const char *help, const struct ck_histogram *values)
{
	uint64_t count = 0;
	size_t i;

	ck_expo_family(text, name, CK_METRIC_HISTOGRAM, help);
	for (i = 0; i < CK_LATENCY_BUCKETS; i++) {
		count += values->buckets[i];
		bucket(text, name, i, count);
	}
	ck_expo_print(text, "%s_count %" PRIu64 "\n", name, count);
	ck_expo_print(text, "%s_sum ", name);
	ck_expo_seconds(text, values->sum_ms);
	ck_expo_print(text, "\n");
}

enum ck_err
ck_expo_end(struct ck_exposition *text)
{
	if (text->format == CK_METRICS_OPENMETRICS)
		ck_expo_print(text, "# EOF\n");

	return text->err;
}
