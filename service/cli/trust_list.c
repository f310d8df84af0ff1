/*
 * trust_list.c - the trust store in words
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/trust.h"
#include "io/json.h"

/* From here on an end is worth a warning: a renewal takes months. */
#define SOON_S (90 * INT64_C(86400))

void
ck_cli_trust_date(int64_t seconds, char out[CK_CLI_DATE_LEN])
{
	time_t when = (time_t)seconds;
	struct tm parts;

	if (seconds == 0 || gmtime_r(&when, &parts) == NULL ||
	    strftime(out, CK_CLI_DATE_LEN, "%Y-%m-%d", &parts) == 0)
		(void)snprintf(out, CK_CLI_DATE_LEN, "unknown");
}

/* What the operator should know of its dates; "" if nothing. */
static const char *
warning(const struct ck_trust_entry *entry, int64_t now)
{
	bool crl = entry->kind == CK_TRUST_CRL;

	if (entry->unproven)
		return "not in use: no CSCA here has signed it";
	if (entry->until == 0)
		return "";
	if (entry->until < now)
		return crl ? "stale: still in use, but get a newer one" :
		    "has ended";
	if (!crl && entry->until < now + SOON_S)
		return "ends soon";

	return "";
}

static void
print_origin(FILE *out, const struct ck_trust_entry *entry,
    const char *indent)
{
	const struct ck_trust_note *note = &entry->note;
	char added[CK_CLI_DATE_LEN];

	if (entry->by_hand) {
		(void)fprintf(out, "%sfile %s, put there by hand\n", indent,
		    note->source);
		return;
	}
	if (note->at_ms == 0)
		return;
	ck_cli_trust_date(note->at_ms / 1000, added);
	if (entry->kind == CK_TRUST_SIGNER)
		(void)fprintf(out, "%saccepted %s by %s: %s\n", indent, added,
		    note->by, note->reason);
	else
		(void)fprintf(out, "%sfrom %s, %s, by %s\n", indent,
		    note->source, added, note->by);
}

void
ck_cli_trust_print(FILE *out, const struct ck_trust_entry *entry,
    const char *indent, int64_t now)
{
	char from[CK_CLI_DATE_LEN], until[CK_CLI_DATE_LEN];
	const char *words = warning(entry, now);

	ck_cli_trust_date(entry->from, from);
	ck_cli_trust_date(entry->until, until);
	if (entry->kind == CK_TRUST_CRL)
		(void)fprintf(out, "%sissuer %s\n%s%zu revoked; of %s, next "
		    "%s", indent, entry->issuer, indent, entry->revoked, from,
		    until);
	else
		(void)fprintf(out, "%ssubject %s\n%sissuer %s\n%svalid %s to "
		    "%s", indent, entry->subject, indent, entry->issuer,
		    indent, from, until);
	(void)fprintf(out, "%s%s\n%ssha256 %s\n", words[0] == '\0' ? "" :
	    ": ", words, indent, entry->fingerprint);
	print_origin(out, entry, indent);
}

static bool
print_list(const struct ck_trust *trust, int64_t now)
{
	struct ck_trust_entry entry;
	size_t i;

	for (i = 0; i < ck_trust_count(trust); i++) {
		ck_trust_describe(trust, i, &entry);
		(void)printf("%zu  %s  %s\n", i + 1,
		    ck_trust_kind_label(entry.kind), entry.country[0] == '\0' ?
		    "-" : entry.country);
		ck_cli_trust_print(stdout, &entry, "   ", now);
	}
	if (ck_trust_count(trust) == 0)
		(void)puts("No list of issuers is installed. Chips are "
		    "checked and read all the same; the page says that their "
		    "issuer is not verified yet.");

	return fflush(stdout) == 0 && ferror(stdout) == 0;
}

static json_t *
date(int64_t seconds)
{
	char out[CK_CLI_DATE_LEN];

	ck_cli_trust_date(seconds, out);

	return seconds == 0 ? json_null() : json_string(out);
}

static json_t *
entry_json(const struct ck_trust_entry *entry, size_t number, int64_t now)
{
	const struct ck_trust_note *note = &entry->note;

	return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:b, s:o, s:o, s:o, s:o}",
	    "number", (json_int_t)number,
	    "kind", ck_trust_kind_label(entry->kind),
	    "fingerprint", entry->fingerprint,
	    "country", ck_json_known(entry->country),
	    "subject", ck_json_known(entry->subject),
	    "issuer", ck_json_known(entry->issuer),
	    "from", date(entry->from),
	    "until", date(entry->until),
	    "revoked", entry->kind == CK_TRUST_CRL ?
	    json_integer((json_int_t)entry->revoked) : json_null(),
	    "warning", ck_json_known(warning(entry, now)),
	    "by_hand", (int)entry->by_hand,
	    "source", ck_json_known(note->source),
	    "added", date(note->at_ms / 1000),
	    "by", ck_json_known(note->by),
	    "reason", ck_json_known(note->reason));
}

static bool
print_json(const struct ck_trust *trust, int64_t now)
{
	json_t *list = json_array();
	struct ck_trust_entry entry;
	bool done;
	size_t i;

	for (i = 0; i < ck_trust_count(trust); i++) {
		ck_trust_describe(trust, i, &entry);
		(void)json_array_append_new(list,
		    entry_json(&entry, i + 1, now));
	}
	done = json_array_size(list) == ck_trust_count(trust) &&
	    json_dumpf(list, stdout, JSON_INDENT(2)) == 0 &&
	    putchar('\n') != EOF && fflush(stdout) == 0;
	json_decref(list);

	return done;
}

bool
ck_cli_trust_list(const struct ck_trust *trust, int64_t now, bool json)
{
	return json ? print_json(trust, now) : print_list(trust, now);
}
