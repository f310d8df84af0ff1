/*
 * document_read.h - members of a feed document, and of correction cases; of
 * document*.c alone
 */
#ifndef SERVICE_LEDGER_DOCUMENT_READ_H
#define SERVICE_LEDGER_DOCUMENT_READ_H

#include "eligibility/token.h"
#include "io/json.h"
#include "ledger/document.h"
#include "receipt/chain.h"

/* Each false when the member is absent or of another form. */

/* len bytes in lower-case hexadecimal. */
bool ck_feed_hex(const json_t *object, const char *name, uint8_t *out,
    size_t len);

/* A whole number. */
bool ck_feed_number(const json_t *object, const char *name, int64_t *out);

/* A facility code; a station's short name. */
bool ck_feed_code(const json_t *object, const char *name,
    char out[CK_CODE_LEN]);
bool ck_feed_station(const json_t *object, const char *name,
    char out[CK_STATION_LEN]);

/* An instant, RFC 3339 UTC with its Z, in milliseconds since 1970. */
bool ck_feed_instant(const char *text, int64_t *out_ms);

#endif /* SERVICE_LEDGER_DOCUMENT_READ_H */
