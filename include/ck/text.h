/*
 * text.h - text from outside, made safe to keep and to show
 *
 * Everything that a card, a code or a person gives as text passes here once.
 * What comes out is valid UTF-8 in normalisation form C without control
 * characters, so that equal texts are equal bytes and no field can carry a
 * line break or a terminal sequence.
 */
#ifndef CK_TEXT_H
#define CK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"

/*
 * Check raw and store it, normalised to NFC and with its NUL, in out.
 * White space at both ends is dropped.
 *
 * out, cap  The receiving array and its size in bytes.
 *
 * Returns   CK_OK
 *           CK_ERR_FILE_MALFORMED  not UTF-8, or with a control character,
 *                                  a bidirectional control or a noncharacter
 *           CK_ERR_LIMIT           does not fit; nothing is cut
 *           CK_ERR_NOMEM
 *           On error out is the empty string.
 */
CK_MUST_CHECK enum ck_err
ck_text_store(struct ck_span raw, char *out, size_t cap);

/* True when text is valid UTF-8, whatever it says. */
bool ck_text_is_utf8(struct ck_span text);

/* True when text is count ASCII digits and nothing else. */
bool ck_text_digits(struct ck_span text, size_t count);

/*
 * True when both are the same letters, upper or lower case (Unicode case
 * folding). Both are valid UTF-8, as ck_text_store() leaves it. False when
 * memory is short.
 */
bool ck_text_same_letters(const char *a, const char *b);

/* text without the ASCII white space (and BOM) at both ends. Borrowed. */
struct ck_span ck_text_trim(struct ck_span text);

#endif /* CK_TEXT_H */
