/*
 * exposition.h - families of metrics as text, in either format (pure)
 *
 * In the flow:  render.c (one clinic), province.c (the collector) ->
 *               [exposition] -> /metrics, the textfile
 * Source:       OpenMetrics 1.0 (openmetrics.io); Prometheus text format 0.0.4
 *               (prometheus.io/docs/instrumenting/exposition_formats)
 *
 * A family is named without the ending of its samples: "checkin_lookups" is
 * the counter whose samples are checkin_lookups_total. The formats differ in
 * what stands above the samples, and in the last line; samples are the same.
 *
 * Calls keep the first failure, so that a family reads like its lines: see err
 * once, after ck_expo_end().
 */
#ifndef SERVICE_STATS_EXPOSITION_H
#define SERVICE_STATS_EXPOSITION_H

#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "stats/histogram.h"

enum ck_metrics_format {
	CK_METRICS_OPENMETRICS,		/* what the contract promises */
	CK_METRICS_TEXT			/* 0.0.4: older scrapers, textfile */
};

enum ck_metric_type {
	CK_METRIC_COUNTER,		/* samples end in _total */
	CK_METRIC_GAUGE,
	CK_METRIC_HISTOGRAM,
	CK_METRIC_INFO			/* samples end in _info */
};

struct ck_exposition {
	struct ck_buf *out;		/* borrowed; appended to */
	enum ck_metrics_format format;
	enum ck_err err;		/* start with CK_OK */
};

/* A counter under one label whose value is a static string. */
struct ck_metric_count {
	const char *label;
	uint64_t count;
};

/* The Content-Type of a format. Static string. */
const char *ck_expo_type(enum ck_metrics_format format);

/* Begin a family. name and help are static; help holds no line feed and no
 * backslash. A name that ends in _seconds or _bytes has that unit. */
void ck_expo_family(struct ck_exposition *text, const char *name,
    enum ck_metric_type type, const char *help);

/* Append a piece of a sample: at most 255 bytes. */
void ck_expo_print(struct ck_exposition *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Append the value of a label, which may be any text: escaped, and without
 * control characters, which have no place in the name of a device. */
void ck_expo_label(struct ck_exposition *text, const char *value);

/* Append milliseconds as seconds, exactly: no floating point on the way. */
void ck_expo_seconds(struct ck_exposition *text, uint64_t ms);

/* Whole families of one sample without labels. */
void ck_expo_gauge(struct ck_exposition *text, const char *name,
    const char *help, uint64_t value);
void ck_expo_counter(struct ck_exposition *text, const char *name,
    const char *help, uint64_t value);

/* A gauge of seconds since 1970; ms 0 or less: none, and no sample. */
void ck_expo_instant(struct ck_exposition *text, const char *name,
    const char *help, int64_t ms);

/* A counter of samples {result="…"}, one for each count. */
void ck_expo_results(struct ck_exposition *text, const char *name,
    const char *help, const struct ck_metric_count *counts, size_t len);

/* A histogram of seconds. */
void ck_expo_histogram(struct ck_exposition *text, const char *name,
    const char *help, const struct ck_histogram *values);

/* Write the last line, where the format has one. Returns CK_OK, CK_ERR_NOMEM
 * or CK_ERR_LIMIT (a piece was too long: our bug). */
CK_MUST_CHECK enum ck_err ck_expo_end(struct ck_exposition *text);

#endif /* SERVICE_STATS_EXPOSITION_H */
