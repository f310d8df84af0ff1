/*
 * test_render_province.c - the collector's metrics, byte for byte
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "stats/render_province.h"

static void
assert_rendered(const struct ck_province_metrics *metrics,
    enum ck_metrics_format format, const char *wanted)
{
	struct ck_buf out = CK_BUF_INIT;

	assert_int_equal(ck_province_metrics_render(metrics, format, &out),
	    CK_OK);
	assert_int_equal(ck_buf_append(&out, ck_span_of("", 1)), CK_OK);
	assert_string_equal((const char *)out.ptr, wanted);
	ck_buf_wipe(&out);
}

static const struct ck_province_documents documents[] = {
	{ "pull", "accepted", 12 }, { "push", "refused", 1 }
};

/* The second one pushes; the third has never been heard of. */
static const struct ck_province_station stations[] = {
	{ "84001", "main", 1795395600104, 1795395000000, true, 1795395600000,
	    0 },
	{ "84001", "tang-2", 1795395500000, 0, false, 0, 0 },
	{ "84002", "main", 0, 0, true, 0, 17 }
};

static const struct ck_province_metrics full = {
	.version = "1.2.3", .clinics_known = 108, .clinics_complete = 107,
	.clinics_silent = 1, .documents = documents, .documents_len = 2,
	.stations = stations, .stations_len = 3, .ledger_rows = 63136,
	.pulls_leased = 4, .pulls_overdue = 2, .cases_pending = 3,
	.cases_oldest_ms = 1795395600104, .case_refusals = 7
};

static void
all_of_it_as_openmetrics(void **state)
{
	(void)state;
	assert_rendered(&full, CK_METRICS_OPENMETRICS,
	    "# TYPE checkin_province_clinics_known gauge\n"
	    "# HELP checkin_province_clinics_known Clinics in the registry "
	    "that are not closed.\n"
	    "checkin_province_clinics_known 108\n"
	    "# TYPE checkin_province_clinics_complete gauge\n"
	    "# HELP checkin_province_clinics_complete Of these, those whose "
	    "figures are whole up to last midnight.\n"
	    "checkin_province_clinics_complete 107\n"
	    "# TYPE checkin_province_clinics_silent gauge\n"
	    "# HELP checkin_province_clinics_silent Of these, those of which "
	    "nothing came for a day.\n"
	    "checkin_province_clinics_silent 1\n"
	    "# TYPE checkin_province_documents counter\n"
	    "# HELP checkin_province_documents Feed documents by way and "
	    "verdict.\n"
	    "checkin_province_documents_total{way=\"pull\","
	    "verdict=\"accepted\"} 12\n"
	    "checkin_province_documents_total{way=\"push\","
	    "verdict=\"refused\"} 1\n"
	    "# TYPE checkin_province_station_last_document_timestamp_seconds "
	    "gauge\n"
	    "# UNIT checkin_province_station_last_document_timestamp_seconds "
	    "seconds\n"
	    "# HELP checkin_province_station_last_document_timestamp_seconds "
	    "When the station's last good document arrived.\n"
	    "checkin_province_station_last_document_timestamp_seconds"
	    "{facility=\"84001\",station=\"main\"} 1795395600.104\n"
	    "checkin_province_station_last_document_timestamp_seconds"
	    "{facility=\"84001\",station=\"tang-2\"} 1795395500.000\n"
	    "# TYPE checkin_province_station_complete_until_timestamp_seconds "
	    "gauge\n"
	    "# UNIT checkin_province_station_complete_until_timestamp_seconds "
	    "seconds\n"
	    "# HELP checkin_province_station_complete_until_timestamp_seconds "
	    "Until when the station's figures are complete.\n"
	    "checkin_province_station_complete_until_timestamp_seconds"
	    "{facility=\"84001\",station=\"main\"} 1795395000.000\n"
	    "# TYPE checkin_province_pulls_leased gauge\n"
	    "# HELP checkin_province_pulls_leased Stations that a collector "
	    "asks at this moment.\n"
	    "checkin_province_pulls_leased 4\n"
	    "# TYPE checkin_province_pulls_overdue gauge\n"
	    "# HELP checkin_province_pulls_overdue Stations that should have "
	    "been asked ten minutes ago.\n"
	    "checkin_province_pulls_overdue 2\n"
	    "# TYPE checkin_province_pull_last_success_timestamp_seconds "
	    "gauge\n"
	    "# UNIT checkin_province_pull_last_success_timestamp_seconds "
	    "seconds\n"
	    "# HELP checkin_province_pull_last_success_timestamp_seconds When "
	    "the station was last asked and answered.\n"
	    "checkin_province_pull_last_success_timestamp_seconds"
	    "{facility=\"84001\",station=\"main\"} 1795395600.000\n"
	    "# TYPE checkin_province_pull_failures gauge\n"
	    "# HELP checkin_province_pull_failures Failures in a row to ask "
	    "the station.\n"
	    "checkin_province_pull_failures{facility=\"84001\","
	    "station=\"main\"} 0\n"
	    "checkin_province_pull_failures{facility=\"84002\","
	    "station=\"main\"} 17\n"
	    "# TYPE checkin_province_correction_cases_pending gauge\n"
	    "# HELP checkin_province_correction_cases_pending Correction "
	    "cases that the office has not decided.\n"
	    "checkin_province_correction_cases_pending 3\n"
	    "# TYPE checkin_province_correction_cases_oldest_timestamp_seconds"
	    " gauge\n"
	    "# UNIT checkin_province_correction_cases_oldest_timestamp_seconds"
	    " seconds\n"
	    "# HELP checkin_province_correction_cases_oldest_timestamp_seconds"
	    " When the oldest of them arrived.\n"
	    "checkin_province_correction_cases_oldest_timestamp_seconds "
	    "1795395600.104\n"
	    "# TYPE checkin_province_correction_documents_refused counter\n"
	    "# HELP checkin_province_correction_documents_refused Documents "
	    "of correction cases that were not taken.\n"
	    "checkin_province_correction_documents_refused_total 7\n"
	    "# TYPE checkin_province_ledger_rows gauge\n"
	    "# HELP checkin_province_ledger_rows Figures in the ledger.\n"
	    "checkin_province_ledger_rows 63136\n"
	    "# TYPE checkin_province_build info\n"
	    "# HELP checkin_province_build The program.\n"
	    "checkin_province_build_info{version=\"1.2.3\"} 1\n"
	    "# EOF\n");
}

static void
the_text_format_has_no_unit_and_no_end(void **state)
{
	const struct ck_province_metrics none = { .ledger_rows = 0 };
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_province_metrics_render(&none, CK_METRICS_TEXT,
	    &out), CK_OK);
	assert_int_equal(ck_buf_append(&out, ck_span_of("", 1)), CK_OK);
	assert_null(strstr((const char *)out.ptr, "# UNIT"));
	assert_null(strstr((const char *)out.ptr, "# EOF"));
	assert_non_null(strstr((const char *)out.ptr,
	    "# TYPE checkin_province_documents_total counter\n"));
	assert_non_null(strstr((const char *)out.ptr,
	    "# TYPE checkin_province_build_info gauge\n"
	    "checkin_province_build_info{version=\"\"} 1\n"));
	assert_null(strstr((const char *)out.ptr, "{facility="));
	ck_buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_as_openmetrics),
		cmocka_unit_test(the_text_format_has_no_unit_and_no_end),
	};

	return cmocka_run_group_tests_name("render_province", tests, NULL,
	    NULL);
}
