/*
 * xml0.h - the file that the gateway takes: one notice as XML
 *
 * In the flow:  notice, rules -> [xml0] -> outbox -> eligibility/gateway.h
 * Source:       QĐ 4750/2023 and 3176/2024 annex; schema/checkin-xml0.xsd
 *
 * Every file that leaves it has been validated against the schema first. Nothing is read but what was
 * written here.
 */
#ifndef SERVICE_CHECKIN_XML0_H
#define SERVICE_CHECKIN_XML0_H

#include "checkin/notice.h"
#include "ck/buf.h"
#include "ck/error.h"

struct ck_signer_file;		/* checkin/sign.h */

/*
 * Write notice as a file, UTF-8 with a declaration, on one line, empty
 * elements as they are.
 *
 * signer  Signs CHUKYDONVI; NULL leaves it empty.
 * out     Replaced; the caller wipes it. Empty on every error.
 *
 * Returns  CK_OK
 *          CK_ERR_NOTICE_INVALID  not valid against the schema; the log says
 *                                 which element
 *          CK_ERR_CRYPTO          the signature could not be made
 *          CK_ERR_SYSTEM          libxml2 failed
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_xml0_write(const struct ck_notice *notice, struct ck_signer_file *signer,
    struct ck_buf *out);

/* Is file valid against the schema? CK_OK, CK_ERR_NOTICE_INVALID (also for
 * what is no XML), CK_ERR_SYSTEM, CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err ck_xml0_validate(struct ck_span file);

#endif /* SERVICE_CHECKIN_XML0_H */
