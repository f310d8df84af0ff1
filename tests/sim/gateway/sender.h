/*
 * sender.h - put an answer on the line, whole or broken
 */
#ifndef SIM_SENDER_H
#define SIM_SENDER_H

#include <microhttpd.h>

struct sim_call;

/* Send call->reply. MHD_NO closes the connection without an answer. */
enum MHD_Result sim_send(struct sim_call *call);

#endif /* SIM_SENDER_H */
