/*
 * test_lookup_kept.c - answers that are kept: when one serves, and for whom
 */
#include "lookup_world.h"

#include "store/internal.h"

static void
count_commit(void *ctx, int pages)
{
	(void)pages;
	(*(unsigned *)ctx)++;
}

static void
a_second_lookup_of_the_visit_comes_from_the_cache(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	(void)look_up(world, &asked);
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000",
	    CK_OWNER_NONE);
	assert_int_equal(world->server.served, 2);
	/* The insurance number leads to the same person. */
	asked.keys = (struct ck_person_keys){
		.insurance_number = INSURANCE_NUMBER
	};
	record = look_up(world, &asked);
	assert_int_equal(record.counted.source, CK_SOURCE_CACHE);
	/* The law asks the gateway again before closing. */
	asked.kind = CK_KIND_CLOSE;
	record = look_up(world, &asked);
	assert_int_equal(record.counted.source, CK_SOURCE_GATEWAY);
	/* The next visit begins with the gateway, too. */
	asked.kind = CK_KIND_DESK;
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_int_equal(record.counted.source, CK_SOURCE_GATEWAY);
	assert_int_equal(world->server.served, 4);
}

static void
policies_decide_what_is_fresh(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	world->config.policy = CK_POLICY_ALWAYS;
	(void)look_up(world, &asked);
	(void)look_up(world, &asked);
	assert_int_equal(world->server.served, 3);
	world->config.policy = CK_POLICY_OLDER_THAN;
	asked.visit_date.day = 24;
	assert_int_equal(look_up(world, &asked).counted.source,
	    CK_SOURCE_CACHE);
	/* A clock that went back makes nothing fresh. */
	world->offset_ms -= 3600000;
	assert_int_equal(look_up(world, &asked).counted.source,
	    CK_SOURCE_GATEWAY);
	assert_int_equal(world->server.served, 4);
}

static void
a_kept_answer_is_not_for_another_name(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_060), 0, 0 });
	(void)look_up(world, &asked);
	strcpy(asked.identity.full_name, "TRẦN THỊ KHÁC");
	record = look_up(world, &asked);
	assert_int_equal(record.counted.outcome, CK_OUTCOME_MISMATCH);
	assert_int_equal(world->server.served, 3);
}

static void
an_old_yes_bridges_an_outage(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_101), 0, 0 });
	(void)look_up(world, &asked);
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_STALE, "000",
	    CK_OWNER_NONE);
	/* Not for a day on which that card is over. */
	asked.visit_date = (struct ck_date){ 2027, 1, 1 };
	record = look_up(world, &asked);
	assert_int_equal(record.counted.outcome, CK_OUTCOME_UNAVAILABLE);
	assert_int_equal(record.counted.source, CK_SOURCE_NONE);
}

/* A card of another ministry: covered, shown as such, and nothing that an
 * outage could be borne with takes its place. A 000 that names no card is none
 * at all. */
static void
a_yes_that_names_no_card_is_shown_and_not_kept(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;
	json_t *json;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_BARE("001", "Thẻ do Bộ Quốc phòng quản lý")), 0, 0 },
	    { ANSWER(WIRE_BARE("000", "Thẻ còn giá trị")), 0, 0 });
	(void)look_up(world, &asked);
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "001",
	    CK_OWNER_NONE);
	json = ck_lookup_json(&record, "vi");
	assert_true(json_is_null(json_object_get(json, "card")));
	assert_non_null(strstr(ck_json_text(json, "next_step"),
	    "thẻ BHYT giấy"));
	json_decref(json);
	asked.visit_date.day = 25;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_STALE, "000",
	    CK_OWNER_NONE);
	assert_string_equal(record.answer.card.number, "GD4840000000001");
}

static void
past_the_budget_the_call_goes_on_behind(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	world->config.budget_ms = 300;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 700, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_UNAVAILABLE,
	    CK_SOURCE_NONE, "gateway", CK_OWNER_GATEWAY);
	assert_int_equal(listener.record.closed_ms, 0);
	/* It is still open, so the late answer counts. */
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_COVERED,
	    CK_SOURCE_GATEWAY, "000", CK_OWNER_NONE);
	assert_int_equal(listener.record.counted.first_outcome,
	    CK_OUTCOME_COVERED);
}

static void
a_late_answer_still_fills_the_cache(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	world->config.budget_ms = 300;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 700, 0 });
	record = look_up(world, &asked);
	assert_int_equal(record.counted.outcome, CK_OUTCOME_UNAVAILABLE);
	run(world, 1000);
	world->config.policy = CK_POLICY_OLDER_THAN;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000",
	    CK_OWNER_NONE);
	assert_int_equal(world->server.served, 2);
}

static void
a_desk_sees_the_kept_answer_while_the_gateway_is_asked(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;
	unsigned commits = 0;
	json_t *json;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_BARE("110", "Thẻ BHYT đã thu hồi")), 300, 0 });
	(void)look_up(world, &asked);
	asked.visit_date.day = 24;
	ck_db_on_log(world->store->db, count_commit, &commits);
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	/* The attempt and what is shown of it are one commit. */
	assert_int_equal(commits, 1);
	ck_db_on_log(world->store->db, NULL, NULL);
	assert_counted(&listener.record, CK_OUTCOME_COVERED, CK_SOURCE_STALE,
	    "000", CK_OWNER_NONE);
	assert_int_equal(listener.record.answered_ms, 0);
	assert_true(listener.record.counted.latency_ms >= 0);
	json = ck_lookup_json(&listener.record, "en");
	assert_non_null(strstr(ck_json_text(json, "message"),
	    "is being asked now"));
	json_decref(json);
	/* The gateway's word replaces it, for better or worse. */
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_NOT_COVERED,
	    CK_SOURCE_GATEWAY, "110", CK_OWNER_PATIENT);
	assert_int_equal(listener.record.counted.first_outcome,
	    CK_OUTCOME_NOT_COVERED);
	assert_true(listener.record.answered_ms != 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_second_lookup_of_the_visit_comes_from_the_cache),
		TEST(policies_decide_what_is_fresh),
		TEST(a_kept_answer_is_not_for_another_name),
		TEST(an_old_yes_bridges_an_outage),
		TEST(a_yes_that_names_no_card_is_shown_and_not_kept),
		TEST(past_the_budget_the_call_goes_on_behind),
		TEST(a_late_answer_still_fills_the_cache),
		TEST(a_desk_sees_the_kept_answer_while_the_gateway_is_asked),
	};

	return cmocka_run_group_tests_name("lookup_kept", tests, NULL, NULL);
}
