/*
 * dg13.c - DG13 of a Vietnamese citizen card
 *
 * Each item is a number and up to two texts. A table says who takes which
 * item; items without a taker are passed over undecoded.
 */
#include <string.h>

#include "base/vn_date.h"
#include "base/vn_sex.h"
#include "card/tlv.h"
#include "ck/text.h"
#include "lds/dg13.h"

/* Texts in one item: item 13 has two, father and mother. */
#define VALUES_MAX 2

/* Parents lie at most two sequences deep; one more is room for a variant. */
#define DEPTH_MAX 3

/* Items with a number up to here must not stand twice. */
#define ITEM_MAX 16

struct values {
	struct ck_span text[VALUES_MAX];
	size_t count;
};

struct target {
	struct ck_identity *identity;
	struct ck_sensitive *sensitive;	/* NULL: not wanted */
	uint32_t seen;			/* bit n: item n was there */
};

/* A text that is too long is malformed: DG13 as a whole is under 700 bytes. */
static enum ck_err
store(struct ck_span text, char *out, size_t cap)
{
	enum ck_err err = ck_text_store(text, out, cap);

	return err == CK_ERR_LIMIT ? CK_ERR_FILE_MALFORMED : err;
}

static enum ck_err
take_number(struct target *target, const struct ck_span *text)
{
	struct ck_span number = ck_text_trim(text[0]);

	if (number.len == 0)
		return CK_OK;
	if (!ck_text_digits(number, CK_NUMBER_LEN - 1))
		return CK_ERR_FILE_MALFORMED;

	return store(number, target->identity->number, CK_NUMBER_LEN);
}

static enum ck_err
take_full_name(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->identity->full_name,
	    sizeof(target->identity->full_name));
}

static enum ck_err
take_birth(struct target *target, const struct ck_span *text)
{
	return ck_vn_date_parse(text[0], &target->identity->date_of_birth);
}

static enum ck_err
take_sex(struct target *target, const struct ck_span *text)
{
	return ck_vn_sex_parse(text[0], &target->identity->sex);
}

static enum ck_err
take_nationality(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->identity->nationality,
	    sizeof(target->identity->nationality));
}

static enum ck_err
take_residence(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->identity->residence,
	    sizeof(target->identity->residence));
}

static enum ck_err
take_issue(struct target *target, const struct ck_span *text)
{
	return ck_vn_date_parse(text[0], &target->identity->issue_date);
}

/* The words of the printed card; no chip's words have been published. */
static bool
means_no_expiry(const char *words)
{
	static const char *const known[] = {
		"Không thời hạn", "Không xác định thời hạn", "Vô thời hạn"
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (ck_text_same_letters(words, known[i]))
			return true;
	}

	return false;
}

/* 2099-12-31 is how the machine readable zone says the same. */
static enum ck_err
take_expiry(struct target *target, const struct ck_span *text)
{
	static const struct ck_date never = { 2099, 12, 31 };
	struct ck_identity *identity = target->identity;
	char words[64];
	enum ck_err err;

	err = ck_vn_date_parse(text[0], &identity->expiry_date);
	if (err == CK_OK &&
	    ck_date_compare(identity->expiry_date, never) != 0)
		return CK_OK;
	if (err != CK_OK) {
		if ((err = store(text[0], words, sizeof(words))) != CK_OK)
			return err;
		if (!means_no_expiry(words))
			return CK_ERR_FILE_MALFORMED;
	}
	identity->expiry_date = (struct ck_date){ 0 };
	identity->no_expiry = true;

	return CK_OK;
}

/*
 * Only the 9 digits of a CMND are kept. Anything else that a card may hold
 * here is of no use to reception and no reason to refuse the card.
 */
static enum ck_err
take_old_number(struct target *target, const struct ck_span *text)
{
	struct ck_span number = ck_text_trim(text[0]);

	if (!ck_text_digits(number, CK_OLD_NUMBER_LEN - 1))
		return CK_OK;

	return store(number, target->identity->old_number, CK_OLD_NUMBER_LEN);
}

static enum ck_err
take_ethnicity(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->sensitive->ethnicity,
	    sizeof(target->sensitive->ethnicity));
}

static enum ck_err
take_religion(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->sensitive->religion,
	    sizeof(target->sensitive->religion));
}

static enum ck_err
take_place_of_origin(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->sensitive->place_of_origin,
	    sizeof(target->sensitive->place_of_origin));
}

static enum ck_err
take_features(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->sensitive->identifying_features,
	    sizeof(target->sensitive->identifying_features));
}

static enum ck_err
take_parents(struct target *target, const struct ck_span *text)
{
	enum ck_err err = store(text[0], target->sensitive->father,
	    sizeof(target->sensitive->father));

	if (err != CK_OK)
		return err;

	return store(text[1], target->sensitive->mother,
	    sizeof(target->sensitive->mother));
}

static enum ck_err
take_spouse(struct target *target, const struct ck_span *text)
{
	return store(text[0], target->sensitive->spouse,
	    sizeof(target->sensitive->spouse));
}

/* Item 16, an opaque number of the chip, is wanted by nobody. */
static const struct taker {
	enum ck_err (*take)(struct target *target, const struct ck_span *text);
	size_t values;		/* how many texts the item may have */
	bool sensitive;
} takers[ITEM_MAX + 1] = {
	[1] = { take_number, 1, false },
	[2] = { take_full_name, 1, false },
	[3] = { take_birth, 1, false },
	[4] = { take_sex, 1, false },
	[5] = { take_nationality, 1, false },
	[6] = { take_ethnicity, 1, true },
	[7] = { take_religion, 1, true },
	[8] = { take_place_of_origin, 1, true },
	[9] = { take_residence, 1, false },
	[10] = { take_features, 1, true },
	[11] = { take_issue, 1, false },
	[12] = { take_expiry, 1, false },
	[13] = { take_parents, 2, true },
	[14] = { take_spouse, 1, true },
	[15] = { take_old_number, 1, false }
};

static bool
is_string(uint32_t tag)
{
	/* UTF8String, PrintableString, IA5String */
	return tag == 0x0C || tag == 0x13 || tag == 0x16;
}

static bool
add_value(struct values *values, struct ck_span text)
{
	if (values->count == VALUES_MAX)
		return false;
	values->text[values->count++] = text;

	return true;
}

/*
 * Collect texts depth-first, so that siblings and nesting give the same list.
 * An empty sequence or NULL keeps its place as an empty text: a mother does
 * not become a father because he is unknown.
 */
static bool
collect(struct ck_span body, unsigned depth, struct values *values)
{
	struct ck_cursor cur = ck_cursor_of(body);
	struct ck_tlv object;

	while (ck_tlv_next(&cur, &object)) {
		bool empty = object.value.len == 0;
		bool taken = false;

		if (is_string(object.tag) ||
		    (empty && (object.tag == 0x30 || object.tag == 0x05)))
			taken = add_value(values, object.value);
		else if (object.tag == 0x30 && depth < DEPTH_MAX)
			taken = collect(object.value, depth + 1, values);
		if (!taken)
			return false;
	}

	return ck_cursor_at_end(&cur);
}

/* The item's number; numbers too large to be known count as unknown, 0. */
static bool
read_item_number(struct ck_cursor *item, uint32_t *number)
{
	struct ck_span value;

	if (!ck_tlv_expect(item, 0x02, &value) || value.len == 0)
		return false;
	*number = 0;
	if (value.len == 1 && value.ptr[0] <= ITEM_MAX)
		*number = value.ptr[0];

	return true;
}

static enum ck_err
read_item(struct ck_cursor *item, struct target *target)
{
	struct values values = { .count = 0 };
	const struct taker *taker;
	uint32_t number;

	if (!read_item_number(item, &number))
		return CK_ERR_FILE_MALFORMED;
	taker = &takers[number];
	if (number != 0 && (target->seen >> number & 1) != 0)
		return CK_ERR_FILE_MALFORMED;
	target->seen |= UINT32_C(1) << number;
	if (taker->take == NULL ||
	    (taker->sensitive && target->sensitive == NULL))
		return CK_OK;
	if (!collect(item->rest, 0, &values) || values.count > taker->values)
		return CK_ERR_FILE_MALFORMED;

	return taker->take(target, values.text);
}

/* SEQ { INTEGER 1, OID, SET }: yields the inside of the set. */
static bool
open_file(struct ck_span file, struct ck_cursor *items)
{
	static const uint8_t iso_10646_utf8[] = {	/* 1.0.10646.1.0.8 */
		0x28, 0xD3, 0x16, 0x01, 0x00, 0x08
	};
	struct ck_span body, content, version, oid;
	struct ck_cursor cur;

	if (!ck_tlv_only(file, 0x6D, &body) ||
	    !ck_tlv_only(body, 0x30, &content))
		return false;
	cur = ck_cursor_of(content);

	return ck_tlv_expect(&cur, 0x02, &version) && version.len == 1 &&
	    version.ptr[0] == 1 && ck_tlv_expect(&cur, 0x06, &oid) &&
	    ck_span_equal(oid,
	    ck_span_of(iso_10646_utf8, sizeof(iso_10646_utf8))) &&
	    ck_tlv_enter(&cur, 0x31, items) && ck_cursor_at_end(&cur);
}

static enum ck_err
read_file(struct ck_span file, struct target *target)
{
	struct ck_cursor items, item;

	if (!open_file(file, &items))
		return CK_ERR_FILE_MALFORMED;
	while (!ck_cursor_at_end(&items)) {
		enum ck_err err = CK_ERR_FILE_MALFORMED;

		if (ck_tlv_enter(&items, 0x30, &item))
			err = read_item(&item, target);
		if (err != CK_OK)
			return err;
	}

	return CK_OK;
}

enum ck_err
ck_dg13_parse_all(struct ck_span file, struct ck_identity *out,
    struct ck_sensitive *sensitive)
{
	struct target target = { out, sensitive, 0 };
	enum ck_err err;

	ck_identity_wipe(out);
	if (sensitive != NULL)
		explicit_bzero(sensitive, sizeof(*sensitive));
	if ((err = read_file(file, &target)) == CK_OK)
		return CK_OK;
	ck_identity_wipe(out);
	if (sensitive != NULL)
		explicit_bzero(sensitive, sizeof(*sensitive));

	return err;
}

enum ck_err
ck_dg13_parse(struct ck_span file, struct ck_identity *out)
{
	return ck_dg13_parse_all(file, out, NULL);
}
