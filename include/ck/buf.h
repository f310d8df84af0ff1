/*
 * buf.h - who owns the bytes
 *
 * A span borrows; a buf owns; a cursor walks a span and can never leave it.
 * The type alone tells a reader which one it is.
 */
#ifndef CK_BUF_H
#define CK_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"

/* Borrowed bytes. Valid only as long as their owner; never freed here. */
struct ck_span {
	const uint8_t *ptr;	/* may be NULL when len is 0 */
	size_t len;		/* bytes */
};

#define CK_SPAN_EMPTY ((struct ck_span){ NULL, 0 })

/* Owned bytes. Start from CK_BUF_INIT; finish with ck_buf_wipe(). */
struct ck_buf {
	uint8_t *ptr;
	size_t len;		/* bytes in use */
	size_t cap;		/* bytes allocated; all of them are wiped */
};

#define CK_BUF_INIT { NULL, 0, 0 }

/* Borrow len bytes at ptr. */
struct ck_span ck_span_of(const void *ptr, size_t len);

/* Borrow the bytes of a C string, without its NUL. NULL gives an empty span. */
struct ck_span ck_span_str(const char *text);

/* True when both hold the same bytes. Not constant time: never for secrets. */
bool ck_span_equal(struct ck_span a, struct ck_span b);

/*
 * The part [offset, offset + len) of span, cut to what is there: beyond its
 * end the result is shorter or empty, never outside.
 */
struct ck_span ck_span_slice(struct ck_span span, size_t offset, size_t len);

/* Borrow all bytes of buf, valid until buf next changes. */
struct ck_span ck_buf_view(const struct ck_buf *buf);

/*
 * Append a copy of more. Growth moves the bytes to a new allocation and wipes
 * the old one. Returns CK_OK or CK_ERR_NOMEM; buf is unchanged on error.
 */
CK_MUST_CHECK enum ck_err
ck_buf_append(struct ck_buf *buf, struct ck_span more);

/* Append one byte. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err ck_buf_push(struct ck_buf *buf, uint8_t byte);

/*
 * Make room for len bytes in all and set buf->len to len; new bytes are zero.
 * Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err ck_buf_resize(struct ck_buf *buf, size_t len);

/* Wipe every allocated byte, free, and return to CK_BUF_INIT. */
void ck_buf_wipe(struct ck_buf *buf);

/* A read position in borrowed bytes. Start with ck_cursor_of(). */
struct ck_cursor {
	struct ck_span rest;	/* what has not been read yet */
};

/* A cursor at the start of span. */
struct ck_cursor ck_cursor_of(struct ck_span span);

/* True when nothing is left: parsers check it to reject trailing bytes. */
bool ck_cursor_at_end(const struct ck_cursor *cur);

/* Take one byte. False, with nothing taken, at the end. */
bool ck_cursor_u8(struct ck_cursor *cur, uint8_t *out);

/* Take two bytes, big-endian. False, with nothing taken, if fewer are left. */
bool ck_cursor_u16(struct ck_cursor *cur, uint16_t *out);

/* Take len bytes as a span. False, with nothing taken, if fewer are left. */
bool ck_cursor_take(struct ck_cursor *cur, size_t len, struct ck_span *out);

#endif /* CK_BUF_H */
