/*
 * test_renew.c - a later answer in the place of the one that filled a notice
 */
#include "checkin/renew.h"
#include "notice.h"
#include "store_fixture.h"

#define NUMBER "084094000001"

static void
set_text(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text);
}

#define SET(member, text) set_text(member, sizeof(member), text)

/* A closed lookup of the person, minutes later than the one before. card "":
 * the insurer knows none. */
static struct ck_lookup_record
answered(struct fixture *f, enum ck_outcome outcome, enum ck_source source,
    const char *card)
{
	struct ck_lookup_record record;

	f->now_ms += 60000;
	record = fixture_record(f, NUMBER);
	SET(record.identity.number, NUMBER);
	SET(record.identity.full_name, "NGUYỄN VĂN MẪU");
	record.identity.date_of_birth = (struct ck_date){ 1994, 3, 5 };
	record.identity.sex = 'M';
	fixture_answer(&record, outcome, source, "000");
	record.has_answer = outcome != CK_OUTCOME_UNAVAILABLE;
	SET(record.answer.full_name, "Nguyễn Văn Mẫu");
	SET(record.answer.card.number, card);
	if (card[0] != '\0') {
		SET(record.answer.card.facility, "84006");
		record.answer.card.valid_from = (struct ck_date){ 2026, 1, 1 };
		record.answer.card.valid_to = (struct ck_date){ 2026, 12, 31 };
	}
	record.closed_ms = f->now_ms;
	fixture_put(f, &record);
	fixture_close(f, &record);

	return record;
}

/* As admission fills it from a lookup. */
static void
fill(const struct ck_lookup_record *lookup, struct ck_notice *out)
{
	const struct ck_admission admission = { .arrived_ms = 0 };
	struct ck_check_in check_in;

	memset(&check_in, 0, sizeof(check_in));
	assert_int_equal(ck_admission_fill(&admission, lookup, "84001",
	    &check_in), CK_OK);
	assert_int_equal(ck_notice_copy(&check_in.draft, out), CK_OK);
	ck_check_in_wipe(&check_in);
}

static void
expect(const struct ck_notice *notice, enum ck_notice_field field,
    const char *text)
{
	assert_string_equal(ck_notice_get(notice, field), text);
}

static const unsigned card_bits = 1u << CK_FIELD_MA_THE_BHYT |
    1u << CK_FIELD_MA_DKBD | 1u << CK_FIELD_GT_THE_TU |
    1u << CK_FIELD_GT_THE_DEN;

static void
an_answer_after_an_outage_brings_the_card(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = answered(f, CK_OUTCOME_UNAVAILABLE,
	    CK_SOURCE_NONE, ""), after;
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_renewed renewed;

	fill(&before, &notice);
	expect(&notice, CK_FIELD_MA_THE_BHYT, "");
	/* Nothing has been asked since. */
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_string_equal(renewed.answer_id, "");
	after = answered(f, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY,
	    "GD4840000000001");
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_string_equal(renewed.answer_id, after.id);
	assert_int_equal(renewed.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(renewed.change.fields, card_bits);
	assert_true(renewed.change.card);
	assert_false(renewed.change.uninsured);
	expect(&notice, CK_FIELD_MA_THE_BHYT, "GD4840000000001");
	expect(&notice, CK_FIELD_MA_DKBD, "84006");
	expect(&notice, CK_FIELD_GT_THE_TU, "20260101");
	expect(&notice, CK_FIELD_GT_THE_DEN, "20261231");
	/* In other letters, and still the same name. */
	expect(&notice, CK_FIELD_HO_TEN, "NGUYỄN VĂN MẪU");
	ck_notice_wipe(&notice);
}

static void
a_card_that_is_no_more_is_taken_away(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = answered(f, CK_OUTCOME_COVERED,
	    CK_SOURCE_STALE, "GD4840000000001");
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_renewed renewed;

	fill(&before, &notice);
	(void)answered(f, CK_OUTCOME_NOT_COVERED, CK_SOURCE_GATEWAY,
	    "GD4840000000001");
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_int_equal(renewed.change.fields, card_bits);
	assert_true(renewed.change.uninsured);
	expect(&notice, CK_FIELD_MA_THE_BHYT, "");
	expect(&notice, CK_FIELD_GT_THE_TU, "");
	ck_notice_wipe(&notice);
}

/* What another ministry keeps the gateway may not name; that it is there is no
 * reason to take away the one that is known. */
static void
a_yes_that_names_no_card_takes_none_away(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = answered(f, CK_OUTCOME_COVERED,
	    CK_SOURCE_STALE, "GD4840000000001");
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_renewed renewed;

	fill(&before, &notice);
	(void)answered(f, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "");
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_int_equal(renewed.change.fields, 0);
	expect(&notice, CK_FIELD_MA_THE_BHYT, "GD4840000000001");
	ck_notice_wipe(&notice);
}

static void
what_somebody_has_changed_stays(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = answered(f, CK_OUTCOME_COVERED,
	    CK_SOURCE_STALE, "GD4840000000001");
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_renewed renewed;

	fill(&before, &notice);
	notice_set(&notice, CK_FIELD_GT_THE_DEN, "20270331");
	notice_set(&notice, CK_FIELD_HO_TEN, "Nguyễn Văn Khác");
	(void)answered(f, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY,
	    "DN4840000000001");
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_string_equal(renewed.answer_id, "");
	assert_int_equal(renewed.change.fields, 0);
	/* A card is one thing: never its number of now with a day of then. */
	expect(&notice, CK_FIELD_MA_THE_BHYT, "GD4840000000001");
	expect(&notice, CK_FIELD_GT_THE_DEN, "20270331");
	expect(&notice, CK_FIELD_HO_TEN, "Nguyễn Văn Khác");
	ck_notice_wipe(&notice);
}

static void
only_an_answer_of_the_same_visit_counts(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = answered(f, CK_OUTCOME_COVERED,
	    CK_SOURCE_GATEWAY, "GD4840000000001"), other;
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_renewed renewed;

	fill(&before, &notice);
	(void)answered(f, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE, "");
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_int_equal(renewed.change.fields, 0);
	(void)answered(f, CK_OUTCOME_COVERED, CK_SOURCE_STALE,
	    "DN4840000000001");
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_int_equal(renewed.change.fields, 0);
	f->now_ms += 24 * FIXTURE_HOUR_MS;
	other = answered(f, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY,
	    "DN4840000000001");
	assert_int_not_equal(other.visit_date.day, before.visit_date.day);
	assert_int_equal(ck_renew_notice(f->store, before.id, &notice,
	    &renewed), CK_OK);
	assert_int_equal(renewed.change.fields, 0);
	expect(&notice, CK_FIELD_MA_THE_BHYT, "GD4840000000001");
	/* Without a lookup, and under one that is not there. */
	assert_int_equal(ck_renew_notice(f->store, "", &notice, &renewed),
	    CK_OK);
	assert_int_equal(ck_renew_notice(f->store,
	    "0123456789abcdef0123456789abcdef", &notice, &renewed), CK_OK);
	assert_int_equal(renewed.change.fields, 0);
	ck_notice_wipe(&notice);
}

#define STORE(fn) \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE(an_answer_after_an_outage_brings_the_card),
		STORE(a_card_that_is_no_more_is_taken_away),
		STORE(a_yes_that_names_no_card_takes_none_away),
		STORE(what_somebody_has_changed_stays),
		STORE(only_an_answer_of_the_same_visit_counts)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
