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
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* Parse one object or array that fills text. NULL on any defect. */
json_t *ck_json_parse(struct ck_span text);

/* The member of this name without regard to case; NULL: none, or no object.
 * Borrowed. */
json_t *ck_json_member(json_t *object, const char *name);

/* The string under key of object, or "" when absent, null or not a string. */
const char *ck_json_text(const json_t *object, const char *key);

/* value as a JSON string, or null when it is empty or NULL. New reference. */
json_t *ck_json_known(const char *value);

/* An instant as RFC 3339, or null when it is not set (0 or before). New
 * reference. wall_ms in milliseconds since 1970. */
json_t *ck_json_instant(int64_t wall_ms);

/*
 * Copy the string under key, cut-free: true when it is absent, null, or fits
 * size with its NUL; false (and out empty) when too long or not a string.
 */
bool ck_json_copy(const json_t *object, const char *key, char *out,
    size_t size);

/* The largest whole number that every reader of JSON keeps (RFC 8259 §6). */
#define CK_JSON_INTEGER_MAX INT64_C(9007199254740991)

/*
 * The canonical form of what is signed, appended to out: RFC 8785 for what we
 * write, that is names in ASCII, whole numbers within CK_JSON_INTEGER_MAX and
 * texts without control characters.
 *
 * Returns  CK_OK
 *          CK_ERR_LIMIT   a real number, one beyond the limit, a text with a
 *                         control character, or a name that is not ASCII:
 *                         programs differ in how they write these
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_json_canonical(const json_t *json, struct ck_buf *out);

#endif /* SERVICE_IO_JSON_H */
