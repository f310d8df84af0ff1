/*
 * test_sim_gateway.c - the simulated gateway lets in whom it should
 *
 * Expected values come from gateway.md §1, not from the server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "support/desk.h"

static void
tokens_have_the_published_shape(void **state)
{
	struct desk *desk = *state;
	json_t *json = desk_take_token(desk, FORM, LOG_IN);
	json_t *key = json_object_get(json, "APIKey");
	int year, month, day, hour, minute, second, end = 0;
	unsigned fraction;
	unsigned char plain[256] = { 0 };
	const char *token = desk_text(key, "access_token");

	assert_int_equal(json_object_size(key), 5);
	assert_string_equal(desk_text(key, "token_type"), "Bearer");
	assert_string_equal(desk_text(key, "username"), "84001_BV");
	assert_int_equal(strlen(desk_text(key, "id_token")), 36);
	assert_int_equal(sscanf(desk_text(key, "expires_in"),
	    "%4d-%2d-%2dT%2d:%2d:%2d.%7uZ%n", &year, &month, &day, &hour,
	    &minute, &second, &fraction, &end), 7);
	assert_int_equal(end, 28);
	assert_true(EVP_DecodeBlock(plain, (const unsigned char *)token,
	    (int)strlen(token)) > 64);
	assert_int_equal(plain[64], ':');
	assert_memory_equal(plain + 64, ":84001_BV:1", 11);
	json_decref(json);
}

static void
tokens_last_ten_minutes(void **state)
{
	struct desk *desk = *state;
	json_t *json = desk_take_token(desk, FORM, LOG_IN);
	struct tm tm = { .tm_isdst = 0 };
	time_t expires;

	assert_non_null(strptime(desk_text(json_object_get(json, "APIKey"),
	    "expires_in"), "%Y-%m-%dT%H:%M:%S", &tm));
	expires = timegm(&tm);
	assert_in_range(expires - time(NULL), 597, 601);
	json_decref(json);
}

static void
each_known_form_of_log_in_is_taken(void **state)
{
	struct desk *desk = *state;

	desk_expect(desk_take_token(desk, "application/json; charset=utf-8",
	    "{\"username\":\"84001_BV\",\"password\":\"" HASH "\"}"), "200");
	desk_expect(desk_take_token(desk, JSON,
	    "{\"Username\":\"84001_BV\",\"Password\":\"" HASH "\"}"), "200");
	desk_expect(desk_take_token(desk, FORM "; charset=UTF-8",
	    "username=84001%5FBV&password=" HASH), "200");
}

static void
wrong_log_ins_are_refused(void **state)
{
	static const char *const bodies[] = {
		"", "username=84001_BV", "username=84001_BV&password=",
		"username=84002_BV&password=" HASH,
		"username=84001_BV&password=practice-password",
		"username=84001_BV&password=" LOWER_HASH,
		"username=84001_BV%00&password=" HASH
	};
	struct desk *desk = *state;
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		json_t *json = desk_take_token(desk, FORM, bodies[i]);

		assert_true(json_is_null(json_object_get(json, "APIKey")));
		desk_expect(json, "401");
	}
	desk_expect(desk_take_token(desk, JSON, "{"), "401");
	desk_expect(desk_take_token(desk, "text/plain",
	    LOG_IN), "401");
	assert_int_equal(desk_count(desk, "token_takes"), 0);
	assert_int_equal(desk_count(desk, "token_refusals"), 9);
}

static int
open_lenient_desk(void **state)
{
	struct sim_gateway_config config;

	sim_gateway_defaults(&config);
	config.lower_md5 = true;
	config.token_seconds = 0;
	config.control = false;
	return desk_start(state, &config);
}

static void
lower_case_hashes_are_taken_where_configured(void **state)
{
	desk_expect(desk_take_token(*state, FORM, "username=84001_BV&password="
	    LOWER_HASH), "200");
}

static void
a_token_that_is_over_does_not_hold(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");

	desk_log_in(desk); /* lives 0 seconds */
	desk_expect(desk_ask_person(desk, &person, person.number), "401");
}

static void
control_can_be_switched_off(void **state)
{
	struct answer answer = desk_post(*state, "/sim/fail?mode=down", "",
	    FORM, "");

	assert_int_equal(answer.status, 404);
	free(answer.body);
}

static void
a_taken_port_is_refused(void **state)
{
	struct desk *desk = *state;
	struct sim_gateway_config config;

	sim_gateway_defaults(&config);
	config.port = sim_gateway_port(desk->gateway);
	assert_null(sim_gateway_start(&config));
}

static void
a_token_holds_for_one_address(void **state)
{
	struct desk *desk = *state;
	char target[2048];

	int fd = desk_connect(desk, "127.0.0.2");

	desk_log_in(desk);
	desk_target(desk, LOOKUP, target);
	desk_send(fd, "POST", target, "", FORM, "");
	desk_expect(desk_parse(desk_receive(fd)), "401");
}

static void
a_token_holds_with_its_own_parts_only(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	char kept;

	desk_log_in(desk);
	desk_expect(desk_ask_person(desk, &person, person.number), "000");
	kept = desk->id_token[0];
	desk->id_token[0] = kept == '0' ? '1' : '0';
	desk_expect(desk_ask_person(desk, &person, person.number), "401");
	desk->id_token[0] = kept;
	desk->access_token[0] = desk->access_token[0] == 'M' ? 'N' : 'M';
	desk_expect(desk_ask_person(desk, &person, person.number), "401");
	strcpy(desk->access_token, "no base64");
	desk_expect(desk_ask_person(desk, &person, person.number), "401");
}

static void
revoked_tokens_do_not_hold(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");

	desk_log_in(desk);
	desk_control(desk, "/sim/revoke");
	desk_expect(desk_ask_person(desk, &person, person.number), "401");
	desk_log_in(desk);
	desk_expect(desk_ask_person(desk, &person, person.number), "000");
}

#define AT_LENIENT_DESK(test) \
	cmocka_unit_test_setup_teardown(test, open_lenient_desk, desk_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(tokens_have_the_published_shape),
		AT_DESK(tokens_last_ten_minutes),
		AT_DESK(each_known_form_of_log_in_is_taken),
		AT_DESK(wrong_log_ins_are_refused),
		AT_LENIENT_DESK(lower_case_hashes_are_taken_where_configured),
		AT_LENIENT_DESK(a_token_that_is_over_does_not_hold),
		AT_LENIENT_DESK(control_can_be_switched_off),
		AT_DESK(a_taken_port_is_refused),
		AT_DESK(a_token_holds_for_one_address),
		AT_DESK(a_token_holds_with_its_own_parts_only),
		AT_DESK(revoked_tokens_do_not_hold)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
