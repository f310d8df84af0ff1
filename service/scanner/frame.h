/*
 * frame.h - bytes from a scanner, cut into lines
 *
 * Includes:  ck/printed.h for the length; pure: no I/O, no clock
 *
 * A scanner ends each code with what its settings say: CR, LF, both, Tab or
 * ETX; where it is set to nothing, a pause ends it. A line longer than any
 * code is not kept: an endless one, or binary data, costs nothing.
 */
#ifndef SERVICE_SCANNER_FRAME_H
#define SERVICE_SCANNER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/printed.h"

/* The longest machine readable zone: three lines of 30 characters; the others
 * have two of 36 or 44. ICAO 9303-5, -6, -4 */
#define CK_FRAME_ZONE 90

enum ck_frame_event {
	CK_FRAME_MORE,		/* nothing complete yet */
	CK_FRAME_LINE,		/* ck_frame_line() has one, not empty */
	CK_FRAME_TOO_LONG	/* one ended that was longer than any code */
};

/* Start zeroed; wiped with ck_frame_wipe(). */
struct ck_frame {
	uint8_t bytes[CK_PRINTED_MAX];
	size_t len;
	bool overlong;			/* the line goes on, unkept */
	bool ended;			/* bytes hold a line already told */
	uint8_t zone[CK_FRAME_ZONE];	/* lines of a zone so far */
	size_t zone_len;
};

/* Take one byte. */
enum ck_frame_event ck_frame_push(struct ck_frame *frame, uint8_t byte);

/* Nothing came for a while: what is there is a line. */
enum ck_frame_event ck_frame_pause(struct ck_frame *frame);

/* The line after CK_FRAME_LINE; borrowed until the next call. */
struct ck_span ck_frame_line(const struct ck_frame *frame);

void ck_frame_wipe(struct ck_frame *frame);

#endif /* SERVICE_SCANNER_FRAME_H */
