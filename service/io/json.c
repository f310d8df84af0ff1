/*
 * json.c - bounded reading of JSON; what it held is wiped when freed
 *
 * jansson keeps names and numbers of patients in many small allocations. All
 * of them are wiped when it lets them go, so no copy outlives its use.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ck/clock.h"
#include "io/json.h"

/*
 * Deepest nesting that is parsed. The gateway's answers have 3 levels and our
 * own requests 2; jansson recurses once for each level.
 */
#define DEPTH_MAX 16

static void
wipe_and_free(void *ptr)
{
	if (ptr == NULL)
		return;
	explicit_bzero(ptr, malloc_usable_size(ptr));
	free(ptr);
}

/* Before main(): jansson must not be used by a thread while this changes. */
__attribute__((constructor)) static void
wipe_what_jansson_frees(void)
{
	json_set_alloc_funcs(malloc, wipe_and_free);
}

/* Nesting of brackets outside strings stays within DEPTH_MAX. */
static bool
shallow(struct ck_span text)
{
	bool in_string = false;
	unsigned depth = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		uint8_t byte = text.ptr[i];

		if (in_string && byte == '\\')
			i++;
		else if (byte == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if (byte == '{' || byte == '[')
			depth++;
		else if ((byte == '}' || byte == ']') && depth > 0)
			depth--;
		if (depth > DEPTH_MAX)
			return false;
	}

	return true;
}

json_t *
ck_json_parse(struct ck_span text)
{
	json_error_t error;
	json_t *json;

	if (text.len == 0 || !shallow(text))
		return NULL;
	json = json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, &error);
	/* The error quotes the text around the defect. */
	explicit_bzero(&error, sizeof(error));

	return json;
}

const char *
ck_json_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

json_t *
ck_json_known(const char *value)
{
	return value == NULL || value[0] == '\0' ? json_null() :
	    json_string(value);
}

json_t *
ck_json_instant(int64_t wall_ms)
{
	char written[CK_INSTANT_LEN];

	if (wall_ms <= 0)
		return json_null();
	ck_clock_instant(wall_ms, written);

	return json_string(written);
}

bool
ck_json_copy(const json_t *object, const char *key, char *out, size_t size)
{
	const json_t *value = json_object_get(object, key);
	size_t len;

	memset(out, 0, size);
	if (value == NULL || json_is_null(value))
		return true;
	len = json_string_length(value);
	if (!json_is_string(value) || len >= size)
		return false;
	memcpy(out, json_string_value(value), len);

	return true;
}

json_t *
ck_json_member(json_t *object, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (strcasecmp(key, name) == 0)
			return value;
	}

	return NULL;
}

static bool
canonical_text(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	}

	return true;
}

static bool
canonical_name(const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name < 0x20 || *name > 0x7e)
			return false;
	}

	return true;
}

static bool canonical(const json_t *json, unsigned depth);

static bool
canonical_members(const json_t *object, unsigned depth)
{
	const char *name;
	json_t *value;

	/* jansson offers no way to walk an object that is const */
	json_object_foreach((json_t *)(uintptr_t)object, name, value) {
		if (!canonical_name(name) || !canonical(value, depth))
			return false;
	}

	return true;
}

static bool
canonical_items(const json_t *list, unsigned depth)
{
	const json_t *value;
	size_t i;

	json_array_foreach(list, i, value) {
		if (!canonical(value, depth))
			return false;
	}

	return true;
}

/* True when every program writes this value in the same bytes. */
static bool
canonical(const json_t *json, unsigned depth)
{
	if (depth == 0)
		return false;
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return canonical_members(json, depth - 1);
	case JSON_ARRAY:
		return canonical_items(json, depth - 1);
	case JSON_STRING:
		return canonical_text(json_string_value(json),
		    json_string_length(json));
	case JSON_INTEGER:
		return json_integer_value(json) <= CK_JSON_INTEGER_MAX &&
		    json_integer_value(json) >= -CK_JSON_INTEGER_MAX;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		return true;
	case JSON_REAL:
	default:
		return false;
	}
}

static int
append(const char *bytes, size_t len, void *ctx)
{
	return ck_buf_append(ctx, ck_span_of(bytes, len)) == CK_OK ? 0 : -1;
}

enum ck_err
ck_json_canonical(const json_t *json, struct ck_buf *out)
{
	if (!canonical(json, DEPTH_MAX))
		return CK_ERR_LIMIT;

	return json_dump_callback(json, append, out, JSON_COMPACT |
	    JSON_SORT_KEYS) == 0 ? CK_OK : CK_ERR_NOMEM;
}
