/*
 * test_gateway_answers.c - every answer that is none: what it is taken for
 */
#include "gateway_fixture.h"

static void
garbage_is_a_fault_of_the_gateway(void **state)
{
	static const struct {
		const char *bytes;
		enum ck_err err;
	} rows[] = {
		{ "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n"
		    "Connection: close\r\n\r\n<html>Bad Gateway</html>",
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "<html>Login</html>"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", ""), CK_ERR_GATEWAY_MALFORMED },
		{ "", CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
		    "{\"maKetQua\":\"000\"", CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":0}"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":[\"000\"]}"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"000\",\"maThe\":{}}"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"000\",\"gtTheDen\":31}"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"000\"}{}"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"000\",\"hoTen\":"
		    "\"\xff\xfe\"}"), CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "[" WIRE_000 "]"),
		    CK_ERR_GATEWAY_MALFORMED },
		/* A yes under an error status is not believed. */
		{ RAW_JSON("500 Internal Server Error", WIRE_000),
		    CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
		    "Content-Length: 0\r\n\r\n", CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n{",
		    CK_ERR_GATEWAY_TOO_LARGE }
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct fixture *fixture = *state;
	struct raw_step steps[1 + ROWS] = { { GOOD_TOKEN, 0, RAW_CLOSE } };
	struct ck_gateway_figures figures;
	size_t i;

	for (i = 0; i < ROWS; i++)
		steps[1 + i].bytes = rows[i].bytes;
	raw_script(&fixture->server, steps, 1 + ROWS);
	for (i = 0; i < ROWS; i++) {
		ask(fixture, 1);
		assert_int_equal(fixture->err, rows[i].err);
		assert_string_equal(fixture->answer.code, "");
	}
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.failed_gateway, ROWS);
}

/* The same before there is a session: no lookup is sent then. */
static void
garbage_for_a_session_is_told_too(void **state)
{
	static const struct {
		const char *bytes;
		enum raw_end end;
		enum ck_err err;
	} rows[] = {
		{ "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n"
		    "Connection: close\r\n\r\n<html>Bad Gateway</html>",
		    RAW_CLOSE, CK_ERR_GATEWAY_FAULT },
		{ RAW_JSON("200 OK", "<html>Login</html>"), RAW_CLOSE,
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", ""), RAW_CLOSE,
		    CK_ERR_GATEWAY_MALFORMED },
		{ "", RAW_CLOSE, CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
		    "{\"maKetQua\":\"200\",\"APIKey\":{\"access_token\":\"t\"",
		    RAW_CLOSE, CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":200,\"APIKey\":[]}"),
		    RAW_CLOSE, CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"APIKey\":{\"access_token\":1,"
		    "\"id_token\":{}}}"), RAW_CLOSE,
		    CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n{",
		    RAW_CLOSE, CK_ERR_GATEWAY_TOO_LARGE },
		{ "HTTP/1.1 200 OK\r\n\r\n{", RAW_FLOOD,
		    CK_ERR_GATEWAY_TOO_LARGE },
		{ "", RAW_HOLD, CK_ERR_GATEWAY_TIMEOUT }
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct fixture *fixture = *state;
	struct raw_step steps[ROWS] = { { NULL, 0, RAW_CLOSE } };
	struct ck_gateway_figures figures;
	size_t i;

	for (i = 0; i < ROWS; i++)
		steps[i] = (struct raw_step){ rows[i].bytes, 0, rows[i].end };
	raw_script(&fixture->server, steps, ROWS);
	for (i = 0; i < ROWS; i++) {
		/* Only who waits for ever has to be cut short. */
		fixture->config.gateway_timeout_ms =
		    rows[i].end == RAW_HOLD ? 700 : 10000;
		restart(fixture);
		ask(fixture, 1);
		assert_int_equal(fixture->err, rows[i].err);
		/* A login that is still on its way would serve the next. */
		restart(fixture);
		assert_int_equal(fixture->server.served, i + 1);
	}
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.ok, 0);
}

static void
an_endless_answer_is_cut(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 },
	    { "HTTP/1.1 200 OK\r\n\r\n{", 0, RAW_FLOOD });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_TOO_LARGE);
}

static void
silence_ends_at_the_deadline(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.gateway_timeout_ms = 700;
	restart(fixture);
	/* The token takes a part of the time: the limit is for both. */
	SCRIPT(fixture, { GOOD_TOKEN, 500, 0 }, { "", 0, RAW_HOLD });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_TIMEOUT);
}

static void
a_dead_line_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;

	raw_stop(&fixture->server);
	ask(fixture, 2);
	assert_int_equal(fixture->err, CK_ERR_LINE);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.failed_line, 2);
	assert_int_equal(figures.up, 0);
	raw_start(&fixture->server);	/* for tear_down */
}

/* An https gateway that does not shake hands: it hears nothing in clear. */
static void
a_line_without_tls_is_told_and_told_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;

	(void)snprintf(fixture->config.gateway_url,
	    sizeof(fixture->config.gateway_url), "https://127.0.0.1:%u",
	    fixture->server.port);
	restart(fixture);
	SCRIPT(fixture, { "HTTP/1.1 400 Bad Request\r\n\r\n", 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_LINE);
	assert_in(fixture->failure, "tls: ");
	/* A TLS record of a handshake (RFC 8446 §5.1). */
	assert_int_equal(fixture->server.requests[0][0], 0x16);
	assert_null(memmem(fixture->server.requests[0], RAW_REQUEST_MAX,
	    "84001_BV", 8));
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.failed_line, 1);
}

#define ANSWER_ABOUT(card, insurance, name, birth) \
	RAW_JSON("200 OK", "{\"maKetQua\":\"000\",\"maThe\":\"" card "\"," \
	    "\"maSoBHXH\":\"" insurance "\",\"hoTen\":\"" name "\"," \
	    "\"ngaySinh\":\"" birth "\"}")

/* Another name, another birth date, another number than was asked about. */
static void
somebody_elses_answer_is_refused(void **state)
{
	static const struct {
		enum ck_key key;
		const char *number, *bytes;
	} rows[] = {
		{ CK_KEY_ID_NUMBER, "084094000001",
		    ANSWER_ABOUT("GD4840000000001", "0000000001",
		    "Trần Thị Khác", "05/03/1994") },
		{ CK_KEY_ID_NUMBER, "084094000001",
		    ANSWER_ABOUT("GD4840000000001", "0000000001",
		    "Nguyễn Văn Mẫu", "05/04/1994") },
		{ CK_KEY_INSURANCE_NUMBER, "0000000001",
		    ANSWER_ABOUT("GD4840000000002", "0000000002",
		    "Nguyễn Văn Mẫu", "05/03/1994") },
		{ CK_KEY_CARD_NUMBER, "GD4840000000001",
		    ANSWER_ABOUT("GD4840000000002", "0000000002",
		    "Nguyễn Văn Mẫu", "05/03/1994") }
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct fixture *fixture = *state;
	struct raw_step steps[1 + ROWS] = { { GOOD_TOKEN, 0, RAW_CLOSE } };
	struct ck_gateway_figures figures;
	size_t i;

	for (i = 0; i < ROWS; i++)
		steps[1 + i].bytes = rows[i].bytes;
	raw_script(&fixture->server, steps, 1 + ROWS);
	for (i = 0; i < ROWS; i++) {
		struct ck_gateway_question asked = question();

		asked.key = rows[i].key;
		(void)snprintf(asked.number, sizeof(asked.number), "%s",
		    rows[i].number);
		ask_this(fixture, &asked);
		assert_int_equal(fixture->err, CK_ERR_GATEWAY_WRONG_PERSON);
		assert_string_equal(fixture->answer.full_name, "");
		assert_string_equal(fixture->answer.card.number, "");
	}
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.failed_gateway, ROWS);
	assert_int_equal(figures.ok, 0);
}

static void
a_clerk_that_is_missing_is_told(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { RAW_JSON("200 OK",
	    "{\"maKetQua\":null,\"ghiChu\":\"Null hoTenCb\"}"), 0, 0 },
	    { RAW_JSON("200 OK", "{\"ghiChu\":\"Null cccdCb\"}"), 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_OPERATOR);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_OPERATOR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(garbage_is_a_fault_of_the_gateway),
		TEST(garbage_for_a_session_is_told_too),
		TEST(an_endless_answer_is_cut),
		TEST(silence_ends_at_the_deadline),
		TEST(a_dead_line_is_told),
		TEST(a_line_without_tls_is_told_and_told_nothing),
		TEST(somebody_elses_answer_is_refused),
		TEST(a_clerk_that_is_missing_is_told),
	};

	return cmocka_run_group_tests_name("gateway_answers", tests, NULL, NULL);
}
