/*
 * codepage.h - text that a scanner or Windows has put through a code page
 *
 * Source:  the mappings that Unicode publishes for CP1252, CP1258 and CP437
 *
 * Two opposite faults. A scanner set to Vietnamese sends Windows-1258 instead
 * of UTF-8: letters, then their tones as bytes of their own. And UTF-8 bytes
 * taken for single letters ("Nguyá»…n"), each of which then became UTF-8.
 * Both ways lose nothing, so both can be walked back.
 */
#ifndef READER_PRINTED_CODEPAGE_H
#define READER_PRINTED_CODEPAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"

enum ck_codepage {
	CK_CODEPAGE_1252,	/* Windows, western; C1 controls too */
	CK_CODEPAGE_1258,	/* Windows, Vietnamese */
	CK_CODEPAGE_437,	/* the console's, and that of Alt and digits */
	CK_CODEPAGE_COUNT
};

/*
 * Bytes of a page to UTF-8. out receives at most cap bytes with no NUL; *len
 * how many. False for a byte that the page does not know, or no room.
 */
bool ck_codepage_decode(enum ck_codepage page, struct ck_span bytes,
    uint8_t *out, size_t cap, size_t *len);

/*
 * Walk back UTF-8 that was read as this page: each letter becomes the byte it
 * stood for. out is never longer than text, and the caller gives as much room.
 * True only when every letter has a byte and the bytes are UTF-8 that is not
 * plain ASCII: what was never damaged does not pass.
 */
bool ck_codepage_undo(enum ck_codepage page, struct ck_span text,
    uint8_t *out, size_t *len);

#endif /* READER_PRINTED_CODEPAGE_H */
