/*
 * sod.h - EF.SOD: the signed list of hashes, taken apart but not yet believed
 *
 * Source:  ICAO Doc 9303-10 §4.6.2: template 77 around a CMS SignedData whose
 *          content is an LDSSecurityObject.
 *
 * Nothing here verifies: trust/passive.c does.
 */
#ifndef READER_LDS_SOD_H
#define READER_LDS_SOD_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* Longest digest allowed, SHA-512, in bytes. */
#define CK_HASH_MAX 64

/* Hash algorithms of 9303-10 §4.6.2.3; SHA-1 only on old documents. */
enum ck_hash {
	CK_HASH_NONE, CK_HASH_SHA1, CK_HASH_SHA224, CK_HASH_SHA256,
	CK_HASH_SHA384, CK_HASH_SHA512
};

/* The list of hashes: a plain value that outlives the file. */
struct ck_sod_hashes {
	enum ck_hash algorithm;
	uint32_t groups;			/* bit n: DGn has a hash */
	uint8_t digest[17][CK_HASH_MAX];	/* by number; 0 unused */
	size_t digest_len;			/* bytes of each digest */
};

/*
 * The CMS inside the file: the content of template 77, borrowed. Rejects
 * trailing bytes. Returns CK_OK or CK_ERR_FILE_MALFORMED.
 */
CK_MUST_CHECK enum ck_err
ck_sod_unwrap(struct ck_span file, struct ck_span *cms);

/*
 * Parse an LDSSecurityObject (the CMS content), version 0 or 1.
 * A group named twice, a digest of the wrong length and trailing bytes are
 * refused. Returns CK_OK or CK_ERR_FILE_MALFORMED; *out is zero on error.
 */
CK_MUST_CHECK enum ck_err
ck_sod_hashes_parse(struct ck_span content, struct ck_sod_hashes *out);

/* True when DGn has a hash. */
bool ck_sod_hashes_has(const struct ck_sod_hashes *hashes, unsigned dg);

#endif /* READER_LDS_SOD_H */
