/*
 * card.c - the card side of a desk: its worker, the read, the photo
 */
#include <stdio.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "desk/machine.h"
#include "desk/worker.h"
#include "io/loop.h"

/* A code is here and no card is felt: so long a clerk may take for it. */
#define NOTHING_FELT_MS 8000

static void
drop_photo(struct ck_card_state *card)
{
	ck_buf_wipe(&card->photo);
	card->photo_format = CK_IMAGE_NONE;
}

void
ck_desk_card_forget(struct ck_desk *desk)
{
	struct ck_card_state *card = &desk->card;

	/* A read under way goes on for nobody: its serial is forgotten. */
	ck_loop_timer_cancel(&card->nothing);
	card->serial = 0;
	card->reading = false;
	card->waiting = false;
	card->retry = false;
	card->stepped = false;
	card->read_err = CK_OK;
	card->hint = CK_HINT_NONE;
	card->passive_reason = CK_OK;
	card->tries_left = 0;
	card->elapsed_ms = 0;
	drop_photo(card);
}

/* A step behind the access: her code has opened it, so it is hers. */
void
ck_desk_card_leave(struct ck_desk *desk)
{
	struct ck_card_state *card = &desk->card;

	if (card->present && card->stepped && card->step > CK_STEP_ACCESS)
		card->left = true;
	ck_desk_card_forget(desk);
}

void
ck_desk_card_count(struct ck_desk *desk, enum ck_err what)
{
	struct ck_reader_counts *counts = &desk->card.counts;

	if (what == CK_ERR_CARD_TIMEOUT)
		counts->hangs++;
	else if (what == CK_ERR_READER_BUSY)
		counts->waits++;
	else if (what == CK_ERR_READER_NONE)
		counts->losses++;
	else
		counts->crashes++;
	counts->last = what;
	counts->last_ms = ck_clock_wall_ms(ck_loop_clock(desk->options->loop));
}

static void
count_read(struct ck_read_figures *figures, enum ck_err result)
{
	unsigned i;

	for (i = 0; i < figures->result_count; i++) {
		if (figures->results[i].result == result)
			break;
	}
	if (i == CK_READ_RESULTS_MAX)
		return;
	if (i == figures->result_count) {
		figures->results[i].result = result;
		figures->result_count++;
	}
	figures->results[i].count++;
}

/* The read has ended without a person. */
static void
read_failed(struct ck_desk *desk, enum ck_err err, enum ck_hint hint)
{
	struct ck_card_state *card = &desk->card;
	struct ck_patient *patient = &desk->patient;
	bool chip_spoke = patient->has_chip, differed = patient->differs != 0;

	card->reading = false;
	card->waiting = false;
	card->read_err = err;
	card->hint = hint;
	card->serial = 0;
	count_read(desk->figures, err);
	drop_photo(card);
	ck_patient_drop_chip(patient);
	/* An answer about somebody whom only that chip named is not shown. */
	if (chip_spoke && (differed || !ck_patient_can_ask(patient))) {
		ck_desk_end_lookup(desk);
		desk->has_record = false;
	}
}

static void
on_nothing_felt(void *ctx)
{
	struct ck_desk *desk = ctx;

	desk->card.hint = CK_HINT_NOTHING_FELT;
	ck_desk_publish(desk);
}

/* Without memory for the timer only its hint is missing. */
static void
await_card(struct ck_desk *desk)
{
	struct ck_card_state *card = &desk->card;

	if (card->nothing == NULL && card->hint == CK_HINT_NONE &&
	    ck_loop_timer(desk->options->loop, NOTHING_FELT_MS,
	    on_nothing_felt, desk, &card->nothing) != CK_OK)
		return;
}

static void
order_read(struct ck_desk *desk, struct ck_worker_read *read)
{
	const struct ck_config *config = desk->options->config;
	struct ck_card_state *card = &desk->card;
	enum ck_err err;

	read->photo = config->photo;
	read->bac_allowed = config->bac_allowed;
	read->bac_tries_max = config->bac_tries_max;
	ck_desk_card_forget(desk);
	if (card->restarting) {
		card->retry = true;
		return;
	}
	err = ck_worker_read(card->worker, read, config->read_timeout_ms,
	    &card->serial);
	if (err == CK_OK)
		card->reading = true;
	else
		read_failed(desk, err, ck_hint_for(err, card->kind));
}

void
ck_desk_try_read(struct ck_desk *desk)
{
	struct ck_card_state *card = &desk->card;
	struct ck_worker_read read = { 0 };

	if (card->reading || card->worker == NULL || card->left ||
	    desk->patient.chip_done ||
	    ck_patient_secret(&desk->patient, &read.secret) != CK_OK)
		return;
	if (card->present)
		order_read(desk, &read);
	else
		await_card(desk);
	ck_secret_wipe(&read.secret);
}

static void
on_identity(struct ck_desk *desk, const struct ck_identity *identity)
{
	ck_patient_take_chip(&desk->patient, identity);
	ck_desk_chip_known(desk);
}

/* Pieces come in order, so each begins where the last one ended. */
static void
on_photo(struct ck_card_state *card, const struct ck_worker_photo *piece)
{
	if (piece->offset != card->photo.len ||
	    ck_buf_append(&card->photo,
	    ck_span_of(piece->bytes, piece->len)) != CK_OK)
		drop_photo(card);
}

static void
keep_photo(struct ck_card_state *card, const struct ck_worker_result *result)
{
	if (result->photo_len == 0 || card->photo.len != result->photo_len) {
		drop_photo(card);
		return;
	}
	card->photo_format = (enum ck_image_format)result->photo_format;
	card->photo_number++;
}

static struct ck_signer
signer_of(const struct ck_worker_result *result)
{
	struct ck_signer signer = {
		.issuer = (enum ck_issuer)result->issuer,
		.expired = result->signer_expired != 0,
		.accepted_on = result->accepted_on
	};

	memcpy(signer.accepted_by, result->accepted_by,
	    sizeof(signer.accepted_by));

	return signer;
}

static void
on_result(struct ck_desk *desk, const struct ck_worker_result *result)
{
	struct ck_card_state *card = &desk->card;
	struct ck_patient *patient = &desk->patient;

	card->elapsed_ms = result->elapsed_ms;
	card->passive_reason = (enum ck_err)result->passive_reason;
	card->tries_left = result->tries_left;
	ck_histogram_add(&desk->figures->duration, result->elapsed_ms);
	if (result->err == CK_OK ||
	    ck_err_class((enum ck_err)result->err) == CK_CLASS_TRUST)
		desk->figures->passive[result->passive]++;
	if (result->err != CK_OK) {
		read_failed(desk, (enum ck_err)result->err,
		    (enum ck_hint)result->hint);
		return;
	}
	card->reading = false;
	card->waiting = false;
	card->read_err = CK_OK;
	card->hint = CK_HINT_NONE;
	card->hangs_in_row = 0;
	card->step = CK_STEP_DONE;
	count_read(desk->figures, CK_OK);
	keep_photo(card, result);
	if (!patient->has_chip)
		on_identity(desk, &result->identity);
	patient->chip_done = true;
	patient->assurance = (enum ck_assurance)result->assurance;
	patient->passive = (enum ck_passive)result->passive;
	patient->signer = signer_of(result);
	patient->chip_auth = (enum ck_clone_check)result->chip_auth;
	patient->active_auth = (enum ck_clone_check)result->active_auth;
	ck_desk_chip_done(desk);
}

/* A card came: of the patient whose code was scanned, or of the next one. */
static void
on_card_in(struct ck_desk *desk)
{
	struct ck_card_state *card = &desk->card;

	if (desk->patient.chip_done || card->read_err != CK_OK ||
	    ck_desk_outlived(desk))
		ck_desk_reset(desk);
	ck_loop_timer_cancel(&card->nothing);
	card->hint = CK_HINT_NONE;
	card->hung = false;
	card->left = false;
	card->present = true;
	ck_desk_try_read(desk);
}

static void
on_card_out(struct ck_desk *desk)
{
	struct ck_card_state *card = &desk->card;
	bool lifted = card->left;

	card->present = card->left = false;
	card->retry = false;
	if (card->hint == CK_HINT_ONE_CARD)
		card->hint = CK_HINT_NONE;
	if (lifted)
		ck_desk_try_read(desk);	/* hers is awaited from now on */
}

/* A reader of libnfc tells by itself that it was unplugged. */
static bool
is_loss(enum ck_err before, enum ck_err now)
{
	return before == CK_OK && (now == CK_ERR_READER_NONE ||
	    now == CK_ERR_READER_FAILED);
}

static void
on_status(struct ck_desk *desk, const struct ck_worker_status *status)
{
	struct ck_card_state *card = &desk->card;
	bool present = status->card_present != 0;

	if (is_loss(card->reader_err, (enum ck_err)status->err))
		ck_desk_card_count(desk, CK_ERR_READER_NONE);
	card->reader_err = (enum ck_err)status->err;
	card->restarting = false;
	card->kind = (enum ck_card_kind)status->kind;
	if (present && !card->present)
		on_card_in(desk);
	else if (!present)
		on_card_out(desk);
	if (card->retry && present) {
		card->retry = false;
		ck_desk_try_read(desk);
	}
}

/* The worker waits for another program; with the card it goes on by itself. */
static void
on_waiting(void *ctx)
{
	struct ck_desk *desk = ctx;

	ck_desk_card_count(desk, CK_ERR_READER_BUSY);
	desk->card.waiting = true;
	ck_desk_publish(desk);
}

/* Packets of a read that nobody waits for any more. */
static bool
outdated(const struct ck_desk *desk, const struct ck_worker_message *message)
{
	bool of_read = message->type == CK_WORKER_STEP ||
	    message->type == CK_WORKER_IDENTITY ||
	    message->type == CK_WORKER_PHOTO ||
	    message->type == CK_WORKER_RESULT;

	return of_read && (desk->card.serial == 0 ||
	    message->serial != desk->card.serial);
}

static void
on_message(void *ctx, const struct ck_worker_message *message)
{
	struct ck_desk *desk = ctx;

	if (outdated(desk, message))
		return;
	switch (message->type) {
	case CK_WORKER_STATUS:
		on_status(desk, &message->u.status);
		break;
	case CK_WORKER_STEP:
		desk->card.waiting = false;
		/* "done" is said with the result, never before it. */
		if (message->u.step == CK_STEP_DONE)
			return;
		desk->card.step = (enum ck_step)message->u.step;
		desk->card.stepped = true;
		break;
	case CK_WORKER_IDENTITY:
		on_identity(desk, &message->u.identity);
		break;
	case CK_WORKER_PHOTO:
		on_photo(&desk->card, &message->u.photo);
		return;		/* nothing to show until it is whole */
	case CK_WORKER_RESULT:
		on_result(desk, &message->u.result);
		break;
	default:
		return;
	}
	ck_desk_publish(desk);
}

/* One card may be to blame, three in a row are not. */
static void
count_death(struct ck_desk *desk, enum ck_err why)
{
	struct ck_card_state *card = &desk->card;

	if (why != CK_ERR_CARD_TIMEOUT) {
		if (why != CK_ERR_READER_BUSY)
			ck_desk_card_count(desk, why);
		return;
	}
	ck_desk_card_count(desk, why);
	card->hangs_in_row += !card->hung;
	card->hung = true;
	if (card->hangs_in_row == CK_HANGS_IN_ROW_MAX)
		ck_log(CK_LOG_ERROR, "desk", "%s: %d cards in a row hung "
		    "\"%s\": unplug it, wait, plug it into another port",
		    desk->name, CK_HANGS_IN_ROW_MAX, card->reader);
}

static void
on_died(void *ctx, enum ck_err why)
{
	struct ck_desk *desk = ctx;
	struct ck_card_state *card = &desk->card;
	bool again = why == CK_ERR_READER_BUSY;

	count_death(desk, why);
	if (card->reading && !again)
		read_failed(desk, why, ck_hint_for(why, card->kind));
	card->retry = card->reading && again;
	card->reading = false;
	card->serial = 0;
	/* The card lies where it lay: it does not arrive again. */
	card->restarting = true;
	ck_desk_publish(desk);
}

void
ck_desk_card_bind(struct ck_desk *desk, const char *reader)
{
	const struct ck_config *config = desk->options->config;
	struct ck_card_state *card = &desk->card;
	struct ck_worker_options options = {
		.program = config->worker,
		.reader = card->reader,
		.trust_dir = config->trust_directory,
		.loop = desk->options->loop,
		.message = on_message,
		.waiting = on_waiting,
		.died = on_died,
		.ctx = desk
	};

	if (card->reading)
		read_failed(desk, desk->stack_down ? CK_ERR_READER_NO_SERVICE :
		    CK_ERR_READER_FAILED, CK_HINT_NONE);
	ck_loop_timer_cancel(&card->nothing);
	ck_worker_free(&card->worker);
	card->present = card->restarting = card->waiting = false;
	card->retry = card->hung = card->left = false;
	card->hangs_in_row = 0;
	card->kind = CK_CARD_NONE;
	card->reader[0] = '\0';
	card->reader_err = CK_ERR_READER_NONE;
	if (reader == NULL)
		return;
	(void)snprintf(card->reader, sizeof(card->reader), "%s", reader);
	card->reader_err = ck_worker_new(&card->worker, &options);
	/* Not ready before its worker has said so. */
	card->restarting = card->reader_err == CK_OK;
	if (card->reader_err != CK_OK)
		ck_log(CK_LOG_ERROR, "desk", "%s: no worker for \"%s\": %s",
		    desk->name, reader, ck_err_text(card->reader_err));
}
