/*
 * expected_list.c - columns by their names, fields by their readers
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/text.h"
#include "http/expected_list.h"
#include "http/lookup_body.h"
#include "stats/visit_date.h"
#include "io/csv_read.h"

#define FIELDS 5
#define NAMES_MAX 6

/* What a reader of one field works on. */
struct reading {
	struct ck_expected *out;
	struct ck_date today;
};

static bool
read_number(const char *text, struct reading *r)
{
	return ck_number_read(text, &r->out->person);
}

static bool
read_name(const char *text, struct reading *r)
{
	return ck_text_store(ck_span_str(text), r->out->full_name,
	    sizeof(r->out->full_name)) == CK_OK;
}

/* 5/3/1994 to 05/03/1994: table programs drop the zeros. */
static bool
pad(const char *text, char out[16])
{
	size_t len = 0, part;

	for (;;) {
		part = strcspn(text, "/");
		if (len + part + 2 >= 16)
			return false;
		if (part == 1)
			out[len++] = '0';
		memcpy(out + len, text, part);
		len += part;
		text += part;
		if (*text == '\0')
			break;
		out[len++] = *text++;
	}
	out[len] = '\0';

	return true;
}

/* As programs write it (2026-11-23) or as people here do (23/11/2026). */
static bool
read_date(const char *text, struct ck_date *out)
{
	char padded[16];

	return ck_date_parse_iso(text, out) == CK_OK ||
	    (pad(text, padded) && ck_date_parse_local(padded, out) == CK_OK);
}

static bool
read_birth(const char *text, struct reading *r)
{
	return read_date(text, &r->out->date_of_birth) &&
	    ck_date_compare(r->out->date_of_birth, r->today) <= 0;
}

static bool
read_visit(const char *text, struct reading *r)
{
	struct ck_date *date = &r->out->visit_date;

	return read_date(text, date) && date->day != 0 &&
	    ck_appointment_date_possible(*date, r->today);
}

/* Digits, and what people put between them. */
static bool
read_phone(const char *text, struct reading *r)
{
	size_t len = strlen(text), i, digits = 0;

	for (i = 0; i < len; i++)
		digits += text[i] >= '0' && text[i] <= '9';
	if (digits < 8 || digits > 15 || len >= CK_PHONE_LEN ||
	    strspn(text, "0123456789 +-.()") != len)
		return false;
	memcpy(r->out->phone, text, len + 1);

	return true;
}

static const struct {
	const char *names[NAMES_MAX];	/* the first is ours */
	bool required;
	const char *expected;
	bool (*read)(const char *text, struct reading *r);
} fields[FIELDS] = {
	{ { "number", "so_cccd", "ma_the", "số cccd", "số thẻ", "mã thẻ" }, false,
	    "12 digits (identity number), 10 digits (insurance number) or 15 "
	    "characters (card number); a table program may have dropped a "
	    "leading 0: format the column as text", read_number },
	{ { "full_name", "ho_ten", "ho_va_ten", "họ tên", "họ và tên", NULL },
	    true, "the name, 1 to 399 bytes of UTF-8", read_name },
	{ { "date_of_birth", "ngay_sinh", "ngày sinh", NULL, NULL, NULL }, false, "DD/MM/YYYY or YYYY-MM-DD, not after today; month "
	    "and year, or the year alone", read_birth },
	{ { "visit_date", "ngay_hen", "ngay_kham", "ngày hẹn", "ngày khám",
	    NULL }, true, "DD/MM/YYYY or YYYY-MM-DD, "
	    CK_APPOINTMENT_DATE_EXPECTED, read_visit },
	{ { "phone", "dien_thoai", "so_dien_thoai", "điện thoại",
	    "số điện thoại", "sđt" }, false, "8 to 15 digits", read_phone }
};

static const char head_expected[] = "a first row with the names of the "
    "columns: full_name (ho_ten) and visit_date (ngay_hen), and number "
    "(so_cccd), date_of_birth (ngay_sinh) and phone (dien_thoai) where known; "
    "in UTF-8, each name once";

/* --- The list ------------------------------------------------------------- */

static enum ck_err
add_row(struct ck_expected_list *list, const struct ck_expected *row)
{
	size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
	struct ck_expected *rows;

	if (list->count == CK_EXPECTED_MAX)
		return CK_ERR_LIMIT;
	if (list->count == list->capacity) {
		/* Never realloc: what it leaves behind is personal. */
		if ((rows = calloc(capacity, sizeof(*rows))) == NULL)
			return CK_ERR_NOMEM;
		if (list->count > 0) {
			memcpy(rows, list->rows, list->count * sizeof(*rows));
			OPENSSL_cleanse(list->rows,
			    list->count * sizeof(*rows));
		}
		free(list->rows);
		list->rows = rows;
		list->capacity = capacity;
	}
	list->rows[list->count++] = *row;

	return CK_OK;
}

static void
refuse(struct ck_expected_list *list, size_t line, const char *field,
    const char *expected)
{
	list->refused++;
	if (list->defect_count < CK_EXPECTED_DEFECTS_MAX)
		list->defects[list->defect_count++] =
		    (struct ck_expected_defect){ line, field, expected };
}

void
ck_expected_list_wipe(struct ck_expected_list *list)
{
	if (list->rows != NULL)
		OPENSSL_cleanse(list->rows,
		    list->capacity * sizeof(*list->rows));
	free(list->rows);
	json_decref(list->ignored);
	memset(list, 0, sizeof(*list));
}

/* One field; empty is absent. False: *at is the one at fault. */
static bool
read_fields(const char *const texts[FIELDS], struct reading *r, size_t *at)
{
	for (*at = 0; *at < FIELDS; (*at)++) {
		const char *text = texts[*at];

		if (text == NULL || text[0] == '\0') {
			if (fields[*at].required)
				return false;
		} else if (!fields[*at].read(text, r)) {
			return false;
		}
	}

	return r->out->full_name[0] != '\0';
}

static enum ck_err
take(struct ck_expected_list *list, size_t line,
    const char *const texts[FIELDS], struct ck_date today)
{
	struct ck_expected row = { 0 };
	struct reading r = { &row, today };
	enum ck_err err = CK_OK;
	size_t at;

	if (read_fields(texts, &r, &at))
		err = add_row(list, &row);
	else if (at == FIELDS)
		refuse(list, line, "full_name", fields[1].expected);
	else
		refuse(list, line, fields[at].names[0], fields[at].expected);
	OPENSSL_cleanse(&row, sizeof(row));

	return err;
}

/* --- CSV ------------------------------------------------------------------ */

/* Which field each column is; FIELDS: another. */
struct head {
	size_t field[CK_CSV_FIELDS_MAX];
	size_t count;
};

/* Blanks around are no part of it; NUL-terminated. False: too long for any
 * field, or with a NUL inside. */
static bool
text_of(struct ck_span span, char *out, size_t size)
{
	while (span.len > 0 && span.ptr[0] == ' ')
		span = ck_span_slice(span, 1, span.len);
	while (span.len > 0 && span.ptr[span.len - 1] == ' ')
		span.len--;
	if (span.len >= size || (span.len > 0 &&
	    memchr(span.ptr, 0, span.len) != NULL))
		return false;
	if (span.len > 0)
		memcpy(out, span.ptr, span.len);
	out[span.len] = '\0';

	return true;
}

static size_t
field_named(const char *name)
{
	size_t i, k;

	for (i = 0; i < FIELDS; i++) {
		for (k = 0; k < NAMES_MAX && fields[i].names[k] != NULL; k++) {
			if (ck_text_same_letters(name, fields[i].names[k]))
				return i;
		}
	}

	return FIELDS;
}

/* False: a name stands there twice, or one that is needed does not. */
static bool
read_head(const struct ck_csv_row *row, struct head *head,
    struct ck_expected_list *list)
{
	bool seen[FIELDS] = { false };
	char name[128], clean[128];
	size_t i;

	for (i = 0; i < row->count; i++) {
		head->field[i] = FIELDS;
		if (!text_of(row->fields[i], name, sizeof(name)) ||
		    ck_text_store(ck_span_str(name), clean,
		    sizeof(clean)) != CK_OK)
			return false;
		head->field[i] = field_named(clean);
		if (head->field[i] == FIELDS)
			(void)json_array_append_new(list->ignored,
			    json_string(clean));
		else if (seen[head->field[i]])
			return false;
		else
			seen[head->field[i]] = true;
	}
	head->count = row->count;
	for (i = 0; i < FIELDS; i++) {
		if (fields[i].required && !seen[i])
			return false;
	}

	return true;
}

static enum ck_err
take_csv(struct ck_expected_list *list, const struct ck_csv_row *row,
    const struct head *head, struct ck_date today)
{
	char values[FIELDS][CK_NAME_LEN];
	const char *texts[FIELDS] = { NULL };
	enum ck_err err = CK_OK;
	size_t i, field;

	if (row->count != head->count) {
		refuse(list, row->line, "", "as many columns as the first "
		    "row has");
		return CK_OK;
	}
	for (i = 0; i < row->count; i++) {
		field = head->field[i];
		if (field == FIELDS)
			continue;
		if (!text_of(row->fields[i], values[field], CK_NAME_LEN)) {
			refuse(list, row->line, fields[field].names[0],
			    fields[field].expected);
			goto out;
		}
		texts[field] = values[field];
	}
	err = take(list, row->line, texts, today);
out:
	OPENSSL_cleanse(values, sizeof(values));

	return err;
}

static enum ck_err
read_rows(struct ck_expected_list *list, struct ck_csv *csv,
    struct ck_csv_row *row, const struct head *head, struct ck_date today)
{
	enum ck_csv_end end;
	enum ck_err err = CK_OK;

	while (err == CK_OK && (end = ck_csv_next(csv, row)) != CK_CSV_END) {
		if (end == CK_CSV_ROW)
			err = take_csv(list, row, head, today);
		else
			refuse(list, row->line, "", "quotation marks around a "
			    "whole field, doubled inside it");
	}

	return err;
}

enum ck_err
ck_expected_read_csv(struct ck_expected_list *list, struct ck_span text,
    struct ck_date today)
{
	struct ck_csv_row *row = malloc(sizeof(*row));
	struct ck_csv csv;
	struct head head;
	enum ck_err err = CK_ERR_NOMEM;

	list->ignored = json_array();
	if (row == NULL || list->ignored == NULL)
		goto out;
	ck_csv_init(&csv, text);
	err = CK_OK;
	if (ck_csv_next(&csv, row) != CK_CSV_ROW ||
	    !read_head(row, &head, list))
		list->head_expected = head_expected;
	else
		err = read_rows(list, &csv, row, &head, today);
out:
	if (row != NULL)
		OPENSSL_cleanse(row, sizeof(*row));
	free(row);

	return err;
}

/* --- JSON ----------------------------------------------------------------- */

/* False: told. */
static bool
texts_of(struct ck_expected_list *list, size_t line, const json_t *item,
    const char *texts[FIELDS])
{
	size_t i, known = 0;

	for (i = 0; i < FIELDS; i++) {
		const json_t *value = json_object_get(item,
		    fields[i].names[0]);

		known += value != NULL;
		texts[i] = json_string_value(value);
		if (value == NULL || json_is_null(value))
			continue;
		if (texts[i] == NULL ||
		    strlen(texts[i]) != json_string_length(value)) {
			refuse(list, line, fields[i].names[0],
			    fields[i].expected);
			return false;
		}
	}
	if (!json_is_object(item) || known != json_object_size(item)) {
		refuse(list, line, "", "an object of number, full_name, "
		    "date_of_birth, visit_date and phone; nothing else");
		return false;
	}

	return true;
}

enum ck_err
ck_expected_read_json(struct ck_expected_list *list, const json_t *array,
    struct ck_date today)
{
	const char *texts[FIELDS];
	enum ck_err err = CK_OK;
	size_t i;

	if (json_array_size(array) > CK_EXPECTED_MAX)
		return CK_ERR_LIMIT;
	for (i = 0; i < json_array_size(array) && err == CK_OK; i++) {
		if (texts_of(list, i + 1, json_array_get(array, i), texts))
			err = take(list, i + 1, texts, today);
	}

	return err;
}
