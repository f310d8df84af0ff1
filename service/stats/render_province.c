/*
 * render_province.c - the collector's state as metrics
 */
#include <inttypes.h>

#include "stats/render_province.h"

static void
clinics(struct ck_exposition *text, const struct ck_province_metrics *metrics)
{
	ck_expo_gauge(text, "checkin_province_clinics_known",
	    "Clinics in the registry that are not closed.",
	    metrics->clinics_known);
	ck_expo_gauge(text, "checkin_province_clinics_complete",
	    "Of these, those whose figures are whole up to last midnight.",
	    metrics->clinics_complete);
	ck_expo_gauge(text, "checkin_province_clinics_silent",
	    "Of these, those of which nothing came for a day.",
	    metrics->clinics_silent);
}

static void
documents(struct ck_exposition *text,
    const struct ck_province_metrics *metrics)
{
	size_t i;

	ck_expo_family(text, "checkin_province_documents", CK_METRIC_COUNTER,
	    "Feed documents by way and verdict.");
	for (i = 0; i < metrics->documents_len; i++) {
		const struct ck_province_documents *row =
		    &metrics->documents[i];

		ck_expo_print(text, "checkin_province_documents_total{way=\"");
		ck_expo_label(text, row->way);
		ck_expo_print(text, "\",verdict=\"");
		ck_expo_label(text, row->verdict);
		ck_expo_print(text, "\"} %" PRIu64 "\n", row->count);
	}
}

static void
labels(struct ck_exposition *text, const char *name,
    const struct ck_province_station *station)
{
	ck_expo_print(text, "%s{facility=\"", name);
	ck_expo_label(text, station->facility);
	ck_expo_print(text, "\",station=\"");
	ck_expo_label(text, station->station);
	ck_expo_print(text, "\"} ");
}

static void
moment(struct ck_exposition *text, const char *name,
    const struct ck_province_station *station, int64_t ms)
{
	if (ms <= 0)
		return;
	labels(text, name, station);
	ck_expo_seconds(text, (uint64_t)ms);
	ck_expo_print(text, "\n");
}

static void
stations(struct ck_exposition *text, const struct ck_province_metrics *metrics)
{
	static const char last[] =
	    "checkin_province_station_last_document_timestamp_seconds";
	static const char until[] =
	    "checkin_province_station_complete_until_timestamp_seconds";
	const struct ck_province_station *rows = metrics->stations;
	size_t i;

	ck_expo_family(text, last, CK_METRIC_GAUGE,
	    "When the station's last good document arrived.");
	for (i = 0; i < metrics->stations_len; i++)
		moment(text, last, &rows[i], rows[i].last_document_ms);
	ck_expo_family(text, until, CK_METRIC_GAUGE,
	    "Until when the station's figures are complete.");
	for (i = 0; i < metrics->stations_len; i++)
		moment(text, until, &rows[i], rows[i].complete_until_ms);
}

static void
pulls(struct ck_exposition *text, const struct ck_province_metrics *metrics)
{
	static const char last[] =
	    "checkin_province_pull_last_success_timestamp_seconds";
	static const char failures[] = "checkin_province_pull_failures";
	const struct ck_province_station *rows = metrics->stations;
	size_t i;

	ck_expo_gauge(text, "checkin_province_pulls_leased",
	    "Stations that a collector asks at this moment.",
	    metrics->pulls_leased);
	ck_expo_gauge(text, "checkin_province_pulls_overdue",
	    "Stations that should have been asked ten minutes ago.",
	    metrics->pulls_overdue);
	ck_expo_family(text, last, CK_METRIC_GAUGE,
	    "When the station was last asked and answered.");
	for (i = 0; i < metrics->stations_len; i++)
		moment(text, last, &rows[i], rows[i].last_pull_ms);
	ck_expo_family(text, failures, CK_METRIC_GAUGE,
	    "Failures in a row to ask the station.");
	for (i = 0; i < metrics->stations_len; i++) {
		if (!rows[i].pulled)
			continue;
		labels(text, failures, &rows[i]);
		ck_expo_print(text, "%" PRIu64 "\n", rows[i].pull_failures);
	}
}

static void
cases(struct ck_exposition *text, const struct ck_province_metrics *metrics)
{
	ck_expo_gauge(text, "checkin_province_correction_cases_pending",
	    "Correction cases that the office has not decided.",
	    metrics->cases_pending);
	ck_expo_instant(text,
	    "checkin_province_correction_cases_oldest_timestamp_seconds",
	    "When the oldest of them arrived.", metrics->cases_oldest_ms);
	ck_expo_counter(text, "checkin_province_correction_documents_refused",
	    "Documents of correction cases that were not taken.",
	    metrics->case_refusals);
}

enum ck_err
ck_province_metrics_render(const struct ck_province_metrics *metrics,
    enum ck_metrics_format format, struct ck_buf *out)
{
	struct ck_exposition text = { out, format, CK_OK };

	clinics(&text, metrics);
	documents(&text, metrics);
	stations(&text, metrics);
	pulls(&text, metrics);
	cases(&text, metrics);
	ck_expo_gauge(&text, "checkin_province_ledger_rows",
	    "Figures in the ledger.", metrics->ledger_rows);
	ck_expo_family(&text, "checkin_province_build", CK_METRIC_INFO,
	    "The program.");
	ck_expo_print(&text, "checkin_province_build_info{version=\"");
	ck_expo_label(&text, metrics->version == NULL ? "" :
	    metrics->version);
	ck_expo_print(&text, "\"} 1\n");

	return ck_expo_end(&text);
}
