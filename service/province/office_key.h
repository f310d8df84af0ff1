/*
 * office_key.h - the key that the provincial office signs with
 */
#ifndef SERVICE_PROVINCE_OFFICE_KEY_H
#define SERVICE_PROVINCE_OFFICE_KEY_H

#include "ck/error.h"
#include "receipt/chain.h"

/*
 * Load the Ed25519 key in path: 32 bytes, readable by its owner alone. A file
 * that does not exist is made, and its public half told: whoever checks a
 * signed report has to get it from the office by another way.
 *
 * signer   free with ck_signer_free().
 *
 * Returns  CK_OK; CK_ERR_CONFIG with the defect on standard error: no path, a
 *          file of another length, one that others may read or that cannot be
 *          made; CK_ERR_CRYPTO, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_office_key_load(const char *path, struct ck_signer **signer,
    uint8_t public[CK_PUBLIC_LEN]);

#endif /* SERVICE_PROVINCE_OFFICE_KEY_H */
