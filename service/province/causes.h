/*
 * causes.h - the causes of all clinics together
 *
 * In the flow:  report/worklist -> [causes] -> digest_text.c
 *
 * What a failure is and whose, the worklist says; here the clinics are added
 * up. So the digest of a morning and the list that the office works through
 * are one count.
 */
#ifndef SERVICE_PROVINCE_CAUSES_H
#define SERVICE_PROVINCE_CAUSES_H

#include <stdint.h>

#include "ck/error.h"
#include "ck/words.h"
#include "ledger/ledger.h"
#include "report/worklist.h"

/*
 * Read the causes of the days from_day to_day in series cccd, one for each
 * owner and reason, the most frequent first; of no clinic (facility 0). Free
 * with ck_worklist_free() in every case. Returns as ck_worklist_read().
 */
CK_MUST_CHECK enum ck_err
ck_causes_read(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    int64_t now_ms, struct ck_worklist *out);

/* All of one owner together. */
int64_t ck_causes_of(const struct ck_worklist *causes, enum ck_owner owner);

#endif /* SERVICE_PROVINCE_CAUSES_H */
