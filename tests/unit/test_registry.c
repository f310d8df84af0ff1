/*
 * test_registry.c - the list of clinics: dated, whole, or not at all
 */
#include "ledger_fixture.h"

#include "ledger/calendar.h"
#include "ledger/day.h"

static struct pg_server server;

#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

#define KEY_A "00000000000000000000000000000000" \
	"000000000000000000000000000000aa"
#define KEY_B "00000000000000000000000000000000" \
	"000000000000000000000000000000bb"

/* What an import said. */
struct said {
	unsigned count;
	unsigned line;		/* of the last */
	char what[512];
};

static void
hear(void *ctx, unsigned line, const char *what)
{
	struct said *said = ctx;

	said->count++;
	said->line = line;
	(void)snprintf(said->what, sizeof(said->what), "%s", what);
}

static enum ck_err
import(struct fixture *f, const char *lines, struct said *said)
{
	struct feed_text text = { NULL, 0, 0 };
	struct ck_import_counts counts;
	enum ck_err err;

	memset(said, 0, sizeof(*said));
	feed_put(&text, "%s%s", REGISTRY_HEADER, lines);
	err = ck_registry_import(ck_ledger_sql(f->ledger),
	    ck_span_of(text.text, text.len), f->now_ms, hear, said, &counts);
	free(text.text);

	return err;
}

/* Refused for what stands on that line; the registry stays what it was. */
static void
expect_defect(struct fixture *f, const char *lines, unsigned line,
    const char *like)
{
	struct said said;

	assert_int_equal(import(f, lines, &said), CK_ERR_CONFIG);
	if (said.line != line || strstr(said.what, like) == NULL)
		fail_msg("line %u: %s; expected line %u: %s", said.line,
		    said.what, line, like);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM "
	    "facility_version"), 2);
	assert_int_equal(fixture_int(f, "SELECT value FROM counter"), 1);
}

static int64_t
day(uint16_t year, uint8_t month, uint8_t of_month)
{
	return ck_day_of_date((struct ck_date){ year, month, of_month });
}

#define GOOD_A "a,2025-01-01,84001,A,xã,,Xã,Huyện,main,https://10.0.0.1:8484," \
	KEY_A ",1-5 07:00-17:00; 6 07:00-11:30\n"
#define GOOD_B "b,2025-01-01,84002,\"B, \"\"hai\"\"\",xã,a,,,,,,closed\n"

static void
names_each_defect(void **state)
{
	struct fixture f;
	struct said said;

	fixture_start(&f, *state);
	assert_int_equal(import(&f, GOOD_A GOOD_B, &said), CK_OK);
	expect_defect(&f, GOOD_A GOOD_A, 3, "stands on line 2");
	expect_defect(&f, GOOD_A "c,2025-06-01,84001,C,xã,,,,,,,\n", 3,
	    "code 84001 belongs to clinic a");
	expect_defect(&f, GOOD_A "c,2024-06-01,84001,C,xã,,,,,,,\n", 2,
	    "code 84001 belongs to clinic c");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,zz,,,,,,\n", 3,
	    "no clinic zz");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,c,,,,,,\n", 3,
	    "manages itself");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,,"
	    KEY_A ",\n", 3, "the same as on line 2");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,"
	    "https://10.0.0.1:8484," KEY_B ",\n", 3, "address: the same");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,,"
	    "00aa,\n", 3, "key: expected");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,,,\n", 3,
	    "key: expected");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,"
	    "ftp://x," KEY_B ",\n", 3, "address: expected");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,"
	    "https://user:word@x," KEY_B ",\n", 3, "address: expected");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,main,"
	    "http://10.0.0.3:8484," KEY_B ",\n", 3,
	    "must begin with https://");
	expect_defect(&f, GOOD_A "c,2025-13-01,84003,C,xã,,,,,,,\n", 3,
	    "from: expected a day");
	expect_defect(&f, GOOD_A "c,2025-01,84003,C,xã,,,,,,,\n", 3,
	    "from: expected a day");
	expect_defect(&f, GOOD_A "c,2025-01-01,8400,C,xã,,,,,,,\n", 3,
	    "code: expected 5");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,,xã,,,,,,,\n", 3,
	    "name: must be given");
	expect_defect(&f, GOOD_A "c d,2025-01-01,84003,C,xã,,,,,,,\n", 3,
	    "clinic: at most");
	expect_defect(&f, GOOD_A ",2025-01-01,84003,C,xã,,,,,,,\n", 3,
	    "clinic: must be given");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã,,,,,,,8-9\n", 3,
	    "calendar: expected");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C\x01,xã,,,,,,,\n", 3,
	    "name: text of at most");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,C,xã\n", 3,
	    "5 columns, expected 12");
	expect_defect(&f, GOOD_A "c,2025-01-01,84003,\"C,xã,,,,,,,\n", 3,
	    "quotation mark");
	expect_defect(&f, GOOD_A "c,2025-01-01,,,,,,,up,," KEY_B ",\n", 3,
	    "begins with a line that only adds a station");
	expect_defect(&f, GOOD_A "a,2025-01-01,84001,Other,xã,,,,up,,"
	    KEY_B ",\n", 3, "described otherwise");
	expect_defect(&f, "", 0, "no clinic");
	fixture_end(&f);
}

static void
wants_all_columns(void **state)
{
	static const char text[] = "clinic,from,code,name\na,b,c,d\n";
	struct ck_import_counts counts;
	struct said said = { .count = 0 };
	struct fixture f;

	fixture_start(&f, *state);
	assert_int_equal(ck_registry_import(ck_ledger_sql(f.ledger),
	    ck_span_str(text), f.now_ms, hear, &said, &counts),
	    CK_ERR_CONFIG);
	assert_true(said.count >= 8);
	assert_int_equal(ck_registry_import(ck_ledger_sql(f.ledger),
	    CK_SPAN_EMPTY, f.now_ms, hear, &said, &counts), CK_ERR_CONFIG);
	fixture_end(&f);
}

/* One clinic through the end of districts and the merger into Vĩnh Long. */
static void
keeps_dates(void **state)
{
	static const char lines[] =
	    "a,2016-04-29,84001,Bệnh viện Trà Vinh,tỉnh,,Phường 7,Thành phố "
	    "Trà Vinh,main,https://10.0.0.1:8484," KEY_A ",1-7\n"
	    "a,2025-07-01,84001,Bệnh viện Trà Vinh,tỉnh,,Phường Trà Vinh,,"
	    "main,https://10.0.0.1:8484," KEY_A ",1-7\n"
	    "a,2025-10-01,86101,Bệnh viện Trà Vinh,cơ bản,,Phường Trà Vinh,,"
	    "main,https://10.9.0.1:8484," KEY_B ",1-7\n"
	    "b,2025-10-01,84001,Khác,xã,,,,,,,\n";
	const struct ck_registry *registry;
	const struct ck_clinic *clinic, *other;
	const struct ck_clinic_daemon *daemon;
	struct fixture f;
	struct said said;
	size_t count;

	fixture_start(&f, *state);
	assert_int_equal(import(&f, lines, &said), CK_OK);
	assert_int_equal(ck_ledger_registry(f.ledger, &registry), CK_OK);
	(void)ck_registry_clinics(registry, &count);
	assert_int_equal(count, 2);
	clinic = ck_registry_by_id(registry, "a");
	other = ck_registry_by_id(registry, "b");
	assert_non_null(clinic);
	assert_ptr_equal(ck_registry_by_number(registry, clinic->number),
	    clinic);
	assert_null(ck_registry_by_id(registry, "c"));
	assert_null(ck_registry_by_number(registry, 99));
	assert_int_equal(clinic->version_count, 3);
	assert_string_equal(ck_clinic_on(clinic,
	    day(2025, 6, 30))->district, "Thành phố Trà Vinh");
	assert_string_equal(ck_clinic_on(clinic, day(2025, 7, 1))->district,
	    "");
	assert_string_equal(ck_clinic_on(clinic, day(2000, 1, 1))->code,
	    "84001");
	assert_string_equal(ck_clinic_on(clinic, day(2025, 10, 1))->level,
	    "cơ bản");
	/* The code went to another clinic with the merger. */
	assert_ptr_equal(ck_registry_by_code(registry, "84001",
	    day(2025, 9, 30)), clinic);
	assert_ptr_equal(ck_registry_by_code(registry, "84001",
	    day(2025, 10, 1)), other);
	/* Who is late, or early, with a code of his own is found as well. */
	assert_ptr_equal(ck_registry_by_code(registry, "86101",
	    day(2025, 9, 1)), clinic);
	assert_null(ck_registry_by_code(registry, "86102", day(2026, 1, 1)));
	daemon = ck_clinic_daemon_on(clinic, "main", day(2025, 9, 30));
	assert_int_equal(daemon->key[31], 0xAA);
	daemon = ck_clinic_daemon_on(clinic, "main", day(2026, 9, 30));
	assert_int_equal(daemon->key[31], 0xBB);
	assert_string_equal(daemon->address, "https://10.9.0.1:8484");
	assert_null(ck_clinic_daemon_on(clinic, "up", day(2026, 9, 30)));
	fixture_end(&f);
}

/* A number is for ever; what was counted keeps its clinic. */
static void
keeps_numbers(void **state)
{
	static const struct feed_row row = { .count = 3, .revision = 1 };
	static const struct feed feed = { .revision = 1, .rows = &row,
	    .row_count = 1 };
	const struct ck_registry *registry;
	struct feed_text lines = { NULL, 0, 0 };
	struct fixture f;
	struct said said;
	char key[65];
	int64_t number;

	fixture_start(&f, *state);
	feed_public(1, key);
	feed_put(&lines, "a,2025-01-01,84001,A,xã,,,,main,https://10.0.0.1,"
	    "%s,\n", key);
	assert_int_equal(import(&f, lines.text, &said), CK_OK);
	assert_int_equal(ck_ledger_registry(f.ledger, &registry), CK_OK);
	number = ck_registry_by_id(registry, "a")->number;
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pull"), 1);
	fixture_expect(&f, &feed, CK_FEED_GOOD);
	/* Without the clinic, or without its code: no. */
	assert_int_equal(import(&f, GOOD_B "a,2025-01-01,84001,A,xã,,,,,,,\n",
	    &said), CK_OK);
	assert_int_equal(import(&f, "b,2025-01-01,84002,B,xã,,,,,,,\n",
	    &said), CK_ERR_CONFIG);
	assert_non_null(strstr(said.what, "clinic a"));
	assert_int_equal(import(&f, "a,2025-01-01,84009,A,xã,,,,,,,\n",
	    &said), CK_ERR_CONFIG);
	assert_non_null(strstr(said.what, "84001"));
	assert_int_equal(ck_ledger_registry(f.ledger, &registry), CK_OK);
	assert_int_equal(ck_registry_by_id(registry, "a")->number, number);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pull"), 0);
	free(lines.text);
	fixture_end(&f);
}

static void
reads_calendars(void **state)
{
	static const char *const bad[] = { "1-5 ", "0", "1-8", "5-1", "x",
	    "1 25:00-26:00", "1 17:00-07:00", "1-5; 3", "1-5;", "closed ",
	    "1 7:00-9:00", "1 07:00-24:01" };
	struct ck_calendar calendar;
	size_t i;

	(void)state;
	assert_true(ck_calendar_parse("1-5 07:00-17:00; 6 07:00-11:30",
	    &calendar));
	assert_int_equal(calendar.opens[4], 420);
	assert_int_equal(calendar.closes[5], 690);
	/* 2026-03-02 is a Monday. */
	assert_true(ck_calendar_open_on(&calendar, day(2026, 3, 2)));
	assert_true(ck_calendar_open_on(&calendar, day(2026, 3, 7)));
	assert_false(ck_calendar_open_on(&calendar, day(2026, 3, 8)));
	assert_true(ck_calendar_parse("1-7 00:00-24:00", &calendar));
	assert_true(ck_calendar_open_on(&calendar, day(2026, 3, 8)));
	assert_true(ck_calendar_parse("closed", &calendar));
	assert_true(calendar.told);
	assert_false(ck_calendar_open_on(&calendar, day(2026, 3, 2)));
	assert_true(ck_calendar_parse("", &calendar));
	assert_false(calendar.told);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(ck_calendar_parse(bad[i], &calendar));
}

/* Against the C library, in its own time zone. */
static void
counts_days(void **state)
{
	int64_t at;

	(void)state;
	for (at = 0; at < 60000; at++) {
		time_t seconds = (time_t)at * 86400;
		struct tm tm;
		struct ck_date date = ck_day_date(at);

		(void)gmtime_r(&seconds, &tm);
		assert_int_equal(date.year, tm.tm_year + 1900);
		assert_int_equal(date.month, tm.tm_mon + 1);
		assert_int_equal(date.day, tm.tm_mday);
		assert_int_equal(ck_day_of_date(date), at);
		assert_int_equal(ck_day_weekday(at) % 7, tm.tm_wday);
		assert_int_equal(ck_day_of_hour(ck_day_first_hour(at)), at);
		assert_int_equal(ck_day_of_hour(ck_day_first_hour(at) - 1),
		    at - 1);
		assert_true(ck_month_first_day(ck_month_of_day(at)) <= at);
	}
	/* 17:00 UTC is midnight in Vietnam. */
	assert_int_equal(ck_day_of_ms(16 * 3600000 + 3599999), 0);
	assert_int_equal(ck_day_of_ms(17 * 3600000), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(names_each_defect),
		ON_BOTH(wants_all_columns),
		ON_BOTH(keeps_dates),
		ON_BOTH(keeps_numbers),
		cmocka_unit_test(reads_calendars),
		cmocka_unit_test(counts_days),
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
