/*
 * registry.h - the clinics of the province, and what holds of each since when
 *
 * In the flow:  CSV -> import.h -> [registry] <- accept, collect, report
 *
 * A clinic keeps its number and its id for ever; code, name, level, managing
 * health centre, commune, district, calendar, address and key are dated:
 * districts ended in July 2025, and codes changed with the merger into Vĩnh
 * Long, but a clinic stays one clinic.
 *
 * The registry is read whole into memory: 13,000 clinics are 10 MB. It does
 * not change afterwards; read it again when ck_registry_version() of the
 * ledger differs.
 */
#ifndef SERVICE_LEDGER_REGISTRY_H
#define SERVICE_LEDGER_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/sql.h"

/* Field sizes in bytes with NUL. */
#define CK_CODE_LEN 6		/* facility code: 5 characters */
#define CK_CLINIC_ID_LEN 33	/* [A-Za-z0-9._-]+ */
#define CK_STATION_LEN 32	/* [a-z0-9-]+ */
#define CK_PLACE_LEN 121	/* names, UTF-8 */
#define CK_LEVEL_LEN 41
#define CK_ADDRESS_LEN 257
#define CK_CALENDAR_LEN 65
#define CK_KEY_LEN 32		/* Ed25519 public key */

/* What holds of a clinic from a day on, until its next version. */
struct ck_clinic_version {
	int64_t from_day;		/* day.h */
	char code[CK_CODE_LEN];
	char name[CK_PLACE_LEN];
	char level[CK_LEVEL_LEN];	/* as in the CSV: "xã", "huyện" … */
	char manager[CK_CLINIC_ID_LEN];	/* id of the managing centre; "" */
	char commune[CK_PLACE_LEN];
	char district[CK_PLACE_LEN];	/* ""; the old one before July 2025 */
	char calendar[CK_CALENDAR_LEN];	/* calendar.h; "" unknown */
};

/* What holds of a daemon of a clinic from a day on. */
struct ck_clinic_daemon {
	int64_t from_day;
	char station[CK_STATION_LEN];
	char address[CK_ADDRESS_LEN];	/* "https://…"; "": it is not asked */
	uint8_t key[CK_KEY_LEN];
};

struct ck_clinic {
	int64_t number;				/* figures point to it */
	char id[CK_CLINIC_ID_LEN];
	struct ck_clinic_version *versions;	/* by from_day, rising */
	size_t version_count;			/* at least 1 */
	struct ck_clinic_daemon *daemons;	/* by station, from_day */
	size_t daemon_count;
};

struct ck_registry;	/* opaque */

/* Read the registry. Free with ck_registry_free(). Returns CK_OK,
 * CK_ERR_NOMEM, or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_registry_load(struct ck_registry **out, struct ck_sql *sql);
void ck_registry_free(struct ck_registry **registry);

/*
 * Some of the clinics of registry: those for which wanted says so. out borrows
 * from registry, which must outlive it. Free with ck_registry_free(). Returns
 * CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_registry_narrow(struct ck_registry **out,
    const struct ck_registry *registry,
    bool (*wanted)(const void *ctx, const struct ck_registry *registry,
    const struct ck_clinic *clinic), const void *ctx);

/* All clinics, by id, and how many. Borrowed from the registry. */
const struct ck_clinic *
ck_registry_clinics(const struct ck_registry *registry, size_t *count);

/* The clinic of this number, or of this id; NULL: none. */
const struct ck_clinic *
ck_registry_by_number(const struct ck_registry *registry, int64_t number);
const struct ck_clinic *
ck_registry_by_id(const struct ck_registry *registry, const char *id);

/*
 * The clinic that has this code on that day. A clinic that still uses its old
 * code, or already its next, is found as well, unless another has that code
 * then. NULL: no clinic ever had it.
 */
const struct ck_clinic *
ck_registry_by_code(const struct ck_registry *registry, const char *code,
    int64_t day);

/* What holds of clinic on day; its first version before that. Never NULL. */
const struct ck_clinic_version *
ck_clinic_on(const struct ck_clinic *clinic, int64_t day);

/* The daemon at station on day; its first before that. NULL: none. */
const struct ck_clinic_daemon *
ck_clinic_daemon_on(const struct ck_clinic *clinic, const char *station,
    int64_t day);

#endif /* SERVICE_LEDGER_REGISTRY_H */
