/*
 * question.h - what is sent to the gateway: query strings and bodies
 *
 * In the flow:  gateway, token -> [question] -> io/client.h
 * Source:       dispatches CV1245 (token) and CV1923 (card lookup)
 *
 * Bodies go as form or as JSON: both are in use, the configuration decides.
 * What is built here holds secrets and personal data: its owner wipes it.
 */
#ifndef SERVICE_ELIGIBILITY_QUESTION_H
#define SERVICE_ELIGIBILITY_QUESTION_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "eligibility/gateway.h"

/* One field of a form, a JSON object or a query string. Borrowed. */
struct ck_field {
	const char *name;
	const char *value;
};

/*
 * Append "name=value&…", everything but unreserved characters (RFC 3986 §2.3)
 * percent-encoded. Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_fields_form(struct ck_buf *out, const struct ck_field *fields, size_t count);

/* Append the fields as one JSON object of strings. CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_fields_json(struct ck_buf *out, const struct ck_field *fields, size_t count);

/* The body of a request, form or JSON. CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_fields_body(struct ck_buf *out, bool json, const struct ck_field *fields,
    size_t count);

/* The Content-Type of ck_fields_body(). Static string. */
const char *ck_fields_type(bool json);

/*
 * Append the body of a card lookup: maThe, hoTen, ngaySinh, hoTenCb, cccdCb
 * (CV1923 §3). The birth date goes as dd/MM/yyyy, MM/yyyy or yyyy, as far as
 * it is known. Returns CK_OK; CK_ERR_REQUEST (a field would be empty: the
 * gateway answers "Null hoTenCb" and the like); CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_question_body(struct ck_buf *out, bool json,
    const struct ck_gateway_question *question);

/*
 * Append the body of a co-payment question: username, maThe, hoTen, ngaySinh
 * (CV 1839). As ck_question_body().
 */
CK_MUST_CHECK enum ck_err
ck_copayment_body(struct ck_buf *out, bool json, const char *user,
    const struct ck_gateway_question *question);

#endif /* SERVICE_ELIGIBILITY_QUESTION_H */
