/*
 * words.c - numbers, dates and the sentence of a report in a language
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ledger/day.h"
#include "report/words.h"

#define LOCAL_OFFSET_MINUTES (7 * 60)	/* Asia/Ho_Chi_Minh, all year */

static bool
is_vietnamese(const struct ck_catalogue *catalogue)
{
	return strcmp(ck_catalogue_language(catalogue), "vi") == 0;
}

void
ck_words_count(const struct ck_catalogue *catalogue, int64_t count,
    char out[CK_WORDS_LEN])
{
	char digits[24];
	char mark = is_vietnamese(catalogue) ? '.' : ',';
	size_t i, len, at = 0;

	len = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, count);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = mark;
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

void
ck_words_share(const struct ck_catalogue *catalogue, int64_t count,
    int64_t of, char out[CK_WORDS_LEN])
{
	int64_t tenths = (count * 1000 + of / 2) / of;

	(void)snprintf(out, CK_WORDS_LEN, "%" PRId64 "%c%" PRId64 " %%",
	    tenths / 10, is_vietnamese(catalogue) ? ',' : '.', tenths % 10);
}

/* Days and minutes of an instant in local time. */
static bool
local_of(const char *iso, struct ck_date *date, unsigned *minutes)
{
	unsigned year, month, day, hour, minute, second;
	int64_t ms;

	if (sscanf(iso, "%4u-%2u-%2uT%2u:%2u:%2u", &year, &month, &day, &hour,
	    &minute, &second) != 6)
		return false;
	*date = (struct ck_date){ .year = (uint16_t)year,
	    .month = (uint8_t)month, .day = (uint8_t)day };
	ms = (ck_day_of_date(*date) * 1440 + hour * 60 + minute +
	    LOCAL_OFFSET_MINUTES);
	*date = ck_day_date(ms / 1440);
	*minutes = (unsigned)(ms % 1440);

	return true;
}

static void
put_date(const struct ck_catalogue *catalogue, struct ck_date date, char *out,
    size_t size)
{
	if (is_vietnamese(catalogue))
		(void)snprintf(out, size, "%02u/%02u/%04u", date.day,
		    date.month, date.year);
	else
		(void)snprintf(out, size, "%04u-%02u-%02u", date.year,
		    date.month, date.day);
}

/* Midnight ends a day here: "24:00 12/12" is what people write for the end of
 * a period, and nobody reads it as the morning. */
static void
put_instant(const struct ck_catalogue *catalogue, struct ck_date date,
    unsigned minutes, char out[CK_WORDS_LEN])
{
	char day[24];

	if (minutes == 0) {
		date = ck_day_date(ck_day_of_date(date) - 1);
		minutes = 1440;
	}
	put_date(catalogue, date, day, sizeof(day));
	(void)snprintf(out, CK_WORDS_LEN, "%02u:%02u %s", minutes / 60,
	    minutes % 60, day);
}

void
ck_words_time(const struct ck_catalogue *catalogue, const char *iso,
    char out[CK_WORDS_LEN])
{
	struct ck_date date;
	unsigned minutes;

	if (local_of(iso, &date, &minutes))
		put_instant(catalogue, date, minutes, out);
	else if (strlen(iso) == sizeof("2022-12-12") - 1 &&
	    ck_date_parse_iso(iso, &date) == CK_OK)
		put_date(catalogue, date, out, CK_WORDS_LEN);
	else
		(void)snprintf(out, CK_WORDS_LEN, "%s", iso);
}

/* Only texts that begin like a date are one: names of clinics are not. */
static bool
looks_like_time(const char *words)
{
	unsigned year, month, day;

	return sscanf(words, "%4u-%2u-%2u", &year, &month, &day) == 3;
}

void
ck_words_value(const struct ck_catalogue *catalogue,
    const struct ck_column *column, const struct ck_value *value,
    const char **text, char buffer[CK_WORDS_LEN])
{
	buffer[0] = '\0';
	*text = buffer;
	if (value->kind == CK_VALUE_HIDDEN)
		*text = ck_catalogue_text(catalogue, "report.hidden");
	else if (value->kind == CK_VALUE_EMPTY)
		*text = column->kind == CK_COLUMN_TEXT ? "" : "–";
	else if (column->kind == CK_COLUMN_COUNT)
		ck_words_count(catalogue, value->count, buffer);
	else if (column->kind == CK_COLUMN_SHARE)
		ck_words_share(catalogue, value->count, value->of, buffer);
	else if (looks_like_time(value->text))
		ck_words_time(catalogue, value->text, buffer);
	else
		*text = value->text;
}

/* --- Templates -------------------------------------------------------------- */

static const char *
value_of(const char *const *pairs, const char *name, size_t len)
{
	for (; pairs[0] != NULL; pairs += 2) {
		if (strlen(pairs[0]) == len && memcmp(pairs[0], name,
		    len) == 0)
			return pairs[1];
	}

	return NULL;
}

enum ck_err
ck_words_fill(const struct ck_catalogue *catalogue, const char *id,
    const char *const *pairs, struct ck_buf *out)
{
	const char *at = ck_catalogue_text(catalogue, id);
	enum ck_err err = CK_OK;

	while (*at != '\0' && err == CK_OK) {
		size_t plain = strcspn(at, "{");
		const char *value = NULL, *end = strchr(at + plain, '}');

		if (end != NULL)
			value = value_of(pairs, at + plain + 1,
			    (size_t)(end - at - (ptrdiff_t)plain - 1));
		if (value == NULL)	/* a brace that is only a brace */
			plain += at[plain] != '\0';
		err = ck_buf_append(out, ck_span_of(at, plain));
		if (err == CK_OK && value != NULL)
			err = ck_buf_append(out, ck_span_str(value));
		at = value == NULL ? at + plain : end + 1;
	}

	return err;
}

/* --- The sentence ----------------------------------------------------------- */

static void
put_number(const struct ck_catalogue *catalogue, const json_t *number,
    char out[CK_WORDS_LEN])
{
	if (json_is_integer(number))
		ck_words_count(catalogue, json_integer_value(number), out);
	else
		(void)snprintf(out, CK_WORDS_LEN, "%s",
		    ck_catalogue_text(catalogue, "report.hidden"));
}

static void
put_rate(const struct ck_catalogue *catalogue, const json_t *cccd,
    char out[CK_WORDS_LEN])
{
	const json_t *total = json_object_get(cccd, "total");
	const json_t *covered = json_object_get(cccd, "covered");

	if (json_integer_value(total) > 0 && json_is_integer(covered))
		ck_words_share(catalogue, json_integer_value(covered),
		    json_integer_value(total), out);
	else
		(void)snprintf(out, CK_WORDS_LEN, "–");
}

/* Attempts that are given, of which the confirmed are not. */
static const char *
sentence_id(const json_t *cccd)
{
	return json_is_integer(json_object_get(cccd, "total")) &&
	    json_is_null(json_object_get(cccd, "covered")) ?
	    "report.sentence.attempts" : "report.sentence";
}

/* "report.state.provisional", "….closed", "….restated". */
static const char *
state_id(const json_t *document)
{
	const json_t *closing = json_object_get(document, "closing");

	if (!json_is_object(closing))
		return "report.state.provisional";

	return json_integer_value(json_object_get(closing, "statement")) > 1 ?
	    "report.state.restated" : "report.state.closed";
}

enum ck_err
ck_words_sentence(const json_t *document,
    const struct ck_catalogue *catalogue, struct ck_buf *out)
{
	const json_t *complete = json_object_get(document, "complete");
	const json_t *closing = json_object_get(document, "closing");
	const json_t *cccd = json_object_get(json_object_get(document,
	    "totals"), "cccd");
	char facilities[CK_WORDS_LEN], expected[CK_WORDS_LEN];
	char attempts[CK_WORDS_LEN], confirmed[CK_WORDS_LEN];
	char rate[CK_WORDS_LEN], until[CK_WORDS_LEN], from[CK_WORDS_LEN];
	char to[CK_WORDS_LEN], closed[CK_WORDS_LEN];
	const char *const pairs[] = {
		"facilities", facilities, "expected", expected,
		"attempts", attempts, "confirmed", confirmed, "rate", rate,
		"until", until, "from", from, "to", to, "closed_at", closed,
		"reason", ck_json_text(closing, "reason"), NULL
	};
	enum ck_err err;

	put_number(catalogue, json_object_get(complete, "facilities"),
	    facilities);
	put_number(catalogue, json_object_get(complete, "expected"), expected);
	put_number(catalogue, json_object_get(cccd, "total"), attempts);
	put_number(catalogue, json_object_get(cccd, "covered"), confirmed);
	put_rate(catalogue, cccd, rate);
	ck_words_time(catalogue, ck_json_text(complete, "until"), until);
	ck_words_time(catalogue, ck_json_text(document, "from"), from);
	ck_words_time(catalogue, ck_json_text(document, "to"), to);
	ck_words_time(catalogue, ck_json_text(closing, "closed_at"), closed);
	if ((err = ck_words_fill(catalogue, sentence_id(cccd), pairs, out)) !=
	    CK_OK)
		return err;

	err = ck_words_fill(catalogue, until[0] == '\0' &&
	    !json_is_object(closing) ? "report.state.nothing" :
	    state_id(document), pairs, out);
	if (err == CK_OK && json_is_true(json_object_get(document, "played")))
		err = ck_words_fill(catalogue, "report.played", pairs, out);

	return err;
}
