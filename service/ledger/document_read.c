/*
 * document_read.c - what a feed document says, checked row by row
 */
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "ledger/day.h"
#include "ledger/document_read.h"
#include "stats/visit_date.h"

/* Members of a row. */
#define ROW_MEMBERS 21

/* complete_until may be ahead of made_at by the time between the two. */
#define COMPLETE_AHEAD_MS 60000

/* --- Words ---------------------------------------------------------------- */

struct word {
	const char *label;
	uint8_t number;
};

#define WORD(sym, no, label) { (label), (no) },
static const struct word series_words[] = { CK_SERIES_LIST(WORD) };
static const struct word kind_words[] = { CK_KIND_LIST(WORD) };
static const struct word presented_words[] = { CK_PRESENTED_LIST(WORD) };
static const struct word captured_words[] = { CK_CAPTURED_LIST(WORD) };
static const struct word assurance_words[] = { CK_ASSURANCE_LIST(WORD) };
static const struct word key_words[] = { CK_KEY_LIST(WORD) };
static const struct word outcome_words[] = { CK_OUTCOME_LIST(WORD) };
static const struct word source_words[] = { CK_SOURCE_LIST(WORD) };
static const struct word owner_words[] = { CK_OWNER_LIST(WORD) };
#undef WORD

/* A member of a row, its list, and where its number goes. */
struct field {
	const char *name;
	const struct word *words;
	size_t count;
	size_t offset;		/* in ck_counted */
};

#define FIELD(name, words) \
	{ #name, words, sizeof(words) / sizeof(words[0]), \
	    offsetof(struct ck_counted, name) }
static const struct field fields[] = {
	FIELD(series, series_words),
	FIELD(kind, kind_words),
	FIELD(presented, presented_words),
	FIELD(captured, captured_words),
	FIELD(assurance, assurance_words),
	FIELD(first_key, key_words),
	FIELD(first_outcome, outcome_words),
	FIELD(resolved_by, key_words),
	FIELD(outcome, outcome_words),
	FIELD(source, source_words),
	FIELD(owner, owner_words),
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* Where a finding is. */
struct place {
	struct ck_finding *finding;
	size_t row;
};

#define note(place, reason, format, ...) \
	ck_finding_note((place)->finding, (reason), "rows[%zu]." format, \
	    (place)->row, __VA_ARGS__)

static void
read_word(const struct field *field, const json_t *row,
    struct ck_counted *out, const struct place *place)
{
	const char *label = json_string_value(
	    json_object_get(row, field->name));
	size_t i;

	if (label == NULL) {
		note(place, CK_FEED_MALFORMED, "%s is no text", field->name);
		return;
	}
	for (i = 0; i < field->count; i++) {
		if (strcmp(field->words[i].label, label) == 0) {
			*((uint8_t *)out + field->offset) =
			    field->words[i].number;
			return;
		}
	}
	note(place, CK_FEED_WORD, "%s: %.40s", field->name, label);
}

/* --- Counts and durations ------------------------------------------------- */

static void
read_count(const json_t *row, struct ck_feed_row *out,
    const struct place *place)
{
	if (!ck_feed_number(row, "count", &out->count))
		note(place, CK_FEED_MALFORMED, "%s", "count is no number");
	else if (out->count < 0 || out->count > CK_COUNT_MAX)
		note(place, CK_FEED_COUNT, "count: %lld; 0 to %d can be",
		    (long long)out->count, CK_COUNT_MAX);
}

static bool
read_bucket(const json_t *list, size_t i, uint32_t *out)
{
	const json_t *value = json_array_get(list, i);
	int64_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return false;
	/* Beyond any count: found when the buckets are added up. */
	*out = number < 0 || number > CK_COUNT_MAX ? CK_COUNT_MAX + 1 :
	    (uint32_t)number;

	return true;
}

static bool
read_buckets(const json_t *row, struct ck_feed_row *out)
{
	const json_t *list = json_object_get(row, "latency");
	size_t i;

	if (json_array_size(list) != CK_LATENCY_BUCKETS)
		return false;
	for (i = 0; i < CK_LATENCY_BUCKETS; i++) {
		if (!read_bucket(list, i, &out->latency[i]))
			return false;
	}

	return true;
}

/* A count may hold durations that were never shown, hence below it; the sum
 * lies between the bounds of the buckets. */
static bool
latency_possible(const struct ck_feed_row *row)
{
	int64_t counted = 0, least = 0, most = 0, bound;
	size_t i;

	for (i = 0; i < CK_LATENCY_BUCKETS; i++) {
		bound = ck_latency_bound(i);
		counted += row->latency[i];
		most += row->latency[i] *
		    (bound < 0 ? CK_LATENCY_MAX_MS : bound);
		if (i > 0)
			least += row->latency[i] *
			    (ck_latency_bound(i - 1) + 1);
	}

	return counted <= row->count && row->latency_sum_ms >= least &&
	    row->latency_sum_ms <= most;
}

static void
read_latency(const json_t *row, struct ck_feed_row *out,
    const struct place *place)
{
	if (!read_buckets(row, out) ||
	    !ck_feed_number(row, "latency_sum_ms", &out->latency_sum_ms))
		note(place, CK_FEED_MALFORMED, "latency is no list of %zu "
		    "numbers with its sum", (size_t)CK_LATENCY_BUCKETS);
	else if (!latency_possible(out))
		note(place, CK_FEED_LATENCY, "latency contradicts count %lld "
		    "or latency_sum_ms %lld", (long long)out->count,
		    (long long)out->latency_sum_ms);
}

/* --- One row -------------------------------------------------------------- */

static void
read_hour(const struct ck_document *doc, const json_t *row,
    struct ck_feed_row *out, const struct place *place)
{
	const char *text = ck_json_text(row, "hour");
	int64_t ms, last = ck_day_of_ms(doc->made_ms);

	if (out->words.series == CK_SERIES_VISITS ||
	    out->words.series == CK_SERIES_CCCD)
		last += CK_VISIT_AHEAD_DAYS;
	if (!ck_feed_instant(text, &ms) || ms % CK_HOUR_MS != 0) {
		note(place, CK_FEED_MALFORMED, "%s", "hour is no whole hour");
		return;
	}
	out->hour = ms / CK_HOUR_MS;
	if (out->hour < CK_FEED_FIRST_HOUR)
		note(place, CK_FEED_PAST, "hour: %.24s", text);
	else if (ck_day_of_hour(out->hour) > last)
		note(place, CK_FEED_FUTURE, "hour: %.24s", text);
}

static void
read_revision(const struct ck_document *doc, const json_t *row,
    struct ck_feed_row *out, const struct place *place)
{
	if (!ck_feed_number(row, "revision", &out->revision))
		note(place, CK_FEED_MALFORMED, "%s", "revision is no number");
	else if (out->revision <= doc->after ||
	    out->revision > doc->revision)
		note(place, CK_FEED_REVISION, "revision: %lld; the document "
		    "says above %lld to %lld", (long long)out->revision,
		    (long long)doc->after, (long long)doc->revision);
}

static void
read_names(const struct ck_document *doc, const json_t *row,
    struct ck_feed_row *out, const struct place *place)
{
	if (!ck_feed_code(row, "facility", out->code) ||
	    !ck_feed_station(row, "station", out->station) ||
	    !json_is_string(json_object_get(row, "reason")) ||
	    !json_is_string(json_object_get(row, "desk")) ||
	    !ck_json_copy(row, "reason", out->words.reason,
	    CK_FEED_LABEL_LEN) ||
	    !ck_json_copy(row, "desk", out->desk, CK_FEED_LABEL_LEN))
		note(place, CK_FEED_MALFORMED, "%s",
		    "facility, station, reason or desk is of another form");
	if (strcmp(ck_json_text(row, "epoch"), doc->epoch) != 0)
		note(place, CK_FEED_ROW_CLINIC, "epoch: %.40s",
		    ck_json_text(row, "epoch"));
}

static void
read_row(const struct ck_document *doc, const json_t *row,
    struct ck_feed_row *out, const struct place *place)
{
	size_t i;

	if (json_object_size(row) != ROW_MEMBERS) {
		note(place, CK_FEED_MALFORMED, "%zu members, expected %d",
		    json_object_size(row), ROW_MEMBERS);
		return;
	}
	read_names(doc, row, out, place);
	for (i = 0; i < FIELDS; i++)
		read_word(&fields[i], row, &out->words, place);
	read_hour(doc, row, out, place);
	read_count(row, out, place);
	read_latency(row, out, place);
	read_revision(doc, row, out, place);
}

/* --- All rows ------------------------------------------------------------- */

/* What makes a row another row. */
static int
compare_identity(const void *a, const void *b)
{
	const struct ck_feed_row *x = a, *y = b;
	int order;

	if (x->hour != y->hour)
		return x->hour < y->hour ? -1 : 1;
	if ((order = memcmp(&x->words, &y->words, sizeof(x->words))) != 0 ||
	    (order = strcmp(x->desk, y->desk)) != 0 ||
	    (order = strcmp(x->code, y->code)) != 0)
		return order;

	return strcmp(x->station, y->station);
}

static void
check_repeats(const struct ck_document *doc, struct ck_finding *finding)
{
	size_t i;

	for (i = 1; i < doc->row_count; i++) {
		if (compare_identity(&doc->rows[i - 1], &doc->rows[i]) == 0)
			ck_finding_note(finding, CK_FEED_REVISION, "the row "
			    "of revision %lld stands twice",
			    (long long)doc->rows[i].revision);
	}
}

static enum ck_err
read_rows(struct ck_document *doc, const json_t *list,
    struct ck_finding *finding)
{
	struct place place = { finding, 0 };
	size_t count = json_array_size(list);

	if (!json_is_array(list)) {
		ck_finding_note(finding, CK_FEED_MALFORMED, "rows is no list");
		return CK_OK;
	}
	if (count > CK_DOCUMENT_ROWS_MAX) {
		ck_finding_note(finding, CK_FEED_TOO_LARGE, "%zu rows; at "
		    "most %d", count, CK_DOCUMENT_ROWS_MAX);
		return CK_OK;
	}
	if (count == 0)
		return CK_OK;
	if ((doc->rows = calloc(count, sizeof(*doc->rows))) == NULL)
		return CK_ERR_NOMEM;
	for (; place.row < count; place.row++)
		read_row(doc, json_array_get(list, place.row),
		    &doc->rows[place.row], &place);
	doc->row_count = count;
	qsort(doc->rows, count, sizeof(*doc->rows), compare_identity);
	check_repeats(doc, finding);

	return CK_OK;
}

/* --- The rest ------------------------------------------------------------- */

static void
read_head(struct ck_document *doc, const json_t *json,
    struct ck_finding *finding)
{
	struct ck_feed_head *head = &doc->head;

	if (json_is_null(json))
		return;
	if (json_object_size(json) != 7 ||
	    !ck_feed_number(json, "batch", &head->batch) ||
	    !ck_feed_number(json, "receipts", &head->receipts) ||
	    !ck_json_copy(json, "epoch", head->epoch, sizeof(head->epoch)) ||
	    !ck_feed_instant(ck_json_text(json, "made_at"), &head->made_ms) ||
	    !ck_feed_hex(json, "head", head->head, sizeof(head->head)) ||
	    !ck_feed_hex(json, "signature", head->signature,
	    sizeof(head->signature)) ||
	    !ck_feed_hex(json, "key", head->key, sizeof(head->key)))
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "receipts is not {batch, receipts, epoch, made_at, head, "
		    "signature, key}");
	else if (head->batch < 1 || head->receipts < head->batch)
		ck_finding_note(finding, CK_FEED_RECEIPT, "batch %lld with "
		    "%lld receipts", (long long)head->batch,
		    (long long)head->receipts);
}

static void
check_bounds(const json_t *list, struct ck_finding *finding)
{
	size_t i;
	bool same = json_array_size(list) + 1 == CK_LATENCY_BUCKETS;

	for (i = 0; same && i + 1 < CK_LATENCY_BUCKETS; i++)
		same = json_is_integer(json_array_get(list, i)) &&
		    json_integer_value(json_array_get(list, i)) ==
		    ck_latency_bound(i);
	if (!same)
		ck_finding_note(finding, CK_FEED_LATENCY, "latency_bounds_ms "
		    "are not those of this program");
}

static void
read_range(struct ck_document *doc, const json_t *json,
    struct ck_finding *finding)
{
	const json_t *more = json_object_get(json, "more");

	doc->more = json_is_true(more);
	if (!json_is_boolean(more) ||
	    !ck_feed_number(json, "after", &doc->after) ||
	    !ck_feed_number(json, "revision", &doc->revision) ||
	    !ck_feed_instant(ck_json_text(json, "complete_until"),
	    &doc->complete_ms))
		ck_finding_note(finding, CK_FEED_MALFORMED, "after, revision, "
		    "more or complete_until is of another form");
	else if (doc->after < 0 || doc->revision < doc->after)
		ck_finding_note(finding, CK_FEED_REVISION, "after %lld, "
		    "revision %lld", (long long)doc->after,
		    (long long)doc->revision);
	else if (doc->complete_ms > doc->made_ms + COMPLETE_AHEAD_MS)
		ck_finding_note(finding, CK_FEED_CLOCK, "complete_until is "
		    "after made_at");
}

bool
ck_feed_instant(const char *text, int64_t *out_ms)
{
	size_t len = strlen(text);

	*out_ms = 0;

	return len > 0 && text[len - 1] == 'Z' &&
	    ck_instant_parse(text, out_ms);
}

enum ck_err
ck_document_read(struct ck_document *doc, struct ck_finding *finding)
{
	const json_t *json = doc->json;

	read_range(doc, json, finding);
	check_bounds(json_object_get(json, "latency_bounds_ms"), finding);
	read_head(doc, json_object_get(json, "receipts"), finding);
	if (finding->reason != CK_FEED_GOOD)
		return CK_OK;	/* rows are judged by after and revision */

	return read_rows(doc, json_object_get(json, "rows"), finding);
}
