/*
 * view.c - a desk's whole state as one JSON object (docs/desk-events.md)
 */
#include <stdio.h>

#include "daemon/config.h"
#include "desk/compare.h"
#include "desk/machine.h"
#include "eligibility/operators.h"
#include "eligibility/recheck.h"
#include "io/json.h"

static const char *
phase(const struct ck_desk *desk)
{
	const struct ck_card_state *card = &desk->card;
	bool answered = desk->has_record &&
	    desk->record->counted.outcome != CK_OUTCOME_NONE;

	if (answered)
		return "answered";
	if (card->reading)
		return "reading";
	if (desk->lookup != NULL)
		return "asking";
	if (card->read_err != CK_OK && ck_err_class(card->read_err) !=
	    CK_CLASS_ACCESS)
		return "failed";
	if (card->present && !card->left && !desk->patient.chip_done)
		return "need_key";
	if (desk->patient.present)
		return "need_card";

	return card->left ? "take_card" : "idle";
}

static json_t *
date(struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);

	return ck_json_known(iso);
}

static const char *
identity_source(const struct ck_patient *patient)
{
	if (patient->has_chip)
		return "chip";

	return patient->captured == CK_CAPTURED_QR ? "print" : "typed";
}

static json_t *
identity_view(const struct ck_patient *patient)
{
	const struct ck_identity *id = ck_patient_identity(patient);
	char sex[2] = { id->sex, '\0' };

	if (id->number[0] == '\0' && id->full_name[0] == '\0')
		return json_null();

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, "
	    "s:s}",
	    "number", ck_json_known(id->number),
	    "full_name", ck_json_known(id->full_name),
	    "date_of_birth", date(id->date_of_birth),
	    "sex", ck_json_known(sex),
	    "nationality", ck_json_known(id->nationality),
	    "residence", ck_json_known(id->residence),
	    "issue_date", date(id->issue_date),
	    "expiry_date", date(id->expiry_date),
	    "no_expiry", (int)id->no_expiry,
	    "old_number", ck_json_known(id->old_number),
	    "source", identity_source(patient));
}

/* In whose name this desk asks, and what the gateway thinks of that. */
static json_t *
operator_view(const struct ck_desk *desk)
{
	const struct ck_config *config = desk->options->config;
	const struct ck_operator *who =
	    ck_config_operator(config, ck_desk_operator(desk));
	struct ck_operator_view known = { 0 };

	if (who == NULL)
		return json_null();
	if (desk->options->operators != NULL)
		(void)ck_operators_at(desk->options->operators,
		    (unsigned)(who - config->operators), &known);

	return json_pack("{s:s, s:b, s:s, s:o}",
	    "name", who->name,
	    "signed_on", (int)(ck_desk_operator(desk)[0] != '\0'),
	    "state", ck_operator_state_label(known.state),
	    "reason", ck_json_known(known.reason));
}

static json_t *
read_view(const struct ck_desk *desk)
{
	const struct ck_card_state *card = &desk->card;
	const char *error = card->read_err == CK_OK ? "" :
	    ck_err_label(card->read_err);

	return json_pack("{s:o, s:o, s:o, s:o, s:I}",
	    "step", ck_json_known(card->stepped ?
	    ck_step_label(card->step) : ""),
	    "error", ck_json_known(error),
	    "tries_left", card->tries_left == 0 ? json_null() :
	    json_integer((json_int_t)card->tries_left),
	    "hint", ck_json_known(ck_hint_label(ck_desk_card_hint(desk))),
	    "elapsed_ms", (json_int_t)card->elapsed_ms);
}

static json_t *
photo_view(const struct ck_desk *desk)
{
	char address[96];

	if (desk->card.photo_format == CK_IMAGE_NONE)
		return json_null();
	(void)snprintf(address, sizeof(address), "/v1/desks/%s/photo?n=%u",
	    desk->name, desk->card.photo_number);

	return json_string(address);
}

/* How sure we are of whoever is shown. */
static json_t *
assurance_view(const struct ck_patient *patient)
{
	if (patient->chip_done)
		return json_string(ck_assurance_label(patient->assurance));
	if (!patient->has_print && !patient->has_chip)
		return json_null();

	return json_string(ck_assurance_label(patient->has_chip ||
	    patient->captured == CK_CAPTURED_QR ? CK_ASSURANCE_PRINTED :
	    CK_ASSURANCE_TYPED));
}

/* Who signed the card: null until a chip is done. docs/desk-events.md */
static json_t *
issuer_view(const struct ck_patient *patient)
{
	const struct ck_signer *signer = &patient->signer;

	if (!patient->chip_done || signer->issuer == CK_ISSUER_NONE)
		return json_null();

	return json_pack("{s:s, s:b, s:o, s:o}",
	    "state", ck_issuer_label(signer->issuer),
	    "signer_expired", (int)signer->expired,
	    "accepted_by", ck_json_known(signer->accepted_by),
	    "accepted_on", date(signer->accepted_on));
}

static json_t *
lookup_view(const struct ck_desk *desk)
{
	const char *language = desk->options->config->language;

	if (desk->has_record)
		return ck_lookup_json(desk->record, language);
	/* What is not on disk yet is not shown. */
	if (desk->lookup != NULL)
		return json_pack("{s:s, s:s}",
		    "id", ck_lookup_record(desk->lookup)->id, "outcome",
		    ck_outcome_label(CK_OUTCOME_NONE));

	return json_null();
}

/* Of the whole clinic: the patient may be anywhere in the house. */
static json_t *
rechecks_view(const struct ck_desk *desk)
{
	return desk->options->recheck == NULL ? json_null() :
	    ck_recheck_view(desk->options->recheck);
}

/* Null until the chip was read to its end. */
static json_t *
proof(const struct ck_patient *patient, const char *label)
{
	return patient->chip_done ? json_string(label) : json_null();
}

json_t *
ck_desk_view(const struct ck_desk *desk)
{
	const struct ck_patient *patient = &desk->patient;
	const struct ck_card_state *card = &desk->card;

	return json_pack("{s:s, s:i, s:b, s:{s:o, s:s, s:o}, s:o, s:o, s:s, "
	    "s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:o, s:o}",
	    "desk", desk->name,
	    "sequence", (int)desk->sequence,
	    "practice", (int)desk->options->config->practice,
	    "reader", "name", ck_json_known(card->reader), "state",
	    ck_desk_reader_state(desk), "hint",
	    ck_json_known(ck_hint_label(ck_desk_reader_hint(desk))),
	    "scanner", ck_desk_scanner_view(desk),
	    "operator", operator_view(desk),
	    "phase", phase(desk),
	    "card_present", (int)card->present,
	    "read", read_view(desk),
	    "identity", identity_view(patient),
	    "assurance", assurance_view(patient),
	    "passive_authentication",
	    proof(patient, ck_passive_label(patient->passive)),
	    "issuer", issuer_view(patient),
	    "chip_authentication",
	    proof(patient, ck_clone_check_label(patient->chip_auth)),
	    "active_authentication",
	    proof(patient, ck_clone_check_label(patient->active_auth)),
	    "photo", photo_view(desk),
	    "print", ck_print_view(patient),
	    "comparison", ck_comparison_view(patient),
	    "warnings", ck_warnings_view(patient),
	    "lookup", lookup_view(desk),
	    "rechecks", rechecks_view(desk),
	    "message", ck_json_known(desk->message));
}
