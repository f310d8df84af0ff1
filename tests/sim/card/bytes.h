/*
 * bytes.h - byte strings of the simulated chip
 *
 * A span borrows, bytes own. The simulator is a test tool: it ends with a
 * message when memory or the cryptographic library fails, so that no caller
 * has to carry an error that no test could act upon.
 */
#ifndef SIM_CARD_BYTES_H
#define SIM_CARD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes. */
struct sim_span {
	const uint8_t *ptr;
	size_t len;
};

/* Owned bytes. Start from SIM_BYTES_INIT, finish with sim_bytes_free(). */
struct sim_bytes {
	uint8_t *ptr;
	size_t len;		/* in use */
	size_t cap;		/* allocated */
};

#define SIM_BYTES_INIT { NULL, 0, 0 }

/* End the program with a message that says what failed. */
_Noreturn void sim_die(const char *what);

/* End the program unless ok: for library calls that cannot fail sensibly. */
void sim_must(bool ok, const char *what);

/* Borrow len bytes at ptr. */
struct sim_span sim_span(const void *ptr, size_t len);

/* Borrow all of bytes, valid until they next change. */
struct sim_span sim_view(const struct sim_bytes *bytes);

/* The part [offset, offset + len) of span, cut to what is there. */
struct sim_span sim_slice(struct sim_span span, size_t offset, size_t len);

/* True when both hold the same bytes. */
bool sim_equal(struct sim_span a, struct sim_span b);

/* Append a copy of more. */
void sim_put(struct sim_bytes *bytes, struct sim_span more);

/* Append one byte. */
void sim_put_u8(struct sim_bytes *bytes, unsigned value);

/* Append value as width bytes, most significant first. */
void sim_put_uint(struct sim_bytes *bytes, uint64_t value, unsigned width);

/* Append count copies of value. */
void sim_put_fill(struct sim_bytes *bytes, unsigned value, size_t count);

/* Append the bytes of a C string without its NUL. */
void sim_put_text(struct sim_bytes *bytes, const char *text);

/* Append the bytes that an even number of hex digits stands for. */
void sim_put_hex(struct sim_bytes *bytes, const char *hex);

/* Forget the content but keep the memory; the content is wiped. */
void sim_bytes_clear(struct sim_bytes *bytes);

/* Wipe and free; bytes is empty and usable again. */
void sim_bytes_free(struct sim_bytes *bytes);

/* Append the whole file at path. False (and nothing appended) on any error. */
bool sim_bytes_load(struct sim_bytes *bytes, const char *path);

/* Write span to path, replacing it at once; mode 0600. False on any error. */
bool sim_span_store(struct sim_span span, const char *path);

#endif /* SIM_CARD_BYTES_H */
