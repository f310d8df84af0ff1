/*
 * json_text.c - JSON written as text
 *
 * Source: RFC 8259 §7 (what must be escaped), §8.1 (UTF-8).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ck/text.h"
#include "io/json_text.h"

static void
append(struct ck_json_text *json, const void *bytes, size_t len)
{
	if (json->err == CK_OK)
		json->err = ck_buf_append(json->out, ck_span_of(bytes, len));
}

/* The comma before a member, unless it is its object's first. */
static void
put_name(struct ck_json_text *json, const char *name)
{
	const struct ck_buf *out = json->out;

	if (json->err != CK_OK)
		return;
	if (out->ptr[out->len - 1] == '{')
		append(json, "\"", 1);
	else
		append(json, ",\"", 2);
	append(json, name, strlen(name));
	append(json, "\":", 2);
}

/* One character that a string cannot hold as it is. */
static void
put_escape(struct ck_json_text *json, unsigned char c)
{
	static const char short_of[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	const char *found = strchr(short_of, c);
	char text[8] = { '\\' };

	/* Pairs: only a first half is a character to escape. */
	if (found != NULL)
		text[1] = found[1];
	else
		(void)snprintf(text + 1, sizeof(text) - 1, "u%04X", c);
	append(json, text, strlen(text));
}

static void
put_string(struct ck_json_text *json, const char *value)
{
	const char *from = value, *at = value;
	unsigned char all = 0;

	append(json, "\"", 1);
	for (; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		all |= c;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		append(json, from, (size_t)(at - from));
		put_escape(json, c);
		from = at + 1;
	}
	append(json, from, (size_t)(at - from));
	append(json, "\"", 1);
	if (all >= 0x80 && !ck_text_is_utf8(ck_span_of(value,
	    (size_t)(at - value))) && json->err == CK_OK)
		json->err = CK_ERR_FILE_MALFORMED;
}

struct ck_json_text
ck_json_text_begin(struct ck_buf *out)
{
	struct ck_json_text json = { out, CK_OK };

	append(&json, "{", 1);

	return json;
}

enum ck_err
ck_json_text_end(struct ck_json_text *json)
{
	append(json, "}", 1);

	return json->err;
}

void
ck_json_text_open(struct ck_json_text *json, const char *name)
{
	put_name(json, name);
	append(json, "{", 1);
}

void
ck_json_text_close(struct ck_json_text *json)
{
	append(json, "}", 1);
}

void
ck_json_put(struct ck_json_text *json, const char *name, const char *value)
{
	if (value[0] == '\0') {
		ck_json_put_null(json, name);
		return;
	}
	put_name(json, name);
	put_string(json, value);
}

void
ck_json_put_int(struct ck_json_text *json, const char *name, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRId64, value);

	put_name(json, name);
	append(json, text, (size_t)len);
}

void
ck_json_put_null(struct ck_json_text *json, const char *name)
{
	put_name(json, name);
	append(json, "null", 4);
}
