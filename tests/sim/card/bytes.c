/*
 * bytes.c - byte strings of the simulated chip
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

/* No file of a chip, nor any APDU, is larger. */
#define FILE_MAX ((size_t)1 << 20)

void
sim_die(const char *what)
{
	fprintf(stderr, "sim-card: %s failed\n", what);
	exit(1);
}

void
sim_must(bool ok, const char *what)
{
	if (!ok)
		sim_die(what);
}

struct sim_span
sim_span(const void *ptr, size_t len)
{
	return (struct sim_span){ ptr, len };
}

struct sim_span
sim_view(const struct sim_bytes *bytes)
{
	return (struct sim_span){ bytes->ptr, bytes->len };
}

struct sim_span
sim_slice(struct sim_span span, size_t offset, size_t len)
{
	if (offset >= span.len)
		return (struct sim_span){ NULL, 0 };
	if (len > span.len - offset)
		len = span.len - offset;

	return (struct sim_span){ span.ptr + offset, len };
}

bool
sim_equal(struct sim_span a, struct sim_span b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Growth copies and wipes: keys and personal data pass through here. */
static void
reserve(struct sim_bytes *bytes, size_t more)
{
	size_t cap = bytes->cap < 64 ? 64 : bytes->cap;
	uint8_t *ptr;

	if (more <= bytes->cap - bytes->len)
		return;
	while (cap - bytes->len < more)
		cap *= 2;
	ptr = malloc(cap);
	sim_must(ptr != NULL, "malloc");
	if (bytes->len > 0)
		memcpy(ptr, bytes->ptr, bytes->len);
	if (bytes->ptr != NULL)
		explicit_bzero(bytes->ptr, bytes->cap);
	free(bytes->ptr);
	bytes->ptr = ptr;
	bytes->cap = cap;
}

void
sim_put(struct sim_bytes *bytes, struct sim_span more)
{
	if (more.len == 0)
		return;
	reserve(bytes, more.len);
	memcpy(bytes->ptr + bytes->len, more.ptr, more.len);
	bytes->len += more.len;
}

void
sim_put_u8(struct sim_bytes *bytes, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	sim_put(bytes, sim_span(&byte, 1));
}

void
sim_put_uint(struct sim_bytes *bytes, uint64_t value, unsigned width)
{
	while (width-- > 0)
		sim_put_u8(bytes, (unsigned)(value >> (8 * width)) & 0xff);
}

void
sim_put_fill(struct sim_bytes *bytes, unsigned value, size_t count)
{
	while (count-- > 0)
		sim_put_u8(bytes, value);
}

void
sim_put_text(struct sim_bytes *bytes, const char *text)
{
	sim_put(bytes, sim_span(text, strlen(text)));
}

void
sim_put_hex(struct sim_bytes *bytes, const char *hex)
{
	unsigned value;

	for (; hex[0] != '\0'; hex += 2) {
		sim_must(sscanf(hex, "%2x", &value) == 1, "hex constant");
		sim_put_u8(bytes, value);
	}
}

void
sim_bytes_clear(struct sim_bytes *bytes)
{
	if (bytes->ptr != NULL)
		explicit_bzero(bytes->ptr, bytes->cap);
	bytes->len = 0;
}

void
sim_bytes_free(struct sim_bytes *bytes)
{
	sim_bytes_clear(bytes);
	free(bytes->ptr);
	*bytes = (struct sim_bytes)SIM_BYTES_INIT;
}

bool
sim_bytes_load(struct sim_bytes *bytes, const char *path)
{
	uint8_t block[4096];
	size_t before = bytes->len;
	size_t got;
	bool ok;
	FILE *file = fopen(path, "rbe");

	if (file == NULL)
		return false;
	while ((got = fread(block, 1, sizeof(block), file)) > 0 &&
	    bytes->len - before < FILE_MAX)
		sim_put(bytes, sim_span(block, got));
	ok = !ferror(file) && feof(file);
	fclose(file);
	explicit_bzero(block, sizeof(block));
	if (!ok)
		bytes->len = before;

	return ok;
}

bool
sim_span_store(struct sim_span span, const char *path)
{
	char temporary[512];
	ssize_t written;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.%ld", path,
	    (long)getpid()) >= (int)sizeof(temporary))
		return false;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	written = write(fd, span.ptr, span.len);
	if (close(fd) != 0 || written != (ssize_t)span.len ||
	    rename(temporary, path) != 0) {
		unlink(temporary);
		return false;
	}

	return true;
}
