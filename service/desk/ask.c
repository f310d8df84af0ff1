/*
 * ask.c - the asking side of a desk: one lookup for one check-in
 *
 * A QR code and the chip of the same person are one lookup: the chip confirms.
 * A chip that differs closes the lookup of the print and starts its own.
 */
#include <stdio.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "desk/machine.h"

/* After every change on disk; err: it is not on disk, so nothing is shown. */
static void
on_lookup(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	struct ck_desk *desk = ctx;
	const struct ck_lookup_record *record = ck_lookup_record(lookup);

	if (lookup != desk->lookup)
		return;
	if (err != CK_OK) {
		desk->message = "store_failed";
		ck_desk_publish(desk);
		return;
	}
	*desk->record = *record;
	desk->has_record = true;
	if (record->closed_ms != 0)
		desk->lookup = NULL;
	ck_desk_publish(desk);
	if (desk->lookup != NULL && desk->close_at_answer &&
	    record->answered_ms != 0)
		ck_lookup_close(lookup);
}

void
ck_desk_end_lookup(struct ck_desk *desk)
{
	struct ck_lookup *lookup = desk->lookup;

	desk->close_at_answer = false;
	if (lookup == NULL)
		return;
	desk->lookup = NULL;
	ck_lookup_abandon(lookup);
	ck_lookup_close(lookup);
}

/* Until the chip is proven its word counts no more than print. */
static enum ck_assurance
assurance_now(const struct ck_patient *patient)
{
	if (patient->chip_done)
		return patient->assurance;
	if (patient->has_chip || patient->captured == CK_CAPTURED_QR)
		return CK_ASSURANCE_PRINTED;

	return CK_ASSURANCE_TYPED;
}

static void
open_lookup(struct ck_desk *desk, enum ck_key first_key)
{
	struct ck_patient *patient = &desk->patient;
	bool by_chip = patient->has_chip &&
	    (!patient->has_print || patient->differs != 0 ||
	    patient->print.identity.full_name[0] == '\0');
	struct ck_lookup_request request = {
		.kind = CK_KIND_DESK,
		.presented = patient->presented,
		.captured = by_chip ? CK_CAPTURED_CHIP : patient->captured,
		.assurance = assurance_now(patient),
		.identity = *ck_patient_identity(patient),
		.keys = patient->keys,
		.first_key = first_key
	};
	enum ck_err err;

	memcpy(request.desk, desk->name, sizeof(request.desk));
	(void)snprintf(request.operator_name, sizeof(request.operator_name),
	    "%s", ck_desk_operator(desk));
	desk->close_at_answer = false;
	err = ck_lookup_open(desk->options->lookups, &request, false,
	    on_lookup, desk, &desk->lookup);
	ck_identity_wipe(&request.identity);
	if (err == CK_OK)
		return;
	ck_log(CK_LOG_ERROR, "desk", "%s: cannot ask: %s", desk->name,
	    ck_err_text(err));
	desk->lookup = NULL;
	desk->message = "ask_failed";
}

void
ck_desk_try_ask(struct ck_desk *desk)
{
	if (desk->lookup == NULL && !desk->has_record &&
	    ck_patient_can_ask(&desk->patient))
		open_lookup(desk, CK_KEY_NONE);
}

static enum ck_key
further_key(const struct ck_patient *patient, const char **number)
{
	if (patient->keys.insurance_number[0] != '\0') {
		*number = patient->keys.insurance_number;
		return CK_KEY_INSURANCE_NUMBER;
	}
	*number = patient->keys.card_number;

	return patient->keys.card_number[0] == '\0' ? CK_KEY_NONE :
	    CK_KEY_CARD_NUMBER;
}

void
ck_desk_ask_further(struct ck_desk *desk)
{
	const char *number;
	enum ck_key key = further_key(&desk->patient, &number);

	if (desk->record->counted.outcome == CK_OUTCOME_COVERED)
		return;
	if (desk->lookup == NULL) {
		/* The first one has closed: this is a further lookup of the
		 * same visit, under the number shown now. */
		open_lookup(desk, key);
	} else if (key != CK_KEY_NONE &&
	    ck_lookup_add_key(desk->lookup, key, number) != CK_OK) {
		desk->message = "ask_failed";
	}
}

void
ck_desk_chip_known(struct ck_desk *desk)
{
	/* What the print lacked the chip may have told. */
	if (desk->message == NULL || strcmp(desk->message, "store_failed") != 0)
		desk->message = ck_desk_missing(desk);
	if (desk->patient.differs != 0) {
		ck_desk_end_lookup(desk);
		desk->has_record = false;
	}
	ck_desk_try_ask(desk);
}

void
ck_desk_chip_done(struct ck_desk *desk)
{
	struct ck_lookup *lookup = desk->lookup;

	if (lookup == NULL)
		return;
	if (ck_lookup_confirm(lookup, desk->patient.assurance,
	    &desk->patient.chip) != CK_OK)
		desk->message = "store_failed";
	if (ck_lookup_record(lookup)->answered_ms != 0)
		ck_lookup_close(lookup);
	else
		desk->close_at_answer = true;
}
