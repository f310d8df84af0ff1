/*
 * passive.h - passive authentication: were these bytes signed by the issuer?
 *
 * In the flow:  lds (EF.SOD and the data groups as read)  ->  [passive]  ->
 *               read.c (assurance)
 * Source:       ICAO Doc 9303-11 §5.1, 9303-12 §7 (certificate profiles)
 *
 * Pure over bytes: no card, no clock, no file. Four questions in this order;
 * the first no is the reason.
 *   1. Does every file that was read have its hash in the LDSSecurityObject,
 *      and does it match?                            CK_ERR_TRUST_HASH
 *   2. Does the signed messageDigest cover that object, and does the document
 *      signer's signature hold?                      CK_ERR_TRUST_SIGNATURE
 *   3. Are all algorithms and keys strong enough?    CK_ERR_TRUST_POLICY
 *   4. Does the document signer lead to an anchor?   CK_ERR_TRUST_CHAIN if it
 *      names the key of an anchor but its signature does not hold, or if it
 *      is not valid; CK_ERR_TRUST_EXPIRED if it had ended before it signed;
 *      CK_ERR_TRUST_REVOKED if its issuer took it back, whenever it signed.
 *      A key that is not among the anchors is the result
 *      CK_PASSIVE_UNKNOWN_ISSUER, for states renew their keys; unless
 *      somebody here has accepted this very signer: then it is VALID, and the
 *      report says who did and when.
 *
 * A document of Vietnam is VALID only under a signer of Vietnam, however much
 * another state is trusted for its own: else CK_ERR_TRUST_CHAIN. Other states
 * are not told apart, for their letters in the two codes follow no rule.
 *
 * A document signer signs for a few months and is valid a little longer than
 * the cards that it signed (9303-12 §7.1). One that has expired at the time of
 * the read is accepted only where it is known to have signed before: by the
 * signed signing time, else by the issue date of a data group that the SOD
 * covers. Its chain is then judged at that time, and that it has expired is
 * reported beside.
 */
#ifndef READER_TRUST_PASSIVE_H
#define READER_TRUST_PASSIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/reader.h"
#include "lds/sod.h"
#include "trust/anchors.h"

/* One data group as it was read. */
struct ck_passive_file {
	unsigned dg;			/* 1..16 */
	struct ck_span file;		/* the whole file, template included */
};

struct ck_passive_input {
	struct ck_span sod;			/* the whole EF.SOD */
	const struct ck_passive_file *files;	/* borrowed */
	size_t file_count;
	const struct ck_anchors *anchors;	/* NULL: none known */
	int64_t wall_ms;			/* time of the read, UTC */
	struct ck_date issued;			/* of the card, if known */
	const char *state;			/* issuing state of DG1, "VNM";
						 * NULL: not judged */
	bool sha1_allowed;			/* for old passports */
};

struct ck_passive_report {
	enum ck_passive result;		/* VALID, UNKNOWN_ISSUER or INVALID */
	struct ck_sod_hashes hashes;	/* proven unless INVALID: for files
					 * that are read later */
	struct ck_signer signer;	/* zero when INVALID */
};

/*
 * Run passive authentication.
 *
 * Returns  CK_OK  report->result is VALID or UNKNOWN_ISSUER
 *          CK_ERR_FILE_MALFORMED or one of CK_ERR_TRUST_*: report->result is
 *          INVALID and this is the reason
 *          CK_ERR_NOMEM, CK_ERR_CRYPTO: nothing is known, INVALID
 */
CK_MUST_CHECK enum ck_err
ck_passive_verify(const struct ck_passive_input *input,
    struct ck_passive_report *report);

/*
 * Check one more file against hashes that ck_passive_verify() has proven.
 * Returns CK_OK, CK_ERR_TRUST_HASH (also when DGn has no hash), or
 * CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_passive_check_file(const struct ck_sod_hashes *hashes, unsigned dg,
    struct ck_span file);

#endif /* READER_TRUST_PASSIVE_H */
