/*
 * cases.h - what a collector needs to answer correction cases
 *
 * The key that signs answers is the collector's; the one that opens cases is
 * the office's, and is never loaded here: 'cases show' is told where it is.
 */
#ifndef SERVICE_PROVINCE_CASES_H
#define SERVICE_PROVINCE_CASES_H

#include "correction/envelope.h"
#include "ledger/correction.h"
#include "province/config.h"
#include "receipt/chain.h"

struct ck_province_office {
	struct ck_signer *signer;	/* owned; NULL: no cases are taken */
	uint8_t public[CK_PUBLIC_LEN];
	bool checks_recipient;
	uint8_t recipient[CK_FINGERPRINT_LEN];	/* of our certificate */
};

/* Load what config names; the key is made if it is absent. Returns CK_OK, also
 * where there is none; CK_ERR_CONFIG or CK_ERR_OFFICE_CERTIFICATE with the
 * defect on standard error; CK_ERR_CRYPTO, CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_province_office_open(const struct ck_province_config *config,
    struct ck_province_office *out);
void ck_province_office_close(struct ck_province_office *office);

/* The fingerprint that a case has to name; NULL: any. */
const uint8_t *
ck_province_recipient(const struct ck_province_office *office);

#endif /* SERVICE_PROVINCE_CASES_H */
