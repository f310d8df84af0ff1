/*
 * test_suppress.c - is a hidden number ever given back by the others?
 *
 * The proof is by trying: small tables, every way to fill their units that
 * agrees with all that is published. A hidden cell of 1 to 4 has to take more
 * than one value among them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/suppress.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_small_table),
		cmocka_unit_test(test_nothing_small_nothing_hidden),
		cmocka_unit_test(test_a_second_is_hidden),
		cmocka_unit_test(test_small_sums_are_told_by_bounds),
		cmocka_unit_test(test_the_same_under_two_names),
		cmocka_unit_test(test_a_table_that_is_too_small_goes_whole)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
