/*
 * test_routes.c - the daemon's routes, with all its rooms in one process
 *
 * Loop, store, gateway, lookups, desks and server are the real ones. The
 * gateway's address accepts connections and never answers, so a lookup stays
 * under way until its budget ends; the card worker is a program that waits.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/ask.h"
#include "daemon/config.h"
#include "desk/desk.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "eligibility/operators.h"
#include "http/events.h"
#include "http/http.h"
#include "http/request.h"
#include "io/listen.h"
#include "io/loop.h"
#include "io/server.h"
#include "store/store.h"
#include "store/turn.h"

#define OPENAPI "schema/http.openapi.yaml"

#define PERSON "\"number\":\"084190123456\",\"full_name\":\"NGUYỄN THỊ " \
	"MẪU\",\"date_of_birth\":\"1990-03-05\","
#define QUESTION "{" PERSON "\"operator\":\"Trần Thị Trực\"}"

static struct {
	char directory[64];
	struct ck_config config;
	int gateway_fd;
	struct ck_loop *loop;
	struct ck_store *store;
	struct ck_turn *turn;
	struct ck_gateway *gateway;
	struct ck_operators *operators;
	struct ck_lookups *lookups;
	struct ck_events *events;
	struct ck_desks *desks;
	struct ck_http *http;
	struct ck_server *server;
	pthread_t thread;
} w;

static char answer[400000];

static void *
run_loop(void *arg)
{
	(void)arg;

	return ck_loop_run(w.loop) == CK_OK ? NULL : &w;
}

static void
configure(bool practice)
{
	struct ck_config *config = &w.config;
	uint16_t port = 0;
	FILE *file;

	memset(config, 0, sizeof(*config));
	assert_int_equal(ck_listen("127.0.0.1", &port, &w.gateway_fd), CK_OK);
	(void)snprintf(config->gateway_url, sizeof(config->gateway_url),
	    "http://127.0.0.1:%u", port);
	strcpy(config->gateway_user, "84001_BV");
	strcpy(config->gateway_password, "practice");
	config->gateway_connect_timeout_ms = 1000;
	config->gateway_timeout_ms = 2000;
	config->gateway_answer_max = 65536;
	config->budget_ms = 400;
	config->policy = CK_POLICY_FIRST_OF_VISIT;
	config->close_after_ms = 15000;
	config->read_timeout_ms = 5000;
	strcpy(config->facility, practice ? "00000" : "84001");
	strcpy(config->station, "main");
	strcpy(config->language, "vi");
	strcpy(config->listen, "127.0.0.1");
	strcpy(config->operators[0].name, "Trần Thị Trực");
	strcpy(config->operators[0].number, "084180000002");
	config->operator_count = 1;
	config->practice = practice;
	strcpy(w.directory, "/tmp/ck-routes-XXXXXX");
	assert_non_null(mkdtemp(w.directory));
	strcpy(config->directory, w.directory);
	(void)snprintf(config->practice_socket,
	    sizeof(config->practice_socket), "%s/none.sock", w.directory);
	(void)snprintf(config->worker, sizeof(config->worker), "%s/worker",
	    w.directory);
	file = fopen(config->worker, "we");
	assert_non_null(file);
	assert_true(fputs("#!/bin/sh\nexec sleep 60\n", file) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(config->worker, 0700), 0);
}

static void
start_rooms(void)
{
	const struct ck_store_options store = { w.directory,
		w.config.facility, w.config.station, ck_clock_system() };
	struct ck_lookups_options lookups = { .config = &w.config };
	struct ck_desks_options desks = { .config = &w.config };

	assert_int_equal(ck_loop_new(&w.loop, ck_clock_system()), CK_OK);
	assert_int_equal(ck_store_open(&w.store, &store), CK_OK);
	assert_int_equal(ck_turn_new(&w.turn, w.store), CK_OK);
	ck_loop_on_turn_end(w.loop, ck_turn_flush, w.turn);
	assert_int_equal(ck_gateway_new(&w.gateway, &w.config, w.loop),
	    CK_OK);
	lookups.loop = w.loop;
	lookups.turn = w.turn;
	lookups.store = w.store;
	assert_int_equal(ck_operators_new(&w.operators, &w.config, w.loop,
	    w.gateway), CK_OK);
	lookups.gateway = w.gateway;
	lookups.operators = w.operators;
	assert_int_equal(ck_lookups_new(&w.lookups, &lookups), CK_OK);
	assert_int_equal(ck_events_new(&w.events), CK_OK);
	desks.loop = w.loop;
	desks.lookups = w.lookups;
	desks.events = w.events;
	desks.operators = w.operators;
	assert_int_equal(ck_desks_new(&w.desks, &desks), CK_OK);
}

static void
start(bool practice)
{
	struct ck_http_options http = { .config = &w.config };
	struct ck_server_options server = {
		.listen = "127.0.0.1", .token = "", .allowed_hosts = ""
	};

	configure(practice);
	start_rooms();
	http.loop = w.loop;
	http.store = w.store;
	http.turn = w.turn;
	http.gateway = w.gateway;
	http.lookups = w.lookups;
	http.operators = w.operators;
	http.desks = w.desks;
	http.events = w.events;
	assert_int_equal(ck_http_new(&w.http, &http), CK_OK);
	server.routes = ck_http_routes(w.http, &server.route_count);
	server.ctx = w.http;
	server.loop = w.loop;
	assert_int_equal(ck_server_start(&w.server, &server), CK_OK);
	w.config.port = ck_server_port(w.server);
	assert_int_equal(pthread_create(&w.thread, NULL, run_loop, NULL), 0);
}

static int
start_live(void **state)
{
	(void)state;
	start(false);

	return 0;
}

static int
start_practice(void **state)
{
	(void)state;
	start(true);

	return 0;
}

static int
stop(void **state)
{
	char command[128];
	void *failed = NULL;
	bool removed;

	(void)state;
	ck_loop_stop(w.loop);
	(void)pthread_join(w.thread, &failed);
	ck_events_close(w.events);
	ck_server_stop(&w.server);
	ck_http_free(&w.http);
	ck_desks_free(&w.desks);
	ck_events_free(&w.events);
	ck_lookups_free(&w.lookups);
	ck_operators_free(&w.operators);
	ck_gateway_free(&w.gateway);
	ck_turn_free(&w.turn);
	ck_store_close(&w.store);
	ck_loop_free(&w.loop);
	(void)close(w.gateway_fd);
	(void)snprintf(command, sizeof(command), "rm -rf %s", w.directory);
	removed = system(command) == 0;

	return failed == NULL && removed ? 0 : -1;
}

/* Send one request and leave its answer to be heard. */
static int
say(const char *line, const char *headers, const char *body)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(w.config.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval limit = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[4096];
	int len = snprintf(request, sizeof(request), "%s HTTP/1.1\r\n"
	    "Host: 127.0.0.1\r\nConnection: close\r\n%s", line, headers);

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	if (body[0] != '\0')
		len += snprintf(request + len, sizeof(request) - (size_t)len,
		    "Content-Type: application/json\r\nContent-Length: %zu\r\n",
		    strlen(body));
	len += snprintf(request + len, sizeof(request) - (size_t)len,
	    "\r\n%s", body);
	assert_int_equal(send(fd, request, (size_t)len, MSG_NOSIGNAL), len);

	return fd;
}

static void
hear(int fd)
{
	size_t used = 0;
	ssize_t got;

	while ((got = recv(fd, answer + used, sizeof(answer) - 1 - used,
	    0)) > 0)
		used += (size_t)got;
	answer[used] = '\0';
	(void)close(fd);
}

static void
expect(const char *status, const char *part)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "HTTP/1.1 %s ", status);
	if (strncmp(answer, line, strlen(line)) != 0 ||
	    strstr(answer, part) == NULL)
		fail_msg("expected %s with %s, got %.2000s", status, part,
		    answer);
}

static void
ask(const char *line, const char *headers, const char *body)
{
	hear(say(line, headers, body));
}

static void
id_of_answer(char out[64])
{
	const char *id = strstr(answer, "\"id\":\"");

	assert_non_null(id);
	(void)snprintf(out, 64, "%.32s", id + 6);
}

static void
health_station_desks_and_metrics_answer(void **state)
{
	(void)state;
	ask("GET /livez", "", "");
	expect("200", "alive");
	ask("GET /v1/station", "", "");
	expect("200", "{\"facility\":\"84001\",\"station\":\"main\","
	    "\"practice\":false,");
	ask("GET /v1/desks", "", "");
	expect("200", "\"desk\":\"ban-1\"");
	ask("GET /metrics", "", "");
	expect("200", "checkin_build_info{version=");
	expect("200", "# EOF");
	expect("200", "Content-Type: application/openmetrics-text; "
	    "version=1.0.0; charset=utf-8");
	/* What Prometheus sends names both, and prefers OpenMetrics. */
	ask("GET /metrics", "Accept: application/openmetrics-text;"
	    "version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n", "");
	expect("200", "# EOF");
	ask("GET /metrics", "Accept: text/plain\r\n", "");
	expect("200", "Content-Type: text/plain; version=0.0.4; "
	    "charset=utf-8");
	expect("200", "# TYPE checkin_build_info gauge");
	assert_null(strstr(answer, "# EOF"));
	ask("GET /v1/desks/ban-1/photo", "", "");
	expect("404", "no-photo");
	ask("GET /v1/desks/ban-9/events", "", "");
	expect("404", "unknown-desk");
}

static void
scans_that_are_no_code_are_named(void **state)
{
	(void)state;
	ask("POST /v1/desks/ban-1/scan", "", "{\"payload\":\"what?\"}");
	expect("422", "scan-unknown");
	ask("POST /v1/desks/ban-1/scan", "", "{\"payload\":7}");
	expect("422", "#/payload");
	ask("POST /v1/desks/ban-1/scan", "", "{\"payload\":\"084190123456\","
	    "\"date_of_birth\":\"5/3/1990\"}");
	expect("422", "#/date_of_birth");
	ask("POST /v1/desks/ban-9/scan", "", "{\"payload\":\"084190123456\"}");
	expect("404", "unknown-desk");
	ask("POST /v1/desks/ban-1/scan", "", "{\"payload\":\"084190123456\"}");
	expect("204", "");
	ask("GET /v1/desks", "", "");
	expect("200", "\"number\":\"084190123456\"");
	ask("POST /v1/desks/ban-1/reset", "", "{}");
	expect("204", "");
	ask("GET /v1/desks", "", "");
	expect("200", "\"phase\":\"idle\"");
	assert_null(strstr(answer, "084190123456"));
}

static void
a_lookup_is_answered_recorded_and_counted(void **state)
{
	char line[128], id[64];

	(void)state;
	ask("POST /v1/lookups", "", QUESTION);
	expect("200", "\"outcome\":\"unavailable\"");
	expect("200", "\"first_key\":\"id_number\"");
	id_of_answer(id);
	(void)snprintf(line, sizeof(line), "GET /v1/lookups/%s", id);
	ask(line, "", "");
	expect("200", id);
	expect("200", "\"outcome\":\"unavailable\"");
	ask("GET /v1/lookups/00000000000000000000000000000000", "", "");
	expect("404", "unknown-lookup");
	ask("GET /v1/lookups/x", "", "");
	expect("404", "unknown-lookup");
	ask("GET /v1/stats/feed?after=0", "", "");
	expect("200", "\"outcome\":\"unavailable\"");
	expect("200", "\"receipts\":{\"batch\":");
	expect("200", "\"signature\":{\"key\":\"");
	(void)snprintf(line, sizeof(line), "GET /v1/lookups/%s/receipt", id);
	ask(line, "", "");
	expect("200", "full_name: NGUYỄN THỊ MẪU\\n");
	expect("200", "\"about\":\"closed\"");
	(void)snprintf(line, sizeof(line), "GET /v1/receipts/%s", id);
	ask(line, "", "");
	expect("200", "\"about\":\"closed\"");
	(void)snprintf(line, sizeof(line), "GET /v1/check-ins/%s/receipt", id);
	ask(line, "", "");
	expect("404", "This is no check-in's id.");
	ask("GET /v1/lookups/00000000000000000000000000000000/receipt", "",
	    "");
	expect("404", "unknown-receipt");
}

#define FHIR_QUESTION "{\"resourceType\":\"CoverageEligibilityRequest\"," \
	"\"status\":\"active\",\"purpose\":[\"validation\"],\"contained\":[{" \
	"\"resourceType\":\"Patient\",\"id\":\"p\",\"identifier\":[{\"value\":" \
	"\"084190123456\"}],\"name\":[{\"text\":\"NGUYỄN THỊ MẪU\"}]," \
	"\"birthDate\":\"1990-03-05\"}],\"patient\":{\"reference\":\"#p\"}," \
	"\"insurance\":[{\"coverage\":{\"display\":\"BHYT\"}}]}"

static void
fhir_asks_and_reads_the_same_lookup(void **state)
{
	char line[128], id[64];

	(void)state;
	ask("GET /fhir/metadata", "", "");
	expect("200", "application/fhir+json");
	expect("200", "CapabilityStatement");
	ask("POST /fhir/CoverageEligibilityRequest", "", FHIR_QUESTION);
	expect("200", "\"resourceType\":\"CoverageEligibilityResponse\"");
	expect("200", "\"outcome\":\"error\"");
	id_of_answer(id);
	(void)snprintf(line, sizeof(line),
	    "GET /fhir/CoverageEligibilityResponse/%s", id);
	ask(line, "", "");
	expect("200", id);
	(void)snprintf(line, sizeof(line), "GET /fhir/Coverage/%s", id);
	ask(line, "", "");
	expect("200", "\"status\":\"draft\"");
	(void)snprintf(line, sizeof(line), "GET /v1/lookups/%s/receipt", id);
	ask(line, "", "");
	expect("200", "\"about\":\"closed\"");
	ask("POST /fhir/CoverageEligibilityRequest", "", "{}");
	expect("422", "OperationOutcome");
	ask("GET /fhir/Coverage/x", "", "");
	expect("404", "not-found");
}

static void
repetitions_share_one_lookup_also_under_way(void **state)
{
	static const char key[] = "Idempotency-Key: visit-17\r\n";
	char first[64], second[64], third[64];
	int a, b;

	(void)state;
	a = say("POST /v1/lookups", key, QUESTION);
	b = say("POST /v1/lookups", key, QUESTION);
	hear(a);
	expect("200", "unavailable");
	id_of_answer(first);
	hear(b);
	expect("200", "unavailable");
	id_of_answer(second);
	assert_string_equal(first, second);
	ask("POST /v1/lookups", key, QUESTION);
	expect("200", "unavailable");
	id_of_answer(third);
	assert_string_equal(first, third);
	ask("POST /v1/lookups", key, "{\"number\":\"084190123457\","
	    "\"full_name\":\"A\",\"date_of_birth\":\"1990\","
	    "\"operator\":\"Trần Thị Trực\"}");
	expect("422", "idempotency-key-reused");
	ask("POST /v1/lookups", "Idempotency-Key: a b\r\n", QUESTION);
	expect("422", "invalid-idempotency-key");
}

static void
each_defect_of_a_lookup_names_its_member(void **state)
{
	static const char *const rows[][2] = {
		{ "{}", "#/number" },
		{ "{" PERSON "\"operator\":\"Nobody\"}", "#/operator" },
		{ "{" PERSON "\"operator\":\"\"}", "#/operator" },
		{ "{" PERSON "\"operator\":5}", "#/operator" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"visit_date\":\"2026-11\"}", "#/visit_date" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"visit_date\":\"9999-12-31\"}", "92 days after" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"visit_date\":\"2001-01-01\"}", "366 days before" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"desk\":\"Bàn 1\"}", "#/desk" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"presented\":\"passport\"}", "#/presented" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"kind\":\"recheck\"}", "#/kind" },
		{ "{" PERSON "\"operator\":\"Trần Thị Trực\","
		    "\"sex\":\"F\"}", "nothing else" },
		{ "{\"number\":\"1\"}", "#/number" },
		{ "{\"number\":\"084190\"}", "#/number" },
		{ "{\"number\":\"084190123456\",\"full_name\":\" \"}",
		    "#/full_name" },
		{ "{\"number\":\"084190123456\",\"full_name\":\"A\\u0007B\"}",
		    "#/full_name" },
		{ "{\"number\":\"084190123456\",\"full_name\":\"A\","
		    "\"date_of_birth\":\"1990-02-30\"}", "#/date_of_birth" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask("POST /v1/lookups", "", rows[i][0]);
		expect("422", rows[i][1]);
	}
}

static void
figures_come_as_json_or_csv(void **state)
{
	(void)state;
	ask("GET /v1/stats?by=outcome&series=cccd", "", "");
	expect("200", "\"series\":\"cccd\"");
	ask("GET /v1/stats", "Accept: text/csv\r\n", "");
	expect("200", "text/csv");
	expect("200", "day,total,covered");
	ask("GET /v1/stats?by=name", "", "");
	expect("422", "by must be one of");
	ask("GET /v1/stats/feed?after=-1", "", "");
	expect("422", "invalid-query");
	ask("GET /v1/stats/feed?after=99999999999999999999", "", "");
	expect("422", "invalid-query");
	ask("GET /v1/stats/feed?after=9007199254740992", "", "");
	expect("422", "invalid-query");
	ask("GET /v1/stats/feed?after=9007199254740991", "", "");
	expect("200", "\"rows\":[]");
	expect("200", "Vary: Accept-Encoding\r\n");
	assert_null(strstr(answer, "Content-Encoding"));
	ask("GET /v1/stats/feed?after=0", "Accept-Encoding: gzip;q=0\r\n", "");
	expect("200", "\"rows\":[");
	ask("GET /v1/stats/feed?after=0",
	    "Accept-Encoding: br, GZIP ; q=0.5\r\n", "");
	expect("200", "Content-Encoding: gzip\r\n");
}

static void
pages_are_inside_the_program(void **state)
{
	char header[256], tag[128];
	const char *at;

	(void)state;
	ask("GET /", "", "");
	expect("200", "<!doctype html>");
	expect("200", "Content-Type: text/html; charset=utf-8\r\n");
	at = strstr(answer, "ETag: ");
	assert_non_null(at);
	(void)snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(at + 6, "\r"),
	    at + 6);
	(void)snprintf(header, sizeof(header), "If-None-Match: %s\r\n", tag);
	ask("GET /", header, "");
	expect("304", tag);
	ask("GET /text/vi.json", "", "");
	expect("200", "Content-Type: application/json\r\n");
	ask("GET /static/desk.js", "", "");
	expect("200", "text/javascript");
	ask("GET /static/..%2f..%2fetc%2fpasswd", "", "");
	expect("404", "unknown-path");
	ask("GET /text/fr.json", "", "");
	expect("404", "unknown-path");
}

static void
practice_routes_exist_in_practice_only(void **state)
{
	(void)state;
	ask("POST /v1/practice/card", "", "{\"person\":\"code-000\"}");
	expect("404", "not-practice");
	ask("DELETE /v1/practice/card", "", "");
	expect("404", "not-practice");
	ask("GET /v1/practice/people", "", "");
	expect("404", "not-practice");
}

static void
practice_tells_when_the_simulator_is_away(void **state)
{
	(void)state;
	ask("GET /v1/practice/people", "", "");
	expect("503", "simulator-unavailable");
	ask("POST /v1/practice/card", "", "{\"person\":\"a\\nremove\"}");
	expect("422", "#/person");
	ask("POST /v1/practice/card", "",
	    "{\"person\":\"a\",\"fault\":\"x y\"}");
	expect("422", "#/fault");
}

static void
a_clerk_signs_on_at_a_desk_and_off_again(void **state)
{
	static const char sign_on[] = "POST /v1/operators/sign-on";

	(void)state;
	ask("GET /v1/desks", "", "");
	expect("200", "\"operator\":{\"name\":\"Trần Thị Trực\","
	    "\"signed_on\":false,\"state\":\"unknown\",\"reason\":null}");
	ask(sign_on, "", "{\"name\":\"Trần Thị Trực\"}");
	expect("200", "\"state\":\"unknown\"");
	ask("GET /v1/desks", "", "");
	expect("200", "\"signed_on\":false");
	ask(sign_on, "", "{\"name\":\"Trần Thị Trực\",\"desk\":\"ban-1\"}");
	expect("200", "\"state\":\"unknown\"");
	ask("GET /v1/desks", "", "");
	expect("200", "\"signed_on\":true");
	ask(sign_on, "", "{\"name\":\"Nobody\",\"desk\":\"ban-1\"}");
	expect("422", "#/name");
	ask(sign_on, "", "{\"name\":\"Trần Thị Trực\",\"desk\":\"ban-9\"}");
	expect("422", "#/desk");
	ask(sign_on, "", "{\"name\":\"Trần Thị Trực\",\"desk\":7}");
	expect("422", "#/desk");
	ask("DELETE /v1/desks/ban-9/operator", "", "");
	expect("404", "unknown-desk");
	ask("DELETE /v1/desks/ban-1/operator", "", "");
	expect("204", "");
	ask("GET /v1/desks", "", "");
	expect("200", "\"signed_on\":false");
}

static void
the_operators_command_reads_answers(void **state)
{
	struct ck_cli_reply reply;

	(void)state;
	assert_int_equal(ck_cli_ask(&w.config, "GET", "/v1/station", NULL,
	    CK_SPAN_EMPTY, &reply), CK_OK);
	assert_int_equal(reply.status, 200);
	assert_true(reply.body.len > 0 && reply.body.ptr[0] == '{');
	ck_cli_reply_wipe(&reply);
	assert_int_equal(ck_cli_ask(&w.config, "POST", "/v1/lookups", NULL,
	    ck_span_str("{}"), &reply), CK_OK);
	assert_int_equal(reply.status, 422);
	ck_cli_reply_wipe(&reply);
	w.config.port = 1;
	assert_int_equal(ck_cli_ask(&w.config, "GET", "/livez", NULL,
	    CK_SPAN_EMPTY, &reply), CK_ERR_LINE);
	ck_cli_reply_wipe(&reply);
}

/* True when the table has this method under this path. */
static bool
in_table(const struct ck_route *routes, size_t count, const char *method,
    const char *path)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcasecmp(routes[i].method, method) == 0 &&
		    strcmp(routes[i].pattern, path) == 0)
			return true;
	}

	return false;
}

/* Paths stand two blanks deep in the document, methods four. */
static void
the_openapi_document_matches_the_table(void **state)
{
	static const char *const methods[] = { "get", "post", "put",
	    "delete" };
	char line[256], path[128] = "", wanted[16];
	static const struct ck_config config = { .proxy = true };
	size_t described = 0, count, i;
	struct ck_route *routes;
	FILE *file = fopen(OPENAPI, "re");

	(void)state;
	assert_non_null(file);
	assert_int_equal(ck_http_routes_new(&routes, &count, &config), CK_OK);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "  /", 3) == 0)
			(void)snprintf(path, sizeof(path), "%.*s",
			    (int)strcspn(line + 2, ":"), line + 2);
		for (i = 0; i < 4; i++) {
			(void)snprintf(wanted, sizeof(wanted), "    %s:",
			    methods[i]);
			if (strcmp(line, wanted) != 0)
				continue;
			if (!in_table(routes, count, methods[i], path))
				fail_msg("no route %s %s", methods[i], path);
			described++;
		}
	}
	(void)fclose(file);
	free(routes);
	assert_int_equal(described, count);
}

#define LIVE(fn) cmocka_unit_test_setup_teardown(fn, start_live, stop)
#define PRACTICE(fn) cmocka_unit_test_setup_teardown(fn, start_practice, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE(health_station_desks_and_metrics_answer),
		LIVE(scans_that_are_no_code_are_named),
		LIVE(a_lookup_is_answered_recorded_and_counted),
		LIVE(fhir_asks_and_reads_the_same_lookup),
		LIVE(repetitions_share_one_lookup_also_under_way),
		LIVE(each_defect_of_a_lookup_names_its_member),
		LIVE(figures_come_as_json_or_csv),
		LIVE(pages_are_inside_the_program),
		LIVE(practice_routes_exist_in_practice_only),
		PRACTICE(practice_tells_when_the_simulator_is_away),
		LIVE(a_clerk_signs_on_at_a_desk_and_off_again),
		LIVE(the_operators_command_reads_answers),
		cmocka_unit_test(the_openapi_document_matches_the_table),
	};

	return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
