/*
 * recheck_view.h - re-checks as JSON: for the desks, and for the list
 */
#ifndef SERVICE_ELIGIBILITY_RECHECK_VIEW_H
#define SERVICE_ELIGIBILITY_RECHECK_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"
#include "store/recheck.h"

struct ck_store;

/* What the desks show. Start zeroed; finish with ck_recheck_shown_wipe(). */
struct ck_recheck_shown {
	bool asks;		/* there is an operator to ask as */
	int64_t waiting;
	json_t *changed;	/* owned array; NULL: none yet */
};

/*
 * Count what waits; answers: read the changed answers too. On an error the
 * older state is kept. Returns CK_OK, CK_ERR_NOMEM or an error of the store.
 */
CK_MUST_CHECK enum ck_err
ck_recheck_shown_load(struct ck_recheck_shown *shown, struct ck_store *store,
    bool answers);

/* New reference that shares nothing with shown; NULL: out of memory. */
json_t *ck_recheck_shown_json(const struct ck_recheck_shown *shown);
void ck_recheck_shown_wipe(struct ck_recheck_shown *shown);

/*
 * Append one row to an array: what ck_recheck_view() names, and "state",
 * "queued_at", "tries", "seen_at". Where retention has erased the person,
 * full_name is null. Returns CK_OK, CK_ERR_NOMEM or an error of the store.
 */
CK_MUST_CHECK enum ck_err
ck_recheck_row_add(json_t *array, struct ck_store *store,
    const struct ck_recheck_row *row);

#endif /* SERVICE_ELIGIBILITY_RECHECK_VIEW_H */
