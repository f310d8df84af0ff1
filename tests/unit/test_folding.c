/*
 * test_folding.c - the log becomes the database while the core goes on
 */
#include <sys/stat.h>

#include "store_fixture.h"

#include "store/folding.h"

/* SQLite's log: a header, then pages with a head each. */
#define LOG_PAGE 4120

/* Enough for the thread to be called; the core itself would fold at 4000. */
#define PAGES 1600

/* A slow machine takes its time. */
#define PATIENCE_S 120

static off_t
size_of(const struct fixture *f, const char *name)
{
	struct stat info;
	char path[128];

	fixture_path(f, name, path);

	return stat(path, &info) == 0 ? info.st_size : 0;
}

static void
look_up(struct fixture *f, unsigned n)
{
	struct ck_lookup_record record;
	char number[CK_NUMBER_LEN];

	(void)snprintf(number, sizeof(number), "084190%06u", n);
	record = fixture_record(f, number);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	record.closed_ms = f->now_ms;
	fixture_close(f, &record);
}

static void
a_thread_folds_what_the_core_commits(void **state)
{
	struct fixture *f = *state;
	struct ck_folding *folding;
	off_t before = size_of(f, "checkin.db");
	unsigned n = 0, waited_ms = 0;

	assert_int_equal(ck_folding_new(&folding, f->store), CK_OK);
	while (size_of(f, "checkin.db-wal") < PAGES * LOG_PAGE &&
	    size_of(f, "checkin.db") == before)
		look_up(f, n++);
	/* The core is at rest: only the thread can do it now. */
	while (size_of(f, "checkin.db") == before &&
	    waited_ms++ < PATIENCE_S * 1000)
		(void)usleep(1000);
	assert_true(size_of(f, "checkin.db") > before);
	/* And nothing of it is lost, while or after it. */
	look_up(f, n++);
	ck_folding_free(&folding);
	assert_null(folding);
	look_up(f, n++);
	ck_store_close(&f->store);
	fixture_open(f);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM lookup "
	    "WHERE closed_ms IS NOT NULL"), n);
	assert_int_equal(fixture_int(f, "SELECT sum(count) FROM rollup "
	    "WHERE series = 1"), n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_thread_folds_what_the_core_commits, fixture_setup,
		    fixture_teardown),
	};

	return cmocka_run_group_tests_name("folding", tests, NULL, NULL);
}
