/*
 * admit.h - everything that is checked before a body has come
 */
#ifndef SERVICE_HTTP_ADMIT_H
#define SERVICE_HTTP_ADMIT_H

#include <stdbool.h>

struct ck_guard;
struct ck_request;
struct ck_route_match;

/* Largest body, in bytes: a QR text or a lookup takes under 4 KiB. */
#define CK_BODY_MAX 65536

/*
 * Check Host, Origin, token, route, length and type, in this order. False:
 * the request has been answered with a problem.
 */
bool ck_admit(struct ck_request *request, const struct ck_guard *guard,
    const struct ck_route_match *match);

#endif /* SERVICE_HTTP_ADMIT_H */
