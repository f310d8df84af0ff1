/*
 * collector_client.h - the way to the province's collector, for all that a
 * clinic sends there: figures and correction cases
 */
#ifndef SERVICE_PUSH_COLLECTOR_CLIENT_H
#define SERVICE_PUSH_COLLECTOR_CLIENT_H

#include "ck/error.h"

struct ck_client;
struct ck_config;
struct ck_loop;

/*
 * A client as [collector] says: token or certificate, proxy, who is trusted.
 * loop is borrowed until ck_client_free(); config only during the call, and the
 * token's copy is wiped. Returns CK_OK, or what ck_client_new() returns.
 */
CK_MUST_CHECK enum ck_err
ck_collector_client_new(struct ck_client **out, struct ck_loop *loop,
    const struct ck_config *config);

#endif /* SERVICE_PUSH_COLLECTOR_CLIENT_H */
