/*
 * import_write.c - a registry without defects becomes the registry
 */
#include <stdio.h>
#include <string.h>

#include "ledger/import_state.h"

/* Run one of our statements that gives nothing and takes nothing. */
static enum ck_err
run_constant(struct ck_sql *sql, const char *text)
{
	struct ck_sql_stmt stmt;
	enum ck_err err = ck_sql_prepare(sql, text, &stmt);

	return err == CK_OK ? ck_sql_queue(&stmt) : err;
}

static bool
begins_clinic(const struct ck_import *import, size_t i)
{
	return i == 0 || strcmp(import->lines[i - 1].id,
	    import->lines[i].id) != 0;
}

/* A description counts once, however many stations stand with it. */
static bool
begins_version(const struct ck_import *import, size_t i)
{
	const struct ck_import_line *line = &import->lines[i];

	return line->described && (begins_clinic(import, i) ||
	    line[-1].version.from_day != line->version.from_day);
}

/* --- Numbers -------------------------------------------------------------- */

static enum ck_err
add_facility(struct ck_sql *sql, const char *id)
{
	static const char text[] = "INSERT INTO facility (id) VALUES ($1) "
	    "ON CONFLICT (id) DO NOTHING";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_text(&stmt, id);

	return ck_sql_queue(&stmt);
}

/* Lines lie by id in bytes; so does the answer, compared in bytes here. */
static void
set_number(struct ck_import *import, const char *id, int64_t number)
{
	size_t low = 0, high = import->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(import->lines[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < import->count &&
	    strcmp(import->lines[low].id, id) == 0; low++)
		import->lines[low].number = number;
}

static enum ck_err
number_clinics(struct ck_import *import, struct ck_sql *sql)
{
	static const char text[] = "SELECT number, id FROM facility";
	struct ck_sql_stmt stmt;
	enum ck_err err = CK_OK;
	size_t i;
	bool row;

	for (i = 0; i < import->count && err == CK_OK; i++) {
		if (begins_clinic(import, i))
			err = add_facility(sql, import->lines[i].id);
	}
	if (err != CK_OK || (err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		int64_t number = ck_sql_take_int(&stmt);

		set_number(import, ck_sql_take_text(&stmt), number);
	}
	ck_sql_end(&stmt);

	return err;
}

/* --- Rows ----------------------------------------------------------------- */

static enum ck_err
write_version(struct ck_sql *sql, const struct ck_import_line *line)
{
	static const char text[] =
	    "INSERT INTO facility_version (facility, from_day, code, name, "
	    "level, manager, commune, district, calendar) "
	    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	const struct ck_clinic_version *version = &line->version;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, line->number);
	ck_sql_bind_int(&stmt, version->from_day);
	ck_sql_bind_text(&stmt, version->code);
	ck_sql_bind_text(&stmt, version->name);
	ck_sql_bind_text(&stmt, version->level);
	ck_sql_bind_text(&stmt, version->manager);
	ck_sql_bind_text(&stmt, version->commune);
	ck_sql_bind_text(&stmt, version->district);
	ck_sql_bind_text(&stmt, version->calendar);

	return ck_sql_queue(&stmt);
}

static enum ck_err
write_daemon(struct ck_sql *sql, const struct ck_import_line *line)
{
	static const char text[] =
	    "INSERT INTO daemon (facility, station, from_day, address, key) "
	    "VALUES ($1, $2, $3, $4, $5)";
	const struct ck_clinic_daemon *daemon = &line->daemon;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, line->number);
	ck_sql_bind_text(&stmt, daemon->station);
	ck_sql_bind_int(&stmt, daemon->from_day);
	ck_sql_bind_text(&stmt, daemon->address);
	ck_sql_bind_blob(&stmt, ck_span_of(daemon->key, CK_KEY_LEN));

	return ck_sql_queue(&stmt);
}

static enum ck_err
write_lines(const struct ck_import *import, struct ck_sql *sql,
    struct ck_import_counts *counts)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < import->count && err == CK_OK; i++) {
		const struct ck_import_line *line = &import->lines[i];

		if (begins_clinic(import, i))
			counts->clinics++;
		if (begins_version(import, i)) {
			counts->versions++;
			err = write_version(sql, line);
		}
		if (err == CK_OK && line->daemon.station[0] != '\0') {
			counts->daemons++;
			err = write_daemon(sql, line);
		}
	}

	return err;
}

/* --- Pulling -------------------------------------------------------------- */

/* Who has an address is asked at once if he was not asked before. */
static enum ck_err
write_pulls(struct ck_sql *sql, int64_t now_ms)
{
	static const char gone[] = "DELETE FROM pull WHERE NOT EXISTS "
	    "(SELECT 1 FROM daemon d WHERE d.facility = pull.facility "
	    "AND d.station = pull.station AND d.address <> '')";
	static const char fresh[] =
	    "INSERT INTO pull (facility, station, due_ms, holder, lease_ms, "
	    "failures, tried_ms, good_ms, reason) SELECT DISTINCT facility, "
	    "station, CAST($1 AS BIGINT), '', 0, 0, 0, 0, '' FROM daemon "
	    "WHERE address <> '' ON CONFLICT (facility, station) DO NOTHING";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = run_constant(sql, gone)) != CK_OK ||
	    (err = ck_sql_prepare(sql, fresh, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, now_ms);

	return ck_sql_queue(&stmt);
}

/* --- What was counted stays somebody's ------------------------------------ */

static enum ck_err
check_counted(struct ck_import *import, struct ck_sql *sql)
{
	static const char text[] =
	    "SELECT DISTINCT f.id, s.code FROM stream s "
	    "JOIN facility f ON f.number = s.facility WHERE NOT EXISTS "
	    "(SELECT 1 FROM facility_version v WHERE v.facility = s.facility "
	    "AND v.code = s.code)";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;
	char id[CK_CLINIC_ID_LEN];

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		(void)snprintf(id, sizeof(id), "%s", ck_sql_take_text(&stmt));
		ck_import_defect(import, 0, "figures of clinic %s were "
		    "counted under code %s: keep a line with both", id,
		    ck_sql_take_text(&stmt));
	}
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
count_clinics(struct ck_sql *sql, int64_t *count)
{
	static const char text[] =
	    "SELECT count(DISTINCT facility) FROM facility_version";

	return ck_sql_int(sql, text, count);
}

/* How many stay, before the old ones go. */
static enum ck_err
count_stayed(struct ck_import *import, struct ck_sql *sql, int64_t *count)
{
	static const char text[] =
	    "SELECT count(*) FROM facility_version WHERE facility = $1";
	struct ck_sql_stmt stmt;
	enum ck_err err = CK_OK;
	size_t i;
	bool row;

	*count = 0;
	for (i = 0; i < import->count && err == CK_OK; i++) {
		if (!begins_clinic(import, i))
			continue;
		if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
			return err;
		ck_sql_bind_int(&stmt, import->lines[i].number);
		if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
		    ck_sql_take_int(&stmt) > 0)
			(*count)++;
		ck_sql_end(&stmt);
	}

	return err;
}

enum ck_err
ck_import_write(struct ck_import *import, struct ck_sql *sql, int64_t now_ms,
    struct ck_import_counts *counts)
{
	static const char drop_daemons[] = "DELETE FROM daemon";
	static const char drop_versions[] = "DELETE FROM facility_version";
	static const char count_up[] =
	    "UPDATE counter SET value = value + 1 WHERE name = 'registry'";
	int64_t before, stayed;
	enum ck_err err;

	/* First of all, so that two imports come one after the other. */
	if ((err = run_constant(sql, count_up)) != CK_OK ||
	    (err = count_clinics(sql, &before)) != CK_OK ||
	    (err = number_clinics(import, sql)) != CK_OK ||
	    (err = count_stayed(import, sql, &stayed)) != CK_OK ||
	    (err = run_constant(sql, drop_daemons)) != CK_OK ||
	    (err = run_constant(sql, drop_versions)) != CK_OK ||
	    (err = write_lines(import, sql, counts)) != CK_OK ||
	    (err = write_pulls(sql, now_ms)) != CK_OK)
		return err;
	counts->added = counts->clinics - (size_t)stayed;
	counts->removed = (size_t)(before - stayed);

	return check_counted(import, sql);
}
