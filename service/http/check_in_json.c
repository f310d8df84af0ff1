/*
 * check_in_json.c - absent values are null, every member is always there
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "http/check_in_json.h"
#include "io/json.h"

static json_t *
fields_json(const struct ck_notice *notice)
{
	json_t *json = json_object();
	size_t i;

	for (i = 0; i < CK_FIELDS && json != NULL; i++) {
		const char *value = ck_notice_get(notice,
		    (enum ck_notice_field)i);

		if (value[0] != '\0')
			(void)json_object_set_new(json,
			    ck_field_rule((enum ck_notice_field)i)->name,
			    json_string(value));
	}

	return json;
}

static json_t *
code_json(const char *code, const char *language)
{
	const struct ck_category *row = ck_category_find(code);

	return json_pack("{ss ss}", "code", code, "text",
	    strcmp(language, "en") == 0 ? row->en : row->vi);
}

static json_t *
category_json(const struct ck_category_answer *category,
    const char *language)
{
	json_t *ask = json_array();
	size_t i;

	for (i = 0; i < category->ask_count; i++)
		(void)json_array_append_new(ask, code_json(category->ask[i],
		    language));

	return json_pack("{so so}", "proposed", category->proposed != NULL ?
	    code_json(category->proposed, language) : json_null(),
	    "ask", ask);
}

/* What a notice still lacks, as far as it is known now. */
static json_t *
missing_json(const struct ck_notice *draft)
{
	struct ck_defect defects[CK_FIELDS];
	size_t i, count = ck_notice_check(draft, defects);
	json_t *json = json_array();

	for (i = 0; i < count; i++)
		(void)json_array_append_new(json, json_pack("{ss ss}",
		    "field", ck_field_rule(defects[i].field)->name,
		    "defect", ck_defect_label(defects[i].kind)));

	return json;
}

static const char *
state_of(const struct ck_check_in *check_in, const json_t *notices)
{
	const char *category = ck_notice_get(&check_in->draft,
	    CK_FIELD_MA_DOITUONG_KCB);

	if (json_array_size(notices) > 0)
		return "noticed";

	return (check_in->flags & CK_ADMITTED_SAMPLE_ONLY) != 0 ||
	    !ck_category_noticed(category) ? "no_notice" : "admitted";
}

static json_t *
flag(const struct ck_check_in *check_in, enum ck_admission_flag which)
{
	return json_boolean((check_in->flags & (unsigned)which) != 0);
}

json_t *
ck_changed_fields_json(const struct ck_admission_change *change)
{
	json_t *json = json_array();
	size_t i;

	for (i = 0; i < CK_FIELDS; i++) {
		if ((change->fields & 1u << i) != 0)
			(void)json_array_append_new(json, json_string(
			    ck_field_rule((enum ck_notice_field)i)->name));
	}

	return json;
}

static json_t *
renewed_json(const struct ck_renewed *renewed)
{
	if (renewed->answer_id[0] == '\0')
		return json_null();

	return json_pack("{ss so ss so}", "lookup", renewed->answer_id,
	    "answered_at", ck_json_instant(renewed->answered_ms),
	    "outcome", ck_outcome_label(renewed->outcome),
	    "fields", ck_changed_fields_json(&renewed->change));
}

json_t *
ck_check_in_json(const struct ck_check_in *check_in,
    const struct ck_check_in_shown *shown)
{
	return json_pack("{ss so so ss ss so so so so so so so so so sb so so "
	    "so so}",
	    "id", check_in->id,
	    "lookup", ck_json_known(check_in->lookup_id),
	    "admitted_at", ck_json_instant(check_in->admitted_ms),
	    "state", state_of(check_in, shown->notices),
	    "without_card", ck_without_label(check_in->without),
	    "emergency", flag(check_in, CK_ADMITTED_EMERGENCY),
	    "referred", flag(check_in, CK_ADMITTED_REFERRED),
	    "appointed", flag(check_in, CK_ADMITTED_APPOINTED),
	    "sample_only", flag(check_in, CK_ADMITTED_SAMPLE_ONLY),
	    "self_paid", flag(check_in, CK_ADMITTED_SELF_PAID),
	    "another_visit", flag(check_in, CK_ADMITTED_ANOTHER),
	    "operator", ck_json_known(check_in->operator_name),
	    "desk", ck_json_known(check_in->desk),
	    "category", category_json(shown->category, shown->language),
	    "episode_rule", shown->episode_rule ? 1 : 0,
	    "fields", fields_json(&check_in->draft),
	    "missing", missing_json(&check_in->draft),
	    "renewed", renewed_json(shown->renewed),
	    "notices", shown->notices);
}

json_t *
ck_notice_json(const struct ck_notice_row *row)
{
	return json_pack("{sI ss ss sb so so so so sI so so so so so so so}",
	    "number", (json_int_t)row->number,
	    "check_in", row->check_in_id,
	    "state", ck_notice_state_label(row->state),
	    "ward", ck_notice_is_ward(&row->notice) ? 1 : 0,
	    "corrects", row->corrects == 0 ? json_null() :
	    json_integer((json_int_t)row->corrects),
	    "made_at", ck_json_instant(row->made_ms),
	    "decided_at", ck_json_instant(row->decided_ms),
	    "due_at", ck_json_instant(row->due_ms),
	    "tries", (json_int_t)row->tries,
	    "error", ck_json_known(row->error),
	    "code", ck_json_known(row->code),
	    "transaction", ck_json_known(row->transaction),
	    "received", ck_json_known(row->received),
	    "words", ck_json_known(row->words),
	    "fields", fields_json(&row->notice),
	    "outdated", json_null());
}

/* What each defect means, for whoever writes the hospital software. */
static const char *
detail_of(enum ck_defect_kind kind)
{
	static const char *const details[] = {
		[CK_DEFECT_MISSING] = "is needed",
		[CK_DEFECT_TOO_LONG] = "has more characters than its size",
		[CK_DEFECT_FORM] = "is not of its form",
		[CK_DEFECT_NO_DAY] = "names no such day or time",
		[CK_DEFECT_CODE] = "is not in its catalogue",
		[CK_DEFECT_INSURED] = "is needed for an insured visit",
		[CK_DEFECT_SELF_PAID] = "must be empty with code 9",
		[CK_DEFECT_ORDER] = "is before what it must follow",
		[CK_DEFECT_BIRTH_TIME] = "needs the hour of birth for a "
		    "child of 28 days or younger (midnight: 0001)",
		[CK_DEFECT_REASON] = "is needed with NGAY_VAO_NOI_TRU",
		[CK_DEFECT_FIRST_COST] = "needs a service, a drug or a "
		    "supply: the first cost",
		[CK_DEFECT_NAME] = "is needed with its code",
		[CK_DEFECT_RESERVED] = "must be empty",
		[CK_DEFECT_NO_NOTICE] = "2 is not noticed: an emergency"
	};

	return details[kind];
}

json_t *
ck_defects_json(const struct ck_defect *defects, size_t count)
{
	json_t *errors = json_array();
	char pointer[64];
	size_t i;

	for (i = 0; i < count; i++) {
		const char *name = ck_field_rule(defects[i].field)->name;

		(void)snprintf(pointer, sizeof(pointer), "#/fields/%s", name);
		(void)json_array_append_new(errors, json_pack("{ss ss ss}",
		    "pointer", pointer, "defect",
		    ck_defect_label(defects[i].kind), "detail",
		    detail_of(defects[i].kind)));
	}

	return json_pack("{ss ss si so}", "type", "/problems/invalid-notice",
	    "title", "The notice breaks rules of its table.", "status", 422,
	    "errors", errors);
}
