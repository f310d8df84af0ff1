/*
 * question.c - fields as form, JSON or query string
 */
#include <openssl/crypto.h>
#include <uninorm.h>
#include <unistr.h>

#include <stdio.h>
#include <string.h>

#include "eligibility/question.h"
#include "io/json.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool
unreserved(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= '0' && byte <= '9') ||
	    (byte != '\0' && strchr("-._~", byte) != NULL);
}

static enum ck_err
append_encoded(struct ck_buf *out, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	enum ck_err err = CK_OK;

	for (; *text != '\0' && err == CK_OK; text++) {
		unsigned byte = (unsigned char)*text;
		char coded[3] = { '%', hex[byte >> 4], hex[byte & 15] };

		err = unreserved(*text) ?
		    ck_buf_push(out, (uint8_t)byte) :
		    ck_buf_append(out, ck_span_of(coded, sizeof(coded)));
	}

	return err;
}

enum ck_err
ck_fields_form(struct ck_buf *out, const struct ck_field *fields, size_t count)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < count && err == CK_OK; i++) {
		if (i > 0)
			err = ck_buf_push(out, '&');
		if (err == CK_OK)
			err = append_encoded(out, fields[i].name);
		if (err == CK_OK)
			err = ck_buf_push(out, '=');
		if (err == CK_OK)
			err = append_encoded(out, fields[i].value);
	}

	return err;
}

enum ck_err
ck_fields_json(struct ck_buf *out, const struct ck_field *fields, size_t count)
{
	json_t *object = json_object();
	char *text = NULL;
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	for (i = 0; i < count; i++) {
		if (json_object_set_new(object, fields[i].name,
		    json_string(fields[i].value)) != 0)
			goto out;
	}
	text = json_dumps(object, JSON_COMPACT);
	if (text != NULL)
		err = ck_buf_append(out, ck_span_str(text));
out:
	if (text != NULL)
		OPENSSL_cleanse(text, strlen(text));
	free(text);
	json_decref(object);

	return err;
}

enum ck_err
ck_fields_body(struct ck_buf *out, bool json, const struct ck_field *fields,
    size_t count)
{
	return json ? ck_fields_json(out, fields, count) :
	    ck_fields_form(out, fields, count);
}

const char *
ck_fields_type(bool json)
{
	return json ? "application/json; charset=utf-8" :
	    "application/x-www-form-urlencoded";
}

/* As the gateway wants it; 8 digits without slashes are refused there. */
static void
local_date(struct ck_date date, char *out, size_t size)
{
	if (date.month == 0)
		(void)snprintf(out, size, "%04u", date.year);
	else if (date.day == 0)
		(void)snprintf(out, size, "%02u/%04u", date.month, date.year);
	else
		(void)snprintf(out, size, "%02u/%02u/%04u", date.day,
		    date.month, date.year);
}

/* NFC, because the gateway compares bytes. False: not UTF-8 or too long. */
static bool
composed(const char *text, char out[CK_NAME_LEN])
{
	size_t len = CK_NAME_LEN - 1;
	const uint8_t *bytes = (const uint8_t *)text;
	uint8_t *result = NULL;
	bool fits;

	if (u8_check(bytes, strlen(text)) == NULL)
		result = u8_normalize(UNINORM_NFC, bytes, strlen(text),
		    (uint8_t *)out, &len);
	fits = result == (uint8_t *)out;
	if (result != NULL && !fits) {
		OPENSSL_cleanse(result, len);
		free(result);
	}
	out[fits ? len : 0] = '\0';

	return fits && len > 0;
}

enum ck_err
ck_question_body(struct ck_buf *out, bool json,
    const struct ck_gateway_question *question)
{
	char name[CK_NAME_LEN], operator_name[CK_NAME_LEN], birth[24];
	const struct ck_field fields[] = {
		{ "maThe", question->number },
		{ "hoTen", name },
		{ "ngaySinh", birth },
		{ "hoTenCb", operator_name },
		{ "cccdCb", question->operator_number }
	};
	enum ck_err err = CK_ERR_REQUEST;

	local_date(question->date_of_birth, birth, sizeof(birth));
	if (composed(question->full_name, name) &&
	    composed(question->operator_name, operator_name) &&
	    question->number[0] != '\0' &&
	    question->operator_number[0] != '\0' &&
	    ck_date_valid(question->date_of_birth))
		err = ck_fields_body(out, json, fields, COUNT(fields));
	OPENSSL_cleanse(name, sizeof(name));
	OPENSSL_cleanse(operator_name, sizeof(operator_name));
	OPENSSL_cleanse(birth, sizeof(birth));

	return err;
}

enum ck_err
ck_copayment_body(struct ck_buf *out, bool json, const char *user,
    const struct ck_gateway_question *question)
{
	char name[CK_NAME_LEN], birth[24];
	const struct ck_field fields[] = {
		{ "username", user },
		{ "maThe", question->number },
		{ "hoTen", name },
		{ "ngaySinh", birth }
	};
	enum ck_err err = CK_ERR_REQUEST;

	local_date(question->date_of_birth, birth, sizeof(birth));
	if (composed(question->full_name, name) &&
	    question->number[0] != '\0' &&
	    ck_date_valid(question->date_of_birth))
		err = ck_fields_body(out, json, fields, COUNT(fields));
	OPENSSL_cleanse(name, sizeof(name));
	OPENSSL_cleanse(birth, sizeof(birth));

	return err;
}
