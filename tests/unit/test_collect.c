/*
 * test_collect.c - asking clinics that are slow, dead, wrong and many
 */
#include "ledger_fixture.h"

#include "feed_stub.h"
#include "said.h"

#include "collect/collect.h"
#include "collect/lease.h"
#include "collect/push.h"
#include "io/gzip.h"
#include "io/json.h"
#include "io/loop.h"

static struct pg_server server;

#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

static const struct feed_row row_one = { .count = 12, .revision = 10 };
static const struct feed_row row_two = { .count = 3, .revision = 20,
    .reason = "003" };
static const struct feed_row row_other = { .count = 7, .revision = 1 };

/* The wall clock stands still, so that documents stay fresh; time to wait for
 * is the system's. */
static int64_t
mono_clock(void *ctx)
{
	(void)ctx;

	return ck_clock_mono_ms(ck_clock_system());
}

struct round {
	struct ck_collect_counts counts;
	struct ck_collect_options options;
};

static void
collect_once(struct fixture *f, struct round *round)
{
	struct ck_clock clock = { fixture_clock, mono_clock, f };
	struct ck_collector *collector;
	struct ck_loop *loop;

	round->options.once = true;
	assert_int_equal(ck_loop_new(&loop, &clock), CK_OK);
	assert_int_equal(ck_collector_new(&collector, f->ledger, loop,
	    &round->options), CK_OK);
	assert_int_equal(ck_loop_run(loop), CK_OK);
	round->counts = ck_collector_counts(collector);
	ck_collector_free(&collector);
	ck_loop_free(&loop);
}

static struct round
default_round(void)
{
	return (struct round){ .options = {
		.name = "test", .parallel = 8, .lease_ms = 60000,
		.tokens_directory = "",
		.schedule = { 3600000, 3, 60000, 21600000 },
		.client = { .connect_timeout_ms = 2000, .timeout_ms = 1500 }
	} };
}

/* Clinics a, b, c … with keys 1, 2, 3 …, at the stub. */
static void
register_clinics(struct fixture *f, const struct stub *stub,
    const char *const *names, size_t count)
{
	struct feed_text text = { NULL, 0, 0 };
	char key[65];
	size_t i;

	for (i = 0; i < count; i++) {
		feed_public((unsigned)i + 1, key);
		feed_put(&text, "%s,2026-01-01,8400%zu,X,xã,,,,main,"
		    "http://127.0.0.1:%u/%s,%s,\n", names[i], i + 1,
		    stub->port, names[i], key);
	}
	fixture_import(f, text.text);
	free(text.text);
}

/* --- Pages, epochs, neighbours -------------------------------------------- */

static void
takes_pages_to_the_end(void **state)
{
	struct feed one = { .revision = 10, .more = true, .rows = &row_one,
	    .row_count = 1 };
	struct feed two = { .after = 10, .revision = 20, .rows = &row_two,
	    .row_count = 1 };
	struct feed idle = { .after = 20, .revision = 20,
	    .made_at = "2026-03-02T10:00:08Z" };
	struct ck_buf packed = CK_BUF_INIT;
	char *text[3] = { feed_make(&one), feed_make(&two),
	    feed_make(&idle) };
	struct stub_page pages[] = {
		{ .name = "a", .from = 0, .body = text[0] },
		{ .name = "a", .from = 10 },
		{ .name = "a", .from = 20, .body = text[2] },
	};
	struct stub stub = { .pages = pages, .page_count = 3 };
	struct round round = default_round();
	static const char *const names[] = { "a" };
	struct fixture f;

	/* The second page comes compressed. */
	assert_int_equal(ck_gzip_pack(ck_span_str(text[1]), &packed), CK_OK);
	pages[1].body = (const char *)packed.ptr;
	pages[1].len = packed.len;
	pages[1].header = "Content-Encoding: gzip\r\n";
	assert_true(stub_start(&stub));
	fixture_start(&f, *state);
	register_clinics(&f, &stub, names, 1);
	collect_once(&f, &round);
	assert_int_equal(round.counts.good, 1);
	assert_int_equal(round.counts.documents, 2);
	assert_int_equal(round.counts.changed, 2);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	assert_int_equal(fixture_int(&f, "SELECT revision FROM stream"), 20);
	f.now_ms += 4000;
	collect_once(&f, &round);
	assert_int_equal(round.counts.changed, 0);
	assert_int_equal(stub.requests[0], 1);
	assert_int_equal(stub.requests[1], 1);
	assert_int_equal(stub.requests[2], 1);
	fixture_check_sums(&f);
	fixture_end(&f);
	stub_stop(&stub);
	ck_buf_wipe(&packed);
	free(text[0]);
	free(text[1]);
	free(text[2]);
}

/* The clinic has a new database: asked from 20, it answers from 20 of the new
 * epoch, and is asked again from the start. */
static void
follows_a_new_epoch(void **state)
{
	struct feed old = { .revision = 20, .rows = &row_two,
	    .row_count = 1 };
	struct feed beyond = { .epoch = "1772440000-00000000000000ee",
	    .after = 20, .revision = 20 };
	struct feed fresh = { .epoch = "1772440000-00000000000000ee",
	    .revision = 1, .rows = &row_other, .row_count = 1,
	    .made_at = "2026-03-02T10:00:07Z" };
	char *text[3] = { feed_make(&old), feed_make(&beyond),
	    feed_make(&fresh) };
	struct stub_page before[] = {
		{ .name = "a", .from = 0, .body = text[0] },
	};
	struct stub_page after[] = {
		{ .name = "a", .from = 0, .body = text[2] },
		{ .name = "a", .from = 20, .body = text[1] },
	};
	struct stub stub = { .pages = before, .page_count = 1 };
	struct stub stub2 = { .pages = after, .page_count = 2 };
	struct round round = default_round();
	static const char *const names[] = { "a" };
	struct fixture f;

	assert_true(stub_start(&stub));
	assert_true(stub_start(&stub2));
	fixture_start(&f, *state);
	register_clinics(&f, &stub, names, 1);
	collect_once(&f, &round);
	register_clinics(&f, &stub2, names, 1);
	f.now_ms += 1000;
	collect_once(&f, &round);
	assert_int_equal(round.counts.good, 1);
	assert_int_equal(round.counts.documents, 2);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    10);
	fixture_check_sums(&f);
	fixture_end(&f);
	stub_stop(&stub);
	stub_stop(&stub2);
	free(text[0]);
	free(text[1]);
	free(text[2]);
}

/* Each fault costs its own clinic only, and says what it was. */
static void
survives_bad_neighbours(void **state)
{
	static const char *const names[] = { "good", "hangs", "closes",
	    "endless", "denies", "breaks", "bomb", "stranger", "absent" };
	struct feed good = { .facility = "84001", .revision = 10,
	    .rows = &row_one, .row_count = 1 };
	char *text = feed_make(&good);
	struct ck_buf bomb = CK_BUF_INIT, zeros = CK_BUF_INIT;
	struct stub_page pages[] = {
		{ .name = "good", .body = text },
		{ .name = "hangs", .fault = STUB_HANG },
		{ .name = "closes", .fault = STUB_CLOSE },
		{ .name = "endless", .fault = STUB_ENDLESS },
		{ .name = "denies", .fault = STUB_DENIED },
		{ .name = "breaks", .fault = STUB_BROKEN },
		{ .name = "bomb" },
		{ .name = "stranger", .body = text },
		{ .name = "absent", .fault = STUB_CLOSE },
	};
	struct stub stub = { .pages = pages, .page_count = 9 };
	struct round round = default_round();
	struct fixture f;
	struct said said;

	/* 64 MB in 64 KB. */
	assert_int_equal(ck_buf_resize(&zeros, 64 << 20), CK_OK);
	assert_int_equal(ck_gzip_pack(ck_buf_view(&zeros), &bomb), CK_OK);
	ck_buf_wipe(&zeros);
	pages[6].body = (const char *)bomb.ptr;
	pages[6].len = bomb.len;
	assert_true(stub_start(&stub));
	fixture_start(&f, *state);
	register_clinics(&f, &stub, names, 9);
	said_begin(&said);
	collect_once(&f, &round);
	said_end(&said);
	assert_int_equal(round.counts.asked, 9);
	assert_int_equal(round.counts.good, 1);
	assert_int_equal(round.counts.failed, 8);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    12);
#define WHY(id, like) \
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pull p " \
	    "JOIN facility f ON f.number = p.facility WHERE id = '" id "' " \
	    "AND failures = 1 AND reason LIKE '" like "'"), 1)
	WHY("hangs", "timeout%");
	WHY("closes", "broken%");
	WHY("endless", "too_large%");
	WHY("denies", "%token%");
	WHY("breaks", "status 500");
	WHY("bomb", "refused: too_large%");
	WHY("stranger", "refused: wrong_clinic%");
#undef WHY
	/* Who, where, what, and what to do: on one line of the log. */
	said_has(&said, "warning collect: clinic 84002 (number ");
	said_has(&said, "), station main, http://127.0.0.1:");
	said_has(&said, "/hangs: timeout: ");
	said_has(&said, "; is its line up? It is asked again by itself\n");
	said_has(&said, "/denies: the daemon does not take our token (status "
	    "401); put its feed token into [collect] tokens_directory\n");
	said_has(&said, "/stranger: refused: wrong_clinic (clinic good, "
	    "expected clinic stranger); 'checkin-province documents "
	    "--refused' says what to do\n");
	said_has(&said, "/breaks: status 500; ask its technician for the log "
	    "of checkind\n");
	assert_null(strstr(said.text, "collect: clinic 84001"));
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pull "
	    "WHERE holder <> ''"), 0);
	fixture_end(&f);
	stub_stop(&stub);
	ck_buf_wipe(&bomb);
	free(text);
}

/* --- Leases --------------------------------------------------------------- */

static void
shares_without_doubling(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	struct stub stub = { .port = 1 };
	struct ck_lease one[4], two[4], three[8];
	struct ck_claim claim = { .holder = "one", .now_ms = NOW_MS,
	    .until_ms = NOW_MS + 1000 };
	struct ck_claim other = claim;
	struct ck_ledger *second;
	struct ck_ledger_options options = { .where = NULL };
	struct ck_sql *sql;
	struct fixture f;
	size_t count, i, j;

	fixture_start(&f, *state);
	register_clinics(&f, &stub, names, 6);
	options.where = f.where;
	assert_int_equal(ck_ledger_open(&second, &options, &f.clock), CK_OK);
	sql = ck_ledger_sql(f.ledger);
	/* On a server the first has not even committed yet. */
	assert_int_equal(ck_sql_begin(sql), CK_OK);
	assert_int_equal(ck_lease_claim(sql, &claim, one, 4, &count), CK_OK);
	assert_int_equal(count, 4);
	if (f.server == NULL)
		assert_int_equal(ck_sql_commit(sql), CK_OK);
	other.holder = "two";
	assert_int_equal(ck_lease_claim(ck_ledger_sql(second), &other, two, 4,
	    &count), CK_OK);
	assert_int_equal(count, 2);
	if (f.server != NULL)
		assert_int_equal(ck_sql_commit(sql), CK_OK);
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 2; j++)
			assert_int_not_equal(one[i].facility,
			    two[j].facility);
	}
	/* Nobody has more; when the lease is over, its daemons are free. */
	assert_int_equal(ck_lease_claim(sql, &claim, three, 8, &count),
	    CK_OK);
	assert_int_equal(count, 0);
	claim.now_ms += 2000;
	claim.until_ms += 4000;
	assert_int_equal(ck_lease_claim(sql, &claim, three, 8, &count),
	    CK_OK);
	assert_int_equal(count, 6);
	/* Who lost his lease changes nothing any more. */
	assert_int_equal(ck_sql_begin(ck_ledger_sql(second)), CK_OK);
	assert_int_equal(ck_lease_end(ck_ledger_sql(second),
	    &(struct ck_lease_end){ .lease = &two[0], .holder = "two",
	    .now_ms = NOW_MS, .due_ms = 1, .reason = "x" }), CK_OK);
	assert_int_equal(ck_sql_commit(ck_ledger_sql(second)), CK_OK);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pull "
	    "WHERE holder = 'one' AND failures = 0"), 6);
	ck_ledger_close(&second);
	fixture_end(&f);
}

static void
waits_longer_each_time(void **state)
{
	struct ck_schedule schedule = { 3600000, 3, 60000, 21600000 };
	static const int64_t expected[] = { 3600000, 60000, 60000, 120000,
	    240000, 480000, 960000, 1920000, 3840000, 7680000, 15360000,
	    21600000, 21600000, 21600000 };
	int64_t wait_ms;
	uint32_t chance;
	int i;

	(void)state;
	for (i = 0; i < 14; i++) {
		for (chance = 0; chance < 4000000000U; chance += 99999989) {
			wait_ms = ck_schedule_wait(&schedule, i, chance);
			assert_in_range(wait_ms, expected[i] * 9 / 10,
			    expected[i] * 11 / 10);
		}
	}
	assert_in_range(ck_schedule_wait(&schedule, INT64_MAX, 7), 19440000,
	    23760000);
}

/* --- A server that goes away ---------------------------------------------- */

/* Killed in the middle of a transaction: half of it is nowhere, and given
 * again the whole counts once. */
static void
outlives_a_killed_server(void **state)
{
	struct feed feed = { .revision = 10, .rows = &row_one,
	    .row_count = 1 };
	struct feed next = { .after = 10, .revision = 20, .rows = &row_two,
	    .row_count = 1 };
	char *text = feed_make(&next);
	struct ck_arrival arrival = { .body = ck_span_str(text),
	    .way = CK_WAY_FILE };
	struct ck_sql *sql;
	struct fixture f;
	enum ck_err err;

	(void)state;
	fixture_start(&f, &server);
	fixture_registry(&f);
	fixture_expect(&f, &feed, CK_FEED_GOOD);
	/* Another connection dies with half a document written. */
	sql = ck_ledger_sql(f.ledger);
	assert_int_equal(ck_sql_begin(sql), CK_OK);
	assert_int_equal(ck_sql_exec(sql, "UPDATE figure SET count = 99;"),
	    CK_OK);
	pg_kill(&server);
	assert_int_equal(ck_sql_commit(sql), CK_ERR_SERVER_GONE);
	ck_sql_rollback(sql);
	err = ck_ledger_accept(f.ledger, &arrival, &f.out);
	assert_int_equal(err, CK_ERR_SERVER_GONE);
	assert_true(pg_start(&server));
	assert_int_equal(ck_ledger_accept(f.ledger, &arrival, &f.out),
	    CK_OK);
	assert_int_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	assert_int_equal(ck_ledger_accept(f.ledger, &arrival, &f.out),
	    CK_OK);
	assert_true(f.out.repeated);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	fixture_check_sums(&f);
	free(text);
	fixture_end(&f);
}

/* The server dies while clinics are being collected, and comes back: nothing
 * is lost, nothing is doubled. */
static void
collects_through_an_outage(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f",
	    "g", "h" };
	struct stub_page pages[8];
	struct stub stub = { .pages = pages, .page_count = 8 };
	struct round round = default_round();
	char *text[8], code[16];
	struct pg_server *running = &server;
	struct fixture f;
	pid_t killer;
	int status, i;

	(void)state;
	memset(pages, 0, sizeof(pages));
	for (i = 0; i < 8; i++) {
		struct feed feed = { .facility = code, .revision = 10,
		    .rows = &row_one, .row_count = 1,
		    .key = (unsigned)i + 1 };

		(void)snprintf(code, sizeof(code), "8400%d", i + 1);
		text[i] = feed_make(&feed);
		pages[i].name = names[i];
		pages[i].body = text[i];
	}
	assert_true(stub_start(&stub));
	fixture_start(&f, running);
	register_clinics(&f, &stub, names, 8);
	/* The server is dead when the first look at the ledger is taken. */
	pg_kill(running);
	if ((killer = fork()) == 0) {
		(void)usleep(1200000);
		_exit(pg_start(running) ? 0 : 1);
	}
	round.options.parallel = 2;
	collect_once(&f, &round);
	assert_int_equal(waitpid(killer, &status, 0), killer);
	assert_int_equal(status, 0);
	assert_int_equal(round.counts.good, 8);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    96);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document"), 8);
	fixture_check_sums(&f);
	fixture_end(&f);
	stub_stop(&stub);
	for (i = 0; i < 8; i++)
		free(text[i]);
	/* The grandchild's server is nobody's child here: end it by its own
	 * word, and start ours. */
	running->pid = pg_running(running);
	pg_kill(running);
	assert_true(pg_start(running));
}

/* --- Pushes --------------------------------------------------------------- */

static json_t *
push(struct fixture *f, const struct feed *feed, bool gzip, int expected)
{
	char *text = feed_make(feed);
	struct ck_buf packed = CK_BUF_INIT, out = CK_BUF_INIT;
	struct ck_push request = { .body = ck_span_str(text), .gzip = gzip,
	    .facility = 1 };
	json_t *json;
	int status;

	if (gzip) {
		assert_int_equal(ck_gzip_pack(ck_span_str(text), &packed),
		    CK_OK);
		request.body = ck_buf_view(&packed);
	}
	assert_int_equal(ck_push_take(f->ledger, &request, &status, &out),
	    CK_OK);
	assert_int_equal(status, expected);
	json = json_loadb((const char *)out.ptr, out.len, 0, NULL);
	assert_non_null(json);
	ck_buf_wipe(&packed);
	ck_buf_wipe(&out);
	free(text);

	return json;
}

static int64_t
revision_of(json_t *json)
{
	int64_t revision = json_integer_value(json_object_get(json,
	    "revision"));

	assert_int_equal(json_object_size(json), 4);
	json_decref(json);

	return revision;
}

static void
answers_pushes(void **state)
{
	struct feed one = { .revision = 10, .rows = &row_one,
	    .row_count = 1 };
	struct feed two = { .after = 10, .revision = 20, .rows = &row_two,
	    .row_count = 1 };
	struct feed late = { .after = 90, .revision = 95 };
	struct feed bad = { .revision = 10, .rows = &row_one, .row_count = 1,
	    .key = 2, .named_key = 1 };
	struct ck_buf out = CK_BUF_INIT;
	struct ck_push damaged = { .body = ck_span_str("\x1f\x8bnot"),
	    .gzip = true, .facility = 1 };
	struct fixture f;
	json_t *json;
	int status;

	fixture_start(&f, *state);
	fixture_registry(&f);
	assert_int_equal(revision_of(push(&f, &two, false, 409)), 0);
	assert_int_equal(revision_of(push(&f, &one, true, 200)), 20);
	assert_int_equal(revision_of(push(&f, &one, false, 200)), 20);
	assert_int_equal(revision_of(push(&f, &late, false, 409)), 20);
	json = push(&f, &bad, true, 422);
	assert_string_equal(json_string_value(json_object_get(json,
	    "reason")), "signature");
	json_decref(json);
	assert_int_equal(ck_push_take(f.ledger, &damaged, &status, &out),
	    CK_OK);
	assert_int_equal(status, 422);
	ck_buf_wipe(&out);
	damaged.cut = true;
	assert_int_equal(ck_push_take(f.ledger, &damaged, &status, &out),
	    CK_OK);
	assert_int_equal(status, 413);
	ck_buf_wipe(&out);
	assert_int_equal(ck_push_position(f.ledger, "84001", "main",
	    FEED_EPOCH, &out), CK_OK);
	assert_int_equal(out.len, strlen("{\"facility\":\"84001\","
	    "\"station\":\"main\",\"epoch\":\"" FEED_EPOCH "\","
	    "\"revision\":20}"));
	ck_buf_wipe(&out);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(takes_pages_to_the_end),
		ON_BOTH(follows_a_new_epoch),
		ON_BOTH(survives_bad_neighbours),
		ON_BOTH(shares_without_doubling),
		ON_BOTH(answers_pushes),
		cmocka_unit_test(waits_longer_each_time),
		cmocka_unit_test(outlives_a_killed_server),
		cmocka_unit_test(collects_through_an_outage),
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
