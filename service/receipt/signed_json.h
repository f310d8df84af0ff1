/*
 * signed_json.h - a JSON document under an Ed25519 key
 *
 * In the flow:  feed, correction cases and their answers -> [signed_json]
 *
 * What is signed: a text that says what it is, a zero byte, and the document
 * without its member "signature" in canonical form (RFC 8785). The member is
 * {"key","value"}, both in lower-case hexadecimal. No two kinds of documents
 * share a text, so that none passes for another.
 *
 * Pure.
 */
#ifndef SERVICE_RECEIPT_SIGNED_JSON_H
#define SERVICE_RECEIPT_SIGNED_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "io/json.h"
#include "receipt/chain.h"

/*
 * Set the member "signature" of document; one that is there is replaced.
 *
 * text     what it is, "checkin feed 1"
 *
 * Returns  CK_OK, CK_ERR_LIMIT when document has no canonical form,
 *          CK_ERR_NOMEM or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_json_sign(json_t *document, const char *text, struct ck_signer *signer,
    const uint8_t public[CK_PUBLIC_LEN]);

/* True when "signature" of document is by public, whatever key it names. */
bool ck_json_signed(const json_t *document, const char *text,
    const uint8_t public[CK_PUBLIC_LEN]);

#endif /* SERVICE_RECEIPT_SIGNED_JSON_H */
