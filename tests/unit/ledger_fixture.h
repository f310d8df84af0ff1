/*
 * ledger_fixture.h - a ledger for tests, on either database
 */
#ifndef TESTS_UNIT_LEDGER_FIXTURE_H
#define TESTS_UNIT_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed_maker.h"
#include "pg_server.h"

#include "ledger/figures.h"
#include "ledger/import.h"
#include "ledger/ledger.h"

/* 2026-03-02T10:00:10Z */
#define NOW_MS INT64_C(1772445610000)

struct fixture {
	struct pg_server *server;	/* NULL: SQLite */
	char where[160];
	char directory[64];
	int64_t now_ms;
	struct ck_clock clock;
	struct ck_ledger *ledger;
	struct ck_acceptance out;	/* of the last document */
};

static int64_t
fixture_clock(void *ctx)
{
	return ((struct fixture *)ctx)->now_ms;
}

static inline void
fixture_open(struct fixture *f)
{
	struct ck_ledger_options options = { .where = f->where };

	f->clock = (struct ck_clock){ fixture_clock, fixture_clock, f };
	assert_int_equal(ck_ledger_open(&f->ledger, &options, &f->clock),
	    CK_OK);
}

/* A fresh schema on the server for each test. */
static inline void
fixture_clear_server(struct fixture *f)
{
	struct ck_sql *sql;

	assert_int_equal(ck_sql_open(&sql, f->where), CK_OK);
	assert_int_equal(ck_sql_exec(sql, "DROP SCHEMA public CASCADE; "
	    "CREATE SCHEMA public;"), CK_OK);
	ck_sql_close(&sql);
}

static inline void
fixture_start(struct fixture *f, struct pg_server *server)
{
	memset(f, 0, sizeof(*f));
	f->server = server;
	f->now_ms = NOW_MS;
	(void)snprintf(f->directory, sizeof(f->directory),
	    "/tmp/checkin-ledger.XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	if (server != NULL) {
		(void)pg_where(server, f->where);
		fixture_clear_server(f);
	} else {
		(void)snprintf(f->where, sizeof(f->where), "%s/ledger.db",
		    f->directory);
	}
	fixture_open(f);
}

static inline void
fixture_end(struct fixture *f)
{
	char command[96];

	ck_ledger_close(&f->ledger);
	(void)snprintf(command, sizeof(command), "rm -rf %s", f->directory);
	assert_int_equal(system(command), 0);
}

/* One number of a statement without parameters; text is a literal. */
static inline int64_t
fixture_int(struct fixture *f, const char *text)
{
	int64_t value;

	assert_int_equal(ck_sql_int(ck_ledger_sql(f->ledger), text, &value),
	    CK_OK);

	return value;
}

static inline void
fixture_tell(void *ctx, unsigned line, const char *what)
{
	(void)ctx;
	print_message("registry:%u: %s\n", line, what);
}

#define REGISTRY_HEADER "clinic,from,code,name,level,manager,commune," \
	"district,station,address,key,calendar\n"

static inline void
fixture_import(struct fixture *f, const char *lines)
{
	struct feed_text text = { NULL, 0, 0 };
	struct ck_import_counts counts;

	feed_put(&text, "%s%s", REGISTRY_HEADER, lines);
	assert_int_equal(ck_registry_import(ck_ledger_sql(f->ledger),
	    ck_span_of(text.text, text.len), f->now_ms, fixture_tell, f,
	    &counts), CK_OK);
	free(text.text);
}

/* 84001 with key 1 and, on another floor, key 3; 84002 with key 2. */
static inline void
fixture_registry(struct fixture *f)
{
	struct feed_text text = { NULL, 0, 0 };
	char key[4][65];
	unsigned i;

	for (i = 1; i < 4; i++)
		feed_public(i, key[i]);
	feed_put(&text, "84001,2026-01-01,84001,Bệnh viện đa khoa Trà Vinh,"
	    "tỉnh,,Phường 7,,main,,%s,1-7\n", key[1]);
	feed_put(&text, "84001,2026-01-01,,,,,,,tang-2,,%s,\n", key[3]);
	feed_put(&text, "84002,2026-01-01,84002,Bệnh viện Càng Long,huyện,"
	    "84001,Càng Long,,main,,%s,1-5 07:00-17:00\n", key[2]);
	fixture_import(f, text.text);
	free(text.text);
}

/* Give the ledger a document, by a way, from a clinic (0: a file). */
static inline void
fixture_give(struct fixture *f, const struct feed *feed, enum ck_way way,
    int64_t facility)
{
	char *text = feed_make(feed);
	struct ck_arrival arrival = {
		.body = ck_span_str(text), .way = way, .facility = facility
	};

	assert_int_equal(ck_ledger_accept(f->ledger, &arrival, &f->out),
	    CK_OK);
	free(text);
}

/* What the document became, and why. */
static inline void
fixture_expect(struct fixture *f, const struct feed *feed,
    enum ck_feed_reason reason)
{
	fixture_give(f, feed, CK_WAY_FILE, 0);
	if (f->out.finding.reason != reason)
		fail_msg("found \"%s\" (%s), expected \"%s\"",
		    ck_feed_reason_label(f->out.finding.reason),
		    f->out.finding.detail, ck_feed_reason_label(reason));
}

/* Days and months are the sums of the hours, and no more. */
static inline void
fixture_check_sums(struct fixture *f)
{
	static const char days[] =
	    "SELECT count(*) FROM (SELECT s.facility, "
	    "(g.hour + 7) / 24 AS day, g.words, sum(g.count) AS n "
	    "FROM figure g JOIN stream s ON s.number = g.stream "
	    "GROUP BY 1, 2, 3) a FULL JOIN figure_day d "
	    "ON d.facility = a.facility AND d.day = a.day "
	    "AND d.words = a.words WHERE coalesce(a.n, 0) <> "
	    "coalesce(d.count, 0)";
	static const char months[] =
	    "SELECT (SELECT coalesce(sum(count), 0) FROM figure_month) - "
	    "(SELECT coalesce(sum(count), 0) FROM figure_day)";

	assert_int_equal(fixture_int(f, days), 0);
	assert_int_equal(fixture_int(f, months), 0);
}

#endif /* TESTS_UNIT_LEDGER_FIXTURE_H */
