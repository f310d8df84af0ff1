/*
 * hex.h - bytes as digits and back
 *
 * Keys, digests and ids are shown and signed as lower-case hexadecimal digits;
 * only these are taken back, so that one value has one spelling.
 */
#ifndef CK_HEX_H
#define CK_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"

/* Room for the digits of that many bytes, with the NUL. */
#define CK_HEX_LEN(bytes) (2 * (bytes) + 1)

/* Write two digits for each byte and a NUL: CK_HEX_LEN(bytes.len) of out. */
void ck_hex_print(struct ck_span bytes, char *out);

/*
 * Read exactly 2 * count digits, lower case, no more and no fewer.
 * False, with out partly written, if text is anything else.
 */
bool ck_hex_read(struct ck_span text, uint8_t *out, size_t count);

#endif /* CK_HEX_H */
