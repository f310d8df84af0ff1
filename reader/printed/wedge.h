/*
 * wedge.h - what a scanner's keystrokes become on the way
 *
 * A scanner that acts as a keyboard sends key positions, and what they mean is
 * decided by others: the layout that Windows is set to, Caps Lock, and whether
 * a Vietnamese input method listens. Some scanners spell Vietnamese in Telex
 * or VNI for such a method; without one the spelling itself arrives.
 */
#ifndef READER_PRINTED_WEDGE_H
#define READER_PRINTED_WEDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"

enum ck_spelling {
	CK_SPELLING_TELEX,	/* "Nguyeenx Vawn" */
	CK_SPELLING_VNI		/* "Nguye6n4 Va8n" */
};

/*
 * Put a spelled word together. out receives NFC in the case of the word and a
 * NUL. False when the word has no spelling in it, or what comes out is no
 * syllable of Vietnamese.
 */
bool ck_wedge_spelled(enum ck_spelling how, struct ck_span word, char *out,
    size_t cap);

/*
 * On layouts of other countries the key of "|" types something else. out
 * receives text with the bars put back; it is never longer than text. True
 * only for text that has no bar, and begins with 10, 12 or 15 characters of a
 * number, closed by a sign that stands at least 6 times in it.
 */
bool ck_wedge_bars(struct ck_span text, uint8_t *out, size_t *len);

/*
 * The layout "Vietnamese" of Windows types ă â ê ô, five tone marks and đ on
 * the keys 1 to 9 and 0. out receives text with the digits put back wherever a
 * whole field then is a number, a date or hexadecimal; never longer than text.
 * True only for text that has no digit and begins with six of these.
 */
bool ck_wedge_digits(struct ck_span text, uint8_t *out, size_t *len);

/*
 * Caps Lock while the scanner typed: "nGUYỄN vĂN a". Turns the case over, in
 * place. False, and nothing changed, unless every word has that shape and one
 * has two letters or more.
 */
bool ck_wedge_caps(char *text, size_t cap);

#endif /* READER_PRINTED_WEDGE_H */
