/*
 * test_province_accounts.c - who may see some clinics only, over a real socket
 */
#include "site_world.h"

/* Both clinics have sent, and one of them in the other's name. */
static int
start_filled(void **state)
{
	int failed = start(state);

	assert_int_equal(push(&one, CLINIC, false), 200);
	assert_int_equal(push(&foreign, CLINIC, false), 422);

	return failed;
}

/* Nothing of the answer is of the clinic that the account does not see. */
static void
tells_nothing_of_others(const char *path)
{
	static const char *const others[] = {
		"84004", "Trạm Kín", "Đôn Xuân", "Trà Cú", "7777", "7.777",
		"060", "7839", "7828"
	};
	const char *text = (const char *)w.answer.ptr;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (memmem(w.answer.ptr, w.answer.len, others[i],
		    strlen(others[i])) != NULL)
			fail_msg("%s tells %s: %.500s", path, others[i],
			    text);
	}
}

/* The path of a route as somebody would ask who is curious. */
static void
make_path(const struct ck_route *route, const char *code, char out[256])
{
	const char *brace = strchr(route->pattern, '{');

	if (brace == NULL)
		(void)snprintf(out, 256, "%s?from=2026-03-01&to=2026-03-02&"
		    "internal=yes&facility=84004&station=main&epoch=x&"
		    "clinic=%s", route->pattern, code);
	else
		(void)snprintf(out, 256, "%.*s%s%s", (int)(brace -
		    route->pattern), route->pattern, code,
		    strchr(brace, '}') + 1);
}

/* Whatever routes there are and will be: none shows an account what is not its
 * own, and what is for everybody is only what ships with the program. */
static void
no_route_shows_an_account_others(void **state)
{
	static const char *const accounts[] = { ONE, CENTRE };
	size_t count, i, j;
	const struct ck_route *routes = ck_province_routes(&count);
	char path[256];

	(void)state;
	assert_int_equal(push(&careful, CAREFUL, false), 200);
	assert_int_equal(push(&secret, SECRET, false), 200);
	assert_int_equal(push(&secret_early, SECRET, false), 422);
	for (i = 0; i < count; i++) {
		for (j = 0; j < 2; j++) {
			if (strcmp(routes[i].method, "GET") != 0)
				continue;
			make_path(&routes[i], "84004", path);
			(void)ask(path, accounts[j], NULL, false);
			tells_nothing_of_others(path);
			make_path(&routes[i], "", path);
			(void)ask(path, accounts[j], NULL, false);
			tells_nothing_of_others(path);
		}
	}
	/* The test would notice: the office is shown it. */
	assert_int_equal(ask("/v1/clinics", OFFICE, NULL, false), 200);
	assert_non_null(strstr((char *)w.answer.ptr, "84004"));
}

static void
an_account_sees_its_own(void **state)
{
	static const char *const forms[] = { "text", "json", "csv", "html" };
	json_t *json, *sums;
	char path[160];
	size_t i;

	(void)state;
	assert_int_equal(ask("/v1/clinics", ONE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 1);
	assert_string_equal(ck_json_text(json_array_get(json, 0), "code"),
	    "84002");
	json_decref(json);
	assert_int_equal(ask("/v1/clinics", CENTRE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 2);
	json_decref(json);
	assert_int_equal(ask("/v1/clinics/84002", ONE, NULL, false), 200);
	assert_int_equal(ask("/v1/clinics/84001", ONE, NULL, false), 404);
	assert_int_equal(ask("/v1/clinics/84001", CENTRE, NULL, false), 200);
	assert_int_equal(ask("/v1/documents?clinic=84004", CENTRE, NULL,
	    false), 404);
	assert_int_equal(ask("/v1/documents", ONE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 2);
	json_decref(json);
	/* Who pushed it in another's name is not told. */
	assert_non_null(strstr((char *)w.answer.ptr, "wrong_clinic"));
	assert_null(strstr((char *)w.answer.ptr, "84001"));

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		(void)snprintf(path, sizeof(path), "/v1/report?internal=yes&"
		    "from=2026-03-01&to=2026-03-02&format=%s", forms[i]);
		assert_int_equal(ask(path, ONE, NULL, false), 200);
		assert_non_null(strstr((char *)w.answer.ptr, "31"));
		tells_nothing_of_others(path);
	}
	assert_int_equal(ask("/v1/report?internal=yes&from=2026-03-01&"
	    "to=2026-03-02", ONE, NULL, false), 200);
	json = answer_json();
	sums = json_object_get(json_object_get(json, "totals"), "cccd");
	assert_int_equal(number(sums, "total"), 31);
	assert_int_equal(number(json_object_get(json, "complete"),
	    "expected"), 1);
	assert_int_equal(json_array_size(json_object_get(json_object_get(
	    json, "groups"), "day")), 1);
	json_decref(json);
}

/* An account opens nothing that tells of all, and pushes nothing. */
static void
an_account_is_no_office(void **state)
{
	(void)state;
	assert_int_equal(ask("/metrics", ONE, NULL, false), 403);
	assert_int_equal(push(&careful, ONE, false), 401);
	assert_int_equal(ask("/v1/clinics", NOTHING, NULL, false), 401);
	assert_int_equal(ask("/v1/clinics", "no-such-token-at-all", NULL,
	    false), 401);
	/* Taken away, it ends at once; another is known a second later. */
	write_secret(w.accounts_directory, "one", "another-token-of-one\n");
	assert_int_equal(ask("/v1/clinics", ONE, NULL, false), 401);
	assert_int_equal(ask("/v1/clinics", "another-token-of-one", NULL,
	    false), 401);
	atomic_fetch_add(&ahead_ms, 1000);
	assert_int_equal(ask("/v1/clinics", "another-token-of-one", NULL,
	    false), 200);
	write_secret(w.accounts_directory, "one", ONE "\n");
	atomic_fetch_add(&ahead_ms, 1000);
	assert_int_equal(ask("/v1/clinics", ONE, NULL, false), 200);
}

static void
a_file_of_accounts_is_exact(void **state)
{
	static const char *const bad[] = {
		"clinics = 84002\n", "[one\n", "[a b]\nclinics = 84002\n",
		"[one]\n[one]\n", "[one]\nrights = all\n",
		"[one]\nclinics = 1\nclinics = 2\n"
	};
	struct ck_accounts *accounts;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_secret(w.ledger.directory, "bad.ini", bad[i]);
		(void)snprintf(w.accounts_file, sizeof(w.accounts_file),
		    "%s/bad.ini", w.ledger.directory);
		if (ck_accounts_load(&accounts, w.accounts_file, "",
		    &test_clock) != CK_ERR_CONFIG)
			fail_msg("taken: %s", bad[i]);
		assert_null(accounts);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_route_shows_an_account_others),
		cmocka_unit_test(an_account_sees_its_own),
		cmocka_unit_test(an_account_is_no_office),
		cmocka_unit_test(a_file_of_accounts_is_exact),
	};

	return cmocka_run_group_tests(tests, start_filled, stop);
}
