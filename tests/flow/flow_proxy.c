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

#include <curl/curl.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

#define USER "84001_084190000077"
#define STAFF "Mềm"
#define STAFF_NUMBER "084190000077"

#define TAKE "/api/token/take"
#define LOOKUP "/api/egw/KQNhanLichSuKCB2024"
#define HISTORY "/api/egw/Lskcb2025"
#define COPAYMENT "/api/TraCuuCCT/TraCuuTienMCCT"

#define FORM "Content-Type: application/x-www-form-urlencoded"
#define JSON "Content-Type: application/json"

#define SETTINGS "[proxy]\nenabled = yes\n[lookup]\nbudget_ms = 2500\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n" \
	"failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n"

static struct world world;
static char md5[33];

struct answer {
	long status;
	char *text;
	size_t len;
	json_t *json;
};

static size_t
collect(char *bytes, size_t size, size_t count, void *ctx)
{
	struct answer *answer = ctx;
	char *grown = realloc(answer->text, answer->len + size * count + 1);

	assert_non_null(grown);
	memcpy(grown + answer->len, bytes, size * count);
	answer->text = grown;
	answer->len += size * count;
	answer->text[answer->len] = '\0';

	return size * count;
}

static struct answer
post(const char *path, const char *body, const char *const *headers)
{
	struct curl_slist *list = NULL;
	struct answer answer = { 0 };
	CURL *curl = curl_easy_init();
	char url[2048];

	assert_non_null(curl);
	for (; *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", world.port,
	    path);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
	if (answer.text != NULL)
		answer.json = json_loads(answer.text, 0, NULL);

	return answer;
}

static void
drop(struct answer *answer)
{
	json_decref(answer->json);
	free(answer->text);
	memset(answer, 0, sizeof(*answer));
}

static void
expect(const struct answer *answer, const char *path, const char *value)
{
	if (answer->json == NULL ||
	    strcmp(view_text(answer->json, path), value) != 0)
		fail_msg("%s is not %s in HTTP %ld: %s", path, value,
		    answer->status, answer->text);
}

static char *
escape(const char *text)
{
	char *coded = curl_easy_escape(NULL, text, 0);

	assert_non_null(coded);

	return coded;
}

/* --- What hospital software does ------------------------------------------ */

struct session {
	char access[512], id[128];
};

static struct answer
take(const char *type, const char *body)
{
	const char *headers[] = { type, NULL };

	return post(TAKE, body, headers);
}

static void
log_in(struct session *session)
{
	char body[256];
	struct answer answer;

	(void)snprintf(body, sizeof(body), "username=" USER "&password=%s",
	    md5);
	answer = take(FORM, body);
	expect(&answer, "maKetQua", "200");
	expect(&answer, "APIKey.token_type", "Bearer");
	expect(&answer, "APIKey.username", USER);
	(void)snprintf(session->access, sizeof(session->access), "%s",
	    view_text(answer.json, "APIKey.access_token"));
	(void)snprintf(session->id, sizeof(session->id), "%s",
	    view_text(answer.json, "APIKey.id_token"));
	drop(&answer);
}

static struct answer
ask(const char *path, const struct session *session, const char *type,
    const char *body)
{
	const char *headers[] = { type, NULL };
	char *access = escape(session->access);
	char line[1024];

	(void)snprintf(line, sizeof(line), "%s?token=%s&id_token=%s"
	    "&username=" USER "&password=%s", path, access, session->id, md5);
	curl_free(access);

	return post(line, body, headers);
}

/* "1994-03-05" as 05/03/1994. */
static void
local_date(const char *iso, char out[16])
{
	if (strlen(iso) == 10)
		(void)snprintf(out, 16, "%.2s/%.2s/%.4s", iso + 8, iso + 5,
		    iso);
	else
		(void)snprintf(out, 16, "%.4s", iso);
}

static char *
form_of(const char *label, char *out, size_t size)
{
	json_t *person = world_person(&world, label);
	char *name = escape(view_text(person, "name"));
	char *staff = escape(STAFF);
	char birth[16];

	local_date(view_text(person, "birth"), birth);
	(void)snprintf(out, size, "maThe=%s&hoTen=%s&ngaySinh=%s&hoTenCb=%s"
	    "&cccdCb=" STAFF_NUMBER, view_text(person, "number"), name, birth,
	    staff);
	curl_free(name);
	curl_free(staff);
	json_decref(person);

	return out;
}

static char *
json_of(const char *label, char *out, size_t size)
{
	json_t *person = world_person(&world, label);
	char birth[16];

	local_date(view_text(person, "birth"), birth);
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
	char *printed = NULL;

	(void)state;
	assert_int_equal(setenv("SIM_GATEWAY_OPTIONS", "--account " USER
	    ":his-password --operator " STAFF ":" STAFF_NUMBER, 1), 0);
	world_open(&world);
	assert_int_equal(world_run(&world, "printf his-password | openssl "
	    "dgst -md5 -r | cut -c1-32 | tr a-f A-F", &printed), 0);
	(void)snprintf(md5, sizeof(md5), "%.32s", printed);
	free(printed);
	world_daemon_start(&world, SETTINGS);

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
	struct session first, second;
	struct answer answer;
	char body[256];

	(void)state;
	log_in(&first);
	log_in(&second);
	assert_int_equal(strlen(first.access), 64);
	assert_int_equal(strlen(first.id), 36);
	assert_string_not_equal(first.access, second.access);
	(void)snprintf(body, sizeof(body),
	    "{\"Username\":\"" USER "\",\"Password\":\"%s\"}", md5);
	answer = take(JSON, body);
	expect(&answer, "maKetQua", "200");
	/* 7 digits and Z, as clients parse it. */
	assert_int_equal(strlen(view_text(answer.json, "APIKey.expires_in")),
	    28);
	drop(&answer);
	answer = take(FORM, "username=" USER
	    "&password=00000000000000000000000000000000");
	expect(&answer, "maKetQua", "401");
	drop(&answer);
	/* The clinic's own account is none of the software's. */
	answer = take(FORM, "username=84001_BV&password=");
	expect(&answer, "maKetQua", "401");
	drop(&answer);
	answer = take(FORM, "username=%zz");
	expect(&answer, "maKetQua", "401");
	drop(&answer);
}

static void
a_lookup_comes_back_word_for_word(void **state)
{
	long lookups = world_stat(&world, "lookups", "total");
	long calls = world_stat(&world, "calls", "total");
	struct session session;
	struct answer answer;
	char body[1024];

	(void)state;
	log_in(&session);
	answer = ask(LOOKUP, &session, FORM,
	    form_of("code-010", body, sizeof(body)));
	assert_int_equal(answer.status, 200);
	expect(&answer, "maKetQua", "010");
	/* Members that we do not read ourselves come through too. */
	assert_non_null(json_object_get(answer.json, "dsLichSuKT2018"));
	assert_null(strstr(answer.text, "Trạm tiếp nhận"));
	drop(&answer);
	answer = ask(LOOKUP, &session, JSON,
	    json_of("code-060", body, sizeof(body)));
	expect(&answer, "maKetQua", "060");
	drop(&answer);
	/* Kind integration is none of the desk's lookups, and is a call. */
	assert_int_equal(world_stat(&world, "lookups", "total"), lookups);
	assert_true(world_stat(&world, "calls", "total") >= calls + 2);
}

static void
secrets_that_do_not_fit_are_refused(void **state)
{
	struct session session, wrong;
	struct answer answer;
	char body[1024];

	(void)state;
	log_in(&session);
	form_of("code-000", body, sizeof(body));
	wrong = session;
	wrong.access[0] = wrong.access[0] == '0' ? '1' : '0';
	answer = ask(LOOKUP, &wrong, FORM, body);
	assert_int_equal(answer.status, 200);
	expect(&answer, "maKetQua", "401");
	drop(&answer);
	wrong = session;
	wrong.id[0] = wrong.id[0] == '0' ? '1' : '0';
	answer = ask(LOOKUP, &wrong, FORM, body);
	expect(&answer, "maKetQua", "401");
	drop(&answer);
	answer = ask(LOOKUP, &session, FORM, "maThe=12");
	expect(&answer, "maKetQua", "205");
	drop(&answer);
	answer = ask(LOOKUP, &session, JSON, "{\"maThe\":");
	expect(&answer, "maKetQua", "205");
	drop(&answer);
}

static void
a_kept_answer_is_marked_in_an_outage(void **state)
{
	struct session session;
	struct answer answer;
	char body[1024];

	(void)state;
	log_in(&session);
	form_of("code-000", body, sizeof(body));
	answer = ask(LOOKUP, &session, FORM, body);
	expect(&answer, "maKetQua", "000");
	drop(&answer);
	world_gateway_fail(&world, "down");
	answer = ask(LOOKUP, &session, FORM, body);
	assert_int_equal(answer.status, 200);
	expect(&answer, "maKetQua", "000");
	assert_non_null(strstr(view_text(answer.json, "ghiChu"),
	    "Trạm tiếp nhận trả lời thay Cổng, theo câu trả lời của Cổng lúc"));
	drop(&answer);
	/* Nothing is kept of this one. */
	answer = ask(LOOKUP, &session, JSON,
	    json_of("code-001", body, sizeof(body)));
	expect(&answer, "maKetQua", "101");
	assert_non_null(strstr(view_text(answer.json, "ghiChu"),
	    "[Trạm tiếp nhận trả lời thay Cổng]"));
	assert_true(json_is_null(json_object_get(answer.json, "maThe")));
	drop(&answer);
	/* The account was good before: it gets a session even now. */
	log_in(&session);
	answer = take(FORM, "username=" USER
	    "&password=00000000000000000000000000000001");
	assert_string_not_equal(view_text(answer.json, "maKetQua"), "200");
	drop(&answer);
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
	char access[600], id[160], hash[64], body[1024], birth[16];
	const char *headers[] = { JSON, access, id, hash, NULL };
	json_t *person = world_person(&world, "code-000");
	struct session session;
	struct answer answer;

	(void)state;
	log_in(&session);
	answer = ask(HISTORY, &session, FORM,
	    form_of("code-000", body, sizeof(body)));
	assert_int_equal(answer.status, 200);
	expect(&answer, "maKetQua", "000");
	drop(&answer);
	local_date(view_text(person, "birth"), birth);
	(void)snprintf(body, sizeof(body), "{\"username\":\"" USER
	    "\",\"maThe\":\"%s\",\"hoTen\":\"%s\",\"ngaySinh\":\"%s\"}",
	    view_text(person, "number"), view_text(person, "name"), birth);
	(void)snprintf(access, sizeof(access), "accessToken: %s",
	    session.access);
	(void)snprintf(id, sizeof(id), "tokenId: %s", session.id);
	(void)snprintf(hash, sizeof(hash), "passwordHash: %s", md5);
	answer = post(COPAYMENT, body, headers);
	assert_int_equal(answer.status, 200);
	assert_non_null(json_object_get(answer.json, "MaKetQua"));
	assert_null(strstr(answer.text, "Trạm tiếp nhận"));
	drop(&answer);
	(void)snprintf(access, sizeof(access), "accessToken: 0");
	answer = post(COPAYMENT, body, headers);
	assert_int_equal(answer.status, 401);
	assert_int_equal(answer.len, 0);
	drop(&answer);
	json_decref(person);
}

/* Nothing of a session may be found in what the daemon wrote. */
static void
no_secret_is_in_the_log(void **state)
{
	char command[256];

	(void)state;
	(void)snprintf(command, sizeof(command), "! grep -qiE '%s|token=|"
	    "password=' $DIR/checkind.log", md5);
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
	drop(&answer);
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
