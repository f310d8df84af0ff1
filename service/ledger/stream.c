/*
 * stream.c - how far a clinic's database is held, and whether it contradicts
 * its own past
 */
#include <inttypes.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/ledger_state.h"

/* An open day without news is at least as long. */
#define PAUSE_MS (24 * CK_HOUR_MS)

/* --- Holding -------------------------------------------------------------- */

static void
take_stream(struct ck_sql_stmt *stmt, struct ck_stream_row *out)
{
	struct ck_span head;

	out->number = ck_sql_take_int(stmt);
	out->facility = ck_sql_take_int(stmt);
	out->revision = ck_sql_take_int(stmt);
	out->newest = ck_sql_take_int(stmt);
	out->complete_ms = ck_sql_take_int(stmt);
	out->made_ms = ck_sql_take_int(stmt);
	out->batch = ck_sql_take_int(stmt);
	out->idle = ck_sql_take_int(stmt);
	head = ck_sql_take_blob(stmt);
	if (head.len == sizeof(out->head))
		memcpy(out->head, head.ptr, head.len);
}

/* The last news of a clinic was long ago: keep from when to when nothing came.
 * Whether that was an alarm, its calendar says (opening.h). */
static enum ck_err
note_pause(struct ck_ledger *ledger, struct ck_case *what)
{
	static const char text[] =
	    "INSERT INTO pause (facility, from_ms, until_ms) "
	    "SELECT facility, max(received_ms), CAST($1 AS BIGINT) "
	    "FROM stream WHERE facility = $2 GROUP BY facility "
	    "HAVING max(received_ms) < CAST($3 AS BIGINT) "
	    "ON CONFLICT (facility, from_ms) DO NOTHING";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if (what->heard || what->arrival->received_ms != 0)
		return CK_OK;
	what->heard = true;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, what->now_ms);
	ck_sql_bind_int(&stmt, what->clinic->number);
	ck_sql_bind_int(&stmt, what->now_ms - PAUSE_MS);

	return ck_sql_queue(&stmt);
}

/* An update holds the row in either database, and tells what is in it. A
 * document that is judged again is no news. */
static enum ck_err
hold(struct ck_ledger *ledger, const struct ck_case *what, const char *code,
    const char *station, struct ck_stream_row *out)
{
	static const char text[] =
	    "UPDATE stream SET received_ms = CASE WHEN received_ms > $1 "
	    "THEN received_ms ELSE $1 END WHERE code = $2 "
	    "AND station = $3 AND epoch = $4 RETURNING number, facility, "
	    "revision, newest, complete_ms, made_ms, batch, idle, head";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, what->now_ms);
	ck_sql_bind_text(&stmt, code);
	ck_sql_bind_text(&stmt, station);
	ck_sql_bind_text(&stmt, what->doc.epoch);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		take_stream(&stmt, out);
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
create(struct ck_ledger *ledger, const struct ck_case *what, const char *code,
    const char *station)
{
	static const char text[] =
	    "INSERT INTO stream (facility, code, station, epoch, epoch_s, "
	    "revision, newest, complete_ms, made_ms, received_ms, batch) "
	    "VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, $6, 0) "
	    "ON CONFLICT (code, station, epoch) DO NOTHING";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, what->clinic->number);
	ck_sql_bind_text(&stmt, code);
	ck_sql_bind_text(&stmt, station);
	ck_sql_bind_text(&stmt, what->doc.epoch);
	ck_sql_bind_int(&stmt, what->doc.epoch_s);
	ck_sql_bind_int(&stmt, what->now_ms);

	return ck_sql_run(&stmt);
}

enum ck_err
ck_stream_hold(struct ck_ledger *ledger, struct ck_case *what,
    const char *code, const char *station, struct ck_stream_row *out)
{
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if ((err = note_pause(ledger, what)) == CK_OK)
		err = hold(ledger, what, code, station, out);
	if (err != CK_OK || out->number != 0)
		return err;
	if ((err = create(ledger, what, code, station)) != CK_OK)
		return err;
	err = hold(ledger, what, code, station, out);

	return err == CK_OK && out->number == 0 ? CK_ERR_STORE_CORRUPT : err;
}

/* --- Contradictions ------------------------------------------------------- */

/* Has a later database of this station been counted already? */
static enum ck_err
check_epoch(struct ck_ledger *ledger, struct ck_case *what)
{
	static const char text[] =
	    "SELECT epoch FROM stream WHERE facility = $1 AND station = $2 "
	    "AND epoch_s > $3 AND made_ms > 0 ORDER BY epoch_s DESC LIMIT 1";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, what->clinic->number);
	ck_sql_bind_text(&stmt, what->doc.station);
	ck_sql_bind_int(&stmt, what->doc.epoch_s);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		ck_finding_note(&what->finding, CK_FEED_OLDER_EPOCH,
		    "epoch %s; %s is counted since", what->doc.epoch,
		    ck_sql_take_text(&stmt));
	ck_sql_end(&stmt);

	return err;
}

/* A batch that was seen before, under another head? */
static enum ck_err
check_fork(struct ck_ledger *ledger, struct ck_case *what)
{
	static const char text[] =
	    "SELECT count(*) FROM document WHERE stream = $1 AND batch = $2 "
	    "AND head <> $3 AND verdict = 1";
	const struct ck_feed_head *head = &what->doc.head;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if (head->batch == 0 || head->batch > what->stream.batch)
		return CK_OK;
	if (head->batch == what->stream.batch &&
	    memcmp(head->head, what->stream.head, sizeof(head->head)) == 0)
		return CK_OK;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, what->stream.number);
	ck_sql_bind_int(&stmt, head->batch);
	ck_sql_bind_blob(&stmt, ck_span_of(head->head, sizeof(head->head)));
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    (ck_sql_take_int(&stmt) > 0 || head->batch == what->stream.batch))
		ck_finding_note(&what->finding, CK_FEED_FORKED, "receipt "
		    "batch %" PRId64 " has another head than before",
		    head->batch);
	ck_sql_end(&stmt);

	return err;
}

/* Made later than what we hold, but knowing less? An older document that comes
 * late knows less, and rightly. */
static void
check_back(struct ck_case *what)
{
	const struct ck_document *doc = &what->doc;
	const struct ck_stream_row *stream = &what->stream;

	if (doc->made_ms <= stream->made_ms)
		return;
	if (doc->head.batch < stream->batch)
		ck_finding_note(&what->finding, CK_FEED_WENT_BACK,
		    "receipt batch %" PRId64 "; it was %" PRId64 " before",
		    doc->head.batch, stream->batch);
	else if (!doc->more && doc->revision < stream->newest)
		ck_finding_note(&what->finding, CK_FEED_WENT_BACK,
		    "revision %" PRId64 "; it was %" PRId64 " before",
		    doc->revision, stream->newest);
}

enum ck_err
ck_stream_check(struct ck_ledger *ledger, struct ck_case *what)
{
	enum ck_err err;

	if (what->stream.facility != what->clinic->number)
		ck_finding_note(&what->finding, CK_FEED_ROW_CLINIC,
		    "code %s was counted for another clinic before",
		    what->doc.code);
	check_back(what);
	if ((err = check_epoch(ledger, what)) != CK_OK)
		return err;

	return check_fork(ledger, what);
}

/* --- Advancing ------------------------------------------------------------ */

/* How far documents that came early reach beyond revision. */
static enum ck_err
reach(struct ck_ledger *ledger, const struct ck_case *what,
    int64_t *revision)
{
	static const char text[] =
	    "SELECT max(revision) FROM document WHERE stream = $1 "
	    "AND verdict = 1 AND after_revision <= $2 AND revision > $2";
	struct ck_sql_stmt stmt;
	int64_t further;
	enum ck_err err;
	bool row;

	do {
		further = 0;
		if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
			return err;
		ck_sql_bind_int(&stmt, what->stream.number);
		ck_sql_bind_int(&stmt, *revision);
		if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
			further = ck_sql_take_int(&stmt);
		ck_sql_end(&stmt);
		if (err == CK_OK && further > *revision)
			*revision = further;
	} while (err == CK_OK && further != 0);

	return err;
}

/* Until when the stream is complete, now that documents that came early are
 * within reach: the newest of them tells, not the one that closed the gap. */
static enum ck_err
complete(struct ck_ledger *ledger, struct ck_stream_row *stream)
{
	static const char text[] =
	    "SELECT max(complete_ms) FROM document WHERE stream = $1 "
	    "AND verdict = 1 AND more = 0 AND revision >= $2";
	struct ck_sql_stmt stmt;
	int64_t until = 0;
	enum ck_err err;
	bool row;

	if (stream->revision < stream->newest)
		return CK_OK;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, stream->number);
	ck_sql_bind_int(&stmt, stream->revision);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		until = ck_sql_take_int(&stmt);
	ck_sql_end(&stmt);
	if (err == CK_OK && until > stream->complete_ms)
		stream->complete_ms = until;

	return err;
}

/* What the document makes of the row; nothing goes down. */
static enum ck_err
advance(struct ck_ledger *ledger, struct ck_case *what)
{
	const struct ck_document *doc = &what->doc;
	struct ck_stream_row *stream = &what->stream;
	bool connected = doc->after <= stream->revision;
	enum ck_err err;

	if (doc->row_count > 0 && doc->revision > stream->newest)
		stream->newest = doc->revision;
	/* It is complete only if nothing is missing before it or after it. */
	if (connected && !doc->more && doc->revision >= stream->newest &&
	    doc->complete_ms > stream->complete_ms)
		stream->complete_ms = doc->complete_ms;
	if (doc->made_ms > stream->made_ms)
		stream->made_ms = doc->made_ms;
	if (doc->head.batch > stream->batch) {
		stream->batch = doc->head.batch;
		memcpy(stream->head, doc->head.head, sizeof(stream->head));
	}
	if (connected && doc->revision > stream->revision)
		stream->revision = doc->revision;
	if (!connected || stream->newest <= stream->revision)
		return CK_OK;
	if ((err = reach(ledger, what, &stream->revision)) != CK_OK)
		return err;

	return complete(ledger, stream);
}

enum ck_err
ck_stream_advance(struct ck_ledger *ledger, struct ck_case *what)
{
	static const char text[] =
	    "UPDATE stream SET revision = $1, newest = $2, complete_ms = $3, "
	    "made_ms = $4, batch = $5, head = $6, idle = $7 "
	    "WHERE number = $8";
	struct ck_stream_row *stream = &what->stream;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = advance(ledger, what)) != CK_OK ||
	    (err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, stream->revision);
	ck_sql_bind_int(&stmt, stream->newest);
	ck_sql_bind_int(&stmt, stream->complete_ms);
	ck_sql_bind_int(&stmt, stream->made_ms);
	ck_sql_bind_int(&stmt, stream->batch);
	if (stream->batch > 0)
		ck_sql_bind_blob(&stmt,
		    ck_span_of(stream->head, sizeof(stream->head)));
	else
		ck_sql_bind_null(&stmt);
	if (stream->idle != 0)
		ck_sql_bind_int(&stmt, stream->idle);
	else
		ck_sql_bind_null(&stmt);
	ck_sql_bind_int(&stmt, stream->number);

	return ck_sql_queue(&stmt);
}
