/*
 * hex.c - bytes as digits and back
 */
#include "ck/hex.h"

void
ck_hex_print(struct ck_span bytes, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < bytes.len; i++) {
		*out++ = digits[bytes.ptr[i] >> 4];
		*out++ = digits[bytes.ptr[i] & 0xf];
	}
	*out = '\0';
}

/* The value of a digit; 16 for what is none. */
static unsigned
value_of(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';

	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10U : 16;
}

bool
ck_hex_read(struct ck_span text, uint8_t *out, size_t count)
{
	size_t i;

	if (text.len != 2 * count)
		return false;
	for (i = 0; i < count; i++) {
		unsigned high = value_of(text.ptr[2 * i]);
		unsigned low = value_of(text.ptr[2 * i + 1]);

		if (high > 15 || low > 15)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}

	return true;
}
