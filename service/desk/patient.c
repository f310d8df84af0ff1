/*
 * patient.c - who stands here, as print and chip together tell it
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "desk/patient.h"

void
ck_patient_wipe(struct ck_patient *patient)
{
	OPENSSL_cleanse(patient, sizeof(*patient));
}

const struct ck_identity *
ck_patient_identity(const struct ck_patient *patient)
{
	return patient->has_chip ? &patient->chip : &patient->print.identity;
}

bool
ck_patient_can_ask(const struct ck_patient *patient)
{
	const struct ck_identity *identity = ck_patient_identity(patient);
	const struct ck_person_keys *keys = &patient->keys;
	bool number = keys->id_number[0] != '\0' ||
	    keys->insurance_number[0] != '\0' || keys->card_number[0] != '\0';

	/* A name that lost its marks on the way would only be refused. */
	return number && identity->full_name[0] != '\0' &&
	    (patient->has_chip || ck_printed_name_good(&patient->print)) &&
	    ck_date_valid(identity->date_of_birth);
}

static bool
same_number(const char *a, const char *b)
{
	return a[0] != '\0' && strcmp(a, b) == 0;
}

/* Both texts given, and not equal. */
static bool
contradicts(const char *a, const char *b)
{
	return a[0] != '\0' && b[0] != '\0' && strcmp(a, b) != 0;
}

/* Compare only what both dates know: papers may hold the year alone. */
static bool
births_agree(struct ck_date a, struct ck_date b)
{
	if (ck_date_absent(a) || ck_date_absent(b))
		return true;
	if (a.year != b.year)
		return false;
	if (a.month != 0 && b.month != 0 && a.month != b.month)
		return false;

	return a.day == 0 || b.day == 0 || a.day == b.day;
}

/* The last six digits of a 12-digit number. */
static const char *
can_of(const char *number)
{
	return strlen(number) == 12 ? number + 6 : "";
}

/* Six digits: of the number known here, or the first thing known at all. */
static enum ck_relation
relate_can(const struct ck_patient *patient, const char *can)
{
	const char *number = patient->keys.id_number;

	if (patient->has_chip || number[0] != '\0')
		return strcmp(can_of(number), can) == 0 ? CK_RELATION_SAME :
		    CK_RELATION_NEW;

	return CK_RELATION_MORE;	/* a better guess for the same card */
}

/* A name that can be asked about, where none was or a worse one. */
static bool
better_name(const struct ck_printed *known, const struct ck_printed *print)
{
	if (print->identity.full_name[0] == '\0')
		return false;

	return known->identity.full_name[0] == '\0' ||
	    (!ck_printed_name_good(known) && ck_printed_name_good(print));
}

/* The clerk typed name or birth date again, and otherwise. */
static bool
corrects(const struct ck_patient *patient, const struct ck_printed *print)
{
	const struct ck_identity *known = &patient->print.identity;
	const struct ck_identity *now = &print->identity;

	return patient->has_print && !patient->has_chip &&
	    patient->captured == CK_CAPTURED_TYPED &&
	    known->full_name[0] != '\0' && now->full_name[0] != '\0' &&
	    (ck_name_compare(known->full_name, now->full_name) !=
	    CK_NAME_SAME || ck_date_compare(known->date_of_birth,
	    now->date_of_birth) != 0);
}

/* The same number again. */
static enum ck_relation
relate_same(const struct ck_patient *patient, const struct ck_printed *print)
{
	if (!patient->has_print || better_name(&patient->print, print))
		return CK_RELATION_MORE;
	if (print->kind == CK_PRINTED_MRZ && !patient->has_zone &&
	    patient->print.kind != CK_PRINTED_MRZ)
		return CK_RELATION_MORE;

	return corrects(patient, print) ? CK_RELATION_CORRECTS :
	    CK_RELATION_SAME;
}

/* The zone of another country's document names no number of ours. */
static bool
same_document(const struct ck_patient *patient,
    const struct ck_printed *print)
{
	return print->identity.number[0] == '\0' &&
	    same_number(patient->print.document_number,
	    print->document_number) &&
	    births_agree(patient->print.identity.date_of_birth,
	    print->identity.date_of_birth);
}

/* A code with the 12-digit number: CCCD, CC, zone, or the bare number. */
static enum ck_relation
relate_id_number(const struct ck_patient *patient,
    const struct ck_printed *print)
{
	const char *known = patient->keys.id_number;

	if (same_document(patient, print))
		return CK_RELATION_SAME;
	if (same_number(known, print->identity.number))
		return relate_same(patient, print);
	if (known[0] == '\0' && patient->print.kind == CK_PRINTED_CAN &&
	    strcmp(patient->print.can, can_of(print->identity.number)) == 0)
		return CK_RELATION_MORE;

	return CK_RELATION_NEW;
}

/* An insurance number or card: of the same person if nothing contradicts. */
static enum ck_relation
relate_insurance(const struct ck_patient *patient,
    const struct ck_printed *print)
{
	const struct ck_identity *here = ck_patient_identity(patient);

	if (same_number(patient->keys.card_number, print->card_number) ||
	    same_number(patient->keys.insurance_number,
	    print->insurance_number))
		return relate_same(patient, print);
	if (here->full_name[0] == '\0' ||
	    contradicts(patient->keys.insurance_number,
	    print->insurance_number))
		return CK_RELATION_NEW;
	if (print->identity.full_name[0] != '\0' &&
	    ck_name_compare(here->full_name, print->identity.full_name) ==
	    CK_NAME_DIFFERENT)
		return CK_RELATION_NEW;

	return births_agree(here->date_of_birth,
	    print->identity.date_of_birth) ? CK_RELATION_MORE :
	    CK_RELATION_NEW;
}

enum ck_relation
ck_patient_relation(const struct ck_patient *patient,
    const struct ck_printed *print)
{
	if (!patient->present)
		return CK_RELATION_NEW;
	switch (print->kind) {
	case CK_PRINTED_CAN:
		return relate_can(patient, print->can);
	case CK_PRINTED_CCCD_QR:
	case CK_PRINTED_CC_QR:
	case CK_PRINTED_ID_NUMBER:
	case CK_PRINTED_MRZ:
		return relate_id_number(patient, print);
	case CK_PRINTED_BHYT_QR:
	case CK_PRINTED_INSURANCE_NUMBER:
	case CK_PRINTED_CARD_NUMBER:
		return relate_insurance(patient, print);
	default:
		return CK_RELATION_NEW;
	}
}

static enum ck_captured
captured_by(enum ck_printed_kind kind)
{
	bool code = kind == CK_PRINTED_CCCD_QR || kind == CK_PRINTED_CC_QR ||
	    kind == CK_PRINTED_BHYT_QR;

	return code ? CK_CAPTURED_QR : CK_CAPTURED_TYPED;
}

/* Fill an empty destination of size bytes. */
static void
fill(char *to, size_t size, const char *from)
{
	if (to[0] == '\0' && strlen(from) < size)
		(void)snprintf(to, size, "%s", from);
}

static void
collect_keys(struct ck_person_keys *keys, const struct ck_identity *identity)
{
	fill(keys->id_number, sizeof(keys->id_number), identity->number);
	fill(keys->old_number, sizeof(keys->old_number), identity->old_number);
}

enum ck_err
ck_patient_secret(const struct ck_patient *patient, struct ck_secret *out)
{
	if (!patient->has_print)
		return CK_ERR_ACCESS_KEY_NEEDED;

	return ck_printed_secret(
	    patient->has_zone ? &patient->zone : &patient->print, out);
}

/* A print that adds to an earlier one replaces it only where it says more. */
static bool
says_more(const struct ck_patient *patient, const struct ck_printed *print)
{
	return !patient->has_print || print->kind == CK_PRINTED_CAN ||
	    better_name(&patient->print, print) || corrects(patient, print);
}

/* A paper card has the whole name of a citizen's code that lost it; the code
 * stays, because only it opens the chip. */
static bool
lends_name(const struct ck_patient *patient, const struct ck_printed *print)
{
	return patient->has_print && print->identity.number[0] == '\0' &&
	    patient->print.identity.number[0] != '\0' &&
	    better_name(&patient->print, print);
}

static unsigned
differences(struct ck_patient *patient)
{
	const struct ck_identity *print = &patient->print.identity;
	const struct ck_identity *chip = &patient->chip;
	unsigned differs = 0;

	patient->name_match = CK_NAME_SAME;
	if (contradicts(print->number, chip->number))
		differs |= CK_DIFFERS_NUMBER;
	if (print->full_name[0] != '\0') {
		patient->name_match = ck_name_compare(
		    print->full_name, chip->full_name);
		if (patient->name_match != CK_NAME_SAME)
			differs |= CK_DIFFERS_NAME;
	}
	if (!births_agree(print->date_of_birth, chip->date_of_birth))
		differs |= CK_DIFFERS_BIRTH;

	return differs;
}

void
ck_patient_take_print(struct ck_patient *patient,
    const struct ck_printed *print)
{
	struct ck_person_keys *keys = &patient->keys;

	if (lends_name(patient, print)) {
		memcpy(patient->print.identity.full_name,
		    print->identity.full_name, CK_NAME_LEN);
		patient->print.damage = print->damage;
	} else if (says_more(patient, print)) {
		patient->print = *print;
		patient->captured = captured_by(print->kind);
		patient->presented = ck_printed_presented(print->kind);
		patient->has_print = true;
	} else if (print->kind == CK_PRINTED_MRZ) {
		patient->zone = *print;
		patient->has_zone = true;
	}
	patient->present = true;
	collect_keys(keys, &print->identity);
	fill(keys->insurance_number, sizeof(keys->insurance_number),
	    print->insurance_number);
	fill(keys->card_number, sizeof(keys->card_number), print->card_number);
	if (patient->has_chip)
		patient->differs = differences(patient);
}

void
ck_patient_take_chip(struct ck_patient *patient, const struct ck_identity *chip)
{
	patient->present = true;
	patient->has_chip = true;
	patient->chip = *chip;
	patient->differs = differences(patient);
	if ((patient->differs & CK_DIFFERS_NUMBER) != 0)
		OPENSSL_cleanse(&patient->keys, sizeof(patient->keys));
	collect_keys(&patient->keys, chip);
	if (patient->presented == CK_PRESENTED_NONE ||
	    patient->presented == CK_PRESENTED_BHYT_PAPER)
		patient->presented = CK_PRESENTED_CCCD;
}

void
ck_patient_drop_chip(struct ck_patient *patient)
{
	struct ck_person_keys *keys = &patient->keys;

	OPENSSL_cleanse(&patient->chip, sizeof(patient->chip));
	patient->has_chip = false;
	patient->chip_done = false;
	patient->differs = 0;
	patient->assurance = CK_ASSURANCE_TYPED;
	OPENSSL_cleanse(&patient->signer, sizeof(patient->signer));
	OPENSSL_cleanse(keys, sizeof(*keys));
	if (!patient->has_print)
		return;
	collect_keys(keys, &patient->print.identity);
	fill(keys->insurance_number, sizeof(keys->insurance_number),
	    patient->print.insurance_number);
	fill(keys->card_number, sizeof(keys->card_number),
	    patient->print.card_number);
}
