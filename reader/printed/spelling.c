/*
 * spelling.c - words spelled in Telex or VNI, put together
 */
#include <unicase.h>
#include <unistr.h>

#include <stdlib.h>
#include <string.h>

#include "printed/syllable.h"
#include "printed/wedge.h"

/* Longer than any spelled syllable: "nghieengx" has 9 letters. */
#define WORD_MAX 16

/* What has been put together so far: small letters, one code point each. */
struct word {
	ucs4_t letter[WORD_MAX];
	unsigned count;
	enum ck_tone tone;
	bool spelled;		/* something was put together */
};

/* What a key makes of the letter it follows. */
struct key {
	char key, base;
	ucs4_t letter;
};

static const struct key telex[] = {
	{ 'a', 'a', 0x00E2 }, { 'e', 'e', 0x00EA }, { 'o', 'o', 0x00F4 },
	{ 'd', 'd', 0x0111 }, { 'w', 'a', 0x0103 }, { 'w', 'o', 0x01A1 },
	{ 'w', 'u', 0x01B0 }, { 0, 0, 0 }
};

static const struct key vni[] = {
	{ '6', 'a', 0x00E2 }, { '6', 'e', 0x00EA }, { '6', 'o', 0x00F4 },
	{ '9', 'd', 0x0111 }, { '8', 'a', 0x0103 }, { '7', 'o', 0x01A1 },
	{ '7', 'u', 0x01B0 }, { 0, 0, 0 }
};

/* Keys of the tones, by enum ck_tone. */
static const char telex_tones[] = " sfrxj";
static const char vni_tones[] = " 12345";

static bool
is_vowel(ucs4_t c)
{
	return c < 0x80 ? c != 0 && strchr("aeiouy", (int)c) != NULL :
	    c != 0x0111;
}

static bool
has_vowel(const struct word *word)
{
	unsigned i;

	for (i = 0; i < word->count; i++) {
		if (is_vowel(word->letter[i]))
			return true;
	}

	return false;
}

/* A key that marks the letter before it. */
static bool
take_mark(struct word *word, const struct key *keys, char c)
{
	ucs4_t *last;

	if (word->count == 0)
		return false;
	last = &word->letter[word->count - 1];
	for (; keys->key != 0; keys++) {
		if (keys->key == c && *last == (ucs4_t)keys->base) {
			*last = keys->letter;
			word->spelled = true;
			return true;
		}
	}

	return false;
}

/* A key that gives the word its tone; a word has one. */
static bool
take_tone(struct word *word, const char *tones, char c)
{
	const char *at = strchr(tones + 1, c);

	if (at == NULL || word->tone != CK_TONE_NONE || !has_vowel(word))
		return false;
	word->tone = (enum ck_tone)(at - tones);
	word->spelled = true;

	return true;
}

static bool
take_key(struct word *word, enum ck_spelling how, char c)
{
	bool is_telex = how == CK_SPELLING_TELEX;

	if (take_mark(word, is_telex ? telex : vni, c) ||
	    take_tone(word, is_telex ? telex_tones : vni_tones, c))
		return true;
	if (c < 'a' || c > 'z' || word->count == WORD_MAX)
		return false;
	word->letter[word->count++] = (ucs4_t)c;

	return true;
}

static bool
take_word(struct word *word, enum ck_spelling how, struct ck_span text)
{
	size_t i;

	memset(word, 0, sizeof(*word));
	for (i = 0; i < text.len; i++) {
		char c = (char)text.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!take_key(word, how, c))
			return false;
	}

	return word->spelled;
}

static bool
to_syllable(const struct word *word, struct ck_syllable *out)
{
	size_t len = 0;
	unsigned i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < word->count; i++) {
		int put = u8_uctomb((uint8_t *)out->letters + len,
		    word->letter[i],
		    (ptrdiff_t)(sizeof(out->letters) - 1 - len));

		if (put <= 0)
			return false;
		len += (size_t)put;
	}
	out->tone = word->tone;

	return true;
}

static bool
is_large(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* Give the letters of out, in place, the case of the word they came from. */
static bool
take_case(struct ck_span text, char *out, size_t cap)
{
	bool all = text.len > 1 && is_large(text.ptr[1]);
	ucs4_t first;
	int head = u8_strmbtouc(&first, (const uint8_t *)out);
	size_t size = 0;
	uint8_t *upper;

	if (!is_large(text.ptr[0]))
		return true;
	/* No Vietnamese letter changes its length in bytes with its case. */
	upper = u8_toupper((const uint8_t *)out,
	    all ? strlen(out) : (size_t)head, "vi", NULL, NULL, &size);
	if (upper == NULL)
		return false;
	memcpy(out, upper, size < cap ? size : 0);
	explicit_bzero(upper, size);
	free(upper);

	return true;
}

/* "Truowng": people, unlike scanners, give the horn of ươ once. */
static bool
share_horn(struct word *word)
{
	unsigned i;

	for (i = 1; i < word->count; i++) {
		if (word->letter[i] == 0x01A1 && word->letter[i - 1] == 'u') {
			word->letter[i - 1] = 0x01B0;
			return true;
		}
	}

	return false;
}

static bool
write_word(struct word *word, char *out, size_t cap)
{
	struct ck_syllable syllable;
	bool good = to_syllable(word, &syllable) &&
	    ck_syllable_write(&syllable, out, cap);

	if (!good && share_horn(word))
		good = to_syllable(word, &syllable) &&
		    ck_syllable_write(&syllable, out, cap);
	explicit_bzero(&syllable, sizeof(syllable));

	return good;
}

bool
ck_wedge_spelled(enum ck_spelling how, struct ck_span word, char *out,
    size_t cap)
{
	struct word keys;
	bool good;

	good = take_word(&keys, how, word) && write_word(&keys, out, cap) &&
	    take_case(word, out, cap);
	explicit_bzero(&keys, sizeof(keys));

	return good;
}
