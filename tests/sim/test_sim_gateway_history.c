/*
 * test_sim_gateway_history.c - history, co-payment, and what the journal counts
 *
 * Expected values come from gateway.md §3, not from the server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/desk.h"

#define COPAYMENT "/api/TraCuuCCT/TraCuuTienMCCT"

static void
history_takes_forms_only(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("p00500"); /* 500 % 3 = 2 */
	char target[2048], birth[32];
	json_t *json;

	desk_log_in(desk);
	desk_birth(&person, birth);
	json = desk_ask_at(desk, "/api/egw/Lskcb2025", &(struct question){
	    person.number, person.gateway_name, birth, "Nguyễn Thị Tiếp Đón",
	    "084185000011" });
	assert_int_equal(json_array_size(json_object_get(json,
	    "dsLichSuKCB2025")), 2);
	desk_expect(json, "000");
	desk_target(desk, "/api/egw/Lskcb2025", target);
	desk_expect(desk_parse(desk_post(desk, target, "", JSON, "{}")),
	    "205");
}

static struct answer
ask_copayment(struct desk *desk, const struct sim_person *person)
{
	char headers[1024], body[1024], birth[32];

	desk_birth(person, birth);
	desk_headers(desk, headers);
	snprintf(body, sizeof(body), "{\"username\":\"84001_BV\",\"maThe\":"
	    "\"%s\",\"hoTen\":\"%s\",\"ngaySinh\":\"%s\"}", person->number,
	    person->full_name, birth);
	return desk_post(desk, COPAYMENT, headers, JSON, body);
}

static void
copayment_cumulates_and_refuses_without_a_word(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("p00500");
	struct answer answer;
	json_t *json, *rows;

	desk_log_in(desk);
	json = desk_parse(ask_copayment(desk, &person));
	rows = json_object_get(json, "DataCCT");
	assert_string_equal(desk_text(json, "MaKetQua"), "200");
	assert_int_equal(json_array_size(rows), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(
	    rows, 0), "tBNCCTLuyKe")), 825000);
	json_decref(json);
	person = desk_person("code-050");
	json = desk_parse(ask_copayment(desk, &person));
	assert_string_equal(desk_text(json, "MaKetQua"), "204");
	assert_true(json_is_null(json_object_get(json, "DataCCT")));
	json_decref(json);
	desk_control(desk, "/sim/revoke");
	answer = ask_copayment(desk, &person);
	assert_int_equal(answer.status, 401);
	assert_int_equal(answer.size, 0);
	free(answer.body);
}

static void
the_journal_counts_what_was_asked(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("fallback");
	json_t *json, *codes, *keys, *call;

	desk_log_in(desk);
	json_decref(desk_ask_person(desk, &person, person.number));
	json_decref(desk_ask_person(desk, &person, person.insurance_number));
	json_decref(desk_ask_person(desk, &person, person.card.number));
	json = desk_get(desk, "/sim/counts");
	codes = json_object_get(json, "lookups_by_code");
	keys = json_object_get(json, "lookups_by_key");
	assert_int_equal(json_integer_value(json_object_get(json,
	    "lookups")), 3);
	assert_int_equal(json_integer_value(json_object_get(json,
	    "token_takes")), 1);
	assert_int_equal(json_integer_value(json_object_get(codes, "050")),
	    1);
	assert_int_equal(json_integer_value(json_object_get(codes, "000")),
	    2);
	assert_int_equal(json_integer_value(json_object_get(keys,
	    "card_number")), 1);
	json_decref(json);
	json = desk_get(desk, "/sim/log");
	assert_int_equal(json_array_size(json), 4);
	call = json_array_get(json, 2);
	assert_string_equal(desk_text(call, "path"), LOOKUP);
	assert_string_equal(desk_text(call, "key"), "insurance_number");
	assert_string_equal(desk_text(call, "maKetQua"), "000");
	assert_string_equal(desk_text(call, "account"), "84001_BV");
	assert_int_equal(strlen(desk_text(call, "answer_sha256")), 64);
	json_decref(json);
	desk_control(desk, "/sim/reset");
	assert_int_equal(desk_count(desk, "calls"), 0);
}

static void
other_paths_and_methods_are_refused(void **state)
{
	struct desk *desk = *state;
	struct answer answer = desk_post(desk, "/api/egw/KQNhanLichSuKCB2019",
	    "", FORM, "");
	int fd;

	assert_int_equal(answer.status, 404);
	free(answer.body);
	fd = desk_connect(desk, "127.0.0.1");
	desk_send(fd, "GET", LOOKUP, "", FORM, "");
	answer = desk_receive(fd);
	assert_int_equal(answer.status, 405);
	free(answer.body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(history_takes_forms_only),
		AT_DESK(copayment_cumulates_and_refuses_without_a_word),
		AT_DESK(the_journal_counts_what_was_asked),
		AT_DESK(other_paths_and_methods_are_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
