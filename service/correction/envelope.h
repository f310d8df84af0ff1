/*
 * envelope.h - a correction case, readable by the insurance office alone
 *
 * In the flow:  content -> [envelope] -> document -> the office
 * Source:       RFC 5652 (CMS), RFC 5083 and 5084 (AuthEnvelopedData with
 *               AES-GCM), RFC 4056 and 3560 (RSAES-OAEP), RFC 5753 (ECDH);
 *               docs/corrections.md
 *
 * AES-256-GCM under a random key, which is encrypted to the key of the
 * office's certificate: RSAES-OAEP with SHA-256, or ephemeral ECDH. One
 * recipient; DER. The clinic itself cannot open what it has sealed.
 */
#ifndef SERVICE_CORRECTION_ENVELOPE_H
#define SERVICE_CORRECTION_ENVELOPE_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* Bytes of an envelope: what a person and a gateway say in full is 3 KB. */
#define CK_ENVELOPE_MAX 32768

#define CK_FINGERPRINT_LEN 32	/* SHA-256 of a certificate's DER */

struct ck_office;	/* opaque: the certificate */

/*
 * Read the certificate in path, PEM.
 *
 * why      Receives what is wrong, and what to do; static, NULL when good.
 *
 * Returns  CK_OK; CK_ERR_OFFICE_CERTIFICATE: no file, no certificate, RSA of
 *          less than 2048 bits, a curve of less than 256, any other kind;
 *          CK_ERR_NOMEM. *out is NULL on error; free with ck_office_free().
 */
CK_MUST_CHECK enum ck_err
ck_office_load(struct ck_office **out, const char *path, const char **why);
void ck_office_free(struct ck_office **office);

/* Is it in force at this time? CK_OK or CK_ERR_OFFICE_CERTIFICATE. */
CK_MUST_CHECK enum ck_err
ck_office_in_force(const struct ck_office *office, int64_t wall_ms);

/* SHA-256 of its DER. Returns CK_OK or CK_ERR_CRYPTO. */
CK_MUST_CHECK enum ck_err
ck_office_fingerprint(const struct ck_office *office,
    uint8_t out[CK_FINGERPRINT_LEN]);

/* Seal plain to office; out is replaced. Returns CK_OK, CK_ERR_LIMIT beyond
 * CK_ENVELOPE_MAX, CK_ERR_CRYPTO or CK_ERR_NOMEM; out is empty on error. */
CK_MUST_CHECK enum ck_err
ck_envelope_seal(const struct ck_office *office, struct ck_span plain,
    struct ck_buf *out);

/* Is this one AuthEnvelopedData for one recipient, with nothing behind it?
 * Needs no key. Returns CK_OK or CK_ERR_CASE_MALFORMED. */
CK_MUST_CHECK enum ck_err ck_envelope_check(struct ck_span envelope);

/*
 * Open an envelope with the private key in path, PEM, which only its owner may
 * read; a passphrase is asked for at the terminal. plain is replaced, the
 * caller wipes it.
 *
 * why      as for ck_office_load()
 *
 * Returns  CK_OK; CK_ERR_CONFIG: no key there, or others may read it;
 *          CK_ERR_CASE_MALFORMED; CK_ERR_CASE_SEALED: another key, or changed;
 *          CK_ERR_NOMEM. plain is empty on error.
 */
CK_MUST_CHECK enum ck_err
ck_envelope_open(const char *path, struct ck_span envelope,
    struct ck_buf *plain, const char **why);

#endif /* SERVICE_CORRECTION_ENVELOPE_H */
