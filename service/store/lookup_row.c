/*
 * lookup_row.c - a lookup and its row
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "ck/hex.h"
#include "store/internal.h"
#include "store/pack.h"

bool
ck_id_parse(const char *text, uint8_t out[CK_ID_BYTES])
{
	return ck_hex_read(ck_span_of(text, strnlen(text, CK_LOOKUP_ID_LEN)),
	    out, CK_ID_BYTES);
}

void
ck_id_print(struct ck_span id, char out[CK_LOOKUP_ID_LEN])
{
	ck_hex_print(ck_span_slice(id, 0, CK_ID_BYTES), out);
}

/* RFC 9562 §5.7 without its version bits: ids made later sort later, so new
 * rows of the index are neighbours on disk. */
enum ck_err
ck_store_new_id(struct ck_store *store, int64_t wall_ms,
    char out[CK_LOOKUP_ID_LEN])
{
	uint8_t id[CK_ID_BYTES];
	size_t i;

	out[0] = '\0';
	if (ck_crypt_random(store->crypt, id, sizeof(id)) != CK_OK)
		return CK_ERR_CRYPTO;
	for (i = 0; i < 6; i++)
		id[i] = (uint8_t)((uint64_t)wall_ms >> (40 - 8 * i));
	ck_id_print(ck_span_of(id, sizeof(id)), out);

	return CK_OK;
}

int64_t
ck_date_number(struct ck_date date)
{
	return (int64_t)date.year * 10000 + date.month * 100 + date.day;
}

struct ck_date
ck_date_of_number(int64_t number)
{
	return (struct ck_date){ (uint16_t)(number / 10000),
	    (uint8_t)(number / 100 % 100), (uint8_t)(number % 100) };
}

static enum ck_err
counts_of(struct ck_store *store, const struct ck_lookup_record *record,
    struct ck_counts *out)
{
	const struct ck_counted *counted = &record->counted;
	enum ck_err err;

	*out = (struct ck_counts){
		.opened_ms = record->opened_ms,
		.visit_date = ck_date_number(record->visit_date),
		.clinic = store->clinic,
		.kind = (int64_t)counted->kind,
		.presented = (int64_t)counted->presented,
		.captured = (int64_t)counted->captured,
		.assurance = (int64_t)counted->assurance,
		.first_key = (int64_t)counted->first_key,
		.first_outcome = (int64_t)counted->first_outcome,
		.first_source = (int64_t)counted->first_source,
		.resolved_by = (int64_t)counted->resolved_by,
		.outcome = (int64_t)counted->outcome,
		.source = (int64_t)counted->source,
		.owner = (int64_t)counted->owner,
		.latency_ms = counted->latency_ms < 0 ? -1 :
		    counted->latency_ms,
	};
	err = ck_label_number(store, counted->first_reason,
	    &out->first_reason);
	if (err == CK_OK)
		err = ck_label_number(store, counted->reason, &out->reason);
	if (err == CK_OK)
		err = ck_label_number(store, counted->desk, &out->desk);

	return err;
}

/* What is about to be written of one lookup. */
struct pending {
	uint8_t id[CK_ID_BYTES];
	uint8_t idempotency[CK_HASH_LEN];
	bool has_idempotency;
	int64_t person;
	int64_t answered_ms, closed_ms;	/* 0: NULL */
	struct ck_counts counts;
};

static enum ck_err
seal(struct ck_store *store, const struct pending *pending,
    const struct ck_lookup_record *record)
{
	struct ck_box_place place = { "lookup",
	    ck_span_of(pending->id, CK_ID_BYTES) };
	enum ck_err err;

	store->plain.len = 0;
	if ((err = ck_pack_lookup(record, &store->plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt, place,
		    ck_buf_view(&store->plain), &store->box);
	if (store->plain.len > 0)
		OPENSSL_cleanse(store->plain.ptr, store->plain.len);
	store->plain.len = 0;

	return err;
}

/* An answer for a person proves that the numbers are hers. */
static bool
is_proven(const struct ck_lookup_record *record)
{
	return record->counted.outcome == CK_OUTCOME_COVERED ||
	    record->counted.outcome == CK_OUTCOME_NOT_COVERED;
}

static enum ck_err
prepare(struct ck_store *store, const struct ck_lookup_record *record,
    struct pending *out)
{
	enum ck_err err;

	*out = (struct pending){ .answered_ms = record->answered_ms };
	if (!ck_id_parse(record->id, out->id))
		return CK_ERR_LIMIT;
	if ((err = counts_of(store, record, &out->counts)) != CK_OK)
		return err;
	err = ck_person_resolve(store, &record->person, is_proven(record),
	    &out->person);
	if (err != CK_OK || record->idempotency_key[0] == '\0')
		return err;
	out->has_idempotency = true;

	return ck_crypt_hash(store->crypt, CK_HASH_IDEMPOTENCY,
	    record->idempotency_key, out->idempotency);
}

static void
bind_optional(struct ck_stmt *stmt, int64_t value)
{
	if (value == 0)
		ck_stmt_bind_null(stmt);
	else
		ck_stmt_bind_int(stmt, value);
}

static void
bind_counts(struct ck_stmt *stmt, const struct ck_counts *counts)
{
	ck_stmt_bind_int(stmt, counts->opened_ms);
	ck_stmt_bind_int(stmt, counts->visit_date);
	ck_stmt_bind_int(stmt, counts->clinic);
	ck_stmt_bind_int(stmt, counts->kind);
	ck_stmt_bind_int(stmt, counts->presented);
	ck_stmt_bind_int(stmt, counts->captured);
	ck_stmt_bind_int(stmt, counts->assurance);
	ck_stmt_bind_int(stmt, counts->first_key);
	ck_stmt_bind_int(stmt, counts->first_outcome);
	ck_stmt_bind_int(stmt, counts->first_source);
	ck_stmt_bind_int(stmt, counts->first_reason);
	ck_stmt_bind_int(stmt, counts->resolved_by);
	ck_stmt_bind_int(stmt, counts->outcome);
	ck_stmt_bind_int(stmt, counts->source);
	ck_stmt_bind_int(stmt, counts->reason);
	ck_stmt_bind_int(stmt, counts->owner);
	ck_stmt_bind_int(stmt, counts->desk);
	ck_stmt_bind_int(stmt, counts->latency_ms);
}

static enum ck_err
find_number(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t *number)
{
	static const char sql[] = "SELECT number FROM lookup WHERE id = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*number = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

/*
 * One statement inserts a lookup, or replaces it while it is open. number
 * becomes 0 when it is closed already.
 */
static enum ck_err
write_row(struct ck_store *store, const struct pending *pending,
    int64_t *number)
{
	static const char sql[] =
	    "INSERT INTO lookup (opened_ms, visit_date, clinic, kind, "
	    "presented, captured, assurance, first_key, first_outcome, "
	    "first_source, first_reason, resolved_by, outcome, source, "
	    "reason, owner, desk, latency_ms, id, person, answered_ms, "
	    "closed_ms, idempotency, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (id) DO UPDATE SET visit_date = excluded.visit_date, "
	    "kind = excluded.kind, presented = excluded.presented, "
	    "captured = excluded.captured, assurance = excluded.assurance, "
	    "first_key = excluded.first_key, "
	    "first_outcome = excluded.first_outcome, "
	    "first_source = excluded.first_source, "
	    "first_reason = excluded.first_reason, "
	    "resolved_by = excluded.resolved_by, outcome = excluded.outcome, "
	    "source = excluded.source, reason = excluded.reason, "
	    "owner = excluded.owner, desk = excluded.desk, "
	    "latency_ms = excluded.latency_ms, person = excluded.person, "
	    "answered_ms = excluded.answered_ms, "
	    "closed_ms = excluded.closed_ms, sealed = excluded.sealed "
	    "WHERE closed_ms IS NULL";
	struct ck_stmt *stmt;
	enum ck_err err;

	*number = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	bind_counts(stmt, &pending->counts);
	ck_stmt_bind_blob(stmt, ck_span_of(pending->id, CK_ID_BYTES));
	bind_optional(stmt, pending->person);
	bind_optional(stmt, pending->answered_ms);
	bind_optional(stmt, pending->closed_ms);
	if (pending->has_idempotency)
		ck_stmt_bind_blob(stmt, ck_span_of(pending->idempotency,
		    CK_HASH_LEN));
	else
		ck_stmt_bind_null(stmt);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	ck_db_clear_last_rowid(store->db);
	err = ck_stmt_run(stmt);
	if (err != CK_OK || ck_db_changes(store->db) == 0)
		return err;
	*number = ck_db_last_rowid(store->db);
	if (*number == 0)	/* it was there and open */
		err = find_number(store, pending->id, number);

	return err;
}

enum ck_err
ck_store_put_lookup(struct ck_store *store,
    const struct ck_lookup_record *record)
{
	struct pending pending;
	int64_t number;
	enum ck_err err;

	if ((err = prepare(store, record, &pending)) != CK_OK ||
	    (err = seal(store, &pending, record)) != CK_OK ||
	    (err = write_row(store, &pending, &number)) != CK_OK)
		return err;
	/* Before an answer there is nothing to prove; after the closing it is
	 * proven already. */
	if (record->answered_ms == 0 || number == 0)
		return CK_OK;

	return ck_receipt_of_lookup(store, CK_RECEIPT_ANSWERED, record);
}

/* What was cut off is stated as its row says it, not as it was given. */
static enum ck_err
prove_closed(struct ck_store *store, const struct ck_lookup_record *given)
{
	struct ck_lookup_record record;
	enum ck_err err;

	if (given->closed_ms != 0 &&
	    given->counted.outcome != CK_OUTCOME_NONE &&
	    given->counted.first_outcome != CK_OUTCOME_NONE)
		return ck_receipt_of_lookup(store, CK_RECEIPT_CLOSED, given);
	err = ck_store_get_lookup(store, given->id, &record);
	if (err == CK_OK)
		err = ck_receipt_of_lookup(store, CK_RECEIPT_CLOSED, &record);
	OPENSSL_cleanse(&record, sizeof(record));

	return err;
}

enum ck_err
ck_store_close_lookup(struct ck_store *store,
    const struct ck_lookup_record *record)
{
	struct pending pending;
	int64_t interrupted;
	enum ck_err err;

	if ((err = prepare(store, record, &pending)) != CK_OK ||
	    (err = seal(store, &pending, record)) != CK_OK ||
	    (err = ck_label_number(store, "interrupted", &interrupted)) !=
	    CK_OK)
		return err;
	ck_close_complete(&pending.counts, interrupted);
	pending.closed_ms = record->closed_ms != 0 ? record->closed_ms :
	    ck_clock_wall_ms(store->clock);
	err = write_row(store, &pending, &pending.counts.lookup);
	if (err != CK_OK || pending.counts.lookup == 0)
		return err;
	if ((err = prove_closed(store, record)) != CK_OK)
		return err;

	return ck_close_count(store, pending.id, pending.person,
	    &pending.counts);
}

#define RECORD_COLUMNS \
	"l.id, opened_ms, answered_ms, closed_ms, visit_date, kind, " \
	"presented, captured, assurance, first_key, first_outcome, " \
	"first_source, f.label, resolved_by, outcome, source, r.label, " \
	"owner, d.label, latency_ms, sealed FROM lookup l " \
	"JOIN label f ON f.number = l.first_reason " \
	"JOIN label r ON r.number = l.reason " \
	"JOIN label d ON d.number = l.desk "

static void
take_label(struct ck_stmt *stmt, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", ck_stmt_take_text(stmt));
}

static void
take_counted(struct ck_stmt *stmt, struct ck_counted *out)
{
	out->kind = (enum ck_kind)ck_stmt_take_int(stmt);
	out->presented = (enum ck_presented)ck_stmt_take_int(stmt);
	out->captured = (enum ck_captured)ck_stmt_take_int(stmt);
	out->assurance = (enum ck_assurance)ck_stmt_take_int(stmt);
	out->first_key = (enum ck_key)ck_stmt_take_int(stmt);
	out->first_outcome = (enum ck_outcome)ck_stmt_take_int(stmt);
	out->first_source = (enum ck_source)ck_stmt_take_int(stmt);
	take_label(stmt, out->first_reason, sizeof(out->first_reason));
	out->resolved_by = (enum ck_key)ck_stmt_take_int(stmt);
	out->outcome = (enum ck_outcome)ck_stmt_take_int(stmt);
	out->source = (enum ck_source)ck_stmt_take_int(stmt);
	take_label(stmt, out->reason, sizeof(out->reason));
	out->owner = (enum ck_owner)ck_stmt_take_int(stmt);
	take_label(stmt, out->desk, sizeof(out->desk));
	out->latency_ms = ck_stmt_take_int(stmt);
}

/* The sealed part may have been erased by retention; the words stay. */
static enum ck_err
unseal(struct ck_store *store, struct ck_span id, struct ck_span box,
    struct ck_lookup_record *out)
{
	struct ck_box_place place = { "lookup", id };
	enum ck_err err;

	if (box.len == 0)
		return CK_OK;
	err = ck_crypt_open(store->crypt, place, box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_lookup(ck_buf_view(&store->plain), out);
	if (store->plain.len > 0)
		OPENSSL_cleanse(store->plain.ptr, store->plain.len);
	store->plain.len = 0;

	return err;
}

static enum ck_err
take_record(struct ck_store *store, struct ck_stmt *stmt,
    struct ck_lookup_record *out)
{
	struct ck_span id = ck_stmt_take_blob(stmt);

	ck_id_print(id, out->id);
	out->opened_ms = ck_stmt_take_int(stmt);
	out->answered_ms = ck_stmt_take_int(stmt);
	out->closed_ms = ck_stmt_take_int(stmt);
	out->visit_date = ck_date_of_number(ck_stmt_take_int(stmt));
	take_counted(stmt, &out->counted);

	return unseal(store, id, ck_stmt_take_blob(stmt), out);
}

/* Run a statement with one blob parameter that gives at most one record. */
static enum ck_err
read_record(struct ck_store *store, const char *sql, struct ck_span key,
    struct ck_lookup_record *out)
{
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, key);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? take_record(store, stmt, out) : CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);
	if (err != CK_OK)
		OPENSSL_cleanse(out, sizeof(*out));

	return err;
}

enum ck_err
ck_store_get_lookup(struct ck_store *store, const char *id,
    struct ck_lookup_record *out)
{
	static const char sql[] = "SELECT " RECORD_COLUMNS "WHERE l.id = ?";
	uint8_t bytes[CK_ID_BYTES];

	memset(out, 0, sizeof(*out));
	if (!ck_id_parse(id, bytes))
		return CK_ERR_NOT_FOUND;

	return read_record(store, sql, ck_span_of(bytes, sizeof(bytes)), out);
}

enum ck_err
ck_store_find_idempotent(struct ck_store *store, const char *key,
    struct ck_lookup_record *out)
{
	static const char sql[] =
	    "SELECT " RECORD_COLUMNS "WHERE l.idempotency = ?";
	uint8_t hash[CK_HASH_LEN];
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if (key[0] == '\0')
		return CK_ERR_NOT_FOUND;
	err = ck_crypt_hash(store->crypt, CK_HASH_IDEMPOTENCY, key, hash);
	if (err != CK_OK)
		return err;

	return read_record(store, sql, ck_span_of(hash, sizeof(hash)), out);
}
