/*
 * tlv.h - BER-TLV data objects, read through a bounded cursor
 *
 * In the flow:  everything that the chip sends  ->  [tlv]  ->  parsers
 * Includes:     ck/buf.h
 * Source:       ISO/IEC 7816-4 §6.3 (BER-TLV), ICAO 9303-10 §4.7
 *
 * Tags have up to 3 bytes, lengths are definite with up to 4 bytes behind
 * the first. Tags are written as plain numbers: 0x7F61, 0x5F2E, 0x30.
 * Every function that returns false has taken nothing from its cursor, so an
 * optional object is one whose ck_tlv_expect() may fail; what is malformed then
 * stops the parser at its next step or at ck_cursor_at_end().
 */
#ifndef READER_CARD_TLV_H
#define READER_CARD_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"

/* Longest header: 3 bytes of tag, 5 of length. */
#define CK_TLV_HEADER_MAX 8

/* One data object. Borrows from what the cursor walks. */
struct ck_tlv {
	uint32_t tag;
	struct ck_span value;
	struct ck_span whole;	/* header and value */
};

/* Take the next data object. False at the end or if it is malformed. */
bool ck_tlv_next(struct ck_cursor *cur, struct ck_tlv *out);

/* The tag of the next data object, without taking it. False if none. */
bool ck_tlv_peek(const struct ck_cursor *cur, uint32_t *tag);

/* Take the next data object if it has this tag. */
bool ck_tlv_expect(struct ck_cursor *cur, uint32_t tag,
    struct ck_span *value);

/*
 * Enter the next data object if it has this tag: inner walks its value, cur
 * goes on behind it.
 */
bool ck_tlv_enter(struct ck_cursor *cur, uint32_t tag,
    struct ck_cursor *inner);

/* True when span is exactly one data object with this tag, nothing behind. */
bool ck_tlv_only(struct ck_span span, uint32_t tag, struct ck_span *value);

/*
 * Find the first data object with this tag among those of a constructed value,
 * not looking inside them. False if absent or malformed before it.
 */
bool ck_tlv_find(struct ck_span value, uint32_t tag, struct ck_span *out);

/*
 * Read only the header at the start of a file whose end may not be there yet.
 * total receives the bytes of header and value together. False if the header
 * is malformed or cut off.
 */
bool ck_tlv_header(struct ck_span start, uint32_t *tag, size_t *total);

/*
 * Append one data object with the shortest length form.
 * Returns CK_OK, CK_ERR_NOMEM, or CK_ERR_LIMIT for a value beyond 65,535 bytes
 * (no command is longer); out may hold a part of it on error.
 */
CK_MUST_CHECK enum ck_err
ck_tlv_append(struct ck_buf *out, uint32_t tag, struct ck_span value);

#endif /* READER_CARD_TLV_H */
