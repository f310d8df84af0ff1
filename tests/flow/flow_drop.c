/*
 * flow_drop.c - questions as files, put down and taken up by a shell
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static struct world world;

static int
open_world(void **state)
{
	char settings[256];

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
	assert_int_equal(world_stat(&world, "lookups", "total"), 0);
	assert_int_equal(world_stat(&world, "visits", "total"), 1);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_and_xml_are_answered_under_their_names),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests_name("drop", tests, open_world,
	    close_world);
}
