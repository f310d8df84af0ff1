/*
 * judge.c - is a document what it says, as far as the registry can tell?
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ck/hex.h"
#include "ledger/day.h"
#include "ledger/ledger_state.h"
#include "receipt/chain.h"

static const struct ck_clinic *
clinic_of(const struct ck_case *what, const struct ck_registry *registry)
{
	return ck_registry_by_code(registry, what->doc.code,
	    ck_day_of_ms(what->doc.made_ms));
}

/* Did it come from whom it says? A file has no sender. */
static void
check_sender(struct ck_case *what, const struct ck_registry *registry)
{
	const struct ck_arrival *arrival = what->arrival;
	const struct ck_clinic *sender;

	if (arrival->facility == 0)
		return;
	sender = ck_registry_by_number(registry, arrival->facility);
	if (arrival->facility != what->clinic->number)
		ck_finding_note(&what->finding, CK_FEED_WRONG_CLINIC,
		    "clinic %s, expected clinic %s", what->clinic->id,
		    sender != NULL ? sender->id : "?");
	else if (arrival->station != NULL &&
	    strcmp(arrival->station, what->doc.station) != 0)
		ck_finding_note(&what->finding, CK_FEED_WRONG_CLINIC,
		    "station %s, expected %s", what->doc.station,
		    arrival->station);
}

static void
print_key(const uint8_t key[CK_KEY_LEN], char out[17])
{
	ck_hex_print(ck_span_of(key, 8), out);
}

static void
check_signature(struct ck_case *what, const struct ck_clinic_daemon *daemon)
{
	char theirs[17], ours[17];

	if (memcmp(what->doc.key, daemon->key, CK_KEY_LEN) != 0) {
		print_key(what->doc.key, theirs);
		print_key(daemon->key, ours);
		ck_finding_note(&what->finding, CK_FEED_KEY,
		    "key %s..., the registry has %s...", theirs, ours);
	} else if (!ck_document_verify(&what->doc, daemon->key)) {
		ck_finding_note(&what->finding, CK_FEED_SIGNATURE,
		    "%zu bytes", what->doc.body.len);
	}
}

/* Who it is, who sent it, who signed it; each needs the one before. */
static void
check_origin(struct ck_case *what, const struct ck_registry *registry)
{
	const struct ck_clinic_daemon *daemon;

	if ((what->clinic = clinic_of(what, registry)) == NULL) {
		ck_finding_note(&what->finding, CK_FEED_UNKNOWN_CLINIC,
		    "facility %s", what->doc.code);
		return;
	}
	check_sender(what, registry);
	if (what->finding.reason != CK_FEED_GOOD)
		return;
	daemon = ck_clinic_daemon_on(what->clinic, what->doc.station,
	    ck_day_of_ms(what->doc.made_ms));
	if (daemon == NULL)
		ck_finding_note(&what->finding, CK_FEED_UNKNOWN_CLINIC,
		    "clinic %s has no station %s", what->clinic->id,
		    what->doc.station);
	else
		check_signature(what, daemon);
}

/* A file may have been made long ago, but not in the time to come. */
static void
check_clock(struct ck_case *what, int64_t tolerance_ms)
{
	int64_t ahead_ms = what->doc.made_ms - what->now_ms;

	if (ahead_ms > tolerance_ms || (ahead_ms < -tolerance_ms &&
	    what->arrival->way != CK_WAY_FILE))
		ck_finding_note(&what->finding, CK_FEED_CLOCK,
		    "%" PRId64 " s %s ours; up to %" PRId64 " s are taken",
		    (ahead_ms < 0 ? -ahead_ms : ahead_ms) / 1000,
		    ahead_ms < 0 ? "behind" : "ahead of", tolerance_ms / 1000);
}

/* The head is signed by a key that the registry has of this station. */
static void
check_head(struct ck_case *what)
{
	const struct ck_feed_head *head = &what->doc.head;
	struct ck_tree_hash hash;
	bool known = false;
	size_t i;

	if (head->batch == 0)
		return;
	for (i = 0; i < what->clinic->daemon_count; i++)
		known = known || memcmp(what->clinic->daemons[i].key,
		    head->key, CK_KEY_LEN) == 0;
	memcpy(hash.bytes, head->head, sizeof(hash.bytes));
	if (!known || !ck_chain_signed(head->key, &hash, head->signature))
		ck_finding_note(&what->finding, CK_FEED_RECEIPT,
		    "batch %" PRId64, head->batch);
}

static void
check_rows(struct ck_case *what, const struct ck_registry *registry)
{
	const struct ck_feed_row *row;
	const struct ck_clinic *clinic;
	size_t i;

	for (i = 0; i < what->doc.row_count; i++) {
		row = &what->doc.rows[i];
		if (strcmp(row->code, what->doc.code) == 0)
			continue;
		clinic = ck_registry_by_code(registry, row->code,
		    ck_day_of_hour(row->hour));
		if (clinic != what->clinic)
			ck_finding_note(&what->finding, CK_FEED_ROW_CLINIC,
			    "facility %s is %s, expected clinic %s",
			    row->code, clinic != NULL ? clinic->id :
			    "unknown", what->clinic->id);
	}
}

/* What is cut off says nothing of itself that could be believed: it is of whom
 * it came from, as far as that is known. */
static void
take_sender(struct ck_case *what, const struct ck_registry *registry)
{
	const struct ck_arrival *arrival = what->arrival;
	const struct ck_clinic *sender =
	    ck_registry_by_number(registry, arrival->facility);

	if (sender == NULL)
		return;
	what->clinic = sender;
	(void)snprintf(what->doc.code, sizeof(what->doc.code), "%s",
	    ck_clinic_on(sender, ck_day_of_ms(what->now_ms))->code);
	if (arrival->station != NULL)
		(void)snprintf(what->doc.station, sizeof(what->doc.station),
		    "%s", arrival->station);
}

enum ck_err
ck_case_open(struct ck_case *what, const struct ck_arrival *arrival,
    const struct ck_registry *registry, int64_t tolerance_ms, int64_t now_ms)
{
	enum ck_err err;

	memset(what, 0, sizeof(*what));
	what->arrival = arrival;
	what->now_ms = now_ms;
	if (arrival->announced > 0)
		ck_finding_note(&what->finding, CK_FEED_TOO_LARGE, "%" PRIu64
		    " bytes announced; at most %d", arrival->announced,
		    CK_DOCUMENT_MAX);
	else if (arrival->cut)
		ck_finding_note(&what->finding, CK_FEED_TOO_LARGE,
		    "cut off after %zu bytes", arrival->body.len);
	if ((err = ck_document_open(&what->doc, arrival->body,
	    &what->finding)) != CK_OK)
		return err;
	if (arrival->cut)
		take_sender(what, registry);
	if (what->finding.reason == CK_FEED_GOOD)
		check_origin(what, registry);
	if (what->finding.reason == CK_FEED_GOOD)
		check_clock(what, tolerance_ms);
	if (what->finding.reason == CK_FEED_GOOD &&
	    (err = ck_document_read(&what->doc, &what->finding)) != CK_OK)
		return err;
	if (what->finding.reason == CK_FEED_GOOD)
		check_head(what);
	if (what->finding.reason == CK_FEED_GOOD)
		check_rows(what, registry);

	return CK_OK;
}

void
ck_case_wipe(struct ck_case *what)
{
	ck_document_wipe(&what->doc);
}
