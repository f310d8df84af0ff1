/*
 * machine.c - a desk's life: scans, the next patient, and what is published
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "ck/text.h"
#include "daemon/config.h"
#include "desk/machine.h"
#include "http/events.h"
#include "io/loop.h"
#include "scanner/scanner.h"

enum ck_err
ck_desk_init(struct ck_desk *desk, const char *name,
    const struct ck_desks_options *options, struct ck_read_figures *figures)
{
	memset(desk, 0, sizeof(*desk));
	(void)snprintf(desk->name, sizeof(desk->name), "%s", name);
	desk->options = options;
	desk->figures = figures;
	desk->card.reader_err = CK_ERR_READER_NONE;
	desk->record = calloc(1, sizeof(*desk->record));

	return desk->record == NULL ? CK_ERR_NOMEM : CK_OK;
}

static void
forget_patient(struct ck_desk *desk)
{
	ck_desk_end_lookup(desk);
	ck_patient_wipe(&desk->patient);
	ck_desk_card_leave(desk);
	if (desk->record != NULL)
		OPENSSL_cleanse(desk->record, sizeof(*desk->record));
	desk->has_record = false;
	desk->message = NULL;
}

void
ck_desk_wipe(struct ck_desk *desk)
{
	forget_patient(desk);
	ck_desk_card_bind(desk, NULL);
	ck_scanner_free(&desk->scanner);
	free(desk->record);
	desk->record = NULL;
}

void
ck_desk_bind(struct ck_desk *desk, const char *reader)
{
	ck_desk_card_bind(desk, reader);
	ck_desk_publish(desk);
}

void
ck_desk_publish(struct ck_desk *desk)
{
	json_t *view;

	desk->sequence++;
	if ((view = ck_desk_view(desk)) == NULL) {
		ck_log(CK_LOG_ERROR, "desk", "%s: out of memory, the page "
		    "shows an older state", desk->name);
		return;
	}
	ck_events_publish(desk->options->events, desk->name, view);
}

void
ck_desk_reset(struct ck_desk *desk)
{
	forget_patient(desk);
	ck_desk_publish(desk);
}

/* Put a typed name and birth date beside a number. */
static enum ck_err
add_typed(struct ck_printed *print, const struct ck_scan *scan)
{
	struct ck_identity *identity = &print->identity;

	if (scan->full_name != NULL && identity->full_name[0] == '\0' &&
	    ck_text_store(ck_span_str(scan->full_name), identity->full_name,
	    sizeof(identity->full_name)) != CK_OK)
		return CK_ERR_PRINTED_MALFORMED;
	if (ck_date_absent(identity->date_of_birth))
		identity->date_of_birth = scan->date_of_birth;

	return CK_OK;
}

/* A passport of another country names its holder and no number of ours. */
static bool
lacks_number(const struct ck_patient *patient)
{
	const struct ck_person_keys *keys = &patient->keys;

	return keys->id_number[0] == '\0' &&
	    keys->insurance_number[0] == '\0' &&
	    keys->card_number[0] == '\0' &&
	    ck_patient_identity(patient)->full_name[0] != '\0';
}

/* A number alone cannot be asked about; a card on the reader would tell. */
const char *
ck_desk_missing(const struct ck_desk *desk)
{
	const struct ck_patient *patient = &desk->patient;
	bool chip_opens = patient->print.kind == CK_PRINTED_CAN ||
	    patient->keys.id_number[0] != '\0';

	if (ck_patient_can_ask(patient))
		return NULL;
	if (!ck_printed_name_good(&patient->print) && !patient->has_chip)
		return "name_damaged";
	if (lacks_number(patient))
		return "need_insurance_number";

	return chip_opens ? NULL : "need_name_and_birth";
}

/* By the wall clock: a computer that slept has a timer that slept, too. */
bool
ck_desk_outlived(const struct ck_desk *desk)
{
	const struct ck_lookup_record *record = desk->record;
	int64_t now_ms =
	    ck_clock_wall_ms(ck_loop_clock(desk->options->loop));
	int64_t age_ms = now_ms - record->opened_ms;

	return desk->has_record && ck_date_compare(record->visit_date,
	    ck_clock_local_date(now_ms)) != 0 && (age_ms < 0 ||
	    age_ms > desk->options->config->close_after_ms);
}

static void
take_print(struct ck_desk *desk, const struct ck_printed *print)
{
	enum ck_relation relation = ck_patient_relation(&desk->patient, print);

	if (ck_desk_outlived(desk))
		relation = CK_RELATION_NEW;
	if (relation == CK_RELATION_NEW)
		forget_patient(desk);
	if (relation != CK_RELATION_SAME)
		ck_patient_take_print(&desk->patient, print);
	if (relation == CK_RELATION_CORRECTS) {
		ck_desk_end_lookup(desk);
		desk->has_record = false;
	}
	desk->message = ck_desk_missing(desk);
	if (relation == CK_RELATION_MORE && desk->has_record &&
	    print->insurance_number[0] != '\0')
		ck_desk_ask_further(desk);
	else
		ck_desk_try_ask(desk);
	ck_desk_try_read(desk);
}

/* What the clerk reads about a scan that could not be taken. */
static const char *
refusal(enum ck_err err)
{
	switch ((int)err) {
	case CK_ERR_PRINTED_MALFORMED:
		return "scan_malformed";
	case CK_ERR_PRINTED_OLD_NUMBER:
		return "scan_old_number";
	case CK_ERR_PRINTED_APP_CODE:
		return "scan_app_code";
	case CK_ERR_PRINTED_KEYBOARD:
		return "scan_keyboard";
	case CK_ERR_LIMIT:
		return "scan_too_long";
	default:
		return "scan_unknown";
	}
}

void
ck_desk_refuse_scan(struct ck_desk *desk, enum ck_err err)
{
	desk->message = refusal(err);
	ck_desk_publish(desk);
}

enum ck_err
ck_desk_scan(struct ck_desk *desk, const struct ck_scan *scan)
{
	struct ck_printed print;
	enum ck_err err;

	err = ck_printed_parse(scan->payload, ck_clock_local_date(
	    ck_clock_wall_ms(ck_loop_clock(desk->options->loop))), &print);
	if (err == CK_OK)
		err = add_typed(&print, scan);
	if (err == CK_OK) {
		take_print(desk, &print);
		ck_desk_publish(desk);
	} else {
		ck_desk_refuse_scan(desk, err);
	}
	ck_printed_wipe(&print);

	return err;
}
