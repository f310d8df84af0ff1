/*
 * test_answer_history.c - what an answer tells beside itself: how long the card
 * still holds, and at how many visits it was the same
 *
 * The members are looked up by their names, which the page and hospital
 * software use.
 */
#include "store_fixture.h"

#include "eligibility/lookup.h"

static int64_t
member(const struct ck_lookup_record *record, const char *object,
    const char *name)
{
	json_t *json = ck_lookup_json(record, "vi"), *value;
	int64_t number;

	assert_non_null(json);
	value = object == NULL ? json_object_get(json, name) :
	    json_object_get(json_object_get(json, object), name);
	assert_non_null(value);
	assert_true(json_is_integer(value) || json_is_null(value));
	number = json_is_null(value) ? -1 : json_integer_value(value);
	json_decref(json);

	return number;
}

/* A covered lookup of somebody whose card holds from then to then. */
static struct ck_lookup_record
covered(struct fixture *f, struct ck_date from, struct ck_date to)
{
	struct ck_lookup_record record = fixture_record(f, "084094000001");

	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	record.has_answer = true;
	(void)snprintf(record.answer.code, sizeof(record.answer.code), "000");
	(void)snprintf(record.answer.card.number,
	    sizeof(record.answer.card.number), "GD4840000000001");
	record.answer.card.valid_from = from;
	record.answer.card.valid_to = to;

	return record;
}

static void
a_card_says_in_how_many_days_it_ends(void **state)
{
	static const struct ck_date from = { 2026, 1, 1 };
	static const struct {
		struct ck_date to;
		int64_t days;
	} rows[] = {
		{ { 2026, 11, 23 }, 0 }, { { 2026, 11, 24 }, 1 },
		{ { 2026, 12, 31 }, 38 }, { { 2027, 11, 23 }, 365 },
		{ { 0, 0, 0 }, -1 }	/* open end: null */
	};
	struct ck_lookup_record record;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		record = covered(*state, from, rows[i].to);
		assert_int_equal(member(&record, "card", "ends_in_days"),
		    rows[i].days);
	}
}

/* The new card holds on the day: its end counts, not that of the old one. */
static void
the_card_of_the_visit_is_meant(void **state)
{
	struct ck_lookup_record record = covered(*state,
	    (struct ck_date){ 2025, 1, 1 }, (struct ck_date){ 2026, 10, 31 });

	record.answer.new_card = record.answer.card;
	record.answer.new_card.valid_from = (struct ck_date){ 2026, 11, 1 };
	record.answer.new_card.valid_to = (struct ck_date){ 2026, 11, 30 };
	assert_int_equal(member(&record, "card", "ends_in_days"), 7);
}

/* Close a lookup on this day, and tell what the JSON says of earlier ones. */
static int64_t
visit(struct fixture *f, enum ck_outcome outcome, uint8_t day)
{
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	int64_t same;

	record.visit_date.day = day;
	fixture_answer(&record, outcome, CK_SOURCE_GATEWAY,
	    outcome == CK_OUTCOME_COVERED ? "000" : "010");
	assert_int_equal(ck_store_same_visits(f->store, &record,
	    &record.same_visits), CK_OK);
	same = member(&record, NULL, "same_visits");
	fixture_close(f, &record);

	return same;
}

static void
the_same_answer_at_six_visits_is_said(void **state)
{
	struct fixture *f = *state;
	uint8_t day;

	for (day = 1; day <= 7; day++)
		assert_int_equal(visit(f, CK_OUTCOME_COVERED, day), day - 1);
	/* A second lookup of the same visit is no further visit. */
	assert_int_equal(visit(f, CK_OUTCOME_COVERED, 7), 6);
	/* An answer that is another one is the first of its kind. */
	assert_int_equal(visit(f, CK_OUTCOME_NOT_COVERED, 8), 0);
	assert_int_equal(visit(f, CK_OUTCOME_COVERED, 9), 0);
	for (day = 10; day <= 24; day++)
		assert_int_equal(visit(f, CK_OUTCOME_COVERED, day),
		    day - 9 < CK_SAME_VISITS_MAX ? day - 9 :
		    CK_SAME_VISITS_MAX);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_card_says_in_how_many_days_it_ends),
		T(the_card_of_the_visit_is_meant),
		T(the_same_answer_at_six_visits_is_said)
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
