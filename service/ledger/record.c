/*
 * record.c - the documents that arrived, to the byte, with their verdict
 */
#include <inttypes.h>
#include <string.h>

#include "ck/log.h"
#include "io/gzip.h"
#include "ledger/day.h"
#include "ledger/ledger_state.h"

/* Bytes of a body as it is kept: io/db.c takes 1 MiB. What can be counted packs
 * into a third of it; only what was made up to be kept does not. */
#define PACKED_MAX 1000000

/* What is known of the same bytes. */
struct earlier {
	int64_t number, received_ms, last_ms, times;
	enum ck_verdict verdict;
};

static struct ck_span
hash_of(const struct ck_case *what)
{
	return ck_span_of(what->doc.sha256, sizeof(what->doc.sha256));
}

static enum ck_err
find_earlier(struct ck_ledger *ledger, const struct ck_case *what,
    struct earlier *out)
{
	static const char text[] =
	    "SELECT number, received_ms, last_ms, times, verdict FROM document "
	    "WHERE sha256 = $1";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_blob(&stmt, hash_of(what));
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		out->number = ck_sql_take_int(&stmt);
		out->received_ms = ck_sql_take_int(&stmt);
		out->last_ms = ck_sql_take_int(&stmt);
		out->times = ck_sql_take_int(&stmt);
		out->verdict = (enum ck_verdict)ck_sql_take_int(&stmt);
	}
	ck_sql_end(&stmt);

	return err;
}

enum ck_err
ck_record_repeated(struct ck_ledger *ledger, struct ck_case *what)
{
	static const char text[] =
	    "UPDATE document SET times = times + 1, last_ms = $1 "
	    "WHERE number = $2";
	struct earlier earlier;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = find_earlier(ledger, what, &earlier)) != CK_OK)
		return err;
	/* What was not counted is judged anew: the registry, or this program,
	 * may know more today. */
	if (earlier.verdict != CK_VERDICT_ACCEPTED)
		return CK_OK;
	what->document = earlier.number;
	what->repeated = true;
	if (what->arrival->received_ms != 0)
		return CK_OK;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, what->now_ms);
	ck_sql_bind_int(&stmt, earlier.number);

	return ck_sql_queue(&stmt);
}

/* Documents that set no figure: the last but one without rows, and the same
 * bytes under an earlier verdict. */
static enum ck_err
erase(struct ck_ledger *ledger, int64_t number)
{
	static const char body[] = "DELETE FROM body WHERE document = $1";
	static const char document[] = "DELETE FROM document "
	    "WHERE number = $1";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if (number == 0)
		return CK_OK;
	if ((err = ck_sql_prepare(ledger->sql, body, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, number);
	if ((err = ck_sql_queue(&stmt)) != CK_OK ||
	    (err = ck_sql_prepare(ledger->sql, document, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, number);

	return ck_sql_queue(&stmt);
}

/* 0 is none. */
static void
bind_reference(struct ck_sql_stmt *stmt, int64_t number)
{
	if (number == 0)
		ck_sql_bind_null(stmt);
	else
		ck_sql_bind_int(stmt, number);
}

static void
bind_optional(struct ck_sql_stmt *stmt, bool there, const void *bytes,
    size_t len)
{
	if (there)
		ck_sql_bind_blob(stmt, ck_span_of(bytes, len));
	else
		ck_sql_bind_null(stmt);
}

static void
bind_document(struct ck_sql_stmt *stmt, const struct ck_case *what,
    const struct earlier *earlier)
{
	const struct ck_document *doc = &what->doc;
	enum ck_verdict verdict =
	    ck_feed_reason_verdict(what->finding.reason);
	bool again = what->arrival->received_ms != 0;

	ck_sql_bind_blob(stmt, hash_of(what));
	ck_sql_bind_int(stmt, what->arrival->way);
	ck_sql_bind_int(stmt, verdict);
	ck_sql_bind_text(stmt, ck_feed_reason_label(what->finding.reason));
	ck_sql_bind_text(stmt, what->finding.detail);
	ck_sql_bind_int(stmt, earlier->number != 0 ? earlier->received_ms :
	    what->now_ms);
	ck_sql_bind_int(stmt, doc->made_ms);
	bind_reference(stmt, what->clinic == NULL ? 0 :
	    what->clinic->number);
	bind_reference(stmt, what->stream.number);
	ck_sql_bind_text(stmt, doc->code);
	ck_sql_bind_text(stmt, doc->station);
	ck_sql_bind_text(stmt, doc->epoch);
	ck_sql_bind_int(stmt, doc->after);
	ck_sql_bind_int(stmt, doc->revision);
	ck_sql_bind_int(stmt, doc->more ? 1 : 0);
	ck_sql_bind_int(stmt, (int64_t)doc->row_count);
	ck_sql_bind_int(stmt, doc->complete_ms);
	ck_sql_bind_int(stmt, doc->head.batch);
	bind_optional(stmt, doc->head.batch > 0, doc->head.head,
	    sizeof(doc->head.head));
	bind_optional(stmt, verdict != CK_VERDICT_REFUSED, doc->key,
	    CK_KEY_LEN);
	ck_sql_bind_int(stmt, (int64_t)doc->body.len);
	ck_sql_bind_int(stmt, earlier->times + (again ? 0 : 1));
	ck_sql_bind_int(stmt, again ? earlier->last_ms : what->now_ms);
}

#define COLUMNS \
	"sha256, way, verdict, reason, detail, received_ms, made_ms, " \
	"facility, stream, code, station, epoch, after_revision, revision, " \
	"more, row_count, complete_ms, batch, head, signer, bytes, times, " \
	"last_ms"

#define VALUES \
	"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, " \
	"$16, $17, $18, $19, $20, $21, $22, $23"

/* The same bytes keep their number, whatever the verdict: people have written
 * it down. */
static enum ck_err
insert_document(struct ck_ledger *ledger, struct ck_case *what,
    const struct earlier *earlier)
{
	static const char fresh[] = "INSERT INTO document (" COLUMNS ") "
	    "VALUES (" VALUES ") RETURNING number";
	static const char again[] = "INSERT INTO document (" COLUMNS
	    ", number) VALUES (" VALUES ", $24) RETURNING number";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, earlier->number != 0 ? again :
	    fresh, &stmt)) != CK_OK)
		return err;
	bind_document(&stmt, what, earlier);
	if (earlier->number != 0)
		ck_sql_bind_int(&stmt, earlier->number);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		what->document = ck_sql_take_int(&stmt);
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
insert_body(struct ck_ledger *ledger, const struct ck_case *what)
{
	static const char text[] =
	    "INSERT INTO body (document, month, zlib) VALUES ($1, $2, $3)";
	struct ck_buf packed = CK_BUF_INIT;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_zlib_pack(what->doc.body, &packed)) != CK_OK)
		goto out;
	if (packed.len > PACKED_MAX) {
		ck_log(CK_LOG_WARNING, "ledger", "document %" PRId64 " packs "
		    "into %zu bytes: its hash is kept, its bytes are not",
		    what->document, packed.len);
		goto out;
	}
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		goto out;
	ck_sql_bind_int(&stmt, what->document);
	ck_sql_bind_int(&stmt, ck_month_of_day(ck_day_of_ms(what->now_ms)));
	ck_sql_bind_blob(&stmt, ck_buf_view(&packed));
	err = ck_sql_queue(&stmt);
out:
	ck_buf_wipe(&packed);

	return err;
}

enum ck_err
ck_record_document(struct ck_ledger *ledger, struct ck_case *what)
{
	enum ck_verdict verdict =
	    ck_feed_reason_verdict(what->finding.reason);
	bool idle = verdict == CK_VERDICT_ACCEPTED &&
	    what->doc.row_count == 0;
	struct earlier earlier;
	enum ck_err err;

	if ((err = find_earlier(ledger, what, &earlier)) != CK_OK ||
	    (err = erase(ledger, earlier.number)) != CK_OK ||
	    (idle && (err = erase(ledger, what->stream.idle)) != CK_OK) ||
	    (err = insert_document(ledger, what, &earlier)) != CK_OK)
		return err;
	if (idle)
		what->stream.idle = what->document;

	return verdict == CK_VERDICT_REFUSED ? CK_OK :
	    insert_body(ledger, what);
}
