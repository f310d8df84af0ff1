/*
 * flow_monitoring.c - a real Prometheus watches two real daemons
 *
 * Station one has reader, card and gateway; station two has neither reader nor
 * line, and a token. Prometheus runs with the published configuration, rules
 * included, and then every query of the dashboards is put to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/dashboard.h"

#define SETTINGS "[gateway]\nbackoff_ms = 100\nbackoff_max_ms = 100\n"

#define TOKEN "0123456789abcdef-monitoring"

static struct world one, two;
static struct watcher prometheus, node, collector;
static double notice_from, notice_until;	/* when two's was made */

static void
assert_shell(const char *command)
{
	char *output = NULL;

	if (world_run(&one, command, &output) != 0)
		fail_msg("%s: %s", command, output);
	free(output);
}

/* --- Two stations --------------------------------------------------------- */

/* A second one in a folder of its own, which no pcscd and no gateway serves. */
static void
open_second(void)
{
	char extra[512], socket_before[512];

	two = one;
	two.clinic = two.daemon = 0;
	two.port = 0;
	two.gateway_port = 1;
	(void)snprintf(two.dir, sizeof(two.dir), "%.50s/two", one.dir);
	assert_int_equal(mkdir(two.dir, 0700), 0);
	assert_shell("umask 077 && printf " TOKEN " >$DIR/token && "
	    "openssl req -x509 -newkey rsa:2048 -nodes -keyout $DIR/clinic.key "
	    "-out $DIR/clinic.pem -subj /CN=84002 -days 400 2>/dev/null && "
	    "openssl pkcs12 -export -in $DIR/clinic.pem -inkey "
	    "$DIR/clinic.key -out $DIR/clinic.p12 -passout file:$DIR/token");
	(void)snprintf(extra, sizeof(extra), SETTINGS
	    "[http]\ntoken_file = %s/token\n[check_in]\n"
	    "level = 2025-01-01 primary\nbackoff_ms = 60000\n"
	    "signature_file = %s/clinic.p12\n"
	    "signature_password_file = %s/token\n", one.dir, one.dir,
	    one.dir);
	(void)snprintf(socket_before, sizeof(socket_before), "%s",
	    getenv("PCSCLITE_CSOCK_NAME"));
	assert_int_equal(setenv("PCSCLITE_CSOCK_NAME", "/nowhere", 1), 0);
	world_daemon_start_blind(&two, extra);
	assert_int_equal(setenv("PCSCLITE_CSOCK_NAME", socket_before, 1), 0);
}

/* The two as the province knows them. The first signs with its own key. */
static void
write_registry(void)
{
	char command[2048];

	assert_shell("$BIN/checkin -c $DIR/checkind.conf stats export "
	    "$DIR/feed.json && "
	    "printf '[ledger]\\ndatabase = %s\\n' $DIR/ledger.db "
	    ">$DIR/province.conf");
	(void)snprintf(command, sizeof(command), "key=$(head -n 1 "
	    "$DIR/feed.json | jq -r .signature.key) && cat >$DIR/registry.csv "
	    "<<END && $BIN/checkin-province -c $DIR/province.conf clinics "
	    "--import $DIR/registry.csv\n"
	    "clinic,from,code,name,level,manager,commune,district,station,"
	    "address,key,calendar\n"
	    "84001,2026-01-01,84001,Bệnh viện A,tỉnh,,Phường 7,Thành phố Trà "
	    "Vinh,flow,http://127.0.0.1:%d,$key,1-7\n"
	    "84002,2026-01-01,84002,Bệnh viện B,huyện,,Càng Long,Huyện Càng "
	    "Long,flow,http://127.0.0.1:%d,"
	    "$(echo $key | tr 0-9a-f 1-9a-f0),1-7\n"
	    "END\n", one.port, two.port);
	assert_shell(command);
}

/* The published folder, with shorter waits and our own addresses. */
static void
write_configuration(void)
{
	char command[2048];

	assert_shell("cp -r docs/monitoring $DIR/etc && "
	    "cp $DIR/token $DIR/etc/checkin.token && "
	    "cp $DIR/token $DIR/etc/province.token && "
	    "sed -i -e 's/_interval: 30s/_interval: 1s/' "
	    "-e 's/scrape_timeout: 10s/scrape_timeout: 1s/' "
	    "-e 's/127.0.0.1:9093/127.0.0.1:1/' $DIR/etc/prometheus.yml && "
	    "test $(grep -c ': 1s$' $DIR/etc/prometheus.yml) -eq 3");
	write_registry();
	assert_shell("$BIN/checkin-province -c $DIR/province.conf clinics "
	    "--file-sd $DIR/etc/targets/checkin.json");
	(void)snprintf(command, sizeof(command), "cd %s/etc/targets && "
	    "echo '[{\"targets\":[\"127.0.0.1:%d\"],\"labels\":{"
	    "\"province\":\"84\",\"facility\":\"84009\"}}]' >node.json && "
	    "echo '[{\"targets\":[\"127.0.0.1:%d\"],\"labels\":{"
	    "\"province\":\"84\"}}]' >province.json", one.dir, node.port,
	    collector.port);
	assert_shell(command);
}

static void
start_exporter(struct watcher *watcher, const char *name)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "prometheus-node-exporter "
	    "--collector.disable-defaults --collector.textfile "
	    "--collector.textfile.directory=$DIR/%s "
	    "--web.listen-address=127.0.0.1:$PORT --log.level=error", name);
	watch_start(watcher, &one, name, command, "/metrics");
}

static int
open_world(void **state)
{
	char extra[256];

	(void)state;
	world_open(&one);
	assert_shell("mkdir $DIR/node $DIR/province");
	(void)snprintf(extra, sizeof(extra), SETTINGS
	    "[metrics]\ntextfile = %s/node/checkin.prom\nevery_ms = 1000\n",
	    one.dir);
	world_daemon_start(&one, extra);
	open_second();
	start_exporter(&node, "node");
	start_exporter(&collector, "province");
	write_configuration();
	watch_start(&prometheus, &one, "prometheus",
	    "prometheus --config.file=$DIR/etc/prometheus.yml "
	    "--storage.tsdb.path=$DIR/tsdb "
	    "--web.listen-address=127.0.0.1:$PORT --log.level=warn",
	    "/-/ready");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	watch_stop(&prometheus);
	watch_stop(&collector);
	watch_stop(&node);
	if (two.daemon != 0)
		(void)world_daemon_stop(&two, SIGTERM);
	world_close(&one);

	return 0;
}

/* --- A morning's work ----------------------------------------------------- */

static json_t *
ask(const struct world *world, const char *path, const char *body,
    long status)
{
	static const char *const headers[] = {
		"Authorization: Bearer " TOKEN, NULL
	};
	struct reply reply = world_http(world, "POST", path, body, headers);
	json_t *json;

	if (reply.status != status)
		fail_msg("%s: HTTP %ld, not %ld: %s", path, reply.status,
		    status, reply.text);
	json = json_incref(reply.json);
	reply_free(&reply);

	return json;
}

static json_t *
look_up(const struct world *world, const char *label, const char *outcome)
{
	json_t *person = world_person(&one, label);
	json_t *body = json_pack("{s:O, s:O, s:O, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "kind", "desk");
	char *text = json_dumps(body, JSON_COMPACT);
	json_t *json = ask(world, "/v1/lookups", text, 200);

	assert_string_equal(view_text(json, "outcome"), outcome);
	free(text);
	json_decref(body);
	json_decref(person);

	return json;
}

static double
now(void)
{
	struct timespec wall;

	(void)clock_gettime(CLOCK_REALTIME, &wall);

	return (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
}

/* Without a line somebody is admitted, and her notice has to wait. */
static void
admit_without_a_line(void)
{
	json_t *lookup = look_up(&two, "code-000", "unavailable"), *admitted;
	char body[1024], path[128];

	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\",\"operator\":"
	    "\"" WORLD_OPERATOR "\"}", view_text(lookup, "id"));
	admitted = ask(&two, "/v1/check-ins", body, 201);
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/notices",
	    view_text(admitted, "id"));
	notice_from = now();
	json_decref(ask(&two, path, "{\"fields\":{\"MA_LK\":\"LK-1\","
	    "\"MA_BN\":\"BN1\",\"MA_DOITUONG_KCB\":\"1.1\","
	    "\"GIOI_TINH\":\"1\",\"MA_THE_BHYT\":\"DN4848400000001\","
	    "\"MA_DKBD\":\"84001\",\"GT_THE_TU\":\"20260101\","
	    "\"MA_DICH_VU\":\"02.1896\",\"TEN_DICH_VU\":\"Khám\","
	    "\"NGAY_YL\":\"202611230735\"}}", 201));
	notice_until = now();
	json_decref(admitted);
	json_decref(lookup);
}

static void
read_a_card(void)
{
	json_t *person = world_person(&one, "p00300");

	world_card(&one, "insert p00300");
	json_decref(world_wait(&one, 30000, "card_present", "true", NULL));
	assert_int_equal(world_scan(&one, json_string_value(
	    json_object_get(person, "can"))), 204);
	json_decref(world_wait(&one, 30000, "issuer.state", "listed", NULL));
	json_decref(person);
}

static void
the_morning_is_counted_as_it_was(void **state)
{
	(void)state;
	/* Counters count from the first scrape on. */
	watch_wait(&prometheus, "sum(up{job=\"checkin\"})", 2);
	watch_wait(&prometheus, "count(checkin_lookups_total{kind=\"desk\","
	    "outcome=\"covered\",source=\"gateway\",captured=\"his\"})", 3);
	json_decref(look_up(&one, "code-000", "covered"));
	json_decref(look_up(&one, "code-010", "not_covered"));
	json_decref(look_up(&one, "p00302", "covered"));
	admit_without_a_line();
	read_a_card();
	watch_wait(&prometheus, "sum(checkin_lookups_total{facility=\"84001\","
	    "outcome=\"not_covered\",source=\"gateway\"})", 1);
	watch_wait(&prometheus, "sum(checkin_lookups_total{facility=\"84001\","
	    "outcome=\"covered\",source=\"gateway\",captured!=\"chip\"})", 2);
	watch_wait(&prometheus, "sum(checkin_lookups_total{facility=\"84002\","
	    "outcome=\"unavailable\",source=\"none\"})", 1);
	watch_wait(&prometheus, "checkin_card_reads_total{facility=\"84001\","
	    "result=\"ok\"}", 1);
	watch_wait(&prometheus, "checkin_passive_authentication_total{"
	    "facility=\"84001\",result=\"valid\"}", 1);
}

static void
what_had_no_source_once_is_true(void **state)
{
	char expr[256], *end = NULL;

	(void)state;
	/* 2040-01-01, when the simulated issuer ends. */
	watch_wait(&prometheus, "checkin_trust_expiry_timestamp_seconds{"
	    "facility=\"84001\",job=\"checkin\"}", 2208988800.0);
	(void)snprintf(expr, sizeof(expr), "count("
	    "checkin_outbox_oldest_timestamp_seconds{facility=\"84002\"} "
	    ">= %.3f <= %.3f)", notice_from - 0.001, notice_until);
	watch_wait(&prometheus, expr, 1);
	watch_wait(&prometheus, "count(checkin_outbox_oldest_timestamp_"
	    "seconds)", 1);
	watch_wait(&prometheus, "checkin_outbox_pending{facility=\"84002\"}",
	    1);
	watch_wait(&prometheus, "checkin_recheck_queue_length{"
	    "facility=\"84002\"}", 1);
	watch_wait(&prometheus, "checkin_gateway_up{facility=\"84001\"}", 1);
	watch_wait(&prometheus, "checkin_gateway_up{facility=\"84002\"}", 0);
	watch_wait(&prometheus, "sum(checkin_reader_connected{"
	    "facility=\"84001\"}) > bool 0", 1);
	watch_wait(&prometheus, "checkin_ready{facility=\"84002\","
	    "part=\"store\"}", 1);
	watch_wait(&prometheus, "count(checkin_state_free_bytes{"
	    "facility=\"84001\"} > 0 and checkin_state_free_bytes < "
	    "checkin_state_size_bytes)", 1);
	assert_int_equal(world_run(&one, "date +%s -d \"$(openssl x509 -in "
	    "$DIR/clinic.pem -noout -enddate | cut -d= -f2)\"", &end), 0);
	watch_wait(&prometheus, "checkin_certificate_expiry_timestamp_"
	    "seconds{facility=\"84002\",use=\"signature\"}",
	    strtod(end, NULL));
	free(end);
	/* Whose figures they are, by the target and by the clinic itself. */
	watch_wait(&prometheus, "count(checkin_station_info{"
	    "facility=\"84001\",exported_facility=\"84001\","
	    "exported_station=\"flow\"})", 1);
}

/* --- The two formats ------------------------------------------------------ */

/* design.md, section 6. A unit reaches Prometheus in OpenMetrics alone. */
static void
prometheus_reads_each_of_the_contract_as_openmetrics(void **state)
{
	static const char *const families[][3] = {
		{ "checkin_lookups", "counter", "" },
		{ "checkin_lookup_duration_seconds", "histogram", "seconds" },
		{ "checkin_card_reads", "counter", "" },
		{ "checkin_card_read_duration_seconds", "histogram",
		    "seconds" },
		{ "checkin_passive_authentication", "counter", "" },
		{ "checkin_gateway_up", "gauge", "" },
		{ "checkin_gateway_requests", "counter", "" },
		{ "checkin_gateway_last_success_timestamp_seconds", "gauge",
		    "seconds" },
		{ "checkin_cache_entries", "gauge", "" },
		{ "checkin_recheck_queue_length", "gauge", "" },
		{ "checkin_recheck_changed", "counter", "" },
		{ "checkin_outbox_pending", "gauge", "" },
		{ "checkin_outbox_oldest_timestamp_seconds", "gauge",
		    "seconds" },
		{ "checkin_correction_cases_pending", "gauge", "" },
		{ "checkin_correction_cases_oldest_timestamp_seconds",
		    "gauge", "seconds" },
		{ "checkin_correction_cases_refused", "gauge", "" },
		{ "checkin_reader_connected", "gauge", "" },
		{ "checkin_trust_expiry_timestamp_seconds", "gauge",
		    "seconds" },
		{ "checkin_build", "info", "" },
		{ "checkin_state_free_bytes", "gauge", "bytes" },
	};
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		struct reply reply;
		json_t *entry;

		(void)snprintf(path, sizeof(path), "/api/v1/targets/metadata?"
		    "metric=%s&match_target=%%7Bfacility%%3D%%2284001%%22%%7D",
		    families[i][0]);
		reply = world_ask(prometheus.port, "GET", path, NULL, NULL);
		entry = json_array_get(json_object_get(reply.json, "data"), 0);
		if (strcmp(view_text(entry, "type"), families[i][1]) != 0 ||
		    strcmp(view_text(entry, "unit"), families[i][2]) != 0 ||
		    view_text(entry, "help")[0] == '\0')
			fail_msg("%s: %s", families[i][0], reply.text);
		reply_free(&reply);
	}
}

static void
promtool_finds_nothing_to_say_of_the_text_format(void **state)
{
	char command[512];

	(void)state;
	(void)snprintf(command, sizeof(command), "curl -sf -H 'Accept: "
	    "text/plain' http://127.0.0.1:%d/metrics >$DIR/metrics.txt && "
	    "grep -q '^# TYPE checkin_lookups_total counter' "
	    "$DIR/metrics.txt && promtool check metrics <$DIR/metrics.txt "
	    ">$DIR/said 2>&1 && test ! -s $DIR/said", one.port);
	assert_shell(command);
	assert_shell("promtool check metrics <$DIR/node/checkin.prom "
	    ">$DIR/said 2>&1 && test ! -s $DIR/said");
	/* A check that can fail: the other format is not this one. */
	(void)snprintf(command, sizeof(command), "curl -sf "
	    "http://127.0.0.1:%d/metrics | promtool check metrics "
	    ">/dev/null 2>&1", one.port);
	assert_int_not_equal(world_run(&one, command, NULL), 0);
}

static void
node_exporter_reads_the_textfile(void **state)
{
	(void)state;
	watch_wait(&prometheus, "node_textfile_scrape_error{"
	    "job=\"checkin-node\"}", 0);
	watch_wait(&prometheus, "sum(checkin_lookups_total{facility=\"84009\","
	    "outcome=\"not_covered\",source=\"gateway\"})", 1);
	watch_wait(&prometheus, "count(node_textfile_mtime_seconds{"
	    "file=~\".*/checkin[.]prom\"} > time() - 60)", 1);
	/* Readable for everybody, and nothing half-written beside it. */
	assert_shell("test $(stat -c %a $DIR/node/checkin.prom) = 644");
	watch_wait(&prometheus, "count(node_textfile_mtime_seconds{"
	    "job=\"checkin-node\"})", 1);
}

/* --- Rules and dashboards ------------------------------------------------- */

static void
every_rule_is_evaluated_without_an_error(void **state)
{
	struct reply reply;
	json_t *group, *rule;
	size_t i, j, count = 0;

	(void)state;
	watch_wait(&prometheus, "round(100 * facility:checkin_desk_success:"
	    "ratio1h{facility=\"84002\"})", 0);
	watch_wait(&prometheus, "province:checkin_gateway_bad:count", 1);
	reply = world_ask(prometheus.port, "GET", "/api/v1/rules", NULL, NULL);
	json_array_foreach(json_object_get(json_object_get(reply.json,
	    "data"), "groups"), i, group) {
		json_array_foreach(json_object_get(group, "rules"), j, rule) {
			count++;
			if (strcmp(view_text(rule, "health"), "ok") != 0)
				fail_msg("%s: %s", view_text(rule, "name"),
				    view_text(rule, "lastError"));
		}
	}
	reply_free(&reply);
	assert_true(count >= 39);
}

/* A name that nobody exports is a query that is empty for ever. Here nothing is
 * pushed and no case waits: tests/flow/flow_feed.c and flow_corrections.c have
 * those. */
static void
every_name_in_rules_and_dashboards_exists(void **state)
{
	char command[1024];

	(void)state;
	(void)snprintf(command, sizeof(command), "curl -sf http://127.0.0.1:"
	    "%d/api/v1/label/__name__/values | tr ',' '\\n' | "
	    "sed 's/.*\"\\([a-z][A-Za-z0-9_:]*\\)\".*/\\1/' | sort -u "
	    ">$DIR/names && { sed -n '/expr:/,/\\(for\\|labels\\|record\\):/p'"
	    " docs/monitoring/*.rules.yml; grep -h '\"expr\"' "
	    "docs/monitoring/dashboards/*.json; } | "
	    "grep -oE '[a-z_:]*checkin_[A-Za-z0-9_:]+' | sort -u >$DIR/used "
	    "&& test $(wc -l <$DIR/used) -gt 40 && "
	    "comm -13 $DIR/names $DIR/used | "
	    "grep -v -e checkin_feed_push_last -e correction_cases_oldest "
	    ">$DIR/unknown; "
	    "cat $DIR/unknown; test ! -s $DIR/unknown", prometheus.port);
	assert_shell(command);
}

/* What is measured and not written down, nobody finds. */
static void
every_metric_is_written_down(void **state)
{
	char command[1024];

	(void)state;
	(void)snprintf(command, sizeof(command), "{ curl -sf http://127.0.0.1:"
	    "%d/metrics; $BIN/checkin-province -c $DIR/province.conf metrics; "
	    "} | sed -n 's/^# TYPE \\([a-z_]*\\) .*/\\1/p' | sort -u "
	    ">$DIR/families && test $(wc -l <$DIR/families) -gt 30 && "
	    "sed 's/province_clinics_\\(complete\\|silent\\)/"
	    "province_clinics_known/' $DIR/families | while read -r name; do "
	    "grep -q \"^|.*\\`$name[a-z_]*[{\\`]\" docs/monitoring/README.md "
	    "|| { echo $name; exit 1; }; done", one.port);
	assert_shell(command);
}

static void
every_query_of_the_clinics_dashboard_answers(void **state)
{
	(void)state;
	assert_true(dashboard_run(&prometheus, &one, "clinic") >= 39);
}

/* After the province has read the morning from a file. */
static void
every_query_of_the_regions_dashboard_answers(void **state)
{
	(void)state;
	assert_shell("$BIN/checkin -c $DIR/checkind.conf stats export "
	    "$DIR/feed.json && gzip -k $DIR/feed.json && ! "
	    "$BIN/checkin-province -c $DIR/province.conf import "
	    "$DIR/feed.json.gz 2>$DIR/said && grep -q 'compressed: zcat' "
	    "$DIR/said && $BIN/checkin-province -c $DIR/province.conf "
	    "import $DIR/feed.json && $BIN/checkin-province -c "
	    "$DIR/province.conf metrics $DIR/province/province.prom && "
	    "promtool check metrics <$DIR/province/province.prom "
	    ">$DIR/said 2>&1 && test ! -s $DIR/said");
	watch_wait(&prometheus, "checkin_province_documents_total{"
	    "way=\"file\",verdict=\"accepted\"}", 1);
	watch_wait(&prometheus, "checkin_province_clinics_known", 2);
	watch_wait(&prometheus, "checkin_province_clinics_silent", 1);
	assert_true(dashboard_run(&prometheus, &one, "region") >= 36);
}

static void
a_daemon_that_ends_is_seen(void **state)
{
	(void)state;
	(void)world_daemon_stop(&two, SIGTERM);
	watch_wait(&prometheus, "up{facility=\"84002\"}", 0);
	watch_wait(&prometheus, "up{facility=\"84001\"}", 1);
	watch_wait(&prometheus, "count(ALERTS{alertname=\"CheckinDown\","
	    "facility=\"84002\",alertstate=\"pending\"})", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_morning_is_counted_as_it_was),
		cmocka_unit_test(what_had_no_source_once_is_true),
		cmocka_unit_test(
		    prometheus_reads_each_of_the_contract_as_openmetrics),
		cmocka_unit_test(
		    promtool_finds_nothing_to_say_of_the_text_format),
		cmocka_unit_test(node_exporter_reads_the_textfile),
		cmocka_unit_test(every_rule_is_evaluated_without_an_error),
		cmocka_unit_test(every_query_of_the_clinics_dashboard_answers),
		cmocka_unit_test(every_query_of_the_regions_dashboard_answers),
		cmocka_unit_test(every_name_in_rules_and_dashboards_exists),
		cmocka_unit_test(every_metric_is_written_down),
		cmocka_unit_test(a_daemon_that_ends_is_seen),
	};

	return cmocka_run_group_tests_name("monitoring", tests, open_world,
	    close_world);
}
