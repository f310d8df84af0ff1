/*
 * file.h - whole elementary files, in as few commands as the card allows
 *
 * In the flow:  channel  ->  [file]  ->  lds
 * Includes:     card/channel.h
 * Source:       ICAO Doc 9303-10 §3.6 (READ BINARY), ISO/IEC 7816-4 §11.3
 *
 * Files are addressed by short identifier; a card without that gets SELECT. The
 * first command asks for all that one answer can bring, the file's own header
 * tells how much is left, and no byte is read twice.
 */
#ifndef READER_CARD_FILE_H
#define READER_CARD_FILE_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_channel;	/* card/channel.h */

/* Short file identifiers. 9303-10 §3.11.1 (master file), §4.6 and §4.7 */
#define CK_SFI_ATR_INFO 0x01
#define CK_SFI_CARD_ACCESS 0x1c
#define CK_SFI_SOD 0x1d
#define CK_SFI_COM 0x1e
#define CK_SFI_DG(n) ((uint8_t)(n))

/* Limit for every file but DG2: text, keys and signatures are below 8 KiB. */
#define CK_FILE_MAX 65536

/* The LDS1 applet. 9303-10 §3.5 */
#define CK_LDS1_AID "\xa0\x00\x00\x02\x47\x10\x01"
#define CK_LDS1_AID_LEN 7

/*
 * Read the file with this short identifier, which is one data object. Padding
 * behind it, all 00 or all FF, is dropped; other trailing bytes are refused.
 *
 * max   Limit in bytes.
 * file  Replaced by the whole object with its header; the caller wipes it.
 *       Empty on error.
 *
 * Returns  CK_OK
 *          CK_ERR_FILE_ABSENT     the card has no such file
 *          CK_ERR_FILE_MALFORMED  no data object, trailing bytes, longer than
 *                                 max, or shorter than its header says
 *          CK_ERR_CARD_REFUSED    any other refusal
 *          CK_ERR_CARD_MALFORMED  an answer longer than asked for or empty
 *          the channel's errors
 */
CK_MUST_CHECK enum ck_err
ck_file_read(struct ck_channel *channel, uint8_t sfi, size_t max,
    struct ck_buf *file);

/*
 * Read what one short command brings of a file, for files that are a series of
 * objects. Results are those of ck_file_read().
 */
CK_MUST_CHECK enum ck_err
ck_file_read_start(struct ck_channel *channel, uint8_t sfi,
    struct ck_buf *start);

/*
 * Select the LDS1 applet.
 * Returns CK_OK, CK_ERR_CARD_UNSUPPORTED when the card has none, and the
 * channel's errors.
 */
CK_MUST_CHECK enum ck_err ck_file_select_lds1(struct ck_channel *channel);

/* Select the master file, where the card has one; refusals do not matter. */
CK_MUST_CHECK enum ck_err ck_file_select_master(struct ck_channel *channel);

#endif /* READER_CARD_FILE_H */
