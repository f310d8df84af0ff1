/*
 * syllable.h - is this word a syllable of Vietnamese?
 *
 * Vietnamese has a closed set of syllables: an onset, a rime, a tone, where a
 * rime that ends in c, ch, p or t takes only two of the six tones. That makes
 * it possible to prove that damaged text was repaired: what comes out is
 * Vietnamese, and what came in was not. It is never used to refuse a name:
 * names of the Khmer, the Chăm or the Ê-đê follow other rules.
 */
#ifndef READER_PRINTED_SYLLABLE_H
#define READER_PRINTED_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"

/* Bytes for any syllable's letters with the NUL: "nghiêng" takes 9. */
#define CK_SYLLABLE_LEN 32

enum ck_tone {
	CK_TONE_NONE, CK_TONE_ACUTE, CK_TONE_GRAVE, CK_TONE_HOOK,
	CK_TONE_TILDE, CK_TONE_DOT
};

/* A word taken apart. */
struct ck_syllable {
	char letters[CK_SYLLABLE_LEN];	/* small, NFC, without the tone */
	enum ck_tone tone;
};

/*
 * Take a word of UTF-8 apart, in any case and normalisation. False when it is
 * too long or has anything but Vietnamese letters and one tone at most.
 */
bool ck_syllable_take(struct ck_span word, struct ck_syllable *out);

/* True when letters and tone are possible together. */
bool ck_syllable_valid(const struct ck_syllable *syllable);

/* True when letters without any mark could be those of a syllable that has
 * marks or not: "nguyen" is such a one, "nguyeenx" is not. */
bool ck_syllable_bare(const struct ck_syllable *syllable);

/*
 * Write a valid syllable in NFC, small, the tone where Vietnamese puts it
 * ("hòa", "hoàn", "quý", "tuyền"). False when it is not valid or does not fit.
 */
bool ck_syllable_write(const struct ck_syllable *syllable, char *out,
    size_t cap);

#endif /* READER_PRINTED_SYLLABLE_H */
