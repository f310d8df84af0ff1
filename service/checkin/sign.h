/*
 * sign.h - the clinic's signature under a notice (CHUKYDONVI)
 *
 * In the flow:  config -> [sign] -> xml0
 * Source:       SHA-256 over <CHI_TIEU_TRANG_THAI_KCB>…</DSACH_TRANG_THAI_KCB>
 *               (QĐ 4750 as working clients read it); the duty, NĐ 188/2025
 *               Art 69.9. No text states XMLDSig, so it is the plain
 *               signature (RSA PKCS #1 v1.5, or ECDSA) in base64.
 */
#ifndef SERVICE_CHECKIN_SIGN_H
#define SERVICE_CHECKIN_SIGN_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_signer_file;		/* opaque: the private key of a PKCS #12 file */

/*
 * Open path with password. Free with ck_sign_free().
 *
 * Returns  CK_OK
 *          CK_ERR_CONFIG  no such file, not PKCS #12, wrong password, an old
 *                         encryption that OpenSSL does not open or no private
 *                         key in it; the log says which
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_sign_open(struct ck_signer_file **out, const char *path,
    const char *password);

/*
 * Is the certificate beside the key in force? Without one there is nothing to
 * say. The insurer refuses what an expired one signs.
 *
 * wall_ms  Now.
 *
 * Returns  CK_OK
 *          CK_ERR_CONFIG  not yet, or no more; the log says since when, and
 *                         what to do
 */
CK_MUST_CHECK enum ck_err
ck_sign_in_force(const struct ck_signer_file *signer, int64_t wall_ms);

/* ck_sign_open() and ck_sign_in_force(), for whoever only wants to know. */
CK_MUST_CHECK enum ck_err
ck_sign_check(const char *path, const char *password, int64_t wall_ms);

/* Wipe the key, free and set to NULL. NULL is allowed. */
void ck_sign_free(struct ck_signer_file **signer);

/*
 * Sign data. out is replaced by base64 with a NUL.
 * Returns CK_OK, CK_ERR_CRYPTO (also for empty data) or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_sign_base64(struct ck_signer_file *signer, struct ck_span data,
    struct ck_buf *out);

#endif /* SERVICE_CHECKIN_SIGN_H */
