/*
 * test_config_docs.c - every key of the configuration is printed and described
 *
 * The table of keys is held against --print-config and docs/checkind.8;
 * test_config.c holds it against the example file. What has no row in the
 * table may not be described either.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/config_keys.h"

#define KEYS_MAX 400

/* How often each row of the table was met. */
struct met {
	unsigned times[KEYS_MAX];
	char section[64];
};

static void
enter(struct met *met, const char *name)
{
	(void)snprintf(met->section, sizeof(met->section), "%.*s",
	    (int)strcspn(name, " ]\n"), name);
}

static void
meet(struct met *met, const char *name)
{
	const struct ck_config_key *key = ck_config_key_find(met->section,
	    name);
	size_t count;

	if (key == NULL)
		fail_msg("there is no key [%s] %s", met->section, name);
	met->times[key - ck_config_keys(&count)]++;
}

static void
each_is_met_once(const struct met *met, const char *place)
{
	const struct ck_config_key *keys;
	size_t i, count;

	keys = ck_config_keys(&count);
	assert_true(count > 0 && count <= KEYS_MAX);
	for (i = 0; i < count; i++) {
		if (met->times[i] != 1)
			fail_msg("[%s] %s stands %u times in %s",
			    keys[i].section, keys[i].name, met->times[i],
			    place);
	}
}

/* The example names one clerk and one desk: each section once. */
static void
every_key_is_printed(void **state)
{
	struct ck_config *config = calloc(1, sizeof(*config));
	struct met met = { .section = "" };
	char *text = NULL, *line, *rest;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(config);
	assert_non_null(out);
	assert_int_equal(ck_config_load(config, "schema/config.example.conf"),
	    CK_OK);
	ck_config_print(config, out);
	assert_int_equal(fclose(out), 0);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '[') {
			enter(&met, line + 1);
		} else if (line[0] != '#') {
			line[strcspn(line, " ")] = '\0';
			meet(&met, line);
		}
	}
	each_is_met_once(&met, "--print-config");
	free(text);
	ck_config_wipe(config);
	free(config);
}

/* ".It Cm one , two": the keys of one entry. */
static void
meet_entry(struct met *met, char *names)
{
	char *name, *rest;

	for (name = strtok_r(names, " ,\n", &rest); name != NULL;
	    name = strtok_r(NULL, " ,\n", &rest))
		meet(met, name);
}

static void
every_key_has_its_entry_in_the_manual(void **state)
{
	static const char begins[] = ".Sh CONFIGURATION", entry[] = ".It Cm ";
	struct met met = { .section = "" };
	bool inside = false;
	char line[256];
	FILE *file = fopen("docs/checkind.8", "re");

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, ".Sh ", 4) == 0)
			inside = strncmp(line, begins,
			    sizeof(begins) - 1) == 0;
		else if (inside && strncmp(line, ".Ss [", 5) == 0)
			enter(&met, line + 5);
		else if (inside && strncmp(line, entry,
		    sizeof(entry) - 1) == 0)
			meet_entry(&met, line + sizeof(entry) - 1);
	}
	(void)fclose(file);
	each_is_met_once(&met, "docs/checkind.8");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_printed),
		cmocka_unit_test(every_key_has_its_entry_in_the_manual),
	};

	return cmocka_run_group_tests_name("config docs", tests, NULL, NULL);
}
