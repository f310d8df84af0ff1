/*
 * test_patient.c - who stands here: prints and chips that do or do not belong
 * together
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "desk/patient.h"

/* Only the zones of other countries depend on it. */
#define TODAY ((struct ck_date){ 2026, 11, 26 })

static struct ck_printed
scanned(const char *text)
{
	struct ck_printed print;

	assert_int_equal(ck_printed_parse(ck_span_str(text), TODAY, &print),
	    CK_OK);

	return print;
}

static enum ck_relation
relation(const struct ck_patient *patient, const char *text)
{
	struct ck_printed print = scanned(text);

	return ck_patient_relation(patient, &print);
}

static void
take(struct ck_patient *patient, const char *text)
{
	struct ck_printed print = scanned(text);

	ck_patient_take_print(patient, &print);
}

#define QR_AN "084090000001|331234567|Nguyễn Văn An|01011990|Nam|Ấp Mẫu|15042021"
#define QR_BINH "084191000002||Thạch Thị Bình|02021991|Nữ|Ấp Mẫu|15042021"
/* "Nguyễn Văn An", born 01/01/1990, hex UTF-8 */
#define PAPER_AN "HS4840123456789|4e677579e1bb856e2056c4836e20416e|01/01/1990|" \
	"1|5472c3a02056696e68|84 - 001|01/01/2020|-|02/01/2020|" \
	"84010123456789|-|4|01/01/2025|0123456789abcdef-8401|$"
/* The same card with the name "Lê Văn B" */
#define PAPER_OTHER "HS4840123456789|4cc3aa2056c4836e2042|01/01/1990|" \
	"1|5472c3a02056696e68|84 - 001|01/01/2020|-|02/01/2020|" \
	"84010123456789|-|4|01/01/2025|0123456789abcdef-8401|$"

static void
a_code_begins_a_patient_and_another_code_the_next(void **state)
{
	struct ck_patient patient = { 0 };

	(void)state;
	assert_int_equal(relation(&patient, QR_AN), CK_RELATION_NEW);
	take(&patient, QR_AN);
	assert_true(ck_patient_can_ask(&patient));
	assert_int_equal(patient.presented, CK_PRESENTED_CCCD);
	assert_int_equal(patient.captured, CK_CAPTURED_QR);
	assert_string_equal(patient.keys.old_number, "331234567");
	assert_int_equal(relation(&patient, QR_AN), CK_RELATION_SAME);
	assert_int_equal(relation(&patient, QR_BINH), CK_RELATION_NEW);
	ck_patient_wipe(&patient);
	assert_false(patient.present);
}

static void
a_paper_card_of_the_same_person_adds_its_number(void **state)
{
	struct ck_patient patient = { 0 };

	(void)state;
	take(&patient, QR_AN);
	assert_int_equal(relation(&patient, PAPER_AN), CK_RELATION_MORE);
	assert_int_equal(relation(&patient, PAPER_OTHER), CK_RELATION_NEW);
	take(&patient, PAPER_AN);
	assert_string_equal(patient.keys.card_number, "HS4840123456789");
	assert_string_equal(patient.keys.id_number, "084090000001");
	/* what was shown first stays what was shown */
	assert_int_equal(patient.presented, CK_PRESENTED_CCCD);
	assert_int_equal(relation(&patient, PAPER_AN), CK_RELATION_SAME);
}

static void
six_digits_belong_to_the_number_they_end(void **state)
{
	struct ck_patient patient = { 0 };

	(void)state;
	take(&patient, "000001");
	assert_false(ck_patient_can_ask(&patient));
	/* typed wrong, typed again: the same card */
	assert_int_equal(relation(&patient, "000009"), CK_RELATION_MORE);
	take(&patient, "000001");
	assert_int_equal(relation(&patient, QR_AN), CK_RELATION_MORE);
	take(&patient, QR_AN);
	assert_true(ck_patient_can_ask(&patient));
	assert_int_equal(relation(&patient, "000001"), CK_RELATION_SAME);
	assert_int_equal(relation(&patient, "000002"), CK_RELATION_NEW);
}

static struct ck_identity
chip_of(const char *number, const char *name, struct ck_date birth)
{
	struct ck_identity chip = { .date_of_birth = birth, .sex = 'M' };

	(void)snprintf(chip.number, sizeof(chip.number), "%s", number);
	(void)snprintf(chip.full_name, sizeof(chip.full_name), "%s", name);

	return chip;
}

static void
the_chip_confirms_or_names_what_differs(void **state)
{
	static const struct {
		const char *number, *name;
		struct ck_date birth;
		unsigned differs;
		enum ck_name_match match;
	} rows[] = {
		{ "084090000001", "NGUYỄN VĂN AN", { 1990, 1, 1 }, 0,
		    CK_NAME_SAME },
		{ "084090000001", "NGUYỄN VĂN ÁN", { 1990, 1, 1 },
		    CK_DIFFERS_NAME, CK_NAME_WITHOUT_TONES },
		{ "084090000001", "NGUYỄN VĂN AN", { 1990, 1, 2 },
		    CK_DIFFERS_BIRTH, CK_NAME_SAME },
		{ "084090000001", "NGUYỄN VĂN AN", { 1990, 0, 0 }, 0,
		    CK_NAME_SAME },
		{ "084090000009", "TRẦN VĂN BẢY", { 1991, 1, 1 },
		    CK_DIFFERS_NUMBER | CK_DIFFERS_NAME | CK_DIFFERS_BIRTH,
		    CK_NAME_DIFFERENT }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_patient patient = { 0 };
		struct ck_identity chip = chip_of(
		    rows[i].number, rows[i].name, rows[i].birth);

		take(&patient, QR_AN);
		ck_patient_take_chip(&patient, &chip);
		assert_int_equal(patient.differs, rows[i].differs);
		assert_int_equal(patient.name_match, rows[i].match);
		assert_string_equal(patient.keys.id_number, rows[i].number);
	}
}

#define QR_AN_LOST \
	"084090000001|331234567|Nguyen Van An|01011990|Nam|Ap Mau|15042021"
#define ZONE_AN "IDVNM0900000018084090000001<<69001011M3001019VNM<<<<<<<<<<<4" \
	"NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<"

/* Under a name that lost its marks the insurer would find nobody. */
static void
a_damaged_name_waits_for_a_better_one(void **state)
{
	struct ck_patient patient = { 0 };
	struct ck_secret secret;
	struct ck_printed typed = scanned("084090000001");
	struct ck_identity chip = chip_of(
	    "084090000001", "NGUYỄN VĂN AN", (struct ck_date){ 1990, 1, 1 });

	(void)state;
	take(&patient, QR_AN_LOST);
	assert_false(ck_patient_can_ask(&patient));
	assert_int_equal(relation(&patient, QR_AN_LOST), CK_RELATION_SAME);

	/* the same code read well */
	assert_int_equal(relation(&patient, QR_AN), CK_RELATION_MORE);
	take(&patient, QR_AN);
	assert_true(ck_patient_can_ask(&patient));
	assert_string_equal(
	    ck_patient_identity(&patient)->full_name, "Nguyễn Văn An");

	/* the clerk types it */
	ck_patient_wipe(&patient);
	take(&patient, QR_AN_LOST);
	(void)snprintf(typed.identity.full_name,
	    sizeof(typed.identity.full_name), "Nguyễn Văn An");
	typed.identity.date_of_birth = (struct ck_date){ 1990, 1, 1 };
	assert_int_equal(
	    ck_patient_relation(&patient, &typed), CK_RELATION_MORE);
	ck_patient_take_print(&patient, &typed);
	assert_true(ck_patient_can_ask(&patient));

	/* the paper card has it; the code still opens the chip */
	ck_patient_wipe(&patient);
	take(&patient, QR_AN_LOST);
	assert_int_equal(relation(&patient, PAPER_AN), CK_RELATION_MORE);
	take(&patient, PAPER_AN);
	assert_true(ck_patient_can_ask(&patient));
	assert_string_equal(
	    ck_patient_identity(&patient)->full_name, "Nguyễn Văn An");
	assert_int_equal(ck_patient_secret(&patient, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_QR);

	/* the chip says it */
	ck_patient_wipe(&patient);
	take(&patient, QR_AN_LOST);
	ck_patient_take_chip(&patient, &chip);
	assert_true(ck_patient_can_ask(&patient));
	assert_int_equal(patient.name_match, CK_NAME_WITHOUT_TONES);
}

static void
a_name_typed_again_corrects_the_first(void **state)
{
	struct ck_patient patient = { 0 };
	struct ck_printed typed = scanned("084090000001");

	(void)state;
	typed.identity.date_of_birth = (struct ck_date){ 1990, 1, 1 };
	(void)snprintf(typed.identity.full_name,
	    sizeof(typed.identity.full_name), "Nguyễn Văn Án");
	ck_patient_take_print(&patient, &typed);
	assert_int_equal(
	    ck_patient_relation(&patient, &typed), CK_RELATION_SAME);
	(void)snprintf(typed.identity.full_name,
	    sizeof(typed.identity.full_name), "Nguyễn Văn An");
	assert_int_equal(
	    ck_patient_relation(&patient, &typed), CK_RELATION_CORRECTS);
	ck_patient_take_print(&patient, &typed);
	assert_string_equal(
	    ck_patient_identity(&patient)->full_name, "Nguyễn Văn An");
	typed.identity.date_of_birth.day = 2;
	assert_int_equal(
	    ck_patient_relation(&patient, &typed), CK_RELATION_CORRECTS);
	/* a code that was scanned is not corrected by typing */
	ck_patient_wipe(&patient);
	take(&patient, QR_AN);
	assert_int_equal(
	    ck_patient_relation(&patient, &typed), CK_RELATION_SAME);
}

/* It has no number of ours, and is the same document all the same. */
static void
a_foreign_zone_again_is_the_same_patient(void **state)
{
	static const char zone[] =
	    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
	static const char other[] =
	    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
	    "D231458907UTO7408122F1204159<<<<<<<6";
	struct ck_patient patient = { 0 };
	struct ck_secret secret;

	(void)state;
	take(&patient, zone);
	assert_int_equal(relation(&patient, zone), CK_RELATION_SAME);
	assert_int_equal(relation(&patient, other), CK_RELATION_NEW);
	assert_int_equal(relation(&patient, QR_AN), CK_RELATION_NEW);
	assert_false(ck_patient_can_ask(&patient));
	assert_int_equal(ck_patient_secret(&patient, &secret), CK_OK);
	assert_string_equal(secret.document_number, "L898902C3");
}

/* A chip that has only BAC asks for it; the code stays what was shown. */
static void
a_zone_beside_a_code_opens_the_chip(void **state)
{
	struct ck_patient patient = { 0 };
	struct ck_secret secret;

	(void)state;
	take(&patient, QR_AN);
	assert_int_equal(relation(&patient, ZONE_AN), CK_RELATION_MORE);
	take(&patient, ZONE_AN);
	assert_int_equal(relation(&patient, ZONE_AN), CK_RELATION_SAME);
	assert_int_equal(patient.print.kind, CK_PRINTED_CCCD_QR);
	assert_int_equal(ck_patient_secret(&patient, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_MRZ);
	/* after six digits it is the first thing that names anybody */
	ck_patient_wipe(&patient);
	take(&patient, "000001");
	assert_int_equal(relation(&patient, ZONE_AN), CK_RELATION_MORE);
	take(&patient, ZONE_AN);
	assert_int_equal(patient.print.kind, CK_PRINTED_MRZ);
	assert_false(ck_patient_can_ask(&patient));
	assert_string_equal(patient.keys.id_number, "084090000001");
}

/* Six digits first, then the chip, then the code: still compared. */
static void
a_code_after_the_chip_is_compared(void **state)
{
	struct ck_patient patient = { 0 };
	struct ck_identity chip = chip_of(
	    "084090000001", "NGUYỄN VĂN BẢY", (struct ck_date){ 1990, 1, 1 });

	(void)state;
	take(&patient, "000001");
	ck_patient_take_chip(&patient, &chip);
	assert_int_equal(patient.differs, 0);
	assert_int_equal(relation(&patient, QR_AN), CK_RELATION_MORE);
	take(&patient, QR_AN);
	assert_int_equal(patient.differs, CK_DIFFERS_NAME);
	assert_int_equal(patient.name_match, CK_NAME_DIFFERENT);
	assert_string_equal(
	    ck_patient_identity(&patient)->full_name, "NGUYỄN VĂN BẢY");
}

static void
a_chip_that_is_not_genuine_leaves_only_the_print(void **state)
{
	struct ck_patient patient = { 0 };
	struct ck_identity chip = chip_of(
	    "084090000009", "TRẦN VĂN BẢY", (struct ck_date){ 1991, 1, 1 });

	(void)state;
	take(&patient, QR_AN);
	ck_patient_take_chip(&patient, &chip);
	ck_patient_drop_chip(&patient);
	assert_string_equal(
	    ck_patient_identity(&patient)->number, "084090000001");
	assert_string_equal(patient.keys.id_number, "084090000001");
	assert_int_equal(patient.differs, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_code_begins_a_patient_and_another_code_the_next),
		cmocka_unit_test(
		    a_paper_card_of_the_same_person_adds_its_number),
		cmocka_unit_test(six_digits_belong_to_the_number_they_end),
		cmocka_unit_test(the_chip_confirms_or_names_what_differs),
		cmocka_unit_test(a_damaged_name_waits_for_a_better_one),
		cmocka_unit_test(a_name_typed_again_corrects_the_first),
		cmocka_unit_test(a_foreign_zone_again_is_the_same_patient),
		cmocka_unit_test(a_zone_beside_a_code_opens_the_chip),
		cmocka_unit_test(a_code_after_the_chip_is_compared),
		cmocka_unit_test(
		    a_chip_that_is_not_genuine_leaves_only_the_print),
	};

	return cmocka_run_group_tests_name("patient", tests, NULL, NULL);
}
