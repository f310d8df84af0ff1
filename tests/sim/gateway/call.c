/*
 * call.c - one call of the gateway: what was asked, what will be answered
 *
 * Form and JSON bodies both become one JSON object of texts, so that no
 * handler needs to know which of the two a client sends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "call.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* Decode %XX and + in place; what is not an escape stays as it is. */
static size_t
decode(char *text, size_t size)
{
	size_t from, to;

	for (from = to = 0; from < size; from++, to++) {
		text[to] = text[from] == '+' ? ' ' : text[from];
		if (text[from] != '%' || size - from < 3 ||
		    hex_value(text[from + 1]) < 0 ||
		    hex_value(text[from + 2]) < 0)
			continue;
		text[to] = (char)(hex_value(text[from + 1]) << 4 |
		    hex_value(text[from + 2]));
		from += 2;
	}
	return to;
}

static void
add_pair(json_t *fields, char *pair, size_t size)
{
	char *equals = memchr(pair, '=', size);
	size_t name_size, value_size;
	char name[64];

	if (equals == NULL)
		return;
	name_size = decode(pair, (size_t)(equals - pair));
	value_size = decode(equals + 1,
	    size - (size_t)(equals - pair) - 1);
	if (name_size >= sizeof(name))
		return;
	memcpy(name, pair, name_size);
	name[name_size] = '\0';
	/* Not UTF-8: jansson refuses, and the field counts as absent. */
	(void)json_object_set_new(fields, name,
	    json_stringn(equals + 1, value_size));
}

static void
read_form(struct sim_call *call)
{
	size_t start = 0;

	while (start < call->size) {
		char *pair = call->body + start;
		char *end = memchr(pair, '&', call->size - start);
		size_t size = end != NULL ? (size_t)(end - pair) :
		    call->size - start;

		add_pair(call->fields, pair, size);
		start += size + 1;
	}
}

static void
read_json(struct sim_call *call)
{
	json_t *json = json_loadb(call->body, call->size, 0, NULL);

	if (json_is_object(json)) {
		json_decref(call->fields);
		call->fields = json;
	} else {
		json_decref(json);
		call->kind = SIM_BODY_NONE;
	}
}

void
sim_call_read_body(struct sim_call *call)
{
	const char *type = sim_call_header(call, "Content-Type");

	call->fields = json_object();
	if (type == NULL || call->body == NULL)
		return;
	if (strncasecmp(type, "application/json", 16) == 0) {
		call->kind = SIM_BODY_JSON;
		read_json(call);
	} else if (strncasecmp(type, "application/x-www-form-urlencoded",
	    33) == 0) {
		call->kind = SIM_BODY_FORM;
		read_form(call);
	}
}

/* A text with a NUL inside is no text: what follows would be lost. */
static const char *
text_or_null(const json_t *value)
{
	const char *text = json_string_value(value);

	return text != NULL && strlen(text) == json_string_length(value) ?
	    text : NULL;
}

const char *
sim_call_field(const struct sim_call *call, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach(call->fields, key, value) {
		if (strcasecmp(key, name) == 0)
			return text_or_null(value);
	}
	return NULL;
}

const char *
sim_call_query(const struct sim_call *call, const char *name)
{
	return MHD_lookup_connection_value(call->connection,
	    MHD_GET_ARGUMENT_KIND, name);
}

const char *
sim_call_header(const struct sim_call *call, const char *name)
{
	return MHD_lookup_connection_value(call->connection,
	    MHD_HEADER_KIND, name);
}

static void
set_reply(struct sim_call *call, unsigned status, const char *type,
    char *body)
{
	free(call->reply.body);
	call->reply.status = status;
	call->reply.type = type;
	call->reply.body = body;
	call->reply.size = body != NULL ? strlen(body) : 0;
}

void
sim_reply_json_new(struct sim_call *call, unsigned status, json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	set_reply(call, text != NULL ? status : 500,
	    "application/json; charset=utf-8", text);
}

void
sim_reply_text(struct sim_call *call, unsigned status, const char *type,
    const char *text)
{
	set_reply(call, status, type, strdup(text));
}

void
sim_reply_code(struct sim_call *call, const char *code, const char *note)
{
	sim_call_set_code(call, code);
	sim_reply_json_new(call, 200, json_pack("{s:s?, s:s?}", "maKetQua",
	    code, "ghiChu", note));
}

void
sim_call_set_code(struct sim_call *call, const char *code)
{
	snprintf(call->code, sizeof(call->code), "%s",
	    code != NULL ? code : "");
}

void
sim_call_free(struct sim_call **call)
{
	if (*call == NULL)
		return;
	json_decref((*call)->fields);
	free((*call)->body);
	free((*call)->reply.body);
	free(*call);
	*call = NULL;
}
