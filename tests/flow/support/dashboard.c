/*
 * dashboard.c - a dashboard's panels, and its queries put to Prometheus
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dashboard.h"

/* Queries that may be empty, and why. */
static bool
may_be_empty(const char *expr)
{
	static const char *const empty[] = {
		" offset 1w",		/* begins after a week */
		"checkin_feed_push_last",	/* nothing is pushed here */
		"ALERTS{alertstate=\"firing\"",	/* none fires yet */
	};
	size_t i;

	for (i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		if (strstr(expr, empty[i]) != NULL)
			return true;
	}

	return false;
}

/* Put values for the variables, as Grafana does. Owned. */
static char *
filled(const char *expr)
{
	static const char *const variables[][2] = {
		{ "$__rate_interval", "1m" }, { "$facility", "84001|84002" },
		{ "$station", ".*" }, { "$province", "84" },
		{ "$district", ".*" },
	};
	size_t i, used = 0, size = strlen(expr) + 256;
	char *out = calloc(1, size);

	assert_non_null(out);
	while (*expr != '\0') {
		const char *value = NULL;

		for (i = 0; i < 5 && value == NULL; i++) {
			size_t len = strlen(variables[i][0]);

			if (strncmp(expr, variables[i][0], len) != 0)
				continue;
			value = variables[i][1];
			expr += len;
		}
		used += (size_t)snprintf(out + used, size - used, "%.*s",
		    value == NULL ? 1 : 64, value == NULL ? expr++ : value);
	}
	if (strchr(out, '$') != NULL)
		fail_msg("a variable that nobody sets: %s", out);

	return out;
}

static unsigned
run_targets(const struct watcher *prometheus, json_t *panel)
{
	json_t *target, *result = NULL;
	unsigned count = 0;
	size_t i;

	json_array_foreach(json_object_get(panel, "targets"), i, target) {
		char *expr = filled(view_text(target, "expr"));
		int tries;

		/* What was driven above is in the next scrapes. */
		for (tries = 0; tries < 200; tries++) {
			json_decref(result);
			result = watch_query(prometheus, expr);
			if (json_array_size(result) > 0 || may_be_empty(expr))
				break;
			(void)usleep(50 * 1000);
		}
		if (tries == 200)
			fail_msg("%s: no result: %s",
			    view_text(panel, "title"), expr);
		free(expr);
		count++;
	}
	json_decref(result);

	return count;
}

/* Every panel says what it shows, asks the chosen data source, and covers no
 * other. */
static void
assert_panel(json_t *panel, char grid[200][24])
{
	json_t *place = json_object_get(panel, "gridPos"), *target;
	int x = atoi(view_text(place, "x")), y = atoi(view_text(place, "y"));
	int w = atoi(view_text(place, "w")), h = atoi(view_text(place, "h"));
	int row, column;
	size_t i;

	assert_true(w > 0 && h > 0 && x + w <= 24 && y + h <= 200);
	for (row = y; row < y + h; row++) {
		for (column = x; column < x + w; column++) {
			assert_int_equal(grid[row][column], 0);
			grid[row][column] = 1;
		}
	}
	assert_string_not_equal(view_text(panel, "title"), "");
	if (strcmp(view_text(panel, "type"), "row") == 0)
		return;
	assert_string_not_equal(view_text(panel, "description"), "");
	assert_int_not_equal(json_array_size(json_object_get(panel,
	    "targets")), 0);
	json_array_foreach(json_object_get(panel, "targets"), i, target) {
		char ref[2] = { (char)('A' + i), '\0' };

		assert_string_equal(view_text(target, "refId"), ref);
		assert_string_equal(view_text(target, "datasource.uid"),
		    "${datasource}");
	}
}

unsigned
dashboard_run(const struct watcher *prometheus, const struct world *world,
    const char *name)
{
	static char grid[200][24];
	char path[700];
	json_t *dashboard, *panel;
	json_error_t error;
	unsigned count = 0;
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/docs/monitoring/dashboards/"
	    "%s.json", world->root, name);
	dashboard = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (dashboard == NULL)
		fail_msg("%s: line %d: %s", path, error.line, error.text);
	memset(grid, 0, sizeof(grid));
	assert_string_equal(view_text(json_array_get(json_object_get(
	    json_object_get(dashboard, "templating"), "list"), 0), "type"),
	    "datasource");
	json_array_foreach(json_object_get(dashboard, "panels"), i, panel) {
		assert_int_equal(json_integer_value(json_object_get(panel,
		    "id")), i + 1);
		assert_panel(panel, grid);
		count += run_targets(prometheus, panel);
	}
	json_decref(dashboard);

	return count;
}
