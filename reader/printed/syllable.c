/*
 * syllable.c - is this word a syllable of Vietnamese?
 */
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include <stdlib.h>
#include <string.h>

#include "printed/syllable.h"

static const char *const onsets[] = {
	"", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l",
	"m", "n", "ng", "ngh", "nh", "p", "ph", "qu", "r", "s", "t", "th",
	"tr", "v", "x"
};

/* After "qu" the rimes with y stand without their u: qu + yên. */
static const char *const rimes[] = {
	"a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at",
	"au", "ay", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "âc", "âm", "ân",
	"âng", "âp", "ât", "âu", "ây", "e", "ec", "em", "en", "eng", "eo",
	"ep", "et", "ê", "êch", "êm", "ên", "ênh", "êp", "êt", "êu", "i",
	"ia", "ich", "im", "in", "inh", "ip", "it", "iêc", "iêm", "iên",
	"iêng", "iêp", "iêt", "iêu", "iu", "o", "oa", "oac", "oach", "oai",
	"oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oăc",
	"oăm", "oăn", "oăng", "oăt", "oc", "oe", "oen", "oeo", "oet", "oi",
	"om", "on", "ong", "ooc", "oong", "op", "ot", "ô", "ôc", "ôi", "ôm",
	"ôn", "ông", "ôp", "ôt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", "u",
	"ua", "uân", "uâng", "uât", "uây", "uc", "uê", "uêch", "uênh", "ui",
	"um", "un", "ung", "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uơ",
	"up", "ut", "uy", "uya", "uych", "uyên", "uyêt", "uynh", "uyt",
	"uyu", "ư", "ưa", "ưc", "ưi", "ưm", "ưng", "ươc", "ươi", "ươm",
	"ươn", "ương", "ươp", "ươt", "ươu", "ưt", "ưu", "y", "yêm", "yên",
	"yêng", "yêt", "yêu", "ych", "ynh", "yt"
};

/* By enum ck_tone. */
static const ucs4_t tone_marks[] = {
	0, 0x0301, 0x0300, 0x0309, 0x0303, 0x0323
};

enum { CIRCUMFLEX = 0x0302, BREVE = 0x0306, HORN = 0x031B, D_STROKE = 0x0111 };

/* Which tone a mark is; CK_TONE_NONE: none. */
static enum ck_tone
tone_of(ucs4_t mark)
{
	unsigned i;

	for (i = CK_TONE_ACUTE; i <= CK_TONE_DOT; i++) {
		if (tone_marks[i] == mark)
			return (enum ck_tone)i;
	}

	return CK_TONE_NONE;
}

static bool
is_letter(ucs4_t c)
{
	return (c >= 'a' && c <= 'z') || c == D_STROKE || c == CIRCUMFLEX ||
	    c == BREVE || c == HORN;
}

/* Letters of text without the tone, which goes to *tone. In place. */
static bool
lift_tone(uint8_t *text, size_t *len, enum ck_tone *tone)
{
	size_t from = 0, to = 0;

	*tone = CK_TONE_NONE;
	while (from < *len) {
		ucs4_t c;
		int taken = u8_mbtoucr(&c, text + from, *len - from);

		if (taken <= 0)
			return false;
		from += (size_t)taken;
		if (tone_of(c) != CK_TONE_NONE) {
			if (*tone != CK_TONE_NONE)
				return false;
			*tone = tone_of(c);
		} else if (is_letter(c)) {
			to += (size_t)u8_uctomb(text + to, c, taken);
		} else {
			return false;
		}
	}
	*len = to;

	return to > 0;
}

static bool
compose(const uint8_t *text, size_t len, char *out, size_t cap)
{
	size_t size = cap - 1;
	uint8_t *nfc = u8_normalize(UNINORM_NFC, text, len, (uint8_t *)out,
	    &size);

	if (nfc == NULL)
		return false;
	if (nfc != (uint8_t *)out) {	/* it did not fit */
		explicit_bzero(nfc, size);
		free(nfc);
		return false;
	}
	out[size] = '\0';

	return true;
}

bool
ck_syllable_take(struct ck_span word, struct ck_syllable *out)
{
	uint8_t *text;
	size_t len = 0;
	bool good;

	memset(out, 0, sizeof(*out));
	if (word.len == 0 || word.len >= CK_SYLLABLE_LEN ||
	    u8_check(word.ptr, word.len) != NULL)
		return false;
	text = u8_tolower(word.ptr, word.len, "vi", UNINORM_NFD, NULL, &len);
	if (text == NULL)
		return false;
	good = lift_tone(text, &len, &out->tone) &&
	    compose(text, len, out->letters, sizeof(out->letters));
	explicit_bzero(text, len);
	free(text);

	return good;
}

/* The letter under the marks of one letter. */
static ucs4_t
bare(ucs4_t c)
{
	switch (c) {
	case 0x0103: case 0x00E2:
		return 'a';
	case 0x00EA:
		return 'e';
	case 0x00F4: case 0x01A1:
		return 'o';
	case 0x01B0:
		return 'u';
	case D_STROKE:
		return 'd';
	default:
		return c;
	}
}

/* How many bytes of text the pattern takes from its start; -1: another one. */
static int
match(const char *text, const char *pattern, bool marks_matter)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *want = (const uint8_t *)pattern;
	ucs4_t a, b;

	while ((want = u8_next(&b, want)) != NULL) {
		const uint8_t *next = u8_next(&a, at);

		if (next == NULL || (marks_matter ? a != b : a != bare(b)))
			return -1;
		at = next;
	}

	return (int)((const char *)at - text);
}

static bool
rime_known(const char *text, bool marks_matter)
{
	size_t i;

	for (i = 0; i < sizeof(rimes) / sizeof(rimes[0]); i++) {
		int len = match(text, rimes[i], marks_matter);

		if (len >= 0 && text[len] == '\0')
			return true;
	}

	return false;
}

/*
 * Where the rime begins, in bytes; -1: no onset leaves a rime. The longest
 * onset wins: "già" is gi + a, its tone does not belong to an "ia".
 */
static int
find_rime(const char *letters, bool marks_matter)
{
	int found = -1;
	size_t i;

	for (i = 0; i < sizeof(onsets) / sizeof(onsets[0]); i++) {
		int len = match(letters, onsets[i], marks_matter);

		if (len > found && rime_known(letters + len, marks_matter))
			found = len;
	}

	return found;
}

/* A rime closed by c, ch, p or t has a high or a low tone, no other. */
static bool
tone_fits(const struct ck_syllable *syllable)
{
	size_t len = strlen(syllable->letters);
	char last = syllable->letters[len - 1];
	bool closed = last == 'c' || last == 'p' || last == 't' ||
	    (last == 'h' && len > 1 && syllable->letters[len - 2] == 'c');

	return !closed || syllable->tone == CK_TONE_ACUTE ||
	    syllable->tone == CK_TONE_DOT;
}

bool
ck_syllable_valid(const struct ck_syllable *syllable)
{
	return syllable->letters[0] != '\0' && tone_fits(syllable) &&
	    find_rime(syllable->letters, true) >= 0;
}

bool
ck_syllable_bare(const struct ck_syllable *syllable)
{
	return syllable->letters[0] != '\0' &&
	    syllable->tone == CK_TONE_NONE &&
	    find_rime(syllable->letters, false) >= 0;
}

static bool
is_vowel(ucs4_t c)
{
	return c < 0x80 ? strchr("aeiouy", (int)c) != NULL : c != D_STROKE;
}

/* Vowels of a rime, by the byte behind each; the last that has a mark. */
struct nucleus {
	int end[4];
	unsigned count;
	int marked;		/* 0: none has one */
	bool closed;		/* a consonant follows */
};

static void
find_nucleus(const char *rime, struct nucleus *out)
{
	const uint8_t *at = (const uint8_t *)rime;
	ucs4_t c;

	memset(out, 0, sizeof(*out));
	while ((at = u8_next(&c, at)) != NULL) {
		int end = (int)((const char *)at - rime);

		if (!is_vowel(c) || out->count == 4) {
			out->closed = true;
			return;
		}
		/* ư gives way to the ơ beside it, and to nothing else. */
		if (c >= 0x80 && (c != 0x01B0 || out->marked == 0))
			out->marked = end;
		out->end[out->count++] = end;
	}
}

/* Behind which byte of the rime the tone mark stands. */
static int
tone_place(const char *rime)
{
	struct nucleus nucleus;

	find_nucleus(rime, &nucleus);
	if (nucleus.marked != 0)
		return nucleus.marked;
	if (nucleus.closed || nucleus.count == 1)
		return nucleus.end[nucleus.count - 1];

	return nucleus.end[nucleus.count - 2];
}

bool
ck_syllable_write(const struct ck_syllable *syllable, char *out, size_t cap)
{
	uint8_t text[CK_SYLLABLE_LEN + 8];
	size_t len = strlen(syllable->letters), place;
	int rime, mark;

	if (cap == 0 || !ck_syllable_valid(syllable) ||
	    (rime = find_rime(syllable->letters, true)) < 0)
		return false;
	memcpy(text, syllable->letters, len);
	if (syllable->tone != CK_TONE_NONE) {
		place = (size_t)(rime + tone_place(syllable->letters + rime));
		mark = u8_uctomb(text + len, tone_marks[syllable->tone], 4);
		memmove(text + place + mark, text + place, len - place);
		mark = u8_uctomb(text + place, tone_marks[syllable->tone], 4);
		len += (size_t)mark;
	}

	return compose(text, len, out, cap);
}
