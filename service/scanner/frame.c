/*
 * frame.c - bytes from a scanner, cut into lines
 */
#include <string.h>

#include "scanner/frame.h"

enum { STX = 0x02, ETX = 0x03, EOT = 0x04 };

void
ck_frame_wipe(struct ck_frame *frame)
{
	explicit_bzero(frame, sizeof(*frame));
}

struct ck_span
ck_frame_line(const struct ck_frame *frame)
{
	return ck_span_of(frame->bytes, frame->len);
}

static bool
ends_line(uint8_t byte)
{
	return byte == '\r' || byte == '\n' || byte == '\t' || byte == ETX ||
	    byte == EOT || byte == 0;
}

/* How long the whole zone is whose lines are so long; 0: no zone has such. */
static size_t
zone_of_lines(size_t len)
{
	switch (len) {
	case 30:
		return 90;
	case 36:
		return 72;
	case 44:
		return 88;
	default:
		return 0;
	}
}

static void
drop_zone(struct ck_frame *frame)
{
	explicit_bzero(frame->zone, sizeof(frame->zone));
	frame->zone_len = 0;
}

/* One line of a zone; its first line has fillers in it. */
static bool
is_zone_line(const struct ck_frame *frame)
{
	size_t i;

	if (zone_of_lines(frame->len) == 0 || (frame->zone_len == 0 &&
	    memchr(frame->bytes, '<', frame->len) == NULL))
		return false;
	for (i = 0; i < frame->len; i++) {
		uint8_t c = frame->bytes[i];

		if (c != '<' && (c < '0' || c > '9') && (c < 'A' || c > 'Z'))
			return false;
	}

	return true;
}

/* A zone comes line by line and is one thing. */
static enum ck_frame_event
join_zone(struct ck_frame *frame)
{
	size_t whole = zone_of_lines(frame->len);

	memcpy(frame->zone + frame->zone_len, frame->bytes, frame->len);
	frame->zone_len += frame->len;
	if (frame->zone_len < whole)
		return CK_FRAME_MORE;
	memcpy(frame->bytes, frame->zone, whole);
	frame->len = whole;
	drop_zone(frame);

	return CK_FRAME_LINE;
}

enum ck_frame_event
ck_frame_pause(struct ck_frame *frame)
{
	bool overlong = frame->overlong;

	if (frame->ended || (frame->len == 0 && !overlong))
		return CK_FRAME_MORE;
	frame->ended = true;
	frame->overlong = false;
	/* a line of another length begins another zone */
	if (!overlong && frame->zone_len % frame->len != 0)
		drop_zone(frame);
	if (!overlong && is_zone_line(frame))
		return join_zone(frame);
	drop_zone(frame);

	return overlong ? CK_FRAME_TOO_LONG : CK_FRAME_LINE;
}

enum ck_frame_event
ck_frame_push(struct ck_frame *frame, uint8_t byte)
{
	if (frame->ended) {
		explicit_bzero(frame->bytes, frame->len);
		frame->len = 0;
		frame->ended = false;
	}
	if (ends_line(byte))
		return ck_frame_pause(frame);
	if (byte == STX && frame->len == 0)
		return CK_FRAME_MORE;
	if (frame->len == sizeof(frame->bytes)) {
		explicit_bzero(frame->bytes, frame->len);
		frame->len = 0;
		frame->overlong = true;
	}
	if (!frame->overlong)
		frame->bytes[frame->len++] = byte;

	return CK_FRAME_MORE;
}
