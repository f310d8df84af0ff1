/*
 * digester.h - a thread that sends the digest at its hour
 *
 * In the flow:  serve -> [digester] -> digest.h
 *
 * It looks once a minute whether the hour has come and today's digest has not
 * been sent, by whomever; so a start in the afternoon still sends it. A mail
 * server that does not take it is tried again a quarter of an hour later, until
 * midnight.
 */
#ifndef SERVICE_PROVINCE_DIGESTER_H
#define SERVICE_PROVINCE_DIGESTER_H

#include "ck/clock.h"
#include "ck/error.h"
#include "ledger/ledger.h"
#include "province/config.h"

struct ck_digester;	/* opaque */

/*
 * Start it, unless config names nobody to send to: *out is NULL then. All are
 * borrowed until ck_digester_stop(). Returns CK_OK, CK_ERR_SYSTEM, or as
 * ck_ledger_open().
 */
CK_MUST_CHECK enum ck_err
ck_digester_start(struct ck_digester **out,
    const struct ck_province_config *config,
    const struct ck_ledger_options *options, const struct ck_clock *clock);

/* Wait for a message under way, at most [mail] timeout_ms. NULL is allowed. */
void ck_digester_stop(struct ck_digester **digester);

#endif /* SERVICE_PROVINCE_DIGESTER_H */
