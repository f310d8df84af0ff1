/*
 * test_guard.c - Host, Origin, token and path, each in good and hostile forms
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/guard.h"
#include "http/route.h"

static const struct ck_guard local = {
	.listen = "127.0.0.1", .port = 8484,
	.allowed_hosts = " reception.example  kiosk.example:9000 ",
	.token = ""
};

static const struct ck_guard open_to_all = {
	.listen = "0.0.0.0", .port = 8484, .allowed_hosts = "",
	.token = "correct-horse-battery"
};

static void
own_and_allowed_hosts_are_known(void **state)
{
	static const char *const good[] = {
		"127.0.0.1:8484", "localhost:8484", "LOCALHOST:8484",
		"127.0.0.1", "localhost",
		"reception.example", "Reception.Example:443",
		"reception.example:8484", "kiosk.example:9000"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!ck_guard_host(&local, good[i]))
			fail_msg("refused: %s", good[i]);
	}
}

static void
other_hosts_are_refused(void **state)
{
	static const char *const bad[] = {
		"", ":8484", "evil.example:8484", "evil.example",
		"127.0.0.1:80", "127.0.0.1:8485", "127.0.0.1:08484x",
		"127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999999999999999999",
		"127.0.0.1.evil.example:8484", "localhost.evil.example:8484",
		"kiosk.example", "kiosk.example:8484", "10.0.0.1:8484",
		"[::1]:8484", "[::1", "[]:8484", "reception.example evil",
		"user@localhost:8484", "localhost:8484:8484"
	};
	size_t i;

	(void)state;
	assert_false(ck_guard_host(&local, NULL));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ck_guard_host(&local, bad[i]))
			fail_msg("admitted: %s", bad[i]);
	}
}

static void
a_numeric_host_is_ours_where_we_listen_on_all(void **state)
{
	(void)state;
	assert_true(ck_guard_host(&open_to_all, "192.168.1.10:8484"));
	assert_true(ck_guard_host(&open_to_all, "[fe80::1]:8484"));
	assert_false(ck_guard_host(&open_to_all, "192.168.1.10:80"));
	assert_false(ck_guard_host(&open_to_all, "evil.example:8484"));
	assert_false(ck_guard_host(&open_to_all, "192.168.1.10x:8484"));
}

static void
only_the_own_origin_is_admitted(void **state)
{
	static const char host[] = "127.0.0.1:8484";

	(void)state;
	assert_true(ck_guard_origin(NULL, host));
	assert_true(ck_guard_origin("http://127.0.0.1:8484", host));
	assert_true(ck_guard_origin("https://desk.example", "desk.example"));
	assert_false(ck_guard_origin("null", host));
	assert_false(ck_guard_origin("", host));
	assert_false(ck_guard_origin("http://127.0.0.1", host));
	assert_false(ck_guard_origin("http://127.0.0.1:8484.evil", host));
	assert_false(ck_guard_origin("http://127.0.0.1:84840", host));
	assert_false(ck_guard_origin("file://127.0.0.1:8484", host));
}

/* The base64 texts were made with base64(1), not with OpenSSL. */
static void
the_token_is_taken_as_bearer_or_password(void **state)
{
	(void)state;
	assert_true(ck_guard_token(&local, NULL));
	assert_true(ck_guard_token(&open_to_all,
	    "Bearer correct-horse-battery"));
	assert_true(ck_guard_token(&open_to_all,
	    "bearer correct-horse-battery"));
	/* desk:correct-horse-battery */
	assert_true(ck_guard_token(&open_to_all,
	    "Basic ZGVzazpjb3JyZWN0LWhvcnNlLWJhdHRlcnk="));
	/* :correct-horse-battery */
	assert_true(ck_guard_token(&open_to_all,
	    "Basic OmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ=="));
}

static void
the_feed_token_is_a_smaller_role(void **state)
{
	struct ck_guard both = open_to_all;

	(void)state;
	assert_int_equal(ck_guard_role(&both, "Bearer reads-figures-only"),
	    CK_ROLE_NONE);
	both.feed_token = "reads-figures-only";
	assert_int_equal(ck_guard_role(&both, "Bearer reads-figures-only"),
	    CK_ROLE_FEED);
	assert_int_equal(ck_guard_role(&both, "Bearer reads-figures-onl"),
	    CK_ROLE_NONE);
	assert_int_equal(ck_guard_role(&both,
	    "Bearer correct-horse-battery"), CK_ROLE_STAFF);
	assert_int_equal(ck_guard_role(&both, NULL), CK_ROLE_NONE);
	assert_false(ck_guard_token(&both, "Bearer reads-figures-only"));
	both.token = "";	/* on loopback: staff need none */
	assert_int_equal(ck_guard_role(&both, NULL), CK_ROLE_STAFF);
	both.feed_token = "";
	both.token = "correct-horse-battery";
	assert_int_equal(ck_guard_role(&both, "Bearer "), CK_ROLE_NONE);
}

static void
everything_but_the_token_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "Bearer", "Bearer ", "Bearer correct-horse-batter",
		"Bearer correct-horse-battery1", "Bearer  correct",
		"correct-horse-battery", "Basic", "Basic ", "Basic ====",
		"Basic !!!!", "Basic ZGVzaw==" /* desk */,
		"Basic ZGVzazo=" /* desk: */,
		"Basic ZGVzazp3cm9uZw==" /* desk:wrong */,
		"Digest username=\"x\""
	};
	char big[4096];
	size_t i;

	(void)state;
	assert_false(ck_guard_token(&open_to_all, NULL));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ck_guard_token(&open_to_all, bad[i]))
			fail_msg("admitted: %s", bad[i]);
	}
	memset(big, 'A', sizeof(big) - 1);
	memcpy(big, "Basic ", 6);
	big[sizeof(big) - 1] = '\0';
	assert_false(ck_guard_token(&open_to_all, big));
}

static void
handler(void *ctx, struct ck_request *request)
{
	(void)ctx;
	(void)request;
}

static const struct ck_route routes[] = {
	{ "GET", "/", CK_ON_HTTP, CK_BODY_NONE, false, handler },
	{ "GET", "/v1/desks", CK_ON_CORE, CK_BODY_NONE, false, handler },
	{ "POST", "/v1/desks/{desk}/scan", CK_ON_CORE, CK_BODY_JSON, false,
	    handler },
	{ "POST", "/v1/card", CK_ON_CORE, CK_BODY_JSON, false, handler },
	{ "DELETE", "/v1/card", CK_ON_CORE, CK_BODY_NONE, false, handler },
};

static void
find(const char *method, const char *path, struct ck_route_match *match)
{
	ck_route_find(routes, sizeof(routes) / sizeof(routes[0]), method, path,
	    match);
}

static void
paths_find_their_route(void **state)
{
	struct ck_route_match match;

	(void)state;
	find("GET", "/", &match);
	assert_ptr_equal(match.route, &routes[0]);
	find("HEAD", "/v1/desks", &match);
	assert_ptr_equal(match.route, &routes[1]);
	find("POST", "/v1/desks/ban-1/scan", &match);
	assert_ptr_equal(match.route, &routes[2]);
	assert_string_equal(match.params[0], "ban-1");
	find("DELETE", "/v1/card", &match);
	assert_ptr_equal(match.route, &routes[4]);
}

static void
a_known_path_names_its_methods(void **state)
{
	struct ck_route_match match;

	(void)state;
	find("PUT", "/v1/card", &match);
	assert_null(match.route);
	assert_string_equal(match.allow, "POST, DELETE");
	find("POST", "/v1/desks", &match);
	assert_string_equal(match.allow, "GET, HEAD");
}

static void
other_paths_find_nothing(void **state)
{
	static const char *const bad[] = {
		"", "v1/desks", "//", "/v1", "/v1/", "/v1/desks/",
		"/v1//desks", "/v1/desks/ban-1", "/v1/desks//scan",
		"/v1/desks/ban-1/scan/", "/v1/desks/a/b/scan", "/V1/desks",
		"/v1/desksx"
	};
	struct ck_route_match match;
	char path[256] = "/v1/desks/";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		find("GET", bad[i], &match);
		if (match.route != NULL || match.allow[0] != '\0')
			fail_msg("found: %s", bad[i]);
	}
	memset(path + 10, 'x', CK_ROUTE_PARAM_LEN);
	strcat(path, "/scan");
	find("POST", path, &match);
	assert_null(match.route);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_and_allowed_hosts_are_known),
		cmocka_unit_test(other_hosts_are_refused),
		cmocka_unit_test(a_numeric_host_is_ours_where_we_listen_on_all),
		cmocka_unit_test(only_the_own_origin_is_admitted),
		cmocka_unit_test(the_token_is_taken_as_bearer_or_password),
		cmocka_unit_test(the_feed_token_is_a_smaller_role),
		cmocka_unit_test(everything_but_the_token_is_refused),
		cmocka_unit_test(paths_find_their_route),
		cmocka_unit_test(a_known_path_names_its_methods),
		cmocka_unit_test(other_paths_find_nothing),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
