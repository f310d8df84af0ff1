/*
 * flow_bad_feeds.c - whatever a clinic, or who passes for one, may send: each
 * is refused or put aside with its reason in the answer, in the log and on the
 * page, and the ledger stays exact
 *
 * The documents are made by tests/unit/feed_maker.h, which shares no code with
 * the collector; the collector is checkin-province serve, as it runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/feed_maker.h"
#include "support/world.h"

#define TOKEN "the-token-of-the-clinic-one"
#define DAY_S 86400

static struct world world;
static int port;
static pid_t serving;
static unsigned refused;	/* documents that were not counted, so far */

/* Instants around the present one. */
static char now[32], yesterday[32], day_after_tomorrow[32], three_days_ago[32],
    in_three_days[32], next_year[32], epoch[40], older_epoch[40];

static void
run(const char *command, int expected, const char *words)
{
	char *said = NULL;
	int status = world_run(&world, command, &said);

	if (status != expected || (words != NULL &&
	    strstr(said, words) == NULL))
		fail_msg("status %d, not %d with \"%s\": %s", status,
		    expected, words != NULL ? words : "", said);
	free(said);
}

static void
instant(char out[32], long long seconds)
{
	time_t at = time(NULL) + seconds;
	struct tm tm;

	(void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
}

/* An hour of that day, as figures have it. */
static void
hour(char out[32], int days)
{
	instant(out, (long long)days * DAY_S);
	memcpy(out + 11, "01:00:00Z", 10);
}

static void
tell_time(void)
{
	instant(now, 0);
	hour(yesterday, -1);
	hour(day_after_tomorrow, 2);
	hour(next_year, 365);
	instant(three_days_ago, -3 * DAY_S);
	instant(in_three_days, 3 * DAY_S);
	(void)snprintf(epoch, sizeof(epoch), "%lld-a1b2c3d4e5f60718",
	    (long long)time(NULL) - 9 * DAY_S);
	(void)snprintf(older_epoch, sizeof(older_epoch),
	    "%lld-0011223344556677", (long long)time(NULL) - 30 * DAY_S);
}

static void
write_registry(const char *name, const char *more)
{
	char path[128], key[2][65];
	FILE *file;

	feed_public(1, key[0]);
	feed_public(2, key[1]);
	(void)snprintf(path, sizeof(path), "%s/%s", world.dir, name);
	assert_non_null(file = fopen(path, "we"));
	assert_true(fprintf(file, "clinic,from,code,name,level,manager,"
	    "commune,district,station,address,key,calendar\n"
	    "one,2020-01-01,84001,Một,xã,,,,main,,%s,1-7\n"
	    "two,2020-01-01,84002,Hai,xã,,,,main,,%s,1-7\n%s", key[0],
	    key[1], more) > 0);
	assert_int_equal(fclose(file), 0);
}

#define PROVINCE "\"$BIN/checkin-province\" -c \"$DIR/province.conf\" "

static int
open_world(void **state)
{
	char command[2048];

	(void)state;
	world_open_bare(&world);
	tell_time();
	port = world_free_port();
	write_registry("registry.csv", "");
	(void)snprintf(command, sizeof(command), "cd \"$DIR\" && mkdir -m 700 "
	    "tokens && printf " TOKEN " >tokens/one.main && chmod 600 tokens/* "
	    "&& printf '[ledger]\\ndatabase = %s/ledger.db\\n[http]\\nport = "
	    "%d\\nclinics_directory = %s/tokens\\n' >province.conf && " PROVINCE
	    "clinics --import registry.csv", world.dir, port, world.dir);
	run(command, 0, "2 clinics");
	(void)snprintf(command, sizeof(command), "exec %s/checkin-province -c "
	    "%s/province.conf serve >>%s/serve.log 2>&1", world.bin, world.dir,
	    world.dir);
	serving = world_spawn(&world, command);
	(void)snprintf(command, sizeof(command), "for i in $(seq 600); do curl "
	    "-s -o /dev/null http://127.0.0.1:%d/livez && exit 0; sleep 0.1; "
	    "done; exit 1", port);
	run(command, 0, NULL);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	(void)kill(serving, SIGTERM);
	assert_int_equal(waitpid(serving, NULL, 0), serving);
	world_close(&world);

	return 0;
}

static struct reply
push(const struct feed *feed)
{
	static const char *const headers[] = {
		"Authorization: Bearer " TOKEN,
		"Content-Type: application/json", NULL
	};
	char *text = feed_make(feed);
	struct reply reply = world_ask(port, "POST", "/v1/feeds", text,
	    headers);

	free(text);

	return reply;
}

/* Nothing was changed by what was not counted. */
static void
assert_exact(void)
{
	run("sqlite3 -readonly -cmd '.timeout 20000' \"$DIR/ledger.db\" "
	    "'SELECT sum(count), (SELECT sum(count) FROM figure_day), (SELECT "
	    "sum(count) FROM figure_month), (SELECT count(*) FROM stream "
	    "WHERE made_ms > 0) "
	    "FROM figure'", 0, "15|15|15|1");
}

/* The newest that is not counted, as the page has it; and the log's line. */
static void
assert_told(const char *verdict, const char *reason)
{
	struct reply reply = world_ask(port, "GET",
	    "/v1/documents?verdict=not_counted&limit=1", NULL, NULL);
	json_t *one = json_array_get(reply.json, 0);
	char command[256];

	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(one, "verdict"), verdict);
	assert_string_equal(view_text(one, "reason"), reason);
	assert_string_not_equal(view_text(one, "detail"), "");
	reply_free(&reply);
	(void)snprintf(command, sizeof(command), "grep -c 'warning ledger: .*, "
	    "by push: %s: %s (' \"$DIR/serve.log\" && grep -q "
	    "'^msgid \"feed.reason.%s\"$' service/text/feed.vi.po && grep -q "
	    "'^msgid \"feed.reason.%s\"$' service/text/feed.en.po", verdict,
	    reason, reason, reason);
	run(command, 0, NULL);
}

static const struct feed_row *
good_rows(void)
{
	static struct feed_row rows[2];

	rows[0] = (struct feed_row){ .series = "cccd", .hour = yesterday,
	    .count = 10, .revision = 1 };
	rows[1] = (struct feed_row){ .series = "cccd", .hour = yesterday,
	    .count = 5, .revision = 2, .outcome = "not_found",
	    .reason = "050", .owner = "insurer" };

	return rows;
}

/* What a good document is, where feed says nothing else. */
static struct feed
filled(struct feed feed)
{
	if (feed.epoch == NULL)
		feed.epoch = epoch;
	if (feed.made_at == NULL)
		feed.made_at = now;
	feed.complete_until = feed.made_at;
	if (feed.rows == NULL) {
		feed.rows = good_rows();
		feed.row_count = 2;
	}
	if (feed.revision == 0)
		feed.revision = 2;

	return feed;
}

static void
a_good_one_is_counted(void **state)
{
	struct feed feed = filled((struct feed){ .revision = 2 });
	struct reply reply = push(&feed);

	(void)state;
	if (reply.status != 200)
		fail_msg("%ld: %s", reply.status, reply.text);
	reply_free(&reply);
	assert_exact();
}

static void
expect(struct feed feed, const char *verdict, const char *reason)
{
	struct reply reply;

	feed = filled(feed);
	reply = push(&feed);
	if (reply.status != 422 ||
	    strcmp(view_text(reply.json, "reason"), reason) != 0 ||
	    strcmp(view_text(reply.json, "verdict"), verdict) != 0)
		fail_msg("not %s, %s, but %ld: %s", verdict, reason,
		    reply.status, reply.text);
	reply_free(&reply);
	refused++;
	assert_told(verdict, reason);
	assert_exact();
}

static void
strangers_are_refused(void **state)
{
	(void)state;
#define FEED(...) ((struct feed){ __VA_ARGS__ })
	expect(FEED(.facility = "84002", .key = 2), "refused",
	    "wrong_clinic");
	expect(FEED(.facility = "99999"), "refused", "unknown_clinic");
	expect(FEED(.station = "attic"), "refused", "wrong_clinic");
	expect(FEED(.key = 2), "refused", "key");
	expect(FEED(.key = 2, .named_key = 1), "refused", "signature");
	expect(FEED(.schema = "0"), "refused", "schema");
	expect(FEED(.schema = "2"), "refused", "schema");
	expect(FEED(.receipts = "7"), "refused", "malformed");
}

static void
clocks_that_differ_by_days_are_not_believed(void **state)
{
	(void)state;
	expect(FEED(.made_at = three_days_ago), "quarantined", "clock");
	expect(FEED(.made_at = in_three_days), "quarantined", "clock");
}

static void
an_older_database_is_put_aside(void **state)
{
	(void)state;
	expect(FEED(.epoch = older_epoch), "quarantined", "older_epoch");
}

/* One row, after those that are counted. */
static void
expect_row(struct feed_row row, const char *reason)
{
	if (row.series == NULL)
		row.series = "cccd";
	if (row.hour == NULL)
		row.hour = yesterday;
	if (row.count == 0)
		row.count = 1;
	row.revision = 3;
	expect(FEED(.after = 2, .revision = 3, .rows = &row, .row_count = 1),
	    "quarantined", reason);
}

static void
counts_that_cannot_be_are_put_aside(void **state)
{
	(void)state;
#define ROW(...) ((struct feed_row){ __VA_ARGS__ })
	expect_row(ROW(.count = -1), "count");
	expect_row(ROW(.count = 1000001), "count");
	expect_row(ROW(.count = 9007199254740991, .latency_sum_ms = 1),
	    "count");
	expect_row(ROW(.latency_sum_ms = -7), "latency");
	expect_row(ROW(.hour = day_after_tomorrow, .series = "lookups"),
	    "future");
	/* A visit may be looked up some weeks before. */
	expect_row(ROW(.hour = next_year), "future");
	expect_row(ROW(.hour = "1970-01-01T01:00:00Z"), "past");
	expect_row(ROW(.outcome = "perhaps"), "word");
	expect_row(ROW(.facility = "84002"), "row_clinic");
}

/* POST by curl with these options; its status, and the answer behind it. */
static void
send(const char *options, const char *expected)
{
	char command[1024];

	(void)snprintf(command, sizeof(command), "cd \"$DIR\" && curl -s "
	    "-o answer -w '%%{http_code}' -X POST %s "
	    "http://127.0.0.1:%d/v1/feeds; cat answer; rm -f answer", options,
	    port);
	run(command, 0, expected);
}

#define WITH_TOKEN "-H 'Authorization: Bearer " TOKEN "' "

/* A gigabyte is refused before it is read; one that only unpacks to it, when
 * it does; and one whose length is not told. */
static void
a_gigabyte_is_not_read(void **state)
{
	(void)state;
	run("cd \"$DIR\" && truncate -s 1G huge && head -c 64M /dev/zero | "
	    "gzip -c >bomb", 0, NULL);
	send(WITH_TOKEN "-T huge", "413{");
	assert_told("refused", "too_large");
	run("grep -c '84001 main, by push: refused: too_large (1073741824 "
	    "bytes announced' \"$DIR/serve.log\"", 0, "1");
	send(WITH_TOKEN "-H 'Content-Encoding: gzip' -H 'Content-Type: "
	    "application/json' --data-binary @bomb", "413{");
	assert_told("refused", "too_large");
	send(WITH_TOKEN "-H 'Transfer-Encoding: chunked' -T huge", "411{");
	/* Without a token it is nobody's, and leaves nothing. */
	send("-T huge", "401{");
	refused += 2;
	run("head -c 64M /dev/zero | tr '\\0' 7 | " PROVINCE "import - 2>&1", 1,
	    "-:1: refused: too_large");
	refused++;
	run("rm \"$DIR/huge\" \"$DIR/bomb\"", 0, NULL);
	assert_exact();
}

static void
registries_that_contradict_themselves_are_refused(void **state)
{
	(void)state;
	write_registry("twice.csv",
	    "three,2020-01-01,84001,Ba,xã,,,,,,,1-7\n");
	run(PROVINCE "clinics --import \"$DIR/twice.csv\" 2>&1", 1,
	    "code 84001 belongs to clinic one");
	write_registry("unknown.csv",
	    "three,2020-01-01,84003,Ba,xã,four,,,,,,1-7\n");
	run(PROVINCE "clinics --import \"$DIR/unknown.csv\" 2>&1", 1,
	    "no clinic four");
	write_registry("nocode.csv",
	    "three,2020-01-01,8400,Ba,xã,,,,,,,1-7\n");
	run(PROVINCE "clinics --import \"$DIR/nocode.csv\" 2>&1", 1,
	    "code: expected 5");
	/* What holds is what held. */
	expect(FEED(.facility = "84003"), "refused", "unknown_clinic");
}

/* The clinic goes on where it was, as if nothing had been. */
static void
the_good_ones_go_on(void **state)
{
	struct feed_row row = { .series = "cccd", .hour = yesterday,
	    .count = 7, .revision = 4, .reason = "003" };
	struct feed feed;
	struct reply reply;
	char expected[32];

	(void)state;
	instant(now, 0);
	feed = filled(FEED(.after = 2, .revision = 4, .rows = &row,
	    .row_count = 1));
	reply = push(&feed);
	assert_int_equal(reply.status, 200);
	reply_free(&reply);
	(void)snprintf(expected, sizeof(expected), "22|%u\n", refused);
	run("sqlite3 -readonly -cmd '.timeout 20000' \"$DIR/ledger.db\" "
	    "\"SELECT (SELECT sum(count) FROM figure), (SELECT sum(times) FROM "
	    "document WHERE verdict <> 1)\"", 0, expected);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one_is_counted),
		cmocka_unit_test(strangers_are_refused),
		cmocka_unit_test(clocks_that_differ_by_days_are_not_believed),
		cmocka_unit_test(an_older_database_is_put_aside),
		cmocka_unit_test(counts_that_cannot_be_are_put_aside),
		cmocka_unit_test(a_gigabyte_is_not_read),
		cmocka_unit_test(
		    registries_that_contradict_themselves_are_refused),
		cmocka_unit_test(the_good_ones_go_on),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
