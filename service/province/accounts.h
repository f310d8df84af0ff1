/*
 * accounts.h - who sees which clinics
 *
 * In the flow:  site, gather, report -> [accounts] -> registry
 */
#ifndef SERVICE_PROVINCE_ACCOUNTS_H
#define SERVICE_PROVINCE_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/registry.h"

struct ck_scope;		/* opaque: some of the clinics */

/* Is clinic one that scope may see on day? NULL sees all. */
bool ck_scope_sees(const struct ck_scope *scope,
    const struct ck_registry *registry, const struct ck_clinic *clinic,
    int64_t day);

#endif /* SERVICE_PROVINCE_ACCOUNTS_H */
