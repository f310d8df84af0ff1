/*
 * desk_operator.h - which clerk has signed on at which desk
 *
 * In the flow:  http (sign-on) -> [desk_operator] -> desk, at its start
 *
 * So that a daemon that starts anew, another browser and a scanner without one
 * all ask in the same name. As store.h: on the core's thread, writes inside a
 * transaction of turn.h.
 */
#ifndef SERVICE_STORE_DESK_OPERATOR_H
#define SERVICE_STORE_DESK_OPERATOR_H

#include <stdint.h>

#include "store/record.h"

struct ck_store;

/* From now on this clerk sits there; an empty name: nobody. */
CK_MUST_CHECK enum ck_err
ck_store_put_desk_operator(struct ck_store *store, const char *desk,
    const char *name);

/*
 * Who sits there, and since when (wall clock). CK_ERR_NOT_FOUND: nobody; then
 * name is empty.
 */
CK_MUST_CHECK enum ck_err
ck_store_get_desk_operator(struct ck_store *store, const char *desk,
    char name[CK_NAME_LEN], int64_t *since_ms);

#endif /* SERVICE_STORE_DESK_OPERATOR_H */
