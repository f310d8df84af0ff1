/*
 * pn532_frame.c - frames on a PN532's high speed UART
 */
#include "pn532_frame.h"

/* Frame identifiers: who speaks. */
#define FROM_HOST 0xd4
#define FROM_CHIP 0xd5

/* A normal frame counts its bytes, identifier included, in one byte. */
#define NORMAL_MAX 255

/* Start code, length and its checksum; two bytes of length and a mark more. */
#define HEAD 4
#define EXTENDED_HEAD 7

static uint8_t
sum(struct sim_span bytes)
{
	unsigned total = 0;
	size_t i;

	for (i = 0; i < bytes.len; i++)
		total += bytes.ptr[i];

	return (uint8_t)total;
}

static void
drop(struct sim_bytes *line, size_t count)
{
	struct sim_bytes rest = SIM_BYTES_INIT;

	sim_put(&rest, sim_slice(sim_view(line), count, line->len));
	sim_bytes_free(line);
	*line = rest;
}

/* Throw away what stands before 00 FF. False when there is none yet. */
static bool
find_start(struct sim_bytes *line)
{
	size_t i;

	for (i = 0; i + 1 < line->len; i++) {
		if (line->ptr[i] == 0x00 && line->ptr[i + 1] == 0xff) {
			drop(line, i);
			return true;
		}
	}
	/* The last byte may be the first half of a start code. */
	if (line->len > 1)
		drop(line, line->len - 1);

	return false;
}

/* The body: identifier, data, checksum. It is whole here. */
static enum sim_pn532_event
take_body(struct sim_span body, struct sim_bytes *command)
{
	if (sum(body) != 0 || body.len < 3 || body.ptr[0] != FROM_HOST)
		return SIM_PN532_BROKEN;
	sim_put(command, sim_slice(body, 1, body.len - 2));

	return SIM_PN532_COMMAND;
}

static enum sim_pn532_event
take_frame(struct sim_bytes *line, size_t head, size_t len,
    struct sim_bytes *command)
{
	enum sim_pn532_event event;

	/* The checksum and the zero after it; the zero may be late. */
	if (line->len < head + len + 1)
		return SIM_PN532_NOTHING;
	event = take_body(sim_slice(sim_view(line), head, len + 1), command);
	drop(line, head + len + 1);

	return event;
}

static enum sim_pn532_event
take_extended(struct sim_bytes *line, struct sim_bytes *command)
{
	size_t len;

	if (line->len < EXTENDED_HEAD)
		return SIM_PN532_NOTHING;
	len = (size_t)line->ptr[4] << 8 | line->ptr[5];
	if (sum(sim_slice(sim_view(line), 4, 3)) != 0 ||
	    len > SIM_PN532_DATA_MAX + 1) {
		drop(line, EXTENDED_HEAD);
		return SIM_PN532_BROKEN;
	}

	return take_frame(line, EXTENDED_HEAD, len, command);
}

enum sim_pn532_event
sim_pn532_next(struct sim_bytes *line, struct sim_bytes *command)
{
	unsigned len, check;

	sim_bytes_clear(command);
	if (!find_start(line) || line->len < HEAD)
		return SIM_PN532_NOTHING;
	len = line->ptr[2];
	check = line->ptr[3];
	if (len == 0xff && check == 0xff)
		return take_extended(line, command);
	if (len == 0x00 && check == 0xff) {
		drop(line, HEAD);
		return SIM_PN532_ACK;
	}
	if (len == 0xff && check == 0x00) {
		drop(line, HEAD);
		return SIM_PN532_NACK;
	}
	if (((len + check) & 0xff) != 0) {
		drop(line, HEAD);
		return SIM_PN532_BROKEN;
	}

	return take_frame(line, HEAD, len, command);
}

void
sim_pn532_put_answer(struct sim_bytes *out, struct sim_span answer)
{
	size_t len = answer.len + 1, body;

	sim_put_hex(out, "0000FF");
	if (len > NORMAL_MAX) {
		sim_put_hex(out, "FFFF");
		sim_put_uint(out, len, 2);
		sim_put_u8(out, 0x100 - (unsigned)((len >> 8) + len) % 0x100);
	} else {
		sim_put_u8(out, (unsigned)len);
		sim_put_u8(out, 0x100 - (unsigned)len);
	}
	body = out->len;
	sim_put_u8(out, FROM_CHIP);
	sim_put(out, answer);
	sim_put_u8(out, 0x100u - sum(sim_span(out->ptr + body, len)));
	sim_put_u8(out, 0x00);
}

void
sim_pn532_put_ack(struct sim_bytes *out)
{
	sim_put_hex(out, "0000FF00FF00");
}

void
sim_pn532_put_error(struct sim_bytes *out)
{
	sim_put_hex(out, "0000FF01FF7F8100");
}
