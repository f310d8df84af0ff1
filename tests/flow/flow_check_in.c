/*
 * flow_check_in.c - from the answer to the notice at the insurer, with
 * everything that can go wrong between
 *
 * What has arrived is asked of the simulated gateway: each MA_LK and how
 * often.
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
#include <time.h>
#include <unistd.h>

#include "support/check_in.h"

#define SETTINGS "[gateway]\ncheck_in_timeout_ms = 1500\n" \
	"failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"[check_in]\nlevel = 2025-01-01 primary\nbackoff_ms = 50\n" \
	"backoff_max_ms = 200\ntries_max = 3\n"

static struct world world;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
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
the_answer_fills_the_notice_and_the_insurer_takes_it(void **state)
{
	json_t *json = check_in_admit(&world, "code-000", "", 201), *last;
	char id[64], path[128];

	(void)state;
	assert_string_equal(view_text(json, "state"), "admitted");
	assert_string_equal(view_text(json, "category.proposed.code"), "1.2");
	assert_string_equal(view_text(json, "fields.MA_DOITUONG_KCB"), "1.2");
	assert_int_equal(strlen(view_text(json, "fields.MA_THE_BHYT")), 15);
	assert_int_equal(strlen(view_text(json, "fields.NGAY_VAO")), 12);
	assert_string_equal(view_text(json, "fields.MA_LOAI_KCB"), "01");
	check_in_id(json, id);
	json_decref(check_in_notice(&world, id, "LK-1", "", 201));
	last = check_in_wait(&world, id, "accepted");
	assert_string_not_equal(view_text(last, "transaction"), "");
	assert_int_equal(strlen(view_text(last, "received")), 14);
	assert_string_equal(view_text(last, "code"), "200");
	json_decref(last);
	assert_int_equal(check_in_arrived(&world, "LK-1"), 1);
	check_in_path(id, "/receipt", path);
	last = check_in_ask(&world, "GET", path, NULL, 200);
	assert_string_equal(view_text(last, "about"), "check_in");
	assert_non_null(strstr(view_text(last, "statement"),
	    "notice_state: accepted"));
	json_decref(last);
	(void)snprintf(path, sizeof(path), "/v1/receipts/%s", id);
	json_decref(check_in_ask(&world, "GET", path, NULL, 200));
	(void)snprintf(path, sizeof(path), "/v1/lookups/%s/receipt", id);
	last = check_in_ask(&world, "GET", path, NULL, 404);
	assert_string_equal(view_text(last, "title"),
	    "This is no lookup's id.");
	json_decref(last);
}

static void
a_repetition_is_answered_with_what_is_there(void **state)
{
	char lookup[64], body[256], id[64];
	json_t *first, *again;

	(void)state;
	check_in_look_up(&world, "p00301", lookup);
	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"operator\":\"" WORLD_OPERATOR "\"}", lookup);
	first = check_in_ask(&world, "POST", "/v1/check-ins", body, 201);
	again = check_in_ask(&world, "POST", "/v1/check-ins", body, 200);
	assert_string_equal(view_text(first, "id"), view_text(again, "id"));
	json_decref(again);
	check_in_id(first, id);
	json_decref(check_in_notice(&world, id, "LK-2", "", 201));
	json_decref(check_in_notice(&world, id, "LK-2", "", 200));
	json_decref(check_in_wait(&world, id, "accepted"));
	json_decref(check_in_notice(&world, id, "LK-2", "", 200));
	json_decref(check_in_notice(&world, id, "LK-2", ",\"MA_BN\":\"BN2\"",
	    400));
	json_decref(check_in_notice(&world, id, "LK-2",
	    ",\"MA_THUOC\":\"40.1\","
	    "\"TEN_THUOC\":\"Paracetamol\"", 409));
	json_decref(check_in_notice(&world, id, "LK-other", "", 409));
	assert_int_equal(check_in_arrived(&world, "LK-2"), 1);
	/* Nor can another check-in have it. */
	first = check_in_admit(&world, "p00302", "", 201);
	check_in_id(first, id);
	json_decref(check_in_notice(&world, id, "LK-2", "", 409));
	json_decref(check_in_notice(&world, id, "LK-3", "", 201));
	json_decref(check_in_wait(&world, id, "accepted"));
}

/* Asked about twice, under two keys, on one day: one patient in the house. */
static void
a_later_lookup_of_the_visit_admits_nobody_twice(void **state)
{
	char early[64], late[64], body[256];
	json_t *first, *again, *other;

	(void)state;
	check_in_look_up(&world, "p00321", early);
	check_in_look_up(&world, "p00321", late);
	assert_string_not_equal(early, late);
	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"operator\":\"" WORLD_OPERATOR "\"}", early);
	first = check_in_ask(&world, "POST", "/v1/check-ins", body, 201);
	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"operator\":\"" WORLD_OPERATOR "\"}", late);
	again = check_in_ask(&world, "POST", "/v1/check-ins", body, 200);
	assert_string_equal(view_text(first, "id"), view_text(again, "id"));
	assert_string_equal(view_text(again, "lookup"), early);
	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"another_visit\":true,\"operator\":\"" WORLD_OPERATOR "\"}",
	    late);
	other = check_in_ask(&world, "POST", "/v1/check-ins", body, 201);
	assert_string_not_equal(view_text(first, "id"),
	    view_text(other, "id"));
	assert_string_equal(view_text(other, "lookup"), late);
	assert_true(json_is_true(json_object_get(other, "another_visit")));
	json_decref(other);
	json_decref(again);
	json_decref(first);
}

static void
a_ward_is_a_second_notice_of_the_same_visit(void **state)
{
	json_t *last;
	char id[64];

	(void)state;
	check_in_id(check_in_admit(&world, "p00303", "", 201), id);
	json_decref(check_in_notice(&world, id, "LK-4", "", 201));
	json_decref(check_in_notice(&world, id, "LK-4",
	    ",\"NGAY_VAO_NOI_TRU\":\"209901010000\"", 422));
	json_decref(check_in_notice(&world, id, "LK-4", ",\"NGAY_VAO_NOI_TRU\":"
	    "\"209901010000\",\"LY_DO_VNT\":\"Sốt > 39 độ\"", 201));
	last = check_in_wait(&world, id, "accepted");
	assert_true(json_is_true(json_object_get(last, "ward")));
	assert_string_equal(view_text(last, "fields.LY_DO_VNT"),
	    "Sốt > 39 độ");
	json_decref(last);
	assert_int_equal(check_in_arrived(&world, "LK-4"), 2);
}

/* Taken, and then the answer breaks off: nobody can know. */
static void
a_doubtful_end_is_sent_again_under_the_same_number(void **state)
{
	char id[64];
	json_t *last;

	(void)state;
	check_in_id(check_in_admit(&world, "p00304", "", 201), id);
	world_gateway_fail(&world, "half@checkin&times=1");
	json_decref(check_in_notice(&world, id, "LK-5", "", 201));
	last = check_in_wait(&world, id, "accepted");
	assert_int_equal(json_integer_value(json_object_get(last, "tries")),
	    2);
	json_decref(last);
	assert_int_equal(check_in_arrived(&world, "LK-5"), 2);
}

static void
what_is_tried_too_often_is_given_up_and_can_be_sent_again(void **state)
{
	char id[64], path[128], *output = NULL;
	json_t *last;

	(void)state;
	check_in_id(check_in_admit(&world, "p00305", "", 201), id);
	world_gateway_fail(&world, "unknown-code@checkin");
	json_decref(check_in_notice(&world, id, "LK-6", "", 201));
	last = check_in_wait(&world, id, "given_up");
	assert_int_equal(json_integer_value(json_object_get(last, "tries")),
	    3);
	assert_string_equal(view_text(last, "code"), "999");
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/notices/%s", id,
	    view_text(last, "number"));
	json_decref(last);
	world_gateway_fail(&world, "none");
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf outbox list", &output), 0);
	assert_non_null(strstr(output, "given_up"));
	free(output);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf outbox retry 999999", NULL), 1);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf outbox retry all", NULL), 0);
	json_decref(check_in_wait(&world, id, "accepted"));
	assert_int_equal(check_in_arrived(&world, "LK-6"), 1);
	json_decref(check_in_ask(&world, "PUT", path, "{\"fields\":{}}", 409));
}

static void
a_refused_notice_keeps_the_words_and_is_mended(void **state)
{
	char id[64], other[64], path[128];
	json_t *last, *list;

	(void)state;
	check_in_id(check_in_admit(&world, "p00306", "", 201), id);
	check_in_id(check_in_admit(&world, "p00307", "", 201), other);
	world_gateway_fail(&world, "reject@checkin&times=1");
	json_decref(check_in_notice(&world, id, "LK-7", "", 201));
	last = check_in_wait(&world, id, "rejected");
	assert_string_equal(view_text(last, "words"),
	    "Mã thẻ không có trong danh mục: MA_THE_BHYT");
	/* It stops nobody else. */
	json_decref(check_in_notice(&world, other, "LK-8", "", 201));
	json_decref(check_in_wait(&world, other, "accepted"));
	list = check_in_ask(&world, "GET", "/v1/check-ins?state=rejected", NULL,
	    200);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(view_text(json_array_get(list, 0), "check_in"),
	    id);
	json_decref(list);
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/notices/%s", id,
	    view_text(last, "number"));
	json_decref(last);
	json_decref(check_in_ask(&world, "PUT", path,
	    "{\"fields\":{\"MA_LK\":\"LK-77\"}}", 409));
	json_decref(check_in_ask(&world, "PUT", path,
	    "{\"fields\":{\"MA_THE_BHYT\":\"xx\"}}", 422));
	json_decref(check_in_ask(&world, "PUT", path,
	    "{\"fields\":{\"MA_THE_BHYT\":\"GD4840000000001\"}}", 200));
	json_decref(check_in_wait(&world, id, "accepted"));
	assert_int_equal(check_in_arrived(&world, "LK-7"), 1);
	assert_int_equal(check_in_arrived(&world, "LK-77"), 0);
}

/* Killed with the notice on its way; started again while nobody answers. */
static void
a_killed_daemon_loses_and_doubles_nothing(void **state)
{
	char one[64], two[64];

	(void)state;
	check_in_id(check_in_admit(&world, "p00308", "", 201), one);
	(void)world_daemon_stop(&world, SIGKILL);
	world_daemon_start(&world, SETTINGS);
	check_in_id(check_in_admit(&world, "p00309", "", 201), two);
	world_gateway_fail(&world, "hang@checkin");
	json_decref(check_in_notice(&world, one, "LK-9", "", 201));
	json_decref(check_in_notice(&world, two, "LK-10", "", 201));
	(void)usleep(200 * 1000);
	(void)world_daemon_stop(&world, SIGKILL);
	assert_int_equal(check_in_arrived(&world, "LK-9"), 0);
	world_gateway_fail(&world, "none");
	world_daemon_start(&world, SETTINGS);
	json_decref(check_in_wait(&world, one, "accepted"));
	json_decref(check_in_wait(&world, two, "accepted"));
	assert_int_equal(check_in_arrived(&world, "LK-9"), 1);
	assert_int_equal(check_in_arrived(&world, "LK-10"), 1);
}

/* A line that is down is no try: after hours the notice still goes. */
static void
an_outage_gives_nothing_up(void **state)
{
	int gateway_port = world.gateway_port;
	char id[64], path[128];
	json_t *json, *last;
	int tries;

	(void)state;
	check_in_id(check_in_admit(&world, "p00310", "", 201), id);
	(void)world_daemon_stop(&world, SIGTERM);
	world.gateway_port = 1;
	world_daemon_start(&world, SETTINGS);
	json_decref(check_in_notice(&world, id, "LK-11", "", 201));
	check_in_path(id, "", path);
	for (tries = 0; tries < 40; tries++) {
		json = check_in_ask(&world, "GET", path, NULL, 200);
		last = json_array_get(json_object_get(json, "notices"), 0);
		assert_string_equal(view_text(last, "state"), "pending");
		json_decref(json);
		(void)usleep(50 * 1000);
	}
	(void)world_daemon_stop(&world, SIGTERM);
	world.gateway_port = gateway_port;
	world_daemon_start(&world, SETTINGS);
	last = check_in_wait(&world, id, "accepted");
	assert_int_equal(json_integer_value(json_object_get(last, "tries")),
	    1);
	json_decref(last);
	assert_int_equal(check_in_arrived(&world, "LK-11"), 1);
}

#define WITHOUT(reason, more) "{\"without_card\":\"" reason "\"," \
	"\"operator\":\"" WORLD_OPERATOR "\"" more "}"

/* The local day so many days ago: "2026-11-23" and "20261123". */
static void
day_before(int days, char iso[16], char plain[16])
{
	time_t when = time(NULL) + 7 * 3600 - (time_t)days * 86400;
	struct tm tm;

	assert_non_null(gmtime_r(&when, &tm));
	assert_int_equal(strftime(iso, 16, "%Y-%m-%d", &tm), 10);
	assert_int_equal(strftime(plain, 16, "%Y%m%d", &tm), 8);
}

/* Born three days before it was brought, the day before yesterday. */
static json_t *
admit_newborn(char day[16], char born[16])
{
	char body[512], iso[16], born_iso[16];

	day_before(2, iso, day);
	day_before(5, born_iso, born);
	(void)snprintf(body, sizeof(body), WITHOUT("newborn",
	    ",\"full_name\":\"Con bà Mẫu\",\"date_of_birth\":\"%s\","
	    "\"time_of_birth\":\"04:15\",\"sex\":\"F\","
	    "\"arrived_at\":\"%sT07:31\""), born_iso, iso);

	return check_in_ask(&world, "POST", "/v1/check-ins", body, 201);
}

static void
nobody_is_left_without_admission(void **state)
{
	char id[64], day[16], born[16], expected[32];
	json_t *json;

	(void)state;
	json = check_in_ask(&world, "POST", "/v1/check-ins",
	    WITHOUT("unconscious", ""), 201);
	assert_string_equal(view_text(json, "state"), "admitted");
	assert_true(json_is_true(json_object_get(json, "emergency")));
	assert_int_equal(json_array_size(json_object_get(json_object_get(json,
	    "category"), "ask")), 3);	/* 1.2, 2 or 9: somebody says it */
	json_decref(json);
	json = check_in_ask(&world, "POST", "/v1/check-ins",
	    WITHOUT("emergency",
	    ",\"category\":\"2\""), 201);
	assert_string_equal(view_text(json, "state"), "no_notice");
	check_in_id(json, id);
	json_decref(check_in_notice(&world, id, "LK-12", ",\"HO_TEN\":\"A B\","
	    "\"NGAY_SINH\":\"199400000000\",\"GIOI_TINH\":\"1\","
	    "\"MA_THE_BHYT\":\"GD4840000000001\",\"MA_DKBD\":\"84006\","
	    "\"GT_THE_TU\":\"20260101\"", 422));
	json = admit_newborn(day, born);
	assert_string_equal(view_text(json, "fields.MA_DKBD"), "84000");
	assert_string_equal(view_text(json, "fields.GT_THE_TU"), day);
	(void)snprintf(expected, sizeof(expected), "%s0415", born);
	assert_string_equal(view_text(json, "fields.NGAY_SINH"), expected);
	(void)snprintf(expected, sizeof(expected), "%s0731", day);
	assert_string_equal(view_text(json, "fields.NGAY_VAO"), expected);
	assert_string_equal(view_text(json, "category.proposed.code"), "1.2");
	check_in_id(json, id);
	json_decref(check_in_notice(&world, id, "LK-13",
	    ",\"MA_THE_BHYT\":\"TE184KT00000001\"", 201));
	json_decref(check_in_wait(&world, id, "accepted"));
	json_decref(check_in_ask(&world, "POST", "/v1/check-ins",
	    WITHOUT("parent", ""), 422));
	json_decref(check_in_ask(&world, "POST", "/v1/check-ins",
	    "{\"operator\":\"" WORLD_OPERATOR "\"}", 422));
}

/* Each is refused in words, and nothing of it is kept. */
static void
bodies_that_mean_ill_are_refused(void **state)
{
	static const struct {
		const char *body;
		long status;
	} rows[] = {
		{ "{}", 422 }, { "[]", 400 }, { "{\"operator\":", 400 },
		{ WITHOUT("newborn", ",\"unknown\":1"), 422 },
		{ WITHOUT("newborn", ",\"full_name\":5"), 422 },
		{ WITHOUT("newborn", ",\"full_name\":\"a\\u0000b\""), 400 },
		{ WITHOUT("newborn", ",\"full_name\":\"a\\u0007b\""), 422 },
		{ WITHOUT("newborn", ",\"date_of_birth\":\"2026-02-30\""),
		    422 },
		{ WITHOUT("newborn", ",\"time_of_birth\":\"24:00\""), 422 },
		{ WITHOUT("newborn", ",\"time_of_birth\":\"1:000\""), 422 },
		{ WITHOUT("newborn", ",\"arrived_at\":\"2026-11-23 07:31\""),
		    422 },
		{ WITHOUT("newborn", ",\"arrived_at\":\"2001-01-01T07:31\""),
		    422 },
		{ WITHOUT("newborn", ",\"arrived_at\":\"9998-12-31T07:31\""),
		    422 },
		{ WITHOUT("newborn", ",\"arrived_at\":\"0001-01-01T07:31\""),
		    422 },
		{ WITHOUT("newborn", ",\"number\":\"1234567890123456\""),
		    422 },
		{ WITHOUT("newborn", ",\"category\":\"1.10\""), 422 },
		{ WITHOUT("newborn", ",\"emergency\":\"yes\""), 422 },
		{ WITHOUT("newborn", ",\"lookup\":\"0123456789abcdef0123456789"
		    "abcdef\""), 422 },
		{ "{\"lookup\":\"0123456789abcdef0123456789abcdef\","
		    "\"operator\":\"" WORLD_OPERATOR "\"}", 422 },
		{ "{\"lookup\":\"../../etc\",\"operator\":\""
		    WORLD_OPERATOR "\"}", 422 },
		{ "{\"without_card\":\"newborn\",\"operator\":\"x\"}", 422 }
	};
	static const char *const paths[] = {
		"/v1/check-ins?state=", "/v1/check-ins?state=sent",
		"/v1/check-ins?state=pending&after=x",
		"/v1/check-ins?state=pending&after=-1"
	};
	char id[64], path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_decref(check_in_ask(&world, "POST", "/v1/check-ins",
		    rows[i].body,
		    rows[i].status));
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		json_decref(check_in_ask(&world, "GET", paths[i], NULL, 422));
	json_decref(check_in_ask(&world, "GET", "/v1/check-ins/zz", NULL, 404));
	check_in_id(check_in_ask(&world, "POST", "/v1/check-ins",
	    WITHOUT("newborn", ""), 201), id);
	check_in_path(id, "/notices", path);
	json_decref(check_in_ask(&world, "POST", path, "{\"fields\":[]}", 422));
	json_decref(check_in_ask(&world, "POST", path,
	    "{\"fields\":{\"MA\":\"1\"}}", 422));
	json_decref(check_in_ask(&world, "POST", path,
	    "{\"fields\":{\"MA_BN\":1}}", 422));
	json_decref(check_in_ask(&world, "POST", path,
	    "{\"fields\":{},\"x\":1}", 422));
	check_in_path(id, "/notices/99999999999999999999", path);
	json_decref(check_in_ask(&world, "PUT", path, "{\"fields\":{}}", 404));
	check_in_path(id, "/notices/1", path);
	json_decref(check_in_ask(&world, "PUT", path, "{\"fields\":{}}", 404));
}

static void
samples_are_admitted_without_a_notice(void **state)
{
	json_t *json = check_in_admit(&world, "p00311", ",\"sample_only\":true",
	    201);
	char id[64];

	(void)state;
	assert_string_equal(view_text(json, "state"), "no_notice");
	check_in_id(json, id);
	json_decref(check_in_notice(&world, id, "LK-14", "", 409));
	assert_int_equal(check_in_arrived(&world, "LK-14"), 0);
}

/* Who is not covered may still pay himself: it is asked, not decided. */
static void
an_expired_card_is_asked_about(void **state)
{
	json_t *json = check_in_admit(&world, "code-010", "", 201);

	(void)state;
	assert_string_equal(view_text(json, "category.proposed"), "null");
	assert_int_equal(json_array_size(json_object_get(json_object_get(json,
	    "category"), "ask")), 2);
	assert_null(json_object_get(json_object_get(json, "fields"),
	    "MA_THE_BHYT"));
	json_decref(json);
}

static void
every_check_in_is_proven(void **state)
{
	char *output = NULL;
	struct reply reply;

	(void)state;
	reply = world_http(&world, "GET", "/metrics", NULL, NULL);
	assert_non_null(strstr(reply.text, "\ncheckin_outbox_pending 0\n"));
	reply_free(&reply);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf receipt verify", &output), 0);
	free(output);
	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "\"UPDATE notice SET state = 3 WHERE number = 1\"", NULL), 0);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf receipt verify", &output), 1);
	free(output);
	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "\"UPDATE notice SET state = 2 WHERE number = 1\"", NULL), 0);
}

/* Nobody's name, number or MA_LK in the log or in plain on disk. */
static void
nothing_personal_is_in_plain(void **state)
{
	(void)state;
	assert_int_not_equal(world_run(&world, "grep -aq -e 'LK-1' "
	    "-e 'Con bà' -e TE184KT -e BN1 $DIR/checkind.log "
	    "$DIR/state/checkin.db $DIR/state/checkin.db-wal", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    the_answer_fills_the_notice_and_the_insurer_takes_it,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_repetition_is_answered_with_what_is_there,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_later_lookup_of_the_visit_admits_nobody_twice,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_ward_is_a_second_notice_of_the_same_visit,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_doubtful_end_is_sent_again_under_the_same_number,
		    calm_gateway),
		cmocka_unit_test_setup(
		    what_is_tried_too_often_is_given_up_and_can_be_sent_again,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_refused_notice_keeps_the_words_and_is_mended,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_killed_daemon_loses_and_doubles_nothing, calm_gateway),
		cmocka_unit_test_setup(an_outage_gives_nothing_up,
		    calm_gateway),
		cmocka_unit_test_setup(nobody_is_left_without_admission,
		    calm_gateway),
		cmocka_unit_test_setup(bodies_that_mean_ill_are_refused,
		    calm_gateway),
		cmocka_unit_test_setup(samples_are_admitted_without_a_notice,
		    calm_gateway),
		cmocka_unit_test_setup(an_expired_card_is_asked_about,
		    calm_gateway),
		cmocka_unit_test_setup(every_check_in_is_proven,
		    calm_gateway),
		cmocka_unit_test_setup(nothing_personal_is_in_plain,
		    calm_gateway)
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
