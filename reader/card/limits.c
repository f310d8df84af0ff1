/*
 * limits.c - what lengths a card can take, as it announces them
 */
#include <stdint.h>

#include "card/apdu.h"
#include "card/limits.h"
#include "card/tlv.h"

/* Third software function table, ISO/IEC 7816-4 §12.1.1.9 table 127. */
#define CAPABILITY_CHAINING 0x80
#define CAPABILITY_EXTENDED 0x40

/* Category indicators of historical bytes. §12.1.1.2 */
#define CATEGORY_STATUS_LAST 0x00	/* 3 bytes of status close them */
#define CATEGORY_TLV 0x80

/* Tag of card capabilities: 7 in compact form, 47 in BER form. */
#define COMPACT_CAPABILITIES 7
#define DO_CAPABILITIES 0x47
#define DO_EXTENDED_LENGTH 0x7f66
#define DO_INTEGER 0x02

/* Header, extended Lc and Le, and the longest short data. */
#define SHORT_COMMAND_MAX (4 + 1 + CK_APDU_SHORT_DATA_MAX + 1)
#define EXTENDED_COMMAND_MAX (4 + 3 + CK_APDU_DATA_MAX + 2)

/* The third byte tells; shorter values say nothing about lengths. */
static void
from_capabilities(struct ck_span value, struct ck_limits *limits)
{
	uint8_t third;

	if (value.len != 3)
		return;
	third = value.ptr[2];
	limits->chaining = (third & CAPABILITY_CHAINING) != 0;
	if ((third & CAPABILITY_EXTENDED) == 0) {
		limits->extended = CK_EXTENDED_NO;
		return;
	}
	limits->extended = CK_EXTENDED_YES;
	limits->command_max = EXTENDED_COMMAND_MAX;
	limits->answer_max = CK_ANSWER_MAX;
}

/* Life cycle, then SW1 SW2 as a card has it, or 0000. §12.1.1.11 */
static bool
ends_in_status(struct ck_span bytes)
{
	const uint8_t *sw;

	if (bytes.len < 3)
		return false;
	sw = bytes.ptr + bytes.len - 2;

	return (sw[0] == 0 && sw[1] == 0) || sw[0] >> 4 == 0x6 ||
	    sw[0] >> 4 == 0x9;
}

/*
 * Only bytes that are compact-TLV objects to the last one are believed. In a
 * pseudo-ATR the reader may have put the protocol data of a type B card there,
 * or its own words for a storage card (PC/SC part 3): those could promise
 * anything.
 */
static void
from_historical(struct ck_span bytes, struct ck_limits *limits)
{
	struct ck_cursor cur = ck_cursor_of(bytes);
	struct ck_span value, capabilities = CK_SPAN_EMPTY;
	uint8_t category, head;

	if (!ck_cursor_u8(&cur, &category))
		return;
	if (category == CATEGORY_STATUS_LAST && ends_in_status(cur.rest))
		cur.rest.len -= 3;
	else if (category != CATEGORY_TLV)
		return;
	while (ck_cursor_u8(&cur, &head)) {
		if (!ck_cursor_take(&cur, head & 0x0fU, &value))
			return;
		if (head >> 4 == COMPACT_CAPABILITIES)
			capabilities = value;
	}
	from_capabilities(capabilities, limits);
}

/* Pass over the interface bytes that each TD announces. 7816-3 §8.2.3 */
static bool
skip_interface_bytes(struct ck_cursor *cur, uint8_t announced)
{
	while (announced != 0) {
		unsigned plain = (unsigned)__builtin_popcount(
		    announced & 0x70U);
		struct ck_span skipped;
		uint8_t td;

		if (!ck_cursor_take(cur, plain, &skipped))
			return false;
		if ((announced & 0x80) == 0)
			return true;
		if (!ck_cursor_u8(cur, &td))
			return false;
		announced = td & 0xf0;
	}

	return true;
}

void
ck_limits_from_atr(struct ck_span atr, struct ck_limits *limits)
{
	struct ck_cursor cur = ck_cursor_of(atr);
	struct ck_span historical;
	uint8_t ts, t0;

	*limits = (struct ck_limits){
		.command_max = SHORT_COMMAND_MAX,
		.answer_max = CK_APDU_SHORT_LE_MAX
	};
	if (!ck_cursor_u8(&cur, &ts) || !ck_cursor_u8(&cur, &t0))
		return;
	if (!skip_interface_bytes(&cur, t0 & 0xf0))
		return;
	if (ck_cursor_take(&cur, t0 & 0x0fU, &historical))
		from_historical(historical, limits);
}

void
ck_limits_short(struct ck_limits *limits)
{
	limits->extended = CK_EXTENDED_NO;
	limits->command_max = SHORT_COMMAND_MAX;
	limits->answer_max = CK_APDU_SHORT_LE_MAX;
}

static bool
take_integer(struct ck_cursor *cur, size_t *out)
{
	struct ck_cursor value;
	uint8_t byte;

	if (!ck_tlv_enter(cur, DO_INTEGER, &value) || value.rest.len > 4)
		return false;
	for (*out = 0; ck_cursor_u8(&value, &byte);)
		*out = *out << 8 | byte;

	return true;
}

static size_t
between(size_t low, size_t value, size_t high)
{
	return value < low ? low : value > high ? high : value;
}

void
ck_limits_from_info(struct ck_span file, struct ck_limits *limits)
{
	size_t command_max, response_max;
	struct ck_span value;
	struct ck_cursor cur;

	if (limits->extended == CK_EXTENDED_UNKNOWN &&
	    ck_tlv_find(file, DO_CAPABILITIES, &value))
		from_capabilities(value, limits);
	if (limits->extended == CK_EXTENDED_NO ||
	    !ck_tlv_find(file, DO_EXTENDED_LENGTH, &value))
		return;
	cur = ck_cursor_of(value);
	if (!take_integer(&cur, &command_max) ||
	    !take_integer(&cur, &response_max))
		return;
	limits->extended = CK_EXTENDED_YES;
	limits->command_max = between(SHORT_COMMAND_MAX, command_max,
	    EXTENDED_COMMAND_MAX);
	/* the figure counts SW1 SW2, ours does not */
	limits->answer_max = between(CK_APDU_SHORT_LE_MAX + 2, response_max,
	    CK_ANSWER_MAX + 2) - 2;
}
