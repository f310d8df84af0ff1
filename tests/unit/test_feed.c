/*
 * test_feed.c - however a reader takes the feed, it counts everything once
 */
#include "store_day.h"

#include "stats/feed.h"

#define ROWS_MAX 256

/* What a collector keeps: the newest row of each identity. */
struct ledger {
	char *identity[ROWS_MAX];
	int64_t revision[ROWS_MAX], count[ROWS_MAX];
	bool visits[ROWS_MAX];
	size_t len;
};

static json_t *
page(struct fixture *f, int64_t after, unsigned limit)
{
	struct ck_db *db;
	json_t *document;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_feed_json(db, after, limit, f->now_ms, &document),
	    CK_OK);
	ck_db_close(&db);
	assert_non_null(document);

	return document;
}

static int64_t
number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_integer(value));

	return json_integer_value(value);
}

static const char *
text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	assert_non_null(value);

	return value;
}

/* Everything in a row but its counts. */
static char *
identity_of(const json_t *row)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)row);
	char *dump;

	(void)json_object_del(copy, "count");
	(void)json_object_del(copy, "latency");
	(void)json_object_del(copy, "latency_sum_ms");
	(void)json_object_del(copy, "revision");
	dump = json_dumps(copy, JSON_SORT_KEYS | JSON_COMPACT);
	json_decref(copy);
	assert_non_null(dump);

	return dump;
}

static void
keep_row(struct ledger *ledger, const json_t *row)
{
	char *identity = identity_of(row);
	size_t i;

	for (i = 0; i < ledger->len; i++) {
		if (strcmp(ledger->identity[i], identity) == 0)
			break;
	}
	if (i < ledger->len) {
		free(identity);
	} else {
		assert_true(ledger->len < ROWS_MAX);
		ledger->identity[ledger->len++] = identity;
	}
	if (number(row, "revision") < ledger->revision[i])
		return;
	ledger->revision[i] = number(row, "revision");
	ledger->count[i] = number(row, "count");
	ledger->visits[i] = strcmp(text(row, "series"), "visits") == 0;
}

static void
keep_page(struct ledger *ledger, const json_t *document)
{
	const json_t *rows = json_object_get(document, "rows");
	size_t i;

	for (i = 0; i < json_array_size(rows); i++)
		keep_row(ledger, json_array_get(rows, i));
}

static void
assert_ledger(const struct ledger *ledger, int64_t visits, int64_t others)
{
	int64_t sums[2] = { 0, 0 };
	size_t i;

	for (i = 0; i < ledger->len; i++)
		sums[ledger->visits[i] ? 0 : 1] += ledger->count[i];
	assert_int_equal(sums[0], visits);
	assert_int_equal(sums[1], others);
}

static void
free_ledger(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->len; i++)
		free(ledger->identity[i]);
}

/* calls 12, lookups 12 of all kinds, cccd 6 */
#define OTHERS 30

static void
pieces_twice_and_backwards_give_the_same(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { 0 };
	json_t *pages[ROWS_MAX];
	size_t len = 0, i;
	int64_t after = 0;
	bool more = true;

	day_play(f);
	while (more) {
		assert_true(len < ROWS_MAX);
		pages[len] = page(f, after, 3);
		assert_int_equal(number(pages[len], "after"), after);
		assert_true(number(pages[len], "revision") > after);
		after = number(pages[len], "revision");
		more = json_is_true(json_object_get(pages[len], "more"));
		len++;
	}
	for (i = len; i > 0; i--)
		keep_page(&ledger, pages[i - 1]);
	for (i = 0; i < len; i++) {
		keep_page(&ledger, pages[i]);
		json_decref(pages[i]);
	}
	assert_ledger(&ledger, 8, OTHERS);
	free_ledger(&ledger);
}

/* The reader sees D unavailable at eight and covered after the re-check. */
static void
a_visit_that_moves_is_counted_once(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { 0 };
	json_t *document;
	int64_t after;

	day_morning(f);
	document = page(f, 0, 0);
	after = number(document, "revision");
	keep_page(&ledger, document);
	json_decref(document);
	assert_ledger(&ledger, 4, 4 + 5 + 3);
	f->now_ms += FIXTURE_HOUR_MS;
	day_nine_o_clock(f);
	document = page(f, after, 0);
	keep_page(&ledger, document);
	json_decref(document);
	assert_ledger(&ledger, 6, 7 + 7 + 5);
	free_ledger(&ledger);
}

static void
a_reader_that_is_up_to_date_gets_nothing(void **state)
{
	struct fixture *f = *state;
	json_t *document;
	int64_t revision;

	day_play(f);
	document = page(f, 0, 0);
	revision = number(document, "revision");
	json_decref(document);
	document = page(f, revision, 0);
	assert_int_equal(json_array_size(json_object_get(document, "rows")),
	    0);
	assert_int_equal(number(document, "revision"), revision);
	assert_true(json_is_false(json_object_get(document, "more")));
	json_decref(document);
}

static void
each_row_says_whose_it_is(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record r = fixture_record(f, "084000000001");
	json_t *document, *row, *latency;
	char epoch[64];

	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	document = page(f, 0, 0);
	(void)snprintf(epoch, sizeof(epoch), "%s", text(document, "epoch"));
	json_decref(document);
	ck_store_close(&f->store);
	f->options.facility = "86123";	/* the code changed overnight */
	f->now_ms += 24 * FIXTURE_HOUR_MS;
	fixture_open(f);
	r = fixture_record(f, "084000000001");
	r.counted.kind = CK_KIND_APPOINTMENT;	/* one series only */
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	document = page(f, 0, 0);
	assert_int_equal(number(document, "schema"), 1);
	assert_string_equal(text(document, "facility"), "86123");
	assert_string_equal(text(document, "epoch"), epoch);
	row = json_array_get(json_object_get(document, "rows"), 0);
	assert_string_equal(text(row, "facility"), "84001");
	row = json_array_get(json_object_get(document, "rows"), 3);
	assert_string_equal(text(row, "facility"), "86123");
	assert_string_equal(text(row, "station"), "main");
	assert_string_equal(text(row, "epoch"), epoch);
	assert_string_equal(text(row, "series"), "lookups");
	assert_string_equal(text(row, "hour"), "2026-11-24T01:00:00Z");
	assert_string_equal(text(row, "kind"), "appointment");
	assert_string_equal(text(row, "first_key"), "id_number");
	assert_string_equal(text(row, "reason"), "000");
	assert_string_equal(text(row, "desk"), "ban-1");
	assert_int_equal(number(row, "count"), 1);
	assert_int_equal(number(row, "latency_sum_ms"), 300);
	latency = json_object_get(row, "latency");
	assert_int_equal(json_array_size(latency), 13);
	assert_int_equal(json_array_size(json_object_get(document,
	    "latency_bounds_ms")), 12);
	assert_int_equal(json_integer_value(json_array_get(latency, 6)), 1);
	json_decref(document);
}

static void
a_new_database_is_a_new_epoch(void **state)
{
	struct fixture *f = *state;
	struct fixture other;
	struct fixture *second = &other;
	json_t *a = page(f, 0, 0), *b;

	fixture_make(second);
	fixture_open(second);
	b = page(second, 0, 0);
	assert_string_not_equal(text(a, "epoch"), text(b, "epoch"));
	json_decref(a);
	json_decref(b);
	second = malloc(sizeof(*second));
	assert_non_null(second);
	*second = other;
	assert_int_equal(fixture_teardown((void **)&second), 0);
}

static void
a_negative_revision_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ck_db *db;
	json_t *document;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_feed_json(db, -1, 0, f->now_ms, &document),
	    CK_ERR_REQUEST);
	assert_null(document);
	ck_db_close(&db);
}

#define STORE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(pieces_twice_and_backwards_give_the_same),
		STORE_TEST(a_visit_that_moves_is_counted_once),
		STORE_TEST(a_reader_that_is_up_to_date_gets_nothing),
		STORE_TEST(each_row_says_whose_it_is),
		STORE_TEST(a_new_database_is_a_new_epoch),
		STORE_TEST(a_negative_revision_is_refused),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
