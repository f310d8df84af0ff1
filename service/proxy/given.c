/*
 * given.c - form or JSON, read into one object of texts
 */
#include <string.h>

#include "proxy/given.h"

static int
hex(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;

	return -1;
}

/* application/x-www-form-urlencoded, URL Standard §5.1, but that a broken
 * escape is refused: it is no text that anybody meant. */
static bool
decode(struct ck_span coded, struct ck_buf *out)
{
	size_t i;

	for (i = 0; i < coded.len; i++) {
		uint8_t byte = coded.ptr[i];

		if (byte == '+') {
			byte = ' ';
		} else if (byte == '%') {
			if (coded.len - i < 3 || hex(coded.ptr[i + 1]) < 0 ||
			    hex(coded.ptr[i + 2]) < 0)
				return false;
			byte = (uint8_t)(hex(coded.ptr[i + 1]) << 4 |
			    hex(coded.ptr[i + 2]));
			i += 2;
		}
		if (byte == '\0' || ck_buf_push(out, byte) != CK_OK)
			return false;
	}

	return true;
}

static bool
add_field(json_t *given, struct ck_span pair)
{
	const uint8_t *equals = memchr(pair.ptr, '=', pair.len);
	size_t name_len = equals != NULL ? (size_t)(equals - pair.ptr) :
	    pair.len;
	struct ck_span value = equals == NULL ? CK_SPAN_EMPTY :
	    ck_span_of(equals + 1, pair.len - name_len - 1);
	struct ck_buf name = CK_BUF_INIT, text = CK_BUF_INIT;
	bool good = false;

	if (!decode(ck_span_of(pair.ptr, name_len), &name) ||
	    !decode(value, &text) || ck_buf_push(&name, '\0') != CK_OK)
		goto out;
	if (ck_json_member(given, (const char *)name.ptr) != NULL ||
	    json_object_size(given) == CK_GIVEN_FIELDS_MAX)
		goto out;
	good = json_object_set_new(given, (const char *)name.ptr,
	    json_stringn((const char *)(text.len > 0 ? text.ptr :
	    (const uint8_t *)""), text.len)) == 0;
out:
	ck_buf_wipe(&name);
	ck_buf_wipe(&text);

	return good;
}

static json_t *
parse_form(struct ck_span body)
{
	json_t *given = json_object();
	bool good = given != NULL;
	size_t at = 0;

	while (good && at < body.len) {
		const uint8_t *end = memchr(body.ptr + at, '&',
		    body.len - at);
		size_t len = end != NULL ?
		    (size_t)(end - (body.ptr + at)) : body.len - at;

		if (len > 0)
			good = add_field(given,
			    ck_span_of(body.ptr + at, len));
		at += len + 1;
	}
	if (!good || json_object_size(given) == 0) {
		json_decref(given);
		return NULL;
	}

	return given;
}

/* Two names that differ only in case would mean two things to two readers. */
static bool
names_differ(json_t *given)
{
	const char *key;
	json_t *value;

	json_object_foreach(given, key, value) {
		if (ck_json_member(given, key) != value)
			return false;
	}

	return json_object_size(given) <= CK_GIVEN_FIELDS_MAX;
}

json_t *
ck_given_parse(struct ck_span body)
{
	json_t *given;
	size_t at = 0;

	while (at < body.len && strchr(" \t\r\n", body.ptr[at]) != NULL &&
	    body.ptr[at] != '\0')
		at++;
	if (at == body.len || body.ptr[at] != '{')
		return parse_form(body);
	given = ck_json_parse(body);
	if (given != NULL && !names_differ(given)) {
		json_decref(given);
		given = NULL;
	}

	return given;
}

const char *
ck_given_text(json_t *given, const char *name)
{
	const json_t *value = ck_json_member(given, name);
	const char *text = json_string_value(value);

	/* A NUL inside would cut the text short. */
	if (text == NULL || strlen(text) != json_string_length(value))
		return "";

	return text;
}
