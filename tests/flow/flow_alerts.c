/*
 * flow_alerts.c - docs/monitoring through promtool, amtool and Alertmanager
 *
 * Each alert where it must fire and where it must not, a runbook for each, and
 * one message for one outage, whatever the number of clinics.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/watch.h"

/* Clinics of the province in 2022. */
#define CLINICS 108

static struct world world;
static struct watcher receiver, alertmanager;

static int
open_world(void **state)
{
	(void)state;
	world_open_bare(&world);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	watch_stop(&alertmanager);
	watch_stop(&receiver);
	world_close(&world);

	return 0;
}

static void
assert_shell(const char *command)
{
	char *output = NULL;

	if (world_run(&world, command, &output) != 0)
		fail_msg("%s: %s", command, output);
	free(output);
}

/* --- The files ------------------------------------------------------------ */

static void
what_is_to_be_copied_is_valid(void **state)
{
	(void)state;
	assert_shell("cp -r docs/monitoring $DIR/copy && cd $DIR/copy && "
	    "touch checkin.token province.token && "
	    "cp targets/example.json targets/checkin.json && "
	    "promtool check config prometheus.yml 2>&1");
	assert_shell("promtool check rules --lint=all --lint-fatal "
	    "docs/monitoring/*.rules.yml 2>&1");
	assert_shell("amtool check-config docs/monitoring/alertmanager.yml "
	    "2>&1");
}

static void
alerts_fire_and_rest(void **state)
{
	(void)state;
	assert_shell("promtool test rules tests/monitoring/alerts.test.yml "
	    "2>&1");
}

static void
alerts_of_hours_and_days_fire_and_rest(void **state)
{
	(void)state;
	assert_shell("promtool test rules tests/monitoring/hours.test.yml "
	    "2>&1");
}

static void
this_week_is_told_from_the_last(void **state)
{
	(void)state;
	assert_shell("promtool test rules tests/monitoring/week.test.yml "
	    "2>&1");
}

/* Whoever is woken finds what to do, in Vietnamese and English. */
static void
every_alert_is_tested_and_has_its_runbook(void **state)
{
	char *names = NULL, *name, *rest = NULL;
	char command[512];
	unsigned count = 0;

	(void)state;
	assert_int_equal(world_run(&world, "sed -n 's/^ *- alert: //p' "
	    "docs/monitoring/alerts.rules.yml", &names), 0);
	for (name = strtok_r(names, "\n", &rest); name != NULL;
	    name = strtok_r(NULL, "\n", &rest)) {
		(void)snprintf(command, sizeof(command),
		    "grep -q 'labels:.*alertname=\"%s\"' "
		    "tests/monitoring/*.test.yml && "
		    "grep -qx '### %s' docs/monitoring/README.md && "
		    "anchor=$(echo %s | tr A-Z a-z) && "
		    "sed -n '/alert: %s$/,/runbook:/p' "
		    "docs/monitoring/alerts.rules.yml | "
		    "grep -c \" summary: \\| summary_en: \\| action: \\| "
		    "action_en: \\|README.md#$anchor'\" | grep -qx 5",
		    name, name, name, name);
		if (world_run(&world, command, NULL) != 0)
			fail_msg("%s has no test, no runbook, or not all of "
			    "its words", name);
		count++;
	}
	free(names);
	assert_true(count >= 21);
}

/* --- One outage ----------------------------------------------------------- */

static json_t *
alert(const char *name, const char *province, int clinic)
{
	char facility[16], instance[32];
	json_t *labels = json_pack("{s:s, s:s, s:s, s:s}", "alertname", name,
	    "province", province, "severity", "critical", "scope",
	    clinic == 0 ? "region" : "clinic");

	if (clinic > 0) {
		(void)snprintf(facility, sizeof(facility), "%s%03d", province,
		    clinic);
		(void)snprintf(instance, sizeof(instance), "10.84.0.%d:8484",
		    clinic);
		json_object_set_new(labels, "facility",
		    json_string(facility));
		json_object_set_new(labels, "instance",
		    json_string(instance));
	}

	return json_pack("{s:o, s:{s:s}}", "labels", labels, "annotations",
	    "summary", name);
}

/* Hand alerts to Alertmanager as Prometheus does. Takes the reference. */
static void
post(json_t *alerts)
{
	char *text = json_dumps(alerts, JSON_COMPACT);
	struct reply reply = world_ask(alertmanager.port, "POST",
	    "/api/v2/alerts", text, NULL);

	if (reply.status != 200)
		fail_msg("HTTP %ld: %s", reply.status, reply.text);
	reply_free(&reply);
	free(text);
	json_decref(alerts);
}

/* What arrived about an alert: messages, and the alerts in the last of them
 * that fire. */
struct heard {
	unsigned messages;
	size_t firing;
};

static void
take_message(const json_t *message, const char *name, struct heard *heard)
{
	json_t *alerts = json_object_get(message, "alerts"), *each;
	size_t i, found = 0, firing = 0;

	json_array_foreach(alerts, i, each) {
		json_t *labels = json_object_get(each, "labels");

		if (strcmp(view_text(labels, "alertname"), name) != 0)
			continue;
		found++;
		firing += strcmp(view_text(each, "status"), "firing") == 0;
	}
	if (found == 0)
		return;
	heard->messages++;
	heard->firing = firing;
}

static struct heard
hear(const char *name)
{
	struct heard heard = { 0, 0 };
	char path[128];
	json_t *message;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/messages", world.dir);
	file = fopen(path, "re");
	assert_non_null(file);
	while ((message = json_loadf(file, JSON_DISABLE_EOF_CHECK,
	    NULL)) != NULL) {
		take_message(message, name, &heard);
		json_decref(message);
	}
	(void)fclose(file);

	return heard;
}

static void
wait_firing(const char *name, size_t firing)
{
	struct heard heard = { 0, 0 };
	int tries;

	for (tries = 0; tries < 600; tries++) {
		heard = hear(name);
		if (heard.messages > 0 && heard.firing == firing)
			return;
		(void)usleep(50 * 1000);
	}
	fail_msg("%s: %u messages, the last with %zu that fire, not %zu",
	    name, heard.messages, heard.firing, firing);
}

/* The published configuration; only waits are shorter and the address is
 * ours. */
static void
start_alertmanager(void)
{
	char command[512];

	watch_start(&receiver, &world, "receiver",
	    "node tests/monitoring/receiver.mjs $DIR/messages", "/");
	(void)snprintf(command, sizeof(command), "sed -e 's/group_wait: 30s/"
	    "group_wait: 1s/' -e 's/group_interval: 5m/group_interval: 1s/' "
	    "-e 's/127.0.0.1:9099/127.0.0.1:%d/' "
	    "docs/monitoring/alertmanager.yml >$DIR/alertmanager.yml && "
	    "test $(grep -c ': 1s' $DIR/alertmanager.yml) -eq 2",
	    receiver.port);
	assert_shell(command);
	watch_start(&alertmanager, &world, "alertmanager",
	    "prometheus-alertmanager --config.file=$DIR/alertmanager.yml "
	    "--storage.path=$DIR/alertmanager "
	    "--web.listen-address=127.0.0.1:$PORT "
	    "--cluster.listen-address= --log.level=warn", "/-/ready");
}

/* How many alerts of this name Alertmanager holds back because of another. */
static size_t
held_back(const char *name)
{
	char path[128];
	struct reply reply;
	json_t *each;
	size_t i, held = 0;

	(void)snprintf(path, sizeof(path),
	    "/api/v2/alerts?filter=alertname%%3D%s", name);
	reply = world_ask(alertmanager.port, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	json_array_foreach(reply.json, i, each) {
		json_t *status = json_object_get(each, "status");

		held += strcmp(view_text(status, "state"), "suppressed") == 0 &&
		    json_array_size(json_object_get(status,
		    "inhibitedBy")) == 1;
	}
	reply_free(&reply);

	return held;
}

static void
one_outage_of_the_gateway_is_one_message(void **state)
{
	json_t *alerts = json_array();
	int clinic;

	(void)state;
	start_alertmanager();
	json_array_append_new(alerts, alert("CheckinGatewayDown", "84", 0));
	for (clinic = 1; clinic <= CLINICS; clinic++) {
		json_array_append_new(alerts, alert("CheckinLineDown", "84",
		    clinic));
		json_array_append_new(alerts, alert("CheckinRecheckGrowing",
		    "84", clinic));
	}
	post(alerts);
	wait_firing("CheckinGatewayDown", 1);
	/* What came later and is heard says that all before was decided: a
	 * clinic of another province, and another fault of this one. */
	post(json_pack("[o, o]", alert("CheckinLineDown", "86", 1),
	    alert("CheckinReaderGone", "84", 7)));
	wait_firing("CheckinLineDown", 1);
	wait_firing("CheckinReaderGone", 1);
	assert_int_equal(held_back("CheckinLineDown"), CLINICS);
	assert_int_equal(held_back("CheckinRecheckGrowing"), CLINICS);
	assert_int_equal(hear("CheckinGatewayDown").messages, 1);
	assert_int_equal(hear("CheckinLineDown").messages, 1);
	assert_int_equal(hear("CheckinRecheckGrowing").messages, 0);
}

/* The gateway is back and the lines are not: then they are 108 faults, in one
 * message. That the receiver hears them shows that above it would have. */
static void
what_was_held_back_is_told_when_the_outage_is_over(void **state)
{
	json_t *over = alert("CheckinGatewayDown", "84", 0);
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	(void)state;
	(void)gmtime_r(&now, &utc);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	json_object_set_new(over, "endsAt", json_string(text));
	post(json_pack("[o]", over));
	wait_firing("CheckinLineDown", CLINICS);
	wait_firing("CheckinGatewayDown", 0);
	/* Its own clinics' lines still explain their queues. */
	assert_int_equal(held_back("CheckinRecheckGrowing"), CLINICS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_to_be_copied_is_valid),
		cmocka_unit_test(alerts_fire_and_rest),
		cmocka_unit_test(alerts_of_hours_and_days_fire_and_rest),
		cmocka_unit_test(this_week_is_told_from_the_last),
		cmocka_unit_test(every_alert_is_tested_and_has_its_runbook),
		cmocka_unit_test(one_outage_of_the_gateway_is_one_message),
		cmocka_unit_test(
		    what_was_held_back_is_told_when_the_outage_is_over),
	};

	return cmocka_run_group_tests_name("alerts", tests, open_world,
	    close_world);
}
