/*
 * test_report.c - the JSON object of the contract, member by member
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "report.h"

static const struct ck_reading sample = {
	.identity = {
		.number = "084190123456", .full_name = "NGUYỄN THỊ MẪU",
		.date_of_birth = { 1990, 0, 0 }, .sex = 'F',
		.nationality = "Việt Nam", .no_expiry = true
	},
	.mrz = "IDVNM1901234569084190123456<<7"
	    "9003059F3003057VNM<<<<<<<<<<<0"
	    "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<",
	.document_number = "190123456", .issuing_state = "VNM",
	.access = CK_ACCESS_PACE_CAN, .passive = CK_PASSIVE_UNKNOWN_ISSUER,
	.chip_auth = CK_CLONE_ABSENT, .assurance = CK_ASSURANCE_CHIP_READ,
	.apdus = 11, .bytes_in = 2000, .bytes_out = 300, .elapsed_ms = 25
};

/* The whole text; the caller frees it. */
static char *
written(const struct ck_reading *reading, bool json)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(ck_report_write(out, reading, json), CK_OK);
	assert_int_equal(fclose(out), 0);

	return text;
}

static json_t *
json_of(const struct ck_reading *reading)
{
	char *text = written(reading, true);
	json_t *root = json_loads(text, 0, NULL);

	assert_non_null(root);
	free(text);

	return root;
}

static const char *
text_of(const json_t *root, const char *name)
{
	const char *text = json_string_value(json_object_get(root, name));

	assert_non_null(text);

	return text;
}

static void
a_reading_becomes_the_object_of_the_contract(void **state)
{
	json_t *root = json_of(&sample);

	(void)state;
	assert_string_equal(text_of(root, "number"), "084190123456");
	assert_string_equal(text_of(root, "date_of_birth"), "1990");
	assert_string_equal(text_of(root, "sex"), "F");
	assert_string_equal(text_of(root, "access"), "pace-can");
	assert_string_equal(text_of(root, "passive_authentication"),
	    "unknown_issuer");
	assert_string_equal(text_of(root, "chip_authentication"), "absent");
	assert_string_equal(text_of(root, "active_authentication"),
	    "not_performed");
	assert_string_equal(text_of(root, "assurance"), "chip_read");
	assert_true(json_is_true(json_object_get(root, "no_expiry")));
	assert_true(json_is_null(json_object_get(root, "expiry_date")));
	assert_true(json_is_null(json_object_get(root, "residence")));
	assert_int_equal(json_integer_value(json_object_get(root, "apdus")),
	    11);
	assert_string_equal(json_string_value(json_array_get(
	    json_object_get(root, "mrz"), 2)),
	    "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<");
	assert_null(json_object_get(root, "religion"));
	json_decref(root);
}

static void
sensitive_members_are_there_only_if_asked_for(void **state)
{
	struct ck_sensitive sensitive = { .ethnicity = "Kinh" };
	struct ck_reading reading = sample;
	json_t *root;

	(void)state;
	reading.sensitive = &sensitive;
	root = json_of(&reading);
	assert_string_equal(text_of(root, "ethnicity"), "Kinh");
	assert_true(json_is_null(json_object_get(root, "spouse")));
	json_decref(root);
}

static void
an_accepted_signer_names_who_accepted_it(void **state)
{
	struct ck_reading reading = sample;
	json_t *root = json_of(&reading);

	(void)state;
	assert_true(json_is_null(json_object_get(root, "issuer")));
	assert_true(json_is_null(json_object_get(root, "signer_expired")));
	json_decref(root);
	reading.signer = (struct ck_signer){ CK_ISSUER_PINNED, true,
	    "Dr. Test", { 2026, 11, 26 } };
	root = json_of(&reading);
	assert_string_equal(text_of(root, "issuer"), "pinned");
	assert_true(json_is_true(json_object_get(root, "signer_expired")));
	assert_string_equal(text_of(root, "signer_accepted_by"), "Dr. Test");
	assert_string_equal(text_of(root, "signer_accepted_on"), "2026-11-26");
	json_decref(root);
	reading.signer = (struct ck_signer){ .issuer = CK_ISSUER_NO_LIST };
	root = json_of(&reading);
	assert_string_equal(text_of(root, "issuer"), "no_list");
	assert_null(json_object_get(root, "signer_accepted_by"));
	json_decref(root);
}

/* Nobody may take a person from a chip that is not genuine. */
static void
what_is_not_authentic_names_nobody(void **state)
{
	struct ck_sensitive sensitive = { .ethnicity = "Kinh" };
	struct ck_reading reading = sample;
	char *text;

	(void)state;
	reading.passive = CK_PASSIVE_INVALID;
	reading.sensitive = &sensitive;
	text = written(&reading, true);
	assert_non_null(strstr(text, "\"invalid\""));
	assert_non_null(strstr(text, "\"VNM\""));
	assert_null(strstr(text, "0841"));
	assert_null(strstr(text, "190123456"));
	assert_null(strstr(text, "Kinh"));
	free(text);
}

static void
lines_leave_out_what_is_absent(void **state)
{
	char *text = written(&sample, false);

	(void)state;
	assert_non_null(strstr(text, "number: 084190123456\n"));
	assert_non_null(strstr(text, "no_expiry: yes\n"));
	assert_non_null(strstr(text, "apdus: 11\n"));
	assert_null(strstr(text, "residence"));
	free(text);
}

static void
a_full_disk_is_noticed(void **state)
{
	FILE *full = fopen("/dev/full", "we");

	(void)state;
	assert_non_null(full);
	assert_int_equal(ck_report_write(full, &sample, true),
	    CK_ERR_SYSTEM);
	(void)fclose(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reading_becomes_the_object_of_the_contract),
		cmocka_unit_test(an_accepted_signer_names_who_accepted_it),
		cmocka_unit_test(
		    sensitive_members_are_there_only_if_asked_for),
		cmocka_unit_test(what_is_not_authentic_names_nobody),
		cmocka_unit_test(lines_leave_out_what_is_absent),
		cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
