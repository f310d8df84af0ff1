/*
 * test_lookup.c - a lookup from its first key to its closing
 */
#include <signal.h>
#include <sys/resource.h>

#include "lookup_world.h"

static void
an_answer_is_told_after_it_is_on_disk(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000",
	    CK_OWNER_NONE);
	assert_int_equal(record.counted.first_key, CK_KEY_ID_NUMBER);
	assert_int_equal(record.counted.first_outcome, CK_OUTCOME_COVERED);
	assert_int_equal(record.counted.resolved_by, CK_KEY_ID_NUMBER);
	assert_true(record.counted.latency_ms >= 0);
	assert_int_equal(strlen(record.id), 32);
	assert_string_equal(record.operator_name, "Trần Thị Trực");
	/* The answer links the person's other numbers. */
	assert_string_equal(record.person.insurance_number, INSURANCE_NUMBER);
	assert_string_equal(record.person.card_number, "GD4840000000001");
}

static void
what_cannot_be_asked_is_refused(void **state)
{
	struct world *world = *state;
	struct ck_lookup_request bad[8];
	struct ck_lookup *lookup;
	size_t i;

	for (i = 0; i < 8; i++)
		bad[i] = request();
	bad[0].keys.id_number[0] = '\0';
	bad[1].identity.full_name[0] = '\0';
	bad[2].identity.date_of_birth = (struct ck_date){ 0 };
	strcpy(bad[3].operator_name, "Người lạ");
	bad[4].visit_date = (struct ck_date){ 2026, 2, 30 };
	bad[5].first_key = CK_KEY_CARD_NUMBER;
	/* The world's today is 2026-11-23. */
	bad[6].visit_date = (struct ck_date){ 2027, 2, 24 };
	bad[7].visit_date = (struct ck_date){ 2025, 11, 21 };
	for (i = 0; i < 8; i++) {
		assert_int_equal(ck_lookup_open(world->lookups, &bad[i], true,
		    on_changed, NULL, &lookup), CK_ERR_REQUEST);
		assert_null(lookup);
	}
}

static void
a_dead_gateway_is_unavailable_by_the_line(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	raw_stop(&world->server);
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE, "line",
	    CK_OWNER_LINE);
	assert_false(record.has_answer);
	raw_start(&world->server);	/* for tear_down */
}

/* Thrown away, told as the gateway's fault, and none of it is kept. */
static void
somebody_elses_answer_is_thrown_away_and_told(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;
	json_t *json;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER("{\"maKetQua\":\"000\","
	    "\"maThe\":\"GD4840000000009\",\"hoTen\":\"Trần Thị Khác\","
	    "\"ngaySinh\":\"05/03/1994\",\"gtTheTu\":\"01/01/2026\","
	    "\"gtTheDen\":\"31/12/2026\"}"), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE,
	    "wrong_person", CK_OWNER_GATEWAY);
	assert_false(record.has_answer);
	assert_string_equal(record.person.card_number, "");
	json = ck_lookup_json(&record, "vi");
	assert_true(json_is_null(json_object_get(json, "card")));
	assert_string_not_equal(ck_json_text(json, "message"), "");
	json_decref(json);
	/* It is not in the cache either: the gateway is asked again. */
	assert_int_equal(look_up(world, &asked).counted.source,
	    CK_SOURCE_GATEWAY);
}

/* Set in the midst of a call, forward and back. */
static void
a_clock_that_is_set_during_a_lookup_spoils_nothing(void **state)
{
	static const int64_t jumps[] = { 86400000, -86400000 };
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;
	size_t i;

	world->config.policy = CK_POLICY_ALWAYS;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 100, 0 },
	    { ANSWER(WIRE_000), 100, 0 });
	for (i = 0; i < 2; i++) {
		open_lookup(world, &asked, true, &listener);
		run(world, 30);
		world->offset_ms += jumps[i];
		hear(&listener, 1);
		assert_int_equal(listener.err, CK_OK);
		assert_counted(&listener.record, CK_OUTCOME_COVERED,
		    CK_SOURCE_GATEWAY, "000", CK_OWNER_NONE);
		assert_in_range(listener.record.counted.latency_ms, 0, 10000);
	}
}

static void
equal_lookups_share_one_call(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener one, other;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 50, 0 });
	open_lookup(world, &asked, true, &one);
	open_lookup(world, &asked, true, &other);
	hear(&other, 1);
	assert_int_equal(one.heard, 1);
	assert_string_not_equal(one.record.id, other.record.id);
	assert_int_equal(one.record.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(other.record.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(world->server.served, 2);
}

static void
an_equal_idempotency_key_is_the_same_lookup(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener one, other;
	struct ck_lookup_record found;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 50, 0 });
	strcpy(asked.idempotency_key, "visit-1");
	open_lookup(world, &asked, true, &one);
	open_lookup(world, &asked, true, &other);
	hear(&one, 1);
	assert_int_equal(other.heard, 1);
	assert_string_equal(one.record.id, other.record.id);
	assert_int_equal(other.record.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(ck_store_find_idempotent(world->store, "visit-1",
	    &found), CK_OK);
	assert_string_equal(found.id, one.record.id);
}

static void
automatic_runs_ask_in_the_responsible_name_or_not_at_all(void **state)
{
	static const enum ck_kind kinds[] = {
		CK_KIND_RECHECK, CK_KIND_APPOINTMENT
	};
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup *lookup;
	size_t i;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	strcpy(world->config.operators[1].name, "Lê Văn Trách");
	strcpy(world->config.operators[1].number, "084080000009");
	world->config.operator_count = 2;
	for (i = 0; i < 2; i++) {
		asked.kind = kinds[i];
		assert_int_equal(ck_lookup_open(world->lookups, &asked, true,
		    on_changed, NULL, &lookup), CK_ERR_NO_OPERATOR);
	}
	strcpy(world->config.automatic_operator, "Lê Văn Trách");
	for (i = 0; i < 2; i++) {
		asked.kind = kinds[i];
		asked.visit_date.day++;
		assert_string_equal(look_up(world, &asked).operator_name,
		    "Lê Văn Trách");
		assert_non_null(strstr(world->server.requests[1 + i],
		    "cccdCb=084080000009"));
	}
}

static void
a_desk_lookup_closes_by_itself(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_int_equal(listener.record.closed_ms, 0);
	run(world, 100);
	assert_int_equal(listener.heard, 1);
	jump(world, 15000);
	hear(&listener, 1);
	assert_true(listener.record.closed_ms != 0);
}

static void
closed_before_an_answer_it_says_so(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 200, 0 });
	open_lookup(world, &asked, false, &listener);
	ck_lookup_close(listener.lookup);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_UNAVAILABLE,
	    CK_SOURCE_NONE, "no_answer_yet", CK_OWNER_GATEWAY);
	assert_int_equal(listener.record.counted.latency_ms, -1);
	assert_int_equal(listener.record.answered_ms, 0);
	run(world, 500);		/* the call ends behind */
	assert_int_equal(world->server.served, 2);
	assert_int_equal(listener.heard, 1);
}

static void
the_chip_confirms_and_moves_the_owner(void **state)
{
	const struct ck_identity chip = {
		.number = ID_NUMBER, .full_name = "NGUYỄN VĂN MẪU",
		.date_of_birth = { 1994, 3, 5 }, .sex = 'M',
		.old_number = "334000001"
	};
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_060), 0, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_int_equal(listener.record.counted.owner, CK_OWNER_DESK);
	assert_int_equal(ck_lookup_confirm(listener.lookup,
	    CK_ASSURANCE_CHIP_CONSISTENT, &chip), CK_OK);
	hear(&listener, 1);
	assert_int_equal(listener.record.counted.owner, CK_OWNER_INSURER);
	assert_int_equal(listener.record.counted.assurance,
	    CK_ASSURANCE_CHIP_CONSISTENT);
	assert_int_equal(listener.record.counted.captured, CK_CAPTURED_QR);
	assert_string_equal(listener.record.person.old_number, "334000001");
	/* It never becomes less sure. */
	assert_int_equal(ck_lookup_confirm(listener.lookup,
	    CK_ASSURANCE_TYPED, &chip), CK_OK);
	hear(&listener, 1);
	assert_int_equal(listener.record.counted.assurance,
	    CK_ASSURANCE_CHIP_CONSISTENT);
}

static void
an_abandoned_lookup_still_closes(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;
	struct ck_lookup_record on_disk;
	char id[CK_LOOKUP_ID_LEN];

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	open_lookup(world, &asked, true, &listener);
	strcpy(id, ck_lookup_record(listener.lookup)->id);
	ck_lookup_abandon(listener.lookup);
	run(world, 300);
	assert_int_equal(listener.heard, 0);
	assert_int_equal(
	    ck_store_get_lookup(world->store, id, &on_disk), CK_OK);
	assert_true(on_disk.closed_ms != 0);
	assert_int_equal(on_disk.counted.outcome, CK_OUTCOME_COVERED);
}

static void
what_is_not_on_disk_is_not_shown(void **state)
{
	struct ck_lookup_request asked = request();
	struct rlimit before, none = { 0, 0 };
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	/* No file may grow: as a full disk. */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	open_lookup(world, &asked, true, &listener);
	hear(&listener, 1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_not_equal(listener.err, CK_OK);
	assert_int_equal(ck_err_class(listener.err), CK_CLASS_STORE);
	/* And it goes on when there is room again. */
	assert_int_equal(look_up(world, &asked).counted.outcome,
	    CK_OUTCOME_COVERED);
}

static void
assert_member(const json_t *object, const char *key, const char *value)
{
	assert_string_equal(ck_json_text(object, key), value);
}

static void
the_json_has_the_contracts_members(void **state)
{
	static const char *const members[] = {
		"id", "outcome", "reason", "message", "next_step", "source",
		"as_of", "first_key", "first_outcome", "resolved_by", "owner",
		"card", "assurance", "gateway_answer"
	};
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;
	const json_t *card;
	json_t *json;
	size_t i;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	record = look_up(world, &asked);
	json = ck_lookup_json(&record, "vi");
	assert_non_null(json);
	assert_int_equal(json_object_size(json), 15);
	for (i = 0; i < 14; i++)
		assert_non_null(json_object_get(json, members[i]));
	assert_member(json, "outcome", "covered");
	assert_member(json, "reason", "000");
	assert_member(json, "message", "Thẻ BHYT còn giá trị sử dụng.");
	assert_member(json, "source", "gateway");
	assert_member(json, "first_key", "id_number");
	assert_member(json, "owner", "none");
	assert_member(json, "assurance", "printed");
	assert_int_equal(strlen(ck_json_text(json, "as_of")), 24);
	card = json_object_get(json, "card");
	assert_member(card, "number", "GD4840000000001");
	assert_member(card, "insurance_number", INSURANCE_NUMBER);
	assert_member(card, "registered_facility_name",
	    "Trung tâm y tế huyện Mẫu");
	assert_member(card, "valid_to", "2026-12-31");
	assert_int_equal(json_integer_value(
	    json_object_get(card, "benefit_percent")), 80);
	assert_int_equal(json_integer_value(
	    json_object_get(card, "ends_in_days")), 38);
	assert_member(json_object_get(json, "gateway_answer"), "code", "000");
	json_decref(json);
}

static void
an_open_lookup_has_json_too(void **state)
{
	struct ck_lookup_record record = {
		.id = "00000000000000000000000000000000",
		.counted = { .first_key = CK_KEY_ID_NUMBER }
	};
	json_t *json = ck_lookup_json(&record, "en");

	(void)state;
	assert_non_null(json);
	assert_member(json, "outcome", "none");
	assert_true(json_is_null(json_object_get(json, "message")));
	assert_true(json_is_null(json_object_get(json, "first_outcome")));
	assert_true(json_is_null(json_object_get(json, "card")));
	assert_true(json_is_null(json_object_get(json, "as_of")));
	json_decref(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_told_after_it_is_on_disk),
		TEST(what_cannot_be_asked_is_refused),
		TEST(a_dead_gateway_is_unavailable_by_the_line),
		TEST(somebody_elses_answer_is_thrown_away_and_told),
		TEST(a_clock_that_is_set_during_a_lookup_spoils_nothing),
		TEST(equal_lookups_share_one_call),
		TEST(an_equal_idempotency_key_is_the_same_lookup),
		TEST(automatic_runs_ask_in_the_responsible_name_or_not_at_all),
		TEST(a_desk_lookup_closes_by_itself),
		TEST(closed_before_an_answer_it_says_so),
		TEST(the_chip_confirms_and_moves_the_owner),
		TEST(an_abandoned_lookup_still_closes),
		TEST(what_is_not_on_disk_is_not_shown),
		TEST(the_json_has_the_contracts_members),
		cmocka_unit_test(an_open_lookup_has_json_too),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
