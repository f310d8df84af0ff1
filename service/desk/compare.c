/*
 * compare.c - the chip against the print, as the desk's view tells it
 */
#include <string.h>

#include "desk/compare.h"
#include "io/json.h"

json_t *
ck_print_view(const struct ck_patient *patient)
{
	if (!patient->has_print)
		return json_null();

	return json_pack("{s:s, s:s}",
	    "kind", ck_printed_kind_label(patient->print.kind),
	    "damage", ck_damage_label(patient->print.damage));
}

static json_t *
date(struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);

	return ck_json_known(iso);
}

static const char *
name_word(const struct ck_patient *patient)
{
	if (patient->print.identity.full_name[0] == '\0')
		return "unknown";
	switch (patient->name_match) {
	case CK_NAME_SAME:
		return "same";
	case CK_NAME_WITHOUT_TONES:
		return "without_tones";
	case CK_NAME_ABBREVIATED:
		return "abbreviated";
	case CK_NAME_DIFFERENT:
	default:
		return "different";
	}
}

static const char *
field_word(const struct ck_patient *patient, unsigned bit, bool on_print)
{
	if (!on_print)
		return "unknown";

	return (patient->differs & bit) != 0 ? "different" : "same";
}

json_t *
ck_comparison_view(const struct ck_patient *patient)
{
	const struct ck_identity *print = &patient->print.identity;

	if (!patient->has_chip || !patient->has_print)
		return json_null();

	return json_pack("{s:s, s:s, s:s}",
	    "number", field_word(patient, CK_DIFFERS_NUMBER,
	    print->number[0] != '\0'),
	    "full_name", name_word(patient),
	    "date_of_birth", field_word(patient, CK_DIFFERS_BIRTH,
	    !ck_date_absent(print->date_of_birth)));
}

static const char *const differs = "chip_differs_from_print";

/* Which of the two lacks the marks; neither: they have different ones. */
static const char *
tones_kind(const struct ck_patient *patient)
{
	bool print_plain = ck_name_is_plain(patient->print.identity.full_name);
	bool chip_plain = ck_name_is_plain(patient->chip.full_name);

	if (!ck_printed_name_good(&patient->print) ||
	    (print_plain && !chip_plain))
		return "print_without_tones";

	return chip_plain && !print_plain ? "chip_without_tones" :
	    "tones_differ";
}

static const char *
name_kind(const struct ck_patient *patient)
{
	bool print_longer = strlen(patient->print.identity.full_name) >
	    strlen(patient->chip.full_name);

	switch (patient->name_match) {
	case CK_NAME_WITHOUT_TONES:
		return tones_kind(patient);
	case CK_NAME_ABBREVIATED:
		return print_longer ? "chip_abbreviated" :
		    "print_abbreviated";
	case CK_NAME_DIFFERENT:
	case CK_NAME_SAME:
	default:
		return differs;
	}
}

static void
add(json_t *list, const char *field, const char *kind, json_t *chip,
    json_t *print)
{
	(void)json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}",
	    "field", field, "kind", kind, "chip", chip, "print", print));
}

static void
add_differences(json_t *list, const struct ck_patient *patient)
{
	const struct ck_identity *chip = &patient->chip;
	const struct ck_identity *print = &patient->print.identity;

	if ((patient->differs & CK_DIFFERS_NUMBER) != 0)
		add(list, "number", differs, ck_json_known(chip->number),
		    ck_json_known(print->number));
	if ((patient->differs & CK_DIFFERS_NAME) != 0)
		add(list, "full_name", name_kind(patient),
		    ck_json_known(chip->full_name),
		    ck_json_known(print->full_name));
	if ((patient->differs & CK_DIFFERS_BIRTH) != 0)
		add(list, "date_of_birth", differs,
		    date(chip->date_of_birth), date(print->date_of_birth));
}

json_t *
ck_warnings_view(const struct ck_patient *patient)
{
	unsigned doubts = ck_printed_doubts(ck_patient_identity(patient));
	json_t *list = json_array();

	add_differences(list, patient);
	if ((doubts & CK_DOUBT_BIRTH) != 0)
		add(list, "date_of_birth", "number_says_otherwise",
		    json_null(), json_null());
	if ((doubts & CK_DOUBT_SEX) != 0)
		add(list, "sex", "number_says_otherwise", json_null(),
		    json_null());

	return list;
}
