/*
 * flow_drop.c - questions as files, put down and taken up by a shell
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
#include <unistd.h>

#include "support/world.h"

#define ROUNDS 12

static struct world world;
static char settings[256];

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	assert_int_equal(world_run(&world, "mkdir -p $DIR/drop", NULL), 0);
	(void)snprintf(settings, sizeof(settings), "[drop]\ndirectory = "
	    "%s/drop\n", world.dir);
	world_daemon_start(&world, settings);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* Write content under a hidden name, rename it in, wait for its answer, and
 * see that the question is gone. The answer is owned. */
static char *
ask(const char *name, const char *content)
{
	char path[256], command[1024], *answer = NULL;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/drop/req/.%s.tmp", world.dir,
	    name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
	(void)snprintf(command, sizeof(command), "cd $DIR/drop && mv "
	    "req/.%s.tmp req/%s && for i in $(seq 200); do "
	    "[ ! -e req/%s ] && break; sleep 0.1; done; "
	    "[ ! -e req/%s ] && cat res/%s && rm res/%s", name, name, name,
	    name, name, name);
	assert_int_equal(world_run(&world, command, &answer), 0);

	return answer;
}

static void
json_and_xml_are_answered_under_their_names(void **state)
{
	json_t *person = world_person(&world, "code-000");
	char content[1024], *answer;
	json_t *json;

	(void)state;
	(void)snprintf(content, sizeof(content), "{\"number\":\"%s\","
	    "\"full_name\":\"%s\",\"date_of_birth\":\"%s\",\"operator\":\""
	    WORLD_OPERATOR "\"}", view_text(person, "number"),
	    view_text(person, "name"), view_text(person, "birth"));
	answer = ask("a-1.json", content);
	json = json_loads(answer, 0, NULL);
	assert_non_null(json);
	assert_string_equal(view_text(json, "outcome"), "covered");
	assert_string_equal(view_text(json, "source"), "gateway");
	json_decref(json);
	free(answer);
	(void)snprintf(content, sizeof(content), "<lookup><number>%s</number>"
	    "<full_name>%s</full_name><date_of_birth>%s</date_of_birth>"
	    "<operator>" WORLD_OPERATOR "</operator></lookup>",
	    view_text(person, "number"), view_text(person, "name"),
	    view_text(person, "birth"));
	answer = ask("a-1.xml", content);
	assert_non_null(strstr(answer, "<outcome>covered</outcome>"));
	free(answer);
	json_decref(person);
	/* Kind integration, both: none of the desk's lookups, one visit. */
	world_stat_is(&world, "lookups", "total", 0);
	world_stat_is(&world, "visits", "total", 1);
}

static void
what_is_wrong_is_said(void **state)
{
	char *answer = ask("b.json", "{\"number\":\"12\"}");

	(void)state;
	assert_non_null(strstr(answer, "\"field\": \"number\""));
	free(answer);
	answer = ask("b.xml", "<!DOCTYPE l [<!ENTITY a SYSTEM "
	    "\"file:///etc/passwd\">]><lookup><number>&a;</number></lookup>");
	assert_non_null(strstr(answer, "<expected>"));
	assert_null(strstr(answer, "root"));
	free(answer);
	/* A link, a folder and a strange name are no questions. */
	assert_int_equal(world_run(&world, "cd $DIR/drop/req && "
	    "ln -s /etc/passwd link.json && mkdir dir.json && : >'x y.json' "
	    "&& sleep 1.5 && [ -z \"$(ls ../res)\" ] && rm link.json "
	    "'x y.json' && rmdir dir.json", NULL), 0);
}

/* A question about a visit so many days from today. The answer is owned. */
static char *
ask_for_day(const char *name, int days)
{
	time_t when = time(NULL) + 7 * 3600 + (time_t)days * 86400;
	bool xml = strstr(name, ".xml") != NULL;
	json_t *person = world_person(&world, "code-000");
	char day[16], content[1024];
	struct tm tm;

	assert_non_null(gmtime_r(&when, &tm));
	(void)strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	(void)snprintf(content, sizeof(content), xml ? "<lookup><number>%s"
	    "</number><full_name>%s</full_name><date_of_birth>%s"
	    "</date_of_birth><operator>" WORLD_OPERATOR "</operator>"
	    "<visit_date>%s</visit_date></lookup>" : "{\"number\":\"%s\","
	    "\"full_name\":\"%s\",\"date_of_birth\":\"%s\",\"operator\":\""
	    WORLD_OPERATOR "\",\"visit_date\":\"%s\"}",
	    view_text(person, "number"), view_text(person, "name"),
	    view_text(person, "birth"), day);
	json_decref(person);

	return ask(name, content);
}

static size_t
calls(void)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/log");
	size_t count = json_array_size(reply.json);

	reply_free(&reply);

	return count;
}

/* Days away from the limits of stats/visit_date.h: midnight may pass. */
static void
a_day_that_nobody_can_mean_is_refused(void **state)
{
	static const struct { const char *name; int days; } far[] = {
		{ "c-1.json", -370 }, { "c-2.json", 96 }, { "c-3.xml", -3700 },
		{ "c-4.xml", 370 }
	};
	size_t before = calls(), i;
	char *answer;

	(void)state;
	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		answer = ask_for_day(far[i].name, far[i].days);
		assert_non_null(strstr(answer, "visit_date"));
		assert_non_null(strstr(answer, "at most 366 days before today "
		    "and 92 days after it"));
		assert_null(strstr(answer, "outcome"));
		free(answer);
	}
	assert_int_equal(calls(), before);
	answer = ask_for_day("c-5.json", -360);
	assert_non_null(strstr(answer, "\"outcome\""));
	free(answer);
	answer = ask_for_day("c-6.xml", 90);
	assert_non_null(strstr(answer, "<outcome>"));
	free(answer);
	assert_true(calls() > before);
}

/* --- Killed ----------------------------------------------------------------- */

/* A question about this person, renamed into req/. A second link to it is kept
 * beside, so that the same file can be there again. */
static void
put(const char *name, const char *label)
{
	json_t *person = world_person(&world, label);
	char path[256], command[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/drop/kept-%s", world.dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	(void)fprintf(file, "{\"number\":\"%s\",\"full_name\":\"%s\","
	    "\"date_of_birth\":\"%s\",\"operator\":\"" WORLD_OPERATOR "\"}",
	    view_text(person, "number"), view_text(person, "name"),
	    view_text(person, "birth"));
	assert_int_equal(fclose(file), 0);
	json_decref(person);
	(void)snprintf(command, sizeof(command), "cd $DIR/drop && "
	    "ln kept-%s .link && mv .link req/%s", name, name);
	assert_int_equal(world_run(&world, command, NULL), 0);
}

/* Wait until the question is gone; its answer, which stays. */
static json_t *
wait_answer(const char *name)
{
	char command[512], *answer = NULL;
	json_t *json;

	(void)snprintf(command, sizeof(command), "cd $DIR/drop && for i in "
	    "$(seq 300); do [ ! -e req/%s ] && break; sleep 0.1; done; "
	    "[ ! -e req/%s ] && cat res/%s", name, name, name);
	assert_int_equal(world_run(&world, command, &answer), 0);
	json = json_loads(answer, 0, NULL);
	assert_non_null(json);
	free(answer);

	return json;
}

static long
lookups(void)
{
	char *said = NULL;
	long count;

	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "'SELECT count(*) FROM lookup'", &said), 0);
	count = strtol(said, NULL, 10);
	free(said);

	return count;
}

static void
kill_and_start(void)
{
	(void)world_daemon_stop(&world, SIGKILL);
	world_daemon_start(&world, settings);
}

/* The question is read and the insurer asked; no answer is there yet. */
static void
killed_before_the_answer_it_is_the_same_lookup(void **state)
{
	long before = lookups();
	json_t *json;
	int tries;

	(void)state;
	world_gateway_latency(&world, 3000);
	put("c.json", "p00301");
	for (tries = 0; tries < 300 && lookups() == before; tries++)
		(void)usleep(20000);
	assert_int_equal(lookups(), before + 1);
	kill_and_start();
	world_gateway_latency(&world, 0);
	json = wait_answer("c.json");
	assert_int_equal(strlen(view_text(json, "id")), 32);
	json_decref(json);
	assert_int_equal(lookups(), before + 1);
}

/* The answer is there, the question not removed yet: as a kill between leaves
 * them. Told again, under the same id. */
static void
killed_before_the_question_goes_it_is_answered_alike(void **state)
{
	long before = lookups();
	json_t *first, *again;

	(void)state;
	put("d.json", "p00302");
	first = wait_answer("d.json");
	(void)world_daemon_stop(&world, SIGKILL);
	assert_int_equal(world_run(&world, "cd $DIR/drop && "
	    "cp res/d.json res/.d.json.new && ln kept-d.json .link && "
	    "mv .link req/d.json", NULL), 0);
	world_daemon_start(&world, settings);
	again = wait_answer("d.json");
	assert_string_equal(view_text(first, "id"), view_text(again, "id"));
	assert_string_equal(view_text(first, "outcome"),
	    view_text(again, "outcome"));
	json_decref(first);
	json_decref(again);
	assert_int_equal(lookups(), before + 1);
	assert_int_equal(world_run(&world, "cd $DIR/drop/res && "
	    "[ \"$(ls -A | grep -c 'd.json')\" = 1 ]", NULL), 0);
}

/* Anywhere else: each question has one lookup and one whole answer. */
static void
killed_anywhere_each_question_is_one_lookup(void **state)
{
	long before = lookups();
	char ids[ROUNDS][40], name[32];
	int i, k;

	(void)state;
	srand(84);
	for (i = 0; i < ROUNDS; i++) {
		(void)snprintf(name, sizeof(name), "k%d.json", i);
		put(name, i % 2 == 0 ? "p00303" : "p00304");
		(void)usleep((unsigned)rand() % 700000);
		kill_and_start();
	}
	for (i = 0; i < ROUNDS; i++) {
		json_t *json;

		(void)snprintf(name, sizeof(name), "k%d.json", i);
		json = wait_answer(name);
		(void)snprintf(ids[i], sizeof(ids[i]), "%s",
		    view_text(json, "id"));
		json_decref(json);
		assert_int_equal(strlen(ids[i]), 32);
		for (k = 0; k < i; k++)
			assert_string_not_equal(ids[i], ids[k]);
	}
	assert_int_equal(lookups(), before + ROUNDS);
	assert_int_equal(world_run(&world, "cd $DIR/drop && "
	    "[ -z \"$(ls -A req)\" ] && ! ls -A res | grep '^[.]'", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_and_xml_are_answered_under_their_names),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(a_day_that_nobody_can_mean_is_refused),
		cmocka_unit_test(
		    killed_before_the_answer_it_is_the_same_lookup),
		cmocka_unit_test(
		    killed_before_the_question_goes_it_is_answered_alike),
		cmocka_unit_test(killed_anywhere_each_question_is_one_lookup),
	};

	return cmocka_run_group_tests_name("drop", tests, open_world,
	    close_world);
}
