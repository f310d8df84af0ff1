/*
 * stats.c - does a month's statistics cost more as a clinic grows older?
 *
 * Two clinics with 300,000 lookups a year: one has begun a year ago, one ten
 * years. Their figures are counted by the store's own code; then months of the
 * last year are asked for, as GET /v1/stats does, in turn of both, by every
 * word and in every series. Prints one JSON object.
 *
 * usage: bench-stats DIRECTORY [questions]
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "io/db.h"
#include "stats/count.h"
#include "stats/query.h"
#include "stats/stats.h"
#include "stats/tally.h"
#include "store/store.h"
#include "support/client.h"

#define LAST_YEAR 2026

/* 300 days a year, from 7 to 17 o'clock, 100 lookups an hour. */
#define DAYS_A_MONTH 25
#define FIRST_HOUR 7
#define HOURS_A_DAY 10
#define LOOKUPS_AN_HOUR 100

struct clinic {
	unsigned years;
	struct ck_db *db;
	struct ck_tally *tally;
	int64_t lookups, number;
	uint32_t *answer_us;
	size_t answers;
};

static uint32_t random_state = 1;

static void
need(enum ck_err err, const char *what)
{
	if (err == CK_OK)
		return;
	(void)fprintf(stderr, "bench-stats: %s: %s\n", what,
	    ck_err_text(err));
	exit(1);
}

/* 0 … below - 1. */
static uint32_t
draw(uint32_t below)
{
	random_state = random_state * 1664525U + 1013904223U;

	return (random_state >> 8) % below;
}

/* Of a hundred: most are as usual, a few are rare. */
static int64_t
draw_outcome(void)
{
	uint32_t percent = draw(100);

	if (percent < 88)
		return CK_OUTCOME_COVERED;
	if (percent < 92)
		return CK_OUTCOME_NOT_COVERED;
	if (percent < 95)
		return CK_OUTCOME_MISMATCH;

	return percent < 98 ? CK_OUTCOME_NOT_FOUND : CK_OUTCOME_UNAVAILABLE;
}

static struct ck_counts
draw_lookup(struct clinic *clinic, int64_t opened_ms, int64_t date)
{
	bool chip = draw(10) < 7;
	int64_t outcome = draw_outcome();

	return (struct ck_counts){
		.lookup = ++clinic->lookups, .opened_ms = opened_ms,
		.visit_date = date, .clinic = clinic->number,
		.kind = draw(100) < 97 ? CK_KIND_DESK : CK_KIND_INTEGRATION,
		.presented = draw(10) < 9 ? CK_PRESENTED_CCCD :
		    CK_PRESENTED_BHYT_PAPER,
		.captured = chip ? CK_CAPTURED_CHIP : CK_CAPTURED_QR,
		.assurance = chip ? CK_ASSURANCE_CHIP_VERIFIED :
		    CK_ASSURANCE_PRINTED,
		.first_key = CK_KEY_ID_NUMBER, .first_outcome = outcome,
		.first_source = CK_SOURCE_GATEWAY, .first_reason = outcome,
		.resolved_by = CK_KEY_ID_NUMBER, .outcome = outcome,
		.source = CK_SOURCE_GATEWAY, .reason = outcome,
		.owner = outcome == CK_OUTCOME_COVERED ? CK_OWNER_NONE :
		    CK_OWNER_PATIENT,
		.desk = 10 + draw(2), .latency_ms = 50 + draw(2000)
	};
}

/* One call each, as most lookups make. */
static struct ck_figure
figure_of_call(const struct ck_counts *lookup)
{
	const struct ck_call_counts call = {
		.started_ms = lookup->opened_ms, .clinic = lookup->clinic,
		.kind = lookup->kind, .captured = lookup->captured,
		.key = lookup->first_key, .outcome = lookup->outcome,
		.code = lookup->reason, .desk = lookup->desk,
		.duration_ms = lookup->latency_ms
	};

	return ck_count_call(&call);
}

static void
count_lookup(struct clinic *clinic, int64_t opened_ms, int64_t date)
{
	const struct ck_counts lookup = draw_lookup(clinic, opened_ms, date);
	const struct ck_figure figures[] = {
		ck_count_lookup(&lookup), ck_count_visit(&lookup, &lookup),
		ck_count_cccd(&lookup), figure_of_call(&lookup)
	};
	size_t i;

	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		need(ck_tally_add(clinic->tally, &figures[i], 1,
		    i == 0 || i == 3 ? lookup.latency_ms : -1), "count");
}

static void
count_day(struct clinic *clinic, int64_t date)
{
	int64_t hour = ck_count_first_hour(date) + FIRST_HOUR;
	unsigned i, k;

	for (i = 0; i < HOURS_A_DAY; i++) {
		for (k = 0; k < LOOKUPS_AN_HOUR; k++)
			count_lookup(clinic, (hour + i) * 3600000 + k, date);
		need(ck_tally_write(clinic->tally), "write");
	}
}

static void
count_month(struct clinic *clinic, int64_t year, int64_t month)
{
	int64_t day;

	need(ck_db_begin(clinic->db), "begin");
	for (day = 1; day <= DAYS_A_MONTH; day++)
		count_day(clinic, year * 10000 + month * 100 + day);
	need(ck_db_commit(clinic->db), "commit");
	ck_tally_committed(clinic->tally);
}

static void
make_words(struct clinic *clinic)
{
	static const char words[] =
	    "INSERT OR IGNORE INTO label (number, label) VALUES (1, '000'), "
	    "(2, '110'), (3, '070'), (4, '050'), (5, 'line'), (10, 'ban-1'), "
	    "(11, 'ban-2');";

	need(ck_db_exec(clinic->db, words), "words");
	need(ck_db_int(clinic->db,
	    "SELECT number FROM clinic WHERE present = 1", &clinic->number),
	    "clinic");
}

/* The store makes the database; its figures are written without it. */
static void
make_clinic(struct clinic *clinic, const char *directory)
{
	char path[4096], file[4200];
	struct ck_store_options options = { path, "84001", "main",
	    ck_clock_system() };
	struct ck_store *store;
	int64_t year, month;

	(void)snprintf(path, sizeof(path), "%s/%u", directory, clinic->years);
	(void)snprintf(file, sizeof(file), "%s/checkin.db", path);
	need(ck_store_open(&store, &options), path);
	ck_store_close(&store);
	need(ck_db_open(&clinic->db, file, CK_DB_READ_WRITE), file);
	make_words(clinic);
	need(ck_tally_new(&clinic->tally, clinic->db), "tally");
	for (year = LAST_YEAR - clinic->years + 1; year <= LAST_YEAR; year++) {
		for (month = 1; month <= 12; month++)
			count_month(clinic, year, month);
		(void)fprintf(stderr, "  %u: %" PRId64 "\n", clinic->years,
		    year);
	}
	ck_tally_free(&clinic->tally);
	ck_db_close(&clinic->db);
	need(ck_db_open(&clinic->db, file, CK_DB_READ_ONLY), "reader");
}

static struct ck_stats_query
draw_question(void)
{
	static const char *const series[] = {
		"lookups", "visits", "cccd", "calls"
	};
	uint8_t month = (uint8_t)(1 + draw(12));
	char from[16], to[16];
	const char *arguments[4] = { from, to };
	struct ck_stats_query query;
	const char *problem = "";

	(void)snprintf(from, sizeof(from), "%d-%02u-01", LAST_YEAR, month);
	(void)snprintf(to, sizeof(to), "%d-%02u-28", LAST_YEAR, month);
	do {
		arguments[CK_STATS_SERIES] = series[draw(4)];
		arguments[CK_STATS_BY] =
		    ck_by_label((enum ck_by)draw(CK_BY_COUNT));
	} while (ck_stats_parse(arguments, (struct ck_date){ 0 }, &query,
	    &problem) != CK_OK);

	return query;
}

static void
ask(struct clinic *clinic, const struct ck_stats_query *query)
{
	int64_t begin = bench_now_ns();
	json_t *json;
	char *text;

	need(ck_stats_json(clinic->db, query, 1, &json), "stats");
	text = json_dumps(json, JSON_COMPACT);
	if (text == NULL || json_integer_value(json_object_get(json,
	    "total")) < DAYS_A_MONTH * HOURS_A_DAY * 10)
		need(CK_ERR_STORE_CORRUPT, "there are no figures");
	free(text);
	json_decref(json);
	clinic->answer_us[clinic->answers++] =
	    (uint32_t)((bench_now_ns() - begin) / 1000);
}

int
main(int argc, char **argv)
{
	struct clinic young = { .years = 1 }, old = { .years = 10 };
	size_t questions, i;
	uint32_t young_p99, old_p99;

	if (argc < 2)
		return 2;
	questions = argc > 2 ? strtoul(argv[2], NULL, 10) : 500;
	if (questions < 100 || questions > 100000)
		return 2;
	young.answer_us = calloc(questions, sizeof(uint32_t));
	old.answer_us = calloc(questions, sizeof(uint32_t));
	if (young.answer_us == NULL || old.answer_us == NULL)
		bench_failed("calloc");
	if (mkdir(argv[1], 0700) != 0)
		bench_failed(argv[1]);
	make_clinic(&young, argv[1]);
	make_clinic(&old, argv[1]);
	for (i = 0; i < questions; i++) {
		const struct ck_stats_query query = draw_question();

		ask(&young, &query);
		ask(&old, &query);
	}
	young_p99 = bench_percentile(young.answer_us, questions, 99);
	old_p99 = bench_percentile(old.answer_us, questions, 99);
	(void)printf("{\"lookups\": %" PRId64 ", \"young_p99_us\": %" PRIu32
	    ", \"old_p99_us\": %" PRIu32 ", \"young_p50_us\": %" PRIu32
	    ", \"old_p50_us\": %" PRIu32 "}\n", old.lookups, young_p99,
	    old_p99, young.answer_us[questions / 2],
	    old.answer_us[questions / 2]);
	ck_db_close(&young.db);
	ck_db_close(&old.db);

	return 0;
}
