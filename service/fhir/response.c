/*
 * response.c - from a lookup to FHIR resources
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "daemon/version.h"
#include "eligibility/decide.h"
#include "eligibility/message.h"
#include "fhir/fhir.h"

#define INSURER "Bảo hiểm xã hội Việt Nam"

/* Ours, until the country publishes its own. */
#define SYSTEM_ID "urn:vn:cccd"
#define SYSTEM_INSURANCE "urn:vn:bhyt:so-bhxh"
#define SYSTEM_CARD "urn:vn:bhyt:the"
#define SYSTEM_CODE "urn:vn:bhyt:ma-ket-qua"
#define EXTENSION "urn:checkin:fhir:"

/* --- Parts ---------------------------------------------------------------- */

static void
put_text(json_t *out, const char *name, const char *text)
{
	if (text[0] != '\0')
		(void)json_object_set_new(out, name, json_string(text));
}

static void
put_date(json_t *out, const char *name, struct ck_date date)
{
	char text[CK_DATE_LEN];

	ck_date_iso(date, text);
	put_text(out, name, text);
	explicit_bzero(text, sizeof(text));
}

static void
add_identifier(json_t *list, const char *system, const char *value)
{
	if (value[0] != '\0')
		(void)json_array_append_new(list, json_pack("{s:s, s:s}",
		    "system", system, "value", value));
}

static void
add_extension(json_t *list, const char *name, const char *type,
    const char *value)
{
	char url[64];

	if (value[0] == '\0')
		return;
	(void)snprintf(url, sizeof(url), EXTENSION "%s", name);
	(void)json_array_append_new(list, json_pack("{s:s, s:s}", "url", url,
	    type, value));
}

/* FHIR has no empty lists. Takes the reference. */
static void
put_list(json_t *out, const char *name, json_t *list)
{
	if (json_array_size(list) > 0)
		(void)json_object_set_new(out, name, list);
	else
		json_decref(list);
}

static json_t *
period_of(const struct ck_insurance_card *card)
{
	json_t *period = json_object();

	put_date(period, "start", card->valid_from);
	put_date(period, "end", card->valid_to);
	if (json_object_size(period) > 0)
		return period;
	json_decref(period);

	return NULL;
}

static const char *
gender_word(char sex)
{
	if (sex == 'M')
		return "male";

	return sex == 'F' ? "female" : "";
}

static json_t *
patient_of(const struct ck_lookup_record *record)
{
	json_t *patient = json_pack("{s:s, s:s, s:[{s:s}]}", "resourceType",
	    "Patient", "id", "patient", "name", "text",
	    record->identity.full_name);
	json_t *identifiers = json_array();

	add_identifier(identifiers, SYSTEM_ID, record->person.id_number);
	add_identifier(identifiers, SYSTEM_INSURANCE,
	    record->person.insurance_number);
	put_list(patient, "identifier", identifiers);
	put_text(patient, "gender", gender_word(record->has_answer ?
	    record->answer.sex : record->identity.sex));
	put_date(patient, "birthDate", record->identity.date_of_birth);

	return patient;
}

/* The card that covers the visit, else the one that was named. */
static const struct ck_insurance_card *
card_of(const struct ck_lookup_record *record)
{
	const struct ck_insurance_card *card = ck_card_of_visit(
	    &record->answer, record->visit_date);

	return card != NULL ? card : &record->answer.card;
}

/* What the fund pays by the card's level (QĐ 1351/QĐ-BHXH). "": not known. */
static const char *
share_of(const char *card_number)
{
	static const char *const shares[] = {
		"", "100%", "100%", "95%", "80%", "100%"
	};

	return shares[ck_card_level(card_number)];
}

/* --- Coverage ------------------------------------------------------------- */

static json_t *
class_of(const char *type, const char *value, size_t len)
{
	return json_pack("{s:{s:[{s:s, s:s}]}, s:s#}", "type", "coding",
	    "system", "http://terminology.hl7.org/CodeSystem/coverage-class",
	    "code", type, "value", value, (int)len);
}

json_t *
ck_fhir_coverage(const struct ck_lookup_record *record)
{
	const struct ck_insurance_card *card = card_of(record);
	const char *number = card->number[0] != '\0' ? card->number :
	    record->person.card_number;
	json_t *coverage = json_pack("{s:s, s:s, s:s, s:[o], s:{s:s}, "
	    "s:[{s:s}]}", "resourceType", "Coverage", "id", record->id,
	    "status", record->has_answer ? "active" : "draft",
	    "contained", patient_of(record),
	    "beneficiary", "reference", "#patient",
	    "payor", "display", INSURER);
	json_t *identifiers = json_array(), *classes = json_array();
	json_t *period = record->has_answer ? period_of(card) : NULL;

	add_identifier(identifiers, SYSTEM_CARD, number);
	put_list(coverage, "identifier", identifiers);
	put_text(coverage, "subscriberId", record->person.insurance_number);
	if (period != NULL)
		(void)json_object_set_new(coverage, "period", period);
	if (strlen(number) >= 3) {
		(void)json_array_append_new(classes, class_of("group",
		    number, 2));
		(void)json_array_append_new(classes, class_of("plan",
		    number + 2, 1));
	}
	put_list(coverage, "class", classes);

	return coverage;
}

/* --- CoverageEligibilityResponse ------------------------------------------ */

/* A kept answer has not been verified yet, and will be. */
static const char *
outcome_word(const struct ck_counted *counted)
{
	if (counted->outcome == CK_OUTCOME_NONE ||
	    counted->source == CK_SOURCE_STALE)
		return "queued";

	return counted->outcome == CK_OUTCOME_UNAVAILABLE ? "error" :
	    "complete";
}

static json_t *
insurance_of(const struct ck_lookup_record *record)
{
	const struct ck_insurance_card *card = card_of(record);
	enum ck_outcome outcome = record->counted.outcome;
	char reference[64];
	json_t *out, *period = NULL;

	(void)snprintf(reference, sizeof(reference), "Coverage/%s",
	    record->id);
	out = json_pack("{s:{s:s}}", "coverage", "reference", reference);
	if (outcome == CK_OUTCOME_COVERED || outcome == CK_OUTCOME_NOT_COVERED)
		(void)json_object_set_new(out, "inforce",
		    json_boolean(outcome == CK_OUTCOME_COVERED));
	if (record->has_answer)
		period = period_of(card);
	if (period != NULL)
		(void)json_object_set_new(out, "benefitPeriod", period);
	if (outcome == CK_OUTCOME_COVERED && share_of(card->number)[0] != '\0')
		(void)json_object_set_new(out, "item", json_pack(
		    "[{s:{s:s}, s:[{s:{s:s}, s:s}]}]", "category", "text",
		    "BHYT", "benefit", "type", "text", "Mức hưởng",
		    "allowedString", share_of(card->number)));

	return out;
}

static void
put_extensions(json_t *out, const struct ck_lookup_record *record)
{
	const struct ck_answer *answer = &record->answer;
	const struct ck_insurance_card *card = card_of(record);
	char as_of[CK_INSTANT_LEN] = "", five_years[CK_DATE_LEN];
	json_t *list = json_array();

	if (record->has_answer && answer->as_of_ms != 0)
		ck_clock_instant(answer->as_of_ms, as_of);
	ck_date_iso(answer->five_years, five_years);
	add_extension(list, "reason", "valueCode", record->counted.reason);
	add_extension(list, "source", "valueCode",
	    ck_source_label(record->counted.source));
	add_extension(list, "as-of", "valueInstant", as_of);
	add_extension(list, "registered-facility", "valueString",
	    card->facility);
	add_extension(list, "living-area", "valueString", answer->area);
	add_extension(list, "five-years", "valueDate", five_years);
	put_list(out, "extension", list);
}

static const char *
disposition_of(const struct ck_lookup_record *record, const char *language)
{
	if (record->has_answer && record->counted.source ==
	    CK_SOURCE_GATEWAY && record->answer.note[0] != '\0')
		return record->answer.note;

	return ck_message(&record->counted, language);
}

static void
put_error(json_t *out, const struct ck_counted *counted, const char *language)
{
	if (counted->outcome != CK_OUTCOME_UNAVAILABLE)
		return;
	(void)json_object_set_new(out, "error", json_pack(
	    "[{s:{s:[{s:s, s:s}], s:s}}]", "code", "coding",
	    "system", SYSTEM_CODE, "code", counted->reason,
	    "text", ck_next_step(counted, language)));
}

json_t *
ck_fhir_response(const struct ck_lookup_record *record, const char *language)
{
	char created[CK_INSTANT_LEN], request[80];
	json_t *out;

	ck_clock_instant(record->answered_ms != 0 ? record->answered_ms :
	    record->opened_ms, created);
	(void)snprintf(request, sizeof(request),
	    "CoverageEligibilityRequest/%s", record->id);
	out = json_pack("{s:s, s:s, s:[o], s:s, s:[s], s:{s:s}, s:s, s:{s:s},"
	    " s:{s:s}, s:s}", "resourceType", "CoverageEligibilityResponse",
	    "id", record->id, "contained", patient_of(record),
	    "status", "active", "purpose", "validation",
	    "patient", "reference", "#patient", "created", created,
	    "insurer", "display", INSURER, "request", "reference", request,
	    "outcome", outcome_word(&record->counted));
	if (out == NULL)
		return NULL;
	put_date(out, "servicedDate", record->visit_date);
	put_text(out, "disposition", disposition_of(record, language));
	(void)json_object_set_new(out, "insurance", json_pack("[o]",
	    insurance_of(record)));
	put_error(out, &record->counted, language);
	put_extensions(out, record);

	return out;
}

/* --- The server itself ---------------------------------------------------- */

json_t *
ck_fhir_capability(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s}, s:s, "
	    "s:[s, s], s:[{s:s, s:["
	    "{s:s, s:[{s:s}]}, {s:s, s:[{s:s}]}, {s:s, s:[{s:s}]}]}]}",
	    "resourceType", "CapabilityStatement", "status", "active",
	    "date", "2026-11-26", "kind", "instance",
	    "software", "name", "checkind", "version", CK_VERSION,
	    "implementation", "description",
	    "BHYT eligibility at one clinic", "fhirVersion", "4.0.1",
	    "format", "json", "application/fhir+json",
	    "rest", "mode", "server", "resource",
	    "type", "CoverageEligibilityRequest", "interaction", "code",
	    "create",
	    "type", "CoverageEligibilityResponse", "interaction", "code",
	    "read", "type", "Coverage", "interaction", "code", "read");
}

json_t *
ck_fhir_outcome(const char *code, const char *where, const char *words)
{
	return json_pack("{s:s, s:[{s:s, s:s, s:s, s:[s]}]}", "resourceType",
	    "OperationOutcome", "issue", "severity", "error", "code", code,
	    "diagnostics", words, "expression", where);
}
