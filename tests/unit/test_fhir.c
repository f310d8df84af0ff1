/*
 * test_fhir.c - FHIR resources against texts written by hand from the R4
 * pages, not from our own output
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/config.h"
#include "fhir/fhir.h"

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p\"," \
	"\"identifier\":[{\"system\":\"urn:x\",\"value\":\"HS-77\"}," \
	"{\"value\":\"084190123456\"}],\"name\":[{\"text\":\"Nguyễn Văn Mẫu\"}]," \
	"\"birthDate\":\"1994-03\"}"
#define COVERAGE "{\"resourceType\":\"Coverage\",\"id\":\"c\"," \
	"\"subscriberId\":\"0000000001\",\"identifier\":[{\"value\":" \
	"\"GD4840000000001\"}]}"
#define HEAD "{\"resourceType\":\"CoverageEligibilityRequest\"," \
	"\"status\":\"active\",\"purpose\":[\"validation\",\"benefits\"]," \
	"\"created\":\"2026-11-26\",\"insurer\":{\"display\":\"BHXH\"},"
#define QUESTION HEAD "\"contained\":[" PATIENT "," COVERAGE "]," \
	"\"patient\":{\"reference\":\"#p\"},\"servicedDate\":\"2026-11-26\"," \
	"\"enterer\":{\"display\":\"Trần Thị Trực\"}," \
	"\"insurance\":[{\"coverage\":{\"reference\":\"#c\"}}]}"

static const struct ck_date today = { 2026, 11, 26 };

static struct ck_config config;

static bool
read_text(const char *text, struct ck_lookup_request *request,
    struct ck_fhir_defect *defect)
{
	json_t *body = json_loads(text, 0, NULL);
	bool good;

	assert_non_null(body);
	good = ck_fhir_request_read(body, &config, today, request, defect);
	json_decref(body);

	return good;
}

static void
a_request_becomes_a_lookup(void **state)
{
	struct ck_lookup_request request;
	struct ck_fhir_defect defect;

	(void)state;
	assert_true(read_text(QUESTION, &request, &defect));
	assert_int_equal(request.kind, CK_KIND_INTEGRATION);
	assert_int_equal(request.captured, CK_CAPTURED_HIS);
	assert_string_equal(request.identity.full_name, "Nguyễn Văn Mẫu");
	assert_int_equal(request.identity.date_of_birth.year, 1994);
	assert_int_equal(request.identity.date_of_birth.month, 3);
	assert_int_equal(request.identity.date_of_birth.day, 0);
	assert_string_equal(request.keys.id_number, "084190123456");
	assert_string_equal(request.keys.insurance_number, "0000000001");
	assert_string_equal(request.keys.card_number, "GD4840000000001");
	assert_int_equal(request.visit_date.day, 26);
	assert_string_equal(request.operator_name, "Trần Thị Trực");
}

static void
each_defect_is_named_where_it_is(void **state)
{
	static const char *const rows[][2] = {
		{ "{}", "resourceType" },
		{ "{\"resourceType\":\"Patient\"}", "resourceType" },
		{ "{\"resourceType\":\"CoverageEligibilityRequest\","
		    "\"status\":\"draft\"}",
		    "CoverageEligibilityRequest.status" },
		{ "{\"resourceType\":\"CoverageEligibilityRequest\","
		    "\"status\":\"active\",\"purpose\":[\"discovery\",7]}",
		    "CoverageEligibilityRequest.purpose" },
		{ HEAD "\"patient\":{\"reference\":\"Patient/1\"}}",
		    "CoverageEligibilityRequest.patient" },
		{ HEAD "\"contained\":[7,{\"id\":\"p\"}],"
		    "\"patient\":{\"reference\":\"#p\"}}", "Patient.name" },
		{ HEAD "\"contained\":[{\"id\":\"p\",\"name\":[{\"family\":"
		    "\"Lê\",\"given\":[\"Thị\"]}],\"birthDate\":\"5/3/1994\"}],"
		    "\"patient\":{\"reference\":\"#p\"}}",
		    "Patient.birthDate" },
		{ HEAD "\"contained\":[{\"id\":\"p\",\"name\":[{\"text\":"
		    "\"Lê\"}],\"birthDate\":\"1994\"}],"
		    "\"patient\":{\"reference\":\"#p\"}}",
		    "CoverageEligibilityRequest.insurance[0].coverage" },
		{ HEAD "\"contained\":[" PATIENT "],"
		    "\"patient\":{\"reference\":\"#p\"},"
		    "\"servicedDate\":\"2026-11\"}",
		    "CoverageEligibilityRequest.servicedDate" },
		{ HEAD "\"contained\":[" PATIENT "],"
		    "\"patient\":{\"reference\":\"#p\"},"
		    "\"servicedDate\":\"2027-02-27\"}",
		    "CoverageEligibilityRequest.servicedDate" },
		{ HEAD "\"contained\":[" PATIENT "],"
		    "\"patient\":{\"reference\":\"#p\"},"
		    "\"enterer\":{\"display\":\"Nobody\"}}",
		    "CoverageEligibilityRequest.enterer" },
	};
	struct ck_lookup_request request;
	struct ck_fhir_defect defect;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(read_text(rows[i][0], &request, &defect));
		assert_string_equal(defect.where, rows[i][1]);
		assert_true(defect.expected[0] != '\0');
	}
}

static void
fill(struct ck_lookup_record *record)
{
	memset(record, 0, sizeof(*record));
	strcpy(record->id, "0123456789abcdef0123456789abcdef");
	record->opened_ms = INT64_C(1795651200000); /* 2026-11-26T00:00:00Z */
	record->answered_ms = record->opened_ms;
	record->visit_date = (struct ck_date){ 2026, 11, 26 };
	record->counted.outcome = CK_OUTCOME_COVERED;
	record->counted.source = CK_SOURCE_GATEWAY;
	strcpy(record->counted.reason, "000");
	strcpy(record->person.insurance_number, "0000000001");
	strcpy(record->identity.full_name, "Nguyễn Văn Mẫu");
	record->identity.date_of_birth = (struct ck_date){ 1994, 0, 0 };
	record->has_answer = true;
	strcpy(record->answer.code, "000");
	strcpy(record->answer.note, "Thẻ còn giá trị sử dụng!");
	record->answer.sex = 'M';
	record->answer.as_of_ms = record->opened_ms;
	strcpy(record->answer.card.number, "GD4840000000001");
	strcpy(record->answer.card.facility, "84006");
	record->answer.card.valid_from = (struct ck_date){ 2026, 1, 1 };
	record->answer.card.valid_to = (struct ck_date){ 2026, 12, 31 };
}

/* Takes actual. */
static void
expect_json(json_t *actual, const char *wanted_text)
{
	json_t *wanted = json_loads(wanted_text, 0, NULL);

	assert_non_null(wanted);
	assert_non_null(actual);
	if (!json_equal(actual, wanted))
		fail_msg("%s", json_dumps(actual, JSON_INDENT(1)));
	json_decref(wanted);
	json_decref(actual);
}

#define CONTAINED "\"contained\":[{\"resourceType\":\"Patient\"," \
	"\"id\":\"patient\",\"identifier\":[{\"system\":" \
	"\"urn:vn:bhyt:so-bhxh\",\"value\":\"0000000001\"}]," \
	"\"name\":[{\"text\":\"Nguyễn Văn Mẫu\"}],\"gender\":\"male\"," \
	"\"birthDate\":\"1994\"}]"

static void
a_covered_lookup_is_a_complete_response(void **state)
{
	struct ck_lookup_record record;

	(void)state;
	fill(&record);
	expect_json(ck_fhir_response(&record, "vi"),
	    "{\"resourceType\":\"CoverageEligibilityResponse\","
	    "\"id\":\"0123456789abcdef0123456789abcdef\"," CONTAINED ","
	    "\"status\":\"active\",\"purpose\":[\"validation\"],"
	    "\"patient\":{\"reference\":\"#patient\"},"
	    "\"servicedDate\":\"2026-11-26\","
	    "\"created\":\"2026-11-26T00:00:00.000Z\","
	    "\"request\":{\"reference\":\"CoverageEligibilityRequest/"
	    "0123456789abcdef0123456789abcdef\"},\"outcome\":\"complete\","
	    "\"disposition\":\"Thẻ còn giá trị sử dụng!\","
	    "\"insurer\":{\"display\":\"Bảo hiểm xã hội Việt Nam\"},"
	    "\"insurance\":[{\"coverage\":{\"reference\":\"Coverage/"
	    "0123456789abcdef0123456789abcdef\"},\"inforce\":true,"
	    "\"benefitPeriod\":{\"start\":\"2026-01-01\","
	    "\"end\":\"2026-12-31\"},\"item\":[{\"category\":{\"text\":"
	    "\"BHYT\"},\"benefit\":[{\"type\":{\"text\":\"Mức hưởng\"},"
	    "\"allowedString\":\"80%\"}]}]}],\"extension\":["
	    "{\"url\":\"urn:checkin:fhir:reason\",\"valueCode\":\"000\"},"
	    "{\"url\":\"urn:checkin:fhir:source\",\"valueCode\":\"gateway\"},"
	    "{\"url\":\"urn:checkin:fhir:as-of\","
	    "\"valueInstant\":\"2026-11-26T00:00:00.000Z\"},"
	    "{\"url\":\"urn:checkin:fhir:registered-facility\","
	    "\"valueString\":\"84006\"}]}");
	expect_json(ck_fhir_coverage(&record),
	    "{\"resourceType\":\"Coverage\","
	    "\"id\":\"0123456789abcdef0123456789abcdef\"," CONTAINED ","
	    "\"status\":\"active\",\"identifier\":[{\"system\":"
	    "\"urn:vn:bhyt:the\",\"value\":\"GD4840000000001\"}],"
	    "\"subscriberId\":\"0000000001\","
	    "\"beneficiary\":{\"reference\":\"#patient\"},"
	    "\"period\":{\"start\":\"2026-01-01\",\"end\":\"2026-12-31\"},"
	    "\"payor\":[{\"display\":\"Bảo hiểm xã hội Việt Nam\"}],"
	    "\"class\":[{\"type\":{\"coding\":[{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/coverage-class\","
	    "\"code\":\"group\"}]},\"value\":\"GD\"},{\"type\":{\"coding\":"
	    "[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
	    "coverage-class\",\"code\":\"plan\"}]},\"value\":\"4\"}]}");
}

static void
expect_word(json_t *json, const char *name, const char *value)
{
	assert_string_equal(json_string_value(json_object_get(json, name)),
	    value);
}

static void
what_is_not_known_is_not_said(void **state)
{
	struct ck_lookup_record record;
	json_t *json, *insurance;

	(void)state;
	fill(&record);
	record.counted.source = CK_SOURCE_STALE;
	json = ck_fhir_response(&record, "vi");
	expect_word(json, "outcome", "queued");
	json_decref(json);
	record.has_answer = false;
	memset(&record.answer, 0, sizeof(record.answer));
	record.counted.outcome = CK_OUTCOME_UNAVAILABLE;
	record.counted.source = CK_SOURCE_NONE;
	strcpy(record.counted.reason, "line");
	json = ck_fhir_response(&record, "vi");
	expect_word(json, "outcome", "error");
	insurance = json_array_get(json_object_get(json, "insurance"), 0);
	assert_null(json_object_get(insurance, "inforce"));
	assert_null(json_object_get(insurance, "benefitPeriod"));
	expect_word(json_array_get(json_object_get(json_object_get(
	    json_array_get(json_object_get(json, "error"), 0), "code"),
	    "coding"), 0), "code", "line");
	json_decref(json);
	json = ck_fhir_coverage(&record);
	expect_word(json, "status", "draft");
	assert_null(json_object_get(json, "period"));
	assert_null(json_object_get(json, "class"));
	json_decref(json);
	record.counted.outcome = CK_OUTCOME_MISMATCH;
	json = ck_fhir_response(&record, "vi");
	expect_word(json, "outcome", "complete");
	insurance = json_array_get(json_object_get(json, "insurance"), 0);
	assert_null(json_object_get(insurance, "inforce"));
	json_decref(json);
}

static void
the_server_says_what_it_can_do(void **state)
{
	json_t *json = ck_fhir_capability();

	(void)state;
	expect_word(json, "resourceType", "CapabilityStatement");
	expect_word(json, "fhirVersion", "4.0.1");
	assert_int_equal(json_array_size(json_object_get(json_array_get(
	    json_object_get(json, "rest"), 0), "resource")), 3);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_becomes_a_lookup),
		cmocka_unit_test(each_defect_is_named_where_it_is),
		cmocka_unit_test(a_covered_lookup_is_a_complete_response),
		cmocka_unit_test(what_is_not_known_is_not_said),
		cmocka_unit_test(the_server_says_what_it_can_do),
	};

	strcpy(config.operators[0].name, "Trần Thị Trực");
	strcpy(config.operators[0].number, "084180000002");
	config.operator_count = 1;

	return cmocka_run_group_tests_name("fhir", tests, NULL, NULL);
}
