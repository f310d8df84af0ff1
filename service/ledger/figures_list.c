/*
 * figures_list.c - reading streams, documents and pulls
 */
#include <stdio.h>
#include <string.h>

#include "io/gzip.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/ledger_state.h"

static void
take_text(struct ck_sql_stmt *stmt, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", ck_sql_take_text(stmt));
}

static void
take_hash(struct ck_sql_stmt *stmt, uint8_t out[32])
{
	struct ck_span hash = ck_sql_take_blob(stmt);

	memset(out, 0, 32);
	if (hash.len == 32)
		memcpy(out, hash.ptr, 32);
}

/* --- Streams -------------------------------------------------------------- */

static void
take_stream(struct ck_sql_stmt *stmt, struct ck_stream *out)
{
	out->facility = ck_sql_take_int(stmt);
	take_text(stmt, out->code, CK_CODE_LEN);
	take_text(stmt, out->station, CK_STATION_LEN);
	take_text(stmt, out->epoch, CK_FEED_EPOCH_LEN);
	out->epoch_s = ck_sql_take_int(stmt);
	out->latest = ck_sql_take_int(stmt) != 0;
	out->revision = ck_sql_take_int(stmt);
	out->newest = ck_sql_take_int(stmt);
	out->complete_ms = ck_sql_take_int(stmt);
	out->made_ms = ck_sql_take_int(stmt);
	out->received_ms = ck_sql_take_int(stmt);
	out->batch = ck_sql_take_int(stmt);
	take_hash(stmt, out->head);
}

enum ck_err
ck_streams_read(struct ck_ledger *ledger, ck_streams_fn fn, void *ctx)
{
	static const char text[] =
	    "SELECT facility, code, station, epoch, epoch_s, CASE WHEN "
	    "NOT EXISTS (SELECT 1 FROM stream later WHERE later.facility = "
	    "s.facility AND later.station = s.station AND later.epoch_s > "
	    "s.epoch_s AND later.made_ms > 0) THEN 1 ELSE 0 END, revision, "
	    "newest, complete_ms, made_ms, received_ms, batch, head "
	    "FROM stream s WHERE made_ms > 0 "
	    "ORDER BY facility, station, epoch_s, made_ms";
	struct ck_sql_stmt stmt;
	struct ck_stream stream;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		take_stream(&stmt, &stream);
		if (!ck_ledger_shows(ledger, stream.facility))
			continue;
		if ((err = fn(ctx, &stream)) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}

/* --- Documents ------------------------------------------------------------ */

#define DOCUMENT_COLUMNS \
	"number, sha256, way, verdict, reason, detail, received_ms, last_ms, " \
	"made_ms, times, facility, code, station, epoch, after_revision, " \
	"revision, more, row_count, bytes, complete_ms, batch "

static void
take_document(struct ck_sql_stmt *stmt, struct ck_document_row *out)
{
	out->number = ck_sql_take_int(stmt);
	take_hash(stmt, out->sha256);
	out->way = (enum ck_way)ck_sql_take_int(stmt);
	out->verdict = (enum ck_verdict)ck_sql_take_int(stmt);
	take_text(stmt, out->reason, sizeof(out->reason));
	take_text(stmt, out->detail, sizeof(out->detail));
	out->received_ms = ck_sql_take_int(stmt);
	out->last_ms = ck_sql_take_int(stmt);
	out->made_ms = ck_sql_take_int(stmt);
	out->times = ck_sql_take_int(stmt);
	out->facility = ck_sql_take_int(stmt);
	take_text(stmt, out->code, CK_CODE_LEN);
	take_text(stmt, out->station, CK_STATION_LEN);
	take_text(stmt, out->epoch, CK_FEED_EPOCH_LEN);
	out->after = ck_sql_take_int(stmt);
	out->revision = ck_sql_take_int(stmt);
	out->more = ck_sql_take_int(stmt) != 0;
	out->row_count = ck_sql_take_int(stmt);
	out->bytes = ck_sql_take_int(stmt);
	out->complete_ms = ck_sql_take_int(stmt);
	out->batch = ck_sql_take_int(stmt);
}

static enum ck_err
prepare_documents(struct ck_ledger *ledger,
    const struct ck_documents_query *query, struct ck_sql_stmt *stmt)
{
	static const char all[] =
	    "SELECT " DOCUMENT_COLUMNS "FROM document "
	    "WHERE CAST($1 AS INTEGER) IN (0, facility) "
	    "AND CAST($2 AS INTEGER) IN (0, verdict) "
	    "ORDER BY number DESC LIMIT $3";
	static const char not_counted[] =
	    "SELECT " DOCUMENT_COLUMNS "FROM document WHERE verdict IN (2, 3) "
	    "AND CAST($1 AS INTEGER) IN (0, facility) "
	    "ORDER BY number DESC LIMIT $2";
	/* Figures lie by stream and hour. */
	static const char behind[] =
	    "SELECT " DOCUMENT_COLUMNS "FROM document "
	    "WHERE CAST($1 AS INTEGER) IN (0, facility) "
	    "AND CAST($2 AS INTEGER) IN (0, verdict) AND number IN "
	    "(SELECT g.document FROM stream s JOIN figure g "
	    "ON g.stream = s.number WHERE CAST($1 AS INTEGER) IN "
	    "(0, s.facility) AND g.hour BETWEEN $3 AND $4) "
	    "ORDER BY number DESC LIMIT $5";
	bool limited = query->to_day != 0 && !query->not_counted;
	enum ck_err err;

	err = ck_sql_prepare(ledger->sql, query->not_counted ? not_counted :
	    limited ? behind : all, stmt);
	if (err != CK_OK)
		return err;
	ck_sql_bind_int(stmt, query->facility);
	if (!query->not_counted)
		ck_sql_bind_int(stmt, (int64_t)query->verdict);
	if (limited) {
		ck_sql_bind_int(stmt, ck_day_first_hour(query->from_day));
		ck_sql_bind_int(stmt,
		    ck_day_first_hour(query->to_day + 1) - 1);
	}
	/* What is not shown does not count. */
	ck_sql_bind_int(stmt, query->limit == 0 ||
	    ck_ledger_is_narrow(ledger) ? INT32_MAX : (int64_t)query->limit);

	return CK_OK;
}

/* Details that name another clinic. */
static void
hide_others(const struct ck_ledger *ledger, struct ck_document_row *document)
{
	if (ck_ledger_is_narrow(ledger) &&
	    (strcmp(document->reason, "wrong_clinic") == 0 ||
	    strcmp(document->reason, "row_clinic") == 0))
		document->detail[0] = '\0';
}

enum ck_err
ck_documents_read(struct ck_ledger *ledger,
    const struct ck_documents_query *query, ck_documents_fn fn, void *ctx)
{
	struct ck_document_row document;
	struct ck_sql_stmt stmt;
	unsigned given = 0;
	enum ck_err err;
	bool row;

	if ((err = prepare_documents(ledger, query, &stmt)) != CK_OK)
		return err;
	while ((query->limit == 0 || given < query->limit) &&
	    (err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		take_document(&stmt, &document);
		if (!ck_ledger_shows(ledger, document.facility))
			continue;
		hide_others(ledger, &document);
		given++;
		if ((err = fn(ctx, &document)) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}

enum ck_err
ck_document_body(struct ck_ledger *ledger, int64_t number, struct ck_buf *out)
{
	static const char text[] = "SELECT zlib FROM body WHERE document = $1";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, number);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK)
		err = row ? ck_gzip_unpack(ck_sql_take_blob(&stmt),
		    CK_DOCUMENT_MAX, out) : CK_ERR_NOT_FOUND;
	ck_sql_end(&stmt);

	return err == CK_ERR_LIMIT || err == CK_ERR_REQUEST ?
	    CK_ERR_STORE_CORRUPT : err;
}

enum ck_err
ck_quarantined_read(struct ck_ledger *ledger, ck_quarantined_fn fn, void *ctx)
{
	static const char text[] =
	    "SELECT facility, count(*) FROM document WHERE verdict = 2 "
	    "GROUP BY facility ORDER BY facility";
	struct ck_sql_stmt stmt;
	int64_t facility;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		facility = ck_sql_take_int(&stmt);
		if (!ck_ledger_shows(ledger, facility))
			continue;
		if ((err = fn(ctx, facility, ck_sql_take_int(&stmt))) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}

/* --- Pauses --------------------------------------------------------------- */

enum ck_err
ck_pauses_read(struct ck_ledger *ledger, int64_t facility, ck_pauses_fn fn,
    void *ctx)
{
	static const char text[] =
	    "SELECT from_ms, until_ms FROM pause WHERE facility = $1 "
	    "ORDER BY from_ms DESC";
	struct ck_sql_stmt stmt;
	int64_t from_ms;
	enum ck_err err;
	bool row;

	if (!ck_ledger_shows(ledger, facility))
		return CK_OK;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, facility);
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		from_ms = ck_sql_take_int(&stmt);
		if ((err = fn(ctx, from_ms, ck_sql_take_int(&stmt))) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}

/* --- Pulls ---------------------------------------------------------------- */

enum ck_err
ck_pulls_read(struct ck_ledger *ledger, ck_pulls_fn fn, void *ctx)
{
	static const char text[] =
	    "SELECT facility, station, due_ms, failures, tried_ms, good_ms, "
	    "reason FROM pull ORDER BY facility, station";
	struct ck_pull_row pull;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		pull.facility = ck_sql_take_int(&stmt);
		if (!ck_ledger_shows(ledger, pull.facility))
			continue;
		take_text(&stmt, pull.station, CK_STATION_LEN);
		pull.due_ms = ck_sql_take_int(&stmt);
		pull.failures = ck_sql_take_int(&stmt);
		pull.tried_ms = ck_sql_take_int(&stmt);
		pull.good_ms = ck_sql_take_int(&stmt);
		take_text(&stmt, pull.reason, sizeof(pull.reason));
		if ((err = fn(ctx, &pull)) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}
