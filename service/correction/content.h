/*
 * content.h - what a correction case says of one patient
 *
 * In the flow:  store/record.h -> [content] -> envelope -> the office
 * Source:       docs/corrections.md
 *
 * One JSON object: the person as the chip, the print or the clerk's typing has
 * her, how sure that is, what the gateway said, which fields differ, and to
 * whom she gave her consent. Personal: sealed at once, never logged.
 */
#ifndef SERVICE_CORRECTION_CONTENT_H
#define SERVICE_CORRECTION_CONTENT_H

#include <stdint.h>
#include <stdio.h>

#include "io/json.h"

struct ck_lookup_record;

#define CK_CONTENT_SCHEMA 1

/* Bytes of a content: an envelope adds less than 2 KB. */
#define CK_CONTENT_MAX 24576

/* All borrowed. */
struct ck_content {
	const char *case_id;		/* 32 hex digits */
	const char *facility, *station;
	int64_t made_ms;		/* wall clock, and of the consent */
	const char *consent_operator;	/* the clerk whom she told */
	const struct ck_lookup_record *record;	/* the lookup that failed */
};

/* Append the content to out. Returns CK_OK, CK_ERR_LIMIT beyond
 * CK_CONTENT_MAX, or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_content_build(const struct ck_content *content, struct ck_buf *out);

/*
 * Read what was in an envelope. It must belong to the document around it.
 *
 * out      A new reference, NULL on every error.
 *
 * Returns  CK_OK or CK_ERR_CASE_MALFORMED: no JSON object, another schema, a
 *          member that is missing or of another type, or another case,
 *          facility or station than the document's
 */
CK_MUST_CHECK enum ck_err
ck_content_read(struct ck_span plain, const char *case_id,
    const char *facility, const char *station, json_t **out);

/* Print it for whoever corrects the record, a line for each fact. What could
 * move a terminal's cursor is shown as '?'. */
void ck_content_print(const json_t *content, FILE *out);

#endif /* SERVICE_CORRECTION_CONTENT_H */
