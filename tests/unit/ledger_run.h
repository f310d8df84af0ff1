/*
 * ledger_run.h - each test of a ledger twice, and the document that they share
 */
#ifndef TESTS_UNIT_LEDGER_RUN_H
#define TESTS_UNIT_LEDGER_RUN_H

#include "ledger_fixture.h"

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

/* False, and said where to look: there is no server. */
static inline bool
server_start(void)
{
	if (pg_make(&server))
		return true;
	(void)fprintf(stderr, "no PostgreSQL server: see %s/log\n",
	    server.directory);

	return false;
}

#endif /* TESTS_UNIT_LEDGER_RUN_H */
