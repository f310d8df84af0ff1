/*
 * close.c - a lookup is counted once, when it closes
 *
 * All four series change in the transaction that closes it: lookups with its
 * words, visits and cccd through its visit, calls with every call it made. A
 * call that ends later counts itself.
 */
#include <openssl/crypto.h>

#include <inttypes.h>
#include <string.h>

#include "ck/log.h"
#include "ck/words.h"
#include "store/internal.h"

/* The reason of a lookup that a crash, or its closing, cut off. */
#define INTERRUPTED "interrupted"

void
ck_close_complete(struct ck_counts *counts, int64_t interrupted)
{
	if (counts->first_outcome == CK_OUTCOME_NONE) {
		counts->first_outcome = CK_OUTCOME_UNAVAILABLE;
		counts->first_source = CK_SOURCE_NONE;
		counts->first_reason = interrupted;
	}
	if (counts->outcome == CK_OUTCOME_NONE) {
		counts->outcome = CK_OUTCOME_UNAVAILABLE;
		counts->source = CK_SOURCE_NONE;
		counts->reason = interrupted;
		counts->owner = CK_OWNER_UNKNOWN;
	}
}

static void
call_take(struct ck_stmt *stmt, struct ck_call_counts *out)
{
	out->started_ms = ck_stmt_take_int(stmt);
	out->clinic = ck_stmt_take_int(stmt);
	out->kind = ck_stmt_take_int(stmt);
	out->captured = ck_stmt_take_int(stmt);
	out->key = ck_stmt_take_int(stmt);
	out->outcome = ck_stmt_take_int(stmt);
	out->code = ck_stmt_take_int(stmt);
	out->desk = ck_stmt_take_int(stmt);
	out->duration_ms = ck_stmt_take_int(stmt);
}

static enum ck_err
tally_call(struct ck_store *store, const struct ck_call_counts *call)
{
	struct ck_figure figure = ck_count_call(call);

	return ck_tally_add(store->tally, &figure, 1, call->duration_ms);
}

static enum ck_err
mark_calls(struct ck_store *store, const uint8_t id[CK_ID_BYTES])
{
	static const char sql[] = "UPDATE gateway_call SET counted = 1 "
	    "WHERE lookup = ? AND counted = 0";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));

	return ck_stmt_run(stmt);
}

static enum ck_err
count_calls(struct ck_store *store, const uint8_t id[CK_ID_BYTES])
{
	static const char sql[] =
	    "SELECT started_ms, clinic, kind, captured, key, outcome, code, "
	    "desk, duration_ms FROM gateway_call "
	    "WHERE lookup = ? AND counted = 0";
	struct ck_call_counts call;
	struct ck_stmt *stmt;
	unsigned count = 0;
	enum ck_err err;
	bool row;

	if (store->calls_waiting == 0)
		return CK_OK;	/* answers from the cache make none */
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		call_take(stmt, &call);
		if ((err = tally_call(store, &call)) != CK_OK)
			break;
		count++;
	}
	ck_stmt_end(stmt);
	if (err != CK_OK || count == 0)
		return err;
	store->calls_waiting -= count;

	return mark_calls(store, id);
}

enum ck_err
ck_close_count(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t person, const struct ck_counts *counts)
{
	struct ck_figure figure = ck_count_lookup(counts);
	bool known = false;
	enum ck_err err;

	err = ck_tally_add(store->tally, &figure, 1, counts->latency_ms);
	if (err == CK_OK)
		err = ck_visit_count(store, person, counts, &known);
	if (err == CK_OK)
		err = count_calls(store, id);
	if (err == CK_OK)
		err = ck_recheck_settle(store, id, person, counts, known);
	if (err == CK_OK)
		err = ck_correction_settle(store, id, person, counts);

	return err;
}

static enum ck_err
lookup_is_closed(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    bool *out)
{
	static const char sql[] =
	    "SELECT 1 FROM lookup WHERE id = ? AND closed_ms IS NOT NULL";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	err = ck_stmt_next(stmt, out);
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
insert_call(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    const struct ck_call_counts *call, struct ck_span box, bool counted)
{
	static const char sql[] =
	    "INSERT INTO gateway_call (started_ms, clinic, kind, captured, "
	    "key, outcome, code, desk, duration_ms, lookup, counted, sealed) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, call->started_ms);
	ck_stmt_bind_int(stmt, call->clinic);
	ck_stmt_bind_int(stmt, call->kind);
	ck_stmt_bind_int(stmt, call->captured);
	ck_stmt_bind_int(stmt, call->key);
	ck_stmt_bind_int(stmt, call->outcome);
	ck_stmt_bind_int(stmt, call->code);
	ck_stmt_bind_int(stmt, call->desk);
	ck_stmt_bind_int(stmt, call->duration_ms);
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	ck_stmt_bind_int(stmt, counted ? 1 : 0);
	ck_stmt_bind_blob(stmt, box);

	return ck_stmt_run(stmt);
}

static enum ck_err
call_of_record(struct ck_store *store, const struct ck_call_record *record,
    struct ck_call_counts *out)
{
	enum ck_err err;

	*out = (struct ck_call_counts){
		.started_ms = record->started_ms,
		.clinic = store->clinic,
		.kind = (int64_t)record->kind,
		.captured = (int64_t)record->captured,
		.key = (int64_t)record->key,
		.outcome = (int64_t)record->outcome,
		.duration_ms = record->duration_ms < 0 ? 0 :
		    record->duration_ms
	};
	err = ck_label_number(store, record->code, &out->code);
	if (err == CK_OK)
		err = ck_label_number(store, record->desk, &out->desk);

	return err;
}

enum ck_err
ck_store_put_call(struct ck_store *store, const struct ck_call_record *record)
{
	struct ck_call_counts call;
	uint8_t id[CK_ID_BYTES];
	bool closed;
	enum ck_err err;

	if (!ck_id_parse(record->lookup_id, id))
		return CK_ERR_LIMIT;
	if ((err = call_of_record(store, record, &call)) != CK_OK)
		return err;
	if ((err = lookup_is_closed(store, id, &closed)) != CK_OK)
		return err;
	if ((err = ck_call_seal(store, id, record, &store->box)) != CK_OK ||
	    (err = insert_call(store, id, &call, ck_buf_view(&store->box),
	    closed)) != CK_OK)
		return err;
	if (!closed) {
		store->calls_waiting++;
		return CK_OK;
	}
	if ((err = ck_receipt_of_late_call(store, record)) != CK_OK)
		return err;

	return tally_call(store, &call);
}

/* An open lookup as the crash left it. */
struct left_open {
	uint8_t id[CK_ID_BYTES];
	int64_t person;
	struct ck_counts counts;
};

static enum ck_err
next_open(struct ck_store *store, struct left_open *out, bool *found)
{
	static const char sql[] =
	    "SELECT " CK_COUNTS_COLUMNS ", l.id, "
	    "coalesce((SELECT coalesce(p.same_as, p.number) FROM person p "
	    "WHERE p.number = l.person), 0) "
	    "FROM lookup l WHERE closed_ms IS NULL LIMIT 1";
	struct ck_span id;
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, found)) == CK_OK && *found) {
		ck_counts_take(stmt, &out->counts);
		id = ck_stmt_take_blob(stmt);
		out->person = ck_stmt_take_int(stmt);
		if (id.len == CK_ID_BYTES)
			memcpy(out->id, id.ptr, CK_ID_BYTES);
		else
			err = CK_ERR_STORE_CORRUPT;
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
close_row(struct ck_store *store, const struct ck_counts *counts)
{
	static const char sql[] =
	    "UPDATE lookup SET closed_ms = ?, first_outcome = ?, "
	    "first_source = ?, first_reason = ?, outcome = ?, source = ?, "
	    "reason = ?, owner = ? WHERE number = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_int(stmt, counts->first_outcome);
	ck_stmt_bind_int(stmt, counts->first_source);
	ck_stmt_bind_int(stmt, counts->first_reason);
	ck_stmt_bind_int(stmt, counts->outcome);
	ck_stmt_bind_int(stmt, counts->source);
	ck_stmt_bind_int(stmt, counts->reason);
	ck_stmt_bind_int(stmt, counts->owner);
	ck_stmt_bind_int(stmt, counts->lookup);

	return ck_stmt_run(stmt);
}

/* The receipt of a lookup that was closed by its row alone. */
static enum ck_err
prove_row(struct ck_store *store, const uint8_t id[CK_ID_BYTES])
{
	char text[CK_LOOKUP_ID_LEN];
	struct ck_lookup_record record;
	enum ck_err err;

	ck_id_print(ck_span_of(id, CK_ID_BYTES), text);
	if ((err = ck_store_get_lookup(store, text, &record)) == CK_OK)
		err = ck_receipt_of_lookup(store, CK_RECEIPT_CLOSED, &record);
	OPENSSL_cleanse(&record, sizeof(record));

	return err;
}

static enum ck_err
close_all_open(struct ck_store *store, unsigned *count)
{
	struct left_open left;
	int64_t interrupted;
	enum ck_err err;
	bool found;

	err = ck_label_number(store, INTERRUPTED, &interrupted);
	while (err == CK_OK &&
	    (err = next_open(store, &left, &found)) == CK_OK && found) {
		ck_close_complete(&left.counts, interrupted);
		if ((err = close_row(store, &left.counts)) == CK_OK)
			err = prove_row(store, left.id);
		if (err == CK_OK)
			err = ck_close_count(store, left.id, left.person,
			    &left.counts);
		(*count)++;
	}

	return err;
}

/* A call whose lookup never reached the disk is a call all the same. */
static enum ck_err
count_orphan_calls(struct ck_store *store)
{
	static const char sql[] =
	    "SELECT lookup FROM gateway_call WHERE counted = 0 LIMIT 1";
	uint8_t id[CK_ID_BYTES];
	struct ck_stmt *stmt;
	struct ck_span bytes;
	enum ck_err err;
	bool row = true;

	while (row) {
		if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK ||
		    (err = ck_stmt_next(stmt, &row)) != CK_OK)
			return err;
		bytes = row ? ck_stmt_take_blob(stmt) : CK_SPAN_EMPTY;
		if (bytes.len == CK_ID_BYTES)
			memcpy(id, bytes.ptr, CK_ID_BYTES);
		ck_stmt_end(stmt);
		if (row && (err = count_calls(store, id)) != CK_OK)
			return err;
	}

	return CK_OK;
}

void
ck_close_recount(struct ck_store *store)
{
	static const char sql[] =
	    "SELECT count(*) FROM gateway_call WHERE counted = 0";

	if (ck_db_int(store->db, sql, &store->calls_waiting) != CK_OK)
		store->calls_waiting = INT64_MAX / 2;
}

enum ck_err
ck_close_recover(struct ck_store *store)
{
	unsigned count = 0;
	enum ck_err err;

	ck_close_recount(store);
	if ((err = ck_store_begin(store)) != CK_OK)
		return err;
	if ((err = close_all_open(store, &count)) == CK_OK)
		err = count_orphan_calls(store);
	if (err == CK_OK)
		return ck_store_commit(store);
	ck_store_rollback(store);

	return err;
}
