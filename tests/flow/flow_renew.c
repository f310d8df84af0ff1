/*
 * flow_renew.c - the insurer answers otherwise than when somebody was admitted
 *
 * Lookups fail, check-ins do not: two visits are admitted in the dark, one is
 * noticed at once. Then the re-checks come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/check_in.h"

#define SETTINGS "[gateway]\nfailures_max = 100\nbackoff_ms = 100\n" \
	"backoff_max_ms = 100\n[recheck]\npause_ms = 20\n" \
	"backoff_max_ms = 200\n[automatic]\noperator = " WORLD_OPERATOR "\n" \
	"[check_in]\nlevel = 2025-01-01 primary\nbackoff_ms = 50\n" \
	"backoff_max_ms = 200\n"

static struct world world;
static char waiting[64], noticed[64];

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

static json_t *
get(const char *id)
{
	char path[128];

	check_in_path(id, "", path);

	return check_in_ask(&world, "GET", path, NULL, 200);
}

/* Until the re-check has reached this check-in. */
static json_t *
wait_renewed(const char *id)
{
	json_t *json = NULL;
	int tries;

	for (tries = 0; tries < 600; tries++) {
		json_decref(json);
		json = get(id);
		if (json_is_object(json_object_get(json, "renewed")))
			return json;
		(void)usleep(50000);
	}
	fail_msg("%s is not renewed: %s", id, json_dumps(json, JSON_COMPACT));

	return NULL;
}

static json_t *
last_notice(json_t *check_in)
{
	json_t *all = json_object_get(check_in, "notices");

	return json_array_get(all, json_array_size(all) - 1);
}

static bool
names(const json_t *list, const char *field)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_string_value(json_array_get(list, i)),
		    field) == 0)
			return true;
	}

	return false;
}

#define PAID ",\"MA_DOITUONG_KCB\":\"9\",\"GIOI_TINH\":\"1\""

/* Nothing is known of insurance: the one pays, the other waits. */
static void
two_are_admitted_in_the_dark(void **state)
{
	json_t *json;

	(void)state;
	world_gateway_fail(&world, "http-500@lookup");
	json = check_in_admit(&world, "p00301", ",\"sex\":\"M\"", 201);
	assert_true(json_is_null(json_object_get(json, "renewed")));
	assert_null(json_object_get(json_object_get(json, "fields"),
	    "MA_THE_BHYT"));
	assert_true(json_is_null(json_object_get(json_object_get(json,
	    "category"), "proposed")));
	check_in_id(json, waiting);
	check_in_id(check_in_admit(&world, "p00302", "", 201), noticed);
	json_decref(check_in_notice(&world, noticed, "LK-1", PAID, 201));
	json = check_in_wait(&world, noticed, "accepted");
	assert_int_equal(json_array_size(json_object_get(json, "outdated")),
	    0);
	json_decref(json);
}

static void
a_draft_takes_the_new_answer(void **state)
{
	json_t *json, *fields;

	(void)state;
	world_gateway_fail(&world, "none");
	json = wait_renewed(waiting);
	assert_string_equal(view_text(json, "renewed.outcome"), "covered");
	assert_true(names(json_object_get(json_object_get(json, "renewed"),
	    "fields"), "MA_THE_BHYT"));
	fields = json_object_get(json, "fields");
	assert_int_equal(strlen(view_text(fields, "MA_THE_BHYT")), 15);
	assert_int_equal(strlen(view_text(fields, "GT_THE_TU")), 8);
	assert_string_equal(view_text(fields, "MA_DOITUONG_KCB"), "1.2");
	assert_string_equal(view_text(json, "category.proposed.code"), "1.2");
	json_decref(json);
	json_decref(check_in_notice(&world, waiting, "LK-2", "", 201));
	json = check_in_wait(&world, waiting, "accepted");
	assert_int_equal(strlen(view_text(json, "fields.MA_THE_BHYT")), 15);
	assert_int_equal(json_array_size(json_object_get(json, "outdated")),
	    0);
	json_decref(json);
	/* What was answered before is answered again. */
	json_decref(check_in_notice(&world, waiting, "LK-2", "", 200));
	assert_int_equal(check_in_arrived(&world, "LK-2"), 1);
}

/* Sent already: told, and corrected by another notice of the same MA_LK. */
static void
what_was_sent_is_told_and_corrected(void **state)
{
	char path[128], body[256];
	json_t *json = wait_renewed(noticed), *last = last_notice(json);
	json_int_t number = json_integer_value(json_object_get(last,
	    "number"));

	(void)state;
	assert_true(names(json_object_get(last, "outdated"), "MA_THE_BHYT"));
	assert_string_equal(view_text(last, "fields.MA_DOITUONG_KCB"), "9");
	json_decref(json);
	json_decref(check_in_notice(&world, noticed, "LK-1", PAID, 200));
	check_in_path(noticed, "/notices", path);
	json_decref(check_in_ask(&world, "POST", path,
	    "{\"fields\":{},\"corrects\":\"1\"}", 422));
	json_decref(check_in_ask(&world, "POST", path,
	    "{\"fields\":{},\"corrects\":999}", 404));
	/* The category was somebody's choice: the card does not go with it. */
	(void)snprintf(body, sizeof(body), "{\"fields\":{},\"corrects\":%lld}",
	    (long long)number);
	json_decref(check_in_ask(&world, "POST", path, body, 422));
	(void)snprintf(body, sizeof(body), "{\"fields\":{\"MA_DOITUONG_KCB\":"
	    "\"1.2\"},\"corrects\":%lld}", (long long)number);
	json_decref(check_in_ask(&world, "POST", path, body, 201));
	json_decref(check_in_ask(&world, "POST", path, body, 200));
	last = check_in_wait(&world, noticed, "accepted");
	assert_int_equal(json_integer_value(json_object_get(last,
	    "corrects")), number);
	assert_int_equal(strlen(view_text(last, "fields.MA_THE_BHYT")), 15);
	assert_string_equal(view_text(last, "fields.MA_BN"), "BN1");
	assert_string_equal(view_text(last, "fields.MA_LK"), "LK-1");
	assert_string_equal(view_text(last, "fields.MA_DICH_VU"), "02.1896");
	assert_int_equal(json_array_size(json_object_get(last, "outdated")),
	    0);
	json_decref(last);
	assert_int_equal(check_in_arrived(&world, "LK-1"), 2);
	/* A corrected one is no more the last word. */
	(void)snprintf(body, sizeof(body), "{\"fields\":{\"MA_LOAI_KCB\":"
	    "\"02\"},\"corrects\":%lld}", (long long)number);
	json_decref(check_in_ask(&world, "POST", path, body, 409));
}

static void
a_changed_answer_leads_to_its_check_in(void **state)
{
	json_t *list = check_in_ask(&world, "GET",
	    "/v1/rechecks?state=changed", NULL, 200);
	json_t *row;
	bool found = false;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	json_array_foreach(list, i, row)
		found = found || strcmp(view_text(row, "check_in"),
		    noticed) == 0;
	assert_true(found);
	json_decref(list);
}

static void
every_notice_is_proven(void **state)
{
	char *said = NULL;

	(void)state;
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf receipt verify 2>&1", &said), 0);
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_are_admitted_in_the_dark),
		cmocka_unit_test(a_draft_takes_the_new_answer),
		cmocka_unit_test(what_was_sent_is_told_and_corrected),
		cmocka_unit_test(a_changed_answer_leads_to_its_check_in),
		cmocka_unit_test(every_notice_is_proven)
	};

	return cmocka_run_group_tests_name("renew", tests, open_world,
	    close_world);
}
