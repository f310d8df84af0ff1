/*
 * test_operators.c - is a clerk taken? Asked at sign-on, of no patient
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../wire/gateway_answers.h"
#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/gateway.h"
#include "eligibility/operators.h"
#include "io/loop.h"
#include "raw_server.h"

#define TOKEN RAW_JSON("200 OK", WIRE_TOKEN("t", "2099-01-01T00:00:00Z"))

struct fixture {
	struct raw_server server;
	struct ck_config config;
	struct ck_loop *loop;
	struct ck_gateway *gateway;
	struct ck_operators *operators;
	struct ck_operator_view view;
	unsigned heard;
};

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct ck_config *config;

	assert_non_null(fixture);
	config = &fixture->config;
	raw_start(&fixture->server);
	(void)snprintf(config->gateway_url, sizeof(config->gateway_url),
	    "http://127.0.0.1:%u", fixture->server.port);
	strcpy(config->gateway_user, "84001_BV");
	strcpy(config->gateway_password, "practice");
	config->gateway_connect_timeout_ms = 4000;
	config->gateway_timeout_ms = 4000;
	config->gateway_answer_max = 65536;
	config->gateway_test_operators = true;
	strcpy(config->operators[0].name, "Trần Thị Trực");
	strcpy(config->operators[0].number, "084180000002");
	strcpy(config->operators[1].name, "Lê Văn Đêm");
	strcpy(config->operators[1].number, "084201000003");
	config->operator_count = 2;
	assert_int_equal(
	    ck_loop_new(&fixture->loop, ck_clock_system()), CK_OK);
	assert_int_equal(ck_gateway_new(&fixture->gateway, config,
	    fixture->loop), CK_OK);
	assert_int_equal(ck_operators_new(&fixture->operators, config,
	    fixture->loop, fixture->gateway), CK_OK);
	*state = fixture;

	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ck_operators_free(&fixture->operators);
	ck_gateway_free(&fixture->gateway);
	raw_stop(&fixture->server);
	ck_loop_free(&fixture->loop);
	free(fixture);

	return 0;
}

static void
on_view(void *ctx, const struct ck_operator_view *view)
{
	struct fixture *fixture = ctx;

	fixture->heard++;
	fixture->view = *view;
	ck_loop_stop(fixture->loop);
}

static void
sign_on(struct fixture *fixture, const char *name)
{
	fixture->heard = 0;
	assert_int_equal(ck_operators_sign_on(fixture->operators, name,
	    on_view, fixture), CK_OK);
	assert_int_equal(fixture->heard, 0);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_equal(fixture->heard, 1);
	assert_string_equal(fixture->view.name, name);
}

#define SCRIPT(fixture, ...) \
	do { \
		const struct raw_step script_steps[] = { __VA_ARGS__ }; \
		raw_script(&(fixture)->server, script_steps, \
		    sizeof(script_steps) / sizeof(script_steps[0])); \
	} while (0)

static void
the_question_is_about_the_clerk_alone(void **state)
{
	struct fixture *fixture = *state;
	const char *sent = fixture->server.requests[1];

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_050), 0, 0 });
	sign_on(fixture, "Trần Thị Trực");
	/* Nothing under that number: the asker has been taken all the same. */
	assert_int_equal(fixture->view.state, CK_OPERATOR_TAKEN);
	assert_string_equal(fixture->view.reason, "");
	assert_true(fixture->view.since_ms > 0);
	assert_non_null(strstr(sent, "\r\n\r\nmaThe=084180000002&"
	    "hoTen=Tr%E1%BA%A7n%20Th%E1%BB%8B%20Tr%E1%BB%B1c&ngaySinh=1980&"
	    "hoTenCb=Tr%E1%BA%A7n%20Th%E1%BB%8B%20Tr%E1%BB%B1c&"
	    "cccdCb=084180000002"));
}

static void
each_refusal_is_told(void **state)
{
	static const char *const reasons[] = { "054", "055", "operator" };
	struct fixture *fixture = *state;
	struct ck_operator_view other;
	size_t i;

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_BARE("054", "x")), 0, 0 },
	    { RAW_JSON("200 OK", WIRE_BARE("055", "x")), 0, 0 },
	    { RAW_JSON("200 OK", "{\"maKetQua\":null,"
	    "\"ghiChu\":\"Null hoTenCb\"}"), 0, 0 },
	    { RAW_JSON("200 OK", WIRE_000), 0, 0 });
	for (i = 0; i < 3; i++) {
		sign_on(fixture, "Lê Văn Đêm");
		assert_int_equal(fixture->view.state, CK_OPERATOR_REFUSED);
		assert_string_equal(fixture->view.reason, reasons[i]);
	}
	assert_true(ck_operators_at(fixture->operators, 0, &other));
	assert_int_equal(other.state, CK_OPERATOR_UNKNOWN);
	assert_false(ck_operators_at(fixture->operators, 2, &other));
	/* Once the list has been mended, the next sign-on finds out. An answer
	 * about somebody else shows that the asker was taken, too. */
	sign_on(fixture, "Lê Văn Đêm");
	assert_int_equal(fixture->view.state, CK_OPERATOR_TAKEN);
}

static void
no_answer_is_no_refusal(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_101), 0, 0 },
	    { RAW_JSON("200 OK", "<html>"), 0, 0 });
	sign_on(fixture, "Trần Thị Trực");
	assert_int_equal(fixture->view.state, CK_OPERATOR_UNKNOWN);
	assert_string_equal(fixture->view.reason, "101");
	sign_on(fixture, "Trần Thị Trực");
	assert_int_equal(fixture->view.state, CK_OPERATOR_UNKNOWN);
	assert_string_equal(fixture->view.reason, "gateway");
}

static void
a_lookup_tells_as_well(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_result result = { .err = CK_OK };
	struct ck_operator_view view;

	strcpy(result.answer.code, "055");
	ck_operators_note(fixture->operators, "084180000002", &result);
	assert_true(ck_operators_at(fixture->operators, 0, &view));
	assert_int_equal(view.state, CK_OPERATOR_REFUSED);
	/* The line's failure takes nothing back. */
	result.err = CK_ERR_LINE;
	ck_operators_note(fixture->operators, "084180000002", &result);
	assert_true(ck_operators_at(fixture->operators, 0, &view));
	assert_int_equal(view.state, CK_OPERATOR_REFUSED);
	result.err = CK_OK;
	strcpy(result.answer.code, "000");
	ck_operators_note(fixture->operators, "084180000002", &result);
	assert_true(ck_operators_at(fixture->operators, 0, &view));
	assert_int_equal(view.state, CK_OPERATOR_TAKEN);
}

static void
nobody_is_asked_where_it_is_switched_off(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.gateway_test_operators = false;
	sign_on(fixture, "Trần Thị Trực");
	assert_int_equal(fixture->view.state, CK_OPERATOR_UNKNOWN);
	assert_int_equal(ck_operators_sign_on(fixture->operators, "Người lạ",
	    on_view, fixture), CK_ERR_NOT_FOUND);
	assert_int_equal(ck_operators_sign_on(fixture->operators, "",
	    on_view, fixture), CK_ERR_NOT_FOUND);
}

static void
the_number_holds_the_year_of_birth(void **state)
{
	(void)state;
	assert_int_equal(ck_number_birth_year("084094000001"), 1994);
	assert_int_equal(ck_number_birth_year("084180000002"), 1980);
	assert_int_equal(ck_number_birth_year("084201000003"), 2001);
	assert_int_equal(ck_number_birth_year("084305000003"), 2005);
	assert_int_equal(ck_number_birth_year("08430500000"), 0);
	assert_int_equal(ck_number_birth_year("08430500000x"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_question_is_about_the_clerk_alone),
		TEST(each_refusal_is_told),
		TEST(no_answer_is_no_refusal),
		TEST(a_lookup_tells_as_well),
		TEST(nobody_is_asked_where_it_is_switched_off),
		cmocka_unit_test(the_number_holds_the_year_of_birth),
	};

	return cmocka_run_group_tests_name("operators", tests, NULL, NULL);
}
