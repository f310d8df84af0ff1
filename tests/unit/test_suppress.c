/*
 * test_suppress.c - is a hidden number ever given back by the others?
 *
 * The proof is by trying: small tables, every way to fill their units that
 * agrees with all that is published. A hidden cell of 1 to 4 has to take more
 * than one value among them. Whole documents are tried as tables are: totals,
 * two clinics, two days, and the parts of what was not confirmed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/suppress.h"
#include "report/sums.h"

#define UNITS_MAX 6
#define CELLS_MAX 16
#define VALUE_MAX 13

struct table {
	struct ck_cell cells[CELLS_MAX];
	uint8_t members[CELLS_MAX][UNITS_MAX];
	size_t count, units;
};

static void
add(struct table *table, const char *members)
{
	struct ck_cell *cell = &table->cells[table->count];
	size_t i;

	for (i = 0; i < table->units; i++)
		table->members[table->count][i] = members[i] == '1';
	*cell = (struct ck_cell){ .members = table->members[table->count] };
	table->count++;
}

static void
fill(struct table *table, const int *values)
{
	size_t i, j;

	for (i = 0; i < table->count; i++) {
		table->cells[i].value = 0;
		for (j = 0; j < table->units; j++)
			table->cells[i].value += table->members[i][j] *
			    values[j];
	}
}

static int
sum_of(const struct table *table, size_t cell, const int *guess)
{
	int sum = 0;
	size_t j;

	for (j = 0; j < table->units; j++)
		sum += table->members[cell][j] * guess[j];

	return sum;
}

/* What a reader knows: published numbers, and that what is hidden is not 0. */
static bool
agrees(const struct table *table, const int *guess)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		int sum = sum_of(table, i, guess);

		if (!table->cells[i].hidden && sum != table->cells[i].value)
			return false;
		if (table->cells[i].hidden && sum == 0)
			return false;
	}

	return true;
}

/* The next of all fillings; false after the last. */
static bool
next_guess(int *guess, size_t units)
{
	size_t i;

	for (i = 0; i < units; i++) {
		if (++guess[i] <= VALUE_MAX + 4)
			return true;
		guess[i] = 0;
	}

	return false;
}

static void
assert_kept_secret(const struct table *table)
{
	int guess[UNITS_MAX] = { 0 };
	int64_t first[CELLS_MAX];
	bool seen[CELLS_MAX] = { false }, varied[CELLS_MAX] = { false };
	size_t i;

	do {
		if (!agrees(table, guess))
			continue;
		for (i = 0; i < table->count; i++) {
			int sum = sum_of(table, i, guess);

			if (!seen[i])
				first[i] = sum;
			varied[i] |= seen[i] && first[i] != sum;
			seen[i] = true;
		}
	} while (next_guess(guess, table->units));
	for (i = 0; i < table->count; i++) {
		assert_true(seen[i]);
		if (table->cells[i].sensitive)
			assert_true(varied[i]);
	}
}

/* Four clinics in two communes of two, in two levels across, and the total. */
static void
crossed(struct table *table)
{
	*table = (struct table){ .units = 4 };
	add(table, "1000");
	add(table, "0100");
	add(table, "0010");
	add(table, "0001");
	add(table, "1100");
	add(table, "0011");
	add(table, "1010");
	add(table, "0101");
	add(table, "1111");
	table->cells[table->count - 1].fixed = true;
}

static void
test_every_small_table(void **state)
{
	struct table table;
	unsigned seed = 20260301;
	int values[UNITS_MAX], round;
	size_t i;

	(void)state;
	for (round = 0; round < 60; round++) {
		crossed(&table);
		for (i = 0; i < table.units; i++) {
			seed = seed * 1103515245 + 12345;
			values[i] = (int)(seed >> 16) % (VALUE_MAX + 1);
		}
		fill(&table, values);
		if (table.cells[table.count - 1].value < 10)
			continue;
		assert_int_equal(ck_cells_hide(table.cells, table.count,
		    table.units), CK_OK);
		assert_kept_secret(&table);
	}
}

static void
hide(struct table *table, const int *values)
{
	fill(table, values);
	assert_int_equal(ck_cells_hide(table->cells, table->count,
	    table->units), CK_OK);
}

static void
test_nothing_small_nothing_hidden(void **state)
{
	struct table table;
	size_t i;

	(void)state;
	crossed(&table);
	hide(&table, (const int[]){ 5, 9, 0, 12 });
	for (i = 0; i < table.count; i++)
		assert_false(table.cells[i].hidden);
}

/* A flat list: one small group takes the next larger with it. */
static void
test_a_second_is_hidden(void **state)
{
	struct table table = { .units = 3 };

	(void)state;
	add(&table, "100");
	add(&table, "010");
	add(&table, "001");
	add(&table, "111");
	table.cells[3].fixed = true;
	hide(&table, (const int[]){ 3, 40, 8 });
	assert_true(table.cells[0].hidden);
	assert_false(table.cells[1].hidden);
	assert_true(table.cells[2].hidden);
	assert_false(table.cells[3].hidden);
}

/* 1 and 1 in a sum of 2 would be told by the sum. */
static void
test_small_sums_are_told_by_bounds(void **state)
{
	struct table table = { .units = 3 };

	(void)state;
	add(&table, "100");
	add(&table, "010");
	add(&table, "001");
	add(&table, "111");
	table.cells[3].fixed = true;
	hide(&table, (const int[]){ 1, 1, 40 });
	assert_true(table.cells[2].hidden);
	table.count = 0;
	add(&table, "100");
	add(&table, "010");
	add(&table, "001");
	add(&table, "111");
	table.cells[3].fixed = true;
	hide(&table, (const int[]){ 4, 4, 40 });
	assert_true(table.cells[2].hidden);
}

/* One clinic is a whole commune: hiding the clinic alone would be no use. */
static void
test_the_same_under_two_names(void **state)
{
	struct table table = { .units = 3 };

	(void)state;
	add(&table, "100");
	add(&table, "010");
	add(&table, "001");
	add(&table, "100");
	add(&table, "011");
	add(&table, "111");
	table.cells[5].fixed = true;
	hide(&table, (const int[]){ 2, 13, 10 });
	assert_true(table.cells[0].hidden);
	assert_true(table.cells[3].hidden);
	assert_kept_secret(&table);
}

/* Where nobody has a commune, one group holds all: it stays with the total. */
static void
test_a_group_of_all_is_the_total(void **state)
{
	struct table table = { .units = 3 };

	(void)state;
	add(&table, "100");
	add(&table, "010");
	add(&table, "111");
	add(&table, "110");
	add(&table, "001");
	add(&table, "111");
	table.cells[5].fixed = true;
	hide(&table, (const int[]){ 4, 4, 13 });
	assert_false(table.cells[2].hidden);
	assert_false(table.cells[5].hidden);
	assert_true(table.cells[3].hidden);
	assert_kept_secret(&table);
	hide(&table, (const int[]){ 1, 2, 0 });
	assert_true(table.cells[2].hidden);
	assert_true(table.cells[5].hidden);
}

static void
test_a_table_that_is_too_small_goes_whole(void **state)
{
	struct table table = { .units = 1 };

	(void)state;
	add(&table, "1");
	add(&table, "1");
	table.cells[1].fixed = true;
	hide(&table, (const int[]){ 3 });
	assert_true(table.cells[0].hidden);
	assert_true(table.cells[1].hidden);
}

/* --- Whole documents ---------------------------------------------------------- */

/*
 * What a document of two clinics and two days says of CCCD attempts: confirmed
 * of clinic 1, 2 and day 1, not confirmed of the same, and how many of these
 * were not found (the rest: unavailable).
 */
enum unknown { C1, C2, CD, U1, U2, UD, NF, UNKNOWNS };

#define GUESS_MAX 15
#define HIDDEN (-1)

/* The numbers of a document; HIDDEN where it has null. */
enum shown {
	S_TOTAL, S_COVERED, S_NOT_FOUND, S_UNAVAILABLE, S_T1, S_C1, S_T2,
	S_C2, S_TD1, S_CD1, S_TD2, S_CD2, SHOWN
};

static void
numbers_of(const int *v, int *out)
{
	int covered = v[C1] + v[C2], uncovered = v[U1] + v[U2];

	out[S_TOTAL] = covered + uncovered;
	out[S_COVERED] = covered;
	out[S_NOT_FOUND] = v[NF];
	out[S_UNAVAILABLE] = uncovered - v[NF];
	out[S_T1] = v[C1] + v[U1];
	out[S_C1] = v[C1];
	out[S_T2] = v[C2] + v[U2];
	out[S_C2] = v[C2];
	out[S_TD1] = v[CD] + v[UD];
	out[S_CD1] = v[CD];
	out[S_TD2] = covered - v[CD] + uncovered - v[UD];
	out[S_CD2] = covered - v[CD];
}

static json_t *
series_of(int total, int covered, int not_found)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
	    "total", total, "covered", covered, "covered_cache", 0,
	    "covered_stale", 0, "not_covered", 0, "mismatch", 0,
	    "not_found", not_found, "unavailable",
	    total - covered - not_found);
}

static json_t *
group_of(const char *key, int total, int covered, int not_found)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "key", key,
	    "cccd", series_of(total, covered, not_found),
	    "lookups", series_of(total, covered, not_found),
	    "visits", series_of(0, 0, 0), "calls", series_of(0, 0, 0));
}

static json_t *
document_of(const int *n)
{
	json_t *document = json_pack("{s:o, s:{s:[o, o], s:[o, o], s:[o]}, "
	    "s:[{s:s}, {s:s}]}", "totals", group_of("", n[S_TOTAL],
	    n[S_COVERED], n[S_NOT_FOUND]), "groups",
	    "clinic", group_of("a", n[S_T1], n[S_C1], 0),
	    group_of("b", n[S_T2], n[S_C2], 0),
	    "day", group_of("1", n[S_TD1], n[S_CD1], 0),
	    group_of("2", n[S_TD2], n[S_CD2], 0),
	    "presented", group_of("cccd", n[S_TOTAL], n[S_COVERED], 0),
	    "units", "clinic", "a", "clinic", "b");

	assert_non_null(document);
	(void)json_object_del(json_object_get(document, "totals"), "key");

	return document;
}

static int
shown_at(const json_t *place, const char *part)
{
	const json_t *value = json_object_get(json_object_get(place, "cccd"),
	    part);

	return json_is_integer(value) ? (int)json_integer_value(value) :
	    HIDDEN;
}

static const json_t *
group_at(const json_t *document, const char *division, size_t index)
{
	return json_array_get(json_object_get(json_object_get(document,
	    "groups"), division), index);
}

static void
read_shown(const json_t *public, int *out)
{
	static const char *const parts[] = {
		"total", "covered", "not_found", "unavailable"
	};
	size_t i;

	for (i = 0; i < 4; i++)
		out[i] = shown_at(json_object_get(public, "totals"), parts[i]);
	for (i = 0; i < 2; i++) {
		out[S_T1 + 2 * i] = shown_at(group_at(public, "clinic", i),
		    "total");
		out[S_C1 + 2 * i] = shown_at(group_at(public, "clinic", i),
		    "covered");
		out[S_TD1 + 2 * i] = shown_at(group_at(public, "day", i),
		    "total");
		out[S_CD1 + 2 * i] = shown_at(group_at(public, "day", i),
		    "covered");
	}
	/* the same people under another name: told in both or in none */
	assert_int_equal(shown_at(group_at(public, "presented", 0), "total"),
	    out[S_TOTAL]);
	assert_int_equal(shown_at(group_at(public, "presented", 0),
	    "covered"), out[S_COVERED]);
}

/* Numbers that could point to a person: those, and what is not confirmed. */
static void
secrets_of(const int *n, int *out)
{
	int i;

	for (i = 0; i < SHOWN; i++)
		out[i] = n[i];
	out[SHOWN] = n[S_TOTAL] - n[S_COVERED];
	for (i = 0; i < 4; i++)
		out[SHOWN + 1 + i] = n[S_T1 + 2 * i] - n[S_C1 + 2 * i];
}

#define SECRETS (SHOWN + 5)

struct trial {
	int shown[SHOWN], secrets[SECRETS];
	bool varied[SECRETS];
};

/* False: some secret has had its one value in all fillings so far. */
static bool
try_filling(struct trial *trial, const int *guess)
{
	int numbers[SHOWN], secrets[SECRETS];
	bool done = true;
	int i;

	numbers_of(guess, numbers);
	for (i = 0; i < SHOWN; i++) {
		if (numbers[i] < 0 || (trial->shown[i] != HIDDEN &&
		    numbers[i] != trial->shown[i]))
			return false;
	}
	secrets_of(numbers, secrets);
	for (i = 0; i < SECRETS; i++) {
		trial->varied[i] |= secrets[i] < 0 ||
		    secrets[i] != trial->secrets[i];
		done &= trial->varied[i] || trial->secrets[i] == 0 ||
		    trial->secrets[i] >= CK_PUBLISHED_MIN;
	}

	return done;
}

/* What a published number allows, before the other unknowns are tried. */
static bool
is_possible(const struct trial *trial, const int *v, int known)
{
	const int *s = trial->shown;

	return (known != C2 || s[S_COVERED] == HIDDEN ||
	    v[C1] + v[C2] == s[S_COVERED]) &&
	    (known != U1 || s[S_T1] == HIDDEN || v[C1] + v[U1] == s[S_T1]) &&
	    (known != U2 || s[S_T2] == HIDDEN || v[C2] + v[U2] == s[S_T2]) &&
	    (known != UD || s[S_TD1] == HIDDEN || v[CD] + v[UD] == s[S_TD1]);
}

static bool
try_all(struct trial *trial, int *guess, int unknown)
{
	int i;

	if (unknown == UNKNOWNS)
		return try_filling(trial, guess);
	for (i = 0; i <= GUESS_MAX; i++) {
		guess[unknown] = i;
		if (is_possible(trial, guess, unknown) &&
		    try_all(trial, guess, unknown + 1))
			return true;
	}

	return false;
}

static bool
keeps_secrets(const int *values)
{
	struct trial trial = { .varied = { false } };
	int numbers[SHOWN], guess[UNKNOWNS];
	json_t *document, *public;

	numbers_of(values, numbers);
	secrets_of(numbers, trial.secrets);
	document = document_of(numbers);
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	read_shown(public, trial.shown);
	json_decref(public);
	json_decref(document);

	return try_all(&trial, guess, 0);
}

static int
drawn(unsigned *seed, int most)
{
	*seed = *seed * 1103515245 + 12345;

	return (int)(*seed >> 16) % (most + 1);
}

static void
test_every_small_document(void **state)
{
	unsigned seed = 20261126;
	int v[UNKNOWNS], round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		v[C1] = drawn(&seed, 11);
		v[C2] = drawn(&seed, 11);
		v[U1] = drawn(&seed, 5);
		v[U2] = drawn(&seed, 5);
		v[CD] = drawn(&seed, v[C1] + v[C2] < 11 ? v[C1] + v[C2] : 11);
		v[UD] = drawn(&seed, v[U1] + v[U2]);
		v[NF] = drawn(&seed, v[U1] + v[U2]);
		if (keeps_secrets(v))
			continue;
		for (i = 0; i < UNKNOWNS; i++)
			print_message("%d ", v[i]);
		fail_msg("a reader works a hidden number out");
	}
}

/* 24 attempts of which 2 were not found: the 24 is told, and told in all. */
static void
test_attempts_are_told_without_the_confirmed(void **state)
{
	static const int values[UNKNOWNS] = { 11, 11, 22, 1, 1, 2, 2 };
	int numbers[SHOWN], shown[SHOWN];
	json_t *document, *public, *totals;

	(void)state;
	numbers_of(values, numbers);
	document = document_of(numbers);
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	read_shown(public, shown);
	assert_int_equal(shown[S_TOTAL], 24);
	assert_int_equal(shown[S_COVERED], HIDDEN);
	assert_int_equal(shown[S_NOT_FOUND], HIDDEN);
	assert_int_equal(shown[S_UNAVAILABLE], 0);
	assert_int_equal(shown[S_T1], 12);
	assert_int_equal(shown[S_C1], HIDDEN);
	assert_int_equal(shown[S_TD1], 24);
	assert_int_equal(shown[S_CD1], HIDDEN);
	assert_int_equal(shown[S_TD2], 0);
	assert_int_equal(shown[S_CD2], 0);
	totals = json_object_get(public, "totals");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(
	    totals, "lookups"), "total")), 24);
	json_decref(public);
	json_decref(document);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_small_table),
		cmocka_unit_test(test_nothing_small_nothing_hidden),
		cmocka_unit_test(test_a_second_is_hidden),
		cmocka_unit_test(test_small_sums_are_told_by_bounds),
		cmocka_unit_test(test_the_same_under_two_names),
		cmocka_unit_test(test_a_group_of_all_is_the_total),
		cmocka_unit_test(test_a_table_that_is_too_small_goes_whole),
		cmocka_unit_test(test_every_small_document),
		cmocka_unit_test(test_attempts_are_told_without_the_confirmed)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
