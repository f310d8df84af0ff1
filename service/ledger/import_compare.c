/*
 * import_compare.c - what the lines of a registry say of each other
 */
#include <stdlib.h>
#include <string.h>

#include "ledger/import_state.h"

static int
compare_days(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* By clinic and day; the line that describes it first, then by station. */
static int
compare_place(const void *a, const void *b)
{
	const struct ck_import_line *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	if (order == 0)
		order = compare_days(x->version.from_day,
		    y->version.from_day);
	if (order == 0 && x->described != y->described)
		order = x->described ? -1 : 1;
	if (order == 0)
		order = strcmp(x->daemon.station, y->daemon.station);

	return order != 0 ? order : compare_days(x->line, y->line);
}

static bool
same_clinic(const struct ck_import_line *a, const struct ck_import_line *b)
{
	return strcmp(a->id, b->id) == 0;
}

static bool
same_day(const struct ck_import_line *a, const struct ck_import_line *b)
{
	return a->version.from_day == b->version.from_day;
}

/* Two lines that describe one clinic on one day differ, or one is too many. */
static bool
same_description(const struct ck_import_line *a,
    const struct ck_import_line *b)
{
	return memcmp(&a->version, &b->version, sizeof(a->version)) == 0;
}

static void
compare_neighbours(struct ck_import *import)
{
	const struct ck_import_line *line, *before;
	size_t i;

	for (i = 0; i < import->count; i++) {
		line = &import->lines[i];
		before = i > 0 ? line - 1 : NULL;
		if (before == NULL || !same_clinic(before, line)) {
			if (!line->described)
				ck_import_defect(import, line->line,
				    "clinic %s begins with a line that only "
				    "adds a station", line->id);
			continue;
		}
		if (!same_day(before, line))
			continue;
		if (strcmp(before->daemon.station, line->daemon.station) == 0)
			ck_import_defect(import, line->line, "clinic %s, "
			    "station \"%s\" stands on line %u with the same "
			    "day", line->id, line->daemon.station,
			    before->line);
		if (line->described && before->described &&
		    !same_description(before, line))
			ck_import_defect(import, line->line, "clinic %s is "
			    "described otherwise on line %u with the same "
			    "day", line->id, before->line);
	}
}

/* --- Managers ------------------------------------------------------------- */

static int
compare_id(const void *key, const void *element)
{
	return strcmp(key, ((const struct ck_import_line *)element)->id);
}

static void
check_managers(struct ck_import *import)
{
	const struct ck_import_line *line;
	size_t i;

	for (i = 0; i < import->count; i++) {
		line = &import->lines[i];
		if (line->version.manager[0] == '\0')
			continue;
		if (strcmp(line->version.manager, line->id) == 0)
			ck_import_defect(import, line->line, "manager: "
			    "clinic %s manages itself; leave it empty",
			    line->id);
		else if (bsearch(line->version.manager, import->lines,
		    import->count, sizeof(*import->lines), compare_id) ==
		    NULL)
			ck_import_defect(import, line->line, "manager: there "
			    "is no clinic %s", line->version.manager);
	}
}

/* --- Codes, keys and addresses of others ---------------------------------- */

/* A line and the day on which its clinic's next description begins. */
struct span_of_code {
	const struct ck_import_line *line;
	int64_t until_day;
};

static int
compare_code(const void *a, const void *b)
{
	const struct span_of_code *x = a, *y = b;
	int order = strcmp(x->line->version.code, y->line->version.code);

	return order != 0 ? order : compare_days(x->line->version.from_day,
	    y->line->version.from_day);
}

/* Lines are sorted: the next description of a clinic comes soon. */
static int64_t
until_day(const struct ck_import *import, size_t i)
{
	const struct ck_import_line *line = &import->lines[i];

	for (i++; i < import->count &&
	    same_clinic(line, &import->lines[i]); i++) {
		if (import->lines[i].described &&
		    !same_day(line, &import->lines[i]))
			return import->lines[i].version.from_day;
	}

	return INT64_MAX;
}

/* No two clinics have one code on the same day. */
static void
check_codes(struct ck_import *import, struct span_of_code *spans)
{
	const struct span_of_code *latest = NULL;
	size_t count = 0, i;

	for (i = 0; i < import->count; i++) {
		if (import->lines[i].described)
			spans[count++] = (struct span_of_code){
				&import->lines[i], until_day(import, i)
			};
	}
	qsort(spans, count, sizeof(*spans), compare_code);
	for (i = 0; i < count; i++) {
		const struct ck_import_line *line = spans[i].line;

		if (latest != NULL && strcmp(latest->line->version.code,
		    line->version.code) == 0) {
			if (!same_clinic(latest->line, line) &&
			    latest->until_day > line->version.from_day)
				ck_import_defect(import, line->line, "code "
				    "%s belongs to clinic %s then: line %u",
				    line->version.code, latest->line->id,
				    latest->line->line);
			if (latest->until_day > spans[i].until_day)
				continue;
		}
		latest = &spans[i];
	}
}

static bool
same_daemon(const struct ck_import_line *a, const struct ck_import_line *b)
{
	return same_clinic(a, b) &&
	    strcmp(a->daemon.station, b->daemon.station) == 0;
}

static int
compare_key(const void *a, const void *b)
{
	const struct ck_import_line *x = *(const struct ck_import_line *const
	    *)a, *y = *(const struct ck_import_line *const *)b;
	int order = memcmp(x->daemon.key, y->daemon.key, CK_KEY_LEN);

	return order != 0 ? order : compare_days(x->line, y->line);
}

static int
compare_address(const void *a, const void *b)
{
	const struct ck_import_line *x = *(const struct ck_import_line *const
	    *)a, *y = *(const struct ck_import_line *const *)b;
	int order = strcmp(x->daemon.address, y->daemon.address);

	return order != 0 ? order : compare_days(x->line, y->line);
}

/* Two daemons with one key could sign for each other; with one address, one of
 * them is never asked. */
static void
check_daemons(struct ck_import *import, const struct ck_import_line **list)
{
	const struct ck_import_line *a, *b;
	size_t count = 0, i;

	for (i = 0; i < import->count; i++) {
		if (import->lines[i].daemon.station[0] != '\0')
			list[count++] = &import->lines[i];
	}
	qsort(list, count, sizeof(*list), compare_key);
	for (i = 1; i < count; i++) {
		a = list[i - 1], b = list[i];
		if (memcmp(a->daemon.key, b->daemon.key, CK_KEY_LEN) == 0 &&
		    !same_daemon(a, b))
			ck_import_defect(import, b->line, "key: the same as "
			    "on line %u, of clinic %s", a->line, a->id);
	}
	qsort(list, count, sizeof(*list), compare_address);
	for (i = 1; i < count; i++) {
		a = list[i - 1], b = list[i];
		if (a->daemon.address[0] != '\0' && !same_daemon(a, b) &&
		    strcmp(a->daemon.address, b->daemon.address) == 0)
			ck_import_defect(import, b->line, "address: the same "
			    "as on line %u, of clinic %s", a->line, a->id);
	}
}

enum ck_err
ck_import_compare(struct ck_import *import)
{
	size_t room = import->count + 1;
	struct span_of_code *spans = calloc(room, sizeof(*spans));
	const struct ck_import_line **list = calloc(room, sizeof(*list));
	enum ck_err err = CK_ERR_NOMEM;

	if (spans == NULL || list == NULL)
		goto out;
	if (import->count > 0)
		qsort(import->lines, import->count, sizeof(*import->lines),
		    compare_place);
	compare_neighbours(import);
	check_managers(import);
	check_codes(import, spans);
	check_daemons(import, list);
	err = CK_OK;
out:
	free(spans);
	free(list);

	return err;
}
