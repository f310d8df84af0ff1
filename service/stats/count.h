/*
 * count.h - how a closed lookup becomes figures (pure)
 *
 * docs/definitions.md states in words what these functions do. They see the
 * numbers of words, never a person; service/store knows which lookups belong
 * to one visit and calls them.
 */
#ifndef SERVICE_STATS_COUNT_H
#define SERVICE_STATS_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/figure.h"

/* What is counted of one lookup, as numbers. */
struct ck_counts {
	int64_t lookup;		/* number of its row */
	int64_t opened_ms;	/* wall clock */
	int64_t visit_date;	/* YYYYMMDD */
	int64_t clinic;
	int64_t kind, presented, captured, assurance;
	int64_t first_key, first_outcome, first_source, first_reason;
	int64_t resolved_by, outcome, source, reason, owner, desk;
	int64_t latency_ms;	/* -1: never shown */
};

/* One call to the gateway, as numbers. */
struct ck_call_counts {
	int64_t started_ms;
	int64_t clinic;
	int64_t kind, captured, key, outcome, code, desk;
	int64_t duration_ms;
};

/* May a lookup of this kind begin a visit? Re-checks and appointments not:
 * nobody stands there. */
bool ck_count_begins_visit(int64_t kind);

/* May it decide a visit's final outcome? Those that begin one, re-checks. */
bool ck_count_decides_visit(int64_t kind);

/* Is it an attempt of the series cccd: the 12-digit number asked first, from a
 * CCCD, CC or VNeID, at a moment that can begin a visit? */
bool ck_count_is_cccd(const struct ck_counts *lookup);

/* True when a was opened before b; equal instants go by row number. */
bool ck_count_before(const struct ck_counts *a, const struct ck_counts *b);

/*
 * True when a decides a visit's final outcome rather than b: an answer beats
 * "unavailable", else the later one.
 */
bool ck_count_decides(const struct ck_counts *a, const struct ck_counts *b);

/* The row of figures of a lookup: at the hour it was opened. */
struct ck_figure ck_count_lookup(const struct ck_counts *lookup);

/* The row of a visit: as it began with first, and ended with final. It stands
 * on the visit date: at the hour of first if that is the same day, else at
 * that date's first hour. */
struct ck_figure
ck_count_visit(const struct ck_counts *first, const struct ck_counts *final);

/* The row of a visit's first cccd attempt: outcome, source and reason are those
 * of its first key. On the visit date, as ck_count_visit(). */
struct ck_figure ck_count_cccd(const struct ck_counts *attempt);

/* The row of a call, at the hour it was started. */
struct ck_figure ck_count_call(const struct ck_call_counts *call);

/* The first hour, since 1970 UTC, of a local date YYYYMMDD. */
int64_t ck_count_first_hour(int64_t date);

#endif /* SERVICE_STATS_COUNT_H */
