/*
 * anchors.h - the CSCA certificates that this clinic trusts
 *
 * A folder of files, each with one certificate in DER or any number in PEM.
 * They are loaded once and used read-only by every verification.
 */
#ifndef READER_TRUST_ANCHORS_H
#define READER_TRUST_ANCHORS_H

#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_anchors;
struct stack_st_X509;		/* STACK_OF(X509) of OpenSSL */

/* All ICAO states together have under 1,000 CSCA certificates. */
#define CK_ANCHORS_MAX 2000

/* A certificate is 1 to 2 KiB; a PEM file may hold a whole list. */
#define CK_ANCHOR_FILE_MAX 4194304

/* Bytes for the text that names the file at fault. */
#define CK_ANCHORS_TEXT_LEN 512

/*
 * Load every file of dir whose name ends in .der, .cer, .crt or .pem. Other
 * names, hidden files, subfolders and private keys are passed over.
 *
 * out   Receives the anchors, possibly none; free with ck_anchors_free().
 *       NULL on error.
 * text  On error receives which file or folder is wrong and why, for the
 *       technician; may be NULL.
 *
 * Returns  CK_OK
 *          CK_ERR_CONFIG  the folder cannot be read, or a file holds no
 *                         certificate
 *          CK_ERR_LIMIT   a file or their number is too large
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_anchors_load(struct ck_anchors **out, const char *dir,
    char text[CK_ANCHORS_TEXT_LEN]);

/*
 * Anchors from one certificate in DER; for tests and imports.
 * Returns CK_OK, CK_ERR_CONFIG for anything but one certificate, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_anchors_from_der(struct ck_anchors **out, struct ck_span der);

/* How many certificates there are; 0 for NULL. */
size_t ck_anchors_count(const struct ck_anchors *anchors);

/* The certificates, borrowed; NULL for NULL. Not to be changed. */
const struct stack_st_X509 *
ck_anchors_certificates(const struct ck_anchors *anchors);

/* Free and set *anchors to NULL. NULL is allowed. */
void ck_anchors_free(struct ck_anchors **anchors);

#endif /* READER_TRUST_ANCHORS_H */
