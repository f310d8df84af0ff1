/*
 * cache_keeper.h - what is kept does not grow old or many for ever
 *
 * In the flow:  config -> [cache_keeper] -> store
 *
 * Answers, appointments, closed re-checks and what is personal of lookups, of
 * check-ins and of calls that were passed through, each after its own setting;
 * visits and the hashes of numbers when nothing needs them any more; accounts
 * of hospital software that have not come for a while. Looks once at the start
 * and once an hour, and erases in small steps so that no patient waits for it.
 * Ages are counted by a clock that follows the computer's by a day an hour at
 * most: set years ahead by mistake, it costs no proof. All of this runs on the
 * core's thread.
 */
#ifndef SERVICE_ELIGIBILITY_CACHE_KEEPER_H
#define SERVICE_ELIGIBILITY_CACHE_KEEPER_H

#include <stdint.h>

#include "ck/error.h"

struct ck_cache_keeper;
struct ck_config;
struct ck_loop;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_cache_keeper_free(). Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_cache_keeper_new(struct ck_cache_keeper **out,
    const struct ck_config *config, struct ck_loop *loop,
    struct ck_turn *turn);
void ck_cache_keeper_free(struct ck_cache_keeper **keeper);

#endif /* SERVICE_ELIGIBILITY_CACHE_KEEPER_H */
