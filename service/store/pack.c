/*
 * pack.c - the personal part of a record as bytes
 */
#include <stddef.h>
#include <string.h>

#include "store/pack.h"

/*
 * Version of the layouts below. A new field goes to the end of its table under
 * a new version, and the tables of older versions stay for reading.
 */
#define PACK_VERSION 1

enum field_type { FIELD_TEXT, FIELD_DATE, FIELD_BYTE, FIELD_INSTANT };

struct field {
	enum field_type type;
	size_t offset;		/* within the struct */
	size_t size;		/* of a text's array */
};

#define TEXT(type, member) \
	{ FIELD_TEXT, offsetof(type, member), sizeof(((type *)0)->member) }
#define DATE(type, member) { FIELD_DATE, offsetof(type, member), 0 }
#define BYTE(type, member) { FIELD_BYTE, offsetof(type, member), 1 }
#define INSTANT(type, member) { FIELD_INSTANT, offsetof(type, member), 8 }

static const struct field answer_fields[] = {
	TEXT(struct ck_answer, code),
	TEXT(struct ck_answer, note),
	TEXT(struct ck_answer, full_name),
	DATE(struct ck_answer, date_of_birth),
	BYTE(struct ck_answer, sex),
	TEXT(struct ck_answer, address),
	TEXT(struct ck_answer, insurance_number),
	TEXT(struct ck_answer, old_card_number),
	TEXT(struct ck_answer, office),
	TEXT(struct ck_answer, area),
	DATE(struct ck_answer, five_years),
	TEXT(struct ck_answer, card.number),
	TEXT(struct ck_answer, card.facility),
	TEXT(struct ck_answer, card.facility_name),
	DATE(struct ck_answer, card.valid_from),
	DATE(struct ck_answer, card.valid_to),
	TEXT(struct ck_answer, new_card.number),
	TEXT(struct ck_answer, new_card.facility),
	TEXT(struct ck_answer, new_card.facility_name),
	DATE(struct ck_answer, new_card.valid_from),
	DATE(struct ck_answer, new_card.valid_to),
	INSTANT(struct ck_answer, as_of_ms),
};

static const struct field lookup_fields[] = {
	TEXT(struct ck_lookup_record, operator_name),
	TEXT(struct ck_lookup_record, person.id_number),
	TEXT(struct ck_lookup_record, person.old_number),
	TEXT(struct ck_lookup_record, person.insurance_number),
	TEXT(struct ck_lookup_record, person.card_number),
	TEXT(struct ck_lookup_record, identity.number),
	TEXT(struct ck_lookup_record, identity.full_name),
	DATE(struct ck_lookup_record, identity.date_of_birth),
	BYTE(struct ck_lookup_record, identity.sex),
	TEXT(struct ck_lookup_record, identity.nationality),
	TEXT(struct ck_lookup_record, identity.residence),
	DATE(struct ck_lookup_record, identity.issue_date),
	DATE(struct ck_lookup_record, identity.expiry_date),
	BYTE(struct ck_lookup_record, identity.no_expiry),
	TEXT(struct ck_lookup_record, identity.old_number),
	BYTE(struct ck_lookup_record, has_answer),
};

static const struct field card_fields[] = {
	TEXT(struct ck_insurance_card, number),
	TEXT(struct ck_insurance_card, facility),
	TEXT(struct ck_insurance_card, facility_name),
	DATE(struct ck_insurance_card, valid_from),
	DATE(struct ck_insurance_card, valid_to),
};

static const struct field call_fields[] = {
	TEXT(struct ck_call_record, host),
	TEXT(struct ck_call_record, failure),
};

_Static_assert(sizeof(bool) == 1, "a bool is packed as one byte");

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* value in len bytes, big-endian. */
static enum ck_err
put_number(struct ck_buf *out, uint64_t value, size_t len)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)(value >> (8 * (len - 1 - i)));

	return ck_buf_append(out, ck_span_of(bytes, len));
}

static bool
take_number(struct ck_cursor *cur, size_t len, uint64_t *out)
{
	uint8_t byte;

	*out = 0;
	while (len-- > 0) {
		if (!ck_cursor_u8(cur, &byte))
			return false;
		*out = *out << 8 | byte;
	}

	return true;
}

static enum ck_err
put_text(struct ck_buf *out, const char *text, size_t size)
{
	size_t len = strnlen(text, size - 1);
	enum ck_err err = put_number(out, len, 2);

	return err == CK_OK ? ck_buf_append(out, ck_span_of(text, len)) : err;
}

static bool
take_text(struct ck_cursor *cur, char *text, size_t size)
{
	struct ck_span bytes;
	uint16_t len;

	if (!ck_cursor_u16(cur, &len) || len >= size ||
	    !ck_cursor_take(cur, len, &bytes))
		return false;
	if (len > 0)
		memcpy(text, bytes.ptr, len);
	text[len] = '\0';

	return true;
}

static enum ck_err
put_field(struct ck_buf *out, const struct field *field, const char *at)
{
	struct ck_date date;
	int64_t instant;

	switch (field->type) {
	case FIELD_TEXT:
		return put_text(out, at, field->size);
	case FIELD_DATE:
		memcpy(&date, at, sizeof(date));
		return put_number(out, (uint64_t)date.year << 16 |
		    (uint64_t)date.month << 8 | date.day, 4);
	case FIELD_BYTE:
		return ck_buf_push(out, (uint8_t)*at);
	case FIELD_INSTANT:
	default:
		memcpy(&instant, at, sizeof(instant));
		return put_number(out, (uint64_t)instant, 8);
	}
}

static bool
take_date(struct ck_cursor *cur, char *at)
{
	struct ck_date date;
	uint64_t value;

	if (!take_number(cur, 4, &value))
		return false;
	date = (struct ck_date){ (uint16_t)(value >> 16),
	    (uint8_t)(value >> 8), (uint8_t)value };
	memcpy(at, &date, sizeof(date));

	return true;
}

static bool
take_instant(struct ck_cursor *cur, char *at)
{
	uint64_t value;
	int64_t instant;

	if (!take_number(cur, 8, &value))
		return false;
	instant = (int64_t)value;
	memcpy(at, &instant, sizeof(instant));

	return true;
}

/* A bool must be 0 or 1; a letter ASCII: anything else was not packed here. */
static bool
take_byte(struct ck_cursor *cur, char *at)
{
	uint8_t byte;

	if (!ck_cursor_u8(cur, &byte) || byte > 0x7f)
		return false;
	*at = (char)byte;

	return true;
}

static bool
take_field(struct ck_cursor *cur, const struct field *field, char *at)
{
	switch (field->type) {
	case FIELD_TEXT:
		return take_text(cur, at, field->size);
	case FIELD_DATE:
		return take_date(cur, at);
	case FIELD_BYTE:
		return take_byte(cur, at);
	case FIELD_INSTANT:
	default:
		return take_instant(cur, at);
	}
}

static enum ck_err
put_fields(struct ck_buf *out, const struct field *fields, size_t count,
    const void *record)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < count && err == CK_OK; i++)
		err = put_field(out, &fields[i],
		    (const char *)record + fields[i].offset);

	return err;
}

static bool
take_fields(struct ck_cursor *cur, const struct field *fields, size_t count,
    void *record)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!take_field(cur, &fields[i],
		    (char *)record + fields[i].offset))
			return false;
	}

	return true;
}

static bool
take_version(struct ck_cursor *cur)
{
	uint8_t version;

	return ck_cursor_u8(cur, &version) && version == PACK_VERSION;
}

enum ck_err
ck_pack_answer(const struct ck_answer *answer, struct ck_buf *out)
{
	enum ck_err err = ck_buf_push(out, PACK_VERSION);

	if (err == CK_OK)
		err = put_fields(out, answer_fields, COUNT(answer_fields),
		    answer);

	return err;
}

enum ck_err
ck_unpack_answer(struct ck_span packed, struct ck_answer *answer)
{
	struct ck_cursor cur = ck_cursor_of(packed);

	memset(answer, 0, sizeof(*answer));
	if (!take_version(&cur) ||
	    !take_fields(&cur, answer_fields, COUNT(answer_fields), answer) ||
	    !ck_cursor_at_end(&cur))
		return CK_ERR_STORE_CORRUPT;

	return CK_OK;
}

enum ck_err
ck_pack_cards(const struct ck_known_cards *cards, struct ck_buf *out)
{
	enum ck_err err = ck_buf_push(out, PACK_VERSION);
	size_t i;

	if (err == CK_OK)
		err = ck_buf_push(out, (uint8_t)cards->count);
	for (i = 0; i < cards->count && err == CK_OK; i++)
		err = put_fields(out, card_fields, COUNT(card_fields),
		    &cards->list[i]);

	return err;
}

enum ck_err
ck_unpack_cards(struct ck_span packed, struct ck_known_cards *cards)
{
	struct ck_cursor cur = ck_cursor_of(packed);
	uint8_t count;
	size_t i;

	memset(cards, 0, sizeof(*cards));
	if (!take_version(&cur) || !ck_cursor_u8(&cur, &count) ||
	    count > CK_KNOWN_CARDS_MAX)
		return CK_ERR_STORE_CORRUPT;
	for (i = 0; i < count; i++) {
		if (!take_fields(&cur, card_fields, COUNT(card_fields),
		    &cards->list[i]))
			return CK_ERR_STORE_CORRUPT;
	}
	cards->count = count;

	return ck_cursor_at_end(&cur) ? CK_OK : CK_ERR_STORE_CORRUPT;
}

enum ck_err
ck_pack_lookup(const struct ck_lookup_record *record, struct ck_buf *out)
{
	enum ck_err err = ck_buf_push(out, PACK_VERSION);

	if (err == CK_OK)
		err = put_fields(out, lookup_fields, COUNT(lookup_fields),
		    record);
	if (err == CK_OK && record->has_answer)
		err = put_fields(out, answer_fields, COUNT(answer_fields),
		    &record->answer);

	return err;
}

enum ck_err
ck_unpack_lookup(struct ck_span packed, struct ck_lookup_record *record)
{
	struct ck_cursor cur = ck_cursor_of(packed);

	if (!take_version(&cur) ||
	    !take_fields(&cur, lookup_fields, COUNT(lookup_fields), record))
		return CK_ERR_STORE_CORRUPT;
	if (record->has_answer && !take_fields(&cur, answer_fields,
	    COUNT(answer_fields), &record->answer))
		return CK_ERR_STORE_CORRUPT;

	return ck_cursor_at_end(&cur) ? CK_OK : CK_ERR_STORE_CORRUPT;
}

enum ck_err
ck_pack_call(const struct ck_call_record *call, struct ck_buf *out)
{
	enum ck_err err = ck_buf_push(out, PACK_VERSION);

	if (err == CK_OK)
		err = put_fields(out, call_fields, COUNT(call_fields), call);
	if (err == CK_OK)
		err = put_number(out, call->http_status, 2);

	return err == CK_OK ? ck_buf_append(out, call->raw) : err;
}

/* The answer's bytes are the rest. */
enum ck_err
ck_unpack_call(struct ck_span packed, struct ck_call_record *call)
{
	struct ck_cursor cur = ck_cursor_of(packed);
	uint16_t status;

	if (!take_version(&cur) ||
	    !take_fields(&cur, call_fields, COUNT(call_fields), call) ||
	    !ck_cursor_u16(&cur, &status))
		return CK_ERR_STORE_CORRUPT;
	call->http_status = status;
	call->raw = cur.rest;

	return CK_OK;
}
