/*
 * vpcd.h - the wire to the virtual reader
 *
 * The card is a TCP client of vpcd. Messages both ways: two bytes of length,
 * then as many bytes. From vpcd, one byte is a control, more are a command.
 */
#ifndef SIM_CARD_VPCD_H
#define SIM_CARD_VPCD_H

#include "bytes.h"

/* Port of slot 0; slot 1 follows. */
#define SIM_VPCD_PORT 35963

/* Controls of one byte. Only the last one is answered. */
enum {
	SIM_VPCD_OFF = 0,
	SIM_VPCD_ON = 1,
	SIM_VPCD_RESET = 2,
	SIM_VPCD_ATR = 4
};

/* Connect; returns a descriptor, or -1. host is a name or an address. */
int sim_vpcd_connect(const char *host, unsigned port);

/* Replace *message by the next one. False when the connection is gone. */
bool sim_vpcd_receive(int fd, struct sim_bytes *message);

/* Send one message of at most 65,535 bytes. False when it cannot be sent. */
bool sim_vpcd_send(int fd, struct sim_span message);

#endif /* SIM_CARD_VPCD_H */
