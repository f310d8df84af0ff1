/*
 * relay.h - the line of a clinic, whose public address may change
 *
 * Passes connections on to the simulated gateway, from an address of loopback
 * that the test chooses: what a provider does that gives out another address
 * each night, or shares several among its customers.
 */
#ifndef FLOW_RELAY_H
#define FLOW_RELAY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct relay {
	int fd;
	int port;			/* where checkind calls */
	int gateway_port;
	pthread_t thread;
	atomic_bool stop;
	atomic_uint address;		/* 127.0.0.N, of the next connection */
	atomic_bool wander;		/* one call a connection, each from
					 * another address */
	atomic_bool cut;		/* end the connections there are */
};

/* Listen, and pass on from 127.0.0.11. Fails the test when it cannot. */
void relay_start(struct relay *relay, int gateway_port);
void relay_stop(struct relay *relay);

/* From now on all goes out from 127.0.0.N: connections that stand are gone. */
void relay_move(struct relay *relay, unsigned address);

/* From now on no two calls go out from the same address; or the end of it. */
void relay_wander(struct relay *relay, bool wander);

#endif /* FLOW_RELAY_H */
