/*
 * test_ledger.c - what a ledger counts, on SQLite and on PostgreSQL
 */
#include "ledger_fixture.h"

#include "ck/words.h"
#include "ledger/day.h"

static struct pg_server server;

/* Each test twice: state is the server, or NULL. */
#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

static const struct feed_row two_rows[] = {
	{ .count = 12, .revision = 5101 },
	{ .count = 3, .revision = 5103, .outcome = "not_found",
	    .reason = "050", .owner = "patient" },
};

static const struct feed two = {
	.after = 0, .revision = 5120, .rows = two_rows, .row_count = 2
};

static void
counts_once(void **state)
{
	struct fixture f;
	int i;

	fixture_start(&f, *state);
	fixture_registry(&f);
	for (i = 0; i < 3; i++) {
		fixture_expect(&f, &two, CK_FEED_GOOD);
		assert_int_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
		assert_int_equal(f.out.repeated, i > 0);
		assert_int_equal(f.out.revision, 5120);
		assert_int_equal(f.out.changed, i == 0 ? 2 : 0);
	}
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	assert_int_equal(fixture_int(&f, "SELECT times FROM document"), 3);
	fixture_check_sums(&f);
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(counts_once),
	};
	int failed;

	if (!pg_make(&server)) {
		(void)fprintf(stderr, "no PostgreSQL server: see %s/log\n",
		    server.directory);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pg_remove(&server);

	return failed;
}
