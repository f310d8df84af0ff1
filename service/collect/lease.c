/*
 * lease.c - which collector asks which daemon, and until when
 */
#include <stdio.h>

#include "collect/lease.h"

#define CLAIM \
	"UPDATE pull SET holder = $1, lease_ms = $2, tried_ms = $3 " \
	"WHERE (facility, station) IN (SELECT facility, station FROM pull " \
	"WHERE lease_ms < $4 AND due_ms <= $5 AND tried_ms < $6 " \
	"ORDER BY due_ms LIMIT $7"

#define CLAIMED ") RETURNING facility, station, failures"

enum ck_err
ck_lease_claim(struct ck_sql *sql, const struct ck_claim *claim,
    struct ck_lease *out, size_t room, size_t *count)
{
	static const char file[] = CLAIM CLAIMED;
	static const char server[] = CLAIM " FOR UPDATE SKIP LOCKED" CLAIMED;
	bool once = claim->once_since_ms != 0;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	*count = 0;
	err = ck_sql_prepare(sql, ck_sql_is_server(sql) ? server : file,
	    &stmt);
	if (err != CK_OK)
		return err;
	ck_sql_bind_text(&stmt, claim->holder);
	ck_sql_bind_int(&stmt, claim->until_ms);
	ck_sql_bind_int(&stmt, claim->now_ms);
	ck_sql_bind_int(&stmt, claim->now_ms);
	ck_sql_bind_int(&stmt, once ? INT64_MAX : claim->now_ms);
	ck_sql_bind_int(&stmt, once ? claim->once_since_ms : INT64_MAX);
	ck_sql_bind_int(&stmt, (int64_t)room);
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    *count < room) {
		struct ck_lease *lease = &out[(*count)++];

		lease->facility = ck_sql_take_int(&stmt);
		(void)snprintf(lease->station, CK_STATION_LEN, "%s",
		    ck_sql_take_text(&stmt));
		lease->failures = ck_sql_take_int(&stmt);
	}
	ck_sql_end(&stmt);

	return err;
}

enum ck_err
ck_lease_end(struct ck_sql *sql, const struct ck_lease_end *end)
{
	static const char good[] =
	    "UPDATE pull SET holder = '', lease_ms = 0, due_ms = $1, "
	    "failures = 0, reason = '', good_ms = $2 "
	    "WHERE facility = $3 AND station = $4 AND holder = $5";
	static const char bad[] =
	    "UPDATE pull SET holder = '', lease_ms = 0, due_ms = $1, "
	    "failures = failures + 1, reason = $2 "
	    "WHERE facility = $3 AND station = $4 AND holder = $5";
	bool well = end->reason[0] == '\0';
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(sql, well ? good : bad, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, end->due_ms);
	if (well)
		ck_sql_bind_int(&stmt, end->now_ms);
	else
		ck_sql_bind_text(&stmt, end->reason);
	ck_sql_bind_int(&stmt, end->lease->facility);
	ck_sql_bind_text(&stmt, end->lease->station);
	ck_sql_bind_text(&stmt, end->holder);

	return ck_sql_queue(&stmt);
}

enum ck_err
ck_lease_renew(struct ck_sql *sql, const struct ck_lease *lease,
    const char *holder, int64_t until_ms)
{
	static const char text[] =
	    "UPDATE pull SET lease_ms = $1 WHERE facility = $2 "
	    "AND station = $3 AND holder = $4";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, until_ms);
	ck_sql_bind_int(&stmt, lease->facility);
	ck_sql_bind_text(&stmt, lease->station);
	ck_sql_bind_text(&stmt, holder);

	return ck_sql_queue(&stmt);
}

enum ck_err
ck_lease_drop(struct ck_sql *sql, const char *holder)
{
	static const char text[] =
	    "UPDATE pull SET holder = '', lease_ms = 0 WHERE holder = $1";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_text(&stmt, holder);

	return ck_sql_run(&stmt);
}
