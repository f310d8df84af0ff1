/*
 * verdict.c - words for what becomes of a document
 */
#include <stdarg.h>
#include <stdio.h>

#include "ledger/verdict.h"

struct reason {
	const char *label, *text;
	enum ck_verdict verdict;
};

#define REASON(sym, name, result, words) \
	[sym] = { (name), (words), CK_VERDICT_##result },
static const struct reason reasons[] = { CK_FEED_REASON_LIST(REASON) };
#undef REASON

const char *
ck_feed_reason_label(enum ck_feed_reason reason)
{
	return (unsigned)reason < CK_FEED_REASONS ? reasons[reason].label :
	    "?";
}

const char *
ck_feed_reason_text(enum ck_feed_reason reason)
{
	return (unsigned)reason < CK_FEED_REASONS ? reasons[reason].text :
	    "?";
}

enum ck_verdict
ck_feed_reason_verdict(enum ck_feed_reason reason)
{
	return (unsigned)reason < CK_FEED_REASONS ? reasons[reason].verdict :
	    CK_VERDICT_REFUSED;
}

const char *
ck_verdict_label(enum ck_verdict verdict)
{
	switch (verdict) {
	case CK_VERDICT_ACCEPTED:
		return "accepted";
	case CK_VERDICT_QUARANTINED:
		return "quarantined";
	case CK_VERDICT_REFUSED:
		return "refused";
	default:
		return "?";
	}
}

const char *
ck_way_label(enum ck_way way)
{
	switch (way) {
	case CK_WAY_PULL:
		return "pull";
	case CK_WAY_PUSH:
		return "push";
	case CK_WAY_FILE:
		return "file";
	default:
		return "?";
	}
}

/* It may quote what anybody sent: kept to what every log can show. */
static void
make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

void
ck_finding_note(struct ck_finding *finding, enum ck_feed_reason reason,
    const char *format, ...)
{
	va_list args;

	if (finding->reason != CK_FEED_GOOD)
		return;
	finding->reason = reason;
	va_start(args, format);
	(void)vsnprintf(finding->detail, sizeof(finding->detail), format,
	    args);
	va_end(args);
	make_printable(finding->detail);
}
