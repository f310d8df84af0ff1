/*
 * registry.c - the clinics of the province, in memory
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/registry.h"

/* Who had a code from which day on. */
struct code_row {
	char code[CK_CODE_LEN];
	int64_t from_day;
	const struct ck_clinic *clinic;
};

struct ck_registry {
	struct ck_clinic *clinics;		/* by id */
	size_t count;
	const struct ck_clinic **numbers;	/* the same by number */
	struct code_row *codes;			/* by code, from_day */
	size_t code_count;
	struct ck_clinic_version *versions;	/* of all, by clinic */
	struct ck_clinic_daemon *daemons;	/* of all, by clinic */
};

/* --- Reading -------------------------------------------------------------- */

static void
copy_text(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text);
}

/* Room for as many as the table has. */
static enum ck_err
allocate(void **out, struct ck_sql *sql, const char *count_sql, size_t size,
    size_t *count)
{
	int64_t rows;
	enum ck_err err;

	if ((err = ck_sql_int(sql, count_sql, &rows)) != CK_OK)
		return err;
	*count = (size_t)rows;
	*out = calloc(*count + 1, size);

	return *out == NULL ? CK_ERR_NOMEM : CK_OK;
}

static void
take_version(struct ck_sql_stmt *stmt, struct ck_clinic_version *out)
{
	out->from_day = ck_sql_take_int(stmt);
	copy_text(out->code, CK_CODE_LEN, ck_sql_take_text(stmt));
	copy_text(out->name, CK_PLACE_LEN, ck_sql_take_text(stmt));
	copy_text(out->level, CK_LEVEL_LEN, ck_sql_take_text(stmt));
	copy_text(out->manager, CK_CLINIC_ID_LEN, ck_sql_take_text(stmt));
	copy_text(out->commune, CK_PLACE_LEN, ck_sql_take_text(stmt));
	copy_text(out->district, CK_PLACE_LEN, ck_sql_take_text(stmt));
	copy_text(out->calendar, CK_CALENDAR_LEN, ck_sql_take_text(stmt));
}

static bool
take_daemon(struct ck_sql_stmt *stmt, struct ck_clinic_daemon *out)
{
	struct ck_span key;

	copy_text(out->station, CK_STATION_LEN, ck_sql_take_text(stmt));
	out->from_day = ck_sql_take_int(stmt);
	copy_text(out->address, CK_ADDRESS_LEN, ck_sql_take_text(stmt));
	key = ck_sql_take_blob(stmt);
	if (key.len == CK_KEY_LEN)
		memcpy(out->key, key.ptr, CK_KEY_LEN);

	return key.len == CK_KEY_LEN;
}

/* Clinics by id, each with its number. */
static enum ck_err
load_clinics(struct ck_registry *registry, struct ck_sql *sql)
{
	static const char count[] = "SELECT count(DISTINCT facility) FROM "
	    "facility_version";
	static const char text[] = "SELECT number, id FROM facility f "
	    "WHERE EXISTS (SELECT 1 FROM facility_version v "
	    "WHERE v.facility = f.number) ORDER BY number";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	size_t room;
	bool row;

	if ((err = allocate((void **)&registry->clinics, sql, count,
	    sizeof(*registry->clinics), &room)) != CK_OK ||
	    (err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    registry->count < room) {
		struct ck_clinic *clinic = &registry->clinics[registry->count];

		clinic->number = ck_sql_take_int(&stmt);
		copy_text(clinic->id, CK_CLINIC_ID_LEN,
		    ck_sql_take_text(&stmt));
		registry->count++;
	}
	ck_sql_end(&stmt);

	return err;
}

/* The clinic of this number while they still lie by number. */
static struct ck_clinic *
find_loading(struct ck_registry *registry, int64_t number, size_t *from)
{
	while (*from < registry->count &&
	    registry->clinics[*from].number < number)
		(*from)++;

	return *from < registry->count &&
	    registry->clinics[*from].number == number ?
	    &registry->clinics[*from] : NULL;
}

static enum ck_err
load_versions(struct ck_registry *registry, struct ck_sql *sql)
{
	static const char count[] = "SELECT count(*) FROM facility_version";
	static const char text[] = "SELECT facility, from_day, code, name, "
	    "level, manager, commune, district, calendar "
	    "FROM facility_version ORDER BY facility, from_day";
	struct ck_clinic_version *next;
	struct ck_sql_stmt stmt;
	size_t room, from = 0;
	enum ck_err err;
	bool row;

	if ((err = allocate((void **)&registry->versions, sql, count,
	    sizeof(*registry->versions), &room)) != CK_OK ||
	    (err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	next = registry->versions;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    next < registry->versions + room) {
		struct ck_clinic *clinic = find_loading(registry,
		    ck_sql_take_int(&stmt), &from);

		if (clinic == NULL)
			continue;
		take_version(&stmt, next);
		if (clinic->versions == NULL)
			clinic->versions = next;
		clinic->version_count++;
		next++;
	}
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
load_daemons(struct ck_registry *registry, struct ck_sql *sql)
{
	static const char count[] = "SELECT count(*) FROM daemon";
	static const char text[] = "SELECT facility, station, from_day, "
	    "address, key FROM daemon ORDER BY facility, station, from_day";
	struct ck_clinic_daemon *next;
	struct ck_sql_stmt stmt;
	size_t room, from = 0;
	enum ck_err err;
	bool row;

	if ((err = allocate((void **)&registry->daemons, sql, count,
	    sizeof(*registry->daemons), &room)) != CK_OK ||
	    (err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	next = registry->daemons;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    next < registry->daemons + room) {
		struct ck_clinic *clinic = find_loading(registry,
		    ck_sql_take_int(&stmt), &from);

		if (clinic == NULL || !take_daemon(&stmt, next))
			continue;
		if (clinic->daemons == NULL)
			clinic->daemons = next;
		clinic->daemon_count++;
		next++;
	}
	ck_sql_end(&stmt);

	return err;
}

/* --- Indexes -------------------------------------------------------------- */

static int
compare_id(const void *a, const void *b)
{
	return strcmp(((const struct ck_clinic *)a)->id,
	    ((const struct ck_clinic *)b)->id);
}

static int
compare_number(const void *a, const void *b)
{
	int64_t x = (*(const struct ck_clinic *const *)a)->number;
	int64_t y = (*(const struct ck_clinic *const *)b)->number;

	return x < y ? -1 : x > y;
}

static int
compare_code(const void *a, const void *b)
{
	const struct code_row *x = a, *y = b;
	int order = strcmp(x->code, y->code);

	if (order != 0)
		return order;

	return x->from_day < y->from_day ? -1 : x->from_day > y->from_day;
}

static enum ck_err
build_indexes(struct ck_registry *registry)
{
	size_t versions = 0, i, j;

	qsort(registry->clinics, registry->count, sizeof(*registry->clinics),
	    compare_id);
	for (i = 0; i < registry->count; i++)
		versions += registry->clinics[i].version_count;
	registry->numbers = calloc(registry->count + 1,
	    sizeof(*registry->numbers));
	registry->codes = calloc(versions + 1, sizeof(*registry->codes));
	if (registry->numbers == NULL || registry->codes == NULL)
		return CK_ERR_NOMEM;
	for (i = 0; i < registry->count; i++) {
		const struct ck_clinic *clinic = &registry->clinics[i];

		registry->numbers[i] = clinic;
		for (j = 0; j < clinic->version_count; j++) {
			struct code_row *row =
			    &registry->codes[registry->code_count++];

			memcpy(row->code, clinic->versions[j].code,
			    CK_CODE_LEN);
			row->from_day = clinic->versions[j].from_day;
			row->clinic = clinic;
		}
	}
	qsort(registry->numbers, registry->count, sizeof(*registry->numbers),
	    compare_number);
	qsort(registry->codes, registry->code_count, sizeof(*registry->codes),
	    compare_code);

	return CK_OK;
}

enum ck_err
ck_registry_load(struct ck_registry **out, struct ck_sql *sql)
{
	struct ck_registry *registry = calloc(1, sizeof(*registry));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (registry == NULL)
		return CK_ERR_NOMEM;
	if ((err = load_clinics(registry, sql)) != CK_OK ||
	    (err = load_versions(registry, sql)) != CK_OK ||
	    (err = load_daemons(registry, sql)) != CK_OK ||
	    (err = build_indexes(registry)) != CK_OK)
		goto out;
	*out = registry;
	registry = NULL;
out:
	ck_registry_free(&registry);

	return err;
}

/* Versions and daemons stay those of registry. */
enum ck_err
ck_registry_narrow(struct ck_registry **out,
    const struct ck_registry *registry,
    bool (*wanted)(const void *ctx, const struct ck_registry *registry,
    const struct ck_clinic *clinic), const void *ctx)
{
	struct ck_registry *narrow = calloc(1, sizeof(*narrow));
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	*out = NULL;
	if (narrow == NULL)
		return CK_ERR_NOMEM;
	narrow->clinics = calloc(registry->count + 1,
	    sizeof(*narrow->clinics));
	for (i = 0; i < registry->count && narrow->clinics != NULL; i++) {
		if (wanted(ctx, registry, &registry->clinics[i]))
			narrow->clinics[narrow->count++] =
			    registry->clinics[i];
	}
	if (narrow->clinics != NULL)
		err = build_indexes(narrow);
	if (err != CK_OK)
		ck_registry_free(&narrow);
	*out = narrow;

	return err;
}

void
ck_registry_free(struct ck_registry **registry)
{
	if (*registry == NULL)
		return;
	free((*registry)->clinics);
	free((*registry)->numbers);
	free((*registry)->codes);
	free((*registry)->versions);
	free((*registry)->daemons);
	free(*registry);
	*registry = NULL;
}

/* --- Asking --------------------------------------------------------------- */

const struct ck_clinic *
ck_registry_clinics(const struct ck_registry *registry, size_t *count)
{
	*count = registry->count;

	return registry->clinics;
}

const struct ck_clinic *
ck_registry_by_number(const struct ck_registry *registry, int64_t number)
{
	size_t low = 0, high = registry->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (registry->numbers[middle]->number < number)
			low = middle + 1;
		else
			high = middle;
	}

	return low < registry->count &&
	    registry->numbers[low]->number == number ?
	    registry->numbers[low] : NULL;
}

const struct ck_clinic *
ck_registry_by_id(const struct ck_registry *registry, const char *id)
{
	size_t low = 0, high = registry->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(registry->clinics[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}

	return low < registry->count &&
	    strcmp(registry->clinics[low].id, id) == 0 ?
	    &registry->clinics[low] : NULL;
}

/* The last row of this code that began by then, else its first. */
const struct ck_clinic *
ck_registry_by_code(const struct ck_registry *registry, const char *code,
    int64_t day)
{
	const struct code_row *row;
	size_t low = 0, high = registry->code_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(registry->codes[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	row = &registry->codes[low];
	if (low == registry->code_count || strcmp(row->code, code) != 0)
		return NULL;
	while (low + 1 < registry->code_count &&
	    strcmp(registry->codes[low + 1].code, code) == 0 &&
	    registry->codes[low + 1].from_day <= day)
		low++;

	return registry->codes[low].clinic;
}

const struct ck_clinic_version *
ck_clinic_on(const struct ck_clinic *clinic, int64_t day)
{
	size_t i = 0;

	while (i + 1 < clinic->version_count &&
	    clinic->versions[i + 1].from_day <= day)
		i++;

	return &clinic->versions[i];
}

const struct ck_clinic_daemon *
ck_clinic_daemon_on(const struct ck_clinic *clinic, const char *station,
    int64_t day)
{
	const struct ck_clinic_daemon *found = NULL;
	size_t i;

	for (i = 0; i < clinic->daemon_count; i++) {
		const struct ck_clinic_daemon *daemon = &clinic->daemons[i];

		if (strcmp(daemon->station, station) == 0 &&
		    (found == NULL || daemon->from_day <= day))
			found = daemon;
	}

	return found;
}
