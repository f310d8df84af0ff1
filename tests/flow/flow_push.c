/*
 * flow_push.c - a clinic pushes its figures to its province: checkind to
 * checkin-province serve, over TLS, with a token; the server is not there yet,
 * lets nobody in, is another's, dies, and comes back
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

#include "support/world.h"

/* Far more than the clinic waits after so few failures. */
#define SOON_MS 120000

#define TOKEN "the-token-of-the-clinic-tv-1"
#define OFFICE "the-token-of-the-office"

/* "server" is what the clinic trusts; "other" is an impostor's. */
#define FILES \
	"cd \"$DIR\" && mkdir -m 700 tokens && for name in server other; do " \
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes " \
	"-keyout $name.key -out $name.pem -days 2 -subj /CN=127.0.0.1 -addext " \
	"subjectAltName=IP:127.0.0.1 2>/dev/null || exit 1; done && " \
	"printf " TOKEN " >tokens/tv-1.flow && printf " OFFICE " >office && " \
	"printf a-token-that-nobody-has >wrong && printf " TOKEN " >right && " \
	"chmod 600 tokens/* office wrong right *.key"

static struct world world;
static int port;
static pid_t serving;

static void
run(const char *command)
{
	char *said = NULL;
	int status = world_run(&world, command, &said);

	if (status != 0)
		fail_msg("status %d: %s: %s", status, command, said);
	free(said);
}

static void
configure_province(const char *certificate)
{
	char command[768];

	(void)snprintf(command, sizeof(command), "cd \"$DIR\" && printf "
	    "'[ledger]\\ndatabase = %%s/ledger.db\\n[http]\\nport = %d\\n"
	    "certificate = %%s/%s.pem\\nkey = %%s/%s.key\\n"
	    "token_file = %%s/office\\nclinics_directory = %%s/tokens\\n' "
	    "\"$DIR\" \"$DIR\" \"$DIR\" \"$DIR\" \"$DIR\" >province.conf",
	    port, certificate, certificate);
	run(command);
}

/* The key of its feeds, as the clinic would tell it by telephone. */
static void
register_clinic(void)
{
	char command[1024];

	(void)snprintf(command, sizeof(command), "cd \"$DIR\" && key=$(curl -sf "
	    "http://127.0.0.1:%d/v1/stats/feed?after=0 | jq -r "
	    ".signature.key) && { echo clinic,from,code,name,level,manager,"
	    "commune,district,station,address,key,calendar; echo "
	    "\"tv-1,2020-01-01,84001,Trạm,xã,,Xã,,flow,,$key,1-7\"; } "
	    ">registry.csv && \"$BIN/checkin-province\" -c province.conf "
	    "clinics --import registry.csv", world.port);
	run(command);
}

/* Start the clinic anew, with this token in its file. */
static void
start_clinic(const char *token)
{
	char extra[1024];

	(void)snprintf(extra, sizeof(extra), "[collector]\n"
	    "url = https://127.0.0.1:%d\ntoken_file = %s/%.16s\n"
	    "ca_file = %s/server.pem\ninterval_s = 1\n", port, world.dir,
	    token, world.dir);
	if (world.daemon != 0)
		(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, extra);
}

static void
start_server(const char *certificate)
{
	char command[2048];

	configure_province(certificate);
	(void)snprintf(command, sizeof(command), "exec %s/checkin-province -c "
	    "%s/province.conf serve >>%s/serve.log 2>&1", world.bin, world.dir,
	    world.dir);
	serving = world_spawn(&world, command);
	(void)snprintf(command, sizeof(command), "for i in $(seq 600); do curl "
	    "-s -o /dev/null --cacert \"$DIR/%s.pem\" https://127.0.0.1:%d/"
	    "livez && exit 0; sleep 0.1; done; cat \"$DIR/serve.log\"; exit 1",
	    certificate, port);
	run(command);
}

static void
kill_server(int signal_number)
{
	if (serving == 0)
		return;
	(void)kill(serving, signal_number);
	assert_int_equal(waitpid(serving, NULL, 0), serving);
	serving = 0;
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	port = world_free_port();
	run(FILES);
	world_daemon_start(&world, NULL);
	configure_province("server");
	register_clinic();

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	kill_server(SIGTERM);
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

/* One number of the ledger, read with SQLite's own command. */
static long
ledger(const char *query)
{
	char command[1024], *said = NULL;
	long value;

	(void)snprintf(command, sizeof(command), "sqlite3 -readonly "
	    "-cmd '.timeout 20000' \"$DIR/ledger.db\" \"%s\"", query);
	assert_int_equal(world_run(&world, command, &said), 0);
	value = strtol(said, NULL, 10);
	free(said);

	return value;
}

static long
held(int series)
{
	char query[256];

	(void)snprintf(query, sizeof(query), "SELECT coalesce(sum(count), 0) "
	    "FROM figure f JOIN words w ON w.number = f.words WHERE series = "
	    "%d", series);

	return ledger(query);
}

/* The province has what the clinic has counted, in all four series. */
static void
wait_until_held(void)
{
	static const char *const series[] = { "calls", "lookups", "visits",
	    "cccd" };
	int i = 0, tries = SOON_MS / 100;

	while (i < 4 && tries-- > 0) {
		long counted = world_stat(&world, series[i], "total");

		if (held(i) > counted)
			fail_msg("%s: %ld held, %ld counted", series[i],
			    held(i), counted);
		if (held(i) == counted)
			i++;
		else
			(void)usleep(100000);
	}
	if (i < 4)
		fail_msg("%s: %ld held, %ld counted", series[i], held(i),
		    world_stat(&world, series[i], "total"));
}

/* GET /v1/collector says this of its last try; NULL: all is well. */
static void
wait_for_error(const char *label)
{
	struct reply reply = { 0 };
	int tries;

	for (tries = 0; tries < SOON_MS / 50; tries++) {
		reply_free(&reply);
		reply = world_http(&world, "GET", "/v1/collector", NULL, NULL);
		if (label == NULL ? json_is_null(json_object_get(reply.json,
		    "error")) && !json_is_null(json_object_get(reply.json,
		    "last_success_at")) : strcmp(view_text(reply.json,
		    "error.label"), label) == 0)
			break;
		(void)usleep(50000);
	}
	if (tries == SOON_MS / 50)
		fail_msg("not %s: %s", label != NULL ? label : "well",
		    reply.text);
	reply_free(&reply);
}

static void
nobody_is_there_yet(void **state)
{
	(void)state;
	start_clinic("wrong");
	look_up("code-000");
	look_up("code-010");
	wait_for_error("connect");
}

static void
a_wrong_token_opens_nothing(void **state)
{
	(void)state;
	start_server("server");
	wait_for_error("denied");
	assert_int_equal(held(1), 0);
	assert_int_equal(ledger("SELECT count(*) FROM document"), 0);
}

static void
the_right_one_brings_all(void **state)
{
	(void)state;
	start_clinic("right");
	wait_for_error(NULL);
	wait_until_held();
	assert_int_equal(held(3), 2);
	look_up("code-060");
	wait_until_held();
}

/* The token stays with us when somebody else answers at the address. */
static void
an_impostor_is_told_nothing(void **state)
{
	(void)state;
	kill_server(SIGKILL);
	look_up("code-050");
	start_server("other");
	wait_for_error("tls");
	kill_server(SIGKILL);
	start_server("server");
	wait_until_held();
	wait_for_error(NULL);
}

/* Whatever was on its way when the server died comes again, and counts once. */
static void
a_server_that_dies_loses_and_doubles_nothing(void **state)
{
	static const char *const people[] = { "p00201", "p00202", "p00203",
	    "p00204", "p00205", "p00206" };
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		look_up(people[i]);
		/* at once, or after the clinic has begun to push */
		(void)usleep((useconds_t)(i * 250000));
		kill_server(SIGKILL);
		look_up(people[i]);
		start_server("server");
	}
	wait_until_held();
	assert_int_equal(held(1), 4 + 12);
	assert_int_equal(held(3), 4 + 6);
	assert_int_equal(ledger("SELECT count(*) FROM document WHERE "
	    "verdict <> 1 OR way <> 2"), 0);
	assert_int_equal(ledger("SELECT count(*) FROM stream"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_there_yet),
		cmocka_unit_test(a_wrong_token_opens_nothing),
		cmocka_unit_test(the_right_one_brings_all),
		cmocka_unit_test(an_impostor_is_told_nothing),
		cmocka_unit_test(a_server_that_dies_loses_and_doubles_nothing),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
