/*
 * test_cli.c - what the operator's command says when a thing cannot be done
 *
 * What is printed is read back from standard error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/backup.h"
#include "cli/outbox.h"
#include "cli/tell.h"
#include "daemon/config.h"
#include "raw_server.h"
#include "store_fixture.h"

static struct ck_config config;
static char said[4096];
static FILE *kept;
static int standard;

static void
listen_to_it(void)
{
	(void)fflush(stderr);
	standard = dup(STDERR_FILENO);
	kept = tmpfile();
	assert_true(standard >= 0 && kept != NULL);
	assert_true(dup2(fileno(kept), STDERR_FILENO) >= 0);
}

static void
note_what_it_said(void)
{
	size_t len;

	(void)fflush(stderr);
	assert_true(dup2(standard, STDERR_FILENO) >= 0);
	(void)close(standard);
	rewind(kept);
	len = fread(said, 1, sizeof(said) - 1, kept);
	said[len] = '\0';
	(void)fclose(kept);
}

static void
tell(enum ck_err err, int status, const char *body)
{
	const struct ck_cli_reply reply = {
		.status = status, .body = ck_span_str(body)
	};

	listen_to_it();
	ck_cli_tell(&config, err, &reply);
	note_what_it_said();
}

static int
restore(const char *first, const char *second)
{
	char verb[] = "restore";
	char *argv[] = {
		verb, (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL
	};
	int status;

	listen_to_it();
	status = ck_cli_restore(&config, second != NULL ? 3 : 2, argv);
	note_what_it_said();

	return status;
}

static int
configure(void **state)
{
	(void)state;
	memset(&config, 0, sizeof(config));
	(void)snprintf(config.listen, sizeof(config.listen), "127.0.0.1");
	config.port = 18401;

	return 0;
}

/* --- The daemon ----------------------------------------------------------- */

/* Nothing of the gateway: who reads it would call the insurer. */
static void
a_daemon_that_is_down_is_named_with_its_address(void **state)
{
	(void)state;
	tell(CK_ERR_LINE, 0, "");
	assert_string_equal(said, "checkin: checkind does not answer at "
	    "http://127.0.0.1:18401: start it (systemctl start checkind), or "
	    "correct [http] port\n");
	(void)snprintf(config.listen, sizeof(config.listen), "::");
	(void)snprintf(config.http_certificate,
	    sizeof(config.http_certificate), "/etc/checkin/tls.pem");
	tell(CK_ERR_LINE, 0, "");
	assert_non_null(strstr(said, "https://[::1]:18401"));
	tell(CK_ERR_CONFIG, 0, "");
	assert_non_null(strstr(said, "/etc/checkin/tls.pem cannot be read"));
	tell(CK_ERR_REQUEST, 0, "");
	assert_non_null(strstr(said, "is not checkind"));
}

static void
a_problem_is_told_in_its_words(void **state)
{
	(void)state;
	tell(CK_OK, 422, "{\"type\":\"/problems/invalid-field\",\"title\":"
	    "\"A member of the request is missing or not valid.\","
	    "\"status\":422,\"detail\":\"before from\",\"errors\":[{"
	    "\"pointer\":\"#/to\",\"detail\":\"before from\"}]}");
	assert_string_equal(said, "checkin: refused (HTTP 422): A member of "
	    "the request is missing or not valid. #/to: before from\n");
	tell(CK_OK, 409, "{\"title\":\"No.\",\"detail\":\"Do that.\"}");
	assert_string_equal(said, "checkin: refused (HTTP 409): No. Do "
	    "that.\n");
	tell(CK_OK, 502, "<html>");
	assert_string_equal(said, "checkin: refused (HTTP 502): <html>\n");
}

/* --- The outbox ----------------------------------------------------------- */

#define NOTICE(number) "{\"number\":" number ",\"check_in\":" \
	"\"0123456789abcdef0123456789abcdef\",\"state\":\"given_up\"}"

/* The daemon plays these answers; the command's exit status. Standard output
 * is heard as well. */
static int
retry(const char *which, const char *const *answers)
{
	char verb[] = "outbox", retry[] = "retry";
	char *argv[] = { verb, retry, (char *)(uintptr_t)which, NULL };
	static struct raw_server server;
	struct raw_step steps[4] = { 0 };
	int output = dup(STDOUT_FILENO), status;
	unsigned count;

	raw_start(&server);
	for (count = 0; answers[count] != NULL; count++)
		steps[count].bytes = answers[count];
	raw_script(&server, steps, count);
	config.port = server.port;
	listen_to_it();
	(void)fflush(stdout);
	assert_true(output >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0);
	status = ck_cli_outbox(&config, 3, argv);
	(void)fflush(stdout);
	assert_true(dup2(output, STDOUT_FILENO) >= 0);
	(void)close(output);
	note_what_it_said();
	raw_stop(&server);

	return status;
}

static void
a_daemon_that_stops_midway_leaves_no_riddle(void **state)
{
	/* One is sent again, then it falls silent. */
	static const char *const silent[] = {
		RAW_JSON("200 OK", "[" NOTICE("7") "," NOTICE("9") ","
		    NOTICE("11") "]"),
		RAW_JSON("200 OK", "{}"), "", NULL
	};
	/* Between two pages. */
	static const char *const gone[] = {
		RAW_JSON("200 OK", "[" NOTICE("7") "]"),
		RAW_JSON("200 OK", "{}"), "", NULL
	};

	(void)state;
	assert_int_equal(retry("all", silent), 1);
	assert_non_null(strstr(said, "checkind does not answer at "
	    "http://127.0.0.1:"));
	assert_non_null(strstr(said, "notice 9 may wait again or not; run "
	    "this command once more"));
	assert_non_null(strstr(said, "1 sent again, 0 refused\n"));
	assert_null(strstr(said, "notice 11"));
	assert_null(strstr(said, "is not checkind"));
	assert_int_equal(retry("all", gone), 1);
	assert_non_null(strstr(said, "checkind does not answer at "));
	assert_non_null(strstr(said, "1 sent again, 0 refused\n"));
}

static void
a_notice_that_is_not_sent_again_is_named_with_the_reason(void **state)
{
	static const char *const refused[] = {
		RAW_JSON("200 OK", "[" NOTICE("7") "," NOTICE("9") "]"),
		RAW_JSON("409 Conflict", "{\"title\":\"No.\"}"),
		RAW_JSON("200 OK", "{}"), RAW_JSON("200 OK", "[]"), NULL
	};
	static const char *const unknown[] = {
		RAW_JSON("200 OK", "[" NOTICE("7") "]"),
		RAW_JSON("200 OK", "[]"), RAW_JSON("200 OK", "[]"), NULL
	};

	(void)state;
	assert_int_equal(retry("all", refused), 1);
	assert_string_equal(said, "checkin: notice 7 is not sent again:\n"
	    "checkin: refused (HTTP 409): No.\n1 sent again, 1 refused\n");
	assert_int_equal(retry("8", unknown), 1);
	assert_string_equal(said, "checkin: notice 8 was neither refused nor "
	    "given up; see checkin outbox list\n");
}

/* --- Restore -------------------------------------------------------------- */

static void
run(const struct fixture *f, const char *words)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "d='%s'; %s", f->directory,
	    words);
	assert_int_equal(system(command), 0);
}

static void
back_up(const struct fixture *f, const char *path)
{
	char verb[] = "backup", keys[] = "--with-keys";
	char *argv[] = { verb, keys, (char *)(uintptr_t)path, NULL };

	(void)snprintf(config.directory, sizeof(config.directory), "%s",
	    f->directory);
	assert_int_equal(ck_cli_backup(&config, 3, argv), 0);
}

static void
a_restore_says_why_not(void **state)
{
	struct fixture f;
	char path[128], cut[128];

	(void)state;
	fixture_make(&f);
	fixture_open(&f);
	fixture_path(&f, "backup", path);
	fixture_path(&f, "cut", cut);
	back_up(&f, path);
	(void)snprintf(config.facility, sizeof(config.facility), "84053");
	(void)snprintf(config.station, sizeof(config.station), "main");
	assert_int_equal(restore(path, NULL), 1);
	assert_non_null(strstr(said, "systemctl stop checkind"));
	assert_null(strstr(said, "directory of its own"));
	ck_store_close(&f.store);

	assert_int_equal(restore(path, NULL), 1);
	assert_non_null(strstr(said, "84001"));
	assert_non_null(strstr(said, "84053"));
	assert_non_null(strstr(said, "--another-clinic"));
	run(&f, "head -c 40000 \"$d/backup\" >\"$d/cut\"");
	assert_int_equal(restore(cut, NULL), 1);
	assert_null(strstr(said, "damaged"));
	assert_non_null(strstr(said, "not a whole database"));
	assert_int_equal(restore("--other", path), 2);
	assert_int_equal(restore("--another-clinic", path), 0);
	run(&f, "rm -rf \"$d\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_daemon_that_is_down_is_named_with_its_address,
		    configure),
		cmocka_unit_test_setup(a_problem_is_told_in_its_words,
		    configure),
		cmocka_unit_test_setup(
		    a_daemon_that_stops_midway_leaves_no_riddle, configure),
		cmocka_unit_test_setup(
		    a_notice_that_is_not_sent_again_is_named_with_the_reason,
		    configure),
		cmocka_unit_test_setup(a_restore_says_why_not, configure),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
