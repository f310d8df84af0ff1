/*
 * request.c - from a CoverageEligibilityRequest to a lookup
 */
#include <stdio.h>
#include <string.h>

#include "ck/printed.h"
#include "ck/text.h"
#include "daemon/config.h"
#include "fhir/fhir.h"
#include "stats/visit_date.h"

static bool
refuse(struct ck_fhir_defect *defect, const char *where, const char *expected)
{
	defect->where = where;
	defect->expected = expected;

	return false;
}

/* The contained resource that member.reference ("#id") names; NULL: none. */
static const json_t *
contained(const json_t *body, const json_t *member)
{
	const char *reference = ck_json_text(member, "reference");
	const json_t *list = json_object_get(body, "contained");
	const json_t *resource;
	size_t i;

	if (reference[0] != '#')
		return NULL;
	json_array_foreach(list, i, resource) {
		if (strcmp(ck_json_text(resource, "id"), reference + 1) == 0)
			return resource;
	}

	return NULL;
}

static bool
has_word(const json_t *list, const char *word)
{
	const json_t *value;
	size_t i;

	json_array_foreach(list, i, value) {
		const char *text = json_string_value(value);

		if (text != NULL && strcmp(text, word) == 0)
			return true;
	}

	return false;
}

/* A value that is none of our numbers is somebody else's: passed over. */
static void
take_number(const char *text, struct ck_lookup_request *request)
{
	struct ck_person_keys *keys = &request->keys;
	/* Only the zone of a foreign document needs to know the day. */
	const struct ck_date today = { 0, 0, 0 };
	struct ck_printed printed;

	if (ck_printed_parse(ck_span_str(text), today, &printed) != CK_OK)
		return;
	if (printed.kind == CK_PRINTED_ID_NUMBER) {
		memcpy(keys->id_number, printed.identity.number,
		    sizeof(keys->id_number));
		memcpy(request->identity.number, keys->id_number,
		    sizeof(request->identity.number));
	} else if (printed.kind == CK_PRINTED_INSURANCE_NUMBER) {
		memcpy(keys->insurance_number, printed.insurance_number,
		    sizeof(keys->insurance_number));
	} else if (printed.kind == CK_PRINTED_CARD_NUMBER) {
		(void)snprintf(keys->card_number, sizeof(keys->card_number),
		    "%s", printed.card_number);
	}
	ck_printed_wipe(&printed);
}

/* identifier of a resource is a list, of a reference one object. */
static void
take_identifiers(const json_t *holder, struct ck_lookup_request *request)
{
	const json_t *identifier = json_object_get(holder, "identifier");
	const json_t *one;
	size_t i;

	take_number(ck_json_text(identifier, "value"), request);
	json_array_foreach(identifier, i, one)
		take_number(ck_json_text(one, "value"), request);
}

/* HumanName.text, or family and given in Vietnamese order. */
static bool
read_name(const json_t *person, char *out, size_t size)
{
	const json_t *name = json_array_get(json_object_get(person, "name"),
	    0);
	const json_t *given = json_object_get(name, "given"), *part;
	char words[CK_NAME_LEN];
	size_t i;
	bool good;
	int len = snprintf(words, sizeof(words), "%s",
	    ck_json_text(name, "text"));

	if (len == 0)
		len = snprintf(words, sizeof(words), "%s",
		    ck_json_text(name, "family"));
	if (ck_json_text(name, "text")[0] == '\0') {
		json_array_foreach(given, i, part) {
			const char *text = json_string_value(part);

			if (text == NULL || len < 0 ||
			    (size_t)len >= sizeof(words))
				return false;
			len += snprintf(words + len, sizeof(words) -
			    (size_t)len, " %s", text);
		}
	}
	good = len > 0 && (size_t)len < sizeof(words) &&
	    ck_text_store(ck_span_str(words), out, size) == CK_OK &&
	    out[0] != '\0';
	explicit_bzero(words, sizeof(words));

	return good;
}

static bool
read_patient(const json_t *body, struct ck_lookup_request *request,
    struct ck_fhir_defect *defect)
{
	const json_t *member = json_object_get(body, "patient");
	const json_t *patient = contained(body, member);
	struct ck_identity *identity = &request->identity;

	if (patient == NULL)
		return refuse(defect, "CoverageEligibilityRequest.patient",
		    "a reference to a Patient that is contained");
	if (!read_name(patient, identity->full_name,
	    sizeof(identity->full_name)))
		return refuse(defect, "Patient.name", "name[0].text, 1 to 399 "
		    "bytes of UTF-8");
	if (ck_date_parse_iso(ck_json_text(patient, "birthDate"),
	    &identity->date_of_birth) != CK_OK)
		return refuse(defect, "Patient.birthDate",
		    "YYYY-MM-DD, YYYY-MM or YYYY");
	take_identifiers(member, request);
	take_identifiers(patient, request);

	return true;
}

static bool
read_coverage(const json_t *body, struct ck_lookup_request *request,
    struct ck_fhir_defect *defect)
{
	const json_t *insurance = json_array_get(json_object_get(body,
	    "insurance"), 0);
	const json_t *member = json_object_get(insurance, "coverage");
	const json_t *coverage = contained(body, member);
	const struct ck_person_keys *keys = &request->keys;

	take_identifiers(member, request);
	take_identifiers(coverage, request);
	take_number(ck_json_text(coverage, "subscriberId"), request);
	if (keys->id_number[0] != '\0' || keys->insurance_number[0] != '\0' ||
	    keys->card_number[0] != '\0')
		return true;

	return refuse(defect, "CoverageEligibilityRequest.insurance[0]."
	    "coverage", "an identifier of Patient or Coverage with 12 digits "
	    "(identity number), 10 digits (insurance number) or 15 characters "
	    "(card number)");
}

/* Who asks, by name; without one the first that is configured. */
static bool
read_enterer(const json_t *body, const struct ck_config *config,
    struct ck_lookup_request *request, struct ck_fhir_defect *defect)
{
	const json_t *member = json_object_get(body, "enterer");
	const json_t *person = contained(body, member);
	char name[CK_NAME_LEN] = "";
	const struct ck_operator *found;

	if (person != NULL)
		(void)read_name(person, name, sizeof(name));
	else
		(void)snprintf(name, sizeof(name), "%s",
		    ck_json_text(member, "display"));
	found = ck_config_operator(config, name);
	if (found == NULL || (member != NULL && name[0] == '\0'))
		return refuse(defect, "CoverageEligibilityRequest.enterer",
		    "the name of a configured operator");
	memcpy(request->operator_name, found->name,
	    sizeof(request->operator_name));

	return true;
}

static bool
read_visit_date(const json_t *body, struct ck_date today,
    struct ck_lookup_request *request, struct ck_fhir_defect *defect)
{
	const char *text = ck_json_text(body, "servicedDate");

	if (text[0] == '\0')
		return true;
	if (ck_date_parse_iso(text, &request->visit_date) == CK_OK &&
	    request->visit_date.day != 0 &&
	    ck_visit_date_possible(request->visit_date, today))
		return true;

	return refuse(defect, "CoverageEligibilityRequest.servicedDate",
	    CK_VISIT_DATE_EXPECTED);
}

static bool
is_question(const json_t *body, struct ck_fhir_defect *defect)
{
	const json_t *purpose = json_object_get(body, "purpose");

	if (strcmp(ck_json_text(body, "resourceType"),
	    "CoverageEligibilityRequest") != 0)
		return refuse(defect, "resourceType",
		    "CoverageEligibilityRequest");
	if (strcmp(ck_json_text(body, "status"), "active") != 0)
		return refuse(defect, "CoverageEligibilityRequest.status",
		    "active");
	if (!has_word(purpose, "validation") && !has_word(purpose, "benefits"))
		return refuse(defect, "CoverageEligibilityRequest.purpose",
		    "validation or benefits");

	return true;
}

bool
ck_fhir_request_read(const json_t *body, const struct ck_config *config,
    struct ck_date today, struct ck_lookup_request *request,
    struct ck_fhir_defect *defect)
{
	memset(request, 0, sizeof(*request));
	request->kind = CK_KIND_INTEGRATION;
	request->captured = CK_CAPTURED_HIS;
	request->assurance = CK_ASSURANCE_TYPED;

	return is_question(body, defect) &&
	    read_patient(body, request, defect) &&
	    read_coverage(body, request, defect) &&
	    read_visit_date(body, today, request, defect) &&
	    read_enterer(body, config, request, defect);
}
