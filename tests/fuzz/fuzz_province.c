/*
 * fuzz_province.c - what a collector hears: feed documents, and the registry
 */
#include <string.h>

#include "fuzz.h"
#include "ledger/calendar.h"
#include "ledger/document.h"
#include "ledger/import.h"

/* What was not found fault with is within every limit. */
static void
use_document(const struct ck_document *doc)
{
	size_t i, j;

	fuzz_check(doc->row_count <= CK_DOCUMENT_ROWS_MAX);
	fuzz_check(doc->after >= 0 && doc->revision >= doc->after);
	for (i = 0; i < doc->row_count; i++) {
		const struct ck_feed_row *row = &doc->rows[i];
		int64_t counted = 0;

		fuzz_check(row->count >= 0 && row->count <= CK_COUNT_MAX);
		fuzz_check(row->hour >= CK_FEED_FIRST_HOUR);
		fuzz_check(row->revision > doc->after);
		fuzz_check(memchr(row->words.reason, '\0',
		    CK_FEED_LABEL_LEN) != NULL);
		fuzz_check(memchr(row->desk, '\0', CK_FEED_LABEL_LEN) !=
		    NULL);
		for (j = 0; j < CK_LATENCY_BUCKETS; j++)
			counted += row->latency[j];
		fuzz_check(counted <= row->count);
	}
}

/* As it comes from anybody: the signature is not looked at here, so that the
 * rows are reached. */
int
fuzz_feed(const uint8_t *data, size_t size)
{
	static const uint8_t key[CK_KEY_LEN];
	struct ck_finding finding = { CK_FEED_GOOD, "" };
	struct ck_document doc;

	if (ck_document_open(&doc, ck_span_of(data, size), &finding) != CK_OK)
		return 0;
	if (finding.reason == CK_FEED_GOOD) {
		fuzz_check(!ck_document_verify(&doc, key));
		fuzz_check(doc.code[CK_CODE_LEN - 1] == '\0');
		if (ck_document_read(&doc, &finding) == CK_OK &&
		    finding.reason == CK_FEED_GOOD)
			use_document(&doc);
	}
	fuzz_check(memchr(finding.detail, '\0', CK_DETAIL_LEN) != NULL);
	ck_document_wipe(&doc);

	return 0;
}

static void
hear(void *ctx, unsigned line, const char *what)
{
	unsigned *told = ctx;

	fuzz_check(line <= 70000 && strlen(what) < 256);
	(*told)++;
}

int
fuzz_registry(const uint8_t *data, size_t size)
{
	unsigned told = 0;
	enum ck_err err = ck_registry_check(ck_span_of(data, size), hear,
	    &told);

	fuzz_check((err == CK_ERR_CONFIG) == (told > 0) ||
	    err == CK_ERR_NOMEM);

	return 0;
}
