/*
 * apdu.c - command APDUs as the chip receives them
 */
#include "apdu.h"

#define HEADER 4
#define SHORT_MAX 256
#define EXTENDED_MAX 65536

static size_t
u16(struct sim_span body, size_t at)
{
	return (size_t)body.ptr[at] << 8 | body.ptr[at + 1];
}

static void
set_ne(struct sim_apdu *out, size_t le, size_t max)
{
	out->ne = le == 0 ? max : le;
	out->ne_is_max = le == 0;
}

static bool
parse_short(struct sim_span body, struct sim_apdu *out)
{
	size_t lc = body.ptr[0];

	if (body.len == 1) {
		set_ne(out, lc, SHORT_MAX);
		return true;
	}
	if (lc == 0 || body.len < 1 + lc || body.len > 2 + lc)
		return false;
	out->data = sim_slice(body, 1, lc);
	if (body.len == 2 + lc)
		set_ne(out, body.ptr[1 + lc], SHORT_MAX);

	return true;
}

static bool
parse_extended(struct sim_span body, struct sim_apdu *out)
{
	size_t lc = u16(body, 1);

	out->extended = true;
	if (body.len == 3) {
		set_ne(out, lc, EXTENDED_MAX);
		return true;
	}
	if (lc == 0 || (body.len != 3 + lc && body.len != 5 + lc))
		return false;
	out->data = sim_slice(body, 3, lc);
	if (body.len == 5 + lc)
		set_ne(out, u16(body, 3 + lc), EXTENDED_MAX);

	return true;
}

bool
sim_apdu_parse(struct sim_span bytes, struct sim_apdu *out)
{
	struct sim_span body;

	if (bytes.len < HEADER)
		return false;
	*out = (struct sim_apdu){
		.cla = bytes.ptr[0],
		.ins = bytes.ptr[1],
		.p1 = bytes.ptr[2],
		.p2 = bytes.ptr[3],
	};
	body = sim_slice(bytes, HEADER, bytes.len - HEADER);
	if (body.len == 0)
		return true;
	if (body.ptr[0] == 0 && body.len >= 3)
		return parse_extended(body, out);

	return parse_short(body, out);
}
