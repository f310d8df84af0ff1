/*
 * admission.c - the draft of a notice
 */
#include <stdio.h>
#include <string.h>

#include "checkin/admission.h"
#include "ck/clock.h"
#include "ck/name.h"
#include "eligibility/decide.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MINUTES 60

void
ck_admission_minute(int64_t wall_ms, char out[13])
{
	struct ck_date day = ck_clock_local_date(wall_ms);

	(void)snprintf(out, 13, "%04u%02u%02u%02u%02u",
	    day.year % 10000u, day.month % 100u, day.day % 100u,
	    ck_clock_local_hour(wall_ms) % 24u,
	    (unsigned)(wall_ms / MINUTE_MS % HOUR_MINUTES) % 60u);
}

static enum ck_err
put_day(struct ck_notice *draft, enum ck_notice_field field,
    struct ck_date day)
{
	char text[16];

	if (day.day == 0)
		return CK_OK;
	(void)snprintf(text, sizeof(text), "%04u%02u%02u", day.year % 10000u,
	    day.month % 100u, day.day % 100u);

	return ck_notice_set(draft, field, text);
}

/* A month without its day has no form of its own there: the year alone. */
static enum ck_err
put_birth(struct ck_notice *draft, struct ck_date birth, const char *time)
{
	char text[32];

	if (birth.year == 0)
		return CK_OK;
	if (birth.day == 0)
		birth.month = 0;
	(void)snprintf(text, sizeof(text), "%04u%02u%02u%.2s%.2s", birth.year,
	    birth.month, birth.day, time[0] != '\0' ? time : "00",
	    time[0] != '\0' ? time + 3 : "00");

	return ck_notice_set(draft, CK_FIELD_NGAY_SINH, text);
}

static enum ck_err
put_sex(struct ck_notice *draft, char sex)
{
	const char *code = sex == 'M' ? "1" : sex == 'F' ? "2" :
	    sex == 'X' ? "3" : "";

	return ck_notice_set(draft, CK_FIELD_GIOI_TINH, code);
}

/* The insurer's words for the person come first: "as on card". */
static enum ck_err
put_person(struct ck_notice *draft, const struct ck_lookup_record *lookup)
{
	const struct ck_identity *identity = &lookup->identity;
	const struct ck_answer *answer = &lookup->answer;
	bool told = lookup->has_answer && answer->full_name[0] != '\0';
	const char *number = identity->number[0] != '\0' ?
	    identity->number : lookup->person.id_number;
	enum ck_err err;

	if ((err = ck_notice_set(draft, CK_FIELD_HO_TEN, told ?
	    answer->full_name : identity->full_name)) != CK_OK ||
	    (err = ck_notice_set(draft, CK_FIELD_SO_CCCD,
	    number[0] != '\0' ? number : identity->old_number)) != CK_OK ||
	    (err = put_birth(draft, identity->date_of_birth.year != 0 ?
	    identity->date_of_birth : answer->date_of_birth, "")) != CK_OK)
		return err;

	return put_sex(draft, identity->sex != 0 ? identity->sex :
	    answer->sex);
}

/* XML0 holds a card's 15 characters; the gateway knows cards of 17, too, whose
 * first 15 are that number (CV 2746/BHXH-CNTT). */
#define CARD_LEN 15

static enum ck_err
put_card(struct ck_notice *draft, const struct ck_insurance_card *card)
{
	char number[CARD_LEN + 1];
	enum ck_err err;

	(void)snprintf(number, sizeof(number), "%.*s", CARD_LEN,
	    card->number);
	if ((err = ck_notice_set(draft, CK_FIELD_MA_THE_BHYT,
	    number)) != CK_OK ||
	    (err = ck_notice_set(draft, CK_FIELD_MA_DKBD,
	    card->facility)) != CK_OK ||
	    (err = put_day(draft, CK_FIELD_GT_THE_TU,
	    card->valid_from)) != CK_OK)
		return err;

	return put_day(draft, CK_FIELD_GT_THE_DEN, card->valid_to);
}

static enum ck_err
put_lookup(struct ck_check_in *check_in,
    const struct ck_lookup_record *lookup)
{
	const struct ck_insurance_card *card = NULL;
	enum ck_err err;

	if ((err = put_person(&check_in->draft, lookup)) != CK_OK)
		return err;
	if (lookup->counted.outcome == CK_OUTCOME_COVERED &&
	    lookup->has_answer)
		card = ck_card_of_visit(&lookup->answer, lookup->visit_date);
	if (lookup->counted.outcome != CK_OUTCOME_COVERED)
		check_in->flags |= CK_ADMITTED_UNINSURED;

	return card == NULL ? CK_OK : put_card(&check_in->draft, card);
}

/* QĐ 4750: province and 000, valid from arrival. */
static enum ck_err
put_temporary(struct ck_notice *draft, const char *facility,
    int64_t arrived_ms)
{
	char place[6];
	enum ck_err err;

	(void)snprintf(place, sizeof(place), "%.2s000", facility);
	if ((err = ck_notice_set(draft, CK_FIELD_MA_DKBD, place)) != CK_OK)
		return err;

	return put_day(draft, CK_FIELD_GT_THE_TU,
	    ck_clock_local_date(arrived_ms));
}

static enum ck_err
put_without(struct ck_check_in *check_in, const char *facility)
{
	if (check_in->without == CK_WITHOUT_NEWBORN ||
	    check_in->without == CK_WITHOUT_CHILD)
		return put_temporary(&check_in->draft, facility,
		    check_in->admitted_ms);
	check_in->flags |= CK_ADMITTED_UNINSURED;

	return CK_OK;
}

/* What was said replaces what was found. */
static enum ck_err
put_said(struct ck_notice *draft, const struct ck_admission *said)
{
	const struct {
		enum ck_notice_field field;
		const char *text;
	} rows[] = {
		{ CK_FIELD_HO_TEN, said->full_name },
		{ CK_FIELD_SO_CCCD, said->number },
		{ CK_FIELD_MA_THE_BHYT, said->card_number },
		{ CK_FIELD_MA_DOITUONG_KCB, said->category },
		{ CK_FIELD_MA_LOAI_KCB, said->visit_type }
	};
	enum ck_err err;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].text[0] != '\0' && (err = ck_notice_set(draft,
		    rows[i].field, rows[i].text)) != CK_OK)
			return err;
	}
	if (said->sex != 0 && (err = put_sex(draft, said->sex)) != CK_OK)
		return err;

	return put_birth(draft, said->date_of_birth, said->time_of_birth);
}

enum ck_err
ck_admission_fill(const struct ck_admission *admission,
    const struct ck_lookup_record *lookup, const char *facility,
    struct ck_check_in *check_in)
{
	struct ck_notice *draft = &check_in->draft;
	char arrival[13];
	enum ck_err err;

	check_in->without = admission->without;
	check_in->flags = admission->flags;
	check_in->admitted_ms = admission->arrived_ms;
	if (admission->without == CK_WITHOUT_EMERGENCY ||
	    admission->without == CK_WITHOUT_UNCONSCIOUS)
		check_in->flags |= CK_ADMITTED_EMERGENCY;
	ck_admission_minute(admission->arrived_ms, arrival);
	if ((err = ck_notice_set(draft, CK_FIELD_STT, "1")) != CK_OK ||
	    (err = ck_notice_set(draft, CK_FIELD_NGAY_VAO,
	    arrival)) != CK_OK ||
	    (err = ck_notice_set(draft, CK_FIELD_MA_CSKCB,
	    facility)) != CK_OK ||
	    (err = ck_notice_set(draft, CK_FIELD_MA_LOAI_KCB, "01")) != CK_OK)
		return err;
	err = lookup != NULL ? put_lookup(check_in, lookup) :
	    put_without(check_in, facility);

	return err == CK_OK ? put_said(draft, admission) : err;
}

/* --- A later answer ---------------------------------------------------------- */

static const enum ck_notice_field person_fields[] = {
	CK_FIELD_HO_TEN, CK_FIELD_SO_CCCD, CK_FIELD_NGAY_SINH,
	CK_FIELD_GIOI_TINH
};

static const enum ck_notice_field card_fields[] = {
	CK_FIELD_MA_THE_BHYT, CK_FIELD_MA_DKBD, CK_FIELD_GT_THE_TU,
	CK_FIELD_GT_THE_DEN
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool
is_same(const struct ck_notice *a, const struct ck_notice *b,
    enum ck_notice_field field)
{
	const char *one = ck_notice_get(a, field);
	const char *two = ck_notice_get(b, field);

	return strcmp(one, two) == 0 || (field == CK_FIELD_HO_TEN &&
	    ck_name_compare(one, two) == CK_NAME_SAME);
}

static bool
is_same_card(const struct ck_notice *a, const struct ck_notice *b)
{
	size_t i;

	for (i = 0; i < COUNT(card_fields); i++) {
		if (!is_same(a, b, card_fields[i]))
			return false;
	}

	return true;
}

static enum ck_err
renew_field(const struct ck_notice *from, enum ck_notice_field field,
    struct ck_notice *notice, struct ck_admission_change *change)
{
	if (is_same(from, notice, field))
		return CK_OK;
	change->fields |= 1u << field;

	return ck_notice_set(notice, field, ck_notice_get(from, field));
}

/* A yes of another ministry may name no card: that is no news of one. */
static bool
says_no_card(const struct ck_check_in *after)
{
	return (after->flags & CK_ADMITTED_UNINSURED) == 0 &&
	    ck_notice_get(&after->draft, CK_FIELD_MA_THE_BHYT)[0] == '\0';
}

static enum ck_err
renew_from(const struct ck_check_in *before, const struct ck_check_in *after,
    struct ck_notice *notice, struct ck_admission_change *change)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < COUNT(person_fields) && err == CK_OK; i++) {
		enum ck_notice_field field = person_fields[i];

		if (is_same(&before->draft, notice, field) &&
		    ck_notice_get(&after->draft, field)[0] != '\0')
			err = renew_field(&after->draft, field, notice,
			    change);
	}
	if (err != CK_OK || !is_same_card(&before->draft, notice) ||
	    is_same_card(&after->draft, notice) || says_no_card(after))
		return err;
	change->card = true;
	change->uninsured = (after->flags & CK_ADMITTED_UNINSURED) != 0;
	for (i = 0; i < COUNT(card_fields) && err == CK_OK; i++)
		err = renew_field(&after->draft, card_fields[i], notice,
		    change);

	return err;
}

enum ck_err
ck_admission_renew(const struct ck_lookup_record *before,
    const struct ck_lookup_record *after, struct ck_notice *notice,
    struct ck_admission_change *out)
{
	struct ck_check_in old = { 0 }, new = { 0 };
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if ((err = put_lookup(&old, before)) == CK_OK &&
	    (err = put_lookup(&new, after)) == CK_OK)
		err = renew_from(&old, &new, notice, out);
	ck_check_in_wipe(&old);
	ck_check_in_wipe(&new);

	return err;
}

/* --- The category ------------------------------------------------------------ */

/* Whoever may not be insured at all may pay himself: 9 is asked beside. */
static void
add_self_paid(struct ck_category_answer *out)
{
	if (out->proposed != NULL) {
		out->ask[out->ask_count++] = out->proposed;
		out->proposed = NULL;
	}
	out->ask[out->ask_count++] = ck_category_find("9")->code;
}

void
ck_admission_category(const struct ck_check_in *check_in,
    enum ck_level level, bool ward, struct ck_category_answer *out)
{
	const unsigned flags = check_in->flags;
	const struct ck_category_facts facts = {
		.level = level,
		.facility = ck_notice_get(&check_in->draft,
		    CK_FIELD_MA_CSKCB),
		.registered = ck_notice_get(&check_in->draft,
		    CK_FIELD_MA_DKBD),
		.self_paid = (flags & CK_ADMITTED_SELF_PAID) != 0,
		.emergency = (flags & CK_ADMITTED_EMERGENCY) != 0,
		.referred = (flags & CK_ADMITTED_REFERRED) != 0,
		.appointed = (flags & CK_ADMITTED_APPOINTED) != 0,
		.newborn = check_in->without == CK_WITHOUT_NEWBORN,
		.ward = ward
	};

	ck_category_propose(&facts, out);
	if ((flags & CK_ADMITTED_UNINSURED) != 0 && !facts.self_paid)
		add_self_paid(out);
}
