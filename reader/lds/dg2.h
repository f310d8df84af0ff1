/*
 * dg2.h - DG2: the image inside the biometric template
 *
 * Source:  ICAO Doc 9303-10 §4.7.2 (template 75, 7F61, 7F60, 5F2E),
 *          ISO/IEC 19794-5:2005 §5 (the FAC record).
 *
 * Walks down to the first face image with a bounded cursor; no offset is
 * assumed. The image itself is not decoded here: only its first bytes tell
 * which decoder it wants.
 */
#ifndef READER_LDS_DG2_H
#define READER_LDS_DG2_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/reader.h"

struct ck_dg2 {
	struct ck_span image;		/* borrowed from file */
	enum ck_image_format format;	/* by the image's first bytes */
};

/*
 * Parse the whole file, template 75 included.
 *
 * Returns  CK_OK
 *          CK_ERR_FILE_MALFORMED  also for an image that is neither JPEG nor
 *                                 JPEG 2000, or a template without an image.
 *          On error *out is empty.
 */
CK_MUST_CHECK enum ck_err
ck_dg2_parse(struct ck_span file, struct ck_dg2 *out);

/* JPEG by FFD8FF, JPEG 2000 by its JP2 signature box or its SOC marker. */
enum ck_image_format ck_image_sniff(struct ck_span image);

#endif /* READER_LDS_DG2_H */
