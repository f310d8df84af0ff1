/*
 * test_proxy.c - what hospital software sends, byte for byte, and what it gets
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/config.h"
#include "eligibility/gateway.h"
#include "io/loop.h"
#include "proxy/form.h"
#include "proxy/given.h"
#include "proxy/proxy.h"
#include "proxy/repeat.h"

static void
forms_and_json_say_the_same(void **state)
{
	static const char *const bodies[] = {
		"maThe=GD4840000000001&hoTen=Nguy%E1%BB%85n+V%C4%83n%20M%e1"
		    "%ba%abu&x=",
		"{\"MATHE\":\"GD4840000000001\",\"HoTen\":\"Nguyễn Văn Mẫu\","
		    "\"x\":null}",
		"\r\n {\"mathe\":\"GD4840000000001\",\"hoten\":\"Nguy\\u1ec5n "
		    "V\\u0103n M\\u1eabu\",\"x\":5}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		json_t *given = ck_given_parse(ck_span_str(bodies[i]));

		assert_non_null(given);
		assert_string_equal(ck_given_text(given, "maThe"),
		    "GD4840000000001");
		assert_string_equal(ck_given_text(given, "hoTen"),
		    "Nguyễn Văn Mẫu");
		assert_string_equal(ck_given_text(given, "x"), "");
		assert_string_equal(ck_given_text(given, "ngaySinh"), "");
		json_decref(given);
	}
}

static void
hostile_bodies_are_refused(void **state)
{
	static const char *const bodies[] = {
		"", "&&&", "a=%", "a=%4", "a=%zz", "a=%00", "a=%ff",
		"%=1", "a=1&A=2", "{", "{\"a\":\"1\"} x",
		"{\"a\":\"1\",\"A\":\"2\"}", "{\"a\":\"1\",\"a\":\"2\"}",
	};
	char many[512] = "";
	size_t i, used = 0;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		json_t *given = ck_given_parse(ck_span_str(bodies[i]));

		if (given != NULL)
			fail_msg("taken: %s", bodies[i]);
	}
	assert_null(ck_given_parse(ck_span_of("a=1\0b", 5)));
	for (i = 0; i <= CK_GIVEN_FIELDS_MAX; i++)
		used += (size_t)snprintf(many + used, sizeof(many) - used,
		    "f%zu=1&", i);
	assert_null(ck_given_parse(ck_span_str(many)));
}

static const char *
text(json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

static void
a_kept_answer_has_the_gateways_members_and_our_mark(void **state)
{
	struct ck_answer answer = { .code = "000", .sex = 'F',
		.date_of_birth = { 1994, 3, 5 },
		.as_of_ms = INT64_C(1795651200000) };
	json_t *json;

	(void)state;
	strcpy(answer.note, "Thẻ còn giá trị sử dụng!");
	strcpy(answer.card.number, "GD4840000000001");
	answer.card.valid_from = (struct ck_date){ 2026, 1, 1 };
	json = ck_form_kept(&answer);
	assert_int_equal(json_object_size(json), 22);
	assert_string_equal(text(json, "maKetQua"), "000");
	assert_string_equal(text(json, "ghiChu"), "[Trạm tiếp nhận trả lời "
	    "thay Cổng, theo câu trả lời của Cổng lúc 07:00 ngày 26/11/2026] "
	    "Thẻ còn giá trị sử dụng!");
	assert_string_equal(text(json, "ngaySinh"), "05/03/1994");
	assert_string_equal(text(json, "gioiTinh"), "Nữ");
	assert_string_equal(text(json, "gtTheTu"), "01/01/2026");
	assert_string_equal(text(json, "gtTheDen"), "");
	assert_true(json_is_null(json_object_get(json, "dsLichSuKCB2018")));
	json_decref(json);
}

/* Codes that clients do not take for a "no" about the patient. */
static void
a_failure_is_never_a_refusal_of_the_patient(void **state)
{
	static const struct {
		enum ck_remote function;
		enum ck_err err;
		const char *member, *code, *note;
	} rows[] = {
		{ CK_REMOTE_LOOKUP, CK_ERR_LINE, "maKetQua", "101", "ghiChu" },
		{ CK_REMOTE_LOOKUP, CK_ERR_GATEWAY_WRONG_PERSON, "maKetQua",
		    "101", "ghiChu" },
		{ CK_REMOTE_LOOKUP, CK_ERR_GATEWAY_ACCOUNT, "maKetQua", "401",
		    "ghiChu" },
		{ CK_REMOTE_LOOKUP, CK_ERR_REQUEST, "maKetQua", "205",
		    "ghiChu" },
		{ CK_REMOTE_HISTORY, CK_ERR_GATEWAY_TIMEOUT, "maKetQua", "101",
		    "ghiChu" },
		{ CK_REMOTE_COPAYMENT, CK_ERR_LINE, "MaKetQua", "500",
		    "GhiChu" },
		{ CK_REMOTE_CHECK_IN, CK_ERR_LINE, "maKetQua", "500",
		    "thongDiep" },
		{ CK_REMOTE_TOKEN, CK_ERR_LINE, "maKetQua", "500", "ghiChu" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *json = ck_form_failure(rows[i].function, rows[i].err);

		assert_string_equal(text(json, rows[i].member), rows[i].code);
		assert_ptr_equal(strstr(text(json, rows[i].note),
		    "[Trạm tiếp nhận trả lời thay Cổng]"),
		    text(json, rows[i].note));
		json_decref(json);
	}
}

/* What counts is whether it was taken, and that no second number is made. */
static void
a_check_in_without_an_answer_is_never_accepted(void **state)
{
	static const struct {
		enum ck_err err;
		bool arrived;
		const char *code, *words;
	} rows[] = {
		{ CK_ERR_LINE, false, "500", "CHƯA được Cổng tiếp nhận" },
		{ CK_ERR_GATEWAY_TIMEOUT, true, "500", "CHƯA RÕ" },
		{ CK_ERR_GATEWAY_ACCOUNT, false, "401",
		    "CHƯA được Cổng tiếp nhận" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *json = ck_form_check_in_failure(rows[i].err,
		    rows[i].arrived);

		assert_string_equal(text(json, "maKetQua"), rows[i].code);
		assert_string_equal(text(json, "maGiaoDich"), "");
		assert_string_equal(text(json, "thoiGianTiepNhan"), "");
		assert_non_null(strstr(text(json, "thongDiep"),
		    rows[i].words));
		assert_non_null(strstr(text(json, "thongDiep"),
		    "cùng MA_LK"));
		json_decref(json);
	}
}

static void
a_kept_copayment_is_marked_in_its_own_member(void **state)
{
	static const char *const raws[] = {
		"{\"MaKetQua\":\"200\",\"GhiChu\":\"đến hôm qua\","
		    "\"DataCCT\":[{\"tBNCCTLuyKe\":123456.7}]}",
		"{\"ghichu\":\"đến hôm qua\",\"x\":1}",
	};
	json_t *json;

	(void)state;
	json = ck_form_kept_copayment(ck_span_str(raws[0]),
	    INT64_C(1795651200000));
	assert_string_equal(text(json, "GhiChu"), "[Trạm tiếp nhận trả lời "
	    "thay Cổng, theo câu trả lời của Cổng lúc 07:00 ngày 26/11/2026] "
	    "đến hôm qua");
	assert_int_equal(json_object_size(json), 3);
	json_decref(json);
	json = ck_form_kept_copayment(ck_span_str(raws[1]), 0);
	assert_non_null(strstr(text(json, "ghichu"), "] đến hôm qua"));
	assert_int_equal(json_object_size(json), 2);
	json_decref(json);
	assert_null(ck_form_kept_copayment(ck_span_str("<html>"), 0));
	assert_null(ck_form_kept_copayment(ck_span_str("[]"), 0));
	json = ck_form_repeated_copayment(INT64_C(1795651200000));
	assert_string_equal(text(json, "MaKetQua"), "500");
	assert_non_null(strstr(text(json, "GhiChu"), "hỏi lại sau 07:15."));
	json_decref(json);
}

#define MINUTE INT64_C(60000)
#define QUESTION(card, name) "maThe=" card "&hoTen=" name \
	"&ngaySinh=05%2f03%2f1994"

struct repeated {
	struct ck_repeats *repeats;
	uint8_t key[CK_REPEAT_KEY_LEN];
	struct ck_repeat_answer answer;
};

static enum ck_repeat
ask_at(struct repeated *r, int64_t minute, const char *account,
    const char *body)
{
	json_t *given = ck_given_parse(ck_span_str(body));
	enum ck_repeat repeat = ck_repeats_ask(r->repeats, account, given,
	    minute * MINUTE, 1000 + minute, r->key, &r->answer);

	json_decref(given);

	return repeat;
}

static void
the_same_question_is_answered_from_the_first(void **state)
{
	struct repeated r = { .repeats = ck_repeats_new() };
	const char *a = QUESTION("GD1", "A");

	(void)state;
	assert_non_null(r.repeats);
	assert_int_equal(ask_at(&r, 1, "u", a), CK_REPEAT_NEW);
	assert_int_equal(ask_at(&r, 2, "u", a), CK_REPEAT_OPEN);
	assert_int_equal(r.answer.asked_ms, 1001);
	ck_repeats_end(r.repeats, r.key, true, ck_span_str("{1}"));
	assert_int_equal(ask_at(&r, 15, "u", a), CK_REPEAT_KEPT);
	assert_int_equal(r.answer.asked_ms, 1001);
	assert_true(ck_span_equal(r.answer.raw, ck_span_str("{1}")));
	/* Form or JSON: it is the same question. */
	assert_int_equal(ask_at(&r, 15, "u", "{\"mathe\":\"GD1\",\"HOTEN\":"
	    "\"A\",\"ngaysinh\":\"05/03/1994\"}"), CK_REPEAT_KEPT);
	assert_int_equal(ask_at(&r, 15, "v", a), CK_REPEAT_NEW);
	assert_int_equal(ask_at(&r, 15, "u", QUESTION("GD1", "B")),
	    CK_REPEAT_NEW);
	/* A quarter of an hour later it is asked anew. */
	assert_int_equal(ask_at(&r, 16, "u", a), CK_REPEAT_NEW);
	/* What never arrived may be asked at once. */
	ck_repeats_end(r.repeats, r.key, false, CK_SPAN_EMPTY);
	assert_int_equal(ask_at(&r, 16, "u", a), CK_REPEAT_NEW);
	ck_repeats_free(&r.repeats);
}

static void
questions_are_bounded_and_need_a_card(void **state)
{
	struct repeated r = { .repeats = ck_repeats_new() };
	char body[64];
	int i;

	(void)state;
	assert_non_null(r.repeats);
	assert_int_equal(ask_at(&r, 1, "u", "maThe=&hoTen=A"),
	    CK_REPEAT_NEW);
	assert_int_equal(ask_at(&r, 1, "u", "maThe=&hoTen=A"),
	    CK_REPEAT_NEW);
	ck_repeats_end(r.repeats, r.key, true, ck_span_str("{}"));
	for (i = 0; i <= CK_REPEATS_MAX; i++) {
		(void)snprintf(body, sizeof(body), "maThe=GD%d", i);
		assert_int_equal(ask_at(&r, 1, "u", body), CK_REPEAT_NEW);
	}
	assert_int_equal(ask_at(&r, 1, "u", body), CK_REPEAT_OPEN);
	assert_int_equal(ask_at(&r, 1, "u", "maThe=GD0"), CK_REPEAT_NEW);
	ck_repeats_free(&r.repeats);
}

/* --- Logins --------------------------------------------------------------- */

static struct {
	struct ck_config config;
	struct ck_loop *loop;
	struct ck_proxy *proxy;
	struct ck_proxy_grant grant;
	unsigned answered;
} w;

static void
on_login(void *ctx, const struct ck_proxy_grant *grant)
{
	(void)ctx;
	w.grant = *grant;
	w.answered++;
	ck_loop_stop(w.loop);
}

static void
log_in(const char *user, const char *password)
{
	unsigned before = w.answered;

	ck_proxy_login(w.proxy, user, password, on_login, NULL);
	while (w.answered == before)
		assert_int_equal(ck_loop_run(w.loop), CK_OK);
}

static int
start(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	/* Nobody listens there: an outage. */
	strcpy(w.config.gateway_url, "http://127.0.0.1:1");
	strcpy(w.config.gateway_user, "84001_BV");
	strcpy(w.config.gateway_password, "practice");
	w.config.gateway_connect_timeout_ms = 1000;
	w.config.gateway_timeout_ms = 2000;
	w.config.gateway_answer_max = 65536;
	w.config.gateway_failures_max = 100;
	assert_int_equal(ck_loop_new(&w.loop, ck_clock_system()), CK_OK);
	assert_int_equal(ck_proxy_new(&w.proxy, &(struct ck_proxy_options){
	    .config = &w.config, .loop = w.loop }), CK_OK);

	return 0;
}

static int
stop(void **state)
{
	(void)state;
	ck_proxy_free(&w.proxy);
	ck_loop_free(&w.loop);

	return 0;
}

/* printf practice | openssl dgst -md5 */
#define OUR_MD5 "8c40400c009918b5f10b73f9a0e47398"

static void
in_an_outage_only_a_proven_account_gets_a_token(void **state)
{
	struct ck_proxy_secrets secrets;
	struct ck_gateway *gateway;

	(void)state;
	log_in("84001_BV", OUR_MD5);
	assert_int_equal(w.grant.err, CK_OK);
	secrets = (struct ck_proxy_secrets){ w.grant.access, w.grant.id,
		"84001_BV", OUR_MD5 };
	gateway = ck_proxy_find(w.proxy, &secrets);
	assert_non_null(gateway);
	secrets.user = "84001_XX";
	assert_null(ck_proxy_find(w.proxy, &secrets));
	secrets.user = NULL;
	assert_ptr_equal(ck_proxy_find(w.proxy, &secrets), gateway);
	secrets.password = "00000000000000000000000000000000";
	assert_null(ck_proxy_find(w.proxy, &secrets));
	secrets.password = NULL;
	secrets.id = "";
	assert_null(ck_proxy_find(w.proxy, &secrets));
	secrets.id = "00000000-0000-4000-8000-000000000000";
	assert_null(ck_proxy_find(w.proxy, &secrets));
	log_in("84001_BV", "00000000000000000000000000000000");
	assert_int_equal(w.grant.err, CK_ERR_LINE);
	assert_string_equal(w.grant.access, "");
	log_in("84001_084190000077", OUR_MD5);
	assert_int_equal(w.grant.err, CK_ERR_LINE);
}

static void
accounts_are_bounded(void **state)
{
	char user[32];
	unsigned i;

	(void)state;
	for (i = 0; i < CK_PROXY_ACCOUNTS_MAX; i++) {
		(void)snprintf(user, sizeof(user), "84001_%u", i);
		log_in(user, OUR_MD5);
		assert_int_equal(w.grant.err, CK_ERR_LINE);
	}
	log_in("84001_one_more", OUR_MD5);
	assert_int_equal(w.grant.err, CK_ERR_LIMIT);
	log_in("", OUR_MD5);
	assert_int_equal(w.grant.err, CK_ERR_REQUEST);
	log_in("84001_BV", "123456789012345678901234567890123");
	assert_int_equal(w.grant.err, CK_ERR_REQUEST);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_and_json_say_the_same),
		cmocka_unit_test(hostile_bodies_are_refused),
		cmocka_unit_test(
		    a_kept_answer_has_the_gateways_members_and_our_mark),
		cmocka_unit_test(a_failure_is_never_a_refusal_of_the_patient),
		cmocka_unit_test(
		    a_check_in_without_an_answer_is_never_accepted),
		cmocka_unit_test(a_kept_copayment_is_marked_in_its_own_member),
		cmocka_unit_test(the_same_question_is_answered_from_the_first),
		cmocka_unit_test(questions_are_bounded_and_need_a_card),
		WORLD(in_an_outage_only_a_proven_account_gets_a_token),
		WORLD(accounts_are_bounded),
	};

	return cmocka_run_group_tests_name("proxy", tests, NULL, NULL);
}
