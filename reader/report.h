/*
 * report.h - one reading for people or programs
 *
 * The JSON object is a contract: docs/cccd-read.1 names its members.
 */
#ifndef READER_REPORT_H
#define READER_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "ck/error.h"
#include "ck/reader.h"

/*
 * Write reading to out, as one JSON object or as lines "name: value". A reading
 * that is not authentic keeps its verdict and loses its person.
 *
 * Returns CK_OK, CK_ERR_NOMEM, or CK_ERR_SYSTEM when out cannot be written.
 */
CK_MUST_CHECK enum ck_err
ck_report_write(FILE *out, const struct ck_reading *reading, bool json);

#endif /* READER_REPORT_H */
