/*
 * import_state.h - a registry on its way in; of import*.c alone
 */
#ifndef SERVICE_LEDGER_IMPORT_STATE_H
#define SERVICE_LEDGER_IMPORT_STATE_H

#include "ledger/import.h"
#include "ledger/registry.h"

/* A line of the file. */
struct ck_import_line {
	unsigned line;
	char id[CK_CLINIC_ID_LEN];
	struct ck_clinic_version version;
	struct ck_clinic_daemon daemon;		/* station "": none */
	bool described;		/* it has a code, so it is a version */
	int64_t number;		/* of the clinic, once it is known */
};

struct ck_import {
	struct ck_import_line *lines;
	size_t count, room;
	ck_import_fn tell;
	void *ctx;
	unsigned told;
};

/* Tell a defect. */
void ck_import_defect(struct ck_import *import, unsigned line,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The columns of record into *out; defects are told. */
void ck_import_read_line(struct ck_import *import,
    const char *const *field, struct ck_import_line *out);

/* What lines say of each other: twice the same, codes and keys that overlap,
 * managers that are nobody. Lines are sorted by clinic, day and station. */
CK_MUST_CHECK enum ck_err ck_import_compare(struct ck_import *import);

/* Make the lines the registry, in the transaction that is open. Figures of
 * clinics or codes that would be gone are defects. */
CK_MUST_CHECK enum ck_err
ck_import_write(struct ck_import *import, struct ck_sql *sql, int64_t now_ms,
    struct ck_import_counts *counts);

#endif /* SERVICE_LEDGER_IMPORT_STATE_H */
