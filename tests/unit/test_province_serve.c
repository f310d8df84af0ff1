/*
 * test_province_serve.c - checkin-province serve over a real socket: push,
 * report, clinics, metrics, and whose token opens what
 */
#include "site_world.h"

#include <semaphore.h>

/* What is pushed over HTTP is what the report, the clinics and the position
 * say. */
static void
a_push_is_counted_and_shown(void **state)
{
	json_t *json, *clinic;

	(void)state;
	assert_int_equal(push(&one, CLINIC, true), 200);
	json = answer_json();
	assert_int_equal(number(json, "revision"), 2);
	json_decref(json);
	assert_int_equal(push(&one, CLINIC, false), 200);

	assert_int_equal(ask("/v1/feeds?facility=84001&station=main&epoch="
	    FEED_EPOCH, CLINIC, NULL, false), 200);
	json = answer_json();
	assert_int_equal(number(json, "revision"), 2);
	json_decref(json);

	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-02&"
	    "internal=yes", OFFICE, NULL, false), 200);
	json = answer_json();
	clinic = json_object_get(json_object_get(json, "totals"), "cccd");
	assert_int_equal(number(clinic, "total"), 20);
	assert_int_equal(number(clinic, "covered"), 12);
	json_decref(json);

	assert_int_equal(ask("/v1/clinics", OFFICE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 3);
	clinic = json_array_get(json, 0);
	assert_string_equal(ck_json_text(clinic, "code"), "84001");
	assert_int_equal(number(clinic, "attempts"), 20);
	assert_int_equal(number(clinic, "confirmed"), 12);
	/* Upstairs has never sent anything. */
	assert_string_equal(ck_json_text(clinic, "state"), "late");
	assert_non_null(ck_json_text(clinic, "heard"));
	clinic = json_array_get(json, 1);
	assert_string_equal(ck_json_text(clinic, "state"), "silent");
	assert_true(json_is_null(json_object_get(clinic, "heard")));
	assert_string_equal(ck_json_text(clinic, "district"),
	    "Huyện Càng Long");
	assert_string_equal(ck_json_text(clinic, "manager"),
	    "Bệnh viện đa khoa Trà Vinh");
	json_decref(json);

	assert_int_equal(ask("/v1/clinics/84001", OFFICE, NULL, false), 200);
	json = answer_json();
	clinic = json_object_get(json, "reasons");
	assert_int_equal(json_array_size(clinic), 1);
	clinic = json_array_get(clinic, 0);
	assert_string_equal(ck_json_text(clinic, "reason"), "050");
	assert_string_equal(ck_json_text(clinic, "owner"), "insurer");
	assert_int_equal(number(clinic, "count"), 8);
	json_decref(json);
	assert_int_equal(ask("/v1/clinics/99999", OFFICE, NULL, false), 404);

	assert_int_equal(ask("/metrics", OFFICE, NULL, false), 200);
	assert_non_null(strstr((char *)w.answer.ptr, "way=\"push\""));
}

static json_t *
asked(const char *path, size_t size)
{
	json_t *json;

	if (ask(path, OFFICE, NULL, false) != 200)
		fail_msg("%s: %s", path, (char *)w.answer.ptr);
	json = answer_json();
	if (json_is_array(json))
		assert_int_equal(json_array_size(json), size);

	return json;
}

/* One clinic from all sides; NOW_MS is Monday, 2 March 2026, 17:00 there. */
static void
one_clinic_is_shown_whole(void **state)
{
	json_t *json, *item;

	(void)state;
	json = asked("/v1/clinics/84001?from=2026-03-02&to=2026-03-02", 0);
	assert_int_equal(number(json, "attempts"), 20);
	assert_string_equal(ck_json_text(json, "from"), "2026-03-02");
	assert_string_equal(ck_json_text(json, "calendar"), "1-7");
	item = json_object_get(json, "days");
	assert_int_equal(json_array_size(item), 1);
	item = json_array_get(item, 0);
	assert_string_equal(ck_json_text(item, "day"), "2026-03-02");
	assert_int_equal(number(item, "attempts"), 20);
	assert_int_equal(number(item, "confirmed"), 12);
	item = json_object_get(json, "stations");
	assert_int_equal(json_array_size(item), 2);
	item = json_array_get(item, 0);
	assert_string_equal(ck_json_text(item, "station"), "main");
	assert_int_equal(number(item, "revision"), 2);
	assert_false(json_is_true(json_object_get(item, "pulled")));
	assert_int_equal(json_array_size(json_object_get(json, "silences")),
	    0);
	json_decref(json);

	json = asked("/v1/clinics?from=2026-02-01&to=2026-02-28", 3);
	assert_int_equal(number(json_array_get(json, 0), "attempts"), 0);
	json_decref(json);
	json = asked("/v1/clinics/84001?from=2020-01-01&to=2026-03-02", 0);
	item = json_array_get(json_object_get(json, "days"), 0);
	assert_string_equal(ck_json_text(item, "day"), "2026-03");
	json_decref(json);
	/* Never heard, and open on Friday. */
	json = asked("/v1/clinics/84002", 0);
	item = json_object_get(json, "silences");
	assert_int_equal(json_array_size(item), 1);
	assert_true(json_is_null(json_object_get(json_array_get(item, 0),
	    "until")));
	json_decref(json);
}

/* What was not counted is told with its reason. */
static void
documents_say_why(void **state)
{
	static const struct feed early = {
		.revision = 2, .made_at = "2026-03-02T12:00:05Z"
	};
	static const struct feed forged = {
		.revision = 2, .key = 4, .named_key = 1
	};
	json_t *json, *item;

	(void)state;
	assert_int_equal(push(&early, CLINIC, false), 422);
	assert_int_equal(push(&forged, CLINIC, false), 422);
	json = asked("/v1/documents?verdict=quarantined", 1);
	item = json_array_get(json, 0);
	assert_string_equal(ck_json_text(item, "reason"), "clock");
	assert_string_equal(ck_json_text(item, "code"), "84001");
	assert_string_equal(ck_json_text(item, "way"), "push");
	assert_non_null(strstr(ck_json_text(item, "detail"), "ahead of ours"));
	json_decref(json);
	json = asked("/v1/documents?verdict=not_counted&clinic=84001", 2);
	assert_string_equal(ck_json_text(json_array_get(json, 0), "reason"),
	    "signature");
	json_decref(json);
	json_decref(asked("/v1/documents?verdict=accepted&limit=1", 1));
	json_decref(asked("/v1/documents?clinic=84002", 0));
	json = asked("/v1/clinics", 3);
	assert_int_equal(number(json_array_get(json, 0), "quarantined"), 1);
	assert_int_equal(number(json_array_get(json, 1), "quarantined"), 0);
	json_decref(json);
	assert_int_equal(ask("/v1/documents?clinic=99999", OFFICE, NULL,
	    false), 404);
}

/* A clinic's token opens its own feed and nothing else. */
static void
each_token_opens_its_own_door(void **state)
{
	(void)state;
	assert_int_equal(push(&one, OFFICE, false), 401);
	assert_int_equal(push(&foreign, CLINIC, false), 422);
	assert_int_equal(ask("/v1/feeds?facility=84002&station=main&epoch="
	    FEED_EPOCH, CLINIC, NULL, false), 403);
	assert_int_equal(ask("/v1/feeds?facility=84001", CLINIC, NULL,
	    false), 400);
	assert_int_equal(ask("/v1/clinics", CLINIC, NULL, false), 401);
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-02", "",
	    NULL, false), 401);
	assert_int_equal(ask("/metrics", "", NULL, false), 401);
	assert_int_equal(ask("/livez", "", NULL, false), 200);
	/* Taken away, it ends at once. */
	write_token("84001.main", "another-token-of-84001\n");
	assert_int_equal(push(&one, CLINIC, false), 401);
	write_token("84001.main", CLINIC "\n");
}

static void
a_file_has_its_name(void **state)
{
	(void)state;
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-31&"
	    "format=xlsx&language=en", OFFICE, NULL, false), 200);
	assert_memory_equal(w.answer.ptr, "PK\x03\x04", 4);
	assert_non_null(strstr(w.disposition,
	    "\"checkin-2026-03-01-2026-03-31.xlsx\""));
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-31&"
	    "format=csv", OFFICE, NULL, false), 200);
	assert_non_null(strstr(w.disposition, ".csv\""));
}

static void
refuses_what_is_no_report(void **state)
{
	static const char *const bad[] = {
		"/v1/report", "/v1/report?from=2026-03-01",
		"/v1/report?from=2026-03-02&to=2026-03-01",
		"/v1/report?from=2026-02-30&to=2026-03-01",
		"/v1/report?from=2026-03-01&to=2026-03-02&format=pdf",
		"/v1/report?from=2026-03-01&to=2026-03-02&language=fr",
		"/v1/report?from=2026-03-01&to=2026-03-02&internal=maybe",
		"/v1/report?from=1990-01-01&to=2026-03-02",
		"/v1/clinics?from=2026-03-02", "/v1/clinics?to=yesterday",
		"/v1/clinics?from=1990-01-01&to=1990-01-02",
		"/v1/clinics/84001?from=2026-03-02&to=2026-03-01",
		"/v1/documents?verdict=lost", "/v1/documents?limit=0",
		"/v1/documents?limit=1001", "/v1/documents?limit=+5",
		"/v1/documents?limit=5x"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ask(bad[i], OFFICE, NULL, false) != 400)
			fail_msg("%s: %s", bad[i], (char *)w.answer.ptr);
	}
}

/* --- Beside each other ---------------------------------------------------- */

static sem_t begun, enough;

static void
take_long(void *ctx, struct ck_ledger *ledger, struct ck_request *request)
{
	(void)ctx;
	(void)ledger;
	(void)request;
	(void)sem_post(&begun);
	while (sem_wait(&enough) != 0)
		;
}

/* A report of years keeps neither a push nor the page waiting. */
static void
a_long_report_is_waited_for_by_nobody(void **state)
{
	(void)state;
	assert_int_equal(sem_init(&begun, 0, 0), 0);
	assert_int_equal(sem_init(&enough, 0, 0), 0);
	ck_reader_ask(w.site.reports, NULL, take_long, NULL, NULL);
	while (sem_wait(&begun) != 0)
		;
	assert_int_equal(push(&one, CLINIC, false), 200);
	assert_int_equal(ask("/v1/clinics", OFFICE, NULL, false), 200);
	assert_int_equal(ask("/metrics", OFFICE, NULL, false), 200);
	(void)sem_post(&enough);
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-02",
	    OFFICE, NULL, false), 200);
}

/* --- The description ------------------------------------------------------ */

static bool
in_table(const char *method, const char *path)
{
	size_t count, i;
	const struct ck_route *routes = ck_province_routes(&count);

	for (i = 0; i < count; i++) {
		if (strcasecmp(routes[i].method, method) == 0 &&
		    strcmp(routes[i].pattern, path) == 0)
			return true;
	}

	return false;
}

/* Paths stand two blanks deep in the document, methods four. */
static void
the_openapi_document_matches_the_table(void **state)
{
	static const char *const methods[] = { "get", "post", "put",
	    "delete" };
	char line[256], path[128] = "", wanted[16];
	FILE *file = fopen("schema/province.openapi.yaml", "re");
	size_t described = 0, count, i;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "  /", 3) == 0)
			(void)snprintf(path, sizeof(path), "%.*s",
			    (int)strcspn(line + 2, ":"), line + 2);
		for (i = 0; i < 4; i++) {
			(void)snprintf(wanted, sizeof(wanted), "    %s:",
			    methods[i]);
			if (strcmp(line, wanted) != 0)
				continue;
			if (!in_table(methods[i], path))
				fail_msg("no route %s %s", methods[i], path);
			described++;
		}
	}
	(void)fclose(file);
	(void)ck_province_routes(&count);
	assert_int_equal(described, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_is_counted_and_shown),
		cmocka_unit_test(one_clinic_is_shown_whole),
		cmocka_unit_test(documents_say_why),
		cmocka_unit_test(a_long_report_is_waited_for_by_nobody),
		cmocka_unit_test(each_token_opens_its_own_door),
		cmocka_unit_test(a_file_has_its_name),
		cmocka_unit_test(the_openapi_document_matches_the_table),
		cmocka_unit_test(refuses_what_is_no_report),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
