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
