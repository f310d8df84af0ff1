/*
 * mail_text.h - a message of plain text as it travels (pure)
 *
 * Sources: RFC 5322 (fields, dates, lines), RFC 2047 (words of other alphabets
 * in a field), RFC 2045 §6.8 (base64)
 */
#ifndef SERVICE_IO_MAIL_TEXT_H
#define SERVICE_IO_MAIL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_mail_draft {
	const char *from;	/* an address, "tinh@example.vn" */
	const char *to;		/* addresses, blank separated */
	const char *subject;	/* UTF-8, one line */
	const char *id;		/* of Message-ID, before the @: unique */
	struct ck_span text;	/* UTF-8, lines end with \n */
	int64_t date_ms;	/* wall clock */
};

/* Longest address, in bytes. RFC 5321 §4.5.3.1.3 */
#define CK_MAIL_ADDRESS_MAX 254

/* Is it local@domain of what needs no quotation, or several of them, blank
 * separated? Nothing of it can begin another field. */
bool ck_mail_is_address(const char *text);
bool ck_mail_are_addresses(const char *text);

/*
 * Append the message: fields, an empty line, the text in base64; lines end with
 * CR LF and have at most 78 characters, which no address exceeds.
 *
 * Returns CK_OK, CK_ERR_LIMIT (an address that is none, a control character in
 * subject or id), CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_mail_compose(const struct ck_mail_draft *draft, struct ck_buf *out);

#endif /* SERVICE_IO_MAIL_TEXT_H */
