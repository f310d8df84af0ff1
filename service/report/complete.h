/*
 * complete.h - until when each clinic's figures are whole
 *
 * In the flow:  ledger/figures (streams), registry -> [complete] -> report.c
 */
#ifndef SERVICE_REPORT_COMPLETE_H
#define SERVICE_REPORT_COMPLETE_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "ledger/ledger.h"

/* Of one clinic. Instants in milliseconds since 1970 UTC; 0: never. */
struct ck_completeness {
	const struct ck_clinic *clinic;	/* borrowed from the registry */
	int64_t until_ms;	/* the earliest of its daemons */
	int64_t began_ms;	/* the first epoch of any of them */
	int64_t heard_ms;	/* last news of any of them */
};

/*
 * Of all clinics that exist on day, in the registry's order. A clinic is whole
 * until the earliest of the daemons that it has on that day: one that has sent
 * nothing yet makes it 0.
 *
 * list     Receives an array that the caller frees.
 *
 * Returns CK_OK, CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_completeness_load(struct ck_ledger *ledger,
    const struct ck_registry *registry, int64_t day,
    struct ck_completeness **list, size_t *count);

#endif /* SERVICE_REPORT_COMPLETE_H */
