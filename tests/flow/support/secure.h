/*
 * secure.h - a second simulated gateway of the clinic, which speaks HTTPS
 *
 * Certificates are those of certificates.sh, in world->dir/tls.
 */
#ifndef FLOW_SECURE_H
#define FLOW_SECURE_H

#include "world.h"

struct secure {
	pid_t pid;
	int port;
};

/* Make the certificates. Fails the test when it cannot. */
void secure_certificates(const struct world *world);

/*
 * Start the gateway with this certificate; "" is none: plain HTTP. port 0
 * picks a free one. Point world->gateway_url to it under this host name.
 */
void secure_start(struct secure *secure, struct world *world,
    const char *certificate, const char *host, int port);

void secure_stop(struct secure *secure);

/* One of its figures (/sim/counts), asked for whatever its certificate is. */
long secure_count(const struct secure *secure, const struct world *world,
    const char *figure);

#endif /* FLOW_SECURE_H */
