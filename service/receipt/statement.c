/*
 * statement.c - what a receipt says, in lines that a person can read
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/hex.h"
#include "daemon/version.h"
#include "receipt/statement.h"
#include "receipt/tree.h"

/* Of the form of these lines. */
#define STATEMENT_VERSION "1"

const char *
ck_receipt_kind_label(enum ck_receipt_kind kind)
{
	switch (kind) {
	case CK_RECEIPT_ANSWERED:
		return "answered";
	case CK_RECEIPT_CLOSED:
		return "closed";
	case CK_RECEIPT_LATE_CALL:
		return "late_call";
	case CK_RECEIPT_CHECK_IN:
		return "check_in";
	case CK_RECEIPT_FORWARDED:
		return "forwarded";
	default:
		return "?";
	}
}

static enum ck_err
append(struct ck_buf *out, const char *text)
{
	return ck_buf_append(out, ck_span_str(text));
}

/* C0 controls and DEL end no line and hide nothing on paper. */
static void
flatten(struct ck_buf *out, size_t from)
{
	size_t i;

	for (i = from; i < out->len; i++) {
		if (out->ptr[i] < 0x20 || out->ptr[i] == 0x7f)
			out->ptr[i] = ' ';
	}
}

enum ck_err
ck_statement_text(struct ck_buf *out, const char *name, const char *value)
{
	enum ck_err err;
	size_t from;

	if (value[0] == '\0')
		return CK_OK;
	if ((err = append(out, name)) != CK_OK ||
	    (err = append(out, ": ")) != CK_OK)
		return err;
	from = out->len;
	if ((err = append(out, value)) != CK_OK)
		return err;
	flatten(out, from);

	return ck_buf_push(out, '\n');
}

enum ck_err
ck_statement_instant(struct ck_buf *out, const char *name, int64_t wall_ms)
{
	char text[CK_INSTANT_LEN];

	if (wall_ms == 0)
		return CK_OK;
	ck_clock_instant(wall_ms, text);

	return ck_statement_text(out, name, text);
}

enum ck_err
ck_statement_date(struct ck_buf *out, const char *name, struct ck_date date)
{
	char text[CK_DATE_LEN];

	ck_date_iso(date, text);

	return ck_statement_text(out, name, text);
}

/* One line of a list that is written from top to bottom. */
struct text_line {
	const char *name;
	const char *value;
};

static enum ck_err
put_texts(struct ck_buf *out, const struct text_line *lines, size_t count)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < count && err == CK_OK; i++)
		err = ck_statement_text(out, lines[i].name, lines[i].value);

	return err;
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum ck_err
ck_statement_begin(struct ck_buf *out, enum ck_receipt_kind kind,
    const char *id, const struct ck_statement_origin *origin)
{
	const struct text_line lines[] = {
		{ "checkin-receipt", STATEMENT_VERSION },
		{ "about", ck_receipt_kind_label(kind) },
		{ "id", id },
		{ "facility", origin->facility },
		{ "station", origin->station },
		{ "software", "checkind " CK_VERSION }
	};

	return put_texts(out, lines, COUNT(lines));
}

/* Who asked, about whom, under what. */
static enum ck_err
put_question(struct ck_buf *out, const struct ck_lookup_record *record)
{
	const struct ck_counted *counted = &record->counted;
	const struct text_line lines[] = {
		{ "kind", ck_kind_label(counted->kind) },
		{ "desk", counted->desk },
		{ "operator", record->operator_name },
		{ "presented", ck_presented_label(counted->presented) },
		{ "captured", ck_captured_label(counted->captured) },
		{ "assurance", ck_assurance_label(counted->assurance) },
		{ "id_number", record->person.id_number },
		{ "insurance_number", record->person.insurance_number },
		{ "card_number", record->person.card_number },
		{ "full_name", record->identity.full_name }
	};
	enum ck_err err;

	if ((err = ck_statement_instant(out, "opened",
	    record->opened_ms)) != CK_OK ||
	    (err = ck_statement_instant(out, "answered",
	    record->answered_ms)) != CK_OK ||
	    (err = ck_statement_instant(out, "closed",
	    record->closed_ms)) != CK_OK ||
	    (err = ck_statement_date(out, "visit_date",
	    record->visit_date)) != CK_OK ||
	    (err = put_texts(out, lines, COUNT(lines))) != CK_OK)
		return err;

	return ck_statement_date(out, "date_of_birth",
	    record->identity.date_of_birth);
}

static enum ck_err
put_outcome(struct ck_buf *out, const struct ck_counted *counted)
{
	const struct text_line lines[] = {
		{ "first_key", ck_key_label(counted->first_key) },
		{ "first_outcome", ck_outcome_label(counted->first_outcome) },
		{ "first_source", ck_source_label(counted->first_source) },
		{ "first_reason", counted->first_reason },
		{ "outcome", ck_outcome_label(counted->outcome) },
		{ "reason", counted->reason },
		{ "source", ck_source_label(counted->source) },
		{ "resolved_by", ck_key_label(counted->resolved_by) },
		{ "owner", ck_owner_label(counted->owner) }
	};

	return put_texts(out, lines, COUNT(lines));
}

/* "GD4840000000001 2026-01-01..2026-12-31 84006" */
static enum ck_err
put_card(struct ck_buf *out, const char *name,
    const struct ck_insurance_card *card)
{
	char from[CK_DATE_LEN], to[CK_DATE_LEN], text[96];

	if (card->number[0] == '\0')
		return CK_OK;
	ck_date_iso(card->valid_from, from);
	ck_date_iso(card->valid_to, to);
	(void)snprintf(text, sizeof(text), "%s %s..%s %s", card->number, from,
	    to, card->facility);

	return ck_statement_text(out, name, text);
}

static enum ck_err
put_answer(struct ck_buf *out, const struct ck_answer *answer)
{
	const struct text_line lines[] = {
		{ "answer_code", answer->code },
		{ "answer_note", answer->note },
		{ "answer_name", answer->full_name }
	};
	enum ck_err err;

	if ((err = ck_statement_instant(out, "answer_as_of",
	    answer->as_of_ms)) != CK_OK ||
	    (err = put_texts(out, lines, COUNT(lines))) != CK_OK ||
	    (err = put_card(out, "answer_card", &answer->card)) != CK_OK)
		return err;

	return put_card(out, "answer_new_card", &answer->new_card);
}

enum ck_err
ck_statement_lookup(struct ck_buf *out, const struct ck_lookup_record *record)
{
	enum ck_err err;

	if ((err = put_question(out, record)) != CK_OK ||
	    (err = put_outcome(out, &record->counted)) != CK_OK)
		return err;

	return record->has_answer ? put_answer(out, &record->answer) : CK_OK;
}

static enum ck_err
print_digest(struct ck_span bytes, char out[2 * CK_TREE_HASH_LEN + 1])
{
	struct ck_tree_hash hash;
	enum ck_err err;

	if ((err = ck_tree_digest(&bytes, 1, &hash)) != CK_OK)
		return err;
	ck_hex_print(ck_span_of(hash.bytes, CK_TREE_HASH_LEN), out);

	return CK_OK;
}

enum ck_err
ck_statement_call(struct ck_buf *out, const struct ck_call_record *call)
{
	char took[32], status[16] = "", digest[2 * CK_TREE_HASH_LEN + 1] = "";
	const struct text_line lines[] = {
		{ "call_took", took },
		{ "call_under", ck_key_label(call->key) },
		{ "call_host", call->host },
		{ "call_result", call->code },
		{ "call_failure", call->failure },
		{ "call_http_status", status },
		{ "call_answer_sha256", digest }
	};
	enum ck_err err;

	(void)snprintf(took, sizeof(took), "%" PRId64 " ms",
	    call->duration_ms);
	if (call->http_status != 0)
		(void)snprintf(status, sizeof(status), "%u",
		    call->http_status);
	if (call->raw.len > 0 &&
	    (err = print_digest(call->raw, digest)) != CK_OK)
		return err;
	if ((err = ck_statement_instant(out, "call",
	    call->started_ms)) != CK_OK)
		return err;

	return put_texts(out, lines, COUNT(lines));
}
