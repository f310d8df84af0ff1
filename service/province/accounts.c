/*
 * accounts.c - who sees which clinics
 */
#include "province/accounts.h"

bool
ck_scope_sees(const struct ck_scope *scope,
    const struct ck_registry *registry, const struct ck_clinic *clinic,
    int64_t day)
{
	(void)registry;
	(void)clinic;
	(void)day;

	return scope == NULL;
}
