/*
 * admit.h - everything that is checked before a body has come
 */
#ifndef SERVICE_HTTP_ADMIT_H
#define SERVICE_HTTP_ADMIT_H

#include <stdbool.h>
#include <stddef.h>

struct ck_guard;
struct ck_request;
struct ck_route;
struct ck_route_match;

/* Largest body, in bytes: a QR text or a lookup takes under 4 KiB. */
#define CK_BODY_MAX 65536

/* Of a list: 2,000 appointments a day at about 160 bytes, with whatever other
 * columns the hospital's program puts beside them, and some air. */
#define CK_LIST_BODY_MAX (1024 * 1024)

/* Of a feed document: CK_DOCUMENT_MAX of ledger/document.h. */
#define CK_DOCUMENT_BODY_MAX (4 * 1024 * 1024)

/* The largest body that this route takes, in bytes. */
size_t ck_body_max(const struct ck_route *route);

/* Does the request bring CSV? */
bool ck_body_is_csv(const struct ck_request *request);

/*
 * Check Host, Origin, token, route, length and type, in this order. False:
 * the request has been answered with a problem.
 */
bool ck_admit(struct ck_request *request, const struct ck_guard *guard,
    const struct ck_route_match *match);

#endif /* SERVICE_HTTP_ADMIT_H */
