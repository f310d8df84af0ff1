/*
 * worklist.h - what a worklist may be asked for, by command and by HTTP
 */
#ifndef SERVICE_PROVINCE_WORKLIST_H
#define SERVICE_PROVINCE_WORKLIST_H

#include "report/worklist.h"

/* Days without others being asked for, today included. */
#define CK_WORKLIST_DAYS 30

/* Read one value. False for any that cannot be asked for. */
bool ck_worklist_owner(const char *label, enum ck_owner *out);
bool ck_worklist_series(const char *label, enum ck_series *out);
bool ck_worklist_closed_after(const char *text, int64_t *out);

#endif /* SERVICE_PROVINCE_WORKLIST_H */
