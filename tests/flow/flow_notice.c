/*
 * flow_notice.c - notices under the clinic's signature, and what becomes of
 * them on their way
 *
 * The simulated gateway has the clinic's certificate and takes nothing that
 * its key has not signed. Keys and certificates are made by the openssl
 * command.
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
#include <unistd.h>

#include "support/check_in.h"

#define SETTINGS "[gateway]\ncheck_in_timeout_ms = 1500\n" \
	"failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"[check_in]\nlevel = 2025-01-01 primary\nbackoff_ms = 50\n" \
	"backoff_max_ms = 200\ntries_max = 3\n"

#define TEN_YEARS_MS "315576000000"

static struct world world;
static char keys[] = "/tmp/flow-keys-XXXXXX";

/* An RSA and an EC key with a certificate for a year, and a stranger's. */
static const char make_keys[] = "cd $KEYS && for k in ours theirs; do "
    "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=$k "
    "-keyout $k.key -out $k.pem 2>/dev/null || exit 1; done && openssl req "
    "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 "
    "-subj /CN=curve -keyout curve.key -out curve.pem 2>/dev/null && "
    "for k in ours theirs curve; do openssl pkcs12 -export -inkey $k.key "
    "-in $k.pem -passout pass:mau -out $k.p12 || exit 1; done && "
    "openssl pkcs12 -export -nokeys -in ours.pem -passout pass:mau "
    "-out nokey.p12 && cp ours.pem signer.pem && printf 'mau\\n' >mau && "
    "printf 'sai\\n' >sai && chmod 600 mau sai";

/* Start with this key file and password file. */
static void
start_with(const char *key, const char *password, const char *more)
{
	char settings[1024];

	(void)snprintf(settings, sizeof(settings), "%ssignature_file = "
	    "%s/%s\nsignature_password_file = %s/%s\n", more, keys, key,
	    keys, password);
	world_daemon_start(&world, settings);
}

static int
open_world(void **state)
{
	char options[128];

	(void)state;
	assert_non_null(mkdtemp(keys));
	assert_int_equal(setenv("KEYS", keys, 1), 0);
	assert_int_equal(world_run(&world, make_keys, NULL), 0);
	(void)snprintf(options, sizeof(options), "--signer %s/signer.pem",
	    keys);
	assert_int_equal(setenv("SIM_GATEWAY_OPTIONS", options, 1), 0);
	world_open(&world);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return world_run(&world, "rm -rf $KEYS", NULL);
}

static int
stop_daemon(void **state)
{
	(void)state;
	world_gateway_fail(&world, "none");
	if (world.daemon != 0)
		(void)world_daemon_stop(&world, SIGTERM);

	return 0;
}

static void
a_signed_notice_is_taken(void **state)
{
	char id[64];

	(void)state;
	start_with("ours.p12", "mau", SETTINGS);
	check_in_id(check_in_admit(&world, "p00301", "", 201), id);
	json_decref(check_in_notice(&world, id, "LK-1", "", 201));
	json_decref(check_in_wait(&world, id, "accepted"));
	(void)world_daemon_stop(&world, SIGTERM);

	/* The insurer is given another certificate, of an elliptic curve. */
	assert_int_equal(world_run(&world,
	    "cp $KEYS/curve.pem $KEYS/signer.pem", NULL), 0);
	start_with("curve.p12", "mau", SETTINGS);
	check_in_id(check_in_admit(&world, "p00302", "", 201), id);
	json_decref(check_in_notice(&world, id, "LK-2",
	    ",\"TEN_DICH_VU\":\"<Khám> & \\\"tư vấn\\\"\"", 400));
	json_decref(check_in_notice(&world, id, "LK-2", "", 201));
	json_decref(check_in_wait(&world, id, "accepted"));
	assert_int_equal(world_run(&world,
	    "cp $KEYS/ours.pem $KEYS/signer.pem", NULL), 0);
}

/* With a stranger's key, or none. Mended by nothing but the right key. */
static void
a_wrong_signature_is_refused_in_words(void **state)
{
	char id[64], path[128];
	json_t *last;

	(void)state;
	start_with("theirs.p12", "mau", SETTINGS);
	check_in_id(check_in_admit(&world, "p00303", "", 201), id);
	json_decref(check_in_notice(&world, id, "LK-3", "", 201));
	last = check_in_wait(&world, id, "rejected");
	assert_string_equal(view_text(last, "words"),
	    "Chữ ký số không hợp lệ: CHUKYDONVI");
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/notices/%s", id,
	    view_text(last, "number"));
	json_decref(last);
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, SETTINGS);
	json_decref(check_in_ask(&world, "PUT", path, "{\"fields\":{}}", 200));
	json_decref(check_in_wait(&world, id, "rejected"));
	(void)world_daemon_stop(&world, SIGTERM);
	start_with("ours.p12", "mau", SETTINGS);
	json_decref(check_in_ask(&world, "PUT", path, "{\"fields\":{}}", 200));
	json_decref(check_in_wait(&world, id, "accepted"));
	assert_int_equal(check_in_arrived(&world, "LK-3"), 1);
}

/* checkind --check-config with this key; what it says must hold words. */
static void
check_config(const char *key, const char *password, int status,
    const char *words)
{
	char command[512], *said = NULL;

	(void)snprintf(command, sizeof(command), "printf '[clinic]\\nfacility "
	    "= 84001\\n[check_in]\\nsignature_file = %%s\\n"
	    "signature_password_file = %%s\\n' $KEYS/%s $KEYS/%s "
	    ">$KEYS/conf && $BIN/checkind -c $KEYS/conf --check-config 2>&1",
	    key, password);
	assert_int_equal(world_run(&world, command, &said), status);
	if (strstr(said, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, said);
	free(said);
}

static void
a_key_that_will_not_sign_is_told_beforehand(void **state)
{
	(void)state;
	check_config("ours.p12", "mau", 0, "");
	check_config("curve.p12", "mau", 0, "");
	check_config("ours.p12", "sai", 1, "ours.p12: the password does not "
	    "open it; see signature_file and signature_password_file");
	check_config("nokey.p12", "mau", 1, "holds no private key");
	check_config("ours.pem", "mau", 1, "not a PKCS #12 file");
	check_config("none.p12", "mau", 1, "No such file");
	/* Ten years on the certificate has expired; ten ago it was none. */
	assert_int_equal(world_run(&world, "echo " TEN_YEARS_MS
	    " >$DIR/clock-offset", NULL), 0);
	check_config("ours.p12", "mau", 1, "its certificate expired on 20");
	assert_int_equal(world_run(&world, "echo -" TEN_YEARS_MS
	    " >$DIR/clock-offset", NULL), 0);
	check_config("ours.p12", "mau", 1, "its certificate holds from 20");
	assert_int_equal(world_run(&world, "rm $DIR/clock-offset", NULL), 0);
}

/* A clinic does not stop because a certificate has expired. */
static void
an_expired_certificate_stops_no_clinic(void **state)
{
	char id[64];

	(void)state;
	assert_int_equal(world_run(&world, "echo " TEN_YEARS_MS
	    " >$DIR/clock-offset", NULL), 0);
	start_with("ours.p12", "mau", SETTINGS);
	check_in_id(check_in_ask(&world, "POST", "/v1/check-ins",
	    "{\"without_card\":\"no_card\",\"operator\":\"" WORLD_OPERATOR
	    "\"}", 201), id);
	assert_int_equal(world_run(&world, "rm $DIR/clock-offset && "
	    "grep -q 'its certificate expired on' $DIR/checkind.log", NULL),
	    0);
}

/* One notice that never ends well, with long pauses, and others behind it. */
static void
a_doubtful_notice_holds_no_other_visit(void **state)
{
	static const char slow[] = "[gateway]\ncheck_in_timeout_ms = 1500\n"
	    "failures_max = 100\n[check_in]\nlevel = 2025-01-01 primary\n"
	    "backoff_ms = 600000\nbackoff_max_ms = 600000\n";
	char doubtful[64], other[64];
	json_t *last;

	(void)state;
	start_with("ours.p12", "mau", slow);
	check_in_id(check_in_admit(&world, "p00304", "", 201), doubtful);
	check_in_id(check_in_admit(&world, "p00306", "", 201), other);
	world_gateway_fail(&world, "half@checkin&times=1");
	json_decref(check_in_notice(&world, doubtful, "LK-15", "", 201));
	json_decref(check_in_notice(&world, other, "LK-16", "", 201));
	json_decref(check_in_wait(&world, other, "accepted"));
	last = check_in_wait(&world, doubtful, "pending");
	assert_int_equal(json_integer_value(json_object_get(last, "tries")),
	    1);
	assert_string_not_equal(view_text(last, "due_at"), "");
	json_decref(last);
	/* One that comes later does not wait either. */
	check_in_id(check_in_admit(&world, "p00307", "", 201), other);
	json_decref(check_in_notice(&world, other, "LK-17", "", 201));
	json_decref(check_in_wait(&world, other, "accepted"));
	(void)world_daemon_stop(&world, SIGTERM);
	(void)world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "\"UPDATE notice SET due_ms = 0 WHERE state = 1\"", NULL);
	start_with("ours.p12", "mau", SETTINGS);
	json_decref(check_in_wait(&world, doubtful, "accepted"));
	assert_int_equal(check_in_arrived(&world, "LK-15"), 2);
	assert_int_equal(check_in_arrived(&world, "LK-16"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_signed_notice_is_taken,
		    stop_daemon),
		cmocka_unit_test_teardown(
		    a_wrong_signature_is_refused_in_words, stop_daemon),
		cmocka_unit_test(a_key_that_will_not_sign_is_told_beforehand),
		cmocka_unit_test_teardown(
		    an_expired_certificate_stops_no_clinic, stop_daemon),
		cmocka_unit_test_teardown(
		    a_doubtful_notice_holds_no_other_visit, stop_daemon)
	};

	return cmocka_run_group_tests_name("notice", tests, open_world,
	    close_world);
}
