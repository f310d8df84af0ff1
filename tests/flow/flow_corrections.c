/*
 * flow_corrections.c - the life of a correction case: a chip that the insurer's
 * record contradicts, the clinic's list, consent, the office, the next visit
 *
 * Twice: as files on a stick, and by push through a real checkin-province
 * serve. What the office reads, it reads with openssl alone.
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
#include <time.h>

#include "support/desk.h"
#include "support/world.h"

#define TRIES 300		/* of 100 ms */

#define PROVINCE "\"$BIN/checkin-province\" -c \"$DIR/province.conf\" "
#define CHECKIN "\"$BIN/checkin\" -c \"$DIR/checkind.conf\" "

static struct world world;
static pid_t collector;
static int collector_port;

static void
nap(void)
{
	const struct timespec span = { 0, 100 * 1000000L };

	(void)nanosleep(&span, NULL);
}

/* Its standard output; the caller frees it. */
static char *
run(const char *command, const char *expected)
{
	char *said = NULL;
	int status = world_run(&world, command, &said);

	if (status != 0 || said == NULL || (expected != NULL &&
	    strstr(said, expected) == NULL))
		fail_msg("%s: status %d: %s", command, status,
		    said != NULL ? said : "");

	return said;
}

static void
expect(const char *command, const char *expected)
{
	free(run(command, expected));
}

/* The command fails, and says why. */
static void
refuse(const char *command, const char *expected)
{
	char *said = NULL, line[2048];
	int status;

	(void)snprintf(line, sizeof(line), "{ %s; } 2>&1", command);
	status = world_run(&world, line, &said);
	if (status == 0 || said == NULL || strstr(said, expected) == NULL)
		fail_msg("%s: status %d: %s", command, status,
		    said != NULL ? said : "");
	free(said);
}

/* --- The province, the office and who is registered ----------------------- */

/* The office's two certificates: the one in force, and one of somebody else.
 * The registry has the key that the clinic's own feed is signed with. */
static void
found_office(void)
{
	char command[3072];

	collector_port = world_free_port();
	(void)snprintf(command, sizeof(command), "cd \"$DIR\" && "
	    "for k in office other; do openssl req -x509 -newkey ec "
	    "-pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $k.key -out "
	    "$k.pem -days 30 -subj /CN=$k 2>openssl.log && chmod 600 $k.key; "
	    "done && mkdir -m 700 tokens && "
	    "printf clinic-token-of-the-flow >collector-token && "
	    "chmod 600 collector-token && cp -p collector-token "
	    "tokens/tv-1.chinh && "
	    "printf '[ledger]\\ndatabase = %%s/ledger.db\\n[http]\\n"
	    "port = %d\\nclinics_directory = %%s/tokens\\n[office]\\n"
	    "answer_key_file = %%s/answer.key\\ncertificate = %%s/office.pem"
	    "\\n' \"$DIR\" \"$DIR\" \"$DIR\" \"$DIR\" >province.conf && "
	    "curl -sf 'http://127.0.0.1:%d/v1/stats/feed?after=0' >first.json "
	    "&& station=$(jq -r .station first.json) && "
	    "mv tokens/tv-1.chinh tokens/tv-1.$station && "
	    "{ echo clinic,from,code,name,level,manager,commune,district,"
	    "station,address,key,calendar; echo \"tv-1,2020-01-01,"
	    "$(jq -r .facility first.json),Trạm,xã,,Xã,,$station,,"
	    "$(jq -r .signature.key first.json),1-7\"; } >registry.csv && "
	    "\"$BIN/checkin-province\" -c province.conf clinics "
	    "--import registry.csv && \"$BIN/checkin-province\" -c "
	    "province.conf cases key 2>key.log >answer.hex", collector_port,
	    world.port);
	expect(command, "1 clinics (1 new");
}

/* checkind with an office, and with a collector or without. */
static void
start_clinic(const char *more)
{
	char extra[1024], *key = run("cat \"$DIR/answer.hex\"", NULL);

	key[strcspn(key, "\n")] = '\0';
	(void)snprintf(extra, sizeof(extra), "[lookup]\npolicy = always\n"
	    "[corrections]\noffice_certificate = %s/office.pem\n"
	    "answer_key = %s\n%s", world.dir, key, more);
	free(key);
	world_daemon_start(&world, extra);
	desk_wait(&world, "ban-1", "reader.state", "ready");
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, "");
	found_office();
	(void)world_daemon_stop(&world, SIGTERM);
	start_clinic("");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* --- The clinic ----------------------------------------------------------- */

/* Somebody comes, shows the citizen card, and goes. */
static void
visit(const char *label)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "insert %s", label);
	world_card(&world, line);
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_scan(&world, "ban-1", label, "qr");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "phase", "answered");
	world_card(&world, "remove");
	desk_wait(&world, "ban-1", "card_present", "false");
	desk_post(&world, "ban-1", "reset", "{}", 204);
	desk_wait(&world, "ban-1", "phase", "idle");
}

/* The one row of the list. New reference. */
static json_t *
only_row(const char *state)
{
	char path[64];
	struct reply reply;
	json_t *list, *row;

	(void)snprintf(path, sizeof(path), "/v1/corrections?state=%s", state);
	reply = world_http(&world, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	list = json_object_get(reply.json, "corrections");
	if (json_array_size(list) != 1)
		fail_msg("not one row: %s", reply.text);
	row = json_incref(json_array_get(list, 0));
	reply_free(&reply);

	return row;
}

static void
expect_rows(const char *state, size_t count)
{
	struct reply reply;
	char path[64];

	(void)snprintf(path, sizeof(path), "/v1/corrections?state=%s", state);
	reply = world_http(&world, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	assert_int_equal(json_array_size(json_object_get(reply.json,
	    "corrections")), count);
	reply_free(&reply);
}

/* The first field that differs. */
static const char *
differs(const json_t *row)
{
	return json_string_value(json_array_get(json_object_get(row,
	    "differs"), 0));
}

/* One value of the only row that is open. */
static void
row_has(const char *path, const char *value)
{
	json_t *row = only_row("open");

	assert_string_equal(view_text(row, path), value);
	json_decref(row);
}

static void
wait_value(const char *state, const char *path, const char *value)
{
	unsigned i;

	for (i = 0; i < TRIES; i++) {
		json_t *row = only_row(state);
		bool good = strcmp(view_text(row, path), value) == 0;

		json_decref(row);
		if (good)
			return;
		nap();
	}
	fail_msg("%s did not become %s", path, value);
}

/* POST the clerk's word. Returns the HTTP status. */
static long
consent(const char *body)
{
	json_t *row = only_row("open");
	struct reply reply;
	char path[96];
	long status;

	(void)snprintf(path, sizeof(path), "/v1/corrections/%s/case",
	    view_text(row, "number"));
	json_decref(row);
	reply = world_http(&world, "POST", path, body, NULL);
	status = reply.status;
	reply_free(&reply);

	return status;
}

static void
correct(const char *label)
{
	char path[64];
	struct reply reply;

	(void)snprintf(path, sizeof(path), "/sim/correct?label=%s", label);
	reply = world_gateway(&world, "POST", path);
	assert_int_equal(reply.status, 200);
	reply_free(&reply);
}

static void
expect_metric(const char *line)
{
	struct reply reply = world_http(&world, "GET", "/metrics", NULL,
	    NULL);

	if (reply.text == NULL || strstr(reply.text, line) == NULL)
		fail_msg("no %s in: %s", line, reply.text);
	reply_free(&reply);
}

#define WORD "{\"operator\":\"" WORLD_OPERATOR "\",\"consent\":true}"

/* --- As files ------------------------------------------------------------- */

static void
a_failing_record_is_listed(void **state)
{
	json_t *row, *person = world_person(&world, "code-060");

	(void)state;
	expect_rows("open", 0);
	visit("code-060");
	row = only_row("open");
	assert_string_equal(view_text(row, "reason"), "060");
	assert_string_equal(differs(row), "full_name");
	assert_string_equal(view_text(row, "captured"), "qr");
	assert_string_equal(view_text(row, "times"), "1");
	assert_string_equal(view_text(row, "days_open"), "0");
	assert_string_equal(view_text(row, "case"), "null");
	assert_string_equal(view_text(row, "person.id_number"),
	    json_string_value(json_object_get(person, "number")));
	json_decref(row);
	expect(CHECKIN "corrections list", "\t060\tfull_name\t");
	json_decref(person);
}

static void
no_case_without_consent(void **state)
{
	(void)state;
	assert_int_equal(consent("{\"operator\":\"" WORLD_OPERATOR "\"}"),
	    422);
	assert_int_equal(consent("{\"operator\":\"" WORLD_OPERATOR
	    "\",\"consent\":\"yes\"}"), 422);
	assert_int_equal(consent("{\"operator\":\"\",\"consent\":true}"),
	    422);
	row_has("case", "null");
	assert_int_equal(consent(WORD), 201);
	assert_int_equal(consent(WORD), 409);
	row_has("case.state", "made");
	expect_metric("\ncheckin_correction_cases_pending 1\n");
	expect_metric("\ncheckin_correction_cases_oldest_timestamp_seconds ");
	expect(CHECKIN "doctor || :", "1 cases wait for the insurer's office, "
	    "the oldest for 0 days; 0 were refused");
}

/* The file tells nobody whom it is about, and the office whom. */
static void
the_office_alone_reads_it(void **state)
{
	json_t *row = only_row("open");
	const char *name = json_string_value(json_object_get(json_object_get(
	    row, "person"), "full_name"));
	const char *number = json_string_value(json_object_get(
	    json_object_get(row, "person"), "id_number"));
	char *said, command[1024];

	(void)state;
	expect(CHECKIN "corrections export \"$DIR/cases\" 2>&1",
	    "1 documents");
	row_has("case.state", "sent");
	(void)snprintf(command, sizeof(command), "! grep -e '%s' -e '%s' "
	    "\"$DIR/cases\" \"$DIR\"/*.log && sqlite3 -readonly "
	    "\"$(find \"$DIR\" -name checkin.db)\" 'SELECT hex(sealed) FROM "
	    "correction_case' | grep -c .", name, number);
	expect(command, "1");
	said = run("cd \"$DIR\" && jq -r .envelope cases | base64 -d "
	    ">case.der && openssl cms -decrypt -inform DER -in case.der "
	    "-inkey office.key -recip office.pem", NULL);
	assert_non_null(strstr(said, name));
	assert_non_null(strstr(said, number));
	assert_non_null(strstr(said, "\"assurance\":\"chip_"));
	assert_non_null(strstr(said, "\"differs\":[\"full_name\"]"));
	assert_non_null(strstr(said, WORLD_OPERATOR));
	free(said);
	json_decref(row);
}

static void
the_office_takes_and_shows_it(void **state)
{
	char *said;

	(void)state;
	expect(PROVINCE "import \"$DIR/cases\"",
	    "1 correction cases taken, 0 refused");
	expect(PROVINCE "import \"$DIR/cases\"",
	    "1 correction cases taken, 0 refused");
	expect(PROVINCE "cases list | wc -l", "1\n");
	expect(PROVINCE "metrics",
	    "\ncheckin_province_correction_cases_pending 1\n");
	expect(PROVINCE "metrics", "\ncheckin_province_correction_cases_"
	    "oldest_timestamp_seconds ");
	said = run("id=$(jq -r .id \"$DIR/cases\") && " PROVINCE
	    "cases show --key \"$DIR/office.key\" $id",
	    "the gateway's answer  mismatch");
	assert_non_null(strstr(said, "full name"));
	free(said);
	refuse("id=$(jq -r .id \"$DIR/cases\") && " PROVINCE
	    "cases show --key \"$DIR/other.key\" $id",
	    "encrypted to another key");
	refuse("chmod 644 \"$DIR/office.key\"; id=$(jq -r .id "
	    "\"$DIR/cases\"); " PROVINCE "cases show --key "
	    "\"$DIR/office.key\" $id; s=$?; chmod 600 \"$DIR/office.key\"; "
	    "exit $s", "others may read the key");
}

/* Signed by the collector, taken by the clinic. */
static void
the_clinic_takes_the_answer(void **state)
{
	(void)state;
	expect(PROVINCE "cases answers \"$DIR/answers\" 2>&1", "1 answers");
	refuse("jq -c '.state = \"corrected\"' \"$DIR/answers\" >\"$DIR/bad\";"
	    CHECKIN "corrections answers \"$DIR/bad\"", "1 refused");
	row_has("case.state", "sent");
	expect(CHECKIN "corrections answers \"$DIR/answers\"",
	    "1 answers taken, 0 about cases of others, 0 refused");
	row_has("case.state", "acknowledged");
}

static void
a_later_visit_closes_it(void **state)
{
	json_t *row;

	(void)state;
	visit("code-060");
	row_has("case.retests", "1");
	row_has("case.state", "acknowledged");
	row_has("times", "2");
	correct("code-060");
	visit("code-060");
	expect_rows("open", 0);
	row = only_row("done");
	assert_string_equal(view_text(row, "case.state"), "closed");
	assert_string_equal(view_text(row, "case.retests"), "2");
	json_decref(row);
	expect(CHECKIN "corrections export \"$DIR/cases\" && cat "
	    "\"$DIR/cases\"", "\"type\":\"correction_closed\"");
	expect(PROVINCE "import \"$DIR/cases\" && " PROVINCE
	    "cases list --all", "\tclosed\t");
	expect(PROVINCE "cases answers - | " CHECKIN "corrections answers -",
	    "1 answers taken");
	expect(CHECKIN "corrections export - 2>&1", "0 documents");
}

/* --- By push -------------------------------------------------------------- */

static void
start_collector(void)
{
	char url[96];
	unsigned i;

	collector = world_spawn(&world, "exec \"$BIN/checkin-province\" -c "
	    "\"$DIR/province.conf\" serve 2>\"$DIR/serve.log\"");
	(void)snprintf(url, sizeof(url), "curl -sf http://127.0.0.1:%d/livez",
	    collector_port);
	for (i = 0; i < TRIES; i++) {
		char *said = NULL;
		int status = world_run(&world, url, &said);

		free(said);
		if (status == 0)
			return;
		nap();
	}
	fail_msg("the collector does not answer");
}

static void
by_push_it_goes_by_itself(void **state)
{
	char more[512];
	json_t *row;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	start_collector();
	(void)snprintf(more, sizeof(more), "[collector]\nurl = "
	    "http://127.0.0.1:%d\ntoken_file = %s/collector-token\n"
	    "interval_s = 1\n", collector_port, world.dir);
	start_clinic(more);
	visit("code-070");
	row = only_row("open");
	assert_string_equal(differs(row), "date_of_birth");
	json_decref(row);
	assert_int_equal(consent(WORD), 201);
	wait_value("open", "case.state", "acknowledged");
	expect(PROVINCE "cases list | wc -l", "1\n");
}

static void
the_office_tells_that_it_corrected(void **state)
{
	(void)state;
	expect("id=$(" PROVINCE "cases list | cut -f 1) && " PROVINCE
	    "cases close $id --corrected && " PROVINCE "cases list",
	    "\tcorrected\t");
	wait_value("open", "case.state", "corrected");
	correct("code-070");
	visit("code-070");
	expect_rows("open", 0);
	expect("for i in $(seq 300); do " PROVINCE "cases list | grep -q . "
	    "|| break; sleep 0.1; done; " PROVINCE "cases list --all | "
	    "grep -c closed", "2\n");
	refuse("id=$(" PROVINCE "cases list --all | tail -n 1 | cut -f 1) && "
	    PROVINCE "cases close $id --refused", "the clinic has closed it");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failing_record_is_listed),
		cmocka_unit_test(no_case_without_consent),
		cmocka_unit_test(the_office_alone_reads_it),
		cmocka_unit_test(the_office_takes_and_shows_it),
		cmocka_unit_test(the_clinic_takes_the_answer),
		cmocka_unit_test(a_later_visit_closes_it),
		cmocka_unit_test(by_push_it_goes_by_itself),
		cmocka_unit_test(the_office_tells_that_it_corrected),
	};

	return cmocka_run_group_tests_name("corrections", tests, open_world,
	    close_world);
}
