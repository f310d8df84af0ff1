/*
 * correction.c - the way of a correction case into the ledger
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ck/hex.h"
#include "ck/log.h"
#include "ledger/correction.h"
#include "ledger/day.h"
#include "ledger/ledger_state.h"

#define ID_BYTES 16

/* A case on its way. */
struct taking {
	struct ck_ledger *ledger;
	const struct ck_arrival *arrival;
	const uint8_t *recipient;
	struct ck_correction_document doc;
	const struct ck_clinic *clinic;		/* NULL: unknown */
	int64_t now_ms;
	struct ck_correction_taken *out;
};

static void note(struct taking *taking, enum ck_correction_reason reason,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
note(struct taking *taking, enum ck_correction_reason reason,
    const char *format, ...)
{
	va_list args;

	if (taking->out->reason != CK_CORRECTION_GOOD)
		return;
	taking->out->reason = reason;
	va_start(args, format);
	(void)vsnprintf(taking->out->detail, sizeof(taking->out->detail),
	    format, args);
	va_end(args);
}

static bool
is_good(const struct taking *taking)
{
	return taking->out->reason == CK_CORRECTION_GOOD;
}

/* --- As far as the registry can tell -------------------------------------- */

/* Did it come from whom it says? A file has no sender. */
static void
check_sender(struct taking *taking)
{
	const struct ck_arrival *arrival = taking->arrival;

	if (arrival->facility != 0 &&
	    arrival->facility != taking->clinic->number)
		note(taking, CK_CORRECTION_WRONG_CLINIC,
		    "of clinic %s, with another clinic's token",
		    taking->clinic->id);
	else if (arrival->station != NULL &&
	    strcmp(arrival->station, taking->doc.station) != 0)
		note(taking, CK_CORRECTION_WRONG_CLINIC,
		    "of station %s, with the token of %s",
		    taking->doc.station, arrival->station);
}

static void
check_signer(struct taking *taking)
{
	const struct ck_clinic_daemon *daemon = ck_clinic_daemon_on(
	    taking->clinic, taking->doc.station,
	    ck_day_of_ms(taking->doc.made_ms));

	if (daemon == NULL)
		note(taking, CK_CORRECTION_UNKNOWN_CLINIC,
		    "clinic %s has no station %s", taking->clinic->id,
		    taking->doc.station);
	else if (memcmp(taking->doc.key, daemon->key, CK_KEY_LEN) != 0)
		note(taking, CK_CORRECTION_KEY, "key %02x%02x%02x%02x..., "
		    "the registry has %02x%02x%02x%02x...",
		    taking->doc.key[0], taking->doc.key[1],
		    taking->doc.key[2], taking->doc.key[3], daemon->key[0],
		    daemon->key[1], daemon->key[2], daemon->key[3]);
	else if (!ck_correction_verify(&taking->doc, daemon->key))
		note(taking, CK_CORRECTION_SIGNATURE, "%zu bytes",
		    taking->arrival->body.len);
}

static void
check_rest(struct taking *taking)
{
	int64_t ahead_ms = taking->doc.made_ms - taking->now_ms;

	if (ahead_ms > taking->ledger->tolerance_ms)
		note(taking, CK_CORRECTION_CLOCK, "%" PRId64 " s ahead of "
		    "ours; up to %" PRId64 " s are taken", ahead_ms / 1000,
		    taking->ledger->tolerance_ms / 1000);
	if (taking->doc.type == CK_CORRECTION_CASE &&
	    taking->recipient != NULL && memcmp(taking->recipient,
	    taking->doc.recipient, CK_FINGERPRINT_LEN) != 0)
		note(taking, CK_CORRECTION_RECIPIENT, "certificate "
		    "%02x%02x%02x%02x..., ours is %02x%02x%02x%02x...",
		    taking->doc.recipient[0], taking->doc.recipient[1],
		    taking->doc.recipient[2], taking->doc.recipient[3],
		    taking->recipient[0], taking->recipient[1],
		    taking->recipient[2], taking->recipient[3]);
}

/* Who it is, who sent it, who signed it; each needs the one before. */
static void
check_origin(struct taking *taking, const struct ck_registry *registry)
{
	taking->clinic = ck_registry_by_code(registry, taking->doc.code,
	    ck_day_of_ms(taking->doc.made_ms));
	if (taking->clinic == NULL) {
		note(taking, CK_CORRECTION_UNKNOWN_CLINIC, "facility %s",
		    taking->doc.code);
		return;
	}
	check_sender(taking);
	if (is_good(taking))
		check_signer(taking);
	if (is_good(taking))
		check_rest(taking);
}

static enum ck_err
judge(struct taking *taking)
{
	const struct ck_registry *registry;
	enum ck_correction_reason reason;
	enum ck_err err;

	if ((err = ck_ledger_registry(taking->ledger, &registry)) != CK_OK ||
	    (err = ck_correction_read(taking->arrival->body, &taking->doc,
	    &reason)) != CK_OK)
		return err;
	if (taking->arrival->cut)
		reason = CK_CORRECTION_TOO_LARGE;
	if (reason != CK_CORRECTION_GOOD)
		note(taking, reason, "%zu bytes; at most %d",
		    taking->arrival->body.len, CK_CORRECTION_MAX);
	else
		check_origin(taking, registry);

	return CK_OK;
}

/* --- What is held --------------------------------------------------------- */

#define COLUMNS "number, id, facility, code, station, way, made_ms, " \
	"received_ms, state, state_ms, retests, sha256"

static void
take(struct ck_sql_stmt *stmt, struct ck_correction_held *out)
{
	struct ck_office_answer *answer = &out->answer;
	struct ck_span bytes;

	memset(out, 0, sizeof(*out));
	out->number = ck_sql_take_int(stmt);
	bytes = ck_sql_take_blob(stmt);
	if (bytes.len == ID_BYTES)
		ck_hex_print(bytes, answer->id);
	out->facility = ck_sql_take_int(stmt);
	(void)snprintf(answer->code, sizeof(answer->code), "%s",
	    ck_sql_take_text(stmt));
	(void)snprintf(answer->station, sizeof(answer->station), "%s",
	    ck_sql_take_text(stmt));
	out->way = (enum ck_way)ck_sql_take_int(stmt);
	out->made_ms = ck_sql_take_int(stmt);
	answer->received_ms = ck_sql_take_int(stmt);
	answer->state = (enum ck_office_state)ck_sql_take_int(stmt);
	answer->state_ms = ck_sql_take_int(stmt);
	out->retests = ck_sql_take_int(stmt);
	bytes = ck_sql_take_blob(stmt);
	if (bytes.len == sizeof(answer->sha256))
		memcpy(answer->sha256, bytes.ptr, bytes.len);
}

enum ck_err
ck_correction_find(struct ck_ledger *ledger, const char *id,
    struct ck_correction_held *out, struct ck_buf *body)
{
	static const char text[] = "SELECT " COLUMNS ", document "
	    "FROM correction_case WHERE id = $1";
	uint8_t bytes[ID_BYTES];
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if (!ck_hex_read(ck_span_str(id), bytes, sizeof(bytes)))
		return CK_ERR_NOT_FOUND;
	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_blob(&stmt, ck_span_of(bytes, sizeof(bytes)));
	if ((err = ck_sql_next(&stmt, &row)) != CK_OK)
		return err;
	if (row)
		take(&stmt, out);
	if (row && body != NULL)
		err = ck_buf_append(body, ck_sql_take_blob(&stmt));
	ck_sql_end(&stmt);
	if (err == CK_OK && !row)
		err = CK_ERR_NOT_FOUND;

	return err;
}

enum ck_err
ck_corrections_read(struct ck_ledger *ledger, bool open,
    ck_corrections_fn fn, void *ctx)
{
	static const char all[] = "SELECT " COLUMNS " FROM correction_case "
	    "ORDER BY number";
	static const char waiting[] = "SELECT " COLUMNS " FROM "
	    "correction_case WHERE state IN (1, 2) ORDER BY number";
	struct ck_correction_held held;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, open ? waiting : all,
	    &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		take(&stmt, &held);
		if ((err = fn(ctx, &held)) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
set_state(struct ck_ledger *ledger, int64_t number,
    enum ck_office_state state, int64_t retests)
{
	static const char text[] = "UPDATE correction_case SET state = $1, "
	    "state_ms = $2, retests = $3 WHERE number = $4";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, (int64_t)state);
	ck_sql_bind_int(&stmt, ck_clock_wall_ms(ledger->clock));
	ck_sql_bind_int(&stmt, retests);
	ck_sql_bind_int(&stmt, number);

	return ck_sql_run(&stmt);
}

/* --- Taking --------------------------------------------------------------- */

static enum ck_err
insert(struct taking *taking)
{
	static const char text[] = "INSERT INTO correction_case (id, "
	    "facility, code, station, way, made_ms, received_ms, state, "
	    "state_ms, retests, sha256, document) VALUES ($1, $2, $3, $4, "
	    "$5, $6, $7, 1, $8, 0, $9, $10) ON CONFLICT (id) DO NOTHING";
	const struct ck_correction_document *doc = &taking->doc;
	uint8_t id[ID_BYTES] = { 0 };
	struct ck_sql_stmt stmt;
	enum ck_err err;

	(void)ck_hex_read(ck_span_str(doc->id), id, sizeof(id));	/* it is one */
	if ((err = ck_sql_prepare(taking->ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_blob(&stmt, ck_span_of(id, sizeof(id)));
	ck_sql_bind_int(&stmt, taking->clinic->number);
	ck_sql_bind_text(&stmt, doc->code);
	ck_sql_bind_text(&stmt, doc->station);
	ck_sql_bind_int(&stmt, (int64_t)taking->arrival->way);
	ck_sql_bind_int(&stmt, doc->made_ms);
	ck_sql_bind_int(&stmt, taking->now_ms);
	ck_sql_bind_int(&stmt, taking->now_ms);
	ck_sql_bind_blob(&stmt, ck_span_of(doc->sha256, sizeof(doc->sha256)));
	ck_sql_bind_blob(&stmt, taking->arrival->body);

	return ck_sql_run(&stmt);
}

/* Whoever knows an id cannot speak for its case. */
static void
compare(struct taking *taking, const struct ck_correction_held *held)
{
	const struct ck_correction_document *doc = &taking->doc;

	if (held->facility != taking->clinic->number ||
	    strcmp(held->answer.station, doc->station) != 0)
		note(taking, CK_CORRECTION_WRONG_CLINIC, "the case is of "
		    "another clinic or station than %s %s",
		    taking->clinic->id, doc->station);
	else if (doc->type == CK_CORRECTION_CASE && memcmp(
	    held->answer.sha256, doc->sha256, sizeof(doc->sha256)) != 0)
		note(taking, CK_CORRECTION_OTHER, "case %s", doc->id);
}

static enum ck_err
enter_case(struct taking *taking, struct ck_correction_held *held)
{
	enum ck_err err = ck_correction_find(taking->ledger, taking->doc.id,
	    held, NULL);

	taking->out->repeated = err == CK_OK;
	if (err != CK_ERR_NOT_FOUND)
		return err;
	if ((err = insert(taking)) != CK_OK)
		return err;

	return ck_correction_find(taking->ledger, taking->doc.id, held, NULL);
}

static enum ck_err
enter_event(struct taking *taking, struct ck_correction_held *held)
{
	enum ck_err err = ck_correction_find(taking->ledger, taking->doc.id,
	    held, NULL);

	if (err == CK_ERR_NOT_FOUND) {
		note(taking, CK_CORRECTION_UNKNOWN_CASE, "case %s",
		    taking->doc.id);
		return CK_OK;
	}
	if (err != CK_OK)
		return err;
	compare(taking, held);
	taking->out->repeated = held->answer.state == CK_OFFICE_CLOSED;
	if (!is_good(taking) || taking->out->repeated)
		return CK_OK;
	if ((err = set_state(taking->ledger, held->number, CK_OFFICE_CLOSED,
	    taking->doc.retests)) != CK_OK)
		return err;

	return ck_correction_find(taking->ledger, taking->doc.id, held, NULL);
}

static enum ck_err
record_refusal(struct taking *taking)
{
	static const char text[] = "INSERT INTO correction_refused (sha256, "
	    "reason, detail, way, code, station, received_ms, times, last_ms) "
	    "VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT (sha256) "
	    "DO UPDATE SET times = correction_refused.times + 1, reason = "
	    "excluded.reason, detail = excluded.detail, "
	    "last_ms = excluded.last_ms";
	const struct ck_correction_document *doc = &taking->doc;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(taking->ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_blob(&stmt, ck_span_of(doc->sha256, sizeof(doc->sha256)));
	ck_sql_bind_text(&stmt,
	    ck_correction_reason_label(taking->out->reason));
	ck_sql_bind_text(&stmt, taking->out->detail);
	ck_sql_bind_int(&stmt, (int64_t)taking->arrival->way);
	ck_sql_bind_text(&stmt, doc->code);
	ck_sql_bind_text(&stmt, doc->station);
	ck_sql_bind_int(&stmt, taking->now_ms);
	ck_sql_bind_int(&stmt, taking->now_ms);

	return ck_sql_run(&stmt);
}

static enum ck_err
enter(struct taking *taking)
{
	struct ck_correction_held held;
	enum ck_err err = CK_OK;

	if (is_good(taking))
		err = taking->doc.type == CK_CORRECTION_CASE ?
		    enter_case(taking, &held) : enter_event(taking, &held);
	if (err == CK_OK && is_good(taking))
		compare(taking, &held);
	if (err == CK_OK && !is_good(taking))
		return record_refusal(taking);
	if (err == CK_OK)
		taking->out->answer = held.answer;

	return err;
}

static void
tell(const struct taking *taking)
{
	const struct ck_correction_taken *out = taking->out;

	if (out->reason != CK_CORRECTION_GOOD)
		ck_log(CK_LOG_WARNING, "ledger", "correction case of %s %s, "
		    "by %s, refused: %s (%s): %s",
		    taking->doc.code[0] != '\0' ? taking->doc.code : "?",
		    taking->doc.station[0] != '\0' ? taking->doc.station :
		    "?", ck_way_label(taking->arrival->way),
		    ck_correction_reason_label(out->reason), out->detail,
		    ck_correction_reason_text(out->reason));
}

enum ck_err
ck_ledger_take_correction(struct ck_ledger *ledger,
    const struct ck_arrival *arrival, const uint8_t *recipient,
    struct ck_correction_taken *out)
{
	struct taking taking = { .ledger = ledger, .arrival = arrival,
		.recipient = recipient, .out = out,
		.now_ms = ck_clock_wall_ms(ledger->clock) };
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if ((err = judge(&taking)) != CK_OK ||
	    (err = ck_sql_begin(ledger->sql)) != CK_OK)
		goto out;
	if ((err = enter(&taking)) == CK_OK)
		err = ck_sql_commit(ledger->sql);
	if (err != CK_OK)
		ck_sql_rollback(ledger->sql);
	else
		tell(&taking);
out:
	ck_correction_wipe(&taking.doc);

	return err;
}

/* --- Deciding, and what was refused --------------------------------------- */

static enum ck_err
decide(struct ck_ledger *ledger, const char *id, enum ck_office_state state)
{
	struct ck_correction_held held;
	enum ck_err err = ck_correction_find(ledger, id, &held, NULL);

	if (err != CK_OK)
		return err;

	return held.answer.state == CK_OFFICE_CLOSED ? CK_ERR_REQUEST :
	    set_state(ledger, held.number, state, held.retests);
}

enum ck_err
ck_correction_decide(struct ck_ledger *ledger, const char *id,
    enum ck_office_state state)
{
	enum ck_err err;

	if ((err = ck_sql_begin(ledger->sql)) != CK_OK)
		return err;
	if ((err = decide(ledger, id, state)) == CK_OK)
		err = ck_sql_commit(ledger->sql);
	if (err != CK_OK)
		ck_sql_rollback(ledger->sql);

	return err;
}

static void
take_refusal(struct ck_sql_stmt *stmt, struct ck_correction_refusal *out)
{
	struct ck_span sha256 = ck_sql_take_blob(stmt);

	memset(out, 0, sizeof(*out));
	if (sha256.len == sizeof(out->sha256))
		memcpy(out->sha256, sha256.ptr, sha256.len);
	(void)snprintf(out->reason, sizeof(out->reason), "%s",
	    ck_sql_take_text(stmt));
	(void)snprintf(out->detail, sizeof(out->detail), "%s",
	    ck_sql_take_text(stmt));
	out->way = (enum ck_way)ck_sql_take_int(stmt);
	(void)snprintf(out->code, sizeof(out->code), "%s",
	    ck_sql_take_text(stmt));
	(void)snprintf(out->station, sizeof(out->station), "%s",
	    ck_sql_take_text(stmt));
	out->received_ms = ck_sql_take_int(stmt);
	out->times = ck_sql_take_int(stmt);
	out->last_ms = ck_sql_take_int(stmt);
}

enum ck_err
ck_correction_refusals(struct ck_ledger *ledger, ck_refusals_fn fn, void *ctx)
{
	static const char text[] = "SELECT sha256, reason, detail, way, code, "
	    "station, received_ms, times, last_ms FROM correction_refused "
	    "ORDER BY last_ms DESC, sha256";
	struct ck_correction_refusal refusal;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		take_refusal(&stmt, &refusal);
		if ((err = fn(ctx, &refusal)) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}
