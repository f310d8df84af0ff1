/*
 * cells.c - hiding cells of a table so that no subtraction gives them back
 *
 * Published cells are vectors of 0 and 1 over the units. A hidden cell is given
 * away when it is a linear combination of published ones, which Gaussian
 * elimination finds, exactly, in the field of integers modulo a prime (a table
 * whose determinants that prime divides is not met by chance).
 */
#include <stdlib.h>
#include <string.h>

#include "report/suppress.h"

#define PRIME UINT64_C(2147483647)	/* products fit 64 bits */
#define NO_PIVOT SIZE_MAX

/* Row echelon form of the published vectors. */
struct basis {
	uint64_t *rows;		/* owned; units × units at most */
	size_t *pivots;		/* owned; column of each row's first 1 */
	uint64_t *vector;	/* owned; the one that is tried */
	size_t len, units;
};

static uint64_t
power(uint64_t base, uint64_t exponent)
{
	uint64_t result = 1;

	for (; exponent > 0; exponent >>= 1) {
		if ((exponent & 1) != 0)
			result = result * base % PRIME;
		base = base * base % PRIME;
	}

	return result;
}

/* Take multiples of the basis off the vector; the first column that is left,
 * or NO_PIVOT when it lies in the span. */
static size_t
reduce(struct basis *basis, const uint8_t *members)
{
	uint64_t *vector = basis->vector;
	size_t i, j;

	for (j = 0; j < basis->units; j++)
		vector[j] = members[j];
	for (i = 0; i < basis->len; i++) {
		const uint64_t *row = basis->rows + i * basis->units;
		uint64_t factor = vector[basis->pivots[i]];

		if (factor == 0)
			continue;
		for (j = basis->pivots[i]; j < basis->units; j++)
			vector[j] = (vector[j] + (PRIME - factor) * row[j]) %
			    PRIME;
	}
	for (j = 0; j < basis->units; j++) {
		if (vector[j] != 0)
			return j;
	}

	return NO_PIVOT;
}

/*
 * Rows are kept in the order in which they came, each reduced by those before
 * it, so that one pass of reduce() suffices: a later row is 0 in the pivot
 * columns of the earlier ones.
 */
static void
add(struct basis *basis, const uint8_t *members)
{
	size_t pivot = reduce(basis, members), j;
	uint64_t inverse, *row;

	if (pivot == NO_PIVOT)
		return;
	inverse = power(basis->vector[pivot], PRIME - 2);
	row = basis->rows + basis->len * basis->units;
	for (j = 0; j < basis->units; j++)
		row[j] = basis->vector[j] * inverse % PRIME;
	basis->pivots[basis->len++] = pivot;
}

static enum ck_err
basis_make(struct basis *basis, size_t units)
{
	basis->units = units;
	basis->rows = calloc(units * units + 1, sizeof(*basis->rows));
	basis->pivots = calloc(units + 1, sizeof(*basis->pivots));
	basis->vector = calloc(units + 1, sizeof(*basis->vector));

	return basis->rows == NULL || basis->pivots == NULL ||
	    basis->vector == NULL ? CK_ERR_NOMEM : CK_OK;
}

static void
basis_wipe(struct basis *basis)
{
	free(basis->rows);
	free(basis->pivots);
	free(basis->vector);
}

static void
basis_fill(struct basis *basis, const struct ck_cell *cells, size_t count)
{
	size_t i;

	basis->len = 0;
	for (i = 0; i < count; i++) {
		if (!cells[i].hidden)
			add(basis, cells[i].members);
	}
}

static bool
contains(const struct ck_cell *sum, const struct ck_cell *part, size_t units)
{
	size_t i;

	if (part->size > sum->size)
		return false;
	for (i = 0; i < units; i++) {
		if (part->members[i] > sum->members[i])
			return false;
	}

	return true;
}

/* The smallest published sum that contains cell: where it can be subtracted. */
static const struct ck_cell *
sum_around(const struct ck_cell *cells, size_t count, size_t units,
    const struct ck_cell *cell)
{
	const struct ck_cell *best = NULL;
	size_t i, fewest = SIZE_MAX;

	for (i = 0; i < count; i++) {
		if (cells[i].hidden || &cells[i] == cell ||
		    !contains(&cells[i], cell, units))
			continue;
		if (cells[i].size < fewest) {
			fewest = cells[i].size;
			best = &cells[i];
		}
	}

	return best;
}

/*
 * Hide one more cell beside cell: the one of the fewest people within the
 * smallest sum around it; the sum itself when nothing is left in it to hide.
 * False: all that could be hidden is.
 */
static bool
hide_beside(struct ck_cell *cells, size_t count, size_t units,
    const struct ck_cell *cell)
{
	const struct ck_cell *sum = sum_around(cells, count, units, cell);
	struct ck_cell *best = NULL;
	size_t i;

	for (i = 0; i < count && sum != NULL; i++) {
		struct ck_cell *other = &cells[i];

		if (other->hidden || other->fixed || other == sum ||
		    other->value == 0 || !contains(sum, other, units) ||
		    contains(other, cell, units))
			continue;
		if (best == NULL || other->value < best->value)
			best = other;
	}
	for (i = 0; i < count && best == NULL; i++) {
		struct ck_cell *other = &cells[i];

		if (!other->hidden && !other->fixed && other->value > 0 &&
		    other != cell && contains(other, cell, units))
			best = other;
	}
	if (best != NULL)
		best->hidden = true;

	return best != NULL;
}

/* A hidden cell that the published ones give away; NULL: none. */
static const struct ck_cell *
given_away(struct basis *basis, const struct ck_cell *cells, size_t count)
{
	size_t i;

	basis_fill(basis, cells, count);
	for (i = 0; i < count; i++) {
		if (cells[i].hidden && cells[i].value > 0 &&
		    reduce(basis, cells[i].members) == NO_PIVOT)
			return &cells[i];
	}

	return NULL;
}

/*
 * What is hidden within a published sum is itself a number that all can work
 * out: of the cells of a kind, where these fill the sum; of the single units
 * where no cell is of a kind (0).
 */
struct rest {
	int64_t value;
	size_t cells, sensitive;
	size_t filled;			/* units of the sum that are in cells */
	const struct ck_cell *one;
};

static struct rest
rest_of(const struct ck_cell *sum, const struct ck_cell *cells, size_t count,
    size_t units, unsigned kind)
{
	struct rest rest = { 0 };
	size_t i;

	for (i = 0; i < count; i++) {
		if ((kind == 0 && !cells[i].hidden) ||
		    (kind != 0 && cells[i].kind != kind))
			continue;
		if ((kind == 0 && cells[i].size != 1) ||
		    !contains(sum, &cells[i], units))
			continue;
		rest.filled += cells[i].size;
		if (!cells[i].hidden || cells[i].value == 0)
			continue;
		rest.value += cells[i].value;
		rest.cells++;
		rest.sensitive += cells[i].sensitive;
		rest.one = &cells[i];
	}
	if (kind != 0 && rest.filled != sum->size)
		rest.cells = 0;

	return rest;
}

/* Bounds give numbers away: 2 in two cells is 1 and 1, 8 in two is 4 and 4. */
static bool
is_telling(const struct rest *rest)
{
	if (rest->cells == 0)
		return false;
	if (rest->value < CK_PUBLISHED_MIN)
		return true;

	return rest->sensitive == rest->cells && rest->value ==
	    (int64_t)rest->cells * (CK_PUBLISHED_MIN - 1);
}

static const struct ck_cell *
told_by_kind(const struct ck_cell *cells, size_t count, size_t units,
    unsigned kind)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct rest rest;

		if (cells[i].hidden || cells[i].size < 2)
			continue;
		rest = rest_of(&cells[i], cells, count, units, kind);
		if (is_telling(&rest))
			return rest.one;
	}

	return NULL;
}

static const struct ck_cell *
told_by_bounds(const struct ck_cell *cells, size_t count, size_t units)
{
	const struct ck_cell *told = NULL;
	unsigned kind, kinds = 0;
	size_t i;

	for (i = 0; i < count; i++)
		kinds = cells[i].kind > kinds ? cells[i].kind : kinds;
	for (kind = kinds > 0; kind <= kinds && told == NULL; kind++)
		told = told_by_kind(cells, count, units, kind);

	return told;
}

static size_t
size_of(const struct ck_cell *cell, size_t units)
{
	size_t i, members = 0;

	for (i = 0; i < units; i++)
		members += cell->members[i];

	return members;
}

/* A group of all is the grand total by another name: hiding it hides nothing
 * while the total is published, and must be done when it is not. */
static void
fix_all(struct ck_cell *cells, size_t count, size_t units)
{
	bool hidden = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (cells[i].size != units)
			continue;
		cells[i].fixed = true;
		hidden |= cells[i].hidden;
	}
	for (i = 0; i < count && hidden; i++)
		cells[i].hidden |= cells[i].fixed;
}

enum ck_err
ck_cells_hide(struct ck_cell *cells, size_t count, size_t units)
{
	struct basis basis = { 0 };
	const struct ck_cell *told;
	enum ck_err err;
	size_t i;

	if ((err = basis_make(&basis, units)) != CK_OK)
		goto out;
	for (i = 0; i < count; i++) {
		cells[i].size = size_of(&cells[i], units);
		cells[i].sensitive = cells[i].value > 0 &&
		    cells[i].value < CK_PUBLISHED_MIN;
		cells[i].hidden |= cells[i].sensitive;
	}
	fix_all(cells, count, units);
	do {
		told = told_by_bounds(cells, count, units);
		if (told == NULL)
			told = given_away(&basis, cells, count);
	} while (told != NULL && hide_beside(cells, count, units, told));
	/* Nothing beside it is left to hide: the whole table goes, and the
	 * total with it. A sum of 0 tells of nobody else. */
	for (i = 0; i < count && told != NULL; i++)
		cells[i].hidden |= cells[i].value > 0;
out:
	basis_wipe(&basis);

	return err;
}
