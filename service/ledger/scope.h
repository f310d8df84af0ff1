/*
 * scope.h - some of the clinics: what an account may see
 *
 * In the flow:  province/accounts -> [scope] -> ledger.h
 *
 * A clinic is in a scope if it is named by its id or by its code of today, or
 * if a managing centre that is named, by id or code, is itself or manages it
 * today. Pure.
 */
#ifndef SERVICE_LEDGER_SCOPE_H
#define SERVICE_LEDGER_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/registry.h"

/* Names, blank separated: about 300 codes. */
#define CK_SCOPE_LEN 2048

struct ck_scope {
	char clinics[CK_SCOPE_LEN];
	char managers[CK_SCOPE_LEN];
};

/* Is it one of scope's? */
bool ck_scope_holds(const struct ck_scope *scope,
    const struct ck_registry *registry, const struct ck_clinic *clinic,
    int64_t day);

#endif /* SERVICE_LEDGER_SCOPE_H */
