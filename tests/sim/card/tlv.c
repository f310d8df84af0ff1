/*
 * tlv.c - BER-TLV objects: written for files, read from commands
 */
#include <string.h>

#include "tlv.h"

static void
put_length(struct sim_bytes *out, size_t len)
{
	unsigned width = 1;

	if (len < 0x80) {
		sim_put_u8(out, (unsigned)len);
		return;
	}
	while (len >> (8 * width) != 0)
		width++;
	sim_put_u8(out, 0x80 | width);
	sim_put_uint(out, len, width);
}

void
sim_tlv_put(struct sim_bytes *out, unsigned tag, struct sim_span value)
{
	sim_put_uint(out, tag, tag > 0xff ? 2 : 1);
	put_length(out, value.len);
	sim_put(out, value);
}

void
sim_tlv_put_int(struct sim_bytes *out, unsigned value)
{
	struct sim_bytes number = SIM_BYTES_INIT;
	unsigned width = 1;

	/* One more byte where the top bit would read as a sign. */
	while (value >> (8 * width - 1) != 0)
		width++;
	sim_put_uint(&number, value, width);
	sim_tlv_put(out, 0x02, sim_view(&number));
	sim_bytes_free(&number);
}

void
sim_tlv_put_text(struct sim_bytes *out, unsigned tag, const char *text)
{
	sim_tlv_put(out, tag, sim_span(text, strlen(text)));
}

static bool
take_u8(struct sim_span *rest, unsigned *value)
{
	if (rest->len == 0)
		return false;
	*value = rest->ptr[0];
	*rest = sim_slice(*rest, 1, rest->len - 1);

	return true;
}

static bool
take_length(struct sim_span *rest, size_t *len)
{
	unsigned first, byte, width;

	if (!take_u8(rest, &first))
		return false;
	*len = first;
	if (first < 0x80)
		return true;
	width = first & 0x7f;
	if (width == 0 || width > 3)
		return false;
	for (*len = 0; width > 0; width--) {
		if (!take_u8(rest, &byte))
			return false;
		*len = *len << 8 | byte;
	}

	return true;
}

bool
sim_tlv_next(struct sim_span *rest, unsigned *tag, struct sim_span *value)
{
	struct sim_span in = *rest;
	unsigned low;
	size_t len;

	if (!take_u8(&in, tag))
		return false;
	if ((*tag & 0x1f) == 0x1f) {
		if (!take_u8(&in, &low) || (low & 0x80) != 0)
			return false;
		*tag = *tag << 8 | low;
	}
	if (!take_length(&in, &len) || len > in.len)
		return false;
	*value = sim_slice(in, 0, len);
	*rest = sim_slice(in, len, in.len - len);

	return true;
}

bool
sim_tlv_find(struct sim_span in, unsigned tag, struct sim_span *value)
{
	unsigned found;

	while (sim_tlv_next(&in, &found, value)) {
		if (found == tag)
			return true;
	}

	return false;
}
