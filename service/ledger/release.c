/*
 * release.c - a document in quarantine is judged again
 */
#include <stdio.h>
#include <string.h>

#include "ledger/figures.h"
#include "ledger/ledger_state.h"

/* What is known of it. */
struct kept {
	enum ck_verdict verdict;
	enum ck_way way;
	int64_t received_ms, facility;
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	char epoch[CK_FEED_EPOCH_LEN];
};

static void
take_text(struct ck_sql_stmt *stmt, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", ck_sql_take_text(stmt));
}

static enum ck_err
find(struct ck_ledger *ledger, int64_t number, struct kept *out)
{
	static const char text[] =
	    "SELECT verdict, way, received_ms, facility, code, station, epoch "
	    "FROM document WHERE number = $1";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, number);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		out->verdict = (enum ck_verdict)ck_sql_take_int(&stmt);
		out->way = (enum ck_way)ck_sql_take_int(&stmt);
		out->received_ms = ck_sql_take_int(&stmt);
		out->facility = ck_sql_take_int(&stmt);
		take_text(&stmt, out->code, sizeof(out->code));
		take_text(&stmt, out->station, sizeof(out->station));
		take_text(&stmt, out->epoch, sizeof(out->epoch));
	}
	ck_sql_end(&stmt);

	return err == CK_OK && !row ? CK_ERR_NOT_FOUND : err;
}

static void
tell_counted(int64_t number, const struct kept *kept,
    struct ck_acceptance *out)
{
	out->verdict = CK_VERDICT_ACCEPTED;
	out->document = number;
	out->repeated = true;
	out->facility = kept->facility;
	memcpy(out->code, kept->code, sizeof(out->code));
	memcpy(out->station, kept->station, sizeof(out->station));
	memcpy(out->epoch, kept->epoch, sizeof(out->epoch));
}

enum ck_err
ck_ledger_release(struct ck_ledger *ledger, int64_t number,
    struct ck_acceptance *out)
{
	struct ck_arrival arrival = { .body = { NULL, 0 } };
	struct ck_buf body = CK_BUF_INIT;
	struct kept kept;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if ((err = find(ledger, number, &kept)) != CK_OK)
		return err;
	if (kept.verdict == CK_VERDICT_ACCEPTED) {
		tell_counted(number, &kept, out);
		return CK_OK;
	}
	/* Who sent it was looked at when it came. */
	if ((err = ck_document_body(ledger, number, &body)) == CK_OK) {
		arrival.body = ck_buf_view(&body);
		arrival.way = kept.way;
		arrival.received_ms = kept.received_ms;
		err = ck_ledger_accept(ledger, &arrival, out);
	}
	ck_buf_wipe(&body);

	return err;
}
