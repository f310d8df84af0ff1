/*
 * apdu.h - one command, and its bytes on the wire
 *
 * Includes:  ck/buf.h
 * Source:    ISO/IEC 7816-4 §5.1 (command-response pairs), §5.2 (lengths)
 */
#ifndef READER_CARD_APDU_H
#define READER_CARD_APDU_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"

/* What a short length field can say. ISO/IEC 7816-4 §5.1 */
#define CK_APDU_SHORT_DATA_MAX 255
#define CK_APDU_SHORT_LE_MAX 256

/* What an extended length field can say. */
#define CK_APDU_DATA_MAX 65535
#define CK_APDU_LE_MAX 65536

/* Bits of the class byte. ISO/IEC 7816-4 §5.4.1 table 2 */
#define CK_CLA_CHAIN 0x10	/* not the last command of a chain */
#define CK_CLA_SM 0x0c		/* secure messaging, header authenticated */

/* Status words, SW1 SW2. ISO/IEC 7816-4 §5.6 table 6 */
#define CK_SW_OK 0x9000
#define CK_SW_END_OF_FILE 0x6282
#define CK_SW_FAILED 0x6300
#define CK_SW_WRONG_LENGTH 0x6700
#define CK_SW_SECURITY_STATUS 0x6982
#define CK_SW_BLOCKED 0x6983
#define CK_SW_NOT_FOUND 0x6a82

/* One command before any protection. */
struct ck_apdu {
	uint8_t cla, ins, p1, p2;
	struct ck_span data;	/* borrowed; at most CK_APDU_DATA_MAX bytes */
	uint32_t le;		/* answer bytes wanted, at most; 0: none */
};

/*
 * Write the bytes of a command in short or extended form, cases 1 to 4.
 *
 * extended  True: every length field is extended. False: short; data or le
 *           beyond the short limits is an error.
 * out       Replaced. The caller owns and wipes it. Empty on every error.
 *
 * Returns CK_OK, CK_ERR_LIMIT or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_apdu_encode(const struct ck_apdu *apdu, bool extended, struct ck_buf *out);

#endif /* READER_CARD_APDU_H */
