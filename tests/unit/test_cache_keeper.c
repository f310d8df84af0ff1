/*
 * test_cache_keeper.c - each setting erases what it names, and nothing else
 */
#include "notice.h"
#include "daemon/config.h"
#include "eligibility/cache_keeper.h"
#include "io/loop.h"
#include "store/check_in.h"
#include "store/turn.h"
#include "store_fixture.h"

#define DAY_MS (24 * FIXTURE_HOUR_MS)

#define LOOKUPS "SELECT count(*) FROM lookup WHERE sealed IS NOT NULL"
#define CHECK_INS "SELECT count(*) FROM check_in WHERE sealed <> x''"
#define VISITS "SELECT count(*) FROM visit"
#define NUMBERS "SELECT count(*) FROM person_number"

static const struct ck_config year_long = {
	.lookup_keep_days = 400, .check_in_keep_days = 400, .cache_days = 400,
	.cache_entries_max = 1000, .recheck_days = 7,
	.recheck_keep_days = 400, .appointments_keep_days = 30,
	.corrections_keep_days = 365, .proxy_keep_days = 400
};

/* One visit whose lookup was answered, and one admission without a lookup. */
static void
fill(struct fixture *f)
{
	struct ck_lookup_record lookup = fixture_record(f, "084090000001");
	struct ck_check_in check_in;

	fixture_put(f, &lookup);
	fixture_answer(&lookup, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	lookup.closed_ms = f->now_ms;
	fixture_close(f, &lookup);
	memset(&check_in, 0, sizeof(check_in));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms, check_in.id),
	    CK_OK);
	check_in.admitted_ms = f->now_ms;
	check_in.without = CK_WITHOUT_CARD;
	notice_fill(&check_in.draft);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_check_in(f->store, &check_in), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	ck_check_in_wipe(&check_in);
}

struct life {
	struct fixture *fixture;
	struct ck_loop *loop;
	struct ck_turn *turn;
	unsigned looks;			/* to come */
};

/* An hour on, by both clocks. */
static void
end_turn(void *ctx)
{
	struct life *life = ctx;

	ck_turn_flush(life->turn);
	life->fixture->now_ms += FIXTURE_HOUR_MS;
	if (--life->looks == 0)
		ck_loop_stop(life->loop);
}

/* A daemon that starts now and looks so often, each an hour after the other. */
static void
run(struct fixture *f, const struct ck_config *config, unsigned looks)
{
	struct life life = { .fixture = f, .looks = looks };
	struct ck_cache_keeper *keeper;

	assert_int_equal(ck_loop_new(&life.loop, &f->clock), CK_OK);
	assert_int_equal(ck_turn_new(&life.turn, f->store), CK_OK);
	ck_loop_on_turn_end(life.loop, end_turn, &life);
	assert_int_equal(ck_cache_keeper_new(&keeper, config, life.loop,
	    life.turn), CK_OK);
	assert_int_equal(ck_loop_run(life.loop), CK_OK);
	ck_cache_keeper_free(&keeper);
	ck_turn_free(&life.turn);
	ck_loop_free(&life.loop);
}

/* Enough for the clock that counts ages to come up with ours, and for a round
 * over all people. */
#define LONG 440

static void
expect(const struct fixture *f, int64_t lookups, int64_t check_ins,
    int64_t visits, int64_t numbers)
{
	assert_int_equal(fixture_int(f, LOOKUPS), lookups);
	assert_int_equal(fixture_int(f, CHECK_INS), check_ins);
	assert_int_equal(fixture_int(f, VISITS), visits);
	assert_int_equal(fixture_int(f, NUMBERS), numbers);
}

static void
what_is_old_goes_when_its_days_are_over(void **state)
{
	struct fixture *f = *state;

	fill(f);
	f->now_ms += 380 * DAY_MS;
	run(f, &year_long, LONG);
	expect(f, 1, 1, 1, 2);
	f->now_ms += 20 * DAY_MS;
	run(f, &year_long, LONG);
	expect(f, 0, 0, 0, 0);
}

static void
check_ins_have_days_of_their_own(void **state)
{
	struct ck_config config = year_long;
	struct fixture *f = *state;

	config.check_in_keep_days = 3650;
	fill(f);
	f->now_ms += 402 * DAY_MS;
	run(f, &config, LONG);
	/* Her number is still needed, to know her by. */
	expect(f, 0, 1, 0, 1);
	config = year_long;
	config.lookup_keep_days = 3650;
	fill(f);
	f->now_ms += 402 * DAY_MS;
	run(f, &config, LONG);
	expect(f, 1, 0, 1, 2);
}

/* Ten times a day for a week is the clock of a computer far ahead. */
static void
a_clock_set_years_ahead_erases_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t right;
	unsigned i;

	fill(f);
	for (i = 0; i < 7; i++) {
		right = f->now_ms;
		f->now_ms += 30 * 365 * DAY_MS;
		run(f, &year_long, 10);
		expect(f, 1, 1, 1, 2);
		f->now_ms = right + DAY_MS;
		run(f, &year_long, 1);
	}
	expect(f, 1, 1, 1, 2);
	/* Nor does a start in a loop. */
	f->now_ms += 30 * 365 * DAY_MS;
	for (i = 0; i < 1000; i++)
		run(f, &year_long, 1);
	expect(f, 1, 1, 1, 2);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_old_goes_when_its_days_are_over),
		TEST(check_ins_have_days_of_their_own),
		TEST(a_clock_set_years_ahead_erases_nothing),
	};

	return cmocka_run_group_tests_name("cache_keeper", tests, NULL, NULL);
}
