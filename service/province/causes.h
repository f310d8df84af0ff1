/*
 * causes.h - why attempts were not confirmed, and whose matter it is
 *
 * In the flow:  ledger/figures -> [causes] -> digest_text.c
 *
 * Attempts with CCCD, CC or VNeID (series cccd). A kept answer is no
 * confirmation (docs/definitions.md).
 */
#ifndef SERVICE_PROVINCE_CAUSES_H
#define SERVICE_PROVINCE_CAUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "ck/words.h"
#include "ledger/document.h"
#include "ledger/ledger.h"

struct ck_cause {
	enum ck_owner owner;
	enum ck_outcome outcome;
	bool kept;			/* covered by a kept answer */
	char reason[CK_FEED_LABEL_LEN];	/* the gateway's code or ours; "" */
	int64_t count;
};

struct ck_causes {
	struct ck_cause *list;		/* owned; the most frequent first */
	size_t count, cap;
};

/* Read those of the days from_day to to_day. Start zeroed; free with
 * ck_causes_wipe() in every case. Returns as ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_causes_read(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_causes *out);
void ck_causes_wipe(struct ck_causes *causes);

/* All of them together, and those of one owner. */
int64_t ck_causes_total(const struct ck_causes *causes);
int64_t ck_causes_of(const struct ck_causes *causes, enum ck_owner owner);

#endif /* SERVICE_PROVINCE_CAUSES_H */
