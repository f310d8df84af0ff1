/*
 * buf.c - owned bytes that are always wiped, and the bounded cursor
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/buf.h"

/* Growth starts here: most card answers fit without a second allocation. */
#define CAP_MIN 256

struct ck_span
ck_span_of(const void *ptr, size_t len)
{
	return (struct ck_span){ ptr, len };
}

struct ck_span
ck_span_str(const char *text)
{
	return ck_span_of(text, text == NULL ? 0 : strlen(text));
}

bool
ck_span_equal(struct ck_span a, struct ck_span b)
{
	if (a.len != b.len)
		return false;

	return a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0;
}

struct ck_span
ck_span_slice(struct ck_span span, size_t offset, size_t len)
{
	if (offset >= span.len)
		return CK_SPAN_EMPTY;
	if (len > span.len - offset)
		len = span.len - offset;

	return ck_span_of(span.ptr + offset, len);
}

struct ck_span
ck_buf_view(const struct ck_buf *buf)
{
	return ck_span_of(buf->ptr, buf->len);
}

static enum ck_err
reserve(struct ck_buf *buf, size_t need)
{
	size_t cap = buf->cap < CAP_MIN ? CAP_MIN : buf->cap;
	uint8_t *grown;

	if (need <= buf->cap)
		return CK_OK;
	if (need > SIZE_MAX / 2)
		return CK_ERR_NOMEM;
	while (cap < need)
		cap *= 2;
	if ((grown = malloc(cap)) == NULL)
		return CK_ERR_NOMEM;
	if (buf->len > 0)
		memcpy(grown, buf->ptr, buf->len);
	if (buf->cap > 0)
		OPENSSL_cleanse(buf->ptr, buf->cap);
	free(buf->ptr);
	buf->ptr = grown;
	buf->cap = cap;

	return CK_OK;
}

enum ck_err
ck_buf_append(struct ck_buf *buf, struct ck_span more)
{
	enum ck_err err;

	if (more.len == 0)
		return CK_OK;
	if (more.len > SIZE_MAX / 2 - buf->len)
		return CK_ERR_NOMEM;
	if ((err = reserve(buf, buf->len + more.len)) != CK_OK)
		return err;
	memcpy(buf->ptr + buf->len, more.ptr, more.len);
	buf->len += more.len;

	return CK_OK;
}

enum ck_err
ck_buf_push(struct ck_buf *buf, uint8_t byte)
{
	return ck_buf_append(buf, ck_span_of(&byte, 1));
}

enum ck_err
ck_buf_resize(struct ck_buf *buf, size_t len)
{
	enum ck_err err;

	if ((err = reserve(buf, len)) != CK_OK)
		return err;
	if (len > buf->len)
		memset(buf->ptr + buf->len, 0, len - buf->len);
	buf->len = len;

	return CK_OK;
}

void
ck_buf_wipe(struct ck_buf *buf)
{
	if (buf->cap > 0)
		OPENSSL_cleanse(buf->ptr, buf->cap);
	free(buf->ptr);
	*buf = (struct ck_buf)CK_BUF_INIT;
}

struct ck_cursor
ck_cursor_of(struct ck_span span)
{
	return (struct ck_cursor){ span };
}

bool
ck_cursor_at_end(const struct ck_cursor *cur)
{
	return cur->rest.len == 0;
}

bool
ck_cursor_take(struct ck_cursor *cur, size_t len, struct ck_span *out)
{
	if (len > cur->rest.len)
		return false;
	*out = ck_span_of(cur->rest.ptr, len);
	if (len > 0) {
		cur->rest.ptr += len;
		cur->rest.len -= len;
	}

	return true;
}

bool
ck_cursor_u8(struct ck_cursor *cur, uint8_t *out)
{
	struct ck_span byte;

	if (!ck_cursor_take(cur, 1, &byte))
		return false;
	*out = byte.ptr[0];

	return true;
}

bool
ck_cursor_u16(struct ck_cursor *cur, uint16_t *out)
{
	struct ck_span two;

	if (!ck_cursor_take(cur, 2, &two))
		return false;
	*out = (uint16_t)(two.ptr[0] << 8 | two.ptr[1]);

	return true;
}
