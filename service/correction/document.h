/*
 * document.h - what travels of a correction case
 *
 * In the flow:  envelope -> [document] -> push or file -> ledger/correction
 * Source:       docs/corrections.md
 *
 * Three JSON documents, none with personal data in the clear: the case with
 * its envelope, an event that ends it, both signed by the clinic's key, and
 * the office's answer to either, signed by the collector's. Pure.
 */
#ifndef SERVICE_CORRECTION_DOCUMENT_H
#define SERVICE_CORRECTION_DOCUMENT_H

#include <stdint.h>

#include "correction/envelope.h"
#include "io/json.h"
#include "ledger/registry.h"
#include "receipt/chain.h"

#define CK_CORRECTION_SCHEMA 1

#define CK_CASE_ID_LEN 33	/* 128 random bits as 32 hex digits, NUL */

/* Bytes of a document: an envelope in base64 and the rest. */
#define CK_CORRECTION_MAX 65536

/* X(symbol, label, what is wrong and what to do). Labels are stored. */
#define CK_CORRECTION_REASON_LIST(X) \
	X(CK_CORRECTION_GOOD, "", "taken") \
	X(CK_CORRECTION_TOO_LARGE, "too_large", \
	    "larger than a correction case can be; look at what sends it") \
	X(CK_CORRECTION_MALFORMED, "malformed", \
	    "not of the shape of a correction case; update the clinic's " \
	    "program") \
	X(CK_CORRECTION_VERSION, "schema", \
	    "a version of correction cases that this program does not know; " \
	    "update the older of the two") \
	X(CK_CORRECTION_UNKNOWN_CLINIC, "unknown_clinic", \
	    "the registry has no such clinic or station; add it and import " \
	    "the registry again") \
	X(CK_CORRECTION_WRONG_CLINIC, "wrong_clinic", \
	    "from another clinic than the one whose token came with it, or " \
	    "whose case it is") \
	X(CK_CORRECTION_KEY, "key", \
	    "signed with another key than the registry has; ask the clinic " \
	    "by telephone which is right") \
	X(CK_CORRECTION_SIGNATURE, "signature", \
	    "the signature does not hold: changed on its way, or not the " \
	    "clinic's") \
	X(CK_CORRECTION_CLOCK, "clock", \
	    "made in the time to come; have the clinic's clock set") \
	X(CK_CORRECTION_RECIPIENT, "recipient", \
	    "encrypted to another certificate than this office's; give the " \
	    "clinic the right one") \
	X(CK_CORRECTION_OTHER, "other", \
	    "another case of the same id came before; report it") \
	X(CK_CORRECTION_UNKNOWN_CASE, "unknown_case", \
	    "an event of a case that has not come; send the case first")

#define CK_CORRECTION_ENUM(symbol, label, text) symbol,
enum ck_correction_reason {
	CK_CORRECTION_REASON_LIST(CK_CORRECTION_ENUM)
	CK_CORRECTION_REASONS
};
#undef CK_CORRECTION_ENUM

/* Static strings; "?" for a number that is none. */
const char *ck_correction_reason_label(enum ck_correction_reason reason);
const char *ck_correction_reason_text(enum ck_correction_reason reason);

enum ck_correction_type {
	CK_CORRECTION_CASE,
	CK_CORRECTION_CLOSED	/* the event: a later lookup was confirmed */
};

/* One of the clinic's two. Finish with ck_correction_wipe(). */
struct ck_correction_document {
	enum ck_correction_type type;
	char id[CK_CASE_ID_LEN];	/* of the case, random */
	char code[CK_CODE_LEN];		/* of the facility */
	char station[CK_STATION_LEN];
	int64_t made_ms;		/* by the clinic's clock */
	uint8_t recipient[CK_FINGERPRINT_LEN];	/* of a case */
	struct ck_buf envelope;		/* of a case; owned */
	int64_t retests;		/* of an event: lookups since */
	/* as read */
	uint8_t sha256[32];
	uint8_t key[CK_PUBLIC_LEN];	/* which it says it was signed with */
	json_t *json;			/* owned */
};

/* Append the signed document to out; sha256, key and json are not looked at.
 * Returns CK_OK, CK_ERR_LIMIT, CK_ERR_CRYPTO or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_correction_build(const struct ck_correction_document *document,
    struct ck_signer *signer, const uint8_t public[CK_PUBLIC_LEN],
    struct ck_buf *out);

/* Is body meant to be one of these, whatever is wrong with it? So that a file
 * may hold feed documents as well. */
bool ck_correction_recognise(struct ck_span body);

/*
 * Read one; *reason says what is wrong with it. Whose it is and whether the
 * signature holds, ck_correction_verify() and the caller look at.
 * Returns CK_OK, whatever the reason, CK_ERR_CRYPTO or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_correction_read(struct ck_span body, struct ck_correction_document *out,
    enum ck_correction_reason *reason);
bool ck_correction_verify(const struct ck_correction_document *document,
    const uint8_t public[CK_PUBLIC_LEN]);
void ck_correction_wipe(struct ck_correction_document *document);

/* How a case stands at the office. Numbers are stored there. */
#define CK_OFFICE_STATE_LIST(X) \
	X(CK_OFFICE_RECEIVED, 1, "received") \
	X(CK_OFFICE_CORRECTED, 2, "corrected")	/* so the office says */ \
	X(CK_OFFICE_REFUSED, 3, "refused")	/* it will not be corrected */ \
	X(CK_OFFICE_CLOSED, 4, "closed")	/* so the clinic says */

enum ck_office_state {
	CK_OFFICE_UNKNOWN = 0,
#define X(symbol, number, label) symbol = (number),
	CK_OFFICE_STATE_LIST(X)
#undef X
};

const char *ck_office_state_label(enum ck_office_state state);

/* The office's answer: it has the document with this hash. */
struct ck_office_answer {
	char id[CK_CASE_ID_LEN];
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	uint8_t sha256[32];		/* of the case document, as it came */
	enum ck_office_state state;
	int64_t received_ms;
	int64_t state_ms;		/* since when it stands so */
};

/* Append the signed answer to out: equal answers are equal bytes. Returns as
 * ck_correction_build(). */
CK_MUST_CHECK enum ck_err
ck_office_answer_build(const struct ck_office_answer *answer,
    struct ck_signer *signer, const uint8_t public[CK_PUBLIC_LEN],
    struct ck_buf *out);

/* Read an answer that public has signed. Returns CK_OK, or
 * CK_ERR_CASE_MALFORMED for anything else. */
CK_MUST_CHECK enum ck_err
ck_office_answer_read(struct ck_span body,
    const uint8_t public[CK_PUBLIC_LEN], struct ck_office_answer *out);

#endif /* SERVICE_CORRECTION_DOCUMENT_H */
