/*
 * lookup_json.c - a lookup as the contract has it (design.md section 6)
 *
 * Absent values are null, never empty strings. Every member is always there.
 */
#include <string.h>

#include "ck/clock.h"
#include "eligibility/decide.h"
#include "eligibility/lookup.h"
#include "eligibility/message.h"

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
instant(int64_t wall_ms)
{
	char written[CK_INSTANT_LEN];

	if (wall_ms == 0)
		return json_null();
	ck_clock_instant(wall_ms, written);

	return json_string(written);
}

static json_t *
number_or_null(long long value, bool known)
{
	return known ? json_integer(value) : json_null();
}

static json_t *
word_or_null(const char *label, bool known)
{
	return known ? json_string(label) : json_null();
}

/* The card to show: that of the visit, else the one that was named. */
static json_t *
card_json(const struct ck_lookup_record *record)
{
	const struct ck_answer *answer = &record->answer;
	const struct ck_insurance_card *card = !record->has_answer ? NULL :
	    ck_card_of_visit(answer, record->visit_date);
	unsigned level;
	int days;

	if (!record->has_answer)
		return json_null();
	if (card == NULL)
		card = answer->new_card.number[0] != '\0' ?
		    &answer->new_card : &answer->card;
	if (card->number[0] == '\0')
		return json_null();
	level = ck_card_level(card->number);
	days = ck_card_ends_in_days(card, record->visit_date);

	return json_pack("{so so so so so so so so so so so}",
	    "number", text(card->number),
	    "insurance_number", text(answer->insurance_number),
	    "registered_facility", text(card->facility),
	    "registered_facility_name", text(card->facility_name),
	    "valid_from", date(card->valid_from),
	    "valid_to", date(card->valid_to),
	    "ends_in_days", number_or_null(days, days >= 0),
	    "benefit_level", number_or_null(level, level != 0),
	    "benefit_percent",
	    number_or_null(ck_level_percent(level), level != 0),
	    "five_years_from", date(answer->five_years),
	    "area", text(answer->area));
}

static json_t *
sex_json(char sex)
{
	char letter[2] = { sex, '\0' };

	return text(letter);
}

static json_t *
gateway_card_json(const struct ck_insurance_card *card)
{
	if (card->number[0] == '\0')
		return json_null();

	return json_pack("{so so so so so}",
	    "number", text(card->number),
	    "registered_facility", text(card->facility),
	    "registered_facility_name", text(card->facility_name),
	    "valid_from", date(card->valid_from),
	    "valid_to", date(card->valid_to));
}

/* What the gateway said, in our spelling of dates and names of members. */
static json_t *
gateway_answer_json(const struct ck_lookup_record *record)
{
	const struct ck_answer *answer = &record->answer;

	if (!record->has_answer)
		return json_null();

	return json_pack("{so so so so so so so so so so so}",
	    "code", text(answer->code),
	    "note", text(answer->note),
	    "full_name", text(answer->full_name),
	    "date_of_birth", date(answer->date_of_birth),
	    "sex", sex_json(answer->sex),
	    "address", text(answer->address),
	    "insurance_number", text(answer->insurance_number),
	    "old_card_number", text(answer->old_card_number),
	    "office", text(answer->office),
	    "card", gateway_card_json(&answer->card),
	    "new_card", gateway_card_json(&answer->new_card));
}

/* When it was true: the answer's own time, or that of the failed attempt. */
static int64_t
as_of_ms(const struct ck_lookup_record *record)
{
	if (record->has_answer)
		return record->answer.as_of_ms;

	return record->answered_ms != 0 ? record->answered_ms :
	    record->closed_ms;
}

/* A kept answer stands there, and the gateway is still being asked. */
static bool
is_meanwhile(const struct ck_lookup_record *record)
{
	return record->counted.source == CK_SOURCE_STALE &&
	    record->answered_ms == 0 && record->closed_ms == 0;
}

json_t *
ck_lookup_json(const struct ck_lookup_record *record, const char *language)
{
	const struct ck_counted *counted = &record->counted;
	bool answered = counted->outcome != CK_OUTCOME_NONE;
	bool meanwhile = is_meanwhile(record);

	return json_pack("{ss ss so so so ss so ss so so so so ss so sI}",
	    "id", record->id,
	    "outcome", ck_outcome_label(counted->outcome),
	    "reason", text(counted->reason),
	    "message", text(meanwhile ? ck_message_meanwhile(language) :
	    ck_message(counted, language)),
	    "next_step", text(meanwhile ? ck_next_step_meanwhile(language) :
	    ck_next_step(counted, language)),
	    "source", ck_source_label(counted->source),
	    "as_of", instant(as_of_ms(record)),
	    "first_key", ck_key_label(counted->first_key),
	    "first_outcome", word_or_null(
	    ck_outcome_label(counted->first_outcome),
	    counted->first_outcome != CK_OUTCOME_NONE),
	    "resolved_by", word_or_null(ck_key_label(counted->resolved_by),
	    answered),
	    "owner", word_or_null(ck_owner_label(counted->owner), answered),
	    "card", card_json(record),
	    "assurance", ck_assurance_label(counted->assurance),
	    "gateway_answer", gateway_answer_json(record),
	    "same_visits", (json_int_t)record->same_visits);
}
