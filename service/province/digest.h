/*
 * digest.h - what the office reads each morning
 *
 * In the flow:  ledger, report -> [digest] -> io/mail_text.h -> io/mail.h
 *
 * Plain text: the sentence of yesterday and of its month, who is silent, who is
 * below the rest, what lies in quarantine, and whose matter the failures are.
 * It is for the office; still, causes of fewer than 5 are left out, for e-mail
 * is forwarded. No person is named: the ledger knows none.
 */
#ifndef SERVICE_PROVINCE_DIGEST_H
#define SERVICE_PROVINCE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/ledger.h"
#include "province/config.h"
#include "text/catalogue.h"

/* Append the text to out, and a line with its NUL to subject. Returns CK_OK,
 * CK_ERR_NOMEM, or an error of the database or of report/. */
CK_MUST_CHECK enum ck_err
ck_digest_text(struct ck_ledger *ledger,
    const struct ck_catalogue *catalogue, int64_t now_ms,
    struct ck_buf *subject, struct ck_buf *out);

/*
 * Take the turn of today, so that no other collector and no later start sends
 * it, too. *taken is false when it was taken before; *before is what to give
 * back. Returns CK_OK or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_digest_claim(struct ck_ledger *ledger, int64_t today, bool *taken,
    int64_t *before);

/* Give the turn of today back: nothing was sent. Returns as above. */
CK_MUST_CHECK enum ck_err
ck_digest_give_back(struct ck_ledger *ledger, int64_t today, int64_t before);

/*
 * Send today's digest, unless it was sent, or again says so. *sent is false
 * when it was sent before.
 *
 * Returns  CK_OK
 *          CK_ERR_LINE     not taken; the turn was given back
 *          CK_ERR_CONFIG   the mail server refuses; the turn was given back
 *          CK_ERR_REQUEST  nobody knows: it is not sent again today
 *          or as ck_digest_text()
 */
CK_MUST_CHECK enum ck_err
ck_digest_send(struct ck_ledger *ledger,
    const struct ck_province_config *config, int64_t now_ms, bool again,
    bool *sent);

#endif /* SERVICE_PROVINCE_DIGEST_H */
