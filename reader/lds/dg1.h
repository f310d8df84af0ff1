/*
 * dg1.h - DG1: the machine readable zone on the chip
 *
 * Source:  ICAO Doc 9303-10 §4.7.1: template 61 with one object 5F1F.
 */
#ifndef READER_LDS_DG1_H
#define READER_LDS_DG1_H

#include "lds/mrz.h"

/*
 * Parse the whole file, template 61 included.
 * today and the result are those of ck_mrz_parse().
 */
CK_MUST_CHECK enum ck_err
ck_dg1_parse(struct ck_span file, struct ck_date today, struct ck_mrz *out);

#endif /* READER_LDS_DG1_H */
