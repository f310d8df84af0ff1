/*
 * lookup_json.c - a lookup as the contract has it (design.md section 6)
 *
 * Absent values are null, never empty strings. Every member is always there.
 */
#include "ck/clock.h"
#include "eligibility/decide.h"
#include "eligibility/lookup.h"
#include "eligibility/message.h"
#include "io/json_text.h"

/* Most answers fit: the text grows without being moved. */
#define TEXT_LEN 2048

static void
put_date(struct ck_json_text *json, const char *name, struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);
	ck_json_put(json, name, iso);
}

static void
put_instant(struct ck_json_text *json, const char *name, int64_t wall_ms)
{
	char written[CK_INSTANT_LEN] = "";

	if (wall_ms != 0)
		ck_clock_instant(wall_ms, written);
	ck_json_put(json, name, written);
}

static void
put_known_int(struct ck_json_text *json, const char *name, int64_t value,
    bool known)
{
	if (known)
		ck_json_put_int(json, name, value);
	else
		ck_json_put_null(json, name);
}

/* The card to show: that of the visit, else the one that was named; NULL:
 * none. */
static const struct ck_insurance_card *
card_to_show(const struct ck_lookup_record *record)
{
	const struct ck_answer *answer = &record->answer;
	const struct ck_insurance_card *card;

	if (!record->has_answer)
		return NULL;
	card = ck_card_of_visit(answer, record->visit_date);
	if (card == NULL)
		card = answer->new_card.number[0] != '\0' ?
		    &answer->new_card : &answer->card;

	return card->number[0] != '\0' ? card : NULL;
}

/* What both our card and the gateway's have. */
static void
put_card_place(struct ck_json_text *json,
    const struct ck_insurance_card *card)
{
	ck_json_put(json, "registered_facility", card->facility);
	ck_json_put(json, "registered_facility_name", card->facility_name);
	put_date(json, "valid_from", card->valid_from);
	put_date(json, "valid_to", card->valid_to);
}

static void
put_card(struct ck_json_text *json, const struct ck_lookup_record *record)
{
	const struct ck_answer *answer = &record->answer;
	const struct ck_insurance_card *card = card_to_show(record);
	unsigned level;
	int days;

	if (card == NULL) {
		ck_json_put_null(json, "card");
		return;
	}
	level = ck_card_level(card->number);
	days = ck_card_ends_in_days(card, record->visit_date);
	ck_json_text_open(json, "card");
	ck_json_put(json, "number", card->number);
	ck_json_put(json, "insurance_number", answer->insurance_number);
	put_card_place(json, card);
	put_known_int(json, "ends_in_days", days, days >= 0);
	put_known_int(json, "benefit_level", level, level != 0);
	put_known_int(json, "benefit_percent", ck_level_percent(level),
	    level != 0);
	put_date(json, "five_years_from", answer->five_years);
	ck_json_put(json, "area", answer->area);
	ck_json_text_close(json);
}

static void
put_gateway_card(struct ck_json_text *json, const char *name,
    const struct ck_insurance_card *card)
{
	if (card->number[0] == '\0') {
		ck_json_put_null(json, name);
		return;
	}
	ck_json_text_open(json, name);
	ck_json_put(json, "number", card->number);
	put_card_place(json, card);
	ck_json_text_close(json);
}

/* What the gateway said, in our spelling of dates and names of members. */
static void
put_gateway_answer(struct ck_json_text *json,
    const struct ck_lookup_record *record)
{
	const struct ck_answer *answer = &record->answer;
	const char sex[2] = { answer->sex, '\0' };

	if (!record->has_answer) {
		ck_json_put_null(json, "gateway_answer");
		return;
	}
	ck_json_text_open(json, "gateway_answer");
	ck_json_put(json, "code", answer->code);
	ck_json_put(json, "note", answer->note);
	ck_json_put(json, "full_name", answer->full_name);
	put_date(json, "date_of_birth", answer->date_of_birth);
	ck_json_put(json, "sex", sex);
	ck_json_put(json, "address", answer->address);
	ck_json_put(json, "insurance_number", answer->insurance_number);
	ck_json_put(json, "old_card_number", answer->old_card_number);
	ck_json_put(json, "office", answer->office);
	put_gateway_card(json, "card", &answer->card);
	put_gateway_card(json, "new_card", &answer->new_card);
	ck_json_text_close(json);
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

/* What stands fast, and what to do: the first half of the members. */
static void
put_outcome(struct ck_json_text *json, const struct ck_lookup_record *record,
    const char *language)
{
	const struct ck_counted *counted = &record->counted;
	bool meanwhile = is_meanwhile(record);

	ck_json_put(json, "id", record->id);
	ck_json_put(json, "outcome", ck_outcome_label(counted->outcome));
	ck_json_put(json, "reason", counted->reason);
	ck_json_put(json, "message", meanwhile ?
	    ck_message_meanwhile(language) : ck_message(counted, language));
	ck_json_put(json, "next_step", meanwhile ?
	    ck_next_step_meanwhile(language) :
	    ck_next_step(counted, language));
	ck_json_put(json, "source", ck_source_label(counted->source));
	put_instant(json, "as_of", as_of_ms(record));
}

enum ck_err
ck_lookup_text(const struct ck_lookup_record *record, const char *language,
    struct ck_buf *out)
{
	const struct ck_counted *counted = &record->counted;
	bool answered = counted->outcome != CK_OUTCOME_NONE;
	bool first = counted->first_outcome != CK_OUTCOME_NONE;
	struct ck_json_text json;
	enum ck_err err;

	if ((err = ck_buf_resize(out, TEXT_LEN)) != CK_OK)
		return err;
	out->len = 0;
	json = ck_json_text_begin(out);
	put_outcome(&json, record, language);
	ck_json_put(&json, "first_key", ck_key_label(counted->first_key));
	ck_json_put(&json, "first_outcome", !first ? "" :
	    ck_outcome_label(counted->first_outcome));
	ck_json_put(&json, "resolved_by", !answered ? "" :
	    ck_key_label(counted->resolved_by));
	ck_json_put(&json, "owner", !answered ? "" :
	    ck_owner_label(counted->owner));
	put_card(&json, record);
	ck_json_put(&json, "assurance",
	    ck_assurance_label(counted->assurance));
	put_gateway_answer(&json, record);
	ck_json_put_int(&json, "same_visits", record->same_visits);

	return ck_json_text_end(&json);
}

json_t *
ck_lookup_json(const struct ck_lookup_record *record, const char *language)
{
	struct ck_buf text = CK_BUF_INIT;
	json_t *json = NULL;

	if (ck_lookup_text(record, language, &text) == CK_OK)
		json = ck_json_parse(ck_buf_view(&text));
	ck_buf_wipe(&text);

	return json;
}
