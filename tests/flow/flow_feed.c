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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_checks_it_with_jq_and_openssl),
		cmocka_unit_test(the_head_of_the_receipts_is_inside),
		cmocka_unit_test(every_way_says_the_same),
		cmocka_unit_test(an_export_replaces_its_file_or_leaves_it),
	};

	return cmocka_run_group_tests_name("feed", tests, open_world,
	    close_world);
}
