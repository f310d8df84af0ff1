/*
 * outbox.h - notices on their way to the gateway
 *
 * In the flow:  store/check_in.h -> [outbox] -> eligibility/gateway.h
 *
 * The rows are the queue, so a crash loses nothing. One notice is on its way
 * at a time. The notices of a visit go in order, each after the one before it
 * was accepted; those of different visits in the order in which they were
 * kept, but that one whose end is in doubt steps aside: it is sent again with
 * the same MA_LK after a pause of its own, and what has not been tried yet goes
 * first. So nobody waits behind it longer than for the one call under way
 * (check_in_timeout_ms). What the gateway refuses stays with its words until
 * somebody mends it; what has been tried too often is given up, visibly. A line
 * that is down is no try, and everybody rests: late delivery is allowed (TT
 * 48/2017 Art 8).
 */
#ifndef SERVICE_CHECKIN_OUTBOX_H
#define SERVICE_CHECKIN_OUTBOX_H

#include "ck/error.h"

struct ck_config;
struct ck_gateway;
struct ck_loop;
struct ck_outbox;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_outbox_free(). */
struct ck_outbox_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_store *store;
	struct ck_gateway *gateway;
};

/*
 * Open the signing key, if one is configured, and begin with what waits.
 * Returns CK_OK, CK_ERR_CONFIG, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_outbox_new(struct ck_outbox **out, const struct ck_outbox_options *options);

/* Drop what is on its way: it is sent again after the next start. */
void ck_outbox_free(struct ck_outbox **outbox);

/* There may be something new to send; nothing happens before the next turn, nor
 * while the line rests. */
void ck_outbox_kick(struct ck_outbox *outbox);

#endif /* SERVICE_CHECKIN_OUTBOX_H */
