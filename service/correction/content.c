/*
 * content.c - what a correction case says of one patient
 */
#include <string.h>

#include "ck/clock.h"
#include "correction/content.h"
#include "correction/differs.h"

/* --- Writing -------------------------------------------------------------- */

/* An empty text is null in JSON. */
static json_t *
text(const char *value)
{
	return value[0] == '\0' ? json_null() : json_string(value);
}

static json_t *
date(struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);

	return text(iso);
}

static json_t *
sex(char letter)
{
	const char value[2] = { letter, '\0' };

	return text(value);
}

static json_t *
instant(int64_t wall_ms)
{
	char written[CK_INSTANT_LEN];

	ck_clock_instant(wall_ms, written);

	return json_string(written);
}

static json_t *
person_json(const struct ck_lookup_record *record)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
	    "id_number", text(record->person.id_number),
	    "insurance_number", text(record->person.insurance_number),
	    "card_number", text(record->person.card_number),
	    "full_name", text(record->identity.full_name),
	    "date_of_birth", date(record->identity.date_of_birth),
	    "sex", sex(record->identity.sex));
}

/* An answer under another key is not what the first one was told. */
static const char *
words_of(const struct ck_lookup_record *record)
{
	return record->has_answer && strcmp(record->answer.code,
	    record->counted.first_reason) == 0 ? record->answer.note : "";
}

static json_t *
gateway_json(const struct ck_lookup_record *record)
{
	const struct ck_counted *counted = &record->counted;
	const struct ck_answer *answer = &record->answer;

	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o}",
	    "key", ck_key_label(counted->first_key),
	    "outcome", ck_outcome_label(counted->first_outcome),
	    "code", counted->first_reason,
	    "words", text(words_of(record)),
	    "resolved_by", ck_key_label(counted->resolved_by),
	    "full_name", text(answer->full_name),
	    "date_of_birth", date(answer->date_of_birth),
	    "sex", sex(answer->sex));
}

static json_t *
content_json(const struct ck_content *content)
{
	const struct ck_lookup_record *record = content->record;

	return json_pack("{s:i, s:s, s:s, s:s, s:{s:s, s:o}, "
	    "s:{s:s, s:o, s:o, s:s, s:s, s:s}, s:o, s:o, s:o}",
	    "schema", CK_CONTENT_SCHEMA,
	    "case", content->case_id,
	    "facility", content->facility,
	    "station", content->station,
	    "consent", "told_to", content->consent_operator,
	    "at", instant(content->made_ms),
	    "lookup", "id", record->id,
	    "at", instant(record->opened_ms),
	    "visit_date", date(record->visit_date),
	    "presented", ck_presented_label(record->counted.presented),
	    "captured", ck_captured_label(record->counted.captured),
	    "assurance", ck_assurance_label(record->counted.assurance),
	    "person", person_json(record),
	    "gateway", gateway_json(record),
	    "differs", ck_correction_differs_json(
	    ck_correction_differs(record)));
}

static int
append(const char *bytes, size_t len, void *ctx)
{
	return ck_buf_append(ctx, ck_span_of(bytes, len)) == CK_OK ? 0 : -1;
}

enum ck_err
ck_content_build(const struct ck_content *content, struct ck_buf *out)
{
	json_t *json = content_json(content);
	enum ck_err err = CK_ERR_NOMEM;

	if (json != NULL && json_dump_callback(json, append, out,
	    JSON_COMPACT) == 0)
		err = out->len <= CK_CONTENT_MAX ? CK_OK : CK_ERR_LIMIT;
	json_decref(json);

	return err;
}

/* --- Reading -------------------------------------------------------------- */

/* The facts, in the order in which somebody who corrects a record asks. */
static const struct {
	const char *group, *name;
	const char *title;
} facts[] = {
	{ NULL, "facility", "facility" },
	{ NULL, "station", "station" },
	{ "lookup", "at", "looked up at" },
	{ "lookup", "visit_date", "visit date" },
	{ "person", "full_name", "full name" },
	{ "person", "date_of_birth", "date of birth" },
	{ "person", "sex", "sex" },
	{ "person", "id_number", "citizen number" },
	{ "person", "insurance_number", "insurance number" },
	{ "person", "card_number", "insurance card" },
	{ "lookup", "presented", "shown by the patient" },
	{ "lookup", "captured", "read as" },
	{ "lookup", "assurance", "how sure" },
	{ "gateway", "key", "asked under" },
	{ "gateway", "outcome", "the gateway's answer" },
	{ "gateway", "code", "its code" },
	{ "gateway", "words", "its words" },
	{ "gateway", "full_name", "name on record" },
	{ "gateway", "date_of_birth", "birth on record" },
	{ "gateway", "sex", "sex on record" },
	{ "gateway", "resolved_by", "found by" },
	{ "consent", "told_to", "consent told to" },
	{ "consent", "at", "consent at" },
};

#define FACTS (sizeof(facts) / sizeof(facts[0]))

static const json_t *
fact_of(const json_t *content, size_t i)
{
	return json_object_get(facts[i].group == NULL ? content :
	    json_object_get(content, facts[i].group), facts[i].name);
}

static bool
is_whole(const json_t *content)
{
	const json_t *differs = json_object_get(content, "differs");
	const json_t *field;
	size_t i;

	for (i = 0; i < FACTS; i++) {
		const json_t *fact = fact_of(content, i);

		if (!json_is_string(fact) && !json_is_null(fact))
			return false;
	}
	for (i = 0; i < json_array_size(differs); i++) {
		field = json_array_get(differs, i);
		if (!json_is_string(field))
			return false;
	}

	return json_is_array(differs);
}

static bool
says(const json_t *content, const char *member, const char *expected)
{
	return strcmp(ck_json_text(content, member), expected) == 0;
}

enum ck_err
ck_content_read(struct ck_span plain, const char *case_id,
    const char *facility, const char *station, json_t **out)
{
	json_t *json = plain.len > CK_CONTENT_MAX ? NULL :
	    ck_json_parse(plain);
	bool good = json_integer_value(json_object_get(json, "schema")) ==
	    CK_CONTENT_SCHEMA && is_whole(json) &&
	    says(json, "case", case_id) && says(json, "facility", facility) &&
	    says(json, "station", station);

	*out = good ? json : NULL;
	if (!good)
		json_decref(json);

	return good ? CK_OK : CK_ERR_CASE_MALFORMED;
}

static void
print_value(const char *value, FILE *out)
{
	for (; *value != '\0'; value++)
		(void)fputc((unsigned char)*value < ' ' || *value == 0x7f ?
		    '?' : *value, out);
}

void
ck_content_print(const json_t *content, FILE *out)
{
	const json_t *differs = json_object_get(content, "differs");
	size_t i;

	(void)fprintf(out, "%-22s", "case");
	print_value(ck_json_text(content, "case"), out);
	(void)fprintf(out, "\n%-22s", "differs");
	for (i = 0; i < json_array_size(differs); i++) {
		(void)fputs(i > 0 ? ", " : "", out);
		print_value(json_string_value(json_array_get(differs, i)),
		    out);
	}
	(void)fputc('\n', out);
	for (i = 0; i < FACTS; i++) {
		const json_t *fact = fact_of(content, i);

		if (!json_is_string(fact))
			continue;
		(void)fprintf(out, "%-22s", facts[i].title);
		print_value(json_string_value(fact), out);
		(void)fputc('\n', out);
	}
}
