/*
 * gather.c - the ledger's state for /metrics
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/version.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/opening.h"
#include "province/gather.h"
#include "stats/render_province.h"

/* Ways and verdicts, each from 1 on. */
#define WAYS 3
#define VERDICTS 3

/* A station and the clinic that it counts for. */
struct place {
	int64_t facility;
	size_t clinic;		/* of the registry */
};

struct gathered {
	struct ck_province_metrics metrics;
	struct ck_province_documents documents[WAYS * VERDICTS];
	struct ck_province_station *stations;
	struct place *places;		/* of stations, same order */
	size_t count;
	const struct ck_clinic *clinics;
	size_t clinic_count;
	const struct ck_closed_days *closed;
	int64_t now_ms;
};

/* --- Whom we expect ------------------------------------------------------- */

static void
add_stations(struct gathered *all, size_t index, int64_t today)
{
	const struct ck_clinic *clinic = &all->clinics[index];
	const struct ck_clinic_version *now = ck_clinic_on(clinic, today);
	size_t i;

	if (ck_clinic_is_closed(clinic, today))
		return;
	all->metrics.clinics_known++;
	for (i = 0; i < clinic->daemon_count; i++) {
		const struct ck_clinic_daemon *daemon = &clinic->daemons[i];

		if (ck_clinic_daemon_on(clinic, daemon->station, today) !=
		    daemon)
			continue;
		all->places[all->count] = (struct place){ clinic->number,
		    index };
		all->stations[all->count++] = (struct ck_province_station){
			.facility = now->code, .station = daemon->station,
			.pulled = daemon->address[0] != '\0'
		};
	}
}

static enum ck_err
gather_registry(struct gathered *all, struct ck_ledger *ledger)
{
	const struct ck_registry *registry;
	size_t i, daemons = 0;
	enum ck_err err;

	if ((err = ck_ledger_registry(ledger, &registry)) != CK_OK)
		return err;
	all->clinics = ck_registry_clinics(registry, &all->clinic_count);
	for (i = 0; i < all->clinic_count; i++)
		daemons += all->clinics[i].daemon_count;
	all->stations = calloc(daemons + 1, sizeof(*all->stations));
	all->places = calloc(daemons + 1, sizeof(*all->places));
	if (all->stations == NULL || all->places == NULL)
		return CK_ERR_NOMEM;
	for (i = 0; i < all->clinic_count; i++)
		add_stations(all, i, ck_day_of_ms(all->now_ms));

	return CK_OK;
}

/* --- What came ------------------------------------------------------------ */

static struct ck_province_station *
find(struct gathered *all, int64_t facility, const char *station)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (all->places[i].facility == facility &&
		    strcmp(all->stations[i].station, station) == 0)
			return &all->stations[i];
	}

	return NULL;
}

static enum ck_err
take_stream(void *ctx, const struct ck_stream *stream)
{
	struct ck_province_station *station = find(ctx, stream->facility,
	    stream->station);

	if (station == NULL)
		return CK_OK;
	if (stream->received_ms > station->last_document_ms)
		station->last_document_ms = stream->received_ms;
	if (stream->latest)
		station->complete_until_ms = stream->complete_ms;

	return CK_OK;
}

static enum ck_err
take_pull(void *ctx, const struct ck_pull_row *pull)
{
	struct ck_province_station *station = find(ctx, pull->facility,
	    pull->station);

	if (station == NULL)
		return CK_OK;
	station->last_pull_ms = pull->good_ms;
	station->pull_failures = (uint64_t)pull->failures;

	return CK_OK;
}

/* By its calendar, as on the page. */
static bool
is_silent(const struct gathered *all, size_t station)
{
	return ck_clinic_silent_from(
	    &all->clinics[all->places[station].clinic], all->closed,
	    all->stations[station].last_document_ms, all->now_ms) != 0;
}

static bool
is_complete(const struct gathered *all, size_t station, int64_t midnight)
{
	return ck_clinic_reach(&all->clinics[all->places[station].clinic],
	    all->closed, all->stations[station].complete_until_ms,
	    midnight) >= midnight;
}

/* A clinic is as silent, and as incomplete, as the worst of its stations. */
static void
count_clinics(struct gathered *all)
{
	int64_t midnight = ck_day_first_hour(ck_day_of_ms(all->now_ms)) *
	    CK_HOUR_MS;
	size_t i, j;

	for (i = 0; i < all->count; i = j) {
		bool complete = true, silent = false;

		for (j = i; j < all->count && all->places[j].clinic ==
		    all->places[i].clinic; j++) {
			complete &= is_complete(all, j, midnight);
			silent |= is_silent(all, j);
		}
		all->metrics.clinics_complete += complete;
		all->metrics.clinics_silent += silent;
	}
}

/* Each way and verdict from the first day on, as 0: Prometheus counts
 * differences. */
static enum ck_err
gather_documents(struct gathered *all, struct ck_sql *sql)
{
	static const char text[] = "SELECT way, verdict, CAST(sum(times) AS "
	    "BIGINT) FROM document GROUP BY way, verdict";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	size_t i;
	bool row;

	for (i = 0; i < WAYS * VERDICTS; i++)
		all->documents[i] = (struct ck_province_documents){
			ck_way_label((enum ck_way)(i / VERDICTS + 1)),
			ck_verdict_label((enum ck_verdict)(i % VERDICTS + 1)),
			0
		};
	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		int64_t way = ck_sql_take_int(&stmt);
		int64_t verdict = ck_sql_take_int(&stmt);

		if (way >= 1 && way <= WAYS && verdict >= 1 &&
		    verdict <= VERDICTS)
			all->documents[(way - 1) * VERDICTS + verdict -
			    1].count = (uint64_t)ck_sql_take_int(&stmt);
	}
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
gather_leases(struct gathered *all, struct ck_sql *sql)
{
	static const char text[] =
	    "SELECT count(CASE WHEN lease_ms >= $1 THEN 1 END), count(CASE "
	    "WHEN lease_ms < $2 AND due_ms < $3 THEN 1 END) FROM pull";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, all->now_ms);
	ck_sql_bind_int(&stmt, all->now_ms);
	ck_sql_bind_int(&stmt, all->now_ms - CK_OVERDUE_MS);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		all->metrics.pulls_leased = (uint64_t)ck_sql_take_int(&stmt);
		all->metrics.pulls_overdue = (uint64_t)ck_sql_take_int(&stmt);
	}
	ck_sql_end(&stmt);

	return err;
}

/* State 1: the office has received it, and said no more (document.h). */
static enum ck_err
gather_cases(struct gathered *all, struct ck_sql *sql)
{
	static const char text[] =
	    "SELECT count(*), coalesce(min(received_ms), 0) "
	    "FROM correction_case WHERE state = 1";
	static const char refused[] =
	    "SELECT CAST(coalesce(sum(times), 0) AS BIGINT) "
	    "FROM correction_refused";
	struct ck_sql_stmt stmt;
	int64_t refusals;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		all->metrics.cases_pending = (uint64_t)ck_sql_take_int(&stmt);
		all->metrics.cases_oldest_ms = ck_sql_take_int(&stmt);
	}
	ck_sql_end(&stmt);
	if (err == CK_OK && (err = ck_sql_int(sql, refused, &refusals)) ==
	    CK_OK)
		all->metrics.case_refusals = (uint64_t)refusals;

	return err;
}

static enum ck_err
gather(struct gathered *all, struct ck_ledger *ledger)
{
	struct ck_sql *sql = ck_ledger_sql(ledger);
	int64_t rows = 0;
	enum ck_err err;

	if ((err = gather_registry(all, ledger)) != CK_OK ||
	    (err = ck_streams_read(ledger, take_stream, all)) != CK_OK ||
	    (err = ck_pulls_read(ledger, take_pull, all)) != CK_OK ||
	    (err = gather_documents(all, sql)) != CK_OK ||
	    (err = gather_leases(all, sql)) != CK_OK ||
	    (err = gather_cases(all, sql)) != CK_OK ||
	    (err = ck_sql_int(sql, "SELECT count(*) FROM figure",
	    &rows)) != CK_OK)
		return err;
	count_clinics(all);
	all->metrics.ledger_rows = (uint64_t)rows;
	all->metrics.version = CK_VERSION;
	all->metrics.documents = all->documents;
	all->metrics.documents_len = WAYS * VERDICTS;
	all->metrics.stations = all->stations;
	all->metrics.stations_len = all->count;

	return CK_OK;
}

enum ck_err
ck_province_metrics_text(struct ck_ledger *ledger, int64_t now_ms,
    enum ck_metrics_format format, struct ck_buf *out)
{
	struct gathered all = {
		.closed = ck_ledger_closed_days(ledger), .now_ms = now_ms
	};
	enum ck_err err;

	if ((err = gather(&all, ledger)) == CK_OK)
		err = ck_province_metrics_render(&all.metrics, format, out);
	free(all.stations);
	free(all.places);

	return err;
}
