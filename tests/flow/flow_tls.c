/*
 * flow_tls.c - the insurer over HTTPS: asked over a line that verifies, and
 * not at all over one that does not
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

#include "../unit/tls_front.h"
#include "support/secure.h"

/* A failure is asked about again at once. */
#define CALM "failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"connect_timeout_ms = 5000\ntimeout_ms = 10000\n" \
	"[lookup]\nbudget_ms = 10000\n"

static struct world world;
static struct secure gateway;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	secure_certificates(&world);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* checkind that trusts this issuer; "": the system's. */
static void
start_daemon(const char *issuer)
{
	char settings[512];

	if (issuer[0] == '\0')
		(void)snprintf(settings, sizeof(settings), "[gateway]\n" CALM);
	else
		(void)snprintf(settings, sizeof(settings), "[gateway]\n"
		    "ca_file = %s/tls/%s.pem\n" CALM, world.dir, issuer);
	world_daemon_start(&world, settings);
}

static void
stop_daemon(void)
{
	assert_int_equal(world_daemon_stop(&world, SIGTERM), 0);
}

static json_t *
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
	json_t *json = json_incref(reply.json);

	if (reply.status != 200 && reply.status != 201)
		fail_msg("%s: HTTP %ld: %s", label, reply.status, reply.text);
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);

	return json;
}

static void
assert_covered(const char *label)
{
	json_t *json = look_up(label);

	assert_string_equal(view_text(json, "outcome"), "covered");
	assert_string_equal(view_text(json, "source"), "gateway");
	json_decref(json);
}

/* No answer, whose work that is, and words that say what to do. */
static void
assert_no_line(const char *label)
{
	json_t *json = look_up(label);

	assert_string_equal(view_text(json, "outcome"), "unavailable");
	assert_string_equal(view_text(json, "source"), "none");
	assert_string_equal(view_text(json, "reason"), "line");
	assert_string_equal(view_text(json, "owner"), "line");
	assert_string_equal(view_text(json, "message"),
	    "Không kết nối được với cổng BHYT.");
	assert_non_null(strstr(view_text(json, "next_step"),
	    "Vẫn tiếp nhận người bệnh"));
	json_decref(json);
}

static void
assert_logged(const char *words)
{
	char command[256];

	(void)snprintf(command, sizeof(command),
	    "grep -qF '%s' $DIR/checkind.log", words);
	if (world_run(&world, command, NULL) != 0)
		fail_msg("not in the log of checkind: %s", words);
}

static void
a_line_that_verifies_is_asked(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char label[16];

		secure_start(&gateway, &world, "good", hosts[i], 0);
		start_daemon("ca");
		(void)snprintf(label, sizeof(label), "p0050%zu", i);
		assert_covered(label);
		assert_int_equal(secure_count(&gateway, &world, "lookups"), 1);
		assert_int_equal(secure_count(&gateway, &world, "token_takes"),
		    1);
		stop_daemon();
		secure_stop(&gateway);
	}
}

static void
a_line_that_does_not_verify_is_not_asked(void **state)
{
	static const struct {
		const char *certificate, *issuer, *logged;
	} rows[] = {
		{ "expired", "ca", "tls: SSL certificate problem: "
		    "certificate has expired" },
		{ "early", "ca", "tls: SSL certificate problem: "
		    "certificate is not yet valid" },
		{ "elsewhere", "ca", "tls: SSL: no alternative certificate "
		    "subject name matches target host name" },
		{ "unknown", "ca", "tls: SSL certificate problem: "
		    "unable to get local issuer certificate" },
		{ "alone", "ca", "tls: SSL certificate problem: "
		    "self-signed certificate" },
		/* The system's issuers do not know ours. */
		{ "good", "", "tls: SSL certificate problem: "
		    "unable to get local issuer certificate" },
		{ "good", "stranger", "tls: SSL certificate problem: "
		    "unable to get local issuer certificate" },
		{ "", "ca", "tls: " /* a gateway that speaks plain HTTP */ }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char label[16];

		print_message("%s under %s\n", rows[i].certificate,
		    rows[i].issuer);
		assert_int_equal(world_run(&world, ": >$DIR/checkind.log",
		    NULL), 0);
		secure_start(&gateway, &world, rows[i].certificate,
		    "127.0.0.1", 0);
		start_daemon(rows[i].issuer);
		(void)snprintf(label, sizeof(label), "p0051%zu", i);
		assert_no_line(label);
		assert_logged(rows[i].logged);
		/* Neither the account nor the patient has been named. */
		assert_int_equal(secure_count(&gateway, &world, "calls"), 0);
		stop_daemon();
		secure_stop(&gateway);
	}
}

/* Nobody has to start checkind again when the gateway's certificate is. */
static void
a_renewed_certificate_is_enough(void **state)
{
	int port;

	(void)state;
	secure_start(&gateway, &world, "expired", "127.0.0.1", 0);
	start_daemon("ca");
	assert_no_line("p00520");
	port = gateway.port;
	secure_stop(&gateway);
	secure_start(&gateway, &world, "good", "127.0.0.1", port);
	assert_covered("p00521");
	/* And the other way: what was verified once is verified again. */
	secure_stop(&gateway);
	secure_start(&gateway, &world, "elsewhere", "127.0.0.1", port);
	assert_no_line("p00522");
	assert_int_equal(secure_count(&gateway, &world, "calls"), 0);
	stop_daemon();
	secure_stop(&gateway);
}

/* printf clinic:hunter2 | base64 */
#define LOGIN "Y2xpbmljOmh1bnRlcjI="

/* The whole way of docs/egress.md, recipe 1, with a proxy spoken to over TLS:
 * sessions and lookups through its tunnel, the gateway's TLS inside. */
static void
a_proxy_over_tls_carries_all_of_it(void **state)
{
	struct proxy_server proxy;
	struct tls_front front;
	char settings[768], certificates[128];

	(void)state;
	assert_int_equal(world_run(&world, "umask 077; "
	    "echo clinic:hunter2 >$DIR/login", NULL), 0);
	(void)snprintf(certificates, sizeof(certificates), "%s/tls",
	    world.dir);
	secure_start(&gateway, &world, "good", "127.0.0.1", 0);
	proxy_start(&proxy, LOGIN);
	tls_front_start(&front, certificates, "good", proxy.raw.port);
	(void)snprintf(settings, sizeof(settings), "[gateway]\n"
	    "proxy = https://127.0.0.1:%u\nproxy_login_file = %s/login\n"
	    "ca_file = %s/tls/ca.pem\n" CALM, front.server.raw.port,
	    world.dir, world.dir);
	world_daemon_start(&world, settings);
	assert_covered("p00530");
	assert_int_equal(secure_count(&gateway, &world, "lookups"), 1);
	assert_true(proxy.tunnels > 0);
	assert_memory_equal(proxy.request, "CONNECT 127.0.0.1:", 18);
	assert_null(strstr(proxy.request, "/api"));
	stop_daemon();
	tls_front_stop(&front);
	proxy_stop(&proxy);
	secure_stop(&gateway);
}

/* The front serves one caller after the other; whoever it cannot show a good
 * certificate to never asks for a tunnel. */
static void
a_proxy_that_does_not_verify_carries_nothing(void **state)
{
	struct proxy_server proxy;
	struct tls_front front;
	char settings[768], certificates[128];

	(void)state;
	(void)snprintf(certificates, sizeof(certificates), "%s/tls",
	    world.dir);
	secure_start(&gateway, &world, "good", "127.0.0.1", 0);
	proxy_start(&proxy, NULL);
	tls_front_start(&front, certificates, "elsewhere", proxy.raw.port);
	(void)snprintf(settings, sizeof(settings), "[gateway]\n"
	    "proxy = https://127.0.0.1:%u\nca_file = %s/tls/ca.pem\n" CALM,
	    front.server.raw.port, world.dir);
	world_daemon_start(&world, settings);
	assert_no_line("p00531");
	assert_int_equal(secure_count(&gateway, &world, "calls"), 0);
	assert_int_equal(proxy.tunnels, 0);
	stop_daemon();
	tls_front_stop(&front);
	proxy_stop(&proxy);
	secure_stop(&gateway);
}

static void
the_doctor_names_what_is_wrong(void **state)
{
	char *said = NULL;

	(void)state;
	secure_start(&gateway, &world, "expired", "127.0.0.1", 0);
	start_daemon("ca");
	assert_int_equal(world_run(&world,
	    "$BIN/checkin -c $DIR/checkind.conf doctor gateway", &said), 14);
	assert_non_null(strstr(said, "certificate has expired"));
	free(said);
	stop_daemon();
	secure_stop(&gateway);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_verifies_is_asked),
		cmocka_unit_test(a_line_that_does_not_verify_is_not_asked),
		cmocka_unit_test(a_renewed_certificate_is_enough),
		cmocka_unit_test(a_proxy_over_tls_carries_all_of_it),
		cmocka_unit_test(a_proxy_that_does_not_verify_carries_nothing),
		cmocka_unit_test(the_doctor_names_what_is_wrong),
	};

	return cmocka_run_group_tests_name("tls", tests, open_world,
	    close_world);
}
