/*
 * test_remote.c - each function of the gateway, in each version that is known:
 * what is sent, byte by byte, and what becomes of the recorded answers
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
#include "../wire/gateway_remote.h"
#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/ack.h"
#include "eligibility/copayment.h"
#include "eligibility/gateway.h"
#include "eligibility/history.h"
#include "eligibility/quota.h"
#include "io/loop.h"
#include "raw_server.h"

#define TOKEN \
	RAW_JSON("200 OK", WIRE_TOKEN("a+b/c==", "2099-01-01T00:00:00Z"))
#define OTHER RAW_JSON("200 OK", WIRE_TOKEN("other", "2099-01-01T00:00:00Z"))
#define EMPTY_401 \
	"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"

/* printf practice | md5sum, in capitals */
#define MD5 "8C40400C009918B5F10B73F9A0E47398"
#define ID "0e0f5b1c-0000-4000-8000-000000000001"

struct fixture {
	struct raw_server server;
	struct ck_config config;
	struct ck_loop *loop;
	struct ck_gateway *gateway;
	struct ck_timer *guard;
	unsigned ended;
	struct ck_gateway_end end;
	char raw[4096];
	bool has_value;
	struct ck_history history;	/* its first episode is kept below */
	struct ck_episode first;
	struct ck_copayment copayment;
	struct ck_ack ack;
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
	strcpy(config->facility, "84001");
	strcpy(config->gateway_user, "84001_BV");
	strcpy(config->gateway_password, "practice");
	config->gateway_connect_timeout_ms = 4000;
	config->gateway_timeout_ms = 4000;
	config->gateway_history_timeout_ms = 4000;
	config->gateway_copayment_timeout_ms = 4000;
	config->gateway_check_in_timeout_ms = 4000;
	config->gateway_answer_max = 65536;
	assert_int_equal(
	    ck_loop_new(&fixture->loop, ck_clock_system()), CK_OK);
	assert_int_equal(ck_gateway_new(&fixture->gateway, config,
	    fixture->loop), CK_OK);
	*state = fixture;

	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ck_gateway_free(&fixture->gateway);
	raw_stop(&fixture->server);
	ck_loop_free(&fixture->loop);
	free(fixture);

	return 0;
}

static struct ck_gateway_question
question(void)
{
	struct ck_gateway_question asked = {
		.key = CK_KEY_CARD_NUMBER,
		.number = "GD4840000000001",
		.full_name = "NGUYỄN VĂN MẪU",
		.date_of_birth = { 1994, 3, 5 },
		.operator_name = "Trần Thị Trực",
		.operator_number = "084180000002"
	};

	return asked;
}

static void
on_guard(void *ctx)
{
	ck_loop_stop(((struct fixture *)ctx)->loop);
}

static void
on_end(struct fixture *fixture, const struct ck_gateway_end *end,
    bool has_value)
{
	fixture->ended++;
	fixture->end = *end;
	(void)snprintf(fixture->raw, sizeof(fixture->raw), "%.*s",
	    (int)end->raw.len, end->raw.len > 0 ?
	    (const char *)end->raw.ptr : "");
	fixture->has_value = has_value;
	ck_loop_stop(fixture->loop);
}

static void
on_history(void *ctx, const struct ck_gateway_end *end,
    const struct ck_history *value)
{
	struct fixture *fixture = ctx;

	if (value != NULL) {
		fixture->history = *value;
		fixture->history.episodes = NULL;
		if (value->count > 0)
			fixture->first = value->episodes[0];
	}
	on_end(fixture, end, value != NULL);
}

static void
on_copayment(void *ctx, const struct ck_gateway_end *end,
    const struct ck_copayment *value)
{
	struct fixture *fixture = ctx;

	if (value != NULL)
		fixture->copayment = *value;
	on_end(fixture, end, value != NULL);
}

static void
on_check_in(void *ctx, const struct ck_gateway_end *end,
    const struct ck_ack *value)
{
	struct fixture *fixture = ctx;

	if (value != NULL)
		fixture->ack = *value;
	on_end(fixture, end, value != NULL);
}

static void
run(struct fixture *fixture)
{
	fixture->ended = 0;
	assert_int_equal(ck_loop_timer(fixture->loop, 20000, on_guard,
	    fixture, &fixture->guard), CK_OK);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	ck_loop_timer_cancel(&fixture->guard);
	assert_int_equal(fixture->ended, 1);
}

static void
ask_history(struct fixture *fixture)
{
	const struct ck_gateway_question asked = question();

	assert_int_equal(ck_gateway_history(fixture->gateway, &asked,
	    on_history, fixture, NULL), CK_OK);
	run(fixture);
}

/* number: each time another card, because of the quota. */
static void
ask_copayment(struct fixture *fixture, unsigned number)
{
	struct ck_gateway_question asked = question();

	(void)snprintf(asked.number, sizeof(asked.number),
	    "GD484%010u", number);
	assert_int_equal(ck_gateway_copayment(fixture->gateway, &asked,
	    on_copayment, fixture, NULL), CK_OK);
	run(fixture);
}

static void
check_in(struct fixture *fixture)
{
	assert_int_equal(ck_gateway_check_in(fixture->gateway,
	    ck_span_str("<?xml?>"), on_check_in, fixture, NULL), CK_OK);
	run(fixture);
}

#define SCRIPT(fixture, ...) \
	do { \
		const struct raw_step script_steps[] = { __VA_ARGS__ }; \
		raw_script(&(fixture)->server, script_steps, \
		    sizeof(script_steps) / sizeof(script_steps[0])); \
	} while (0)

static void
assert_in(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* --- The table ------------------------------------------------------------ */

static void
every_function_has_a_version_and_a_recording(void **state)
{
	static const struct {
		enum ck_remote function;
		const char *version, *path;
	} known[] = {
		{ CK_REMOTE_TOKEN, "1245", "/api/token/take" },
		{ CK_REMOTE_LOOKUP, "2024", "/api/egw/KQNhanLichSuKCB2024" },
		{ CK_REMOTE_HISTORY, "2025", "/api/egw/Lskcb2025" },
		{ CK_REMOTE_COPAYMENT, "2026",
		    "/api/TraCuuCCT/TraCuuTienMCCT" },
		{ CK_REMOTE_CHECK_IN, "3176", "/api/qd130/checkInKcbQd3176" },
		{ CK_REMOTE_CHECK_IN, "4750", "/api/qd130/checkInKcbQd4750" },
		{ CK_REMOTE_CHECK_IN, "130", "/api/qd130/checkInKcbQd130" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct ck_remote_row *row = ck_remote_at(i);

		assert_non_null(row);
		assert_int_equal(row->function, known[i].function);
		assert_string_equal(row->version, known[i].version);
		assert_string_equal(row->path, known[i].path);
		assert_ptr_equal(ck_remote_find(row->function, row->version),
		    row);
	}
	assert_null(ck_remote_at(i));
	assert_null(ck_remote_find(CK_REMOTE_LOOKUP, "2019"));
}

static void
the_configuration_replaces_path_and_encoding(void **state)
{
	struct ck_remote_choice choice = { "4750", "/api/x", CK_ENCODING_JSON };
	struct ck_remote_row row;

	(void)state;
	row = ck_remote_effective(CK_REMOTE_CHECK_IN, &choice);
	assert_string_equal(row.path, "/api/x");
	assert_int_equal(row.encoding, CK_ENCODING_JSON);
	assert_int_equal(row.secrets, CK_SECRETS_HEADERS);
	choice = (struct ck_remote_choice){ "4750", "", CK_ENCODING_VERSION };
	row = ck_remote_effective(CK_REMOTE_CHECK_IN, &choice);
	assert_string_equal(row.path, "/api/qd130/checkInKcbQd4750");
	assert_int_equal(row.encoding, CK_ENCODING_FORM);
}

/* --- History -------------------------------------------------------------- */

static void
history_2025(void **state)
{
	struct fixture *fixture = *state;
	const char *sent = fixture->server.requests[1];

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_HISTORY_2025), 0, 0 });
	ask_history(fixture);
	assert_int_equal(fixture->end.err, CK_OK);
	assert_in(sent, "POST /api/egw/Lskcb2025?token=a%2Bb%2Fc%3D%3D&"
	    "id_token=" ID "&username=84001_BV&password=" MD5 " HTTP/1.1\r\n");
	assert_in(sent, "\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\n");
	assert_in(sent, "\r\n\r\nmaThe=GD4840000000001&"
	    "hoTen=NGUY%E1%BB%84N%20V%C4%82N%20M%E1%BA%AAU&"
	    "ngaySinh=05%2F03%2F1994&"
	    "hoTenCb=Tr%E1%BA%A7n%20Th%E1%BB%8B%20Tr%E1%BB%B1c&"
	    "cccdCb=084180000002");
	assert_int_equal(fixture->history.count, 2);
	assert_string_equal(fixture->first.id, "1234567");
	assert_string_equal(fixture->first.facility, "84001");
	assert_string_equal(fixture->first.admitted, "2026-10-05T07:31");
	assert_string_equal(fixture->first.discharged, "2026-10-05T09:15");
	assert_string_equal(fixture->first.reason, "1.2");
	/* Who keeps proof gets the bytes as they came. */
	assert_string_equal(fixture->raw, WIRE_HISTORY_2025);
}

static void
no_visits_are_no_failure(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_HISTORY_2025_NONE), 0, 0 },
	    { RAW_JSON("200 OK", WIRE_HISTORY_2025_NULL), 0, 0 });
	ask_history(fixture);
	assert_int_equal(fixture->end.err, CK_OK);
	assert_int_equal(fixture->history.count, 0);
	ask_history(fixture);
	assert_int_equal(fixture->end.err, CK_OK);
	assert_int_equal(fixture->history.count, 0);
}

static void
a_history_that_goes_wrong_says_how(void **state)
{
	static const struct {
		const char *bytes;
		enum ck_err err;
	} rows[] = {
		{ RAW_JSON("200 OK", WIRE_101), CK_ERR_GATEWAY_FAULT },
		{ RAW_JSON("200 OK", WIRE_BARE("054", "x")),
		    CK_ERR_GATEWAY_OPERATOR },
		{ RAW_JSON("200 OK", WIRE_BARE("205", "x")), CK_ERR_REQUEST },
		{ RAW_JSON("200 OK", "{\"maKetQua\":null,"
		    "\"ghiChu\":\"Null hoTenCb\"}"), CK_ERR_GATEWAY_OPERATOR },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"000\","
		    "\"dsLichSuKCB2025\":{}}"), CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"000\","
		    "\"dsLichSuKCB2025\":[1]}"), CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("500 Internal Server Error", WIRE_HISTORY_2025),
		    CK_ERR_GATEWAY_FAULT },
		{ RAW_JSON("200 OK", "<html>"), CK_ERR_GATEWAY_MALFORMED },
		{ "", CK_ERR_GATEWAY_MALFORMED }
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct fixture *fixture = *state;
	struct raw_step steps[1 + ROWS] = { { TOKEN, 0, RAW_CLOSE } };
	size_t i;

	for (i = 0; i < ROWS; i++)
		steps[1 + i].bytes = rows[i].bytes;
	raw_script(&fixture->server, steps, 1 + ROWS);
	for (i = 0; i < ROWS; i++) {
		ask_history(fixture);
		assert_int_equal(fixture->end.err, rows[i].err);
		assert_false(fixture->has_value);
	}
}

/* --- Co-payment ----------------------------------------------------------- */

static void
copayment_2026(void **state)
{
	struct fixture *fixture = *state;
	const char *sent = fixture->server.requests[1];

	SCRIPT(fixture, { TOKEN, 0, 0 }, { RAW_JSON("200 OK",
	    WIRE_COPAYMENT_2026(WIRE_PAYMENT("20/10/2026", "825000") ","
	    WIRE_PAYMENT("13/09/2026", "412500"))), 0, 0 });
	ask_copayment(fixture, 1);
	assert_int_equal(fixture->end.err, CK_OK);
	assert_in(sent, "POST /api/TraCuuCCT/TraCuuTienMCCT HTTP/1.1\r\n");
	assert_in(sent, "\r\naccessToken: a+b/c==\r\n");
	assert_in(sent, "\r\ntokenId: " ID "\r\n");
	assert_in(sent, "\r\npasswordHash: " MD5 "\r\n");
	assert_in(sent, "\r\nContent-Type: application/json");
	assert_in(sent, "\r\n\r\n{\"username\":\"84001_BV\",\"maThe\":"
	    "\"GD4840000000001\",\"hoTen\":\"NGUYỄN VĂN MẪU\","
	    "\"ngaySinh\":\"05/03/1994\"}");
	assert_int_equal(fixture->copayment.count, 2);
	assert_string_equal(fixture->copayment.note,
	    "Dữ liệu tính đến ngày 22/11/2026");
	assert_string_equal(fixture->copayment.insurance_number,
	    "0000000001");
}

static void
copayment_has_its_own_ways_to_fail(void **state)
{
	static const struct {
		const char *bytes;
		enum ck_err err;
	} rows[] = {
		{ RAW_JSON("200 OK", WIRE_COPAYMENT_2026_NONE), CK_OK },
		{ RAW_JSON("200 OK", WIRE_COPAYMENT_2026_RESTRICTED),
		    CK_ERR_GATEWAY_RESTRICTED },
		{ RAW_JSON("200 OK", WIRE_COPAYMENT_2026_FAULT),
		    CK_ERR_GATEWAY_FAULT },
		{ RAW_JSON("200 OK", "{\"MaKetQua\":\"400\"}"),
		    CK_ERR_REQUEST },
		{ RAW_JSON("200 OK", "{\"MaKetQua\":\"200\",\"DataCCT\":"
		    "[{\"tBNCCTLuyKe\":\"1\"}]}"), CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"MaKetQua\":\"200\",\"DataCCT\":"
		    "[{\"tBNCCTLuyKe\":-1}]}"), CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"MaKetQua\":\"200\",\"DataCCT\":"
		    "[{\"tBNCCTLuyKe\":1e99}]}"), CK_ERR_GATEWAY_MALFORMED }
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct fixture *fixture = *state;
	struct raw_step steps[1 + ROWS] = { { TOKEN, 0, RAW_CLOSE } };
	unsigned i;

	for (i = 0; i < ROWS; i++)
		steps[1 + i].bytes = rows[i].bytes;
	raw_script(&fixture->server, steps, 1 + ROWS);
	for (i = 0; i < ROWS; i++) {
		ask_copayment(fixture, 100 + i);
		assert_int_equal(fixture->end.err, rows[i].err);
	}
	/* Not one of them was asked twice. */
	assert_int_equal(fixture->server.served, 1 + ROWS);
}

static void
an_empty_401_takes_a_new_token_once(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { TOKEN, 0, 0 }, { EMPTY_401, 0, 0 }, { OTHER, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_COPAYMENT_2026_NONE), 0, 0 },
	    { EMPTY_401, 0, 0 }, { TOKEN, 0, 0 }, { EMPTY_401, 0, 0 });
	ask_copayment(fixture, 1);
	assert_int_equal(fixture->end.err, CK_OK);
	assert_in(fixture->server.requests[3], "\r\naccessToken: other\r\n");
	ask_copayment(fixture, 2);
	assert_int_equal(fixture->end.err, CK_ERR_GATEWAY_ACCOUNT);
	assert_int_equal(fixture->server.served, 7);
}

static void
a_card_is_asked_about_once_in_15_minutes(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_question asked = question();
	struct ck_quota quota = { 0 };
	int64_t wait_ms;

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_COPAYMENT_2026_FAULT), 0, 0 });
	ask_copayment(fixture, 1);
	(void)snprintf(asked.number, sizeof(asked.number), "GD484%010u", 1U);
	assert_int_equal(ck_gateway_copayment(fixture->gateway, &asked,
	    on_copayment, fixture, NULL), CK_ERR_GATEWAY_REPEATED);

	assert_true(ck_quota_take(&quota, "A", 1000, &wait_ms));
	assert_false(ck_quota_take(&quota, "A", 1000, &wait_ms));
	assert_int_equal(wait_ms, 900000);
	assert_true(ck_quota_take(&quota, "B", 1000, &wait_ms));
	assert_false(ck_quota_take(&quota, "A", 900999, &wait_ms));
	assert_int_equal(wait_ms, 1);
	assert_true(ck_quota_take(&quota, "A", 901000, &wait_ms));
}

/* --- The threshold -------------------------------------------------------- */

static struct ck_copayment_state
settle(const char *body, struct ck_date day)
{
	struct ck_copayment_state result;
	struct ck_copayment answer;

	assert_int_equal(ck_copayment_parse(ck_span_str(body), &answer),
	    CK_OK);
	ck_copayment_settle(&answer, day, &result);

	return result;
}

static void
base_salaries_are_dated(void **state)
{
	(void)state;
	assert_int_equal(ck_base_salary((struct ck_date){ 2018, 1, 1 }), 0);
	assert_int_equal(ck_base_salary((struct ck_date){ 2023, 6, 30 }),
	    1490000);
	assert_int_equal(ck_base_salary((struct ck_date){ 2023, 7, 1 }),
	    1800000);
	assert_int_equal(ck_base_salary((struct ck_date){ 2024, 7, 1 }),
	    2340000);
	assert_int_equal(ck_base_salary((struct ck_date){ 2026, 6, 30 }),
	    2340000);
	assert_int_equal(ck_base_salary((struct ck_date){ 2026, 7, 1 }),
	    2530000);
}

static void
the_largest_sum_counts_and_nothing_is_not_zero(void **state)
{
	const struct ck_date day = { 2025, 11, 23 };
	struct ck_copayment_state result;

	(void)state;
	result = settle(WIRE_COPAYMENT_2026_NONE, day);
	assert_false(result.known);
	assert_false(result.over);
	/* 6 x 2,340,000 = 14,040,000: at it is not over it. */
	result = settle(WIRE_COPAYMENT_2026(
	    WIRE_PAYMENT("01/10/2025", "14040000") ","
	    WIRE_PAYMENT("01/09/2025", "14039999")), day);
	assert_true(result.known);
	assert_int_equal(result.paid_dong, 14040000);
	assert_int_equal(result.threshold_dong, 14040000);
	assert_false(result.over);
	/* In any order; over since the first discharge that crossed it. */
	result = settle(WIRE_COPAYMENT_2026(
	    WIRE_PAYMENT("01/09/2025", "14040001") ","
	    WIRE_PAYMENT("01/10/2025", "15000000") ","
	    WIRE_PAYMENT("01/08/2025", "9000000")), day);
	assert_true(result.over);
	assert_int_equal(result.paid_dong, 15000000);
	assert_int_equal(ck_date_compare(result.over_since,
	    (struct ck_date){ 2025, 9, 1 }), 0);
}

static void
a_year_of_change_weighs_both_salaries(void **state)
{
	const struct ck_date after = { 2026, 11, 23 };
	struct ck_copayment_state result;

	(void)state;
	/* Nothing before 2026-07-01: 6 x 2,530,000. */
	result = settle(WIRE_COPAYMENT_2026(
	    WIRE_PAYMENT("01/08/2026", "1000000")), after);
	assert_int_equal(result.threshold_dong, 15180000);
	/* 7,020,000 = 3 old salaries before: 7,020,000 + 3 x 2,530,000. */
	result = settle(WIRE_COPAYMENT_2026(
	    WIRE_PAYMENT("01/08/2026", "9000000") ","
	    WIRE_PAYMENT("30/06/2026", "7020000")), after);
	assert_int_equal(result.threshold_dong, 14610000);
	/* Over before the change: it stays so. */
	result = settle(WIRE_COPAYMENT_2026(
	    WIRE_PAYMENT("30/06/2026", "14050000")), after);
	assert_int_equal(result.threshold_dong, 14040000);
	assert_true(result.over);
}

/* --- Check-in ------------------------------------------------------------- */

static void
check_in_in_every_version(void **state)
{
	static const struct {
		const char *version, *line;
	} rows[] = {
		{ "3176", "POST /api/qd130/checkInKcbQd3176 HTTP/1.1\r\n" },
		{ "4750", "POST /api/qd130/checkInKcbQd4750 HTTP/1.1\r\n" },
		{ "130", "POST /api/qd130/checkInKcbQd130 HTTP/1.1\r\n" }
	};
	struct fixture *fixture = *state;
	struct raw_step steps[6];
	size_t i;

	for (i = 0; i < 3; i++) {
		steps[2 * i] = (struct raw_step){ TOKEN, 0, RAW_CLOSE };
		steps[2 * i + 1] = (struct raw_step){ RAW_JSON("200 OK",
		    WIRE_CHECK_IN_GOOD), 0, RAW_CLOSE };
	}
	raw_script(&fixture->server, steps, 6);
	for (i = 0; i < 3; i++) {
		const char *sent = fixture->server.requests[2 * i + 1];

		strcpy(fixture->config.remotes[CK_REMOTE_CHECK_IN].version,
		    rows[i].version);
		ck_gateway_free(&fixture->gateway);
		assert_int_equal(ck_gateway_new(&fixture->gateway,
		    &fixture->config, fixture->loop), CK_OK);
		check_in(fixture);
		assert_int_equal(fixture->end.err, CK_OK);
		assert_in(sent, rows[i].line);
		assert_in(sent, "\r\naccessToken: a+b/c==\r\n");
		assert_in(sent, "\r\nContent-Type: "
		    "application/x-www-form-urlencoded\r\n");
		/* printf '<?xml?>' | base64 */
		assert_in(sent, "\r\n\r\nusername=84001_BV&loaiHoSo=0&"
		    "maTinh=84&maCSKCB=84001&"
		    "fileHSBase64=PD94bWw%2FPg%3D%3D");
		assert_int_equal(fixture->ack.result, CK_ACK_ACCEPTED);
		assert_string_equal(fixture->ack.transaction,
		    "840012611230001");
		assert_string_equal(fixture->ack.received, "20261123073112");
	}
}

static void
only_a_clear_word_is_a_yes_or_a_no(void **state)
{
	static const struct {
		const char *body;
		enum ck_ack_result result;
	} rows[] = {
		{ WIRE_CHECK_IN("200", "1", ""), CK_ACK_ACCEPTED },
		{ WIRE_CHECK_IN("200", "1", "Thiếu trường HO_TEN"),
		    CK_ACK_REJECTED },
		{ WIRE_CHECK_IN("202", "", "Sai nội dung"), CK_ACK_REJECTED },
		{ WIRE_CHECK_IN("500", "", ""), CK_ACK_UNKNOWN },
		{ WIRE_CHECK_IN("408", "", ""), CK_ACK_UNKNOWN },
		{ WIRE_CHECK_IN("777", "", ""), CK_ACK_UNKNOWN }
	};
	struct ck_ack ack;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ck_ack_parse(ck_span_str(rows[i].body),
		    &ack), CK_OK);
		assert_int_equal(ack.result, rows[i].result);
	}
	assert_int_equal(ck_ack_parse(ck_span_str("{\"maKetQua\":true}"),
	    &ack), CK_ERR_GATEWAY_MALFORMED);
	assert_int_equal(ck_ack_parse(ck_span_str(""), &ack),
	    CK_ERR_GATEWAY_MALFORMED);
}

/* One that was taken would be sent again and again, and then given up. */
static void
an_odd_transaction_is_no_doubt(void **state)
{
	static const struct { const char *body, *transaction; } rows[] = {
		{ "{\"maKetQua\":200,\"maGiaoDich\":840012611230001,"
		    "\"thoiGianTiepNhan\":20261123073112,"
		    "\"thongDiep\":null}", "840012611230001" },
		{ "{\"maKetQua\":\"200\",\"maGiaoDich\":\""
		    "0123456789012345678901234567890123456789"
		    "0123456789012345678901234567890123456789\"}",
		    "0123456789012345678901234567890123456789"
		    "01234567890123456789012" },
		{ "{\"maKetQua\":\"200\",\"maGiaoDich\":{\"a\":1}}", "" },
		{ "{\"maKetQua\":\"200\"}", "" }
	};
	struct ck_ack ack;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ck_ack_parse(ck_span_str(rows[i].body),
		    &ack), CK_OK);
		assert_int_equal(ack.result, CK_ACK_ACCEPTED);
		assert_string_equal(ack.transaction, rows[i].transaction);
		assert_string_equal(ack.received, i == 0 ? "20261123073112" :
		    "");
	}
}

/* They go into receipts, and onto the screens of technicians. */
static void
control_characters_of_the_portal_become_blanks(void **state)
{
	struct ck_ack ack;

	(void)state;
	assert_int_equal(ck_ack_parse(ck_span_str("{\"maKetQua\":\"200\","
	    "\"maGiaoDich\":\"20\\n26\\u001b[2J\\u007f1\","
	    "\"thongDiep\":\"a\\u007fb\\tc\"}"), &ack), CK_OK);
	assert_string_equal(ack.transaction, "20 26 [2J 1");
	assert_string_equal(ack.message, "a b c");
}

static void
a_check_in_that_may_have_arrived_is_told(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { TOKEN, 0, 0 },
	    { "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 0, 0 },
	    { RAW_JSON("200 OK", WIRE_CHECK_IN("403", "", "x")), 0, 0 },
	    { OTHER, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_CHECK_IN("403", "", "x")), 0, 0 });
	check_in(fixture);
	assert_int_equal(fixture->end.err, CK_ERR_GATEWAY_MALFORMED);
	assert_false(fixture->end.held);
	check_in(fixture);
	assert_int_equal(fixture->end.err, CK_ERR_GATEWAY_ACCOUNT);
	assert_int_equal(fixture->server.served, 5);
	assert_int_equal(ck_gateway_check_in(fixture->gateway, CK_SPAN_EMPTY,
	    on_check_in, fixture, NULL), CK_ERR_REQUEST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_function_has_a_version_and_a_recording),
		cmocka_unit_test(the_configuration_replaces_path_and_encoding),
		TEST(history_2025),
		TEST(no_visits_are_no_failure),
		TEST(a_history_that_goes_wrong_says_how),
		TEST(copayment_2026),
		TEST(copayment_has_its_own_ways_to_fail),
		TEST(an_empty_401_takes_a_new_token_once),
		TEST(a_card_is_asked_about_once_in_15_minutes),
		cmocka_unit_test(
		    control_characters_of_the_portal_become_blanks),
		cmocka_unit_test(base_salaries_are_dated),
		cmocka_unit_test(
		    the_largest_sum_counts_and_nothing_is_not_zero),
		cmocka_unit_test(a_year_of_change_weighs_both_salaries),
		TEST(check_in_in_every_version),
		cmocka_unit_test(only_a_clear_word_is_a_yes_or_a_no),
		cmocka_unit_test(an_odd_transaction_is_no_doubt),
		TEST(a_check_in_that_may_have_arrived_is_told),
	};

	return cmocka_run_group_tests_name("remote", tests, NULL, NULL);
}
