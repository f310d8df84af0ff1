/*
 * ledger.c - opening the ledger, its registry, its positions
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/ledger_state.h"
#include "ledger/schema.h"

/* Once played, always played: the mark outlives the configuration, and a copy
 * of the ledger takes it along. */
static enum ck_err
settle_played(struct ck_ledger *ledger, bool played)
{
	static const char ask[] =
	    "SELECT count(*) FROM counter WHERE name = 'played'";
	static const char mark[] = "INSERT INTO counter (name, value) "
	    "VALUES ('played', 1) ON CONFLICT (name) DO NOTHING";
	int64_t marked;
	enum ck_err err = ck_sql_int(ledger->sql, ask, &marked);

	if (err == CK_OK && played && marked == 0)
		err = ck_sql_exec(ledger->sql, mark);
	ledger->played = played || marked != 0;

	return err;
}

enum ck_err
ck_ledger_open(struct ck_ledger **out,
    const struct ck_ledger_options *options, const struct ck_clock *clock)
{
	struct ck_ledger *ledger = calloc(1, sizeof(*ledger));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (ledger == NULL)
		return CK_ERR_NOMEM;
	ledger->clock = clock;
	ledger->tolerance_ms = options->clock_tolerance_ms > 0 ?
	    options->clock_tolerance_ms : CK_CLOCK_TOLERANCE_MS;
	if ((err = ck_closed_days_load(&ledger->closed,
	    options->closed_days != NULL ? options->closed_days :
	    "")) != CK_OK ||
	    (err = ck_intern_new(&ledger->intern)) != CK_OK ||
	    (err = ck_sql_open(&ledger->sql, options->where)) != CK_OK ||
	    (err = ck_ledger_migrate(ledger->sql,
	    ck_clock_wall_ms(clock))) != CK_OK ||
	    (err = settle_played(ledger, options->played)) != CK_OK)
		goto out;
	*out = ledger;
	ledger = NULL;
out:
	ck_ledger_close(&ledger);

	return err;
}

void
ck_ledger_close(struct ck_ledger **ledger)
{
	if (*ledger == NULL)
		return;
	ck_registry_free(&(*ledger)->narrow);
	ck_registry_free(&(*ledger)->registry);
	ck_intern_free(&(*ledger)->intern);
	ck_sql_close(&(*ledger)->sql);
	ck_closed_days_free(&(*ledger)->closed);
	free(*ledger);
	*ledger = NULL;
}

struct ck_sql *
ck_ledger_sql(struct ck_ledger *ledger)
{
	return ledger->sql;
}

bool
ck_ledger_is_played(const struct ck_ledger *ledger)
{
	return ledger->played;
}

const struct ck_closed_days *
ck_ledger_closed_days(const struct ck_ledger *ledger)
{
	return ledger->closed;
}

static bool
is_wanted(const void *ctx, const struct ck_registry *registry,
    const struct ck_clinic *clinic)
{
	const struct ck_ledger *ledger = ctx;

	return ck_scope_holds(ledger->scope, registry, clinic,
	    ck_day_of_ms(ck_clock_wall_ms(ledger->clock)));
}

enum ck_err
ck_ledger_registry(struct ck_ledger *ledger, const struct ck_registry **out)
{
	static const char text[] =
	    "SELECT value FROM counter WHERE name = 'registry'";
	struct ck_registry *fresh;
	int64_t version;
	enum ck_err err;

	*out = NULL;
	if ((err = ck_sql_int(ledger->sql, text, &version)) != CK_OK)
		return err;
	if (ledger->registry == NULL || version != ledger->registry_version) {
		if ((err = ck_registry_load(&fresh, ledger->sql)) != CK_OK)
			return err;
		ck_registry_free(&ledger->narrow);
		ck_registry_free(&ledger->registry);
		ledger->registry = fresh;
		ledger->registry_version = version;
	}
	if (ledger->scope != NULL && ledger->narrow == NULL &&
	    (err = ck_registry_narrow(&ledger->narrow, ledger->registry,
	    is_wanted, ledger)) != CK_OK)
		return err;
	*out = ledger->scope != NULL ? ledger->narrow : ledger->registry;

	return CK_OK;
}

void
ck_ledger_narrow(struct ck_ledger *ledger, const struct ck_scope *scope)
{
	ck_registry_free(&ledger->narrow);
	ledger->scope = scope;
}

bool
ck_ledger_is_narrow(const struct ck_ledger *ledger)
{
	return ledger->scope != NULL;
}

bool
ck_ledger_shows(const struct ck_ledger *ledger, int64_t facility)
{
	return ledger->scope == NULL || (ledger->narrow != NULL &&
	    ck_registry_by_number(ledger->narrow, facility) != NULL);
}

enum ck_err
ck_ledger_revision(struct ck_ledger *ledger, const char *code,
    const char *station, const char *epoch, int64_t *revision)
{
	static const char text[] =
	    "SELECT revision FROM stream WHERE code = $1 AND station = $2 "
	    "AND epoch = $3";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	*revision = 0;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_text(&stmt, code);
	ck_sql_bind_text(&stmt, station);
	ck_sql_bind_text(&stmt, epoch);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		*revision = ck_sql_take_int(&stmt);
	ck_sql_end(&stmt);

	return err;
}

enum ck_err
ck_ledger_position(struct ck_ledger *ledger, int64_t facility,
    const char *station, char epoch[CK_FEED_EPOCH_LEN], int64_t *revision)
{
	static const char text[] =
	    "SELECT epoch, revision FROM stream WHERE facility = $1 "
	    "AND station = $2 AND made_ms > 0 "
	    "ORDER BY epoch_s DESC, made_ms DESC LIMIT 1";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	*revision = 0;
	epoch[0] = '\0';
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, facility);
	ck_sql_bind_text(&stmt, station);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		(void)snprintf(epoch, CK_FEED_EPOCH_LEN, "%s",
		    ck_sql_take_text(&stmt));
		*revision = ck_sql_take_int(&stmt);
	}
	ck_sql_end(&stmt);

	return err;
}
