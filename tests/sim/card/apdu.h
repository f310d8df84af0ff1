/*
 * apdu.h - command APDUs as the chip receives them
 *
 * Source: ISO/IEC 7816-4 §5.3.2, cases 1 to 4, short and extended.
 */
#ifndef SIM_CARD_APDU_H
#define SIM_CARD_APDU_H

#include "bytes.h"

/* Status words that the chip answers. ISO/IEC 7816-4 §5.3.4 */
enum {
	SIM_SW_OK = 0x9000,
	SIM_SW_MORE = 0x6100,		/* low byte: how many wait */
	SIM_SW_END_OF_FILE = 0x6282,
	SIM_SW_AUTH_FAILED = 0x6300,
	SIM_SW_TRIES_LEFT = 0x63c0,	/* low digit: how many */
	SIM_SW_WRONG_LENGTH = 0x6700,
	SIM_SW_LAST_EXPECTED = 0x6883,
	SIM_SW_NO_CHAINING = 0x6884,
	SIM_SW_DENIED = 0x6982,
	SIM_SW_BLOCKED = 0x6983,
	SIM_SW_CONDITIONS = 0x6985,
	SIM_SW_NO_FILE_CHOSEN = 0x6986,
	SIM_SW_SM_MISSING = 0x6987,
	SIM_SW_SM_WRONG = 0x6988,
	SIM_SW_BAD_DATA = 0x6a80,
	SIM_SW_NOT_FOUND = 0x6a82,
	SIM_SW_BAD_P1P2 = 0x6a86,
	SIM_SW_NO_REFERENCE = 0x6a88,
	SIM_SW_BAD_OFFSET = 0x6b00,
	SIM_SW_EXACT_LE = 0x6c00,	/* low byte: how many there are */
	SIM_SW_BAD_INS = 0x6d00,
	SIM_SW_BAD_CLA = 0x6e00
};

enum {
	SIM_INS_MSE = 0x22,
	SIM_INS_EXTERNAL_AUTHENTICATE = 0x82,
	SIM_INS_GET_CHALLENGE = 0x84,
	SIM_INS_GENERAL_AUTHENTICATE = 0x86,
	SIM_INS_INTERNAL_AUTHENTICATE = 0x88,
	SIM_INS_SELECT = 0xa4,
	SIM_INS_READ_BINARY = 0xb0,
	SIM_INS_READ_BINARY_ODD = 0xb1,
	SIM_INS_GET_RESPONSE = 0xc0
};

#define SIM_CLA_SM 0x0c		/* secure messaging, header authenticated */
#define SIM_CLA_CHAINING 0x10	/* more of this command follows */

/* One command, taken apart. data borrows from the command's bytes. */
struct sim_apdu {
	uint8_t cla, ins, p1, p2;
	struct sim_span data;
	size_t ne;		/* bytes expected at most; 0 for none */
	bool ne_is_max;		/* Le was 00 or 0000: "whatever there is" */
	bool extended;		/* the length fields are extended */
};

/* Take a command apart. False when its lengths do not add up. */
bool sim_apdu_parse(struct sim_span bytes, struct sim_apdu *out);

#endif /* SIM_CARD_APDU_H */
