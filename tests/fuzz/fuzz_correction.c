/*
 * fuzz_correction.c - what an office and a clinic hear of correction cases:
 * documents, envelopes, contents, answers
 */
#include <string.h>

#include "correction/content.h"
#include "correction/document.h"
#include "fuzz.h"

#define ID "00112233445566778899aabbccddeeff"

static void
use_document(struct ck_span body)
{
	static const uint8_t key[CK_PUBLIC_LEN];
	struct ck_correction_document doc;
	enum ck_correction_reason reason;

	if (ck_correction_read(body, &doc, &reason) == CK_OK &&
	    reason == CK_CORRECTION_GOOD) {
		fuzz_check(strlen(doc.id) == CK_CASE_ID_LEN - 1);
		fuzz_check(strlen(doc.code) == CK_CODE_LEN - 1);
		fuzz_check(doc.station[0] != '\0');
		fuzz_check(doc.envelope.len <= CK_ENVELOPE_MAX);
		fuzz_check((doc.envelope.len > 0) ==
		    (doc.type == CK_CORRECTION_CASE));
		fuzz_check(doc.retests >= 0);
		fuzz_check(!ck_correction_verify(&doc, key));
	}
	ck_correction_wipe(&doc);
}

/* What was sealed comes from a clinic, too. */
static void
use_content(struct ck_span plain)
{
	FILE *out;
	json_t *content;

	if (ck_content_read(plain, ID, "84001", "main", &content) != CK_OK) {
		fuzz_check(content == NULL);
		return;
	}
	if ((out = fopen("/dev/null", "we")) != NULL) {
		ck_content_print(content, out);
		(void)fclose(out);
	}
	json_decref(content);
}

int
fuzz_correction(const uint8_t *data, size_t size)
{
	static const uint8_t key[CK_PUBLIC_LEN];
	struct ck_span body = ck_span_of(data, size);
	struct ck_office_answer answer;

	use_document(body);
	use_content(body);
	(void)ck_correction_recognise(body);
	fuzz_check(ck_envelope_check(body) != CK_OK ||
	    size <= CK_ENVELOPE_MAX);
	fuzz_check(ck_office_answer_read(body, key, &answer) != CK_OK);

	return 0;
}
