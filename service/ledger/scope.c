/*
 * scope.c - some of the clinics
 */
#include <string.h>

#include "ledger/scope.h"

static bool
is_named(const char *names, const char *name)
{
	size_t len = strlen(name), word;

	for (; *(names += strspn(names, " \t")) != '\0'; names += word) {
		word = strcspn(names, " \t");
		if (word == len && len > 0 && memcmp(names, name, len) == 0)
			return true;
	}

	return false;
}

static bool
names_clinic(const char *names, const struct ck_clinic *clinic, int64_t day)
{
	return is_named(names, clinic->id) ||
	    is_named(names, ck_clinic_on(clinic, day)->code);
}

bool
ck_scope_holds(const struct ck_scope *scope,
    const struct ck_registry *registry, const struct ck_clinic *clinic,
    int64_t day)
{
	const char *id = ck_clinic_on(clinic, day)->manager;
	const struct ck_clinic *manager = id[0] == '\0' ? NULL :
	    ck_registry_by_id(registry, id);

	return names_clinic(scope->clinics, clinic, day) ||
	    names_clinic(scope->managers, clinic, day) ||
	    (manager != NULL && names_clinic(scope->managers, manager, day));
}
