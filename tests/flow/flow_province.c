/*
 * flow_province.c - a clinic counts, its province asks, and both say the same
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static struct world world;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, "[lookup]\nbudget_ms = 2500\n");

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
	json_t *body = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "presented", "cccd",
	    "desk", "ban-1", "kind", "desk");
	char *text = json_dumps(body, JSON_COMPACT);
	struct reply reply = world_http(&world, "POST", "/v1/lookups", text,
	    NULL);

	assert_int_equal(reply.status, 200);
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);
}

static void
run(const char *command, const char *expected)
{
	char *said = NULL;
	int status = world_run(&world, command, &said);

	if (status != 0 || (expected != NULL &&
	    (said == NULL || strstr(said, expected) == NULL)))
		fail_msg("status %d: %s", status, said != NULL ? said : "");
	free(said);
}

/* The registry has the key that the clinic's own feed is signed with, as the
 * clinic would tell it by telephone. */
static void
register_clinic(void)
{
	char command[2048];

	(void)snprintf(command, sizeof(command),
	    "cd \"$DIR\" && curl -sf http://127.0.0.1:%d/v1/stats/feed?after=0 "
	    ">first.json && key=$(jq -r .signature.key first.json) && "
	    "station=$(jq -r .station first.json) && "
	    "printf '[ledger]\\ndatabase = %%s/ledger.db\\n' \"$DIR\" "
	    ">province.conf && { echo clinic,from,code,name,level,manager,"
	    "commune,district,station,address,key,calendar; echo "
	    "\"tv-1,2020-01-01,$(jq -r .facility first.json),Trạm,xã,,Xã,,"
	    "$station,http://127.0.0.1:%d,$key,1-7\"; } >registry.csv && "
	    "\"$BIN/checkin-province\" -c province.conf clinics "
	    "--import registry.csv", world.port, world.port);
	run(command, "1 clinics (1 new");
}

/* What the ledger's tables say, read with SQLite's own command. */
static long
ledger(const char *query)
{
	char command[1024], *said = NULL;
	long value;

	(void)snprintf(command, sizeof(command),
	    "sqlite3 -readonly \"$DIR/ledger.db\" \"%s\"", query);
	assert_int_equal(world_run(&world, command, &said), 0);
	value = strtol(said, NULL, 10);
	free(said);

	return value;
}

#define SERIES(table, number) "SELECT sum(count) FROM " table " f JOIN words " \
	"w ON w.number = f.words WHERE series = " #number

static void
compare(void)
{
	assert_int_equal(ledger(SERIES("figure", 1)),
	    world_stat(&world, "lookups", "total"));
	assert_int_equal(ledger(SERIES("figure_day", 1)),
	    world_stat(&world, "lookups", "total"));
	assert_int_equal(ledger(SERIES("figure_month", 2)),
	    world_stat(&world, "visits", "total"));
	assert_int_equal(ledger(SERIES("figure_month", 3)),
	    world_stat(&world, "cccd", "total"));
	assert_int_equal(ledger(SERIES("figure_month", 3)
	    " AND outcome = 1"), world_stat(&world, "cccd", "covered"));
}

#define COLLECT "\"$BIN/checkin-province\" -c \"$DIR/province.conf\" " \
	"collect --once"
#define IMPORT "\"$BIN/checkin-province\" -c \"$DIR/province.conf\" import "

static void
both_say_the_same(void **state)
{
	(void)state;
	look_up("code-000");
	look_up("code-010");
	register_clinic();
	run(COLLECT, "1 asked: 1 good, 0 failed; 1 documents");
	compare();
	look_up("code-000");
	look_up("code-060");
	run(COLLECT, "1 asked: 1 good, 0 failed; 1 documents");
	compare();
	run(COLLECT, " 0 figures changed");
	compare();
}

/* What was collected, exported to a file, pushed through a pipe: once. */
static void
every_way_counts_once(void **state)
{
	(void)state;
	run("\"$BIN/checkin\" -c \"$DIR/checkind.conf\" stats export "
	    "\"$DIR/all\" && " IMPORT "\"$DIR/all\"",
	    "0 quarantined, 0 refused; 0 figures changed");
	run(IMPORT "- <\"$DIR/first.json\"", "0 figures changed");
	compare();
	assert_int_equal(ledger("SELECT count(*) FROM figure g LEFT JOIN "
	    "document d ON d.number = g.document AND d.verdict = 1 "
	    "WHERE d.number IS NULL"), 0);
}

/* One count changed on the way: refused, and told. */
static void
a_changed_document_is_refused(void **state)
{
	char *said = NULL;

	(void)state;
	assert_int_equal(world_run(&world, "jq -c '.rows[0].count += 1' "
	    "\"$DIR/first.json\" >\"$DIR/changed\"; " IMPORT
	    "\"$DIR/changed\" 2>&1", &said), 1);
	assert_non_null(strstr(said, "refused: signature"));
	free(said);
	run("\"$BIN/checkin-province\" -c \"$DIR/province.conf\" documents "
	    "--refused", "\tsignature\t");
	run("\"$BIN/checkin-province\" -c \"$DIR/province.conf\" clinics "
	    "--state", "0 failures");
	compare();
}

/* A figure leads to its document, and that to the clinic's own signature. */
static void
a_figure_leads_to_what_the_clinic_signed(void **state)
{
	(void)state;
	run("cd \"$DIR\" && number=$(sqlite3 -readonly ledger.db 'SELECT "
	    "document FROM figure LIMIT 1') && \"$BIN/checkin-province\" "
	    "-c province.conf documents --show $number >shown.json && "
	    "{ printf 'checkin feed 1\\0'; jq -cSj 'del(.signature)' "
	    "shown.json; } >signed && jq -j .signature.value shown.json | "
	    "xxd -r -p >value && { printf '302a300506032b6570032100'; "
	    "jq -j .signature.key first.json; } | xxd -r -p >key.der && "
	    "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "
	    "key.der -in signed -sigfile value",
	    "Signature Verified Successfully");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_say_the_same),
		cmocka_unit_test(every_way_counts_once),
		cmocka_unit_test(a_changed_document_is_refused),
		cmocka_unit_test(a_figure_leads_to_what_the_clinic_signed),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
