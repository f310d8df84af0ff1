/*
 * card.c - a simulated chip as a transport, inside the test's own process
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"

/* Population and time of all simulated citizens here, as sim-card's own. */
#define SEED 84

_Thread_local bool hostile_in_chip;

const struct sim_chip_config hostile_config_cccd = {
	.pace = true, .bac = true, .ca = true, .aa = true,
	.extended = SIM_EXTENDED_FULL
};

static struct hostile_card *
card_of(struct ck_transport *transport)
{
	return (struct hostile_card *)(void *)transport;
}

/* What sim-card's slot does to the line between chip and reader. */
static enum ck_err
play_line(const struct hostile_card *card, struct sim_bytes *answer)
{
	const struct sim_faults *faults = &card->faults;
	unsigned count = card->commands + 1;

	if (sim_fault_after(faults, SIM_FAULT_REMOVED_AFTER, count))
		return CK_ERR_CARD_GONE;
	if (sim_fault_after(faults, SIM_FAULT_SILENT_AFTER, count))
		return CK_ERR_CARD_TIMEOUT;
	if (sim_fault_after(faults, SIM_FAULT_GARBAGE_AFTER, count)) {
		sim_bytes_clear(answer);
		sim_put_fill(answer, 0xa5, 64);
	}

	return CK_OK;
}

static enum ck_err
card_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct hostile_card *card = card_of(transport);
	struct sim_bytes answer = SIM_BYTES_INIT;
	enum ck_err err;

	hostile_in_chip = true;
	sim_chip_command(card->chip, sim_span(command.ptr, command.len),
	    &answer);
	err = play_line(card, &answer);
	if (err == CK_OK && card->hook != NULL)
		err = card->hook(card->ctx, card, card->commands, &answer);
	hostile_in_chip = false;
	card->commands++;
	ck_buf_wipe(response);
	if (err == CK_OK)
		err = ck_buf_append(response, ck_span_of(answer.ptr,
		    answer.len));
	hostile_in_chip = true;
	sim_bytes_free(&answer);
	hostile_in_chip = false;

	return err;
}

static enum ck_err
card_reset(struct ck_transport *transport)
{
	hostile_in_chip = true;
	sim_chip_reset(card_of(transport)->chip);
	hostile_in_chip = false;

	return CK_OK;
}

static void
card_close(struct ck_transport *transport)
{
	(void)transport;
}

static const struct ck_transport_ops card_ops = {
	card_transmit, card_reset, card_close
};

void
hostile_card_start(struct hostile_card *card)
{
	hostile_in_chip = true;
	sim_chip_free(&card->chip);
	card->chip = sim_chip_new(&card->profile, &card->config,
	    &card->faults);
	sim_bytes_clear(&card->atr);
	sim_chip_atr(card->chip, &card->atr);
	card->commands = 0;
	card->transport.ops = &card_ops;
	card->transport.atr = ck_span_of(card->atr.ptr, card->atr.len);
	hostile_in_chip = false;
}

void
hostile_card_make(struct hostile_card *card,
    const struct sim_factory *factory, const char *who, const char *faults)
{
	char why[256] = "";

	hostile_in_chip = true;
	sim_must(sim_faults_parse(faults, &card->faults), faults);
	if (!sim_personalise(factory, who, &card->config, &card->faults,
	    &card->profile, why, sizeof(why)))
		sim_die(why);
	hostile_in_chip = false;
	hostile_card_start(card);
}

void
hostile_card_free(struct hostile_card *card)
{
	hostile_in_chip = true;
	sim_chip_free(&card->chip);
	sim_profile_wipe(&card->profile);
	sim_bytes_free(&card->atr);
	hostile_in_chip = false;
}

struct ck_secret
hostile_secret_can(const struct hostile_card *card)
{
	struct ck_secret secret = { .kind = CK_SECRET_CAN };

	(void)snprintf(secret.can, sizeof(secret.can), "%.6s",
	    card->profile.can);

	return secret;
}

/* YYMMDD; a birth year after this one was a century earlier. */
static struct ck_date
date_of(const char *text, unsigned newest)
{
	unsigned year = 0, month = 0, day = 0;

	(void)sscanf(text, "%2u%2u%2u", &year, &month, &day);
	year += 2000;

	return (struct ck_date){
		.year = (uint16_t)(year > newest ? year - 100 : year),
		.month = (uint8_t)month, .day = (uint8_t)day
	};
}

/* MRZ information: number 9 and its digit, birth 6 and 1, expiry 6 and 1. */
struct ck_secret
hostile_secret_mrz(const struct hostile_card *card)
{
	struct ck_secret secret = { .kind = CK_SECRET_MRZ };

	(void)snprintf(secret.document_number, sizeof(secret.document_number),
	    "%.9s", card->profile.mrz_info);
	secret.date_of_birth = date_of(card->profile.mrz_info + 10, 2026);
	secret.expiry_date = date_of(card->profile.mrz_info + 17, 2099);

	return secret;
}

void
hostile_factory_open(struct sim_factory *factory)
{
	hostile_in_chip = true;
	*factory = (struct sim_factory){
		.seed = SEED, .offer = sim_offer_cccd
	};
	sim_must(sim_pki_open(&factory->pki, NULL, false), "keys");
	hostile_in_chip = false;
}

void
hostile_factory_close(struct sim_factory *factory)
{
	hostile_in_chip = true;
	sim_pki_close(&factory->pki);
	hostile_in_chip = false;
}

struct ck_anchors *
hostile_anchors(const struct sim_factory *factory)
{
	struct ck_anchors *anchors = NULL;
	uint8_t *der = NULL;
	int len = i2d_X509(factory->pki.csca.certificate, &der);

	sim_must(len > 0 && ck_anchors_from_der(&anchors, ck_span_of(der,
	    (size_t)len)) == CK_OK, "anchors");
	OPENSSL_free(der);

	return anchors;
}
