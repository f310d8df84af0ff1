/*
 * pn532_frame.h - frames on a PN532's high speed UART
 *
 * In the flow:  pn532.c receives bytes  ->  [pn532_frame]  ->  commands
 * Source:       NXP UM0701-02 §6.2.1 (frames), §7.2.11 (wake-up)
 */
#ifndef SIM_CARD_PN532_FRAME_H
#define SIM_CARD_PN532_FRAME_H

#include "bytes.h"

/* Most bytes of a frame after its identifier: command code and parameters. */
#define SIM_PN532_DATA_MAX 264

/* What stood next on the line. */
enum sim_pn532_event {
	SIM_PN532_NOTHING,	/* no whole frame yet */
	SIM_PN532_COMMAND,	/* a command of the host */
	SIM_PN532_ACK,		/* stop what you do */
	SIM_PN532_NACK,		/* say the last answer again */
	SIM_PN532_BROKEN	/* a frame whose checksum or direction is wrong */
};

/*
 * Take the next frame off the front of *line. Bytes before its start code
 * (55 00 00 ... wakes the chip up) mean nothing. command receives the command
 * code and its parameters.
 */
enum sim_pn532_event sim_pn532_next(struct sim_bytes *line,
    struct sim_bytes *command);

/*
 * Append the frame that answers: normal up to 254 bytes, extended beyond.
 * answer begins with the command code of the answer.
 */
void sim_pn532_put_answer(struct sim_bytes *out, struct sim_span answer);

/* Append the frame that confirms the receipt of a command. */
void sim_pn532_put_ack(struct sim_bytes *out);

/* Append the frame that refuses a command: syntax error. */
void sim_pn532_put_error(struct sim_bytes *out);

#endif /* SIM_CARD_PN532_FRAME_H */
