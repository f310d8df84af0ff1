/*
 * perform.c - one read on behalf of the daemon, from READ to RESULT
 */
#include <string.h>

#include "ck/card.h"
#include "ck/clock.h"
#include "ck/log.h"
#include "worker/perform.h"
#include "worker/report.h"

/* The observer's context. */
struct audience {
	struct ck_link *link;
	uint32_t serial;
};

static void
send_step(void *ctx, enum ck_step step)
{
	const struct audience *audience = ctx;
	struct ck_worker_message *packet = ck_link_begin(audience->link,
	    CK_WORKER_STEP, audience->serial);

	packet->u.step = (uint32_t)step;
	ck_link_send(audience->link);
}

static void
send_identity(void *ctx, const struct ck_identity *identity)
{
	const struct audience *audience = ctx;
	struct ck_worker_message *packet = ck_link_begin(audience->link,
	    CK_WORKER_IDENTITY, audience->serial);

	packet->u.identity = *identity;
	ck_link_send(audience->link);
}

/* After a restart of pcscd the first call only finds that out. */
static enum ck_err
connect_card(const struct ck_place *place, struct ck_transport **card)
{
	enum ck_err err = ck_pcsc_connect(place->pcsc, place->reader, card);

	if (err == CK_ERR_READER_NO_SERVICE)
		err = ck_pcsc_connect(place->pcsc, place->reader, card);

	return err;
}

void
ck_perform_refresh(const struct ck_place *place)
{
	char text[CK_TRUST_TEXT_LEN];

	if (place->trust_dir == NULL)
		return;
	ck_anchors_refresh(place->trust, place->trust_dir, text);
	if (text[0] != '\0')
		ck_log(CK_LOG_ERROR, "trust", "%s; no issuer is trusted until "
		    "this is put right: run checkin trust list", text);
}

static enum ck_err
read_card(const struct ck_place *place, struct audience *audience,
    const struct ck_worker_read *order, struct ck_reading *reading)
{
	const struct ck_read_options options = {
		.photo = order->photo != 0,
		.bac_allowed = order->bac_allowed != 0,
		.bac_tries_max = order->bac_tries_max,
		.anchors = place->trust->anchors,
		.clock = ck_clock_system()
	};
	const struct ck_read_observer observer = {
		.step = send_step, .identity_known = send_identity,
		.ctx = audience
	};
	struct ck_transport *card = NULL;
	enum ck_err err;

	err = connect_card(place, &card);
	if (err != CK_OK)
		return err;
	err = ck_read_card(card, &order->secret, &options, &observer, reading);
	card->ops->close(card);

	return err;
}

void
ck_perform_read(const struct ck_place *place, uint32_t serial,
    const struct ck_worker_read *order)
{
	struct audience audience = { place->link, serial };
	struct ck_reading reading;
	enum ck_err err;

	memset(&reading, 0, sizeof(reading));
	ck_perform_refresh(place);
	err = read_card(place, &audience, order, &reading);
	if (reading.opening.note[0] != '\0')
		ck_log(CK_LOG_WARNING, "access", "%s: %s", ck_err_label(err),
		    reading.opening.note);
	ck_report_result(place->link, serial, err, &reading);
	ck_reading_wipe(&reading);
}
