/*
 * flow_feed.c - figures on their way out, as a collector and a stranger with
 * jq and openssl see them
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/push_server.h"
#include "support/world.h"

#define SETTINGS "[lookup]\nbudget_ms = 2500\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n"

static struct world world;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, SETTINGS);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static void
look_up(const char *label)
{
	json_t *person = world_person(&world, label);
	json_t *body = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "presented", "cccd",
	    "desk", "ban-1");
	char *text = json_dumps(body, JSON_COMPACT);
	struct reply reply = world_http(&world, "POST", "/v1/lookups", text,
	    NULL);

	assert_int_equal(reply.status, 200);
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);
}

/* Keep the feed's own bytes in $DIR/feed.json. */
static void
keep_feed(void)
{
	struct reply reply = world_http(&world, "GET",
	    "/v1/stats/feed?after=0", NULL, NULL);
	char path[128];
	FILE *file;

	assert_int_equal(reply.status, 200);
	assert_true(json_array_size(json_object_get(reply.json, "rows")) > 0);
	(void)snprintf(path, sizeof(path), "%s/feed.json", world.dir);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_true(fputs(reply.text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	reply_free(&reply);
}

/* The lines of docs/feed.md as they stand there, in $DIR. */
#define VERIFY "awk '/^```/ { in_block = !in_block; " \
	"shell = in_block && $0 == \"```\"; next } shell' docs/feed.md " \
	">\"$DIR/verify.sh\" && cd \"$DIR\" && sh -e verify.sh"

static void
a_stranger_checks_it_with_jq_and_openssl(void **state)
{
	char *said = NULL;

	(void)state;
	look_up("code-000");
	look_up("code-010");
	keep_feed();
	assert_int_equal(world_run(&world, VERIFY, &said), 0);
	assert_non_null(strstr(said, "Signature Verified Successfully"));
	free(said);
	assert_int_equal(world_run(&world, "cd \"$DIR\" && jq -c "
	    "'.rows[0].count += 1' feed.json >other && mv other feed.json",
	    NULL), 0);
	assert_int_not_equal(world_run(&world, VERIFY, NULL), 0);
}

/* The key of the feed is the one that receipts are signed with. */
static void
the_head_of_the_receipts_is_inside(void **state)
{
	char *said = NULL;

	(void)state;
	look_up("code-000");
	keep_feed();
	assert_int_equal(world_run(&world, "jq -e '.signature.key == "
	    ".receipts.key and .receipts.receipts >= 2' \"$DIR/feed.json\"",
	    NULL), 0);
	assert_int_equal(world_run(&world, "\"$BIN/checkin\" -c "
	    "\"$DIR/checkind.conf\" receipt verify --head \"$(jq -r "
	    "'\"\\(.receipts.batch):\\(.receipts.head)\"' "
	    "\"$DIR/feed.json\")\"", &said), 0);
	assert_non_null(strstr(said, "whole: nothing was removed"));
	free(said);
}

/* All of "revision" and "rows" of the documents in a file, as one line. */
#define MEANING(cat) "\"$(" cat " | jq -c '[.facility, .station, .epoch, " \
	".revision, .rows]')\""

#define EXPORT "\"$BIN/checkin\" -c \"$DIR/checkind.conf\" stats export "

/* The feed, a file, a compressed file; with the daemon and without. */
static void
every_way_says_the_same(void **state)
{
	static const char same[] = "cd \"$DIR\" && a=" MEANING("cat feed.json")
	    " && b=" MEANING("cat plain") " && c=" MEANING("gzip -dc packed")
	    " && d=" MEANING("cat stopped") " && [ -n \"$a\" ] && "
	    "[ \"$a\" = \"$b\" ] && [ \"$a\" = \"$c\" ] && "
	    "[ \"$a\" = \"$d\" ]";
	char path[96];
	int port = world.port;

	(void)state;
	look_up("code-000");
	look_up("code-003");
	keep_feed();
	(void)snprintf(path, sizeof(path), "curl -s --compressed "
	    "'http://127.0.0.1:%d/v1/stats/feed' | jq -e .schema", port);
	assert_int_equal(world_run(&world, path, NULL), 0);
	assert_int_equal(world_run(&world, EXPORT "\"$DIR/plain\"", NULL),
	    0);
	assert_int_equal(world_run(&world, EXPORT "--gzip - "
	    ">\"$DIR/packed\"", NULL), 0);
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(world_run(&world, EXPORT "--after 0 "
	    "\"$DIR/stopped\"", NULL), 0);
	assert_int_equal(world_run(&world, same, NULL), 0);
	assert_int_equal(world_run(&world, "cp \"$DIR/stopped\" "
	    "\"$DIR/feed.json\"", NULL), 0);
	assert_int_equal(world_run(&world, VERIFY, NULL), 0);
	world_daemon_start(&world, SETTINGS);
}

static void
an_export_replaces_its_file_or_leaves_it(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, EXPORT "--after x y", NULL), 2);
	assert_int_equal(world_run(&world, EXPORT, NULL), 2);
	assert_int_equal(world_run(&world, EXPORT "\"$DIR/none/file\"",
	    NULL), 1);
	assert_int_equal(world_run(&world, EXPORT "--after 999999999999 "
	    "\"$DIR/empty\" && jq -e '.rows == [] and .more == false and "
	    ".revision == 999999999999' \"$DIR/empty\"", NULL), 0);
	assert_int_equal(world_run(&world, EXPORT "- >/dev/full", NULL), 1);
	assert_int_equal(world_run(&world, EXPORT "--gzip - >/dev/full",
	    NULL), 1);
	/* nothing half done is left beside it */
	assert_int_equal(world_run(&world, "test -z \"$(ls \"$DIR\" | "
	    "grep '^empty\\.')\"", NULL), 0);
}

/* --- Backup --------------------------------------------------------------- */

#define CHECKIN "\"$BIN/checkin\" -c \"$DIR/checkind.conf\" "

/* Lookups of the feed's present epoch, whose name goes to epoch. */
static json_int_t
lookups_of_feed(char epoch[64])
{
	struct reply reply = world_http(&world, "GET",
	    "/v1/stats/feed?after=0", NULL, NULL);
	json_int_t sum = 0;
	json_t *row;
	size_t i;

	assert_int_equal(reply.status, 200);
	(void)snprintf(epoch, 64, "%s", view_text(reply.json, "epoch"));
	json_array_foreach(json_object_get(reply.json, "rows"), i, row) {
		if (strcmp(view_text(row, "series"), "lookups") == 0)
			sum += json_integer_value(
			    json_object_get(row, "count"));
	}
	reply_free(&reply);

	return sum;
}

/* A backup beside the running daemon, more patients, the disk breaks: what the
 * province has of the old epoch and the new one are all that happened. */
static void
a_backup_goes_on_in_a_new_epoch(void **state)
{
	char first[64], second[64];
	json_int_t before;

	(void)state;
	before = lookups_of_feed(first);
	look_up("code-000");
	assert_int_equal(world_run(&world, CHECKIN "backup --with-keys "
	    "\"$DIR/backup\"", NULL), 0);
	look_up("code-003");
	look_up("code-010");
	assert_int_equal(lookups_of_feed(first), before + 3);
	assert_int_equal(world_run(&world, CHECKIN "restore "
	    "\"$DIR/backup\"", NULL), 1);
	assert_int_equal(lookups_of_feed(second), before + 3);
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(world_run(&world, "rm -rf \"$DIR\"/state/*", NULL),
	    0);
	assert_int_equal(world_run(&world, CHECKIN "restore "
	    "\"$DIR/backup\"", NULL), 0);
	world_daemon_start(&world, SETTINGS);
	assert_int_equal(lookups_of_feed(second), 0);
	assert_string_not_equal(first, second);
	look_up("code-000");
	look_up("code-010");
	assert_int_equal(lookups_of_feed(second), 2);
	keep_feed();
	assert_int_equal(world_run(&world, VERIFY, NULL), 0);
	assert_int_equal(world_run(&world, CHECKIN "receipt verify", NULL),
	    0);
	assert_int_equal(world_run(&world, CHECKIN "backup", NULL), 2);
	assert_int_equal(world_run(&world, CHECKIN "restore --now", NULL), 2);
}

/* --- Push ----------------------------------------------------------------- */

#define DOCTOR "\"$BIN/checkin\" -c \"$DIR/checkind.conf\" doctor " \
	"| grep '^[a-zA-Z]* *collector'"

/* What the collector holds, in its words, with the epoch of feed.json. */
static void
held(char out[512], const char *status, json_int_t revision)
{
	struct reply feed = world_http(&world, "GET",
	    "/v1/stats/feed?after=0", NULL, NULL);

	(void)snprintf(out, 512, "HTTP/1.1 %s\r\nContent-Type: "
	    "application/json\r\nConnection: close\r\n\r\n{\"facility\":"
	    "\"84001\",\"station\":\"flow\",\"epoch\":\"%s\",\"revision\":%lld}",
	    status, view_text(feed.json, "epoch"), revision >= 0 ? revision :
	    json_integer_value(json_object_get(feed.json, "revision")));
	reply_free(&feed);
}

/* Wait until GET /v1/collector has this at a path. */
static void
wait_collector(const char *path, const char *value)
{
	int tries;

	for (tries = 0; tries < 2000; tries++) {
		struct reply reply = world_http(&world, "GET",
		    "/v1/collector", NULL, NULL);
		bool good = reply.status == 200 &&
		    strcmp(view_text(reply.json, path), value) == 0;

		reply_free(&reply);
		if (good)
			return;
		(void)usleep(10 * 1000);
	}
	fail_msg("%s never became %s", path, value);
}

static void
figures_are_pushed_and_the_doctor_tells(void **state)
{
	static struct push_server server;
	char none[512], all[512], settings[512], *said = NULL;
	char newest[32];
	struct reply reply;

	(void)state;
	look_up("code-000");
	held(none, "200 OK", 0);
	held(all, "200 OK", -1);
	reply = world_http(&world, "GET", "/v1/stats/feed", NULL, NULL);
	(void)snprintf(newest, sizeof(newest), "%s",
	    view_text(reply.json, "revision"));
	reply_free(&reply);
	assert_int_equal(world_run(&world, DOCTOR, &said), 0);
	assert_non_null(strstr(said, "figures are not pushed"));
	free(said);
	(void)world_daemon_stop(&world, SIGTERM);
	push_listen(&server);
	push_answer(&server, none);
	push_answer(&server, all);
	push_answer(&server, "HTTP/1.1 401 No\r\nConnection: close\r\n\r\n");
	push_start(&server);
	assert_int_equal(world_run(&world, "printf 'collector-token-123' "
	    ">\"$DIR/collector-token\" && chmod 600 "
	    "\"$DIR/collector-token\"", NULL), 0);
	(void)snprintf(settings, sizeof(settings), SETTINGS "[collector]\n"
	    "url = http://127.0.0.1:%u\ntoken_file = %s/collector-token\n"
	    "interval_s = 1\n", server.port, world.dir);
	world_daemon_start(&world, settings);
	wait_collector("pushed", newest);
	assert_int_equal(world_run(&world, DOCTOR, &said), 0);
	assert_memory_equal(said, "ok", 2);
	assert_non_null(strstr(said, "has everything until 20"));
	free(said);
	look_up("code-010");
	wait_collector("error.label", "denied");
	assert_int_equal(world_run(&world, DOCTOR, &said), 0);
	assert_memory_equal(said, "FAIL", 4);
	assert_non_null(strstr(said, "ask the province for a new one"));
	free(said);
	reply = world_http(&world, "GET", "/metrics", NULL, NULL);
	assert_non_null(strstr(reply.text,
	    "\ncheckin_feed_push_last_success_timestamp_seconds 1"));
	assert_non_null(strstr(reply.text, "\ncheckin_feed_revision "));
	reply_free(&reply);
	(void)world_daemon_stop(&world, SIGTERM);
	push_stop(&server);
	world_daemon_start(&world, SETTINGS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_checks_it_with_jq_and_openssl),
		cmocka_unit_test(the_head_of_the_receipts_is_inside),
		cmocka_unit_test(every_way_says_the_same),
		cmocka_unit_test(an_export_replaces_its_file_or_leaves_it),
		cmocka_unit_test(figures_are_pushed_and_the_doctor_tells),
		cmocka_unit_test(a_backup_goes_on_in_a_new_epoch),
	};

	return cmocka_run_group_tests_name("feed", tests, open_world,
	    close_world);
}
