/*
 * refusal.c - what a status word says about a password
 */
#include <stddef.h>

#include "access/refusal.h"

static bool
is_one_of(uint16_t sw, const uint16_t *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (words[i] == sw)
			return true;
	}

	return false;
}

bool
ck_refusal_blocked(uint16_t sw)
{
	static const uint16_t words[] = { 0x6983, 0x6984, 0x6283, 0x63c0 };

	return is_one_of(sw, words, sizeof(words) / sizeof(words[0]));
}

unsigned
ck_refusal_tries_left(uint16_t sw)
{
	return sw >> 4 == 0x63c ? sw & 0xfU : 0;
}

bool
ck_refusal_denied(uint16_t sw)
{
	static const uint16_t words[] = { 0x6982, 0x6988, 0x6a80 };

	return sw >> 8 == 0x63 ||
	    is_one_of(sw, words, sizeof(words) / sizeof(words[0]));
}

bool
ck_refusal_unknown(uint16_t sw)
{
	static const uint16_t words[] = {
		0x6a80, 0x6a81, 0x6a86, 0x6b00, 0x6d00, 0x6e00
	};

	return sw >> 8 == 0x68 ||
	    is_one_of(sw, words, sizeof(words) / sizeof(words[0]));
}
