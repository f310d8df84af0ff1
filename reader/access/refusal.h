/*
 * refusal.h - what a status word says about a password
 *
 * In the flow:  pace.c, bac.c  ->  [refusal]
 * Source:       ISO/IEC 7816-4 §5.6; ICAO Doc 9303-11 §4.4.4; BSI TR-03110
 *               part 3 (62 83, 63 Cx for passwords)
 *
 * A status word outside of secure messaging is a hint and no more: it decides
 * what a clerk is told, never what is trusted.
 */
#ifndef READER_ACCESS_REFUSAL_H
#define READER_ACCESS_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

/* 6983, 6984, 6283, 63C0: blocked, deactivated, or no try left. */
bool ck_refusal_blocked(uint16_t sw);

/* 63C1 to 63CF: how many tries are left. 0 for every other word. */
unsigned ck_refusal_tries_left(uint16_t sw);

/*
 * The proof was refused: 63xx, and what chips answer instead (6982, 6988,
 * 6A80). Only after a proof does it mean a wrong password.
 */
bool ck_refusal_denied(uint16_t sw);

/* An instruction, or parameters, that the chip does not know. */
bool ck_refusal_unknown(uint16_t sw);

#endif /* READER_ACCESS_REFUSAL_H */
