/*
 * perform.c - one read on behalf of the daemon, from READ to RESULT
 */
#include <string.h>

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
    const struct ck_worker_read *order, struct ck_reading *reading,
    enum ck_card_kind *kind)
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
	const struct ck_attempt attempt = {
		.pcsc = place->pcsc, .nfc = place->nfc,
		.reader = place->reader, .cold = place->cold,
		.wait_ms = INT64_MAX	/* until the daemon has enough */
	};

	return ck_attempt_read(&attempt, &order->secret, &options, &observer,
	    reading, kind);
}

void
ck_perform_read(struct ck_place *place, uint32_t serial,
    const struct ck_worker_read *order)
{
	struct audience audience = { place->link, serial };
	struct ck_ending ending = { CK_OK, CK_CARD_NONE };
	struct ck_reading reading;

	memset(&reading, 0, sizeof(reading));
	ck_perform_refresh(place);
	ending.err = read_card(place, &audience, order, &reading,
	    &ending.kind);
	place->cold = false;
	if (reading.opening.note[0] != '\0')
		ck_log(CK_LOG_WARNING, "access", "%s: %s",
		    ck_err_label(ending.err), reading.opening.note);
	ck_report_result(place->link, serial, &ending, &reading);
	ck_reading_wipe(&reading);
}
