/*
 * mend.c - the words of a code: undamaged, repaired, or known to be wrong
 */
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <stdlib.h>
#include <string.h>

#include "ck/text.h"
#include "printed/codepage.h"
#include "printed/mend.h"
#include "printed/syllable.h"
#include "printed/wedge.h"

/* Text that went wrong twice has been seen; three times has not. */
#define UNDO_MAX 2

/* An address of so many words has a mark in one of them. */
#define UNMARKED_MAX 3

/* A lone word that a spelling explains may be a name from another language. */
#define SPELLED_MIN 2

/* The texts as bytes, before they are known to be UTF-8. */
struct bytes {
	uint8_t at[CK_MEND_WORDS][CK_PRINTED_MAX + 1];
	size_t len[CK_MEND_WORDS];
};

void
ck_mend_wipe(struct ck_mend *mend)
{
	explicit_bzero(mend, sizeof(*mend));
}

static struct ck_span
span_at(const struct bytes *bytes, int i)
{
	return ck_span_of(bytes->at[i], bytes->len[i]);
}

static bool
all_utf8(const struct bytes *bytes)
{
	int i;

	for (i = 0; i < CK_MEND_WORDS; i++) {
		if (u8_check(bytes->at[i], bytes->len[i]) != NULL)
			return false;
	}

	return true;
}

static bool
is_ascii(struct ck_span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 0x80)
			return false;
	}

	return true;
}

/* What stands between words, also in addresses. */
static bool
is_between(uint8_t c)
{
	return c != 0 && strchr(" ,.;:/-()", c) != NULL;
}

/* Cut the next word off the front of rest; empty: there is none. */
static struct ck_span
next_word(struct ck_span *rest)
{
	struct ck_span word;

	while (rest->len > 0 && is_between(rest->ptr[0]))
		*rest = ck_span_slice(*rest, 1, rest->len);
	word = ck_span_slice(*rest, 0, 0);
	while (word.len < rest->len && !is_between(rest->ptr[word.len]))
		word.len++;
	*rest = ck_span_slice(*rest, word.len, rest->len);

	return word;
}

static bool
word_valid(struct ck_span word)
{
	struct ck_syllable syllable;

	return ck_syllable_take(word, &syllable) &&
	    ck_syllable_valid(&syllable);
}

/*
 * Do the words that have marks prove that this decoding is the right one? All
 * of them are Vietnamese; or two and more than two thirds of them, since names
 * and villages of the Khmer follow other rules.
 */
static bool
reads_vietnamese(const struct bytes *bytes)
{
	unsigned good = 0, odd = 0;
	int i;

	for (i = 0; i < CK_MEND_WORDS; i++) {
		struct ck_span rest = span_at(bytes, i), word;

		while ((word = next_word(&rest)).len > 0) {
			if (is_ascii(word))
				continue;
			if (word_valid(word))
				good++;
			else
				odd++;
		}
	}

	return odd == 0 || (good >= 2 && good > 2 * odd);
}

/* Letters and marks of Vietnamese only, each mark on a letter. */
static bool
letters_vietnamese(struct ck_span text)
{
	static const ucs4_t marks[] = {
		0x0300, 0x0301, 0x0302, 0x0303, 0x0306, 0x0309, 0x031B, 0x0323
	};
	size_t i, at = 0, len = 0;
	bool good, on_letter = false;
	ucs4_t c;
	uint8_t *nfd = u8_tolower(text.ptr, text.len, "vi", UNINORM_NFD, NULL,
	    &len);

	for (good = nfd != NULL; good && at < len; ) {
		at += (size_t)u8_mbtouc(&c, nfd + at, len - at);
		for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (marks[i] == c)
				break;
		}
		if (i < sizeof(marks) / sizeof(marks[0]))
			good = on_letter;
		else
			good = c < 0x80 || c == 0x0111;
		on_letter = c >= 0x80 || (c >= 'a' && c <= 'z');
	}
	if (nfd != NULL)
		explicit_bzero(nfd, len);
	free(nfd);

	return good;
}

/*
 * Windows-1258 from a serial scanner. Bytes that are neither UTF-8 nor that
 * are damaged beyond telling.
 */
static enum ck_err
decode_vietnamese(struct bytes *bytes, enum ck_damage *damage)
{
	struct bytes plain = { .len = { 0 } };
	enum ck_err err = CK_OK;
	int i;

	for (i = 0; err == CK_OK && i < CK_MEND_WORDS; i++) {
		if (!ck_codepage_decode(CK_CODEPAGE_1258, span_at(bytes, i),
		    plain.at[i], sizeof(plain.at[i]), &plain.len[i]) ||
		    !letters_vietnamese(span_at(&plain, i)))
			err = CK_ERR_PRINTED_MALFORMED;
	}
	if (err == CK_OK) {
		*bytes = plain;
		*damage = reads_vietnamese(&plain) ? CK_DAMAGE_ENCODING :
		    CK_DAMAGE_UNCERTAIN;
	}
	explicit_bzero(&plain, sizeof(plain));

	return err;
}

/* Walk all texts back through one page; those of plain ASCII stay. */
static bool
undo_all(enum ck_codepage page, const struct bytes *bytes, struct bytes *out)
{
	bool any = false;
	int i;

	for (i = 0; i < CK_MEND_WORDS; i++) {
		struct ck_span text = span_at(bytes, i);

		if (is_ascii(text)) {
			memcpy(out->at[i], text.ptr, text.len);
			out->len[i] = text.len;
			continue;
		}
		if (!ck_codepage_undo(page, text, out->at[i], &out->len[i]))
			return false;
		any = true;
	}

	return any;
}

/* Where two pages lead back to different texts, neither is certain. */
static bool
undo_once(struct bytes *bytes)
{
	struct bytes plain = { .len = { 0 } }, found = { .len = { 0 } };
	unsigned ways = 0;
	int page, i;

	for (page = 0; page < CK_CODEPAGE_COUNT; page++) {
		bool same = ways > 0;

		if (!undo_all((enum ck_codepage)page, bytes, &plain))
			continue;
		for (i = 0; i < CK_MEND_WORDS && same; i++)
			same = ck_span_equal(span_at(&plain, i),
			    span_at(&found, i));
		if (same)
			continue;
		found = plain;
		ways++;
	}
	if (ways == 1)
		*bytes = found;
	explicit_bzero(&plain, sizeof(plain));
	explicit_bzero(&found, sizeof(found));

	return ways == 1;
}

static enum ck_err
settle_encoding(struct bytes *bytes, enum ck_damage *damage)
{
	int times;

	if (!all_utf8(bytes))
		return decode_vietnamese(bytes, damage);
	for (times = 0; times < UNDO_MAX && undo_once(bytes); times++)
		*damage = CK_DAMAGE_ENCODING;

	return CK_OK;
}

static enum ck_err
store(const struct bytes *bytes, struct ck_mend *out)
{
	int i;

	for (i = 0; i < CK_MEND_WORDS; i++) {
		enum ck_err err = ck_text_store(span_at(bytes, i),
		    out->text[i], sizeof(out->text[i]));

		if (err != CK_OK)
			return err == CK_ERR_NOMEM ? err :
			    CK_ERR_PRINTED_MALFORMED;
	}

	return CK_OK;
}

/* Append len bytes; false when they do not fit. */
static bool
append(char *out, size_t cap, const void *from, size_t len)
{
	size_t used = strlen(out);

	if (used + len >= cap)
		return false;
	memcpy(out + used, from, len);
	out[used + len] = '\0';

	return true;
}

/*
 * One text with its spelled words put together, the others as they are.
 * Counts the words that became Vietnamese, and those that still are not.
 */
static bool
spell_text(enum ck_spelling how, const char *text, char *out, size_t cap,
    unsigned *mended, unsigned *foreign)
{
	struct ck_span rest = ck_span_str(text), word;
	const uint8_t *copied = rest.ptr;
	char plain[CK_SYLLABLE_LEN];

	out[0] = '\0';
	while ((word = next_word(&rest)).len > 0) {
		bool was_valid = word_valid(word);
		bool spelled = !was_valid && ck_wedge_spelled(how, word,
		    plain, sizeof(plain));

		*mended += spelled;
		*foreign += !was_valid && !spelled;
		if (!append(out, cap, copied, (size_t)(word.ptr - copied)) ||
		    !append(out, cap, spelled ? plain :
		    (const char *)word.ptr, spelled ? strlen(plain) :
		    word.len))
			return false;
		copied = word.ptr + word.len;
	}

	return append(out, cap, copied, strlen((const char *)copied));
}

/* What a spelling makes of all texts. */
struct spelled {
	struct ck_mend mend;
	unsigned words;		/* that it mends; 0 unless name and sex are
				 * whole then */
	bool proven;		/* some of them are not of the address */
};

static void
spell_all(enum ck_spelling how, const struct ck_mend *mend,
    struct spelled *out)
{
	unsigned in_address = 0, in_person = 0, foreign = 0, ignored = 0;
	bool fits = true;
	int i;

	*out = (struct spelled){ .mend = *mend };
	for (i = 0; fits && i < CK_MEND_WORDS; i++) {
		bool address = i == CK_MEND_RESIDENCE;

		fits = spell_text(how, mend->text[i], out->mend.text[i],
		    sizeof(out->mend.text[i]),
		    address ? &in_address : &in_person,
		    address ? &ignored : &foreign);
	}
	if (fits && foreign == 0)
		out->words = in_address + in_person;
	out->proven = in_person > 0;
}

/*
 * Telex or VNI that no input method put together. Certain when one of the two
 * makes Vietnamese of every word and two words or more needed it, in name or
 * sex too: addresses have house numbers ("A1") and villages of other languages.
 */
static void
settle_spelling(struct ck_mend *mend)
{
	struct spelled telex, vni;
	const struct spelled *best;

	spell_all(CK_SPELLING_TELEX, mend, &telex);
	spell_all(CK_SPELLING_VNI, mend, &vni);
	best = telex.words > vni.words ? &telex : &vni;
	if (best->words >= SPELLED_MIN && best->proven &&
	    telex.words != vni.words) {
		*mend = best->mend;
		mend->damage = CK_DAMAGE_KEYBOARD;
	} else if (best->words > 0) {
		mend->damage = CK_DAMAGE_UNCERTAIN;
	}
	explicit_bzero(&telex, sizeof(telex));
	explicit_bzero(&vni, sizeof(vni));
}

/* A word that is a syllable only with marks: "Nguyen". */
static bool
lacks_marks(struct ck_span word)
{
	struct ck_syllable syllable;

	return ck_syllable_take(word, &syllable) &&
	    !ck_syllable_valid(&syllable) && ck_syllable_bare(&syllable);
}

/*
 * Plain ASCII in all three. Some names are written so ("Mai Lan Anh"), hence
 * a proof is wanted: the word for women, a word that needs a mark, or an
 * address of several words without a single one.
 */
static bool
lost_its_marks(const struct ck_mend *mend)
{
	unsigned words = 0;
	int i;

	if (strcasecmp(mend->text[CK_MEND_SEX], "nu") == 0 ||
	    strcasecmp(mend->text[CK_MEND_SEX], "n") == 0)
		return true;
	for (i = 0; i < CK_MEND_WORDS; i++) {
		struct ck_span rest = ck_span_str(mend->text[i]), word;

		while ((word = next_word(&rest)).len > 0) {
			if (lacks_marks(word))
				return true;
			words += i == CK_MEND_RESIDENCE && word.len > 1;
		}
	}

	return words > UNMARKED_MAX;
}

/* U+FFFD or "?" stands where a letter was. */
static bool
has_holes(const char *text)
{
	return strchr(text, '?') != NULL || strstr(text, "\xEF\xBF\xBD") !=
	    NULL;
}

/* Signs that no name has: pieces of letters taken apart. */
static bool
has_odd_signs(const char *name)
{
	const uint8_t *at = (const uint8_t *)name;
	ucs4_t c;

	while ((at = u8_next(&c, at)) != NULL) {
		bool dash = c >= 0x2010 && c <= 0x2019;

		if (c >= 0x80 && !dash && !uc_is_property_alphabetic(c) &&
		    !uc_is_general_category(c, UC_MARK))
			return true;
	}

	return false;
}

static bool
all_ascii(const struct ck_mend *mend)
{
	int i;

	for (i = 0; i < CK_MEND_WORDS; i++) {
		if (!is_ascii(ck_span_str(mend->text[i])))
			return false;
	}

	return true;
}

static void
settle_letters(struct ck_mend *mend)
{
	char *name = mend->text[CK_MEND_NAME];

	if (ck_wedge_caps(name, sizeof(mend->text[CK_MEND_NAME]))) {
		(void)ck_wedge_caps(mend->text[CK_MEND_RESIDENCE],
		    sizeof(mend->text[CK_MEND_RESIDENCE]));
		mend->damage = CK_DAMAGE_KEYBOARD;
	}
	if (all_ascii(mend))
		settle_spelling(mend);
	if (has_holes(name) || has_holes(mend->text[CK_MEND_SEX]))
		mend->damage = CK_DAMAGE_LOST;
	else if (has_odd_signs(name))
		mend->damage = CK_DAMAGE_UNCERTAIN;
	else if (all_ascii(mend) && mend->damage < CK_DAMAGE_LOST &&
	    lost_its_marks(mend))
		mend->damage = CK_DAMAGE_LOST;
}

enum ck_err
ck_mend_read(const struct ck_span raw[CK_MEND_WORDS], struct ck_mend *out)
{
	struct bytes bytes;
	enum ck_err err = CK_ERR_PRINTED_MALFORMED;
	int i;

	ck_mend_wipe(out);
	memset(&bytes, 0, sizeof(bytes));
	for (i = 0; i < CK_MEND_WORDS; i++) {
		struct ck_span text = ck_text_trim(raw[i]);

		if (text.len >= sizeof(bytes.at[i]))
			goto out;
		if (text.len > 0)
			memcpy(bytes.at[i], text.ptr, text.len);
		bytes.len[i] = text.len;
	}
	if ((err = settle_encoding(&bytes, &out->damage)) == CK_OK)
		err = store(&bytes, out);
	if (err == CK_OK)
		settle_letters(out);
out:
	if (err != CK_OK)
		ck_mend_wipe(out);
	explicit_bzero(&bytes, sizeof(bytes));

	return err;
}
