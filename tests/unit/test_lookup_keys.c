/*
 * test_lookup_keys.c - a lookup under several numbers, and within its budget
 */
#include "lookup_world.h"

static void
a_paper_number_after_the_cccd_failed(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_050), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_NOT_FOUND,
	    CK_SOURCE_GATEWAY, "050", CK_OWNER_INSURER);
	assert_int_equal(listener.record.closed_ms, 0);

	assert_int_equal(ck_lookup_add_key(listener.lookup,
	    CK_KEY_INSURANCE_NUMBER, INSURANCE_NUMBER), CK_OK);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_COVERED,
	    CK_SOURCE_GATEWAY, "000", CK_OWNER_INSURER);
	assert_int_equal(listener.record.counted.first_key, CK_KEY_ID_NUMBER);
	assert_int_equal(listener.record.counted.first_outcome,
	    CK_OUTCOME_NOT_FOUND);
	assert_string_equal(listener.record.counted.first_reason, "050");
	assert_int_equal(listener.record.counted.resolved_by,
	    CK_KEY_INSURANCE_NUMBER);
	assert_non_null(strstr(world->server.requests[2],
	    "maThe=" INSURANCE_NUMBER "&"));

	ck_lookup_close(listener.lookup);
	hear(&listener, 1);
	assert_null(listener.lookup);
}

static void
the_next_key_is_tried_by_itself(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_121), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	strcpy(asked.keys.insurance_number, INSURANCE_NUMBER);
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000",
	    CK_OWNER_INSURER);
	assert_string_equal(record.counted.first_reason, "121");
	assert_int_equal(record.counted.resolved_by, CK_KEY_INSURANCE_NUMBER);
}

static void
the_most_telling_failure_stands(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_060), 0, 0 },
	    { ANSWER(WIRE_050), 0, 0 }, { ANSWER(WIRE_101), 0, 0 });
	strcpy(asked.keys.insurance_number, INSURANCE_NUMBER);
	strcpy(asked.keys.card_number, "GD4840000000001");
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_MISMATCH, CK_SOURCE_GATEWAY, "060",
	    CK_OWNER_DESK);
	assert_int_equal(record.counted.resolved_by, CK_KEY_ID_NUMBER);
	assert_int_equal(world->server.served, 4);
}

static void
a_new_card_is_looked_up_again(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_003), 0, 0 },
	    { ANSWER(WIRE_003_NEW), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "003",
	    CK_OWNER_NONE);
	assert_int_equal(record.counted.resolved_by, CK_KEY_ID_NUMBER);
	assert_string_equal(record.person.card_number, "DN4840000000001");
	assert_non_null(strstr(world->server.requests[2],
	    "maThe=DN4840000000001&"));
}

static void
a_new_card_that_is_no_good_does_not_count(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_003), 0, 0 },
	    { ANSWER(WIRE_BARE("110", "Thẻ BHYT đã thu hồi")), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_NOT_COVERED, CK_SOURCE_GATEWAY,
	    "110", CK_OWNER_PATIENT);
}

static void
a_number_of_an_earlier_answer_is_tried_next(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_050), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	(void)look_up(world, &asked);
	/* Tomorrow the citizen's number is not linked any more. */
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000",
	    CK_OWNER_INSURER);
	assert_int_equal(record.counted.first_outcome, CK_OUTCOME_NOT_FOUND);
	assert_int_equal(record.counted.resolved_by, CK_KEY_INSURANCE_NUMBER);
	assert_non_null(strstr(world->server.requests[3],
	    "maThe=" INSURANCE_NUMBER "&"));
}

static void
nobodys_kept_number_is_tried_for_another_name(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_060), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	(void)look_up(world, &asked);
	strcpy(asked.identity.full_name, "TRẦN THỊ KHÁC");
	asked.visit_date.day = 24;
	assert_int_equal(look_up(world, &asked).counted.outcome,
	    CK_OUTCOME_MISMATCH);
	assert_int_equal(world->server.served, 3);
}

static void
past_the_budget_no_further_key_is_tried(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	world->config.budget_ms = 200;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_050), 600, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	strcpy(asked.keys.insurance_number, INSURANCE_NUMBER);
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 2);
	assert_int_equal(listener.record.counted.outcome,
	    CK_OUTCOME_NOT_FOUND);
	run(world, 300);
	assert_int_equal(world->server.served, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_paper_number_after_the_cccd_failed),
		TEST(the_next_key_is_tried_by_itself),
		TEST(the_most_telling_failure_stands),
		TEST(a_new_card_is_looked_up_again),
		TEST(a_new_card_that_is_no_good_does_not_count),
		TEST(a_number_of_an_earlier_answer_is_tried_next),
		TEST(nobodys_kept_number_is_tried_for_another_name),
		TEST(past_the_budget_no_further_key_is_tried),
	};

	return cmocka_run_group_tests_name("lookup_keys", tests, NULL, NULL);
}
