/*
 * gather.h - what the collector's /metrics shows
 *
 * In the flow:  ledger -> [gather] -> stats/render_province.h
 */
#ifndef SERVICE_PROVINCE_GATHER_H
#define SERVICE_PROVINCE_GATHER_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/ledger.h"
#include "stats/exposition.h"

/* A pull that is due for so long, and that nobody has taken, is overdue. */
#define CK_OVERDUE_MS INT64_C(600000)

/*
 * Append the metrics of the ledger at now_ms to out. All of them are read from
 * the ledger, so that several collectors of one ledger, and a command beside
 * them, say the same.
 *
 * Returns CK_OK, CK_ERR_NOMEM or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_province_metrics_text(struct ck_ledger *ledger, int64_t now_ms,
    enum ck_metrics_format format, struct ck_buf *out);

#endif /* SERVICE_PROVINCE_GATHER_H */
