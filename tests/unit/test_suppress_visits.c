/*
 * test_suppress_visits.c - do visits and attempts together give a hidden number
 * back?
 *
 * Visits less attempts are the visits in which nobody asked with a CCCD: 1 to 4
 * of them could point to a person, too. As in test_suppress.c the proof is by
 * trying: every way to fill what was counted that agrees with all that went
 * out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/suppress.h"

#define CLINICS 2
#define MOST 13
#define HIDDEN (-1)

/* Of each clinic: attempts, and visits without one. */
struct counted {
	int attempts[CLINICS], without[CLINICS];
};

/* Of each clinic, then of all. */
struct shown {
	int attempts[CLINICS + 1], visits[CLINICS + 1];
};

static void
add_up(const struct counted *counted, struct shown *out)
{
	int i;

	*out = (struct shown){ { 0 }, { 0 } };
	for (i = 0; i < CLINICS; i++) {
		out->attempts[i] = counted->attempts[i];
		out->visits[i] = counted->attempts[i] + counted->without[i];
		out->attempts[CLINICS] += out->attempts[i];
		out->visits[CLINICS] += out->visits[i];
	}
}

static json_t *
group_of(const char *key, int attempts, int visits)
{
	return json_pack("{s:s, s:{s:i, s:i}, s:{s:i}, s:{s:i}, s:{s:i}}",
	    "key", key, "cccd", "total", attempts, "covered", attempts,
	    "visits", "total", visits, "lookups", "total", 0,
	    "calls", "total", 0);
}

static json_t *
document_of(const struct shown *n)
{
	return json_pack("{s:o, s:{s:[o, o]}, s:[{s:s}, {s:s}]}",
	    "totals", group_of("", n->attempts[CLINICS], n->visits[CLINICS]),
	    "groups", "clinic", group_of("a", n->attempts[0], n->visits[0]),
	    group_of("b", n->attempts[1], n->visits[1]),
	    "units", "clinic", "a", "clinic", "b");
}

static int
shown_at(const json_t *place, const char *series)
{
	const json_t *value = json_object_get(json_object_get(place, series),
	    "total");

	return json_is_integer(value) ? (int)json_integer_value(value) :
	    HIDDEN;
}

static void
publish(const struct counted *counted, struct shown *out)
{
	struct shown numbers;
	json_t *document, *public;
	int i;

	add_up(counted, &numbers);
	document = document_of(&numbers);
	assert_non_null(document);
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	for (i = 0; i <= CLINICS; i++) {
		const json_t *place = i == CLINICS ?
		    json_object_get(public, "totals") :
		    json_array_get(json_object_get(json_object_get(public,
		    "groups"), "clinic"), (size_t)i);

		out->attempts[i] = shown_at(place, "cccd");
		out->visits[i] = shown_at(place, "visits");
	}
	json_decref(public);
	json_decref(document);
}

/* A hidden number is never 0. */
static bool
agrees(const int *shown, const int *guess)
{
	int i;

	for (i = 0; i <= CLINICS; i++) {
		if (shown[i] == HIDDEN ? guess[i] == 0 : shown[i] != guess[i])
			return false;
	}

	return true;
}

static bool
is_small(int value)
{
	return value > 0 && value < CK_PUBLISHED_MIN;
}

/* Clinic number c has the same number without an attempt in every filling. */
static bool
is_told(const struct shown *shown, const struct counted *truth, int c)
{
	struct counted guess;
	struct shown sums;
	int n, i;

	for (n = 0; n < MOST * MOST * MOST * MOST; n++) {
		for (i = 0; i < CLINICS; i++) {
			int part = i == 0 ? n : n / (MOST * MOST);

			guess.attempts[i] = part % MOST;
			guess.without[i] = part / MOST % MOST;
		}
		add_up(&guess, &sums);
		if (guess.without[c] != truth->without[c] &&
		    agrees(shown->attempts, sums.attempts) &&
		    agrees(shown->visits, sums.visits))
			return false;
	}

	return true;
}

static int
drawn(unsigned *seed, int most)
{
	*seed = *seed * 1103515245 + 12345;

	return (int)(*seed >> 16) % (most + 1);
}

static void
test_visits_without_an_attempt(void **state)
{
	unsigned seed = 20261126;
	struct counted counted;
	struct shown shown;
	int round, i;

	(void)state;
	for (round = 0; round < 150; round++) {
		for (i = 0; i < CLINICS; i++) {
			counted.attempts[i] = drawn(&seed, 9);
			counted.without[i] = drawn(&seed, 7);
		}
		publish(&counted, &shown);
		for (i = 0; i < CLINICS; i++) {
			if (is_small(counted.without[i]) &&
			    is_told(&shown, &counted, i))
				fail_msg("%d + %d, %d + %d: clinic %d is told",
				    counted.attempts[0], counted.without[0],
				    counted.attempts[1], counted.without[1],
				    i);
		}
	}
}

/* What is large, or nobody, stays: attempts are not hidden for it. */
static void
test_large_numbers_go_out(void **state)
{
	static const struct counted large = { { 12, 30 }, { 0, 6 } };
	static const struct counted small = { { 12, 30 }, { 3, 6 } };
	struct shown shown;

	(void)state;
	publish(&large, &shown);
	assert_int_equal(shown.visits[0], 12);
	assert_int_equal(shown.visits[1], 36);
	assert_int_equal(shown.visits[2], 48);
	publish(&small, &shown);
	assert_int_equal(shown.attempts[0], 12);
	assert_int_equal(shown.attempts[1], 30);
	assert_int_equal(shown.visits[0], HIDDEN);
	assert_int_equal(shown.visits[1], HIDDEN);
	assert_int_equal(shown.visits[2], 51);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visits_without_an_attempt),
		cmocka_unit_test(test_large_numbers_go_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
