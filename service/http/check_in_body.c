/*
 * check_in_body.c - from JSON to an admission, and to the fields of a notice
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/text.h"
#include "daemon/config.h"
#include "eligibility/operators.h"
#include "http/check_in_body.h"
#include "stats/visit_date.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MINUTES 1440

/* Of age: Civil Code 2015, Art. 20. */
#define ADULT_YEARS 18

/* Asia/Ho_Chi_Minh, all year. */
#define ZONE_MS (INT64_C(7) * 3600 * 1000)

/* The hospital's clock may be ahead of ours; a patient is not. */
#define AHEAD_MS (INT64_C(24) * 60 * MINUTE_MS)

#define ARRIVAL_EXPECTED "YYYY-MM-DDTHH:MM, local time, at most " \
	CK_VISIT_DATE_TEXT(CK_VISIT_BEHIND_DAYS) " days ago and not to come"

/* What a reader of one member works on. */
struct reading {
	const struct ck_config *config;
	struct ck_check_in_body *out;
};

static bool
copy(const char *text, char *out, size_t size)
{
	return text[0] != '\0' &&
	    ck_text_store(ck_span_str(text), out, size) == CK_OK;
}

static bool
read_lookup(const char *text, struct reading *r)
{
	size_t len = strlen(text);

	if (len != CK_LOOKUP_ID_LEN - 1 ||
	    strspn(text, "0123456789abcdef") != len)
		return false;
	memcpy(r->out->lookup_id, text, len + 1);

	return true;
}

static bool
read_without(const char *text, struct reading *r)
{
	return ck_without_parse(text, &r->out->admission.without) &&
	    r->out->admission.without != CK_WITHOUT_NOTHING;
}

static bool
read_operator(const char *text, struct reading *r)
{
	if (text[0] == '\0' || ck_config_operator(r->config, text) == NULL)
		return false;

	return copy(text, r->out->operator_name,
	    sizeof(r->out->operator_name));
}

static bool
read_desk(const char *text, struct reading *r)
{
	size_t len = strlen(text);

	if (len == 0 || len >= CK_DESK_LEN ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return false;
	memcpy(r->out->desk, text, len + 1);

	return true;
}

static bool
read_name(const char *text, struct reading *r)
{
	return copy(text, r->out->admission.full_name,
	    sizeof(r->out->admission.full_name));
}

static bool
read_birth(const char *text, struct reading *r)
{
	return ck_date_parse_iso(text,
	    &r->out->admission.date_of_birth) == CK_OK;
}

/* "HH:MM" to minutes; -1: it is none. */
static int
minutes_of(const char *text)
{
	int hour, minute;

	if (strlen(text) != 5 || text[2] != ':' ||
	    strspn(text, "0123456789") != 2 ||
	    strspn(text + 3, "0123456789") != 2)
		return -1;
	hour = (text[0] - '0') * 10 + text[1] - '0';
	minute = (text[3] - '0') * 10 + text[4] - '0';

	return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

static bool
read_birth_time(const char *text, struct reading *r)
{
	return minutes_of(text) >= 0 && copy(text,
	    r->out->admission.time_of_birth,
	    sizeof(r->out->admission.time_of_birth));
}

static bool
read_sex(const char *text, struct reading *r)
{
	if (strlen(text) != 1 || strchr("MFX", text[0]) == NULL)
		return false;
	r->out->admission.sex = text[0];

	return true;
}

static bool
read_number(const char *text, struct reading *r)
{
	return copy(text, r->out->admission.number,
	    sizeof(r->out->admission.number));
}

static bool
read_card(const char *text, struct reading *r)
{
	return copy(text, r->out->admission.card_number,
	    sizeof(r->out->admission.card_number));
}

static bool
read_category(const char *text, struct reading *r)
{
	return ck_category_known(text) && copy(text,
	    r->out->admission.category, sizeof(r->out->admission.category));
}

static bool
read_visit_type(const char *text, struct reading *r)
{
	return strlen(text) == 2 && copy(text, r->out->admission.visit_type,
	    sizeof(r->out->admission.visit_type));
}

/* Days since 1970; Gregorian. */
static int64_t
days_of(struct ck_date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t month = (date.month + 9) % 12;

	return 365 * year + year / 4 - year / 100 + year / 400 +
	    (month * 306 + 5) / 10 + date.day - 1 - 719468;
}

/* "YYYY-MM-DDTHH:MM" in local time. */
static bool
read_arrival(const char *text, struct reading *r)
{
	char day[CK_DATE_LEN];
	struct ck_date date;
	int minutes;

	if (strlen(text) != 16 || text[10] != 'T')
		return false;
	memcpy(day, text, 10);
	day[10] = '\0';
	minutes = minutes_of(text + 11);
	if (minutes < 0 || ck_date_parse_iso(day, &date) != CK_OK)
		return false;
	r->out->admission.arrived_ms = (days_of(date) * DAY_MINUTES +
	    minutes) * MINUTE_MS - ZONE_MS;

	return true;
}

static const struct {
	const char *name;
	bool (*read)(const char *text, struct reading *r);
	const char *expected;
} texts[] = {
	{ "lookup", read_lookup, "the id of a lookup" },
	{ "without_card", read_without, "newborn, child_number, emergency, "
	    "unconscious or no_card" },
	{ "operator", read_operator, "the name of a configured operator" },
	{ "desk", read_desk, "a short name of a-z, 0-9 and -" },
	{ "full_name", read_name, "the name, 1 to 399 bytes of UTF-8" },
	{ "date_of_birth", read_birth, "YYYY-MM-DD, YYYY-MM or YYYY" },
	{ "time_of_birth", read_birth_time, "HH:MM" },
	{ "sex", read_sex, "M, F or X" },
	{ "number", read_number, "the patient's own number, 1 to 15 "
	    "characters" },
	{ "card_number", read_card, "1 to 15 characters" },
	{ "category", read_category, "a code of QĐ 3276/2025" },
	{ "visit_type", read_visit_type, "two digits" },
	{ "arrived_at", read_arrival, ARRIVAL_EXPECTED }
};

static const struct {
	const char *name;
	unsigned flag;
} flags[] = {
	{ "emergency", CK_ADMITTED_EMERGENCY },
	{ "referred", CK_ADMITTED_REFERRED },
	{ "appointed", CK_ADMITTED_APPOINTED },
	{ "sample_only", CK_ADMITTED_SAMPLE_ONLY },
	{ "self_paid", CK_ADMITTED_SELF_PAID },
	{ "another_visit", CK_ADMITTED_ANOTHER }
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool
refuse(struct ck_body_defect *defect, const char *field, const char *expected)
{
	*defect = (struct ck_body_defect){ field, expected };

	return false;
}

/* A text without NUL inside. */
static const char *
plain_text(const json_t *value)
{
	return json_is_string(value) && strlen(json_string_value(value)) ==
	    json_string_length(value) ? json_string_value(value) : NULL;
}

static bool
read_member(const char *key, const json_t *value, struct reading *r,
    struct ck_body_defect *defect)
{
	size_t i;

	for (i = 0; i < COUNT(flags); i++) {
		if (strcmp(flags[i].name, key) != 0)
			continue;
		if (!json_is_boolean(value))
			return refuse(defect, flags[i].name, "true or false");
		if (json_is_true(value))
			r->out->admission.flags |= flags[i].flag;
		return true;
	}
	for (i = 0; i < COUNT(texts); i++) {
		if (strcmp(texts[i].name, key) != 0)
			continue;
		if (plain_text(value) == NULL ||
		    !texts[i].read(plain_text(value), r))
			return refuse(defect, texts[i].name,
			    texts[i].expected);
		return true;
	}

	return refuse(defect, "", "a member that is not known");
}

/* A desk may leave it to the daemon, which knows who sits there. */
static bool
names_operator(const struct reading *r)
{
	return r->out->operator_name[0] != '\0' || (r->out->desk[0] != '\0' &&
	    ck_config_operator(r->config, "") != NULL);
}

/*
 * Digits 4 to 6 of an identity number tell the year of birth (Decree 137/2015,
 * Art. 7). Where a grown-up's stands in a child's place, a parent's was typed;
 * asked about or reported under it, the child would take the parent's name.
 */
static bool
is_of_a_parent(const struct ck_admission *admission)
{
	unsigned born = ck_number_birth_year(admission->number);
	bool child = admission->without == CK_WITHOUT_NEWBORN ||
	    admission->without == CK_WITHOUT_CHILD;

	return child && born != 0 && born + ADULT_YEARS <=
	    ck_clock_local_date(admission->arrived_ms).year;
}

/* The day stands in the notice, and decides when the record is erased. */
static bool
arrived_in_time(int64_t arrived_ms, int64_t now_ms)
{
	return arrived_ms <= now_ms + AHEAD_MS &&
	    ck_visit_date_possible(ck_clock_local_date(arrived_ms),
	    ck_clock_local_date(now_ms));
}

bool
ck_check_in_body_read(const json_t *body, const struct ck_config *config,
    int64_t now_ms, struct ck_check_in_body *out,
    struct ck_body_defect *defect)
{
	struct reading r = { config, out };
	const char *key;
	json_t *value;

	memset(out, 0, sizeof(*out));
	out->admission.arrived_ms = now_ms;
	/* The macro wants a non-const object, but changes nothing. */
	json_object_foreach((json_t *)(uintptr_t)body, key, value) {
		if (!json_is_null(value) &&
		    !read_member(key, value, &r, defect))
			return false;
	}
	if (!arrived_in_time(out->admission.arrived_ms, now_ms))
		return refuse(defect, "arrived_at", ARRIVAL_EXPECTED);
	if (!names_operator(&r))
		return refuse(defect, "operator",
		    "the name of a configured operator, or a desk");
	if (is_of_a_parent(&out->admission))
		return refuse(defect, "number", "the child's own number, not a "
		    "parent's; leave it out where the child has none yet");
	if ((out->lookup_id[0] == '\0') ==
	    (out->admission.without == CK_WITHOUT_NOTHING))
		return refuse(defect, "lookup", "the id of a lookup, or "
		    "without_card with its reason; one of them");

	return true;
}

bool
ck_notice_body_corrects(const json_t *body, int64_t *out)
{
	const json_t *value = json_object_get(body, "corrects");

	*out = json_integer_value(value);

	return value == NULL || (json_is_integer(value) && *out > 0);
}

bool
ck_notice_body_read(const json_t *body, struct ck_notice *notice,
    struct ck_body_defect *defect)
{
	json_t *fields = json_object_get(body, "fields");
	const char *key;
	json_t *value;

	if (!json_is_object(fields) || json_object_size(body) != 1 +
	    (size_t)(json_object_get(body, "corrects") != NULL))
		return refuse(defect, "fields", "an object of elements of "
		    "XML0 and their texts, and nothing beside it");
	json_object_foreach(fields, key, value) {
		enum ck_notice_field field = ck_field_find(key);

		if (field == CK_FIELDS)
			return refuse(defect, "fields",
			    "elements of XML0 alone, such as MA_BN");
		if (plain_text(value) == NULL || ck_notice_set(notice, field,
		    plain_text(value)) != CK_OK)
			return refuse(defect, ck_field_rule(field)->name,
			    "text without control characters");
	}

	return true;
}
