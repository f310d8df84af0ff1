/*
 * drop.h - questions as files, for hospital software in any language
 *
 * In the flow:  DIR/req/NAME.json|xml -> [drop] -> lookup -> DIR/res/NAME.…
 * Source:       docs/integration.md is the contract
 *
 * A question is written under another name and renamed into req/; its answer
 * appears in res/ under the same name, by rename as well, and then the question
 * is gone: so nobody ever sees half a file. req/ is looked at twice a second,
 * because a network share tells nobody of its changes. After a crash a question
 * that still lies there is the same lookup again (its name, time and bytes are
 * its Idempotency-Key).
 */
#ifndef SERVICE_DROP_DROP_H
#define SERVICE_DROP_DROP_H

#include "ck/error.h"

struct ck_config;
struct ck_drop;
struct ck_lookups;
struct ck_loop;
struct ck_store;

/* Largest question, in bytes: five short fields. */
#define CK_DROP_FILE_MAX 16384

/* Questions under way at a time; more wait in their folder. */
#define CK_DROP_CALLS_MAX 8

/*
 * Make req/ and res/ in [drop] directory where they are missing, and begin to
 * look. All borrowed. Returns CK_OK, CK_ERR_CONFIG (a folder cannot be made or
 * opened: the log says which), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_drop_new(struct ck_drop **out, const struct ck_config *config,
    struct ck_loop *loop, struct ck_store *store, struct ck_lookups *lookups);

/* Before ck_lookups_free(). Questions under way stay for the next start. */
void ck_drop_free(struct ck_drop **drop);

#endif /* SERVICE_DROP_DROP_H */
