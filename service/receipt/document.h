/*
 * document.h - a receipt as JSON: all that a stranger needs to check it
 *
 * In the flow:  store/receipt.h -> [document] -> http, checkin receipt
 *
 *	{"id","about","number","made_at","statement","salt","commitment",
 *	 "path":[hash,…],"batch":{"number","epoch","first","count","made_at",
 *	 "root","previous","head","signature","key"}}
 *
 * Bytes are hexadecimal. docs/receipts.md says how to check it with openssl
 * and sha256sum alone. statement and salt are null once erased.
 */
#ifndef SERVICE_RECEIPT_DOCUMENT_H
#define SERVICE_RECEIPT_DOCUMENT_H

#include "io/json.h"
#include "store/receipt.h"

/* New reference; NULL: out of memory. */
json_t *ck_receipt_json(const char *id, const struct ck_receipt *receipt);

/*
 * The head of the chain, as every feed document carries it:
 * {"batch","receipts","epoch","made_at","head","signature","key"}. null (JSON)
 * when there is no receipt yet. New reference; NULL: out of memory.
 */
json_t *ck_receipt_head_json(const struct ck_batch *batch,
    const uint8_t public[CK_PUBLIC_LEN]);

#endif /* SERVICE_RECEIPT_DOCUMENT_H */
