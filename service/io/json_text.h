/*
 * json_text.h - JSON written as text, member by member
 *
 * For the answer that many wait for at once: a tree of jansson's costs an
 * allocation for each member, made on one thread and freed on another. Names
 * of members are ours and need no escaping; values are escaped as jansson
 * does. Errors are kept: ask once, at the end.
 */
#ifndef SERVICE_IO_JSON_TEXT_H
#define SERVICE_IO_JSON_TEXT_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* One object being written. */
struct ck_json_text {
	struct ck_buf *out;	/* borrowed; appended to */
	enum ck_err err;	/* of the first append that failed */
};

/* Begin an object at the end of out. */
struct ck_json_text ck_json_text_begin(struct ck_buf *out);

/* End it. Returns CK_OK, CK_ERR_NOMEM, or CK_ERR_FILE_MALFORMED when a text
 * was not UTF-8; then what stands in out is no JSON. */
CK_MUST_CHECK enum ck_err ck_json_text_end(struct ck_json_text *json);

/* A member that is an object: what is put until close() belongs to it. */
void ck_json_text_open(struct ck_json_text *json, const char *name);
void ck_json_text_close(struct ck_json_text *json);

/* A string; the empty one is null. */
void ck_json_put(struct ck_json_text *json, const char *name,
    const char *value);

void ck_json_put_int(struct ck_json_text *json, const char *name,
    int64_t value);
void ck_json_put_null(struct ck_json_text *json, const char *name);

#endif /* SERVICE_IO_JSON_TEXT_H */
