/*
 * json.h - the only door to jansson
 *
 * Everything that reads or writes JSON includes this file. Reading is bounded:
 * ck_json_parse() refuses duplicate keys, trailing bytes and deep nesting.
 */
#ifndef SERVICE_IO_JSON_H
#define SERVICE_IO_JSON_H

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"

/* Parse one object or array that fills text. NULL on any defect. */
json_t *ck_json_parse(struct ck_span text);

/* The member of this name without regard to case; NULL: none, or no object.
 * Borrowed. */
json_t *ck_json_member(json_t *object, const char *name);

/* The string under key of object, or "" when absent, null or not a string. */
const char *ck_json_text(const json_t *object, const char *key);

/*
 * Copy the string under key, cut-free: true when it is absent, null, or fits
 * size with its NUL; false (and out empty) when too long or not a string.
 */
bool ck_json_copy(const json_t *object, const char *key, char *out,
    size_t size);

#endif /* SERVICE_IO_JSON_H */
