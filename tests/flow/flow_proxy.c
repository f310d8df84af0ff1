/*
 * flow_proxy.c - hospital software that changed only the gateway's address
 *
 * The client here is written as shipped ones are: it takes a token with its
 * own account and MD5, puts all secrets into the query string, sends a form or
 * JSON. The simulated gateway knows the software's account and not the
 * clinic's: so whatever succeeds went out under the software's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/software.h"
#include "support/world.h"

#define USER "84001_084190000077"
#define STAFF "Mềm"
#define STAFF_NUMBER "084190000077"

#define TAKE SOFTWARE_TAKE
#define LOOKUP SOFTWARE_LOOKUP
#define HISTORY SOFTWARE_HISTORY

#define FORM SOFTWARE_FORM
#define JSON SOFTWARE_JSON

#define SETTINGS "[proxy]\nenabled = yes\n[lookup]\nbudget_ms = 2500\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n" \
	"failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n"

static struct world world;
static struct software mine;

/* A log-in of any kind. */
static struct answer
take(const char *type, const char *body)
{
	const char *headers[] = { type, NULL };

	return software_post(&mine, TAKE, body, headers);
}

static void
log_in(struct software *session)
{
	*session = mine;
	software_log_in(session);
}

static char *
form_of(const char *label, char *out, size_t size)
{
	return software_form(&world, label, STAFF, STAFF_NUMBER, out, size);
}

static char *
json_of(const char *label, char *out, size_t size)
{
	json_t *person = world_person(&world, label);
	char birth[16];

	software_date(view_text(person, "birth"), birth);
	(void)snprintf(out, size, "{\"MaThe\":\"%s\",\"HoTen\":\"%s\","
	    "\"NgaySinh\":\"%s\",\"HoTenCb\":\"" STAFF "\",\"CccdCb\":\""
	    STAFF_NUMBER "\"}", view_text(person, "number"),
	    view_text(person, "name"), birth);
	json_decref(person);

	return out;
}

/* --- The tests ------------------------------------------------------------ */

static int
open_world(void **state)
{
	(void)state;
	assert_int_equal(setenv("SIM_GATEWAY_OPTIONS", "--account " USER
	    ":his-password --operator " STAFF ":" STAFF_NUMBER, 1), 0);
	world_open(&world);
	world_daemon_start(&world, SETTINGS);
	software_open(&mine, &world, USER, "his-password");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static int
calm_gateway(void **state)
{
	(void)state;
	world_gateway_fail(&world, "none");

	return 0;
}

static void
tokens_are_ours_and_of_the_accounts(void **state)
{
	struct software first, second;
	struct answer answer;
	char body[256];

	(void)state;
	log_in(&first);
	log_in(&second);
	assert_int_equal(strlen(first.access), 64);
	assert_int_equal(strlen(first.id), 36);
	assert_string_not_equal(first.access, second.access);
	(void)snprintf(body, sizeof(body),
	    "{\"Username\":\"" USER "\",\"Password\":\"%s\"}", mine.md5);
	answer = take(JSON, body);
	answer_expect(&answer, "maKetQua", "200");
	/* 7 digits and Z, as clients parse it. */
	assert_int_equal(strlen(view_text(answer.json, "APIKey.expires_in")),
	    28);
	answer_drop(&answer);
	answer = take(FORM, "username=" USER
	    "&password=00000000000000000000000000000000");
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	/* The clinic's own account is none of the software's. */
	answer = take(FORM, "username=84001_BV&password=");
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	answer = take(FORM, "username=%zz");
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
}

static void
a_lookup_comes_back_word_for_word(void **state)
{
	long lookups = world_stat(&world, "lookups", "total");
	long calls = world_stat(&world, "calls", "total");
	struct software session;
	struct answer answer;
	char body[1024];

	(void)state;
	log_in(&session);
	answer = software_ask(&session, LOOKUP, FORM,
	    form_of("code-010", body, sizeof(body)));
	assert_int_equal(answer.status, 200);
	answer_expect(&answer, "maKetQua", "010");
	/* Members that we do not read ourselves come through too. */
	assert_non_null(json_object_get(answer.json, "dsLichSuKT2018"));
	assert_null(strstr(answer.text, "Trạm tiếp nhận"));
	answer_drop(&answer);
	answer = software_ask(&session, LOOKUP, JSON,
	    json_of("code-060", body, sizeof(body)));
	answer_expect(&answer, "maKetQua", "060");
	answer_drop(&answer);
	/* Kind integration is none of the desk's lookups, and is a call. */
	world_stat_is(&world, "lookups", "total", lookups);
	assert_true(world_stat(&world, "calls", "total") >= calls + 2);
}

static void
secrets_that_do_not_fit_are_refused(void **state)
{
	struct software session, wrong;
	struct answer answer;
	char body[1024];

	(void)state;
	log_in(&session);
	form_of("code-000", body, sizeof(body));
	wrong = session;
	wrong.access[0] = wrong.access[0] == '0' ? '1' : '0';
	answer = software_ask(&wrong, LOOKUP, FORM, body);
	assert_int_equal(answer.status, 200);
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	wrong = session;
	wrong.id[0] = wrong.id[0] == '0' ? '1' : '0';
	answer = software_ask(&wrong, LOOKUP, FORM, body);
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	answer = software_ask(&session, LOOKUP, FORM, "maThe=12");
	answer_expect(&answer, "maKetQua", "205");
	answer_drop(&answer);
	answer = software_ask(&session, LOOKUP, JSON, "{\"maThe\":");
	answer_expect(&answer, "maKetQua", "205");
	answer_drop(&answer);
}

static void
a_kept_answer_is_marked_in_an_outage(void **state)
{
	struct software session;
	struct answer answer;
	char body[1024];

	(void)state;
	log_in(&session);
	form_of("code-000", body, sizeof(body));
	answer = software_ask(&session, LOOKUP, FORM, body);
	answer_expect(&answer, "maKetQua", "000");
	answer_drop(&answer);
	world_gateway_fail(&world, "down");
	answer = software_ask(&session, LOOKUP, FORM, body);
	assert_int_equal(answer.status, 200);
	answer_expect(&answer, "maKetQua", "000");
	assert_non_null(strstr(view_text(answer.json, "ghiChu"),
	    "Trạm tiếp nhận trả lời thay Cổng, theo câu trả lời của Cổng lúc"));
	answer_drop(&answer);
	/* Nothing is kept of this one. */
	answer = software_ask(&session, LOOKUP, JSON,
	    json_of("code-001", body, sizeof(body)));
	answer_expect(&answer, "maKetQua", "101");
	assert_non_null(strstr(view_text(answer.json, "ghiChu"),
	    "[Trạm tiếp nhận trả lời thay Cổng]"));
	assert_true(json_is_null(json_object_get(answer.json, "maThe")));
	answer_drop(&answer);
	/* The account was good before: it gets a session even now. */
	log_in(&session);
	answer = take(FORM, "username=" USER
	    "&password=00000000000000000000000000000001");
	assert_string_not_equal(view_text(answer.json, "maKetQua"), "200");
	answer_drop(&answer);
}

/* The desk's own account does not exist at this gateway. */
static void
the_desk_cannot_ask_with_the_softwares_account(void **state)
{
	json_t *person = world_person(&world, "code-002");
	json_t *body = json_pack("{s:O, s:O, s:O, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR);
	char *text = json_dumps(body, JSON_COMPACT);
	struct reply reply = world_http(&world, "POST", "/v1/lookups", text,
	    NULL);

	(void)state;
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "outcome"), "unavailable");
	assert_string_equal(view_text(reply.json, "reason"), "account");
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);
}

static void
history_and_copayment_pass_through(void **state)
{
	char body[1024], birth[16];
	json_t *person = world_person(&world, "code-000");
	struct software session;
	struct answer answer;

	(void)state;
	log_in(&session);
	answer = software_ask(&session, HISTORY, FORM,
	    form_of("code-000", body, sizeof(body)));
	assert_int_equal(answer.status, 200);
	answer_expect(&answer, "maKetQua", "000");
	answer_drop(&answer);
	software_date(view_text(person, "birth"), birth);
	(void)snprintf(body, sizeof(body), "{\"username\":\"" USER
	    "\",\"maThe\":\"%s\",\"hoTen\":\"%s\",\"ngaySinh\":\"%s\"}",
	    view_text(person, "number"), view_text(person, "name"), birth);
	answer = software_send(&session, SOFTWARE_COPAYMENT, JSON, body);
	assert_int_equal(answer.status, 200);
	assert_non_null(json_object_get(answer.json, "MaKetQua"));
	assert_null(strstr(answer.text, "Trạm tiếp nhận"));
	answer_drop(&answer);
	(void)snprintf(session.access, sizeof(session.access), "0");
	answer = software_send(&session, SOFTWARE_COPAYMENT, JSON, body);
	assert_int_equal(answer.status, 401);
	assert_int_equal(answer.len, 0);
	answer_drop(&answer);
	json_decref(person);
}

/* Nothing of a session may be found in what the daemon wrote. */
static void
no_secret_is_in_the_log(void **state)
{
	char command[256];

	(void)state;
	(void)snprintf(command, sizeof(command), "! grep -qiE '%s|token=|"
	    "password=' $DIR/checkind.log", mine.md5);
	assert_int_equal(world_run(&world, command, NULL), 0);
}

static void
without_the_setting_there_is_no_such_path(void **state)
{
	struct answer answer;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, NULL);
	answer = take(FORM, "username=a&password=b");
	assert_int_equal(answer.status, 404);
	answer_drop(&answer);
}

#define CALM(fn) cmocka_unit_test_setup(fn, calm_gateway)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(tokens_are_ours_and_of_the_accounts),
		CALM(a_lookup_comes_back_word_for_word),
		CALM(secrets_that_do_not_fit_are_refused),
		CALM(history_and_copayment_pass_through),
		CALM(a_kept_answer_is_marked_in_an_outage),
		CALM(the_desk_cannot_ask_with_the_softwares_account),
		CALM(no_secret_is_in_the_log),
		CALM(without_the_setting_there_is_no_such_path),
	};

	return cmocka_run_group_tests_name("proxy", tests, open_world,
	    close_world);
}
