/*
 * test_suppress_words.c - is a hidden number given back by another table?
 *
 * As in test_suppress.c the proof is by trying: every way to fill what was
 * counted that agrees with all numbers of the document that went out. A number
 * of 1 to 4 has to take more than one value among them. Here by what ties
 * tables to each other: a reason has one outcome and one owner, and the books'
 * share of visits is a sum of some clinics' days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/forms.h"
#include "report/sheets.h"
#include "report/suppress.h"

#define HIDDEN (-1)
#define UNITS_MAX 5
#define SHOWN_MAX 16

/* What goes out is a list of sums of the same few numbers. */
struct sums {
	int count, units;
	bool has[SHOWN_MAX][UNITS_MAX];
	int shown[SHOWN_MAX];
};

static int
sum_of(const struct sums *sums, int at, const int *values)
{
	int i, sum = 0;

	for (i = 0; i < sums->units; i++)
		sum += sums->has[at][i] ? values[i] : 0;

	return sum;
}

/* A hidden number is never 0. */
static bool
agrees(const struct sums *sums, const int *guess)
{
	int i;

	for (i = 0; i < sums->count; i++) {
		int sum = sum_of(sums, i, guess);

		if (sums->shown[i] == HIDDEN ? sum == 0 :
		    sum != sums->shown[i])
			return false;
	}

	return true;
}

static bool
next_guess(int *guess, int units)
{
	int i;

	for (i = 0; i < units; i++) {
		if (++guess[i] <= 15)
			return true;
		guess[i] = 0;
	}

	return false;
}

/* False: a number below 5 is told by the others. */
static bool
keeps_secrets(const struct sums *sums, const int *values)
{
	int guess[UNITS_MAX] = { 0 }, i, open = 0;
	bool varied[SHOWN_MAX] = { false };

	do {
		if (!agrees(sums, guess))
			continue;
		for (i = 0; i < sums->count; i++)
			varied[i] |= sum_of(sums, i, guess) !=
			    sum_of(sums, i, values);
	} while (next_guess(guess, sums->units));
	for (i = 0; i < sums->count; i++) {
		int value = sum_of(sums, i, values);

		open += value > 0 && value < CK_PUBLISHED_MIN && !varied[i];
	}

	return open == 0;
}

static int
drawn(unsigned *seed, int most)
{
	*seed = *seed * 1103515245 + 12345;

	return (int)(*seed >> 16) % (most + 1);
}

static int
shown_at(const json_t *place, const char *part)
{
	const json_t *value = json_object_get(json_object_get(place, "cccd"),
	    part);

	return json_is_integer(value) ? (int)json_integer_value(value) :
	    HIDDEN;
}

static json_t *
series_of(const int parts[5])
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "total",
	    parts[0] + parts[1] + parts[2] + parts[3] + parts[4],
	    "covered", parts[0], "covered_cache", 0, "covered_stale", 0,
	    "not_covered", parts[1], "mismatch", parts[2], "not_found",
	    parts[3], "unavailable", parts[4]);
}

static const int nothing[5];

static json_t *
group_of(const char *key, const int parts[5])
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "key", key,
	    "cccd", series_of(parts), "lookups", series_of(nothing),
	    "visits", series_of(nothing), "calls", series_of(nothing));
}

static const json_t *
group_at(const json_t *document, const char *division, size_t index)
{
	return json_array_get(json_object_get(json_object_get(document,
	    "groups"), division), index);
}

/* --- Reasons, outcomes, owners ------------------------------------------------ */

/* Five reasons; of two outcomes there are two. */
static const struct {
	const char *reason, *part, *owner;
	int outcome;
} met[UNITS_MAX] = {
	{ "", "covered", "none", 0 },
	{ "003", "not_covered", "patient", 1 },
	{ "010", "not_covered", "patient", 1 },
	{ "060", "mismatch", "insurer", 2 },
	{ "050", "not_found", "insurer", 3 }
};

static json_t *
reasons_document(const int *values)
{
	static const char *const owners[] = { "none", "patient", "insurer" };
	json_t *reasons = json_array(), *by_owner = json_array();
	json_t *whys = json_array(), *document;
	int all[5] = { 0 }, i, j;

	for (i = 0; i < UNITS_MAX; i++) {
		int parts[5] = { 0 };

		parts[met[i].outcome] = values[i];
		all[met[i].outcome] += values[i];
		json_array_append_new(reasons, group_of(met[i].reason,
		    parts));
		json_array_append_new(whys, json_pack(
		    "{s:s, s:s, s:s, s:s}", "series", "cccd", "part",
		    met[i].part, "reason", met[i].reason, "owner",
		    met[i].owner));
	}
	for (j = 0; j < 3; j++) {
		int parts[5] = { 0 };

		for (i = 0; i < UNITS_MAX; i++)
			parts[met[i].outcome] += strcmp(met[i].owner,
			    owners[j]) == 0 ? values[i] : 0;
		json_array_append_new(by_owner, group_of(owners[j], parts));
	}
	document = json_pack("{s:o, s:{s:o, s:o}, s:[], s:[o, []]}",
	    "totals", group_of("", all), "groups", "reason", reasons,
	    "owner", by_owner, "units", "mixes", whys);
	assert_non_null(document);
	(void)json_object_del(json_object_get(document, "totals"), "key");

	return document;
}

static void
show(struct sums *sums, int shown, const char *members)
{
	int i;

	for (i = 0; i < sums->units; i++)
		sums->has[sums->count][i] = members[i] == '1';
	sums->shown[sums->count++] = shown;
}

static void
read_reasons(const json_t *public, struct sums *out)
{
	static const char *const units[UNITS_MAX] = {
		"10000", "01000", "00100", "00010", "00001"
	};
	const json_t *totals = json_object_get(public, "totals");
	size_t i;

	*out = (struct sums){ .units = UNITS_MAX };
	show(out, shown_at(totals, "total"), "11111");
	show(out, shown_at(totals, "covered"), "10000");
	show(out, shown_at(totals, "not_covered"), "01100");
	show(out, shown_at(totals, "mismatch"), "00010");
	show(out, shown_at(totals, "not_found"), "00001");
	for (i = 0; i < UNITS_MAX; i++)
		show(out, shown_at(group_at(public, "reason", i), "total"),
		    units[i]);
	show(out, shown_at(group_at(public, "owner", 0), "total"), "10000");
	show(out, shown_at(group_at(public, "owner", 1), "total"), "01100");
	show(out, shown_at(group_at(public, "owner", 2), "total"), "00011");
}

static bool
reasons_keep_secrets(const int *values)
{
	json_t *document = reasons_document(values), *public;
	struct sums sums;

	assert_int_equal(ck_report_public(document, &public), CK_OK);
	assert_null(json_object_get(public, "mixes"));
	read_reasons(public, &sums);
	json_decref(public);
	json_decref(document);

	return keeps_secrets(&sums, values);
}

/* 8 not found are the reason 050 alone: whoever reads 8 beside it knows what
 * the outcome's row hides, and so the 3 that did not match. */
static void
test_a_reason_is_its_outcome(void **state)
{
	(void)state;
	assert_true(reasons_keep_secrets((const int[]){ 12, 7, 5, 3, 8 }));
}

static void
test_every_mix_of_reasons(void **state)
{
	unsigned seed = 20261126;
	int values[UNITS_MAX], round, i;

	(void)state;
	for (round = 0; round < 24; round++) {
		for (i = 0; i < UNITS_MAX; i++)
			values[i] = drawn(&seed, 12);
		if (reasons_keep_secrets(values))
			continue;
		for (i = 0; i < UNITS_MAX; i++)
			print_message("%d ", values[i]);
		fail_msg("a reader works a hidden number out");
	}
}

/* Where nothing is small, all of it goes out. */
static void
test_large_numbers_all_go_out(void **state)
{
	json_t *document = reasons_document((const int[]){ 40, 7, 5, 9, 8 });
	struct sums sums;
	json_t *public;
	int i;

	(void)state;
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	read_reasons(public, &sums);
	for (i = 0; i < sums.count; i++)
		assert_int_not_equal(sums.shown[i], HIDDEN);
	json_decref(public);
	json_decref(document);
}

/* Of 33 not covered 3 have a reason of their own: the two reasons are hidden,
 * outcomes and owners are not. */
static void
test_a_small_reason_costs_no_outcome(void **state)
{
	static const bool hidden[SHOWN_MAX] = { [6] = true, [7] = true };
	json_t *document = reasons_document((const int[]){ 40, 30, 3, 9, 8 });
	struct sums sums;
	json_t *public;
	int i;

	(void)state;
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	read_reasons(public, &sums);
	for (i = 0; i < sums.count; i++)
		assert_int_equal(sums.shown[i] == HIDDEN, hidden[i]);
	json_decref(public);
	json_decref(document);
}

/* --- The books -------------------------------------------------------------- */

/* Attempts of clinic a and b on day 1 and 2: a1, a2, b1, b2. */
#define QUARTERS 4

/* Numbers of books as a document has them: which quarters they have. */
static json_t *
books_of(const int *values, unsigned has, int visits)
{
	int in[QUARTERS], i;

	for (i = 0; i < QUARTERS; i++)
		in[i] = (has >> i & 1) != 0 ? values[i] : 0;

	return json_pack("{s:i, s:i, s:i, s:[{s:s, s:i}, {s:s, s:i}], "
	    "s:[{s:s, s:i}, {s:s, s:i}]}", "visits", visits, "attempts",
	    in[0] + in[1] + in[2] + in[3], "facilities", 2, "clinics",
	    "key", "a", "attempts", in[0] + in[1],
	    "key", "b", "attempts", in[2] + in[3], "days",
	    "key", "2026-03-01", "attempts", in[0] + in[2],
	    "key", "2026-03-02", "attempts", in[1] + in[3]);
}

static json_t *
unanswered(const char *key, int count)
{
	return group_of(key, (const int[]){ 0, 0, 0, 0, count });
}

static json_t *
books_document(const int *v, unsigned has, int visits)
{
	json_t *document = json_pack("{s:o, s:{s:[o, o], s:[o, o]}, "
	    "s:[{s:s}, {s:s}], s:o}", "totals", unanswered("", v[0] + v[1] +
	    v[2] + v[3]), "groups", "clinic", unanswered("a", v[0] + v[1]),
	    unanswered("b", v[2] + v[3]), "day",
	    unanswered("2026-03-01", v[0] + v[2]),
	    unanswered("2026-03-02", v[1] + v[3]),
	    "units", "clinic", "a", "clinic", "b",
	    "denominator", books_of(v, has, visits));

	assert_non_null(document);
	(void)json_object_del(json_object_get(document, "totals"), "key");

	return document;
}

static int
number_at(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_integer(value) ? (int)json_integer_value(value) :
	    HIDDEN;
}

static bool
books_keep_secrets(const int *values, unsigned has)
{
	json_t *document = books_document(values, has, 900), *public, *found;
	char in[QUARTERS + 1] = "0000";
	struct sums sums = { .units = QUARTERS };
	int i;

	for (i = 0; i < QUARTERS; i++)
		in[i] = (has >> i & 1) != 0 ? '1' : '0';
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	found = json_object_get(public, "denominator");
	assert_int_equal(json_object_size(found), 3);
	show(&sums, number_at(found, "attempts"), in);
	show(&sums, shown_at(json_object_get(public, "totals"), "total"),
	    "1111");
	show(&sums, shown_at(group_at(public, "clinic", 0), "total"), "1100");
	show(&sums, shown_at(group_at(public, "clinic", 1), "total"), "0011");
	show(&sums, shown_at(group_at(public, "day", 0), "total"), "1010");
	show(&sums, shown_at(group_at(public, "day", 1), "total"), "0101");
	json_decref(public);
	json_decref(document);

	return keeps_secrets(&sums, values);
}

static void
test_every_share_of_books(void **state)
{
	unsigned seed = 20260301, has;
	int values[QUARTERS], round, i;

	(void)state;
	for (round = 0; round < 40; round++) {
		for (i = 0; i < QUARTERS; i++)
			values[i] = drawn(&seed, round % 2 == 0 ? 4 : 11);
		has = (unsigned)drawn(&seed, 14) + 1;
		if (books_keep_secrets(values, has))
			continue;
		print_message("%d %d %d %d, books %x: ", values[0], values[1],
		    values[2], values[3], has);
		fail_msg("a reader works a hidden number out");
	}
}

static json_t *
public_of(const int *values, unsigned has, int visits)
{
	json_t *document = books_document(values, has, visits), *public;

	assert_int_equal(ck_report_public(document, &public), CK_OK);
	json_decref(document);

	return public;
}

static void
test_a_share_of_all_goes_out(void **state)
{
	json_t *public = public_of((const int[]){ 20, 30, 40, 50 }, 0xf, 200);
	json_t *found = json_object_get(public, "denominator");

	(void)state;
	assert_int_equal(number_at(found, "attempts"), 140);
	assert_int_equal(number_at(found, "visits"), 200);
	json_decref(public);
}

/* 143 visits of which 140 were asked for by CCCD: 3 were not. */
static void
test_visits_without_an_attempt_are_no_secret_told(void **state)
{
	json_t *public = public_of((const int[]){ 20, 30, 40, 50 }, 0xf, 143);
	json_t *found = json_object_get(public, "denominator");

	(void)state;
	assert_int_equal(number_at(found, "attempts"), 140);
	assert_int_equal(number_at(found, "visits"), HIDDEN);
	json_decref(public);
}

/* A statement that was signed before it said what its books have. */
static void
test_books_of_nobody_knows_what_stay_inside(void **state)
{
	json_t *document = books_document((const int[]){ 20, 30, 40, 50 },
	    0x7, 200), *public;
	json_t *found = json_object_get(document, "denominator");

	(void)state;
	(void)json_object_del(found, "clinics");
	(void)json_object_del(found, "days");
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	assert_int_equal(number_at(json_object_get(public, "denominator"),
	    "attempts"), HIDDEN);
	assert_int_equal(shown_at(json_object_get(public, "totals"), "total"),
	    140);
	json_decref(public);
	json_decref(document);
}

/* Every form draws these tables, and nothing else of the document. */
static void
test_no_form_has_a_hidden_share(void **state)
{
	json_t *public = public_of((const int[]){ 3, 0, 40, 50 }, 0x3, 888);
	struct ck_sheets sheets = { 0 };
	struct ck_catalogue *catalogue;
	const struct ck_sheet *books;

	(void)state;
	assert_int_equal(ck_catalogue_open(&catalogue, "en"), CK_OK);
	assert_int_equal(ck_sheets_make(public, catalogue, &sheets), CK_OK);
	books = &sheets.list[sheets.count - 1];
	assert_string_equal(books->name, "denominator");
	assert_int_equal(ck_sheet_value(books, 0, 1)->kind, CK_VALUE_GIVEN);
	assert_int_equal(ck_sheet_value(books, 0, 1)->count, 888);
	assert_int_equal(ck_sheet_value(books, 0, 2)->kind, CK_VALUE_HIDDEN);
	assert_int_equal(ck_sheet_value(books, 0, 3)->kind, CK_VALUE_HIDDEN);
	ck_sheets_wipe(&sheets);
	ck_catalogue_free(&catalogue);
	json_decref(public);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_reason_is_its_outcome),
		cmocka_unit_test(test_every_mix_of_reasons),
		cmocka_unit_test(test_large_numbers_all_go_out),
		cmocka_unit_test(test_a_small_reason_costs_no_outcome),
		cmocka_unit_test(test_every_share_of_books),
		cmocka_unit_test(test_a_share_of_all_goes_out),
		cmocka_unit_test(
		    test_visits_without_an_attempt_are_no_secret_told),
		cmocka_unit_test(test_books_of_nobody_knows_what_stay_inside),
		cmocka_unit_test(test_no_form_has_a_hidden_share)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
