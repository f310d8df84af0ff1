/*
 * test_province_monitor.c - the registry as targets, the ledger as metrics, on
 * SQLite and on PostgreSQL
 */
#include "ledger_fixture.h"

#include <jansson.h>

#include "ledger/day.h"
#include "province/file_sd.h"
#include "province/gather.h"

static struct pg_server server;

#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

/* Two stations, one of which pushes; one without a port; one that has closed;
 * one behind a path. */
static void
registry(struct fixture *f)
{
	struct feed_text text = { NULL, 0, 0 };
	char key[6][65];
	unsigned i;

	for (i = 1; i < 6; i++)
		feed_public(i, key[i]);
	feed_put(&text, "84001,2026-01-01,84001,\"Bệnh viện \"\"A\"\"\",tỉnh,,"
	    "Phường 7,Thành phố Trà Vinh,main,https://10.84.1.10:8484,%s,"
	    "1-7\n", key[1]);
	feed_put(&text, "84001,2026-01-01,,,,,,,tang-2,,%s,\n", key[3]);
	feed_put(&text, "84002,2026-01-01,84002,Bệnh viện Càng Long,huyện,"
	    "84001,Càng Long,,main,http://127.0.0.2,%s,1-5 07:00-17:00\n",
	    key[2]);
	feed_put(&text, "84003,2026-01-01,84003,Trạm đã đóng,xã,84001,Càng "
	    "Long,,main,https://10.84.3.10:8484,%s,closed\n", key[4]);
	feed_put(&text, "84004,2026-01-01,84004,Trạm Mẫu,xã,84001,Càng Long,,"
	    "main,https://[2001:db8::4]/checkin,%s,1-7\n", key[5]);
	fixture_import(f, text.text);
	free(text.text);
}

static const char *
label(const json_t *target, const char *name)
{
	return json_string_value(json_object_get(json_object_get(target,
	    "labels"), name));
}

static const char *
place(const json_t *target)
{
	const json_t *targets = json_object_get(target, "targets");

	assert_int_equal(json_array_size(targets), 1);

	return json_string_value(json_array_get(targets, 0));
}

static void
each_daemon_with_an_address_is_a_target(void **state)
{
	const struct ck_registry *clinics;
	struct ck_buf out = CK_BUF_INIT;
	struct fixture f;
	json_t *list, *target;
	size_t count;

	fixture_start(&f, *state);
	registry(&f);
	assert_int_equal(ck_ledger_registry(f.ledger, &clinics), CK_OK);
	assert_int_equal(ck_file_sd(clinics, ck_day_of_ms(f.now_ms), &out,
	    &count), CK_OK);
	list = json_loadb((const char *)out.ptr, out.len,
	    JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(count, 4);
	assert_int_equal(json_array_size(list), 4);
	target = json_array_get(list, 0);
	assert_string_equal(place(target), "10.84.1.10:8484");
	assert_string_equal(label(target, "__scheme__"), "https");
	assert_null(label(target, "__metrics_path__"));
	assert_string_equal(label(target, "province"), "84");
	assert_string_equal(label(target, "facility"), "84001");
	assert_string_equal(label(target, "clinic"), "84001");
	assert_string_equal(label(target, "station"), "main");
	assert_string_equal(label(target, "name"), "Bệnh viện \"A\"");
	assert_string_equal(label(target, "level"), "tỉnh");
	assert_string_equal(label(target, "commune"), "Phường 7");
	assert_string_equal(label(target, "district"), "Thành phố Trà Vinh");
	target = json_array_get(list, 1);
	assert_string_equal(place(target), "127.0.0.2:80");
	assert_null(label(target, "__scheme__"));
	assert_null(label(target, "district"));
	target = json_array_get(list, 3);
	assert_string_equal(place(target), "[2001:db8::4]:443");
	assert_string_equal(label(target, "__metrics_path__"),
	    "/checkin/metrics");
	json_decref(list);
	ck_buf_wipe(&out);
	fixture_end(&f);
}

static void
an_empty_registry_is_an_empty_list(void **state)
{
	const struct ck_registry *clinics;
	struct ck_buf out = CK_BUF_INIT;
	struct fixture f;
	size_t count;

	fixture_start(&f, *state);
	assert_int_equal(ck_ledger_registry(f.ledger, &clinics), CK_OK);
	assert_int_equal(ck_file_sd(clinics, ck_day_of_ms(f.now_ms), &out,
	    &count), CK_OK);
	assert_int_equal(count, 0);
	assert_int_equal(out.len, 3);
	assert_memory_equal(out.ptr, "[]\n", 3);
	ck_buf_wipe(&out);
	fixture_end(&f);
}

static const struct feed_row rows[] = {
	{ .count = 12, .revision = 7 },
};

static const struct feed_row rows_of_two[] = {
	{ .count = 5, .revision = 7 },
	{ .count = 2, .revision = 8, .hour = "2026-03-02T02:00:00Z" },
};

static void
assert_lines(struct fixture *f, const char *const *lines)
{
	struct ck_buf out = CK_BUF_INIT;

	assert_int_equal(ck_province_metrics_text(f->ledger, f->now_ms,
	    CK_METRICS_OPENMETRICS, &out), CK_OK);
	assert_int_equal(ck_buf_append(&out, ck_span_of("", 1)), CK_OK);
	for (; *lines != NULL; lines++) {
		const char *line = **lines == '!' ? *lines + 1 : *lines;
		bool there = strstr((const char *)out.ptr, line) != NULL;

		if (there != (**lines != '!'))
			fail_msg("%s\nin\n%s", *lines, (const char *)out.ptr);
	}
	ck_buf_wipe(&out);
}

static void
what_came_and_what_is_missing_is_told(void **state)
{
	static const struct feed one = {
		.revision = 7, .rows = rows, .row_count = 1
	}, two = {
		.facility = "84002", .revision = 8, .rows = rows_of_two,
		.row_count = 2, .key = 2
	}, stranger = {
		.facility = "84999", .revision = 7, .rows = rows,
		.row_count = 1
	};
	static const char *const before[] = {
		"\ncheckin_province_clinics_known 3\n",
		"\ncheckin_province_clinics_complete 0\n",
		"\ncheckin_province_clinics_silent 3\n",
		"{way=\"file\",verdict=\"accepted\"} 0\n",
		"{way=\"pull\",verdict=\"quarantined\"} 0\n",
		"!last_document_timestamp_seconds{",
		"!complete_until_timestamp_seconds{",
		"\ncheckin_province_ledger_rows 0\n",
		"checkin_province_pull_failures{facility=\"84001\","
		    "station=\"main\"} 0\n",
		"!checkin_province_pull_failures{facility=\"84001\","
		    "station=\"tang-2\"",
		"!84003", NULL
	};
	static const char *const after[] = {
		/* Of 84001 one station is missing: neither whole nor heard. */
		"\ncheckin_province_clinics_complete 1\n",
		"\ncheckin_province_clinics_silent 2\n",
		"{way=\"file\",verdict=\"accepted\"} 3\n",
		"{way=\"file\",verdict=\"refused\"} 1\n",
		"{way=\"push\",verdict=\"accepted\"} 0\n",
		"station_last_document_timestamp_seconds{facility=\"84001\","
		    "station=\"main\"} 1772445610.000\n",
		"!station_last_document_timestamp_seconds{facility=\"84004\"",
		"station_complete_until_timestamp_seconds{facility=\"84002\","
		    "station=\"main\"} 1772445600.000\n",
		"\ncheckin_province_ledger_rows 3\n", NULL
	};
	struct fixture f;

	fixture_start(&f, *state);
	registry(&f);
	assert_lines(&f, before);
	fixture_expect(&f, &one, CK_FEED_GOOD);
	fixture_expect(&f, &one, CK_FEED_GOOD);
	fixture_expect(&f, &two, CK_FEED_GOOD);
	fixture_expect(&f, &stranger, CK_FEED_UNKNOWN_CLINIC);
	assert_lines(&f, after);
	/* Midnight has passed, but Tuesday is not over yet, and 84002 closes
	 * at 17:00: nothing of Monday is missing. */
	f.now_ms += 24 * CK_HOUR_MS;
	assert_lines(&f, (const char *const[]){
		"\ncheckin_province_clinics_complete 1\n",
		"\ncheckin_province_clinics_silent 2\n", NULL });
	/* It is, and nothing came. */
	f.now_ms += 24 * CK_HOUR_MS;
	assert_lines(&f, (const char *const[]){
		"\ncheckin_province_clinics_complete 0\n",
		"\ncheckin_province_clinics_silent 3\n", NULL });
	fixture_end(&f);
}

static void
pulls_are_waited_for_asked_or_overdue(void **state)
{
	struct fixture f;

	fixture_start(&f, *state);
	registry(&f);
	/* NOW_MS is 1772445610000; ten minutes before, 1772445010000. */
	assert_int_equal(ck_sql_exec(ck_ledger_sql(f.ledger),
	    "UPDATE pull SET due_ms = 1772445009999, holder = 'a', lease_ms = "
	    "1772445610001, failures = 0, good_ms = 1772445000000 "
	    "WHERE facility = (SELECT number FROM facility WHERE id = "
	    "'84001');"
	    "UPDATE pull SET due_ms = 1772445009999, holder = 'b', lease_ms = "
	    "1772445009000, failures = 17 "
	    "WHERE facility = (SELECT number FROM facility WHERE id = "
	    "'84002');"
	    "UPDATE pull SET due_ms = 1772445010001, lease_ms = 0 "
	    "WHERE facility IN (SELECT number FROM facility WHERE id IN "
	    "('84003', '84004'));"), CK_OK);
	assert_lines(&f, (const char *const[]){
		"\ncheckin_province_pulls_leased 1\n",
		"\ncheckin_province_pulls_overdue 1\n",
		"checkin_province_pull_last_success_timestamp_seconds{"
		    "facility=\"84001\",station=\"main\"} 1772445000.000\n",
		"!pull_last_success_timestamp_seconds{facility=\"84002\"",
		"checkin_province_pull_failures{facility=\"84002\","
		    "station=\"main\"} 17\n", NULL });
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(each_daemon_with_an_address_is_a_target),
		{ "an_empty_registry_is_an_empty_list",
		    an_empty_registry_is_an_empty_list, NULL, NULL, NULL },
		ON_BOTH(what_came_and_what_is_missing_is_told),
		ON_BOTH(pulls_are_waited_for_asked_or_overdue),
	};
	int failed;

	if (!pg_make(&server)) {
		(void)fprintf(stderr, "no PostgreSQL server: see %s/log\n",
		    server.directory);
		return 1;
	}
	failed = cmocka_run_group_tests_name("province_monitor", tests, NULL,
	    NULL);
	pg_remove(&server);

	return failed;
}
