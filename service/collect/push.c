/*
 * push.c - what a clinic behind a firewall sends by itself
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/push.h"
#include "io/gzip.h"
#include "io/json.h"

#define UNREAD_LEN (96 + CK_STATION_LEN)

/* Takes json. */
static enum ck_err
print(json_t *json, struct ck_buf *out)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	enum ck_err err = CK_ERR_NOMEM;

	if (text != NULL)
		err = ck_buf_append(out, ck_span_str(text));
	free(text);
	json_decref(json);

	return err;
}

static enum ck_err
print_position(const char *code, const char *station, const char *epoch,
    int64_t revision, struct ck_buf *out)
{
	return print(json_pack("{s:s, s:s, s:s, s:I}", "facility", code,
	    "station", station, "epoch", epoch, "revision",
	    (json_int_t)revision), out);
}

static enum ck_err
print_problem(const struct ck_acceptance *acceptance, int status,
    struct ck_buf *out)
{
	const struct ck_finding *finding = &acceptance->finding;

	return print(json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}",
	    "type", "about:blank",
	    "title", ck_feed_reason_text(finding->reason),
	    "status", status, "detail", finding->detail,
	    "reason", ck_feed_reason_label(finding->reason),
	    "verdict", ck_verdict_label(acceptance->verdict)), out);
}

/* The bytes of the document in *plain, if they were packed. A damaged packing
 * is given to the ledger as it is: it is recorded as malformed. */
static enum ck_err
unpack(const struct ck_push *push, struct ck_arrival *arrival,
    struct ck_buf *plain)
{
	enum ck_err err;

	if (!push->gzip || arrival->cut)
		return CK_OK;
	err = ck_gzip_unpack(push->body, CK_DOCUMENT_MAX, plain);
	if (err == CK_OK || err == CK_ERR_LIMIT)
		arrival->body = ck_buf_view(plain);
	arrival->cut = err == CK_ERR_LIMIT;

	return err == CK_ERR_NOMEM ? err : CK_OK;
}

/* In the place of a body that nobody has read: by it the record is told from
 * those of others. */
static void
stand_in(const struct ck_push *push, struct ck_arrival *arrival,
    char out[UNREAD_LEN])
{
	int len = snprintf(out, UNREAD_LEN, "clinic %" PRId64 " station %s: %"
	    PRIu64 " bytes, not read", push->facility,
	    push->station != NULL ? push->station : "?", push->announced);

	arrival->cut = true;
	arrival->announced = push->announced;
	arrival->body = ck_span_of(out, (size_t)len);
}

enum ck_err
ck_push_take(struct ck_ledger *ledger, const struct ck_push *push,
    int *status, struct ck_buf *out)
{
	struct ck_arrival arrival = {
		.body = push->body, .way = CK_WAY_PUSH, .cut = push->cut,
		.facility = push->facility, .station = push->station
	};
	struct ck_buf plain = CK_BUF_INIT;
	struct ck_acceptance acceptance;
	char unread[UNREAD_LEN];
	enum ck_err err;

	*status = 503;
	if (push->announced > 0)
		stand_in(push, &arrival, unread);
	if ((err = unpack(push, &arrival, &plain)) != CK_OK ||
	    (err = ck_ledger_accept(ledger, &arrival, &acceptance)) != CK_OK)
		goto out;
	if (acceptance.verdict == CK_VERDICT_ACCEPTED) {
		*status = acceptance.gap ? 409 : 200;
		err = print_position(acceptance.code, acceptance.station,
		    acceptance.epoch, acceptance.revision, out);
	} else {
		*status = acceptance.finding.reason == CK_FEED_TOO_LARGE ?
		    413 : 422;
		err = print_problem(&acceptance, *status, out);
	}
out:
	ck_buf_wipe(&plain);

	return err;
}

enum ck_err
ck_push_position(struct ck_ledger *ledger, const char *code,
    const char *station, const char *epoch, struct ck_buf *out)
{
	int64_t revision;
	enum ck_err err;

	err = ck_ledger_revision(ledger, code, station, epoch, &revision);

	return err == CK_OK ? print_position(code, station, epoch, revision,
	    out) : err;
}
