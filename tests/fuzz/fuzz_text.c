/*
 * fuzz_text.c - what people scan and type
 */
#include <string.h>

#include "access/expiry.h"
#include "ck/name.h"
#include "ck/printed.h"
#include "ck/text.h"
#include "fuzz.h"
#include "key_line.h"

static const struct ck_date today = { 2026, 11, 23 };

/* The input as a string: without its bytes behind the first NUL. */
static const char *
string_of(struct ck_span input, char *out, size_t cap)
{
	size_t len = input.len < cap ? input.len : cap - 1;

	if (len > 0)
		memcpy(out, input.ptr, len);
	out[len] = '\0';

	return out;
}

static void
check_secret(const struct ck_secret *secret)
{
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];
	size_t i, count;

	fuzz_check(memchr(secret->can, '\0', sizeof(secret->can)) != NULL);
	fuzz_check(memchr(secret->number, '\0', sizeof(secret->number)) !=
	    NULL);
	fuzz_check(memchr(secret->document_number, '\0',
	    sizeof(secret->document_number)) != NULL);
	count = ck_expiry_candidates(secret->date_of_birth,
	    secret->issue_date, dates);
	fuzz_check(count <= CK_EXPIRY_CANDIDATES_MAX);
	for (i = 0; i < count; i++)
		fuzz_check(ck_date_valid(dates[i]) &&
		    ck_date_compare(dates[i], secret->issue_date) >= 0);
}

int
fuzz_printed(const uint8_t *data, size_t size)
{
	struct ck_printed printed;
	struct ck_secret secret;

	if (ck_printed_parse(ck_span_of(data, size), today, &printed) !=
	    CK_OK) {
		fuzz_check(fuzz_zero(&printed, sizeof(printed)));
		return 0;
	}
	fuzz_check(fuzz_clean_text(printed.identity.full_name,
	    sizeof(printed.identity.full_name)));
	fuzz_check(fuzz_clean_text(printed.identity.residence,
	    sizeof(printed.identity.residence)));
	fuzz_check(printed.identity.number[0] == '\0' ||
	    ck_text_digits(ck_span_str(printed.identity.number), 12));
	fuzz_check(printed.insurance_number[0] == '\0' ||
	    ck_text_digits(ck_span_str(printed.insurance_number), 10));
	fuzz_check(printed.card_number[0] == '\0' ||
	    strlen(printed.card_number) == 15);
	fuzz_check(ck_date_absent(printed.identity.date_of_birth) ||
	    ck_date_valid(printed.identity.date_of_birth));
	(void)ck_presented_label(ck_printed_presented(printed.kind));
	if (ck_printed_secret(&printed, &secret) == CK_OK)
		check_secret(&secret);
	ck_printed_wipe(&printed);

	return 0;
}

int
fuzz_key_line(const uint8_t *data, size_t size)
{
	char line[4096];
	struct ck_secret secret;

	if (ck_key_line_parse(string_of(ck_span_of(data, size), line,
	    sizeof(line)), today, &secret) == CK_OK)
		check_secret(&secret);
	else
		fuzz_check(fuzz_zero(&secret, sizeof(secret)));

	return 0;
}

/* Two names: whoever is asked first, the answer is the same. */
int
fuzz_name(const uint8_t *data, size_t size)
{
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	char a[CK_NAME_LEN], b[CK_NAME_LEN];
	enum ck_name_match match;

	(void)string_of(fuzz_part(&input), a, sizeof(a));
	(void)string_of(fuzz_part(&input), b, sizeof(b));
	match = ck_name_compare(a, b);
	fuzz_check(match == ck_name_compare(b, a));
	if (ck_name_compare(a, a) == CK_NAME_SAME && strcmp(a, b) == 0)
		fuzz_check(match == CK_NAME_SAME);

	return 0;
}

int
fuzz_text(const uint8_t *data, size_t size)
{
	struct ck_span raw = ck_span_of(data, size), trimmed;
	char out[CK_TEXT_LEN];

	trimmed = ck_text_trim(raw);
	fuzz_check(fuzz_inside(raw, trimmed));
	if (ck_text_store(raw, out, sizeof(out)) == CK_OK)
		fuzz_check(fuzz_clean_text(out, sizeof(out)));
	else
		fuzz_check(out[0] == '\0');

	return 0;
}
