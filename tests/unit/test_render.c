/*
 * test_render.c - the metrics in both formats, byte for byte, and histograms
 */
#include "store_day.h"

#include "stats/render.h"

static char *
rendered_as(const struct ck_metrics *metrics, enum ck_metrics_format format)
{
	struct ck_buf out = CK_BUF_INIT;
	char *text;

	assert_int_equal(ck_metrics_render(metrics, format, &out), CK_OK);
	text = strndup((const char *)out.ptr, out.len);
	assert_non_null(text);
	assert_int_equal(strlen(text), out.len);
	ck_buf_wipe(&out);

	return text;
}

static char *
rendered(const struct ck_metrics *metrics)
{
	return rendered_as(metrics, CK_METRICS_OPENMETRICS);
}

static void
assert_line(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (at == NULL || (at != text && at[-1] != '\n'))
		fail_msg("no line: %s", line);
}

static void
each_family_has_its_name_and_labels(void **state)
{
	static const struct ck_metric_count reads[] = {
		{ "ok", 7 }, { "card_gone", 2 }
	};
	static const struct ck_metric_reader readers[] = {
		{ "A \"B\"\\\n\x1b[31m", true, 3 }, { "PN532", false, 0 }
	};
	struct ck_metrics *m = calloc(1, sizeof(*m));
	char *text;

	(void)state;
	assert_non_null(m);
	m->version = "1.2.3";
	m->lookups[0] = (struct ck_metric_lookups){ CK_KIND_DESK,
	    CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, CK_CAPTURED_CHIP, 41612 };
	m->lookups_len = 1;
	ck_histogram_add(&m->lookup_duration, 5);
	ck_histogram_add(&m->lookup_duration, 6);
	ck_histogram_add(&m->lookup_duration, 15001);
	ck_histogram_add(&m->lookup_duration, -1);
	m->card_reads = m->passive = m->gateway_requests = reads;
	m->card_reads_len = m->passive_len = m->gateway_requests_len = 2;
	m->gateway_last_success_ms = 1795395600104;
	m->cases_pending = 2;
	m->cases_oldest_ms = 1795395600104;
	m->cases_refused = 1;
	m->gateway_breaker_lookup = 1;
	m->gateway_breaker_login = 2;
	m->readers = readers;
	m->readers_len = 2;
	m->gateway_up = -1;
	text = rendered(m);
	assert_null(strstr(text, "\ncheckin_gateway_up "));
	free(text);
	m->gateway_up = 1;
	text = rendered(m);
	assert_line(text, "# TYPE checkin_lookups counter\n");
	assert_line(text, "checkin_lookups_total{kind=\"desk\","
	    "outcome=\"covered\",source=\"gateway\",captured=\"chip\"} "
	    "41612\n");
	assert_line(text, "# TYPE checkin_lookup_duration_seconds "
	    "histogram\n# UNIT checkin_lookup_duration_seconds seconds\n");
	assert_line(text,
	    "checkin_lookup_duration_seconds_bucket{le=\"0.005\"} 1\n"
	    "checkin_lookup_duration_seconds_bucket{le=\"0.01\"} 2\n");
	assert_line(text,
	    "checkin_lookup_duration_seconds_bucket{le=\"15.0\"} 2\n"
	    "checkin_lookup_duration_seconds_bucket{le=\"+Inf\"} 3\n"
	    "checkin_lookup_duration_seconds_count 3\n"
	    "checkin_lookup_duration_seconds_sum 15.012\n");
	assert_line(text, "checkin_card_reads_total{result=\"ok\"} 7\n");
	assert_line(text,
	    "checkin_passive_authentication_total{result=\"card_gone\"} 2\n");
	assert_line(text, "checkin_gateway_requests_total{result=\"ok\"} 7\n");
	assert_line(text, "checkin_gateway_up 1\n");
	assert_line(text, "checkin_gateway_breaker{function=\"lookup\"} 1\n");
	assert_line(text, "checkin_gateway_breaker{function=\"login\"} 2\n");
	assert_line(text, "checkin_gateway_last_success_timestamp_seconds "
	    "1795395600.104\n");
	assert_line(text, "checkin_card_read_duration_seconds_count 0\n");
	assert_line(text, "checkin_cache_entries 0\n");
	assert_line(text, "checkin_recheck_queue_length 0\n");
	assert_line(text, "checkin_recheck_changed_total 0\n");
	assert_line(text, "checkin_outbox_pending 0\n");
	assert_null(strstr(text,
	    "\ncheckin_outbox_oldest_timestamp_seconds "));
	assert_line(text, "checkin_correction_cases_pending 2\n");
	assert_line(text, "checkin_correction_cases_oldest_timestamp_seconds "
	    "1795395600.104\n");
	assert_line(text, "checkin_correction_cases_refused 1\n");
	assert_line(text, "checkin_reader_connected{reader="
	    "\"A \\\"B\\\"\\\\\\n[31m\"} 1\n");
	assert_line(text, "checkin_reader_connected{reader=\"PN532\"} 0\n");
	assert_line(text, "checkin_reader_resets_total{reader=\"PN532\"} 0\n");
	assert_non_null(strstr(text, "[31m\"} 3\n"));
	assert_line(text, "# TYPE checkin_trust_expiry_timestamp_seconds "
	    "gauge\n");
	assert_line(text, "checkin_build_info{version=\"1.2.3\"} 1\n# EOF\n");
	assert_string_equal(&text[strlen(text) - 6], "# EOF\n");
	free(text);
	free(m);
}

/* design.md, section 6, and what came later: name and type of each. */
static void
every_family_is_there_with_type_and_help(void **state)
{
	static const char *const families[][2] = {
		{ "checkin_lookups", "counter" },
		{ "checkin_lookup_duration_seconds", "histogram" },
		{ "checkin_card_reads", "counter" },
		{ "checkin_card_read_duration_seconds", "histogram" },
		{ "checkin_passive_authentication", "counter" },
		{ "checkin_gateway_up", "gauge" },
		{ "checkin_gateway_requests", "counter" },
		{ "checkin_gateway_last_success_timestamp_seconds", "gauge" },
		{ "checkin_cache_entries", "gauge" },
		{ "checkin_recheck_queue_length", "gauge" },
		{ "checkin_recheck_changed", "counter" },
		{ "checkin_outbox_pending", "gauge" },
		{ "checkin_outbox_oldest_timestamp_seconds", "gauge" },
		{ "checkin_correction_cases_pending", "gauge" },
		{ "checkin_correction_cases_oldest_timestamp_seconds",
		    "gauge" },
		{ "checkin_correction_cases_refused", "gauge" },
		{ "checkin_reader_connected", "gauge" },
		{ "checkin_trust_expiry_timestamp_seconds", "gauge" },
		{ "checkin_build", "info" },
		{ "checkin_certificate_expiry_timestamp_seconds", "gauge" },
		{ "checkin_gateway_breaker", "gauge" },
		{ "checkin_reader_resets", "counter" },
		{ "checkin_ready", "gauge" },
		{ "checkin_feed_revision", "gauge" },
		{ "checkin_feed_push_last_success_timestamp_seconds",
		    "gauge" },
		{ "checkin_state_free_bytes", "gauge" },
		{ "checkin_state_size_bytes", "gauge" },
		{ "checkin_clock_timestamp_seconds", "gauge" },
		{ "checkin_station", "info" },
	};
	const size_t count = sizeof(families) / sizeof(families[0]);
	struct ck_metrics *m = calloc(1, sizeof(*m));
	char *text, line[128];
	const char *at;
	size_t i, found = 0;

	(void)state;
	assert_non_null(m);
	m->state_size = 1;
	text = rendered(m);
	for (i = 0; i < count; i++) {
		(void)snprintf(line, sizeof(line), "# TYPE %s %s\n",
		    families[i][0], families[i][1]);
		assert_line(text, line);
		(void)snprintf(line, sizeof(line), "# HELP %s ",
		    families[i][0]);
		assert_line(text, line);
	}
	for (at = text; (at = strstr(at, "# TYPE ")) != NULL; at++)
		found++;
	assert_int_equal(found, count);
	free(text);
	free(m);
}

static void
the_text_format_names_families_after_their_samples(void **state)
{
	static const struct ck_metric_count reads[] = { { "ok", 7 } };
	static const struct ck_metric_certificate certificates[] = {
		{ "gateway_client", 0 }, { "signature", 1795395600000 }
	};
	struct ck_metrics *m = calloc(1, sizeof(*m));
	char *text;

	(void)state;
	assert_non_null(m);
	m->card_reads = reads;
	m->card_reads_len = 1;
	m->certificates = certificates;
	m->certificates_len = 2;
	m->version = "1.2.3";
	m->facility = "84001";
	m->station = "main";
	m->store_ready = true;
	m->now_ms = 1795395600104;
	text = rendered_as(m, CK_METRICS_TEXT);
	assert_line(text, "# HELP checkin_card_reads_total Reads of a chip by "
	    "result.\n# TYPE checkin_card_reads_total counter\n"
	    "checkin_card_reads_total{result=\"ok\"} 7\n");
	assert_line(text, "# TYPE checkin_lookup_duration_seconds "
	    "histogram\ncheckin_lookup_duration_seconds_bucket{");
	assert_line(text, "# TYPE checkin_build_info gauge\n"
	    "checkin_build_info{version=\"1.2.3\"} 1\n");
	assert_line(text, "checkin_station_info{facility=\"84001\","
	    "station=\"main\"} 1\n");
	assert_line(text, "checkin_ready{part=\"store\"} 1\n"
	    "checkin_ready{part=\"reader_service\"} 0\n");
	assert_line(text, "checkin_clock_timestamp_seconds 1795395600.104\n");
	assert_line(text, "checkin_certificate_expiry_timestamp_seconds{"
	    "use=\"signature\"} 1795395600.000\n");
	assert_null(strstr(text, "gateway_client"));
	assert_null(strstr(text, "# UNIT"));
	assert_null(strstr(text, "# EOF"));
	/* A disk that is not known has no size of zero. */
	assert_null(strstr(text, "checkin_state_"));
	free(text);
	free(m);
}

static void
what_a_desk_can_be_told_is_there_as_zero(void **state)
{
	struct fixture *f = *state;
	struct ck_metrics *m = calloc(1, sizeof(*m));
	struct ck_db *db;
	char *text;

	assert_non_null(m);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_metrics_load(db, m), CK_OK);
	ck_db_close(&db);
	assert_int_equal(m->lookups_len, (4 * 3 + 2) * 4);
	text = rendered(m);
	assert_line(text, "checkin_lookups_total{kind=\"desk\","
	    "outcome=\"covered\",source=\"gateway\",captured=\"chip\"} 0\n");
	assert_line(text, "checkin_lookups_total{kind=\"desk\","
	    "outcome=\"unavailable\",source=\"none\",captured=\"qr\"} 0\n");
	assert_null(strstr(text, "outcome=\"none\""));
	assert_null(strstr(text, "outcome=\"covered\",source=\"none\""));
	free(text);
	free(m);
}

static void
counters_survive_a_restart(void **state)
{
	struct fixture *f = *state;
	struct ck_metrics *m = calloc(1, sizeof(*m));
	struct ck_db *db;
	char *text;

	assert_non_null(m);
	day_play(f);
	ck_store_close(&f->store);
	fixture_open(f);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_metrics_load(db, m), CK_OK);
	ck_db_close(&db);
	text = rendered(m);
	assert_line(text, "checkin_lookups_total{kind=\"desk\","
	    "outcome=\"covered\",source=\"gateway\",captured=\"qr\"} 1\n");
	assert_line(text, "checkin_lookups_total{kind=\"recheck\","
	    "outcome=\"covered\",source=\"gateway\",captured=\"typed\"} 1\n");
	assert_line(text,
	    "checkin_lookup_duration_seconds_bucket{le=\"0.005\"} 1\n");
	assert_line(text, "checkin_lookup_duration_seconds_count 12\n"
	    "checkin_lookup_duration_seconds_sum 3.303\n");
	free(text);
	free(m);
}

static void
a_latency_falls_into_the_bucket_that_holds_it(void **state)
{
	(void)state;
	assert_int_equal(ck_latency_bucket(0), 0);
	assert_int_equal(ck_latency_bucket(5), 0);
	assert_int_equal(ck_latency_bucket(6), 1);
	assert_int_equal(ck_latency_bucket(15000), 11);
	assert_int_equal(ck_latency_bucket(INT64_MAX), 12);
	assert_int_equal(ck_latency_bound(0), 5);
	assert_int_equal(ck_latency_bound(11), 15000);
	assert_int_equal(ck_latency_bound(12), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_family_has_its_name_and_labels),
		cmocka_unit_test(every_family_is_there_with_type_and_help),
		cmocka_unit_test(
		    the_text_format_names_families_after_their_samples),
		cmocka_unit_test_setup_teardown(
		    what_a_desk_can_be_told_is_there_as_zero, fixture_setup,
		    fixture_teardown),
		cmocka_unit_test_setup_teardown(counters_survive_a_restart,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test(
		    a_latency_falls_into_the_bucket_that_holds_it),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
