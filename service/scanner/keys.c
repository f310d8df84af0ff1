/*
 * keys.c - what a scanner types, when it is a keyboard of its own
 */
#include <linux/input-event-codes.h>
#include <unistr.h>

#include "scanner/keys.h"

/* More digits than any letter's number has are not a number. */
#define TYPED_MAX 0x10FFFFu

struct key {
	char plain, shifted;
};

static const struct key american[KEY_CNT] = {
	[KEY_1] = { '1', '!' }, [KEY_2] = { '2', '@' }, [KEY_3] = { '3', '#' },
	[KEY_4] = { '4', '$' }, [KEY_5] = { '5', '%' }, [KEY_6] = { '6', '^' },
	[KEY_7] = { '7', '&' }, [KEY_8] = { '8', '*' }, [KEY_9] = { '9', '(' },
	[KEY_0] = { '0', ')' }, [KEY_MINUS] = { '-', '_' },
	[KEY_EQUAL] = { '=', '+' }, [KEY_TAB] = { '\t', '\t' },
	[KEY_Q] = { 'q', 'Q' }, [KEY_W] = { 'w', 'W' }, [KEY_E] = { 'e', 'E' },
	[KEY_R] = { 'r', 'R' }, [KEY_T] = { 't', 'T' }, [KEY_Y] = { 'y', 'Y' },
	[KEY_U] = { 'u', 'U' }, [KEY_I] = { 'i', 'I' }, [KEY_O] = { 'o', 'O' },
	[KEY_P] = { 'p', 'P' }, [KEY_LEFTBRACE] = { '[', '{' },
	[KEY_RIGHTBRACE] = { ']', '}' }, [KEY_ENTER] = { '\r', '\r' },
	[KEY_A] = { 'a', 'A' }, [KEY_S] = { 's', 'S' }, [KEY_D] = { 'd', 'D' },
	[KEY_F] = { 'f', 'F' }, [KEY_G] = { 'g', 'G' }, [KEY_H] = { 'h', 'H' },
	[KEY_J] = { 'j', 'J' }, [KEY_K] = { 'k', 'K' }, [KEY_L] = { 'l', 'L' },
	[KEY_SEMICOLON] = { ';', ':' }, [KEY_APOSTROPHE] = { '\'', '"' },
	[KEY_GRAVE] = { '`', '~' }, [KEY_BACKSLASH] = { '\\', '|' },
	[KEY_Z] = { 'z', 'Z' }, [KEY_X] = { 'x', 'X' }, [KEY_C] = { 'c', 'C' },
	[KEY_V] = { 'v', 'V' }, [KEY_B] = { 'b', 'B' }, [KEY_N] = { 'n', 'N' },
	[KEY_M] = { 'm', 'M' }, [KEY_COMMA] = { ',', '<' },
	[KEY_DOT] = { '.', '>' }, [KEY_SLASH] = { '/', '?' },
	[KEY_SPACE] = { ' ', ' ' }, [KEY_102ND] = { '\\', '|' },
	[KEY_KPASTERISK] = { '*', '*' }, [KEY_KPMINUS] = { '-', '-' },
	[KEY_KPPLUS] = { '+', '+' }, [KEY_KPDOT] = { '.', '.' },
	[KEY_KPSLASH] = { '/', '/' }, [KEY_KPENTER] = { '\r', '\r' },
	[KEY_KP0] = { '0', '0' }, [KEY_KP1] = { '1', '1' },
	[KEY_KP2] = { '2', '2' }, [KEY_KP3] = { '3', '3' },
	[KEY_KP4] = { '4', '4' }, [KEY_KP5] = { '5', '5' },
	[KEY_KP6] = { '6', '6' }, [KEY_KP7] = { '7', '7' },
	[KEY_KP8] = { '8', '8' }, [KEY_KP9] = { '9', '9' }
};

/* The number typed under Alt, which has been let go. */
static size_t
end_alt(struct ck_keys *keys, uint8_t out[CK_KEYS_MAX])
{
	uint32_t typed = keys->typed;
	int put;

	keys->typed = 0;
	if (typed == 0)
		return 0;
	if (typed < 0x100) {
		out[0] = (uint8_t)typed;
		return 1;
	}
	put = u8_uctomb(out, typed, CK_KEYS_MAX);

	return put > 0 ? (size_t)put : 0;
}

/* Keys that only change what others mean. True when it was one of them. */
static bool
take_modifier(struct ck_keys *keys, uint16_t code, bool down)
{
	switch (code) {
	case KEY_LEFTSHIFT:
	case KEY_RIGHTSHIFT:
		keys->shift = down;
		return true;
	case KEY_LEFTCTRL:
	case KEY_RIGHTCTRL:
		keys->control = down;
		return true;
	case KEY_CAPSLOCK:
		keys->caps ^= down;
		return true;
	default:
		return false;
	}
}

static void
add_typed(struct ck_keys *keys, char digit)
{
	if (digit < '0' || digit > '9')
		return;
	keys->typed = keys->typed * 10 + (uint32_t)(digit - '0');
	if (keys->typed > TYPED_MAX)
		keys->typed = 0;
}

size_t
ck_keys_take(struct ck_keys *keys, uint16_t code, int32_t value,
    uint8_t out[CK_KEYS_MAX])
{
	const struct key *key;
	bool letter;
	char c;

	if (value != 0 && value != 1)
		return 0;
	if (code == KEY_LEFTALT || code == KEY_RIGHTALT) {
		keys->alt = value == 1;
		return keys->alt ? 0 : end_alt(keys, out);
	}
	if (take_modifier(keys, code, value == 1) || value == 0 ||
	    code >= KEY_CNT)
		return 0;
	key = &american[code];
	letter = key->plain >= 'a' && key->plain <= 'z';
	c = keys->shift != (keys->caps && letter) ? key->shifted : key->plain;
	if (keys->alt) {
		add_typed(keys, key->plain);
		return 0;
	}
	/* Control with a letter is the control character: Ctrl-M is CR. */
	out[0] = keys->control && letter ? (uint8_t)(c & 0x1F) : (uint8_t)c;

	return c == 0 ? 0 : 1;
}
