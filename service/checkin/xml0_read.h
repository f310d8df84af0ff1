/*
 * xml0_read.h - which visits a check-in file of hospital software names
 *
 * In the flow:  proxy/forward -> [xml0_read] -> store/forwarded.h
 * Source:       QĐ 130/2023, 4750/2023, 3176/2024: the root holds
 *               DSACH_TRANG_THAI_KCB, that 1..n TRANG_THAI_KCB
 *
 * The gateway is who judges such a file: what cannot be read here is passed on
 * all the same and names no visit. Hostile files are refused: no document type
 * (so no entities), no network, no nesting below the elements. Pure.
 */
#ifndef SERVICE_CHECKIN_XML0_READ_H
#define SERVICE_CHECKIN_XML0_READ_H

#include <stddef.h>

#include "checkin/notice.h"
#include "ck/buf.h"
#include "ck/error.h"

/*
 * Read each TRANG_THAI_KCB with an MA_LK; elements that are not of XML0, or
 * whose text no notice can hold, are passed over.
 *
 * visits  Room for max notices, zeroed; the caller wipes those that were read.
 * count   Receives how many; 0 on every error.
 *
 * Returns  CK_OK
 *          CK_ERR_FILE_MALFORMED  no XML, or of another form
 *          CK_ERR_LIMIT           more than max visits
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_xml0_read(struct ck_span file, struct ck_notice *visits, size_t max,
    size_t *count);

#endif /* SERVICE_CHECKIN_XML0_READ_H */
