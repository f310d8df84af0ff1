/*
 * flow_receipt.c - proof, as clinic IT and a stranger check it: with checkin
 * receipt, and with openssl and sha256sum alone
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

#define CHECKIN "\"$BIN/checkin\" -c \"$DIR/checkind.conf\" "

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

/* Look a simulated person up; id receives the lookup's. */
static void
look_up(const char *label, char id[33])
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
	(void)snprintf(id, 33, "%s", view_text(reply.json, "id"));
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);
}

static json_t *
receipt_of(const char *id)
{
	char path[96];
	struct reply reply;
	json_t *json;

	(void)snprintf(path, sizeof(path), "/v1/lookups/%s/receipt", id);
	reply = world_http(&world, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	json = json_incref(reply.json);
	reply_free(&reply);

	return json;
}

static void
an_answer_is_proven_with_its_raw_words(void **state)
{
	char id[33], *said = NULL;
	json_t *receipt;
	const char *statement;

	(void)state;
	look_up("code-000", id);
	receipt = receipt_of(id);
	statement = view_text(receipt, "statement");
	assert_non_null(strstr(statement, "\noutcome: covered\n"));
	assert_non_null(strstr(statement, "\ncall_host: 127.0.0.1:"));
	assert_non_null(strstr(statement, "\ncall_result: 000\n"));
	assert_non_null(strstr(statement, "\ncall_http_status: 200\n"));
	assert_non_null(strstr(statement, "\ncall_answer_sha256: "));
	json_decref(receipt);
	assert_int_equal(world_run(&world, CHECKIN "receipt verify", &said),
	    0);
	assert_non_null(strstr(said, "whole: nothing was removed"));
	free(said);
}

/* NĐ 188 Art 38.2 asks for proof of the failed lookup: host, time, failure. */
static void
a_failed_lookup_is_proven(void **state)
{
	char id[33];
	json_t *receipt;
	const char *statement;

	(void)state;
	world_gateway_fail(&world, "down");
	look_up("code-010", id);
	world_gateway_fail(&world, "none");
	receipt = receipt_of(id);
	statement = view_text(receipt, "statement");
	assert_non_null(strstr(statement, "\noutcome: unavailable\n"));
	assert_non_null(strstr(statement, "\ncall: 20"));
	assert_non_null(strstr(statement, "\ncall_host: 127.0.0.1:"));
	assert_non_null(strstr(statement, "\ncall_failure: "));
	json_decref(receipt);
}

static void
write_file(const char *name, const char *text)
{
	char path[160];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", world.dir, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* docs/receipts.md: no program of ours takes part. */
static void
a_stranger_checks_it_with_openssl(void **state)
{
	static const char commitment[] =
	    "{ printf 'checkin receipt commitment 1\\0'; "
	    "perl -ne 'print pack(\"H*\", $_)' \"$DIR/salt\"; "
	    "cat \"$DIR/statement\"; } | sha256sum | cut -c1-64";
	static const char signature[] =
	    "cd \"$DIR\" && bytes() { perl -ne 'print pack(\"H*\", $_)'; } "
	    "&& { printf '302a300506032b6570032100'; cat key; } | bytes "
	    ">key.der && bytes <head >head.bin && "
	    "bytes <signature >signature.bin && openssl pkeyutl -verify "
	    "-rawin -pubin -keyform DER -inkey key.der -in head.bin "
	    "-sigfile signature.bin";
	char id[33], *said = NULL;
	json_t *receipt;

	(void)state;
	look_up("code-000", id);
	receipt = receipt_of(id);
	write_file("salt", view_text(receipt, "salt"));
	write_file("statement", view_text(receipt, "statement"));
	write_file("head", view_text(receipt, "batch.head"));
	write_file("signature", view_text(receipt, "batch.signature"));
	write_file("key", view_text(receipt, "batch.key"));
	assert_int_equal(world_run(&world, commitment, &said), 0);
	assert_memory_equal(said, view_text(receipt, "commitment"), 64);
	free(said);
	assert_int_equal(world_run(&world, signature, NULL), 0);
	write_file("head", view_text(receipt, "batch.root"));
	assert_int_not_equal(world_run(&world, signature, NULL), 0);
	json_decref(receipt);
}

/* As OpenSSL tells it from the key's file: the last 32 bytes of its DER. */
static void
the_key_for_the_registry_is_printed(void **state)
{
	char *said = NULL, *expected = NULL;

	(void)state;
	assert_int_equal(world_run(&world, CHECKIN "receipt key", &said), 0);
	assert_int_equal(world_run(&world, "(printf '302e020100300506032b657004"
	    "220420'; od -An -v -tx1 \"$DIR/state/keys/receipt.key\") | "
	    "tr -d ' \\n' | xxd -r -p | openssl pkey -inform DER -pubout "
	    "-outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \\n'",
	    &expected), 0);
	assert_int_equal(strlen(said), 65);
	said[64] = '\0';
	assert_string_equal(said, expected);
	free(expected);
	free(said);
}

/* The head that a feed document carried finds what was cut off later. */
static void
damage_is_found_and_named(void **state)
{
	char id[33], *head = NULL, *said = NULL;

	(void)state;
	look_up("code-000", id);
	assert_int_equal(world_run(&world, CHECKIN "receipt head", &head), 0);
	write_file("kept-head", head);
	free(head);
	assert_int_equal(world_run(&world, CHECKIN "receipt verify --head "
	    "$(cat \"$DIR/kept-head\")", NULL), 0);
	(void)world_daemon_stop(&world, SIGTERM);

	assert_int_equal(world_run(&world, "sqlite3 \"$DIR/state/checkin.db\" "
	    "'UPDATE lookup SET outcome = 3 WHERE number = 1'", NULL), 0);
	assert_int_equal(world_run(&world, CHECKIN "receipt verify 2>&1",
	    &said), 1);
	assert_non_null(strstr(said, "does not say what its receipt states"));
	free(said);
	assert_int_equal(world_run(&world, "sqlite3 \"$DIR/state/checkin.db\" "
	    "'UPDATE lookup SET outcome = 1 WHERE number = 1; "
	    "DELETE FROM receipt_batch WHERE number = (SELECT max(number) "
	    "FROM receipt_batch)'", NULL), 0);
	assert_int_equal(world_run(&world, CHECKIN "receipt verify --head "
	    "$(cat \"$DIR/kept-head\") 2>&1", &said), 1);
	assert_non_null(strstr(said, "cut off"));
	free(said);
}

static void
wrong_usage_is_told(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, CHECKIN "receipt 2>/dev/null",
	    NULL), 2);
	assert_int_equal(world_run(&world, CHECKIN "receipt verify --head x "
	    "2>/dev/null", NULL), 2);
	assert_int_equal(world_run(&world, CHECKIN "receipt show zz "
	    "2>/dev/null", NULL), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_proven_with_its_raw_words),
		cmocka_unit_test(a_failed_lookup_is_proven),
		cmocka_unit_test(a_stranger_checks_it_with_openssl),
		cmocka_unit_test(the_key_for_the_registry_is_printed),
		cmocka_unit_test(damage_is_found_and_named),
		cmocka_unit_test(wrong_usage_is_told),
	};

	return cmocka_run_group_tests_name("receipt", tests, open_world,
	    close_world);
}
