/*
 * flow_https.c - the daemon's own TLS, and who may read what, as curl and
 * openssl see it
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

static struct world world;

/* A CA, our certificate, and clients: a good one, one with another name, one
 * for servers only, one that signed itself. */
#define CERTIFICATES \
	"cd \"$DIR\" && " \
	"new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 " \
	"-nodes -keyout $1.key -out $1.csr -subj \"/CN=$2\" 2>/dev/null; } && " \
	"sign() { printf '%s\\n' \"$2\" >$1.ext && openssl x509 -req -days 2 " \
	"-in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $1.pem " \
	"-extfile $1.ext 2>/dev/null; } && " \
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes " \
	"-keyout ca.key -out ca.pem -days 2 -subj /CN=ca 2>/dev/null && " \
	"new server 127.0.0.1 && sign server 'subjectAltName=IP:127.0.0.1' && " \
	"new good nobody && sign good " \
	"'subjectAltName=DNS:thuthap.example\nextendedKeyUsage=clientAuth' && " \
	"new named thuthap.example && sign named 'extendedKeyUsage=clientAuth' " \
	"&& new other other.example && sign other " \
	"'subjectAltName=DNS:evil.thuthap.example' && " \
	"new purpose thuthap.example && sign purpose " \
	"'extendedKeyUsage=serverAuth' && " \
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes " \
	"-keyout self.key -out self.pem -days 2 -subj /CN=thuthap.example " \
	"2>/dev/null && chmod 600 *.key && " \
	"printf 'the-token-of-the-staff' >staff && " \
	"printf 'the-token-of-the-collector' >feed && chmod 600 staff feed"

/* The daemon with TLS beside the world's own configuration. */
#define START \
	"cd \"$DIR\" && sed \"s|^port = .*|&\\ncertificate = $DIR/server.pem\\n" \
	"key = $DIR/server.key\\nclient_ca = $DIR/ca.pem\\n" \
	"feed_clients = monitor.example thuthap.example\\n" \
	"token_file = $DIR/staff\\nfeed_token_file = $DIR/feed|\" " \
	"checkind.conf >tls.conf && \"$BIN/checkind\" -c tls.conf --check-config " \
	"&& { \"$BIN/checkind\" -c tls.conf >/dev/null 2>>tls.log & echo $! >tls.pid; } && " \
	"for i in $(seq 200); do curl -s --cacert ca.pem -o /dev/null " \
	"\"https://127.0.0.1:$(cat port)/livez\" && exit 0; sleep 0.1; done; exit 1"

static int
open_world(void **state)
{
	char command[128];

	(void)state;
	world_open(&world);
	world_daemon_start(&world, NULL);
	(void)world_daemon_stop(&world, SIGTERM);
	(void)snprintf(command, sizeof(command), "echo %d >\"$DIR/port\"",
	    world.port);
	assert_int_equal(world_run(&world, command, NULL), 0);
	assert_int_equal(world_run(&world, CERTIFICATES, NULL), 0);
	assert_int_equal(world_run(&world, START, NULL), 0);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	(void)world_run(&world, "kill \"$(cat \"$DIR/tls.pid\")\" && while "
	    "kill -0 \"$(cat \"$DIR/tls.pid\")\" 2>/dev/null; do sleep 0.1; "
	    "done", NULL);
	world_close(&world);

	return 0;
}

/* The HTTP status of a request by curl with these options; 0: none came. */
static long
status_of(const char *options, const char *path)
{
	char command[1024], *said = NULL;
	long status;

	(void)snprintf(command, sizeof(command), "cd \"$DIR\" && curl -s "
	    "--cacert ca.pem -o body -w '%%{http_code}' %s "
	    "\"https://127.0.0.1:$(cat port)%s\"", options, path);
	(void)world_run(&world, command, &said);
	status = strtol(said, NULL, 10);
	free(said);

	return status;
}

#define FEED "/v1/stats/feed?after=0"
#define WITH(token) "-H \"Authorization: Bearer $(cat " token ")\""
#define CERT(name) "--cert " name ".pem --key " name ".key"

static void
staff_come_with_their_token(void **state)
{
	(void)state;
	assert_int_equal(status_of("", "/livez"), 200);
	assert_int_equal(status_of("", "/v1/desks"), 401);
	assert_int_equal(status_of("", FEED), 401);
	assert_int_equal(status_of(WITH("staff"), "/v1/desks"), 200);
	assert_int_equal(status_of(WITH("staff"), FEED), 200);
	assert_int_equal(status_of(WITH("staff"), "/"), 200);
	/* TLS for all of it: streams and long answers, too */
	assert_int_equal(status_of(WITH("staff") " --compressed",
	    "/static/desk.js"), 200);
}

static void
the_feed_token_reads_figures_only(void **state)
{
	static const char *const closed[] = {
		"/", "/v1/desks", "/v1/stats", "/v1/station", "/readyz",
		"/v1/collector", "/v1/lookups/0", "/nothing", "/it",
		"/v1/desks/ban-1/photo"
	};
	size_t i;

	(void)state;
	assert_int_equal(status_of(WITH("feed"), FEED), 200);
	assert_int_equal(status_of(WITH("feed"), "/metrics"), 200);
	for (i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		assert_int_equal(status_of(WITH("feed"), closed[i]), 403);
	assert_int_equal(status_of(WITH("feed") " -X POST -d '{}' -H "
	    "'Content-Type: application/json'", "/v1/lookups"), 403);
}

static void
a_client_certificate_reads_the_same(void **state)
{
	static const char *const good[] = { CERT("good"), CERT("named") };
	static const char *const bad[] = {
		CERT("other"), CERT("purpose"), CERT("self")
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(status_of(good[i], FEED), 200);
		assert_int_equal(status_of(good[i], "/metrics"), 200);
		assert_int_equal(status_of(good[i], "/v1/desks"), 401);
		assert_int_equal(status_of(good[i], "/"), 401);
	}
	for (i = 0; i < 3; i++) {
		assert_int_not_equal(status_of(bad[i], FEED), 200);
		assert_int_not_equal(status_of(bad[i], "/metrics"), 200);
	}
}

static void
nothing_goes_without_tls(void **state)
{
	(void)state;
	assert_int_not_equal(world_run(&world, "cd \"$DIR\" && curl -s "
	    "-m 5 -o /dev/null " WITH("staff")
	    " \"http://127.0.0.1:$(cat port)/livez\"", NULL), 0);
	assert_int_not_equal(world_run(&world, "cd \"$DIR\" && openssl "
	    "s_client -connect \"127.0.0.1:$(cat port)\" -tls1_1 -cipher "
	    "'ALL:@SECLEVEL=0' </dev/null >/dev/null 2>&1", NULL), 0);
	assert_int_equal(world_run(&world, "cd \"$DIR\" && openssl "
	    "s_client -connect \"127.0.0.1:$(cat port)\" -tls1_2 -CAfile "
	    "ca.pem -verify_return_error </dev/null >/dev/null 2>&1", NULL),
	    0);
	/* no forward secrecy: not spoken */
	assert_int_not_equal(world_run(&world, "cd \"$DIR\" && openssl "
	    "s_client -connect \"127.0.0.1:$(cat port)\" -tls1_2 -cipher "
	    "kRSA </dev/null >/dev/null 2>&1", NULL), 0);
}

static void
the_operators_command_finds_its_way(void **state)
{
	char *said = NULL;

	(void)state;
	(void)world_run(&world, "\"$BIN/checkin\" -c \"$DIR/tls.conf\" "
	    "doctor", &said);
	assert_non_null(strstr(said, "daemon    ready\n"));
	free(said);
	/* another certificate under the same address: not our daemon */
	assert_int_equal(world_run(&world, "cd \"$DIR\" && sed "
	    "'s|server.pem|good.pem|' tls.conf >false.conf && "
	    "\"$BIN/checkin\" -c false.conf version", NULL), 1);
}

static void
what_does_not_fit_is_refused_at_the_start(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "cd \"$DIR\" && sed "
	    "\"s|^key = .*|key = $DIR/good.key|; s|^directory = .*|directory "
	    "= $DIR/other|; s|^port = .*|port = 1|\" tls.conf >wrong.conf && "
	    "mkdir -p -m 700 other && ! timeout 20 \"$BIN/checkind\" -c "
	    "wrong.conf 2>wrong.log", NULL), 0);
	assert_int_equal(world_run(&world, "cd \"$DIR\" && sed "
	    "'s|^certificate = .*|listen = 0.0.0.0|; s|^key = .*||; "
	    "s|^client_ca.*||; s|^feed_clients.*||' tls.conf >open.conf && "
	    "! \"$BIN/checkind\" -c open.conf --check-config 2>open.log && "
	    "grep -q 'could read the token and the patients' open.log && "
	    "echo 'behind_proxy = yes' >line && sed '/^listen/r line' "
	    "open.conf >proxy.conf && \"$BIN/checkind\" -c proxy.conf "
	    "--check-config", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(staff_come_with_their_token),
		cmocka_unit_test(the_feed_token_reads_figures_only),
		cmocka_unit_test(a_client_certificate_reads_the_same),
		cmocka_unit_test(nothing_goes_without_tls),
		cmocka_unit_test(the_operators_command_finds_its_way),
		cmocka_unit_test(what_does_not_fit_is_refused_at_the_start),
	};

	return cmocka_run_group_tests_name("https", tests, open_world,
	    close_world);
}
