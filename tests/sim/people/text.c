/*
 * text.c - Vietnamese UTF-8: capitals, and names compared as people do
 *
 * A table of the 60-odd Vietnamese vowels stands in for Unicode: enough for
 * names, and nothing that the service under test uses too.
 */
#include <stdint.h>
#include <string.h>

#include "text.h"

enum {
	GRAVE = 0x300, ACUTE = 0x301, CIRCUMFLEX = 0x302, TILDE = 0x303,
	BREVE = 0x306, HOOK = 0x309, HORN = 0x31b, DOT = 0x323
};

#define MAX_MARKS 4	/* a Vietnamese letter has two; more is not a name */

/* A lower-case letter and what it is made of (UnicodeData.txt, field 5). */
static const struct composed {
	uint16_t letter, base, mark;
} composed[] = {
	{ 0xe0, 'a', GRAVE }, { 0xe1, 'a', ACUTE }, { 0xe2, 'a', CIRCUMFLEX },
	{ 0xe3, 'a', TILDE }, { 0xe8, 'e', GRAVE }, { 0xe9, 'e', ACUTE },
	{ 0xea, 'e', CIRCUMFLEX }, { 0xec, 'i', GRAVE }, { 0xed, 'i', ACUTE },
	{ 0xf2, 'o', GRAVE }, { 0xf3, 'o', ACUTE }, { 0xf4, 'o', CIRCUMFLEX },
	{ 0xf5, 'o', TILDE }, { 0xf9, 'u', GRAVE }, { 0xfa, 'u', ACUTE },
	{ 0xfd, 'y', ACUTE }, { 0x103, 'a', BREVE }, { 0x129, 'i', TILDE },
	{ 0x169, 'u', TILDE }, { 0x1a1, 'o', HORN }, { 0x1b0, 'u', HORN },
	{ 0x1ea1, 'a', DOT }, { 0x1ea3, 'a', HOOK }, { 0x1ea5, 0xe2, ACUTE },
	{ 0x1ea7, 0xe2, GRAVE }, { 0x1ea9, 0xe2, HOOK },
	{ 0x1eab, 0xe2, TILDE }, { 0x1ead, 0xe2, DOT },
	{ 0x1eaf, 0x103, ACUTE }, { 0x1eb1, 0x103, GRAVE },
	{ 0x1eb3, 0x103, HOOK }, { 0x1eb5, 0x103, TILDE },
	{ 0x1eb7, 0x103, DOT }, { 0x1eb9, 'e', DOT }, { 0x1ebb, 'e', HOOK },
	{ 0x1ebd, 'e', TILDE }, { 0x1ebf, 0xea, ACUTE },
	{ 0x1ec1, 0xea, GRAVE }, { 0x1ec3, 0xea, HOOK },
	{ 0x1ec5, 0xea, TILDE }, { 0x1ec7, 0xea, DOT }, { 0x1ec9, 'i', HOOK },
	{ 0x1ecb, 'i', DOT }, { 0x1ecd, 'o', DOT }, { 0x1ecf, 'o', HOOK },
	{ 0x1ed1, 0xf4, ACUTE }, { 0x1ed3, 0xf4, GRAVE },
	{ 0x1ed5, 0xf4, HOOK }, { 0x1ed7, 0xf4, TILDE },
	{ 0x1ed9, 0xf4, DOT }, { 0x1edb, 0x1a1, ACUTE },
	{ 0x1edd, 0x1a1, GRAVE }, { 0x1edf, 0x1a1, HOOK },
	{ 0x1ee1, 0x1a1, TILDE }, { 0x1ee3, 0x1a1, DOT },
	{ 0x1ee5, 'u', DOT }, { 0x1ee7, 'u', HOOK }, { 0x1ee9, 0x1b0, ACUTE },
	{ 0x1eeb, 0x1b0, GRAVE }, { 0x1eed, 0x1b0, HOOK },
	{ 0x1eef, 0x1b0, TILDE }, { 0x1ef1, 0x1b0, DOT },
	{ 0x1ef3, 'y', GRAVE }, { 0x1ef5, 'y', DOT }, { 0x1ef7, 'y', HOOK },
	{ 0x1ef9, 'y', TILDE }
};

/* Take one character; a byte that is not UTF-8 counts as itself. */
static uint32_t
take(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	size_t more = p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
	uint32_t c = p[0] & (more == 2 ? 0x0fU : more == 1 ? 0x1fU : 0xffU);
	size_t i;

	for (i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*text += 1;
			return p[0];
		}
		c = c << 6 | (p[i] & 0x3fU);
	}
	*text += more + 1;
	return c;
}

/* Append one character if all of it fits. */
static void
put(char *out, size_t size, size_t *used, uint32_t c)
{
	unsigned char bytes[3];
	size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;

	if (*used + length >= size)
		return;
	if (length == 1) {
		bytes[0] = (unsigned char)c;
	} else if (length == 2) {
		bytes[0] = (unsigned char)(0xc0 | c >> 6);
		bytes[1] = (unsigned char)(0x80 | (c & 0x3f));
	} else {
		bytes[0] = (unsigned char)(0xe0 | (c >> 12 & 0x0f));
		bytes[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		bytes[2] = (unsigned char)(0x80 | (c & 0x3f));
	}
	memcpy(out + *used, bytes, length);
	*used += length;
	out[*used] = '\0';
}

/* Capitals come in pairs: next to each other, or 32 apart (ASCII, Latin-1). */
static bool
pairs_adjacent(uint32_t c)
{
	return (c >= 0x102 && c <= 0x169) || c == 0x1a0 || c == 0x1a1 ||
	    (c >= 0x1ea0 && c <= 0x1ef9);
}

static uint32_t
upper(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfd))
		return c - 0x20;
	if (c == 0x1b0)
		return 0x1af;
	return pairs_adjacent(c) ? c & ~1U : c;
}

static uint32_t
lower(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xdd))
		return c + 0x20;
	if (c == 0x1af)
		return 0x1b0;
	return pairs_adjacent(c) ? c | 1U : c;
}

void
sim_text_upper(const char *text, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	while (*text != '\0')
		put(out, size, &used, upper(take(&text)));
}

void
sim_text_title(const char *text, char *out, size_t size)
{
	bool first = true;
	size_t used = 0;

	out[0] = '\0';
	while (*text != '\0') {
		uint32_t c = take(&text);

		put(out, size, &used, first ? upper(c) : lower(c));
		first = c == ' ';
	}
}

static const struct composed *
find_composed(uint32_t c)
{
	size_t i;

	for (i = 0; i < sizeof(composed) / sizeof(composed[0]); i++) {
		if (composed[i].letter == c)
			return &composed[i];
	}
	return NULL;
}

static bool
is_mark(uint32_t c)
{
	return c >= GRAVE && c <= DOT;
}

/* Keep marks sorted: a set, whatever order they were typed in. */
static void
add_mark(uint32_t marks[MAX_MARKS], size_t *count, uint32_t mark)
{
	size_t i;

	if (*count == MAX_MARKS)
		return;
	for (i = *count; i > 0 && marks[i - 1] > mark; i--)
		marks[i] = marks[i - 1];
	marks[i] = mark;
	*count += 1;
}

/* One letter and all its marks, from *text to out. */
static void
fold_letter(const char **text, char *out, size_t size, size_t *used)
{
	uint32_t marks[MAX_MARKS], base = lower(take(text));
	const struct composed *row;
	const char *ahead;
	size_t count = 0, i;

	while ((row = find_composed(base)) != NULL) {
		add_mark(marks, &count, row->mark);
		base = row->base;
	}
	for (ahead = *text; is_mark(take(&ahead)); *text = ahead) {
		const char *mark = *text;

		add_mark(marks, &count, take(&mark));
	}
	put(out, size, used, base);
	for (i = 0; i < count; i++)
		put(out, size, used, marks[i]);
}

void
sim_text_fold(const char *text, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	while (*text != '\0') {
		if (*text != ' ') {
			fold_letter(&text, out, size, &used);
			continue;
		}
		while (*text == ' ')
			text++;
		if (used > 0 && *text != '\0')
			put(out, size, &used, ' ');
	}
}

bool
sim_text_same(const char *a, const char *b)
{
	char left[512], right[512];

	sim_text_fold(a, left, sizeof(left));
	sim_text_fold(b, right, sizeof(right));
	return strcmp(left, right) == 0;
}

bool
sim_text_same_first_word(const char *a, const char *b)
{
	char left[512], right[512];
	size_t length;

	sim_text_fold(a, left, sizeof(left));
	sim_text_fold(b, right, sizeof(right));
	length = strcspn(left, " ");
	return length == strcspn(right, " ") &&
	    memcmp(left, right, length) == 0;
}

void
sim_text_hex(const char *text, char *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;

	for (; *text != '\0' && used + 2 < size; text++) {
		out[used++] = digits[(unsigned char)*text >> 4];
		out[used++] = digits[(unsigned char)*text & 15];
	}
	out[used] = '\0';
}
