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

struct one_turn {
	struct ck_loop *loop;
	struct ck_turn *turn;
};

static void
end_turn(void *ctx)
{
	struct one_turn *one = ctx;

	ck_turn_flush(one->turn);
	ck_loop_stop(one->loop);
}

/* What a daemon that starts now erases in its first step. */
static void
look_once(struct fixture *f, const struct ck_config *config)
{
	struct ck_cache_keeper *keeper;
	struct one_turn one;

	assert_int_equal(ck_loop_new(&one.loop, &f->clock), CK_OK);
	assert_int_equal(ck_turn_new(&one.turn, f->store), CK_OK);
	ck_loop_on_turn_end(one.loop, end_turn, &one);
	assert_int_equal(ck_cache_keeper_new(&keeper, config, one.loop,
	    one.turn), CK_OK);
	assert_int_equal(ck_loop_run(one.loop), CK_OK);
	ck_cache_keeper_free(&keeper);
	ck_turn_free(&one.turn);
	ck_loop_free(&one.loop);
}

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
	f->now_ms += 400 * DAY_MS;
	look_once(f, &year_long);
	expect(f, 1, 1, 1, 2);
	f->now_ms += 2 * DAY_MS;
	look_once(f, &year_long);	/* the end of a round over people */
	look_once(f, &year_long);
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
	look_once(f, &config);
	/* Her number is still needed, to know her by. */
	expect(f, 0, 1, 0, 1);
	config = year_long;
	config.lookup_keep_days = 3650;
	fill(f);
	f->now_ms += 402 * DAY_MS;
	look_once(f, &config);
	expect(f, 1, 0, 1, 2);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_old_goes_when_its_days_are_over),
		TEST(check_ins_have_days_of_their_own),
	};

	return cmocka_run_group_tests_name("cache_keeper", tests, NULL, NULL);
}
