/*
 * gzip.c - compressed bytes, within a limit
 */
#include <zlib.h>

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/gzip.h"

/* Bytes unpacked at a time. */
#define BLOCK 16384

/* zlib's largest window, and to tell gzip from zlib by the first bytes. */
#define WINDOW_EITHER (MAX_WBITS + 32)
#define WINDOW_GZIP (MAX_WBITS + 16)

/* zlib's own choice of memory, for deflateInit2(). */
#define MEMORY 8

/* One more block; *done at the end of the stream. */
static enum ck_err
unpack_block(z_stream *stream, size_t max, struct ck_buf *out, bool *done)
{
	uint8_t block[BLOCK];
	size_t len, room = max - out->len;
	enum ck_err err;
	int result;

	stream->next_out = block;
	stream->avail_out = BLOCK;
	result = inflate(stream, Z_NO_FLUSH);
	if (result == Z_MEM_ERROR)
		return CK_ERR_NOMEM;
	if (result != Z_OK && result != Z_STREAM_END)
		return CK_ERR_REQUEST;
	len = BLOCK - stream->avail_out;
	err = ck_buf_append(out, ck_span_of(block, len < room ? len : room));
	if (err == CK_OK && len > room)
		err = CK_ERR_LIMIT;
	*done = result == Z_STREAM_END;

	return err;
}

enum ck_err
ck_gzip_unpack(struct ck_span packed, size_t max, struct ck_buf *out)
{
	z_stream stream = { .next_in = Z_NULL };
	enum ck_err err = CK_OK;
	bool done = false;

	if (packed.len > UINT_MAX)
		return CK_ERR_LIMIT;
	if (inflateInit2(&stream, WINDOW_EITHER) != Z_OK)
		return CK_ERR_NOMEM;
	max += out->len;
	stream.next_in = (Bytef *)(uintptr_t)packed.ptr;
	stream.avail_in = (uInt)packed.len;
	while (err == CK_OK && !done)
		err = unpack_block(&stream, max, out, &done);
	if (err == CK_OK && stream.avail_in != 0)
		err = CK_ERR_REQUEST;
	(void)inflateEnd(&stream);

	return err;
}

enum ck_err
ck_zlib_pack(struct ck_span plain, struct ck_buf *out)
{
	uLongf len = compressBound((uLong)plain.len);
	size_t before = out->len;
	enum ck_err err;

	if ((err = ck_buf_resize(out, before + len)) != CK_OK)
		return err;
	if (compress2(out->ptr + before, &len, plain.ptr, (uLong)plain.len,
	    Z_DEFAULT_COMPRESSION) != Z_OK)
		err = CK_ERR_NOMEM;
	out->len = before + (err == CK_OK ? len : 0);

	return err;
}

enum ck_err
ck_gzip_pack(struct ck_span plain, struct ck_buf *out)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)plain.ptr };
	size_t bound, before = out->len;
	enum ck_err err;

	if (plain.len > UINT_MAX / 2)
		return CK_ERR_LIMIT;
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
	    WINDOW_GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return CK_ERR_NOMEM;
	bound = deflateBound(&stream, (uLong)plain.len);
	if ((err = ck_buf_resize(out, before + bound)) != CK_OK)
		goto out;
	stream.avail_in = (uInt)plain.len;
	stream.next_out = out->ptr + before;
	stream.avail_out = (uInt)bound;
	/* within its own bound it ends in one step */
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		err = CK_ERR_NOMEM;
	out->len = before + (err == CK_OK ? bound - stream.avail_out : 0);
out:
	(void)deflateEnd(&stream);

	return err;
}

struct ck_gzip_file {
	gzFile to;
};

enum ck_err
ck_gzip_file_new(struct ck_gzip_file **out, int fd)
{
	struct ck_gzip_file *file = malloc(sizeof(*file));

	*out = NULL;
	if (file != NULL && (file->to = gzdopen(fd, "wb")) != NULL) {
		*out = file;
		return CK_OK;
	}
	free(file);
	(void)close(fd);

	return CK_ERR_NOMEM;
}

enum ck_err
ck_gzip_file_add(struct ck_gzip_file *file, struct ck_span bytes)
{
	if (bytes.len == 0)
		return CK_OK;
	if (bytes.len > INT_MAX)
		return CK_ERR_LIMIT;

	return gzwrite(file->to, bytes.ptr, (unsigned)bytes.len) ==
	    (int)bytes.len ? CK_OK : CK_ERR_SYSTEM;
}

enum ck_err
ck_gzip_file_end(struct ck_gzip_file **file)
{
	int result = Z_OK;

	if (*file != NULL)
		result = gzclose((*file)->to);
	free(*file);
	*file = NULL;

	return result == Z_OK ? CK_OK : CK_ERR_SYSTEM;
}
